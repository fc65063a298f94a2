"""The batch, as Python code uses it: its stages, what it tells, and what it refuses."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

import bulkgen
from bulkgen import Batch, Settings
from bulkgen.batch.planned import Planned
from bulkgen.batch.progress import Ended, Moved, Progress, RunEvent, Tally, Written
from bulkgen.errors import CredentialError, Declined, Exit, InputError, LockedError
from bulkgen.ledger.index import data_folder
from bulkgen.ledger.lock import SheetLock
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.ledger.steps import Step
from bulkgen.rows.selection import Selection
from tests.command import ROOT, SAMPLES, environment, events, results
from tests.forked import PIPE, forked
from tests.making import avatar_job

SANDBOX = Settings(sandbox=True)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLES / "voiceovers.csv", tmp_path))


def small(folder: Path, text: str) -> Path:
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    return path


# The stages --------------------------------------------------------------------------------------------------------


def test_a_sheet_is_checked_run_and_run_again_and_each_stage_is_a_value(sheet: Path) -> None:
    batch = Batch.open(sheet, SANDBOX)
    planned = batch.check()
    assert (len(planned.plan.send), planned.mistakes, planned.trouble) == (4, [], None)
    assert [path.name for path in sheet.parent.iterdir()] == [sheet.name]
    ran = batch.run()
    assert (ran.exit_code, ran.sent, [entry.status for entry in ran.entries]) == (Exit.OK, 4, [Status.DONE] * 4)
    assert ran.writing.path == sheet.parent / "voiceovers.sandbox.results.csv"
    again = batch.run()
    assert (again.sent, again.nothing_new) == (0, True)
    assert planned.recalled.states == {}  # a stage does not change by what comes after it


def test_a_stage_can_not_be_changed(sheet: Path) -> None:
    planned = Batch.open(sheet, SANDBOX).check()
    for stage in (planned, planned.judged, planned.recalled, planned.judged.opened):
        name = next(iter(vars(stage)))
        with pytest.raises(AttributeError):
            setattr(stage, name, None)
    with pytest.raises(TypeError):
        planned.recalled.states["x"] = NEW  # type: ignore[index]  # that it can't be is what is tested
    with pytest.raises(TypeError):
        planned.plan.steps["x"] = Step.SEND  # type: ignore[index]  # nor here


def test_results_can_be_written_again_at_any_time_without_network_or_key(sheet: Path) -> None:
    batch = Batch.open(sheet, SANDBOX)
    made = batch.run()
    assert made.writing.path
    before = made.writing.path.read_bytes()
    made.writing.path.write_text("result_status\n")
    writing = batch.write_results()
    assert writing.path == made.writing.path
    lines = results(sheet.parent, "voiceovers.sandbox.results.csv")
    assert [line["result_status"] for line in lines] == ["done"] * 4
    assert writing.path.read_bytes() == before  # recordings keep their one link in the resume file


def test_the_standing_is_known_without_network_or_key(sheet: Path) -> None:
    batch = Batch.open(sheet, SANDBOX)
    assert (batch.status().exit_code, batch.status().results) == (Exit.NOT_FINISHED, None)
    batch.run()
    standing = batch.status()
    assert (standing.exit_code, [entry.status for entry in standing.selected]) == (Exit.OK, [Status.DONE] * 4)


def test_a_mistake_of_bulkgens_own_in_mid_run_still_gives_results(
    sheet: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(_self: object, _job: object) -> None:
        raise KeyError("nobody thought of this")

    monkeypatch.setattr("bulkgen.engine.collector.Collector.download", broken)
    ran = Batch.open(sheet, SANDBOX).run()
    assert ran.exit_code is Exit.UNEXPECTED
    assert "KeyError: 'nobody thought of this'" in str(ran.stopped_by)
    assert ran.writing.path
    assert len(results(tmp_path, ran.writing.path.name)) == 4
    monkeypatch.undo()
    made = sum(event["event"] == "submitting" for event in events(ran.planned.judged.opened.places.resume))
    again = Batch.open(sheet, SANDBOX).run()
    assert (again.exit_code, again.sent) == (Exit.OK, 4 - made)


# What it tells -------------------------------------------------------------------------------------------------------


def test_a_run_tells_every_change_with_the_counts_of_that_moment(sheet: Path) -> None:
    told: list[RunEvent] = []
    Batch.open(sheet, SANDBOX).run(told.append)
    moved = [event for event in told if isinstance(event, Moved)]
    assert {event.job.row for event in moved} == {2, 3, 4, 5}
    assert all(sum(event.progress.counts.values()) == event.progress.total == 4 for event in moved)
    assert moved[-1].progress.counts[Status.DONE] == 4
    assert isinstance(told[0], Progress)
    assert isinstance(told[-1], Ended)
    assert not any(isinstance(event, Written) for event in told)  # it took no half minute


@pytest.mark.parametrize("error", [RuntimeError("theirs"), SystemExit(3), KeyboardInterrupt()], ids=repr)
def test_an_error_of_whoever_listens_stops_the_run_and_tears_nothing_apart(
    tmp_path: Path, error: BaseException
) -> None:
    path = small(tmp_path, "text,voice_id\n" + "".join(f"Recording {n},voice_anna\n" for n in range(12)))

    def listen(event: RunEvent) -> None:
        if isinstance(event, Moved):
            raise error

    with pytest.raises(type(error)) as raised:
        Batch.open(path, SANDBOX).run(listen)
    assert raised.value is error
    assert (tmp_path / "a.sandbox.results.csv").exists()
    ordered = len(events(tmp_path / "a.sandbox.files" / "a.csv.sandbox.state.json")) - 1
    finished = [event for event in events(tmp_path / "a.csv.sandbox.resume.jsonl") if event["event"] == "finished"]
    assert len(finished) == ordered > 0  # every answer that was paid for is recorded
    ran = Batch.open(path, SANDBOX).run()
    assert (ran.exit_code, ran.repeats) == (Exit.OK, 0)


def test_after_an_error_of_whoever_listens_nothing_more_is_sent(tmp_path: Path) -> None:
    path = small(tmp_path, "avatar_id,script\n" + "".join(f"look_abigail,Film {n}\n" for n in range(6)))

    def listen(event: RunEvent) -> None:
        if isinstance(event, Moved):
            raise ValueError("theirs")

    with pytest.raises(ValueError, match="theirs"):
        Batch.open(path, Settings(sandbox=True, concurrency=1)).run(listen)
    assert [line["result_status"] for line in results(tmp_path, "a.sandbox.results.csv")].count("queued") >= 4


def test_an_error_in_what_asks_for_a_stop_is_raised_at_the_end(sheet: Path) -> None:
    async def until() -> None:
        raise ValueError("theirs")

    with pytest.raises(ValueError, match="theirs"):
        Batch.open(sheet, SANDBOX).run(until=until)
    assert (sheet.parent / "voiceovers.sandbox.results.csv").exists()


def test_counts_follow_one_change_at_a_time() -> None:
    jobs = [avatar_job(row, f"Hello {row}") for row in (2, 3, 4)]
    tally = Tally(jobs, {jobs[0].fingerprint: State(last="submitted")})
    assert tally.progress() == Progress(3, {Status.RENDERING: 1, Status.QUEUED: 2})
    assert tally.moved(jobs[1].fingerprint, NEW.status) is None
    assert tally.moved("nobody's", Status.DONE) is None
    moved = tally.moved(jobs[0].fingerprint, Status.DONE)
    assert moved is not None
    assert (moved.job, moved.progress.counts[Status.DONE], moved.progress.counts[Status.RENDERING]) == (jobs[0], 1, 0)


def test_it_prints_nothing(sheet: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Batch.open(sheet, SANDBOX).run()
    assert capfd.readouterr() == ("", "")


# What it refuses ------------------------------------------------------------------------------------------------------


def test_a_no_sends_nothing_and_leaves_no_file(sheet: Path) -> None:
    seen: list[Planned] = []

    def no(planned: Planned) -> bool:
        seen.append(planned)
        return False

    with pytest.raises(Declined, match=r"Nothing was sent\."):
        Batch.open(sheet, SANDBOX).run(approve=no)
    assert len(seen[0].plan.send) == 4
    assert [path.name for path in sheet.parent.iterdir()] == [sheet.name]


def test_mistakes_stop_a_run_unless_they_are_to_be_skipped(tmp_path: Path) -> None:
    path = small(tmp_path, "text,voice_id\nHello,voice_anna\n,voice_anna\n")
    with pytest.raises(InputError, match="Nothing was sent"):
        Batch.open(path, SANDBOX).run()
    ran = Batch.open(path, Settings(sandbox=True, skip_invalid=True)).run()
    assert [entry.status for entry in ran.entries] == [Status.DONE, Status.INVALID]


def test_without_a_key_mistakes_are_found_and_nothing_can_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEYGEN_API_KEY", raising=False)
    monkeypatch.setenv("HEYGEN_CONFIG_DIR", str(tmp_path))
    good = Batch.open(small(tmp_path, "text,voice_id\nHello,voice_anna\n"))
    assert isinstance(good.check().trouble, CredentialError)
    with pytest.raises(CredentialError):
        good.run()
    bad = Batch.open(small(tmp_path, "text,voice_id\n,voice_anna\n")).check()
    assert isinstance(bad.blocked, InputError)
    assert [issue.header for issue in bad.mistakes] == ["text"]


def test_two_runs_of_one_sheet_are_refused(sheet: Path) -> None:
    batch = Batch.open(sheet, SANDBOX)
    with SheetLock(batch.opened.places.lock, host="elsewhere"), pytest.raises(LockedError):
        batch.run()


def test_while_a_run_is_at_work_nobody_else_writes_its_results(sheet: Path) -> None:
    batch = Batch.open(sheet, SANDBOX)
    made = batch.run().writing.path
    assert made
    before = made.stat().st_mtime_ns
    with SheetLock(batch.opened.places.lock, host="elsewhere"):
        writing = batch.write_results()
    assert (writing.path, "run" in writing.error) == (None, True)
    assert made.stat().st_mtime_ns == before


def test_a_plan_made_offline_is_not_carried_out(sheet: Path) -> None:
    batch = Batch.open(sheet, Settings(sandbox=True, offline=True))
    assert len(batch.check().plan.send) == 4
    with pytest.raises(InputError, match="offline"):
        batch.run()


# Settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ({"set": ["voice_id=a=b"]}, "defaults", {"voice_id": "a=b"}),
        ({"set": {"voice_id": "a"}}, "defaults", {"voice_id": "a"}),
        ({"defaults": {"voice_id": "a"}}, "defaults", {"voice_id": "a"}),
        ({"map": ["Name=first_name"]}, "renames", {"Name": "first_name"}),
        ({"timeout": "1h30m"}, "timeout", 5400.0),
        ({"timeout": 5}, "timeout", 5.0),
        ({"sheet": "Spanish"}, "worksheet", "Spanish"),
        ({"set": "voice_id=a"}, "defaults", {"voice_id": "a"}),
        ({"redo": 5}, "redo", Selection(((5, 5),))),
    ],
)
def test_a_text_that_was_typed_and_a_value_do_equally(typed: dict[str, Any], name: str, value: object) -> None:
    assert getattr(Settings(**typed), name) == value


def test_rows_may_be_typed() -> None:
    rows = Settings(rows="2-4,9").rows
    assert rows is not None
    assert [number for number in range(12) if number in rows] == [2, 3, 4, 9]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"rows": "x"}, "--rows x"),
        ({"redo": "5-2"}, "--redo 5-2"),
        ({"set": ["voice_id"]}, "--set 'voice_id'"),
        ({"timeout": "soon"}, "--timeout 'soon'"),
        ({"concurrency": 0}, "concurrency"),
        ({"timeout": -1}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"poll_every": float("inf")}, "poll_every"),
        ({"set": {"voice_id": ""}}, "--set"),
        ({"set": None}, "defaults|set"),
        ({"colour": "red"}, "no setting 'colour'"),
    ],
)
def test_a_setting_that_can_not_be_is_refused_in_words(typed: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Settings(**typed)


# The examples ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "arguments", "said"),
    [
        ("make_videos.py", ["voiceovers.csv"], "5 done"),
        ("approve.py", ["voiceovers.csv", "9"], "row 5: done"),
        ("approve.py", ["voiceovers.csv", "3"], "Nothing was sent."),
        ("check_folder.py", ["."], "voiceovers.csv: 4 to make, 0 mistakes"),
    ],
)
def test_the_examples_of_the_docs_do_what_they_say(sheet: Path, script: str, arguments: list[str], said: str) -> None:
    words = [sys.executable, str(ROOT / "docs" / "examples" / script), *arguments]
    with forked(words, cwd=sheet.parent, env=environment(), stdout=PIPE, stderr=PIPE) as run:
        out, err = run.communicate(timeout=120)
    assert err == ""
    assert said in out


def test_the_package_names_what_it_gives() -> None:
    assert set(bulkgen.__all__) == {"Batch", "Settings", "__version__"}
    with pytest.raises(AttributeError):
        bulkgen.nothing  # noqa: B018 - that it is not there is what is tested


# Wherever it is run --------------------------------------------------------------------------------------------------


def test_relative_paths_are_those_of_the_moment_of_opening(
    sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(sheet.parent)
    settings = Settings(sandbox=True, yes=True, out=Path("out.csv"), resume=Path("mine.resume.jsonl"))
    batch = Batch.open(sheet.name, settings)
    monkeypatch.chdir(elsewhere)
    assert batch.run().exit_code is Exit.OK
    assert batch.status().exit_code is Exit.OK
    monkeypatch.chdir(sheet.parent)
    assert batch.run().sent == 0
    assert list(elsewhere.iterdir()) == []
    assert {"out.csv", "mine.resume.jsonl"} <= {path.name for path in sheet.parent.iterdir()}


def test_a_relative_folder_of_the_index_is_that_of_the_moment_of_opening(tmp_path: Path) -> None:
    assert data_folder({"BULKGEN_DATA_DIR": "data"}, folder=tmp_path) == tmp_path / "data"
    assert data_folder({"BULKGEN_DATA_DIR": "data"}) == Path.cwd() / "data"


def test_short_names_stay_where_nobody_has_moved(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sheet.parent)
    ran = Batch.open(sheet.name, SANDBOX).run()
    assert ran.writing.path == Path(f"{sheet.stem}.sandbox.results.csv")
