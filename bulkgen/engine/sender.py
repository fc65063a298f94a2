"""One job on its way to HeyGen: the intent on disk, then the POST, then its answer on disk.

Owns what an answer means for its job, for the gate and for the next try. A lost answer is asked for again with the same
key, within the run's retry budget. Which job goes, and when, is the submitter's.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from itertools import count

import anyio

from bulkgen.codes import NOT_YET
from bulkgen.engine.attempts import Attempts
from bulkgen.engine.collector import Collector
from bulkgen.engine.finder import Finder
from bulkgen.engine.gate import Gate
from bulkgen.engine.health import Health
from bulkgen.engine.payments import Payments
from bulkgen.engine.protocols import Client
from bulkgen.engine.retries import Retries
from bulkgen.engine.run_state import RunState
from bulkgen.engine.stopping import Stopping
from bulkgen.engine.tracker import Tracker
from bulkgen.engine.turns import Turns, not_taken
from bulkgen.errors import ApiError, Blocked, Lost, NoRoom, RateLimited, Refused, Unreachable
from bulkgen.kinds.life import AfterLoss
from bulkgen.kinds.outcome import Accepted
from bulkgen.ledger.events import finished, format_second, refused, submitted
from bulkgen.model import Job

#: After so many in a row no more is asked for in this run of what may be charged each time. A network that is gone for
#: a minute costs fewer.
IN_VAIN = 16


class Sent(Enum):
    """What is to be done with a job that was to be sent."""

    NOTHING = auto()  # it is answered, or is the next run's
    BACK = auto()  # it goes before all others, once the gate lets one through or there is money for it
    LATER = auto()  # it got no answer, however often it was asked for


class Sender:
    """`patient`: what HeyGen may only not show yet is waited for."""

    def __init__(
        self,
        *,
        client: Client,
        run: RunState,
        gate: Gate,
        health: Health,
        stopping: Stopping,
        tracker: Tracker,
        finder: Finder,
        collector: Collector,
        attempts: Attempts,
        payments: Payments,
        retries: Retries,
        patient: bool,
    ) -> None:
        self._client = client
        self._run = run
        self._gate = gate
        self._health = health
        self._stopping = stopping
        self._tracker = tracker
        self._finder = finder
        self._collector = collector
        self._attempts = attempts
        self._payments = payments
        self._retries = retries
        self._patient = patient
        self._turns = Turns(client, run)
        #: The last 429 that was met.
        self.limit: RateLimited | None = None
        #: Answers lost, one after the other, to what was asked for again and may be charged each time.
        self._in_vain = 0

    @property
    def in_vain(self) -> bool:
        """What may be charged each time has been asked for in vain too often in this run."""
        return self._in_vain >= IN_VAIN

    def may_repeat(self, job: Job) -> bool:
        """Whether a job without an answer may be asked for once more in this run."""
        return self._attempts.may_repeat(job) and not self._gives_up(job)

    async def look_for(self, jobs: Sequence[Job]) -> None:
        """Jobs whose answers were lost, and that may not be sent again: what becomes of them stands in their states."""
        await self._stopping.guard(self._look_for, [job for job in jobs if not self._attempts.may_repeat(job)])

    async def send(self, job: Job) -> Sent:
        """One job, whose place in the gate is in hand, its slot if it needs one, and what it may cost."""
        gate, life = self._gate, self._run.life(job)
        slot = life.holds_slot
        for tries in count(1):
            await self._run.heed_clocks()
            if not self._attempts.may_repeat(job):
                gate.released(slot=slot)
                await self.look_for([job])
                return Sent.NOTHING

            if not self._payments.take_room(job, alone=False):  # it may be charged once more, and waits for money
                gate.released(slot=slot)
                return Sent.BACK

            if not await self._intend(job):
                gate.released(slot=slot)
                return Sent.NOTHING

            with anyio.CancelScope(shield=True):
                answer = await self._post(job)
                await self._take_in(job, answer)
            if isinstance(answer, Accepted):
                if life.at_once:
                    await self._stopping.guard(self._collector.download, job)
                    await self._collector.keep_words(job, answer)
                return Sent.NOTHING

            if isinstance(answer, Refused) and self._run.of(job).unresolved:
                await self._stopping.guard(self._finder.settle, job, answer)
            if not isinstance(answer, Lost):
                return Sent.BACK if isinstance(answer, RateLimited) else Sent.NOTHING

            gate.paused(slot=slot)
            if not await self._try_again(job, answer, tries):
                await self._attempts.take_back(job, answer)
                gate.given_up(slot=slot)
                return Sent.LATER

        raise AssertionError("every try but the last is followed by another")

    async def _look_for(self, jobs: Sequence[Job]) -> None:
        await self._finder.find(jobs, patient=self._patient)

    async def _intend(self, job: Job) -> bool:
        """Whether the job may be sent: its intent is durable, and so will be its answer."""
        try:
            return await self._attempts.intend(job)
        except NoRoom as full:
            self._run.defer(job)
            self._stopping.block(full)
            return False

    async def _post(self, job: Job) -> Accepted | ApiError:
        """One paid POST, or the person's answer to the job; gives its answer, or the error that stands for it."""
        if self._run.of(job).answering:
            return await self._turns.send(job)

        life = self._run.life(job)
        post = life.post(job, self._run.of(job).attempt, self._run.assets, self._run.made_for(job))
        try:
            accepted = life.accepted(await self._client.submit(post.path, post.body, post.key))
        except ApiError as error:
            return error

        if life.at_once and not accepted.has_result:
            return Lost("HeyGen's answer names no recording")

        return accepted if accepted.id or life.at_once else Lost("HeyGen's answer names no id")

    async def _take_in(self, job: Job, answer: Accepted | ApiError) -> None:
        """The answer, durable, and what it says to the gate; a lost one says nothing yet."""
        if isinstance(answer, Accepted):
            await self._accepted(job, answer)
        elif isinstance(answer, RateLimited):
            self._turn_away(job, answer)
        elif not isinstance(answer, Lost):
            await self._refused(job, answer)

    async def _accepted(self, job: Job, accepted: Accepted) -> None:
        run, attempt, life = self._run, self._run.of(job).attempt, self._run.life(job)
        if not life.at_once:
            answered = run.of(job).answering
            event = self._turns.goes_on(job, accepted.id) if answered else submitted(job, attempt, accepted.id)
            await run.record(job, event)
            self._gate.accepted(slot=life.holds_slot)
            self._in_vain = 0 if life.lost is AfterLoss.RESEND else self._in_vain
            self._tracker.accepted(job, accepted.id)
            return

        at = format_second(run.now())
        event = finished(
            job,
            attempt,
            accepted.id,
            duration=accepted.duration,
            finished_at=at,
            link=accepted.link,
            parts=accepted.parts,
            once=True,
        )
        await run.record(job, event)
        self._in_vain = 0
        self._health.progressed()
        self._gate.accepted(slot=False)

    def _turn_away(self, job: Job, error: RateLimited) -> None:
        """A limit: nobody goes until the gate lets one through again."""
        self._health.heard()
        self.limit = error
        self._gate.refused(error.retry_after, slot=self._run.life(job).holds_slot)

    async def _refused(self, job: Job, error: ApiError) -> None:
        """A definite answer to this POST, and so to the job if HeyGen can't have had it before.

        What it may have had is looked for in the account; a gate that is closed to all says nothing of it either.
        """
        self._health.heard()
        doubted = not self._attempts.untouched(job)
        if doubted and isinstance(error, Blocked):
            self._run.defer(job)
        elif not doubted and self._run.of(job).answering:
            await self._run.record(job, not_taken(job, self._run.of(job), error))
        elif not doubted or self._run.life(job).lost is AfterLoss.RESEND:
            await self._run.record(job, refused(job, self._run.of(job).attempt, error, doubted=doubted))
        if isinstance(error, Blocked):
            self._stopping.block(error)
        self._gate.released(slot=self._run.life(job).holds_slot)

    async def _try_again(self, job: Job, lost: Lost, tries: int) -> bool:
        """Waits for the next try; False if there is to be none in this run, or not before its end."""
        life = self._run.life(job)
        if lost.code not in NOT_YET and not isinstance(lost, Unreachable):
            self._attempts.doubt(job)
            if life.lost is AfterLoss.RESEND:
                self._gate.distrust()
                self._in_vain += self._run.of(job).repeats > 0
        again = await self._retries.wait(job, lost, tries, safe=self.may_repeat(job))
        if again and not self._gives_up(job) and await self._gate.back_in(slot=life.holds_slot):
            return True

        self._retries.give_way(job)
        self._attempts.lay_aside(job)
        self._run.defer(job)
        return False

    def _gives_up(self, job: Job) -> bool:
        """Whether what may be charged each time has been asked for in vain too often in this run."""
        return self.in_vain and self._run.life(job).lost is AfterLoss.RESEND
