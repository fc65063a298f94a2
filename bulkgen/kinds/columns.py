"""What a column of a sheet may hold, and how its cell becomes a value.

Pure. A `Column` carries HeyGen's own field name (dotted where nested), the type its cells are read by, the other
names people give it, and the line that docs/ prints of it. It is derived from the model of the request (`fields`).

Invariant: a cell either becomes exactly the value the person sees in it, or an `Issue` that says why not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from unicodedata import category

from bulkgen.kinds.media import Media
from bulkgen.model import Cell, Issue, LocalFile, Mixed, Reference, Value
from bulkgen.rows.suggest import hint


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


_YES = frozenset({"yes", "y", "true", "1", "x", "on"})
_NO = frozenset({"no", "n", "false", "0", "off"})
_ASSET_ID = re.compile(r"[A-Za-z0-9_\-]{3,128}")
#: Python's `float` takes more for a number: `1_0`, digits of every script.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
#: Minutes and seconds, with or without hours, as people and spreadsheets write them.
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:[.,]0*)?")
#: Control, format, separators: what leaves no mark on the screen.
_MARKLESS = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
_LINK = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")
_ENDING = re.compile(r"[^\s.]\.[A-Za-z][A-Za-z0-9]{1,4}$")
#: What spreadsheets write in place of a value that they can't work out.
_ERROR = re.compile(r"#(?:[A-Z0-9_/ ]+[!?]|N/A)")
_SEPARATOR = re.compile(r"[;|]")
_LOOSE = re.compile(r"[\s_\-]+")


def match_key(name: str) -> str:
    """Column names match without regard to case, spaces, `_` and `-`."""
    return _LOOSE.sub("", name).casefold()


def truth(text: str) -> bool | None:
    """`yes`, `no` and their like; None for anything else."""
    word = text.strip().casefold()
    return True if word in _YES else False if word in _NO else None


def split_list(text: str) -> tuple[str, ...]:
    """Several values in one cell: by `;` or `|`, never by a comma, which names of languages contain."""
    return tuple(part.strip() for part in _SEPARATOR.split(text) if part.strip())


def parse(column: Column, cell: Cell) -> Value | Issue:
    """The cell's value by the column's type. The cell is not blank."""
    text = cell.text.strip()
    if not text.isascii() and _SURROGATE.search(text):
        cause, fix = "holds a character that is no text", "Type the cell again."
        return Issue(code="not_a_text", field=column.name, cause=cause, fix=fix)

    if column.type is Type.TEXT:
        return _crept_in(column, text) or text

    if column.type is Type.PROSE:
        if text.replace(" ", "") == _unseen(text):
            cause, fix = "holds nothing that can be seen", "Type a text, or clear the cell."
            return Issue(code="hidden_character", field=column.name, cause=cause, fix=fix)

        return cell.text

    if column.type in (Type.NUMBER, Type.INTEGER):
        return _number(column, cell)

    if column.type in (Type.LIST, Type.ASSETS):
        values, fix = split_list(text), "Separate several values with ; or |."
        blank = Issue(code="blank", field=column.name, cause="holds no value", fix=fix)
        odd = [each for each in values if not _is_asset(each)] if column.type is Type.ASSETS else ()
        no_asset = _not_an_asset(column, odd[0]) if odd else None
        return _crept_in(column, "".join(values)) or no_asset or values or blank

    return _crept_in(column, text) or _word(column, text)


def _word(column: Column, text: str) -> Value | Issue:
    """A yes or no, a choice, a link or an id."""
    if column.type is Type.BOOLEAN:
        answer = truth(text)
        if answer is None:
            return Issue(code="not_yes_or_no", field=column.name, cause="is neither yes nor no", fix="Type yes or no.")

        return answer

    if column.type is Type.CHOICE:
        for choice in column.choices:
            if choice.casefold() == text.casefold():
                return choice
        for choice, label in zip(column.choices, column.labels, strict=False):
            if label.casefold() == text.casefold():
                return choice
        fix = f"Type one of: {', '.join(column.labels or column.choices)}."
        if column.labels:
            fix = f"{hint(text, [*column.choices, *column.labels])}{fix}"
        return Issue(code="not_a_choice", field=column.name, cause="is not one of the choices", fix=fix)

    if column.type is Type.ASSET and not _is_asset(text):
        folder = column.media and column.media.project and not _ERROR.fullmatch(text)
        return text if folder else _not_an_asset(column, text)

    return text


def _is_asset(text: str) -> bool:
    return is_link(text) or _ASSET_ID.fullmatch(text) is not None or is_path(text)


def _not_an_asset(column: Column, text: str) -> Issue:
    if _ERROR.fullmatch(text):
        cause, fix = "is an error of the spreadsheet", "Correct the formula in the cell, or write the link or path."
        return Issue(code="not_an_asset", field=column.name, cause=cause, fix=fix)

    several = column.type is Type.ASSETS
    return Issue(
        code="not_an_asset",
        field=column.name,
        cause=f"{'holds what is' if several else 'is'} neither a public link nor the id of a HeyGen asset",
        fix="Give a link that starts with https://, or the path of a file from the sheet's folder: media/tour.mp4.",
    )


def _unseen(text: str) -> str:
    """The characters that leave no mark, but for the plain blank: without width, of control, blanks of other widths."""
    if text.isprintable():
        return ""

    return "".join(character for character in text if character != " " and category(character) in _MARKLESS)


def _crept_in(column: Column, text: str) -> Issue | None:
    """An id, a link or a word that looks right and would not be found, for a character that can't be seen.

    What changes nothing that is made, like a title, may hold any.
    """
    unseen = _unseen(text) if column.identity or column.lookup else ""
    if not unseen:
        return None

    cause = f"holds a character that can't be seen (U+{ord(unseen[0]):04X})"
    fix = "Type the value again, or paste it as plain text."
    return Issue(code="hidden_character", field=column.name, cause=cause, fix=fix)


def _number(column: Column, cell: Cell) -> Value | Issue:
    """Numeric fields go by the raw value: 0.5 that the spreadsheet shows as 50 % is 0.5."""
    raw, clock = cell.value, _CLOCK.fullmatch(cell.text.strip())
    if clock and column.name.endswith("_time"):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        cause, fix = "is a time, and HeyGen takes seconds", f"Type {hours * 3600 + minutes * 60 + seconds}."
        if hours and not seconds:  # what spreadsheets make of 1:30
            fix = f"{fix[:-1]}; or {hours * 60 + minutes}, if minutes and seconds are meant."
        return Issue(code="not_in_seconds", field=column.name, cause=cause, fix=fix)

    if isinstance(raw, bool) or not isinstance(raw, int | float):
        text = cell.text.strip()
        issue = _crept_in(column, text)
        if issue:
            return issue

        raw = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(raw):
        fix = "Type a plain number, with a point for decimals: 1.25."
        if column.type is Type.INTEGER:
            fix = "Type a plain whole number, without separators: 1000."
        return Issue(code="not_a_number", field=column.name, cause="is not a number", fix=fix)

    if float(raw).is_integer():
        return int(raw)

    if column.type is Type.INTEGER:
        cause, fix = "is not a whole number", "Type a whole number."
        return Issue(code="not_a_whole_number", field=column.name, cause=cause, fix=fix)

    return float(raw)


def is_asset_id(text: str) -> bool:
    return _ASSET_ID.fullmatch(text) is not None


def is_link(text: str) -> bool:
    return _LINK.match(text) is not None


def bare(path: str) -> str:
    """A path without the quotation marks that Windows puts around it ("Copy as path")."""
    return path[1:-1].strip() if len(path) > 2 and path[0] == path[-1] == '"' else path


def is_path(text: str) -> bool:
    """Whether a text where media may stand names a file of this computer: no link, and nothing that can be an id."""
    text = bare(text)
    scheme = _SCHEME.match(text)
    if scheme:
        return scheme[1].casefold() == "file"

    if _ASSET_ID.fullmatch(text) or _ERROR.fullmatch(text):
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
