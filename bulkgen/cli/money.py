"""What a plan costs and how long it takes, as a person reads it. Pure: values in, text out."""

from __future__ import annotations

from collections.abc import Iterator

from bulkgen.batch.costs import Costs
from bulkgen.batch.outlook import Outlook, Unknown
from bulkgen.batch.planned import Planned
from bulkgen.cli.units import report_rows, unit_of
from bulkgen.kinds import KINDS
from bulkgen.model import lasting, plural
from bulkgen.pricing.money import from_to, money, money_range
from bulkgen.pricing.spread import Spread


def report_cost(planned: Planned) -> list[str]:
    """`Cost: about $9.60 ($7.20–$13.10), estimated by the prices of 7 September 2026`, and what of it rests on assumed
    lengths; [] where nothing has a price."""
    costs, day = planned.costs, planned.judged.opened.prices.day
    assumed, unpriced = _assumed_jobs(costs), _unpriced_jobs(costs)
    priced = len(costs.by_job) - unpriced
    if not priced:
        return []

    taught = f" and {plural(costs.learned, 'finished job')} of yours" if costs.learned else ""
    rests = ""
    if assumed:
        part = from_to(costs.assumed, costs.currency)
        noun = _assumed_noun(costs)
        rests = f"; {_assumption(costs)}" if assumed == priced else f"; {part} of it for {assumed:,} of assumed {noun}"
    if unpriced:
        rests += f"; {unpriced:,} without a price {'is' if unpriced == 1 else 'are'} not in it"
    total = money_range(costs.total + costs.assumed, costs.currency)
    return [f"Cost: {total}, estimated by the prices of {day}{taught}{rests}"]


def report_details(planned: Planned) -> list[str]:
    """What the cost is made of, what is not known of it, and how long it takes."""
    outlook = planned.outlook
    lines = [*(_kinds(outlook) if len(outlook.kinds) > 1 else ()), *_unknown(outlook)]
    if not planned.judged.opened.settings.no_wait:
        lines.append(_time(planned))
    if outlook.most_expensive:
        lines.append(f"Most expensive: {_most_expensive(outlook)}")
    return lines


def question(planned: Planned) -> str:
    """`Make 222 videos for about $95–130 of your $999.50?`"""
    return f"Make {_made_for(planned)}?{_balance(planned)}"


def announcement(planned: Planned) -> str:
    """The same for whom nobody asks: `This makes 222 videos for about $95–130 of your $999.50.`"""
    return f"This makes {_made_for(planned)}.{_balance(planned)}"


def _made_for(planned: Planned) -> str:
    """`222 videos for about $95–130 of your $999.50`, `as many of 222 videos as fit into $50.00 (--max-cost)`."""
    outlook, plan = planned.outlook, planned.plan
    cap, currency = outlook.caps.tightest, outlook.costs.currency
    of = "" if outlook.balance is None or _balance(planned) else f" of your {planned.balance}"
    many = plural(len(plan.send), unit_of(job.kind for job in plan.send))
    if cap and (outlook.unpriced or outlook.total.high > cap.left):
        return f"as many of {many} as fit into {money(max(0.0, cap.left), currency)} ({cap.option}){of}"

    parts = _parts(outlook.costs)
    told = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and {parts[-1]}"
    return f"{many} {told}{',' if of and len(parts) > 1 else ''}{of}"


def _parts(costs: Costs) -> list[str]:
    """What is known of the cost, what rests on assumed lengths, and what has no price: as far as there is such."""
    assumed, unpriced = _assumed_jobs(costs), _unpriced_jobs(costs)
    if unpriced == len(costs.by_job):
        return [f"at a cost that is not known, since {'it has' if unpriced == 1 else 'they have'} no price"]

    parts = []
    if len(costs.by_job) > assumed + unpriced:
        parts.append(f"for {from_to(costs.total, costs.currency)}")
        if assumed:
            more, noun = from_to(costs.assumed, costs.currency), _assumed_noun(costs)
            parts.append(f"{more} more for {assumed:,} of unknown {noun}")
    else:
        parts.append(f"for {from_to(costs.assumed, costs.currency)} ({_assumption(costs)})")
    return [*parts, f"{unpriced:,} of them without a price"] if unpriced else parts


