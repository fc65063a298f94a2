"""What a run left unmade for its cost: what that would cost, and the caps with which it would be made. Pure.

Invariant: a cap that is named here lets everything through that is left and has a price, as far as estimates hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from bulkgen.batch.costs import Costs
from bulkgen.batch.outcome import Ran
from bulkgen.batch.plan import is_charged
from bulkgen.batch.planned import rules_of
from bulkgen.errors import CapReached
from bulkgen.ledger.state import NEW
from bulkgen.model import Job
from bulkgen.pricing.spread import Spread

#: By how much a cap that is named is higher than what is needed: the next run may have learned that jobs last longer.
_MARGIN = 1.05


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """`capped`: the jobs that are left since the run's cap, or that of all runs, was reached; `too_costly`: those of
    rows that could cost more than one may.

    `costs`: of both. `caps`: by the names of the settings, what would suffice where the present one does not.
    """

    capped: tuple[Job, ...]
    too_costly: tuple[Job, ...]
    costs: Costs
    caps: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, jobs: Iterable[Job]) -> Spread:
        """What these jobs would cost, those of an unknown length at the one that they count with."""
        found = (self.costs.by_job[job.fingerprint].cost for job in jobs)
        return sum((cost.amount for cost in found if cost), Spread.nothing)

    def unpriced(self, jobs: Iterable[Job]) -> list[Job]:
        """Those of which nobody knows the price."""
        return [job for job in jobs if self.costs.by_job[job.fingerprint].cost is None]


def shortfall(ran: Ran) -> Shortfall | None:
    """None where nothing was left for its cost."""
    planned = ran.planned
    capped = _capped(ran) if isinstance(ran.stopped_by, CapReached) else ()
    too_costly = planned.plan.too_costly
    if not capped and not too_costly:
        return None

    costs = planned.estimator.of_all([*capped, *too_costly], planned.plan.answers)  # it has learned meanwhile
    left = Shortfall(capped=capped, too_costly=too_costly, costs=costs)
    settings, needed, ever = planned.judged.opened.settings, left.of(capped).high, ran.spending.ever
    caps = {}
    if capped and settings.max_cost is not None and settings.max_cost < needed * _MARGIN:
        caps["max_cost"] = sufficient(needed)
    overrun = max((charge.overrun for charge in ran.charged), default=1.0)
    total = ever.made + ever.failed + ever.open * overrun + needed  # what is open may pass its estimate just as far
    if capped and settings.max_cost_total is not None and settings.max_cost_total < total * _MARGIN:
        caps["max_cost_total"] = sufficient(total)
    if too_costly:
        rows: dict[tuple[str, int], float] = {}
        for job in too_costly:
            rows[job.sheet, job.row] = rows.get((job.sheet, job.row), 0.0) + left.of([job]).high
        caps["max_cost_per_row"] = sufficient(max(rows.values()))
    return replace(left, caps=MappingProxyType(caps))


def sufficient(amount: float) -> float:
    """A cap that lets the amount through, in few digits: 0.07, 7.5, 84."""
    amount = max(amount * _MARGIN, 0.01)
    step = 0.5 if 1 <= amount < 10 else 10.0 ** (math.floor(math.log10(amount)) - 1)
    return round(math.ceil(amount / step) * step, 6)


def _capped(ran: Ran) -> tuple[Job, ...]:
    """The jobs that the next run would send, and pay."""
    planned, states = ran.planned, {entry.job.fingerprint: entry.state for entry in ran.entries if entry.job}
    rules, now = rules_of(planned.judged.opened.settings), planned.recalled.ledger.now()
    steps = {job: rules.step(job, states.get(job.fingerprint, NEW), now=now) for job in planned.plan.send}
    return tuple(job for job, step in steps.items() if is_charged(job, step))
