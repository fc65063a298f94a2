"""What a run tells while it goes on: events, each with how far everything is by then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from pathlib import Path

from bulkgen.engine.keeper import Fetching
from bulkgen.engine.uploading import Uploaded
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.ledger.suspects import Suspect
from bulkgen.model import Handle


@dataclass(frozen=True, slots=True)
class Waits:
    """The run has not begun yet: why."""

    why: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the run's jobs stand where; told with every change, and about once a second besides."""

    total: int
    counts: Mapping[Status, int]
    #: How far the downloads of videos are, and the uploads of the person's files; None without any.
    files: Fetching | None = None
    _: KW_ONLY
    uploads: Uploaded | None = None
    #: How many of those in progress take far longer than such jobs do.
    stuck: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """A job has a new status."""

    job: Handle
    status: Status
    progress: Progress


@dataclass(frozen=True, slots=True)
class Stopping:
    """Nothing more is sent: so many POSTs are on their way, and so many jobs at HeyGen, which go on there."""

    posting: int
    in_progress: int


@dataclass(frozen=True, slots=True)
class Suspected:
    """Jobs that share this came to nothing one after the other: the others with it wait, and the run goes on."""

    suspect: Suspect


@dataclass(frozen=True, slots=True)
class Written:
    """The results so far are in this file."""

    path: Path


@dataclass(frozen=True, slots=True)
class Ended:
    """Everything is recorded; what is left is to write the results."""


#: What a run tells.
RunEvent = Waits | Progress | Moved | Stopping | Suspected | Written | Ended
Listener = Callable[[RunEvent], None]


class Audience:
    """Whoever listens, held apart from the run: an error of theirs stops it like Ctrl-C, and is raised at its end.

    Raised where it occurs it would tear POSTs from their answers, and these may be paid.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._error: BaseException | None = None
        self.on_error: Callable[[], None] = lambda: None

    def tell(self, event: RunEvent) -> None:
        if self._error is not None:
            return

        try:
            self._listener(event)
        except BaseException as error:  # noqa: BLE001 - kept for `dismiss`, whatever it is
            self.keep(error)

    def keep(self, error: BaseException) -> None:
        """An error of theirs, from wherever it came."""
        self._error = self._error or error
        self.on_error()

    def dismiss(self) -> None:
        """Raises what the listener raised."""
        if self._error is not None:
            raise self._error


class Tally:
    """Counts jobs by status, one change at a time."""

    def __init__(
        self,
        jobs: Iterable[Handle],
        states: Mapping[str, State],
        files: Callable[[], Fetching | None] = lambda: None,
        uploads: Callable[[], Uploaded | None] = lambda: None,
        stuck: Callable[[], int] = lambda: 0,
    ) -> None:
        self._files = files
        self._uploads = uploads
        self._stuck = stuck
        self._jobs = {job.fingerprint: job for job in jobs}
        self._statuses = {key: states.get(key, NEW).status for key in self._jobs}
        self._counts = Counter(self._statuses.values())

    def progress(self) -> Progress:
        return Progress(
            len(self._jobs), dict(self._counts), self._files(), uploads=self._uploads(), stuck=self._stuck()
        )

    def moved(self, fingerprint: str, status: Status) -> Moved | None:
        """The event of a change; None where it is none, or of no job of the run."""
        before = self._statuses.get(fingerprint)
        if before in (None, status):
            return None

        self._statuses[fingerprint] = status
        self._counts[before] -= 1
        self._counts[status] += 1
        return Moved(self._jobs[fingerprint], status, self.progress())
