"""What every workbook that bulkgen writes has in common: harmless cells, a legal title, readable widths.

Cells of the person's sheet are text, or their original value with its number format; never a live formula, never a
link record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

from bulkgen.model import Cell
from bulkgen.texts import UNWRITABLE, XLSX_TEXT, legal, written

#: The most lines that a worksheet holds, its header included, and the most columns.
XLSX_LINES = 1_048_576
XLSX_COLUMNS = 16_384

#: Stands in a cell that has no usable value: still a mistake when the file is read again.
NO_VALUE = "#N/A"


def is_cut(cell: Cell) -> bool:
    """Whether a workbook can't hold the whole text of this cell."""
    is_text = cell.value is None or isinstance(cell.value, str)
    return is_text and len(cell.text) > XLSX_TEXT // 2 and len(written(cell.text)) > XLSX_TEXT


def legal_title(name: str, default: str = "Results") -> str:
    """A name that a worksheet may have."""
    title = re.sub(r"[\[\]:*?/\\]", "_", UNWRITABLE.sub("", name))[:31].strip("'")
    return f"{title}_" if title.casefold() == "history" else title or default  # Excel keeps that name to itself


def bold_font(size: int = 11) -> Any:
    """Of the collection that the other cells have: one without a name is shown in another."""
    from openpyxl.styles import Font

    return Font(name="Calibri", size=size, bold=True)


def put_text(made: Any, text: str) -> None:
    """Fills a cell of openpyxl's with a text that stays one, whatever it starts with."""
    made.value = legal(text)
    made.data_type = "s"  # openpyxl would take a text that starts with = for a formula


def put(made: Any, cell: Cell) -> None:
    """Fills a cell of openpyxl's with a cell of the sheet: its value and number format, or its text.

    One that can't be used stays so, unless it shows nothing.
    """
    if cell.unusable and (cell.value is None or isinstance(cell.value, str)):
        if cell.text or cell.value:
            _put_unusable(made, cell)
        return

    if cell.value is None or isinstance(cell.value, str):
        put_text(made, cell.text)
        return

    made.value = cell.value
    if isinstance(cell.value, float) and isfinite(cell.value) and float(f"{cell.value:.16g}") != cell.value:
        made.value, made.data_type = repr(cell.value), "n"  # openpyxl would cut the 17th digit
    if cell.number_format != "General":
        made.number_format = cell.number_format


def put_error(made: Any, error: str = NO_VALUE) -> None:
    """Fills a cell of openpyxl's with an error value."""
    made.value, made.data_type = error, "e"


def _put_unusable(made: Any, cell: Cell) -> None:
    from openpyxl.cell.cell import ERROR_CODES

    if cell.value and cell.value != cell.text:  # a text that its format hides
        put_text(made, str(cell.value))
        made.number_format = cell.number_format
    else:
        put_error(made, cell.text if cell.text in ERROR_CODES else NO_VALUE)


def widths(headers: Sequence[str], lines: Iterable[Sequence[Cell]]) -> list[float]:
    """Wide enough for the headers and these lines, within reason."""
    longest = [len(header) for header in headers]
    for line in lines:
        for i, cell in enumerate(line[: len(headers)]):
            longest[i] = max(longest[i], len(cell.text[:60]))
    return [min(48.0, length + 2.5) for length in longest]
