"""The resume file: an append-only journal of what was sent and what came back.

Owns the file's bytes; never decides what an event means (`state`), and never repairs a file it only reads.

Must hold at any instant, after `kill -9` and power loss too:

* `append` returns only when the records are on the disk; whoever takes the next step has them.
* Every line but the last is whole. A torn last line was never acted upon; it is cut before the next append.
* A bad line anywhere else stops the run: guessing here would be paying twice.
* After a failed write or fsync nothing more is written: what the disk holds is no longer known
  (https://lwn.net/Articles/752063/).
"""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bulkgen import __version__
from bulkgen.disk.whole import sync_folder
from bulkgen.errors import LedgerError
from bulkgen.ledger.events import FORMAT, Event, format_time, opened

#: How the first record begins, and what it never exceeds (bytes): a run may have been killed while writing it.
_BEGINNING = b'{"at":"'
_LONGEST_BEGINNING = 1_000

#: What to do with a file that can't be understood, and what each way costs.
_WAYS_ON = (
    "Bring it back from a backup: that costs nothing. Or move it to another folder and run the same command again: "
    "what bulkgen's index and the results sheet say of these rows is taken over where HeyGen confirms it, and rows of "
    "which it confirms nothing are made, and paid, again only if you add --make-again."
)


class ResumeFile:
    """One resume file, read whole when made; `events` holds what stood in it and what was appended since."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        """Reads the file without changing it; a file that does not exist is an empty one.

        Raises `LedgerError` for a damaged, foreign or newer file.
        """
        self.path = path
        self._clock = clock
        self._clock_error = 0.0
        self.events, self._whole = read_events(path)
        self._fd: int | None = None
        self._identity: tuple[str, str] | None = None
        self._broken: str | None = None

    def belongs_to(self, base: str, account: str) -> None:
        """Says who is going to write.

        Raises `LedgerError` if the file is of another account or address: there its ids are unknown, and every
        job would be paid again.
        """
        for event in self.events:
            if event["event"] == "opened" and (event.get("base"), event.get("account")) != (base, account):
                other = "another address" if event.get("base") != base else "another HeyGen account"
                raise LedgerError(
                    f"{self.path.name} belongs to {other} ({event.get('base')}), where its videos are. Use the API key "
                    "of that account. To make all rows once more in the account of this key, and pay for them there "
                    f"too, add --resume {self.path.stem}-2.jsonl --make-again."
                )

        self._identity = base, account

    def correct(self, clock_error: float) -> None:
        """Records get HeyGen's time, whatever this computer takes it for: how old a lost answer is depends on it."""
        self._clock_error = clock_error

    def now(self) -> float:
        """The time of the next record (Unix seconds)."""
        return self._clock() - self._clock_error

    def append(self, *events: Event) -> list[Event]:
        """Makes the events durable, in one write; gives these events (not the file's header) with their time.

        Raises `LedgerError` if that can't be made certain.
        """
        if self._broken:
            raise LedgerError(self._broken)

        now = format_time(self.now())
        stamped = [{"at": now, **event} for event in events]
        if self._fd is None:
            stamped = self._header(now) + stamped
        lines = "".join(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n" for event in stamped)
        data = lines.encode("utf-8", "replace")
        try:
            fd = self._open()
            _write(fd, data)
            _sync(fd)
            self._check(fd)
        except OSError as error:
            self._broken = self._unwritable(error)
            raise LedgerError(self._broken) from error

        self._whole += len(data)
        self.events += stamped
        return stamped[len(stamped) - len(events) :]

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _header(self, now: str) -> list[Event]:
        """`opened`, where the last one in the file does not say the same already."""
        last = next((event for event in reversed(self.events) if event["event"] == "opened"), None)
        if self._identity is None:  # nothing is sent: what is noted is of those who wrote before
            assert last is not None, "belongs_to comes before the first append"
            return []

        header = opened(__version__, *self._identity)
        same = last is not None and all(last.get(name) == value for name, value in header.items())
        return [] if same else [{"at": now, **header}]

    def _open(self) -> int:
        if self._fd is not None:
            return self._fd

        # A file that was read is never created again: it would be an empty one in the place of what was paid.
        flags = os.O_RDWR | os.O_APPEND | (0 if self._whole else os.O_CREAT) | getattr(os, "O_BINARY", 0)
        new = not self.path.exists()
        fd = os.open(self.path, flags, 0o600)
        self._fd = fd
        os.lseek(fd, self._whole, os.SEEK_SET)
        size = os.fstat(fd).st_size
        if size < self._whole or (size > self._whole and b"\n" in os.read(fd, size - self._whole)):
            raise OSError(errno.EBUSY, "another program has changed it meanwhile")

        if size > self._whole:
            os.ftruncate(fd, self._whole)  # the torn last line
        if new:
            sync_folder(self.path.parent)
        return fd

    def _check(self, fd: int) -> None:
        """A file that was moved away or replaced under us takes no more records that anybody would find."""
        if sys.platform != "win32" and self.path.stat().st_size != os.fstat(fd).st_size:
            raise OSError(errno.EBUSY, "another program has replaced it meanwhile")

    def _unwritable(self, error: OSError) -> str:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "the disk is full" if full else f"the system says: {error.strerror}"
        remedy = "Free some space" if full else "Correct that (the folder must be writable)"
        return (
            f"{self.path} can't be written: {reason}. Nothing was sent that is not recorded in it. "
            f"{remedy}, then run the same command again."
        )


def read_events(path: Path) -> tuple[list[Event], int]:
    """The events of a resume file, and the number of bytes that its whole lines take.

    Raises `LedgerError` with the line's number for a line (not the torn last one) that is no event.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise LedgerError(f"{path} can't be read: {error.strerror}. Make it readable, then try again.") from error

    whole = data.rfind(b"\n") + 1
    if data and not whole and not (data.startswith(_BEGINNING[: len(data)]) and len(data) < _LONGEST_BEGINNING):
        raise LedgerError(
            f"{path.name} is not a resume file of bulkgen, or is damaged from its first line on. If it is another "
            f"program's, name another file with --resume. {_WAYS_ON}"
        )

    events: list[Event] = []
    for number, line in enumerate(data[:whole].splitlines(), 1):
        event = parse(line)
        if event is None:
            raise LedgerError(f"{path.name} is damaged at line {number}, and it says what was paid for. {_WAYS_ON}")

        if number == 1 and event["event"] != "opened":
            raise LedgerError(
                f"{path.name} is not a resume file of bulkgen, or its beginning is missing. If it is another "
                f"program's, name another file with --resume. {_WAYS_ON}"
            )

        if event["event"] == "opened" and _format(event) > FORMAT:
            raise LedgerError(
                f"{path.name} was written by a newer bulkgen ({event.get('bulkgen')}). "
                "Upgrade with: pip install --upgrade bulkgen"
            )

        events.append(event)
    return events, whole


def parse(line: bytes) -> Event | None:
    """The event that stands in a line; None if it is none."""
    try:
        event = json.loads(line)
    except ValueError:
        return None

    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _format(event: Event) -> int:
    value = event.get("format")
    return value if isinstance(value, int) else FORMAT + 1


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def _sync(fd: int) -> None:
    if sys.platform == "darwin":  # fsync alone leaves the data in the drive's cache there
        import fcntl

        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        except OSError as error:
            if error.errno not in (errno.ENOTSUP, errno.ENOTTY, errno.EINVAL):
                raise
        else:
            return

    os.fsync(fd)
