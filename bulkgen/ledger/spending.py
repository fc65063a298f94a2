"""What was spent, as the events of a resume file say: one charge for each attempt that was sent.

Pure. Owns what counts against a cap; never decides whether something may be sent.

Invariants: what may have been charged is never counted as less than that, whatever order events come in; what came
from another resume file is that file's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bulkgen.ledger.events import Event, parse_time
from bulkgen.pricing.cost import Cost, read_cost

#: An attempt of a job: its fingerprint, and the number.
Key = tuple[str, int]


class End(StrEnum):
    """What became of a charge."""

    OPEN = "open"  # it may still be charged, or may have been
    MADE = "made"  # finished, and charged
    NOTHING = "nothing"  # HeyGen failed at it or refused it, and charges nothing (an assumption for the wallet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One attempt, and what it costs.

    `template`: the id of the template that it is made from. `at`: when it was first sent (Unix seconds). `cost`: as it
    was expected; None where neither its intent nor a price list tells. `times`: how often it was sent where each time
    may be charged. `duration`: of what was made, in seconds.
    """

    fingerprint: str
    attempt: int
    kind: str = ""
    template: str = ""
    sheet: str = ""
    row: int = 0
    row_id: str = ""
    at: float | None = None
    cost: Cost | None = None
    times: int = 1
    end: End = End.OPEN
    duration: float | None = None

    @property
    def most(self) -> float:
        """The most that it may cost, or may have cost, in the currency of its cost."""
        if self.cost is None:
            return 0.0

        repeated = (self.times - 1) * self.cost.amount.high
        if self.end is End.NOTHING:
            return repeated

        return repeated + (self.cost.real(self.duration).high if self.end is End.MADE else self.cost.amount.high)


@dataclass(slots=True)
class Sum:
    """What may have been spent at most: on what is made, and on what is open."""

    made: float = 0.0
    open: float = 0.0

    @property
    def most(self) -> float:
        return self.made + self.open

    def add(self, charge: Charge, sign: int) -> None:
        if charge.end is End.OPEN:
            self.open += sign * charge.most
        else:
            self.made += sign * charge.most


class Spending:
    """All charges of a resume file; `take` each of its events.

    `ever`: the sum of all of them; `lately`: of those of the run that is at work, and of runs before it that were
    interrupted: until one comes to its end (`ended`) they are one run.
    """

    def __init__(
        self, currency: str, events: Iterable[Event] = (), *, guess: Callable[[str], Cost | None] = lambda _kind: None
    ) -> None:
        """`currency`: what is counted; charges in another one add nothing to the sums. `guess`: what a job of that kind
        costs, where its intent does not say: earlier releases recorded no costs."""
        self.currency = currency
        self.charges: dict[Key, Charge] = {}
        self.ever, self.lately = Sum(), Sum()
        self._lately: set[Key] = set()
        self._guess = guess
        for event in events:
            self.take(event)

    def take(self, event: Event) -> None:
        name = event.get("event")
        if name == "ended":
            self._lately.clear()
            self.lately = Sum()
            return

        key = str(event.get("fingerprint")), _int(event.get("attempt"), 1)
        if name == "submitting":
            if "from" not in event:
                self._sent(key, event)
        elif key in self.charges:
            self._put(key, _after(self.charges[key], event))

    @property
    def latest(self) -> Iterator[Charge]:
        """The charges that `lately` is the sum of."""
        return (self.charges[key] for key in self._lately)

    def _sent(self, key: Key, event: Event) -> None:
        known, expected = self.charges.get(key), event.get("expected")
        if known is not None:
            times = known.times + (event.get("again") is True)
            self._put(key, replace(known, times=times, cost=known.cost or self._cost(event)))
            return

        self._lately.add(key)
        self._put(
            key,
            Charge(
                fingerprint=key[0],
                attempt=key[1],
                kind=str(event.get("kind") or ""),
                template=str(expected.get("template") or "") if isinstance(expected, dict) else "",
                sheet=str(event.get("sheet") or ""),
                row=_int(event.get("row"), 0),
                row_id=str(event.get("row_id") or ""),
                at=parse_time(event.get("at")),
                cost=self._cost(event),
            ),
        )

    def _cost(self, event: Event) -> Cost | None:
        return read_cost(event.get("cost")) or self._guess(str(event.get("kind") or ""))

    def _put(self, key: Key, charge: Charge) -> None:
        before = self.charges.get(key)
        self.charges[key] = charge
        for total, counts in ((self.ever, True), (self.lately, key in self._lately)):
            if counts and before is not None and self._counts(before):
                total.add(before, -1)
            if counts and self._counts(charge):
                total.add(charge, 1)

    def _counts(self, charge: Charge) -> bool:
        return charge.cost is not None and charge.cost.currency == self.currency


def _after(charge: Charge, event: Event) -> Charge:
    """The charge after one more event of its attempt. What was made stays made, whatever a copy of the file says."""
    name = event.get("event")
    if name == "finished":
        duration = event.get("duration")
        known = isinstance(duration, int | float) and not isinstance(duration, bool)
        return replace(charge, end=End.MADE, duration=float(str(duration)) if known else charge.duration)

    if charge.end is End.MADE:
        return charge

    if name == "saved":
        return replace(charge, end=End.MADE)

    if name == "failed" or (name == "refused" and event.get("doubted") is not True):
        return replace(charge, end=End.NOTHING)

    if name in ("submitted", "adopted", "moved", "review"):  # it is there after all
        return replace(charge, end=End.OPEN)

    return charge


def _int(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default
