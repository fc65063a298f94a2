"""`leads.check.xlsx`: the person's sheet with the cells in question coloured and commented, a list of them in front.

Every cell stands where it stands in the person's sheet, blank rows included, so that a place like `Leads!D14` is the
same in both, and the file can be mended and given to bulkgen again. Cells that can't be used stay unusable until they
are mended: nothing of what was wrong gets lost on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

from bulkgen.files import write_whole
from bulkgen.jobs import Cell, Problem, Row, Table, column_letters
from bulkgen.results.listing import RED, YELLOW, fill_listing
from bulkgen.results.workbook import XLSX_COLUMNS, XLSX_LINES, bold_font, legal, legal_title, put, put_text, widths

LISTING = "Mistakes"

#: More comments than this make a spreadsheet program slow; the other cells are coloured all the same.
COMMENTS = 10_000

#: A comment's width in pixels, and how many characters go on a line of it.
_WIDTH, _CHARACTERS = 330, 46
_LINE, _TALLEST = 18, 420

#: Stands in a cell that has no usable value: still a mistake when the file is read again.
_NO_VALUE = "#N/A"


def write_marked(table: Table, problems: Sequence[Problem], path: Path) -> Path:
    """Writes the marked copy whole; gives the path it got. Raises `OSError` where it can't be written."""
    return write_whole(path, lambda target: _write(table, problems, target))


def _write(table: Table, problems: Sequence[Problem], path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    title = legal_title(table.name, "Sheet")
    table = replace(table, name=title)
    listing: Any = book.active
    listing.title = LISTING if title.casefold() != LISTING.casefold() else f"{LISTING} found"
    fill_listing(listing, table, problems, comments=COMMENTS)
    _fill_copy(book.create_sheet(title), table, problems)
    book.save(path)


def _fill_copy(sheet: Any, table: Table, problems: Sequence[Problem]) -> None:
    bold = bold_font()
    for i, header in enumerate(_headers(table)[:XLSX_COLUMNS]):
        if header:
            made = sheet.cell(table.header_row, i + 1)
            put_text(made, header)
            made.font = bold
    troubled = {problem.row for problem in problems}
    for row in table.rows:
        if row.number <= XLSX_LINES:
            _fill_row(sheet, row, len(table.headers), as_text=bool(table.delimiter))
            if row.hidden and row.number not in troubled:
                sheet.row_dimensions[row.number].hidden = True
    _mark(sheet, table, problems)
    for i, width in enumerate(widths(table.headers, [row.cells for row in table.rows[:50]])):
        sheet.column_dimensions[column_letters(i)].width = width
    sheet.freeze_panes = f"A{table.header_row + 1}"


def _headers(table: Table) -> list[str]:
    """Of a CSV, columns behind the last header may be filled: in a workbook they have to be called something."""
    headers = list(table.headers)
    last = max((i for i, header in enumerate(headers) if header.strip()), default=-1)
    for i in range(last + 1, len(headers)):
        if any(not row.cell(i).blank for row in table.rows):
            headers[i] = f"column {column_letters(i)}"
    return headers


def _fill_row(sheet: Any, row: Row, columns: int, *, as_text: bool) -> None:
    for i, cell in enumerate(row.cells[:XLSX_COLUMNS]):
        if cell.value is None and not cell.text and not cell.fault:
            continue

        made = sheet.cell(row.number, i + 1)
        if cell.fault and _is_unusable(made, cell):
            continue

        put(made, cell)
        if isinstance(made.value, str) and (as_text or cell.number_format == "@"):
            made.number_format = "@"  # so that a zero in front survives the mending
    if row.fault and len(row.cells) <= columns < XLSX_COLUMNS:
        # Cells are missing, or there was a value behind the last header: either stays to be seen
        for i in range(len(row.cells), columns) if len(row.cells) < columns else (columns,):
            _put_error(sheet.cell(row.number, i + 1))


def _is_unusable(made: Any, cell: Cell) -> bool:
    """Fills in a faulty cell that has no number to show; False where it has one."""
    from openpyxl.cell.cell import ERROR_CODES

    if cell.value is not None and not isinstance(cell.value, str):
        return False

    if cell.value and cell.value != cell.text:  # a text that its format hides
        put_text(made, cell.value)
        made.number_format = cell.number_format
    else:
        _put_error(made, cell.text if cell.text in ERROR_CODES else _NO_VALUE)
    return True


def _put_error(made: Any, error: str = _NO_VALUE) -> None:
    made.value, made.data_type = error, "e"


def _mark(sheet: Any, table: Table, problems: Sequence[Problem]) -> None:
    """Colours and comments the cells; what concerns a whole row stands at its first cell."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    red, yellow = (PatternFill("solid", start_color=colour) for colour in (RED, YELLOW))
    first = next((i for i, header in enumerate(table.headers) if header.strip()), 0)
    marks: dict[tuple[int, int], list[Problem]] = {}
    for problem in problems:
        column = first if problem.column is None else problem.column
        if 0 < problem.row <= XLSX_LINES and column < XLSX_COLUMNS:
            marks.setdefault((problem.row, column), []).append(problem)
    for number, ((row, column), found) in enumerate(marks.items()):
        made = sheet.cell(row, column + 1)
        made.fill = yellow if all(problem.warning for problem in found) else red
        if number < COMMENTS:
            text = legal("\n\n".join(map(_comment, found)))
            made.comment = Comment(text, "bulkgen", height=_height(text), width=_WIDTH)


def _comment(problem: Problem) -> str:
    what = "Worth a look" if problem.warning else "Mistake"
    header = f"{problem.header} " if problem.column is None and problem.header else ""
    return f"{what}: {header}{problem.cause}.\n{problem.fix}"


def _height(text: str) -> int:
    lines = sum(max(1, ceil(len(line) / _CHARACTERS)) for line in text.split("\n"))
    return min(_TALLEST, (lines + 1) * _LINE)
