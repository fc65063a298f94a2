"""The ledger as files: durable before anybody goes on, many records in one write; what other folders have."""

from __future__ import annotations

import errno
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from bulkgen.disk import growing
from bulkgen.errors import LedgerError, LockedError, Refused
from bulkgen.ledger.events import Event, finished, format_time, refused, saved, submitted, submitting
from bulkgen.ledger.file_ledger import FileLedger
from bulkgen.ledger.history import fold
from bulkgen.ledger.index import Attempt, Index
from bulkgen.ledger.lock import lock_of
from bulkgen.ledger.protocol import Ledger
from bulkgen.ledger.resume_file import read_events
from tests.making import avatar_job, speech_job

pytestmark = pytest.mark.anyio


JOB, SPEECH = avatar_job(), speech_job()
SENT = submitting(JOB, 1)


#: The ledgers of the test that runs.
_OPENED: list[FileLedger] = []


@pytest.fixture(autouse=True)
def _left() -> Iterator[None]:
    """No test leaves an index open behind it."""
    yield
    while _OPENED:
        _OPENED.pop().leave()


def opened(folder: Path, name: str = "leads.xlsx") -> FileLedger:
    """The ledger of a sheet in that folder, which need not be there yet, with the index that all of a test share."""
    folder.mkdir(exist_ok=True)
    ledger = FileLedger(folder / f"{name}.resume.jsonl", index=lambda: folder.parent / "data")
    _OPENED.append(ledger)
    return ledger


def taken(folder: Path, name: str = "leads.xlsx") -> FileLedger:
    ledger = opened(folder, name)
    ledger.take()
    ledger.belongs_to("https://heygen.test", "me")
    return ledger


async def made(folder: Path, *known: Event) -> FileLedger:
    """A run that did this, and is over."""
    ledger = taken(folder)
    for event in known:
        if event["event"] == "submitting":
            assert await ledger.claim(str(event["fingerprint"]), 1)
        await ledger.append(event)
    ledger.leave()
    return ledger


def record(number: int) -> Event:
    return submitting(avatar_job(number, f"Hello {number}"), 1)


async def test_each_call_gets_its_own_events_back_once_they_are_on_the_disk(tmp_path: Path) -> None:
    ledger = taken(tmp_path)

    async def one(number: int) -> None:
        stamped = await ledger.append(record(number), record(number + 1000))
        assert [event["row"] for event in stamped] == [number, number + 1000]
        assert all(event["at"] for event in stamped)
        assert stamped[0] in read_events(ledger.path)[0]

    async with anyio.create_task_group() as group:
        for number in range(2, 60):
            group.start_soon(one, number)
    ledger.leave()
    rows = [int(str(event["row"])) for event in read_events(ledger.path)[0] if event["event"] == "submitting"]
    assert sorted(rows) == sorted([*range(2, 60), *range(1002, 1060)])
    assert all(rows[rows.index(row) + 1] == row + 1000 for row in range(2, 60))


async def test_what_waits_while_the_disk_is_busy_goes_in_one_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, writes, real, real_sync = threading.Event(), list[bytes](), growing.write, growing.sync

    def write(fd: int, data: bytes) -> None:
        writes.append(data)
        real(fd, data)

    def sync(fd: int) -> None:
        busy.wait(60)
        real_sync(fd)

    monkeypatch.setattr(growing, "write", write)
    monkeypatch.setattr(growing, "sync", sync)
    ledger = taken(tmp_path)
    async with anyio.create_task_group() as group:
        group.start_soon(ledger.append, record(2))
        while not writes:
            await anyio.lowlevel.checkpoint()
        for number in range(3, 50):
            group.start_soon(ledger.append, record(number))
        await anyio.wait_all_tasks_blocked()
        busy.set()
    ledger.leave()
    assert [data.count(b"\n") for data in writes if data.strip(b"\0")] == [1, 1, 47]  # the header first
    assert len(read_events(ledger.path)[0]) == 1 + 48


async def test_a_disk_that_fails_is_told_to_everybody_who_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(growing, "sync", fail)
    ledger, told = taken(tmp_path), []

    async def one(number: int) -> None:
        try:
            await ledger.append(record(number))
        except LedgerError as error:
            told.append(str(error))

    async with anyio.create_task_group() as group:
        for number in range(2, 12):
            group.start_soon(one, number)
    assert len(told) == 10
    assert all("the disk is full" in message for message in told)


