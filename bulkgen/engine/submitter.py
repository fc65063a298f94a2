"""Sends jobs: the intent on disk, then the POST, then its answer on disk.

Owns the queues of what is to be sent. A 429 puts a job back at their head; a lost answer is asked for again with the
same key, within the run's retry budget, and then left for the next run.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import anyio

from bulkgen.errors import ApiError, Blocked, Lost, RateLimited
from bulkgen.jobs import Job, idempotency_key
from bulkgen.kinds import KINDS
from bulkgen.kinds.kind import Accepted
from bulkgen.state import NEW, finished, format_time, refused, submitted, submitting

if TYPE_CHECKING:
    from bulkgen.engine.engine import Engine

#: How often one POST is sent again after lost answers, before it is left for the next run.
POST_TRIES = 6

#: Lost answers in a row, with the retry budget gone, after which HeyGen counts as not answering.
DEAD_STREAK = 20


class Submitter:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._door = engine.door
        self._queue: deque[Job] = deque()
        self._speech: deque[Job] = deque()
        #: Jobs that met a 429: HeyGen did nothing for them, so the next POST is no repeat.
        self._turned_away: set[str] = set()

    def add(self, job: Job) -> None:
        (self._queue if KINDS[job.kind].family else self._speech).append(job)

    async def run(self) -> None:
        """Sends everything in the queues, or what the door lets through until it is shut for good."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._send_speech)
            await self._send_slots()

    async def _send_slots(self) -> None:
        """A job becomes a task only with its slot in hand, so that a sheet of any length needs few tasks."""
        while self._queue and self._fits():
            async with anyio.create_task_group() as posts:
                while self._queue and self._fits():
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
                    if not await self._door.enter_speech():
                        return

                    posts.start_soon(self._speak, self._speech.popleft())

    async def _submit(self, job: Job) -> None:
        """One job of a kind that is polled: its slot is in hand."""
        engine, kind = self._engine, KINDS[job.kind]
        attempt = self._intend(job)
        key = idempotency_key(job.fingerprint, attempt) if kind.keyed else None
        body = {"callback_id": key, **job.body} if kind.labelled else job.body
        for tries in range(1, POST_TRIES + 1):
            with anyio.CancelScope(shield=True):
                try:
                    accepted = kind.accepted(await engine.client.submit(job.path, body, key))
                    if not accepted.id:
                        raise Lost("HeyGen's answer names no id")
                except RateLimited as error:
                    self._turn_away(job, self._queue)
                    self._door.refused(error.retry_after)
                    return
                except Lost as error:
                    lost = error
                except ApiError as error:
                    self._refused(job, attempt, error)
                    self._door.left(slot=False)
                    return
                else:
                    engine.record(job, submitted(job, attempt, accepted.id))
                    self._door.accepted()
                    engine.accepted(job, accepted.id)
                    return

            self._door.left(slot=True)
            if tries == POST_TRIES or not await self._try_again(lost, tries):
                engine.left.add(job.fingerprint)
                self._door.ended()
                return

            self._door.back_in()

    async def _speak(self, job: Job) -> None:
        """One recording: the answer to the POST is the result, and its link comes only once."""
        engine, kind = self._engine, KINDS[job.kind]
        for tries in range(1, POST_TRIES + 1):
            attempt = self._intend(job)
            with anyio.CancelScope(shield=True):
                try:
                    accepted = kind.accepted(await engine.client.submit(job.path, job.body, None))
                    if not accepted.link:
                        raise Lost("HeyGen's answer names no recording")
                except RateLimited as error:
                    self._turn_away(job, self._speech)
                    self._door.speech_refused(error.retry_after)
                    return
                except Lost as error:
                    lost = error
                except ApiError as error:
                    self._refused(job, attempt, error)
                    self._door.speech_left()
                    return
                else:
                    self._record_spoken(job, attempt, accepted)
                    self._door.spoken()
                    break

            if tries == POST_TRIES or not await self._try_again(lost, tries):
                engine.left.add(job.fingerprint)
                self._door.speech_left()
                return

        await engine.download(job)

    def _intend(self, job: Job) -> int:
        """The intent, durable; gives the attempt's number. A repeat on the same key needs no second record."""
        engine = self._engine
        state = engine.states.get(job.fingerprint, NEW)
        if not state.unresolved:
            engine.record(job, submitting(job, state.attempt + 1))
            return state.attempt + 1

        if not KINDS[job.kind].keyed and job.fingerprint not in self._turned_away:
            engine.record(job, submitting(job, state.attempt, again=True))
        self._turned_away.discard(job.fingerprint)
        return state.attempt

    def _record_spoken(self, job: Job, attempt: int, accepted: Accepted) -> None:
        engine = self._engine
        at = format_time(engine.now())[:19] + "Z"
        event = finished(job, attempt, accepted.id, duration=accepted.duration, finished_at=at, link=accepted.link)
        engine.record(job, event)
        engine.progressed()

    def _turn_away(self, job: Job, queue: deque[Job]) -> None:
        self._engine.heard()
        self._turned_away.add(job.fingerprint)
        queue.appendleft(job)

    def _refused(self, job: Job, attempt: int, error: ApiError) -> None:
        self._engine.heard()
        self._engine.record(job, refused(job, attempt, error))
        if isinstance(error, Blocked):
            self._engine.block(error)

    async def _try_again(self, lost: Lost, tries: int) -> bool:
        """Waits for the next try; False if there is to be none in this run."""
        engine = self._engine
        in_progress = lost.status == 409  # it answers, it is only not ready
        if in_progress:
            engine.heard()
        elif not engine.budget.failed():
            if engine.budget.streak >= DEAD_STREAK:
                engine.stop(lost)
            return False

        pause = max(1.0, engine.budget.pause(tries, base=4.0 if in_progress else 1.0))
        return not await engine.stops_within(pause)
