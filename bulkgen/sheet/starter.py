"""A sheet to begin with, as a workbook that explains itself, or as a CSV.

The workbook has the sheet of rows, with a note on each header and drop-down lists; "How to", which says the same to be
read at leisure; and "Lists", which the drop-downs take their values from. Knows nothing of HeyGen: it gets columns,
texts and lists as values. Nothing that it is given becomes a formula, but for the places of the lists.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from bulkgen.model import column_letters, shorten
from bulkgen.sheet.companions import COMPANIONS, HOW_TO, LISTS
from bulkgen.texts import guard, legal

#: The last row of a worksheet: a drop-down list is there as far as rows can be.
_LAST = 1_048_576

#: Widths of columns, in characters; the height of a line, in points.
_NARROWEST, _WIDEST, _ROOM = 10, 60, 3
_HEIGHT = 15

#: The widths of "How to".
_TOLD = {"A": 30, "B": 12, "C": 72, "D": 42}

#: A note's width in pixels and in digits, and the height of its lines in pixels.
_NOTE_WIDTH, _CHARACTERS, _LINE = 330, 42, 18

_DARK, _LIGHT, _INK = "1F4E78", "DDEBF7", "1F1F1F"


@dataclass(frozen=True, kw_only=True)
class StarterColumn:
    """`note`: what goes in; `choices`: the drop-down list, which other values may stand beside if it is `open`.

    `called`: what the choices are (`voices`), for a list that several columns may have.
    """

    header: str
    note: str
    required: bool = False
    #: Its values are numbers; all others are texts, and keep their zeros in front.
    number: bool = False
    choices: tuple[str, ...] = ()
    open: bool = False
    called: str = ""
    example: str = ""


@dataclass(frozen=True, kw_only=True)
class StarterSheet:
    """`rows`: the texts of the example rows, a cell for each column; `how_to`: paragraphs."""

    name: str
    columns: tuple[StarterColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    how_to: tuple[str, ...]


def write_starter(sheet: StarterSheet, path: Path, suffix: str) -> None:
    """Writes the file at `path`, as `.csv` or as a workbook. Raises `OSError`."""
    if suffix == ".csv":
        _write_csv(sheet, path)
    else:
        _write_workbook(sheet, path)


def _write_csv(sheet: StarterSheet, path: Path) -> None:
    """With the mark by which spreadsheets know UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([guard(column.header) for column in sheet.columns])
        writer.writerows([[guard(text) for text in row] for row in sheet.rows])


