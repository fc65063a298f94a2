"""A render as HeyGen tells it: the detail of a video, the detail of a translation, a line of the bulk statuses.

Fields: https://developers.heygen.com/reference. Every field always stands; what is not there yet is null.
"""

from __future__ import annotations

from bulkgen.sandbox.ledger import Render
from bulkgen.sandbox.media import BASE, CAPTIONED, DURATION, link

#: A text that holds this makes its job fail.
FAIL_MARK = "[fail]"

_CODE = "rendering_failed"
_MESSAGE = f"The sandbox let this job fail because the row says {FAIL_MARK}."


def video(render: Render, now: float) -> dict[str, object]:
    status, wish = render.status(now), render.wish
    done, failed = status == "completed", status == "failed"
    return {
        "id": render.id,
        "status": status,
        "title": wish.title,
        "created_at": int(render.created_at),
        "completed_at": int(render.ends_at) if done else None,
        "video_url": link(f"{render.id}.{wish.extension}", now) if done else None,
        "captioned_video_url": (
            link(f"{render.id}{CAPTIONED}.{wish.extension}", now) if done and wish.captioned else None
        ),
        "subtitle_url": link(f"{render.id}.srt", now) if done else None,
        "thumbnail_url": link(f"{render.id}.jpg", now) if done else None,
        "gif_url": None,
        "duration": DURATION if done else None,
        "folder_id": wish.folder_id,
        "output_language": None,
        "failure_code": _CODE if failed else None,
        "failure_message": _MESSAGE if failed else None,
        "video_page_url": f"{BASE}/videos/{render.id}",
    }


def translation(render: Render, now: float) -> dict[str, object]:
    status, wish = render.status(now), render.wish
    done = status == "completed"
    return {
        "id": render.id,
        "status": "running" if status == "processing" else status,
        "title": wish.title,
        "input_language": wish.input_language,
        "output_language": wish.output_language,
        "duration": DURATION if done else None,
        "translate_audio_only": wish.audio_only,
        "video_url": link(f"{render.id}.mp4", now) if done else None,
        "audio_url": link(f"{render.id}.mp3", now) if done else None,
        "srt_caption_url": link(f"{render.id}.srt", now) if done else None,
        "vtt_caption_url": link(f"{render.id}.vtt", now) if done else None,
        "callback_id": wish.callback_id,
        "created_at": int(render.created_at),
        "failure_message": _MESSAGE if status == "failed" else None,
    }


def status_line(render_id: str, render: Render | None, now: float) -> dict[str, object]:
    """The id stands in `video_id` for every collection; the words are those of the older API."""
    status = render.status(now) if render else "not_found"
    return {
        "video_id": render_id,
        "status": "queued" if status == "pending" else status,
        "error": {"code": _CODE, "message": _MESSAGE} if status == "failed" else None,
        "batch_id": None,
        "item_index": None,
    }


def speech(render: Render, text: str) -> dict[str, object]:
    """The answer to a recording: its words, spread evenly over the tone."""
    words = text.split()
    step = DURATION / max(1, len(words))
    return {
        "audio_url": link(f"{render.id}.mp3", render.created_at),
        "duration": DURATION,
        "request_id": render.id,
        "word_timestamps": [
            {"word": word, "start": round(index * step, 3), "end": round((index + 1) * step, 3)}
            for index, word in enumerate(words)
        ],
    }
