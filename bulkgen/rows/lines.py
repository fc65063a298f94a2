"""The first lines of a sheet: which of them may be the header line, and which only titles above it.

Pure. Names of columns are short and differ. What stands below them is of another kind (numbers, addresses, long texts),
or some of them are known: fields, and the particulars of persons and companies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bulkgen.kinds.columns import match_key
from bulkgen.model import Cell, Table
from bulkgen.rows.headings import known_names
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
_ODD_NAME = re.compile(r"(?!.*(?:@|://))[^\W\d_].{1,80}")

#: What a line of an export says of itself: "Filter: Status = Warm".
_SAYS = re.compile(r"[^\W\d_]\s*[:=]\s")

#: What programs write where they have no value.
_STAND_INS = frozenset({"-", "--", "?", "n/a", "N/A", "NA", "null", "NULL", "None", "none", "nan", "NaN"})

#: A number, a date, a time, an amount, a phone number; an e-mail address; a link.
_VALUE = re.compile(r"[+(€$£¥-]?[\s(]*\d[\d\s.,:/()%€$£¥+TZ-]*|[^\s@]+@[^\s@]+\.[^\s@]+|(?:https?://|www\.)\S+")


class Lines:
    """The line that was taken for the header line, at 0, and those below it."""

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

        below = (text for line in self.names[at + 1 :] for column, text in line.items() if column in names)
        return self._known(at) >= _KNOWN or any(map(_is_odd, below))

    def is_clear(self, at: int) -> bool:
        """Whether it can only be the header line: known names, or columns of values, below what can only be titles.

        Without known names there is also a column behind all that stands above: read otherwise, its values would stand
        under no header.
        """
        if self._known(at) < _KNOWN:
            above = max(max(line) for line in self.names[:at])
            if max(self.names[at]) <= above or not self._has_values_below(at) or self._repeats(at):
                return False

        return self.has_only_titles_above(at)

    def has_only_titles_above(self, at: int) -> bool:
        """Whether nobody could take a line above this one for the headers, and this one is of names that are seen."""
        if self._rows[at - 1].hidden or not self._is_of_names(at):
            return False

        return all(self._is_title(above, at) or self._is_group(above, at) for above in range(at))

    def _known(self, at: int) -> int:
        """How many names of the line are known."""
        return sum(match_key(name) in known_names() or bool(particular(name)) for name in self.names[at].values())

    def _is_of_names(self, at: int) -> bool:
        """Short texts that differ. A few may be longer or have digits (Address 2), unless below them is the same."""
        names = self.names[at]
        odd = {column: name for column, name in names.items() if _is_odd(name)}
        own = {" ".join(self._cells[at][column].text.split()).casefold() for column in names}
        if len(own) < len(names):  # two that --map makes one are a mistake of another sort
            return False

        if len(odd) * 3 > len(names) and self._known(at) < _KNOWN:
            return False

        if not all(_ODD_NAME.fullmatch(name) for name in odd.values()) or _STAND_INS & set(names.values()):
            return False

        return not any(name in self._below(at, column) for column, name in odd.items())

    def _may_be_title(self, above: int, at: int) -> bool:
        names, width = self.names[above], len(self.names[at])
        if self._is_group(above, at):
            return True

        fields = {match_key(name) for name in names.values()} & known_names()
        return not fields and (len(names) <= min(_TITLE_CELLS, width - 1) or len(names) * 2 <= width)

    def _is_title(self, above: int, at: int) -> bool:
        """A cell, or few beside the many of the header line; none of them is a name that is known."""
        names, width = self.names[above], len(self.names[at])
        few = len(names) == 1 or len(names) * 2 <= width
        said = len(names) <= _TITLE_CELLS < width and any(map(_SAYS.search, names.values()))
        return not self._known(above) and (few or said)

    def _is_group(self, above: int, at: int) -> bool:
        """Whether a line heads groups of the columns: it has gaps, which the line below fills, or says things twice."""
        groups, names = self.names[above], self.names[at]
        if len(groups) < 2 or self._known(at) < max(_KNOWN, self._known(above)) or not groups.keys() <= names.keys():
            return False

        alone = len(set(groups.values()))
        gaps = max(groups) - min(groups) + 1 > len(groups)
        return (gaps or alone < len(groups)) and alone * 2 <= len(names)

    def _has_values_below(self, at: int) -> bool:
        """Whether there is a column of values below a name, which does not begin above it."""
        for column, name in self.names[at].items():
            filled = (each for each in range(at + 1, len(self.names)) if column in self.names[each])
            below = [self._is_value(each, column) for each in filled]
            above = any(_VALUE.fullmatch(line[column][:_LONG]) for line in self.names[:at] if column in line)
            if not above and not _VALUE.fullmatch(name) and len(below) > 1 and sum(below) >= 0.8 * len(below):
                return True

        return False

    def _is_value(self, at: int, column: int) -> bool:
        """Whether a cell holds what no name of a column is: a number, a date, an address, a long text."""
        value, text = self._cells[at][column].value, self.names[at][column]
        return not isinstance(value, str | None) or len(text) > _LONG or _VALUE.fullmatch(text) is not None

    def _repeats(self, at: int) -> bool:
        """Whether a name stands below itself, as values do."""
        return any(name in self._below(at, column) for column, name in self.names[at].items())

    def _below(self, at: int, column: int) -> list[str]:
        """The texts of a column below a line."""
        lines = self.names[at + 1 : at + 1 + _BELOW]
        return [line[column] for line in lines if column in line]


def _is_odd(text: str) -> bool:
    """Whether a text is rarely the name of a column."""
    return len(text) > _LONGEST_NAME or any(sign.isdigit() or sign == "@" for sign in text) or "://" in text
