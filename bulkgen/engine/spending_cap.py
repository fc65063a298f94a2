"""What a run may spend: whether there is money left for one more job, as far as the person allowed it.

Counted is what finished did cost, and what may be charged at most for all else that was sent. Room for a job is taken
before its intent is recorded, and kept until the charge that this makes takes its place.

Invariant: while nothing costs more than was estimated at most, the sum never passes a cap, whatever order answers come
in. Where something does, all that is still open is taken to cost as much more; and before the first job of a kind
or template has shown that estimates hold at all, few are sent at once, where they could pass the cap together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, field

import anyio

from bulkgen.engine.protocols import Estimator
from bulkgen.errors import CapReached
from bulkgen.ledger.events import Event
from bulkgen.ledger.spending import Charge, End, Key, Spending, Sum
from bulkgen.ledger.state import State
from bulkgen.model import Job
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.expected import UNKNOWN, Expected

#: How far an estimate is trusted at first: jobs of a kind, or template, of which none has finished yet may cost so many
#: times as much as estimated, together, and still stay within the cap. One of them goes in any case.
UNPROVEN = 8.0

#: What sums of numbers such as 0.1 may be off by.
ROUNDING = 1e-9


class Unpriced:
    """Estimates nothing: for a run without a price list."""

    def expected(self, _job: Job) -> Expected:
        return UNKNOWN

    def cost(self, _job: Job) -> Cost | None:
        return None

    def learn(self, _states: Iterable[State]) -> None:
        return None


@dataclass
class SpendingCap:
    """`run`: for this run (and the interrupted ones that it goes on with); `ever`: for all runs of this ledger.

    Amounts are in the currency of the spending; None: no cap.
    """

    spending: Spending = field(default_factory=lambda: Spending("usd"))
    estimator: Estimator = field(default_factory=Unpriced)
    _: KW_ONLY
    run: float | None = None
    ever: float | None = None
    #: Room that was taken for attempts whose intent is not recorded yet.
    _taken: dict[Key, Cost] = field(default_factory=dict)
    #: How much more than estimated at most the costliest job of this run was; kinds, with their templates,
    #: of which one has finished.
    _overrun: float = 1.0
    _proven: set[tuple[str, str]] = field(default_factory=set)
    _changed: anyio.Event = field(default_factory=anyio.Event)

    def __post_init__(self) -> None:
        made = (charge for charge in self.spending.charges.values() if charge.end is End.MADE)
        self._proven.update((charge.kind, charge.template) for charge in made)
        for charge in self.spending.latest:
            self._compare(charge)

    @property
    def set(self) -> bool:
        return self.run is not None or self.ever is not None

    @property
    def holds(self) -> bool:
        """Room is taken for something whose intent is on its way."""
        return bool(self._taken)

    def expected(self, job: Job) -> Expected:
        return self.estimator.expected(job)

    def cost(self, job: Job, attempt: int) -> Cost | None:
        """What the attempt is expected to cost: as room was taken for it, or by what is known now."""
        return self._taken.get((job.fingerprint, attempt)) or self.estimator.cost(job)

    def take_room(self, job: Job, attempt: int, *, again: bool, alone: bool) -> bool:
        """Takes room for the attempt, if there is any.

        `again`: it was sent before, and is charged once more; what is sent again under its key is not. `alone`: nothing
        is under way that could give back what it does not cost.
        """
        key = job.fingerprint, attempt
        if not self.set or key in self._taken or (key in self.spending.charges and not again):
            return True

        cost = self.estimator.cost(job)
        if cost is None or not self._has_room(cost, self._overrun):
            return False

        unproven = (job.kind, job.template_id) not in self._proven
        if unproven and not alone and not self._has_room(cost, max(UNPROVEN, self._overrun)):
            return False

        self._taken[key] = cost
        return True

    def give_back(self, job: Job, attempt: int) -> None:
        """The attempt is not sent now."""
        if self._taken.pop((job.fingerprint, attempt), None) is not None:
            self.wake()

    def took_in(self, event: Event, state: State) -> None:
        """An event is durable, and this is the state of its job by now."""
        self.spending.take(event)
        key = str(event.get("fingerprint")), state.attempt
        if event["event"] == "submitting":
            self._taken.pop(key, None)
        elif event["event"] == "finished":
            if key in self.spending.charges:
                self._compare(self.spending.charges[key])
            self.estimator.learn([state])
        self.wake()

    def wake(self) -> None:
        """Something has changed that somebody may be waiting for."""
        self._changed.set()
        self._changed = anyio.Event()

    async def change(self, seconds: float) -> None:
        """Until something changes, or so many seconds have passed."""
        with anyio.move_on_after(seconds):
            await self._changed.wait()

    def reached(self, job: Job) -> CapReached:
        """Why this job is not sent."""
        cost = self.estimator.cost(job)
        if cost is None:
            return CapReached("what the next job costs is not known, and a cap on the cost is set", needed=None)

        return CapReached(
            "the next job could pass the cap on the cost", needed=cost.amount.high, left=self._left(self._overrun)
        )

    def _compare(self, charge: Charge) -> None:
        """What a job did cost, beside what it was to cost at most."""
        if charge.end is not End.MADE or charge.cost is None:
            return

        self._proven.add((charge.kind, charge.template))
        expected = charge.cost.amount.high
        if expected > 0:
            self._overrun = max(self._overrun, charge.cost.real(charge.duration).high / expected)

    def _left(self, factor: float) -> float:
        caps = [(self.run, self.spending.lately), (self.ever, self.spending.ever)]
        return min((cap - self._counted(total, factor) for cap, total in caps if cap is not None), default=0.0)

    def _has_room(self, cost: Cost, factor: float) -> bool:
        return not self.set or factor * cost.amount.high <= self._left(factor) + ROUNDING

    def _counted(self, total: Sum, factor: float) -> float:
        taken = sum(cost.amount.high for cost in self._taken.values())
        return total.made + factor * (total.open + taken)
