"""What a link in a column has to lead to, so that HeyGen can use it.

Pure data. Formats and sizes: https://developers.heygen.com/docs/usage-limits. For the sources of translations no size
is stated; HeyGen also takes public pages of a few sharing sites in place of a file there.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Media:
    """One sort of file. `noun` and `formats` are for messages; a type that ends in `/` means the whole collection."""

    noun: str
    formats: str
    types: tuple[str, ...] = ()
    _: KW_ONLY
    #: The largest file in bytes; 0 where no limit is stated.
    limit: int = 0
    #: A page of a sharing site does as well.
    shared: bool = False
    #: A project: a folder of the person's does as well, and so may a name without an ending be one.
    project: bool = False

    def takes(self, content_type: str) -> bool:
        """Whether a file of this content type fits."""
        return not self.types or any(
            content_type.startswith(type_) if type_.endswith("/") else content_type == type_ for type_ in self.types
        )


_SOUNDS = ("audio/mpeg", "audio/mp3", "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave")

AUDIO = Media("a recording", "MP3 or WAV", _SOUNDS, limit=50 * _MB)
IMAGE = Media("a picture", "JPG or PNG", ("image/jpeg", "image/jpg", "image/png"), limit=50 * _MB)
VIDEO = Media("a video", "MP4 or WebM", ("video/mp4", "video/webm"), limit=100 * _MB)

REFERENCE = Media(
    "a picture, a video or a recording",
    "JPG, PNG, MP4, WebM, MP3 or WAV",
    (*IMAGE.types, *VIDEO.types, *AUDIO.types),
    limit=VIDEO.limit,
)

ATTACHMENT = Media(
    "a PDF, a picture, a video or a recording",
    "PDF, JPG, PNG, MP4, WebM, MP3 or WAV",
    ("application/pdf", *REFERENCE.types),
    limit=VIDEO.limit,
)

SOURCE = Media("a video", "a video file", ("video/",), shared=True)
DUBBING = Media("a recording", "an audio file", ("audio/",), shared=True)
SUBTITLES = Media("subtitles", "an SRT file", ("text/", "application/x-subrip", "application/srt"))

#: Of a project of HyperFrames.
PROJECT = Media("a project", "a ZIP file", ("application/zip", "application/x-zip-compressed", "application/x-zip"),
                limit=200 * _MB, project=True)  # fmt: skip

#: Where a link is put to more than one use: only that it can be fetched is asked.
ANYTHING = Media("a file", "a file")
