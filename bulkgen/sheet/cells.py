"""The cells of a table as they are read: equal ones shared, and never more than memory should hold."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bulkgen.errors import InputError
from bulkgen.model import BLANK, Cell

#: The largest text that is read (characters). Excel's own limit is 32,767, HeyGen's for a script 5,000.
CELL_LIMIT = 1_000_000

#: What a spreadsheet can hold.
ROW_LIMIT = 1_048_576
COLUMN_LIMIT = 16_384

#: The most memory that a sheet may take (bytes), as estimated here: 300,000 rows of 10 cells, no two alike, fit.
MEMORY_LIMIT = 640_000_000
_PER_ROW, _PER_COLUMN, _PER_CELL, _PER_TEXT = 180, 8, 72, 12

#: Cells kept for sharing: columns repeat themselves, and what has not come again by then rarely does.
SHARED = 16_384


class Meter:
    """Estimates the memory that a sheet takes, and stops the reading of one that is too large for a list of rows."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name
        self.held = 0

    @property
    def full(self) -> bool:
        return self.held > MEMORY_LIMIT

    def text(self, text: str) -> None:
        """Notes a text that is kept."""
        self.held += sys.getsizeof(text) + _PER_TEXT

    def cell(self) -> None:
        """Notes a cell that is kept."""
        self.held += _PER_CELL

    def row(self, number: int, columns: int) -> None:
        """Notes a row of so many columns. Raises `InputError` where the sheet grows too large."""
        self.held += _PER_ROW + columns * _PER_COLUMN
        if self.full:
            raise InputError(
                f"{self.file_name} takes more than {MEMORY_LIMIT // 1_000_000} MB of memory up to row {number:,}: too "
                "large for a list of rows. Copy the rows and columns you need into a new sheet."
            )


class Cells(dict[str, Cell]):
    """The cell of each text: made once, then shared with every row that holds the same."""

    def __init__(self, meter: Meter, make: Callable[[str], Cell] = lambda text: Cell(text, text)) -> None:
        super().__init__({"": BLANK})
        self.meter = meter
        self.make = make

    def __missing__(self, text: str) -> Cell:
        if len(self) > SHARED:
            self.clear()
            self[""] = BLANK
        self.meter.text(text)
        self.meter.cell()
        cell = self[text] = self.make(text)
        return cell
