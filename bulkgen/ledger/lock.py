"""One writer per sheet: the operating system's lock, and a note for machines that share a folder.

On one machine the system's lock decides, so a dead process holds nothing. Between machines, and where a share knows no
locks, only the note can (`note`): its holder renews the beat in it once a minute. A beat that looks young is believed;
one that looks old, or comes from the future, may be of a run whose clock differs from ours: it is watched, and taken
over only if it does not change. Of several who take over at a time the one whose note stands goes on.

Invariant: whoever returns from `acquire` is the only holder on this machine, and has its note in the file. Who has
lost the lock since, because its computer slept, learns so from `confirm` before it writes anything.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from bulkgen.disk.growing import FULL
from bulkgen.errors import LedgerError, LockedError
from bulkgen.ledger.events import format_time
from bulkgen.ledger.note import Note
from bulkgen.ledger.system_lock import is_at, system_lock

#: A foreign beat older than this looks like one of a run that died (seconds).
STALE = 600.0

#: How often a run renews its beat (seconds).
BEAT = 60.0

#: How long a note is watched before it is taken over, and how often it is looked at (seconds).
WATCH = 1.5 * BEAT
LOOK_EVERY = 5.0

#: After so long who has taken over looks whether somebody else did at the same moment (seconds).
SETTLE = 1.0

#: How often a lock file that its holder has just deleted is opened again.
TRIES = 100

#: Hears a sentence for the person.
Tell = Callable[[str], None]


class SheetLock:
    """The right to write beside a sheet, held while the object is entered.

    `warning` is set where a lock of another machine was taken over.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        host: str = "",
    ) -> None:
        self.path = path
        self.warning = ""
        self._clock = clock
        self._sleep = sleep
        self._note = Note(host=host or socket.gethostname(), pid=os.getpid(), run=secrets.token_hex(6))
        self._fd: int | None = None
        #: Somebody else may take the lock at the same moment, and nothing but the notes tells us apart.
        self._contested = False
        self._lost = False

    def __enter__(self) -> SheetLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def acquire(self, tell: Tell = lambda _why: None) -> None:
        """`tell` hears why it takes more than a moment.

        Raises `LockedError` where another run is at work, `LedgerError` where the folder can't be written.
        """
        try:
            for tries in range(1, TRIES + 1):
                fd = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
                try:
                    taken = self._take(fd, tell, last=tries == TRIES)
                except BaseException:
                    os.close(fd)
                    raise

                if taken:
                    self._fd = fd
                    break

                os.close(fd)
            self._begin()
        except OSError as error:
            raise LedgerError(self._unwritable(error)) from error

    def beat(self) -> None:
        """Renews the note; one that can't be written is no reason to stop. Raises what `confirm` raises."""
        if self._fd is not None:
            self.confirm()
            with contextlib.suppress(OSError):
                self._write_note(self._fd)

    def confirm(self) -> None:
        """Raises `LockedError` if another run has taken over: this computer must have slept."""
        if self._fd is not None and (other := self._other()):
            self._lost = True
            raise LockedError(
                f"a run on {other.host} has taken over this sheet; this one ends here, that one collects what was sent"
            )

    def release(self) -> None:
        if self._fd is None:
            return

        self._lost = self._lost or self._other() is not None
        with contextlib.suppress(OSError):
            if self._lost or sys.platform == "win32":  # an open file can't be deleted there
                os.close(self._fd)
                if not self._lost:
                    self.path.unlink()
            else:  # deleted while the lock is held: nobody can have taken it in between
                self.path.unlink()
                os.close(self._fd)
        self._fd = None

    def _take(self, fd: int, tell: Tell, *, last: bool) -> bool:
        """Whether the lock is ours; False if its holder deleted the file on leaving, so that there is another now.

        `last`: a file system may have no lasting file numbers to tell that by.
        """
        held = system_lock(fd)
        data = _read(fd)
        note, here = Note.parse(data), self._note.host
        if held and not last and not is_at(fd, self.path):
            return False

        if _at_work(held, note, here, self._clock()):
            raise LockedError(self._busy(note))

        self._contested = held is None
        ended = note.host == here and (held or note.is_alive is False)
        if note.host and not ended:
            if not self._watch(data, tell):
                return False

            self._contested = True
            self.warning = f"A run on {note.host} stopped without a word (last sign {note.beat}); taking over."
        return True

    def _watch(self, data: bytes, tell: Tell) -> bool:
        """Whether a note stays as it is; False if it goes. Raises `LockedError` if it changes: its run is at work."""
        note = Note.parse(data)
        tell(
            f"A run on {note.host} has given no sign since {note.beat or '?'} by its own clock. To be sure that it has "
            f"ended, its note is watched for {WATCH:.0f} seconds; nothing is sent meanwhile."
        )
        for _ in range(round(WATCH / LOOK_EVERY)):
            self._sleep(LOOK_EVERY)
            try:
                now = self.path.read_bytes()
            except FileNotFoundError:
                return False

            if now != data:
                raise LockedError(self._busy(Note.parse(now)))

        return True

    def _begin(self) -> None:
        """Our note is in the file, and stays there."""
        assert self._fd is not None
        try:
            self._write_note(self._fd)
            if self._contested:
                self._sleep(SETTLE)
                if other := self._other():
                    self._lost = True
                    raise LockedError(self._busy(other))
        except BaseException:
            self.release()
            raise

    def _write_note(self, fd: int) -> None:
        now = format_time(self._clock())
        self._note = replace(self._note, started=self._note.started or now, beat=now)
        data = self._note.as_bytes()
        os.lseek(fd, 0, os.SEEK_SET)
        os.write(fd, data)
        os.ftruncate(fd, len(data))
        os.fsync(fd)

    def _other(self) -> Note | None:
        """The note of another run in the place of ours."""
        try:
            note = Note.parse(self.path.read_bytes())
        except OSError:  # a damaged lock file stops no run
            return None

        ours = self._note
        same = (note.host, note.pid, note.run) == (ours.host, ours.pid, ours.run)
        return note if note.host and not same else None

    def _busy(self, note: Note) -> str:
        who = f"process {note.pid} on {note.host}, since {note.started}" if note.host else "another run"
        elsewhere = note.host not in ("", self._note.host)
        until = " (if that computer was switched off, this goes by itself after ten minutes)" if elsewhere else ""
        return (
            f"Another run is at work on this sheet ({who}). Wait until it has finished{until}, or stop it with Ctrl-C; "
            "bulkgen status shows how far it is."
        )

    def _unwritable(self, error: OSError) -> str:
        folder, kept = self.path.parent, "bulkgen keeps its record of what was paid beside the sheet"
        if error.errno in FULL:
            return (
                f"{folder} can't be written: the disk is full. {kept}, so nothing was sent. Free some space, then run "
                "the same command again."
            )

        if error.errno == errno.ENAMETOOLONG:
            return f"The sheet's name is too long for the files beside it. {kept}: give the sheet a shorter name."

        return (
            f"{folder} can't be written: {error.strerror}. {kept}: copy the sheet to a folder of your own, with its "
            "resume file if it has one, or make this one writable."
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
        return _at_work(system_lock(fd), Note.parse(_read(fd)), host or socket.gethostname(), clock())
    finally:
        os.close(fd)


def _at_work(held: bool | None, note: Note, here: str, now: float) -> bool:
    """Whether the run that wrote the note looks as if it were at work. `held`: what `system_lock` says of the file."""
    if held is False:
        return True

    if not note.host or (held and note.host == here):
        return False

    runs, age = note.is_alive if note.host == here else None, note.age(now)
    return (age is not None and abs(age) < STALE) if runs is None else runs


def _read(fd: int) -> bytes:
    """What stands in the lock file; nothing if that can't be read."""
    os.lseek(fd, 0, os.SEEK_SET)
    try:
        return os.read(fd, 4096)
    except OSError:
        return b""
