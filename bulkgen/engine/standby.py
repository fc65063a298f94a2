"""The jobs that wait for others: what failed by chance, and what is made with something that is under suspicion.

Owns who waits so, and who goes first. What failed by chance is made again after the rest of the queue, if this run has
sent it: that is what the person was asked about. What shares a suspect waits until a job with that has come through:

* of what an earlier run suspected, one job is tried at once;
* of what this run suspects, one is tried after the rest of the queue where the failures may have passed by then;
* none is tried while others that are made with it are at HeyGen, and no second one in the same run unless the first
  came through.

Whoever still waits at the end is left for the next run, as if nothing had been asked of it.
"""

from __future__ import annotations

from typing import Protocol

from bulkgen.engine.bell import Bell
from bulkgen.engine.run_state import RunState
from bulkgen.engine.tracker import Tracker
from bulkgen.ledger.steps import Step, soon_again
from bulkgen.ledger.suspects import Key
from bulkgen.model import Handle, Job


class Queue(Protocol):
    """Where jobs go that have waited: before the feed's, or behind them."""

    def add(self, job: Job) -> None: ...

    def add_last(self, job: Job) -> None: ...


class Standby:
    def __init__(self, *, run: RunState, tracker: Tracker, queue: Queue) -> None:
        self._run = run
        self._tracker = tracker
        self._queue = queue
        #: What this run has sent, and what of it is on its way to an answer.
        self._sent: set[str] = set()
        self._going: set[str] = set()
        #: Jobs that wait for what they are made with, in the order in which they came.
        self._held: list[Job] = []
        #: Suspects that are known; of which one job may be tried now; and of which after the rest of the queue.
        self._known: set[Key] = set(run.suspects.found)
        self._now: set[Key] = set(self._known)
        self._later: set[Key] = set()
        #: The suspects when it was last looked who may go.
        self._waited_for: set[Key] = set(self._known)
        self._bell = Bell()
        tracker.on_end = self._ended

    # Asked by the submitter ----------------------------------------------------------------------------------------

    def holds(self, job: Job) -> bool:
        """Whether the job has to wait for what it is made with; else it is on its way from here on.

        What HeyGen has, or may have, does not: an attempt whose answer was lost, and one that the person has answered.
        """
        waits = not (job.fingerprint in self._going or self._run.of(job).under_way or self._may_go(job))
        if waits:
            self._held.append(job)
            self._run.defer(job)
        else:
            self._going.add(job.fingerprint)
        return waits

    def sends(self, job: Job) -> None:
        self._sent.add(job.fingerprint)

    def answered(self, job: Job) -> None:
        """It is not on its way any more: HeyGen has it, or has refused it, or it has come back to its line."""
        self._going.discard(job.fingerprint)
        self._look()

    async def wait(self) -> bool:
        """Waits until a job may have come back, when no other is to be sent; False where none can any more."""
        if self._tracker.under_way:
            await self._bell.wait()
            return True

        self._now |= self._later
        self._later.clear()
        before = len(self._held)
        self._look()
        return len(self._held) < before

    def wake(self) -> None:
        """Nothing more is sent."""
        self._bell.ring()

    # What has become known ------------------------------------------------------------------------------------------

    def _ended(self, job: Handle) -> None:
        again = soon_again(self._run.of(job), self._run.rules.policy) and job.fingerprint in self._sent
        if again and isinstance(job, Job) and self._run.step(job) is Step.SEND:
            self._queue.add_last(job)
        self._look()
        self._bell.ring()

    def _look(self) -> None:
        """Notes new suspects, and lets go of those who wait for none any more, or may be tried."""
        found = self._run.suspects.found
        for keys in (self._known, self._now, self._later):  # what was cleared is as if it had never been suspected
            keys.intersection_update(found)
        for key in found.keys() - self._known:
            self._known.add(key)
            self._later |= {key} if found[key].passing else set()
            self._run.on_suspect(found[key])
        if found.keys() == self._waited_for and not self._now:
            return

        self._waited_for = set(found)
        held, self._held = self._held, []
        for job in held:
            if self._may_go(job):
                self._run.deferred.discard(job.fingerprint)
                if self._run.suspects.of(job.fingerprint):  # the others are looked at again when it is their turn
                    self._going.add(job.fingerprint)
                self._queue.add(job)
            else:
                self._held.append(job)

    def _may_go(self, job: Job) -> bool:
        """Nothing that it is made with is suspected; or it is the one that is tried."""
        suspects = self._run.suspects.of(job.fingerprint).keys()
        if any(key not in self._now or self._under_way(key) for key in suspects):
            return False

        self._now -= suspects
        return True

    def _under_way(self, key: Key) -> bool:
        """Whether jobs that are made with it are at HeyGen, or on their way there."""
        at_heygen = self._tracker.pending.by_fingerprint
        return any(key[0] in self._run.suspects.causes(each) for each in (*at_heygen, *self._going))
