"""Makes the fixtures of spreadsheets in `tests/data/`: one small file per trap, each named for its trap.

    python -m tests.make_fixtures          writes the fixtures again
    python -m tests.make_fixtures DIR      writes the oversized files too (hundreds of megabytes once unpacked) into DIR

Everything is written byte by byte, so that the files are the same on every machine, and so that they can be wrong in
ways which no spreadsheet program would write but some program once did.
"""

from __future__ import annotations

import io
import struct
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

FIXTURES = Path(__file__).parent / "data"

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


# -- CSV ---------------------------------------------------------------------------------------------------------------


def csv_files() -> dict[str, bytes]:
    """Each text file of the fixtures."""
    people = "first_name,city\r\nZoë,Zürich\r\nJosé,Málaga\r\n"
    return {
        # encodings
        "utf8.csv": people.encode(),
        "utf8_with_mark.csv": people.encode("utf-8-sig"),
        "utf8_with_mark_twice.csv": b"\xef\xbb\xbf" + people.encode("utf-8-sig"),
        "utf16_little.csv": b"\xff\xfe" + people.encode("utf-16-le"),
        "utf16_big.csv": b"\xfe\xff" + people.encode("utf-16-be"),
        "utf16_without_mark.csv": people.encode("utf-16-le"),
        "utf32.csv": people.encode("utf-32"),
        "unicode_text_of_excel.txt": people.replace(",", "\t").encode("utf-16"),
        "windows_1252.csv": "name,script\r\nAnn,Hello\r\nJosé,“Olá” – it’s 5 €\r\n".encode("cp1252"),
        "mac_roman.csv": "name,script\rAnn,Hello\rJosé,“Olá” – it’s für dich\r".encode("mac_roman"),
        "windows_1251_cyrillic.csv": "name,script\r\nАнна,Привет всем\r\n".encode("cp1251"),
        "shift_jis.csv": "name,script\r\n花子,こんにちは\r\n".encode("shift_jis"),
        "utf8_with_one_bad_byte.csv": "name,city\r\nZoë,Zürich\r\nJosé,Málaga\r\nBj".encode() + b"\xf6rn,Oslo\r\n",
        "mark_of_utf8_on_windows_1252.csv": b"\xef\xbb\xbf" + "name\r\nAnn\r\nJosé\r\n".encode("cp1252"),
        "utf16_cut_in_half_a_character.csv": b"\xff\xfe" + "name\r\nAnn\r\n".encode("utf-16-le") + b"\x41",
        "nul_byte.csv": b"name,city\r\nAnn,Oslo\r\nBo\0b,Rome\r\n",
        "end_of_file_sign_of_dos.csv": b"name,city\r\nAnn,Oslo\r\n\x1a",
        # separators
        "semicolons.csv": b"name;speed;script\r\nAnn;1,25;Hi, Ann, hello\r\nBob;0,9;Hi, Bob\r\n",
        "tabs.tsv": b"name\tscript\r\nAnn\tHi, Ann; hello | bye\r\nBob\tHi, Bob\r\n",
        "bars.csv": b"name|languages\r\nAnn|Spanish; French\r\nBob|German\r\n",
        "header_of_quoted_separators.csv": b'"a;b;c;d","e;f;g;h"\r\n1,2\r\n',
        "header_of_quoted_lines.csv": b'"first\r\nname","a;tab\tand | bar; in; it"\r\nAnn,Oslo\r\n',
        "one_column.csv": b"script\r\nthere friend\r\ntoo late to test\r\n",
        "one_column_of_sentences.csv": b"script\r\nHello, there\r\nGood bye\r\n",
        "separator_line.csv": b"sep=;\r\nname;city\r\nAnn;Oslo, Norway\r\n",
        "separator_line_of_carets.csv": b"sep=^\r\nname^city\r\nAnn^Oslo\r\n",
        "title_with_commas_over_semicolons.csv": (
            b"Leads, spring, 2026\r\n\r\nname;city;script\r\nAnn;Oslo;Hi\r\nBob;Rome;Hi, Bob\r\nCid;Bonn;Hi\r\n"
        ),
        # line ends
        "line_ends_lf.csv": b"name,city\nAnn,Oslo\nBob,Rome\n",
        "line_ends_cr.csv": b"name,city\rAnn,Oslo\rBob,Rome\r",
        "line_ends_mixed.csv": b"name,city\r\nAnn,Oslo\nBob,Rome\rCid,Bonn",
        "lines_in_quotes.csv": b'name,script\r\nAnn,"one\r\ntwo\nthree\rfour"\r\nBob,Hi\r\n',
        "other_breaks_in_cells.csv": "name,script\r\nAnn,a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g\r\nBob,Hi\r\n".encode(),
        # quotation marks
        "quotes.csv": b'name,script\r\nAnn,"She said ""hi"", twice"\r\n"","5"" pipe"\r\n',
        "quotes_inside_bare_cells.csv": b'size,name\r\n5" pipe,Ann\r\n6" "x",Bob\r\n',
        "quotes_behind_blanks.csv": (
            b'name, script, city\r\nAnn, "Hello, Ann", Oslo\r\nBob, "Hello", Rome\r\nCid, "A ""b""\r\nc", Bonn\r\n'
        ),
        "quotes_behind_blanks_in_the_headers.csv": b'"name", "script"\r\n"Ann", "Hello"\r\n"Bob", "Hi"\r\n',
        "quotes_that_open_in_mid_cell.csv": b'name,script\r\nAnn,say "hi, Ann" to me\r\nBob,Hi\r\n',
        "quotes_that_may_join_rows.csv": b'name,script\r\nAnn,Say "a\r\nb, c"\r\nBob,Hi\r\n',
        "quotes_that_may_join_cells.csv": b'name,script,note\r\nAnn,say "hi, Ann"\r\nBob,Hi,x\r\nCid,a "b, c" d\r\n',
        "quotes_in_the_headers.csv": b'name, "a, b"\r\nAnn,x,y\r\n',
        "quote_never_closed.csv": b'name,script\r\nAnn,Hi\r\nBob,"Hello\r\nCid,Hi\r\n',
        "quote_closed_too_soon.csv": b'name,script\r\nAnn,Hi\r\nBob,"She said "hi" twice"\r\n',
        "quote_that_swallows_rows.csv": b'name,script\r\nAnn,"Hello\r\nBob,Hi\r\nCid,"Hi"\r\n',
        "quotes_with_backslashes.csv": b'name,script\r\nAnn,"She said \\"hi\\""\r\n',
        # shapes
        "row_too_long.csv": b"name,city\r\nAnn,Oslo\r\nBob,Rome,Italy\r\nCid,Bonn\r\n",
        "row_too_short.csv": b"name,city,script\r\nAnn,Oslo,Hi\r\nBob\r\nCid,Bonn,Hi\r\n",
        "trailing_separators.csv": b"name,city,,\r\nAnn,Oslo,,,,\r\nBob,Rome\r\n",
        "trailing_separators_in_every_line.csv": b"name,city,,\r\nAnn,Oslo,,\r\nBob,Rome,,\r\n",
        "trailing_separators_but_in_the_headers.csv": b"name,city\r\nAnn,Oslo,,\r\nBob,Rome,,\r\n",
        "trailing_separators_in_the_headers.csv": b"name,city,,\r\nAnn,Oslo\r\nBob,Rome\r\n",
        "separator_too_many_before_a_blank.csv": (
            b"avatar_id,script,first_name,note\r\nlook_1,Hello Bob.,Bob,\r\n"
            b"look_1,Hello Ann, great to see you at the fair.,Ann,\r\nlook_1,Hello Cid.,Cid,call him\r\n"
        ),
        "separator_too_many_in_every_row.csv": (
            b"script,first_name,note\r\nHello Ann, great,Ann,\r\nHello Bob, great,Bob,\r\n"
        ),
        "separator_too_few_in_the_headers.csv": (
            b"name city,script,note\r\nAnn,Oslo,Hi,\r\nBob,Rome,Hi,x\r\nCid,Hello, you\r\nDee,Nice,Hi,\r\n"
        ),
        "separator_too_many_in_the_headers.csv": _header_too_wide(),
        "blanks_left_out_by_a_program.csv": (
            b"name,city,script,note\r\nAnn,Oslo,Hi,x\r\nBob,,Hi\r\nCid,Bonn\r\nDee,Nice,Hi\r\nEve,Ulm,Hi,y\r\n"
        ),
        "cut_off_in_the_last_row.csv": b"name,city,script\r\nAnn,Oslo,Hi\r\nBob,Ro",
        "blanks_left_out_by_excel.csv": _excel_blocks(),
        "title_lines.csv": b"Spring leads\r\nexported on Monday\r\n\r\nname,city\r\nAnn,Oslo\r\n",
        "blank_rows.csv": b"\r\n\r\nname,city\r\n\r\nAnn,Oslo\r\n,\r\n , \r\nBob,Rome\r\n\r\n",
        "double_and_blank_headers.csv": b"name,,name, ,city\r\nAnn,x,Bob,y,Oslo\r\n",
        "headers_only.csv": b"name,city\r\n",
        "nothing.csv": b"",
        "only_a_mark.csv": b"\xef\xbb\xbf",
        "only_blank_lines.csv": b"\r\n\r\n \r\n,,\r\n",
        # values
        "values_that_readers_change.csv": (
            b"value,note\r\n007,zeros\r\nNA,n\r\nNone,n\r\nnull,n\r\nnan,n\r\n1E5,e\r\n9007199254740993,long\r\n"
            b'1.10,price\r\nTRUE,b\r\n2026-03-04,date\r\n=1+1,formula\r\n+49 171,phone\r\n"  x  ",spaces\r\n'
        ),
        "zeros_in_shields.csv": b'zip,name\r\n="00417",Ann\r\n"=""00418""",Bob\r\n="a"&"b",Cid\r\n',
        "guarded_results.csv": b"result_status,text\r\ndone,'=1+1\r\ndone,''=x\r\ndone,'quoted'\r\ndone,'+49 x\r\n",
        "guards_of_another_file.csv": b"status,text\r\ndone,'=1+1\r\n",
        # other files
        "workbook_named.csv": workbook([sheet([["name"], ["Ann"]])]),
        "binary_workbook_named.csv": zipped({"xl/workbook.bin": b"\x83\x01", "xl/worksheets/sheet1.bin": b"\0"}),
        "opendocument_named.csv": zipped({"mimetype": b"application/vnd.oasis", "content.xml": b"<x/>"}),
        "old_workbook_named.csv": ole("Workbook"),
        "web_page_named.csv": b"\r\n<!DOCTYPE html>\r\n<html><body><table><tr><td>name</td></tr></table></body></html>",
        "web_table_named.csv": b'<table border="1"><tr><td>name</td></tr></table>',
        "xml_named.csv": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        "pdf_named.csv": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
        "compressed_named.csv": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"\x00" * 12,
    }


