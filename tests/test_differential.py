"""What we read, beside what openpyxl and Python's csv read, of the whole fixtures and of files made from every trap.

Each file that is read otherwise stands on a list with the reason. A difference that is not on it fails, and so does one
that is, but is no more.
"""

from __future__ import annotations

import csv
import io
import struct
import warnings
import zipfile
import zlib
from datetime import date, datetime, time
from itertools import product
from pathlib import Path

import openpyxl
import pytest

from bulkgen.errors import InputError
from bulkgen.model import Table
from bulkgen.sheet import TEXTS, WORKBOOKS
from bulkgen.sheet.csv_file import read_csv
from bulkgen.sheet.xlsx import read_workbook
from tests.make_fixtures import files, raw, sheet, styles, workbook

#: The values by row and column, both from 1; None for a file that is refused.
Grid = dict[tuple[int, int], object] | None

#: What openpyxl raises over files that it can't read.
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, LookupError, ValueError, TypeError,
          AttributeError, SyntaxError, RuntimeError)  # fmt: skip


def csv_traps() -> dict[str, bytes]:
    """A header line and two rows; the first has the trap."""
    cells = {
        "word": "y", "blank": "", "blanks": "  ", "blank before": " y", "quoted": '"y"', "quoted separator": '"y, z"',
        "quoted line": '"y\nz"', "quoted quote": '"y ""z"""', "bare separator": "y, z", "bare quote": '5" y',
        "bare quotes": 'y "z"', "bare quotes and separator": 'y "z, w"', "quoted behind a blank": ' "y"',
        "separator quoted behind a blank": ' "y, z"', "zeros": "007", "formula": "=1+1", "shield": '="007"',
        "guarded": "'=1", "not available": "NA", "long number": "12345678901234567890",
    }  # fmt: skip
    ends = {"": ("", ""), " and a separator at each end": (",", ","), " and a separator at its end": (",", ""),
            " and the last cell left out": (None, "")}  # fmt: skip
    made = {}
    for (name, cell), (more, (first, second)) in product(cells.items(), ends.items()):
        row = f"1,{cell}" if first is None else f"1,{cell},x{first}"
        made[f"{name}{more}.csv"] = f"a,b,c\n{row}\n2,v,w{second}\n".encode()
    return made


def workbook_traps() -> dict[str, bytes]:
    """One cell below its header, in each of the two ways to count days."""
    cells = {
        "text": raw("inlineStr", "<is><t>x</t></is>", at="A2"),
        "text and value": raw("inlineStr", "<v>7</v><is><t>x</t></is>", at="A2"),
        "text of blanks": raw("inlineStr", '<is><t xml:space="preserve">  </t></is>', at="A2"),
        "escaped text": raw("str", "<v>a_x000D_b</v>", at="A2"),
        "date": '<c r="A2" s="1"><v>46085</v></c>',
        "moment": '<c r="A2" s="1"><v>46085.75</v></c>',
        "time": '<c r="A2" s="2"><v>0.75</v></c>',
        "zeros": '<c r="A2" s="3"><v>417</v></c>',
        "number": '<c r="A2"><v>0.1</v></c>',
        "long number": '<c r="A2"><v>1234567890123456</v></c>',
        "huge number": '<c r="A2"><v>9.2E+19</v></c>',
        "truth": raw("b", "<v>1</v>", at="A2"),
        "error": raw("e", "<v>#N/A</v>", at="A2"),
        "formula": raw("str", "<v>x</v>", at="A2", formula="B2"),
        "formula never computed": '<c r="A2"><f>B2</f></c>',
        "nothing": '<c r="A2" s="1"/>',
    }
    extension = '<extLst><ext uri="x" xmlns:x15="urn:x15"><x15:workbookPr date1904="0"/></ext></extLst>'
    books = {
        "": "",
        " from 1904": '<workbookPr date1904="1"/>',
        " from 1904 with an extension": f'<workbookPr date1904="1"/>{extension}',
    }
    style = styles(14, "hh:mm", "00000")
    return {
        f"{name}{more}.xlsx": workbook([sheet([["a"], [cell]])], style=style, book=book)
        for (name, cell), (more, book) in product(cells.items(), books.items())
    }


