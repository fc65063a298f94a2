"""The rows to correct: by themselves, corrected there, and back in the results in their places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from bulkgen.model import Cell, Row, Table
from bulkgen.result_columns import ResultColumn
from bulkgen.results.failing import failing_rows
from bulkgen.results.flow_back import flow_back
from bulkgen.results.table import Results
from tests.looks import write_look
from tests.story import Story

SOON = ("--poll-every", "0.1")
SHEET = ("avatar_id,script,crm", "look_ann,Hello,1", "look_ann,,2", "look_ann,Bye,3", "look_ann,,4")
HEADERS = ("name", "text", "result_status", "result_error", "result_id")
ROW = ResultColumn.ROW.value


def table(headers: tuple[str, ...], *rows: str) -> Table:
    """`Ann|Hello|done||v_1`"""
    found = (Row(number, tuple(map(Cell, row.split("|")))) for number, row in enumerate(rows, 2))
    return Table("leads", headers, tuple(found), delimiter=",")


def results(*rows: str, headers: tuple[str, ...] = HEADERS, numbers: tuple[int, ...] | None = None) -> Results:
    lines = tuple(tuple(map(Cell, row.split("|"))) for row in rows)
    own = sum(not header.startswith("result_") for header in headers)
    columns = (*range(own), *[None] * (len(headers) - own))
    numbers = numbers or tuple(range(2, len(rows) + 2))
    return Results(name="leads", headers=headers, lines=lines, rows=numbers, columns=columns)


def texts(made: Results) -> list[str]:
    return ["|".join(cell.text for cell in line) for line in made.lines]


BASE = table(
    (*HEADERS, "notes"),
    "Ann|Hello|done||v_1|call",
    "Ben||invalid|blank||later",
    "Cas|Oh|failed|short|v_3|",
    "Dee||invalid|blank||",
)


def test_only_rows_that_need_correcting_are_in_it_in_their_own_shape_with_the_reason() -> None:
    found = results("Ann|Hi|done||v_1", "Ben||invalid|blank|", "Cas|Oh|failed|short|v_3", "||failed|gone|v_4",
                    numbers=(2, 3, 4, 0))  # fmt: skip
    made = failing_rows(found, [5, 6, 7, 8], HEADERS)
    assert made.headers == (*HEADERS, ROW)
    assert texts(made) == ["Ben||invalid|blank||6", "Cas|Oh|failed|short|v_3|7"]
    assert made.rows == (3, 4)


def corrected(*rows: str) -> Table:
    return table((*HEADERS, ROW), *rows)


def test_a_corrected_row_stands_in_its_place_with_the_note_beside_it() -> None:
    sheet = corrected("Ben|Hi|invalid|blank||3", "Cas|Ah|failed|short|v_3|4")
    whole = flow_back(BASE, results("Ben|Hi|done||v_8", "Cas|Ah|done||v_9"), sheet)
    assert whole.headers == ("name", "text", "notes", "result_status", "result_error", "result_id")
    assert texts(whole) == [
        "Ann|Hello|call|done||v_1", "Ben|Hi|later|done||v_8", "Cas|Ah||done||v_9", "Dee|||invalid|blank|",
    ]  # fmt: skip
    assert whole.rows == (2, 3, 4, 5)


def test_a_row_that_asks_for_more_has_its_lines_together() -> None:
    sheet = corrected("Cas|Ah|failed|short|v_3|4")
    whole = flow_back(BASE, results("Cas|Ah|done||v_8", "Cas|Ah|done||v_9", numbers=(2, 2)), sheet)
    assert [line.split("|")[-1] for line in texts(whole)] == ["v_1", "", "v_8", "v_9", ""]
    assert whole.rows == (2, 3, 4, 4, 5)


@pytest.mark.parametrize("told", ["5", "99", "x", ""])
def test_results_that_were_sorted_meanwhile_are_known_by_their_jobs_or_cells(told: str) -> None:
    sheet = corrected(f"Cas|Ah|failed|short|v_3|{told}", f"Dee||invalid|blank||{told or 2}")
    whole = flow_back(BASE, results("Cas|Ah|done||v_8", "Dee||invalid|still|"), sheet)
    assert texts(whole)[2:] == ["Cas|Ah||done||v_8", "Dee|||invalid|still|"]


def test_results_that_were_sorted_are_found_by_what_was_not_corrected_though_the_numbers_say_otherwise() -> None:
    rows = [f"row {n}|look_ann||invalid|blank|" for n in range(6)]
    headers = ("crm", "avatar_id", "script", "result_status", "result_error", "result_id")
    base = table(headers, *reversed(rows))
    sheet = table((*headers, ROW), *(f"row {n}|look_ann|New {n}|invalid|blank||{n + 2}" for n in range(6)))
    mine = results(*(f"row {n}|look_ann|New {n}|done||v_{n}" for n in range(6)), headers=headers)
    lines = [f"row {n}|look_ann|New {n}|done||v_{n}" for n in reversed(range(6))]
    assert texts(flow_back(base, mine, sheet)) == lines


def test_rows_that_are_known_by_their_numbers_alone_have_their_places() -> None:
    headers = ("script", "result_status", "result_error", "result_id")
    base = table(headers, "a|invalid||", "b|done||v_1", "c|invalid||")
    sheet = table((*headers, ROW), "A|invalid|||2", "C|invalid|||4")
    whole = flow_back(base, results("A|done||v_2", "C|done||v_3", headers=headers), sheet)
    assert texts(whole) == ["A|done||v_2", "b|done||v_1", "C|done||v_3"]


def test_a_file_that_is_run_once_more_adds_nothing_to_the_results() -> None:
    sheet = corrected("Ben|Hi|invalid|blank||3", "Cas|Ah|failed|short|v_3|4")
    mine = results("Ben|Hi|done||v_8", "Ben|Hi|done||v_7", "Cas|Ah|rendering||v_9", numbers=(2, 2, 3))
    whole = flow_back(BASE, mine, sheet)
    again = Table("leads", whole.headers, tuple(Row(n, line) for n, line in enumerate(whole.lines, 2)), delimiter=",")
    assert texts(flow_back(again, mine, sheet)) == texts(whole)


def test_a_row_that_is_known_by_nothing_is_added_and_none_is_lost() -> None:
    sheet = corrected("Eve|New|invalid|blank||3")
    whole = flow_back(BASE, results("Eve|New|done||v_8"), sheet)
    assert texts(whole) == [*texts(flow_back(BASE, results(), corrected())), "Eve|New||done||v_8"]
    assert whole.rows[-1] == 0


def test_what_became_of_a_job_of_another_row_is_told_in_its_line() -> None:
    base = table(HEADERS, "Ann|Hello|rendering||v_1", "Ben||invalid|blank|")
    mine = results("Ben|Hi|done||v_2", "||done|Row 2 was changed|v_1", numbers=(2, 0))
    whole = flow_back(base, mine, corrected("Ben|Hi|invalid|blank||3"))
    assert texts(whole) == ["Ann|Hello|done||v_1", "Ben|Hi|done||v_2"]


@given(st.permutations(range(8)), st.permutations(range(8)), st.sets(st.integers(0, 7)))
def test_however_the_results_were_sorted_each_row_finds_its_line(
    order: list[int], numbers: list[int], renamed: set[int]
) -> None:
    """`numbers`: what the rows say of their places; `renamed`: those of which another cell was corrected, too."""
    headers = ("crm", "name", "script", "result_status", "result_error", "result_id")
    base = table(headers, *(f"{n}|Name {n // 2}||invalid|blank|" for n in order))
    rows = [f"{n}|{'X' if n in renamed else f'Name {n // 2}'}|New {n}" for n in range(8)]
    sheet = table((*headers, ROW), *(f"{row}|invalid|||{at + 2}" for row, at in zip(rows, numbers, strict=True)))
    mine = results(*(f"{row}|done||v_{n}" for n, row in enumerate(rows)), headers=headers)
    assert texts(flow_back(base, mine, sheet)) == [f"{rows[n]}|done||v_{n}" for n in order]


@given(st.lists(st.sampled_from(["2", "3", "4", "5", "9", ""]), max_size=5), st.permutations(range(4)))
def test_no_line_is_ever_lost(told: list[str], order: list[int]) -> None:
    base = Table("leads", BASE.headers, tuple(BASE.rows[at] for at in order), delimiter=",")
    sheet = corrected(*(f"Ben|new {at}|invalid|blank||{row}" for at, row in enumerate(told)))
    mine = results(*(f"Ben|new {at}|done||w_{at}" for at in range(len(told))))
    whole = flow_back(base, mine, sheet)
    assert {line.split("|")[1] for line in texts(whole)} >= {f"new {at}" for at in range(len(told))}
    ids = [line.split("|")[-1] for line in texts(whole)]
    assert (ids.count("v_1"), ids.count("v_3")) == (1, 1)
    assert len(whole.lines) == len(whole.rows) >= 4


# The whole command ----------------------------------------------------------------------------------------------------


def correct(story: Story, name: str, old: str, new: str) -> None:
    path = story.folder / name
    path.write_text(path.read_text("utf-8-sig").replace(old, new), encoding="utf-8")


def test_rows_are_corrected_in_their_file_and_their_results_flow_back(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    told = story.run("leads.csv", "--skip-invalid", *SOON, code=3)
    assert "Rows to correct: leads.failed.csv" in told.text
    assert [line["crm"] for line in story.results("leads.failed.csv")] == ["2", "4"]
    assert [line[ROW] for line in story.results("leads.failed.csv")] == ["3", "5"]

    correct(story, "leads.failed.csv", "look_ann,,2", "look_ann,Second,2")
    told = story.run("leads.failed.csv", "--skip-invalid", *SOON, code=3)
    assert "finished result" not in told.text
    assert "bulkgen links leads.results.csv" in told.text
    assert "leads.csv itself has the cells as they were" in told.text
    assert story.column("leads.results.csv", "crm") == ["1", "2", "3", "4"]
    assert story.column("leads.results.csv", "script") == ["Hello", "Second", "Bye", ""]
    assert story.column("leads.results.csv", "result_status") == ["done"] * 3 + ["invalid"]
    assert story.column("leads.failed.csv", "crm") == ["4"]

    correct(story, "leads.failed.csv", "look_ann,,4", "look_ann,Fourth,4")
    story.run("leads.failed.csv", *SOON)
    assert story.column("leads.results.csv", "result_status") == ["done"] * 4
    assert not (story.folder / "leads.failed.csv").exists()
    assert (story.charges, story.charged_twice) == (4, {})
    assert {path.name for path in story.folder.glob("*.jsonl")} == {"leads.csv.resume.jsonl"}

    story.sheet("leads.csv", SHEET[0], SHEET[1], "look_ann,Second,2", SHEET[3], "look_ann,Fourth,4")
    told = story.run("leads.csv", *SOON)
    assert "stays as it is" not in told.text
    assert story.charges == 4


def test_what_runs_the_corrected_rows_has_the_options_of_the_run(story: Story) -> None:
    story.sheet("leads.csv", "script,crm", "Hello,1", ",2")
    told = story.run("leads.csv", "--skip-invalid", "--set", "avatar_id=look_ann", *SOON, code=3)
    typed = re.search(r"correct them there, then type: bulkgen (run leads.failed.csv .*?)\)", told.text)
    assert typed
    correct(story, "leads.failed.csv", ",2,", "Second,2,")
    story.type(*typed[1].split(), "--yes")
    assert story.column("leads.results.csv", "result_status") == ["done"] * 2


def test_notes_beside_the_results_survive_the_correcting(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", "--skip-invalid", *SOON, code=3)
    path = story.folder / "leads.results.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    path.write_text("\n".join(f"{line},{f'note {n}' if n else 'notes'}" for n, line in enumerate(lines)))
    correct(story, "leads.failed.csv", "look_ann,,2", "look_ann,Second,2")
    story.run("leads.failed.csv", "--skip-invalid", *SOON, code=3)
    assert story.column("leads.results.csv", "notes") == ["note 1", "note 2", "note 3", "note 4"]
    assert "notes" not in story.results("leads.failed.csv")[0]
    story.sheet("leads.csv", SHEET[0], SHEET[1], "look_ann,Second,2", *SHEET[3:])
    story.run("leads.csv", "--skip-invalid", *SOON, code=3)
    assert story.column("leads.results.csv", "notes") == ["note 1", "note 2", "note 3", "note 4"]
    assert {path.name for path in story.folder.glob("*.csv")} == {"leads.csv", "leads.results.csv", "leads.failed.csv"}


def test_a_file_that_somebody_is_correcting_stays_and_one_that_nobody_touched_follows_the_sheet(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", "--skip-invalid", *SOON, code=3)
    correct(story, "leads.failed.csv", "look_ann,,2", "look_ann,Half a sen,2")
    before = (story.folder / "leads.failed.csv").read_bytes()
    told = story.run("leads.csv", "--skip-invalid", *SOON, code=3)
    assert (story.folder / "leads.failed.csv").read_bytes() == before
    assert "Rows to correct: leads.failed-2.csv" in told.text
    story.sheet("leads.csv", *SHEET[:2], "look_ann,Second,2", *SHEET[3:])
    story.run("leads.csv", "--skip-invalid", *SOON, code=3)
    assert story.column("leads.failed-2.csv", "crm") == ["4"]
    story.sheet("leads.csv", *SHEET[:2], "look_ann,Second,2", SHEET[3])
    story.run("leads.csv", *SOON)
    assert {path.name for path in story.folder.glob("*.failed*")} == {"leads.failed.csv"}
    assert (story.folder / "leads.failed.csv").read_bytes() == before


def test_a_strangers_file_by_that_name_stays(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.sheet("leads.failed.csv", "exam,mark", "maths,2")
    story.run("leads.csv", "--skip-invalid", *SOON, code=3)
    assert (story.folder / "leads.failed.csv").read_text() == "exam,mark\nmaths,2\n"
    assert story.column("leads.failed-2.csv", "crm") == ["2", "4"]


def test_more_corrected_rows_than_may_be_replaced_are_no_replacements(story: Story) -> None:
    story.sheet("leads.csv", SHEET[0], *(f"look_ann,Hello {n},{n}" for n in range(12)), *["look_ann,,x"] * 12)
    story.run("leads.csv", "--skip-invalid", *SOON, code=3)
    path = story.folder / "leads.failed.csv"
    rows = path.read_text("utf-8-sig").split("look_ann,,x")
    path.write_text("".join(f"{row}look_ann,New {n},x" for n, row in enumerate(rows[:-1])) + rows[-1])
    story.run("leads.failed.csv", *SOON)
    assert story.column("leads.results.csv", "result_status") == ["done"] * 24
    assert story.charges == 24


def test_of_a_row_with_several_languages_only_those_that_failed_are_made(story: Story) -> None:
    """And a line that was deleted there is still to be corrected."""
    video = "https://example.com/talk.mp4"
    story.sheet("talks.csv", "title,video,languages", f"Talk [fail::1],{video},German; French")
    story.run("talks.csv", "--max-attempts", "1", *SOON, code=3)
    assert story.column("talks.failed.csv", "result_language") == ["German", "French"]
    path = story.folder / "talks.failed.csv"
    path.write_text("\n".join(line for line in path.read_text("utf-8-sig").splitlines() if ",French," not in line))
    story.run("talks.failed.csv", "--retry-failed", *SOON)
    assert story.column("talks.results.csv", "result_language") == ["German", "French"]
    assert story.column("talks.results.csv", "result_status") == ["done", "failed"]
    assert story.column("talks.failed.csv", "result_language") == ["French"]
    assert (story.charges, story.charged_twice) == (3, {})


def test_a_workbooks_rows_to_correct_look_like_the_sheet_and_flow_back(tmp_path: Path, story: Story) -> None:
    path = write_look("titles", story.folder / "leads.xlsx")
    book = load_workbook(path)
    book["Leads"]["A6"], book["Leads"]["A9"] = None, None
    book["Leads"].row_dimensions[9].height = 50
    for row in range(5, 11):
        book["Leads"].cell(row, 2).value = "voice_ann"
    book.save(path)
    story.run("leads.xlsx", "--skip-invalid", *SOON, code=3)
    failed = load_workbook(story.folder / "leads.failed.xlsx")
    sheet = failed["Leads"]
    assert failed.sheetnames == ["Leads"]
    assert [sheet["C5"].value, sheet["C6"].value, sheet["C7"].value] == ["Company 2", "Company 5", None]
    assert (sheet["A1"].value, sheet.row_dimensions[6].height) == ("Spring campaign 2026", 50)
    assert sheet["C6"].font.name == "Georgia"
    assert [cell.value for cell in sheet[4]][5:] == ["Status", "What to do", "HeyGen ID", "Row in the results"]
    assert [sheet["I5"].value, sheet["I6"].value] == [6, 9]
    sheet["A5"], sheet["A6"] = "Hello Bob again", "Hello Eve again"
    failed.save(story.folder / "leads.failed.xlsx")

    story.run("leads.failed.xlsx", *SOON)
    sheet = load_workbook(story.folder / "leads.results.xlsx")["Leads"]
    assert [sheet.cell(row, 1).value for row in (5, 6, 9)] == ["Hello Ana", "Hello Bob again", "Hello Eve again"]
    assert {sheet.cell(row, 6).value for row in range(5, 11)} == {"done"}
    assert (sheet["A1"].value, sheet.row_dimensions[9].height) == ("Spring campaign 2026", 50)
    assert not (story.folder / "leads.failed.xlsx").exists()
    assert (story.charges, story.charged_twice) == (6, {})
