"""What pays for a plan, how far it goes, and where the person has set an end to it. Pure: values in, text out."""

from __future__ import annotations

from bulkgen.batch.caps import Cap
from bulkgen.batch.outlook import Outlook
from bulkgen.batch.planned import Planned
from bulkgen.batch.settings import flag_of
from bulkgen.cli.units import unit_of
from bulkgen.heygen.me import Me, Pool
from bulkgen.model import plural
from bulkgen.pricing.money import money
from bulkgen.pricing.reach import Reach

#: From this share of it on the account's spending cap is near.
_NEAR = 0.8


def report_purse(planned: Planned) -> list[str]:
    """The limits, the balance with what will be left of it, and where it ends."""
    outlook = planned.outlook
    lines = [_cap(planned, cap) for cap in outlook.caps.set] if planned.plan.send else []
    if planned.balance:
        lines.append(f"Balance: {planned.balance}{_pool(outlook.me)}{_left(outlook)}")
    return [*lines, *report_shortage(planned)] if planned.plan.send else lines


def report_shortage(planned: Planned) -> list[str]:
    """Where the balance, or the account's spending cap at HeyGen, ends before the plan does."""
    outlook = planned.outlook
    me, jobs = outlook.me, [job.kind for job in planned.plan.send]
    if me is None:
        return []

    lines = []
    if outlook.reach and me.reload:
        lines.append(
            f"The balance ends {_after(outlook.reach, jobs)}, and does not stop the run: auto-reload is on, so HeyGen "
            f"charges your card{_reload(me)}.{'' if outlook.caps.set else ' --max-cost sets a limit.'}"
        )
    elif outlook.reach:
        sandbox = planned.judged.opened.settings.sandbox
        advice = "" if sandbox else " Top it up at HeyGen; or run as it is, and once more when there is credit again."
        lines.append(
            f"The balance {_will(outlook.reach, jobs)} suffice: it ends {_after(outlook.reach, jobs)}.{advice}"
        )
    if outlook.reach_of_room and outlook.room is not None:
        lines.append(
            f"The account's spending cap at HeyGen {_will(outlook.reach_of_room, jobs)} suffice: {_limit(me)}, and it "
            f"is reached {_after(outlook.reach_of_room, jobs)}."
        )
    elif outlook.room is not None and (me.spent or 0.0) + outlook.total.high >= _NEAR * (me.spending_cap or 0.0):
        lines.append(f"The account's spending cap at HeyGen is near: {_limit(me)}.")
    return lines


def _cap(planned: Planned, cap: Cap) -> str:
    """`Limit: $38.00 left of --max-cost $50.00 (…): surely enough for the first 85 of 222`."""
    outlook, lowered = planned.outlook, {flag_of(name) for name in planned.judged.opened.lowered}
    currency, jobs = outlook.costs.currency, outlook.charged
    named = f"{cap.option} {money(cap.amount, currency)}{' (from the sheet Settings)' if cap.option in lowered else ''}"
    fits, left = outlook.fitting, max(0.0, cap.left)
    if cap.spent <= 0:
        told = named
    else:
        earlier = "an interrupted run" if cap.option == "--max-cost" else "earlier runs"
        told = (
            f"{money(left, currency) if left else 'nothing'} left of {named}, for {earlier} spent up to "
            f"{money(cap.spent, currency)}"
        )
    if cap != outlook.caps.tightest or outlook.unpriced:
        return f"Limit: {told}"

    if outlook.nothing_fits:
        enough = "not enough for the next one, so nothing is sent"
    elif fits == len(jobs):
        enough = "enough for all"
    else:
        enough = f"surely enough for {_first(fits)} of {len(jobs):,}"
    return f"Limit: {told}: {enough}"


def _first(count: int) -> str:
    if count < 2:
        return "the first" if count else "none"

    return f"the first {count:,}"


def _pool(me: Me | None) -> str:
    """What the balance is of: the pool that pays."""
    match me.pool if me else Pool.UNKNOWN:
        case Pool.WALLET:
            return " in the wallet"
        case Pool.PLAN:
            return f" of the plan{f' {me.plan}' if me and me.plan else ''}"
        case Pool.USAGE:
            return " of the account's usage"
        case _:
            return ""


def _left(outlook: Outlook) -> str:
    """What will likely be left; nothing is reckoned between credits and dollars. "" where nothing is sent."""
    left, currency = outlook.left, outlook.costs.currency
    if outlook.nothing_fits:
        return ""

    if left is not None:
        return f", {f'about {money(left, currency)}' if left else 'nothing'} left after this"

    me = outlook.me
    if outlook.costs.by_job and outlook.balance is None and me and me.amount is not None and currency == "usd":
        return "; what is left after this can't be told, as prices are in dollars"

    return ""


def _will(reach: Reach, jobs: list[str]) -> str:
    return "will not" if reach.likely < len(jobs) else "may not"


def _after(reach: Reach, jobs: list[str]) -> str:
    """`after about 61 of 222 videos (at worst after 45)`."""
    of = f"of {plural(len(jobs), unit_of(jobs))}"
    if reach.likely == len(jobs):
        return f"at worst after {reach.worst:,} {of}"

    worst = "" if reach.worst == reach.likely else f" (at worst after {reach.worst:,})"
    return f"after about {reach.likely:,} {of}{worst}" if reach.likely else f"before the first {of}{worst}"


def _reload(me: Me) -> str:
    assert me.reload
    amount, below = me.reload.amount, me.reload.below
    told = "" if amount is None else f" {money(amount, 'usd')}"
    return told if below is None else f"{told} whenever less than {money(below, 'usd')} is left"


def _limit(me: Me) -> str:
    return f"{money(me.spent or 0.0, 'usd')} of {money(me.spending_cap or 0.0, 'usd')} is spent"
