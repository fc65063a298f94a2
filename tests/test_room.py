"""Room for the records to come: kept free before anything is sent, taken up by answers, gone after the run."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import pytest

from bulkgen.disk import growing
from bulkgen.disk.growing import GrowingFile
from bulkgen.errors import LedgerError, NoRoom
from bulkgen.ledger.events import failed, finished, saved, submitted, submitting, template_seen, written
from bulkgen.ledger.file_ledger import FileLedger
from bulkgen.ledger.resume_file import SECTOR, ResumeFile, read_events
from bulkgen.ledger.room import BESIDE, PER_ATTEMPT, OpenAttempts
from bulkgen.model import Job
from tests.making import avatar_job, speech_job
from tests.scenario import Scenario

JOBS = [avatar_job(row, f"Hello {row}") for row in range(2, 200)]


class Disk:
    """One file's disk: it may have no more than `size` bytes, None for no end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.size: int | None = None
        #: Whether nothing is written in its own place: that takes room too.
        self.copies = False
        self._write = growing.write
        monkeypatch.setattr(growing, "write", self.write)

    def write(self, fd: int, data: bytes) -> None:
        used = os.fstat(fd).st_size if self.copies else os.lseek(fd, 0, os.SEEK_CUR)
        if self.size is not None and used + len(data) > self.size:
            self._write(fd, data[: max(0, self.size - used)])
            raise OSError(errno.ENOSPC, "No space left on device")

        self._write(fd, data)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.fixture
def resume_file(tmp_path: Path) -> Iterator[ResumeFile]:
    made = ResumeFile(tmp_path / "a.resume.jsonl")
    made.belongs_to("https://heygen.test", "me")
    yield made
    made.close()


def test_room_stands_behind_the_last_line_while_a_run_is_at_work_and_is_gone_after_it(resume_file: ResumeFile) -> None:
    resume_file.append(submitting(JOBS[0], 1))
    at_work = resume_file.path.read_bytes()
    assert len(at_work) - len(at_work.rstrip(b"\0")) >= BESIDE + PER_ATTEMPT
    assert read_events(resume_file.path)[0] == resume_file.events  # as after a kill
    resume_file.append(submitted(JOBS[0], 1, "vid_1"))
    assert resume_file.path.stat().st_size == len(at_work)
    resume_file.close()
    assert resume_file.path.read_bytes().endswith(b"}\n")


def test_a_full_disk_refuses_intents_and_takes_every_answer(resume_file: ResumeFile, disk: Disk) -> None:
    disk.size, sent = 60_000, list[Job]()
    with pytest.raises(NoRoom, match="Nothing was sent that is not recorded in it"):
        send(resume_file, sent)
    assert 0 < len(sent) < 20
    for job in sent:  # each says as much as it may
        resume_file.append(submitted(job, 1, "v" * 100))
        resume_file.append(failed(job, 1, "c" * 50, "\N{GRINNING FACE}" * 300))
    with pytest.raises(NoRoom):
        resume_file.append(*(submitting(job, 1) for job in JOBS[20:]))
    with pytest.raises(NoRoom):  # nor does anything else take the room of what is still to come
        resume_file.append(template_seen("tpl", "n" * 60_000, {}))
    disk.size = None
    resume_file.append(submitting(JOBS[-1], 1))
    assert len(read_events(resume_file.path)[0]) == 1 + 3 * len(sent) + 1


def send(resume_file: ResumeFile, sent: list[Job]) -> None:
    for job in JOBS:
        resume_file.append(submitting(job, 1))
        sent.append(job)


def test_what_waits_together_with_an_intent_is_recorded_though_the_disk_is_full(tmp_path: Path, disk: Disk) -> None:
    ledger = FileLedger(tmp_path / "a.resume.jsonl")
    ledger.take()
    ledger.belongs_to("https://heygen.test", "me")

    async def main() -> None:
        await ledger.append(submitting(JOBS[0], 1))
        disk.size = ledger.path.stat().st_size
        answered, *rest = ledger._append(
            [(submitted(JOBS[0], 1, "vid_1"),), *((submitting(job, 1),) for job in JOBS[1:])]
        )
        assert isinstance(answered, list)
        assert isinstance(rest[-1], NoRoom)

    anyio.run(main)
    ledger.leave()
    assert [event["event"] for event in read_events(ledger.path)[0]][:3] == ["opened", "submitting", "submitted"]


def test_the_marks_of_results_files_take_none_of_the_room_that_is_kept_for_answers(
    resume_file: ResumeFile, disk: Disk
) -> None:
    resume_file.append(submitting(JOBS[0], 1))
    disk.size = resume_file.path.stat().st_size
    mark = written("leads.results.csv", digest="d" * 64, columns=["c" * 12] * 40, cells="e" * 64)
    with pytest.raises(NoRoom):
        resume_file.append(*[mark] * 200)
    resume_file.append(submitted(JOBS[0], 1, "v" * 100))
    resume_file.append(failed(JOBS[0], 1, "c" * 50, "\N{GRINNING FACE}" * 300))