FILES = {name: data for name, data in files().items() if Path(name).suffix in TEXTS | WORKBOOKS}
FILES |= csv_traps() | workbook_traps()


def ours(name: str, data: bytes) -> Table | None:
    try:
        if Path(name).suffix in TEXTS:
            return read_csv(io.BytesIO(data), name, "x")

        return read_workbook(io.BytesIO(data), name)
    except InputError:
        return None


def grid_of(table: Table) -> Grid:
    cells = {(table.header_row, at): header for at, header in enumerate(table.headers, 1)}
    values = {(row.number, at): cell.value for row in table.rows for at, cell in enumerate(row.cells, 1)}
    return filled({**cells, **values})


def filled(cells: dict[tuple[int, int], object]) -> Grid:
    return {place: value for place, value in cells.items() if value is not None and str(value).strip()}


def theirs(name: str, data: bytes, tab: str) -> Grid:
    """As openpyxl reads the same sheet, or the csv module a text with commas in UTF-8."""
    if Path(name).suffix in TEXTS:
        try:
            text = io.StringIO(data.decode("utf-8-sig"), newline="")
            lines = list(csv.reader(text))
        except (UnicodeDecodeError, csv.Error):
            return None

        return filled({(row, at): cell for row, line in enumerate(lines, 1) for at, cell in enumerate(line, 1)}) or None

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        page = book[tab] if tab else book.worksheets[0]
    except BROKEN:
        return None

    # Not by its rows: there may be a million blank ones between two cells
    return filled({place: as_ours(cell.value) for place, cell in page._cells.items()}) or None


def as_ours(value: object) -> object:
    """A day without a time of day is to openpyxl what a moment at midnight is to us."""
    return datetime.combine(value, time()) if isinstance(value, date) and not isinstance(value, datetime) else value


def difference(name: str) -> str:
    """In a word; "" where there is none."""
    data = FILES[name]
    table = ours(name, data)
    other = theirs(name, data, table.name if table and not table.delimiter else "")
    if table is None:
        return "refused" if other else ""

    if other is None:
        return "only ours"

    if grid_of(table) != other:
        return "cells"

    faulty = any(row.unusable or any(cell.unusable for cell in row.cells) for row in table.rows)
    return "fault" if faulty else ""


#: Has a separator too many and one too few: nothing in the file shows that it is shifted.
AS_MANY_CELLS = "bare separator and the last cell left out.csv"

