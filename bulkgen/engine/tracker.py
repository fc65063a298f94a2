"""The jobs at HeyGen, from the moment it has them to their recorded end.

Owns who is pending, and keeps their slots, their records and those who ask about them in step. Whoever learns
something of a job says it here: the sender that it was accepted, the finder that it was found, the poller how it is.
"""

from __future__ import annotations

from collections.abc import Callable

import anyio

from bulkgen.engine.bell import Bell
from bulkgen.engine.gate import Gate
from bulkgen.engine.handout import Handout
from bulkgen.engine.health import Health
from bulkgen.engine.keeper import Keeper
from bulkgen.engine.pending import PendingJob, PendingJobs
from bulkgen.engine.run_state import RunState
from bulkgen.errors import ApiError
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.events import Event, failed, finished, format_second, moved, review, submitted, unknown
from bulkgen.ledger.state import UNSEEN, State
from bulkgen.model import Handle, Job


class Tracker:
    def __init__(
        self,
        *,
        run: RunState,
        pending: PendingJobs,
        gate: Gate,
        health: Health,
        keeper: Keeper,
        handout: Handout,
    ) -> None:
        self._run = run
        self._handout = handout
        self._keeper = keeper
        self._gate = gate
        self._health = health
        self.pending = pending
        #: Whether jobs wait to be sent; and whether any may still be: what is pending may fail, and be sent again.
        self.expects_more = self.open = True
        #: Told of each job that is pending no more, once that is recorded.
        self.on_end: Callable[[Handle], None] = lambda _job: None
        #: Jobs that have ended, while that is being written.
        self._closing = 0
        #: For those who ask about the running jobs, and those who fetch the details of the ended ones.
        self.asking, self.fetching = Bell(), Bell()

    @property
    def busy(self) -> bool:
        """Something is pending, or may still be."""
        return bool(self.pending) or self.open

    @property
    def under_way(self) -> bool:
        """The end of something is not known yet, or not written."""
        return bool(self.pending) or self._closing > 0

    @property
    def ending(self) -> bool:
        """Nothing is running, and nothing will be."""
        return not self.expects_more and not self.pending.running

    def wake(self) -> None:
        """Something has changed that somebody may be waiting for."""
        self.asking.ring()
        if not self.pending.running:
            self.fetching.ring()

    # Into the pending jobs -------------------------------------------------------------------------------------

    def accepted(self, job: Handle, job_id: str) -> None:
        """HeyGen took the job; its slot, if it needs one, is held already."""
        now = anyio.current_time()
        self._health.progressed()
        self._run.claimed.add(job_id)
        self._add(job, since=now, alive=now)

    def follow(self, job: Handle) -> None:
        """A job that is in progress, as its state says, and did not come through the gate in this run."""
        state, since = self._run.of(job), anyio.current_time()
        if state.submitted_at is not None:
            since -= max(0.0, self._run.now() - state.submitted_at)
        if not state.in_review and self._run.life(job).holds_slot:
            self._gate.hold()
        self._add(job, since=since, alive=None)

    def _add(self, job: Handle, *, since: float, alive: float | None) -> None:
        state, life = self._run.of(job), self._run.life(job)
        self.pending.add(
            PendingJob(
                job=job,
                attempt=state.attempt,
                id=state.id,
                stage=state.stage,
                collection=life.collection(state.stage),
                last=state.stage >= len(life.stages) - 1,
                since=since,
                alive=alive,
                in_review=state.in_review,
                slotless=not life.holds_slot,
            )
        )
        self.wake()
        self._run.on_change(job)

    # While they are pending ------------------------------------------------------------------------------------

    def ended(self, pending: PendingJob) -> None:
        """HeyGen says that the job has ended: its slot is free, whenever its links come."""
        if pending.ended_since is None:
            held = pending.holds_slot
            self.pending.end(pending, anyio.current_time())
            pending.in_review = False
            self._health.progressed()
            if held:
                self._gate.ended()

    async def moved(self, pending: PendingJob, job_id: str) -> None:
        """The job goes on under another id, in the next stage of its life; its slot stays, or is, held."""
        now = anyio.current_time()
        await self._run.record(pending.job, moved(pending.job, pending.attempt, job_id, stage=pending.stage + 1))
        self._run.claimed.add(job_id)
        self._health.progressed()
        if not pending.holds_slot and not pending.slotless:
            self._gate.hold()
        self._add(pending.job, since=now, alive=None if pending.alive is None else now)

    async def goes_on(self, pending: PendingJob) -> None:
        """The person has answered: the job is in progress again."""
        pending.in_review = False
        pending.since = pending.alive = anyio.current_time()
        if not pending.slotless:
            self._gate.hold()
        again = submitted(pending.job, pending.attempt, pending.id, stage=pending.stage)
        await self._run.record(pending.job, again)
        self.wake()

    # Out of them -----------------------------------------------------------------------------------------------

    async def completed(self, pending: PendingJob, detail: Detail) -> None:
        """A job is finished, with its links (or with none that will ever come)."""
        at = detail.finished_at or format_second(self._run.now())
        self._run.learn(pending.job, detail)
        event = finished(
            pending.job, pending.attempt, pending.id, duration=detail.duration, finished_at=at, parts=detail.parts
        )
        await self._close(pending, event)
        self._keeper.want(pending.job)

    async def failed(self, pending: PendingJob, detail: Detail) -> None:
        await self._close(pending, failed(pending.job, pending.attempt, detail.code, detail.message))

    async def waits(self, pending: PendingJob, detail: Detail) -> None:
        """The job waits for the person, and the run does not: the next one asks again."""
        self._run.learn(pending.job, detail)
        known = self._run.of(pending.job)
        spent = _said(pending.job, known)
        turn = pending.collection.turn
        event = review(
            pending.job,
            pending.attempt,
            pending.id,
            detail.message,
            stage=pending.stage,
            spent=spent,
            made=turn is not None and bool(turn.priced),
        )
        recorded = known.question is not None and known.question.spent == ((spent,) if spent else ())
        same = known.in_review and known.message == event["message"] and recorded
        await self._close(pending, None if same else event)
        await self._handout.bring(pending.job)

    async def vanished(self, pending: PendingJob, error: ApiError) -> None:
        """HeyGen goes on saying that it does not know the id, or refusing to show it."""
        why = error.message.rstrip(".")
        gone = error.status == 404
        message = f"HeyGen no longer knows {pending.id}" if gone else f"HeyGen hides {pending.id} ({why})"
        await self._close(pending, unknown(pending.job, pending.attempt, message, job_id=pending.id))

    async def barren(self, pending: PendingJob) -> None:
        """HeyGen completed a stage and names nothing that it led to."""
        message = f"HeyGen completed {pending.id} and made no result of it"
        await self._close(pending, unknown(pending.job, pending.attempt, message, job_id=pending.id))

    async def _close(self, pending: PendingJob, event: Event | None) -> None:
        """The end of a pending job, in the resume file; None: it says so already."""
        self.pending.remove(pending)  # nobody asks for it while its end is being written
        if event is not None:
            self._closing += 1
            try:
                await self._run.record(pending.job, event)
            finally:
                self._closing -= 1
        self._health.progressed()
        if pending.holds_slot:
            self._gate.ended()
        self.on_end(pending.job)


def _said(job: Handle, state: State) -> str:
    """A digest of what the row says already to a job that waits for an answer; "" where it says nothing."""
    known = next(iter(state.question.spent), "") if state.question else UNSEEN
    if not isinstance(job, Job):
        return known

    if job.answer is None:
        return ""

    return known if job.answer.held_back or known == job.answer.digest else job.answer.word
