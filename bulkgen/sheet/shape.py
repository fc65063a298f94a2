"""Which rows of a CSV stand under its headers, told from how many cells each line has.

Pure. A separator too many or too few shifts every cell behind it, and a shifted row makes, and pays for, something that
nobody asked for. So a row is taken only where its number of cells has one explanation:

* as many cells as the header line has;
* all rows alike, with no header left without a cell, or with the same blanks behind the last header: lines that end in
  separators;
* fewer cells, in a block of rows as Excel writes it;
* fewer cells, from a program that leaves all blanks at the end of a line out.

Every other row has a fault. Where most rows have one, the header line itself is in doubt, and no row is taken.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bulkgen.jobs import Row, plural

#: Excel leaves out the separators of trailing blank cells wherever a whole block of so many rows has none.
EXCEL_BLOCK = 16

#: Blanks at the end are left out on purpose where no fewer rows than these are short, and one in so many.
_SHORT_ROWS, _SHORT_SHARE = 3, 3


@dataclass(slots=True)
class Shape:
    """How many cells the lines of a CSV have: the header line, then each row that is not blank."""

    #: The cells of the header line, and those up to its last name.
    columns: int = 0
    width: int = 0
    #: The lines around the header line have as many cells as it has, as Excel would write them.
    square: bool = False
    sizes: array[int] = field(default_factory=lambda: array("I"))
    #: Of each row, whether all lines of its block have as many cells as it has.
    even: bytearray = field(default_factory=bytearray)

    def header(self, columns: int, width: int, block: Sequence[Sequence[str]]) -> None:
        """Notes the header line and the block of lines that it stands in."""
        alike = sum(len(line) == columns for line in block) - 1
        self.columns, self.width, self.square = columns, width, alike * 2 > len(block) - 1

    def row(self, size: int, *, even: bool) -> None:
        self.sizes.append(size)
        self.even.append(even)

    def faults(self, rows: Sequence[Row]) -> dict[int, str]:
        """Why rows can't be used, by their place in `rows`, whose cells end where the headers do or later."""
        counts = Counter(self.sizes)
        if counts.keys() <= {self.columns}:
            return {}

        usual = self._usual(rows, counts)
        shortened = _leaves_blanks_out(rows, self.sizes, usual)
        wrong = {
            at: self._fault(size, usual)
            for at, size in enumerate(self.sizes)
            if size != usual and not (size < usual and (shortened or (self.square and self.even[at])))
        }
        if len(wrong) * 2 > len(rows):
            doubt = "has as many cells as the header line, but most rows have more or fewer, so either may be shifted"
            return {at: wrong.get(at, doubt) for at in range(len(rows))}

        return wrong

    def _usual(self, rows: Sequence[Row], counts: Counter[int]) -> int:
        """How many cells a row has to have."""
        if self.square:
            return self.columns

        first = self.sizes[0]
        if len(counts) == 1 and first > self.columns:
            ends_in_separators = len(rows) > 1 and not any(len(row.cells) > self.columns for row in rows)
            return first if ends_in_separators and not _breaks_sentences(rows) else self.columns

        return max(range(self.width, self.columns + 1), key=lambda size: (counts[size], size))

    def _fault(self, size: int, usual: int) -> str:
        if size > self.columns:
            return f"has {plural(size, 'cell')}, the header line only {self.columns}"

        if size < self.width:
            return f"has {plural(size, 'cell')}, the header line {self.width}"

        return f"has {plural(size, 'cell')}, other rows {usual}"


def _leaves_blanks_out(rows: Sequence[Row], sizes: Sequence[int], usual: int) -> bool:
    """Whether the file was written by a program that leaves out the blanks at the end of each line.

    Such a program does so in every row, and keeps the blanks in the middle; a lost separator is the mishap of a few.
    """
    short = sum(size < usual for size in sizes)
    if short < _SHORT_ROWS or short * _SHORT_SHARE < len(rows) or max(sizes) > usual:
        return False

    return (
        not any(row.cells[-1].blank for row in rows)
        and any(cell.blank for row in rows for cell in row.cells)
        and not _breaks_sentences(rows)
    )


def _breaks_sentences(rows: Sequence[Row]) -> bool:
    """Whether a cell begins with a blank, as it does behind a comma that belongs to a sentence."""
    return any(cell.text.startswith(" ") and not cell.blank for row in rows for cell in row.cells[1:])
