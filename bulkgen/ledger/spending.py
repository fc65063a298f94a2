"""What was spent, as the events of a resume file say: one charge for each attempt that was sent.

Pure. Owns what counts against a cap; never decides whether something may be sent.

Invariants: what may have been charged is never counted as less than that, whatever order events come in; what came
from another resume file is that file's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bulkgen.ledger.events import Event, parse_time, whole_number
from bulkgen.pricing.cost import Cost, read_cost

#: An attempt of a job: its fingerprint, and the number. What a paid answer to it costs has a key of its own.
Key = tuple[str, int]


def answer_key(fingerprint: str, attempt: int) -> Key:
    return f"{fingerprint}/answer", attempt


#: How many parts of one are counted.
_WHOLE = 10**9


class End(StrEnum):
    """What became of a charge."""

    OPEN = "open"  # it may still be charged, or may have been
    MADE = "made"  # finished, and charged
    NOTHING = "nothing"  # HeyGen failed at it or refused it, and charges nothing (an assumption for the wallet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One attempt, and what it costs.

    `template`, `speaker`: the ids of the template that it is made from, and of whose voice it is. `at`: when it was
    first sent (Unix seconds). `cost`: as it was expected; None where neither its intent nor a price list tells.
    `times`: how often it was sent where each time may be charged. `duration`: of what was made, in seconds.
    """

    fingerprint: str
    attempt: int
    kind: str = ""
    template: str = ""
    speaker: str = ""
    sheet: str = ""
    row: int = 0
    row_id: str = ""
    at: float | None = None
    cost: Cost | None = None
    times: int = 1
    end: End = End.OPEN
    duration: float | None = None
    #: How many results it has, where it has several.
    made: int | None = None
    #: HeyGen took it, and failed at it.
    failed: bool = False

    @property
    def overrun(self) -> float:
        """How many times as much it did cost as it was to cost at most; 1 for what is not known to have cost more."""
        if self.end is not End.MADE or self.cost is None or not self.cost.amount.high:
            return 1.0

        return max(1.0, self.cost.real(self.duration, self.made).high / self.cost.amount.high)

    @property
    def most(self) -> float:
        """The most that it may cost, or may have cost, in the currency of its cost."""
        if self.cost is None:
            return 0.0

        repeated = (self.times - 1) * self.cost.amount.high
        if self.end is End.NOTHING:
            return repeated

        end = self.cost.real(self.duration, self.made) if self.end is End.MADE else self.cost.amount
        return repeated + end.high


class Sum:
    """What may have been spent at most: on what has ended, and on what is open.

    `failed`: what the attempts would have cost that HeyGen failed at. That it charges nothing for them is assumed, and
    no cap rests on that. Added up in whole billionths, so that what was added and taken out again leaves nothing
    behind.
    """

    def __init__(self) -> None:
        self._made = self._open = self._failed = 0

    @property
    def made(self) -> float:
        return self._made / _WHOLE

    @property
    def open(self) -> float:
        return self._open / _WHOLE

    @property
    def failed(self) -> float:
        return self._failed / _WHOLE

    @property
    def most(self) -> float:
        return (self._made + self._open) / _WHOLE

    @property
    def counted(self) -> float:
        """What counts against a cap."""
        return (self._made + self._open + self._failed) / _WHOLE

    def add(self, end: End, sign: int, amount: float) -> None:
        if end is End.OPEN:
            self._open += sign * round(amount * _WHOLE)
        else:
            self._made += sign * round(amount * _WHOLE)

    def add_failed(self, sign: int, amount: float) -> None:
        self._failed += sign * round(amount * _WHOLE)


