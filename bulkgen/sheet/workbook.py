"""A worksheet of an XLSX as a table, with the texts that the spreadsheet shows.

openpyxl's read-only mode reads the cells. What it does not show comes from one pass over the sheet's own XML: hidden
rows, formulas whose value was never computed, and the last row that holds anything (a styled sheet may claim a
million). Sizes are checked before anything is unpacked, and a document type declaration is refused: that is what XML
bombs are made of.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from bulkgen.errors import InputError
from bulkgen.jobs import BLANK, Cell, Row, Table
from bulkgen.sheet.formats import show

#: The most that a workbook may unpack to (bytes), and the most that one byte of it may become.
UNPACKED_LIMIT = 400_000_000
RATIO_LIMIT = 400

#: Digits that a spreadsheet's numbers hold; longer ids have lost their end already.
EXACT = 10**15


@dataclass
class _Facts:
    """What the sheet's XML says beyond the cells' values."""

    hidden: set[int] = field(default_factory=set)
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    last_row: int = 0


def read_workbook(
    data: bytes,
    file_name: str,
    *,
    sheet: str | None = None,
    recognise: Callable[[tuple[str, ...]], bool] = lambda _headers: True,
    header_row: int | None = None,
) -> Table:
    """One worksheet: the one named, else the only visible one, else the only one whose headers are recognised.

    Raises `InputError` for a file that is no workbook or a sheet that is not in it.
    """
    try:
        return _read(data, file_name, sheet, recognise, header_row)
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged file makes it trip over
        raise InputError(
            f"{file_name} can't be read as a workbook ({type(error).__name__}). Open it in your spreadsheet, save it "
            "as .xlsx under a new name, and try that file."
        ) from error


def _read(
    data: bytes,
    file_name: str,
    sheet: str | None,
    recognise: Callable[[tuple[str, ...]], bool],
    header_row: int | None,
) -> Table:
    import openpyxl

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(f"{file_name} has a password, or is an old .xls. Save it as an unprotected .xlsx.")

    if not data.startswith(b"PK"):
        raise InputError(f"{file_name} is not an Excel workbook, in spite of its name. Save it as .xlsx again.")

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check_size(archive, file_name)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            visible = [ws for ws in book.worksheets if ws.sheet_state == "visible"]
            chosen = _choose(book.worksheets, visible, file_name, sheet, archive, recognise, header_row)
            return _table(chosen, archive, file_name, len(visible), header_row)
        finally:
            book.close()


def _check_size(archive: zipfile.ZipFile, file_name: str) -> None:
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if size > UNPACKED_LIMIT or (size > 20_000_000 and size > RATIO_LIMIT * max(packed, 1)):
        raise InputError(
            f"{file_name} would unpack to {size // 1_000_000:,} MB: too large for a list of rows. Copy the rows into "
            "a new workbook and try that."
        )


def _choose(
    sheets: list[Any],
    visible: list[Any],
    file_name: str,
    name: str | None,
    archive: zipfile.ZipFile,
    recognise: Callable[[tuple[str, ...]], bool],
    header_row: int | None,
) -> Any:
    names = ", ".join(repr(ws.title) for ws in visible)
    if name is not None:
        for ws in sheets:
            if ws.title.casefold().strip() == name.casefold().strip():
                return ws

        raise InputError(f"{file_name} has no sheet {name!r}. Its sheets are: {names}.")

    if len(visible) == 1:
        return visible[0]

    if not visible:
        raise InputError(f"{file_name} has no visible sheet with cells. Name one with --sheet.")

    fitting = [ws for ws in visible if recognise(_first_headers(ws, archive, header_row))]
    if len(fitting) == 1:
        return fitting[0]

    raise InputError(f"{file_name} has {len(visible)} sheets. Say which one: --sheet NAME, with one of {names}.")


def _first_headers(ws: Any, archive: zipfile.ZipFile, header_row: int | None) -> tuple[str, ...]:
    for number, cells in _rows(ws, _facts(ws, archive)):
        if number == header_row or (header_row is None and any(not cell.blank for cell in cells)):
            return tuple(cell.text for cell in cells)
    return ()


def _table(ws: Any, archive: zipfile.ZipFile, file_name: str, siblings: int, header_row: int | None) -> Table:
    facts = _facts(ws, archive)
    headers: tuple[str, ...] | None = None
    header_at = 0
    rows: list[Row] = []
    for number, cells in _rows(ws, facts):
        filled = any(not cell.blank for cell in cells)
        if headers is None:
            if number == header_row or (header_row is None and filled):
                headers, header_at = _headers(cells), number
            continue

        if filled:
            rows.append(_row(number, cells, len(headers), number in facts.hidden))
    if headers is None:
        raise InputError(f"{file_name}, sheet {ws.title!r}, is empty: it needs a line of headers and rows below it.")

    return Table(ws.title, headers, tuple(rows), header_at, siblings=siblings)


def _headers(cells: tuple[Cell, ...]) -> tuple[str, ...]:
    texts = [cell.text for cell in cells]
    while texts and not texts[-1].strip():
        texts.pop()
    return tuple(texts)


def _row(number: int, cells: tuple[Cell, ...], columns: int, hidden: bool) -> Row:
    extra = any(not cell.blank for cell in cells[columns:])
    fault = "has a value to the right of the last header" if extra else ""
    return Row(number, cells[:columns], hidden, fault)


def _rows(ws: Any, facts: _Facts) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    ws.reset_dimensions()  # files claim wrong ones, and cells outside would be lost
    if not facts.last_row:
        return

    for number, cells in enumerate(ws.iter_rows(max_row=facts.last_row), 1):
        yield number, tuple(_cell(cell, (number, index) in facts.uncomputed) for index, cell in enumerate(cells, 1))


def _cell(cell: Any, uncomputed: bool) -> Cell:
    value = cell.value
    if uncomputed:
        return Cell("", None, fault="is a formula whose value was never computed: open the file in Excel and save it")

    if value is None:
        return BLANK

    if cell.data_type == "e":
        return Cell(str(value), str(value), fault=f"holds the error {value}")

    number_format = cell.number_format or "General"
    text = show(value, number_format)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= EXACT:
        fault = "is a number of more than 15 digits, whose end the spreadsheet has lost: format the column as Text"
        return Cell(text, value, number_format, fault)

    return Cell(text, value, number_format)


def _facts(ws: Any, archive: zipfile.ZipFile) -> _Facts:
    """One pass over the sheet's XML."""
    facts = _Facts()
    row = column = 0
    formula = valued = inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, formula, valued, inside
        tag = name.rpartition(":")[2]
        if tag == "row":
            row, column = int(attributes.get("r", row + 1)), 0
            if attributes.get("hidden") in ("1", "true"):
                facts.hidden.add(row)
        elif tag == "c":
            column = _column(attributes["r"]) if "r" in attributes else column + 1
            formula, valued = False, attributes.get("t") == "str"  # a computed text may be empty
        elif tag == "f":
            formula = True
        elif tag in ("v", "t"):
            inside = True

    def text(_data: str) -> None:
        nonlocal valued
        if inside:
            valued = True
            facts.last_row = max(facts.last_row, row)

    def end(name: str) -> None:
        nonlocal inside
        tag = name.rpartition(":")[2]
        if tag in ("v", "t"):
            inside = False
        elif tag == "c" and formula and not valued:
            facts.uncomputed.add((row, column))
            facts.last_row = max(facts.last_row, row)

    def refuse(*_: object) -> None:
        raise ValueError("a document type declaration")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    with archive.open(ws._worksheet_path.lstrip("/")) as file:  # the path is openpyxl's own finding, not public
        parser.ParseFile(file)
    return facts


def _column(reference: str) -> int:
    column = 0
    for character in reference:
        if not character.isalpha():
            break

        column = column * 26 + ord(character.upper()) - 64
    return column
