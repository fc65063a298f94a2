"""The sheet a person gave, as a `Table`: every value exactly as it is, with the row numbers the spreadsheet shows.

Knows nothing of HeyGen. Reads a file and returns rows, or raises one `InputError` that says what is wrong and where;
whatever the file holds, it ends within seconds and a bounded amount of memory.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.model import Table, listed
from bulkgen.result_columns import are_results, with_names
from bulkgen.sheet.csv_file import FILE_LIMIT, read_csv
from bulkgen.sheet.guards import without_guards
from bulkgen.sheet.xlsx import read_settings_sheet, read_workbook

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"})
TEXTS = frozenset({".csv", ".tsv", ".tab", ".txt"})

_SAVE_AS = {
    ".xls": "an old Excel workbook",
    ".xlsb": "a binary Excel workbook",
    ".ods": "an OpenDocument sheet",
    ".numbers": "a Numbers document",
    ".gsheet": "only a link to a Google Sheet",
}

#: The names of sheets that end like this are known, and it is said what to save them as.
OTHERS = frozenset(_SAVE_AS)


def check_name(name: str) -> None:
    """Raises `InputError` for the name of a sheet that is none, or a folder's."""
    if not name.strip():
        raise InputError("The name of the sheet is empty. Give a .xlsx or .csv file, such as leads.xlsx.")

    path = Path(name)
    if os.path.isdir(name) and path.suffix.casefold() not in _SAVE_AS:  # noqa: PTH112 - raises nothing
        try:
            sheets = [str(path / sheet) for sheet in _sheets_in(path)]
        except OSError:  # nobody may look into it
            sheets = []
        there = f"Give the sheet in it: {listed(sheets, 8)}." if sheets else "There is none that can be seen in it."
        raise InputError(f"{name} is a folder, not a sheet. {there}")


def read_sheet(
    path: Path,
    *,
    data: bytes | None = None,
    sheet: str | None = None,
    recognise: Callable[[tuple[str, ...]], bool] | None = None,
    header_row: int | None = None,
) -> Table:
    """The table in a CSV or in one worksheet of a workbook; `-` is a CSV on standard input.

    `recognise` tells, where a workbook has several visible sheets, whether a header line is one of ours. The header
    line is the first that is not blank, or row `header_row`; in a workbook that of results below its titles. Our
    columns go by their names, whatever their headings are. `data`: the bytes, where `path` is only a name for them.
    Raises `InputError`.
    """
    if header_row is not None and header_row < 1:
        raise InputError(f"There is no row {header_row}: the rows of a sheet count from 1.")

    if str(path) == "-":
        with without_collection():
            piped = read_piped() if data is None else data
            return _named(read_csv(io.BytesIO(piped), "standard input", "stdin", header_row=header_row))

    suffix = path.suffix.casefold()
    if suffix in _SAVE_AS:
        raise InputError(f"{path.name} is {_SAVE_AS[suffix]}. Save it as .xlsx or .csv and try that file.")

    if suffix not in WORKBOOKS | TEXTS:
        raise InputError(f"{path.name}: bulkgen reads .xlsx and .csv files. Save the sheet as one of these.")

    if path.name.startswith("~$"):
        raise InputError(f"{path.name} only marks that {path.name[2:]} is open in Excel. Give that file.")

    if suffix in TEXTS and sheet is not None:
        raise InputError(f"{path.name} is a CSV and has no sheets: leave out --sheet.")

    try:
        with path.open("rb") if data is None else io.BytesIO(data) as file, without_collection():
            if suffix in WORKBOOKS:
                table = read_workbook(
                    file,
                    path.name,
                    sheet=sheet,
                    recognise=recognise and (lambda headers: recognise(with_names(headers))),
                    surely=lambda headers: are_results(with_names(headers)),
                    header_row=header_row,
                )
                return _named(without_guards(table))

            return _named(read_csv(file, path.name, path.stem, header_row=header_row))
    except FileNotFoundError:
        raise InputError(f"There is no file {path}. {_near(path)}") from None
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.") from error


def _named(table: Table) -> Table:
    """The table with our columns by their names."""
    headers = with_names(table.headers)
    return table if headers == table.headers else replace(table, headers=headers)


def read_piped() -> bytes:
    """What is piped in, which can be read only once; no more than a sheet may have."""
    return sys.stdin.buffer.read(FILE_LIMIT + 1)


def read_settings(path: Path, *, data: bytes | None = None) -> Table | None:
    """The sheet of a workbook that says how it is to be run: a setting and its value in each row.

    None without one, and for a file that `read_sheet` has to refuse. Raises `InputError` where that sheet is damaged.
    """
    if path.suffix.casefold() not in WORKBOOKS:
        return None

    try:
        with path.open("rb") if data is None else io.BytesIO(data) as file:
            return read_settings_sheet(file, path.name)
    except OSError:
        return None


@contextmanager
def without_collection() -> Iterator[None]:
    """Cells, rows and jobs are many and form no reference cycles: searching for those takes half of all the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _near(path: Path) -> str:
    try:
        sheets = _sheets_in(path.parent)
    except OSError:
        return f"There is no folder {path.parent} either."

    return f"In that folder are: {listed(sheets, 8)}." if sheets else "That folder holds no .xlsx or .csv."


def _sheets_in(folder: Path) -> list[str]:
    found = (each for each in folder.iterdir() if each.suffix.casefold() in WORKBOOKS | TEXTS)
    return sorted(each.name for each in found if each.is_file())
