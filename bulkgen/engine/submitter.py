"""Sends jobs: the intent on disk, then the POST, then its answer on disk.

Owns the queues of what is to be sent. A 429 puts a job back at their head; a lost answer is asked for again with the
same key, within the run's retry budget, and then left for the next run.
"""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import TYPE_CHECKING

import anyio

from bulkgen.errors import ApiError, Blocked, Lost, RateLimited, Unreachable
from bulkgen.kinds import KINDS
from bulkgen.kinds.kind import Accepted
from bulkgen.ledger.events import finished, format_time, refused, submitted, submitting
from bulkgen.ledger.state import KEY_LIFE, NEW, NOT_YET, key_lives
from bulkgen.model import Job, idempotency_key

if TYPE_CHECKING:
    from bulkgen.engine.engine import Engine

#: How often one POST is sent again after lost answers, before it is left for the next run.
POST_TRIES = 6

#: After a silence of so long (seconds), and so many tries in it, HeyGen counts as not answering, and the run ends.
DEAD = 150.0
DEAD_TRIES = 20


class Submitter:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._door = engine.gate
        self._queue: deque[Job] = deque()
        self._speech: deque[Job] = deque()
        #: When each attempt that began in this run did so, and the last 429 that it met (on the engine's clock).
        self._begun: dict[str, float] = {}
        self._limit: RateLimited | None = None
        #: Of these, the ones that may have reached HeyGen: the others were only turned away by 429s.
        self._doubtful: set[str] = set()
        #: Jobs whose intent is recorded and not used up: HeyGen did nothing for them.
        self._intended: set[str] = set()
        #: What got no answer, however often it was asked for.
        self._later: list[Job] = []
        #: How many wait for their next try; who has it in a silence of HeyGen's, by when that began.
        self._waiting = 0
        self._prober: tuple[float | None, str] = (None, "")

    def add(self, job: Job) -> None:
        (self._queue if KINDS[job.kind].collection else self._speech).append(job)

    async def run(self) -> None:
        """Sends everything in the queues, or what the gate lets through until it is shut for good.

        What got no answer has one more turn at the end, if HeyGen has been heard again since.
        """
        await self._send_all()
        if self._later and not self._engine.silence and not self._door.shut:
            for job in self._later:
                self._engine.left.discard(job.fingerprint)
                self.add(job)
            await self._send_all()
        await self._release()

    async def _send_all(self) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(self._send_speech)
            await self._send_slots()

    async def _send_slots(self) -> None:
        """A job becomes a task only with its slot in hand, so that a sheet of any length needs few tasks."""
        while self._queue and self._fits():
            async with anyio.create_task_group() as posts:
                while self._queue and self._fits():
                    await self._until_heard()
                    if not await self._door.enter():
                        return

                    posts.start_soon(self._submit, self._queue.popleft())

    def _fits(self) -> bool:
        """Without waiting for jobs to end, only as many are sent as find a free slot at once."""
        settings = self._engine.settings
        return settings.wait or (self._door.held < settings.concurrency and not self._door.refusals)

    async def _send_speech(self) -> None:
        while self._speech:
            async with anyio.create_task_group() as posts:
                while self._speech:
                    await self._until_heard()
                    if not await self._door.enter_speech():
                        return

                    posts.start_soon(self._speak, self._speech.popleft())

    async def _submit(self, job: Job) -> None:
        """One job of a kind that is polled: its slot is in hand."""
        engine, kind = self._engine, KINDS[job.kind]
        attempt = await self._intend(job)
        if attempt is None:
            self._door.left(slot=False)
            return

        key = idempotency_key(job.fingerprint, attempt) if kind.keyed else None
        body = {"callback_id": key, **job.body} if kind.takes_callback else job.body
        for tries in count(1):
            if not self._may_repeat(job):
                self._door.left(slot=False)
                await engine.unless_stopped(engine.find, [job])
                return

            with anyio.CancelScope(shield=True):
                try:
                    accepted = kind.accepted(await engine.client.submit(job.path, body, key))
                    if not accepted.id:
                        raise Lost("HeyGen's answer names no id")
                except RateLimited as error:
                    self._turn_away(job, self._queue, error)
                    self._door.refused(error.retry_after)
                    return
                except Lost as error:
                    lost = error
                except ApiError as error:
                    await self._refused(job, attempt, error)
                    self._door.left(slot=False)
                    return
                else:
                    await engine.record(job, submitted(job, attempt, accepted.id))
                    self._door.accepted()
                    engine.accepted(job, accepted.id)
                    return

            self._door.left(slot=True)
            if not await self._try_again(job, lost, tries):
                await self._take_back(job, lost)
                self._door.ended()
                return

            self._door.back_in()

    async def _speak(self, job: Job) -> None:
        """One recording: the answer to the POST is the result, and its link comes only once."""
        engine, kind = self._engine, KINDS[job.kind]
        for tries in count(1):
            attempt = await self._intend(job)
            if attempt is None:
                self._door.speech_left()
                return

            with anyio.CancelScope(shield=True):
                try:
                    accepted = kind.accepted(await engine.client.submit(job.path, job.body, None))
                    if not accepted.link:
                        raise Lost("HeyGen's answer names no recording")
                except RateLimited as error:
                    self._turn_away(job, self._speech, error)
                    self._door.speech_refused(error.retry_after)
                    return
                except Lost as error:
                    lost = error
                except ApiError as error:
                    await self._refused(job, attempt, error)
                    self._door.speech_left()
                    return
                else:
                    await self._record_spoken(job, attempt, accepted)
                    self._door.spoken()
                    break

            if not await self._try_again(job, lost, tries):
                await self._take_back(job, lost)
                self._door.speech_left()
                return

        await engine.unless_stopped(engine.collector.download, job)

    async def _intend(self, job: Job) -> int | None:
        """The intent, durable; gives the attempt's number. What a 429 turned away needs no second record.

        None if another run has this attempt: it is left to that one.
        """
        engine, key = self._engine, job.fingerprint
        state = engine.states.get(key, NEW)
        attempt = state.attempt + (not state.unresolved)
        intended = state.unresolved and key in self._intended
        if not intended and not await engine.journal.claim(key, attempt):
            engine.left.add(key)
            return None

        if not state.unresolved:
            await engine.record(job, submitting(job, state.attempt + 1))
            self._begun[key] = anyio.current_time()
        elif key not in self._intended:
            await engine.record(job, submitting(job, state.attempt, again=not KINDS[job.kind].keyed))
        self._intended.add(key)
        return engine.states[key].attempt

    def _may_repeat(self, job: Job) -> bool:
        """Whether this POST can't be a second, charged one: a computer may have slept since the first."""
        if not KINDS[job.kind].keyed or self._untouched(job):
            return True

        state, begun = self._engine.states[job.fingerprint], self._begun.get(job.fingerprint)
        now = self._engine.now()
        if begun is None:
            return key_lives(state, now)

        return max(anyio.current_time() - begun, now - (state.first_sent or now)) < KEY_LIFE

    def _untouched(self, job: Job) -> bool:
        """HeyGen has surely done nothing for this attempt."""
        return job.fingerprint in self._begun and job.fingerprint not in self._doubtful

    async def _release(self) -> None:
        """What was only ever turned away by limits is taken back when the run ends."""
        for job in [*self._queue, *self._speech]:
            if self._limit is not None:
                await self._take_back(job, self._limit)

    async def _take_back(self, job: Job, error: ApiError) -> None:
        """A job that HeyGen certainly did nothing for is as if it had never been sent, for the next run too."""
        state = self._engine.states.get(job.fingerprint, NEW)
        if state.unresolved and self._untouched(job):
            await self._engine.record(job, refused(job, state.attempt, error))

    async def _record_spoken(self, job: Job, attempt: int, accepted: Accepted) -> None:
        engine = self._engine
        at = format_time(engine.now())[:19] + "Z"
        event = finished(job, attempt, accepted.id, duration=accepted.duration, finished_at=at, link=accepted.link)
        await engine.record(job, event)
        engine.progressed()

    def _turn_away(self, job: Job, queue: deque[Job], error: RateLimited) -> None:
        self._engine.heard()
        self._limit = error
        queue.appendleft(job)

    async def _refused(self, job: Job, attempt: int, error: ApiError) -> None:
        """A definite answer. But a gate that is closed to the whole account says nothing of a POST before it."""
        engine = self._engine
        engine.heard()
        if isinstance(error, Blocked) and not self._untouched(job):
            engine.left.add(job.fingerprint)
        else:
            await engine.record(job, refused(job, attempt, error))
        if isinstance(error, Blocked):
            engine.block(error)

    async def _try_again(self, job: Job, lost: Lost, tries: int) -> bool:
        """Waits for the next try; False if there is to be none in this run."""
        engine = self._engine
        unreachable = isinstance(lost, Unreachable)
        if lost.code not in NOT_YET and not unreachable:
            self._doubtful.add(job.fingerprint)
            self._intended.discard(job.fingerprint)
        in_progress = lost.status == 409  # it answers, it is only not ready
        engine.heard() if in_progress else engine.unheard()
        allowed = in_progress or engine.budget.failed(anyio.current_time())
        if engine.silence and engine.silence.lasts(DEAD, DEAD_TRIES):
            engine.stop(lost)
        pause = max(1.0, engine.budget.pause(tries, base=4.0 if in_progress else 1.0))
        if (tries < POST_TRIES or unreachable) and allowed:
            self._waiting += 1
            stopped = await engine.stops_within(pause) or await self._turn_comes(job)
            self._waiting -= 1
            if not stopped:
                return True

        if self._prober[1] == job.fingerprint:
            self._prober = None, ""
        engine.left.add(job.fingerprint)
        self._later.append(job)
        return False

    async def _turn_comes(self, job: Job) -> bool:
        """In a silence one job asks again for all: the others would be in vain, or be paid twice. True for a stop."""
        engine = self._engine
        while (silence := engine.silence) and self._prober[0] == silence.since and self._prober[1] != job.fingerprint:
            if await engine.stops_within(1.0):
                return True
        self._prober = (silence.since, job.fingerprint) if silence else (None, "")
        return engine.stopping

    async def _until_heard(self) -> None:
        """While HeyGen is silent and others ask it, nothing new is sent: that would only be in doubt too."""
        engine, gate = self._engine, self._door
        while engine.silence and (self._waiting or gate.posting or gate.speaking):
            if await engine.stops_within(1.0):
                return
