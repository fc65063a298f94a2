"""CSV files as people's programs write them: the fixtures in `tests/data`, and any rows at all."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import bulkgen.sheet
from bulkgen.errors import InputError
from bulkgen.model import Table
from bulkgen.sheet import TEXTS, csv_file, read_sheet
from bulkgen.sheet.csv_file import read_csv
from bulkgen.sheet.decode import detect
from bulkgen.sheet.delimiter import find_delimiter
from bulkgen.sheet.quotes import held_together
from bulkgen.texts import unguard
from tests.make_fixtures import FIXTURES, files

Rows = dict[int, tuple[str, ...]]

#: Headers, and the texts of each row by its number.
Expected = tuple[tuple[str, ...], Rows]

ACCENTS: Expected = ("first_name", "city"), {2: ("Zoë", "Zürich"), 3: ("José", "Málaga")}
TWO: Expected = ("name", "city"), {2: ("Ann", "Oslo"), 3: ("Bob", "Rome")}

#: What is read of each file.
READ: dict[str, Expected] = {
    "utf8.csv": ACCENTS,
    "utf8_with_mark.csv": ACCENTS,
    "utf8_with_mark_twice.csv": ACCENTS,
    "utf16_little.csv": ACCENTS,
    "utf16_big.csv": ACCENTS,
    "utf16_without_mark.csv": ACCENTS,
    "utf32.csv": ACCENTS,
    "unicode_text_of_excel.txt": ACCENTS,
    "windows_1252.csv": (("name", "script"), {2: ("Ann", "Hello"), 3: ("José", "“Olá” – it’s 5 €")}),
    "mac_roman.csv": (("name", "script"), {2: ("Ann", "Hello"), 3: ("José", "“Olá” – it’s für dich")}),
    "end_of_file_sign_of_dos.csv": (("name", "city"), {2: ("Ann", "Oslo")}),
    "semicolons.csv": (
        ("name", "speed", "script"),
        {2: ("Ann", "1,25", "Hi, Ann, hello"), 3: ("Bob", "0,9", "Hi, Bob")},
    ),
    "tabs.tsv": (("name", "script"), {2: ("Ann", "Hi, Ann; hello | bye"), 3: ("Bob", "Hi, Bob")}),
    "bars.csv": (("name", "languages"), {2: ("Ann", "Spanish; French"), 3: ("Bob", "German")}),
    "header_of_quoted_separators.csv": (("a;b;c;d", "e;f;g;h"), {2: ("1", "2")}),
    "header_of_quoted_lines.csv": (("first\r\nname", "a;tab\tand | bar; in; it"), {2: ("Ann", "Oslo")}),
    "one_column.csv": (("script",), {2: ("there friend",), 3: ("too late to test",)}),
    "one_column_of_sentences.csv": (("script",), {2: ("Hello", " there"), 3: ("Good bye",)}),
    "separator_line.csv": (("name", "city"), {2: ("Ann", "Oslo, Norway")}),
    "title_with_commas_over_semicolons.csv": (
        ("Leads, spring, 2026",),
        {
            3: ("name", "city", "script"), 4: ("Ann", "Oslo", "Hi"), 5: ("Bob", "Rome", "Hi, Bob"),
            6: ("Cid", "Bonn", "Hi"),
        },
    ),
    "line_ends_lf.csv": TWO,
    "line_ends_cr.csv": TWO,
    "line_ends_mixed.csv": (TWO[0], {**TWO[1], 4: ("Cid", "Bonn")}),
    "lines_in_quotes.csv": (("name", "script"), {2: ("Ann", "one\r\ntwo\nthree\rfour"), 3: ("Bob", "Hi")}),
    "other_breaks_in_cells.csv": (
        ("name", "script"),
        {2: ("Ann", "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g"), 3: ("Bob", "Hi")},
    ),
    "quotes.csv": (("name", "script"), {2: ("Ann", 'She said "hi", twice'), 3: ("", '5" pipe')}),
    "quotes_inside_bare_cells.csv": (("size", "name"), {2: ('5" pipe', "Ann"), 3: ('6" "x"', "Bob")}),
    "quotes_behind_blanks.csv": (
        ("name", " script", " city"),
        {
            2: ("Ann", "Hello, Ann", " Oslo"), 3: ("Bob", "Hello", " Rome"), 4: ("Cid", ' "A ""b""'),
            5: ('c"', " Bonn"),
        },
    ),
    "quotes_behind_blanks_in_the_headers.csv": (("name", "script"), {2: ("Ann", "Hello"), 3: ("Bob", "Hi")}),
    "quotes_that_open_in_mid_cell.csv": (
        ("name", "script"),
        {2: ("Ann", 'say "hi, Ann" to me'), 3: ("Bob", "Hi")},
    ),
    "quotes_that_may_join_rows.csv": (
        ("name", "script"),
        {2: ("Ann", 'Say "a'), 3: ("b", ' c"'), 4: ("Bob", "Hi")},
    ),
    "quotes_that_may_join_cells.csv": (
        ("name", "script", "note"),
        {2: ("Ann", 'say "hi', ' Ann"'), 3: ("Bob", "Hi", "x"), 4: ("Cid", 'a "b', ' c" d')},
    ),
    "row_too_long.csv": (("name", "city"), {2: ("Ann", "Oslo"), 3: ("Bob", "Rome", "Italy"), 4: ("Cid", "Bonn")}),
    "row_too_short.csv": (
        ("name", "city", "script"),
        {2: ("Ann", "Oslo", "Hi"), 3: ("Bob",), 4: ("Cid", "Bonn", "Hi")},
    ),
    "trailing_separators.csv": (("name", "city", "", ""), {2: ("Ann", "Oslo", "", ""), 3: ("Bob", "Rome")}),
    "trailing_separators_in_every_line.csv": (
        ("name", "city", "", ""),
        {2: ("Ann", "Oslo", "", ""), 3: ("Bob", "Rome", "", "")},
    ),
    "trailing_separators_but_in_the_headers.csv": TWO,
    "trailing_separators_in_the_headers.csv": (("name", "city", "", ""), TWO[1]),
    "separator_too_many_before_a_blank.csv": (
        ("avatar_id", "script", "first_name", "note"),
        {
            2: ("look_1", "Hello Bob.", "Bob", ""),
            3: ("look_1", "Hello Ann", " great to see you at the fair.", "Ann"),
            4: ("look_1", "Hello Cid.", "Cid", "call him"),
        },
    ),
    "separator_too_many_in_every_row.csv": (
        ("script", "first_name", "note"),
        {2: ("Hello Ann", " great", "Ann"), 3: ("Hello Bob", " great", "Bob")},
    ),
    "separator_too_few_in_the_headers.csv": (
        ("name city", "script", "note"),
        {
            2: ("Ann", "Oslo", "Hi"), 3: ("Bob", "Rome", "Hi", "x"), 4: ("Cid", "Hello", " you"),
            5: ("Dee", "Nice", "Hi"),
        },
    ),
    "separator_too_many_in_the_headers.csv": (
        ("name", "city", " country", "script"),
        {2: ("Bob", "Rome", " Italy", "Hi"), **{n: (f"Ann{n - 1}", "Oslo", "Hi") for n in range(3, 34)}},
    ),
    "blanks_left_out_by_a_program.csv": (
        ("name", "city", "script", "note"),
        {
            2: ("Ann", "Oslo", "Hi", "x"), 3: ("Bob", "", "Hi"), 4: ("Cid", "Bonn"), 5: ("Dee", "Nice", "Hi"),
            6: ("Eve", "Ulm", "Hi", "y"),
        },
    ),
    "cut_off_in_the_last_row.csv": (("name", "city", "script"), {2: ("Ann", "Oslo", "Hi"), 3: ("Bob", "Ro")}),
    "blanks_left_out_by_excel.csv": (
        ("name", "city", "folder_id"),
        {
            **{n: (f"Ann{n}", "Oslo", "f1") for n in range(2, 17)},
            **{n: (f"Ann{n}", "Oslo") for n in range(17, 33)},
            **{n: (f"Ann{n}", "Oslo", "") for n in range(33, 40)},
            40: ("Ann40", "Oslo", "f2"),
            41: ("Bob",),
        },
    ),
    "title_lines.csv": (
        ("Spring leads",),
        {2: ("exported on Monday",), 4: ("name", "city"), 5: ("Ann", "Oslo")},
    ),
    "blank_rows.csv": (("name", "city"), {5: ("Ann", "Oslo"), 8: ("Bob", "Rome")}),
    "double_and_blank_headers.csv": (("name", "", "name", " ", "city"), {2: ("Ann", "x", "Bob", "y", "Oslo")}),
    "headers_only.csv": (("name", "city"), {}),
    "values_that_readers_change.csv": (
        ("value", "note"),
        {
            2: ("007", "zeros"), 3: ("NA", "n"), 4: ("None", "n"), 5: ("null", "n"), 6: ("nan", "n"), 7: ("1E5", "e"),
            8: ("9007199254740993", "long"), 9: ("1.10", "price"), 10: ("TRUE", "b"), 11: ("2026-03-04", "date"),
            12: ("=1+1", "formula"), 13: ("+49 171", "phone"), 14: ("  x  ", "spaces"),
        },
    ),
    "zeros_in_shields.csv": (("zip", "name"), {2: ("00417", "Ann"), 3: ("00418", "Bob"), 4: ('="a"&"b"', "Cid")}),
    "guarded_results.csv": (
        ("result_status", "text"),
        {2: ("done", "=1+1"), 3: ("done", "'=x"), 4: ("done", "'quoted'"), 5: ("done", "+49 x")},
    ),
    "guards_of_another_file.csv": (("status", "text"), {2: ("done", "'=1+1")}),
}  # fmt: skip

#: What is said of each file that can't be read.
REFUSED = {
    "windows_1251_cyrillic.csv": "line 2: the file is not UTF-8, and its letters make no sense as Windows-1252 or Mac",
    "shift_jis.csv": "line 2: the file is not UTF-8, and its letters make no sense as Windows-1252 or Mac Roman",
    "utf8_with_one_bad_byte.csv": "line 4: the file is UTF-8, but this line is damaged",
    "mark_of_utf8_on_windows_1252.csv": "line 3: the file says that it is UTF-8, but this line is not",
    "utf16_cut_in_half_a_character.csv": "line 3: the file says that it is UTF-16, but this line is not",
    "nul_byte.csv": "line 3: holds a NUL character",
    "separator_line_of_carets.csv": "line 1: says that '^' separates the cells",
    "quotes_in_the_headers.csv": "row 1: the header line has a quotation mark inside a cell",
    "quote_never_closed.csv": "line 3 (row 3): a quotation mark opens here that nothing closes",
    "quote_closed_too_soon.csv": "line 3 (row 3): a quotation mark is out of place",
    "quote_that_swallows_rows.csv": "line 4 (row 2, begun on line 2): a quotation mark is out of place",
    "quotes_with_backslashes.csv": "line 2 (row 2): a quotation mark is out of place",
    "nothing.csv": "nothing.csv is empty",
    "only_a_mark.csv": "only_a_mark.csv is empty",
    "only_blank_lines.csv": "only_blank_lines.csv is empty",
    "workbook_named.csv": "is a workbook in spite of its name. Rename it to end in .xlsx.",
    "binary_workbook_named.csv": "is a binary Excel workbook (.xlsb). Open it, and save it as .xlsx.",
    "opendocument_named.csv": "is an OpenDocument sheet (.ods). Open it, and save it as .xlsx.",
    "old_workbook_named.csv": "is an old .xls workbook or has a password",
    "web_page_named.csv": "is a web page in spite of its name",
    "web_table_named.csv": "is a web page in spite of its name",
    "xml_named.csv": "is an XML file in spite of its name",
    "pdf_named.csv": "is a PDF",
    "compressed_named.csv": "is a compressed archive",
}

MARKS = "has a quotation mark inside a cell, so it can't be told where that cell ends"
DOUBT = "has as many cells as the header line, but most rows have more or fewer, so either may be shifted"

#: Rows that can't be used, and why.
FAULTS = {
    "one_column_of_sentences.csv": {2: "has 2 cells, the header line only 1"},
    "title_with_commas_over_semicolons.csv": dict.fromkeys(range(3, 7), "has 3 cells, the header line only 1"),
    "quotes_behind_blanks.csv": dict.fromkeys((4, 5), "has 2 cells, the header line 3"),
    "quotes_that_may_join_rows.csv": dict.fromkeys((2, 3), MARKS),
    "quotes_that_may_join_cells.csv": dict.fromkeys((2, 4), MARKS),
    "row_too_long.csv": {3: "has 3 cells, the header line only 2"},
    "row_too_short.csv": {3: "has 1 cell, the header line 3"},
    "blanks_left_out_by_a_program.csv": {
        3: "has 3 cells, the header line 4",
        4: "has 2 cells, the header line 4",
        5: "has 3 cells, the header line 4",
    },
    "cut_off_in_the_last_row.csv": {3: "has 2 cells, the header line 3"},
    "blanks_left_out_by_excel.csv": {41: "has 1 cell, the header line 3"},
    "title_lines.csv": {2: DOUBT, **dict.fromkeys((4, 5), "has 2 cells, the header line only 1")},
    "trailing_separators.csv": {2: "has 6 cells, the header line only 4"},
    "separator_too_many_before_a_blank.csv": {3: "has 5 cells, the header line only 4"},
    "separator_too_many_in_every_row.csv": dict.fromkeys((2, 3), "has 4 cells, the header line only 3"),
    "separator_too_few_in_the_headers.csv": {
        **dict.fromkeys((2, 3, 5), "has 4 cells, the header line only 3"),
        4: DOUBT,
    },
    "separator_too_many_in_the_headers.csv": {
        2: DOUBT,
        **dict.fromkeys(range(3, 34), "has 3 cells, the header line 4"),
    },
}

NOTES = {
    "utf16_without_mark.csv": "it was read as UTF-16.",
    "windows_1252.csv": "it was read as Windows-1252 (Western). Check row 3: 'José'.",
    "quotes_behind_blanks.csv": "Some quotation marks do not stand at the start of their cells",
    "quotes_behind_blanks_in_the_headers.csv": "Some quotation marks do not stand at the start of their cells",
    "quotes_that_open_in_mid_cell.csv": "Some quotation marks do not stand at the start of their cells",
    "trailing_separators_but_in_the_headers.csv": "All 2 rows, row 2 for one, have 2 blank cells more than the header",
    "blanks_left_out_by_excel.csv": (
        "16 rows, row 17 for one, have fewer cells than the header line; the missing ones were taken for blanks at the "
        "end: folder_id."
    ),
    "mac_roman.csv": "it was read as Mac Roman. Check row 3: 'José'.",
}


def texts(table: Table) -> Rows:
    return {row.number: tuple(cell.text for cell in row.cells) for row in table.rows}


def read_text(text: str, **more: int) -> Table:
    return read_csv(io.BytesIO(text.encode()), "sheet.csv", "sheet", **more)


def test_every_text_file_of_the_fixtures_is_expected_to_be_read_or_refused() -> None:
    names = {name for name in files() if Path(name).suffix in TEXTS}

    assert names == READ.keys() | REFUSED.keys()
    assert not READ.keys() & REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_a_fixture_gives_exactly_its_rows(name: str) -> None:
    headers, rows = READ[name]

    table = read_sheet(FIXTURES / name)

    assert table.headers == headers
    assert texts(table) == rows
    assert {row.number: row.unusable for row in table.rows if row.unusable} == FAULTS.get(name, {})
    assert table.name == Path(name).stem


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_the_place_and_the_remedy(name: str) -> None:
    with pytest.raises(InputError, match=re.escape(REFUSED[name])) as caught:
        read_sheet(FIXTURES / name)

    assert str(caught.value).startswith(name)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", READ)
def test_what_had_to_be_guessed_is_said_with_the_first_row_it_matters_for(name: str) -> None:
    notes = read_sheet(FIXTURES / name).notes

    assert len(notes) == (name in NOTES)
    assert all(NOTES[name] in note for note in notes)


@pytest.mark.parametrize(("name", "delimiter"), [("semicolons.csv", ";"), ("tabs.tsv", "\t"), ("bars.csv", "|")])
def test_the_table_tells_its_separator(name: str, delimiter: str) -> None:
    assert read_sheet(FIXTURES / name).delimiter == delimiter


def test_the_header_line_can_be_named() -> None:
    table = read_sheet(FIXTURES / "title_lines.csv", header_row=4)

    assert (table.headers, table.header_row, texts(table)) == (("name", "city"), 4, {5: ("Ann", "Oslo")})


def test_the_first_row_may_be_named_as_the_header_line() -> None:
    assert read_sheet(FIXTURES / "utf8.csv", header_row=1) == read_sheet(FIXTURES / "utf8.csv")


def test_the_separator_is_that_of_the_header_line_that_was_named() -> None:
    table = read_sheet(FIXTURES / "title_with_commas_over_semicolons.csv", header_row=3)

    assert (table.delimiter, table.headers) == (";", ("name", "city", "script"))
    assert texts(table)[5] == ("Bob", "Rome", "Hi, Bob")


@pytest.mark.parametrize(
    ("row", "message"),
    [(9, "has no row 9: its last is row 5"), (3, "row 3 is blank, so it can't be the header"), (0, "no row 0")],
)
def test_a_header_line_that_is_not_there_is_a_mistake(row: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_sheet(FIXTURES / "title_lines.csv", header_row=row)


def test_a_value_in_a_shield_is_shown_without_it_and_kept_with_it() -> None:
    cell = read_sheet(FIXTURES / "zeros_in_shields.csv").rows[0].cell(0)

    assert (cell.text, cell.value) == ("00417", '="00417"')


def test_rows_and_headers_of_blank_shields_are_blank() -> None:
    table = read_text('="",=""\n="name",city\n="",\nAnn,Oslo\n')

    assert (table.headers, table.header_row, texts(table)) == (("name", "city"), 2, {4: ("Ann", "Oslo")})


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"name,city\nAnn,Oslo\n")))

    table = read_sheet(Path("-"))

    assert (table.name, texts(table)) == ("stdin", {2: ("Ann", "Oslo")})


def test_standard_input_is_read_whole_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bulkgen.sheet, csv_file):
        monkeypatch.setattr(module, "FILE_LIMIT", 20)
    for data, answer in ((b"n\n" + b"1\n" * 9, None), (b"n\n" + b"1\n" * 9 + b"2", "too large")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        if answer is None:
            assert len(read_sheet(Path("-")).rows) == 9
        else:
            with pytest.raises(InputError, match=answer):
                read_sheet(Path("-"))


def test_a_missing_file_is_answered_with_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("name\nAnn\n")

    with pytest.raises(InputError, match=r"There is no file .*lead\.csv\. In that folder are: leads\.csv\."):
        read_sheet(tmp_path / "lead.csv")
    with pytest.raises(InputError, match="There is no folder"):
        read_sheet(tmp_path / "nowhere" / "lead.csv")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows opens no folder, and says so otherwise")
def test_a_folder_is_no_sheet(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").mkdir()

    with pytest.raises(InputError, match="can't be read: Is a directory"):
        read_sheet(tmp_path / "leads.csv")


def test_a_csv_has_no_sheets_to_choose_from() -> None:
    with pytest.raises(InputError, match="is a CSV and has no sheets: leave out --sheet"):
        read_sheet(FIXTURES / "utf8.csv", sheet="Leads")


# -- separators --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2\n", ";"),
        ("script\nthere friend\n", ","),
        ("there\nthe tenth\n", ","),
        ("", ","),
        ("\n\n", ","),
        ('"a,b,c"|d\n1|2\n', "|"),
        ("a\tb\nHi, Ann, you\tx\n", "\t"),
        ("name;voice (male, female)\nAnn;x\nBob;y\n", ";"),
        ("a;b,c\n1;2\n3;4\n", ";"),
        ("Report, 2026\na;b;c\n1;2;3\n4;5;6\n", ";"),
        ('a,b\n"x\n;;;;\n;;;;\n",1\n', ","),
        ("only one; header\nx\ny\n", ";"),
        (',,,\n"a";"b"\n', ";"),
    ],
)
def test_the_separator_is_decided_outside_quotes_by_the_lines_that_agree(text: str, delimiter: str) -> None:
    assert find_delimiter(text) == delimiter


@pytest.mark.parametrize(("row", "delimiter"), [(None, ","), (1, ","), (2, ","), (3, ";"), (4, ";"), (5, ",")])
def test_lines_above_the_header_line_have_no_say_in_the_separator(row: int | None, delimiter: str) -> None:
    assert find_delimiter("p,q\np,q\na;b,c\n1;2\n", row) == delimiter


# -- encodings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Müller", "García", "François", "Ålesund", "smörgåsbord", "naïve café", "straße", "São Paulo", "España",
        "it’s", "we’ll", "l’été", "“quoted”", "a – b", "5 €", "Élan", "œuvre", "¡Hola!", "¿Qué?", "tête-à-tête",
    ],
)  # fmt: skip
def test_western_words_are_read_in_the_encoding_they_were_written_in(text: str) -> None:
    both = {codec: detect(io.BytesIO(f"name\n{text} and Zoë, José\n".encode(codec)), "x").codec
            for codec in ("cp1252", "mac_roman")}  # fmt: skip

    assert both == {"cp1252": "cp1252", "mac_roman": "mac_roman"}


@pytest.mark.parametrize("codec", ["cp1250", "cp1251", "cp1253", "gb18030", "euc_kr", "koi8_r"])
def test_other_old_encodings_are_refused_rather_than_guessed(codec: str) -> None:
    words = {
        "cp1250": "Łódź, żółć, źdźbło", "cp1251": "Привет, Анна", "cp1253": "Καλημέρα", "gb18030": "你好，世界",
        "euc_kr": "안녕하세요", "koi8_r": "Привет, Анна",
    }[codec]  # fmt: skip

    with pytest.raises(InputError, match="line 2: the file is not UTF-8, and its letters make no sense"):
        detect(io.BytesIO(f"name\n{words}\n".encode(codec)), "sheet.csv")


def test_a_note_names_the_row_as_the_spreadsheet_counts_it() -> None:
    data = 'name,script\nAnn,"a\nb\nc"\nBob,Málaga\n'.encode("cp1252")

    (note,) = read_csv(io.BytesIO(data), "sheet.csv", "sheet").notes

    assert "Check row 3: 'Málaga'" in note


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [10, (1 << 20) - 3, 1 << 20])
def test_a_line_number_is_right_wherever_the_chunks_of_the_file_end(size: int, end: str) -> None:
    filler = ("x" * 9 + end) * (size // (9 + len(end)))
    before = filler + "y" * (size - len(filler) - len(end)) + end

    with pytest.raises(InputError, match=f", line {before.count(end) + 1}: holds a NUL"):
        detect(io.BytesIO((before + "\0").encode()), "sheet.csv")


# -- shapes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("short", "faulty"), [(range(17, 33), False), (range(18, 33), True), (range(33, 34), True)])
def test_only_a_whole_block_of_excel_may_leave_trailing_blanks_out(short: range, faulty: bool) -> None:
    rows = [f"{n},x" if n in short else f"{n},x,y" for n in range(2, 34)]

    table = read_text("\n".join(["a,b,c", *rows]))

    assert {row.number for row in table.rows if row.unusable} == (set(short) if faulty else set())


def faulty(text: str) -> set[int]:
    return {row.number for row in read_text(text).rows if row.unusable}


@pytest.mark.parametrize("surplus", [",", ",,", ", ,"])
def test_blanks_behind_the_last_header_are_taken_where_all_rows_end_in_them(surplus: str) -> None:
    rows = [f"{n},x,y{surplus}" for n in range(2, 40)]

    assert faulty("\n".join(["a,b,c", *rows])) == set()
    assert faulty("\n".join(["a,b,c", *rows, "", ",,,,,", "40,x,y"])) == {*range(2, 40), 42}
    assert faulty("\n".join(["a,b,c", *rows, f"40,x,y,z{surplus}"])) == set(range(2, 41))


def test_one_row_alone_does_not_show_that_its_last_blank_is_a_habit() -> None:
    assert faulty("a,b,c\n1,5,x,\n") == {2}


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (["1,x,y", "2,,"], set()),
        (["1,x,y,", "2,x,,"], set()),
        (["1,x,y", "2,x,y", "3,x, and y,z"], {4}),
        (["1,x,y", "2,x,y,"], {3}),
        (["1,x, and y,z", "2,x,y"], {2}),
        (["1,x,y,", "2,x,y,", "3,x y,z"], {2, 3, 4}),  # most are longer: is it the headers that lack a name?
        ([*["1,x,y"] * 4, "5,x,y,", "6,x y,", "7,x,"], {6, 7, 8}),  # which of them lost a separator?
        (["1,x,y,", "2,x,y,", "3,x"], {4}),
        (["1,x,y,,", "2,x,y,,"], set()),
    ],
)
def test_behind_the_last_name_all_rows_end_alike(rows: list[str], wrong: set[int]) -> None:
    """Nameless cells at the end of the header line are no leave for a row to be longer than the others."""
    assert faulty("\n".join(["a,b,c,", *rows])) == wrong


def test_a_row_shifted_under_a_nameless_header_is_a_fault_and_the_good_one_is_none() -> None:
    shifted = "look,Hello Ann, great to see you at the fair.,Ann,1"

    assert faulty(f"avatar_id,script,first_name,crm,\n{shifted}\nlook,Hello Bob,Bob,2\n") == {2}


def test_a_later_block_of_excel_is_never_wider() -> None:
    wide = [f"{n},x,y" for n in range(2, 17)]

    assert faulty("\n".join(["a,b,c", *wide, *(f"{n},x,y," for n in range(17, 28))])) == set(range(17, 28))


def test_the_first_block_of_excel_shows_whether_later_ones_may_be_narrower() -> None:
    """A header line with a name too many would else be taken for a column that nobody filled."""
    narrow = [f"{n},x" for n in range(17, 33)]
    wide = [f"{n},x,y" for n in range(2, 17)]

    assert faulty("\n".join(["a,b,c", *wide, *narrow])) == set()
    assert faulty("\n".join(["a,b,c", *[line[:-2] for line in wide], *narrow])) == set(range(2, 33))
    assert faulty("\n".join(["a,b,c", *wide, *narrow[:8], "", *narrow[9:]])) == {*range(17, 25), *range(26, 33)}


def test_a_block_at_the_end_may_be_short_if_it_is_long_enough_or_behind_one_that_shows_the_habit() -> None:
    wide = ["a,b,c", *(f"{n},x,y" for n in range(2, 17))]
    narrow = [f"{n},x" for n in range(17, 33)]

    assert faulty("\n".join([*wide, *narrow[:4]])) == set()
    assert faulty("\n".join([*wide, *narrow[:4], "", "", ""])) == set()
    assert faulty("\n".join([*wide, *narrow[:3]])) == {17, 18, 19}
    assert faulty("\n".join([*wide, *narrow, "33,x", "34,x"])) == set()
    assert faulty("\n".join([*wide, *narrow, "33,x"])) == {33}
    assert faulty("\n".join(["a,b,c", *[",,"] * 15, *narrow])) == set()


def test_of_rows_taken_though_they_are_short_one_note_tells_their_count_and_the_first() -> None:
    wide = ["a,b,,c", *(f"{n},x,,y" for n in range(2, 17))]
    narrow = [f"{n},x" for n in range(17, 33)]

    assert read_text("\n".join([*wide, *narrow, "33", "34"])).notes == (
        "18 rows, row 17 for one, have fewer cells than the header line; the missing ones were taken for blanks at "
        "the end: b, c.",
    )
    assert read_text("\n".join(line + "," for line in wide)).notes == ()


def test_a_separator_in_every_number_is_told() -> None:
    """A decimal comma in the last but one column looks like a line that ends in a separator."""
    rows = ["look_ann,Hi Ann,1,2,", "look_ann,Hi Bob,1,1,"]

    (note,) = read_text("\n".join(["avatar_id,script,speed,crm", *rows])).notes

    assert note.startswith("All 2 rows, row 2 for one, have 1 blank cell more than the header line")


@pytest.mark.parametrize(
    "rows",
    [
        ["1,,y,z", "2,x,y", "3,x,y", "4,x,y"],
        ["1,,y,z", "2,,y", "3,x"],
        ["1,x,y,z", "2,x,y"],
        ["1,x,y,z", "2,x,y", "3,x,y", "4"],
    ],
)
def test_blanks_left_out_at_the_end_of_single_rows_may_be_a_lost_separator(rows: list[str]) -> None:
    """But the rows that are as long as the header line are good."""
    assert faulty("\n".join(["a,b,c,d", *rows])) == set(range(3, len(rows) + 2))


def test_a_row_as_long_as_the_header_line_is_in_doubt_where_most_are_longer_or_it_breaks_a_sentence() -> None:
    assert faulty("a,b\n1,x\n2,y,z\n3,y,z\n") == {2, 3, 4}
    assert faulty("a,b,c\n1,x, and y\n2,x\n3,x\n") == {2, 3, 4}


def test_a_record_of_more_cells_than_a_sheet_has_columns_is_a_mistake_and_no_overflow() -> None:
    record = ",".join(['"\n"' + "," * 16_000] * 5)

    assert faulty(f"a,b\n1,2\n{record},x\n") == {3}


def test_a_long_cell_is_read_and_one_without_end_is_refused() -> None:
    assert len(read_text(f"a,b\n1,{'x' * 1_000_000}\n").rows[0].cell(1).text) == 1_000_000

    with pytest.raises(InputError, match=r"line 2 \(row 2\): a cell of more than 1,000,000 characters"):
        read_text(f"a,b\n1,{'x' * 1_000_001}\n")


def test_a_line_of_more_cells_than_a_sheet_has_columns_is_refused() -> None:
    assert len(read_text(f"a{',' * 16_383}\n").headers) == 16_384

    with pytest.raises(InputError, match="line 1: is longer than any line of a sheet, with more than 16,384 cells"):
        read_text(f"a{',' * 16_384}\n")


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "ROW_LIMIT", 32)

    assert len(read_text("a\n" * 32).rows) == 31
    with pytest.raises(InputError, match="more than 32 rows"):
        read_text("a\n" * 33)


def test_reading_leaves_the_limits_of_the_csv_module_alone() -> None:
    limit = csv.field_size_limit()

    read_text("a\n1\n")
    with pytest.raises(InputError):
        read_text('a\n"1\n')

    assert csv.field_size_limit() == limit


def test_equal_values_share_their_cell() -> None:
    first, second = read_text("a,b\nsame,1\nsame,2\n").rows

    assert first.cell(0) is second.cell(0)


# -- quotation marks inside cells --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        # Only with each pair holding together do these rows fit
        ('a,b\n1,x (a "b, c")\n', {2: ("1", 'x (a "b, c")')}),
        ('a;b\n1; "x;y"\n2;z\n', {2: ("1", "x;y"), 3: ("2", "z")}),
        ('a,b\n"1", "x, y" \n,\n2,"w"\n\n', {2: ("1", "x, y"), 4: ("2", "w")}),
        # Beside them, marks that hold nothing together stay what they are
        ('a,b\n1, "x, y"\n2,5" pipe\n3,6" pipe\n', {2: ("1", "x, y"), 3: ("2", '5" pipe'), 4: ("3", '6" pipe')}),
        (
            'a,b\n1,the "x, y" z\n2,5\' 10" tall\n3,6\' 1" tall\n',
            {2: ("1", 'the "x, y" z'), 3: ("2", "5' 10\" tall"), 4: ("3", "6' 1\" tall")},
        ),
        ('"a","b"\n1, "x, y"\n2,5" pipe\n3,6" pipe\n', {2: ("1", "x, y"), 3: ("2", '5" pipe'), 4: ("3", '6" pipe')}),
        # A file that has one mark behind a blank has all of them so
        ('a,b\n1, "x, y"\n2, "z"\n', {2: ("1", "x, y"), 3: ("2", "z")}),
        ('a, "b"\n1, "z"\n', {2: ("1", "z")}),
        ('a, b,c,\n1, x, "y, z",\n', {2: ("1", " x", "y, z", "")}),
        ('t\n\na,b\n1, "x,y"\n', {4: ("1", "x,y")}),
        # Marks that divide nothing otherwise stay what they are
        ('a,b\n1,the "x" of y\n', {2: ("1", 'the "x" of y')}),
        ('a,b\n1, "x"\n2,3\n', {2: ("1", ' "x"'), 3: ("2", "3")}),
        ('a,b\n5" pipe,6" pipe\n', {2: ('5" pipe', '6" pipe')}),
        ('a,b\n5" pipe,x\n6" pipe,y\n', {2: ('5" pipe', "x"), 3: ('6" pipe', "y")}),
        ('a,b\n1,5 " pipe\n2,6" pipe\n', {2: ("1", '5 " pipe'), 3: ("2", '6" pipe')}),
        ('a,"""b"""\n1, "x"\n', {2: ("1", ' "x"')}),
        ('a,b\n1,an "x\n2,y\n', {2: ("1", 'an "x'), 3: ("2", "y")}),
    ],
)
def test_marks_hold_cells_together_where_only_so_all_rows_fit(text: str, rows: Rows) -> None:
    table = read_text(text, **({"header_row": 3} if text.startswith("t\n") else {}))

    assert texts(table) == rows
    assert not any(row.unusable for row in table.rows)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,b\n1,x "y, z"\n2,3,4\n', {3}),
        ('a,b\n1, "x\ny"\n2,"w"\n', {2, 3}),  # nothing pairs across lines
        ('a,b\n1, "x, y"\n2,z "w\n3,v" u\n', {3, 4}),
        ('a,b,c\n"1\n2",x "y, z",3\n', {2}),
        ('a,b\nx,a "b," c\n d",5" e\n', {2}),  # its first line alone would fit
        ('a,b,c,d\nx,Hello, Ann,5" pipe,6" pipe\n', {2}),  # inch marks open nothing
        ('a,b,c,d\nx,the "y" of,5" pipe,6" pipe,z\n', {2}),
        ('a,b,c\n1,x "y, z"w,2\n', {2}),  # a word goes on behind the mark
        ('a,b,c,d\nx,Hello Ann, she said "hi, Bob",Ann\n', {2}),  # a comma of the sentence is outside of them
        ('a,b,c\n1,x "y, z"\n2,3,4\n', {2}),  # it happens to fit, taken apart
        ('a,b\n1,x "y\n2,z\n3,w" v\n4,5\n', {2, 3, 4}),
        ('a,b\n1,x "y\n' + "2,z\n" * 19 + '3,w" v\n4,5\n', set(range(2, 23))),
        ('a,b\n1,x "y\n' + "2,z\n" * 20 + '3,w" v\n4,5\n', set()),  # too far apart to be one text
        ('a,b\n1,x "y\n2,z" a\n4,5" pipe\n', {2, 3}),
        ('a,b\n1, "x\ny, z"\n2,3\n', {2, 3}),  # they happen to fit, as two rows
    ],
)
def test_marks_that_may_hold_cells_together_are_a_fault_of_their_rows(text: str, rows: set[int]) -> None:
    assert faulty(text) == rows


def test_a_row_is_never_part_of_a_cell_of_another() -> None:
    """One mark behind a blank once had the whole file read in pairs, so that the inch marks of two rows made a cell."""
    text = 'avatar_id,script,crm\nlook, "Hello, Ann",1\nlook,A 5" screen,2\nlook,A 6" screen,3\nlook,Hi Cy,4\n'

    assert [row.cell(1).text for row in read_text(text).rows] == ["Hello, Ann", 'A 5" screen', 'A 6" screen', "Hi Cy"]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('a,"b, c"', ["a", '"b, c"']),
        ('a, "b, ""c"" d" ,e', ["a", ' "b, ""c"" d" ', "e"]),
        ('say "a, b" and "c, d"!,e', ['say "a, b" and "c, d"!', "e"]),
        ('a, "",b', ["a", ' ""', "b"]),
        ('a, "b', None),
        ('5" a,6" b', None),
        ('a "b, c"d', None),
        ('a " b, c " d', None),
    ],
)
def test_marks_hold_a_line_together_where_one_opens_words_and_the_next_closes_them(
    line: str, cells: list[str] | None
) -> None:
    assert held_together(line + "\r\n", ",") == cells


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,b\n1,"x" \n"2" ,y\n', {2: ("1", "x"), 3: ("2", "y")}),
        ('a,b\n1,"x, ""y"" , z"\t\r\n', {2: ("1", 'x, "y" , z')}),
        ('a,b\n1,"x, ""y"" ,\n""z"" , w" \n', {2: ("1", 'x, "y" ,\n"z" , w')}),
        ('a\tb\n1\t"x" \n"2" \t\n"3"\t"z"\n', {2: ("1", "x"), 3: ("2", ""), 4: ("3", "z")}),
        ('a,b\n1,5" , pipe\n2,x\n', None),
        ('a,b\n1,5" \n2,x\n', {2: ("1", '5" '), 3: ("2", "x")}),
    ],
)
def test_blanks_between_a_closing_mark_and_the_separator_are_nothing(text: str, rows: Rows | None) -> None:
    table = read_text(text)

    if rows is None:
        assert table.rows[0].unusable
    else:
        assert texts(table) == rows
        assert not any(row.unusable for row in table.rows)


# -- any rows at all ---------------------------------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
AWKWARD = st.text(st.sampled_from(" ,;\t|\"'\r\n=x\u2028\x1a\ufeffé"), max_size=8)
WIDTHS = st.integers(2, 5)
TABLES = WIDTHS.flatmap(lambda n: st.lists(st.lists(ANY_TEXT | AWKWARD, min_size=n, max_size=n), max_size=8))


def same_rows(table: Table, rows: list[list[str]]) -> bool:
    """Every row that is not blank, at its number, with its exact values; a shield of nothing is blank."""
    filled = [any(cell.strip() and not re.fullmatch(r'="\s*"', cell) for cell in row) for row in rows]
    wanted = {n: tuple(row) for n, row in enumerate(rows, 2) if filled[n - 2]}
    found = {row.number: tuple("" if c.value is None else c.value for c in row.cells) for row in table.rows}
    shown = all(
        c.text == c.value or re.fullmatch('="[^"]*"', str(c.value)) for row in table.rows for c in row.cells if c.text
    )
    return found == wanted and shown and not any(row.unusable for row in table.rows)


@settings(max_examples=200)
@given(
    rows=TABLES,
    delimiter=st.sampled_from(",;\t|"),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
@example(rows=[["=1", "'"], ["\r", "\n"], ["a;b", "c,d"]], delimiter="|", codec="utf-8")
def test_rows_written_are_the_rows_read(rows: list[list[str]], delimiter: str, codec: str) -> None:
    headers = [f"column{i}" for i in range(len(rows[0]) if rows else 2)]
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows([headers, *rows])

    table = read_csv(io.BytesIO(target.getvalue().encode(codec)), "sheet.csv", "sheet")

    assert (table.headers, table.delimiter) == (tuple(headers), delimiter)
    assert same_rows(table, rows)


@settings(max_examples=200)
@given(
    rows=TABLES.filter(bool),
    headers=st.lists(ANY_TEXT | AWKWARD, min_size=5, max_size=5),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_quoted_rows_are_the_rows_read_whatever_the_headers_hold(
    rows: list[list[str]], headers: list[str], delimiter: str, end: str
) -> None:
    headers = ["x", *(header.lstrip("=") for header in headers)][: len(rows[0])]
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=end).writerows([headers, *rows])

    table = read_text(target.getvalue())

    assert table.headers == tuple(headers)
    assert same_rows(table, rows)


@settings(max_examples=100)
@given(st.text(st.sampled_from("'=@+-\t\r\n＝＋－＠x1 "), max_size=6))
def test_a_guard_comes_off_once_and_only_before_what_a_spreadsheet_would_run(text: str) -> None:
    bare = text.lstrip("'")
    guarded = bare[:1] in tuple("=@+-\t\r\n＝＋－＠")

    assert unguard(f"'{text}") == (text if guarded else f"'{text}")
