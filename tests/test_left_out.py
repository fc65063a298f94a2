"""Rows that are left out, hidden or by their column `skip`: they stay so when their results are given as input, and
keep what was made for them before they were left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bulkgen.ledger.left import withheld_jobs
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.model import Handle, Job, Table
from bulkgen.results.entries import entries
from bulkgen.results.moment import is_of_another_moment
from bulkgen.rows.build import ReadOptions, build
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.left_out import hidden_as_before, with_withheld
from tests.making import ACCOUNT, built, table
from tests.story import Story

HEADER = ["avatar_id", "script", "skip"]
ME = "GET /v3/users/me"
QUICK = ("--poll-every", "0.1")


def book(story: Story, name: str, rows: Sequence[Sequence[str]], hidden: Collection[int] = ()) -> None:
    """A workbook with these rows below the headers, of which those with these numbers are hidden."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in [HEADER, *rows]:
        sheet.append([*row])
    for number in hidden:
        sheet.row_dimensions[number].hidden = True
    workbook.save(story.folder / name)


def lines(count: int) -> list[list[str]]:
    return [["look_ann", f"Text {number}", ""] for number in range(2, count + 2)]


def change(story: Story, name: str, column: str, number: int, text: str | None) -> None:
    """What a person types into a cell of a workbook."""
    workbook = load_workbook(story.folder / name)
    sheet = workbook.worksheets[-1]
    at = [cell.value for cell in sheet[1]].index(column) + 1
    sheet.cell(number, at).value = text
    workbook.save(story.folder / name)


# Results as input ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_rows_that_were_hidden_stay_left_out_when_the_results_are_run(story: Story, ending: str) -> None:
    book(story, "h.xlsx", [*lines(7), ["look_ann", "", ""]], hidden=[3, 5, 8])
    results = f"h.results.{ending}"
    story.run("h.xlsx", "--skip-invalid", "--out", results, *QUICK, code=3)
    assert story.charges == 4
    before = story.column(results, "result_status")
    assert before.count("skipped") == 3
    told = story.run(results, "--skip-invalid", *QUICK, code=3)
    assert "3 rows left out (skip or hidden)" in told.text
    assert (story.charges, story.column(results, "result_status")) == (4, before)
    story.run(results, "--skip-invalid", "--include-hidden", *QUICK, code=3)
    assert story.charges == 7
    assert "skipped" not in story.column(results, "result_status")
    story.run("h.xlsx", "--include-hidden", "--skip-invalid", "--out", results, *QUICK, code=3)
    assert story.charges == 7


def test_results_of_an_earlier_release_do_not_say_why_a_row_was_left_out(story: Story) -> None:
    story.sheet(
        "h.results.csv",
        "avatar_id,script,skip,result_status,result_error,result_id",
        "look_ann,One,,skipped,,",
        "look_ann,Two,yes,skipped,,",
        "look_ann,Three,,SKIPPED,,",
        "look_ann,Four,,,,",  # the word was deleted
    )
    story.run("h.results.csv", *QUICK)
    assert story.column("h.results.csv", "result_status") == ["skipped", "skipped", "skipped", "done"]
    story.run("h.results.csv", "--include-hidden", *QUICK)
    assert story.column("h.results.csv", "result_status") == ["done", "skipped", "done", "done"]


def test_a_row_whose_skip_is_cleared_in_the_results_is_made(story: Story) -> None:
    rows = [["look_ann", "One", "yes"], ["look_ann", "Two", "yes"], ["look_ann", "Three", "yes"]]
    book(story, "h.xlsx", [*rows, ["look_ann", "Four", ""]], hidden=[4])
    story.run("h.xlsx", *QUICK)
    one, _, both, _ = story.results("h.results.xlsx")
    assert one["result_error"] == "The row is left out by its column skip. To have it made, clear that cell"
    assert both["result_error"] == (
        "The row is left out by its column skip and is hidden or filtered out in your sheet. To have it made, clear "
        "that cell; show the row there and run that sheet again, or add --include-hidden"
    )
    for number in (2, 4):
        change(story, "h.results.xlsx", "skip", number, None)
    story.run("h.results.xlsx", *QUICK)
    made = next(path.name for path in sorted(story.folder.glob("h.results*.xlsx"), reverse=True))
    told = story.run(made, *QUICK)
    assert "2 rows left out" in told.text
    assert story.charges == 2


