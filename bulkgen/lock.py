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

from bulkgen.errors import JournalError, LockedError
from bulkgen.state import format_time, parse_time

#: A foreign beat older than this is of a run that died (seconds).
STALE = 600.0

#: How often a run renews its beat (seconds).
BEAT = 60.0

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

    def __enter__(self) -> SheetLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def acquire(self) -> None:
        """Raises `LockedError` where another run is at work, `JournalError` where the folder can't be written."""
        while self._fd is None:
            try:
                fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError as error:
                raise JournalError(
                    f"{self.path.parent} can't be written: {error.strerror}. bulkgen keeps its record of what was "
                    "paid beside the sheet: copy the sheet to a folder of your own, or make this one writable."
                ) from error

            try:
                self._take(fd)
            except BaseException:
                os.close(fd)
                raise

        self._started = format_time(self._clock())
        self.beat()

    def beat(self) -> None:
        """Renews the note; a note that can't be written is no reason to stop."""
        if self._fd is None:
            return

        note = {"host": self._host, "pid": os.getpid(), "started": self._started, "beat": format_time(self._clock())}
        data = json.dumps(note).encode() + b"\n"
        with contextlib.suppress(OSError):
            os.lseek(self._fd, 0, os.SEEK_SET)
            os.write(self._fd, data)
            os.ftruncate(self._fd, len(data))
            os.fsync(self._fd)

    def release(self) -> None:
        if self._fd is None:
            return

        with contextlib.suppress(OSError):
            if sys.platform == "win32":  # an open file can't be deleted there
                os.close(self._fd)
                self.path.unlink()
            else:  # deleted while the lock is held: nobody can have taken it in between
                self.path.unlink()
                os.close(self._fd)
        self._fd = None

    def _take(self, fd: int) -> None:
        held = _system_lock(fd)
        note = _read_note(fd)
        if held is False:
            raise LockedError(self._busy(note))

        if held and not _is_at(fd, self.path):
            os.close(fd)
            return  # its holder deleted it on leaving: once more, with the file that is there now

        host, pid = str(note.get("host", "")), note.get("pid")
        beat = parse_time(note.get("beat"))
        if host and host != self._host:
            if beat is not None and self._clock() - beat < STALE:
                raise LockedError(self._busy(note))

            self.warning = f"A run on {host} stopped without a word (last sign {note.get('beat')}); taking over."
        elif host and not held and isinstance(pid, int) and pid != os.getpid() and _alive(pid):
            raise LockedError(self._busy(note))

        self._fd = fd

    def _busy(self, note: dict[str, object]) -> str:
        who = f"process {note.get('pid')} on {note.get('host')}, since {note.get('started')}" if note else "another run"
        return (
            f"Another run is at work on this sheet ({who}). Wait until it has finished, or stop it with Ctrl-C; "
            "bulkgen status shows how far it is."
        )


def _system_lock(fd: int) -> bool | None:
    """True: held now; False: someone else holds it; None: this file system has no locks."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(fd, 1 << 30, os.SEEK_SET)  # far behind the note, which others must be able to read
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
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
        note = json.loads(os.read(fd, 4096) or b"{}")
    except (ValueError, OSError):
        return {}

    return note if isinstance(note, dict) else {}


def _is_at(fd: int, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False

    here = os.fstat(fd)
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True

    return True
