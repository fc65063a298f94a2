"""Sends jobs: the intent on disk, then the POST, then its answer on disk.

Asks the feed for one job at a time, as the gate has room. A 429 puts a job back before the feed's next one; a lost
answer is asked for again with the same key, within the run's retry budget, and then left for the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import anyio

from bulkgen.codes import NOT_YET
from bulkgen.engine.attempts import Attempts
from bulkgen.engine.collector import Collector
from bulkgen.engine.feed import Line
from bulkgen.engine.finder import Finder
from bulkgen.engine.gate import Gate
from bulkgen.engine.health import Health
from bulkgen.engine.payments import Payments
from bulkgen.engine.protocols import Client, Feed
from bulkgen.engine.retries import Retries
from bulkgen.engine.run_state import RunState
from bulkgen.engine.standby import Standby
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


class Submitter:
    """`wait`: slots that are taken are waited for; else only as many jobs are sent as find one at once."""

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
        wait: bool,
    ) -> None:
        self._client = client
        self._run = run
        self._gate = gate
        self._retries = Retries(gate=gate, health=health, stopping=stopping)
        self._health = health
        self._stopping = stopping
        self._tracker = tracker
        self._finder = finder
        self._collector = collector
        self._turns = Turns(client, run)
        self._attempts = Attempts(run)
        self._wait = wait
        self._lines = {at_once: Line(at_once=at_once) for at_once in (False, True)}
        #: The last 429 that was met.
        self._limit: RateLimited | None = None
        #: What got no answer, however often it was asked for.
        self._later: list[Job] = []
        #: Answers lost, one after the other, to what was asked for again and may be charged each time.
        self._in_vain = 0
        self._over: Callable[[bool], None] = lambda _at_once: None
        self._standby = Standby(run=run, tracker=tracker, queue=self)
        self._payments = Payments(
            run=run,
            gate=gate,
            stopping=stopping,
            tracker=tracker,
            attempts=self._attempts,
            waiting=self._waiting,
            waits=wait,
        )

    @property
    def idle(self) -> bool:
        """Nothing is to be sent at the moment: the feed is being waited for."""
        lines = self._lines.values()
        return any(line.asking for line in lines) and not any(lines)

    def add(self, job: Job) -> None:
        """A job that is to be sent before the feed's."""
        self._line(job).put_back(job, first=False)

    def add_last(self, job: Job) -> None:
        """A job that is to be sent behind the feed's."""
        self._line(job).put_last(job)

    async def run(self, feed: Feed, over: Callable[[bool], None] = lambda _at_once: None) -> None:
        """Sends all that the feed brings, or what the gate lets through until it is shut for good.

        What got no answer has one more turn at the end, if HeyGen has been heard again since; what fails by chance
        while the run waits, too; what must not be sent again is looked for then. `over`: told of each lane for which
        the feed is asked no more.
        """
        self._over = over
        if self._run.left_unheard:
            self._gate.distrust()
        async with anyio.create_task_group() as closing:
            closing.start_soon(self._close_lines)
            await self._send_in_turn(feed)
            closing.cancel_scope.cancel()
        await self._release()

    async def _send_in_turn(self, feed: Feed) -> None:
        await self._send_all(feed)
        later = [job for job in self._later if self._attempts.may_repeat(job) and not self._gives_up(job)]
        if later and not self._health.silence and not self._gate.shut:
            for job in later:
                self._run.deferred.discard(job.fingerprint)
                self.add(job)
            await self._send_all(feed)
        await self._send_what_comes(feed)
        lost = [job for job in dict.fromkeys(self._later) if not self._attempts.may_repeat(job)]
        if lost:
            await self._stopping.guard(self._look_for, lost)
            await self._send_what_comes(feed)  # what waited for one of them

    async def _send_what_comes(self, feed: Feed) -> None:
        """Sends what comes back from HeyGen, for as long as the run waits for it."""
        while self._wait and await self._more_comes():
            await self._send_all(feed)

    async def _more_comes(self) -> bool:
        """Waits for jobs that come back from HeyGen to be sent again; False once none can."""
        self._tracker.expects_more = False
        self._tracker.wake()
        while not self._gate.shut:
            if any(line and self._fits(line) for line in self._lines.values()):
                self._tracker.expects_more = True
                return True

            if not await self._standby.wait():
                return False

        return False

    async def _look_for(self, jobs: list[Job]) -> None:
        """Jobs whose answers were lost, and that may not be sent again: what becomes of them stands in their states."""
        await self._finder.find(jobs, patient=self._wait)

    async def _send_all(self, feed: Feed) -> None:
        async with anyio.create_task_group() as lanes:
            for line in self._lines.values():
                lanes.start_soon(self._send_line, line, feed)

    async def _close_lines(self) -> None:
        await self._gate.until_shut()
        for line in self._lines.values():
            line.close()
        self._run.cap.wake()
        self._standby.wake()

    async def _send_line(self, line: Line, feed: Feed) -> None:
        """A job becomes a task only with its place in hand, so that a sheet of any length needs few tasks."""
        while self._fits(line):
            async with anyio.create_task_group() as posts:
                while (job := await self._next(line, feed)) is not None:
                    posts.start_soon(self._send, job)
            if not line or self._gate.shut:
                break
        self._over(line.at_once)

    async def _next(self, line: Line, feed: Feed) -> Job | None:
        """The next job of the line, with its place in the gate in hand; None if none is to be sent now."""
        slot = not line.at_once
        if not self._fits(line):
            return None

        await self._retries.until_heard()
        if not await self._gate.room(slot=slot):
            return None

        while (job := await line.next(feed)) is not None and self._standby.holds(job):
            pass
        if job is None:
            return None

        if not await self._payments.can_pay(job, line.back):
            line.put_back(job, first=False)
            return None

        self._payments.begins()
        if not await self._gate.enter(slot=slot):
            self._payments.ends(job)
            line.put_back(job)
            return None

        return job

    def _waiting(self) -> Iterator[Job]:
        """The jobs that came back, and may still be sent in this run."""
        return (job for line in self._lines.values() if self._fits(line) for job in line.back)

    def _fits(self, line: Line) -> bool:
        if line.at_once:
            return self._in_vain < IN_VAIN

        return self._wait or (self._gate.held < self._gate.slots and not self._gate.refusals)

    def _line(self, job: Job) -> Line:
        return self._lines[not self._run.life(job).holds_slot]

    async def _send(self, job: Job) -> None:
        """One job, whose place in the gate is in hand, its slot if it needs one, and what it may cost."""
        self._standby.sends(job)
        try:
            await self._send_until_answered(job)
        finally:
            self._payments.ends(job)
            self._standby.answered(job)

    async def _send_until_answered(self, job: Job) -> None:
        gate, life = self._gate, self._run.life(job)
        slot = life.holds_slot
        for tries in count(1):
            await self._run.heed_clocks()
            if not self._attempts.may_repeat(job):
                gate.released(slot=slot)
                await self._stopping.guard(self._look_for, [job])
                return

            if not self._payments.take_room(
                job, alone=False
            ):  # it may be charged once more, and waits for money in its line
                self._line(job).put_back(job)
                gate.released(slot=slot)
                return

            if not await self._intend(job):
                gate.released(slot=slot)
                return

            with anyio.CancelScope(shield=True):
                answer = await self._post(job)
                await self._take_in(job, answer)
            if isinstance(answer, Accepted):
                if life.at_once:
                    await self._stopping.guard(self._collector.download, job)
                    await self._collector.keep_words(job, answer)
                return

            if isinstance(answer, Refused) and self._run.of(job).unresolved:
                await self._stopping.guard(self._finder.settle, job, answer)
            if not isinstance(answer, Lost):
                return

            gate.paused(slot=slot)
            if not await self._try_again(job, answer, tries):
                await self._attempts.take_back(job, answer)
                gate.given_up(slot=slot)
                return

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
        """A limit: the job comes before all that wait, once the gate lets one through again."""
        line = self._line(job)
        self._health.heard()
        self._limit = error
        line.put_back(job)
        self._gate.refused(error.retry_after, slot=not line.at_once)

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

    async def _release(self) -> None:
        """What was only ever turned away by limits is taken back when the run ends."""
        for job in [job for line in self._lines.values() for job in line.back]:
            if self._limit is not None:
                await self._attempts.take_back(job, self._limit)

    async def _try_again(self, job: Job, lost: Lost, tries: int) -> bool:
        """Waits for the next try; False if there is to be none in this run, or not before its end."""
        life = self._run.life(job)
        if lost.code not in NOT_YET and not isinstance(lost, Unreachable):
            self._attempts.doubt(job)
            if life.lost is AfterLoss.RESEND:
                self._gate.distrust()
                self._in_vain += self._run.of(job).repeats > 0
        safe = self._attempts.may_repeat(job) and not self._gives_up(job)
        again = await self._retries.wait(job, lost, tries, safe=safe)
        if again and not self._gives_up(job) and await self._gate.back_in(slot=life.holds_slot):
            return True

        self._retries.give_way(job)
        self._attempts.lay_aside(job)
        self._run.defer(job)
        self._later.append(job)
        return False

    def _gives_up(self, job: Job) -> bool:
        """Whether what may be charged each time has been asked for in vain too often in this run."""
        return self._in_vain >= IN_VAIN and self._run.life(job).lost is AfterLoss.RESEND
