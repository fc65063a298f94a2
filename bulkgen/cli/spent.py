"""What was spent, and what a cap on the cost left unmade, as a person reads it. Pure: values in, text out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bulkgen.batch.bill import Bill
from bulkgen.batch.outcome import Ran
from bulkgen.batch.shortfall import Shortfall
from bulkgen.cli.options import Again
from bulkgen.cli.units import unit_of
from bulkgen.cli.wrapping import kept
from bulkgen.errors import CapReached
from bulkgen.model import Job, listed, plural
from bulkgen.pricing.money import money, money_range

#: The balance may differ by so much from what jobs should have cost before that is worth a word: the share, and money.
_FAR, _MUCH = 0.2, 0.5

#: How many rows are named.
_ROWS = 10


def report_run_bill(ran: Ran) -> list[str]:
    """What a run has spent, beside what was estimated, and beside what the balance says."""
    bill, sandbox = ran.bill, ran.planned.judged.opened.settings.sandbox
    lines = report_bill(bill, "Cost, were this real" if sandbox else "Cost", compared=True)
    if ran.balance_fell is None or ran.balance_fell < 0:  # filled up meanwhile
        return lines

    fell = f"{'The pretend' if sandbox else 'Your'} balance went down by {money(ran.balance_fell, bill.currency)}"
    low, high = bill.spent.low, bill.spent.high
    off = max(low - ran.balance_fell, ran.balance_fell - high)
    if off <= _MUCH or off <= _FAR * bill.spent.likely:
        return [*lines, f"{fell}."]

    return [
        *lines,
        f"{fell} meanwhile, which is not what this should have cost. Others may use the "
        "account, or the price list may no longer hold: --prices FILE takes another.",
    ]


def report_bill(bill: Bill, title: str, *, compared: bool = False) -> list[str]:
    """`Cost: $9.41 by real lengths (estimated $7.20–$13.10).` And what is still open, and what is in no sum; [] where
    nothing was sent.

    `compared`: with what was estimated.
    """
    lines = []
    if bill.spent.high > 0:
        real, estimated = money_range(bill.spent, bill.currency), bill.estimated
        ends = list(dict.fromkeys(money(end, bill.currency) for end in (estimated.low, estimated.high)))
        beside = f" (estimated {'–'.join(ends)})" if compared else f" for {bill.made:,} finished"
        how = " by real lengths" if bill.by_length else ""
        lines.append(f"{title}: {real}{how}{beside}{_unmeasured(bill)}.")
    if bill.at_most > 0:
        what = f"for {bill.open:,} not finished" if bill.open else "for what was asked for again after lost answers"
        more = " more" if lines else ""
        lines.append(
            f"{'' if lines else f'{title}: '}Up to {money(bill.at_most, bill.currency)}{more} may be charged {what}."
        )
    if bill.unpriced:
        jobs = f"{plural(bill.unpriced, 'job')} of unknown price"
        lines.append(
            f"{jobs} {'is' if bill.unpriced == 1 else 'are'} not in it." if lines else f"{title}: not known ({jobs})."
        )
    lines += [_elsewhere(other) for other in bill.others if other.made or other.open]
    return [" ".join(lines)] if lines else []


def _unmeasured(bill: Bill) -> str:
    """What of the cost is an estimate."""
    if not bill.unmeasured:
        return ""

    some = "" if bill.unmeasured == bill.made else f"{bill.unmeasured:,} of them "
    return f", {some}estimated, since HeyGen gave no length"


def _elsewhere(other: Bill) -> str:
    """`2 jobs were paid in credits (2.1 credits) and are not in it.`"""
    amounts = [money(other.spent.likely, other.currency)] if other.made else []
    if other.at_most > 0:
        amounts.append(f"up to {money(other.at_most, other.currency)}{' more' if amounts else ''}")
    jobs, what = other.made + other.open, "dollars" if other.currency == "usd" else "credits"
    were, are = ("was", "is") if jobs == 1 else ("were", "are")
    paid = f"{were} paid" if other.made else "may be charged"
    return f"{plural(jobs, 'job')} {paid} in {what} ({', '.join(amounts)}) and {are} not in it."


def report_stop_at_cap(ran: Ran) -> str:
    """Which cap a run came to, and how far it got."""
    currency, stopped_by, cap = ran.spending.currency, ran.stopped_by, ran.caps.tightest
    if cap is None or (isinstance(stopped_by, CapReached) and stopped_by.needed is None):
        cause = f"{stopped_by}"
    else:
        cause = f"the next job could pass {kept(f'{cap.option} {money(cap.amount, currency)}')}"
        before = next(each.spent for each in ran.planned.caps.set if each.option == cap.option)
        if before > 0:
            cause += f", of which earlier runs had taken up to {money(before, currency)}"
        counted = ran.spending.ever if cap.option == "--max-cost-total" else ran.spending.lately
        if counted.failed:
            failed = money(counted.failed, currency)
            cause += f", and attempts that failed count as {failed}, though HeyGen most likely did not charge them"
    return f"Stopped: {cause}. Sent: {ran.sent:,} of {plural(len(ran.planned.plan.send), 'job')}."


def report_shortfall(left: Shortfall) -> list[str]:
    """What is left unmade for its cost, and what that would cost."""
    told = (("Left", left.capped), ("Left out by --max-cost-per-row", left.too_costly))
    return [f"{title}: {_report_left(left, jobs)}." for title, jobs in told if jobs]


def _report_left(left: Shortfall, jobs: Sequence[Job]) -> str:
    unpriced, assumed = left.unpriced(jobs), [job for job in jobs if left.costs.by_job[job.fingerprint].why]
    count = plural(len(jobs), unit_of(job.kind for job in jobs))
    rows = f" ({_rows(jobs)})" if len(jobs) <= _ROWS else ""
    cost = money_range(left.of(jobs), left.costs.currency)
    told = f"{count}{rows}, which would cost {cost}" if len(unpriced) < len(jobs) else f"{count}{rows}"
    if unpriced:
        return f"{told}; nobody knows the price of {_rows(unpriced)}"

    if not assumed:
        return told

    whys = listed(list(dict.fromkeys(left.costs.by_job[job.fingerprint].why for job in assumed)), 3)
    each = "all of them" if len(assumed) == len(jobs) else _rows(assumed)
    return f"{told}; {each} with a length that is assumed ({whys})"


def _rows(jobs: Collection[Job]) -> str:
    rows = list(dict.fromkeys(job.row for job in jobs))
    return f"{'row' if len(rows) == 1 else 'rows'} {listed([f'{row:,}' for row in rows], _ROWS)}"


def next_with_caps(left: Shortfall, again: Again, sources: Collection[str]) -> str:
    """What to type to make what is left."""
    both = [*left.capped, *left.too_costly]
    if left.unpriced(both):
        return f"Next: {again.run} without a cap, or with a price for what is left: --prices FILE"

    caps: Mapping[str, str] = {name: f"{cap:g}" for name, cap in left.caps.items()}
    makes = "makes the other job" if len(both) == 1 else f"makes the other {len(both):,} jobs"
    sheet = next((source for source in sources if source.startswith("the sheet ")), "")
    lower = f"; a cap that stands in {sheet} has to be raised there" if sheet and caps else ""
    return f"Next: {again.run_with(caps)}   ({makes}{lower})"
