"""What the sandbox's purse is charged for a job: the likely price of a price list, for the length of what was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bulkgen.pricing.cost import Cost
from bulkgen.pricing.prices import Prices, told_of
from bulkgen.pricing.spread import Spread

#: Cents for a job, by its kind, its request, the types of the account's things by id, and the seconds of what it
#: makes.
Charge = Callable[[str, Any, Mapping[str, str], float], float]


def by_prices(prices: Prices) -> Charge:
    """Charges what the list has for such a job, in hundredths of a cent; nothing where it has no price."""

    def cents(kind: str, request: Any, types: Mapping[str, str], seconds: float) -> float:
        tariff = prices.tariff(kind, told_of(kind, request, types))
        if tariff is None or tariff.usd is None:
            return 0.0

        made = Cost(currency="usd", unit=tariff.unit, price=tariff.usd, seconds=Spread.exactly(seconds))
        return round(100 * made.amount.likely, 2)

    return cents


def nothing(_kind: str, _request: Any, _types: Mapping[str, str], _seconds: float) -> float:
    return 0.0
