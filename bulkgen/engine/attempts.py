"""What is known of the attempts that a run sends: their intent, and whether HeyGen may have seen them.

Invariant: no attempt is sent before its intent is durable, and none that may have arrived is repeated where a second
one could be charged too.
"""

from __future__ import annotations

import anyio

from bulkgen.engine.run_state import RunState
from bulkgen.engine.turns import not_taken
from bulkgen.errors import ApiError
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.events import Event, answering, refused, submitting
from bulkgen.ledger.steps import may_repeat
from bulkgen.model import Job


class Attempts:
    """Jobs are known by their fingerprints; each has one attempt at a time."""

    def __init__(self, run: RunState) -> None:
        self._run = run
        #: When each attempt that began in this run did so (on the run's clock).
        self._begun: dict[str, float] = {}
        #: Of these, the ones that may have reached HeyGen: the others were only turned away.
        self._doubtful: set[str] = set()
        #: Jobs whose intent is recorded and not used up: HeyGen did nothing for them.
        self._intended: set[str] = set()
        #: Jobs whose last recorded POST has surely not arrived: the next one is no repeat of it.
        self._unheard: set[str] = set()

    async def intend(self, job: Job) -> bool:
        """The intent, durable; False if another run has this attempt. What was turned away needs no second record."""
        run, state = self._run, self._run.of(job)
        attempt = state.next_attempt
        if not await run.recorder.claim(job.fingerprint, attempt):
            run.defer(job)
            return False

        if self._stands(job):
            return True

        await run.record(job, self._intent(job, attempt))
        if not state.unresolved:
            self._begun[job.fingerprint] = anyio.current_time()
            self._doubtful.discard(job.fingerprint)
        self._intended.add(job.fingerprint)
        self._unheard.add(job.fingerprint)
        return True

    def _intent(self, job: Job, attempt: int) -> Event:
        """What is to be sent, as it is recorded: the job, or the person's answer to it."""
        cap, turn, question = self._run.cap, self._run.turn(job), self._run.of(job).question
        expected = cap.expected(job)
        if turn is None or question is None or job.answer is None:
            return submitting(
                job,
                attempt,
                again=self.charged_again(job),
                expected=expected,
                cost=cap.cost(job),
                prompt_digest=self._run.life(job).prompt_digest(job),
            )

        cost = cap.cost(job, answer=True) if turn.priced else None
        return answering(
            job,
            attempt,
            question.id,
            job.answer,
            stage=question.stage,
            expected=expected,
            cost=cost,
            paid=bool(turn.priced),
        )

    def charged_again(self, job: Job) -> bool:
        """Whether its next POST may be charged beside one that was sent before."""
        state = self._run.of(job)
        if self._stands(job) or not (state.unresolved or state.doubted):
            return False

        if self._run.turn(job) is not None:
            return False

        return self._run.life(job).lost is AfterLoss.RESEND and job.fingerprint not in self._unheard

    def _stands(self, job: Job) -> bool:
        """An intent is recorded, and not used up."""
        return self._run.of(job).unresolved and job.fingerprint in self._intended

    def untouched(self, job: Job) -> bool:
        """HeyGen has surely done nothing for this attempt."""
        return job.fingerprint in self._begun and job.fingerprint not in self._doubtful

    def doubt(self, job: Job) -> None:
        """The POST may have arrived. Where a repeat may be charged, it needs a record of its own."""
        self._doubtful.add(job.fingerprint)
        self._unheard.discard(job.fingerprint)
        if self._run.life(job).lost is AfterLoss.RESEND:
            self._intended.discard(job.fingerprint)

    def lay_aside(self, job: Job) -> None:
        """It is not repeated for some time: the time of its next POST is to stand in the resume file."""
        self._intended.discard(job.fingerprint)

    def may_repeat(self, job: Job) -> bool:
        """Whether this POST, if it is not the first of its attempt, can't be a second, charged one."""
        run, state, begun = self._run, self._run.of(job), self._begun.get(job.fingerprint)
        if not state.unresolved or self.untouched(job):
            return True

        begun_for = None if begun is None else anyio.current_time() - begun
        return may_repeat(state, run.after_loss(job), now=run.now(), begun_for=begun_for)

    async def take_back(self, job: Job, error: ApiError) -> None:
        """A job that HeyGen certainly did nothing for is as if it had never been sent, for the next run too."""
        state = self._run.of(job)
        if state.unresolved and self.untouched(job):
            answers = state.answering and self._run.turn(job) is not None
            event = not_taken(job, state, error) if answers else refused(job, state.attempt, error)
            await self._run.record(job, event)
