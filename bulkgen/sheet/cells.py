"""The cells of a table as they are read: equal ones shared, and never more than fit into memory."""

from __future__ import annotations

from collections.abc import Callable

from bulkgen.errors import InputError
from bulkgen.jobs import BLANK, Cell

#: The largest text that is read (characters). Excel's own limit is 32,767, HeyGen's for a script 5,000.
CELL_LIMIT = 1_000_000

#: What a spreadsheet can hold.
ROW_LIMIT = 1_048_576
COLUMN_LIMIT = 16_384

#: The most cells that are read: filled ones, and places in rows; and the most characters in all.
FILLED_LIMIT = 2_000_000
PLACE_LIMIT = 20_000_000

#: Cells shared at most: columns repeat themselves, and what has not come again by then rarely does.
_SHARED = 16_384


class Cells(dict[str, Cell]):
    """The cell of each text: made once, then shared with every row that holds the same."""

    def __init__(self, make: Callable[[str], Cell] = lambda text: Cell(text, text)) -> None:
        self.make = make
        self[""] = BLANK

    def __missing__(self, text: str) -> Cell:
        if len(self) > _SHARED:
            self.clear()
            self[""] = BLANK
        cell = self[text] = self.make(text)
        return cell


class Meter:
    """Counts what a sheet holds, and stops the reading where it is no list of rows any more."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.filled = 0
        self.places = 0

    def row(self, number: int) -> None:
        if number > ROW_LIMIT:
            raise InputError(f"{self.place} has more than {ROW_LIMIT:,} rows, more than a spreadsheet can hold.")

    def add(self, filled: int, places: int, row: int) -> None:
        """Notes one more row. Raises `InputError` where the sheet grows too large."""
        self.filled += filled
        self.places += places
        if self.filled > FILLED_LIMIT or self.places > PLACE_LIMIT:
            raise InputError(
                f"{self.place} holds more than {FILLED_LIMIT:,} cells up to row {row:,}: too large for a list of rows. "
                "Copy the rows and columns you need into a new sheet."
            )
