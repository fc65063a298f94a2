"""When a POST that brought no answer is sent once more: its pause, and whose turn it is while HeyGen is silent."""

from __future__ import annotations

from bulkgen.engine.gate import Gate
from bulkgen.engine.health import Health
from bulkgen.engine.stopping import Stopping
from bulkgen.errors import Lost, Unreachable
from bulkgen.model import Job

#: How often one POST is sent again after lost answers, before it is left for the next run.
POST_TRIES = 6

#: A POST is sent again after so many seconds at least.
SHORTEST_PAUSE = 1.0

#: Whoever waits for HeyGen to be heard again looks so often (seconds).
LOOK_EVERY = 1.0


class Retries:
    """Shared by all POSTs of a run: in a silence they stand back behind one of them."""

    def __init__(self, *, gate: Gate, health: Health, stopping: Stopping) -> None:
        self._gate = gate
        self._health = health
        self._stopping = stopping
        #: How many wait for their next try; who has it in a silence of HeyGen's, by when that began.
        self._waiting = 0
        self._prober: tuple[float | None, str] = (None, "")

    async def wait(self, job: Job, lost: Lost, tries: int, *, safe: bool) -> bool:
        """Waits for the next try; False if there is to be none now. `safe`: it can't be a second, charged job."""
        health = self._health
        in_progress = lost.status == 409  # it answers, it is only not ready
        health.heard() if in_progress else health.unheard()
        allowed = in_progress or health.may_retry()
        if health.dead:
            self._stopping.stop(lost)
        pause = max(SHORTEST_PAUSE, health.budget.pause(tries, base=4.0 if in_progress else 1.0))
        if safe and allowed and (tries < POST_TRIES or isinstance(lost, Unreachable)):
            self._waiting += 1
            stopped = await self._stopping.within(pause) or await self._turn_comes(job)
            self._waiting -= 1
            if not stopped:
                return True

        self.give_way(job)
        return False

    def give_way(self, job: Job) -> None:
        """It does not ask again: in a silence the next one may."""
        if self._prober[1] == job.fingerprint:
            self._prober = None, ""

    async def until_heard(self) -> None:
        """While HeyGen is silent and others ask it, nothing new is sent: that would only be in doubt too."""
        while self._health.silence and (self._waiting or self._gate.posting):
            if await self._stopping.within(LOOK_EVERY):
                return

    async def _turn_comes(self, job: Job) -> bool:
        """In a silence one job asks again for all: the others would be in vain, or be paid twice. True for a stop."""
        while (silence := self._health.silence) and self._prober[0] == silence.since:
            if self._prober[1] == job.fingerprint:
                break

            if await self._stopping.within(LOOK_EVERY):
                return True

        self._prober = (silence.since, job.fingerprint) if silence else (None, "")
        return self._stopping.begun