def test_a_file_system_that_writes_nothing_in_its_own_place_gets_back_what_was_kept_free(
    resume_file: ResumeFile, disk: Disk
) -> None:
    resume_file.append(submitting(JOBS[0], 1))
    disk.copies, disk.size = True, resume_file.path.stat().st_size
    resume_file.append(submitted(JOBS[0], 1, "vid_1"))
    assert read_events(resume_file.path)[0][-1]["id"] == "vid_1"
    with pytest.raises(NoRoom):
        resume_file.append(*(submitting(job, 1) for job in JOBS))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_quota_and_a_limit_of_the_files_size_are_a_full_disk_too(
    resume_file: ResumeFile, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    resume_file.append(submitting(JOBS[0], 1))
    real: Callable[[int, bytes], None] = growing.write

    def refuse(fd: int, data: bytes) -> None:
        if not data.strip(b"\0"):
            raise OSError(number, os.strerror(number))

        real(fd, data)

    monkeypatch.setattr(growing, "write", refuse)
    with pytest.raises(NoRoom):
        resume_file.append(*(submitting(job, 1) for job in JOBS))
    resume_file.append(submitted(JOBS[0], 1, "vid_1"))


def test_a_disk_that_fails_otherwise_while_room_is_made_ends_it_all(
    resume_file: ResumeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_fd: int, _data: bytes) -> None:
        raise OSError(errno.EIO, "Input/output error")

    resume_file.append(submitting(JOBS[0], 1))
    monkeypatch.setattr(growing, "write", fail)
    with pytest.raises(LedgerError, match="Input/output error") as told:
        resume_file.append(*(submitting(job, 1) for job in JOBS))
    assert not isinstance(told.value, NoRoom)
    monkeypatch.undo()
    with pytest.raises(LedgerError):
        resume_file.append(submitted(JOBS[0], 1, "vid_1"))


def test_attempts_are_open_until_all_that_follows_is_recorded() -> None:
    job, speech = avatar_job(), speech_job()
    link = finished(speech, 1, "spk_1", duration=1.0, finished_at="", link="https://files/1")
    known = OpenAttempts([submitting(job, 1), submitting(speech, 1)])
    assert known.room(0) == BESIDE + 2 * PER_ATTEMPT
    known.note([link, finished(job, 1, "vid_1", duration=1.0, finished_at="")])
    assert known.room(3) == BESIDE + (1 + 3) * PER_ATTEMPT
    known.note([saved(speech, 1, "a.mp3", 9)])
    assert known.room(0) == BESIDE


def test_what_somebody_else_wrote_behind_our_end_is_neither_written_over_nor_cut(tmp_path: Path) -> None:
    path = tmp_path / "a"
    ours = GrowingFile(path, 0, lambda _behind: True)
    ours.put(b"first\n")
    ours.make_room(100)
    theirs = GrowingFile(path, 6, lambda _behind: True)
    theirs.put(b"second\n")
    theirs.make_room(100)
    with pytest.raises(OSError, match="has changed it meanwhile"):
        ours.put(b"third\n")
    ours.close()
    theirs.close()
    assert path.read_bytes() == b"first\nsecond\n"


def test_a_hole_in_the_last_append_was_never_acted_upon_and_any_other_is_damage(resume_file: ResumeFile) -> None:
    resume_file.append(submitting(JOBS[0], 1))
    start = len(resume_file.path.read_bytes().rstrip(b"\0"))
    resume_file.append(*(submitting(job, 1) for job in JOBS[1:9]))
    resume_file.close()
    data = resume_file.path.read_bytes()
    border = (start // SECTOR + 2) * SECTOR
    torn = data[: border - SECTOR] + bytes(SECTOR) + data[border:]
    resume_file.path.write_bytes(torn)
    assert len(read_events(resume_file.path)[0]) in (2, 3)  # what is whole before the hole is kept
    again = ResumeFile(resume_file.path)
    again.belongs_to("https://heygen.test", "me")
    again.append(submitting(JOBS[0], 2))
    again.close()
    assert read_events(again.path)[0][-1]["attempt"] == 2
    resume_file.path.write_bytes(torn + b'{"at":"2036-01-01T00:00:00.000Z","event":"later"}\n')
    with pytest.raises(LedgerError, match="damaged at line"):
        read_events(resume_file.path)
    resume_file.path.write_bytes(data[: border - 7] + b"\0\0" + data[border - 5 :])
    with pytest.raises(LedgerError, match="damaged at line"):
        read_events(resume_file.path)


def test_a_run_whose_disk_fills_up_sends_no_more_and_collects_what_was_sent(tmp_path: Path, disk: Disk) -> None:
    scenario = Scenario(tmp_path, JOBS[:40], render=[5.0, 20.0], post_seconds=[0.1, 0.5])
    disk.size = 70_000
    engine = scenario.run()
    assert isinstance(engine.stopped_by, NoRoom)
    known = {event.get("id") for event in scenario.events()}
    assert 0 < len(scenario.charges) < 40
    assert {job for charge in scenario.world.ledger.charges for job in charge["ids"]} <= known
    assert scenario.statuses().count("done") == len(scenario.charges)
    disk.size = None
    scenario.run()
    assert set(scenario.charges.values()) == {1}
    assert set(scenario.statuses()) == {"done"}
