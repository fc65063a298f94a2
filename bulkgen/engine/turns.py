"""The person's answers to jobs that wait for them: what is sent, what it leads to, what is left where it is not taken.

Owns how an answer becomes requests, by the turn of the stage that the job waits in; when one goes, and how often, is
the submitter's. Invariants: an answer is sent only after its intent is durable; one that takes no key is sent only
after the job, asked first, still waits with the same question and has not heard it.
"""

from __future__ import annotations

from collections.abc import Mapping

from bulkgen.engine.protocols import Client
from bulkgen.engine.run_state import RunState
from bulkgen.errors import ApiError, Lost, Refused
from bulkgen.kinds.life import Asked, Turn
from bulkgen.kinds.outcome import Accepted
from bulkgen.ledger.events import Event, moved, review, submitted, unknown
from bulkgen.ledger.state import Question, State
from bulkgen.model import Answer, Job, idempotency_key


class Turns:
    def __init__(self, client: Client, run: RunState) -> None:
        self._client = client
        self._run = run

    async def send(self, job: Job) -> Accepted | ApiError:
        """Sends the answer whose intent is recorded; gives the id that the job goes on under, or the error."""
        turn, answer, question = self._of(job)
        state = self._run.of(job)
        key = idempotency_key(job.fingerprint, state.attempt, answer=True)
        try:
            if not turn.keyed and not await self._waits(job, question, answer):
                return Accepted(question.id)

            told: Mapping[str, object] = {}
            for call in turn.calls(job, answer, Asked(id=question.id, key=key, assets=self._run.assets)):
                told = await self._client.call(call.method, call.path, call.body, call.key)
        except ApiError as error:
            return error

        job_id = question.id if turn.next_id is None else turn.next_id(told)
        return Accepted(job_id) if job_id else Lost("HeyGen's answer names no id")

    def goes_on(self, job: Job, job_id: str) -> Event:
        """That HeyGen took the answer: the job goes on under this id."""
        state = self._run.of(job)
        turn, _, question = self._of(job)
        if turn.next_id is None:
            return submitted(job, state.attempt, job_id, stage=question.stage)

        return moved(job, state.attempt, job_id, stage=question.stage + 1)

    async def _waits(self, job: Job, question: Question, answer: Answer) -> bool:
        """Whether the job still waits with this question, and has not heard the answer. Raises `ApiError`."""
        detail = await self._client.detail(self._run.life(job).collection(question.stage), question.id)
        same = detail.status == "review" and question.message == detail.message[: len(question.message) or None]
        return same and answer.word not in detail.heard

    def _of(self, job: Job) -> tuple[Turn, Answer, Question]:
        question = self._run.of(job).question
        assert question is not None
        assert job.answer is not None
        turn = self._run.life(job).turn(question.stage)
        assert turn is not None
        return turn, job.answer, question


def not_taken(job: Job, state: State, error: ApiError) -> Event:
    """What is recorded of an answer that HeyGen surely did not take: the job waits as before, and what was refused is
    no answer any more."""
    question, answer = state.question, job.answer
    assert question is not None
    assert answer is not None
    if isinstance(error, Refused) and error.status == 404:
        return unknown(job, state.attempt, f"HeyGen no longer knows {question.id}", job_id=question.id)

    refused = isinstance(error, Refused)
    return review(
        job,
        state.attempt,
        question.id,
        question.message,
        stage=question.stage,
        spent=answer.digest if refused else next(iter(question.spent), ""),
        untaken=True,
        why=error.message if refused else question.why,
    )