async def test_the_loop_goes_on_while_the_disk_is_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writing, released = threading.Event(), threading.Event()

    def sync(_fd: int) -> None:
        writing.set()
        assert released.wait(60)

    monkeypatch.setattr(growing, "sync", sync)
    ledger = taken(tmp_path)
    async with anyio.create_task_group() as group:
        group.start_soon(ledger.append, record(2))
        while not writing.is_set():
            await anyio.lowlevel.checkpoint()
        released.set()  # by the loop itself: an append that held it would wait in vain


# The right to write -------------------------------------------------------------------------------------------------


async def test_reading_needs_no_right_and_leaves_no_trace(tmp_path: Path) -> None:
    with_run = taken(tmp_path / "q4")
    await with_run.append(SENT)
    ledger: Ledger = opened(tmp_path / "q4")
    assert [event["event"] for event in ledger.events] == ["opened", "submitting"]
    ledger.belongs_to("https://heygen.test", "me")
    assert not ledger.recall({JOB.fingerprint}).events
    with pytest.raises(LockedError):
        ledger.take()
    with pytest.raises(AssertionError):
        await ledger.append(SENT)
    ledger.leave()
    with_run.leave()
    assert [path.name for path in (tmp_path / "q4").iterdir()] == ["leads.xlsx.resume.jsonl"]
    assert not (tmp_path / "data").exists()


async def test_what_was_read_before_the_right_was_had_is_read_afresh(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "q4")
    assert not ledger.events
    await made(tmp_path / "q4", SENT)
    ledger.take()
    assert len(ledger.events) == 2
    ledger.leave()


async def test_who_has_lost_the_right_records_nothing_and_may_send_nothing(tmp_path: Path) -> None:
    ledger = taken(tmp_path / "q4")
    await ledger.append(SENT)
    note = {"host": "elsewhere", "pid": 1, "started": format_time(0), "beat": format_time(0)}
    lock_of(ledger.path).write_text(json.dumps(note))
    before = ledger.path.read_bytes()
    with pytest.raises(LockedError, match="elsewhere has taken over"):
        await ledger.append(submitted(JOB, 1, "vid_1"))
    with pytest.raises(LockedError, match="elsewhere has taken over"):
        await ledger.claim(JOB.fingerprint, 1)
    assert ledger.path.read_bytes() == before


def test_whom_it_was_taken_over_from_is_a_warning(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path / "leads.xlsx.resume.jsonl", sleep=lambda _seconds: None)
    note = {"host": "elsewhere", "pid": 1, "started": format_time(0), "beat": format_time(0)}
    lock_of(ledger.path).write_text(json.dumps(note))
    told: list[str] = []
    ledger.take(told.append)
    assert "its note is watched for 90 seconds" in told.pop()
    assert "elsewhere" in ledger.warnings.pop()
    ledger.leave()


# What other folders have --------------------------------------------------------------------------------------------


async def test_a_copy_in_another_folder_finds_what_was_made_and_says_where(tmp_path: Path) -> None:
    there = await made(tmp_path / "q4", SENT, submitted(JOB, 1, "vid_1"))
    copy = taken(tmp_path / "copies", "leads (1).xlsx")
    recalled = copy.recall({JOB.fingerprint})
    assert [event["event"] for event in recalled.events] == ["submitting", "submitted"]
    assert {event["from"] for event in recalled.events} == {str(there.path)}
    assert recalled.ids == {"vid_1"}
    assert recalled.notes == (
        f"1 of these is in progress in {tmp_path / 'q4' / 'leads.xlsx'}: taken over, nothing is paid for them again.",
    )
    await copy.append(*recalled.events)
    assert not copy.recall({JOB.fingerprint}).events
    copy.leave()


async def test_a_recording_of_another_folder_is_named_by_its_path(tmp_path: Path) -> None:
    ended = finished(SPEECH, 1, "aud_1", duration=1.0, finished_at="", link="https://x/y.mp3")
    await made(tmp_path / "q4", submitting(SPEECH, 1), ended, saved(SPEECH, 1, "leads.files/2.mp3", 9))
    (tmp_path / "q4" / "leads.files").mkdir()
    (tmp_path / "q4" / "leads.files" / "2.mp3").write_bytes(b"x" * 9)
    copy = taken(tmp_path / "copies")
    recalled = copy.recall({SPEECH.fingerprint})
    assert recalled.events[-1]["file"] == str(tmp_path / "q4" / "leads.files" / "2.mp3")
    await copy.append(*recalled.events)
    copy.leave()
    third = taken(tmp_path / "third")
    assert third.recall({SPEECH.fingerprint}).events[-1]["file"] == str(tmp_path / "q4" / "leads.files" / "2.mp3")
    third.leave()


