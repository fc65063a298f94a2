"""What the engine needs of the world, so that it can run against HeyGen, the sandbox or a test in virtual time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Protocol

from bulkgen.disk.whole import Saved
from bulkgen.kinds.kind import Collection, Detail
from bulkgen.ledger.events import Event


class Client(Protocol):
    """HeyGen. Every call raises `ApiError`; a GET has been retried already, a POST never."""

    async def submit(self, path: str, body: Mapping[str, object], key: str | None) -> Mapping[str, object]: ...

    async def statuses(self, collection: Collection, ids: Sequence[str]) -> Mapping[str, str]: ...

    async def detail(self, collection: Collection, job_id: str) -> Detail: ...

    def listing(
        self, path: str, params: Mapping[str, str] | None = None
    ) -> AsyncGenerator[Mapping[str, object], None]: ...


class Recorder(Protocol):
    """The ledger: `append` gives the events with their time once they are durable, or raises `LedgerError`."""

    async def append(self, *events: Event) -> list[Event]: ...

    async def claim(self, fingerprint: str, attempt: int) -> bool:
        """Whether this run may make the attempt; False if another one has it."""
        ...


class Downloader(Protocol):
    """Raises `LinkGone` for a dead link, `OSError` or `ApiError` where another try may help."""

    async def fetch(self, link: str, name: str) -> Saved: ...

    def present(self, saved: Saved) -> bool: ...
