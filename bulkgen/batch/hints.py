"""Cheaper ways to what a plan makes, as hints to the person. Pure.

None is ever taken by itself: it would be another video than the one that was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bulkgen.batch.costs import Costs
from bulkgen.batch.plan import Plan
from bulkgen.batch.settings import Settings
from bulkgen.kinds import KINDS
from bulkgen.ledger.steps import Step
from bulkgen.model import listed, plural
from bulkgen.pricing.cheaper import Cheaper, cheaper_ways, copies
from bulkgen.pricing.money import rough
from bulkgen.pricing.prices import Prices

#: So many are told at most.
MOST = 3

#: With more jobs than this, or a likely cost above this (in either currency), one is worth a try first.
TRY_JOBS, TRY_COST = 20, 20.0

#: What is known of the other way beside its price, by what the price list calls it.
_BUT = {
    "engine": "It looks different, and not every avatar can do it.",
    "mode": "The lips may fit less well.",
    "resolution": "The picture is less sharp.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """`code`: a word for programs. `saving`: in the currency of the costs; None where it is not about a price."""

    code: str
    text: str
    saving: float | None = None


def hints_of(
    plan: Plan, costs: Costs, prices: Prices, types: Mapping[str, str], settings: Settings
) -> tuple[Hint, ...]:
    """That a row may be tried first, and the hints that are worth most. `types`: of the account's things, by id."""
    known = {key: estimate.known for key, estimate in costs.by_job.items()}
    likely = {key: amount.likely for key, amount in known.items() if amount is not None}
    ways = cheaper_ways(plan.send, likely, prices, costs.currency, types)
    cheaper = [*_copies(plan, likely, costs.currency), *(_cheaper(way, plan, costs.currency) for way in ways)]
    first = [*_test(plan, likely, settings, costs.currency)]
    cheaper.sort(key=lambda hint: -(hint.saving or 0.0))
    return (*first, *cheaper[: MOST - len(first)])


def _cheaper(way: Cheaper, plan: Plan, currency: str) -> Hint:
    done = any(job.kind == way.kind for job in plan.at(Step.COLLECT))
    careful = (
        " Leave the rows that are done as they are: a row that is changed is made, and paid, again." if done else ""
    )
    return Hint(
        code=f"cheaper_{way.name}",
        text=f"{way.instead} instead of {listed(way.now)} in the column {way.column} would save "
        f"{rough(way.saving, currency)} on {plural(len(way.jobs), KINDS[way.kind].noun)}. "
        f"{_BUT.get(way.name, 'It may look different.')}{careful}",
        saving=way.saving,
    )


def _copies(plan: Plan, likely: dict[str, float], currency: str) -> Iterator[Hint]:
    groups = copies(plan.send)
    more = sum(len(group) - 1 for group in groups)
    saving = sum(likely.get(job.fingerprint, 0.0) for group in groups for job in group[1:])
    if more:
        about = f", for {rough(saving, currency)}" if saving else ""
        yield Hint(
            code="identical",
            text=f"{plural(more, 'job')} {'asks' if more == 1 else 'ask'} for exactly what another row asks for, and "
            f"{'is' if more == 1 else 'are'} made separately{about}, because the column copy differs. Without it "
            "each is made once and shown on all its rows.",
            saving=saving,
        )


def _test(plan: Plan, likely: dict[str, float], settings: Settings, currency: str) -> Iterator[Hint]:
    """Where much is to be made and nothing of the sheet was made before."""
    sent, cost = len(plan.send), sum(likely.values())
    made = plan.gone or plan.replaced or plan.again or plan.at(Step.COLLECT) or plan.at(Step.FOLLOW)
    if settings.test is not None or made or sent < 2 or (sent <= TRY_JOBS and cost <= TRY_COST):
        return

    about = f" for {rough(cost / len(likely), currency)}" if likely else ""
    yield Hint(code="test_first", text=f"--test makes one row first{about}, the riskiest, and shows you its link.")
