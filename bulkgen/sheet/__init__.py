"""The sheet a person gave, as a `Table`: every value to the letter, with the row numbers the spreadsheet shows.

Knows nothing of HeyGen. Reads bytes and returns rows, or raises `InputError` that says what is wrong and where.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.jobs import Table
from bulkgen.sheet.csv_file import read_csv
from bulkgen.sheet.workbook import read_workbook

WORKBOOKS = frozenset({".xlsx", ".xlsm"})
TEXTS = frozenset({".csv", ".tsv", ".txt"})

_SAVE_AS = {
    ".xls": "an old Excel workbook",
    ".ods": "an OpenDocument sheet",
    ".numbers": "a Numbers document",
    ".xlsb": "a binary Excel workbook",
}


def read_sheet(
    path: Path,
    *,
    sheet: str | None = None,
    recognise: Callable[[tuple[str, ...]], bool] = lambda _headers: True,
    header_row: int | None = None,
) -> Table:
    """The table in a CSV or in one worksheet of a workbook; `-` is a CSV on standard input.

    `recognise` tells, where a workbook has several visible sheets, whether a header line is one of ours.
    Raises `InputError`.
    """
    if str(path) == "-":
        return read_csv(sys.stdin.buffer.read(), "standard input", "stdin", header_row=header_row)

    suffix = path.suffix.casefold()
    if suffix in _SAVE_AS:
        raise InputError(f"{path.name} is {_SAVE_AS[suffix]}. Save it as .xlsx or .csv and try that file.")

    if suffix not in WORKBOOKS | TEXTS:
        raise InputError(f"{path.name}: bulkgen reads .xlsx and .csv files. Save the sheet as one of these.")

    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"There is no file {path}. {_near(path)}") from None
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.") from error

    if suffix in WORKBOOKS:
        return read_workbook(data, path.name, sheet=sheet, recognise=recognise, header_row=header_row)

    if sheet is not None:
        raise InputError(f"{path.name} is a CSV and has no sheets: leave out --sheet.")

    return read_csv(data, path.name, path.stem, header_row=header_row)


def _near(path: Path) -> str:
    try:
        sheets = sorted(p.name for p in path.parent.iterdir() if p.suffix.casefold() in WORKBOOKS | TEXTS)
    except OSError:
        return f"There is no folder {path.parent} either."

    return f"In that folder are: {', '.join(sheets[:8])}." if sheets else "That folder holds no .xlsx or .csv."
