"""The columns that a kind knows, and the way from their values into the request.

Pure. A `Column` carries HeyGen's own field name (dotted where nested), the type its cells are read by (`parsing`), the
other names people give it, and the line that docs/ prints of it. It is derived from the request's model (`fields`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from bulkgen.kinds.media import Media
from bulkgen.model import LocalFile, Mixed, Reference, Value


class Type(Enum):
    """How the cell of a column is read."""

    TEXT = auto()  # ids, links, words: trimmed
    PROSE = auto()  # what is spoken or shown: kept to the letter
    NUMBER = auto()
    INTEGER = auto()
    BOOLEAN = auto()
    CHOICE = auto()
    LIST = auto()  # several values in one cell, separated by ; or |
    ASSET = auto()  # a public link, the id of an asset at HeyGen, or a file of the person's
    ASSETS = auto()  # several of them in one cell, separated by ; or |


class Lookup(Enum):
    """What in the account a value has to be found in."""

    TEMPLATE = "template"
    LANGUAGE = "language"
    VOICE = "voice"
    SPEECH_VOICE = "speech voice"
    LOOK = "avatar look"
    FOLDER = "folder"
    GLOSSARY = "glossary"
    ASSET = "asset"
    STYLE = "style"

    @property
    def plural(self) -> str:
        return "glossaries" if self is Lookup.GLOSSARY else f"{self.value}s"


class Tag(Enum):
    """How a field writes a language that a cell may name in any way."""

    LANGUAGE = auto()  # pt
    LOCALE = auto()  # pt-BR


def known_name(field: str) -> str:
    """A field as people know it: a variable of the template by its own name."""
    return field.removeprefix("variables.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column that a kind knows."""

    name: str
    type: Type
    #: The steps into the request that lead to the value.
    place: tuple[str, ...]
    about: str = ""
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    #: What people call them, in the same order; () where they have no other names.
    labels: tuple[str, ...] = ()
    required: bool = False
    #: Changes the outcome, so it is part of the job's fingerprint.
    identity: bool = True
    lookup: Lookup | None = None
    #: The cell names a language, and this is how HeyGen writes it.
    tag: Tag | None = None
    #: What a link in it has to lead to, or a file of the person's has to be.
    media: Media | None = None
    #: The field beside it that takes the id of an asset, where it is not one of type ASSET: there a file goes.
    asset_field: str = ""
    #: A file of the person's may stand there, where it is of such media.
    files: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    @property
    def takes_links(self) -> bool:
        """Whether whatever text stands in it is a link: not in one for ids, or for both."""
        return (
            bool(self.media)
            and self.files
            and self.type not in (Type.ASSET, Type.ASSETS)
            and self.asset_field != self.place[-1]
        )


_ASSET_ID = re.compile(r"[A-Za-z0-9_\-]{3,128}")
_LINK = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")
_ENDING = re.compile(r"[^\s.]\.[A-Za-z][A-Za-z0-9]{1,4}$")
#: What spreadsheets write in place of a value that they can't work out.
_ERROR = re.compile(r"#(?:[A-Z0-9_/ ]+[!?]|N/A)")
_LOOSE = re.compile(r"[\s_\-]+")


def match_key(name: str) -> str:
    """Column names match without regard to case, spaces, `_` and `-`."""
    return _LOOSE.sub("", name).casefold()


def is_asset_id(text: str) -> bool:
    return _ASSET_ID.fullmatch(text) is not None


def is_link(text: str) -> bool:
    return _LINK.match(text) is not None


def is_error(text: str) -> bool:
    """Whether it is what a spreadsheet writes in place of a value: `#REF!`."""
    return _ERROR.fullmatch(text) is not None


def bare(path: str) -> str:
    """A path without the quotation marks that Windows puts around it ("Copy as path")."""
    return path[1:-1].strip() if len(path) > 2 and path[0] == path[-1] == '"' else path


def is_path(text: str) -> bool:
    """Whether a text where media may stand names a file of this computer: no link, and nothing that can be an id."""
    text = bare(text)
    scheme = _SCHEME.match(text)
    if scheme:
        return scheme[1].casefold() == "file"

    if _ASSET_ID.fullmatch(text) or is_error(text):
        return False

    return text.startswith("~") or "/" in text or "\\" in text or _ENDING.search(text) is not None


def nest(values: Mapping[str, Value], columns: Iterable[Column]) -> dict[str, object]:
    """The request's fields: dotted names become nested objects, assets HeyGen's `{"type": …}` form.

    A file goes where an asset's id does: as its placeholder. So does what another row is to make.
    """
    body: dict[str, object] = {}
    for column in columns:
        if column.name not in values:
            continue

        value: object = values[column.name]
        place = column.place
        if isinstance(value, LocalFile) and column.type is not Type.ASSET:
            value, place = value.placeholder, (*place[:-1], column.asset_field or place[-1])
        elif isinstance(value, Reference):
            value = value.placeholder
        elif column.type is Type.ASSET:
            value = _asset(value)
        elif isinstance(value, tuple | Mixed):
            several = value.items if isinstance(value, Mixed) else value
            value = list(map(_asset, several)) if column.type is Type.ASSETS else list(several)
        *way, last = place
        inner = body
        for step in way:
            found = inner.setdefault(step, {})
            if not isinstance(found, dict):  # `caption` and `caption.style` in one row
                found = inner[step] = {}
            inner = found
        inner[last] = value
    return body


def _asset(value: object) -> dict[str, object]:
    text = value.placeholder if isinstance(value, LocalFile) else str(value)
    return {"type": "url", "url": text} if is_link(text) else {"type": "asset_id", "asset_id": text}
