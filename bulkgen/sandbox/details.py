"""A render as HeyGen tells it: the detail of a video, the detail of a translation, a line of the bulk statuses.

Fields: https://developers.heygen.com/reference. Every field always stands; what is not there yet is null.
`link` makes the link of a file from its name.
"""

from __future__ import annotations

from collections.abc import Callable

from bulkgen.sandbox.media import CAPTIONED
from bulkgen.sandbox.orders import Render
from bulkgen.sandbox.settings import BASE, FAIL_MARK
from bulkgen.sandbox.voice import spoken_words

Link = Callable[[str], str]

#: What a project is rendered with, beside its format.
RENDERED = ("fps", "quality", "resolution", "aspect_ratio", "composition")

_MESSAGE = f"The sandbox let this job fail because the row says {FAIL_MARK}."


def video(render: Render, status: str, link: Link) -> dict[str, object]:
    wish = render.wish
    done, failed = status == "completed", status == "failed"
    return {
        "id": render.id,
        "status": status,
        "title": wish.title,
        "created_at": int(render.created_at),
        "completed_at": int(render.ends_at) if done else None,
        "video_url": link(f"{render.id}.{wish.extension}") if done else None,
        "captioned_video_url": link(f"{render.id}{CAPTIONED}.{wish.extension}") if done and wish.captioned else None,
        "subtitle_url": link(f"{render.id}.srt") if done else None,
        "thumbnail_url": link(f"{render.id}.jpg") if done else None,
        "gif_url": link(f"{render.id}.gif") if done and wish.gif else None,
        "duration": wish.seconds if done else None,
        "folder_id": wish.folder_id,
        "output_language": None,
        "failure_code": render.failure or None if failed else None,
        "failure_message": _MESSAGE if failed else None,
        "video_page_url": f"{BASE}/videos/{render.id}",
    }


def translation(render: Render, status: str, link: Link) -> dict[str, object]:
    """A failed one has a message but no code."""
    wish = render.wish
    done = status == "completed"
    return {
        "id": render.id,
        "status": "running" if status == "processing" else status,
        "title": wish.title,
        "input_language": wish.input_language,
        "output_language": wish.output_language,
        "duration": wish.seconds if done else None,
        "translate_audio_only": wish.audio_only,
        "video_url": link(f"{render.id}.mp4") if done else None,
        "audio_url": link(f"{render.id}.mp3") if done else None,
        "srt_caption_url": link(f"{render.id}.srt") if done else None,
        "vtt_caption_url": link(f"{render.id}.vtt") if done else None,
        "callback_id": wish.callback_id,
        "created_at": int(render.created_at),
        "failure_message": _MESSAGE if status == "failed" else None,
    }


def lipsync(render: Render, status: str, link: Link) -> dict[str, object]:
    """A failed one has a message but no code."""
    wish, done = render.wish, status == "completed"
    return {
        "id": render.id,
        "status": "running" if status == "processing" else status,
        "title": wish.title,
        "duration": wish.seconds if done else None,
        "video_url": link(f"{render.id}.mp4") if done else None,
        "caption_url": link(f"{render.id}.srt") if done else None,
        "callback_id": wish.callback_id,
        "created_at": int(render.created_at),
        "failure_message": _MESSAGE if status == "failed" else None,
    }


def hyperframes(render: Render, status: str, link: Link) -> dict[str, object]:
    """A failed one has a message but no code."""
    wish, done = render.wish, status == "completed"
    return {
        "render_id": render.id,
        "status": {"pending": "queued", "processing": "rendering"}.get(status, status),
        "title": wish.title,
        "callback_id": wish.callback_id,
        "video_url": link(f"{render.id}.{wish.extension}") if done else None,
        "thumbnail_url": link(f"{render.id}.jpg") if done else None,
        "duration": wish.seconds if done else None,
        **{name: wish.rendered.get(name) for name in RENDERED},
        "format": wish.extension,
        "created_at": int(render.created_at),
        "completed_at": int(render.ends_at) if status in ("completed", "failed") else None,
        "failure_message": _MESSAGE if status == "failed" else None,
    }


def proofread(render: Render, status: str) -> dict[str, object]:
    """A failed one has a message but no code."""
    wish = render.wish
    return {
        "id": render.id,
        "status": "processing" if status == "pending" else status,
        "title": wish.title,
        "input_language": wish.input_language,
        "output_language": wish.output_language,
        "submitted_for_review": None,
        "created_at": int(render.created_at),
        "failure_message": _MESSAGE if status == "failed" else None,
    }


def clipping(render: Render, status: str, link: Link) -> dict[str, object]:
    """A failed one has a message but no code."""
    wish, done = render.wish, status == "completed"
    return {
        "id": render.id,
        "title": wish.title,
        "status": "running" if status == "processing" else status,
        "input_language": wish.input_language,
        "progress": {"pending": 0, "completed": 100}.get(status, 50),
        "clips": [clip(render, number, link) for number in range(1, wish.clips + 1)] if done else [],
        "callback_id": wish.callback_id,
        "created_at": int(render.created_at),
        "failure_message": _MESSAGE if status == "failed" else None,
    }


def clip(render: Render, number: int, link: Link) -> dict[str, object]:
    """The best one stands first."""
    return {
        "id": f"{render.id}-{number}",
        "status": "completed",
        "title": f"Clip {number}",
        "video_url": link(f"{render.id}-{number}.mp4"),
        "duration_seconds": render.wish.seconds,
        "virality_score": 100 - 7 * number,
    }


def status_line(render_id: str, render: Render | None, status: str) -> dict[str, object]:
    """The id stands in `video_id` for every collection; the words are those of the older API."""
    failed = render is not None and status == "failed"
    return {
        "video_id": render_id,
        "status": "queued" if status == "pending" else status,
        "error": {"code": render.failure or None, "message": _MESSAGE} if render and failed else None,
        "batch_id": None,
        "item_index": None,
    }


def speech(render: Render, text: str, link: Link) -> dict[str, object]:
    """The answer to a recording, with when its words are said, between the two marks that HeyGen puts there."""
    seconds = render.wish.seconds
    told = [("<start>", 0.0, 0.0), *spoken_words(text, seconds), ("<end>", seconds, seconds)]
    return {
        "audio_url": link(f"{render.id}.mp3"),
        "duration": seconds,
        "request_id": render.id,
        "word_timestamps": [{"word": word, "start": start, "end": end} for word, start, end in told],
    }
