"""A worksheet of the person's, with its lines and columns where the results have them, each with its look.

Lines keep their place, with the blank ones between them; a row with several languages moves down what is below it.
Invariant: what stands above the headers stays as it is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bulkgen.model import column_letters


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Where the lines and columns of the results are in the sheet, and where they come from.

    `rows`: of each line, the row that it gets; `origins`: for each row from the headers on, the row of the person's
    that looks like it (0 for none). `columns`: of each column of the results the index of the person's, None for none.
    """

    header: int
    rows: tuple[int, ...]
    origins: dict[int, int]
    columns: tuple[int | None, ...]

    @cached_property
    def last(self) -> int:
        return max(self.rows, default=self.header)

    @cached_property
    def own(self) -> int:
        """How many columns of the person's stand in front, each where it stood."""
        return next((at for at, place in enumerate(self.columns) if place != at), len(self.columns))

    @cached_property
    def in_place(self) -> bool:
        """Whether every row of theirs stands where it stood."""
        return all(row == origin for row, origin in self.origins.items() if origin)

    @cached_property
    def straight(self) -> bool:
        """Whether every column of theirs that is left stands where it stood."""
        return all(place is None for place in self.columns[self.own :])

    def span(self, top: int, bottom: int) -> tuple[int, int] | None:
        """The first and the last row that come from these rows of theirs; None without one."""
        first, last = bisect_left(self._theirs, top), bisect_right(self._theirs, bottom)
        return (self._here[first], self._here[last - 1]) if first < last else None

    def free(self, bottom: int) -> int:
        """How many rows there are below the last line of theirs, down to this one."""
        return max(0, bottom - max(self._theirs, default=bottom))

    @cached_property
    def _here(self) -> list[int]:
        return [row for row, origin in self.origins.items() if origin]

    @cached_property
    def _theirs(self) -> list[int]:
        return [origin for origin in self.origins.values() if origin]


def shape_of(header: int, sources: Sequence[int], columns: Sequence[int | None], *, whole: bool = True) -> Shape:
    """`sources`: of each line, the row of the sheet that it comes from; 0 for none.

    `whole`: they are all that the sheet has; else one follows the other, with nothing between.
    """
    rows: list[int] = []
    origins = {header: header}
    row = before = header
    for source in sources:
        gap = max(1, source - before) if source and whole else 1
        for blank in range(1, gap):
            origins[row + blank] = before + blank
        row += gap
        origins[row] = source
        rows.append(row)
        before = max(before, source)
    return Shape(header=header, rows=tuple(rows), origins=origins, columns=tuple(columns))


#: Cells that are merged: left, top, right, bottom.
Bounds = tuple[int, int, int, int]


def reshape(sheet: Any, shape: Shape, *, shown: bool = False) -> list[Bounds]:
    """Moves cells, heights and widths of openpyxl's worksheet; gives the cells that were merged, which are not now.

    `shown`: no line is hidden in it.
    """
    merged = [cells.bounds for cells in sheet.merged_cells.ranges]
    for cells in [*sheet.merged_cells.ranges]:
        sheet.merged_cells.remove(cells)
    _move_cells(sheet, shape)
    _move_heights(sheet, shape, shown=shown)
    _move_widths(sheet, shape)
    return merged


def _move_cells(sheet: Any, shape: Shape) -> None:
    from openpyxl.cell.cell import Cell

    lines: dict[int, dict[int, Any]] = defaultdict(dict)
    for (row, column), cell in sheet._cells.items():
        if isinstance(cell, Cell):
            lines[row][column] = cell
    sheet._cells.clear()
    for row in range(1, shape.header):
        sheet._cells.update({(row, column): cell for column, cell in lines[row].items()})
    columns = {at + 1: place + 1 for at, place in enumerate(shape.columns) if place is not None}
    taken: set[int] = set()
    for row, origin in sorted(shape.origins.items()):
        line = lines.get(origin, {}) if origin else {}
        for column, place in columns.items():
            cell = line.get(place)
            if cell is None:
                continue

            if origin in taken:
                made: Any = Cell(sheet, row=row, column=column)
                made._style = copy(cell._style)
                made._value, made.data_type = cell._value, cell.data_type
                cell = made
            cell.row, cell.column = row, column
            sheet._cells[row, column] = cell
        taken.add(origin)
    sheet._current_row = sheet.max_row


def _move_heights(sheet: Any, shape: Shape, *, shown: bool) -> None:
    known = dict(sheet.row_dimensions.items())
    sheet.row_dimensions.clear()
    titles = {row: row for row in range(1, shape.header)}
    for row, origin in {**titles, **shape.origins}.items():
        if origin in known:
            made = copy(known[origin])
            made.index = row
            made.hidden = made.hidden and not (shown and row >= shape.header)
            sheet.row_dimensions[row] = made


def _move_widths(sheet: Any, shape: Shape) -> None:
    known = [*sheet.column_dimensions.values()]
    sheet.column_dimensions.clear()
    for at, place in enumerate(shape.columns):
        found = next((each for each in known if place is not None and each.min <= place + 1 <= each.max), None)
        if found is not None:
            made = copy(found)
            made.index = column_letters(at)
            made.min = made.max = at + 1
            sheet.column_dimensions[made.index] = made


def merge_again(sheet: Any, shape: Shape, merged: Sequence[Bounds]) -> None:
    """Titles as they were; cells of the rows where nothing has come between them, and nothing is hidden by it.

    To be done when all values are in their cells.
    """
    found = set(shape.origins.values()) if shape.in_place else set[int]()
    for left, top, right, bottom in merged:
        inside = top >= shape.header and right <= shape.own and all(row in found for row in range(top, bottom + 1))
        covered = (
            (row, column)
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        )
        if bottom < shape.header or (
            inside and all(not sheet._cells[at].value for at in covered if at in sheet._cells)
        ):
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
