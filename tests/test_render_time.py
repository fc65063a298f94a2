"""How long a run takes: never less for more jobs, never more for more slots; and what finished jobs taught of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.ledger.lessons import renders
from bulkgen.ledger.state import State
from bulkgen.model import lasting
from bulkgen.pricing.render_time import Render, RenderTimes, finish, later
from bulkgen.pricing.spread import Spread

seconds = st.floats(0, 50_000, allow_nan=False)
spreads = st.lists(seconds, min_size=3, max_size=3).map(sorted).map(lambda s: Spread(low=s[0], likely=s[1], high=s[2]))
slots = st.integers(1, 50)

#: What sums of floats may be off by.
NEARLY = 1.0 + 1e-9


def no_less(one: Spread, other: Spread) -> bool:
    return all(a * NEARLY >= b for a, b in ((one.low, other.low), (one.likely, other.likely), (one.high, other.high)))


@given(st.lists(spreads, max_size=30), spreads, slots)
def test_more_jobs_are_never_made_faster(times: list[Spread], one_more: Spread, count: int) -> None:
    assert no_less(finish([*times, one_more], count), finish(times, count))


@given(st.lists(spreads, max_size=30), slots, slots)
def test_more_slots_are_never_slower(times: list[Spread], some: int, more: int) -> None:
    assert no_less(finish(times, min(some, more)), finish(times, max(some, more)))


@given(st.lists(seconds, min_size=1, max_size=30), slots)
def test_what_a_run_really_takes_lies_between_the_ends(times: list[float], count: int) -> None:
    """Jobs of known times, each begun as soon as a slot is free."""
    free = [0.0] * count
    for time in times:
        free.sort()
        free[0] += time
    told = finish((Spread.exactly(time) for time in times), count)
    assert told.low <= max(free) * NEARLY
    assert max(free) <= told.high * NEARLY


@given(st.lists(spreads, max_size=5))
def test_what_goes_on_side_by_side_ends_with_the_last(times: list[Spread]) -> None:
    assert all(no_less(later(times), each) for each in times)


@pytest.mark.parametrize(("jobs", "likely"), [(0, 0), (1, 60), (10, 60), (11, 66), (30, 180)])
def test_ten_slots_make_ten_jobs_in_the_time_of_one(jobs: int, likely: float) -> None:
    time = finish([Spread.exactly(60.0)] * jobs, 10)
    assert time.likely == pytest.approx(likely)
    assert time.high <= 60 * -(-jobs // 10)


@given(st.floats(0, 5_000), st.floats(0, 5_000))
def test_longer_videos_are_never_made_faster(one: float, other: float) -> None:
    for times in (RenderTimes(), RenderTimes.of([Render("avatar", 90.0, 10.0)])):
        short, long = (times.of_job("avatar", Spread.exactly(length)) for length in sorted((one, other)))
        assert no_less(long, short)


def test_what_finished_jobs_took_goes_before_what_is_assumed() -> None:
    assumed = RenderTimes()
    seen = RenderTimes.of([Render("avatar", 600.0, 30.0), Render("avatar", 500.0, 30.0), Render("avatar", 700.0, 30.0)])
    length = Spread.exactly(30.0)
    assert assumed.of_job("avatar", length).likely == 120.0
    assert seen.of_job("avatar", length).likely == pytest.approx(600.0)
    assert seen.seen == {"avatar": 3}
    assert seen.of_job("translation", length) == assumed.of_job("translation", length)


def test_the_more_was_seen_the_narrower_is_the_range() -> None:
    ranges = []
    for count in (1, 4, 40):
        time = RenderTimes.of([Render("avatar", 200.0, 30.0)] * count).of_job("avatar", Spread.exactly(30.0))
        ranges.append(time.high - time.low)
    assert ranges[0] > ranges[1] > ranges[2]


@pytest.mark.parametrize("took", [0.0, -5.0, 3e5, float("nan")])
def test_a_clock_that_is_wrong_teaches_nothing(took: float) -> None:
    assert RenderTimes.of([Render("avatar", took, 30.0)]) == RenderTimes()


def test_a_finished_job_took_from_its_answer_to_its_end() -> None:
    done = State(
        1, "finished", kind="avatar", submitted_at=1_790_000_000.0, finished_at="2026-09-21T14:16:40Z", duration=12.0
    )
    assert list(renders([done])) == [Render("avatar", 1_790_000_200.0 - 1_790_000_000.0, 12.0)]
    for unknown in (replace(done, finished_at=""), replace(done, submitted_at=None), replace(done, last="submitted")):
        assert list(renders([unknown])) == []


def test_times_are_told_no_more_exactly_than_anybody_knows() -> None:
    told = [lasting(each) for each in (0, 42.4, 90, 119.7, 480, 9_580, 40_000, 200_000, 1_000_000)]
    assert told == ["0 s", "42 s", "90 s", "2 min", "8 min", "2 h 40 min", "11 h", "2 days", "12 days"]
