from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bulkgen.errors import Exit, LedgerError, LockedError
from bulkgen.ledger import lock as lock_module
from bulkgen.ledger.events import format_time
from bulkgen.ledger.lock import LOOK_EVERY, SETTLE, STALE, WATCH, SheetLock, is_held
from bulkgen.ledger.system_lock import system_lock

NOW = 1_790_000_000.0

posix = pytest.mark.skipif(os.name == "nt", reason="flock, and open files that can be deleted")


def lock(path: Path, host: str = "here") -> SheetLock:
    return SheetLock(path, clock=lambda: NOW, sleep=lambda _seconds: None, host=host)


def leave_note(path: Path, host: str, age: float, pid: int = 1) -> None:
    note = {"host": host, "pid": pid, "started": format_time(NOW - age), "beat": format_time(NOW - age)}
    path.write_text(json.dumps(note))


def test_a_second_holder_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with lock(path), pytest.raises(LockedError, match=f"process {os.getpid()} on here") as caught:
        lock(path).acquire()
    assert caught.value.exit_code is Exit.LOCKED


def test_the_lock_is_free_and_gone_after_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    for _ in range(3):
        with lock(path):
            assert json.loads(path.read_text())["pid"] == os.getpid()
        assert not path.exists()


def test_a_dead_process_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    program = (
        "import os, sys; from pathlib import Path; from bulkgen.ledger.lock import SheetLock;"
        "SheetLock(Path(sys.argv[1])).acquire(); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == 9
    assert path.exists()
    with SheetLock(path) as taken:
        assert taken.warning == ""


@pytest.mark.parametrize("age", [0.0, STALE - 1, -30.0])
def test_a_beat_of_another_machine_is_respected_while_it_is_young(tmp_path: Path, age: float) -> None:
    path = tmp_path / "a.lock"
    leave_note(path, "elsewhere", age)
    with pytest.raises(LockedError, match="process 1 on elsewhere"):
        lock(path).acquire()
    assert path.exists()


def test_a_beat_of_another_machine_that_has_stopped_is_taken_over_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    leave_note(path, "elsewhere", STALE + 1)
    with lock(path) as taken:
        assert "elsewhere" in taken.warning


def test_a_beat_renews_the_note(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    now = NOW
    held = SheetLock(path, clock=lambda: now, host="here")
    with held:
        now += 300
        held.beat()
        assert json.loads(path.read_text())["beat"] == format_time(NOW + 300)


@pytest.mark.parametrize("content", ["", "rubbish", "[1]", "{}", '{"host": 5}'])
def test_a_note_that_says_nothing_is_no_holder(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.lock"
    path.write_text(content)
    with lock(path):
        assert json.loads(path.read_text())["host"] == "here"


def test_a_folder_that_can_not_be_written_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="can't be written"):
        lock(tmp_path / "no such folder" / "a.lock").acquire()


def test_a_run_that_was_taken_over_while_its_computer_slept_ends_and_leaves_the_lock_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    slept = lock(path)
    slept.acquire()
    leave_note(path, "elsewhere", 0.0)  # as a synchronised folder brings it
    with pytest.raises(LockedError, match="elsewhere has taken over"):
        slept.beat()
    slept.release()
    assert json.loads(path.read_text())["host"] == "elsewhere"


@pytest.mark.parametrize(
    ("host", "age", "held"),
    [("here", 0.0, False), ("elsewhere", 0.0, True), ("elsewhere", STALE + 1, False)],
)
def test_whether_a_run_holds_it_is_seen_without_taking_it(tmp_path: Path, host: str, age: float, held: bool) -> None:
    path = tmp_path / "a.lock"
    assert not is_held(path)
    assert not is_held(tmp_path / "gone" / "a.lock")
    leave_note(path, host, age)
    before = path.read_bytes()
    assert is_held(path, clock=lambda: NOW, host="here") is held
    assert path.read_bytes() == before
    path.unlink()
    with lock(path) as taken:
        assert is_held(path, clock=lambda: NOW, host="here")
        taken.beat()


def test_a_lock_that_can_not_be_looked_at_is_neither_held_nor_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PermissionError):
        is_held(tmp_path / "a.lock")


@posix
@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("rubbish")])
def test_a_damaged_lock_file_stops_no_run(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    held = lock(tmp_path / "a.lock")
    held.acquire()
    spoil(held.path)
    held.beat()
    held.release()


@posix
def test_a_lock_that_its_holder_deletes_at_that_moment_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.lock"
    real = system_lock
    deleted: list[Path] = []

    def held_then_gone(fd: int) -> bool | None:
        if not deleted:
            path.unlink()
            deleted.append(path)
        return real(fd)

    monkeypatch.setattr(lock_module, "system_lock", held_then_gone)
    with lock(path):
        assert json.loads(path.read_text())["pid"] == os.getpid()


def test_a_file_system_without_lasting_file_numbers_is_no_endless_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "is_at", lambda _fd, _path: False)
    with lock(tmp_path / "a.lock") as held:
        assert held.path.exists()


