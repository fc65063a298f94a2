"""What all resume files of a folder say was spent, added up by month, kind, sheet and account.

Reads files and changes none; needs no sheet, no key and no network. What can't be read is named and left out.

Invariant: an attempt counts once, however many copies of a resume file have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from bulkgen.batch.bill import Bill, currency_of, priced
from bulkgen.errors import InputError, LedgerError
from bulkgen.ledger.events import Event
from bulkgen.ledger.inheritance import sheet_of
from bulkgen.ledger.neighbours import within
from bulkgen.ledger.resume_file import read_events
from bulkgen.ledger.spending import Charge, End, Spending
from bulkgen.pricing.prices import Prices
from bulkgen.pricing.spread import Spread

#: What is added up by, with the heading of each.
GROUPS = {"month": "By month", "kind": "By kind", "sheet": "By sheet", "account": "By account"}

#: What of a sum is a number of jobs.
_COUNTS = ("made", "open", "unpriced", "by_list", "without_length", "ranges")

#: How much of an account's hash is shown.
_HASH = 8

#: Which of two copies of an attempt knows more of its end.
_KNOWS = (End.OPEN, End.NOTHING, End.MADE)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """A charge, and whose: `account`: the beginning of its hash, "" where it is not known.

    `sheet`: where its resume file is, and the worksheet. `recorded`: its price stands in the resume file, else it is
    that of today's price list. `month`: in which it was sent, "unknown" where no time tells (UTC).
    """

    charge: Charge
    account: str
    sheet: str
    recorded: bool

    @property
    def month(self) -> str:
        at = self.charge.at
        return "unknown" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m")

    @property
    def kind(self) -> str:
        return self.charge.kind or "unknown"

    @property
    def currency(self) -> str:
        return self.charge.cost.currency if self.charge.cost else ""

    @property
    def is_range(self) -> bool:
        """It has finished, and its price is known no closer than as a range."""
        price = self.charge.cost.price if self.charge.cost and self.charge.end is End.MADE else Spread.nothing
        return price.low < price.high

    @property
    def bill(self) -> Bill:
        return Bill.of([self.charge], self.currency)


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What one month, kind, sheet or account comes to, in one currency.

    `made`: how many have finished, `cost`: what these cost by their real lengths. `open`: how many may still be
    charged, `at_most`: the most that may come on top. `unpriced`: how many of both have no known price; `by_list`: how
    many have one of today's price list, since earlier releases recorded none. `without_length`: how many are in `cost`
    with their estimate, since HeyGen gave no length; `ranges`: how many with the likely one of several prices.
    """

    name: str
    currency: str
    made: int
    cost: float
    open: int
    at_most: float
    unpriced: int
    by_list: int
    without_length: int
    ranges: int


@dataclass(frozen=True, kw_only=True)
class FolderCosts:
    """`files`: how many resume files were read; `skipped`: what is to be said of those that can't be."""

    folder: Path
    files: int
    skipped: Sequence[str]
    spent: Sequence[Spent]

    @cached_property
    def currency(self) -> str:
        """The one that most is recorded in."""
        return currency_of([each.charge for each in self.spent])

    @cached_property
    def total(self) -> list[Sum]:
        """All of it: one sum for each currency."""
        return self._sums("")

    def by(self, group: str) -> list[Sum]:
        """The sums of one of the `GROUPS`, by name; those in the main currency first."""
        return self._sums(group)

    def _sums(self, group: str) -> list[Sum]:
        if not self.spent:
            return []

        import pandas as pd

        frame = pd.DataFrame.from_records([self._record(each, group) for each in self.spent])
        sums = frame.groupby(["currency", "name"], sort=True).sum().reset_index()
        found = [
            Sum(
                name=str(line["name"]),
                currency=str(line["currency"]),
                cost=round(float(line["cost"]), 6),
                at_most=round(float(line["at_most"]), 6),
                **{name: int(line[name]) for name in _COUNTS},
            )
            for line in sums.to_dict("records")
        ]
        return sorted(found, key=lambda each: each.currency != self.currency)

    def _record(self, each: Spent, group: str) -> dict[str, object]:
        bill = each.bill
        return {
            "name": getattr(each, group) if group else "Total",
            "currency": each.currency or self.currency,
            "made": bill.made,
            "cost": bill.spent.likely,
            "open": bill.open,
            "at_most": bill.at_most,
            "unpriced": bill.unpriced,
            "by_list": int(not each.recorded and each.charge.cost is not None and each.charge.end is not End.NOTHING),
            "without_length": bill.unmeasured,
            "ranges": int(each.is_range),
        }

    @property
    def data(self) -> Mapping[str, object]:
        """As `--json` has it."""
        groups = {f"by_{group}": [asdict(each) for each in self.by(group)] for group in GROUPS}
        return {"total": [asdict(each) for each in self.total], **groups}


