"""The ledger as files: the resume file beside the sheet, under its lock, and the person's index for all folders.

Puts the parts together and owns none of their rules. Appends and claims are done off the event loop; those that wait
while the disk is busy go together: one write and one sync, one transaction.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

import anyio

from bulkgen.disk.together import Together
from bulkgen.errors import LedgerError, NoRoom
from bulkgen.ledger.clock import HeyGenClock
from bulkgen.ledger.events import Event
from bulkgen.ledger.index import Attempt, Index
from bulkgen.ledger.inheritance import Elsewhere, inherited, missing, of_renamed, sheet_of, taken_over
from bulkgen.ledger.lock import SheetLock, Tell, is_held, lock_of
from bulkgen.ledger.neighbours import lost_its_sheet, neighbours, read_others, same_account, seen_from
from bulkgen.ledger.resume_file import ResumeFile, read_events
from bulkgen.ledger.state import fold


class FileLedger:
    """The `Ledger` of one resume file, read when first asked for.

    `folders`: where else than in its own there may be resume files of the same rows. `index`: gives the folder of the
    person's index; None to do without (a rehearsal's HeyGen is the sheet's own).
    """

    def __init__(
        self,
        path: Path,
        *,
        folders: Iterable[Path] = (),
        sandbox: bool = False,
        index: Callable[[], Path] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`clock`: what this computer takes the time for (Unix seconds); `sleep`: how the lock waits (seconds)."""
        self.path = path
        self.warnings: list[str] = []
        self._folders = (*folders, path.parent)
        self._sandbox = sandbox
        self._find_index = index
        self._time = HeyGenClock(clock)
        self._lock = SheetLock(lock_of(path.resolve()), clock=clock, sleep=sleep)  # one for all links to the file
        self._taken = False
        self._resume: ResumeFile | None = None
        self._index: Index | None = None
        self._identity = ("", "")
        self._appends = Together(self._append)
        self._claims = Together(self._claim)
        self._told: set[Path] = set()
        #: Other resume files as they were last read, by job.
        self._others: dict[Path, tuple[tuple[int, int], dict[object, list[Event]]]] = {}

    # The resume file and its lock --------------------------------------------------------------------------------

    @property
    def events(self) -> Sequence[Event]:
        """Raises `LedgerError` for a damaged, foreign or newer file."""
        return self._file.events

    def take(self, tell: Tell = lambda _why: None) -> None:
        self._lock.acquire(tell)
        self._taken, self._resume = True, None
        if self._lock.warning:
            self.warnings.append(self._lock.warning)

    def beat(self) -> None:
        self._lock.beat()

    def leave(self) -> None:
        try:
            self._close_index()
            if self._resume is not None:
                self._resume.close()
        finally:
            self._lock.release()
            self._taken = False

    def belongs_to(self, base: str, account: str) -> None:
        self._file.belongs_to(base, account)
        self._identity = base, account
        self._close_index()
        if self._find_index is None:
            return

        try:
            folder = self._find_index()
        except RuntimeError as error:
            self.warnings.append(
                f"bulkgen keeps no index here ({error}): what was made of these rows in another folder is not noticed. "
                "BULKGEN_DATA_DIR can name a folder for it."
            )
        else:
            self._index = Index(
                folder,
                own=self.path.resolve(),
                base=base,
                account=account,
                now=self.now,
                tell=self.warnings.append,
            )

    def heard(self, date: float, took: float) -> None:
        self._time.heard(date, took)

    def now(self) -> float:
        return self._time.now()

    def jumped(self) -> bool:
        return self._time.jumped()

    async def append(self, *events: Event) -> list[Event]:
        assert self._taken, "only who has taken the ledger writes"
        return await self._appends.do(events)

    @property
    def _file(self) -> ResumeFile:
        if self._resume is None:
            self._resume = ResumeFile(self.path, clock=self._time.earliest)
        return self._resume

    def _append(self, calls: Sequence[tuple[Event, ...]]) -> Sequence[list[Event] | Exception]:
        self._lock.confirm()
        try:
            stamped = iter(self._file.append(*(event for events in calls for event in events)))
        except NoRoom:  # of some of them only
            return [self._append_one(events) for events in calls]

        return [[next(stamped) for _ in events] for events in calls]

    def _append_one(self, events: tuple[Event, ...]) -> list[Event] | Exception:
        try:
            return self._file.append(*events)
        except NoRoom as full:
            return full

    # What other resume files have --------------------------------------------------------------------------------

    def recall(self, fingerprints: Collection[str]) -> Elsewhere:
        """Of the folder's resume files and of those that the index names.

        Whoever has taken the ledger brings the index up to date with what was read; otherwise nothing is changed.
        """
        own = self.path.resolve()
        paths = neighbours(own, self._folders, sandbox=self._sandbox)
        named = self._index.find(fingerprints) if self._index is not None else {}
        paths += sorted(named.keys() - {path.resolve() for path in paths})
        read, notes = read_others(paths)
        known = {path: events for path, events in read.items() if same_account(events, *self._identity)}
        if self._index is not None and self._taken:
            found = {path: _attempts(events) if path in known else set() for path, events in read.items()}
            self._index.note({own: _attempts(self.events), **found})
        elif not self._taken:
            self._close_index()
        others = dict(seen_from(own, path, events) for path, events in known.items())
        mine = fold(self.events)
        taken = inherited(mine, others, fingerprints)
        ids = frozenset[str]().union(*(fold(events).ids for events in others.values()))
        recorded = mine.states.keys() | {str(event["fingerprint"]) for event in taken}
        gone = {str(path): jobs - recorded for path, jobs in named.items() if not path.exists()}
        self.warnings += missing(gone)
        renamed = of_renamed(
            [events for path, events in known.items() if lost_its_sheet(path)], fingerprints, self.now()
        )
        return Elsewhere(tuple(taken), ids, (*notes, *taken_over(taken)), renamed=renamed)

    async def claim(self, fingerprint: str, attempt: int) -> bool:
        await anyio.to_thread.run_sync(self._lock.confirm)
        return True if self._index is None else await self._claims.do((fingerprint, attempt))

    def _close_index(self) -> None:
        if self._index is not None:
            self._index.close()

    def _claim(self, attempts: Sequence[Attempt]) -> list[bool]:
        assert self._index is not None
        return self._index.claim(attempts, self._stands)

    def _stands(self, other: Path, fingerprint: str) -> bool:
        """Whether another resume file's claim to a job stands: its run is at work, or it says more of it than ours.

        In this order: what a run did is in its file when its lock is free.
        """
        lock = lock_of(other)
        busy = not _same(lock, self._lock.path) and is_held(lock)
        if not busy and not self._says_more(other, fingerprint):
            return False

        run = "are being made by another run, of" if busy else "are known to another run, of"
        self._tell_of(
            other,
            f"Rows of this sheet {run} {sheet_of(str(other))}: they are left to it. Run the same command again to "
            "collect them.",
        )
        return True

    def _tell_of(self, other: Path, warning: str) -> None:
        """Once for each file, however many claims meet it."""
        if other not in self._told:
            self._told.add(other)
            self.warnings.append(warning)

    def _says_more(self, other: Path, fingerprint: str) -> bool:
        try:
            events = self._events_of(other).get(fingerprint, [])
        except (LedgerError, OSError) as error:
            self._tell_of(
                other,
                f"Rows of this sheet were sent from {sheet_of(str(other))}, and the record of it can't be read "
                f"({str(error).rstrip('.')}). They wait: make {other} readable, or bring it back from a backup, and "
                "run the same command again.",
            )
            return True  # it can't be read, so it may

        mine = [event for event in self.events if event.get("fingerprint") == fingerprint]
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


def _attempts(events: Iterable[Event]) -> set[Attempt]:
    found = ((event.get("fingerprint"), event.get("attempt")) for event in events)
    return {(job, number) for job, number in found if isinstance(job, str) and isinstance(number, int)}


def _same(one: Path, other: Path) -> bool:
    """Whether both are the same file, however it is reached."""
    try:
        return one.samefile(other)
    except OSError:
        return False
