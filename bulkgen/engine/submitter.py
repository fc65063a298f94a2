"""In which order jobs are sent, and when: each becomes a task once its place in the gate, and its money, are in hand.

Asks the feed for one job at a time, as the gate has room. A 429 puts a job back before the feed's next one; what gets
no answer has another turn at the end, and is then left for the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import anyio

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
from bulkgen.engine.sender import Sender, Sent
from bulkgen.engine.standby import Standby
from bulkgen.engine.stopping import Stopping
from bulkgen.engine.tracker import Tracker
from bulkgen.model import Job


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
        self._run = run
        self._gate = gate
        self._retries = Retries(gate=gate, health=health, stopping=stopping)
        self._health = health
        self._tracker = tracker
        self._attempts = Attempts(run)
        self._wait = wait
        self._lines = {at_once: Line(at_once=at_once) for at_once in (False, True)}
        #: What got no answer, however often it was asked for.
        self._later: list[Job] = []
        self._over: Callable[[bool], None] = lambda _at_once: None
        #: Whether what a job needs is there; else the feed brings the job later, or it is left for the next run.
        self.takes: Callable[[Job], bool] = lambda _job: True
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
        self._sender = Sender(
            client=client,
            run=run,
            gate=gate,
            health=health,
            stopping=stopping,
            tracker=tracker,
            finder=finder,
            collector=collector,
            attempts=self._attempts,
            payments=self._payments,
            retries=self._retries,
            patient=wait,
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
        """A job of the feed's that is to be sent once more, behind the others."""
        if self.takes(job):
            self._line(job).put_last(job)

    def reopen(self, at_once: bool) -> None:
        """The feed has something for this lane after all."""
        self._lines[at_once].reopen()

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
        later = [job for job in self._later if self._sender.may_repeat(job)]
        if later and not self._health.silence and not self._gate.shut:
            for job in later:
                self._run.deferred.discard(job.fingerprint)
                self.add(job)
            await self._send_all(feed)
        await self._send_what_comes(feed)
        if self._later:
            await self._sender.look_for(list(dict.fromkeys(self._later)))
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
            if any((line or line.open) and self._fits(line) for line in self._lines.values()):
                self._tracker.expects_more = True
                return True

            if not await self._standby.wait():
                return False

        return False

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
            return not self._sender.in_vain

        return self._wait or (self._gate.held < self._gate.slots and not self._gate.refusals)

    def _line(self, job: Job) -> Line:
        return self._lines[not self._run.life(job).holds_slot]

    async def _send(self, job: Job) -> None:
        self._standby.sends(job)
        try:
            sent = await self._sender.send(job)
            if sent is Sent.BACK:
                self._line(job).put_back(job)
            elif sent is Sent.LATER:
                self._later.append(job)
        finally:
            self._payments.ends(job)
            self._standby.answered(job)

    async def _release(self) -> None:
        """What was only ever turned away by limits is taken back when the run ends."""
        for job in [job for line in self._lines.values() for job in line.back]:
            if self._sender.limit is not None:
                await self._attempts.take_back(job, self._sender.limit)
