from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.errors import OutOfCredit, Refused
from bulkgen.kinds import LIVES
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.events import (
    Event,
    adopted,
    failed,
    finished,
    format_time,
    moved,
    parse_time,
    refused,
    review,
    saved,
    submitted,
    submitting,
    template_seen,
    unknown,
)
from bulkgen.ledger.history import fold
from bulkgen.ledger.inheritance import inherited
from bulkgen.ledger.state import NEW, State, Status, Wish
from bulkgen.ledger.steps import KEY_LIFE, Policy, Rules, Step, may_repeat, next_step
from tests.making import avatar_job, speech_job

JOB, SPEECH = avatar_job(), speech_job()
T0 = 1_790_000_000.0
LOOK_UP = AfterLoss.LOOK_UP


def at(event: Event, seconds: float = 0.0) -> Event:
    return {"at": format_time(T0 + seconds), **event}


def state(*events: Event) -> State:
    return fold(events).states[JOB.fingerprint] if events else NEW


def step(*events: Event, now: float = T0 + 60, lost: AfterLoss = LOOK_UP, redo: bool = False, **policy: Any) -> Step:
    known = state(*events)
    known = replace(known, redo=Wish(known.attempt, "")) if redo else known
    return next_step(known, Policy(**policy), now=now, lost=lost)


SENT = at(submitting(JOB, 1))
TAKEN = at(submitted(JOB, 1, "vid_1"), 1)
ENDED = at(finished(JOB, 1, "vid_1", duration=2.5, finished_at="2026-11-21T10:00:00Z"), 90)


def failure(code: str, attempt: int = 1) -> list[Event]:
    return [at(submitting(JOB, attempt)), at(submitted(JOB, attempt, "v")), at(failed(JOB, attempt, code, "why"))]


def refusal(code: str, status: int) -> Event:
    return at(refused(JOB, 1, Refused("why", code=code, status=status)))


# What a rerun does: DESIGN's table, line by line -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], Step.SEND),
        ([SENT], Step.SEND_AGAIN),
        ([SENT, TAKEN], Step.FOLLOW),
        ([SENT, at(adopted(JOB, 1, "vid_1"))], Step.FOLLOW),
        ([SENT, TAKEN, at(moved(JOB, 1, "vid_2", stage=1))], Step.FOLLOW),
        ([SENT, TAKEN, at(review(JOB, 1, "vid_1", "Which?"))], Step.FOLLOW),
        ([SENT, TAKEN, ENDED], Step.COLLECT),
        ([SENT, TAKEN, ENDED, at(saved(JOB, 1, "f.mp4", 9))], Step.COLLECT),
        (failure("rendering_failed"), Step.SEND),
        (failure(""), Step.SEND),
        (failure("content_policy_violation"), Step.KEEP),
        (failure("download_failed"), Step.KEEP),
        (failure("a_code_of_tomorrow"), Step.KEEP),
        ([SENT, refusal("invalid_parameter", 400)], Step.KEEP),
        ([SENT, refusal("avatar_not_found", 404)], Step.KEEP),
        ([SENT, refusal("voice_not_usable", 403)], Step.SEND),
        ([SENT, at(refused(JOB, 1, OutOfCredit("no money", code="insufficient_credit", status=402)))], Step.SEND),
        ([SENT, at(refused(JOB, 1, OutOfCredit("no quota", code="quota_exceeded", status=429)))], Step.SEND),
        ([SENT, at(unknown(JOB, 1, "lost"))], Step.KEEP),
    ],
)
def test_a_rerun_does_what_the_last_event_asks_for(events: list[Event], expected: Step) -> None:
    assert step(*events) is expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, Step.SEND_AGAIN), (KEY_LIFE - 1, Step.SEND_AGAIN), (KEY_LIFE, Step.LOOK_UP), (-1, Step.LOOK_UP)],
)
def test_a_lost_answer_is_asked_for_again_only_while_its_key_certainly_lives(age: float, expected: Step) -> None:
    later = at(submitting(JOB, 1), 3600)  # a second record of the same attempt does not make it younger
    assert step(SENT, later, now=T0 + age) is expected


def test_a_lost_recording_is_always_asked_for_again() -> None:
    assert step(SENT, lost=AfterLoss.RESEND, now=T0 + 10 * KEY_LIFE) is Step.SEND_AGAIN


def test_a_lost_answer_without_a_key_is_never_asked_for_again() -> None:
    assert step(SENT, lost=AfterLoss.UNKNOWN) is Step.LOOK_UP
    gone = at(unknown(JOB, 1, "gone", job_id="vid_1"))
    assert step(SENT, TAKEN, gone, lost=AfterLoss.UNKNOWN) is Step.LOOK_UP
    assert step(SENT, at(unknown(JOB, 1, "lost")), lost=AfterLoss.UNKNOWN) is Step.KEEP


