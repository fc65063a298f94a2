"""What a job costs for each second or item, from a dated list of prices. Pure.

Owns the arithmetic of a price list: which of its prices hold for a job. No price stands here, or anywhere in the code:
they come from a price file (`price_file.py`).

What is assumed:
* A job costs its price times its seconds (or items), without a smallest step, and nothing where it fails.
* What a price depends on is read from the request by its kind (`Kind.priced_by`), with HeyGen's defaults for what the
  row leaves open: Avatar IV, mode speed, 1080p.
* What a request can't tell (the type of an avatar) comes from whoever looked it up; untold, every price that may hold
  is one end or the other of a range, and the first on the list is the likely one.
* A template costs what the engine of its avatars costs, which HeyGen does not tell: the list has a range for it.

Invariants: all prices of a kind have one unit; for a job of which everything is told at most one price holds.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from bulkgen.kinds import KINDS
from bulkgen.model import Job, shorten
from bulkgen.pricing.spread import Spread

#: A price list older than so many days is told of.
FRESH_DAYS = 90


class Unit(StrEnum):
    """What a price is for one of."""

    OUTPUT_SECOND = "output_second"
    SOURCE_SECOND = "source_second"
    ITEM = "item"


@dataclass(frozen=True, kw_only=True)
class Price:
    """One line of the list: it holds for a kind, when each of the conditions has one of its words.

    `usd` and `credits` are for one `unit`; None where no price is known in that currency.
    """

    kind: str
    unit: Unit
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    usd: Spread | None = None
    credits: Spread | None = None
    note: str = ""

    def may_hold(self, told: Mapping[str, str]) -> bool:
        """Whether nothing that is told speaks against it."""
        return all(told[name] in words for name, words in self.when.items() if name in told)

    def may_hold_beside(self, other: Price) -> bool:
        """Whether a job is possible for which both hold."""
        shared = self.when.keys() & other.when.keys()
        return self.kind == other.kind and all(self.when[name] & other.when[name] for name in shared)


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """What one `unit` of a job costs; None for a currency without a price."""

    unit: Unit
    usd: Spread | None
    credits: Spread | None

    def price(self, currency: str) -> Spread | None:
        """In this currency: `usd` or `credits`."""
        return self.usd if currency == "usd" else self.credits


@dataclass(frozen=True, kw_only=True)
class Prices:
    """A price list. `date`: the day on which the prices were looked at; `sources`: where, as links."""

    date: datetime.date
    sources: Sequence[str]
    notes: Sequence[str]
    entries: Sequence[Price]
    #: What was asked for already: of a large sheet the same few things are asked again and again.
    _tariffs: dict[tuple[str, frozenset[tuple[str, str]]], Tariff | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def day(self) -> str:
        """The date as a person writes it: `7 September 2026`."""
        return f"{self.date.day} {self.date:%B %Y}"

    def of(
        self,
        job: Job,
        types: Mapping[str, str] = MappingProxyType({}),
        besides: Mapping[str, str] = MappingProxyType({}),
    ) -> Tariff | None:
        """What a unit of this job costs; None where the list has no price for it. `types`: see `told_of`; `besides`:
        what else is told, in place of what the request tells."""
        return self.tariff(job.kind, told_of(job.kind, job.request, types) | dict(besides))

    def tariff(self, kind: str, told: Mapping[str, str]) -> Tariff | None:
        """What a unit of such a job costs, as far as it is told what the price depends on."""
        asked = kind, frozenset(told.items())
        if asked not in self._tariffs:
            self._tariffs[asked] = self._tariff(kind, told)
        return self._tariffs[asked]

    def _tariff(self, kind: str, told: Mapping[str, str]) -> Tariff | None:
        found = [entry for entry in self.entries if entry.kind == kind and entry.may_hold(told)]
        if not found:
            return None

        return Tariff(
            unit=found[0].unit,
            usd=_together([entry.usd for entry in found]),
            credits=_together([entry.credits for entry in found]),
        )

    def age_note(self, today: datetime.date) -> str:
        """What to say of a list that is no longer new, or that can't be; "" for one that is fresh."""
        days = (today - self.date).days
        if days < -1:  # the day of HeyGen's pages may have begun already
            return f"The prices are dated {self.day}, which is still to come. Correct the date in the price file."

        if days <= FRESH_DAYS:
            return ""

        return (
            f"The prices are of {self.day}: HeyGen may have changed them since. Compare them with "
            f"{shorten(self.sources[0], 100)}; --prices FILE takes newer ones."
        )


def told_of(kind: str, request: object, types: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """What is told of what the price of a job depends on: `{"engine": "avatar_iv", "avatar_type": "photo_avatar"}`.

    `types`: of things of the account, by id, as far as they were looked up.
    """
    told: dict[str, str] = {}
    for name, things in KINDS[kind].priced_by_type(request).items():
        found = {types.get(thing, "") for thing in ((things,) if isinstance(things, str) else things)}
        if len(found) == 1 and "" not in found:  # of several types each may be the price
            told[name] = found.pop()
    return told | dict(KINDS[kind].priced_by(request))


def _together(amounts: Sequence[Spread | None]) -> Spread | None:
    """From the lowest to the highest, with the first as the likely one; None if one of them is not known."""
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts):
        return None

    return Spread(
        low=min(amount.low for amount in known),
        likely=known[0].likely,
        high=max(amount.high for amount in known),
    )
