"""What may happen to the process and its disk: killed anywhere, power gone, disk full, files moved or damaged.

What HeyGen may do is in `test_chaos`; real processes killed at random moments are in `test_kill`.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bulkgen.disk import growing
from bulkgen.disk.whole import Saved, sweep, write_whole
from bulkgen.errors import Exit, LedgerError, NoRoom
from bulkgen.files.download import Downloads
from bulkgen.ledger.events import (
    adopted,
    finished,
    format_time,
    submitted,
    submitting,
    unknown,
)
from bulkgen.ledger.history import fold
from bulkgen.ledger.inheritance import inherited
from bulkgen.ledger.neighbours import neighbours
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.ledger.state import State, Status
from bulkgen.model import Job
from tests.command import bulkgen, command, environment, events, hurried_command, results
from tests.forked import forked
from tests.making import avatar_job, speech_job, translation_job
from tests.scenario import Crash, Scenario
from tests.standin.process import StandIn
from tests.standin.thread import Nearby
from tests.test_engine import avatars, every_once

BASE, ME = "https://heygen.test", "me"
#: What the disk kept of what was written over `durable` since the last sync, in sectors: nothing, the first half, the
#: second half (where zeros stand in the middle then), everything.
SECTOR = 512
KEPT: dict[str, Callable[[bytes, bytes], bytes]] = {
    "nothing": lambda durable, _: durable,
    "first half": lambda durable, now: now[: half(durable, now)] + durable[half(durable, now) :],
    "second half": lambda durable, now: durable[: half(durable, now)] + now[half(durable, now) :],
    "all": lambda _, now: now,
}


def half(durable: bytes, now: bytes) -> int:
    """A border between two sectors in the middle of what was written."""
    first, last = len(durable.rstrip(b"\0")), len(now.rstrip(b"\0"))
    return (first + last) // 2 // SECTOR * SECTOR


def few() -> list[Job]:
    return [*avatars(2), translation_job(9), speech_job(20)]


def recorded_keys(scenario: Scenario) -> set[object]:
    return {event.get("key") for event in scenario.events()}


def charged_keys(scenario: Scenario) -> set[str]:
    return {key for key in scenario.charges if key.startswith("bulkgen:")}


# Killed, or without power, between any two steps --------------------------------------------------------------------


@pytest.mark.parametrize("kept", KEPT)
def test_power_lost_at_any_write_and_whatever_the_disk_kept_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    """What was synced is there; of what was written since, the disk may have kept anything."""
    real, durable = growing.sync, b""
    scenario: Scenario

    def sync(fd: int) -> None:
        nonlocal durable
        scenario.steps.step()
        real(fd)
        durable = scenario.path.read_bytes()

    monkeypatch.setattr(growing, "sync", sync)
    step, crashed = 0, True
    while crashed:
        step += 1
        durable = b""
        folder = tmp_path / str(step)
        folder.mkdir()
        scenario = Scenario(folder, few(), render=[1.0, 3.0])
        scenario.run(crash_at=step)
        crashed = scenario.steps.taken >= step
        if scenario.path.exists():
            scenario.path.write_bytes(KEPT[kept](durable, scenario.path.read_bytes()))
        known = recorded_keys(scenario)
        assert charged_keys(scenario) <= known, step
        scenario.run()
        assert {scenario.charges[key] for key in charged_keys(scenario)} == {1}, step
        repeats = sum(state.repeats for state in fold(scenario.events()).states.values())
        assert 4 <= sum(scenario.charges.values()) <= 4 + repeats, step
        assert set(scenario.statuses()) == {"done"}, step
    assert step > 25


def test_killed_in_mid_download_or_before_the_file_is_recorded(tmp_path: Path) -> None:
    class Shaky(Downloads):
        def _keep(self, arrived: Sequence[Any]) -> list[Saved | Exception]:
            scenario.steps.step()
            saved = super()._keep(arrived)
            scenario.steps.step()
            return saved

    scenario: Scenario
    step, crashed = 0, True
    while crashed:
        step += 1
        folder = tmp_path / str(step)
        (folder / "leads.files").mkdir(parents=True)
        scenario = Scenario(folder, [speech_job(20)])
        scenario.downloads = Shaky
        left = folder / "leads.files" / f"0020-{scenario.jobs[0].fingerprint[:10]}.mp3.part"
        left.write_bytes(b"half a recording")  # of a process that was killed
        scenario.run(crash_at=step)
        crashed = scenario.steps.taken >= step
        sweep(left.parent)
        scenario.run()
        assert scenario.statuses() == ["done"], step
        (saved,) = [event for event in scenario.events() if event["event"] == "saved"]
        files = {path.suffix: path for path in (folder / "leads.files").iterdir()}
        file = files.pop(".mp3")
        assert files.keys() <= {".json", ".srt"}, step
        assert (f"leads.files/{file.name}", file.stat().st_size) == (saved["file"], saved["bytes"]), step
    assert step > 8


def test_a_results_sheet_is_never_half_written(tmp_path: Path) -> None:
    path = tmp_path / "leads.results.csv"
    path.write_text("the old one")

    def die(target: Path) -> None:
        target.write_text("half of the n")
        raise Crash

    with pytest.raises(Crash):
        write_whole(path, die)
    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]


# The disk refuses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("call", "number"), [("write", errno.ENOSPC), ("sync", errno.EIO)])
def test_nothing_is_sent_that_is_not_recorded_whenever_the_disk_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """Of every record in turn; the next run, on a disk that works, makes each job once."""
    real = getattr(growing, call)
    appends, failing = 0, 0

    def broken(*arguments: object) -> None:
        nonlocal appends
        appends += 1
        if appends >= failing > 0:
            raise OSError(number, os.strerror(number))
        real(*arguments)

    monkeypatch.setattr(growing, call, broken)
    for nth in range(1, 100):
        folder = tmp_path / str(nth)
        folder.mkdir()
        scenario = Scenario(folder, few(), render=[1.0, 3.0])
        appends, failing = 0, nth
        stopped = fatal(scenario)
        if stopped is None:
            break
        assert stopped.exit_code is Exit.RESUME_FILE
        assert "Nothing was sent that is not recorded" in str(stopped)
        assert charged_keys(scenario) <= recorded_keys(scenario)
        before = sum(scenario.charges.values())
        failing = 0
        scenario.run()
        assert {scenario.charges[key] for key in charged_keys(scenario)} == {1}
        assert sum(scenario.charges.values()) >= before
        assert set(scenario.statuses()) == {"done"}
    assert nth > 10


def fatal(scenario: Scenario) -> LedgerError | None:
    try:
        stopped = scenario.run().stopped_by
    except LedgerError as error:
        return error

    assert stopped is None or isinstance(stopped, NoRoom)
    return stopped


def test_after_a_record_failed_nothing_more_is_posted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario(tmp_path, avatars(40), post_seconds=[0.5, 2.0])
    real, appends = growing.write, 0

    def broken(fd: int, data: bytes) -> None:
        nonlocal appends
        appends += 1
        if appends > 12:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(fd, data)

    monkeypatch.setattr(growing, "write", broken)
    with pytest.raises(LedgerError, match="the disk is full"):
        scenario.run()
    intents = sum(event["event"] == "submitting" for event in scenario.events())
    assert len(scenario.charges) <= intents < 15


@pytest.mark.skipif(os.name == "nt", reason="limits of the size of files are set in another way there")
def test_a_disk_that_is_full_ends_the_command_with_exit_9_and_the_next_run_goes_on(tmp_path: Path) -> None:
    import resource

    sheet(tmp_path, 40)
    with StandIn(tmp_path / "ledger.jsonl", time_scale=0.004) as heygen:
        # What coverage would write at its end is larger than the disk
        unmeasured = {n: v for n, v in environment(heygen.env).items() if not n.startswith("COVERAGE_")}
        done = subprocess.run(
            hurried_command("run", "a.csv", "--yes"),
            cwd=tmp_path,
            env=unmeasured,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64_000, 64_000)),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == Exit.RESUME_FILE, done.stderr
        assert "Nothing was sent that is not recorded" in done.stderr
        assert "Traceback" not in done.stderr
        before = len(heygen.ledger().charges)
        assert 0 < before < 40
        assert heygen.ledger().per("key").keys() <= {event.get("key") for event in whole_events(tmp_path)}
        assert bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env).returncode == Exit.OK
        assert set(heygen.ledger().per("wish").values()) == {1}
        assert len(heygen.ledger().charges) == 40


def whole_events(folder: Path) -> list[dict[str, object]]:
    data = (folder / "a.csv.resume.jsonl").read_bytes()
    return [json.loads(line) for line in data[: data.rfind(b"\n")].splitlines()]


def sheet(folder: Path, count: int, name: str = "a.csv", first: int = 0) -> list[str]:
    """An avatar sheet; gives its rows."""
    rows = [f"look_ann,Hello number {n},crm-{n:03}" for n in range(first, first + count)]
    write_rows(folder / name, rows)
    return rows


def write_rows(path: Path, rows: list[str]) -> None:
    path.write_text("\n".join(["avatar_id,script,row_id", *rows]))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such mode of a folder")
def test_a_folder_that_can_not_be_written_ends_with_exit_9_before_anything_is_sent(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    sheet(folder, 2)
    folder.chmod(0o555)
    try:
        with StandIn(tmp_path / "ledger.jsonl") as heygen:
            done = subprocess.run(
                command("run", "a.csv", "--yes"),
                cwd=folder,
                env=environment(heygen.env),
                preexec_fn=_as_anybody,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == Exit.RESUME_FILE, done.stderr
            assert "copy the sheet to a folder of your own" in done.stderr
            assert heygen.state()["requests"] == 0
    finally:
        folder.chmod(0o755)


def _as_anybody() -> None:
    """Root may write everywhere; without this capability it is a user like others."""
    if os.geteuid() == 0 and sys.platform == "linux":
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals")
def test_a_terminal_that_is_closed_in_mid_run_leaves_a_true_sheet_and_no_lock(tmp_path: Path) -> None:
    import pty

    sheet(tmp_path, 12)
    with StandIn(tmp_path / "ledger.jsonl", never_ends=True) as heygen:
        terminal, its = pty.openpty()
        words, env = hurried_command("run", "a.csv", "--yes"), environment(heygen.env)
        process = forked(words, cwd=tmp_path, env=env, stdin=its, stdout=its, stderr=its, terminal=True)
        os.close(its)
        limit = time.monotonic() + 120
        while len(heygen.ledger().charges) < 10:
            assert time.monotonic() < limit, "it did not happen in time"
            if select.select([terminal], [], [], 0.05)[0]:
                os.read(terminal, 4096)
        os.close(terminal)
        assert process.wait() == Exit.INTERRUPTED
    assert sorted(line["result_status"] for line in results(tmp_path, "a.results.csv")) == (
        ["queued"] * 2 + ["rendering"] * 10
    )
    assert not list(tmp_path.glob("*.lock"))


# Files that were moved, damaged, or copied --------------------------------------------------------------------------


def test_a_resume_file_that_another_program_changed_after_it_was_read_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "a.resume.jsonl"
    first, second = journal_of(path), journal_of(path)
    first.append(submitting(avatar_job(), 1))
    with pytest.raises(LedgerError, match="changed it meanwhile"):
        second.append(submitting(avatar_job(3), 1))
    third, fourth = journal_of(path), journal_of(path)
    third.append(submitting(avatar_job(4), 1))
    with pytest.raises(LedgerError, match="changed it meanwhile"):
        fourth.append(submitting(avatar_job(5), 1))
    assert [event["event"] for event in ResumeFile(path).events] == ["opened", "submitting", "submitting"]
    for journal in (first, second, third, fourth):
        journal.close()


def journal_of(path: Path) -> ResumeFile:
    journal = ResumeFile(path)
    journal.belongs_to(BASE, ME)
    return journal


def test_a_resume_file_that_was_taken_away_after_it_was_read_is_not_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.resume.jsonl"
    journal_of(path).append(submitting(avatar_job(), 1))
    journal = journal_of(path)
    path.rename(tmp_path / "elsewhere")
    with pytest.raises(LedgerError):
        journal.append(submitting(avatar_job(), 2))
    assert not path.exists()


@pytest.mark.skipif(os.name == "nt", reason="an open file can't be moved there")
def test_a_resume_file_that_is_moved_in_mid_run_ends_the_run(tmp_path: Path) -> None:
    path = tmp_path / "a.resume.jsonl"
    journal = journal_of(path)
    journal.append(submitting(avatar_job(), 1))
    path.rename(tmp_path / "b.resume.jsonl")
    with pytest.raises(LedgerError):
        journal.append(submitted(avatar_job(), 1, "v"))
    path.write_text("")  # a synchronised folder brings an old one back
    with pytest.raises(LedgerError):
        journal.append(submitted(avatar_job(), 1, "v"))
    journal.close()


@pytest.mark.parametrize(
    "name",
    ["leads.xlsx.resume (Anna's conflicted copy 2026-11-21).jsonl", "leads.xlsx.resume-DESKTOP-7.jsonl",
     "leads.xlsx.resume.sync-conflict-20261121-101010-ABC.jsonl", "leads.xlsx.resume (1).jsonl",
     "leads.xlsx.resume 2.jsonl", "leads.xlsx.resume.jsonl.bak", "Copy of leads.xlsx.resume.jsonl", "old.jsonl",
     "leads.xlsx.resume.jsonl.Conflict"],
)  # fmt: skip
def test_copies_and_renamed_files_are_found_by_what_they_hold(tmp_path: Path, name: str) -> None:
    own = tmp_path / "leads.xlsx.resume.jsonl"
    journal_of(own).append(submitting(avatar_job(), 1))
    own.rename(tmp_path / name)
    (tmp_path / "events.jsonl").write_text('{"event": "opened"}\n')  # somebody else's
    (tmp_path / "other.jsonl").write_text("not even JSON\n")
    assert neighbours(own, [tmp_path], sandbox=False) == [tmp_path / name]


def test_a_run_collects_from_a_conflicted_copy_what_its_own_file_lost(tmp_path: Path) -> None:
    sheet(tmp_path, 6)
    with Nearby(tmp_path / "ledger.jsonl", time_scale=0.004) as heygen:
        assert bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env).returncode == Exit.OK
        own = tmp_path / "a.csv.resume.jsonl"
        shutil.copy(own, tmp_path / "a.csv.resume (conflicted copy).jsonl")
        lines = own.read_bytes().splitlines(keepends=True)
        own.write_bytes(b"".join(lines[:6]))  # as another computer knew it, five records in
        done = bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env)
        assert done.returncode == Exit.OK, done.stderr
        assert "in a.csv.resume (conflicted copy).jsonl: taken over" in done.stderr
        own.rename(tmp_path / "moved.jsonl")
        assert bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env).returncode == Exit.OK
        assert len(heygen.ledger.charges) == 6
    assert {line["result_status"] for line in results(tmp_path, "a.results.csv")} == {"done"}


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda lines: [*lines[:2], b'{"event":"sub\x00mitted"}\n', *lines[2:]], "damaged at line 3"),
        (lambda lines: [lines[0].replace(b'"format":1', b'"format":2'), *lines[1:]], "pip install --upgrade bulkgen"),
        (lambda lines: lines[1:], "is not a resume file"),
    ],
)
def test_a_resume_file_that_can_not_be_trusted_ends_with_exit_9_and_nothing_is_sent(
    tmp_path: Path, spoil: Callable[[list[bytes]], list[bytes]], told: str
) -> None:
    (tmp_path / "a.csv").write_text("text,voice_id\nHello,voice_anna\n")
    assert bulkgen(tmp_path, "run", "a.csv", "--sandbox").returncode == Exit.OK
    path = tmp_path / "a.csv.sandbox.resume.jsonl"
    path.write_bytes(b"".join(spoil(path.read_bytes().splitlines(keepends=True))))
    before = path.read_bytes()
    (tmp_path / "a.csv").write_text("text,voice_id\nHello,voice_anna\nAnother,voice_anna\n")
    done = bulkgen(tmp_path, "run", "a.csv", "--sandbox", "--yes")
    assert done.returncode == Exit.RESUME_FILE
    assert told in done.stderr
    assert path.read_bytes() == before


# Edits between runs -------------------------------------------------------------------------------------------------


def test_rows_sorted_cut_inserted_and_doubled_between_runs_cost_only_what_is_new(tmp_path: Path) -> None:
    rows = sheet(tmp_path, 8)
    with Nearby(tmp_path / "ledger.jsonl", time_scale=0.004) as heygen:
        assert bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env).returncode == Exit.OK
        ids = {line["row_id"]: line["result_id"] for line in results(tmp_path, "a.results.csv")}
        kept = [*reversed(rows[2:])]
        write_rows(tmp_path / "a.csv", [kept[0], "look_ann,A new one,crm-new", kept[0], *kept[1:]])
        done = bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env)
        assert done.returncode == Exit.OK, done.stderr
        assert re.search(r"\b2 .*no longer in the sheet", done.stderr)
        assert len(heygen.ledger.charges) == 9
        lines = results(tmp_path, "a.results.csv")
        assert [line["result_status"] for line in lines] == ["done"] * 8
        assert all(line["result_id"] == ids[line["row_id"]] for line in lines if line["row_id"] in ids)
        write_rows(tmp_path / "a.csv", rows)
        assert bulkgen(tmp_path, "run", "a.csv", "--yes", env=heygen.env).returncode == Exit.OK
        assert len(heygen.ledger.charges) == 9


# What two files know, in any order ----------------------------------------------------------------------------------

JOB = avatar_job()


def at(seconds: float, event: dict[str, object]) -> dict[str, object]:
    return {"at": format_time(1_790_000_000 + seconds), **event}


SENT = at(0, submitting(JOB, 1))
TAKEN = at(1, submitted(JOB, 1, "vid_1"))
LOST = at(90_000, unknown(JOB, 1, "no such job"))
GONE = at(500, unknown(JOB, 1, "no longer known", job_id="vid_1"))
ENDED = at(90, finished(JOB, 1, "vid_1", duration=1.0, finished_at=""))


def state_of(*known: dict[str, object]) -> State:
    return fold(known).states[JOB.fingerprint]


def test_an_id_that_one_copy_knows_is_not_lost_by_the_other_ones_doubt() -> None:
    for order in ([SENT, LOST, SENT, TAKEN], [SENT, TAKEN, SENT, LOST], [LOST, TAKEN, SENT]):
        assert (state_of(*order).id, state_of(*order).status) == ("vid_1", Status.RENDERING)
    taken = inherited(fold([SENT, LOST]), {"copy": [SENT, TAKEN]}, [JOB.fingerprint])
    assert [event["event"] for event in taken] == ["submitting", "submitted"]
    assert inherited(fold([SENT, TAKEN]), {"copy": [SENT, LOST]}, [JOB.fingerprint]) == []


def test_a_result_counts_more_than_an_id_that_was_gone() -> None:
    assert state_of(SENT, TAKEN, GONE).status is Status.UNKNOWN
    for order in ([SENT, TAKEN, ENDED, GONE], [SENT, TAKEN, GONE, ENDED]):
        assert state_of(*order).status is Status.DONE


def test_an_unknown_job_that_was_found_is_followed() -> None:
    assert state_of(SENT, LOST, at(99_000, adopted(JOB, 1, "vid_9"))).in_progress
    assert state_of(SENT, TAKEN, GONE, at(600, adopted(JOB, 1, "vid_1"))).in_progress


def test_the_ids_of_all_attempts_are_remembered() -> None:
    again = [at(100, submitting(JOB, 2)), at(101, submitted(JOB, 2, "vid_2"))]
    assert fold([SENT, TAKEN, ENDED, *again]).ids == {"vid_1", "vid_2"}


def test_titles_and_times_of_an_attempt_do_not_depend_on_the_order_of_its_records() -> None:
    moved = at(3600, submitting(avatar_job(9, title="leads row 9"), 1))
    one, other = state_of(SENT, moved), state_of(moved, SENT)
    assert (one.first_sent, one.last_sent) == (other.first_sent, other.last_sent) == (1_790_000_000, 1_790_003_600)
    assert sorted(one.titles) == sorted(other.titles) == ["leads row 2", "leads row 9"]


def test_the_events_of_this_run_stand_in_the_file_as_they_were_taken_in(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, few())
    engine = scenario.run()
    assert fold(scenario.events()).states == engine.run_state.states
    every_once(scenario)
    assert events(scenario.path) == scenario.events()
