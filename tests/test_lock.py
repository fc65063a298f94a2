from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bulkgen.errors import Exit, JournalError, LockedError
from bulkgen.events import format_time
from bulkgen.lock import STALE, SheetLock

NOW = 1_790_000_000.0


def lock(path: Path, host: str = "here") -> SheetLock:
    return SheetLock(path, clock=lambda: NOW, host=host)


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
        "import os, sys; from pathlib import Path; from bulkgen.lock import SheetLock;"
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
    with pytest.raises(JournalError, match="can't be written"):
        lock(tmp_path / "no such folder" / "a.lock").acquire()
