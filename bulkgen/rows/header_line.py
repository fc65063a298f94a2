"""Which line of a sheet is the header line? It may stand below a title, or not be there at all.

Pure. A line is known by the names of fields in it, `--map` and `--set` applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import match_key
from bulkgen.kinds.kind import Kind
from bulkgen.model import Cell, Table
from bulkgen.result_columns import ResultColumn
from bulkgen.rows.headings import OWN
from bulkgen.rows.particulars import particular

#: How many rows are looked at for a header line below a title, which fills a cell or two.
_NEAR = 20
_TITLE_CELLS = 2

#: So many rows below a line are looked at for what stands in its columns.
_BELOW = 20

#: So many known names make a header line.
_KNOWN = 2

#: The longest name of a column (characters); sentences are longer. So long a text is a value beyond doubt.
_LONGEST_NAME = 40
_LONG = 60

#: A name that could be a value: with digits behind a word, or rather long.
_ODD_NAME = re.compile(r"(?!.*(?:@|://))[^\W\d_]{1,}.{1,80}")

#: What programs write where they have no value.
_STAND_INS = frozenset({"-", "--", "?", "n/a", "N/A", "NA", "null", "NULL", "None", "none", "nan", "NaN"})

#: A number, a date, a time, an amount, a phone number; an e-mail address; a link.
_VALUE = re.compile(r"[+(€$£¥-]?[\s(]*\d[\d\s.,:/()%€$£¥+TZ-]*|[^\s@]+@[^\s@]+\.[^\s@]+|(?:https?://|www\.)\S+")


@dataclass(frozen=True, slots=True)
class Better:
    """The row that looks like the header line; `clear`: what stands above it can only be titles."""

    row: int
    clear: bool


def recognised(headers: tuple[str, ...]) -> bool:
    """Whether a header line is one of ours: it holds all that one kind is decided by."""
    keys = {match_key(header) for header in headers}
    if keys & {match_key(ResultColumn.STATUS), match_key("type")}:
        return True

    return any(all(keys & _names_of(kind, group) for group in kind.decided_by) for kind in KINDS.values())


def known(headers: Sequence[str], renames: Mapping[str, str], defaults: Mapping[str, str]) -> bool:
    """Whether a header line holds the name of any field, with `--map` and `--set` applied."""
    keys = set(map(match_key, _given(headers, renames, defaults)))
    return bool(keys & _known_names()) or match_key(ResultColumn.STATUS) in keys


def field_columns(headers: Sequence[str], renames: Mapping[str, str]) -> frozenset[int]:
    """The columns that hold the name of a field, with `--map` applied."""
    fields = _known_names()
    return frozenset(at for at, name in enumerate(_given(headers, renames, {})) if match_key(name) in fields)


def better_header(table: Table, renames: Mapping[str, str], defaults: Mapping[str, str]) -> Better | None:
    """The row that looks like the header line where the one taken for it does not: titles may stand above it.

    `--map` and `--set` count: what they name is looked for beside the columns.
    """
    if recognised(_given(table.headers, renames, {})):
        return None

    lines = _Lines(table, renames)
    if not recognised(tuple(defaults)):  # else any line would be
        if recognised(_given(table.headers, renames, defaults)):
            return None

        for at in range(1, lines.near):
            if recognised((*lines.names[at].values(), *defaults)):
                return Better(lines.number(at), clear=lines.has_only_titles_above(at))

    found = (at for at in range(1, lines.near) if lines.may_be_headers(at))
    at = next(found, 0)
    return Better(lines.number(at), clear=lines.is_clear(at)) if at else None


class _Lines:
    """The first lines of a sheet: the one taken for its header line, at 0, and those below it.

    Names of columns are short and differ. What stands below them is of another kind (numbers, addresses, long texts),
    or some of them are known: fields, and the particulars of persons and companies.
    """

    def __init__(self, table: Table, renames: Mapping[str, str]) -> None:
        ours = {match_key(theirs): name for theirs, name in renames.items()}
        self._table = table
        self._rows = table.rows[: _NEAR + _BELOW]
        #: How many lines may be the header line.
        self.near = min(_NEAR, len(self._rows)) + 1
        #: Of each line, the texts of its filled cells by their column, `--map` applied; the cells.
        self.names: list[dict[int, str]] = []
        self._cells = [tuple(map(Cell, table.headers)), *(row.cells for row in self._rows)]
        for cells in self._cells:
            filled = {at: " ".join(cell.text.split()) for at, cell in enumerate(cells) if not cell.blank}
            self.names.append({at: ours.get(match_key(text), text) for at, text in filled.items()})

    def number(self, at: int) -> int:
        """The number that the spreadsheet shows."""
        return self._rows[at - 1].number if at else self._table.header_row

    def may_be_headers(self, at: int) -> bool:
        """Whether the line looks like a header line below lines that look like titles."""
        names = self.names[at]
        wide = len(names) > _TITLE_CELLS or len(names) == self._known(at) == _TITLE_CELLS
        if not wide or not self._is_of_names(at) or not all(self._may_be_title(above, at) for above in range(at)):
            return False

        below = (text for each in range(at + 1, len(self.names)) for text in self._column_texts(each, names))
        return self._known(at) >= _KNOWN or any(map(_is_value, below))

    def is_clear(self, at: int) -> bool:
        """Whether it can only be the header line: known names, or columns of values, below what can only be titles."""
        if self._known(at) < _KNOWN and (not self._has_values_below(at) or self._repeats(at)):
            return False

        return self.has_only_titles_above(at)

    def has_only_titles_above(self, at: int) -> bool:
        """Whether nobody could take a line above this one for the headers, and this one is of names that are seen."""
        if self._rows[at - 1].hidden or not self._is_of_names(at):
            return False

        return all(self._is_title(above, at) or self._is_group(above, at) for above in range(at))

    def _known(self, at: int) -> int:
        """How many names of the line are known."""
        return sum(match_key(name) in _known_names() or bool(particular(name)) for name in self.names[at].values())

    def _is_of_names(self, at: int) -> bool:
        """Short texts that differ. A few may be longer or have digits (Address 2), unless their columns hold the same."""
        names = self.names[at]
        odd = {column: name for column, name in names.items() if _is_value(name)}
        if len({name.casefold() for name in names.values()}) < len(names) or len(odd) * 3 > len(names):
            return False

        if not all(_ODD_NAME.fullmatch(name) for name in odd.values()) or _STAND_INS & set(names.values()):
            return False

        return not any(name in self._below(at, column) for column, name in odd.items())

    def _may_be_title(self, above: int, at: int) -> bool:
        names, width = self.names[above], len(self.names[at])
        if self._is_group(above, at):
            return True

        fields = {match_key(name) for name in names.values()} & _known_names()
        return not fields and (len(names) <= min(_TITLE_CELLS, width - 1) or len(names) * 2 <= width)

    def _is_title(self, above: int, at: int) -> bool:
        """A cell, or few beside the many of the header line; none of them is a name that is known."""
        names = self.names[above]
        return not self._known(above) and (len(names) == 1 or len(names) * 2 <= len(self.names[at]))

    def _is_group(self, above: int, at: int) -> bool:
        """Whether a line heads groups of the columns: it has gaps, which the line below fills, or says things twice."""
        groups, names = self.names[above], self.names[at]
        if len(groups) < 2 or self._known(at) < max(_KNOWN, self._known(above)) or not groups.keys() <= names.keys():
            return False

        return len(set(groups.values())) * 2 <= len(names)

    def _has_values_below(self, at: int) -> bool:
        """Whether there is a column of values below a name, which does not begin above it."""
        for column, name in self.names[at].items():
            below = self._below(at, column)
            values = sum(map(self._is_strong, range(at + 1, at + 1 + _BELOW), [column] * _BELOW))
            above = any(self._is_strong(each, column) for each in range(at))
            if not above and not _VALUE.fullmatch(name) and len(below) > 1 and values >= 0.8 * len(below):
                return True

        return False

    def _repeats(self, at: int) -> bool:
        """Whether a name stands below itself, as values do."""
        return any(name in self._below(at, column) for column, name in self.names[at].items())

    def _below(self, at: int, column: int) -> list[str]:
        """The texts of a column below a line."""
        lines = self.names[at + 1 : at + 1 + _BELOW]
        return [line[column] for line in lines if column in line]

    def _is_strong(self, at: int, column: int) -> bool:
        """Whether a cell holds what no name of a column is: a number, a date, an address, a long text."""
        if at >= len(self.names) or column not in self.names[at]:
            return False

        value, text = self._cells[at][column].value, self.names[at][column]
        return not isinstance(value, str | None) or _VALUE.fullmatch(text) is not None or len(text) > _LONG

    def _column_texts(self, at: int, columns: Mapping[int, str]) -> Iterator[str]:
        return (text for column, text in self.names[at].items() if column in columns)


def _given(headers: Sequence[str], renames: Mapping[str, str], defaults: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the columns, with `--map` and `--set` applied."""
    ours = {match_key(theirs): name for theirs, name in renames.items()}
    return (*(ours.get(match_key(header), header) for header in headers), *defaults)


@cache
def _known_names() -> frozenset[str]:
    names = (name for kind in KINDS.values() for column in kind.columns for name in column.names)
    return frozenset(match_key(name) for name in (*OWN, *names))


def _is_value(text: str) -> bool:
    """Whether a text is no name of a column."""
    return len(text) > _LONGEST_NAME or any(sign.isdigit() or sign == "@" for sign in text) or "://" in text


def _names_of(kind: Kind, group: tuple[str, ...]) -> set[str]:
    return {match_key(name) for column in kind.columns if column.name in group for name in column.names}
