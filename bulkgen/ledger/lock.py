"""One writer per sheet: the operating system's lock, and a note for machines that share a folder.

The lock file holds host, process and a heartbeat. On one machine the system's lock decides, so a dead process holds
nothing. Between machines only the note can: a beat of another host younger than ten minutes means that it is at work.

Invariant: whoever returns from `acquire` is the only holder on this machine, and has its note in the file.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from bulkgen.errors import LedgerError, LockedError
from bulkgen.ledger.events import format_time, parse_time

#: A foreign beat older than this is of a run that died (seconds).
STALE = 600.0

#: How often a run renews its beat (seconds).
BEAT = 60.0

#: How often a lock file that its holder has just deleted is opened again.
TRIES = 100

#: What Windows says of a range that somebody else has locked (EDEADLOCK has no name elsewhere).
_HELD = frozenset({errno.EACCES, errno.EDEADLK, 36})

#: What it says on a file system that has no locks.
_UNSUPPORTED = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


class SheetLock:
    """The right to write beside a sheet, held while the object is entered.

    `warning` is set where a lock of another machine was taken over.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        host: str = "",
    ) -> None:
        self.path = path
        self.warning = ""
        self._clock = clock
        self._host = host or socket.gethostname()
        self._fd: int | None = None
        self._started = ""
        self._lost = False

    def __enter__(self) -> SheetLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def acquire(self) -> None:
        """Raises `LockedError` where another run is at work, `LedgerError` where the folder can't be written."""
        for tries in range(1, TRIES + 1):
            try:
                fd = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            except OSError as error:
                raise LedgerError(
                    f"{self.path.parent} can't be written: {error.strerror}. bulkgen keeps its record of what was "
                    "paid beside the sheet: copy the sheet to a folder of your own, with its resume file if it has "
                    "one, or make this one writable."
                ) from error

            try:
                taken = self._take(fd, last=tries == TRIES)
            except BaseException:
                os.close(fd)
                raise

            if taken:
                self._fd = fd
                break

            os.close(fd)
        self.beat()

    def beat(self) -> None:
        """Renews the note; one that can't be written is no reason to stop.

        Raises `LockedError` if another run has taken over: this computer must have slept.
        """
        if self._fd is None:
            return

        with contextlib.suppress(OSError):
            note = _parse_note(self.path.read_bytes()) if self._started else {}
            if note.get("host") and (note["host"], note.get("pid")) != (self._host, os.getpid()):
                self._lost = True
                raise LockedError(f"a run on {note['host']} has taken over this sheet; this one ends here")

            self._write_note(self._fd)

    def release(self) -> None:
        if self._fd is None:
            return

        with contextlib.suppress(OSError):
            if self._lost or sys.platform == "win32":  # an open file can't be deleted there
                os.close(self._fd)
                if not self._lost:
                    self.path.unlink()
            else:  # deleted while the lock is held: nobody can have taken it in between
                self.path.unlink()
                os.close(self._fd)
        self._fd = None

    def _write_note(self, fd: int) -> None:
        now = format_time(self._clock())
        self._started = self._started or now
        note = {"host": self._host, "pid": os.getpid(), "started": self._started, "beat": now}
        data = json.dumps(note).encode() + b"\n"
        os.lseek(fd, 0, os.SEEK_SET)
        os.write(fd, data)
        os.ftruncate(fd, len(data))
        os.fsync(fd)

    def _take(self, fd: int, *, last: bool) -> bool:
        """Whether the lock is ours; False if its holder deleted the file on leaving, so that there is another now.

        `last`: a file system may have no lasting file numbers to tell that by.
        """
        held = _system_lock(fd)
        note = _read_note(fd)
        if held and not last and not _is_at(fd, self.path):
            return False

        if _at_work(held, note, self._host, self._clock()):
            raise LockedError(self._busy(note))

        host = note.get("host")
        ended = host == self._host and (held or _runs(note.get("pid")) is False)
        if host and not ended:
            self.warning = f"A run on {host} stopped without a word (last sign {note.get('beat')}); taking over."
        return True

    def _busy(self, note: dict[str, object]) -> str:
        who = f"process {note.get('pid')} on {note.get('host')}, since {note.get('started')}" if note else "another run"
        elsewhere = note.get("host") not in (None, "", self._host)
        until = " (if that computer was switched off, this goes by itself after ten minutes)" if elsewhere else ""
        return (
            f"Another run is at work on this sheet ({who}). Wait until it has finished{until}, or stop it with Ctrl-C; "
            "bulkgen status shows how far it is."
        )


def lock_of(resume: Path) -> Path:
    """The lock file that goes with a resume file."""
    return resume.with_name(f"{resume.name}.lock")


def is_held(path: Path, *, clock: Callable[[], float] = time.time, host: str = "") -> bool:
    """Whether a run holds the lock at `path` now, on this machine or another. Changes nothing.

    Raises `OSError` for a lock that can't be looked at.
    """
    try:
        fd = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        return False

    try:
        return _at_work(_system_lock(fd), _read_note(fd), host or socket.gethostname(), clock())
    finally:
        os.close(fd)


def _at_work(held: bool | None, note: dict[str, object], here: str, now: float) -> bool:
    """Whether the run that wrote the note is still at work. `held`: what `_system_lock` says of the file."""
    if held is False:
        return True

    host, beat = str(note.get("host", "")), parse_time(note.get("beat"))
    if not host or (held and host == here):
        return False

    runs = _runs(note.get("pid")) if host == here else None
    return (beat is not None and now - beat < STALE) if runs is None else runs


def _system_lock(fd: int) -> bool | None:
    """True: held now; False: someone else holds it; None: this file system has no locks."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(fd, 1 << 30, os.SEEK_SET)  # far behind the note, which others must be able to read
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            return False if error.errno in _HELD else None
        finally:
            os.lseek(fd, 0, os.SEEK_SET)
        return True

    import fcntl

    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return None if error.errno in _UNSUPPORTED else False

    return True


def _read_note(fd: int) -> dict[str, object]:
    os.lseek(fd, 0, os.SEEK_SET)
    try:
        return _parse_note(os.read(fd, 4096))
    except OSError:
        return {}


def _parse_note(data: bytes) -> dict[str, object]:
    try:
        note = json.loads(data or b"{}")
    except ValueError:
        return {}

    return note if isinstance(note, dict) else {}


def _is_at(fd: int, path: Path) -> bool:
    if sys.platform == "win32":
        return True  # an open file can't be deleted there

    try:
        there = path.stat()
    except FileNotFoundError:
        return False

    here = os.fstat(fd)
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def _runs(pid: object) -> bool | None:
    """Whether a process of this machine is alive; None where that can't be asked."""
    if sys.platform == "win32" or not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
        return None  # Windows has no signal that only asks: os.kill ends the process there

    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True

    return pid != os.getpid()
