"""A quantity that is not known exactly: seconds, or money. Pure.

Invariant: 0 <= low <= likely <= high, all of them finite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """From `low` to `high`, most likely `likely`. Raises `ValueError` unless 0 <= low <= likely <= high < infinity."""

    low: float
    likely: float
    high: float

    #: What is nothing for sure: where a sum begins.
    nothing: ClassVar[Spread]

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.likely <= self.high < math.inf:
            raise ValueError(f"not a spread: {self.low} to {self.high}, likely {self.likely}")

    @classmethod
    def exactly(cls, amount: float) -> Spread:
        return cls(low=amount, likely=amount, high=amount)

    def __add__(self, other: Spread) -> Spread:
        """Both together; the ends are added, as if all went well, or badly, at once."""
        return Spread(low=self.low + other.low, likely=self.likely + other.likely, high=self.high + other.high)

    def __mul__(self, factor: float) -> Spread:
        """So many times as much; the factor is not negative."""
        return Spread(low=self.low * factor, likely=self.likely * factor, high=self.high * factor)

    def times(self, other: Spread) -> Spread:
        """The product of two quantities, each of which is not known exactly."""
        return Spread(low=self.low * other.low, likely=self.likely * other.likely, high=self.high * other.high)


Spread.nothing = Spread.exactly(0.0)
