"""Which rows of a CSV fit its headers, judged by how many cells each row has.

Pure. A separator too many or too few shifts every cell behind it, and a shifted row makes, and pays for, something that
nobody asked for. So a row is taken only where its number of cells has one explanation:

* as many cells as the header line has, or, where that ends in nameless cells and other rows are longer, as many as it
  has names;
* all rows alike, with the same blanks behind the last header: rows that end in separators;
* fewer cells, in a block of rows as Excel writes it.

No other row can be used. Where that is most rows, because they are too long, the header line itself is in doubt, and no
row is taken. Blanks that a program leaves out at the end of single rows can't be told from a lost separator.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bulkgen.model import Row, listed, plural

#: Excel leaves out the separators of trailing blank cells wherever a whole block of so many rows has none.
EXCEL_BLOCK = 16

#: So many rows at the end of the file show Excel's habit; fewer (but two) only behind a whole block that does.
_SHORT_BLOCK, _SHORTEST_BLOCK = 4, 2


@dataclass(slots=True, kw_only=True)
class Shape:
    """How many cells the rows of a CSV have: the header line, then each row that is not blank."""

    #: The header line, and how many cells it has up to its last name.
    headers: Sequence[str] = ()
    width: int = 0
    #: The rows around the header line have as many cells as it has, as Excel would write them.
    square: bool = False
    sizes: array[int] = field(default_factory=lambda: array("I"))
    #: Of each row, how many rows its block has if all of them have as many cells as it has, else 0.
    even: bytearray = field(default_factory=bytearray)

    @property
    def columns(self) -> int:
        return len(self.headers)

    def header(self, headers: Sequence[str], block: Sequence[Sequence[str]]) -> None:
        """Notes the header line and the block of rows that it is in."""
        alike = sum(len(row) == len(headers) for row in block) - 1
        self.headers, self.square = headers, alike * 2 > len(block) - 1
        self.width = max(i for i, header in enumerate(headers, 1) if header.strip())

    def row(self, size: int, even: int) -> None:
        self.sizes.append(size)
        self.even.append(even)

    def judge(self, rows: Sequence[Row]) -> tuple[dict[int, str], str]:
        """Why rows can't be used, by their index in `rows`, whose cells end where the headers do or later.

        Then what is to be said of rows that are taken though they are longer or shorter, or "".
        """
        counts = Counter(self.sizes)
        if counts.keys() <= {self.columns}:
            return {}, ""

        if self._ends_in_separators(rows, counts):
            return {}, self._too_long(rows)

        short = self._short_blocks()
        others = counts - Counter(self.sizes[at] for at in short)
        usual = self.width if others.keys() - {self.columns} and others[self.width] else self.columns
        wrong = {
            at: self._reason(size, usual) for at, size in enumerate(self.sizes) if size != usual and at not in short
        }
        if usual < self.columns and usual < max(others):  # the blank may be the separator that longer rows end in
            ends = (at for at, row in enumerate(rows) if self.sizes[at] == usual and row.cells[-1].blank)
            wrong |= dict.fromkeys(
                ends, "ends in a blank cell, other rows have one more, so a separator may be missing in it"
            )
        if len(wrong) * 2 > len(rows):
            self._doubt_all(rows, wrong, longer=max(self.sizes) > usual)
        return wrong, self._too_short(rows, short - wrong.keys())

    def _ends_in_separators(self, rows: Sequence[Row], counts: Counter[int]) -> bool:
        """Whether all rows end in the same separators, behind the last header."""
        if self.square or len(counts) > 1 or self.sizes[0] < self.columns or len(rows) == 1:
            return False

        return not any(len(row.cells) > self.columns for row in rows) and not any(map(_breaks_sentence, rows))

    def _short_blocks(self) -> set[int]:
        """The rows that are shorter than the header line in blocks as Excel writes them."""
        if not self.square:
            return set()

        short = [at for at, size in enumerate(self.sizes) if size < self.columns]
        whole = any(self.even[at] == EXCEL_BLOCK for at in short)
        return {at for at in short if self.even[at] >= (_SHORTEST_BLOCK if whole else _SHORT_BLOCK)}

    def _doubt_all(self, rows: Sequence[Row], wrong: dict[int, str], *, longer: bool) -> None:
        """Adds rows that are in order, where most are not: the header line may be what is shifted.

        Beside rows that are only short, a row as long as the header line is good, unless it breaks a sentence.
        """
        doubt = "has as many cells as the header line, but most rows have more or fewer, so either may be shifted"
        for at, row in enumerate(rows):
            if longer or _breaks_sentence(row):
                wrong.setdefault(at, doubt)

    def _reason(self, size: int, usual: int) -> str:
        if size > self.columns:
            return f"has {plural(size, 'cell')}, the header line only {self.columns}"

        if size < self.width:
            return f"has {plural(size, 'cell')}, the header line {self.width}"

        return f"has {plural(size, 'cell')}, other rows {usual}"

    def _too_long(self, rows: Sequence[Row]) -> str:
        surplus = self.sizes[0] - self.columns
        return (
            f"All {len(rows)} rows, row {rows[0].number} for one, have {plural(surplus, 'blank cell')} more than the "
            "header line; they were taken for separators at the end of the line."
        )

    def _too_short(self, rows: Sequence[Row], short: set[int]) -> str:
        missing = [name for name in self.headers[min((self.sizes[at] for at in short), default=self.columns) :] if name]
        if not missing:
            return ""

        have = "has" if len(short) == 1 else "have"
        return (
            f"{plural(len(short), 'row')}, row {rows[min(short)].number} for one, {have} fewer cells than the header "
            f"line; the missing ones were taken for blanks at the end: {listed(missing, 5)}."
        )


def _breaks_sentence(row: Row) -> bool:
    """Whether a cell begins with a blank, as it does behind a comma that belongs to a sentence."""
    return any(cell.text.startswith(" ") and not cell.blank for cell in row.cells[1:])
