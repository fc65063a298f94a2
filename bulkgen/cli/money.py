"""What a plan costs, as a person reads it. Pure: values in, text out."""

from __future__ import annotations

from bulkgen.batch.costs import Costs
from bulkgen.batch.judged import Asked
from bulkgen.batch.planned import Planned
from bulkgen.model import plural
from bulkgen.pricing.money import money, money_range


def report_costs(planned: Planned) -> list[str]:
    """`Cost: about $9.60 ($7.20–$13.10), at the prices of 7 September 2026`, and what is not in it."""
    costs, day = planned.costs, planned.judged.opened.prices.day
    known = len(costs.by_job) - sum(costs.unknown.values())
    lines = []
    if known:
        taught = f" and {plural(costs.learned, 'finished job')} of yours" if costs.learned else ""
        lines.append(f"Cost: {money_range(costs.total, costs.currency)}, estimated by the prices of {day}{taught}")
    lines += [f"  {count:>6,}  of unknown cost: {why}" for why, count in costs.unknown.items()]
    return lines


def cost_in_words(costs: Costs) -> str:
    """`for about $9.60 ($7.20–$13.10)`, as far as it is known."""
    unknown = sum(costs.unknown.values())
    if unknown == len(costs.by_job):
        return "at a cost that is not known beforehand"

    more = f", and {unknown:,} of them at a cost that is not known beforehand" if unknown else ""
    return f"for {money_range(costs.total, costs.currency)}{more}"


def money_left(planned: Planned) -> str:
    """What of the balance will likely be left, `about $990.40`; "" where that can't be told."""
    asked, costs = planned.judged.asked, planned.costs
    amount = asked.me.amount if isinstance(asked, Asked) else None
    if amount is None or not costs.by_job or costs.unknown:
        return ""

    left = amount - costs.total.likely
    return f"about {money(left, costs.currency)}" if left >= 0 else "nothing"
