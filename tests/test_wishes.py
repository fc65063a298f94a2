"""What a `--redo` adds to the resume file: everything anew, or only what an earlier one left."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bulkgen.ledger.events import Event, redo
from bulkgen.ledger.state import NEW, State, Wish
from bulkgen.ledger.transitions import after
from bulkgen.ledger.wishes import told, wishes

THEN, LATER, NOW = (f"2026-11-{day}T10:00:00.000Z" for day in (20, 21, 22))
OLD = State(1, "finished", id="v_1")
MADE = State(2, "finished", id="v_2", good=OLD, redo=Wish(1, THEN, told=True))
UNTOLD = State(2, "finished", id="v_2", good=OLD, redo=Wish(1, THEN))
LEFT = State(1, "finished", id="v_1", redo=Wish(1, THEN))


def asked(known: Mapping[str, State], at: str = NOW) -> list[Event]:
    return wishes(known, asked=at, max_attempts=3)


@pytest.mark.parametrize(
    ("state", "passed"),
    [
        (OLD, 1),
        (State(2, "saved"), 2),
        (State(3, "failed", code="content_policy_violation", failures=1), 3),
        (State(1, "refused", http=400), 1),
        # what has no result yet is made once, not twice
        (NEW, 0),
        (State(1, "submitting"), 0),
        (State(1, "finished", link="https://x/a.mp3"), 0),  # it is not downloaded yet
        (State(2, "submitted", id="v"), 1),
        (State(2, "refused", http=402, blocked=True), 1),
        (State(1, "unknown"), 0),
        (State(1, "refused", http=400, doubted=True), 0),
        # another copy of the file has the result
        (State(2, "refused", http=402, blocked=True, good=OLD), 2),
        (State(2, "submitted", id="v", good=OLD), 1),
    ],
)
def test_a_first_redo_wants_an_attempt_later_than_the_one_that_ended(state: State, passed: int) -> None:
    assert asked({"a": state}) == [redo("a", after=passed, asked=NOW)]


@pytest.mark.parametrize(
    "left",
    [
        LEFT,
        State(2, "submitting", good=OLD, redo=Wish(1, THEN)),
        State(2, "submitted", id="v", good=OLD, redo=Wish(1, THEN)),
        State(2, "refused", http=402, blocked=True, good=OLD, redo=Wish(1, THEN)),
        State(2, "failed", code="rendering_failed", failures=1, good=OLD, redo=Wish(1, THEN)),
        State(2, "unknown", good=OLD, redo=Wish(1, THEN)),
        State(2, "finished", link="https://x/a.mp3", good=OLD, redo=Wish(1, THEN)),
        State(0, "", redo=Wish(0, THEN)),
        UNTOLD,
    ],
)
def test_while_something_of_it_is_left_the_same_command_asks_for_nothing_more(left: State) -> None:
    assert asked({"a": MADE, "b": left}) == []


@pytest.mark.parametrize(
    "ended",
    [
        MADE,
        State(2, "refused", http=400, good=OLD, redo=Wish(1, THEN, told=True)),
        State(2, "failed", code="rendering_failed", failures=3, good=OLD, redo=Wish(1, THEN, told=True)),
    ],
)
def test_once_all_of_it_has_ended_it_begins_anew(ended: State) -> None:
    assert asked({"a": MADE, "b": ended}) == [redo(job, after=2, asked=NOW) for job in "ab"]


def test_jobs_that_were_not_named_before_join_what_goes_on() -> None:
    assert asked({"a": MADE, "b": LEFT, "c": OLD}) == [redo("c", after=1, asked=THEN)]
    older = State(2, "finished", good=OLD, redo=Wish(1, "2026-11-01T10:00:00.000Z", told=True))
    assert asked({"b": LEFT, "c": older}) == [redo("c", after=2, asked=THEN)]


def test_commands_that_meet_become_one_and_buy_nothing_of_either_again() -> None:
    """Rows 2-3 were asked for, then 4-5; now 2-5 is: as long as any of them is left, it is the same command."""
    others = {"c": State(2, "finished", good=OLD, redo=Wish(1, LATER)), "d": State(1, "finished", redo=Wish(1, LATER))}
    together = {"a": MADE, "b": LEFT, **others}
    events = asked(together)
    assert events == [redo("a", after=1, asked=LATER), redo("b", after=1, asked=LATER)]
    joined = {
        key: after(state, [event for event in events if event["fingerprint"] == key]) for key, state in together.items()
    }
    joined["b"] = State(2, "finished", good=OLD, redo=joined["b"].redo)
    assert asked(joined) == []


def test_what_has_ended_is_told_once_and_then_it_is_over() -> None:
    assert told({"a": MADE, "b": LEFT, "c": OLD}, max_attempts=3) == []
    (event,) = told({"a": UNTOLD}, max_attempts=3)
    over = after(UNTOLD, [event])
    assert over.redo == MADE.redo
    assert after(over, [redo("a", after=2, asked=NOW)]).redo == Wish(2, NOW)
    assert after(after(UNTOLD, [redo("a", after=2, asked=NOW)]), [event]).redo == Wish(2, NOW)  # a copy says it late


def test_a_redo_that_an_earlier_release_left_goes_on() -> None:
    left = {
        "a": State(2, "finished", good=OLD, redo=Wish(1, "")),
        "b": State(2, "submitted", good=OLD, redo=Wish(1, "")),
    }
    assert [event["after"] for event in asked(left | {"c": OLD})] == [1, 1, 1]
