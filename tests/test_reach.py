"""How far a balance goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.pricing.money import from_to, money, money_range, rough
from bulkgen.pricing.reach import Reach, reach
from bulkgen.pricing.spread import Spread

amounts = st.lists(st.floats(0, 100), min_size=3, max_size=3).map(sorted)
spreads = amounts.map(lambda s: Spread(low=s[0], likely=s[1], high=s[2]))


@given(st.lists(spreads, max_size=20), st.floats(0, 500))
def test_a_balance_pays_for_so_many_and_not_for_one_more(jobs: list[Spread], balance: float) -> None:
    found = reach(jobs, balance)
    assert 0 <= found.worst <= found.likely <= len(jobs)
    assert sum(job.likely for job in jobs[: found.likely]) <= balance + 1e-9
    assert sum(job.high for job in jobs[: found.worst]) <= balance + 1e-9
    if found.likely < len(jobs):
        assert sum(job.likely for job in jobs[: found.likely + 1]) >= balance - 1e-9


def test_an_amount_below_nothing_has_its_sign_first() -> None:
    assert [money(-3.0, "usd"), money(-0.004, "usd"), money(-12, "credits")] == ["-$3.00", "-$0.004", "-12.0 credits"]


def test_ends_that_read_the_same_are_told_once() -> None:
    assert money_range(Spread(low=8.411, likely=8.412, high=8.413), "usd") == "about $8.41"
    assert money_range(Spread(low=8.4, likely=8.412, high=8.5), "usd") == "about $8.41 ($8.40–$8.50)"
    assert money_range(Spread.exactly(8.4), "usd") == "$8.40"


def test_a_cheap_job_behind_one_that_is_not_paid_for_does_not_count() -> None:
    jobs = [Spread.exactly(1.0), Spread.exactly(9.0), Spread.exactly(1.0)]
    assert reach(jobs, 5.0) == Reach(1, 1)
    assert reach([Spread(low=1, likely=1, high=3), Spread(low=1, likely=1, high=3)], 3.0) == Reach(2, 1)


@pytest.mark.parametrize(
    ("spread", "currency", "told"),
    [
        (Spread(low=95.7, likely=112, high=129.3), "usd", "about $95–130"),
        (Spread(low=0.75, likely=5, high=8.02), "usd", "about $0.75–8.02"),
        (Spread(low=950.2, likely=1_000, high=1_309.5), "usd", "about $950–1,310"),
        (Spread.exactly(7.0), "usd", "$7.00"),
        (Spread(low=95.2, likely=112, high=129.3), "credits", "about 95–130 credits"),
        (Spread(low=1.25, likely=2, high=3), "credits", "about 1.2–3.0 credits"),
    ],
)
def test_a_range_is_told_with_as_many_digits_as_it_is_worth(spread: Spread, currency: str, told: str) -> None:
    assert from_to(spread, currency) == told


def test_a_large_estimate_has_no_cents() -> None:
    assert [rough(7_389.79, "usd"), rough(3.1, "usd")] == ["about $7,390", "about $3.10"]
    assert rough(7.25, "credits") == "about 7.2 credits"