def _write_workbook(sheet: StarterSheet, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    rows, how_to, lists = book.active, book.create_sheet(HOW_TO), book.create_sheet(LISTS)
    assert rows is not None
    rows.title = sheet.name
    places = _fill_lists(lists, sheet.columns)
    _fill_rows(rows, sheet, places)
    _fill_how_to(how_to, sheet)
    for made in book.worksheets:
        _fit_paper(made)
    book.save(path)


def _fill_rows(made: Any, sheet: StarterSheet, places: Sequence[str]) -> None:
    from openpyxl.styles import Alignment

    for at, (column, place) in enumerate(zip(sheet.columns, places, strict=True), 1):
        letters = column_letters(at - 1)
        texts = [row[at - 1] for row in sheet.rows]
        made.column_dimensions[letters].width = _width([column.header, *texts])
        if not column.number:
            made.column_dimensions[letters].number_format = "@"
        head = made.cell(1, at)
        _put(head, column.header)
        _dress(head, dark=column.required)
        head.comment = _note(column)
        for number, text in enumerate(texts, 2):
            cell = made.cell(number, at)
            _put(cell, text, number=column.number)
            cell.alignment = Alignment(vertical="top", wrap_text=len(text) > _WIDEST)
        if place:
            made.add_data_validation(_drop_down(column, letters, place))
    for number, row in enumerate(sheet.rows, 2):
        made.row_dimensions[number].height = _HEIGHT * max(_lines(text, _WIDEST) for text in row)
    made.row_dimensions[1].height = 24
    made.freeze_panes = "A2"


def _fill_how_to(made: Any, sheet: StarterSheet) -> None:
    from openpyxl.styles import Alignment, Font

    for letters, width in _TOLD.items():
        made.column_dimensions[letters].width = width
    _put(made.cell(1, 1), COMPANIONS[HOW_TO][0])
    made.cell(1, 1).font = Font(name="Calibri", size=16, bold=True)
    at = 2
    for paragraph in sheet.how_to:
        at += 1
        made.merge_cells(start_row=at, start_column=1, end_row=at, end_column=4)
        _put(made.cell(at, 1), paragraph)
        made.cell(at, 1).alignment = Alignment(vertical="top", wrap_text=True)
        made.row_dimensions[at].height = _HEIGHT * _lines(paragraph, sum(_TOLD.values())) + 4
    at += 2
    for i, title in enumerate(("Column", "Needed", "What goes in", "Example"), 1):
        _put(made.cell(at, i), title)
        _dress(made.cell(at, i), dark=True)
    for column in sheet.columns:
        at += 1
        needed = "needed" if column.required else ""
        texts = (column.header, needed, column.note, shorten(column.example, 200))
        for i, text in enumerate(texts, 1):
            _put(made.cell(at, i), text)
            made.cell(at, i).alignment = Alignment(vertical="top", wrap_text=True)
        lines = (_lines(text, width) for text, width in zip(texts, _TOLD.values(), strict=True))
        made.row_dimensions[at].height = _HEIGHT * max(lines)  # not every program finds it by itself


def _fill_lists(made: Any, columns: Sequence[StarterColumn]) -> list[str]:
    """Writes each list once; gives the place of each column's list, "" for a column that has none."""
    from openpyxl.styles import Font

    _put(made.cell(1, 1), COMPANIONS[LISTS][0])
    made.cell(1, 1).font = Font(name="Calibri", size=16, bold=True)
    lists: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for column in columns:
        lists.setdefault(_list_of(column), []).append(column.header)
    places: dict[tuple[str, tuple[str, ...]], str] = {}
    for at, (called, choices) in enumerate((each for each in lists if each[1]), 1):
        letters = column_letters(at - 1)
        title = called or ", ".join(lists[called, choices])
        _put(made.cell(3, at), title)
        _dress(made.cell(3, at), dark=True)
        for number, choice in enumerate(choices, 4):
            _put(made.cell(number, at), choice)
        made.column_dimensions[letters].width = _width((title, *choices))
        places[called, choices] = f"{LISTS}!${letters}$4:${letters}${3 + len(choices)}"
    made.freeze_panes = "A4"
    return [places.get(_list_of(column), "") for column in columns]


def _list_of(column: StarterColumn) -> tuple[str, tuple[str, ...]]:
    """By which columns have one list: what it is of, and what it holds."""
    return column.called, column.choices


def _drop_down(column: StarterColumn, letters: str, place: str) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation

    return DataValidation(
        type="list",
        formula1=place,
        sqref=f"{letters}2:{letters}{_LAST}",
        allow_blank=True,
        showErrorMessage=not column.open,
        errorTitle="Not on the list",
        error="Choose one of the values of the list.",
    )


def _note(column: StarterColumn) -> Any:
    from openpyxl.comments import Comment

    example = f"\n\nExample: {shorten(column.example, 200)}" if column.example else ""
    text = legal(f"{'Needed. ' if column.required else ''}{column.note}{example}")
    return Comment(text, "bulkgen", height=(_lines(text, _CHARACTERS) + 1) * _LINE, width=_NOTE_WIDTH)


def _fit_paper(made: Any) -> None:
    """Printed, a sheet is as wide as the paper."""
    made.page_setup.orientation = "landscape"
    made.page_setup.fitToHeight = 0
    made.sheet_properties.pageSetUpPr.fitToPage = True


def _dress(cell: Any, *, dark: bool) -> None:
    """A header: dark where its column is needed."""
    from openpyxl.styles import Alignment, Font, PatternFill

    cell.font = Font(name="Calibri", bold=True, color="FFFFFF" if dark else _INK)
    cell.fill = PatternFill("solid", start_color=_DARK if dark else _LIGHT)
    cell.alignment = Alignment(vertical="center")


def _put(cell: Any, text: str, *, number: bool = False) -> None:
    """Fills a cell with a text that stays one, whatever it starts with; or with its number."""
    if number and text:
        cell.value = float(text)
        return

    cell.number_format = "@"
    if text:
        cell.value, cell.data_type = legal(text), "s"


def _lines(text: str, width: int) -> int:
    """How many lines a text takes at this width, which is that of so many digits: letters are narrower."""
    return sum(max(1, ceil(len(line) / (width * 1.1))) for line in text.split("\n"))


def _width(texts: Sequence[str]) -> float:
    longest = max(len(text) for text in texts)
    return float(min(_WIDEST, max(_NARROWEST, longest) + _ROOM))
