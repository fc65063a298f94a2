"""CSV files as people's programs write them: the museum in `tests/data`, and any rows at all."""

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
from bulkgen.jobs import Table
from bulkgen.sheet import TEXTS, csv_file, read_sheet
from bulkgen.sheet.csv_file import read_csv, unguard
from bulkgen.sheet.decode import detect
from bulkgen.sheet.delimiter import find_delimiter
from tests.make_museum import MUSEUM, files

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
    "row_too_long.csv": (("name", "city"), {2: ("Ann", "Oslo"), 3: ("Bob", "Rome", "Italy"), 4: ("Cid", "Bonn")}),
    "row_too_short.csv": (
        ("name", "city", "script"),
        {2: ("Ann", "Oslo", "Hi"), 3: ("Bob",), 4: ("Cid", "Bonn", "Hi")},
    ),
    "trailing_separators.csv": (("name", "city", "", ""), {2: ("Ann", "Oslo", "", ""), 3: ("Bob", "Rome")}),
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
    "quote_never_closed.csv": "line 3 (row 3): a quotation mark opens here that nothing closes",
    "quote_closed_too_soon.csv": "line 3 (row 3): a quotation mark is out of place",
    "quote_that_swallows_rows.csv": "line 4 (row 2, begun on line 2): a quotation mark is out of place",
    "quotes_with_backslashes.csv": "line 2 (row 2): a quotation mark is out of place",
    "nothing.csv": "nothing.csv is empty",
    "only_a_mark.csv": "only_a_mark.csv is empty",
    "only_blank_lines.csv": "only_blank_lines.csv is empty",
    "workbook_named.csv": "is a workbook in spite of its name. Rename it to end in .xlsx.",
    "old_workbook_named.csv": "is an old .xls workbook or has a password",
    "web_page_named.csv": "is a web page in spite of its name",
    "web_table_named.csv": "is a web page in spite of its name",
    "xml_named.csv": "is an XML file in spite of its name",
    "pdf_named.csv": "is a PDF",
    "compressed_named.csv": "is a compressed archive",
}

#: Rows that can't be used, and why.
FAULTS = {
    "one_column_of_sentences.csv": {2: "has 2 cells, the header line only 1"},
    "title_with_commas_over_semicolons.csv": dict.fromkeys(range(3, 7), "has 3 cells, the header line only 1"),
    "row_too_long.csv": {3: "has 3 cells, the header line only 2"},
    "row_too_short.csv": {3: "has 1 cell, the header line 3"},
    "cut_off_in_the_last_row.csv": {3: "has 2 cells, the header line 3"},
    "blanks_left_out_by_excel.csv": {41: "has 1 cell, the header line 3"},
    "title_lines.csv": dict.fromkeys((4, 5), "has 2 cells, the header line only 1"),
}

NOTES = {
    "utf16_without_mark.csv": "it was read as UTF-16.",
    "windows_1252.csv": "it was read as Windows-1252 (Western). Check row 3: 'José'.",
    "mac_roman.csv": "it was read as Mac Roman. Check row 3: 'José'.",
}


def texts(table: Table) -> Rows:
    return {row.number: tuple(cell.text for cell in row.cells) for row in table.rows}


def read_text(text: str, **more: int) -> Table:
    return read_csv(io.BytesIO(text.encode()), "sheet.csv", "sheet", **more)


def test_every_text_file_of_the_museum_is_expected_to_be_read_or_refused() -> None:
    names = {name for name in files() if Path(name).suffix in TEXTS}

    assert names == READ.keys() | REFUSED.keys()
    assert not READ.keys() & REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_a_file_of_the_museum_gives_its_rows_to_the_letter(name: str) -> None:
    headers, rows = READ[name]

    table = read_sheet(MUSEUM / name)

    assert table.headers == headers
    assert texts(table) == rows
    assert {row.number: row.fault for row in table.rows if row.fault} == FAULTS.get(name, {})
    assert table.name == Path(name).stem


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_the_place_and_the_remedy(name: str) -> None:
    with pytest.raises(InputError, match=re.escape(REFUSED[name])) as caught:
        read_sheet(MUSEUM / name)

    assert str(caught.value).startswith(name)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", READ)
def test_a_guess_at_the_encoding_is_said_with_the_first_row_it_matters_for(name: str) -> None:
    notes = read_sheet(MUSEUM / name).notes

    assert len(notes) == (name in NOTES)
    assert all(NOTES[name] in note for note in notes)


@pytest.mark.parametrize(("name", "delimiter"), [("semicolons.csv", ";"), ("tabs.tsv", "\t"), ("bars.csv", "|")])
def test_the_table_tells_its_separator(name: str, delimiter: str) -> None:
    assert read_sheet(MUSEUM / name).delimiter == delimiter


def test_the_header_line_can_be_named() -> None:
    table = read_sheet(MUSEUM / "title_lines.csv", header_row=4)

    assert (table.headers, table.header_row, texts(table)) == (("name", "city"), 4, {5: ("Ann", "Oslo")})


def test_the_first_row_may_be_named_as_the_header_line() -> None:
    assert read_sheet(MUSEUM / "utf8.csv", header_row=1) == read_sheet(MUSEUM / "utf8.csv")


def test_the_separator_is_that_of_the_header_line_that_was_named() -> None:
    table = read_sheet(MUSEUM / "title_with_commas_over_semicolons.csv", header_row=3)

    assert (table.delimiter, table.headers) == (";", ("name", "city", "script"))
    assert texts(table)[5] == ("Bob", "Rome", "Hi, Bob")


@pytest.mark.parametrize(
    ("row", "message"),
    [(9, "has no row 9: its last is row 5"), (3, "row 3 is blank, so it can't be the header"), (0, "no row 0")],
)
def test_a_header_line_that_is_not_there_is_a_mistake(row: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_sheet(MUSEUM / "title_lines.csv", header_row=row)


def test_a_value_in_a_shield_is_shown_without_it_and_kept_with_it() -> None:
    cell = read_sheet(MUSEUM / "zeros_in_shields.csv").rows[0].cell(0)

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
        read_sheet(MUSEUM / "utf8.csv", sheet="Leads")


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

    assert {row.number for row in table.rows if row.fault} == (set(short) if faulty else set())


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


# -- any rows at all ---------------------------------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
AWKWARD = st.text(st.sampled_from(" ,;\t|\"'\r\n=x\u2028\x1a\ufeffé"), max_size=8)
WIDTHS = st.integers(2, 5)
TABLES = WIDTHS.flatmap(lambda n: st.lists(st.lists(ANY_TEXT | AWKWARD, min_size=n, max_size=n), max_size=8))


def same_rows(table: Table, rows: list[list[str]]) -> bool:
    """Every row that is not blank, at its number, with its values to the letter."""
    wanted = {n: tuple(row) for n, row in enumerate(rows, 2) if any(cell.strip() for cell in row)}
    found = {row.number: tuple("" if c.value is None else c.value for c in row.cells) for row in table.rows}
    shown = all(
        c.text == c.value or re.fullmatch('="[^"]*"', str(c.value)) for row in table.rows for c in row.cells if c.text
    )
    return found == wanted and shown and not any(row.fault for row in table.rows)


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
@given(st.text(st.sampled_from("'=@+-\t\rx1 "), max_size=6))
def test_a_guard_comes_off_once_and_only_before_what_a_spreadsheet_would_run(text: str) -> None:
    bare = text.lstrip("'")
    guarded = bare[:1] in tuple("=@+-\t\r")

    assert unguard(f"'{text}") == (text if guarded else f"'{text}")
