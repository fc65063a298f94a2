"""What was spent, by the events of a resume file: each charge counted once, and never for less than it may be."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.errors import Refused
from bulkgen.ledger.events import Event, ended, failed, finished, refused, saved, submitted, submitting, unknown
from bulkgen.ledger.spending import End, Spending
from bulkgen.pricing.cost import Cost, in_hundredths, read_cost
from bulkgen.pricing.prices import Unit
from bulkgen.pricing.spread import Spread
from tests.making import avatar_job, speech_job

JOBS = [avatar_job(2, "One"), avatar_job(3, "Two"), speech_job(4, "Three")]

AMOUNTS = st.floats(0, 1e6, allow_nan=False, allow_infinity=False)


@st.composite
def spreads(draw: st.DrawFn) -> Spread:
    low, likely, high = sorted(draw(st.lists(AMOUNTS, min_size=3, max_size=3)))
    return Spread(low=low, likely=likely, high=high)


@st.composite
def costs(draw: st.DrawFn) -> Cost:
    unit = draw(st.sampled_from([*Unit]))
    seconds = Spread.nothing if unit is Unit.ITEM else draw(spreads())
    currency = draw(st.sampled_from(("usd", "usd", "credits")))
    return Cost(currency=currency, unit=unit, price=draw(spreads()), seconds=seconds, assumed=draw(st.booleans()))


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """Lines in any order, as no run writes them; some from other files, of a later release, or out of shape."""
    job, attempt = st.sampled_from(JOBS), st.integers(1, 2)
    error = Refused("no", status=400, code="bad")
    sent = st.builds(submitting, job, attempt, again=st.booleans(), cost=st.none() | costs())
    lines = st.one_of(
        sent,
        sent,
        st.builds(lambda line: {**line, "from": "other.resume.jsonl"}, sent),
        st.builds(submitted, job, attempt, st.just("id")),
        st.builds(refused, job, attempt, st.just(error), doubted=st.booleans()),
        st.builds(finished, job, attempt, st.just("id"), duration=st.none() | AMOUNTS, finished_at=st.just("")),
        st.builds(failed, job, attempt, st.just(""), st.just("")),
        st.builds(saved, job, attempt, st.just("a.mp3"), st.just(9)),
        st.builds(unknown, job, attempt, st.just("")),
        st.builds(ended),
        st.just({"event": "of_tomorrow", "fingerprint": JOBS[0].fingerprint, "attempt": 1, "again": 7}),
        st.just({"event": "finished", "fingerprint": JOBS[0].fingerprint, "attempt": True, "duration": "long"}),
        st.just({"event": "submitting", "fingerprint": 7, "attempt": "x", "cost": {"unit": "hour"}, "kind": None}),
    )
    return draw(st.lists(lines, max_size=25))


def total(spending: Spending) -> float:
    return sum(charge.most for charge in spending.charges.values() if charge.cost and charge.cost.currency == "usd")


@settings(max_examples=50)
@given(events())
def test_the_sums_are_those_of_the_charges_and_never_negative(lines: list[Event]) -> None:
    spending = Spending("usd")
    for line in lines:
        spending.take(json.loads(json.dumps(line)))
        assert spending.ever.most == pytest.approx(total(spending), rel=1e-9, abs=1e-6)
        for part, whole in ((spending.lately.made, spending.ever.made), (spending.lately.open, spending.ever.open)):
            assert 0 <= part <= whole + 1e-9
    assert Spending("usd", lines).ever.most == spending.ever.most
    spending.take(ended())
    assert spending.lately.most == 0
    assert not list(spending.latest)


@settings(max_examples=50)
@given(events(), st.randoms(use_true_random=False))
def test_lines_that_are_there_twice_never_make_it_less(lines: list[Event], rng: random.Random) -> None:
    """As copies of a file that were put together have them: a POST that may be charged again counts once more."""
    doubled = [line for line in lines for _ in range(rng.choice((1, 2)))]
    assert Spending("usd", doubled).ever.most >= Spending("usd", lines).ever.most - 1e-6


@settings(max_examples=50)
@given(events(), st.integers(0, 25))
def test_what_is_told_before_the_end_of_a_run_is_no_part_of_the_next(lines: list[Event], place: int) -> None:
    before, after = lines[:place], [line for line in lines[place:] if line["event"] != "ended"]
    spending = Spending("usd", [*before, ended(), *after])
    sent = {
        (str(line["fingerprint"]), line["attempt"])
        for line in after
        if line["event"] == "submitting" and "from" not in line and read_cost(line.get("cost"))
    }
    assert {(charge.fingerprint, charge.attempt) for charge in spending.latest} == sent


def cost(high: float, *, currency: str = "usd", unit: Unit = Unit.OUTPUT_SECOND) -> Cost:
    seconds = Spread(low=0.0, likely=high / 2, high=high)
    return Cost(currency=currency, unit=unit, price=Spread.exactly(1.0), seconds=seconds)


def sent(number: int = 0, high: float = 10.0, *, attempt: int = 1, again: bool = False) -> Event:
    return submitting(JOBS[number], attempt, again=again, cost=cost(high))


def done(number: int = 0, duration: float | None = 4.0, attempt: int = 1) -> Event:
    return finished(JOBS[number], attempt, "id", duration=duration, finished_at="")


def counted(*lines: Event) -> tuple[float, float]:
    """What was made, and what is open."""
    spending = Spending("usd", lines)
    return spending.ever.made, spending.ever.open


DOUBTED = refused(JOBS[0], 1, Refused("no", status=400, code="bad"), doubted=True)
REFUSED = refused(JOBS[0], 1, Refused("no", status=400, code="bad"))
FAILED = failed(JOBS[0], 1, "", "")
AT_HEYGEN = submitted(JOBS[0], 1, "id")


@pytest.mark.parametrize(
    ("lines", "made", "open_"),
    [
        ([sent()], 0, 10),
        ([sent(), AT_HEYGEN], 0, 10),
        ([sent(), sent()], 0, 10),
        ([sent(), sent(again=True)], 0, 20),
        ([sent(), sent(again=True), done()], 14, 0),
        ([sent(), done()], 4, 0),
        ([sent(), done(duration=None)], 10, 0),
        ([sent(), done(duration=None), saved(JOBS[0], 1, "a.mp3", 9)], 10, 0),
        ([sent(), done(duration=12.5)], 12.5, 0),
        ([sent(), done(), FAILED, AT_HEYGEN, REFUSED], 4, 0),
        ([sent(), FAILED], 0, 0),
        ([sent(), REFUSED], 0, 0),
        ([sent(), sent(again=True), REFUSED], 10, 0),
        ([sent(), REFUSED, AT_HEYGEN], 0, 10),
        ([sent(), REFUSED, sent()], 0, 10),
        ([sent(), DOUBTED], 0, 10),
        ([sent(), unknown(JOBS[0], 1, "")], 0, 10),
        ([sent(), FAILED, sent(attempt=2)], 0, 10),
        ([sent(), done(), sent(1, 3.0)], 4, 3),
        ([done()], 0, 0),
        ([{**sent(), "from": "b"}, done()], 0, 0),
        ([{**sent(), "from": "b"}, sent(again=True)], 0, 10),
        ([submitting(JOBS[0], 1, cost=cost(10, currency="credits"))], 0, 0),
        ([submitting(JOBS[0], 1)], 0, 0),
        ([submitting(JOBS[0], 1), sent()], 0, 10),
    ],
)
def test_what_may_have_been_charged_at_most(lines: list[Event], made: float, open_: float) -> None:
    assert counted(*lines) == (made, open_)


def test_what_failed_is_counted_beside_what_was_spent() -> None:
    spending = Spending("usd", [sent(), FAILED, sent(attempt=2)])
    assert (spending.ever.most, spending.ever.failed, spending.ever.counted) == (10, 10, 20)
    assert spending.lately.counted == 20
    spending.take(ended())
    assert (spending.lately.counted, spending.ever.counted) == (0, 20)


def test_what_is_there_after_all_did_not_fail() -> None:
    for end in (AT_HEYGEN, done(duration=None), sent()):
        spending = Spending("usd", [sent(), FAILED, end])
        assert (spending.ever.most, spending.ever.counted) == (10, 10)


def lately(*lines: Event) -> float:
    return Spending("usd", lines).lately.most


def test_what_is_sent_again_after_the_end_of_a_run_counts_in_the_one_that_sends_it() -> None:
    over = [sent(), sent(again=True), ended()]
    assert lately(*over) == 0
    assert lately(*over, done()) == 0
    assert lately(*over, sent()) == 10
    assert lately(*over, sent(again=True)) == 10
    assert lately(*over, sent(again=True), sent(again=True)) == 20
    assert lately(*over, sent(again=True), done()) == 4
    assert Spending("usd", [*over, sent(again=True), done()]).ever.most == 24


def test_an_earlier_release_recorded_no_cost_and_a_price_list_guesses_it() -> None:
    lines = [submitting(JOBS[0], 1), submitting(JOBS[2], 1)]
    spending = Spending("usd", lines, guess=lambda kind: cost(7.0) if kind == "avatar" else None)
    assert spending.ever.most == 7
    assert spending.lately.most == 0, "it recorded no ends of runs either"
    assert [charge.end for charge in spending.charges.values()] == [End.OPEN, End.OPEN]


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0.001, 1e5)), max_size=60))
def test_what_is_added_and_taken_out_again_leaves_nothing(steps: Iterable[tuple[int, float]]) -> None:
    spending, attempts = Spending("usd"), [0, 0, 0]
    for number, high in steps:
        attempts[number] += 1
        spending.take(submitting(JOBS[number], attempts[number], cost=cost(high)))
        spending.take(failed(JOBS[number], attempts[number], "", ""))
        spending.take(submitted(JOBS[number], attempts[number], "id"))
        spending.take(refused(JOBS[number], attempts[number], Refused("no", status=400, code="bad")))
    assert (spending.ever.made, spending.ever.open, spending.ever.failed) == (0.0, 0.0, 0.0)


# What one job costs ------------------------------------------------------------------------------------------------


@given(costs())
def test_a_cost_that_is_recorded_and_read_again_is_the_same(known: Cost) -> None:
    assert read_cost(json.loads(json.dumps(known.recorded()))) == known


@given(costs(), st.none() | AMOUNTS | st.sampled_from((float("nan"), float("inf"), -1.0)))
def test_an_amount_is_ordered_and_what_it_did_cost_is_known_where_its_length_is(
    known: Cost, duration: float | None
) -> None:
    for amount in (known.amount, known.real(duration)):
        assert 0 <= amount.low <= amount.likely <= amount.high
    if duration is None or not 0 < duration < math.inf or known.unit is Unit.ITEM:
        assert known.real(duration) == known.amount
    elif known.unit is Unit.OUTPUT_SECOND:
        assert known.real(duration).high == pytest.approx(known.price.high * duration)


@pytest.mark.parametrize(
    "told",
    [None, 7, [], {}, {"currency": "usd", "unit": "hour", "price": [1, 1, 1]},
     {"currency": "usd", "unit": "item", "price": [3, 2, 1]}, {"currency": "usd", "unit": "item", "price": [1, 1]},
     {"currency": "usd", "unit": "item", "price": [True, True, True]},
     {"currency": "usd", "unit": "item", "price": [-1, 0, 1]},
     {"currency": "usd", "unit": "item", "price": [0, 0, 10**400]},
     {"currency": 7, "unit": "item", "price": [1, 1, 1]},
     {"currency": "usd", "unit": "output_second", "price": [1, 1, 1], "seconds": [0, 1, float("inf")]},
     {"currency": "usd", "unit": "output_second", "price": [1, 1, 1]}],
)  # fmt: skip
def test_what_reads_like_no_cost_is_none(told: object) -> None:
    assert read_cost(told) is None


@given(spreads())
def test_seconds_are_recorded_no_narrower_than_they_are(seconds: Spread) -> None:
    told = in_hundredths(seconds)
    assert told.low <= seconds.low
    assert told.high >= seconds.high
    assert told.high - seconds.high < 0.0101
    assert abs(told.likely - seconds.likely) < 0.0101


def test_the_end_of_a_sheets_run_is_none_of_another_sheets() -> None:
    lines = [{**sent(), "sheet": "Spanish"}, ended("French")]
    assert Spending("usd", lines, sheet="Spanish").lately.most == 10
    assert Spending("usd", [*lines, ended("Spanish")], sheet="Spanish").lately.most == 0
    assert Spending("usd", lines, sheet="French").lately.most == 0
    assert Spending("usd", lines, sheet="French").ever.most == 10


def test_what_is_said_to_last_no_time_is_not_free() -> None:
    assert counted(sent(), done(0, 0.0)) == (10, 0)
