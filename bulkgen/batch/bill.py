"""What charges come to, added up. Pure.

Invariants: what has no known price is counted as such, never as nothing; what is only estimated is counted as such, and
currencies are never added to one another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bulkgen.ledger.spending import Charge, End
from bulkgen.pricing.cost import usual_cost
from bulkgen.pricing.prices import Prices, Unit
from bulkgen.pricing.spread import Spread


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What some charges come to, in one currency (`usd` or `credits`).

    `made`: how many have finished, `spent`: what these cost by their real lengths, and `estimated`: what they were to
    cost. `open`: how many may still be charged, or may have been. `unpriced`: how many of both have no known price.
    `by_length`: how many are in `spent` by their real length; `unmeasured`: by their estimate, for want of a length.
    """

    currency: str
    made: int = 0
    spent: Spread = Spread.nothing
    estimated: Spread = Spread.nothing
    open: int = 0
    #: The most that may come on top: for what is open, and for what HeyGen may have made twice after lost answers.
    at_most: float = 0.0
    unpriced: int = 0
    by_length: int = 0
    unmeasured: int = 0
    #: What was paid in other currencies, a bill for each.
    others: tuple[Bill, ...] = ()

    @classmethod
    def of(
        cls, charges: Iterable[Charge], currency: str, expected: Mapping[str, Spread] = MappingProxyType({})
    ) -> Bill:
        """`expected`: by fingerprint, what jobs were to cost, where that is another than at the moment they were sent:
        a run learns meanwhile."""
        made = opened = unpriced = by_length = unmeasured = 0
        spent = estimated = Spread.nothing
        at_most = 0.0
        others: dict[str, list[Charge]] = {}
        for charge in charges:
            if charge.cost is not None and charge.cost.currency != currency:
                others.setdefault(charge.cost.currency, []).append(charge)
                continue

            made += charge.end is End.MADE
            opened += charge.end is End.OPEN
            if charge.cost is None:
                unpriced += charge.end is not End.NOTHING
                continue

            at_most += charge.most
            if charge.end is End.MADE:
                real = charge.cost.real(charge.duration, charge.made)
                measured = charge.cost.measured(charge.duration, charge.made)
                by_length += measured and charge.cost.unit is not Unit.ITEM
                unmeasured += not measured
                spent, estimated = spent + real, estimated + expected.get(charge.fingerprint, charge.cost.amount)
                at_most = max(at_most - real.high, 0.0)
        return cls(
            currency=currency,
            made=made,
            spent=spent,
            estimated=estimated,
            open=opened,
            at_most=at_most,
            unpriced=unpriced,
            by_length=by_length,
            unmeasured=unmeasured,
            others=tuple(cls.of(some, other, expected) for other, some in others.items()),
        )


def currency_of(charges: Collection[Charge]) -> str:
    """The currency that most of them are recorded in; US dollars where none is."""
    counts = Counter(charge.cost.currency for charge in charges if charge.cost)
    return counts.most_common(1)[0][0] if counts else "usd"


def priced(charges: Iterable[Charge], prices: Prices) -> list[Charge]:
    """The charges, with a cost by this price list for those that have none: earlier releases recorded no costs."""
    charges = list(charges)
    currency = currency_of(charges)
    usual = {kind: usual_cost(prices, currency, kind) for kind in {each.kind for each in charges if not each.cost}}
    return [charge if charge.cost else replace(charge, cost=usual[charge.kind]) for charge in charges]
