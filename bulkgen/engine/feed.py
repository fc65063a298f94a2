"""Where the jobs of a run come from, and what waits in front of the gate.

A feed decides what may be sent and in which order. Here is the one over a list: one sheet's jobs, known when the run
begins.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Sequence

import anyio

from bulkgen.engine.protocols import Feed
from bulkgen.engine.run_state import RunState
from bulkgen.ledger.steps import Step
from bulkgen.model import Handle, Job
from bulkgen.sequence import in_sequence


class ListFeed:
    """Each job once, lost answers first: their keys don't live for ever, and they may hold slots at HeyGen already. Of
    the others those of a higher priority go first, each behind what it awaits; of one priority what goes on with the
    person's answer."""

    def __init__(
        self, jobs: Iterable[Job], run: RunState, *, left: Iterable[Handle] = (), send: Container[str] | None = None
    ) -> None:
        """`left`: jobs that no row asks for any more; `send`: the fingerprints that may be POSTed (all, if None)."""
        standing: list[Handle] = [job for job in left if run.step(job) is not Step.KEEP or run.of(job).shown.finished]
        to_send: dict[Step, list[Job]] = {Step.SEND_AGAIN: [], Step.ANSWER: [], Step.SEND: []}
        unique: dict[str, Job] = {}
        for job in jobs:
            unique.setdefault(job.fingerprint, job)
        for job in unique.values():
            step = run.step(job)
            found_first = step is Step.SEND and run.may_be_found(job)
            may_send = step in to_send and (send is None or job.fingerprint in send)
            if may_send and not found_first:
                to_send[step].append(job)
            stands = may_send if found_first else run.of(job).shown.finished
            if stands or step in (Step.LOOK_UP, Step.FOLLOW, Step.COLLECT):
                standing.append(job)
        self.standing: Sequence[Handle] = standing
        self._lanes: dict[bool, deque[Job]] = {True: deque(), False: deque()}
        for job in [*to_send[Step.SEND_AGAIN], *in_sequence([*to_send[Step.ANSWER], *to_send[Step.SEND]])]:
            self._lanes[not run.life(job).holds_slot].append(job)

    async def next(self, *, at_once: bool) -> Job | None:
        lane = self._lanes[at_once]
        return lane.popleft() if lane else None


class Line:
    """The jobs that wait for one lane of the gate: those that came back first, then the feed's, then the `last` ones.

    While the feed has nothing to give at the moment, the last ones go: what it waits for may depend on one of them.
    """

    def __init__(self, *, at_once: bool) -> None:
        self.at_once = at_once
        self.back: deque[Job] = deque()
        self.last: deque[Job] = deque()
        self._dry = False
        self._asking: anyio.CancelScope | None = None

    def __bool__(self) -> bool:
        """Whether jobs wait in it; the feed may have others."""
        return bool(self.back or self.last)

    @property
    def open(self) -> bool:
        """The feed may have more."""
        return not self._dry

    @property
    def asking(self) -> bool:
        """The feed is being waited for."""
        return self._asking is not None

    def put_back(self, job: Job, *, first: bool = True) -> None:
        """The job goes before the feed's next one; `first`: before others that came back, too."""
        if first:
            self.back.appendleft(job)
        else:
            self.back.append(job)
        self._stop_asking()

    def put_last(self, job: Job) -> None:
        """The job goes behind all that the feed has."""
        self.last.append(job)
        self._stop_asking()

    def reopen(self) -> None:
        """The feed, which had nothing more, has something after all."""
        self._dry = False

    def close(self) -> None:
        """The feed is asked no more."""
        self._dry = True
        self._stop_asking()

    async def next(self, feed: Feed) -> Job | None:
        """The next job; None if there is none, and none will come but from those on their way."""
        while not self.back and not self._dry:
            self._asking = anyio.move_on_after(0 if self.last else None)
            with self._asking:
                job = await feed.next(at_once=self.at_once)
                self._asking, self._dry = None, job is None
                if job is not None:
                    return job

                break
            self._asking = None
            if self.last:
                break
        return next((line.popleft() for line in (self.back, self.last) if line), None)

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