def _excel_blocks() -> bytes:
    """Excel writes 16 rows at a time, and leaves out the separators of blanks at the end of all 16."""
    rows = ["name,city,folder_id"]
    rows += [f"Ann{n},Oslo,f1" for n in range(2, 17)]
    rows += [f"Ann{n},Oslo" for n in range(17, 33)]
    rows += [f"Ann{n},Oslo," for n in range(33, 40)] + ["Ann40,Oslo,f2", "Bob"]
    return "\r\n".join(rows).encode() + b"\r\n"


def _header_too_wide() -> bytes:
    """A name of a column holds a separator: no row has a cell for the last one, whatever block it stands in."""
    rows = [f"Ann{n},Oslo,Hi" for n in range(2, 33)]
    return "\r\n".join(["name,city, country,script", "Bob,Rome, Italy,Hi", *rows]).encode()


# -- workbooks ---------------------------------------------------------------------------------------------------------


def cell(value: object, style: int = 0, *, at: str = "") -> str:
    """A `<c>`: texts inline, unless they are markup already."""
    reference = f' r="{at}"' if at else ""
    shape = f' s="{style}"' if style else ""
    if value is None:
        return f"<c{reference}{shape}/>"

    if isinstance(value, str) and value.startswith("<c"):
        return value

    if isinstance(value, bool):
        return f'<c{reference}{shape} t="b"><v>{int(value)}</v></c>'

    if isinstance(value, int | float):
        return f"<c{reference}{shape}><v>{value!r}</v></c>"

    return f'<c{reference}{shape} t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def raw(kind: str, value: str, *, at: str, style: int = 0, formula: str | None = None) -> str:
    """A `<c>` of any type; `value` is markup, `formula` the text of its `<f>`."""
    shape = f' s="{style}"' if style else ""
    inner = f"<f>{formula}</f>" if formula is not None else ""
    return f'<c r="{at}"{shape} t="{kind}">{inner}{value}</c>'


def letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def rows_of(table: Iterable[Sequence[object]], *, first: int = 1, left: int = 0, hidden: Iterable[int] = ()) -> str:
    """The `<row>`s of a table; a value may be a pair of value and style, or markup."""
    lines = []
    for number, values in enumerate(table, first):
        cells = []
        for column, value in enumerate(values, left):
            plain, style = value if isinstance(value, tuple) else (value, 0)
            cells.append(cell(plain, style, at=f"{letters(column)}{number}"))
        mark = ' hidden="1"' if number in hidden else ""
        lines.append(f'<row r="{number}"{mark}>{"".join(cells)}</row>')
    return "".join(lines)


def sheet(table: Iterable[Sequence[object]] | str, *, before: str = "", after: str = "") -> str:
    """The XML of a worksheet; `table` may be markup."""
    data = table if isinstance(table, str) else rows_of(table)
    return f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{LINK}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def styles(*codes: str | int) -> str:
    """A `styles.xml` whose style 1 has the first of these formats, and so on; a number is a built-in format."""
    formats = "".join(
        f'<numFmt numFmtId="{164 + i}" formatCode={quoteattr(code)}/>'
        for i, code in enumerate(codes)
        if isinstance(code, str)
    )
    shapes = "".join(
        f'<xf numFmtId="{164 + i if isinstance(code, str) else code}" applyNumberFormat="1"/>'
        for i, code in enumerate(codes)
    )
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="{len(codes)}">{formats}</numFmts>'
        f'<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(codes) + 1}"><xf numFmtId="0"/>{shapes}</cellXfs></styleSheet>'
    )


def texts(*items: str) -> str:
    """A table of texts; an item may be markup."""
    inner = "".join(f"<si>{item if item.startswith('<') else f'<t>{escape(item)}</t>'}</si>" for item in items)
    return f'{HEAD}<sst xmlns="{MAIN}" count="{len(items)}" uniqueCount="{len(items)}">{inner}</sst>'


def parts(
    sheets: Iterable[str],
    *,
    names: Iterable[str] = (),
    states: Iterable[str] = (),
    style: str = "",
    strings: str = "",
    book: str = "",
    links: str = "",
) -> dict[str, bytes]:
    """The parts of a workbook; `book` goes before its list of sheets, `links` among its links."""
    sheets = list(sheets)
    names = [*names, *(f"Sheet{i}" for i in range(1, len(sheets) + 1))][: len(sheets)]
    states = [*states, *([""] * len(sheets))][: len(sheets)]
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}"{f" state={quoteattr(state)}" if state else ""} r:id="rId{i}"/>'
        for i, (name, state) in enumerate(zip(names, states, strict=True), 1)
    )
    targets = "".join(
        f'<Relationship Id="rId{i}" Type="{LINK}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    targets += f'<Relationship Id="rId900" Type="{LINK}/styles" Target="styles.xml"/>' if style else ""
    targets += f'<Relationship Id="rId901" Type="{LINK}/sharedStrings" Target="sharedStrings.xml"/>' if strings else ""
    main = f'<Relationship Id="rId1" Type="{LINK}/officeDocument" Target="xl/workbook.xml"/>'
    found = {
        "[Content_Types].xml": _content_types(len(sheets), style=bool(style), strings=bool(strings)),
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}">{main}</Relationships>',
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINK}">{book}<sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}">{targets}{links}</Relationships>',
    }
    found |= {f"xl/worksheets/sheet{i}.xml": text for i, text in enumerate(sheets, 1)}
    found |= {"xl/styles.xml": style} if style else {}
    found |= {"xl/sharedStrings.xml": strings} if strings else {}
    return {name: text.encode() for name, text in found.items()}