async def test_an_index_that_was_lost_is_made_again_from_what_a_run_reads(tmp_path: Path) -> None:
    there = await made(tmp_path / "q4", SENT, submitted(JOB, 1, "vid_1"))
    shutil.rmtree(tmp_path / "data")
    neighbour = taken(tmp_path / "q4", "another.csv")
    neighbour.recall(())
    neighbour.leave()
    copy = taken(tmp_path / "copies")
    assert {event["from"] for event in copy.recall({JOB.fingerprint}).events} == {str(there.path)}
    copy.leave()


async def test_a_folder_that_was_renamed_goes_on_with_its_own_file(tmp_path: Path) -> None:
    await made(tmp_path / "q4", SENT)
    (tmp_path / "q4").rename(tmp_path / "autumn")
    renamed = taken(tmp_path / "autumn")
    assert renamed.recall({JOB.fingerprint}).events == ()
    assert await renamed.claim(JOB.fingerprint, 1)
    copy = taken(tmp_path / "copies")
    assert {event["from"] for event in copy.recall({JOB.fingerprint}).events} == {str(renamed.path)}
    assert not await copy.claim(JOB.fingerprint, 1)
    for ledger in (renamed, copy):
        ledger.leave()


async def test_a_file_that_can_not_be_read_is_told_and_keeps_what_it_claimed(tmp_path: Path) -> None:
    there = await made(tmp_path / "q4", SENT)
    there.path.write_bytes(b"rubbish\n")
    copy = taken(tmp_path / "copies")
    recalled = copy.recall({JOB.fingerprint})
    assert not recalled.events
    assert "leads.xlsx.resume.jsonl is damaged" in recalled.unreadable[0]
    with pytest.raises(LedgerError, match="is damaged"):
        await copy.claim(JOB.fingerprint, 1)
    there.path.unlink()
    assert await copy.claim(JOB.fingerprint, 1)
    copy.leave()


