"""What events add up to, in detail: which of two counts, what a state keeps, what a clock set back means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bulkgen.errors import Blocked, Refused
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.events import (
    Event,
    adopted,
    failed,
    finished,
    format_time,
    gone,
    refused,
    saved,
    submitted,
    submitting,
    template_seen,
    unknown,
)
from bulkgen.ledger.history import CLOCK_SLACK, SeenTemplate, fold
from bulkgen.ledger.inheritance import inherited
from bulkgen.ledger.state import NEW, State, Status, Wish
from bulkgen.ledger.steps import KEY_LIFE, Policy, Step, key_lives, next_step, passing
from tests.making import avatar_job, speech_job, translation_job

JOB, OTHER = avatar_job(), avatar_job(3, "Another")
T0 = 1_790_000_000.0


def at(event: Event, seconds: float = 0.0) -> Event:
    return {"at": format_time(T0 + seconds), **event}


def state(*events: Event) -> State:
    return fold(events).states[JOB.fingerprint]


SENT = at(submitting(JOB, 1))
TAKEN = at(submitted(JOB, 1, "v_1"), 1)
ADOPTED = at(adopted(JOB, 1, "v_2"), 2)
REFUSED = at(refused(JOB, 1, Refused("no", code="invalid_parameter", status=400)), 2)
ENDED = at(finished(JOB, 1, "v_1", duration=2.5, finished_at="2026-11-21T10:00:00Z"), 3)
SPOKEN = at(finished(JOB, 1, "v_1", duration=2.5, finished_at="", link="https://x/a.mp3"), 3)
BROKEN = at(failed(JOB, 1, "rendering_failed", "why"), 4)
KEPT = at(saved(JOB, 1, "a.mp4", 9), 5)
LOST = at(unknown(JOB, 1, "no answer"), 6)
GONE = at(unknown(JOB, 1, "not found", job_id="v_1"), 6)


# What HeyGen does not show any more -----------------------------------------------------------------------------------


def test_a_result_that_heygen_does_not_show_any_more_stays_done_until_it_is_shown_again() -> None:
    hidden = at(gone(JOB, 1, "HeyGen no longer knows v_1"), 9)
    known = state(SENT, TAKEN, ENDED, hidden)
    assert (known.status, known.gone, known.id) == (Status.DONE, "HeyGen no longer knows v_1", "v_1")
    assert next_step(known, Policy(), now=T0, lost=AfterLoss.LOOK_UP) is Step.COLLECT
    assert state(SENT, TAKEN, ENDED, hidden, at(gone(JOB, 1, ""), 10)) == state(SENT, TAKEN, ENDED)
    assert state(SENT, TAKEN, ENDED, hidden, KEPT).gone, "nothing else tells of it"


def test_it_is_said_of_one_attempt_alone() -> None:
    again = at(submitting(JOB, 2), 20)
    hidden = at(gone(JOB, 1, "HeyGen no longer knows v_1"), 21)
    known = state(SENT, TAKEN, ENDED, again, hidden)
    assert (known.gone, known.shown.gone) == ("", "HeyGen no longer knows v_1")
    made = at(finished(JOB, 2, "v_2", duration=2.5, finished_at="2026-11-21T11:00:00Z"), 22)
    assert state(SENT, TAKEN, ENDED, again, hidden, made).shown.gone == ""
    assert state(SENT, TAKEN, ENDED, again, at(gone(JOB, 2, "never"), 21), made, hidden).gone == "never"


# What a state keeps ---------------------------------------------------------------------------------------------------


def test_a_state_keeps_all_that_its_events_say() -> None:
    job = replace(translation_job(row=7), row_id="id-7", sheet="Leads")
    events: list[Event] = [
        at(submitting(job, 1)),
        at(submitted(job, 1, "t_1"), 2),
        at(finished(job, 1, "t_1", duration=3, finished_at="2026-11-21T10:00:00Z", link="https://x/t.mp4"), 60),
        at(saved(job, 1, "row 7.mp4", 1234), 61),
    ]
    known = fold(events).states[job.fingerprint]
    assert (known.attempt, known.last, known.kind, known.row) == (1, "saved", "translation", 7)
    assert (known.row_id, known.language, known.sheet, known.titles) == ("id-7", "French", "Leads", ("leads row 7",))
    assert (known.first_sent, known.last_sent, known.submitted_at) == (T0, T0, T0 + 2)
    assert (known.id, known.link, known.finished_at) == ("t_1", "https://x/t.mp4", "2026-11-21T10:00:00Z")
    assert (known.duration, known.file, known.bytes) == (3.0, "row 7.mp4", 1234)
    assert (known.code, known.message, known.http, known.blocked, known.clock_back) == ("", "", 0, False, False)
    assert (known.failures, known.repeats) == (0, 0)


def test_a_job_found_in_the_account_is_followed_from_then_on() -> None:
    assert state(SENT, LOST, ADOPTED).submitted_at == T0 + 2


def test_what_events_leave_out_stays_blank() -> None:
    bare: list[Event] = [
        {"event": "submitting", "fingerprint": JOB.fingerprint, "row": True, "title": None},
        {"event": "saved", "fingerprint": JOB.fingerprint, "bytes": "many", "duration": "long", "id": 5},
    ]
    known = state(*bare)
    assert (known.attempt, known.kind, known.row, known.row_id, known.titles) == (1, "", 0, "", ())
    assert (known.language, known.sheet, known.first_sent, known.last_sent) == ("", "", None, None)
    assert (known.bytes, known.duration, known.id, known.file, known.submitted_at) == (0, None, "", "", None)
    assert State(attempt=0, last="", row=0, bytes=0, failures=0, repeats=0, http=0, blocked=False) == NEW


def test_a_refusal_keeps_its_code_message_and_status() -> None:
    known = state(SENT, REFUSED)
    assert (known.code, known.message, known.http, known.blocked) == ("invalid_parameter", "no", 400, False)
    blocked = state(SENT, at(refused(JOB, 1, Blocked("key", code="unauthorized", status=401))))
    assert (blocked.http, blocked.blocked, blocked.status) == (401, True, Status.QUEUED)
    assert state(SENT, {"event": "refused", "fingerprint": JOB.fingerprint, "attempt": 1}).http == 0


def test_each_title_of_an_attempt_is_kept_once_in_order() -> None:
    moved = replace(JOB, title="leads row 9", row=9)
    known = state(SENT, at(submitting(moved, 1), 10), at(submitting(JOB, 1), 20), at(submitting(speech_job(), 1), 5))
    assert known.titles == ("leads row 2", "leads row 9")
    assert (known.row, known.first_sent, known.last_sent) == (2, T0, T0 + 20)


def test_a_new_attempt_starts_afresh_but_counts_on() -> None:
    again = at({**submitting(JOB, 1), "again": True}, 1)
    known = state(SENT, again, TAKEN, BROKEN, at(submitting(JOB, 2), 90))
    assert (known.attempt, known.last, known.id, known.code, known.first_sent) == (2, "submitting", "", "", T0 + 90)
    assert (known.failures, known.repeats) == (1, 1)
    assert state(SENT, at(submitting(JOB, 2), 90), TAKEN, BROKEN).attempt == 2  # of an attempt long over
    assert state(SENT, at(submitting(JOB, 2), 90), TAKEN).id == ""


def test_one_failure_is_counted_once_however_often_it_is_told() -> None:
    assert state(SENT, TAKEN, BROKEN, BROKEN).failures == 1
    assert state(SENT, TAKEN, BROKEN, BROKEN, at(submitting(JOB, 2)), at(failed(JOB, 2, "", ""))).failures == 2


# Which of two events counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "late", "last", "job_id"),
    [
        ([SENT], REFUSED, "refused", ""),
        ([SENT, TAKEN], SENT, "submitted", "v_1"),
        ([SENT, TAKEN], REFUSED, "submitted", "v_1"),
        ([SENT, REFUSED], TAKEN, "submitted", "v_1"),
        ([SENT, TAKEN], ADOPTED, "adopted", "v_2"),
        ([SENT, ADOPTED], TAKEN, "submitted", "v_1"),
        ([SENT, TAKEN], BROKEN, "failed", "v_1"),
        ([SENT, TAKEN, BROKEN], TAKEN, "failed", "v_1"),
        ([SENT, TAKEN, BROKEN], ENDED, "finished", "v_1"),
        ([SENT, TAKEN, ENDED], BROKEN, "finished", "v_1"),
        ([SENT, TAKEN, ENDED], KEPT, "saved", "v_1"),
        ([SENT, TAKEN, ENDED, KEPT], ENDED, "saved", "v_1"),
        # no answer came: nothing against whoever had one
        ([SENT], LOST, "unknown", ""),
        ([SENT, LOST], LOST, "unknown", ""),
        ([LOST], SENT, "unknown", ""),
        ([SENT, REFUSED], LOST, "refused", ""),
        ([SENT, TAKEN], LOST, "submitted", "v_1"),
        ([SENT, ADOPTED], LOST, "adopted", "v_2"),
        ([SENT, TAKEN, ENDED], LOST, "finished", "v_1"),
        # the answer, or the job found in the account, comes in after all
        ([SENT, LOST], TAKEN, "submitted", "v_1"),
        ([SENT, LOST], ADOPTED, "adopted", "v_2"),
        ([SENT, LOST], REFUSED, "unknown", ""),
        # the id is gone at HeyGen, or the recording's link is
        ([SENT, TAKEN], GONE, "unknown", "v_1"),
        ([SENT, LOST], GONE, "unknown", "v_1"),
        ([SENT, TAKEN, GONE], TAKEN, "unknown", "v_1"),
        ([SENT, TAKEN, GONE], ADOPTED, "adopted", "v_2"),
        ([SENT, TAKEN, GONE], ENDED, "finished", "v_1"),
        ([SENT, TAKEN, BROKEN], GONE, "failed", "v_1"),
        ([SENT, TAKEN, ENDED], GONE, "finished", "v_1"),
        ([SENT, SPOKEN], GONE, "unknown", "v_1"),
        ([SENT, SPOKEN, KEPT], GONE, "saved", "v_1"),
    ],
)
def test_an_event_counts_only_if_it_says_at_least_as_much(
    known: list[Event], late: Event, last: str, job_id: str
) -> None:
    folded = state(*known, late)
    assert (folded.last, folded.id) == (last, job_id)


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([SENT, TAKEN, SPOKEN], "rendering"),  # a recording is done once it is on this disk
        ([SENT, TAKEN, SPOKEN, KEPT], "done"),
        ([SENT, TAKEN, ENDED], "done"),
        ([SENT, ADOPTED], "rendering"),
        ([SENT, REFUSED], "failed"),
        ([SENT, LOST], "unknown"),
        ([SENT], "queued"),
    ],
)
def test_the_words_of_the_results_column(events: list[Event], status: str) -> None:
    assert state(*events).status == status
    assert NEW.status == "queued"
    assert (Status.INVALID, Status.SKIPPED) == ("invalid", "skipped")


# The rest of a history -----------------------------------------------------------------------------------------------


def test_a_history_knows_every_id_the_templates_and_its_last_time() -> None:
    events: list[Event] = [
        {**template_seen("t", "Welcome", {"name": "text"}), "at": format_time(T0)},
        SENT, TAKEN, at(submitting(JOB, 2), 8), at(submitted(JOB, 2, "v_9"), 9), {**ADOPTED, "from": "old", "id": 7},
        {"event": "template", "id": "u", "variables": "none"},
    ]  # fmt: skip
    history = fold(events)
    assert history.ids == {"v_1", "v_9"}
    assert history.templates == {"t": SeenTemplate("Welcome", {"name": "text"}), "u": SeenTemplate("", {})}
    assert not history.templates["t"].open
    assert history.latest == T0 + 9
    assert fold([]).latest == 0


# Clocks --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("back", "known"), [(CLOCK_SLACK, True), (CLOCK_SLACK + 1, False)])
def test_a_clock_set_back_ages_what_is_unresolved(back: float, known: bool) -> None:
    later = at(submitting(OTHER, 1), -back)
    in_file = fold([SENT, later])
    by_now = fold([SENT], now=T0 - back)
    for history in (in_file, by_now):
        folded = history.states[JOB.fingerprint]
        assert folded.clock_back is not known
        step = next_step(folded, Policy(), now=T0 + 60, lost=AfterLoss.LOOK_UP)
        assert step is (Step.SEND_AGAIN if known else Step.LOOK_UP)
    assert not in_file.states[OTHER.fingerprint].clock_back


def test_a_clock_set_back_says_nothing_of_what_had_an_answer_or_came_from_another_file() -> None:
    assert not fold([SENT, TAKEN], now=T0 - 9_999).states[JOB.fingerprint].clock_back
    elsewhere = {**at(submitting(OTHER, 1), -9_999), "from": "old.resume.jsonl"}
    assert not fold([SENT, elsewhere]).states[JOB.fingerprint].clock_back
    assert fold([SENT, elsewhere]).latest == T0


@pytest.mark.parametrize(
    ("known", "now", "lives"),
    [
        (State(1, "submitting", first_sent=T0), T0, True),
        (State(1, "submitting", first_sent=T0), T0 + 23 * 3600 - 1, True),
        (State(1, "submitting", first_sent=T0), T0 + 23 * 3600, False),
        (State(1, "submitting", first_sent=T0), T0 - 1, False),
        (State(1, "submitting", first_sent=T0, clock_back=True), T0, False),
        (State(1, "submitting"), T0, False),
    ],
)
def test_a_key_lives_for_23_hours_of_a_clock_that_can_be_trusted(known: State, now: float, lives: bool) -> None:
    assert key_lives(known, now) is lives
    assert KEY_LIFE == 82_800


# What passes, and what is done next -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    ["", "rendering_failed", "rendering_timeout", "timeout", "gateway_timeout", "internal_error",
     "service_unavailable", "voice_provider_error", "resource_not_ready", "voice_not_ready"],
)  # fmt: skip
def test_failures_that_say_nothing_against_the_row_pass(code: str) -> None:
    assert passing(State(1, "failed", code=code))
    assert not passing(State(1, "finished", code=code))


@pytest.mark.parametrize(
    ("known", "passes"),
    [
        (State(1, "refused", http=401), True),
        (State(1, "refused", http=402), True),
        (State(1, "refused", http=403), True),
        (State(1, "refused", http=400), False),
        (State(1, "refused", http=404), False),
        (State(1, "refused", http=409, code="voice_not_ready"), True),
        (State(1, "refused", http=409, code="resource_not_ready"), True),
        (State(1, "refused", http=409, code="rendering_failed"), False),
        (State(1, "refused", http=429, blocked=True), True),
        (State(1, "submitted", http=401, blocked=True), False),
    ],
)
def test_refusals_for_a_cause_in_the_account_or_the_moment_pass(known: State, passes: bool) -> None:
    assert passing(known) is passes


@pytest.mark.parametrize(
    ("known", "policy", "redo", "step"),
    [
        (State(1, "refused", http=400), Policy(), False, Step.KEEP),
        (State(1, "refused", http=400), Policy(retry_failed=True), False, Step.SEND),
        (State(1, "refused", http=400), Policy(), True, Step.SEND),
        (State(1, "failed", code="x", failures=1), Policy(), False, Step.KEEP),
        (State(1, "failed", code="x", failures=1), Policy(), True, Step.SEND),
        (State(1, "failed", failures=2), Policy(), False, Step.SEND),
        (State(1, "failed", failures=3), Policy(), False, Step.KEEP),
        (State(1, "failed", failures=3), Policy(max_attempts=4), False, Step.SEND),
        (State(1, "unknown"), Policy(), True, Step.KEEP),
        (State(1, "unknown"), Policy(retry_failed=True), False, Step.KEEP),
        (State(1, "unknown"), Policy(retry_unknown=True), False, Step.SEND),
    ],
)
def test_what_is_sent_again_and_what_waits_for_the_person(known: State, policy: Policy, redo: bool, step: Step) -> None:
    known = replace(known, redo=Wish(known.attempt, "")) if redo else known
    assert next_step(known, policy, now=T0, lost=AfterLoss.LOOK_UP) is step


# Other resume files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "other", "taken"),
    [
        ([], [SENT], True),
        ([SENT], [SENT, REFUSED], True),
        ([SENT, REFUSED], [SENT, TAKEN], True),
        ([SENT, TAKEN], [SENT, LOST], False),  # a lost answer says no more than the intent
        ([SENT], [SENT, LOST], False),
        ([SENT, LOST], [SENT], False),
        ([SENT, LOST], [SENT, TAKEN], True),
        ([SENT, TAKEN], [SENT, TAKEN, GONE], True),
        ([SENT, TAKEN, GONE], [SENT, LOST], False),
        ([SENT, TAKEN, ENDED], [SENT, TAKEN, ENDED, KEPT], True),
        ([SENT, TAKEN, ENDED], [at(submitting(JOB, 2))], True),
        ([at(submitting(JOB, 2))], [SENT, TAKEN, ENDED], True),  # what was finished goes before any attempt
    ],
)
def test_another_file_is_taken_over_where_it_says_more(own: list[Event], other: list[Event], taken: bool) -> None:
    found = inherited(fold(own), {"other": [*other, at(submitting(OTHER, 1))]}, [JOB.fingerprint])
    assert found == ([{**event, "from": "other"} for event in other] if taken else [])
