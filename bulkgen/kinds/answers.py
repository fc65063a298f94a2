"""The fields of HeyGen's answers: what is null, absent or of another type than it should be reads as nothing. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import UTC, datetime

from bulkgen.kinds.spoken_words import finite


def text_of(data: Mapping[str, object], name: str) -> str:
    """A field of an answer as text; "" where it is null, absent or no text."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def id_of(item: Mapping[str, object]) -> str:
    """The id of an item of a list of HeyGen's, by whichever name it goes there."""
    names = ("id", "video_id", "render_id", "session_id", "voice_id")
    return next(filter(None, (text_of(item, name) for name in names)), "")


def number_of(data: Mapping[str, object], name: str) -> float | None:
    return finite(data.get(name))


def time_of(data: Mapping[str, object], name: str) -> str:
    """A Unix time of an answer as ISO 8601 in UTC."""
    seconds = number_of(data, name)
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
    except (OverflowError, ValueError, OSError):
        return ""


def status_of(data: Mapping[str, object], review_words: Container[str] = ()) -> str:
    """`completed` and `failed` end a job; every other word, known or not, means that it is still running."""
    word = text_of(data, "status").casefold()
    if word in review_words:
        return "review"

    return word if word in ("completed", "failed") else "running"
