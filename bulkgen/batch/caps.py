"""What the person allows a run to cost, and what of a plan fits into that. Pure.

The engine holds the caps (`engine/spending_cap.py`); here they are told beforehand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bulkgen.batch.costs import Costs
from bulkgen.batch.settings import Settings
from bulkgen.engine.spending_cap import ROUNDING
from bulkgen.ledger.spending import Charge, End, Spending
from bulkgen.model import Issue, Job, plural
from bulkgen.pricing.money import money
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.costly import costly_row


@dataclass(frozen=True, slots=True)
class Cap:
    """One cap: the option that sets it, how much it is, and what counts against it already."""

    option: str
    amount: float
    spent: float

    @property
    def left(self) -> float:
        """What may still be spent. Less than nothing where more than the cap is spent."""
        return self.amount - self.spent


@dataclass(frozen=True, kw_only=True)
class Caps:
    """The caps of a run, in the currency of the account; None where there is none.

    `spent_lately`: what counts against the run's from interrupted runs that it goes on with; `spent_ever`: what counts
    against that of all runs. Both are the most that may have been charged, for failed attempts, too. `uncounted`: how
    many jobs count against neither, since they were paid in another currency.
    """

    run: float | None
    per_row: float | None
    ever: float | None
    spent_lately: float
    spent_ever: float
    uncounted: int = 0

    @classmethod
    def of(cls, settings: Settings, spending: Spending) -> Caps:
        capped: Iterable[Charge] = ()
        if settings.max_cost_total is not None:
            capped = spending.charges.values()
        elif settings.max_cost is not None:
            capped = spending.latest
        others = (each for each in capped if each.cost is not None and each.cost.currency != spending.currency)
        return cls(
            run=settings.max_cost,
            per_row=settings.max_cost_per_row,
            ever=settings.max_cost_total,
            spent_lately=spending.lately.counted,
            spent_ever=spending.ever.counted,
            uncounted=sum(each.end is not End.NOTHING for each in others),
        )

    @property
    def note(self) -> str:
        """What they do not count, in words."""
        if not self.uncounted:
            return ""

        were, them = ("was", "it") if self.uncounted == 1 else ("were", "them")
        return f"{plural(self.uncounted, 'job')} {were} paid in another currency: no limit on the cost counts {them}."

    @property
    def set(self) -> list[Cap]:
        """The caps of the run as a whole."""
        return [
            Cap(option, cap, spent)
            for option, cap, spent in (
                ("--max-cost", self.run, self.spent_lately),
                ("--max-cost-total", self.ever, self.spent_ever),
            )
            if cap is not None
        ]

    @property
    def tightest(self) -> Cap | None:
        """The cap that is reached first; None without one."""
        return min(self.set, key=lambda cap: cap.left, default=None)

    @property
    def left(self) -> float | None:
        """What may still be spent; None without a cap. Less than nothing where more than the cap is spent."""
        return self.tightest.left if self.tightest else None

    def fitting(self, jobs: Iterable[Job], costs: Costs) -> int:
        """How many of these jobs, which are not on the way yet, fit for sure, if each costs as much as it may."""
        left, count = self.left, 0
        for job in jobs:
            cost = costs.by_job[job.fingerprint].cost
            if left is not None:
                if cost is None or cost.amount.high > left + ROUNDING:
                    break

                left -= cost.amount.high
            count += 1
        return count


@dataclass(frozen=True)
class TooCostly:
    """Jobs (fingerprints) of rows that could cost more than the cap for a row, and what to say of each row."""

    jobs: Collection[str]
    issues: tuple[Issue, ...]

    def __bool__(self) -> bool:
        return bool(self.issues)


def too_costly(rows: Iterable[BuiltRow], costs: Costs, cap: float | None) -> TooCostly:
    """The rows whose new jobs together could cost more than `cap`; a job that rows share is the first one's."""
    if cap is None:
        return TooCostly((), ())

    jobs, issues, seen = list[str](), list[Issue](), set[str]()
    for row in rows:
        own = [job.fingerprint for job in row.jobs if job.fingerprint in costs.by_job and job.fingerprint not in seen]
        seen.update(own)
        found = [costs.by_job[key].cost for key in own]
        amount = sum(cost.amount.high for cost in found if cost is not None)
        if row.selected and (amount > cap or None in found):
            jobs += own
            issues.append(costly_row(row, money(cap, costs.currency), priced=None not in found))
    return TooCostly(jobs, tuple(issues))
