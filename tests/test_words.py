"""What a person reads in `result_error`: whose side a cause is on, and a next step that does something."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bulkgen.codes import CODES, PASSING_FAILURES
from bulkgen.errors import ApiError, Lost, OutOfCredit, Refused
from bulkgen.kinds import LIVES
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.events import Event, failed, format_time, refused, submitted, submitting
from bulkgen.ledger.history import fold
from bulkgen.ledger.state import State, Wish
from bulkgen.ledger.steps import Policy, Step, next_step
from bulkgen.results.words import explain
from tests.making import avatar_job, speech_job
from tests.test_codes import CATALOGUE

JOB = avatar_job()
NOW = 1_790_000_000.0

#: What HeyGen refuses with; a lost answer (5xx) is asked for again.
REFUSALS = [(code, status) for code, status in CATALOGUE if status < 500]
FAILURES = sorted({*PASSING_FAILURES, *(code for code, _ in REFUSALS), "internal_error", "service_unavailable"} - {""})

SIDES = ("Your cell: ", "Your account: ", "HeyGen's side: ")

#: What to type or do for a row that the next run leaves alone.
BY_HAND = re.compile(r"[Ee]dit the row|Edit|Copy|Choose|Upload|Shorten|--retry-failed|--retry-unknown")


def state(*after: Event) -> State:
    events = [submitting(JOB, 1), *after]
    return fold({"at": format_time(NOW), **event} for event in events).states[JOB.fingerprint]


def refusal(code: str, status: int) -> State:
    kind = CODES[code].error or Refused
    error = kind("HeyGen's own words", code=code, status=status) if kind is not Lost else ApiError("", code=code)
    return state(refused(JOB, 1, error))


def failure(code: str, message: str = "HeyGen's own words") -> State:
    return state(submitted(JOB, 1, "v"), failed(JOB, 1, code, message))


def steps_are_true(known: State) -> None:
    """A row that only the person can move says how; one that the next run takes up needs no option."""
    told = explain(known)
    assert told.startswith(SIDES)
    assert "gives the code" not in told
    if next_step(known, Policy(), now=NOW, lost=AfterLoss.LOOK_UP) is Step.KEEP:
        assert BY_HAND.search(told), told
        assert "run the same command again" not in told.casefold(), told


@pytest.mark.parametrize(("code", "status"), REFUSALS)
def test_every_refusal_of_the_catalogue_has_words_and_a_step_that_helps(code: str, status: int) -> None:
    steps_are_true(refusal(code, status))


@pytest.mark.parametrize("code", FAILURES)
def test_every_failure_has_words_and_a_step_that_helps(code: str) -> None:
    steps_are_true(failure(code))


@pytest.mark.parametrize("code", [code.name for code in CODES.values() if code.error not in (None, Lost)])
def test_every_code_that_the_client_knows_and_may_end_in_a_line_has_words(code: str) -> None:
    assert "gives the code" not in explain(refusal(code, 400))


@pytest.mark.parametrize(
    ("code", "status", "side"),
    [("content_policy_violation", 400, 0), ("download_failed", 400, 0), ("voice_not_found", 404, 0),
     ("avatar_consent_required", 400, 1), ("voice_not_usable", 403, 1), ("insufficient_credit", 402, 1),
     ("quota_exceeded", 429, 1), ("unauthorized", 401, 1), ("rate_limit_exceeded", 429, 1)],
)  # fmt: skip
def test_the_three_sides_are_told_apart(code: str, status: int, side: int) -> None:
    assert explain(refusal(code, status)).startswith(SIDES[side])
    assert explain(failure("rendering_failed")).startswith(SIDES[2])


def test_heygens_own_words_are_kept_beside_ours() -> None:
    assert "(HeyGen: HeyGen's own words)" in explain(refusal("download_failed", 400))
    assert "(HeyGen" not in explain(failure("rendering_failed", ""))


@pytest.mark.parametrize("status", [400, 403, 422])
def test_an_unknown_code_is_named_with_what_can_be_done(status: int) -> None:
    told = explain(state(refused(JOB, 1, Refused("", code="of_tomorrow", status=status))))
    assert "of_tomorrow" in told
    assert ("--retry-failed" in told) == (status != 403)
    assert "--retry-failed" in explain(failure("of_tomorrow"))
    assert explain(failure("", "")).startswith("HeyGen's side: the job failed. ")


def test_a_render_that_failed_too_often_says_how_to_go_on() -> None:
    events = [event for attempt in (1, 2, 3) for event in (submitting(JOB, attempt), failed(JOB, attempt, "", ""))]
    known = fold(events).states[JOB.fingerprint]
    assert next_step(known, Policy(), now=NOW, lost=AfterLoss.LOOK_UP) is Step.KEEP
    assert "It has failed 3 times; --retry-failed" in explain(known)


def test_a_lost_answer_says_whether_it_may_cost_again() -> None:
    speech = speech_job()
    spoken = fold([submitting(speech, 1)]).states[speech.fingerprint]
    assert "it is not paid twice" in explain(state())
    assert "may charge it once more" in explain(spoken)
    assert "it is not paid twice" in explain(State(1, "submitting", kind="a_kind_of_tomorrow"))


def test_a_lost_answer_that_can_not_be_asked_for_again_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulkgen.results.words.LIVES", {JOB.kind: replace(LIVES[JOB.kind], lost=AfterLoss.UNKNOWN)})
    assert "the next run looks for it in your account, and sends nothing by itself" in explain(state())


def test_a_row_that_waits_for_money_says_so() -> None:
    told = explain(state(refused(JOB, 1, OutOfCredit("", code="insufficient_credit", status=402))))
    assert told == "Your account: the balance is too low. Top it up at HeyGen, then run the same command again"


GOOD = State(1, "finished", id="v_1")
BEFORE = ". What stands here is the result that it had before"


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (replace(GOOD, redo=Wish(1)), f"To be made again, as --redo asked{BEFORE}"),
        (State(1, "failed", code="x", redo=Wish(1)), "To be made again, as --redo asked"),
        (State(2, "submitted", id="v_2", good=GOOD, redo=Wish(1)), f"Made again: in progress at HeyGen{BEFORE}"),
        (State(2, "saved", good=GOOD, redo=Wish(1)), ""),
        # another copy of the resume file has the result
        (State(2, "refused", code="insufficient_credit", http=402, blocked=True, good=GOOD), ""),
    ],
)
def test_a_job_that_is_made_again_says_whose_result_is_shown(known: State, told: str) -> None:
    assert explain(known) == told


def test_what_went_wrong_when_it_was_made_again_is_told_with_it() -> None:
    again = State(2, "failed", code="content_policy_violation", failures=1, good=GOOD, redo=Wish(1))
    told = explain(again)
    assert told == f"Made again: {explain(replace(again, good=None))}{BEFORE}"
    assert "Your cell: " in told
