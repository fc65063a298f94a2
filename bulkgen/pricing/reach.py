"""How far a balance goes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bulkgen.pricing.spread import Spread


@dataclass(frozen=True, slots=True)
class Reach:
    """How many jobs, in their order, a balance pays for: if each costs what is likely, and if each costs its most."""

    likely: int
    worst: int


def reach(amounts: Iterable[Spread], balance: float) -> Reach:
    """How many of these jobs come before the first that the balance does not pay for."""
    left_likely = left_worst = balance
    likely = worst = 0
    for amount in amounts:
        left_likely -= amount.likely
        left_worst -= amount.high
        if left_likely < 0:
            break

        likely += 1
        worst += left_worst >= 0
    return Reach(likely, worst)