def folder_costs(folder: Path, prices: Prices, *, sandbox: bool = False) -> FolderCosts:
    """What the resume files in the folder, and beneath it, say was spent; `sandbox`: those of rehearsals instead.

    Raises `InputError` where there is no such folder.
    """
    if folder.is_file():
        raise InputError(f"{folder} is a file. Name the folder that it is in: bulkgen status --cost {folder.parent}")

    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}. Name the folder of your sheets: bulkgen status --cost FOLDER")

    found: dict[tuple[str, ...], Spent] = {}
    skipped, files = list[str](), 0
    for path in sorted(within(folder, sandbox=sandbox), key=lambda path: (len(path.name), path)):
        try:
            events = read_events(path)[0]
        except LedgerError as error:
            why = str(error).partition(". ")[0].rstrip(".")  # what follows is for a run
            for name in (str(path), path.name):
                why = why.removeprefix(f"{name} ")
            skipped.append(f"{path.relative_to(folder)} is left out: it {why.removeprefix('it ')}.")
            continue

        if _is_rehearsal(events) != sandbox:
            continue

        files += 1
        for key, spent in _spent(path.relative_to(folder), events, prices):
            found[key] = _both(found[key], spent) if key in found else spent
    ordered = sorted(found.values(), key=lambda each: (each.charge.at or 0.0, each.sheet, each.charge.row))
    return FolderCosts(folder=folder, files=files, skipped=skipped, spent=ordered)


def _spent(path: Path, events: Sequence[Event], prices: Prices) -> Iterator[tuple[tuple[str, ...], Spent]]:
    """The charges of one resume file, by what tells that another file has the same."""
    opened = next((event for event in events if event["event"] == "opened"), {})
    base, account = str(opened.get("base") or ""), str(opened.get("account") or "")
    charges = Spending("usd", events).charges
    for (wish, attempt), charge in zip(charges, priced(charges.values(), prices), strict=True):
        tab = f" [{charge.sheet}]" if charge.sheet else ""
        key = base, account, wish, str(attempt)  # an answer that is paid for is a charge beside that of its job
        sheet, recorded = f"{sheet_of(str(path))}{tab}", charges[wish, attempt].cost is not None
        yield key, Spent(charge=charge, account=account[:_HASH], sheet=sheet, recorded=recorded)


def _both(one: Spent, other: Spent) -> Spent:
    """One of two copies of an attempt, with what is known from both."""
    first, second = sorted((one, other), key=lambda each: _KNOWS.index(each.charge.end), reverse=True)
    price = first if first.recorded or not second.recorded else second
    times = [charge.at for charge in (first.charge, second.charge) if charge.at is not None]
    charge = replace(
        first.charge,
        cost=price.charge.cost,
        at=min(times, default=None),
        times=max(first.charge.times, second.charge.times),
    )
    return replace(one, charge=charge, recorded=price.recorded)


def _is_rehearsal(events: Iterable[Event]) -> bool:
    """Whether the sandbox wrote them: no host of its kind exists."""
    return any(str(event.get("base")).endswith(".invalid") for event in events if event["event"] == "opened")
