"""Two copies of a resume file that a synchronised folder kept, each written by a computer unaware of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.errors import ApiError, OutOfCredit, Refused
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.events import Event, failed, finished, redo, refused, saved, submitted, submitting, unknown
from bulkgen.ledger.history import History
from bulkgen.ledger.inheritance import inherited
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.ledger.steps import Policy, Step, next_step
from bulkgen.ledger.transitions import after
from tests.making import avatar_job

JOB = avatar_job()
POOR = OutOfCredit("no money", code="insufficient_credit", status=402)
WRONG = Refused("no", code="invalid_parameter", status=400)

SENT, SENT_AGAIN = submitting(JOB, 1), submitting(JOB, 2)
TAKEN = submitted(JOB, 1, "v_1")
ENDED = finished(JOB, 1, "v_1", duration=2.5, finished_at="2026-11-21T10:00:00Z")
MADE = [SENT, TAKEN, ENDED]
#: The other computer had no credit, twice.
TURNED_AWAY = [SENT, refused(JOB, 1, POOR), SENT_AGAIN, refused(JOB, 2, POOR)]
ASKED = redo(JOB.fingerprint, after=1, asked="2026-11-22T10:00:00.000Z")


def of(copy: str, events: list[Event]) -> list[Event]:
    return [{**event, "from": copy} for event in events]


def step(state: State) -> Step:
    return next_step(state, Policy(), now=0.0, lost=AfterLoss.LOOK_UP)


@pytest.mark.parametrize("attempt", [TURNED_AWAY, TURNED_AWAY[:3], [SENT, *TURNED_AWAY[2:]], [SENT_AGAIN]])
@pytest.mark.parametrize("finished_first", [True, False])
def test_an_attempt_that_led_to_nothing_never_hides_a_finished_one(attempt: list[Event], finished_first: bool) -> None:
    copies = [MADE, of("b", attempt)] if finished_first else [attempt, of("b", MADE)]
    both = after(after(NEW, copies[0]), copies[1])
    assert both.status is Status.DONE
    assert (both.shown.id, both.shown.attempt) == ("v_1", 1)
    assert step(both) is (Step.LOOK_UP if both.unresolved else Step.COLLECT)
    settled = after(both, [unknown(JOB, both.attempt, "lost")])
    assert (settled.status, step(settled), settled.shown.id) == (Status.DONE, Step.COLLECT, "v_1")


def test_a_redo_under_way_in_a_copy_goes_on_and_what_is_finished_is_shown() -> None:
    both = after(after(NEW, MADE), of("b", [*MADE, ASKED, SENT_AGAIN, submitted(JOB, 2, "v_2")]))
    assert (both.status, step(both), both.shown.id, both.id) == (Status.RENDERING, Step.FOLLOW, "v_1", "v_2")
    turned_away = after(after(NEW, MADE), of("b", [*MADE, ASKED, SENT_AGAIN, refused(JOB, 2, POOR)]))
    assert (turned_away.status, step(turned_away), turned_away.shown.id) == (Status.QUEUED, Step.SEND, "v_1")


def test_a_redo_that_an_earlier_release_recorded_without_a_wish_goes_on() -> None:
    assert step(after(NEW, [*MADE, SENT_AGAIN, refused(JOB, 2, POOR)])) is Step.SEND
    copied = after(after(NEW, MADE), of("b", [*MADE, SENT_AGAIN, refused(JOB, 2, POOR)]))
    assert (step(copied), copied.shown.id) == (Step.SEND, "v_1")


def test_a_needless_attempt_that_is_asked_for_is_made() -> None:
    both = after(after(NEW, MADE), of("b", TURNED_AWAY))
    assert step(after(both, [redo(JOB.fingerprint, after=2, asked="2026-11-22T10:00:00.000Z")])) is Step.SEND


def test_of_the_copies_one_that_finished_is_taken_over_though_another_attempt_is_recorded() -> None:
    taken = inherited(History(states={JOB.fingerprint: after(NEW, TURNED_AWAY)}), {"b": MADE}, [JOB.fingerprint])
    assert taken == of("b", MADE)


# Whatever the two did, in whatever order it comes together -----------------------------------------------------------


@dataclass
class Computer:
    """One that goes on with a copy as a run does, and writes down what comes of it."""

    name: str
    events: list[Event] = field(default_factory=list)
    redone: bool = False

    @property
    def state(self) -> State:
        return after(NEW, self.events)

    def go_on(self, luck: int, *, redo_too: bool) -> None:
        state, number = self.state, self.state.attempt
        wish = redo(JOB.fingerprint, after=number, asked=f"2026-11-2{luck}T10:00:00.000Z")
        if state.unresolved:
            self.events.append(self._answer(number, luck))
        elif state.in_progress:
            self.events.append(self._end(number, luck))
        elif step(state) is Step.SEND:
            self.events.append(submitting(JOB, number + 1))
        elif state.last == "finished" and luck % 2:
            self.events.append(saved(JOB, number, f"{self.name}-{number}.mp4", 9))
        elif redo_too and state.finished:
            self.events.append(wish)
            self.redone = True

    def _answer(self, number: int, luck: int) -> Event:
        error: ApiError = POOR if luck % 2 else WRONG
        return submitted(JOB, number, f"{self.name}_{number}") if luck < 4 else refused(JOB, number, error)

    def _end(self, number: int, luck: int) -> Event:
        if luck > 6:
            return failed(JOB, number, "rendering_failed", "why")

        return finished(JOB, number, self.state.id, duration=1.0, finished_at="2026-11-21T10:00:00Z")


def finished_attempts(events: list[Event]) -> set[int]:
    return {int(str(event["attempt"])) for event in events if event["event"] == "finished"}


def facts(state: State) -> Mapping[str, object]:
    return {"made": state.attempt if state.finished else state.good and state.good.attempt, "attempt": state.attempt}


LUCK = st.lists(st.integers(0, 9), max_size=12)


@given(LUCK, LUCK, LUCK, st.booleans(), st.booleans(), st.data())
def test_nothing_finished_is_lost_and_none_of_it_is_sent_again(
    before: list[int], ones: list[int], others: list[int], redo_too: bool, twice: bool, data: st.DataObject
) -> None:
    common = Computer("c")
    for luck in before:
        common.go_on(luck, redo_too=False)
    one, other = Computer("a", [*common.events]), Computer("b", [*common.events])
    for luck in ones:
        one.go_on(luck, redo_too=redo_too)
    for luck in others:
        other.go_on(luck, redo_too=redo_too)

    left, right = list(one.events), of("b", other.events) * (1 + twice)
    mixed: list[Event] = []
    while left or right:
        mixed.append((left if left and (not right or data.draw(st.booleans())) else right).pop(0))
    both = after(NEW, mixed)

    done = finished_attempts(mixed)
    assert facts(both)["made"] == max(done, default=None)
    if done:
        assert both.shown.id
    if done and not (one.redone or other.redone):
        assert step(both) not in (Step.SEND, Step.SEND_AGAIN)
        assert both.status in (Status.DONE, Status.RENDERING)
    again = after(both, mixed)
    assert (facts(again), step(again), again.shown.id) == (facts(both), step(both), both.shown.id)

    known = {JOB.fingerprint: one.state} if one.events else {}
    taken = inherited(History(states=known), {"b": other.events}, [JOB.fingerprint])
    whole = after(one.state, taken)
    assert facts(whole)["made"] == facts(both)["made"]
    assert inherited(History(states={JOB.fingerprint: whole}), {"b": other.events}, [JOB.fingerprint]) == []
