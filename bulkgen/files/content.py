"""What a file is, by how it begins: its name says nothing.

Pure. Of the types here HeyGen takes those with a content type as uploads
(https://developers.heygen.com/reference, Upload Asset); the others are known by name alone, for the message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bulkgen.files.endings import BEGINNINGS

#: How much of a file's beginning tells what it is (bytes).
BEGINNING = 4096

#: The types that HeyGen takes, by the ending that such files have.
TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".pdf": "application/pdf",
    ".srt": "application/x-subrip",
}


@dataclass(frozen=True, slots=True)
class Content:
    """`type` is "" for what HeyGen does not take; `name` and `advice` are for messages then."""

    type: str = ""
    name: str = ""
    advice: str = ""


_PICTURE = "Save it as JPG or PNG."
_VIDEO = "Save it as MP4 (H.264)."
_SOUND = "Save it as MP3 or WAV."
_UNKNOWN = Content(name="a file whose content bulkgen does not know", advice="HeyGen takes MP4, WebM, MP3, WAV, JPG, "
                   "PNG, SRT and PDF: save it as one of these.")  # fmt: skip

_NOT_TAKEN = {
    ".mov": Content(name="a MOV video", advice=_VIDEO),
    ".m4a": Content(name="an M4A recording", advice=_SOUND),
    ".ogg": Content(name="an OGG recording", advice=_SOUND),
    ".gif": Content(name="a GIF", advice=_PICTURE),
    ".webp": Content(name="a WebP picture", advice=_PICTURE),
    ".vtt": Content(name="a VTT file", advice="Save it as SRT."),
}
_HEIC = Content(name="a HEIC picture, as iPhones take them", advice=_PICTURE)

#: Brands of files in boxes (https://mp4ra.org/registered-types/brands); any other is an MP4.
_BRANDS = (
    (rb"qt  ", _NOT_TAKEN[".mov"]),
    (rb"M4[AB] ", _NOT_TAKEN[".m4a"]),
    (rb"hei[cxms]|hev[cxms]|mif1|msf1", _HEIC),
    (rb"avi[fs]", Content(name="an AVIF picture", advice=_PICTURE)),
    (rb"3g[p2].", Content(name="a 3GP video", advice=_VIDEO)),
)

_OTHERS = (
    (rb"%PDF-", Content(type=TYPES[".pdf"])),
    (rb".{4}(?:moov|mdat|wide|pnot)", _NOT_TAKEN[".mov"]),
    (rb"RIFF.{4}AVI ", Content(name="an AVI video", advice=_VIDEO)),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Content(name="a Windows Media file", advice="Save it as MP4 or MP3.")),
    (rb"FLV\x01", Content(name="a Flash video", advice=_VIDEO)),
    (rb"fLaC", Content(name="a FLAC recording", advice=_SOUND)),
    (rb"\xff[\xf0\xf1\xf8\xf9]", Content(name="an AAC recording", advice=_SOUND)),
    (rb"FORM.{4}AIF[FC]", Content(name="an AIFF recording", advice=_SOUND)),
    (rb"BM.{4}\0\0\0\0", Content(name="a BMP picture", advice=_PICTURE)),
    (rb"II\*\0|MM\0\*", Content(name="a TIFF or camera picture", advice=_PICTURE)),
    (rb"8BPS", Content(name="a Photoshop file", advice=_PICTURE)),
    (rb"PK\x03\x04", Content(name="a ZIP or Office file", advice="Name the picture, video or recording itself.")),
    (rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<svg", Content(name="an SVG drawing", advice=_PICTURE)),
    (rb"\s*(?:<!doctype html|<html)", Content(
        name="a web page", advice="It seems that a page was saved in place of the file: download it again.")),
)  # fmt: skip


def content_of(head: bytes) -> Content:
    """What the file is whose first bytes these are (`BEGINNING` of them, or all)."""
    if head[4:8] == b"ftyp":
        brand = next((content for brand, content in _BRANDS if re.match(brand, head[8:12], re.DOTALL)), None)
        return brand or Content(type=TYPES[".mp4"])

    if head[:4] == b"\x1aE\xdf\xa3" and b"webm" not in head[:64]:
        return Content(name="an MKV video", advice=_VIDEO)

    for beginning, content in _OTHERS:
        if re.match(beginning, head, re.DOTALL | re.IGNORECASE):
            return content

    for beginning, ending in BEGINNINGS:
        if re.match(beginning, head, re.DOTALL):
            return Content(type=TYPES[ending]) if ending in TYPES else _NOT_TAKEN[ending]

    return _UNKNOWN
