"""Workbooks as people's programs write them: the fixtures in `tests/data`, oversized files, and any rows at all."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
import zlib
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell as OpenpyxlCell
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from bulkgen.errors import InputError
from bulkgen.model import Table
from bulkgen.sheet import TEXTS, read_sheet
from bulkgen.sheet.xlsx import archive, read_workbook, workbook
from bulkgen.sheet.xlsx.values import CUT, HIDDEN, UNCOMPUTED
from tests import make_fixtures
from tests.make_fixtures import FIXTURES, OVERSIZED, cell, files, parts, rows_of, sheet, styles, zipped
from tests.test_sheet_csv import Expected, Rows, texts

PEOPLE: Expected = ("first_name", "city"), {2: ("Ann", "Oslo"), 3: ("Bob", "Rome")}
FORMULAS: Rows = {2: ("Ann", "Hi Ann"), 3: ("Bob", ""), 4: ("Cid", ""), 5: ("Dee",), 6: ("Eve", "")}

#: What is read of each file.
READ: dict[str, Expected] = {
    **dict.fromkeys(
        [
            "plain.xlsx", "dimension_too_small.xlsx", "dimension_of_the_whole_sheet.xlsx",
            "dimension_of_nonsense.xlsx", "rows_blank_but_styled.xlsx", "rows_without_height.xlsx",
            "sheets_two_but_one_blank.xlsx", "sheets_two_but_one_hidden.xlsx", "sheets_two_but_one_very_hidden.xlsx",
            "sheet_name_with_signs.xlsx", "sheet_of_a_chart_first.xlsx", "writer_without_references.xlsx",
            "writer_with_prefixes.xlsx", "writer_in_utf16.xlsx", "writer_of_strict_files.xlsx",
            "writer_in_utf16_big.xlsx", "writer_in_utf16_big_with_mark.xlsx",
            "writer_of_extensions.xlsx", "sheet_with_a_state_of_its_own.xlsx",
            "writer_with_backslashes.xlsx", "writer_with_parts_elsewhere.xlsx", "writer_with_absolute_links.xlsx",
            "writer_without_styles.xlsx", "writer_of_broken_extras.xlsx", "macros.xlsm", "links_to_other_files.xlsx",
        ],
        PEOPLE,
    ),
    "table_at_c5.xlsx": (("", "", *PEOPLE[0]), {6: ("", "", "Ann", "Oslo"), 7: ("", "", "Bob", "Rome")}),
    "blank_rows_keep_numbers.xlsx": (PEOPLE[0], {8: ("Ann", "Oslo"), 9: ("Bob", "Rome")}),
    "title_lines.xlsx": (("Spring leads",), {3: PEOPLE[0], 4: ("Ann", "Oslo"), 5: ("Bob", "Rome")}),
    "headers_double_and_blank.xlsx": (("name", "", "name"), {2: ("Ann", "x", "Bob")}),
    "headers_only.xlsx": (("name", "city"), {}),
    "value_right_of_the_headers.xlsx": (
        ("name", "city"),
        {2: ("Ann", "Oslo"), 3: ("Bob", "Rome", "", "call him"), 4: ("Cid", "Bonn", "", " ")},
    ),
    "rows_hidden.xlsx": (PEOPLE[0], {**PEOPLE[1], 4: ("Cid", "Bonn"), 5: ("Dee", "Nice")}),
    "rows_filtered.xlsx": (PEOPLE[0], {**PEOPLE[1], 4: ("Cid", "Bonn"), 5: ("Dee", "Nice")}),
    "rows_hidden_above_the_headers.xlsx": (PEOPLE[0], {3: ("Ann", "Oslo"), 4: ("Bob", "Rome")}),
    "cells_merged.xlsx": (("team", "name"), {2: ("Red", "Ann"), 3: ("", "Bob")}),
    "formulas_without_values.xlsx": (("name", "greeting"), {**FORMULAS, 7: ("Fay", "0"), 8: ("Gus", "TRUE")}),
    "formulas_of_a_program.xlsx": (("name", "greeting"), {**FORMULAS, 7: ("Fay", ""), 8: ("Gus", "TRUE")}),
    "errors.xlsx": (
        ("name", "value"),
        {
            2: ("row 2", "#N/A"), 3: ("row 3", "#REF!"), 4: ("row 4", "#DIV/0!"), 5: ("row 5", "#NAME?"),
            6: ("row 6", "#VALUE!"), 7: ("row 7", "#NULL!"), 8: ("row 8", "#NUM!"), 9: ("row 9", "#SPILL!"),
        },
    ),
    "texts_rich_and_escaped.xlsx": (
        ("first_name", "note"),
        {
            2: ("Hello big world", "東京"), 3: ("", "  spaces  "), 4: ("line\r\none", "_x000D_"),
            5: ("_xD800__xFFFE__x0000_", "Hello big world"),
        },
    ),
    "texts_that_look_like_others.xlsx": (
        ("text", "row"),
        {
            2: ("007", "0"), 3: ("None", "1"), 4: ("NA", "2"), 5: ("=1+1", "3"), 6: ("+49 171", "4"),
            7: ("\t tab", "5"), 8: ("a\nb", "6"), 9: ("'quoted", "7"), 10: ("🎬 “film”", "8"), 11: ("TRUE", "9"),
        },
    ),
    "numbers_long_and_short.xlsx": (
        ("id", "number"),
        {
            2: ("whole", "7"), 3: ("float", "0.3"), 4: ("e", "0.00001"), 5: ("fifteen", "123456789012345"),
            6: ("sixteen", "1234567890123460"), 7: ("minus", "-1234567890123460000"), 8: ("whole float", "3"),
            9: ("large", "1.5E+300"), 10: ("nothing",), 11: ("nineteen, but round", "92000000000000000000"),
            12: ("cut by Excel", "1234567890123450"), 13: ("round to the eleventh", "1234567890100000"),
            14: ("ten and zeros", "-1234567890000000"),
        },
    ),
    "texts_beside_values.xlsx": (("name", "city"), {2: ("Ann", "Oslo"), 3: ("Bob", "Rome"), 4: ("Cid", "7")}),
    "booleans.xlsx": (("name", "skip"), {2: ("Ann", "TRUE"), 3: ("Bob", "FALSE"), 4: ("Cid", "TRUE")}),
    "formats_of_numbers.xlsx": (
        ("format", "value"),
        {
            2: ("00000", "00417"), 3: ("9", "25%"), 4: ("10", "12.50%"), 5: ('"$"#,##0.00', "$1,234.50"),
            6: (r"#,##0.00\ [$€-407]", "-1,234.50 €"), 7: ("37", "(1,234)"), 8: ("3", "1,234,567"),
            9: ("(000) 000-0000", "(555) 123-4567"), 10: ("00000-0000", "12345-6789"),
            11: ("000-00-0000", "012-34-5678"), 12: ('"SKU-"0000', "SKU-0042"), 13: ("11", "1.23E+04"),
            14: ("12", "1 1/2"), 15: ('0.0,,"M"', "12.3M"), 16: ('[>=1000]0.0,"K";0', "1.5K"), 17: ("44", "$-"),
            18: ("2", "1.01"), 19: ("@", "42"), 20: ('@" Inc."', "Acme Inc."), 21: (";;;", ""), 22: (";;;", ""),
            23: ("0;-0;;@", ""), 24: ("[Red]-0.0;[Blue]0.0", "-2.5"), 25: ('General" kg"', "2.5 kg"),
        },
    ),
    "formats_of_dates.xlsx": (
        ("format", "value"),
        {
            2: ("14", "2026-03-04"), 3: ("22", "2026-03-04 18:00"), 4: ("dd.mm.yyyy", "04.03.2026"),
            5: (r"d\ mmmm\ yyyy", "4 March 2026"), 6: ("[$-407]d. mmmm yyyy", "4. März 2026"),
            7: ("[$-409]m/d/yy h:mm AM/PM;@", "3/4/26 6:00 PM"), 8: ("[$-F800]dddd, mmmm dd, yyyy", "2026-03-04"),
            9: ("[$-40C]d mmm yy", "2026-03-04"), 10: ("[$-411]ggge", "2026-03-04"), 11: ("31", "2026-03-04"),
            12: ("yyyy-mm-dd hh:mm:ss", "2026-03-05 00:00:00"), 13: ("14", ""), 14: ("14", ""), 15: ("14", ""),
            16: ("14", "1900-01-01"), 17: ("14", ""), 18: ("20", "14:30"), 19: ("46", "25:01:00"),
            20: ("[mm]:ss", "90:00"), 21: ("mm:ss.0", "01:46.3"), 22: ("hh:mm", "12:00"),
        },
    ),
    "formats_of_dates_from_1904.xlsx": (
        ("format", "value"),
        {
            2: ("14", "2030-03-05"), 3: ("22", "2030-03-05 18:00"), 4: ("dd.mm.yyyy", "05.03.2030"),
            5: (r"d\ mmmm\ yyyy", "5 March 2030"), 6: ("[$-407]d. mmmm yyyy", "5. März 2030"),
            7: ("[$-409]m/d/yy h:mm AM/PM;@", "3/5/30 6:00 PM"),
        },
    ),
    "formats_of_dates_from_1904_extended.xlsx": (
        ("format", "value"),
        {
            2: ("14", "2030-03-05"), 3: ("22", "2030-03-05 18:00"), 4: ("dd.mm.yyyy", "05.03.2030"),
            5: (r"d\ mmmm\ yyyy", "5 March 2030"), 6: ("[$-407]d. mmmm yyyy", "5. März 2030"),
            7: ("[$-409]m/d/yy h:mm AM/PM;@", "3/5/30 6:00 PM"),
        },
    ),
    "dates_in_words.xlsx": (
        ("when", "n"),
        {2: ("2026-03-04", "1"), 3: ("2026-03-04 18:30:00", "2"), 4: ("18:30:00", "3"), 5: ("04.03.2026", "4")},
    ),
    "style_that_is_not_there.xlsx": (("zip",), {2: ("417",)}),
}  # fmt: skip

#: What is said of each file that can't be read.
REFUSED = {
    "sheet_blank.xlsx": "sheet 'Sheet1', is empty: it needs a line of headers",
    "rows_all_hidden.xlsx": "sheet 'Sheet1', has only hidden rows. Unhide them in your spreadsheet; or, if row 2 is",
    "sheets_two.xlsx": "has 2 sheets. Say which one: --sheet NAME, with one of 'Colours', 'Leads'.",
    "sheets_two_alike.xlsx": "has 2 sheets. Say which one: --sheet NAME, with one of 'Spring', 'Autumn'.",
    "sheets_all_hidden.xlsx": "has no visible sheet. Unhide one in your spreadsheet",
    "damage_of_a_sheet_without_end.xlsx": "is damaged: sheet 'Leads', at B3, can't be read (no element found)",
    "damage_of_texts_without_end.xlsx": "is damaged: its table of texts, at text 2, can't be read (no element found)",
    "damage_cut_off.xlsx": "is damaged: its ZIP archive is broken, or breaks off",
    "damage_in_the_middle.xlsx": "is damaged: its part xl/worksheets/sheet1.xml can't be unpacked",
    "damage_of_tags.xlsx": "is damaged: sheet 'Leads', at A1, can't be read (mismatched tag)",
    "damage_row_number_absurd.xlsx": "is damaged: sheet 'Leads' has a row '99999999999' behind row 3",
    "damage_row_number_beyond.xlsx": "is damaged: sheet 'Leads' has a row '1048577' behind row 3",
    "damage_row_number_no_number.xlsx": "is damaged: sheet 'Leads' has a row '-1' behind row 0",
    "damage_rows_backwards.xlsx": "is damaged: sheet 'Leads' has a row '4' behind row 5",
    "damage_row_twice.xlsx": "is damaged: sheet 'Leads' has a row '3' behind row 3",
    "damage_column_absurd.xlsx": "is damaged: sheet 'Leads' has a cell 'ZZZZZZ1' in row 1",
    "damage_column_beyond.xlsx": "is damaged: sheet 'Leads' has a cell 'XFE1' in row 1",
    "damage_cell_of_another_row.xlsx": "is damaged: sheet 'Leads' has a cell 'A2' in row 1",
    "damage_cells_out_of_order.xlsx": "is damaged: sheet 'Leads' has cells out of order in row 2",
    "damage_text_not_in_the_table.xlsx": "is damaged: sheet 'Leads', at A1, holds text '3', which is not in its table",
    "damage_number.xlsx": "is damaged: sheet 'Leads', at B2, holds '1_000' as a number",
    "damage_type.xlsx": "is damaged: sheet 'Leads', at B2, holds a value of an unknown type",
    "damage_date.xlsx": "is damaged: sheet 'Leads', at B2, holds 'yesterday' as a date",
    "damage_sheet_missing.xlsx": "is damaged: it has no worksheet",
    "damage_of_another_namespace.xlsx": "is damaged: sheet 'Leads' is no worksheet",
    "damage_locked_entries.xlsx": "has a password. Save it without one.",
    "bomb_of_entities_in_the_sheet.xlsx": "is damaged: it declares a document type",
    "bomb_of_entities_in_the_texts.xlsx": "is damaged: it declares a document type",
    "bomb_of_entities_in_the_styles.xlsx": "is damaged: it declares a document type",
    "bomb_of_entities_quadratic.xlsx": "is damaged: it declares a document type",
    "bomb_of_entities_from_outside.xlsx": "is damaged: it declares a document type",
    "csv_named.xlsx": "is no workbook but text. If it is a CSV, rename it to end in .csv.",
    "nothing.xlsx": "nothing.xlsx is empty",
    "password.xlsx": "has a password. Open it, take the password off, and save it as .xlsx.",
    "old_workbook_named.xlsx": "is an old .xls workbook. Open it, and save it as .xlsx.",
    "ole_of_another_kind.xlsx": "is an old .xls workbook or has a password",
    "web_page_named.xlsx": "is a web page in spite of its name",
    "opendocument_named.xlsx": "is an OpenDocument sheet (.ods). Open it, and save it as .xlsx.",
    "binary_workbook_named.xlsx": "is a binary Excel workbook (.xlsb). Open it, and save it as .xlsx.",
    "numbers_named.xlsx": "is a Numbers document. In Numbers: File, Export To, Excel.",
    "word_document_named.xlsx": "is a Word document",
    "zip_of_a_csv_named.xlsx": "is a ZIP archive. Unpack it, and give the sheet inside.",
    "zip_of_nothing.xlsx": "holds no workbook",
    "old_workbook.xls": "is an old Excel workbook. Save it as .xlsx or .csv",
    "opendocument.ods": "is an OpenDocument sheet. Save it as .xlsx or .csv",
    "binary_workbook.xlsb": "is a binary Excel workbook. Save it as .xlsx or .csv",
    "document.numbers": "is a Numbers document. Save it as .xlsx or .csv",
    "letter.docx": "bulkgen reads .xlsx and .csv files",
}

DAY_0 = "is no date: the spreadsheet shows it as day 0 of January 1900"
NO_DATE = "is no date: the spreadsheet shows only ####"

#: Cells that can't be used, by row and column.
FAULTS = {
    "formulas_without_values.xlsx": dict.fromkeys([(3, 1), (4, 1), (6, 1)], UNCOMPUTED),
    "formulas_of_a_program.xlsx": dict.fromkeys([(3, 1), (4, 1), (6, 1), (7, 1)], UNCOMPUTED),
    "errors.xlsx": {(n, 1): f"holds the error {row[1]}" for n, row in READ["errors.xlsx"][1].items()},
    "numbers_long_and_short.xlsx": dict.fromkeys([(6, 1), (7, 1), (12, 1), (13, 1)], CUT),
    "formats_of_numbers.xlsx": dict.fromkeys([(21, 1), (22, 1)], HIDDEN),
    "formats_of_dates.xlsx": {
        (13, 1): DAY_0,
        (14, 1): NO_DATE,
        (15, 1): "is no date: there was no 29th of February in 1900",
        (17, 1): NO_DATE,
    },
}

HIDDEN_ROWS = {"rows_hidden.xlsx": {3, 5}, "rows_filtered.xlsx": {3, 5}, "rows_without_height.xlsx": {3}}


def read(data: bytes, **more: Any) -> Table:
    return read_workbook(io.BytesIO(data), "leads.xlsx", **more)


def made(*sheets: str, **more: Any) -> bytes:
    return zipped(parts(sheets, **more))


def values(table: Table, column: int = 0) -> list[object]:
    return [row.cell(column).value for row in table.rows]


# -- the fixtures ----------------------------------------------------------------------------------------------------


def test_the_fixtures_are_what_their_script_makes() -> None:
    """Compared are names and what is in the files: another zlib packs the same bytes otherwise."""

    def contents(data: bytes) -> object:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return {name: archive.read(name) for name in archive.namelist()}
        except (zipfile.BadZipFile, RuntimeError, zlib.error):
            return len(data) if data.startswith(b"PK") else data

    sheets = (path for path in FIXTURES.iterdir() if path.is_file() and ".json" not in path.suffix)
    found = {path.name: path.read_bytes() for path in sheets}
    wanted = files()

    assert found.keys() == wanted.keys(), "run: python -m tests.make_fixtures"
    assert [name for name in wanted if contents(found[name]) != contents(wanted[name])] == []


def test_every_workbook_of_the_fixtures_is_expected_to_be_read_or_refused() -> None:
    names = {name for name in files() if Path(name).suffix not in TEXTS}

    assert names == READ.keys() | REFUSED.keys()
    assert not READ.keys() & REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_a_workbook_of_the_fixtures_gives_the_texts_that_the_spreadsheet_shows(name: str) -> None:
    headers, rows = READ[name]

    table = read_sheet(FIXTURES / name)

    assert table.headers == headers
    assert texts(table) == rows
    faults = {(row.number, i): c.unusable for row in table.rows for i, c in enumerate(row.cells) if c.unusable}
    assert faults == FAULTS.get(name, {})
    assert {row.number for row in table.rows if row.hidden} == HIDDEN_ROWS.get(name, set())


@pytest.mark.parametrize("name", REFUSED)
def test_a_workbook_that_cannot_be_read_is_refused_with_the_place_and_the_remedy(name: str) -> None:
    with pytest.raises(InputError, match=re.escape(REFUSED[name])) as caught:
        read_sheet(FIXTURES / name)

    assert str(caught.value).startswith(name)
    assert str(caught.value).endswith(".")


# -- which sheet -------------------------------------------------------------------------------------------------------


def test_a_sheet_is_chosen_by_its_name_whatever_the_case() -> None:
    two = FIXTURES / "sheets_two.xlsx"

    assert read_sheet(two, sheet="Leads").headers == PEOPLE[0]
    assert read_sheet(two, sheet=" colours ").headers == ("colour", "size")
    with pytest.raises(InputError, match=r"has no sheet 'Lead'\. Its sheets are: 'Colours', 'Leads'\."):
        read_sheet(two, sheet="Lead")


def test_a_hidden_sheet_is_read_when_it_is_named() -> None:
    assert read_sheet(FIXTURES / "sheets_two_but_one_very_hidden.xlsx", sheet="Lists").headers == ("colour", "size")


def test_an_exact_name_goes_before_one_of_another_case() -> None:
    book = made(sheet([["a"]]), sheet([["b"]]), names=["LEADS", "leads"])

    assert read(book, sheet="leads").headers == ("b",)


def test_of_several_visible_sheets_the_one_with_our_headers_is_read() -> None:
    table = read_sheet(FIXTURES / "sheets_two.xlsx", recognise=lambda headers: "first_name" in headers)

    assert (table.name, table.siblings) == ("Leads", 2)


def test_headers_are_recognised_in_the_row_that_is_named() -> None:
    book = made(sheet([["x"], ["name"]]), sheet([["name"], ["y"]]), names=["A", "B"])

    assert read(book, recognise=lambda headers: headers == ("name",), header_row=2).name == "A"


def test_among_too_many_sheets_none_is_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_SHEETS", 2)
    book = made(sheet([["name"]]), sheet(""), sheet([["name"]]))

    with pytest.raises(InputError, match=r"has 3 sheets\. Say which one"):
        read(book)


def test_the_header_line_can_be_named() -> None:
    table = read_sheet(FIXTURES / "title_lines.xlsx", header_row=3)

    assert (table.headers, table.header_row) == (PEOPLE[0], 3)
    assert texts(table) == {4: ("Ann", "Oslo"), 5: ("Bob", "Rome")}
    assert not any(row.unusable for row in table.rows)


@pytest.mark.parametrize("row", [2, 77])
def test_a_header_line_with_nothing_in_it_is_a_mistake(row: int) -> None:
    with pytest.raises(InputError, match=f"sheet 'Sheet1', has nothing in row {row}"):
        read_sheet(FIXTURES / "title_lines.xlsx", header_row=row)


def test_a_header_that_was_never_computed_is_a_mistake_at_its_place() -> None:
    """The column would have no name, and what stands in it would be left out."""
    book = made(sheet([["name", '<c r="B1"><f>A9</f></c>'], ["Ann", "Oslo"]]), names=["Leads"])

    with pytest.raises(
        InputError, match=r"sheet 'Leads': the header in B1 is a formula whose value was never computed"
    ):
        read(book)


def test_a_value_right_of_the_headers_is_a_fault_of_its_row_and_not_lost() -> None:
    rows = read_sheet(FIXTURES / "value_right_of_the_headers.xlsx").rows

    assert [row.unusable for row in rows] == ["", "has a value to the right of the last header", ""]
    assert rows[1].cell(3).text == "call him"


def test_a_hidden_row_above_the_headers_is_told_unless_the_header_line_is_named() -> None:
    path = FIXTURES / "rows_hidden_above_the_headers.xlsx"

    assert read_sheet(path).notes == (
        "Row 1 is hidden, so row 2 was taken for the line of headers. If the hidden one is meant: --header-row 1.",
    )
    assert read_sheet(path, header_row=2).notes == ()
    assert read_sheet(path, header_row=1).notes == ()
    assert read_sheet(FIXTURES / "rows_hidden.xlsx").notes == ()


def test_a_cell_of_two_values_is_damage_and_not_both_in_a_row() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2">{}</c></row>'

    assert read(made(sheet(rows.format("<v/><v>2</v>")))).rows[0].cell(0).text == "2"
    with pytest.raises(InputError, match="is damaged: sheet 'Sheet1', at A2, a cell has two values"):
        read(made(sheet(rows.format("<v>1</v><v>2</v>"))))


def test_the_mark_of_an_open_workbook_is_not_the_workbook(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=re.escape("only marks that leads.xlsx is open in Excel. Give that file.")):
        read_sheet(tmp_path / "~$leads.xlsx")


# -- values --------------------------------------------------------------------------------------------------------


def test_a_date_is_written_back_as_a_date_and_shown_as_a_text() -> None:
    table = read_sheet(FIXTURES / "formats_of_dates.xlsx")
    cells = {row.number: row.cell(1) for row in table.rows}

    assert (cells[2].value, cells[2].number_format) == (datetime(2026, 3, 4), "mm-dd-yy")
    assert cells[19].value == timedelta(hours=25, minutes=1)
    assert str(cells[18].value) == "14:30:00"


def test_a_date_counted_from_1904_has_the_same_value_as_the_day_it_shows() -> None:
    assert values(read_sheet(FIXTURES / "formats_of_dates_from_1904.xlsx"), 1)[0] == datetime(2030, 3, 5)


def test_a_number_keeps_its_value_beside_its_text() -> None:
    (row,) = read(made(sheet([["n"], [(0.5, 1)]]), style=styles(9))).rows

    assert (row.cell(0).text, row.cell(0).value, row.cell(0).number_format) == ("50%", 0.5, "0%")


def test_a_text_keeps_its_format_so_that_it_stays_a_text() -> None:
    (row,) = read(made(sheet([["n"], [("007", 1)]]), style=styles(49))).rows

    assert (row.cell(0).text, row.cell(0).value, row.cell(0).number_format) == ("007", "007", "@")


def test_a_text_longer_than_any_program_writes_is_refused_with_its_place() -> None:
    assert len(read(made(sheet([["a"], ["x" * 1_000_000]]))).rows[0].cell(0).text) == 1_000_000

    with pytest.raises(InputError, match=r"holds in sheet 'Sheet1', at A2, a text of more than 1,000,000 characters"):
        read(made(sheet([["a"], ["x" * 1_000_001]])))


def test_equal_values_share_their_cell() -> None:
    first, second = read(made(sheet([["a", "b"], ["same", 1.5], ["same", 1.5]]))).rows

    assert first.cell(0) is second.cell(0)
    assert first.cell(1) is second.cell(1)


def test_a_number_that_is_blank_space_is_blank() -> None:
    table = read(made(sheet([["a", "b"], ["<c r='A2'><v> </v></c>", 1]])))

    assert texts(table) == {2: ("", "1")}


@pytest.mark.parametrize("value", ["NaN", "INF", "1e999", "0x10", "1 000", "1,5", "٣", "9" * 400])
def test_what_is_no_number_is_damage_at_its_place(value: str) -> None:
    with pytest.raises(InputError, match=r"sheet 'Sheet1', at A2, holds .* as a number"):
        read(made(sheet([["h"], [f'<c r="A2"><v>{value}</v></c>']])))


FORMATTED: list[tuple[Any, str]] = [
    (7, "General"), (7, "00000"), (0.1, "0%"), (-1.5, '"$"#,##0.00'), (True, "General"), ("007", "@"),
    (datetime(2026, 3, 4), "mm-dd-yy"), (datetime(2026, 3, 4, 18, 30), "dd.mm.yyyy hh:mm"), (date(2026, 3, 4), "d-mmm"),
    (datetime(1900, 1, 1), "yyyy-mm-dd"), (datetime(1900, 3, 1), "yyyy-mm-dd"), (timedelta(hours=30), "[h]:mm:ss"),
    (clock_time(14, 30, 15), "h:mm:ss AM/PM"), (timedelta(minutes=90), "[mm]:ss"), (1234.5, "# ?/?"),
]  # fmt: skip


@pytest.mark.parametrize("epoch", [WINDOWS_EPOCH, MAC_EPOCH])
def test_values_and_formats_are_those_that_openpyxl_reads(epoch: datetime) -> None:
    """So that openpyxl can write them back as they were."""
    book = openpyxl.Workbook()
    book.epoch = epoch
    target: Any = book.active
    target.append(["value"])
    for row, (value, number_format) in enumerate(FORMATTED, 2):
        if epoch == WINDOWS_EPOCH or not isinstance(value, date) or value.year > 1904:
            target.cell(row, 1, value).number_format = number_format
    buffer = io.BytesIO()
    book.save(buffer)

    ours = {row.number: row.cell(0) for row in read(buffer.getvalue()).rows}

    theirs: Any = openpyxl.load_workbook(buffer).active
    assert len(ours) >= len(FORMATTED) - 2
    for number, found in ours.items():
        wanted = theirs.cell(number, 1)
        assert (found.value, found.number_format) == (wanted.value, wanted.number_format)


# -- any rows at all ---------------------------------------------------------------------------------------------------

XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\n\t =@'_x0"),
    max_size=12,
)
MOMENTS = st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 30)).map(lambda moment: moment.replace(microsecond=0))
VALUES = st.none() | st.booleans() | st.integers(-(10**15) + 1, 10**15 - 1) | MOMENTS | XML_TEXT
NUMBERS = st.floats(-1e14, 1e14).map(lambda number: float(f"{number:.15g}"))
GRIDS = st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(VALUES | NUMBERS, min_size=n, max_size=n), max_size=8))


def write(rows: list[list[Any]], *, write_only: bool) -> bytes:
    """The rows as openpyxl writes them; a text stays a text."""
    book = openpyxl.Workbook(write_only=write_only)
    target: Any = book.create_sheet("Leads") if write_only else book.active
    width = max([len(row) for row in rows], default=1)
    for number, row in enumerate([[f"column{i}" for i in range(width)], *rows], 1):
        line: list[Any] = []
        for column, value in enumerate(row, 1):
            written: Any = (
                OpenpyxlCell(target, row=number, column=column) if write_only else target.cell(number, column)
            )
            written.value = value.replace("_x", "_x005F_x") if isinstance(value, str) else value
            if isinstance(value, str):
                written.data_type = "s"
            line.append(written)
        if write_only:
            target.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@settings(max_examples=80)
@given(rows=GRIDS, write_only=st.booleans())
@example(rows=[["=1", "#N/A", "'x"], [True, -0.0, "_x000D_"]], write_only=False)
def test_rows_written_are_the_rows_read(rows: list[list[Any]], write_only: bool) -> None:
    wanted = {n: row for n, row in enumerate(rows, 2) if any(v is not None and str(v).strip() for v in row)}

    table = read(write(rows, write_only=write_only))

    assert {row.number for row in table.rows} == wanted.keys()
    for row in table.rows:
        for column, value in enumerate(wanted[row.number]):
            found = row.cell(column)
            assert (found.value, found.unusable) == (None if value == "" else value, "")
            if isinstance(value, str):
                assert found.text == value
            elif isinstance(value, bool):
                assert found.text == str(value).upper()
            elif isinstance(value, int | float):
                assert float(found.text) == value


@settings(max_examples=60)
@given(rows=st.lists(st.lists(XML_TEXT, min_size=3, max_size=3), max_size=6), shared=st.booleans())
def test_texts_are_read_exactly_shared_or_not(rows: list[list[str]], shared: bool) -> None:
    escaped = [[text.replace("_x", "_x005F_x") for text in row] for row in [["a", "b", "c"], *rows]]
    if shared:
        table_of_texts = [text for row in escaped for text in row]
        numbers = iter(range(len(table_of_texts)))
        grid = [
            [f'<c r="{make_fixtures.letters(i)}{n}" t="s"><v>{next(numbers)}</v></c>' for i in range(3)]
            for n, _ in enumerate(escaped, 1)
        ]
        book = made(sheet(grid), strings=make_fixtures.texts(*(f"<t>{escape(t)}</t>" for t in table_of_texts)))
    else:
        book = made(sheet(escaped))

    found = texts(read(book))

    for number, row in enumerate(rows, 2):
        if any(text.strip() for text in row):
            shown = (*found[number], "", "", "")[:3]
            assert shown == tuple(row)
        else:
            assert number not in found


# -- oversized files -----------------------------------------------------------------------------------------------

#: The expected outcome of each: the number of rows, or a part of the message.
OUTCOMES: dict[str, int | str] = {
    "million_styled_rows.xlsx": 100,
    "million_styled_rows_and_a_last_value.xlsx": 2,
    "columns_to_the_last.xlsx": 4,
    "zip_bomb.xlsx": "unpacks to more than 25 MB",
    "bomb_of_cells.xlsx": "too large for a list of rows",
    "bomb_of_distinct_cells.xlsx": "too large for a list of rows",
    "bomb_of_blank_cells.xlsx": "too large for a list of rows",
    "bomb_of_wide_rows.xlsx": "takes more than 20 MB of memory up to row ",
    "bomb_of_small_texts.xlsx": "too large for a list of rows",
    "bomb_of_one_text.xlsx": "holds a text of more than 1,000,000 characters",
    "bomb_of_one_tag.xlsx": "holds a tag without end",
    "bomb_of_styles.xlsx": "holds more than 100,000 cell formats",
    "bomb_of_entries.xlsx": "lists more parts than a workbook has",
    "bomb_of_hidden_entries.xlsx": "lists more parts than a workbook has",
    "csv_too_large.csv": "has 200 MB: too large for a list of rows",
    "csv_of_separators.csv": "line 2: is longer than any line of a sheet",
    "csv_of_line_ends.csv": "has more than 1,048,576 rows",
    "csv_of_one_cell.csv": "line 3 (row 3): a cell of more than 1,000,000 characters",
    "a_32nd_of_300000_rows.csv": 9_375,
    "csv_bomb_of_distinct_cells.csv": "takes more than 20 MB of memory",
}
READING = """
import sys
from pathlib import Path
from bulkgen.errors import InputError
from bulkgen.sheet import cells, read_sheet
from bulkgen.sheet.xlsx import archive
if "bomb" in sys.argv[1] or "32nd" in sys.argv[1]:  # so little of the time and memory shows the same
    archive.TAGS_LIMIT //= 32
    cells.MEMORY_LIMIT //= 32
