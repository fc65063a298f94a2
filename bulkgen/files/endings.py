"""What a downloaded file is, by its beginning, and the ending that it gets by that.

Pure. Invariant: every ending is of the fixed list here, whatever a host or a link says.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

#: How much of a file's beginning tells what it is (bytes).
HEAD = 512

#: A text for a browser or a program, such as storage hosts give in place of a file: no video, sound, picture or
#: subtitles begin like that.
_ANSWER = re.compile(rb"(?:\xef\xbb\xbf)?\s*[<{]")

#: What a file is where neither it nor its host says: by what was asked for.
USUAL = {
    "video": ".mp4",
    "recording": ".mp3",
    "audio": ".mp3",
    "captions": ".srt",
    "vtt": ".vtt",
    "clean": ".mp4",
    "thumbnail": ".jpg",
    "gif": ".gif",
    "words": ".json",
    "edit": ".srt",
    "original": ".srt",
}

_TYPES = {
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "video/quicktime": ".mov",
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/wave": ".wav",
    "audio/vnd.wave": ".wav",
    "audio/mp4": ".m4a",
    "audio/x-m4a": ".m4a",
    "audio/ogg": ".ogg",
    "application/ogg": ".ogg",
    "application/x-subrip": ".srt",
    "text/srt": ".srt",
    "text/vtt": ".vtt",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
}

#: How a file begins, by its ending; those in boxes (`ftyp`) tell it elsewhere.
BEGINNINGS = (
    (rb"\x1aE\xdf\xa3", ".webm"),
    (rb"RIFF.{4}WAVE", ".wav"),
    (rb"RIFF.{4}WEBP", ".webp"),
    (rb"OggS", ".ogg"),
    (rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", ".mp3"),
    (rb"\xff\xd8\xff", ".jpg"),
    (rb"\x89PNG\r\n", ".png"),
    (rb"GIF8[79]a", ".gif"),
    (rb"(?:\xef\xbb\xbf)?WEBVTT", ".vtt"),
    (rb"(?:\xef\xbb\xbf)?\s*\d+\s*\r?\n\d+:\d\d:\d\d[,.]\d+ --> ", ".srt"),
)


def is_answer(head: bytes) -> bool:
    """Whether a file that begins so is what a host has to say (HTML, XML, JSON), and not what was asked for."""
    return _ANSWER.match(head) is not None


def ending_of(head: bytes, content_type: str, link: str, what: str) -> str:
    """By the beginning of the file, else by what its host calls it, else by its link, else what is usual.

    `what`: a word of `USUAL`.
    """
    told = _TYPES.get(content_type.partition(";")[0].strip().casefold(), "")
    if head[4:8] == b"ftyp":
        apple = {b"qt  ": ".mov", b"M4A ": ".m4a", b"M4B ": ".m4a"}.get(head[8:12], "")
        return apple or (told if told in (".m4a", ".mov") else ".mp4")

    for beginning, ending in BEGINNINGS:
        if re.match(beginning, head, re.DOTALL):
            return ending

    named = PurePosixPath(unquote(urlsplit(link).path)).suffix.casefold()
    return told or (named if named in _TYPES.values() else USUAL[what])
