"""The kind `lipsync`: a video whose lips move to another recording.

POST /v3/lipsyncs (https://developers.heygen.com/reference).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from bulkgen.kinds import translation
from bulkgen.kinds.answers import number_of, status_of, text_of
from bulkgen.kinds.assets import HostedAsset, link_of
from bulkgen.kinds.fields import About, CallbackId, CallbackUrl, Folder, Request, Title
from bulkgen.kinds.kind import Kind, Values
from bulkgen.kinds.life import Collection, Life
from bulkgen.kinds.media import DUBBING, SOURCE
from bulkgen.kinds.outcome import Accepted, Detail, Links
from bulkgen.kinds.signs import Decides, Signs
from bulkgen.kinds.source import Source
from bulkgen.kinds.translation import Mode
from bulkgen.model import Issue

_Rate = Literal["vfr", "cfr", "passthrough"]


class LipsyncRequest(Request):
    """The body of POST /v3/lipsyncs."""

    video: Annotated[HostedAsset, SOURCE, About(
        "The video whose lips are to move: a public link, a file of yours or a HeyGen asset id.",
        "url", "video_url", "source_video", "source_url")]  # fmt: skip
    audio: Annotated[HostedAsset, DUBBING, About(
        "The recording that they move to, and that is heard: a link, a file of yours or an asset id.",
        "audio_url", "recording")]  # fmt: skip
    title: Title = None
    folder_id: Folder = None
    callback_id: CallbackId = None
    callback_url: CallbackUrl = None
    mode: Mode = "speed"
    start_time: Annotated[float | None, About("Change the lips from this second of the video on.")] = None
    end_time: Annotated[float | None, About("Change them up to this second.")] = None
    enable_dynamic_duration: Annotated[bool, About("no: the length of the video stays as it is.")] = True
    disable_music_track: Annotated[bool, About("yes: background music is taken out.")] = False
    enable_speech_enhancement: Annotated[bool, About("yes: clearer speech.")] = False
    enable_watermark: Annotated[bool, About("yes: a watermark.")] = False
    enable_caption: bool = False
    keep_the_same_format: Annotated[bool | None, About("yes: resolution and bit rate of the source.")] = None
    fps_mode: Annotated[_Rate | None, About("The frame rate: vfr, cfr or passthrough.")] = None


def check(values: Values) -> Iterable[Issue]:
    """The part of the video that is used is told as that of a translation's source."""
    return translation.check({name: values[name] for name in ("start_time", "end_time") if name in values})


def accepted(data: Mapping[str, object]) -> Accepted:
    return Accepted(text_of(data, "lipsync_id"))


def read(data: Mapping[str, object]) -> Detail:
    return Detail(
        status_of(data),
        Links(video=text_of(data, "video_url"), captions=text_of(data, "caption_url")),
        number_of(data, "duration"),
        code=text_of(data, "failure_code"),
        message=text_of(data, "failure_message"),
    )


def source(request: LipsyncRequest) -> Source:
    """Where its length may change it goes by the recording."""
    return Source(
        link=link_of(request.video),
        start=request.start_time or 0.0,
        end=request.end_time,
        recording=link_of(request.audio) if request.enable_dynamic_duration else None,
    )


LIPSYNCS = Collection(path="/v3/lipsyncs", ids_param="lipsync_ids", read=read)

LIPSYNC = Kind(
    name="lipsync",
    noun="lip-synced video",
    look_at="the lips, whether the recording is heard to its end, and whether the picture jumps",
    signs=Signs(columns=(("video",), ("audio",)), decides=Decides.LAST),
    request=LipsyncRequest,
    path="/v3/lipsyncs",
    life=Life(accepted=accepted, stages=(LIPSYNCS,)),
    check=check,
    priced_by=lambda request: {"mode": request.mode},
    source=source,
)
