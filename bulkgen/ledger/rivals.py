"""Other resume files that have claimed an attempt before: whether their claim stands. Only ever read.

Invariant: a claim whose record can't be looked into stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from bulkgen.errors import LedgerError
from bulkgen.ledger.events import Event
from bulkgen.ledger.history import fold
from bulkgen.ledger.inheritance import inherited, sheet_of
from bulkgen.ledger.lock import is_held, lock_of
from bulkgen.ledger.resume_file import read_events


class Rivals:
    """As one resume file sees them. `events`: its own, as they are by now; `tell` gets a sentence for the person."""

    def __init__(self, own_lock: Path, *, events: Callable[[], Sequence[Event]], tell: Callable[[str], None]) -> None:
        #: A record that could not be looked into.
        self.unreadable: LedgerError | None = None
        self._own_lock = own_lock
        self._events = events
        self._tell = tell
        self._told: set[Path] = set()
        #: The files as they were last read, by job.
        self._others: dict[Path, tuple[tuple[int, int], dict[object, list[Event]]]] = {}

    def stands(self, other: Path, fingerprint: str) -> bool:
        """Whether another resume file's claim to a job stands: its run is at work, or it says more of it than ours.

        In this order: what a run did is in its file when its lock is free.
        """
        lock = lock_of(other)
        try:
            busy = not _same(lock, self._own_lock) and is_held(lock)
            if not busy and not self._says_more(other, fingerprint):
                return False
        except (LedgerError, OSError) as error:
            reason = str(error) if isinstance(error, LedgerError) else f"{other} can't be read: {error.strerror}."
            self.unreadable = LedgerError(
                f"Nothing more is sent: rows of this sheet were sent from {sheet_of(str(other))}, and the record of it "
                f"can't be used. {reason}"
            )
            return True  # it can't be read, so it may

        run = "are being made by another run, of" if busy else "are known to another run, of"
        if other not in self._told:  # once, however many claims meet it
            self._told.add(other)
            self._tell(
                f"Rows of this sheet {run} {sheet_of(str(other))}: they are left to it. Run the same command again to "
                "collect them."
            )
        return True

    def _says_more(self, other: Path, fingerprint: str) -> bool:
        """Raises `LedgerError` or `OSError` for a file that can't be read."""
        events = self._events_of(other).get(fingerprint, [])
        mine = [event for event in self._events() if event.get("fingerprint") == fingerprint]
        return bool(inherited(fold(mine), {"": events}, [fingerprint]))

    def _events_of(self, other: Path) -> dict[object, list[Event]]:
        """Read once for all claims, until the file is written again."""
        try:
            found = other.stat()
        except FileNotFoundError:
            return {}

        version = found.st_mtime_ns, found.st_size
        if other not in self._others or self._others[other][0] != version:
            by_job = defaultdict(list)
            for event in read_events(other)[0]:
                by_job[event.get("fingerprint")].append(event)
            self._others[other] = version, by_job
        return self._others[other][1]


def _same(one: Path, other: Path) -> bool:
    """Whether both are the same file, however it is reached."""
    try:
        return one.samefile(other)
    except OSError:
        return False