if "zip" in sys.argv[1]:
    archive.UNPACKED_LIMIT //= 32
try:
    print(len(read_sheet(Path(sys.argv[1])).rows))
except InputError as error:
    print(error)
try:
    print(int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024)
except FileNotFoundError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 // 1024)  # the Mac counts bytes
"""


def test_every_oversized_file_has_an_expected_outcome() -> None:
    assert OVERSIZED.keys() == OUTCOMES.keys()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process its memory this way")
@pytest.mark.parametrize("name", OUTCOMES)
def test_an_oversized_file_is_read_or_refused_within_bounds_of_memory(name: str, tmp_path: Path) -> None:
    """How many seconds it takes is measured by benchmarks/read_sheets.py."""
    OVERSIZED[name](tmp_path / name)

    done = subprocess.run([sys.executable, "-c", READING, tmp_path / name], capture_output=True, text=True, check=True)
    (tmp_path / name).unlink()

    answer, memory = done.stdout.splitlines()
    expected = OUTCOMES[name]
    assert answer == str(expected) if isinstance(expected, int) else expected in answer
    assert int(memory) < 60


def test_rows_behind_the_last_value_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """However the last value's tag is written, and wherever the chunks end."""
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(4, 400))
    broken = "</colour>"  # what is not parsed is not found to be broken
    for closing in ("</c>", "</c >", "</c\n>"):
        last = f'<row r="3"><c r="A3"><v>7</v>{closing}</row>'
        book = made(sheet(rows_of([["n"]]) + last + blank + broken))
        for size in (1 << 18, 1_000, 400):
            monkeypatch.setattr(archive, "_CHUNK", size)
            monkeypatch.setattr("bulkgen.sheet.xlsx.worksheet._SLACK", 8)
            assert values(read(book)) == [7]


def test_an_endless_row_of_cells_is_refused() -> None:
    row = "".join(cell(n) for n in range(16_385))

    with pytest.raises(InputError, match="has cells out of order in row 1"):
        read(made(sheet(f"<row>{row}</row>")))
