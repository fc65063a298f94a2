"""`leads.check.xlsx`: the person's sheet with the cells in question coloured and commented, a list of them in front.

Every cell stands where it stands in the person's sheet, blank rows included, so that a place like `Leads!D14` is the
same in both, and the file can be corrected and given to bulkgen again. Cells that can't be used stay unusable until
they are corrected: nothing of what was wrong gets lost on the way. Of a long sheet there is the list alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

from bulkgen.disk.whole import write_whole
from bulkgen.model import Cell, Issue, Row, Table, column_letters, shorten
from bulkgen.results.listing import RED, YELLOW, fill_listing
from bulkgen.results.seal import seal
from bulkgen.results.workbook import (
    NO_VALUE,
    XLSX_COLUMNS,
    XLSX_LINES,
    bold_font,
    is_cut,
    legal_title,
    put,
    put_error,
    put_text,
    widths,
)
from bulkgen.rows.margin import clear
from bulkgen.texts import legal

LISTING = "Mistakes"

#: More comments than this make a spreadsheet program slow; the other cells are coloured all the same.
COMMENTS = 10_000

#: A sheet of more rows is not copied: what was found is listed alone.
COPIED = 20_000

#: A comment's width in pixels, and how many characters go on a line of it.
_WIDTH, _CHARACTERS = 330, 46
_LINE, _TALLEST = 18, 420


def markable(table: Table, issues: Iterable[Issue]) -> bool:
    """Whether any of the issues concerns a cell or a row: an option has no place in a sheet."""
    return any(issue.column is not None or issue.row != table.header_row for issue in issues)


def fits_copy(table: Table) -> bool:
    return len(table.rows) <= COPIED


def cut_cells(table: Table) -> list[str]:
    """The cells whose text the copy can't hold whole, as a spreadsheet names them."""
    lines = ((table.header_row, tuple(map(Cell, table.headers))), *((row.number, row.cells) for row in table.rows))
    return [table.where(number, at) for number, cells in lines for at, cell in enumerate(cells) if is_cut(cell)]


def write_marked(table: Table, issues: Sequence[Issue], path: Path) -> Path:
    """Writes the marked copy whole, or the list alone where the sheet is too long; gives the path it got.

    Raises `OSError` where it can't be written.
    """
    return write_whole(path, lambda target: _write(table, issues, target))