def _balance(planned: Planned) -> str:
    """` Your balance is $5.00.`, where that can't suffice, or nobody can say whether it does."""
    outlook, cap = planned.outlook, planned.outlook.caps.left
    least = outlook.total.low if cap is None else min(outlook.total.low, cap)
    unknown = cap is None and len(outlook.unpriced) == len(outlook.costs.by_job)
    short = outlook.balance is not None and (outlook.balance < least or unknown)
    return f" Your balance is {planned.balance}." if short else ""


def _assumed_jobs(costs: Costs) -> int:
    """How many count with an assumed length."""
    return sum(bool(estimate.why) and estimate.cost is not None for estimate in costs.by_job.values())


def _unpriced_jobs(costs: Costs) -> int:
    return sum(estimate.cost is None for estimate in costs.by_job.values())


def _assumed_noun(costs: Costs) -> str:
    """What is not known of those that count with an assumption."""
    several = {each.cost.items is not None for each in costs.by_job.values() if each.why and each.cost is not None}
    return "length" if several == {False} else "number of results" if several == {True} else "length or number"


def _assumption(costs: Costs) -> str:
    noun, one = _assumed_noun(costs), _assumed_jobs(costs) == 1
    if noun == "length":
        return "its length is assumed" if one else "their lengths are assumed"

    return f"{'its' if one else 'their'} {noun} is assumed"


def _kinds(outlook: Outlook) -> Iterator[str]:
    for each in outlook.kinds:
        noun = KINDS[each.kind].noun
        known = each.jobs - each.unknown
        if known:
            told = money_range(each.amount, outlook.costs.currency)
            yield f"  {known:>6,}  {noun if known == 1 else plural(2, noun)[2:]}: {told}"


def _most_expensive(outlook: Outlook) -> str:
    """`row 14 ($3.10), row 7 ($2.95)`; rows of one amount together."""
    amounts: dict[str, list[int]] = {}
    for row, amount in outlook.most_expensive:
        amounts.setdefault(money(amount, outlook.costs.currency), []).append(row)
    return ", ".join(
        f"{report_rows(rows)} ({amount}{' each' if len(rows) > 1 else ''})" for amount, rows in amounts.items()
    )


def _unknown(outlook: Outlook) -> Iterator[str]:
    for each in outlook.unknown:
        rows = report_rows(job.row for job in each.jobs)
        yield f"  {len(each.jobs):>6,}  of unknown cost ({rows}): {each.why}{_assumed(each, outlook)}"


def _assumed(unknown: Unknown, outlook: Outlook) -> str:
    """`. Taken for 30 s–15 min, up to $29.97 each`: what stands for it where a cap is held; so of numbers."""
    if unknown.most is None:
        return ""

    seconds, most = unknown.most.seconds, money(unknown.most.amount.high, outlook.costs.currency)
    each = " each" if len(unknown.jobs) > 1 else ""
    if items := unknown.most.items:
        return f". Taken for {items.low:g}–{items.high:g} results, likely {items.likely:g}, up to {most}{each}"

    return f". Taken for {lasting(seconds.low)}–{lasting(seconds.high)}, up to {most}{each}"


def _time(planned: Planned) -> str:
    """`Time: about 2 h 40 min (1 h 50 min–4 h), 10 at once, by 12 finished jobs of yours`."""
    outlook, time = planned.outlook, planned.outlook.time
    told = f"about {lasting(time.likely)}{_between(time)}"
    if planned.judged.opened.settings.sandbox:
        return f"Time: {told} if it were real, {outlook.slots:,} at once; assumed"

    seen = outlook.renders_seen
    by = f", by {plural(seen, 'finished job')} of yours" if seen else "; assumed (none of yours seen yet)"
    return f"Time: {told}, {outlook.slots:,} at once{by}"


def _between(time: Spread) -> str:
    low, high = lasting(time.low), lasting(time.high)
    return "" if low == high else f" ({low}–{high})"