# Where the file system knows no locks only the note decides --------------------------------------------------------


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_fd: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)


@posix
@pytest.mark.usefixtures("no_locks")
@pytest.mark.parametrize("age", [0.0, 10 * STALE])
def test_without_locks_a_living_process_of_this_machine_holds_its_sheet(tmp_path: Path, age: float) -> None:
    path = tmp_path / "a.lock"
    leave_note(path, "here", age, pid=os.getppid())
    with pytest.raises(LockedError):
        lock(path).acquire()


@posix
@pytest.mark.usefixtures("no_locks")
def test_without_locks_a_dead_process_of_this_machine_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    leave_note(path, "here", 0.0, pid=done.pid)
    with lock(path) as taken:
        assert taken.warning == ""


@posix
@pytest.mark.usefixtures("no_locks")
def test_without_locks_a_run_that_slept_may_write_nothing_once_another_has_taken_over(tmp_path: Path) -> None:
    slept = lock(tmp_path / "a.lock")
    slept.acquire()
    slept.confirm()
    leave_note(slept.path, "elsewhere", 0.0)
    with pytest.raises(LockedError, match="elsewhere has taken over"):
        slept.confirm()
    slept.release()
    assert json.loads(slept.path.read_text())["host"] == "elsewhere"


@posix
@pytest.mark.usefixtures("no_locks")
def test_a_run_that_slept_to_its_end_leaves_the_others_lock_alone(tmp_path: Path) -> None:
    slept = lock(tmp_path / "a.lock")
    slept.acquire()
    leave_note(slept.path, "here", 0.0, pid=os.getpid())  # in another container, by its own account the same process
    slept.release()
    assert slept.path.exists()


# A note that looks old, or comes from the future, is watched before it is taken over ---------------------------------


class Waiting:
    """What happens while a lock waits: `at` a number of seconds something is done to its file."""

    def __init__(self, at: float = -1.0, work: Callable[[], object] = lambda: None) -> None:
        self.waited = 0.0
        self._at = at
        self._work = work

    def sleep(self, seconds: float) -> None:
        self.waited += seconds
        if self.waited == self._at:
            self._work()


@pytest.mark.parametrize("age", [15 * 60.0, -15 * 60.0, 9e6])
@pytest.mark.parametrize("at", [LOOK_EVERY, WATCH])
def test_a_clock_that_is_far_ahead_or_behind_takes_over_no_run_that_is_at_work(
    tmp_path: Path, age: float, at: float
) -> None:
    path, told = tmp_path / "a.lock", list[str]()
    leave_note(path, "elsewhere", age)
    waiting = Waiting(at, lambda: leave_note(path, "elsewhere", age - 60))
    waits = SheetLock(path, clock=lambda: NOW, sleep=waiting.sleep, host="here")
    with pytest.raises(LockedError, match="process 1 on elsewhere"):
        waits.acquire(told.append)
    assert waiting.waited == at
    assert "nothing is sent meanwhile" in told[0]
    assert json.loads(path.read_text())["host"] == "elsewhere"


@pytest.mark.parametrize("age", [15 * 60.0, -15 * 60.0])
def test_a_note_that_stays_as_it_is_for_longer_than_a_beat_is_taken_over(tmp_path: Path, age: float) -> None:
    path, waiting = tmp_path / "a.lock", Waiting()
    leave_note(path, "elsewhere", age)
    with SheetLock(path, clock=lambda: NOW, sleep=waiting.sleep, host="here") as taken:
        assert waiting.waited == WATCH + SETTLE
        assert "taking over" in taken.warning