def test_a_row_told_to_be_skipped_in_a_column_of_another_name_stays_left_out(story: Story) -> None:
    story.sheet("h.csv", "avatar_id,script,Opt out", "look_ann,One,yes", "look_ann,Two,")
    story.run("h.csv", "--map", "Opt out=skip", *QUICK)
    story.run("h.results.csv", *QUICK)
    assert (story.charges, story.column("h.results.csv", "result_status")) == (1, ["skipped", "done"])


def test_only_a_results_sheet_hides_rows_by_its_words() -> None:
    sheet = table(["text", "voice_id", "result_status"], ["Hi", "v_1", "skipped"])
    assert hidden_as_before(sheet, {}, {}) is sheet


# What was made before ------------------------------------------------------------------------------------------------


def test_rows_that_are_hidden_after_they_were_made_keep_their_results(story: Story) -> None:
    book(story, "crm.xlsx", lines(12), hidden=range(4, 14))
    story.run("crm.xlsx", "--include-hidden", "--rows", "2-8", *QUICK)
    story.heygen.change(never_ends=True)
    story.run("crm.xlsx", "--include-hidden", "--rows", "9-11", "--no-wait", code=4)
    told = story.type("check", "crm.xlsx").text
    assert "3 in progress for rows that are left out (skip or hidden): collected" in told
    assert "5 sent before, for rows that are left out now (skip or hidden): shown as they were" in told
    assert "2 rows left out (skip or hidden)" in told
    assert "no longer in the sheet" not in told
    before = story.results("crm.results.xlsx")
    told = story.run("crm.xlsx", "--no-wait", code=4).text
    assert "10 videos: 7 done, 3 rendering; 2 rows skipped" in told
    after = story.results("crm.results.xlsx")
    assert [line["result_id"] for line in after] == [line["result_id"] for line in before]
    assert after[7]["result_error"] == (
        "The row is hidden or filtered out in your sheet, so nothing more is sent for it"
    )
    assert story.type("status", "crm.xlsx", code=4).text.count("3 rendering") == 1
    story.heygen.change(never_ends=False)
    story.run("crm.xlsx", *QUICK)
    after = story.results("crm.results.xlsx")
    assert [line["result_status"] for line in after] == ["done"] * 10 + ["skipped"] * 2
    assert all(line["result_id"] and line["result_video_url"] and not line["result_error"] for line in after[:10])
    assert [line["result_kind"] for line in after] == ["avatar"] * 10 + [""] * 2
    assert [line["script"] for line in after] == [line[1] for line in lines(12)]
    assert story.charges == 10
    story.run("crm.xlsx", "--include-hidden", *QUICK)
    assert (story.charges, story.charged_twice) == (12, {})


def test_a_job_of_a_hidden_row_that_fails_is_not_made_again_nor_from_the_results(story: Story) -> None:
    rows = [["look_ann", "One [fail:rendering_failed]", ""], ["look_ann", "Two", ""]]
    book(story, "h.xlsx", rows)
    story.heygen.change(never_ends=True)
    story.run("h.xlsx", "--no-wait", code=4)
    book(story, "h.xlsx", rows, hidden=[2])
    story.heygen.change(never_ends=False)
    for name in ("h.xlsx", "h.results.xlsx"):
        story.run(name, *QUICK)
        assert story.column("h.results.xlsx", "result_status") == ["failed", "done"]
        assert story.column("h.results.xlsx", "result_error")[0].startswith(
            "The row is hidden or filtered out in your sheet, so nothing more is sent for it. HeyGen failed at it"
        )
    assert story.charges == 2
    story.run("h.results.xlsx", "--include-hidden", *QUICK, code=3)
    assert story.charges > 2


def test_a_video_of_a_hidden_row_is_still_followed_from_the_results(story: Story) -> None:
    book(story, "h.xlsx", lines(2))
    story.heygen.change(never_ends=True)
    story.run("h.xlsx", "--no-wait", code=4)
    book(story, "h.xlsx", lines(2), hidden=[2])
    story.run("h.xlsx", "--no-wait", code=4)
    told = story.type("check", "h.results.xlsx").text
    assert "1 in progress for rows that are left out" in told
    story.heygen.change(never_ends=False)
    story.run("h.results.xlsx", *QUICK)
    assert story.column("h.results.xlsx", "result_status") == ["done", "done"]
    assert story.charges == 2


