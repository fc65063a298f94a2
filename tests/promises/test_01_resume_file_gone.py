"""The resume file is gone, and what it recorded is found all the same: nothing is paid a second time."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bulkgen.heygen.client import HeyGen
from tests.story import Story

SHEET = ("avatar_id,script,text,voice_id", "look_ann,Hello,,", "look_ann,Hello again,,", ",,Good day,voice_ann")
RESUME = "leads.csv.resume.jsonl"
QUICK = ("--poll-every", "0.1")


def moved_beneath(folder: Path) -> None:
    (folder / "old").mkdir()
    (folder / RESUME).rename(folder / "old" / RESUME)


def renamed(folder: Path) -> None:
    (folder / RESUME).rename(folder / "notes of the autumn.txt")


def emptied(folder: Path) -> None:
    (folder / RESUME).write_bytes(b"")


def cut_to_its_first_line(folder: Path) -> None:
    (folder / RESUME).write_bytes((folder / RESUME).read_bytes().splitlines(keepends=True)[0])


def deleted(folder: Path) -> None:
    (folder / RESUME).unlink()


WAYS = [moved_beneath, renamed, emptied, cut_to_its_first_line, deleted]


@pytest.fixture
def made(story: Story) -> Story:
    """Two videos and a recording, made and paid."""
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", *QUICK)
    assert story.charges == 3
    return story


def kept(_story: Story) -> None:
    """Nothing else is lost."""


def lost_index(story: Story) -> None:
    shutil.rmtree(story.data)


def lost_results(story: Story) -> None:
    (story.folder / "leads.results.csv").unlink()


def lost_recordings(story: Story) -> None:
    shutil.rmtree(story.folder / "leads.files")


@pytest.mark.parametrize(
    ("lose", "besides"),
    [*((way, kept) for way in WAYS), (deleted, lost_index), (deleted, lost_results), (emptied, lost_index)],
)
def test_what_was_made_is_taken_over_and_not_paid_again(
    made: Story, lose: Callable[[Path], None], besides: Callable[[Story], None]
) -> None:
    before = made.results("leads.results.csv")
    lose(made.folder)
    besides(made)
    assert "nothing is paid for them again" in made.type("check", "leads.csv").text
    made.run("leads.csv", *QUICK)
    assert made.charges == 3
    after = made.results("leads.results.csv")
    for column in ("result_status", "result_file"):
        assert [line[column] for line in after] == [line[column] for line in before]
    for line, then in zip(after[:2], before[:2], strict=True):
        assert line["result_id"] == then["result_id"]
        assert line["result_video_url"]
    assert not (made.folder / "leads.results-2.csv").exists(), "the results are known for bulkgen's own"


@pytest.mark.parametrize("lose", [emptied, deleted])
def test_what_nobody_confirms_is_not_sent_unless_the_person_insists(made: Story, lose: Callable[[Path], None]) -> None:
    lose(made.folder)
    lost_recordings(made)
    made.heygen.change(not_found_looks=-1)
    for command in ("check", "run"):
        told = made.type(command, "leads.csv", *(["--yes", *QUICK] if command == "run" else []), code=2).text
        assert "3 rows (row 2, 3, 4) were made already, as" in told
        assert "neither HeyGen nor leads.files shows them" in told
        assert "--make-again" in told
    assert made.charges == 3
    made.heygen.change(not_found_looks=0)
    made.run("leads.csv", *QUICK, "--make-again")
    assert made.charges == 4, "HeyGen shows the videos again; the recording is made again"
    made.run("leads.csv", *QUICK)
    assert made.charges == 4


def test_rows_that_are_not_selected_stand_in_nobodys_way(made: Story) -> None:
    deleted(made.folder)
    lost_recordings(made)
    made.run("leads.csv", *QUICK, "--rows", "2-3")
    assert "row 4" in made.run("leads.csv", *QUICK, code=2).text
    assert made.charges == 3


def test_while_heygen_can_not_be_asked_nothing_is_sent(made: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    deleted(made.folder)
    monkeypatch.setattr("bulkgen.heygen.client.ATTEMPTS", 1)
    made.heygen.change(script=[{"method": "GET", "path": "^/v3/videos", "fault": "error_before:503"}])
    told = made.run("leads.csv", *QUICK, "--make-again", code=4).text
    assert "HeyGen can't be asked about them now" in told
    made.heygen.change(script=[])
    made.run("leads.csv", *QUICK)
    assert made.charges == 3


def test_a_video_that_the_person_finds_is_adopted_and_costs_nothing(made: Story) -> None:
    """The results name an id that the account does not show: say, since somebody typed over it."""
    deleted(made.folder)
    lost_index(made)
    right = made.column("leads.results.csv", "result_id")[0]
    results = made.folder / "leads.results.csv"
    results.write_text(results.read_text(encoding="utf-8-sig").replace(right, "another"), encoding="utf-8-sig")
    assert "--adopt ROW=ID: that costs nothing" in made.run("leads.csv", *QUICK, code=2).text
    made.run("leads.csv", *QUICK, "--adopt", f"2={right}")
    assert made.column("leads.results.csv", "result_status") == ["done"] * 3
    assert made.charges == 3


def test_each_language_of_a_row_is_taken_over_under_its_own_id(story: Story) -> None:
    story.sheet("talks.csv", "title,video,languages", "Talk,asset_talk,German; French", "Speech,asset_talk,German")
    story.run("talks.csv", *QUICK)
    before = story.column("talks.results.csv", "result_id")
    (story.folder / "talks.csv.resume.jsonl").unlink()
    lost_index(story)
    story.run("talks.csv", *QUICK)
    assert story.column("talks.results.csv", "result_id") == before
    assert story.charges == len(set(before))


def test_a_recording_is_not_asked_for_again_while_its_file_is_there(made: Story) -> None:
    """The record ends with the intent of a recording: HeyGen, which keeps no key of it, would charge it once more."""
    file = made.folder / RESUME
    lines = file.read_bytes().splitlines(keepends=True)
    spoken = next(line for line in lines if b'"kind":"speech"' in line)
    file.write_bytes(b"".join(line for line in lines[: lines.index(spoken) + 1]))
    lost_index(made)
    lost_results(made)
    made.run("leads.csv", *QUICK)
    assert made.charges == 3


def test_another_resume_file_once_and_then_the_plain_command(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", *QUICK, "--resume", "once.jsonl")
    story.run("leads.csv", *QUICK)
    (story.folder / RESUME).unlink()
    (story.folder / "once.jsonl").unlink()
    story.run("leads.csv", *QUICK)
    assert story.charges == 3


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_a_sheet_that_is_reached_by_another_name(made: Story, link: Callable[[Path, Path], None]) -> None:
    elsewhere = made.folder.parent / "elsewhere"
    elsewhere.mkdir()
    link(elsewhere / "same.csv", made.folder / "leads.csv")
    if link is Path.symlink_to:
        lost_index(made)
    made.type("run", "same.csv", "--yes", *QUICK, folder=elsewhere)
    assert made.charges == 3


def test_what_was_on_its_way_is_collected(story: Story) -> None:
    """Sent and not waited for: the index knows the ids, the results say `rendering`."""
    story.sheet("leads.csv", *SHEET)
    story.heygen.change(never_ends=True)
    story.run("leads.csv", *QUICK, "--no-wait", code=4)
    deleted(story.folder)
    lost_index(story)
    story.heygen.change(never_ends=False)
    story.run("leads.csv", *QUICK)
    assert story.column("leads.results.csv", "result_status") == ["done"] * 3
    assert story.charges == 3


def test_a_line_of_the_results_that_was_edited_gets_no_video_of_another_text(made: Story) -> None:
    """As input: the id of the line is that of the text before."""
    deleted(made.folder)
    results = made.folder / "leads.results.csv"
    results.write_text(results.read_text(encoding="utf-8").replace("Hello again", "Goodbye"), encoding="utf-8")
    lost_index(made)
    assert "1 row (row 3) were made already" in made.run("leads.results.csv", *QUICK, code=2).text
    assert made.charges == 3


def test_many_videos_are_confirmed_by_a_list(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.sheet("leads.csv", "avatar_id,script", *(f"look_ann,Hello {number}" for number in range(6)))
    story.run("leads.csv", *QUICK)
    deleted(story.folder)
    one = HeyGen.one

    async def of_the_account(client: HeyGen, path: str, item_id: str) -> Mapping[str, object]:
        assert "videos" not in path, "each video is asked for by itself"
        return await one(client, path, item_id)

    monkeypatch.setattr(HeyGen, "one", of_the_account)
    assert "6 of these were made before" in story.type("check", "leads.csv").text


def test_nobody_is_heard_where_nothing_is_missing(made: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("result_lines.read_sheet", "hearing._confirm"):
        monkeypatch.setattr(f"bulkgen.batch.{name}", must_not_be)
    made.run("leads.csv", *QUICK)
    monkeypatch.undo()
    made.sheet("leads.csv", *SHEET, "look_ann,A new one,,")
    monkeypatch.setattr("bulkgen.batch.hearing._confirm", must_not_be)
    made.run("leads.csv", *QUICK)
    assert made.charges == 4


def must_not_be(*_: object) -> None:
    raise AssertionError("nobody has a reason to ask")


def test_a_rehearsal_is_no_witness_of_what_was_paid(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.type("run", "leads.csv", "--sandbox", "--out", "mine.csv", *QUICK)
    story.run("leads.csv", "--out", "mine.csv", *QUICK)
    assert story.charges == 3
    story.type("check", "leads.csv", "--sandbox", "--out", "mine.csv")


def test_a_rehearsal_whose_record_is_gone_is_taken_over_too(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.type("run", "leads.csv", "--sandbox", *QUICK)
    (story.folder / "leads.csv.sandbox.resume.jsonl").unlink()
    assert "nothing is paid" in story.type("check", "leads.csv", "--sandbox").text
    (story.folder / "leads.sandbox.files" / "leads.csv.sandbox.state.json").unlink()
    assert "2 rows (row 2, 3) were made already" in story.type("check", "leads.csv", "--sandbox", code=2).text


def test_a_video_that_is_to_be_made_again_counts_as_made_when_the_record_is_gone(made: Story) -> None:
    """The line shows the result of before, whatever the status says of the attempt that came to nothing."""
    made.heygen.change(balance=0.0)
    made.run("leads.csv", "--redo", "2", *QUICK, code=6)
    assert made.column("leads.results.csv", "result_status")[0] == "queued"
    deleted(made.folder)
    lost_index(made)
    made.heygen.change(balance=None)
    made.pass_time(hours=25)  # no key protects it any more
    made.run("leads.csv", *QUICK)
    assert made.charges == 3


@pytest.mark.parametrize("besides", [kept, lost_results])
def test_what_was_made_again_is_what_is_shown(made: Story, besides: Callable[[Story], None]) -> None:
    """The index knows both attempts: the later one is the result."""
    made.run("leads.csv", "--redo", "2-4", *QUICK)
    again = made.column("leads.results.csv", "result_id")
    deleted(made.folder)
    besides(made)
    assert "2 of these were made before" in made.run("leads.csv", *QUICK).text
    assert made.column("leads.results.csv", "result_id")[:2] == again[:2]
    assert made.column("leads.results.csv", "result_status") == ["done"] * 3
    assert made.column("leads.results.csv", "result_file")[2].endswith("-2.mp3")
    assert not (made.folder / "leads.results-2.csv").exists()
    assert made.charges == 6


def test_what_is_being_made_again_is_collected(made: Story) -> None:
    before = made.column("leads.results.csv", "result_id")
    made.heygen.change(never_ends=True)
    made.run("leads.csv", "--redo", "2-3", "--no-wait", code=4)
    deleted(made.folder)
    made.pass_time(hours=25)
    made.run("leads.csv", "--no-wait", code=4)
    assert made.column("leads.results.csv", "result_id") == before, "the last good result until then"
    made.run("leads.csv", "--redo", "2-3", "--no-wait", code=4)
    made.heygen.change(never_ends=False)
    made.run("leads.csv", *QUICK)
    assert made.column("leads.results.csv", "result_status") == ["done"] * 3
    assert not {*made.column("leads.results.csv", "result_id")[:2]} & {*before}
    assert made.charges == 5


@pytest.mark.parametrize("there", [True, False])
def test_an_attempt_whose_answer_was_lost_is_found_or_known_as_unknown(story: Story, there: bool) -> None:
    """The index has its number alone: no other is sent for it by itself, and none under that number."""
    story.sheet("leads.csv", *SHEET[:3])
    story.run("leads.csv", *QUICK)
    lost = "drop_after" if there else "drop_before"
    story.heygen.change(script=[{"method": "POST", "path": "^/v3/videos", "fault": lost}])
    story.run("leads.csv", "--redo", "2-3", *QUICK, code=None)
    story.heygen.change(script=[])
    deleted(story.folder)
    story.pass_time(hours=25)
    story.run("leads.csv", *QUICK, code=None)
    assert story.column("leads.results.csv", "result_status") == ["done" if there else "unknown"] * 2
    assert {state.attempt for state in story.states("leads.csv")} == {2}
    assert story.charges == (4 if there else 2)
    story.run("leads.csv", *QUICK, "--retry-unknown")
    assert story.charges == 4


def test_a_resume_file_from_before_the_redo_is_put_back(made: Story) -> None:
    old = (made.folder / RESUME).read_bytes()
    made.run("leads.csv", "--redo", "2-3", *QUICK)
    again = made.column("leads.results.csv", "result_id")
    (made.folder / RESUME).write_bytes(old)
    made.run("leads.csv", *QUICK)
    assert made.column("leads.results.csv", "result_id") == again
    assert {state.shown.id for state in made.states("leads.csv")} == {*again}
    assert made.charges == 5


def test_a_redo_that_came_to_nothing_leaves_the_result_and_its_number_is_not_used_again(made: Story) -> None:
    made.heygen.change(balance=0.0)
    made.run("leads.csv", "--redo", "2", *QUICK, code=6)
    made.heygen.change(balance=None)
    deleted(made.folder)
    made.run("leads.csv", *QUICK)
    assert made.column("leads.results.csv", "result_status") == ["done"] * 3
    assert made.charges == 3
    made.run("leads.csv", "--redo", "2", *QUICK)
    assert max(state.attempt for state in made.states("leads.csv")) == 3
    assert made.charges == 4


@pytest.mark.parametrize("status", ["queued", "unknown"])
def test_lines_of_which_it_is_not_known_what_became_are_looked_for(story: Story, status: str) -> None:
    """The answers were lost, and only the results say so."""
    story.sheet("leads.csv", *SHEET[:3])
    story.heygen.change(script=[{"method": "POST", "path": "^/v3/videos", "fault": "drop_after"}])
    story.run("leads.csv", *QUICK, code=None)
    story.heygen.change(script=[])
    results = story.folder / "leads.results.csv"
    assert story.column("leads.results.csv", "result_status") == ["queued"] * 2
    results.write_text(results.read_text(encoding="utf-8-sig").replace("queued", status), encoding="utf-8-sig")
    deleted(story.folder)
    lost_index(story)
    story.pass_time(hours=25)
    story.run("leads.csv", *QUICK)
    assert story.column("leads.results.csv", "result_status") == ["done"] * 2
    assert story.charges == 2


def test_lines_that_are_not_found_are_not_sent_unless_the_person_insists(story: Story) -> None:
    story.sheet("leads.csv", *SHEET[:3])
    story.heygen.change(script=[{"method": "POST", "path": "^/v3/videos", "fault": "drop_before"}])
    story.run("leads.csv", *QUICK, code=None)
    story.heygen.change(script=[])
    story.pass_time(hours=25)
    story.run("leads.csv", *QUICK, code=None)
    assert story.column("leads.results.csv", "result_status") == ["unknown"] * 2
    deleted(story.folder)
    lost_index(story)
    told = story.run("leads.csv", *QUICK, code=2).text
    assert "2 rows (row 2, 3) may have been made already, as leads.results.csv says" in told
    assert story.charges == 0
    story.run("leads.csv", *QUICK, "--make-again")
    story.run("leads.csv", *QUICK)
    assert story.charges == 2
    assert {state.attempt for state in story.states("leads.csv")} == {2}


def test_lines_that_are_hidden_and_sheets_that_stand_in_front_are_heard_too(story: Story) -> None:
    """Somebody filters the results, or puts notes of their own before them."""
    story.sheet("leads.csv", *SHEET[:3])
    story.run("leads.csv", "--out", "leads.results.xlsx", *QUICK)
    book = load_workbook(story.folder / "leads.results.xlsx")
    book.worksheets[0].row_dimensions[2].hidden = True
    book.create_sheet("Notes", 0)["A1"] = "Ask Ann"
    book.active = 0
    book.save(story.folder / "leads.results.xlsx")
    deleted(story.folder)
    lost_index(story)
    story.pass_time(hours=25)
    story.run("leads.csv", "--out", "leads.results.xlsx", *QUICK)
    assert story.charges == 2
