"""What the jobs of a plan are going to cost, added up. Pure.

Invariant: what is not known is counted as such, never as nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bulkgen.pricing.cost import Cost
from bulkgen.pricing.spread import Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one job is going to cost: None where it has no price. `why`: what nobody knows of it, "" for all known.

    Where `cost` is there all the same, it is of an assumed length.
    """

    cost: Cost | None
    why: str = ""

    @property
    def known(self) -> Spread | None:
        """What it costs, if that rests on no assumed length."""
        return None if self.why or self.cost is None else self.cost.amount


@dataclass(frozen=True, kw_only=True)
class Costs:
    """`currency`: `usd` or `credits`; `by_job`: by fingerprint; `learned`: from how many finished jobs."""

    currency: str
    by_job: Mapping[str, Estimate]
    learned: int = 0

    @cached_property
    def total(self) -> Spread:
        """Of all jobs of which the cost is known."""
        known = (estimate.known for estimate in self.by_job.values())
        return sum((amount for amount in known if amount is not None), Spread.nothing)

    @cached_property
    def assumed(self) -> Spread:
        """Of all jobs of an unknown length, at the one that they count with."""
        some = (each.cost.amount for each in self.by_job.values() if each.why and each.cost is not None)
        return sum(some, Spread.nothing)

    @cached_property
    def unknown(self) -> Mapping[str, int]:
        """How many jobs have no known cost, by the reason."""
        return Counter(estimate.why for estimate in self.by_job.values() if estimate.why)
