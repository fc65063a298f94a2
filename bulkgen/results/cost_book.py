"""Tables of costs as a workbook, each on a sheet of its own and the first with a chart; or the first alone as a CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bulkgen.disk.whole import put_new, write_whole
from bulkgen.model import Cell, column_letters
from bulkgen.pricing.money import money
from bulkgen.results.seal import COST_PART, is_sealed, seal
from bulkgen.results.workbook import bold_font, legal_title, put_text, widths
from bulkgen.texts import guard

#: A text, a number, or nothing.
Value = str | float | None

#: Voice-overs cost fractions of a cent: below this amount they are shown.
_FRACTIONS_BELOW = 0.1

_DOLLARS, _CENTS, _CREDITS = '"$"#,##0.00', '"$"#,##0.0000', "#,##0.0"

#: How much wider than a cell's text its column is: letters are bold, and stand off from the number before.
_WIDER, _GAP = 1.1, 2.0


@dataclass(frozen=True, kw_only=True)
class CostTable:
    """`money`: the headers of the columns that are amounts; `currency`: the one of each line. `total`: how many lines
    at the end are sums of those before."""

    title: str
    headers: Sequence[str]
    lines: Sequence[Sequence[Value]]
    money: Sequence[str]
    currencies: Sequence[str]
    total: int = 0


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Bars of a column of the first table, over its first column; `lines`: how many of its lines."""

    title: str
    header: str
    unit: str
    lines: int


def write_costs(path: Path, flat: CostTable, tables: Sequence[CostTable], chart: Chart | None) -> None:
    """Writes the tables whole, as the ending of `path` says; a CSV has the `flat` one.

    Raises `OSError` where it can't be written; `FileExistsError` where something is there that `is_unchanged` is not
    true of.
    """

    def fill(temporary: Path) -> None:
        if path.suffix.casefold() == ".csv":
            _write_csv(temporary, flat)
        else:
            _write_xlsx(temporary, tables, chart)

    write_whole(path, fill, _put)


def is_unchanged(path: Path) -> bool:
    """Whether a workbook of costs is there, as it was written."""
    return not path.is_symlink() and is_sealed(path, COST_PART)


def _put(temporary: Path, path: Path) -> Path:
    return temporary.replace(path) if is_unchanged(path) else put_new(temporary, path)


def _write_csv(path: Path, table: CostTable) -> None:
    lines = [[guard(value) if isinstance(value, str) else value for value in line] for line in table.lines]
    # With its mark and these line ends a spreadsheet opens accents right
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        csv.writer(file).writerows([table.headers, *lines])


def _write_xlsx(path: Path, tables: Sequence[CostTable], chart: Chart | None) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        _fill(book.create_sheet(legal_title(table.title)), table)
    if chart and chart.lines:
        _draw(book.worksheets[0], tables[0], chart)
    book.save(path)
    seal(path, COST_PART)


def _fill(sheet: Any, table: CostTable) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.worksheet.properties import PageSetupProperties

    bold, right, left = bold_font(), Alignment(horizontal="right"), Alignment(horizontal="left", indent=1)
    texts = {at for line in table.lines for at, value in enumerate(line, 1) if isinstance(value, str)}
    end = len(table.lines) - table.total
    for row, line in enumerate([table.headers, *table.lines]):
        for column, value in enumerate(line, 1):
            cell = sheet.cell(row + 1, column)
            if isinstance(value, str):
                put_text(cell, value)
            elif value is not None:
                cell.value = value
            if row and table.headers[column - 1] in table.money:
                cell.number_format = _format(value, table.currencies[row - 1])
            if not row or row > end:
                cell.font = bold
            if column in texts:
                cell.alignment = left
            elif not row:  # as the numbers below it
                cell.alignment = right
    shown = [[Cell(_shown(table, row, column)) for column in range(len(line))] for row, line in enumerate(table.lines)]
    for column, width in enumerate(widths(table.headers, shown)):
        sheet.column_dimensions[column_letters(column)].width = width * _WIDER + _GAP
    sheet.freeze_panes = "B2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _format(value: Value, currency: str) -> str:
    if currency != "usd":
        return _CREDITS

    return _CENTS if isinstance(value, int | float) and 0 < value < _FRACTIONS_BELOW else _DOLLARS


def _shown(table: CostTable, row: int, column: int) -> str:
    """What a program shows of a value, about."""
    value = table.lines[row][column]
    if isinstance(value, int | float) and table.headers[column] in table.money:
        return money(value, table.currencies[row])

    return "" if value is None else str(value)


def _draw(sheet: Any, table: CostTable, chart: Chart) -> None:
    """The chart, below the lines of its table."""
    from openpyxl.chart import BarChart, Reference

    column = table.headers.index(chart.header) + 1
    bars = BarChart()
    bars.title, bars.legend, bars.gapWidth = chart.title, None, 60
    bars.y_axis.title, bars.y_axis.numFmt = chart.unit, "#,##0.00"
    bars.x_axis.delete = bars.y_axis.delete = False  # else newer programs show neither
    bars.add_data(Reference(sheet, min_col=column, min_row=1, max_row=1 + chart.lines), titles_from_data=True)
    bars.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=1 + chart.lines))
    bars.width, bars.height = 22, 11
    sheet.add_chart(bars, f"A{len(table.lines) + 4}")
