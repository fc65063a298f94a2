"""Which POSTs count as repeats that may be charged: those alone that follow one which may have arrived."""

from __future__ import annotations

import pytest

from bulkgen.engine.attempts import Attempts
from bulkgen.engine.run_state import RunState
from bulkgen.errors import Refused
from bulkgen.kinds import LIVES
from bulkgen.ledger.events import Event, failed, refused, submitting
from bulkgen.ledger.history import fold
from bulkgen.ledger.steps import Rules
from tests.making import avatar_job, speech_job

pytestmark = pytest.mark.anyio

JOB = speech_job()


class Memory:
    """A ledger that keeps nothing."""

    async def append(self, *events: Event) -> list[Event]:
        return list(events)

    async def claim(self, fingerprint: str, attempt: int) -> bool:
        return True


def attempts_after(*events: Event) -> tuple[Attempts, RunState]:
    run = RunState(recorder=Memory(), rules=Rules(LIVES), states=dict(fold(events).states))
    return Attempts(run), run


async def test_what_surely_never_arrived_is_no_repeat_however_long_it_was_laid_aside() -> None:
    attempts, run = attempts_after()
    for _ in range(3):
        await attempts.intend(JOB)
        attempts.lay_aside(JOB)
    assert run.of(JOB).repeats == 0


async def test_each_post_after_one_that_may_have_arrived_is_a_repeat() -> None:
    attempts, run = attempts_after()
    await attempts.intend(JOB)
    for _ in range(2):
        attempts.doubt(JOB)
        await attempts.intend(JOB)
    assert run.of(JOB).repeats == 2


@pytest.mark.parametrize(
    "before",
    [
        [submitting(JOB, 1)],
        [submitting(JOB, 1), refused(JOB, 1, Refused("no", status=400), doubted=True)],
    ],
    ids=["no answer", "a refusal after a lost answer"],
)
async def test_what_an_earlier_run_lost_is_repeated_once_though_no_connection_comes_about(before: list[Event]) -> None:
    attempts, run = attempts_after(*before)
    for _ in range(2):
        await attempts.intend(JOB)
        attempts.lay_aside(JOB)
    assert run.of(JOB).repeats == 1


async def test_with_a_key_nothing_is_a_repeat() -> None:
    job = avatar_job()
    attempts, run = attempts_after(submitting(job, 1))
    await attempts.intend(job)
    attempts.doubt(job)
    await attempts.intend(job)
    assert run.of(job).repeats == 0


async def test_what_was_lost_of_an_attempt_that_has_ended_says_nothing_of_the_next() -> None:
    job = avatar_job()
    attempts, run = attempts_after()
    await attempts.intend(job)
    attempts.doubt(job)
    assert not attempts.untouched(job)
    await run.record(job, failed(job, 1, "rendering_failed", ""))
    await attempts.intend(job)
    assert run.of(job).attempt == 2
    assert attempts.untouched(job)
