"""HeyGen's time: told by its answers, carried on by a clock that nobody sets, whatever the computer's own one says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.engine import Engine
from bulkgen.ledger.clock import HeyGenClock, steady
from bulkgen.ledger.events import Event, aged, submitted, submitting
from bulkgen.ledger.history import CLOCK_SLACK, fold
from bulkgen.ledger.steps import key_lives
from tests.making import avatar_job
from tests.scenario import START, Scenario
from tests.test_engine import avatars, every_once

HOUR = 3600.0

#: Every answer to a video's POST is lost.
DROP = [{"path": "^/v3/videos$", "method": "POST", "fault": "drop_after"}]


class Computer:
    """A computer somewhere: `true` is HeyGen's time, `wrong` how far its own clock is from that."""

    def __init__(self, wrong: float = 0.0) -> None:
        self.true = START
        self.wrong = wrong
        #: Sleep that the clock that nobody sets does not count.
        self.slept = 0.0
        self.clock = HeyGenClock(lambda: self.true + self.wrong, lambda: self.true - START - self.slept)

    def hear(self, *, before: float = 0.0, after: float = 0.0) -> None:
        """An answer that HeyGen wrote at this moment, `before` and `after` on its way."""
        self.true += before
        date = float(int(self.true))
        self.true += after
        self.clock.heard(date, before + after)


def test_until_an_answer_says_a_time_the_computers_own_clock_serves() -> None:
    computer = Computer(-2 * HOUR)
    assert computer.clock.now() == computer.clock.earliest() == START - 2 * HOUR
    computer.hear()
    assert computer.clock.earliest() <= START <= computer.clock.now() <= START + 1


@given(st.lists(st.tuples(st.floats(0, 150), st.floats(0, 150), st.floats(0, 4000)), min_size=1), st.integers(-9999, 0))
def test_heygens_time_lies_between_the_earliest_and_the_latest(
    answers: Sequence[tuple[float, float, float]], wrong: int
) -> None:
    computer = Computer(wrong)
    for before, after, pause in answers:
        computer.hear(before=before, after=after)
        computer.true += pause
        computer.wrong += 1  # somebody sets it again and again
        assert computer.clock.earliest() - 1e-3 <= computer.true <= computer.clock.now() + 1e-3


def test_an_answer_that_was_long_on_its_way_makes_nothing_less_certain() -> None:
    computer = Computer()
    computer.hear()
    computer.hear(before=1, after=149)
    assert computer.clock.now() - computer.clock.earliest() <= 1


def test_a_clock_that_stands_still_in_a_sleep_makes_no_key_younger() -> None:
    computer = Computer()
    computer.hear()
    computer.true += 10 * HOUR
    computer.slept += 10 * HOUR
    assert computer.clock.earliest() <= START
    assert computer.clock.now() >= computer.true
    assert computer.clock.jumped()
    computer.hear()
    assert computer.clock.earliest() >= computer.true - 1


@pytest.mark.parametrize(("by", "told"), [(CLOCK_SLACK + 9, True), (-CLOCK_SLACK - 9, True), (-290.0, False)])
@pytest.mark.parametrize("whose", ["the computer's", "HeyGen's"])
@pytest.mark.parametrize("heard", [True, False])
def test_a_jump_of_either_clock_is_told_once(by: float, told: bool, whose: str, heard: bool) -> None:
    computer = Computer()
    if heard or whose == "HeyGen's":
        computer.hear()
    computer.true += 9
    assert not computer.clock.jumped()
    if whose == "HeyGen's":
        computer.clock.heard(computer.true + by, 0.0)
    else:
        computer.wrong += by
    assert computer.clock.jumped() is told
    assert not computer.clock.jumped()


def test_the_first_answer_may_say_any_time_without_a_jump() -> None:
    computer = Computer(-2 * HOUR)
    computer.hear()
    assert not computer.clock.jumped()


def test_a_clock_that_nobody_sets_goes_forward() -> None:
    assert steady() <= steady()


# What a jump means ---------------------------------------------------------------------------------------------------

JOB = avatar_job()
SENT: Event = {"at": "2026-11-21T00:00:00.000Z", **submitting(JOB, 1)}
AGED: Event = {"at": "2026-11-21T00:00:09.000Z", **aged(JOB.fingerprint, 1)}


@pytest.mark.parametrize(
    ("events", "old"),
    [
        ([SENT, AGED], True),
        ([SENT, AGED, SENT], True),
        ([SENT], False),
        ([SENT, {**AGED, "attempt": 2}], False),
        ([SENT, {"at": SENT["at"], **submitted(JOB, 1, "vid_1")}, AGED], False),
        ([SENT, AGED, {"at": SENT["at"], **submitting(JOB, 2)}], False),
    ],
)
def test_an_attempt_that_was_open_at_a_jump_is_of_any_age(events: list[Event], old: bool) -> None:
    state = fold(events).states[JOB.fingerprint]
    assert state.clock_back is old
    if state.unresolved:
        assert key_lives(state, (state.last_sent or 0) + 60) is not old


def test_a_jump_in_mid_run_is_recorded_for_what_is_open_and_that_is_looked_up_by_the_next(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(2), script=DROP)
    scenario.dated = True

    async def set_the_clock(engine: Engine) -> None:
        await anyio.sleep(0.5)
        scenario.skew = -2 * HOUR
        await engine.run_state.heed_clocks()
        engine.stop()

    scenario.run(during=set_the_clock)
    assert [event["event"] for event in scenario.events()].count("aged") == 2
    scenario.world.change(script=[])
    scenario.run()
    every_once(scenario)
    assert [event["event"] for event in scenario.events()].count("adopted") == 2


def test_a_jump_while_the_plan_was_looked_at_counts_for_earlier_runs_too(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(1), script=DROP)
    scenario.run(crash_at=5)
    scenario.world.change(script=[])
    scenario.jumps_before = 2 * HOUR
    scenario.run()
    every_once(scenario)
    assert "adopted" in [event["event"] for event in scenario.events()]
