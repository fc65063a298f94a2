"""What a run does with a job: from its state, the life of its kind and what the person allowed.

Pure, and the one place that decides it: the plan and the engine ask the same `Rules`.

Invariant: an attempt never rises by itself after a lost answer, and a POST that may have reached HeyGen is repeated
only where a second one can't be charged too, or where nothing else gives a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from bulkgen.codes import NOT_YET, PASSING_FAILURES, PASSING_REFUSALS
from bulkgen.kinds.life import AfterLoss, Life, Turn
from bulkgen.ledger.state import State
from bulkgen.model import Answer, Handle, Job

#: HeyGen replays the first answer of an Idempotency-Key for 24 hours (https://developers.heygen.com/reference);
#: past this age of the attempt's first record a repeated POST might be a second, charged job.
KEY_LIFE = 23 * 3600.0


class Step(Enum):
    """What a run does with a job."""

    SEND = auto()  # a new attempt
    SEND_AGAIN = auto()  # the same attempt, the same key: both outcomes are right
    ANSWER = auto()  # it waits for the person, and the row has their answer
    LOOK_UP = auto()  # what became of it is not known, and sending it again may pay twice: find it in the account
    FOLLOW = auto()  # it is at HeyGen: ask how it is
    COLLECT = auto()  # finished: its links, its file
    KEEP = auto()  # nothing is left to do, or nothing without the person


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the person allowed beyond the ordinary rerun."""

    max_attempts: int = 3
    retry_failed: bool = False
    retry_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What the person allowed, and the lives of the kinds by name: together they tell the step of every job."""

    lives: Mapping[str, Life]
    policy: Policy = field(default_factory=Policy)

    def step(self, job: Handle, state: State, *, now: float) -> Step:
        """What a run does with this job at the time `now` (Unix seconds)."""
        turn = self._asked_in(job, state)
        lost = turn.lost if turn and state.answering else self.lives[job.kind].lost
        if isinstance(job, Job):
            answer = job.answer if turn and turn.takes(job) else None
            leads = turn is not None and turn.next_id is not None
            return next_step(state, self.policy, now=now, lost=lost, answer=answer, leads=leads)

        return unsent_step(state, now=now, lost=lost)

    def turn(self, job: Handle, state: State) -> Turn | None:
        """What becomes of the person's answer, where what is sent next is one; None: the whole job is sent."""
        turn = self._asked_in(job, state)
        if not isinstance(job, Job) or job.answer is None or turn is None or not turn.takes(job):
            return None

        # What goes on under its own id has nothing to go back to once that has ended: it is made anew.
        return turn if turn.next_id or state.in_review or state.answering else None

    def _asked_in(self, job: Handle, state: State) -> Turn | None:
        """The turn of the stage in which the job last waited for the person."""
        return self.lives[job.kind].turn(state.question.stage) if state.question else None


def passing(state: State) -> bool:
    """Whether a job failed or was refused for a cause that says nothing against its row."""
    if state.last == "failed":
        return state.code in PASSING_FAILURES or state.code in NOT_YET

    return state.last == "refused" and (state.blocked or state.http in PASSING_REFUSALS or state.code in NOT_YET)


def soon_again(state: State, policy: Policy) -> bool:
    """Whether a run that sees a job fail so makes it again itself.

    What is not ready yet is left for a later run: it would not be ready a moment later.
    """
    return state.last == "failed" and state.code in PASSING_FAILURES and state.failures < policy.max_attempts


def next_step(
    state: State,
    policy: Policy,
    *,
    now: float,
    lost: AfterLoss,
    answer: Answer | None = None,
    leads: bool = False,
) -> Step:
    """What a run does with a job in this state. `SEND` means attempt + 1.

    `lost`: what its kind allows after a lost answer. `answer`: what its row says to a job that waits for the person;
    `leads`: that leads to another id, so what fails behind it is made again from there.
    """
    if state.last == "":
        return Step.SEND

    if state.takes(answer):
        return Step.ANSWER

    step = _step(state, policy, now=now, lost=lost, answer=answer)
    asked = policy.retry_failed or state.wished
    if step is Step.SEND and leads and approved(state) and state.last == "failed" and not (asked or _stands(answer)):
        return Step.KEEP  # made again from what was approved, and only while that stands

    if step is Step.SEND and state.question is not None and answer is not None and answer.held_back:
        return Step.COLLECT if state.finished else Step.KEEP  # neither what was answered by, nor all of it anew

    return step


def _step(state: State, policy: Policy, *, now: float, lost: AfterLoss, answer: Answer | None) -> Step:
    """The same for a job that was sent before, and takes no answer."""
    if state.in_progress:
        return Step.FOLLOW

    if state.unresolved:
        again = not state.needless and may_repeat(state, lost, now=now) and _still_said(state, answer)
        return Step.SEND_AGAIN if again else Step.LOOK_UP

    if state.wished:
        return Step.SEND

    if state.finished or state.needless:
        return Step.COLLECT

    if state.last == "refused":
        if passing(state) or policy.retry_failed:
            return Step.SEND

        return Step.LOOK_UP if state.doubted and lost is not AfterLoss.RESEND else Step.KEEP

    if state.last == "failed":
        again = passing(state) and state.failures < policy.max_attempts
        return Step.SEND if again or policy.retry_failed else Step.KEEP

    if policy.retry_unknown:
        return Step.SEND

    # HeyGen may show it again by now; what was answered at once it never shows.
    return Step.LOOK_UP if state.id and lost is not AfterLoss.RESEND else Step.KEEP


def approved(state: State) -> bool:
    """Whether the person's answer was taken: what failed is made again from there, and only while they still say so."""
    return state.question is not None and bool(state.question.sent)


def _still_said(state: State, answer: Answer | None) -> bool:
    """Whether what may have reached HeyGen is what would be sent now; of a whole job it always is."""
    if not state.answering or state.question is None:
        return True

    return answer is not None and _stands(answer) and answer.digest in state.question.sent


def _stands(answer: Answer | None) -> bool:
    return answer is not None and not answer.held_back


def unsent_step(state: State, *, now: float, lost: AfterLoss) -> Step:
    """What a run does with a job that no row asks for any more: what was paid is found and collected, nothing sent."""
    step = next_step(state, Policy(), now=now, lost=lost)
    if step is Step.SEND_AGAIN and lost is not AfterLoss.RESEND:
        return Step.LOOK_UP

    return Step.KEEP if step in (Step.SEND, Step.SEND_AGAIN) else step


def may_repeat(state: State, lost: AfterLoss, *, now: float, begun_for: float | None = None) -> bool:
    """Whether a POST that may have reached HeyGen can be sent once more.

    `begun_for`: so many seconds ago the attempt began in this run, by a clock that nobody sets; a computer may have
    slept since.
    """
    if lost is not AfterLoss.LOOK_UP:
        return lost is AfterLoss.RESEND

    if begun_for is None:
        return key_lives(state, now)

    return max(begun_for, now - (state.first_sent or now)) < KEY_LIFE


def key_lives(state: State, now: float) -> bool:
    """Whether HeyGen certainly still knows the key of this attempt, if it ever got it."""
    return not state.clock_back and state.first_sent is not None and 0 <= now - state.first_sent < KEY_LIFE
