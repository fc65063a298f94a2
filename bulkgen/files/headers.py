"""The length of a video or recording, from the pieces of its file that are at hand.

Pure. tinytag reads what it knows; `webm` the rest. What a header says is believed only where it can be true.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import BinaryIO, cast

from tinytag import TinyTag, TinyTagException

from bulkgen.files.pieces import NO_SIZE, Missing, Pieces, Unreadable
from bulkgen.files.webm import EBML, webm_seconds

#: Longer videos are no lengths but damage.
LONGEST = 24 * 3600.0

#: A picture that stands still takes more than so many bits a second.
LEAST_BITS = 200

#: The largest page of an Ogg stream (RFC 3533): the last one says how far it goes.
_OGG_PAGE = 65_307

_OGG = b"OggS"
_OGG_HEAD = 8 * 1024

#: At the end of an MP3 may be a tag of so many bytes: milliseconds of sound, not worth a call.
_ID3V1 = 128

_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def seconds_told(pieces: Pieces) -> float | None:
    """How long it plays, in seconds; None where the file does not tell, or what can't be true.

    Raises `Missing` where the pieces don't reach: `pieces.missing` says what is needed.
    """
    pieces.rewind()
    form = _form(pieces.read(16))
    if not form:
        return None

    pieces.seek(0)
    try:
        seconds = _READERS[form](pieces)
    except (ValueError, OverflowError, Unreadable, TinyTagException) as error:  # tinytag wraps what the pieces raise
        if pieces.missing:
            raise Missing from error

        return None

    return seconds if seconds is not None and _possible(seconds, pieces.size) else None


def _possible(seconds: float, size: int) -> bool:
    return math.isfinite(seconds) and 0 < seconds <= LONGEST and size * 8 >= seconds * LEAST_BITS


def _form(head: bytes) -> str:
    """The format by how the file begins, "" for one that is not read here."""
    if head.startswith(EBML.to_bytes(4, "big")):
        return "webm"

    if head[4:8] in _MP4_BOXES:
        return "mp4"

    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"

    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 6):
        return "mp3"  # without any of the last two bits it is AAC

    return {_OGG: "ogg", b"fLaC": "flac"}.get(head[:4], "")


def _webm(pieces: Pieces) -> float | None:
    return webm_seconds(cast(BinaryIO, pieces))


def _early(pieces: Pieces, form: str) -> float | None:
    """MP4 says it where `moov` begins, FLAC where the file does: what comes later is not needed."""
    pieces.short = True
    seconds = _tag(pieces, form).duration
    if seconds is None and pieces.missing:
        raise Missing

    return seconds


def _wav(pieces: Pieces) -> float | None:
    """What comes after the sound is not needed."""
    pieces.short = True
    tag = _tag(pieces, "wav")
    if not tag.duration and pieces.missing:
        raise Missing

    if not tag.duration or not tag.bitrate:
        return tag.duration

    # Recorders that write as they go leave a length of the sound that is none: then the file's own counts
    return min(tag.duration, pieces.size * 8 / (tag.bitrate * 1000))


def _mp3(pieces: Pieces) -> float | None:
    tail = min(_ID3V1, pieces.size)
    pieces.add(pieces.size - tail, bytes(tail))
    return _tag(pieces, "mp3").duration


def _ogg(pieces: Pieces) -> float | None:
    """tinytag reads page after page: it gets the first ones, and right after them the last ones."""
    if pieces.size == NO_SIZE:
        return None

    head = pieces.read(_OGG_HEAD)
    pieces.seek(max(len(head), pieces.size - _OGG_PAGE))
    tail = pieces.read(_OGG_PAGE)
    if len(head) + len(tail) < pieces.size:
        head, tail = head[: head.rfind(_OGG)], tail[max(0, tail.find(_OGG)) :]
    return _tag(io.BytesIO(head + tail), "ogg").duration


def _tag(file: io.IOBase, form: str) -> TinyTag:
    return TinyTag.get(f"file.{form}", cast(BinaryIO, file), tags=False)


_READERS: Mapping[str, Callable[[Pieces], float | None]] = {
    "webm": _webm,
    "mp4": partial(_early, form="mp4"),
    "wav": _wav,
    "flac": partial(_early, form="flac"),
    "mp3": _mp3,
    "ogg": _ogg,
}