#: What differs, why, and in which files.
REASONS: list[tuple[str, str, list[str]]] = [
    ("cells", "a second byte order mark is no letter", ["utf8_with_mark_twice.csv"]),
    ("cells", "the end-of-file sign of DOS is no row", ["end_of_file_sign_of_dos.csv"]),
    (
        "cells",
        "we find the separator",
        ["semicolons.csv", "tabs.tsv", "bars.csv", "separator_line.csv", "title_with_commas_over_semicolons.csv"],
    ),
    (
        "cells",
        "pairs of quotation marks hold together, since all rows fit only so",
        ["quotes_behind_blanks.csv", "quotes_behind_blanks_in_the_headers.csv", "quotes_that_open_in_mid_cell.csv",
         "separator quoted behind a blank.csv", "bare quotes and separator.csv"],
    ),
    ("cells", "the guard of a results sheet is taken off", ["guarded_results.csv"]),
    (
        "cells",
        "hidden rows above the header line are left out",
        ["rows_hidden_above_the_headers.xlsx"],
    ),
    ("cells", "0 of a program that does not compute is no value", ["formulas_of_a_program.xlsx"]),
    (
        "cells",
        "escaped characters are written out in full",
        ["texts_rich_and_escaped.xlsx", *(name for name in workbook_traps() if name.startswith("escaped text"))],
    ),
    ("cells", "a text that stands in the place of a value is not lost", ["texts_beside_values.xlsx"]),
    ("cells", "numbers beyond 15 digits are read as Excel does", ["numbers_long_and_short.xlsx"]),
    ("cells", "years of an emperor are dates too, and days that never were are none", ["formats_of_dates.xlsx"]),
    (
        "only ours",
        "we tell the encoding",
        ["utf16_little.csv", "utf16_big.csv", "utf16_without_mark.csv", "utf32.csv", "unicode_text_of_excel.txt",
         "windows_1252.csv", "mac_roman.csv"],
    ),
    ("only ours", "a truth may be written in words", ["booleans.xlsx"]),
    ("only ours", "a sheet of an unknown state is shown", ["sheet_with_a_state_of_its_own.xlsx"]),
    (
        "only ours",
        "only the parts that matter are read",
        ["sheet_of_a_chart_first.xlsx", "writer_of_broken_extras.xlsx", "macros.xlsm"],
    ),
    ("only ours", "elements of another namespace are passed over", ["writer_of_extensions.xlsx"]),
    (
        "only ours",
        "what Excel opens is read",
        ["writer_of_strict_files.xlsx", "writer_with_backslashes.xlsx", "writer_with_parts_elsewhere.xlsx",
         "style_that_is_not_there.xlsx"],
    ),
    ("refused", "no text has a NUL", ["nul_byte.csv"]),
    ("refused", "carets separate nothing", ["separator_line_of_carets.csv"]),
    (
        "refused",
        "it can't be told where a cell ends",
        ["quotes_in_the_headers.csv", "quote_never_closed.csv", "quote_closed_too_soon.csv",
         "quote_that_swallows_rows.csv", "quotes_with_backslashes.csv"],
    ),
    ("refused", "a page is no list of rows", ["web_page_named.csv", "web_table_named.csv", "xml_named.csv"]),
    ("refused", "nobody sees these rows", ["rows_all_hidden.xlsx", "sheets_all_hidden.xlsx"]),
    ("refused", "which sheet is meant is asked", ["sheets_two.xlsx", "sheets_two_alike.xlsx"]),
    (
        "refused",
        "damage may have cost rows or cells",
        ["damage_rows_backwards.xlsx", "damage_row_twice.xlsx", "damage_column_beyond.xlsx",
         "damage_cell_of_another_row.xlsx", "damage_cells_out_of_order.xlsx", "damage_number.xlsx", "damage_type.xlsx",
         "damage_row_number_absurd.xlsx", "damage_row_number_beyond.xlsx", "damage_row_number_no_number.xlsx"],
    ),
    ("refused", "no workbook has entities", ["bomb_of_entities_in_the_styles.xlsx"]),
    (
        "fault",
        "a row without one cell for each header may be shifted",
        ["one_column_of_sentences.csv", "row_too_long.csv", "row_too_short.csv", "trailing_separators.csv",
         "separator_too_many_before_a_blank.csv", "separator_too_many_in_every_row.csv",
         "separator_too_few_in_the_headers.csv", "separator_too_many_in_the_headers.csv",
         "cut_off_in_the_last_row.csv", "blanks_left_out_by_excel.csv", "title_lines.csv", "title_lines.xlsx",
         "blanks_left_out_by_a_program.csv",
         "value_right_of_the_headers.xlsx", "bare separator.csv",
         *(name for name in csv_traps() if name.endswith((" at its end.csv", " left out.csv"))
           and name != AS_MANY_CELLS)],
    ),
    (
        "fault",
        "a blank behind a separator may be that of a sentence",
        [name for name in csv_traps() if name.endswith(" at each end.csv") and
         name.startswith(("blank before", "bare separator", "bare quotes and separator", "quoted behind",
                          "separator quoted"))],
    ),
    (
        "fault",
        "it can't be told where a cell ends",
        ["quotes_that_may_join_rows.csv", "quotes_that_may_join_cells.csv"],
    ),
    (
        "fault",
        "the cell shows no value of its own",
        ["formulas_without_values.xlsx", "errors.xlsx", "formats_of_numbers.xlsx",
         *(name for name in workbook_traps() if name.startswith(("error", "formula never", "long number")))],
    ),
]  # fmt: skip
DIFFERENT = {name: (kind, reason) for kind, reason, names in REASONS for name in names}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_as_others_read_it_or_the_reason_is_known(name: str) -> None:
    kind, reason = DIFFERENT.get(name, ("", ""))

    assert difference(name) == kind, reason


def test_every_difference_has_its_file_and_one_reason() -> None:
    assert DIFFERENT.keys() <= FILES.keys()
    assert len(DIFFERENT) == sum(len(names) for _, _, names in REASONS)
