"""The group commit: durable before anybody goes on, many records in one write, and a full disk told to all."""

from __future__ import annotations

import threading
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from bulkgen.errors import LedgerError
from bulkgen.ledger import resume_file as resume_file_module
from bulkgen.ledger.events import Event, submitting
from bulkgen.ledger.file_ledger import FileLedger
from bulkgen.ledger.resume_file import read_events
from tests.making import avatar_job

pytestmark = pytest.mark.anyio


def taken(folder: Path) -> FileLedger:
    ledger = FileLedger(folder / "leads.resume.jsonl")
    ledger.take()
    ledger.belongs_to("https://heygen.test", "me")
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
    busy, syncs, real = threading.Event(), [0], resume_file_module._sync

    def sync(fd: int) -> None:
        syncs[0] += 1
        busy.wait(60)
        real(fd)

    monkeypatch.setattr(resume_file_module, "_sync", sync)
    ledger = taken(tmp_path)
    async with anyio.create_task_group() as group:
        group.start_soon(ledger.append, record(2))
        while not syncs[0]:
            await anyio.lowlevel.checkpoint()
        for number in range(3, 50):
            group.start_soon(ledger.append, record(number))
        await anyio.wait_all_tasks_blocked()
        busy.set()
    ledger.leave()
    assert syncs[0] == 2
    assert len(read_events(ledger.path)[0]) == 1 + 48


async def test_a_disk_that_fails_is_told_to_everybody_who_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(resume_file_module, "_sync", fail)
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

    monkeypatch.setattr(resume_file_module, "_sync", sync)
    ledger = taken(tmp_path)
    async with anyio.create_task_group() as group:
        group.start_soon(ledger.append, record(2))
        while not writing.is_set():
            await anyio.lowlevel.checkpoint()
        released.set()  # by the loop itself: an append that held it would wait in vain