@pytest.mark.parametrize(
    ("lost", "begun_for", "age", "again"),
    [
        (AfterLoss.RESEND, None, 10 * KEY_LIFE, True),
        (AfterLoss.UNKNOWN, None, 0.0, False),
        (AfterLoss.UNKNOWN, 0.0, 0.0, False),
        (LOOK_UP, None, 60.0, True),
        (LOOK_UP, None, KEY_LIFE, False),
        (LOOK_UP, 5.0, 60.0, True),
        (LOOK_UP, 5.0, KEY_LIFE, False),  # a computer slept: the run's own clock stood still
        (LOOK_UP, KEY_LIFE, 60.0, False),
        (LOOK_UP, 5.0, -9_999.0, True),  # the clock was set back, the run's own knows better
    ],
)
def test_a_post_that_may_have_arrived_is_repeated_only_where_that_is_safe(
    lost: AfterLoss, begun_for: float | None, age: float, again: bool
) -> None:
    assert may_repeat(state(SENT), lost, now=T0 + age, begun_for=begun_for) is again


def test_the_rules_know_the_life_of_a_jobs_kind() -> None:
    rules = Rules(LIVES)
    assert rules.step(JOB, state(SENT), now=T0 + 10 * KEY_LIFE) is Step.LOOK_UP
    assert rules.step(SPEECH, State(1, "submitting", first_sent=T0), now=T0 + 10 * KEY_LIFE) is Step.SEND_AGAIN
    assert rules.step(JOB, state(SENT, TAKEN, ENDED), now=T0) is Step.COLLECT


def test_passing_failures_are_tried_again_until_the_attempts_are_used_up() -> None:
    twice = failure("rendering_failed") + failure("rendering_failed", 2)
    assert step(*twice) is Step.SEND
    assert step(*twice, *failure("", 3)) is Step.KEEP
    assert step(*twice, *failure("", 3), max_attempts=4) is Step.SEND
    assert step(*twice, *failure("", 3), retry_failed=True) is Step.SEND


def test_a_refusal_for_want_of_money_is_no_failure_of_the_job() -> None:
    poor = at(refused(JOB, 1, OutOfCredit("", code="insufficient_credit", status=402)))
    assert state(SENT, poor).failures == 0
    assert state(SENT, poor).status is Status.QUEUED


@pytest.mark.parametrize("option", ["retry_failed", "retry_unknown"])
def test_retrying_is_for_its_own_kind_of_row_only(option: str) -> None:
    stuck = [SENT, at(unknown(JOB, 1, ""))]
    bad = failure("content_policy_violation")
    allowed: dict[str, Any] = {option: True}
    assert step(*stuck, **allowed) is (Step.SEND if option == "retry_unknown" else Step.KEEP)
    assert step(*bad, **allowed) is (Step.SEND if option == "retry_failed" else Step.KEEP)


def test_redo_makes_a_finished_job_again_and_follows_one_in_progress() -> None:
    assert step(SENT, TAKEN, ENDED, redo=True) is Step.SEND
    assert step(SENT, TAKEN, redo=True) is Step.FOLLOW
    assert step(SENT, TAKEN, ENDED, at(submitting(JOB, 2)), redo=True) is Step.SEND_AGAIN


# Folding ----------------------------------------------------------------------------------------------------------

HISTORY = [SENT, TAKEN, ENDED, at(saved(JOB, 1, "a.mp3", 7)), at(submitting(JOB, 2)), at(submitted(JOB, 2, "vid_2"))]


@given(st.integers(0, len(HISTORY)))
def test_no_prefix_of_the_history_loses_an_id(length: int) -> None:
    known = {event["id"] for event in HISTORY[:length] if "id" in event}
    last = max(known, default=None, key=str)
    folded = fold(HISTORY[:length]).states.get(JOB.fingerprint, NEW)
    assert folded.id == (last or "") or (folded.attempt == 2 and folded.id == "")


@given(st.randoms(use_true_random=False))
def test_events_of_one_attempt_in_any_order_and_twice_say_the_same(rng: random.Random) -> None:
    """Copies that a synchronised folder set aside come back in any order."""
    events = [SENT, TAKEN, ENDED] * 2
    rng.shuffle(events)
    folded = state(*events)
    assert (folded.last, folded.id, folded.first_sent) == ("finished", "vid_1", T0)


@given(st.permutations([0, 1, 2]))
def test_a_job_that_has_moved_on_keeps_its_second_id_whatever_order_copies_come_in(order: list[int]) -> None:
    on_its_way = [TAKEN, at(moved(JOB, 1, "vid_2", stage=1), 5), at(review(JOB, 1, "vid_1", "Which?"), 3)]
    folded = state(SENT, *(on_its_way[number] for number in order))
    assert (folded.id, folded.stage, folded.last) == ("vid_2", 1, "moved")


