"""The ledger as files: the resume file beside the sheet, under its lock, and the person's index for all folders.

Puts the parts together and owns none of their rules. Appends and claims are done off the event loop; those that wait
while the disk is busy go together: one write and one sync, one transaction.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path

import anyio

from bulkgen.disk.together import Together
from bulkgen.errors import NoRoom
from bulkgen.ledger.clock import HeyGenClock
from bulkgen.ledger.events import Event
from bulkgen.ledger.history import History, fold
from bulkgen.ledger.index import Attempt, Index, Indexed, is_gone
from bulkgen.ledger.inheritance import Elsewhere, Trace, inherited, of_renamed, outcomes, taken_over
from bulkgen.ledger.lock import SheetLock, Tell, is_held, lock_of
from bulkgen.ledger.neighbours import (
    beneath,
    is_of_sheet,
    lost_its_sheet,
    neighbours,
    read_others,
    same_account,
    seen_from,
)
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.ledger.rivals import Rivals
from bulkgen.ledger.state import NEW, State
from bulkgen.ledger.transitions import after, weight


class FileLedger:
    """The `Ledger` of one resume file, read when first asked for.

    `folders`: where else than in its own there may be resume files of the same rows. `index`: gives the folder of the
    person's index; None to do without (a rehearsal's HeyGen is the sheet's own). `usual`: where the sheet's results and
    resume file are unless the person names others.
    """

    def __init__(
        self,
        path: Path,
        *,
        folders: Iterable[Path] = (),
        sandbox: bool = False,
        index: Callable[[], Path] | None = None,
        usual: Iterable[Path] = (),
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`clock`: what this computer takes the time for (Unix seconds); `sleep`: how the lock waits (seconds)."""
        self.path = path
        self.warnings: list[str] = []
        self._folders = (*folders, path.parent)
        self._sandbox = sandbox
        self._find_index = index
        self._named_usually = tuple(usual)
        self._time = HeyGenClock(clock)
        self._lock = SheetLock(lock_of(path.resolve()), clock=clock, sleep=sleep)  # one for all links to the file
        self._taken = False
        self._resume: ResumeFile | None = None
        self._index: Index | None = None
        self._identity = ("", "")
        self._appends = Together(self._append)
        self._claims = Together(self._claim)
        self._rivals = Rivals(self._lock.path, events=lambda: self.events, tell=self.warnings.append)
        #: How many of the own events the index has been told of; None: it is told nothing.
        self._noted: int | None = None

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
            self._note_end()
            self._close_index()
            if self._resume is not None:
                self._resume.close()
        finally:
            self._lock.release()
            self._taken, self._noted = False, None

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

    @property
    def alone(self) -> bool:
        own = self.path.resolve()
        with contextlib.suppress(RuntimeError):  # no folder for an index
            if self._find_index is not None and self._find_index().is_dir():
                return False

        folders, sandbox = self._folders, self._sandbox
        return not neighbours(own, folders, sandbox=sandbox) and not beneath(folders, {own}, sandbox=sandbox)

    def recall(self, fingerprints: Collection[str]) -> Elsewhere:
        """Of the folder's resume files, of those that the index names, and of the index itself where they are gone.

        The folders beneath are looked into only for jobs of which nothing else is known. Whoever has taken the ledger
        brings the index up to date with what was read; otherwise nothing is changed.
        """
        own = self.path.resolve()
        indexed = self._index.find(fingerprints) if self._index is not None else []
        paths = neighbours(own, self._folders, sandbox=self._sandbox)
        paths += sorted({row.resume for row in indexed} - {own, *(path.resolve() for path in paths)})
        read, unreadable = read_others(paths, *self._identity)
        mine = fold(self.events)
        recorded = mine.states.keys() | {event.get("fingerprint") for events in read.values() for event in events}
        notes: list[str] = []
        if set(fingerprints) - recorded:
            further, faults = read_others(beneath(self._folders, {own, *paths}, sandbox=self._sandbox), *self._identity)
            read |= further
            notes = [f"Not looked into: {fault}" for fault in faults]
        known = {path: events for path, events in read.items() if same_account(events, *self._identity)}
        histories = {path: fold(events) for path, events in known.items()}
        if self._index is not None and self._taken:
            found = {path: outcomes(read[path], histories[path]) if path in known else {} for path in read}
            self._index.note({own: outcomes(self.events, mine), **found})
            self._noted = len(self.events)
        elif not self._taken:
            self._close_index()
        taken = inherited(mine, dict(seen_from(own, path, events) for path, events in known.items()), fingerprints)
        states = dict(mine.states)
        for event in taken:
            key = str(event["fingerprint"])
            states[key] = after(states.get(key, NEW), [event])
        without_sheet = [histories[path].states for path in known if lost_its_sheet(path)]
        return Elsewhere(
            tuple(taken),
            frozenset[str]().union(*(history.ids for history in histories.values())),
            (*notes, *taken_over(taken)),
            renamed=of_renamed(without_sheet, fingerprints, self.now()),
            besides=fold(chain(*(events for path, events in known.items() if self._is_ours(path, events)))).states,
            traces=self._traces(indexed, states),
            unreadable=tuple(unreadable),
            assets=dict(chain(*(history.files.assets.items() for history in histories.values()))),
            finished=tuple(_finished(histories.values(), without=states)),
        )

    @cached_property
    def _usual(self) -> list[Path]:
        """Followed to where they are, which takes a while on a disk that is far away: most sheets need it never."""
        return [path.resolve() for path in self._named_usually]

    def _is_ours(self, path: Path, events: Iterable[Event]) -> bool:
        return is_of_sheet(path, events, self._usual)

    def _traces(self, indexed: Iterable[Indexed], states: Mapping[str, State]) -> tuple[Trace, ...]:
        """What came to nothing counts beside other attempts of its job alone: so that its number is not used again."""
        rows = [row for row in indexed if self._is_trace(row, states.get(row.fingerprint, NEW))]
        told = {row.fingerprint for row in rows if not row.state.came_to_nothing}
        return tuple(self._trace(row) for row in rows if row.fingerprint in told)

    def _is_trace(self, row: Indexed, known: State) -> bool:
        """Whether the index says more of a job than all resume files at hand, and no run is at work on it."""
        if row.state.attempt <= known.attempt and weight(row.state) <= weight(known):
            return False

        try:
            return row.resume == self.path.resolve() or not is_held(lock_of(row.resume))
        except OSError:
            return True

    def _trace(self, row: Indexed) -> Trace:
        certain = not row.state.came_to_nothing and (bool(row.state.last) or is_gone(row.resume))
        return Trace(row.fingerprint, row.state, str(row.resume), certain=certain)

    def _note_end(self) -> None:
        """Tells the index what became of the run's jobs: their resume file may not be at hand one day."""
        if self._index is None or self._noted is None or self._noted == len(self.events):
            return

        moved = {event.get("fingerprint") for event in self.events[self._noted :]}
        events = [event for event in self.events if event.get("fingerprint") in moved]
        self._index.note({self.path.resolve(): outcomes(events, fold(events))})

    async def claim(self, fingerprint: str, attempt: int) -> bool:
        await anyio.to_thread.run_sync(self._lock.confirm)
        return True if self._index is None else await self._claims.do((fingerprint, attempt))

    def _close_index(self) -> None:
        if self._index is not None:
            self._index.close()

    def _claim(self, attempts: Sequence[Attempt]) -> list[bool]:
        assert self._index is not None
        self._rivals.unreadable = None
        claimed = self._index.claim(attempts, self._rivals.stands)
        if self._rivals.unreadable is not None:
            raise self._rivals.unreadable

        return claimed


def _finished(histories: Iterable[History], without: Container[str]) -> Iterator[State]:
    """The jobs that have a result, each once, however many files have it."""
    seen = set[str]()
    for history in histories:
        for key, state in history.states.items():
            if state.shown.finished and key not in without and key not in seen:
                seen.add(key)
                yield state
