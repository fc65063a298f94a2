"""What a person reads in `result_error`: whose side a cause is on, and a next step that does something."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bulkgen.errors import ApiError, Lost, OutOfCredit, Refused
from bulkgen.heygen.answers import BY_CODE
from bulkgen.kinds import LIVES
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.events import Event, failed, format_time, refused, submitted, submitting
from bulkgen.ledger.state import State, fold
from bulkgen.ledger.steps import PASSING_FAILURES, Policy, Step, next_step
from bulkgen.results.words import explain
from tests.making import avatar_job, speech_job

JOB = avatar_job()
NOW = 1_790_000_000.0

#: HeyGen's catalogue (https://developers.heygen.com/docs/error-codes), with the status that each code comes with.
CATALOGUE = {
    400: "invalid_parameter download_failed avatar_consent_required resource_limit_reached content_policy_violation "
    "script_too_short tts_text_invalid voice_unavailable voice_expired unlimited_mode_disabled "
    "ephemeral_upload_disabled avatar_not_usable avatar_expired asset_not_available",
    401: "unauthorized authentication_failed",
    402: "insufficient_credit trial_limit_exceeded plan_upgrade_required subscription_required",
    403: "forbidden resource_access_denied ai_vendor_access_restricted voice_not_usable",
    404: "not_found template_not_found video_not_found avatar_not_found avatar_group_not_found voice_not_found "
    "asset_not_found webhook_not_found resource_not_found",
    409: "resource_not_ready conflict voice_not_ready voice_training_failed",
    413: "payload_too_large",
    429: "quota_exceeded rate_limit_exceeded",
}
REFUSALS = [(code, status) for status, codes in CATALOGUE.items() for code in codes.split()]
FAILURES = sorted({*PASSING_FAILURES, *(code for code, _ in REFUSALS), "internal_error", "service_unavailable"} - {""})

SIDES = ("Your cell: ", "Your account: ", "HeyGen's side: ")

#: What to type or do for a row that the next run leaves alone.
BY_HAND = re.compile(r"[Ee]dit the row|Edit|Copy|Choose|Upload|Shorten|--retry-failed|--retry-unknown")


def state(*after: Event) -> State:
    events = [submitting(JOB, 1), *after]
    return fold({"at": format_time(NOW), **event} for event in events).states[JOB.fingerprint]


def refusal(code: str, status: int) -> State:
    kind = BY_CODE.get(code, Refused)
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


@pytest.mark.parametrize("code", [code for code, kind in BY_CODE.items() if kind is not Lost])
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
def test_a_code_of_tomorrow_is_named_with_what_can_be_done(status: int) -> None:
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
