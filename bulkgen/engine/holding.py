"""What feeds have in common that stand before another one, and hold its jobs until they may go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable

import anyio

from bulkgen.engine.protocols import Feed
from bulkgen.engine.run_state import RunState
from bulkgen.model import Handle, Job


class HoldingFeed(ABC):
    """The jobs of another feed, each once it may go; a job that was let go comes before the other feed's next one."""

    def __init__(self, feed: Feed, run: RunState) -> None:
        self._feed = feed
        self._run = run
        self._held: list[Job] = []
        self._ready: dict[bool, deque[Job]] = {False: deque(), True: deque()}
        #: Lanes for which nothing more comes from the other feed.
        self._dry: set[bool] = set()
        self._changed = anyio.Event()
        self._asking: dict[bool, anyio.CancelScope] = {}
        #: Told of a lane where there is something to ask for after all.
        self.on_more: Callable[[bool], None] = lambda _at_once: None

    @property
    def standing(self) -> Iterable[Handle]:
        return self._feed.standing

    async def next(self, *, at_once: bool) -> Job | None:
        ready = self._ready[at_once]
        while True:
            if ready:
                return ready.popleft()

            if at_once not in self._dry and self._looks_ahead():
                job = await self._ask(at_once=at_once)
                if job is not None and self.take(job):
                    return job

            elif at_once in self._dry and not any(self._lane(job) is at_once for job in self._held):
                return None
            else:
                await self._changed.wait()

    @abstractmethod
    def take(self, job: Job) -> bool:
        """Whether the job can be sent now; if not it comes from `next` later, or is left for the next run."""

    def reopen(self, at_once: bool) -> None:
        """There is something to ask for in this lane after all."""
        self._dry.discard(at_once)
        self.on_more(at_once)

    def _looks_ahead(self) -> bool:
        """Whether the other feed is asked for a job beyond those that are held."""
        return True

    def _lane(self, job: Job) -> bool:
        return not self._run.life(job).holds_slot

    async def _ask(self, *, at_once: bool) -> Job | None:
        """The other feed's next job; None also where one that was held may go meanwhile."""
        with anyio.CancelScope() as scope:
            self._asking[at_once] = scope
            try:
                job = await self._feed.next(at_once=at_once)
            finally:
                del self._asking[at_once]
            if job is None:
                self._ran_dry(at_once)
            return job
        return None

    def _ran_dry(self, at_once: bool) -> None:
        self._dry.add(at_once)

    def _sort(self) -> None:
        """Lets go of the jobs that may go by now, and of those that have nothing to wait for any more."""
        held, self._held = self._held, []
        for job in held:
            if self.take(job):
                self._ready[self._lane(job)].append(job)
        self._tell()

    def _tell(self) -> None:
        """Whoever waits looks again."""
        self._changed.set()
        self._changed = anyio.Event()
        for at_once, scope in self._asking.items():
            if self._ready[at_once]:
                scope.cancel()
