"""Ranges of seconds or money keep their order."""

from __future__ import annotations

import math
from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.pricing.spread import Spread

AMOUNTS = st.floats(min_value=0, max_value=1e9)
SPREADS = st.lists(AMOUNTS, min_size=3, max_size=3).map(sorted).map(lambda a: Spread(low=a[0], likely=a[1], high=a[2]))


@given(st.lists(SPREADS), st.floats(min_value=0, max_value=1e6))
def test_sums_and_products_of_spreads_are_spreads(spreads: list[Spread], factor: float) -> None:
    total = reduce(add, spreads, Spread.nothing) * factor
    assert total.low == pytest.approx(sum(spread.low for spread in spreads) * factor)
    assert total.likely == pytest.approx(sum(spread.likely for spread in spreads) * factor)
    assert total.high == pytest.approx(sum(spread.high for spread in spreads) * factor)


def test_an_exact_amount_has_no_width() -> None:
    assert Spread.exactly(2.5) == Spread(low=2.5, likely=2.5, high=2.5)
    assert Spread.nothing == Spread.exactly(0)


@pytest.mark.parametrize(
    ("low", "likely", "high"),
    [(-1, 0, 1), (2, 1, 3), (1, 3, 2), (0, 1, math.inf), (math.nan, 1, 2), (0, math.nan, 2), (0, 1, math.nan)],
)
def test_what_is_out_of_order_is_no_spread(low: float, likely: float, high: float) -> None:
    with pytest.raises(ValueError, match="not a spread"):
        Spread(low=low, likely=likely, high=high)
