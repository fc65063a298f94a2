"""The nouns everything else speaks in: cells, rows, tables, mistakes, jobs; fingerprint and key.

Pure: values in, values out. A job is known by its fingerprint (what was asked for), never by its row number.

Invariants: the same wish always has the same fingerprint, in every release (golden values in the tests hold it);
a key depends on fingerprint and attempt alone, so that a retry, a restart and another machine all send the same one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from enum import Enum
from functools import partial
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from bulkgen.composition import Project
from bulkgen.texts import READINGS, UNWRITABLE, common, varies, with_plain_line_ends

if TYPE_CHECKING:
    from pydantic import BaseModel

#: Raised only when the same wish would have to get another fingerprint: every finished row would be new again.
FINGERPRINT_FORMAT = 1

_CANON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

_PLACEHOLDER = "local-file:"
_TO_BE_MADE = "made-by-row:"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A file of the person's, known by its content: `digest` is its SHA-256 (hex), `type` its content type."""

    digest: str
    #: In bytes.
    size: int
    type: str
    #: Where it was found. Whoever reads it there makes sure that the content is still this one.
    path: str = field(compare=False)
    #: What it declares, where it is a project: a folder, or a ZIP of one. Its digest is that of all its files, by their
    #: names, however they are packed; its size is what they come to.
    project: Project | None = field(default=None, compare=False, repr=False)

    @property
    def placeholder(self) -> str:
        """Stands in a request for the id that the file gets at HeyGen; nothing with it in it is ever sent."""
        return f"{_PLACEHOLDER}{self.digest}"


