"""What a run may spend: whether there is money left for one more job, as far as the person allowed it.

Counted is what finished did cost, and what may be charged at most for all else that was sent: failed attempts, too, as
if they had been charged. Room for a job is taken
before its intent is recorded, and kept until the charge that this makes takes its place.

Invariant: while nothing costs more than was estimated at most, the sum never passes a cap, whatever order answers come
in. Where something does, all that is still open is taken to cost as much more; and before the first job of a kind,
template or voice has shown that estimates hold at all, few are sent at once, where they could pass the cap together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, field

import anyio

from bulkgen.engine.protocols import Estimator
from bulkgen.errors import CapReached
from bulkgen.ledger.events import Event
from bulkgen.ledger.spending import Charge, End, Key, Spending, Sum, answer_key
from bulkgen.ledger.state import State
from bulkgen.model import Job
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.expected import UNKNOWN, Expected

#: How far an estimate is trusted at first: jobs of a kind, template or voice of which none has finished yet may cost so
#: many times as much as estimated, together, and still stay within the cap. One of them goes in any case.
UNPROVEN = 8.0

#: What sums of numbers such as 0.1 may be off by.
ROUNDING = 1e-9


class Unpriced:
    """Estimates nothing: for a run without a price list."""

    def expected(self, _job: Job) -> Expected:
        return UNKNOWN

    def cost(self, _job: Job, *, answer: bool = False) -> Cost | None:
        return None

    def learn(self, _states: Iterable[State]) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Room:
    """What was taken for an attempt whose intent is not recorded yet. `counted`: among all charges it is already one,
    of a run that is over, and adds nothing to them."""

    cost: Cost
    counted: bool


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
    #: By fingerprint: a job has one attempt at a time.
    _taken: dict[str, Room] = field(default_factory=dict)
    #: How much more than estimated at most the costliest job of this run was; kinds, with their templates and voices,
    #: of which one has finished.
    _overrun: float = 1.0
    _proven: set[tuple[str, str, str]] = field(default_factory=set)
    _changed: anyio.Event = field(default_factory=anyio.Event)

    def __post_init__(self) -> None:
        made = (charge for charge in self.spending.charges.values() if charge.end is End.MADE)
        self._proven.update((charge.kind, charge.template, charge.speaker) for charge in made)
        for charge in self.spending.latest:
            self._compare(charge)

    @property
    def set(self) -> bool:
        return self.run is not None or self.ever is not None

    def expected(self, job: Job) -> Expected:
        return self.estimator.expected(job)

    def cost(self, job: Job, *, answer: bool = False) -> Cost | None:
        """What its next attempt is expected to cost: as room was taken for it, or by what is known now.

        `answer`: what sending the person's answer to it is.
        """
        room = self._taken.get(job.fingerprint)
        return room.cost if room else self.estimator.cost(job, answer=answer)

    def has_room(self, job: Job, charge: Key | None, *, again: bool) -> bool:
        """Whether what is sent needs none: what is sent again under its key is charged once, what has no `charge`
        never. `again`: it was sent before, and is charged once more."""
        if not self.set or charge is None or job.fingerprint in self._taken:
            return True

        return self.spending.sent_lately(charge) and not again

    def take_room(self, job: Job, charge: Key | None, *, again: bool, alone: bool) -> bool:
        """Takes room for what is sent, if there is any, and it needs some.

        `alone`: nothing is under way that could give back what it does not cost.
        """
        if charge is None or self.has_room(job, charge, again=again):
            return True

        known = self.spending.charges.get(charge)
        answer = charge != (job.fingerprint, charge[1])
        cost = (known.cost if known else None) or self.estimator.cost(job, answer=answer)
        if cost is None:
            return False

        room = Room(cost, known is not None and not again)
        if not self._fits(room, self._overrun):
            return False

        expected = self.estimator.expected(job)
        unproven = (job.kind, expected.template, expected.speaker) not in self._proven
        if unproven and not alone and not self._fits(room, max(UNPROVEN, self._overrun)):
            return False

        self._taken[job.fingerprint] = room
        return True

    def give_back(self, job: Job) -> None:
        """The attempt is not sent now."""
        self._taken.pop(job.fingerprint, None)

    def took_in(self, event: Event, state: State) -> None:
        """An event is durable, and this is the state of its job by now."""
        self.spending.take(event)
        fingerprint = str(event.get("fingerprint"))
        if event["event"] in ("submitting", "answering"):
            self._taken.pop(fingerprint, None)
        elif event["event"] == "finished":
            answer, whole = answer_key(fingerprint, state.attempt), (fingerprint, state.attempt)
            charge = self.spending.charges.get(answer) or self.spending.charges.get(whole)
            if charge is not None:
                self._compare(charge)
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

    def reached(self, job: Job, *, answer: bool = False) -> CapReached:
        """Why this job, or the person's answer to it, is not sent."""
        cost = self.estimator.cost(job, answer=answer)
        if cost is None:
            return CapReached("what the next job costs is not known, and a cap on the cost is set", needed=None)

        return CapReached(
            "the next job could pass the cap on the cost", needed=cost.amount.high, left=self._left(self._overrun)
        )

    def _compare(self, charge: Charge) -> None:
        """What a job did cost, beside what it was to cost at most."""
        if charge.end is not End.MADE or charge.cost is None:
            return

        self._proven.add((charge.kind, charge.template, charge.speaker))
        self._overrun = max(self._overrun, charge.overrun)

    def _left(self, factor: float, *, counted: bool = False) -> float:
        """What may still be spent. `counted`: on what is one of all charges already."""
        rooms, left = self._taken.values(), math.inf
        if self.run is not None:
            left = self.run - _counted(self.spending.lately, rooms, factor)
        if self.ever is not None and not counted:
            new = (room for room in rooms if not room.counted)
            left = min(left, self.ever - _counted(self.spending.ever, new, factor))
        return left

    def _fits(self, room: Room, factor: float) -> bool:
        return factor * room.cost.amount.high <= self._left(factor, counted=room.counted) + ROUNDING


def _counted(total: Sum, rooms: Iterable[Room], factor: float) -> float:
    return total.made + total.failed + factor * (total.open + sum(room.cost.amount.high for room in rooms))