def test_a_row_that_is_not_selected_is_not_followed(story: Story) -> None:
    book(story, "h.xlsx", lines(2))
    story.heygen.change(never_ends=True)
    story.run("h.xlsx", "--no-wait", code=4)
    story.heygen.change(never_ends=False)
    book(story, "h.xlsx", lines(2), hidden=[2])
    story.run("h.xlsx", "--rows", "3", *QUICK)
    assert story.column("h.results.xlsx", "result_status") == ["rendering", "done"]


def test_one_that_is_to_be_made_again_is_not_while_it_is_left_out(story: Story) -> None:
    story.sheet("h.csv", "avatar_id,script,skip", "look_ann,One,")
    story.run("h.csv", *QUICK)
    story.heygen.change(script=[{"fault": "drop_before"}])
    story.run("h.csv", "--redo", "2", "--timeout", "1s", *QUICK, code=None)
    story.heygen.change(script=[])
    story.sheet("h.csv", "avatar_id,script,skip", "look_ann,One,yes")
    story.run("h.csv", *QUICK, code=None)
    assert all(story.column("h.results.csv", "result_id"))
    assert story.charges == 1


def test_a_template_row_that_is_left_out_later_keeps_its_result_without_a_look_up(story: Story) -> None:
    header = "template_id,first_name,company,skip"
    story.sheet("t.csv", header, "tpl hello,Ann,Acme,", "tpl_hello,Ben,Acme,")
    story.run("t.csv", *QUICK)
    made = story.column("t.results.csv", "result_id")
    skipped = ("tpl hello,Ann,Acme,yes", "tpl_hello,Ben,Acme,yes", "tpl_gone,Cid,Acme,yes", "tpl_hello,,,yes")
    story.sheet("t.csv", header, *skipped)
    asked = story.heygen.state()["counts"]
    told = story.run("t.csv", *QUICK)
    assert story.column("t.results.csv", "result_id") == [*made, "", ""]
    assert story.column("t.results.csv", "result_status") == ["done", "done", "skipped", "skipped"]
    assert "2 rows left out" in told.text
    assert "mistake" not in told.text
    assert not {call for call, count in story.heygen.state()["counts"].items() if count != asked.get(call)} - {ME}


@pytest.mark.parametrize("left_out", ["skip", "hidden"])
def test_a_language_that_was_not_made_is_left_out_by_itself(story: Story, left_out: str) -> None:
    def sheet(languages: str, *, out: bool) -> None:
        workbook = Workbook()
        page = workbook.active
        assert page is not None
        page.append(["video", "languages", "skip"])
        page.append(["https://example.com/a.mp4", languages, "yes" if out and left_out == "skip" else ""])
        page.row_dimensions[2].hidden = out and left_out == "hidden"
        page.append(["https://example.com/b.mp4", "German", ""])
        workbook.save(story.folder / "t.xlsx")

    sheet("German", out=False)
    story.run("t.xlsx", *QUICK)
    sheet("German; French", out=True)
    for name in ("t.xlsx", *["t.results.xlsx"] * 3):
        story.run(name, *QUICK)
        found = [(line["result_language"], line["result_status"]) for line in story.results("t.results.xlsx")]
        assert found == [("German", "done"), ("French", "skipped"), ("German", "done")]
    assert story.charges == 2
    sheet("German; French", out=False)
    story.run("t.xlsx", *QUICK)
    assert (story.charges, story.charged_twice) == (3, {})


@pytest.mark.parametrize("skip", ["", "yes"])
def test_what_the_results_alone_know_of_rows_that_are_left_out_is_heard_and_stays(story: Story, skip: str) -> None:
    story.sheet("h.csv", ",".join(HEADER), *[",".join(line) for line in lines(12)])
    story.run("h.csv", *QUICK)
    ids = story.column("h.results.csv", "result_id")
    (story.folder / "h.csv.resume.jsonl").unlink()
    for index in story.data.rglob("*"):
        index.unlink()
    left_out = [[look, text, skip] for look, text, _ in lines(12)]
    hidden = range(2, 2 if skip else 14)
    book(story, "h.xlsx", [*left_out, *[["look_ann", f"New {number}", ""] for number in range(12)]], hidden)
    (story.folder / "h.results.csv").rename(story.folder / "h.results.moved.csv")
    book_of_results(story, "h.results.moved.csv", "h.results.xlsx", skip=skip)
    told = story.run("h.xlsx", *QUICK)  # none of the new ones takes the place of one that was made
    assert "12 of these were made before, as h.results.xlsx says" in told.text
    assert [path.name for path in story.folder.glob("h.results*.xlsx")] == ["h.results.xlsx"]
    assert story.column("h.results.xlsx", "result_id")[:12] == ids
    assert story.column("h.results.xlsx", "result_status") == ["done"] * 24
    assert story.charges == 24


