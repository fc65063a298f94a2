"""What a plan comes to: money and time, as far as they can be told before anything is sent. Pure.

Nothing here decides what is sent; that nothing can be (`nothing_fits`) is said only where it is sure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from bulkgen.batch.caps import Caps
from bulkgen.batch.costs import Costs
from bulkgen.batch.plan import Plan
from bulkgen.engine.gate import AT_ONCE_WIDTH
from bulkgen.heygen.me import Me, Pool
from bulkgen.kinds import KINDS, LIVES
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.lessons import renders
from bulkgen.ledger.state import NEW, State
from bulkgen.ledger.steps import Step
from bulkgen.model import Job
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.reach import Reach, reach
from bulkgen.pricing.render_time import RenderTimes, finish, later
from bulkgen.pricing.spread import Spread

#: How many rows are named as the most expensive ones, of more than that; if the first costs so many times as much as
#: most do.
MOST_EXPENSIVE = 5
_DIFFERS = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCost:
    """What the jobs of one kind cost together, as far as that is known; `unknown`: of how many it is not."""

    kind: str
    jobs: int
    unknown: int
    amount: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Jobs of which the cost is not known, for one reason. `most`: as the one that may cost most is counted; None
    where there is no price."""

    why: str
    jobs: tuple[Job, ...]
    most: Cost | None


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """`me`: whose account pays, None where nobody asked. `slots`: how many jobs are in progress at once.

    `seen`: whether what took how long before says how long it takes now: not in a rehearsal.
    """

    plan: Plan
    costs: Costs
    caps: Caps
    me: Me | None
    states: Mapping[str, State]
    #: Finished jobs of other sheets.
    finished: Sequence[State]
    slots: int
    seen: bool = True

    # Money -----------------------------------------------------------------------------------------------------------

    @cached_property
    def total(self) -> Spread:
        """Of all jobs that have a price, those of an unknown length with the one that they count with."""
        return self.costs.total + self.costs.assumed

    @cached_property
    def kinds(self) -> list[KindCost]:
        """In the order of the kinds."""
        return [_together(kind, jobs, self.costs) for kind in KINDS if (jobs := self._of_kind(kind))]

    @cached_property
    def unknown(self) -> list[Unknown]:
        """By the reason, in the order in which the rows give them."""
        return [self._unknown(why) for why in self.costs.unknown]

    @property
    def unpriced(self) -> list[Job]:
        """The jobs that have no price at all."""
        return [job for job in self.plan.send if self.costs.by_job[job.fingerprint].cost is None]

    @property
    def at_most(self) -> float | None:
        """What the run may cost at most; None where nobody knows."""
        if self.unpriced:
            return None

        left = self.caps.left
        return self.total.high if left is None else min(self.total.high, max(0.0, left))

    @cached_property
    def most_expensive(self) -> list[tuple[int, float]]:
        """The rows that are likely to cost most, with how much; none where they are few, or cost much the same."""
        amounts: dict[int, float] = defaultdict(float)
        for job in self.plan.send:
            if known := self.costs.by_job[job.fingerprint].known:
                amounts[job.row] += known.likely
        found = sorted(amounts.items(), key=lambda each: -each[1])
        if len(found) <= MOST_EXPENSIVE or found[0][1] < _DIFFERS * median(amounts.values()):
            return []

        return found[:MOST_EXPENSIVE]

    @cached_property
    def paid(self) -> float | None:
        """What the jobs did cost that are done already, by their real lengths; None where that is not on record."""
        shown = [self.states.get(job.fingerprint, NEW).shown for job in self.plan.at(Step.COLLECT)]
        costs = [(state.cost, state) for state in shown]
        known = [
            cost.real(state.duration, state.made).likely
            for cost, state in costs
            if cost and cost.currency == self.costs.currency
        ]
        return sum(known) if known and len(known) == len(shown) else None

    # What may be sent ------------------------------------------------------------------------------------------------

    @cached_property
    def charged(self) -> list[Job]:
        """The jobs whose sending is a new charge: not those that are asked for again under their key."""
        steps = self.plan.steps
        return [
            job
            for job in self.plan.send
            if steps[job.fingerprint] in (Step.SEND, Step.ANSWER) or LIVES[job.kind].lost is AfterLoss.RESEND
        ]

    @cached_property
    def fitting(self) -> int:
        """How many of the charged jobs fit into the caps for sure."""
        return self.caps.fitting(self.charged, self.costs)

    @cached_property
    def nothing_fits(self) -> bool:
        """There is something to send, and a cap lets none of it go, whatever happens in this run."""
        send = self.plan.send
        if self.caps.left is None or not send or len(self.charged) < len(send):
            return False

        if any(state.under_way for state in self.states.values()):  # its end may leave more than was counted for it
            return False

        lines = ([job for job in send if LIVES[job.kind].at_once is at_once] for at_once in (True, False))
        return not any(self.caps.fitting(line[:1], self.costs) for line in lines)

    # Who pays --------------------------------------------------------------------------------------------------------

    @property
    def balance(self) -> float | None:
        """What there is to pay with, in the currency of the costs; None where it is not known, or another one."""
        me = self.me
        return me.amount if me and me.pool is Pool.WALLET and me.currency == self.costs.currency else None

    @property
    def left(self) -> float | None:
        """What of the balance will likely be left; None where that can't be told, or nothing is sent."""
        if self.balance is None or not self.costs.by_job or self.costs.unknown or self.nothing_fits:
            return None

        cap = self.caps.left
        spent = self.total.likely if cap is None else min(self.total.likely, max(0.0, cap))
        return max(0.0, self.balance - spent)

    @cached_property
    def reach(self) -> Reach | None:
        """After how many of the jobs the balance ends, likely and at worst; None where it suffices, or nobody knows."""
        return self._reach(self.balance)

    @property
    def room(self) -> float | None:
        """What the account's own limit at HeyGen leaves, in dollars; None where there is none."""
        me = self.me
        if me is None or me.spending_cap is None or self.costs.currency != "usd":
            return None

        return max(0.0, me.spending_cap - (me.spent or 0.0))

    @cached_property
    def reach_of_room(self) -> Reach | None:
        """After how many of the jobs the account's own limit is reached; None where it suffices, or there is none."""
        return self._reach(self.room)

    # Time ------------------------------------------------------------------------------------------------------------

    @cached_property
    def renders(self) -> RenderTimes:
        return RenderTimes.of(renders([*self.states.values(), *self.finished]) if self.seen else ())

    @property
    def renders_seen(self) -> int:
        """How many finished jobs tell how long these take."""
        return sum(self.renders.seen.get(kind, 0) for kind in {job.kind for job in self.plan.send})

    @cached_property
    def time(self) -> Spread:
        """When all is made, in seconds from now: what is to be sent, and what is in progress."""
        waiting: list[Spread] = []
        at_once: list[Spread] = []
        for job in self.plan.send:
            cost, life = self.costs.by_job[job.fingerprint].cost, LIVES[job.kind]
            own = KINDS[job.kind].lasts(job)
            lasts = cost.seconds if cost and cost.seconds.high else Spread.exactly(own.seconds) if own else None
            line = at_once if life.at_once else waiting
            line.append(self.renders.of_job(job.kind, lasts, at_once=life.at_once))
        for handle in (*self.plan.at(Step.FOLLOW), *self.plan.unsent):
            state = self.states.get(handle.fingerprint, NEW)
            if state.under_way:
                waiting.append(self.renders.of_job(handle.kind, state.expected.seconds if state.expected else None))
        return later((finish(waiting, self.slots), finish(at_once, AT_ONCE_WIDTH)))

    def _of_kind(self, kind: str) -> list[Job]:
        return [job for job in self.plan.send if job.kind == kind]

    def _unknown(self, why: str) -> Unknown:
        jobs = tuple(job for job in self.plan.send if self.costs.by_job[job.fingerprint].why == why)
        costs = (self.costs.by_job[job.fingerprint].cost for job in jobs)
        known = (cost for cost in costs if cost is not None)
        return Unknown(why=why, jobs=jobs, most=max(known, key=lambda cost: cost.amount.high, default=None))

    def _reach(self, amount: float | None) -> Reach | None:
        left = self.caps.left
        if amount is None or self.unpriced or (left is not None and left <= amount):
            return None

        found = [self.costs.by_job[job.fingerprint].cost for job in self.plan.send]
        reached = reach((cost.amount for cost in found if cost is not None), amount)
        return reached if reached.worst < len(self.plan.send) else None


def _together(kind: str, jobs: Sequence[Job], costs: Costs) -> KindCost:
    known = [costs.by_job[job.fingerprint].known for job in jobs]
    amounts = [amount for amount in known if amount is not None]
    return KindCost(kind=kind, jobs=len(jobs), unknown=len(known) - len(amounts), amount=sum(amounts, Spread.nothing))
