"""Cheaper ways to make the same rows, as far as their requests and the price list tell. Pure.

Never takes one: what is found is told, and the person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import Column
from bulkgen.model import Job, Value
from bulkgen.pricing.prices import Prices, Tariff, told_of

#: What is not worth a word: less than this (in either currency), or than this share of what the jobs cost.
_LEAST, _SHARE = 1.0, 0.1

#: What a request says of a job that changes nothing of what is made.
_NAMES = {"title", "folder_id", "callback_id", "callback_url"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cheaper:
    """Another word in a column, that of a price: `avatar_iii` in the column `engine`, in place of `avatar_iv`.

    `saving`: what that likely saves on all these jobs together, in the currency of the prices.
    """

    kind: str
    #: As the price list calls it, and as the sheet does.
    name: str
    column: str
    now: tuple[str, ...]
    instead: str
    jobs: tuple[Job, ...]
    saving: float


def cheaper_ways(
    jobs: Iterable[Job],
    likely: Mapping[str, float],
    prices: Prices,
    currency: str,
    types: Mapping[str, str] = MappingProxyType({}),
) -> list[Cheaper]:
    """The best other word of each column, what saves most first.

    `likely`: what the jobs are likely to cost, by fingerprint, as far as that is known; the others are not counted.
    `types`: of the account's things, by id.
    """
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[Job]] = defaultdict(list)
    for job in jobs:
        if likely.get(job.fingerprint):
            groups[job.kind, tuple(told_of(job.kind, job.request, types).items())].append(job)

    found: dict[tuple[str, Column, str, str], list[tuple[str, float, list[Job]]]] = defaultdict(list)
    for (kind, told), members in groups.items():
        now = _likely(prices.tariff(kind, dict(told)), currency)
        for name, word in told:
            column = _column(kind, name)
            for other in _words(prices, kind, name) if column else ():
                then = _likely(prices.tariff(kind, {**dict(told), name: other}), currency)
                if column and now and then is not None and then < now:
                    found[kind, column, name, other].append((word, 1 - then / now, members))

    ways = (_way(*key, parts, likely) for key, parts in found.items())
    best: dict[tuple[str, str], Cheaper] = {}
    for way in sorted(filter(None, ways), key=lambda way: -way.saving):
        best.setdefault((way.kind, way.name), way)
    return [*best.values()]


def _way(
    kind: str,
    column: Column,
    name: str,
    other: str,
    parts: Sequence[tuple[str, float, list[Job]]],
    likely: Mapping[str, float],
) -> Cheaper | None:
    """What the word saves on the jobs that can have it; None where that is not worth telling."""
    jobs, now, saving, costing = list[Job](), dict[str, None](), 0.0, 0.0
    for word, share, members in parts:
        able = [job for job in members if _can_have(job, column, other)]
        amount = sum(likely[job.fingerprint] for job in able)
        if able:
            now[word] = None
        jobs += able
        costing += amount
        saving += share * amount
    if saving < max(_LEAST, _SHARE * costing):
        return None

    called = min(column.names, key=len)
    return Cheaper(kind=kind, name=name, column=called, now=tuple(now), instead=other, jobs=tuple(jobs), saving=saving)


def copies(jobs: Iterable[Job]) -> list[list[Job]]:
    """The jobs that ask for exactly the same, and are made one by one all the same: two or more each."""
    groups: dict[tuple[str, str], list[Job]] = defaultdict(list)
    for job in jobs:
        groups[job.path, job.request.model_dump_json(exclude=_NAMES, exclude_unset=True)].append(job)
    return [group for group in groups.values() if len(group) > 1]


@cache
def _column(kind: str, name: str) -> Column | None:
    """The column in which a row says what the price list calls so; None where none says just that."""
    return next((column for column in KINDS[kind].columns if name in column.names), None)


def _words(prices: Prices, kind: str, name: str) -> list[str]:
    return sorted({word for entry in prices.entries if entry.kind == kind for word in entry.when.get(name, ())})


def _likely(tariff: Tariff | None, currency: str) -> float | None:
    price = tariff.price(currency) if tariff else None
    return price.likely if price else None


def _can_have(job: Job, column: Column, word: str) -> bool:
    """Whether the row would still be right with this word, as far as the kind itself can tell."""
    kind = KINDS[job.kind]
    asked = job.request.model_dump(exclude_unset=True)
    values = {each.name: value for each in kind.columns if (value := _at(asked, each.place)) is not None}
    return not any(kind.check({**values, column.name: word}))


def _at(asked: object, place: Sequence[str]) -> Value | None:
    for step in place:
        asked = asked.get(step) if isinstance(asked, Mapping) else None
    return asked if isinstance(asked, str | int | float | bool) else None