@posix
def test_a_watched_run_that_ends_leaves_the_lock_free(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    leave_note(path, "elsewhere", 2 * STALE)
    waiting = Waiting(3 * LOOK_EVERY, path.unlink)
    with SheetLock(path, clock=lambda: NOW, sleep=waiting.sleep, host="here") as taken:
        assert taken.warning == ""
    assert waiting.waited == 3 * LOOK_EVERY


@posix
@pytest.mark.usefixtures("no_locks")
def test_of_two_that_take_over_at_the_same_moment_the_one_whose_note_stands_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    leave_note(path, "elsewhere", 2 * STALE)
    second = SheetLock(path, clock=lambda: NOW, sleep=lambda _seconds: None, host="second")
    waiting = Waiting(WATCH + SETTLE, lambda: path.write_bytes(replace(second._note, beat="now").as_bytes()))
    with pytest.raises(LockedError, match="on second"):
        SheetLock(path, clock=lambda: NOW, sleep=waiting.sleep, host="here").acquire()
    assert json.loads(path.read_text())["host"] == "second"


def test_who_waits_for_a_note_can_be_interrupted(tmp_path: Path) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "a.lock"
    leave_note(path, "elsewhere", 2 * STALE)
    with pytest.raises(KeyboardInterrupt):
        SheetLock(path, clock=lambda: NOW, sleep=interrupt, host="here").acquire()
    with lock(path):
        pass


# A full disk has its own word ----------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("call", ["os.open", "os.write", "fcntl.flock"])
def test_a_lock_that_a_full_disk_has_no_room_for_is_not_another_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "a.lock"
    with monkeypatch.context() as patch:
        patch.setattr(call, full)
        with pytest.raises(LedgerError, match=r"the disk is full.*Free some space") as told:
            lock(path).acquire()
    assert told.value.exit_code is Exit.RESUME_FILE
    with lock(path) as taken:
        assert taken.warning == ""


# Windows, played on another system ---------------------------------------------------------------------------------


class Msvcrt(types.ModuleType):
    """Byte ranges as Windows locks them: by file, until the descriptor is closed."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.held: dict[tuple[int, int], int] = {}
        self.error = errno.EACCES

    def locking(self, fd: int, mode: int, count: int) -> None:
        assert (mode, count) == (self.LK_NBLCK, 1)
        assert os.lseek(fd, 0, os.SEEK_CUR) == 1 << 30, "the note must stay readable to others"
        info = os.fstat(fd)
        holder = self.held.setdefault((info.st_dev, info.st_ino), fd)
        if holder != fd:
            raise OSError(self.error, "Permission denied")


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Iterator[Msvcrt]:
    def forbidden(*_: object) -> None:
        raise AssertionError("os.kill ends processes on Windows, whatever the signal")

    played = Msvcrt()
    monkeypatch.setitem(sys.modules, "msvcrt", played)
    monkeypatch.setattr(os, "kill", forbidden)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        yield played


def test_on_windows_a_second_holder_is_refused_and_told_who_the_first_is(tmp_path: Path, windows: Msvcrt) -> None:
    path = tmp_path / "a.lock"
    with lock(path), pytest.raises(LockedError, match=f"process {os.getpid()} on here"):
        lock(path).acquire()
    assert not path.exists()
    windows.held.clear()
    with lock(path):
        assert json.loads(path.read_text())["host"] == "here"


@pytest.mark.usefixtures("windows")
def test_on_windows_a_dead_process_holds_nothing_and_another_machine_does(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    leave_note(path, "here", 0.0, pid=4)
    lock(path).acquire()
    leave_note(path, "elsewhere", 0.0)
    other = tmp_path / "b.lock"
    leave_note(other, "elsewhere", 0.0)
    with pytest.raises(LockedError, match="elsewhere"):
        lock(other).acquire()


def test_on_windows_a_drive_without_locks_goes_by_the_note_alone(tmp_path: Path, windows: Msvcrt) -> None:
    path = tmp_path / "a.lock"
    leave_note(path, "here", 30.0, pid=4)
    windows.held = {(path.stat().st_dev, path.stat().st_ino): -1}
    windows.error = errno.ENOSYS
    with pytest.raises(LockedError):  # whether process 4 lives can't be asked there
        lock(path).acquire()
    leave_note(path, "here", STALE + 1, pid=4)
    with lock(path) as taken:
        assert "taking over" in taken.warning