class Spending:
    """All charges of a resume file; `take` each of its events.

    `ever`: the sum of all of them; `lately`: of what was sent by the run that is at work, and by runs before it that
    were interrupted: until one comes to its end (`ended`) they are one run.
    """

    def __init__(
        self,
        currency: str,
        events: Iterable[Event] = (),
        *,
        sheet: str = "",
        guess: Callable[[str], Cost | None] = lambda _kind: None,
    ) -> None:
        """`currency`: what is counted; charges in another one add nothing to the sums. `sheet`: the worksheet whose
        runs are meant, where a workbook has several. `guess`: what a job of that kind costs, where its intent does not
        say: earlier releases recorded no costs."""
        self.currency = currency
        self.sheet = sheet
        self.charges: dict[Key, Charge] = {}
        self.ever, self.lately = Sum(), Sum()
        #: Of each charge in `lately`: how often it was sent before, in runs that are over.
        self._lately: dict[Key, int] = {}
        self._guess = guess
        for event in events:
            self.take(event)

    def take(self, event: Event) -> None:
        name = event.get("event")
        if name == "ended":
            if self._is_of_runs(str(event.get("sheet") or "")):
                self._lately.clear()
                self.lately = Sum()
            return

        fingerprint, attempt = str(event.get("fingerprint")), whole_number(event.get("attempt"), 1)
        key, answer = (fingerprint, attempt), answer_key(fingerprint, attempt)
        if name == "submitting":
            if "from" not in event:
                self._sent(key, event)
        elif name == "answering":
            if event.get("paid") is True and "from" not in event:
                self._sent(answer, event)
        elif answer in self.charges:
            self._put(answer, _after(self.charges[answer], event))
            if name == "finished":
                self._measure(fingerprint, attempt, event)
        elif key in self.charges:
            self._put(key, _after(self.charges[key], event))

    def _measure(self, fingerprint: str, attempt: int, event: Event) -> None:
        """What was paid before the person's answer may cost by the length of what that has led to."""
        key = next((key for n in range(attempt, 0, -1) if (key := (fingerprint, n)) in self.charges), None)
        if key is not None and self.charges[key].end is not End.NOTHING:
            self._put(key, _after(self.charges[key], event))

    @property
    def latest(self) -> Iterator[Charge]:
        """The charges that `lately` is the sum of."""
        return (self.charges[key] for key in self._lately)

    def sent_lately(self, key: Key) -> bool:
        """Whether the attempt was sent by the run that is at work, or by one that it goes on with."""
        return key in self._lately

    def _sent(self, key: Key, event: Event) -> None:
        """What was sent in a run that is over, and is sent again, may be charged only now.

        An intent without a cost is of an earlier release, which knew no caps and recorded no ends of runs: it is of no
        run that is at work.
        """
        charge = self._charge(key, event)
        self._count(key, -1)
        if read_cost(event.get("cost")) is not None and self._is_of_runs(charge.sheet):
            self._lately.setdefault(key, charge.times - 1)
        self.charges[key] = charge
        self._count(key, 1)

    def _is_of_runs(self, sheet: str) -> bool:
        """Whether it is of the sheet's runs; "": recorded while the workbook had one sheet."""
        return not (sheet and self.sheet) or sheet == self.sheet

    def _charge(self, key: Key, event: Event) -> Charge:
        """The charge of what is sent, or sent once more."""
        known, expected = self.charges.get(key), event.get("expected")
        if known is not None:
            times = known.times + (event.get("again") is True)
            end = End.OPEN if known.end is End.NOTHING else known.end
            return replace(known, times=times, end=end, failed=False, cost=known.cost or self._cost(event))

        return Charge(
            fingerprint=str(event.get("fingerprint")),
            attempt=key[1],
            kind=str(event.get("kind") or ""),
            template=str(expected.get("template") or "") if isinstance(expected, dict) else "",
            speaker=str(expected.get("speaker") or "") if isinstance(expected, dict) else "",
            sheet=str(event.get("sheet") or ""),
            row=whole_number(event.get("row"), 0),
            row_id=str(event.get("row_id") or ""),
            at=parse_time(event.get("at")),
            cost=self._cost(event),
        )

    def _cost(self, event: Event) -> Cost | None:
        return read_cost(event.get("cost")) or self._guess(str(event.get("kind") or ""))

    def _put(self, key: Key, charge: Charge) -> None:
        self._count(key, -1)
        self.charges[key] = charge
        self._count(key, 1)

    def _count(self, key: Key, sign: int) -> None:
        """Adds the charge, as it is known, to the sums that it is part of; takes it out with a sign of -1."""
        charge = self.charges.get(key)
        if charge is None or charge.cost is None or charge.cost.currency != self.currency:
            return

        most = charge.most
        sums = [self.ever]
        self.ever.add(charge.end, sign, most)
        if key in self._lately:
            self.lately.add(charge.end, sign, most - self._lately[key] * charge.cost.amount.high)
            sums.append(self.lately)
        for each in sums if charge.failed else ():
            each.add_failed(sign, charge.cost.amount.high)


def _after(charge: Charge, event: Event) -> Charge:
    """The charge after one more event of its attempt. What was made stays made, whatever a copy of the file says."""
    name = event.get("event")
    if name == "finished":
        duration, parts = event.get("duration"), event.get("parts")
        known = isinstance(duration, int | float) and not isinstance(duration, bool)
        made = sum("fault" not in part for part in parts) if isinstance(parts, list) else charge.made
        length = float(str(duration)) if known else charge.duration
        return replace(charge, end=End.MADE, failed=False, duration=length, made=made)

    if charge.end is End.MADE:
        return charge

    if name == "saved":
        return replace(charge, end=End.MADE, failed=False)

    if name == "failed" or (name == "refused" and event.get("doubted") is not True):
        return replace(charge, end=End.NOTHING, failed=charge.failed or name == "failed")

    if name == "review" and event.get("untaken") is True:
        return replace(charge, end=End.NOTHING)

    if name == "review" and event.get("made") is True:
        return replace(charge, end=End.MADE)

    if name in ("submitted", "adopted", "moved", "review"):  # it is there after all
        return replace(charge, end=End.OPEN, failed=False)

    return charge
