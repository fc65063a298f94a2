"""What one job is expected to cost, and what it did cost. Pure.

Invariants: an amount is the price times the seconds, or the items; what is recorded and read again is the
same cost to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from bulkgen.kinds import KINDS
from bulkgen.pricing.prices import Prices, Unit
from bulkgen.pricing.spread import Spread

#: How long a job counts as lasting (seconds) where nobody can know: what is said in a video is not told, or the length
#: of what it is made from. Assumptions: HeyGen names no usual lengths. What a template says is known as soon as its
#: first video is finished; of sources each is another.
ASSUMED_SAID = Spread(low=5.0, likely=30.0, high=90.0)
ASSUMED_SOURCE = Spread(low=15.0, likely=120.0, high=600.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """`price`: of one unit, in the currency (`usd` or `credits`). `seconds`: how long it lasts.

    `items`: how many results it has, where each has the price of an item; None for a job that is one item.
    `assumed`: nobody knows how long it lasts, or how many there are, and these are an assumption.
    """

    currency: str
    unit: Unit
    price: Spread
    seconds: Spread = Spread.nothing
    items: Spread | None = None
    assumed: bool = False

    @property
    def amount(self) -> Spread:
        """What it is expected to cost."""
        if self.unit is Unit.ITEM:
            return self._for(self.items) if self.items else self.price

        return self._for(self.seconds)

    def real(self, duration: float | None, made: int | None = None) -> Spread:
        """What it did cost, once the length of the finished video or recording (seconds) is known, or how many results
        it has (`made`).

        Computed, for HeyGen names no prices of single jobs. A range where the price is one.
        """
        if self._known_before:
            return self.amount

        real = made if self.unit is Unit.ITEM else duration
        return self._for(Spread.exactly(real)) if real and self.measured(duration, made) else self.amount

    def measured(self, duration: float | None, made: int | None = None) -> bool:
        """Whether what it did cost is known: its price goes by nothing that is open, or that is known. Nothing lasts no
        time."""
        if self._known_before:
            return True

        real = made if self.unit is Unit.ITEM else duration
        return real is not None and 0 < real < math.inf

    @property
    def _known_before(self) -> bool:
        return self.items is None if self.unit is Unit.ITEM else self.unit is Unit.SOURCE_SECOND and not self.assumed

    def _for(self, seconds: Spread) -> Spread:
        return self.price.times(seconds)

    def recorded(self) -> dict[str, object]:
        """As an intent records it; `read_cost` is the inverse."""
        told: dict[str, object] = {"currency": self.currency, "unit": self.unit.value, "price": _ends(self.price)}
        if self.unit is not Unit.ITEM:
            told["seconds"] = _ends(self.seconds)
        if self.items is not None:
            told["items"] = _ends(self.items)
        return {**told, "assumed": True} if self.assumed else told


def usual_cost(prices: Prices, currency: str, kind: str) -> Cost | None:
    """What a job of this kind may have cost of which nothing is known but its kind; None where it has no price."""
    tariff = prices.tariff(kind, {})
    price = tariff.price(currency) if tariff else None
    if tariff is None or price is None:
        return None

    return Cost(
        currency=currency,
        unit=tariff.unit,
        price=price,
        seconds=ASSUMED_SAID,
        items=usual_results(kind) if tariff.unit is Unit.ITEM else None,
        assumed=True,
    )


def usual_results(kind: str) -> Spread | None:
    """How many results a job of the kind is taken to have; None where it is one item."""
    usual = KINDS[kind].usual_results if kind in KINDS else None
    return Spread(low=usual[0], likely=usual[1], high=usual[2]) if usual else None


def read_cost(told: object) -> Cost | None:
    """The cost that an intent records; None for whatever does not read so."""
    if not isinstance(told, Mapping):
        return None

    with suppress(ValueError, TypeError):
        unit, price = Unit(str(told.get("unit"))), read_spread(told.get("price"))
        seconds = Spread.nothing if unit is Unit.ITEM else read_spread(told.get("seconds"))
        currency, assumed = told.get("currency"), told.get("assumed") is True
        if price is not None and seconds is not None and isinstance(currency, str):
            items = read_spread(told.get("items"))
            return Cost(currency=currency, unit=unit, price=price, seconds=seconds, items=items, assumed=assumed)

    return None


def read_spread(told: object) -> Spread | None:
    """`[low, likely, high]`; None for whatever does not read so."""
    if not isinstance(told, list) or len(told) != 3:
        return None

    if not all(isinstance(end, int | float) and not isinstance(end, bool) for end in told):
        return None

    with suppress(ValueError, OverflowError):
        return Spread(low=float(told[0]), likely=float(told[1]), high=float(told[2]))

    return None


def in_hundredths(seconds: Spread) -> Spread:
    """As it is recorded: no narrower, and no longer than it has to be written."""
    return Spread(
        low=math.floor(seconds.low * 100) / 100,
        likely=min(max(round(seconds.likely, 2), math.floor(seconds.low * 100) / 100), _up(seconds.high)),
        high=_up(seconds.high),
    )


def _up(seconds: float) -> float:
    return math.ceil(seconds * 100) / 100


def _ends(spread: Spread) -> list[float]:
    return [spread.low, spread.likely, spread.high]
