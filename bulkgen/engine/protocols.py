"""What the engine needs of the world, so that it can run against HeyGen, the sandbox or a test in virtual time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

from bulkgen.disk.whole import Saved
from bulkgen.kinds.life import Collection
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.events import Event
from bulkgen.ledger.state import State
from bulkgen.model import Handle, Job, LocalFile
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.expected import Expected


class Client(Protocol):
    """HeyGen. Every call raises `ApiError`; a GET has been retried already, a POST never."""

    async def submit(self, path: str, body: Mapping[str, object], key: str | None) -> Mapping[str, object]: ...

    async def call(
        self, method: str, path: str, body: Mapping[str, object], key: str | None
    ) -> Mapping[str, object]: ...

    async def one(self, path: str, item_id: str) -> Mapping[str, object]: ...

    async def statuses(self, collection: Collection, ids: Sequence[str]) -> Mapping[str, str]: ...

    async def detail(self, collection: Collection, job_id: str) -> Detail: ...

    def listing(
        self, path: str, params: Mapping[str, str] | None = None
    ) -> AsyncGenerator[Mapping[str, object], None]: ...


class Recorder(Protocol):
    """The ledger. Both raise `LedgerError`."""

    async def append(self, *events: Event) -> list[Event]:
        """Gives the events with their time once they are durable."""
        ...

    async def claim(self, fingerprint: str, attempt: int) -> bool:
        """Whether this attempt is ours to send; False: another run has it. Asked for again, it says the same."""
        ...


class Estimator(Protocol):
    """What jobs are expected to be, and to cost."""

    def expected(self, job: Job) -> Expected: ...

    def cost(self, job: Job, *, answer: bool = False) -> Cost | None:
        """None where it has no price. `answer`: of sending the person's answer to it."""
        ...

    def learn(self, states: Iterable[State]) -> None:
        """These jobs have finished meanwhile."""
        ...


class Downloader(Protocol):
    """Files, by links that a storage host takes for proof enough."""

    @property
    def received(self) -> int:
        """What has come so far (bytes)."""
        ...

    async def fetch(
        self, link: str, name: str, *others: str, what: str = "recording", own: Saved | None = None
    ) -> Saved:
        """The file under this name, or one of the others where somebody else's file has it.

        `own`: what was saved of it before. Raises `LinkGone` for a dead link, `LinkUnfit` for one that is not followed,
        `OSError` or `ApiError` where another try may help.
        """
        ...

    async def keep(self, data: bytes, name: str, *others: str, what: str) -> Saved:
        """A file that is no download, under the first of these names that no other file has. Raises `OSError`."""
        ...

    async def digest(self, saved: Saved) -> str:
        """The SHA-256 (hex) of a file that was saved. Raises `OSError`."""
        ...

    def present(self, saved: Saved) -> bool: ...

    def changed(self, saved: Saved) -> bool: ...


class Uploader(Protocol):
    """The person's files on their way to HeyGen."""

    @property
    def sent(self) -> int:
        """What has gone so far (bytes)."""
        ...

    async def has(self, asset: str) -> bool:
        """Whether HeyGen still has this asset. Raises `ApiError`."""
        ...

    async def send(self, file: LocalFile, *, begun: str, begins: Callable[[str], Awaitable[None]]) -> str:
        """The id of the file at HeyGen, which costs nothing.

        `begun`: the id under which it may be there already; `begins` is told of such an id before any byte goes out.
        Raises `ApiError`, `OSError` where the file can't be read, or is not what it was.
        """
        ...


class Names(Protocol):
    """What files are called, without their endings."""

    def of(self, job: Handle, attempt: int, part: int = 0) -> tuple[str, ...]:
        """The name of the files of an attempt, and behind it those for when another file has it.

        `part`: which of its results they are of, from 1, where it has several.
        """
        ...


class News(Protocol):
    """What HeyGen's webhooks tell of jobs, as far as anybody listens to them."""

    @property
    def listening(self) -> bool:
        """Whether more would be heard at this moment."""
        ...

    async def next(self) -> Sequence[str]:
        """Ids of jobs that are worth asking about, as soon as there are any; none where only `listening` has changed.

        Some may be nobody's here, or be named again. Gives something once a second at most, and never raises.
        """
        ...


class Feed(Protocol):
    """The jobs of a run; it may bring new ones while the run goes on.

    It decides what may be sent, and in which order. Whoever stops waiting for `next` has lost no job by that.
    """

    @property
    def standing(self) -> Iterable[Handle]:
        """Jobs of earlier runs: to be followed, found or collected. Taken up at the beginning, and only then.

        One that is made again stands here too, for the result that it has; one that no row asks for any more has no
        request, and is never sent.
        """
        ...

    async def next(self, *, at_once: bool) -> Job | None:
        """The next job to be sent; None: no more will come.

        Asked for one at a time, as soon as it could go: `at_once` for the lane of the jobs that hold no slot: those
        that are answered at once, or are no renders.
        """
        ...