async def test_a_folder_that_can_not_be_looked_into_is_no_run_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await made(tmp_path / "q4", SENT)

    def refuse(_: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("bulkgen.ledger.rivals.is_held", refuse)
    copy = taken(tmp_path / "copies")
    with pytest.raises(LedgerError, match="can't be read: Permission denied"):
        await copy.claim(JOB.fingerprint, 1)
    assert copy.warnings == []
    copy.leave()


async def test_another_accounts_file_in_the_place_of_one_of_ours_is_not_taken_over(tmp_path: Path) -> None:
    there = await made(tmp_path / "q4", SENT)
    there.path.write_bytes(there.path.read_bytes().replace(b'"account":"me"', b'"account":"you"'))
    copy = taken(tmp_path / "copies")
    assert not copy.recall({JOB.fingerprint}).events
    copy.leave()


# Who may make an attempt --------------------------------------------------------------------------------------------


async def test_what_a_run_has_claimed_nobody_else_has_while_it_is_at_work(tmp_path: Path) -> None:
    run, copy = taken(tmp_path / "q4"), taken(tmp_path / "copies")
    assert await run.claim(SPEECH.fingerprint, 1)
    assert await run.claim(SPEECH.fingerprint, 1)
    assert not await copy.claim(SPEECH.fingerprint, 1)
    assert not await copy.claim(SPEECH.fingerprint, 1)
    assert copy.warnings == [
        f"Rows of this sheet are being made by another run, of {tmp_path / 'q4' / 'leads.xlsx'}: they are left to it. "
        "Run the same command again to collect them."
    ]
    run.leave()  # before its intent was recorded: nothing was sent
    assert await copy.claim(SPEECH.fingerprint, 1)
    assert not await taken(tmp_path / "q4").claim(SPEECH.fingerprint, 1)


@pytest.mark.parametrize("known", [[SENT], [SENT, submitted(JOB, 1, "vid_1")]])
async def test_what_a_run_recorded_before_it_died_goes_only_to_who_knows_it(tmp_path: Path, known: list[Event]) -> None:
    await made(tmp_path / "q4", *known)
    copy = taken(tmp_path / "copies")
    assert not await copy.claim(JOB.fingerprint, 1)
    assert "known to another run" in copy.warnings[0]
    await copy.append(*copy.recall({JOB.fingerprint}).events)
    assert await copy.claim(JOB.fingerprint, 1)
    assert not await taken(tmp_path / "q4").claim(JOB.fingerprint, 1), "it has to hear of the copy's first"


async def test_what_the_other_run_writes_between_two_claims_is_read(tmp_path: Path) -> None:
    await made(tmp_path / "q4", SENT, submitting(SPEECH, 1))
    copy = taken(tmp_path / "copies")
    await copy.append(*copy.recall({JOB.fingerprint, SPEECH.fingerprint}).events)
    assert await copy.claim(SPEECH.fingerprint, 1)
    again = taken(tmp_path / "q4")
    assert not await copy.claim(JOB.fingerprint, 1)
    await again.append(submitted(JOB, 1, "vid_1"))
    again.leave()
    assert not await copy.claim(JOB.fingerprint, 1)
    copy.leave()


async def test_a_lock_that_is_reached_by_another_name_is_still_the_own_one(tmp_path: Path) -> None:
    """As on a file system that takes `LEADS.xlsx` and `leads.xlsx` for one name."""
    other = taken(tmp_path / "q4", "LEADS.xlsx")
    assert await other.claim(JOB.fingerprint, 1)
    other.leave()
    ledger = taken(tmp_path / "q4")
    lock_of(other.path).hardlink_to(lock_of(ledger.path))
    assert await ledger.claim(JOB.fingerprint, 1)
    ledger.leave()


async def test_without_an_index_everything_is_allowed_and_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    run, copy = taken(tmp_path / "q4"), taken(tmp_path / "copies")
    for ledger in (run, copy):
        assert not ledger.recall({JOB.fingerprint}).notes
        assert await ledger.claim(JOB.fingerprint, 1)
        await ledger.append(SENT)
        assert len(ledger.warnings) == 1
        assert "goes on without it" in ledger.warnings[0]
        ledger.leave()


async def test_who_only_looks_and_who_leaves_keep_nothing_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await made(tmp_path / "q4", SENT)
    connections: list[sqlite3.Connection] = []
    real = sqlite3.connect

    def connect(path: Path, **options: Any) -> sqlite3.Connection:
        connections.append(real(path, **options))
        return connections[-1]

    monkeypatch.setattr(sqlite3, "connect", connect)
    looking, run = opened(tmp_path / "copies"), taken(tmp_path / "more copies")
    looking.belongs_to("https://heygen.test", "me")
    for ledger in (looking, run):
        assert ledger.recall({JOB.fingerprint}).events
    run.leave()
    assert len(connections) == 2
    for db in connections:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            db.execute("select 1")


async def test_a_rehearsal_has_no_index(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path / "leads.xlsx.sandbox.resume.jsonl", sandbox=True)
    ledger.take()
    ledger.belongs_to("https://sandbox", "me")
    assert await ledger.claim(JOB.fingerprint, 1)
    ledger.leave()
    assert not ledger.path.exists()
    assert not (tmp_path / "data").exists()


async def test_claims_that_wait_are_one_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = taken(tmp_path / "q4")
    assert await ledger.claim(JOB.fingerprint, 1)
    busy = sqlite3.connect(tmp_path / "data" / "index.sqlite3", isolation_level=None, check_same_thread=False)
    busy.execute("begin immediate")
    rounds = []
    real = Index.claim

    def claim(self: Index, attempts: Sequence[Attempt], stands: Callable[[Path, str], bool]) -> list[bool]:
        rounds.append(len(attempts))
        return real(self, attempts, stands)

    monkeypatch.setattr(Index, "claim", claim)
    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(ledger.claim, f"{number:064}", 1)
        await anyio.wait_all_tasks_blocked()
        busy.execute("commit")
    busy.close()
    assert sum(rounds) == 20
    assert len(rounds) <= 2
    ledger.leave()


async def test_two_links_to_one_resume_file_are_one_ledger(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "leads.jsonl").touch()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "leads.xlsx.resume.jsonl").symlink_to(tmp_path / "records" / "leads.jsonl")
    first = taken(tmp_path / "a")
    with pytest.raises(LockedError):
        opened(tmp_path / "b").take()
    first.leave()


async def test_a_claim_through_a_link_stands_while_its_run_is_at_work(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "leads.jsonl").touch()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "leads.xlsx.resume.jsonl").symlink_to(tmp_path / "records" / "leads.jsonl")
    first, second = taken(tmp_path / "a"), taken(tmp_path / "b")
    assert await first.claim(JOB.fingerprint, 1)
    assert not await second.claim(JOB.fingerprint, 1)
    first.leave()
    second.leave()