def _content_types(sheets: int, *, style: bool, strings: bool) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = {"/xl/workbook.xml": f"{kind}.sheet.main+xml"}
    overrides |= {f"/xl/worksheets/sheet{i}.xml": f"{kind}.worksheet+xml" for i in range(1, sheets + 1)}
    overrides |= {"/xl/styles.xml": f"{kind}.styles+xml"} if style else {}
    overrides |= {"/xl/sharedStrings.xml": f"{kind}.sharedStrings+xml"} if strings else {}
    listed = "".join(f'<Override PartName="{part}" ContentType="{name}"/>' for part, name in overrides.items())
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def zipped(found: dict[str, bytes]) -> bytes:
    """A ZIP of these parts, the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, data)
    return buffer.getvalue()


def workbook(sheets: Iterable[str], **more: object) -> bytes:
    return zipped(parts(sheets, **more))  # type: ignore[arg-type]  # keywords of `parts`


def ole(stream: str) -> bytes:
    """The start of an OLE file with a stream of this name: an old .xls, or a file with a password."""
    directory = "Root Entry".encode("utf-16-le").ljust(128, b"\0") + stream.encode("utf-16-le").ljust(128, b"\0")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + directory.ljust(512, b"\0")


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha ha ha ha ha ha ha ha ">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"ha" * 20_000}">]>'


def workbook_files() -> dict[str, bytes]:
    """Each workbook of the fixtures."""
    people: list[list[object]] = [["first_name", "city"], ["Ann", "Oslo"], ["Bob", "Rome"]]
    simple = sheet(people)
    return {
        "plain.xlsx": workbook([simple], names=["Leads"]),
        **_ranges(people),
        **_values(),
        **_formats(),
        **_sheets(simple),
        **_writers(people),
        **_damage(people),
        **_bombs(people),
        **_others(simple),
    }


def _ranges(people: list[list[object]]) -> dict[str, bytes]:
    """Where cells stand."""
    offset = rows_of(people, first=5, left=2)
    hidden = rows_of([*people, ["Cid", "Bonn"], ["Dee", "Nice"]], hidden=[3, 5])
    gaps = '<row r="2"><c r="B2" s="1"/></row><row r="4"/>' + rows_of(people, first=7)
    beyond: list[list[object]] = [
        ["name", "city"],
        ["Ann", "Oslo"],
        ["Bob", "Rome", None, "call him"],
        ["Cid", "Bonn", None, " "],
    ]
    blank = rows_of(people) + "".join(f'<row r="{n}" s="1"><c r="A{n}" s="1"/></row>' for n in range(4, 2_000))
    return {
        "dimension_too_small.xlsx": workbook([sheet(people, before='<dimension ref="A1:A2"/>')]),
        "dimension_of_the_whole_sheet.xlsx": workbook([sheet(people, before='<dimension ref="A1:XFD1048576"/>')]),
        "dimension_of_nonsense.xlsx": workbook([sheet(people, before='<dimension ref="nonsense"/>')]),
        "table_at_c5.xlsx": workbook([sheet(offset)]),
        "blank_rows_keep_numbers.xlsx": workbook([sheet(gaps)], style=styles("0.00")),
        "title_lines.xlsx": workbook([sheet([["Spring leads"], [], *people])]),
        "headers_double_and_blank.xlsx": workbook([sheet([["name", None, "name"], ["Ann", "x", "Bob"]])]),
        "value_right_of_the_headers.xlsx": workbook([sheet(beyond)]),
        "rows_hidden.xlsx": workbook([sheet(hidden)]),
        "rows_filtered.xlsx": workbook([sheet(hidden, after='<autoFilter ref="A1:B5"/>')]),
        "rows_without_height.xlsx": workbook([sheet(rows_of(people).replace('r="3">', 'r="3" ht="0">', 1))]),
        "rows_all_hidden.xlsx": workbook([sheet(rows_of(people, first=2, hidden=[2, 3, 4]))]),
        "rows_hidden_above_the_headers.xlsx": workbook([sheet(rows_of([["x"], *people], hidden=[1]))]),
        "rows_blank_but_styled.xlsx": workbook([sheet(blank)], style=styles("0.00")),
        "cells_merged.xlsx": workbook(
            [
                sheet(
                    [["team", "name"], ["Red", "Ann"], [None, "Bob"]],
                    after='<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>',
                )
            ]
        ),
        "headers_only.xlsx": workbook([sheet([["name", "city"]])]),
        "sheet_blank.xlsx": workbook([sheet("")]),
    }


def _values() -> dict[str, bytes]:
    """What stands in cells."""
    formulas = rows_of(
        [
            ["name", "greeting"],
            ["Ann", raw("str", "<v>Hi Ann</v>", at="B2", formula='"Hi "&amp;A2')],
            ["Bob", '<c r="B3"><f>"Hi "&amp;A3</f></c>'],
            ["Cid", '<c r="B4"><f>A4</f><v></v></c>'],
            ["Dee", raw("str", "<v></v>", at="B5", formula='""')],
            ["Eve", '<c r="B6"><f t="shared" si="0"/></c>'],
            ["Fay", raw("n", "<v>0</v>", at="B7", formula="1-1")],
            ["Gus", raw("b", "<v>1</v>", at="B8", formula="TRUE()")],
        ]
    )
    errors = ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#VALUE!", "#NULL!", "#NUM!", "#SPILL!"]
    wrong = rows_of(
        [["name", "value"], *([f"row {n}", raw("e", f"<v>{e}</v>", at=f"B{n}")] for n, e in enumerate(errors, 2))]
    )
    rich = "<r><rPr><b/></rPr><t>Hello </t></r><r><t xml:space='preserve'>big </t></r><r><t>world</t></r>"
    aids = '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>'
    shared = texts(
        "first_name", "note", rich, aids, "", "  spaces  ", "line_x000D_\none", "_x005F_x000D_", "_xD800__xFFFE__x0000_"
    )
    table = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{a}</v></c><c r="B{n}" t="s"><v>{b}</v></c></row>'
        for n, (a, b) in enumerate([(0, 1), (2, 3), (4, 5), (6, 7), (8, 2)], 1)
    )
    numbers: list[list[object]] = [["id", "number"]]
    numbers += [["whole", 7], ["float", 0.1 + 0.2], ["e", raw("n", "<v>1E-5</v>", at="B4")]]
    numbers += [["fifteen", 123456789012345], ["sixteen", 1234567890123456], ["minus", -1234567890123456789]]
    numbers += [
        ["whole float", 3.0],
        ["large", raw("n", "<v>1.5E+300</v>", at="B9")],
        ["nothing", "<c r='B10'><v/></c>"],
        ["nineteen, but round", raw("n", "<v>9.2E+19</v>", at="B11")],
        ["cut by Excel", 1234567890123450],
        ["round to the eleventh", 1234567890100000],
        ["ten and zeros", -1234567890000000],
    ]
    remainders = [
        ["name", "city"],
        ['<c r="A2" t="inlineStr"><v>7</v><is><t>Ann</t></is></c>', "Oslo"],
        [
            '<c r="A3" t="inlineStr"><is><t>Bob</t></is><v>7</v></c>',
            raw("str", "<v>Rome</v><is><t>x</t></is>", at="B3"),
        ],
        [raw("inlineStr", "<v>Cid</v>", at="A4"), raw("n", "<is><t>8</t></is><v>7</v>", at="B4")],
    ]
    odd = ["007", "None", "NA", "=1+1", "+49 171", "\t tab", "a\nb", "'quoted", "🎬 “film”", "TRUE"]
    return {
        "formulas_without_values.xlsx": workbook([sheet(formulas)]),
        "formulas_of_a_program.xlsx": workbook([sheet(formulas)], book='<calcPr calcId="1" fullCalcOnLoad="1"/>'),
        "errors.xlsx": workbook([sheet(wrong)]),
        "texts_rich_and_escaped.xlsx": workbook([sheet(table)], strings=shared),
        "texts_beside_values.xlsx": workbook([sheet(remainders)]),
        "numbers_long_and_short.xlsx": workbook([sheet(numbers)]),
        "texts_that_look_like_others.xlsx": workbook([sheet([["text", "row"], *([t, i] for i, t in enumerate(odd))])]),
        "booleans.xlsx": workbook(
            [sheet([["name", "skip"], ["Ann", True], ["Bob", False], ["Cid", raw("b", "<v>true</v>", at="B4")]])]
        ),
    }


def _formats() -> dict[str, bytes]:
    """How numbers are shown."""
    shown: list[tuple[str | int, object]] = [
        ("00000", 417), (9, 0.25), (10, 0.125), ('"$"#,##0.00', 1234.5), ("#,##0.00\\ [$€-407]", -1234.5),
        (37, -1234), (3, 1234567), ("(000) 000-0000", 5551234567), ("00000-0000", 123456789), ("000-00-0000", 12345678),
        ('"SKU-"0000', 42), (11, 12345), (12, 1.5), ('0.0,,"M"', 12_345_678), ("[>=1000]0.0,\"K\";0", 1500),
        (44, 0), (2, 1.005), ("@", 42), ('@" Inc."', "Acme"), (";;;", "secret"), (";;;", 5), ('0;-0;;@', 0),
        ("[Red]-0.0;[Blue]0.0", 2.5), ('General" kg"', 2.5),
    ]  # fmt: skip
    dates: list[tuple[str | int, object]] = [
        (14, 46085), (22, 46085.75), ("dd.mm.yyyy", 46085), ("d\\ mmmm\\ yyyy", 46085), ("[$-407]d. mmmm yyyy", 46085),
        ("[$-409]m/d/yy h:mm AM/PM;@", 46085.75), ("[$-F800]dddd, mmmm dd, yyyy", 46085), ("[$-40C]d mmm yy", 46085),
        ("[$-411]ggge", 46085), (31, 46085), ("yyyy-mm-dd hh:mm:ss", 46085.999999), (14, 0), (14, -1), (14, 60),
        (14, 1), (14, 2_958_466), (20, 0.604166666666667), (46, 1.0423611111), ("[mm]:ss", 0.0625),
        ("mm:ss.0", 0.00123), ("hh:mm", 46085.5),
    ]  # fmt: skip

    more = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
    extended = (
        f'<workbookPr date1904="1"/><extLst><ext uri="x" xmlns:x15="{more}"><x15:workbookPr chartTrackingRefBase="1"/>'
        f'<sheets xmlns="{more}"><sheet name="Ghost" sheetId="7" r:id="rId1"/></sheets></ext></extLst>'
    )

    def book(items: list[tuple[str | int, object]], **more: str) -> bytes:
        table: list[list[object]] = [["format", "value"]]
        table += [[str(code), (value, index)] for index, (code, value) in enumerate(items, 1)]
        return workbook([sheet(table)], style=styles(*(code for code, _ in items)), **more)

    iso: list[list[object]] = [
        ["when", "n"],
        [raw("d", "<v>2026-03-04</v>", at="A2"), 1],
        [raw("d", "<v>2026-03-04T18:30:00Z</v>", at="A3"), 2],
    ]
    iso += [[raw("d", "<v>18:30:00</v>", at="A4"), 3], [raw("d", "<v>2026-03-04</v>", at="A5", style=1), 4]]
    return {
        "formats_of_numbers.xlsx": book(shown),
        "formats_of_dates.xlsx": book(dates),
        "formats_of_dates_from_1904.xlsx": book(dates[:6], book='<workbookPr date1904="1"/>'),
        "formats_of_dates_from_1904_extended.xlsx": book(dates[:6], book=extended),
        "dates_in_words.xlsx": workbook([sheet(iso)], style=styles("dd.mm.yyyy")),
    }


def _sheets(simple: str) -> dict[str, bytes]:
    """Which sheet is meant."""
    other, blank = sheet([["colour", "size"], ["red", 5]]), sheet('<row r="1"><c r="A1"/></row>')
    chart = f'<Relationship Id="rId2" Type="{LINK}/chartsheet" Target="chartsheets/sheet1.xml"/>'
    charted = parts([simple], names=["Leads"])
    charted["xl/workbook.xml"] = charted["xl/workbook.xml"].replace(
        b"<sheets>", b'<sheets><sheet name="Chart" sheetId="9" r:id="rId2"/>'
    )
    rels = "xl/_rels/workbook.xml.rels"
    charted[rels] = charted[rels].replace(b"</Relationships>", chart.encode() + b"</Relationships>")
    charted["xl/chartsheets/sheet1.xml"] = b"<chartsheet/>"
    return {
        "sheets_two.xlsx": workbook([other, simple], names=["Colours", "Leads"]),
        "sheets_two_alike.xlsx": workbook([simple, simple], names=["Spring", "Autumn"]),
        "sheets_two_but_one_blank.xlsx": workbook([blank, simple], names=["Sheet1", "Leads"]),
        "sheets_two_but_one_hidden.xlsx": workbook([other, simple], names=["Lists", "Leads"], states=["hidden"]),
        "sheets_two_but_one_very_hidden.xlsx": workbook(
            [other, simple], names=["Lists", "Leads"], states=["veryHidden"]
        ),
        "sheet_with_a_state_of_its_own.xlsx": workbook([simple], names=["Leads"], states=["show"]),
        "sheets_all_hidden.xlsx": workbook([simple], names=["Leads"], states=["hidden"]),
        "sheet_name_with_signs.xlsx": workbook([simple], names=["Leads & “more” <3"]),
        "sheet_of_a_chart_first.xlsx": zipped(charted),
    }


def _writers(people: list[list[object]]) -> dict[str, bytes]:
    """What some programs write otherwise than Excel."""
    simple = sheet(people)
    plain = parts([simple], names=["Leads"], style=styles("0.00"))
    bare = "".join(f"<row>{''.join(cell(value) for value in row)}</row>" for row in people)
    prefixed = simple.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
    wide = simple.replace("UTF-8", "UTF-16").encode("utf-16")
    big = simple.replace("UTF-8", "UTF-16BE")
    strict = {
        name: data.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            LINK.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, data in plain.items()
    }
    careless = {name.replace("xl/", "xl\\").replace("sheet1", "Sheet1"): data for name, data in plain.items()}
    absolute = dict(plain)
    rels = "xl/_rels/workbook.xml.rels"
    absolute[rels] = absolute[rels].replace(b'Target="worksheets', b'Target="/xl/worksheets')
    moved = {name.replace("xl/", "book/").replace("workbook.xml", "main.xml"): data for name, data in plain.items()}
    moved["_rels/.rels"] = moved["_rels/.rels"].replace(b"xl/workbook.xml", b"/book/main.xml")
    theme = plain | {"xl/theme/theme1.xml": b"<broken", "docProps/core.xml": b"<broken", "xl/vbaProject.bin": b"\0\1\2"}
    links = f'<Relationship Id="rId5" Type="{LINK}/externalLink" Target="file:///etc/passwd" TargetMode="External"/>'
    return {
        "writer_without_references.xlsx": workbook([sheet(bare)], names=["Leads"]),
        "writer_with_prefixes.xlsx": zipped(plain | {"xl/worksheets/sheet1.xml": prefixed.encode()}),
        "writer_in_utf16.xlsx": zipped(plain | {"xl/worksheets/sheet1.xml": wide}),
        "writer_in_utf16_big.xlsx": zipped(
            {
                name: data.decode().replace("UTF-8", "UTF-16BE").encode("utf-16-be") if name.startswith("xl/") else data
                for name, data in plain.items()
            }
        ),
        "writer_in_utf16_big_with_mark.xlsx": zipped(
            plain | {"xl/worksheets/sheet1.xml": b"\xfe\xff" + big.encode("utf-16-be")}
        ),
        "writer_of_extensions.xlsx": zipped(plain | {"xl/worksheets/sheet1.xml": _extended(simple).encode()}),
        "writer_of_strict_files.xlsx": zipped(strict),
        "writer_with_backslashes.xlsx": zipped(careless),
        "writer_with_absolute_links.xlsx": zipped(absolute),
        "writer_with_parts_elsewhere.xlsx": zipped(moved),
        "writer_without_styles.xlsx": workbook([simple], names=["Leads"]),
        "writer_of_broken_extras.xlsx": zipped(theme),
        "macros.xlsm": zipped(theme),
        "links_to_other_files.xlsx": workbook([simple], names=["Leads"], links=links),
        "style_that_is_not_there.xlsx": workbook([sheet([["zip"], [(417, 99)]])], style=styles("00000")),
    }


def _extended(simple: str) -> str:
    """The sheet with an extension in each place that allows one, whose elements are called as its own are."""
    foreign = 'xmlns="urn:another"'
    ghost = f'<row {foreign} r="9" hidden="1"><c r="A9"><v>1</v></c></row>'
    return (
        simple.replace("</c>", f"<extLst><ext><f {foreign}>1</f><v {foreign}>x</v></ext></extLst></c>", 1)
        .replace("</row>", f"<extLst><ext>{ghost}</ext></extLst></row>")
        .replace("</sheetData>", f"</sheetData><extLst><ext>{ghost}</ext></extLst>")
    )


def _damage(people: list[list[object]]) -> dict[str, bytes]:
    """What no reader can put right."""
    good = workbook([sheet(people)], names=["Leads"])
    no_texts = parts([sheet('<row r="1"><c r="A1" t="s"><v>3</v></c></row>')], names=["Leads"], strings=texts("name"))
    no_sheet = {name: data for name, data in parts([sheet(people)]).items() if "sheet1" not in name}
    number = rows_of([["name", "n"], ["Ann", raw("n", "<v>1_000</v>", at="B2")]])
    kind = rows_of([["name", "n"], ["Ann", raw("zz", "<v>1</v>", at="B2")]])
    when = rows_of([["name", "n"], ["Ann", raw("d", "<v>yesterday</v>", at="B2")]])
    order = '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>'
    locked = bytearray(good)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        while at >= 0:
            locked[at + place] |= 1
            at = locked.find(mark, at + 4)

    def leads(data: str) -> bytes:
        return workbook([sheet(data)], names=["Leads"])

    broken = sheet(rows_of(people))
    no_end = parts([simple_texts()], names=["Leads"], strings=texts("name", "city"))
    no_end["xl/sharedStrings.xml"] = no_end["xl/sharedStrings.xml"].removesuffix(b"</si></sst>")
    return {
        "damage_of_a_sheet_without_end.xlsx": workbook([broken[: broken.index("</sheetData>")]], names=["Leads"]),
        "damage_of_texts_without_end.xlsx": zipped(no_end),
        "damage_cut_off.xlsx": good[: len(good) // 2],
        "damage_in_the_middle.xlsx": _flipped(good),
        "damage_of_tags.xlsx": leads('<row r="1"><c r="A1"><v>1</v></row></c>'),
        "damage_row_number_absurd.xlsx": leads(rows_of(people) + '<row r="99999999999"><c><v>1</v></c></row>'),
        "damage_row_number_beyond.xlsx": leads(rows_of(people) + '<row r="1048577"><c><v>1</v></c></row>'),
        "damage_row_number_no_number.xlsx": leads('<row r="-1"><c><v>1</v></c></row>'),
        "damage_rows_backwards.xlsx": leads('<row r="5"><c><v>1</v></c></row><row r="4"><c><v>1</v></c></row>'),
        "damage_row_twice.xlsx": leads(rows_of(people) + '<row r="3"><c r="A3"><v>1</v></c></row>'),
        "damage_column_absurd.xlsx": leads('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'),
        "damage_column_beyond.xlsx": leads('<row r="1"><c r="XFE1"><v>1</v></c></row>'),
        "damage_cell_of_another_row.xlsx": leads('<row r="1"><c r="A2"><v>1</v></c></row>'),
        "damage_cells_out_of_order.xlsx": leads(order),
        "damage_text_not_in_the_table.xlsx": zipped(no_texts),
        "damage_number.xlsx": leads(number),
        "damage_type.xlsx": leads(kind),
        "damage_date.xlsx": leads(when),
        "damage_sheet_missing.xlsx": zipped(no_sheet),
        "damage_of_another_namespace.xlsx": workbook([sheet(people).replace(MAIN, "urn:another")], names=["Leads"]),
        "damage_locked_entries.xlsx": bytes(locked),
    }


def simple_texts() -> str:
    return sheet('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>')


def _flipped(data: bytes) -> bytes:
    """The same file with some bytes of the packed sheet changed."""
    at = data.find(b"xl/worksheets/sheet1.xml") + 60
    return data[:at] + bytes(255 - byte for byte in data[at : at + 20]) + data[at + 20 :]


def _bombs(people: list[list[object]]) -> dict[str, bytes]:
    """Small files that would unfold without end."""
    in_sheet = sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row>')
    shared = sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')

    def laughing(text: str, doctype: str = LAUGHS) -> str:
        return text.replace(HEAD, HEAD + doctype)

    quadratic = sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>' + "&a;" * 5_000 + "</t></is></c></row>")
    outside = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
    return {
        "bomb_of_entities_in_the_sheet.xlsx": workbook([laughing(in_sheet)]),
        "bomb_of_entities_in_the_texts.xlsx": workbook([shared], strings=laughing(texts("<t>&i;</t>"))),
        "bomb_of_entities_in_the_styles.xlsx": workbook([sheet(people)], style=laughing(styles("&i;"))),
        "bomb_of_entities_quadratic.xlsx": workbook([laughing(quadratic, QUADRATIC)]),
        "bomb_of_entities_from_outside.xlsx": workbook([laughing(in_sheet, outside)]),
    }


def _others(simple: str) -> dict[str, bytes]:
    """Files of another kind."""
    return {
        "csv_named.xlsx": b"name,city\r\nAnn,Oslo\r\n",
        "nothing.xlsx": b"",
        "password.xlsx": ole("EncryptedPackage"),
        "old_workbook_named.xlsx": ole("Workbook"),
        "ole_of_another_kind.xlsx": ole("Contents"),
        "web_page_named.xlsx": b"<html><body><table><tr><td>name</td></tr></table></body></html>",
        "opendocument_named.xlsx": zipped({"mimetype": b"application/vnd.oasis", "content.xml": b"<x/>"}),
        "binary_workbook_named.xlsx": zipped({"xl/workbook.bin": b"\x83\x01", "xl/worksheets/sheet1.bin": b"\0"}),
        "numbers_named.xlsx": zipped({"Index/Document.iwa": b"\0", "preview.jpg": b"\xff\xd8"}),
        "word_document_named.xlsx": zipped({"word/document.xml": b"<x/>"}),
        "zip_of_a_csv_named.xlsx": zipped({"leads.csv": b"name\nAnn\n"}),
        "zip_of_nothing.xlsx": zipped({}),
        "old_workbook.xls": ole("Workbook"),
        "opendocument.ods": zipped({"content.xml": b"<x/>"}),
        "binary_workbook.xlsb": zipped({"xl/workbook.bin": b"\x83\x01"}),
        "document.numbers": zipped({"Index/Document.iwa": b"\0"}),
        "letter.docx": zipped({"word/document.xml": b"<x/>"}),
    }


# -- oversized files: small on disk or cheap to make, and too large for memory or patience -----------------------------


def _xlsx_of(target: Path, pieces: Iterator[bytes], *, part: str = "xl/worksheets/sheet1.xml", **more: str) -> None:
    """A workbook one part of which is written piece by piece."""
    rest = parts([sheet("")], strings=more.pop("strings", ""), style=styles("0.00"), **more)
    rest.pop(part, None)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in rest.items():
            archive.writestr(name, data)
        with archive.open(part, "w") as file:
            for piece in pieces:
                file.write(piece)


def _sheet_pieces(pieces: Iterable[str]) -> Iterator[bytes]:
    start, end = sheet("\0").split("\0")
    yield start.encode()
    for piece in pieces:
        yield piece.encode()
    yield end.encode()


def _batches(count: int, make: Callable[[int], str], size: int = 5_000) -> Iterator[str]:
    for first in range(1, count + 1, size):
        yield "".join(make(n) for n in range(first, min(first + size, count + 1)))


def _header() -> str:
    return rows_of([["name", "city"], ["Ann", "Oslo"]])


def million_styled_rows(target: Path) -> None:
    """A hundred real rows, then formats down to the last row of the sheet."""
    _xlsx_of(
        target,
        _sheet_pieces(
            [
                rows_of([["name", "city"], *([f"Ann {n}", "Oslo"] for n in range(2, 102))]),
                *_batches(
                    1_048_474,
                    lambda n: f'<row r="{n + 101}" s="1"><c r="A{n + 101}" s="1"/><c r="B{n + 101}" s="1"/></row>',
                ),
            ]
        ),
    )


def million_styled_rows_and_a_last_value(target: Path) -> None:
    """Formats down to the last row but one, in every eighth of them, and a value in the very last: it must be found."""
    _xlsx_of(
        target,
        _sheet_pieces(
            [
                _header(),
                *_batches(131_071, lambda n: f'<row r="{8 * n}" s="1"><c r="A{8 * n}" s="1"/></row>'),
                '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>Zoe</t></is></c></row>',
            ]
        ),
    )


def zip_bomb(target: Path) -> None:
    """Spaces without end in a few bytes."""
    _xlsx_of(target, _sheet_pieces(" " * 1_000_000 for _ in range(50)))


def bomb_of_cells(target: Path) -> None:
    """As many filled cells as fit."""
    row = "".join("<c><v>1</v></c>" for _ in range(1_000))
    _xlsx_of(target, _sheet_pieces([_header(), *(f"<row>{row}</row>" for _ in range(1_000))]))


def bomb_of_distinct_cells(target: Path) -> None:
    """Hundreds of thousands of cells, no two alike."""

    def row(number: int) -> str:
        return f"<row>{''.join(f'<c><v>{number}.{i}</v></c>' for i in range(1, 10))}</row>"

    _xlsx_of(target, _sheet_pieces([_header(), *_batches(40_000, row)]))


def bomb_of_blank_cells(target: Path) -> None:
    """More than a million of the shortest tags, and one value behind them."""
    row = f"<row>{'<c/>' * 16_000}</row>"
    _xlsx_of(target, _sheet_pieces([_header(), *(row for _ in range(80)), "<row><c><v>1</v></c></row>"]))


def bomb_of_wide_rows(target: Path) -> None:
    """Each row has one cell, in the last column."""
    _xlsx_of(
        target,
        _sheet_pieces(
            ['<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>',
             *_batches(225_000, lambda n: f'<row r="{n + 1}"><c r="XFD{n + 1}"><v>1</v></c></row>')]
        ),
    )  # fmt: skip


def bomb_of_small_texts(target: Path) -> None:
    """A table of hundreds of thousands of texts."""
    start, end = texts("\0").split("<si><t>\0</t></si>")
    pieces = [
        start.encode(),
        *(p.encode() for p in _batches(400_000, lambda n: f"<si><t>{n:x}</t></si>")),
        end.encode(),
    ]
    _xlsx_of(target, iter(pieces), part="xl/sharedStrings.xml", strings="x")


def bomb_of_one_text(target: Path) -> None:
    """One text of a hundred million characters."""
    start, end = texts("\0").split("\0")
    pieces = [start.encode(), *(b"ha" * 1_000_000 for _ in range(50)), end.encode()]
    _xlsx_of(target, iter(pieces), part="xl/sharedStrings.xml", strings="x")


def bomb_of_one_tag(target: Path) -> None:
    """A tag that goes on for a hundred million characters."""
    pieces = ['<row r="1" spans="', *("1" * 1_000_000 for _ in range(100)), '"><c><v>1</v></c></row>']
    _xlsx_of(target, _sheet_pieces(pieces))


def bomb_of_styles(target: Path) -> None:
    """Millions of cell formats."""
    start, end = styles().split('<xf numFmtId="0"/></cellXfs>')
    pieces = [start.encode(), *(b"<xf/>" * 100_000 for _ in range(100)), b"</cellXfs>" + end.encode()]
    _xlsx_of(target, iter(pieces), part="xl/styles.xml")


def bomb_of_entries(target: Path, *, hidden: bool = False) -> None:
    """A ZIP that lists more files than anyone can count."""
    entry = b"PK\x01\x02" + bytes(24) + b"\x01\x00" + bytes(16) + b"a"
    count = 1_000_000
    size = count * len(entry)
    with target.open("wb") as file:
        file.write(b"PK\x03\x04".ljust(31, b"\0"))
        for _ in range(count // 1_000):
            file.write(entry * 1_000)
        if hidden:
            numbers = (44, 45 << 16 | 45, 0, count, count, size, 31)
            file.write(b"PK\x06\x06" + struct.pack("<QIQQQQQ", *numbers))
            file.write(b"PK\x06\x07" + struct.pack("<LQL", 0, 31 + size, 1))
        file.write(b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, 0 if hidden else size, 31, 0))


def bomb_of_hidden_entries(target: Path) -> None:
    """The same, its true size in the record for sizes beyond 32 bits."""
    bomb_of_entries(target, hidden=True)


def columns_to_the_last(target: Path) -> None:
    """Rows of 16,384 cells, all that a sheet has."""
    table: list[list[object]] = [[f"h{n}" for n in range(16_384)]]
    table += [[n] * 16_384 for n in range(4)]
    target.write_bytes(workbook([sheet(table)]))


def csv_too_large(target: Path) -> None:
    with target.open("wb") as file:
        file.write(b"name,script\r\n")
        file.truncate(200_000_001)


def csv_of_separators(target: Path) -> None:
    """One line of ninety million cells."""
    with target.open("wb") as file:
        file.write(b"name,script\r\n")
        for _ in range(90):
            file.write(b"," * 1_000_000)


def csv_of_line_ends(target: Path) -> None:
    with target.open("wb") as file:
        file.write(b"name,script\r\nAnn,Hi\r\n")
        for _ in range(90):
            file.write(b"\n" * 1_000_000)


def csv_of_one_cell(target: Path) -> None:
    """A quotation mark that never closes, in a large file."""
    with target.open("wb") as file:
        file.write(b'name,script\r\nAnn,Hi\r\nBob,"')
        for _ in range(1_000_000):
            file.write(b"and so on and so on and so on, and so on,\r\n")


def a_32nd_of_300000_rows_csv(target: Path) -> None:
    with target.open("wb") as file:
        file.write(b"a,b,c,d,e,f,g,h,i,j\n")
        for row in range(9_375):
            file.write(",".join(f"text {row}.{i}" for i in range(10)).encode() + b"\n")


def csv_of_distinct_cells(target: Path) -> None:
    with target.open("wb") as file:
        file.write(b"a,b,c,d,e,f,g,h,i,j\n")
        for row in range(0, 1_000_000, 10):
            file.write(",".join(f"{n:x}" for n in range(row, row + 10)).encode() + b"\n")


OVERSIZED: dict[str, Callable[[Path], None]] = {
    "million_styled_rows.xlsx": million_styled_rows,
    "million_styled_rows_and_a_last_value.xlsx": million_styled_rows_and_a_last_value,
    "columns_to_the_last.xlsx": columns_to_the_last,
    "zip_bomb.xlsx": zip_bomb,
    "bomb_of_cells.xlsx": bomb_of_cells,
    "bomb_of_distinct_cells.xlsx": bomb_of_distinct_cells,
    "bomb_of_blank_cells.xlsx": bomb_of_blank_cells,
    "bomb_of_wide_rows.xlsx": bomb_of_wide_rows,
    "bomb_of_small_texts.xlsx": bomb_of_small_texts,
    "bomb_of_one_text.xlsx": bomb_of_one_text,
    "bomb_of_one_tag.xlsx": bomb_of_one_tag,
    "bomb_of_styles.xlsx": bomb_of_styles,
    "bomb_of_entries.xlsx": bomb_of_entries,
    "bomb_of_hidden_entries.xlsx": bomb_of_hidden_entries,
    "csv_too_large.csv": csv_too_large,
    "csv_of_separators.csv": csv_of_separators,
    "csv_of_line_ends.csv": csv_of_line_ends,
    "csv_of_one_cell.csv": csv_of_one_cell,
    "csv_bomb_of_distinct_cells.csv": csv_of_distinct_cells,
    "a_32nd_of_300000_rows.csv": a_32nd_of_300000_rows_csv,
}


def files() -> dict[str, bytes]:
    """The whole fixtures."""
    return csv_files() | workbook_files()


def main(arguments: list[str]) -> None:
    FIXTURES.mkdir(exist_ok=True)
    made = files()
    for name, data in made.items():
        (FIXTURES / name).write_bytes(data)
    for name, make in OVERSIZED.items() if arguments else ():
        make(Path(arguments[0]) / name)


if __name__ == "__main__":
    main(sys.argv[1:])
