"""Quotation marks where a CSV has none: `, "text"` behind a blank, `say "hi, Ann"` inside a cell.

Pure. The strict reading takes such a mark for a letter, so that separators and line breaks between two of them take a
cell apart. The other reading, here, lets every pair of marks hold together what is between them. Which of the two is
meant only the whole file can show (`csv_file` decides).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

#: What stands between two marks is one text if they are this near (rows).
_REACH = 20

_IN_MARKS = re.compile(r'[ \t]*"((?:[^"]|"")*)"[ \t]*')


def opening(delimiter: str) -> re.Pattern[str]:
    """A mark that opens words, though not at the start of a cell; a line of an orderly CSV has none."""
    separator = re.escape(delimiter)
    # The mark comes first in the pattern, which makes the search several times as fast
    return re.compile(rf'"(?<=[^\w"\r\n{separator}]")(?=[^\s"{separator}])')


def split_paired(text: str, delimiter: str) -> list[str]:
    """The cells of a record, as they are written, if each pair of marks holds together what is between them."""
    cells: list[str] = []
    cell = ""
    for number, part in enumerate(text.rstrip("\r\n").split('"')):
        if number % 2:
            cell += f'"{part}"'
            continue

        first, *rest = part.split(delimiter)
        cell += first
        for piece in rest:
            cells.append(cell)
            cell = piece
    return [*cells, cell]


def paired_records(lines: Iterable[str], delimiter: str, limit: int) -> Iterator[list[str]]:
    """The records of a CSV in the reading of pairs, without the marks around a cell.

    Raises `csv.Error` for a mark without a partner, or one that is further away than `limit` characters.
    """
    text = ""
    for line in lines:
        text += line
        if text.count('"') % 2 == 0:
            yield [_bare(cell) for cell in split_paired(text, delimiter)]
            text = ""
        elif len(text) > limit:
            raise csv.Error("field larger than field limit")

    if text:
        raise csv.Error("unexpected end of data")


def in_marks(text: str) -> bool:
    """Whether the strict reading has left the marks around a cell, because a blank stands before them."""
    return text[:1].isspace() and _IN_MARKS.fullmatch(text) is not None


def _bare(cell: str) -> str:
    match = _IN_MARKS.fullmatch(cell)
    return match[1].replace('""', '"') if match else cell


class Doubts:
    """The rows that pairs of marks would divide in another way than the strict reading does."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.rows: set[int] = set()
        #: The last row with a mark that opens words and has no partner.
        self._open = 0

    def look(self, number: int, text: str, cells: int, *, opens: bool) -> None:
        """Looks at a row with marks: its text, how many cells the strict reading finds, whether a mark opens words."""
        if text.count('"') % 2 == 0:
            if len(split_paired(text, self.delimiter)) < cells:
                self.rows.add(number)
        elif self._open and number - self._open <= _REACH:
            self.rows.update(range(self._open, number + 1))
            self._open = 0
        elif opens:
            self._open = number
