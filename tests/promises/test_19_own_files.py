"""A person's own work in and beside the results: bulkgen overwrites only what it wrote and nobody has changed since."""

from __future__ import annotations

import contextlib
import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from bulkgen.batch import writing
from bulkgen.batch.batch import Batch
from bulkgen.batch.settings import Settings
from bulkgen.results.writers import write_results
from tests.story import Story, Told

SHEET = ("avatar_id,script", "look_ann,Hello", "look_ann,Hello again")

Lines = list[list[str]]


def run(story: Story, sheet: str, *options: str, code: int | None = 0) -> Told:
    return story.run(sheet, "--poll-every", "0.1", *options, code=code)


def edit(path: Path, change: Callable[[Lines], None], *, quoting: int = csv.QUOTE_ALL) -> None:
    """The person changes a CSV in a program of theirs, which writes it in its own way."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    change(lines)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=quoting, lineterminator="\n").writerows(lines)  # type: ignore[arg-type]  # one of csv's own numbers


def add_column(lines: Lines) -> None:
    for number, line in enumerate(lines):
        line.append(f"note {number}" if number else "notes")


def names(story: Story, pattern: str) -> set[str]:
    return {path.name for path in story.folder.glob(pattern)}


def test_a_strangers_file_under_the_name_of_the_results_stays_and_its_sibling_is_used_from_then_on(
    story: Story,
) -> None:
    story.sheet("leads.csv", *SHEET)
    story.sheet("leads.results.csv", "poll,votes", "a,1")
    told = run(story, "leads.csv")
    assert "leads.results.csv was not written by bulkgen for leads.csv, so it stays as it is" in told.text
    assert "Results: leads.results-2.csv" in told.text
    again = run(story, "leads.csv")
    assert (story.folder / "leads.results.csv").read_text() == "poll,votes\na,1\n"
    assert story.column("leads.results-2.csv", "result_status") == ["done", "done"]
    assert "Results: leads.results-2.csv" in story.type("status", "leads.csv").text
    assert "Results: leads.results-2.csv" in again.text
    assert names(story, "leads.results*") == {"leads.results.csv", "leads.results-2.csv", "leads.results.html"}


def test_out_never_destroys_a_file_of_theirs_even_where_results_are_the_sheet(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.sheet("important.csv", "precious", "1")
    run(story, "leads.csv")
    told = run(story, "leads.results.csv", "--out", "important.csv")
    assert (story.folder / "important.csv").read_text() == "precious\n1\n"
    assert "the results are in important-2.csv" in told.text


def test_two_sheets_that_share_the_name_of_their_results_each_have_their_own(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.sheet("leads.tsv", *(line.replace(",", "\t") for line in SHEET), "look_ann\tOnly here")
    run(story, "leads.csv")
    told = run(story, "leads.tsv")
    assert "leads.results.csv has the results of leads.csv, so it stays as it is" in told.text
    run(story, "leads.csv")
    assert [len(story.results(name)) for name in ("leads.results.csv", "leads.results-2.csv")] == [2, 3]
    assert (story.charges, names(story, "*.results-3.csv")) == (3, set())


def test_their_own_workbook_by_the_name_of_results_keeps_its_formulas_and_sheets(story: Story) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["avatar_id", "script"])
    sheet.append(["look_ann", "Hello"])
    book.create_sheet("Sums").append(["=COUNTA(Sheet!A:A)"])
    path = story.folder / "survey.results.xlsx"
    book.save(path)
    before = path.read_bytes()
    for _ in range(2):
        run(story, "survey.results.xlsx")
        assert path.read_bytes() == before
        assert story.column("survey.results-2.xlsx", "result_status") == ["done"]
    assert story.charges == 1


@pytest.mark.parametrize("order", [1, -1])
def test_what_they_added_to_the_results_is_carried_over_line_by_line(story: Story, order: int) -> None:
    """Also where they sorted the lines, and where the sheet has changed meanwhile."""
    story.sheet("leads.csv", *SHEET)
    run(story, "leads.csv", "--no-wait", code=4)
    edit(story.folder / "leads.results.csv", add_column)
    edit(story.folder / "leads.results.csv", lambda lines: lines.__setitem__(slice(1, None), lines[1:][::order]))
    story.sheet("leads.csv", SHEET[0], "look_ann,New", *SHEET[1:])
    told = run(story, "leads.csv")
    assert "stays as it is" not in told.text
    assert story.column("leads.results.csv", "script") == ["New", "Hello", "Hello again"]
    assert story.column("leads.results.csv", "notes") == ["", "note 1", "note 2"]
    assert story.column("leads.results.csv", "result_status") == ["done"] * 3
    run(story, "leads.csv")
    assert story.column("leads.results.csv", "notes") == ["", "note 1", "note 2"]


def test_a_cell_they_changed_in_the_results_is_pointed_out_and_the_file_is_kept(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    run(story, "leads.csv")
    path = story.folder / "leads.results.csv"
    edit(path, lambda lines: lines[2].__setitem__(1, "Good evening"))
    edit(path, add_column)
    changed = path.read_bytes()
    told = run(story, "leads.csv")
    assert (
        "leads.results.csv was changed since bulkgen wrote it (leads.results.csv!B3), so it stays as it is" in told.text
    )
    assert "If that is meant, change it in leads.csv, or run leads.results.csv itself; if not, put back" in told.text
    assert path.read_bytes() == changed
    assert story.column("leads.results-2.csv", "script") == ["Hello", "Hello again"]
    assert story.column("leads.results-2.csv", "notes") == ["note 1", "note 2"]

    story.sheet("leads.csv", *SHEET[:2], "look_ann,Good evening")  # as they were told
    run(story, "leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done", "done"]
    assert story.column("leads.results.csv", "notes") == ["note 1", "note 2"]
    assert (story.charges, names(story, "*.results-3.csv")) == (3, set())


def test_what_they_noted_in_a_sibling_returns_with_the_results_and_differing_notes_stay_apart(story: Story) -> None:
    path, sibling = (story.folder / f"leads.results{number}.csv" for number in ("", "-2"))
    story.sheet("leads.csv", *SHEET)
    path.write_text("poll\n1\n")
    run(story, "leads.csv")
    edit(sibling, add_column)
    path.unlink()
    assert "Results: leads.results.csv" in run(story, "leads.csv").text
    assert story.column(path.name, "notes") == ["note 1", "note 2"]

    edit(path, lambda lines: lines[1].__setitem__(1, "Hi"))
    run(story, "leads.csv")
    edit(path, lambda lines: lines[1].__setitem__(1, "Hello"))
    edit(sibling, lambda lines: lines[2].__setitem__(-1, "newer"))
    told = run(story, "leads.csv")
    assert "leads.results.csv has other notes of yours than the latest results" in told.text
    assert [story.column(each.name, "notes")[1] for each in (path, sibling)] == ["note 2", "newer"]


def test_words_they_wrote_into_a_column_of_bulkgens_are_not_lost(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    run(story, "leads.csv")
    edit(story.folder / "leads.results.csv", lambda lines: lines[1].__setitem__(3, "ask Ben about this one"))
    told = run(story, "leads.csv")
    assert "leads.results.csv!D2" in told.text
    assert "put your words in a column of your own" in told.text
    assert story.column("leads.results.csv", "result_error") == ["ask Ben about this one", ""]


def test_results_that_are_the_sheet_are_corrected_in_place_and_keep_what_was_added(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    run(story, "leads.csv")

    def correct(lines: Lines) -> None:
        add_column(lines)
        lines[2][1] = "Good evening"

    edit(story.folder / "leads.results.csv", correct)
    told = run(story, "leads.results.csv")
    assert "stays as it is" not in told.text
    assert story.column("leads.results.csv", "script") == ["Hello", "Good evening"]
    assert story.column("leads.results.csv", "notes") == ["note 1", "note 2"]
    assert (story.charges, names(story, "*.results-*")) == (3, set())


def test_results_with_lines_behind_the_rows_are_corrected_in_place_too(story: Story) -> None:
    """Lines of rows that are no longer in the sheet, with a note beside one."""
    story.sheet("leads.csv", *SHEET)
    story.heygen.change(never_ends=True)
    story.run("leads.csv", "--no-wait", code=4)
    story.heygen.change(never_ends=False)
    story.sheet("leads.csv", *SHEET[:2])
    run(story, "leads.csv")

    def correct(lines: Lines) -> None:
        add_column(lines)
        lines[1][1] = "Good evening"

    edit(story.folder / "leads.results.csv", correct)
    told = run(story, "leads.results.csv")
    assert "stays as it is" not in told.text
    assert story.column("leads.results.csv", "script") == ["Good evening", ""]
    assert story.column("leads.results.csv", "notes") == ["note 1", "note 2"]


def test_another_program_that_saves_the_results_as_they_are_changes_nothing(story: Story) -> None:
    """Also where the sheet has been edited since, so that not every cell there is in the new results."""
    story.sheet("leads.csv", "avatar_id,script,price", "look_ann,Hello,2.50", "look_ann,Bye,3")
    run(story, "leads.csv")
    edit(story.folder / "leads.results.csv", lambda lines: lines[1].__setitem__(2, "2.5"), quoting=csv.QUOTE_MINIMAL)
    story.sheet("leads.csv", "avatar_id,script,price", "look_ann,Hello,2.50", "look_ann,Goodbye,3")
    assert "stays as it is" not in run(story, "leads.csv").text
    assert story.column("leads.results.csv", "script") == ["Hello", "Goodbye"]
    assert story.column("leads.results.csv", "price") == ["2.50", "3"]


def test_a_workbooks_further_sheets_are_carried_over_and_comments_keep_the_file(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    path = story.folder / "leads.results.xlsx"
    run(story, "leads.csv", "--out", path.name)
    book = load_workbook(path)
    leads = book["leads"]
    leads.cell(1, leads.max_column + 1, "notes")
    leads.cell(3, leads.max_column, "call her")
    sums = book.create_sheet("Sums", 0)
    sums.append(['=COUNTIF(leads!C:C,"done")', "theirs"])
    book.save(path)
    for _ in range(2):
        assert "stays as it is" not in run(story, "leads.csv", "--out", path.name).text
        book = load_workbook(path)
        assert book.sheetnames == ["Summary", "Sums", "leads"]
        assert [cell.value for cell in book["Sums"][1]] == ['=COUNTIF(leads!C:C,"done")', "theirs"]
        assert [cell.value for cell in [*book["leads"].columns][-1]] == ["notes", None, "call her"]

    book["leads"]["A2"].comment = Comment("check her name", "Ben")
    book.save(path)
    told = run(story, "leads.csv", "--out", path.name)
    assert "leads.results.xlsx holds notes, which can't be carried over, so it stays as it is" in told.text
    assert names(story, "*.results-2.xlsx")


def test_what_can_not_be_read_is_nobodys_to_overwrite_and_an_empty_file_is_nobodys(story: Story) -> None:
    path = story.folder / "leads.results.csv"
    story.sheet("leads.csv", *SHEET)
    path.mkdir()
    told = run(story, "leads.csv")
    assert "leads.results.csv can't be read as results (Is a directory), so it stays as it is" in told.text
    path.rmdir()
    path.touch()
    assert "Results: leads.results.csv" in run(story, "leads.csv").text


def test_what_they_save_while_the_results_are_being_written_is_not_overwritten(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.sheet("leads.csv", *SHEET)
    run(story, "leads.csv", "--no-wait", code=4)
    path = story.folder / "leads.results.csv"

    def write(*arguments: object, **options: Any) -> Path:
        with contextlib.suppress(IndexError):
            edit(path, saves.pop())
        return write_results(*arguments, **options)  # type: ignore[arg-type]  # whatever it is called with

    saves = [add_column]
    monkeypatch.setattr(writing, "write_results", write)
    assert "leads.results.csv is open in another program" in run(story, "leads.csv").text
    assert story.column("leads.results.csv", "notes") == ["note 1", "note 2"]
    run(story, "leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done", "done"]
    assert story.column("leads.results.csv", "notes") == ["note 1", "note 2"]


def test_results_of_an_earlier_version_are_taken_for_ours_the_first_time(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    run(story, "leads.csv")
    resume = story.folder / "leads.csv.resume.jsonl"
    kept = [line for line in resume.read_text().splitlines(keepends=True) if '"written"' not in line]
    resume.write_text("".join(kept))
    edit(story.folder / "leads.results.csv", add_column)
    run(story, "leads.csv")
    assert story.column("leads.results.csv", "notes") == ["note 1", "note 2"]
    assert names(story, "*.results-*") == set()


def test_results_newer_than_a_resume_file_from_a_backup_are_taken_for_ours(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    run(story, "leads.csv", "--limit", "1", code=4)
    resume = story.folder / "leads.csv.resume.jsonl"
    backup = resume.read_bytes()
    run(story, "leads.csv")
    edit(story.folder / "leads.results.csv", add_column)
    resume.write_bytes(backup)
    assert "stays as it is" not in run(story, "leads.csv").text
    assert story.column("leads.results.csv", "notes") == ["note 1", "note 2"]
    assert story.charges == 2


def test_results_with_ids_that_no_record_has_are_never_overwritten(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    run(story, "leads.csv")
    ids = story.column("leads.results.csv", "result_id")
    story.sheet("other.csv", SHEET[0], "look_ann,Something else")
    told = run(story, "other.csv", "--out", "leads.results.csv")
    assert "leads.results.csv has results that other.csv.resume.jsonl knows nothing of" in told.text
    assert story.column("leads.results.csv", "result_id") == ids


def test_a_run_killed_between_the_mark_and_the_file_leaves_no_siblings(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither where the file of before stands, nor where the new one does, but its mark is missing."""
    story.sheet("leads.csv", *SHEET)
    run(story, "leads.csv", "--no-wait", code=4)
    real = Path.replace

    def die(self: Path, target: str | Path) -> Path:
        if ".results." in str(target):
            raise OSError("killed")
        return real(self, target)

    with monkeypatch.context() as dying:
        dying.setattr(Path, "replace", die)
        assert "can't be written" in run(story, "leads.csv", code=None).text
    assert story.column("leads.results.csv", "result_status") == ["rendering"] * 2
    assert "stays as it is" not in run(story, "leads.csv").text
    assert story.column("leads.results.csv", "result_status") == ["done"] * 2

    (story.folder / "leads.results.csv").write_text("result_status\n")
    assert Batch.open(story.folder / "leads.csv", Settings()).write_results().path == story.folder / "leads.results.csv"
    assert "stays as it is" not in run(story, "leads.csv").text
    assert names(story, "*.results*") == {"leads.results.csv", "leads.results.html"}


