"""The money of jobs on their way to HeyGen: taken out of what may be spent before they go, given back if they don't.

Owns the waiting for money that comes free; what may be spent says `SpendingCap`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from bulkgen.engine.attempts import Attempts
from bulkgen.engine.gate import Gate
from bulkgen.engine.run_state import RunState
from bulkgen.engine.stopping import Stopping
from bulkgen.engine.tracker import Tracker
from bulkgen.model import Job

#: How long at most until it is looked again whether there is money left for the next job (seconds).
LOOK_AGAIN = 5.0


class Payments:
    """`waiting`: the jobs that came back, and may still be sent.

    `waits`: whether the run waits for what is in progress; else nothing comes free any more.
    """

    def __init__(
        self,
        *,
        run: RunState,
        gate: Gate,
        stopping: Stopping,
        tracker: Tracker,
        attempts: Attempts,
        waiting: Callable[[], Iterable[Job]],
        waits: bool,
    ) -> None:
        self._run = run
        self._gate = gate
        self._stopping = stopping
        self._tracker = tracker
        self._attempts = attempts
        self._waiting = waiting
        self._waits = waits
        #: Jobs that are paid for, on their way to an answer, or to the end of the tries.
        self._sending = 0

    async def can_pay(self, job: Job, back: Collection[Job]) -> bool:
        """Takes what the job may cost at most out of what may be spent; waits as long as more may come free.

        False also where a job that is paid for has come `back` to its line: it goes first.
        """
        while not self._gate.shut:
            paid_for = self._waits and any(map(self._is_paid_for, back))
            alone = not self._waits or not (paid_for or self._under_way)
            if self.take_room(job, alone=alone):
                return True

            if paid_for:
                return False

            if alone:
                self._stopping.block(self._run.cap.reached(job, answer=self._run.turn(job) is not None))
                return False

            await self._run.cap.change(LOOK_AGAIN)
        return False

    def take_room(self, job: Job, *, alone: bool) -> bool:
        """Takes room for its next attempt, if there is any, and it needs some. `alone`: nothing is under way."""
        again = self._attempts.charged_again(job)
        return self._run.cap.take_room(job, self._run.charge(job), again=again, alone=alone)

    def begins(self) -> None:
        """A job for which room was taken is on its way."""
        self._sending += 1

    def ends(self, job: Job) -> None:
        """The job is not on its way to an answer any more."""
        self._sending -= 1
        self._run.cap.give_back(job)
        self._run.cap.wake()

    @property
    def _under_way(self) -> bool:
        """Something may still give back what it does not cost."""
        return bool(self._sending) or self._tracker.under_way or any(map(self._is_paid_for, self._waiting()))

    def _is_paid_for(self, job: Job) -> bool:
        """What it may cost at most is counted already."""
        again = self._attempts.charged_again(job)
        return self._run.cap.has_room(job, self._run.charge(job), again=again)
