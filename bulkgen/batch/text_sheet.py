"""A sheet that somebody else's program fills, as a new file: every cell is the text that was given, and stays one."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bulkgen.disk.whole import put_new, write_whole
from bulkgen.errors import InputError
from bulkgen.kinds.columns import match_key
from bulkgen.model import shorten
from bulkgen.result_columns import is_result
from bulkgen.results.workbook import bold_font, put_text
from bulkgen.texts import UNWRITABLE, XLSX_TEXT, guarded, runs

#: The name of the worksheet: none that a sheet of settings, or anything else that bulkgen reads for itself, is called.
TAB = "Rows"


def write_texts(path: Path, headers: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Writes the sheet whole, as .csv or .xlsx; replaces nothing.

    Raises `InputError` for headers and texts that no such file can hold as they are, where there is a file of the name,
    and where none can be written.
    """
    _check_headers(headers)
    is_csv = path.suffix.casefold() == ".csv"
    for text in (*headers, *(text for line in lines for text in line)):
        _check_text(text, is_csv=is_csv)
    try:
        write_whole(path, partial(_write_csv if is_csv else _write_workbook, headers, lines), put_new)
    except FileExistsError:
        raise InputError(f"{path.name} exists already and is left as it is. Give another name.") from None
    except OSError as error:
        raise InputError(f"{path.name} can't be written ({error.strerror or error}).") from error


def _check_headers(headers: Sequence[str]) -> None:
    seen = set[str]()
    for header in headers:
        key = match_key(header)
        why = ""
        if not key:
            why = "has no name" if not header.strip() else "has no letters in its name"
        elif key in seen:
            why = "is there twice"
        elif is_result(header):
            why = "is one of those that bulkgen adds"
        if why:
            raise InputError(f"The column {shorten(header, 60)!r} {why}. Give it another name.")

        seen.add(key)


def _check_text(text: str, *, is_csv: bool) -> None:
    if len(text) > XLSX_TEXT or UNWRITABLE.search(text):
        why = f"more than {XLSX_TEXT:,} characters" if len(text) > XLSX_TEXT else "control characters"
        raise InputError(f"The text {shorten(text, 60)!r} has {why}: no cell can hold it.")

    if is_csv and (runs(text) or guarded(text)):
        raise InputError(
            f"The text {shorten(text, 60)!r} would be run as a formula by a program that opens a CSV. Make a .xlsx "
            "file in its place: there it stays a text."
        )


def _write_csv(headers: Sequence[str], lines: Sequence[Sequence[str]], path: Path) -> None:
    """With the mark by which spreadsheets know UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows([headers, *lines])


def _write_workbook(headers: Sequence[str], lines: Sequence[Sequence[str]], path: Path) -> None:
    from openpyxl import Workbook

    book, bold = Workbook(), bold_font()
    made = book.active
    assert made is not None
    made.title = TAB
    made.freeze_panes = "A2"
    for row, line in enumerate([headers, *lines], 1):
        for column, text in enumerate(line, 1):
            if text:
                put_text(made.cell(row, column), text)
    for cell in made[1]:
        cell.font = bold
    book.save(path)
