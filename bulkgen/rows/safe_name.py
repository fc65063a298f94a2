"""Texts as names of files that every system takes: Windows, Mac, Linux, and the cloud folders between them.

Pure. Invariants of a safe name: it is in Unicode's composed form (NFC) and no longer than `LONGEST` bytes; it has no
control characters, no formatting ones (as turn the direction of writing), nothing that Windows refuses, and no `~`, by
which bulkgen marks names of its own; it is not the name of a device, does not begin or end with a dot or a blank, and
leads to no other folder. A safe name is its own safe name.
"""

from __future__ import annotations

import re
import unicodedata

#: The length of a name in UTF-8, without its ending (bytes): half of what a file system takes, so that a temporary
#: name, or one with a word behind it, fits too, and so do folders of some depth on Windows.
LONGEST = 120

#: What bulkgen adds to a name begins with this.
MARK = "~"

#: What Windows refuses, with what separates folders anywhere.
_REFUSED = re.compile(r'[<>:"/\\|?*~]+')

#: A separator that stands twice: what stood between was blank.
_TWICE = re.compile(r"([-_])[-_ ]*\1")

#: At neither end of a name.
_MARGIN = " .-_"

#: Devices, which Windows finds under any name whose part before the first dot is one of these.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$) *(?:\..*)?", re.IGNORECASE)


#: The endings that files get by what is in them: a name that has one already would have two.
ENDINGS = ("mp4", "webm", "mov", "mp3", "wav", "m4a", "ogg", "srt", "vtt", "jpg", "png", "gif", "webp", "json")

#: Such endings, and what a safe name has not at its end in any case.
_ENDED = re.compile(rf"(?:\.(?:{'|'.join(ENDINGS)}))+[\s.\-_]*$", re.IGNORECASE)


def without_ending(text: str) -> str:
    """What a file is to be called, without the ending that it gets by itself."""
    return _ENDED.sub("", text)


def safe_name(text: str) -> str:
    """The text as the name of a file, without an ending; "" where nothing of it is left."""
    visible = "".join(sign for sign in text if sign.isspace() or unicodedata.category(sign)[0] != "C")
    line = " ".join(unicodedata.normalize("NFC", visible).split())
    name = cut(_TWICE.sub(r"\1", _REFUSED.sub("-", line)).strip(_MARGIN))
    return cut(f"file-{name}") if is_device(name) else name


def is_device(name: str) -> bool:
    """Whether Windows takes the name of a file for a device."""
    return _DEVICE.fullmatch(name) is not None


def cut(name: str, length: int = LONGEST) -> str:
    """The beginning of a name: as many whole characters as take no more than `length` bytes."""
    short = name.encode("utf-8")[:length].decode("utf-8", "ignore")
    while len(short) < len(name) and short and unicodedata.category(name[len(short)])[0] == "M":
        short = short[:-1]  # an accent stays with its letter
    return short.strip(_MARGIN) if len(short) < len(name) else short


def likeness(name: str) -> str:
    """What two names have in common that some system takes for one: whatever their case and composition."""
    folded = unicodedata.normalize("NFKD", name).upper().casefold()
    return unicodedata.normalize("NFKD", folded)