def test_results_of_jobs_that_were_recovered_are_ours_and_nobody_is_accused(story: Story) -> None:
    """The resume file is cut: its marks are gone, and the last jobs are found again while the run goes on."""
    story.sheet("leads.csv", *SHEET, *(f"look_ann,Hello number {n}" for n in range(4)))
    run(story, "leads.csv")
    edit(story.folder / "leads.results.csv", add_column)
    resume = story.folder / "leads.csv.resume.jsonl"
    lines = resume.read_text().splitlines(keepends=True)
    half = "".join(lines[: len(lines) // 2])
    story.pass_time(hours=25)
    for _ in range(2):
        resume.write_text(half)
        assert "stays as it is" not in run(story, "leads.csv").text
        assert story.column("leads.results.csv", "notes") == [f"note {n}" for n in range(1, 7)]
        shutil.rmtree(story.data)
    assert (story.charges, names(story, "*.results*")) == (6, {"leads.results.csv", "leads.results.html"})


def test_results_of_another_moment_than_the_resume_file_are_ours(story: Story) -> None:
    """An older copy of it was brought back: it has marks of the file, and the jobs stood otherwise."""
    story.sheet("leads.csv", *SHEET, "look_ann,Bad [fail:content_policy_violation]")
    story.heygen.change(never_ends=True)
    run(story, "leads.csv", "--no-wait", code=4)
    resume = story.folder / "leads.csv.resume.jsonl"
    backup = resume.read_bytes()
    story.heygen.change(never_ends=False)
    run(story, "leads.csv", code=3)
    assert story.column("leads.results.csv", "result_status") == ["done", "done", "failed"]
    resume.write_bytes(backup)
    assert "stays as it is" not in run(story, "leads.csv", code=3).text
    assert names(story, "*.results*") == {"leads.results.csv", "leads.results.html"}


def test_results_made_again_after_the_copy_of_the_resume_file_are_ours_once_their_ids_are_known(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    run(story, "leads.csv")
    resume = story.folder / "leads.csv.resume.jsonl"
    backup = resume.read_bytes()
    run(story, "leads.csv", "--redo", "2-3")
    ids = story.column("leads.results.csv", "result_id")
    story.pass_time(hours=25)
    resume.write_bytes(backup)
    told = run(story, "leads.csv", "--redo", "2-3")
    assert "was changed" not in told.text
    assert story.column("leads.results.csv", "result_id") == ids
    assert story.charges == 4


def test_what_a_person_changed_is_not_lost_where_the_marks_are(story: Story) -> None:
    """A cell of the sheet's, in results whose record was lost; and a word of bulkgen's, typed where marks are whole."""
    story.sheet("leads.csv", *SHEET)
    run(story, "leads.csv")
    path = story.folder / "leads.results.csv"
    edit(path, lambda lines: lines[1].__setitem__(2, "queued"))
    assert "leads.results.csv!C2" in run(story, "leads.csv").text
    for sibling in story.folder.glob("leads.results-*"):
        sibling.unlink()

    edit(path, lambda lines: lines[1].__setitem__(slice(1, 3), ["Good evening", "done"]))
    (story.folder / "leads.csv.resume.jsonl").unlink()
    told = run(story, "leads.csv")
    assert "leads.results.csv says something else than leads.csv does (leads.results.csv!B2)" in told.text
    assert story.column("leads.results.csv", "script")[0] == "Good evening"
    assert story.charges == 2


def test_what_was_changed_in_the_results_and_run_from_there_is_not_lost_to_a_run_of_the_sheet(story: Story) -> None:
    """A row is added in the results, with a note, and made; cron goes on with the sheet, which knows nothing of it."""
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello", "look_ann,Goodbye")
    story.run("leads.csv")
    results = story.folder / "leads.results.csv"
    first, second, *_ = results.read_text(encoding="utf-8-sig").splitlines()
    blanks = "," * (first.count(",") - 1)
    results.write_text(f"{first},Note\n{second},call Ann\nlook_ann,One more{blanks},new\n", encoding="utf-8-sig")
    story.run("leads.results.csv")
    assert story.charges == 3
    theirs = results.read_bytes()
    for _ in range(2):
        told = story.run("leads.csv")
        assert "leads.results.csv says something else than leads.csv does" in told.text
        assert results.read_bytes() == theirs
    assert story.column("leads.results-2.csv", "script") == ["Hello", "Goodbye"]
    story.run("leads.results.csv")  # whoever goes on with the results is told nothing new
    assert story.column("leads.results.csv", "Note") == ["call Ann", "new"]
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello", "look_ann,One more")
    story.run("leads.csv")  # the sheet has the row by now: the results come back, with the notes
    assert story.column("leads.results.csv", "Note") == ["call Ann", "new"]
    assert story.charges == 3