def is_placeholder(text: str) -> bool:
    """Whether the id of an asset is only that of a file which is still to get one."""
    return text.startswith(_PLACEHOLDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What another row's job makes, where the id of such a thing stands: `@anna`, or `@anna.2` for the second of it.

    `wish` is the fingerprint of that job, `part` counts what it makes from 1.
    """

    wish: str
    part: int = 1
    #: As the cell says it; the number of the row that it names; the other fingerprints by which that row's wish may be
    #: recorded, and the one by which it is.
    text: str = field(default="", compare=False)
    row: int = field(default=0, compare=False)
    readings: tuple[str, ...] = field(default=(), compare=False)
    recorded: str = field(default="", compare=False)

    @property
    def fingerprint(self) -> str:
        """The job that makes it, as it is known."""
        return self.recorded or self.wish

    @property
    def placeholder(self) -> str:
        """Stands in a request for the id that is still to come; nothing with it in it is ever sent."""
        return f"{_TO_BE_MADE}{self.wish}:{self.part}"


def is_to_be_made(text: str) -> bool:
    """Whether an id is only that of something which another row is still to make."""
    return text.startswith(_TO_BE_MADE)


@dataclass(frozen=True, slots=True)
class Mixed:
    """Several assets of one cell, with files among the links and ids."""

    items: tuple[str | LocalFile, ...]


#: A value as the person gave it, once its column's type was applied.
Value = str | int | float | bool | tuple[str, ...] | LocalFile | Mixed | Reference


def files_in(values: Iterable[Value | None]) -> tuple[LocalFile, ...]:
    """The files among the values, each once."""
    each = (one for value in values for one in (value.items if isinstance(value, Mixed) else (value,)))
    return tuple(dict.fromkeys(one for one in each if isinstance(one, LocalFile)))


def references_in(values: Iterable[Value | None]) -> tuple[Reference, ...]:
    """What other rows are to make for these values, each once."""
    return tuple(dict.fromkeys(value for value in values if isinstance(value, Reference)))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: `text` as the spreadsheet shows it, `value` and `number_format` to write it back unchanged."""

    text: str = ""
    value: object = None
    _: KW_ONLY
    number_format: str = "General"
    #: Why the cell can't be used (an error value, a formula never computed); "" for a good one.
    unusable: str = ""

    @property
    def blank(self) -> bool:
        return not self.unusable and not self.text.strip()


BLANK = Cell()

#: The fault of a row of a CSV whose quotation marks have no single reading.
QUOTES_IN_DOUBT = "has a quotation mark inside a cell, so it can't be told where that cell ends"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the sheet, with the number that the spreadsheet program shows."""

    number: int
    cells: tuple[Cell, ...]
    _: KW_ONLY
    hidden: bool = False
    #: Why the whole line can't be used (too many cells); "" for a good one.
    unusable: str = ""

    def cell(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else BLANK


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as read: its name as the tab shows it, the headers, the rows below them, and notes on the reading."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    _: KW_ONLY
    header_row: int = 1
    notes: tuple[str, ...] = ()
    #: Of a CSV, "" for a workbook.
    delimiter: str = ""
    #: Lines of an earlier results sheet that are no rows: results of rows that were no longer there.
    behind: tuple[Row, ...] = ()
    #: How many sheets of the workbook are visible, but for those that accompany them.
    siblings: int = 1

    def where(self, row: int, column: int | None) -> str:
        """The place as a spreadsheet writes it: `Leads!D14`, or `Leads row 14` for the whole row."""
        if column is None:
            return f"{self.name} row {row}"

        name = self.name if self.name.replace("_", "a").isalnum() else f"'{self.name}'"
        return f"{name}!{column_letters(column)}{row}"


def column_letters(column: int) -> str:
    """The letters a spreadsheet gives the column with this index: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def runs_of(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of numbers that follow one another, as they stand: 2, 3, 4, 9 are (2, 4) and (9, 9)."""
    for _, run in groupby(enumerate(numbers), key=lambda each: each[1] - each[0]):
        found = [number for _, number in run]
        yield found[0], found[-1]


class Severity(Enum):
    """What an issue means for its row."""

    MISTAKE = "mistake"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A mistake (or a warning: something worth a look) in one cell, one row or one column.

    What is found in a value alone names its `field`; its place, by which people find it, comes with `at`. `cause` and
    `fix` never hold the value or the place: issues that share them share one line on the screen.
    """

    #: A word for programs, which stays the same when the sentences change; `docs/issues.md` has them all.
    code: str
    cause: str
    fix: str
    severity: Severity = Severity.MISTAKE
    #: The field that can't be used, as its kind calls it; "" for the row as a whole.
    field: str = ""
    row: int = 0
    #: The column's index; None for the whole row, and for what `--set` gives.
    column: int | None = None
    header: str = ""
    value: str = ""
    #: A mistake of what was never sent, and no more than a warning of what was: HeyGen may have taken it before.
    of_new: bool = False

    @property
    def warning(self) -> bool:
        return self.severity is Severity.WARNING

    def at(self, row: int, column: int | None = None, header: str = "", value: str = "") -> Issue:
        """The issue at its place; the value is cut to what a message can show."""
        return replace(self, row=row, column=column, header=header, value=shorten(value, 200))

    def sentence(self) -> str:
        """The message of a results line: no place, as it stands in the row itself."""
        column = f"{self.header}: " if self.header else ""
        value = f" ('{shorten(self.value, 60)}')" if self.value.strip() else ""
        return f"{column}{self.cause}{value}. {self.fix}".strip()


def grouped(issues: Iterable[Issue]) -> list[list[Issue]]:
    """Issues that share column, cause and advice, told together; in the order in which they come."""
    groups: dict[tuple[str, str, str, Severity], list[Issue]] = {}
    for issue in issues:
        groups.setdefault((issue.header, issue.cause, issue.fix, issue.severity), []).append(issue)
    return list(groups.values())


#: What is worth a look, and keeps nothing from being sent.
warning = partial(Issue, severity=Severity.WARNING)

#: What HeyGen would refuse, or pass over, as far as its documents tell: what was sent before stays what it is.
unsendable = partial(Issue, of_new=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the row says to a job that waits for the person: recorded by its digests alone, and in no fingerprint."""

    text: str
    #: The files of the person's that go along.
    files: tuple[LocalFile, ...] = ()
    #: Something that is to go along can't be used: it is not sent as it is.
    held_back: bool = False

    @property
    def word(self) -> str:
        """A digest of what the cell says."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def digest(self) -> str:
        """A digest of all of it."""
        if not self.files:
            return self.word

        parts = " ".join((self.word, *(file.digest for file in self.files)))
        return hashlib.sha256(parts.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """A job as it is followed and recorded: which one it is, without what it asks for, so that it can't be sent.

    `title` is "" for what has none at HeyGen.
    """

    kind: str
    fingerprint: str
    row: int
    row_id: str
    title: str
    language: str
    #: The worksheet, where a workbook has several: they share one resume file.
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Handle):
    """One paid request made from a row."""

    path: str
    #: What the person asked for, as HeyGen takes it.
    request: BaseModel = field(hash=False, compare=False)
    template_id: str = ""
    #: Other fingerprints by which the same wish may be recorded: of other readings of its texts.
    readings: tuple[str, ...] = ()
    #: Jobs of a higher one are sent first; it changes nothing that is made.
    priority: float = 0.0
    #: It is made for a person to listen to beforehand, and is nothing that a row gets.
    listened: bool = False
    #: The files of the person's that it is made from. In the request stands their placeholder.
    files: tuple[LocalFile, ...] = ()
    #: What its row says to it, should it wait for the person; None where the row says nothing.
    answer: Answer | None = None
    #: What other jobs have to make first. In the request stands its placeholder.
    awaits: tuple[Reference, ...] = ()

    @property
    def body(self) -> dict[str, object]:
        """What is sent as JSON, but for the callback id, which comes from the key and so from the attempt."""
        title = {"title": self.title} if self.title and "title" in type(self.request).model_fields else {}
        return {**title, **self.request.model_dump(mode="json", exclude_unset=True)}

    def body_with(
        self, assets: Mapping[str, str], made: Mapping[Reference, str] = MappingProxyType({})
    ) -> dict[str, object]:
        """The body with the ids of its files at HeyGen, by their digests, and of what other jobs made for it.

        Raises `KeyError` for one without an id.
        """
        if not self.files and not self.awaits:
            return self.body

        ids = {file.placeholder: assets[file.digest] for file in self.files}
        ids |= {reference.placeholder: made[reference] for reference in self.awaits}
        return {name: _filled(value, ids) for name, value in self.body.items()}


def _filled(value: object, ids: Mapping[str, str]) -> object:
    """A part of a body with ids in place of the placeholders."""
    if isinstance(value, dict):
        return {name: _filled(each, ids) for name, each in value.items()}

    if isinstance(value, list):
        return [_filled(each, ids) for each in value]

    return ids.get(value, value) if isinstance(value, str) else value


def fingerprint(kind: str, values: Mapping[str, Value], *, template_id: str = "", copy: str = "") -> str:
    """SHA-256 (hex) over everything the person asked for that changes the outcome."""
    return _digest(kind, values, template_id, copy, common)


def other_readings(kind: str, values: Mapping[str, Value], *, template_id: str = "", copy: str = "") -> tuple[str, ...]:
    """The fingerprints by which the same wish may be recorded, if its texts were read otherwise before.

    So they are where they come back from a spreadsheet with a guard or without one; and earlier releases told texts
    apart by characters that no workbook holds.
    """
    texts = [copy, *(value for value in values.values() if isinstance(value, str))]
    if not any(map(varies, texts)) and "\n" not in copy and "\r" not in copy:
        return ()

    found = [_digest(kind, values, template_id, copy, reading) for reading in READINGS]
    for line_end in ("\n", "\r\n", "\r"):
        found.append(_digest(kind, values, template_id, with_plain_line_ends(copy).replace("\n", line_end), common))
    own = fingerprint(kind, values, template_id=template_id, copy=copy)
    return tuple(digest for digest in dict.fromkeys(found) if digest != own)


def _digest(kind: str, values: Mapping[str, Value], template_id: str, copy: str, reading: Callable[[str], str]) -> str:
    wish: dict[str, object] = {
        "format": FINGERPRINT_FORMAT,
        "kind": kind,
        "values": {name: _canonical(value, reading) for name, value in values.items()},
    }
    if template_id:
        wish["template_id"] = template_id
    if copy:
        wish["copy"] = UNWRITABLE.sub("", copy) if reading is common else reading(copy)
    return hashlib.sha256(_CANON.encode(wish).encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: Value, reading: Callable[[str], str]) -> object:
    """1.0 and 1 are one wish, as are the two ways to write a line break; a list keeps its order."""
    if isinstance(value, float) and value.is_integer():
        return int(value)

    if isinstance(value, str):
        return reading(value)

    if isinstance(value, LocalFile):  # an object, so that no text of a cell is ever the same wish
        return {"sha256": value.digest}

    if isinstance(value, Reference):
        return {"made_by": value.wish} if value.part == 1 else {"made_by": value.wish, "part": value.part}

    if isinstance(value, Mixed):
        return [_canonical(each, str) for each in value.items]

    return list(value) if isinstance(value, tuple) else value


def made_title(stem: str, row: int, fingerprint: str) -> str:
    """The title of a job whose person gave none: it tells which job it is, in the whole account."""
    return f"{stem} row {row}{_mark(fingerprint)}"


def is_made_title(title: str, fingerprint: str) -> bool:
    """Whether bulkgen made this title for this job, whatever sheet and row it stood in."""
    return title.endswith(_mark(fingerprint))


def told_by_title(title: str) -> str:
    """The beginning of the fingerprint that a title of bulkgen's tells; "" for any other title."""
    match = re.search(r" · ([0-9a-f]{6})$", title)
    return match[1] if match else ""


def _mark(fingerprint: str) -> str:
    return f" · {fingerprint[:6]}"


def idempotency_key(fingerprint: str, attempt: int, *, answer: bool = False) -> str:
    """The `Idempotency-Key` of an attempt; fits HeyGen's pattern `[A-Za-z0-9_\\-:.]{1,255}`.

    `answer`: of what the person's answer to it makes.
    """
    return f"bulkgen:{fingerprint[:40]}:{attempt}{':answer' if answer else ''}"


def told_by_key(key: str) -> str:
    """The beginning of the fingerprint that a key of bulkgen's tells; "" for any other text."""
    match = re.fullmatch(r"bulkgen:([0-9a-f]{40}):\d+(?::answer)?", key)
    return match[1] if match else ""


def shorten(text: str, limit: int) -> str:
    """The text on one line, cut to `limit` characters with an ellipsis."""
    line = " ".join(text[: limit * 4].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def plural(count: int, noun: str, nouns: str = "") -> str:
    """`1 row`, `2 rows`, `1,200 rows`."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def listed(names: Sequence[str], limit: int = 6) -> str:
    """`a, b, c and 4 more`."""
    if len(names) <= limit:
        return ", ".join(names)

    return f"{', '.join(names[:limit])} and {len(names) - limit} more"


def lasting(seconds: float) -> str:
    """`90 s`, `8 min`, `2 h 40 min`, `3 days`: as exactly as anybody can say."""
    if round(seconds) < 120:
        return f"{seconds:.0f} s"

    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"

    if minutes < 10 * 60:
        hours, rest = divmod(5 * round(minutes / 5), 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"

    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24):,} days"