def _write(table: Table, issues: Sequence[Issue], path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    title = legal_title(table.name, "Sheet")
    table = replace(table, name=title)
    copied = fits_copy(table)
    listing = book.create_sheet(LISTING if title.casefold() != LISTING.casefold() else f"{LISTING} found")
    if copied:
        issues = _placed(table, issues)
    fill_listing(listing, table, issues, comments=COMMENTS, copied=copied, cut=copied and bool(cut_cells(table)))
    if copied:
        _fill_copy(book.create_sheet(title), table, issues)
    book.save(path)
    seal(path)


def _fill_copy(sheet: Any, table: Table, issues: Sequence[Issue]) -> None:
    for i, width in enumerate(widths(table.headers, [row.cells for row in table.rows[:50]])):
        sheet.column_dimensions[column_letters(i)].width = width
    sheet.freeze_panes = f"A{table.header_row + 1}"
    marks = _Marks(sheet, table, issues)
    for _ in range(1, table.header_row):
        sheet.append(())
    sheet.append(marks.on(table.header_row, _header_cells(sheet, table)))
    width, at = _width(table), table.header_row
    for row in table.rows:
        if row.number > XLSX_LINES:
            break

        for _ in range(at + 1, row.number):
            sheet.append(())
        at = row.number
        if row.hidden and at not in marks.rows:
            sheet.row_dimensions[at].hidden = True
        sheet.append(marks.on(at, _cells(sheet, row, width, as_text=bool(table.delimiter))))


def _header_cells(sheet: Any, table: Table) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell

    bold = bold_font()
    cells = []
    for header in table.headers[:XLSX_COLUMNS]:
        made: Any = WriteOnlyCell(sheet)
        if header:
            put_text(made, header)
            made.font = bold
        cells.append(made)
    return cells


def _width(table: Table) -> int:
    """How many columns there are up to the last header: all that a workbook has of a header line."""
    return max((i for i, header in enumerate(table.headers, 1) if header.strip()), default=0)


def _mark_at(row: Row, width: int) -> int | None:
    """Where the copy says that the row can't be used: at its first value behind the last header, else right behind it.

    None for a row that can be used, and where a worksheet has no column left.
    """
    if not row.unusable or width >= XLSX_COLUMNS:
        return None

    return next((i for i in range(width, min(len(row.cells), XLSX_COLUMNS)) if not row.cell(i).blank), width)


def _placed(table: Table, issues: Sequence[Issue]) -> list[Issue]:
    """The issues as they are to be solved in the copy: one of a row that does not fit its headers is at its mark."""
    width = _width(table)
    rows = {row.number: row for row in table.rows if row.unusable}
    placed = []
    for issue in issues:
        row = rows.get(issue.row)
        at = _mark_at(row, width) if row and issue.column is None else None
        if row and at is not None:
            behind = sum(not cell.blank for cell in row.cells[width:]) or 1
            fix = (
                f"See that every value is whole, with its quotation marks, and under its header; then {clear(behind)}."
            )
            value = shorten(row.cell(at).text, 200) or NO_VALUE
            placed.append(replace(issue, column=at, value=value, fix=fix))
        else:
            placed.append(issue)
    return placed


def _cells(sheet: Any, row: Row, width: int, *, as_text: bool) -> list[Any]:
    """The row's cells for openpyxl; `width`: see `_width`."""
    from openpyxl.cell import WriteOnlyCell

    cells: list[Any] = []
    for cell in row.cells[:XLSX_COLUMNS]:
        made = WriteOnlyCell(sheet)
        cells.append(made)
        if cell.value is None and not cell.text and not cell.unusable:
            continue

        if cell.unusable and not cell.text and not cell.value:
            put_error(made)
            continue

        put(made, cell)
        if isinstance(made.value, str) and not cell.unusable and (as_text or cell.number_format == "@"):
            made.number_format = "@"  # so that a zero in front survives the correcting
    at = _mark_at(row, width)
    if at is not None and row.cell(at).blank:
        cells.extend(WriteOnlyCell(sheet) for _ in range(len(cells), at + 1))
        put_error(cells[at])
    return cells


class _Marks:
    """The colours and comments of a copy; what concerns a whole row stands at its first cell."""

    def __init__(self, sheet: Any, table: Table, issues: Sequence[Issue]) -> None:
        from openpyxl.styles import PatternFill

        self._sheet = sheet
        self._red, self._yellow = (PatternFill("solid", start_color=colour) for colour in (RED, YELLOW))
        first = next((i for i, header in enumerate(table.headers) if header.strip()), 0)
        self.rows: dict[int, dict[int, list[Issue]]] = {}
        for issue in issues:
            column = first if issue.column is None else issue.column
            if column < XLSX_COLUMNS:
                self.rows.setdefault(issue.row, {}).setdefault(column, []).append(issue)
        self._commented = 0

    def on(self, row: int, cells: list[Any]) -> list[Any]:
        """The cells of a row with what is marked among them."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.comments import Comment

        for column, found in self.rows.get(row, {}).items():
            while len(cells) <= column:
                cells.append(WriteOnlyCell(self._sheet))
            made = cells[column]
            made.fill = self._yellow if all(issue.warning for issue in found) else self._red
            self._commented += 1
            if self._commented <= COMMENTS:
                text = legal("\n\n".join(map(_comment, found)))
                made.comment = Comment(text, "bulkgen", height=_height(text), width=_WIDTH)
        return cells


def _comment(issue: Issue) -> str:
    what = "Worth a look" if issue.warning else "Mistake"
    header = f"{issue.header} " if issue.column is None and issue.header else ""
    return f"{what}: {header}{issue.cause}.\n{issue.fix}"


def _height(text: str) -> int:
    lines = sum(max(1, ceil(len(line) / _CHARACTERS)) for line in text.split("\n"))
    return min(_TALLEST, (lines + 1) * _LINE)