def book_of_results(story: Story, source: str, target: str, *, skip: str) -> None:
    """The results of a CSV as a workbook, as somebody saved them, with this word in the column `skip`."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    read = story.results(source)
    sheet.append([*read[0]])
    for line in read:
        sheet.append([*(line | {"skip": skip}).values()])
    workbook.save(story.folder / target)


# The pure parts ------------------------------------------------------------------------------------------------------

LASTS = ["", "submitting", "refused", "submitted", "review", "unknown", "failed", "finished", "saved"]


def left_out(sheet: Table, numbers: Collection[int]) -> tuple[BuiltRow, ...]:
    rows = tuple(replace(row, hidden=row.number in numbers) for row in sheet.rows)
    sheet, reading = replace(sheet, rows=rows), ReadOptions("leads")
    return with_withheld(build(sheet, reading, ACCOUNT), sheet, reading, ACCOUNT).rows


@given(hidden=st.sets(st.integers(2, 7)), lasts=st.lists(st.sampled_from(LASTS), min_size=6, max_size=6))
def test_whatever_is_hidden_each_row_has_its_line_and_no_job_that_can_be_sent(
    hidden: set[int], lasts: list[str]
) -> None:
    sheet = table(["avatar_id", "script"], *[["look_1", f"Text {number}"] for number in range(2, 8)])
    jobs = [job for row in built(sheet).rows for job in row.jobs]
    states = {
        job.fingerprint: State(1, last, kind="avatar", row=job.row, id=f"v{job.row}")
        for job, last in zip(jobs, lasts, strict=True)
        if last
    }
    rows = left_out(sheet, hidden)
    found = entries(rows, states)
    assert [entry.row.source.number for entry in found] == [2, 3, 4, 5, 6, 7]
    for entry, job in zip(found, jobs, strict=True):
        state = states.get(job.fingerprint, NEW)
        if job.row not in hidden:
            assert (entry.job, entry.status) == (job, state.status)
        elif entry.job:
            assert not isinstance(entry.job, Job)
            assert (entry.job.fingerprint, entry.state) == (job.fingerprint, state)
        else:
            assert entry.status is Status.SKIPPED
            assert state.last in ("", "refused", "failed")
    followed = withheld_jobs(rows, states)
    assert all(type(job) is Handle for job in followed)
    kept = {entry.row.source.number for entry in found if entry.row.skipped and entry.job}
    assert {job.row for job in followed} == kept


def test_what_is_wrong_with_a_row_that_is_left_out_is_not_told_and_nothing_is_looked_up() -> None:
    sheet = table(["template_id", "first_name", "skip"], ["tpl_gone", "Ann", "yes"], ["tpl_1", None, "yes"])
    reading = ReadOptions("leads")
    found = with_withheld(build(sheet, reading, ACCOUNT), sheet, reading, ACCOUNT)
    assert (found.mistakes, found.warnings, dict(found.needs.wanted)) == ([], [], {})
    assert not any(row.withheld or row.jobs for row in found.rows)


def test_the_sentences_name_no_line_of_the_persons_as_gone() -> None:
    rows = left_out(table(["avatar_id", "script"], ["look_1", "Hi"]), [2])
    [entry] = entries(rows, {})
    assert re.fullmatch(r"The row is hidden or filtered out in your sheet. To have it made, .*", entry.error)


OUT = "The row is hidden or filtered out in your sheet, so nothing more is sent for it"


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        (("skipped", ""), ("skipped", OUT), True),  # of an earlier release
        (("skipped", OUT), ("skipped", "The row is left out by its column skip"), True),
        (("skipped", OUT), ("done", ""), True),
        (("rendering", OUT), ("rendering", ""), True),
        (("rendering", ""), ("done", ""), True),
        (("skipped", "call her first"), ("skipped", OUT), False),
    ],
)
def test_why_a_row_is_left_out_is_bulkgens_word(told: tuple[str, str], now: tuple[str, str], expected: bool) -> None:
    names = ("result_status", "result_error")
    before, after = dict(zip(names, told, strict=True)), dict(zip(names, now, strict=True))
    assert is_of_another_moment(before, after, ()) is expected
