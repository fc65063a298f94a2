"""A row whose values do not stand under its headers is never paid for: not from the sheet, its results or its copy."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from bulkgen.kinds.account import Account
from bulkgen.model import Cell, Row, Table
from bulkgen.results.entries import entries
from bulkgen.results.listing import is_listing
from bulkgen.results.marked import write_marked
from bulkgen.results.table import results_table
from bulkgen.results.writers import write_results
from bulkgen.rows.built import Built
from bulkgen.rows.margin import Margin
from bulkgen.sheet import read_sheet
from tests.command import bulkgen, results
from tests.making import built, table

LEADS = "avatar_id,script,first_name,crm\n"
GOOD = 'look_ann,"Hello Tim, hi",Tim,1\n'

#: Each has a good row 2 and a faulty row 3, and says what stands in the results in the nameless column of row 3.
FAULTY = {
    "a_cell_too_many_and_a_blank_last": (
        f"{LEADS}{GOOD}look_ann,Hello Zoe, great to see you at the fair.,Zoe,\n",
        "[has 5 cells, the header line only 4]",
    ),
    "cells_too_many": (f"{LEADS}{GOOD}look_ann,Hello Zoe, great, to see you.,Zoe,2\n", "Zoe | 2"),
    "cells_too_few": (f"{LEADS}{GOOD}look_ann,Hello Zoe,2\n", "[has 3 cells, the header line 4]"),
    "under_a_nameless_header": (
        "avatar_id,script,first_name,crm,\nlook_ann,Hello Bob,Bob,2,\nlook_ann,Hello Ann, great to see you,Ann,1\n",
        "1",
    ),
}


def offline(sheet: Table) -> Built:
    return built(sheet, Account())


def again(path: Path) -> Table:
    return read_sheet(path, recognise=lambda headers: not is_listing(headers))


def round_of(sheet: Table, path: Path) -> Table:
    """The results of a sheet of which nothing was sent yet, read again."""
    return read_sheet(write_results(results_table(sheet, entries(offline(sheet).rows, {}), {}), path))


def invalid(sheet: Table) -> list[int]:
    return [row.source.number for row in offline(sheet).rows if row.invalid]


def written(tmp_path: Path, text: str) -> Table:
    (tmp_path / "leads.csv").write_text(text)
    return read_sheet(tmp_path / "leads.csv")


def workbook(tmp_path: Path, *rows: Sequence[object]) -> Table:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(tmp_path / "leads.xlsx")
    return read_sheet(tmp_path / "leads.xlsx")


def doubtful() -> Table:
    fault = "has a quotation mark inside a cell, so it can't be told where that cell ends"
    sheet = table(["avatar_id", "script", "crm"], ["look_ann", "Hi", "1"], ["look_ann", 'He said "ha', "2"])
    rows = (sheet.rows[0], Row(3, sheet.rows[1].cells, unusable=fault))
    return Table(sheet.name, sheet.headers, rows, delimiter=",")


# The row ------------------------------------------------------------------------------------------------------------


def test_a_value_under_a_nameless_last_header_is_a_mistake_at_its_own_cell(tmp_path: Path) -> None:
    sheet = written(tmp_path, FAULTY["under_a_nameless_header"][0])
    (found,) = offline(sheet).mistakes
    assert sheet.where(found.row, found.column) == "leads!E3"
    assert found.sentence() == (
        "has a value under no header ('1'). Put every value under its header, then clear this cell."
    )


def test_a_workbook_names_the_cell_behind_its_last_header_in_the_same_words(tmp_path: Path) -> None:
    sheet = workbook(tmp_path, ["avatar_id", "script"], ["look_ann", "Hi"], ["look_ann", "Hi", None, "Ann", "1"])
    (found,) = offline(sheet).mistakes
    assert sheet.where(found.row, found.column) == "Sheet!D3"
    assert (found.value, found.cause) == ("Ann", "has a value under no header")
    assert found.fix.endswith("then clear every cell of this row that has no header.")


def test_a_nameless_column_between_the_persons_own_passes_through() -> None:
    sheet = table(["", "avatar_id", "", "script", "result_status"], ["7", "look_ann", "a note", "Hi", "done"])
    assert not invalid(sheet)
    assert results_table(sheet, entries(offline(sheet).rows, {}), {}).headers[:4] == ("", "avatar_id", "", "script")


@pytest.mark.parametrize("behind", [["result_status"], ["", "result_status", "result_error"], ["result_id", "note"]])
def test_columns_that_bulkgen_added_are_no_headers_of_the_person(behind: list[str]) -> None:
    headers = ["avatar_id", "script", "", *behind]
    assert Margin(table(headers)).columns == {at for at, header in enumerate(headers) if not header}
    assert invalid(table(headers, ["look_ann", "Hi", "1"])) == [2]


def test_a_line_with_doubtful_quotation_marks_is_told_what_to_do_about_them() -> None:
    (found,) = offline(doubtful()).mistakes
    assert found.fix.startswith('Put the whole text in quotation marks, with "" for each mark inside it')


# The results --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("name", FAULTY)
def test_a_row_that_does_not_fit_is_still_a_mistake_in_its_results(name: str, ending: str, tmp_path: Path) -> None:
    text, kept = FAULTY[name]
    sheet = written(tmp_path, text)
    assert invalid(sheet) == [3]
    first = round_of(sheet, tmp_path / f"leads.results.{ending}")
    at = first.headers.index("")
    assert first.headers[at + 1] == "result_status"
    assert [row.cell(at).text for row in first.rows] == ["", kept]
    assert [found.column for found in offline(first).mistakes] == [at]
    for before, after in zip(sheet.rows, first.rows, strict=True):
        assert [after.cell(i).text for i in range(at)] == [before.cell(i).text for i in range(at)]

    second = round_of(first, tmp_path / f"second.results.{ending}")
    assert second.headers == first.headers
    assert [row.cells[: at + 1] for row in second.rows] == [row.cells[: at + 1] for row in first.rows]


def test_doubtful_quotation_marks_are_still_in_doubt_in_the_results(tmp_path: Path) -> None:
    first = round_of(doubtful(), tmp_path / "leads.results.csv")
    assert first.rows[1].cell(3).text.startswith("[has a quotation mark inside a cell")
    assert invalid(first) == [3]


def test_a_value_behind_the_last_header_of_a_workbook_is_not_lost(tmp_path: Path) -> None:
    sheet = workbook(tmp_path, ["avatar_id", "script"], ["look_ann", "Hi"], ["look_ann", "Hi", None, 7])
    first = round_of(sheet, tmp_path / "leads.results.xlsx")
    assert (first.headers[2], first.rows[1].cell(2).value) == ("", 7)
    assert invalid(first) == invalid(round_of(first, tmp_path / "second.xlsx")) == [3]


def test_a_value_under_no_header_that_shows_nothing_leaves_its_reason(tmp_path: Path) -> None:
    rows = (Row(2, (Cell("look_ann"), Cell("Hi"), Cell(unusable="is a formula whose value was never computed"))),)
    first = round_of(Table("Leads", ("avatar_id", "script", ""), rows), tmp_path / "leads.results.xlsx")
    assert first.rows[0].cell(2).text == "[is a formula whose value was never computed]"
    assert invalid(first) == [2]


def test_a_skipped_row_that_does_not_fit_is_a_mistake_once_it_is_skipped_no_more(tmp_path: Path) -> None:
    sheet = written(tmp_path, "avatar_id,skip,script,crm\nlook_ann,,Hi,1\nlook_ann,yes,Ho\n")
    first = round_of(sheet, tmp_path / "leads.results.csv")
    assert not invalid(first)
    text = (tmp_path / "leads.results.csv").read_text(encoding="utf-8-sig").replace(",yes,", ",,")
    assert invalid(written(tmp_path, text)) == [3]


def test_a_column_that_the_person_adds_to_the_results_does_not_make_the_row_good(tmp_path: Path) -> None:
    sheet = written(tmp_path, FAULTY["cells_too_many"][0])
    first = round_of(sheet, tmp_path / "leads.results.csv")
    more = Table(first.name, (*first.headers, "note"), first.rows, delimiter=",")
    assert invalid(more) == [3]
    second = round_of(more, tmp_path / "second.results.csv")
    assert second.headers[:7] == ("avatar_id", "script", "first_name", "crm", "note", "", "result_status")
    assert invalid(second) == [3]


def test_a_row_corrected_in_its_results_is_good_and_the_column_goes(tmp_path: Path) -> None:
    first = round_of(written(tmp_path, FAULTY["cells_too_many"][0]), tmp_path / "leads.results.csv")
    cells = [list(row.cells) for row in first.rows]
    cells[1][1:5] = (Cell("Hello Zoe, great, to see you."), Cell("Zoe"), Cell("2"), Cell())
    rows = tuple(Row(row.number, tuple(line)) for row, line in zip(first.rows, cells, strict=True))
    corrected = Table(first.name, first.headers, rows, delimiter=",")
    assert not invalid(corrected)
    assert "" not in round_of(corrected, tmp_path / "second.results.csv").headers


# The copy -----------------------------------------------------------------------------------------------------------

COPIED = {
    **{name: text for name, (text, _) in FAULTY.items()},
    "the_last_column_passes_through": (
        "avatar_id,title,script,crm\n" + "look_ann,T,Hi,1\n" * 5 + "look_ann,Hello Ann,c9\n"
    ),
    "a_nameless_column_inside": (
        "avatar_id,title,,script,crm\n" + "look_ann,T,,Hi,1\n" * 5 + "look_ann,Hello Ann,c9,4\n"
    ),
}


@pytest.mark.parametrize("name", COPIED)
def test_an_untouched_copy_has_the_same_mistakes_at_the_cells_that_its_list_names(name: str, tmp_path: Path) -> None:
    sheet = written(tmp_path, COPIED[name])
    faulty = invalid(sheet)
    assert len(faulty) == 1
    path = write_marked(sheet, offline(sheet).mistakes, tmp_path / "leads.check.xlsx")
    copy = again(path)
    assert invalid(copy) == faulty
    places = [copy.where(found.row, found.column) for found in offline(copy).mistakes]
    listing, marked = load_workbook(path).worksheets
    assert [row[1] for row in listing.iter_rows(values_only=True) if row[0] == "mistake"] == places
    made = marked[places[0].split("!")[1]]
    width = max(i for i, header in enumerate(sheet.headers, 1) if header)
    assert made.column > width
    assert made.fill.start_color.rgb == "00FFC7CE"
    assert "clear " in made.comment.text
    assert all(cell.comment is None for cell in marked[faulty[0]][:width])
    assert [copy.rows[-1].cell(i).text for i in range(width)] == [sheet.rows[-1].cell(i).text for i in range(width)]


def test_a_row_corrected_in_its_copy_as_the_comment_says_is_good(tmp_path: Path) -> None:
    sheet = written(tmp_path, FAULTY["cells_too_few"][0])
    path = write_marked(sheet, offline(sheet).mistakes, tmp_path / "leads.check.xlsx")
    book = load_workbook(path)
    marked = book["leads"]
    assert marked["E3"].comment.text.endswith("then clear this cell.")
    marked["C3"], marked["D3"] = "Zoe", "2"
    book.save(path)
    assert invalid(again(path)) == [3]
    marked["E3"].value = None
    book.save(path)
    assert invalid(again(path)) == []


def test_the_copy_of_a_row_with_doubtful_marks_says_to_look_at_them(tmp_path: Path) -> None:
    sheet = doubtful()
    path = write_marked(sheet, offline(sheet).mistakes, tmp_path / "leads.check.xlsx")
    marked = load_workbook(path)["Leads"]
    assert "with its quotation marks" in marked["D3"].comment.text
    assert marked["A3"].comment is None
    assert invalid(again(path)) == [3]


def test_the_copy_of_results_has_the_mistake_where_the_results_have_it(tmp_path: Path) -> None:
    first = round_of(written(tmp_path, FAULTY["cells_too_many"][0]), tmp_path / "leads.results.csv")
    path = write_marked(first, offline(first).mistakes, tmp_path / "leads.check.xlsx")
    assert load_workbook(path).worksheets[1]["E3"].value == "Zoe | 2"
    assert [(found.row, found.column) for found in offline(again(path)).mistakes] == [(3, 4)]


# The whole command --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("out", ["leads.results.csv", "leads.results.xlsx"])
def test_the_results_of_a_faulty_row_run_again_and_again_send_nothing(out: str, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text(FAULTY["a_cell_too_many_and_a_blank_last"][0])
    first = bulkgen(tmp_path, "run", "leads.csv", "--sandbox", "--skip-invalid", "--out", out)
    assert first.returncode == 3
    for _ in range(2):
        rerun = bulkgen(tmp_path, "run", out, "--sandbox", "--out", out)
        assert (rerun.returncode, "!E3" in rerun.stderr) == (2, True), rerun.stderr
        skipped = bulkgen(tmp_path, "run", out, "--sandbox", "--skip-invalid", "--out", out)
        assert skipped.returncode == 3
        assert [line["result_status"] for line in results(tmp_path, out)] == ["done", "invalid"]


def test_a_copy_run_as_it_is_sends_nothing_and_runs_once_it_is_corrected(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text(COPIED["the_last_column_passes_through"])
    assert bulkgen(tmp_path, "check", "leads.csv", "--sandbox").returncode == 2
    path = tmp_path / "leads.sandbox.check.xlsx"
    untouched = bulkgen(tmp_path, "run", path.name, "--sandbox")
    assert untouched.returncode == 2
    assert "leads!E7" in untouched.stderr
    book = load_workbook(path)
    marked = book["leads"]
    marked["B7"], marked["C7"], marked["D7"], marked["E7"] = "T", "Hello Ann", "c9", ""
    book.save(path)
    assert bulkgen(tmp_path, "run", path.name, "--sandbox").returncode == 0


def test_a_copy_that_can_not_hold_a_text_says_where_and_is_not_to_be_used_for_the_sheet(tmp_path: Path) -> None:
    with (tmp_path / "leads.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["avatar_id", "script", "note"], ["look_ann", "", "x" * 40_000]])
    done = bulkgen(tmp_path, "check", "leads.csv", "--sandbox")
    assert done.returncode == 2
    assert "leads!C2: cut in that copy" in done.stderr
    assert "in your own sheet" in done.stderr
    assert "in place of the sheet" not in done.stderr
    advice = load_workbook(tmp_path / "leads.sandbox.check.xlsx").worksheets[0]["A2"].value
    assert isinstance(advice, str)
    assert "Correct them in your own sheet" in advice