def test_a_second_id_that_was_lost_and_found_stays_one_of_its_stage() -> None:
    going = [SENT, TAKEN, at(moved(JOB, 1, "vid_2", stage=1)), at(unknown(JOB, 1, "gone", job_id="vid_2"))]
    assert state(*going).stage == 1
    shown = state(*going, at(adopted(JOB, 1, "vid_2", stage=1)))
    assert (shown.last, shown.id, shown.stage) == ("adopted", "vid_2", 1)
    found = state(SENT, at(unknown(JOB, 1, "lost")), at(adopted(JOB, 1, "vid_1")))
    assert (found.id, found.stage) == ("vid_1", 0)


def test_unknown_event_names_are_passed_over() -> None:
    assert state(SENT, {"event": "of_tomorrow", "fingerprint": JOB.fingerprint, "attempt": 9}).attempt == 1


def test_a_recordings_dead_link_makes_it_unknown_though_it_was_finished() -> None:
    spoken = at(finished(SPEECH, 1, "r", duration=1.0, finished_at="", link="https://x/a.mp3"))
    lost = at(unknown(SPEECH, 1, "gone", job_id="r"))
    folded = fold([at(submitting(SPEECH, 1)), spoken, lost]).states[SPEECH.fingerprint]
    assert folded.status is Status.UNKNOWN


def test_repeats_of_recordings_are_counted() -> None:
    events = [at(submitting(SPEECH, 1)), at(submitting(SPEECH, 1, again=True)), at(submitting(SPEECH, 1, again=True))]
    assert fold(events).states[SPEECH.fingerprint].repeats == 2


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([SENT], Status.QUEUED),
        ([SENT, TAKEN], Status.RENDERING),
        ([SENT, TAKEN, at(moved(JOB, 1, "vid_2", stage=1))], Status.RENDERING),
        ([SENT, TAKEN, at(review(JOB, 1, "vid_1", "Which?"))], Status.REVIEW),
        ([SENT, TAKEN, at(review(JOB, 1, "vid_1", "Which?")), at(submitted(JOB, 1, "vid_1"))], Status.RENDERING),
        ([SENT, TAKEN, ENDED], Status.DONE),
        (failure("x"), Status.FAILED),
        ([SENT, refusal("invalid_parameter", 400)], Status.FAILED),
        ([SENT, refusal("voice_not_usable", 403)], Status.FAILED),
        ([SENT, at(unknown(JOB, 1, ""))], Status.UNKNOWN),
    ],
)
def test_every_state_has_its_word_in_the_results(events: list[Event], status: Status) -> None:
    assert state(*events).status is status


def test_templates_are_remembered_as_last_seen() -> None:
    seen = [template_seen("t", "A", {"x": "text"}), template_seen("t", "B", {}, is_open=True)]
    assert fold(seen).templates["t"].open
    assert fold(seen[:1]).templates["t"].variables == {"x": "text"}


# Other resume files -------------------------------------------------------------------------------------------------


def test_what_another_resume_file_knows_better_is_taken_over_with_its_times() -> None:
    own = fold([SENT])
    taken = inherited(own, {"copy.resume.jsonl": [SENT, TAKEN]}, [JOB.fingerprint])
    assert [event["event"] for event in taken] == ["submitting", "submitted"]
    assert {event["from"] for event in taken} == {"copy.resume.jsonl"}
    assert taken[0]["at"] == SENT["at"]


def test_what_the_own_file_knows_as_well_or_nobody_asks_for_is_not_taken_over() -> None:
    own = fold([SENT, TAKEN])
    assert inherited(own, {"a": [SENT, TAKEN]}, [JOB.fingerprint]) == []
    assert inherited(fold([]), {"a": [SENT, TAKEN]}, ["another"]) == []


def test_a_copy_that_knows_the_second_id_is_taken_over() -> None:
    further = [SENT, TAKEN, at(moved(JOB, 1, "vid_2", stage=1))]
    assert len(inherited(fold([SENT, TAKEN]), {"a": further}, [JOB.fingerprint])) == 3
    assert inherited(fold(further), {"a": [SENT, TAKEN]}, [JOB.fingerprint]) == []


def test_of_several_files_the_one_that_knows_most_counts() -> None:
    taken = inherited(fold([]), {"a": [SENT], "b": [SENT, TAKEN, ENDED], "c": [SENT, TAKEN]}, [JOB.fingerprint])
    assert {event["from"] for event in taken} == {"b"}


@given(st.floats(0, 4e9))
def test_times_are_read_as_they_were_written(seconds: float) -> None:
    read = parse_time(format_time(seconds))
    assert read is not None
    assert 0 <= seconds - read < 0.0011


def test_messages_of_heygen_are_cut() -> None:
    event = refused(JOB, 1, Refused("x" * 900, code="invalid_parameter", status=400))
    assert len(str(event["message"])) == 300