async def test_a_person_without_a_home_has_no_index_and_is_told(tmp_path: Path) -> None:
    def nowhere() -> Path:
        raise RuntimeError("could not determine the home directory")

    ledger = FileLedger(tmp_path / "leads.xlsx.resume.jsonl", index=nowhere)
    ledger.take()
    ledger.belongs_to("https://heygen.test", "me")
    assert await ledger.claim(JOB.fingerprint, 1)
    assert ledger.recall([JOB.fingerprint]).events == ()
    assert len(ledger.warnings) == 1
    assert "BULKGEN_DATA_DIR" in ledger.warnings[0]
    ledger.leave()


async def test_a_record_that_is_gone_leaves_a_trace_of_what_it_said_last(tmp_path: Path) -> None:
    origin = taken(tmp_path / "q4")
    origin.recall([])
    assert await origin.claim(JOB.fingerprint, 1)
    await origin.append(SENT, submitted(JOB, 1, "id_1"))
    origin.leave()
    copy = taken(tmp_path / "copy")
    assert copy.recall([JOB.fingerprint]).traces == (), "the file is there"
    origin.path.unlink()
    elsewhere = copy.recall([JOB.fingerprint, SPEECH.fingerprint])
    assert elsewhere.events == ()
    (trace,) = elsewhere.traces
    assert (trace.fingerprint, trace.resume, trace.certain) == (JOB.fingerprint, str(origin.path), True)
    assert (trace.state.attempt, trace.state.last, trace.state.id) == (1, "submitted", "id_1")
    copy.leave()


async def test_a_mere_claim_is_certain_only_where_its_file_is_gone(tmp_path: Path) -> None:
    origin = taken(tmp_path / "q4")
    await origin.append()
    assert await origin.claim(JOB.fingerprint, 1)
    copy = taken(tmp_path / "copy")
    assert copy.recall([JOB.fingerprint]).traces == (), "its run is at work"
    origin.leave()
    assert [trace.certain for trace in copy.recall([JOB.fingerprint]).traces] == [False]
    origin.path.unlink()
    assert [trace.certain for trace in copy.recall([JOB.fingerprint]).traces] == [True]
    copy.leave()


@pytest.mark.parametrize("spoil", [lambda _: b"", lambda data: data.splitlines(keepends=True)[0]])
async def test_the_own_file_emptied_leaves_a_trace_too(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    own = taken(tmp_path / "q4")
    own.recall([])
    await own.append(SENT, submitted(JOB, 1, "id_1"), submitting(SPEECH, 1), refused(SPEECH, 1, Refused("no")))
    own.leave()
    own.path.write_bytes(spoil(own.path.read_bytes()))
    again = taken(tmp_path / "q4")
    (trace,) = again.recall([JOB.fingerprint, SPEECH.fingerprint]).traces
    assert (trace.fingerprint, trace.state.id) == (JOB.fingerprint, "id_1"), "what was refused was not paid"
    again.leave()


async def test_a_file_that_was_tidied_away_beneath_is_found_for_jobs_of_which_nothing_is_known(tmp_path: Path) -> None:
    origin = await made(tmp_path / "q4", SENT, submitted(JOB, 1, "id_1"))
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "q4" / "old").mkdir()
    origin.path.rename(tmp_path / "q4" / "old" / "anything.jsonl")
    again = taken(tmp_path / "q4")
    assert again.recall([]).ids == frozenset(), "nobody looks there without a reason"
    elsewhere = again.recall([JOB.fingerprint])
    assert elsewhere.ids == {"id_1"}
    assert [event["event"] for event in elsewhere.events] == ["submitting", "submitted"]
    again.leave()


async def test_a_recording_that_is_no_longer_there_is_fetched_again(tmp_path: Path) -> None:
    link = finished(
        SPEECH, 1, "id_1", duration=1.0, finished_at="2026-11-21T10:00:00Z", link="https://example.com/a.mp3"
    )
    done = saved(SPEECH, 1, "leads.files/a.mp3", 9)
    await made(tmp_path / "q4", submitting(SPEECH, 1), link, done)
    copy = taken(tmp_path / "copy")
    assert fold(copy.recall([SPEECH.fingerprint]).events).states[SPEECH.fingerprint].last == "finished"
    (tmp_path / "q4" / "leads.files").mkdir()
    (tmp_path / "q4" / "leads.files" / "a.mp3").write_bytes(b"x" * 9)
    state = fold(copy.recall([SPEECH.fingerprint]).events).states[SPEECH.fingerprint]
    assert (state.last, state.file) == ("saved", str(tmp_path / "q4" / "leads.files" / "a.mp3"))
    copy.leave()
