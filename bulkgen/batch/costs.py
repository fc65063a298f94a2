"""What the jobs of a plan are going to cost: estimates from a price list, what is said in them, and their sources.

Nothing here is paid or sent. Invariant: what is not known is counted as such, never as nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import anyio

from bulkgen.batch.judged import Asked, Judged
from bulkgen.files.length import Length, media_lengths
from bulkgen.kinds import KINDS
from bulkgen.ledger.lessons import lessons
from bulkgen.ledger.state import State
from bulkgen.model import Job, plural
from bulkgen.pricing.expected import expected
from bulkgen.pricing.learned import Learned
from bulkgen.pricing.prices import Prices, Unit
from bulkgen.pricing.spread import Spread

#: How much longer or shorter a translation is than its source, where it may be; an assumption.
_STRETCHED = Spread(low=0.85, likely=1.0, high=1.3)

#: How far a length is from the truth that was computed from the size of a file, at a bit rate that is assumed.
_ASSUMED = Spread(low=0.25, likely=1.0, high=4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one job is going to last (seconds) and cost; None for what is not known, and `why` it is not."""

    seconds: Spread | None = None
    amount: Spread | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Costs:
    """`currency`: `usd` or `credits`; `by_job`: by fingerprint; `learned`: from how many finished jobs."""

    currency: str
    by_job: Mapping[str, Cost]
    learned: int = 0

    @cached_property
    def total(self) -> Spread:
        """Of all jobs of which the cost is known."""
        known = (cost.amount for cost in self.by_job.values() if cost.amount is not None)
        return sum(known, Spread.nothing)

    @cached_property
    def unknown(self) -> Mapping[str, int]:
        """How many jobs have no known cost, by the reason."""
        return Counter(cost.why for cost in self.by_job.values() if cost.amount is None)


def cost_of(jobs: Iterable[Job], judged: Judged, states: Iterable[State], faulty: Collection[str] = ()) -> Costs:
    """The cost of each job, in the currency of the account. In a rehearsal no source is looked into.

    `faulty`: links that were tried, and that led to nothing or did not answer: they are not waited for again.
    """
    some = list(jobs)
    asked, opened = judged.asked, judged.opened
    currency = asked.me.currency if isinstance(asked, Asked) and asked.me.currency else "usd"
    online = isinstance(asked, Asked) and not opened.settings.sandbox
    lengths = _lengths(some, asked.connection.base, faulty) if online and isinstance(asked, Asked) else {}
    learned = Learned.of(lessons(states))
    templates = judged.account.templates

    def seconds_of(job: Job) -> tuple[Spread | None, str]:
        source = KINDS[job.kind].source(job.request)
        if source is None:
            seconds = learned.seconds(expected(job, templates.get(job.template_id)))
            return seconds, "" if seconds else _NO_SCRIPT

        length = lengths.get(source.link)
        if length is None or length.seconds is None:
            return None, length.how.removeprefix("unknown: ") if length else _NOT_LOOKED_INTO

        seconds = Spread.exactly(source.used(length.seconds))
        for factor in (_STRETCHED if source.stretches else None, _ASSUMED if length.assumed else None):
            seconds = _widened(seconds, factor) if factor else seconds
        return seconds, ""

    costs = {job.fingerprint: _cost(job, *seconds_of(job), opened.prices, currency) for job in some}
    return Costs(currency=currency, by_job=costs, learned=learned.count)


_NO_SCRIPT = "what a template says is not known before its first video is finished"
_NOT_LOOKED_INTO = "the length of the source was not looked into"


def _cost(job: Job, seconds: Spread | None, why: str, prices: Prices, currency: str) -> Cost:
    tariff = prices.of(job)
    price = (tariff.usd if currency == "usd" else tariff.credits) if tariff else None
    if tariff is None or price is None:
        return Cost(seconds=seconds, why=f"the price list has no price for {plural(2, KINDS[job.kind].noun)[2:]}")

    if tariff.unit is Unit.ITEM:
        return Cost(seconds=seconds, amount=price)

    return Cost(seconds=seconds, amount=_widened(price, seconds) if seconds else None, why=why)


def _widened(amount: Spread, factor: Spread) -> Spread:
    """The product of two quantities, each of which is not known exactly."""
    return Spread(low=amount.low * factor.low, likely=amount.likely * factor.likely, high=amount.high * factor.high)


def _lengths(jobs: Iterable[Job], base: str, faulty: Collection[str]) -> Mapping[str, Length]:
    sources = (KINDS[job.kind].source(job.request) for job in jobs)
    links = [source.link for source in sources if source and source.link and source.link not in faulty]
    return anyio.run(partial(media_lengths, dict.fromkeys(links), own_host=base)) if links else {}
