"""HeyGen's videos: the collection that they are in, and the life of whatever is one from its POST on.

Source of the fields: https://developers.heygen.com/reference (GET /v3/videos/{video_id}).
"""

from __future__ import annotations

from collections.abc import Mapping

from bulkgen.kinds.answers import number_of, status_of, text_of, time_of
from bulkgen.kinds.life import Collection, Life
from bulkgen.kinds.outcome import Accepted, Detail, Links


def accepted(data: Mapping[str, object]) -> Accepted:
    """The id stands in `video_id` of a new avatar video and in `id` of a new template video."""
    return Accepted(text_of(data, "video_id") or text_of(data, "id"))


def read(data: Mapping[str, object]) -> Detail:
    return Detail(
        status_of(data),
        Links(
            video=text_of(data, "video_url"),
            page=text_of(data, "video_page_url"),
            captions=text_of(data, "subtitle_url"),
            thumbnail=text_of(data, "thumbnail_url"),
            gif=text_of(data, "gif_url"),
            # It is there only when the person asked for burned-in captions.
            captioned=text_of(data, "captioned_video_url"),
        ),
        number_of(data, "duration"),
        finished_at=time_of(data, "completed_at"),
        code=text_of(data, "failure_code"),
        message=text_of(data, "failure_message"),
    )


VIDEOS = Collection(
    path="/v3/videos",
    ids_param="video_ids",
    id_names=("id", "video_id"),
    read=read,
    by_title=True,
    events=("avatar_video.success", "avatar_video.fail"),
)

#: The life of whatever is a video from its POST on.
VIDEO_LIFE = Life(accepted=accepted, stages=(VIDEOS,))

#: What HeyGen recommends for videos of avatars and photos (https://developers.heygen.com/llms.txt).
RECOMMENDED: Mapping[str, str] = {"aspect_ratio": "auto", "resolution": "1080p"}
