"""The costs of a folder as a file: `bulkgen status --cost FOLDER -o cost.xlsx`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bulkgen.batch.ledger_costs import GROUPS, FolderCosts, Spent, Sum
from bulkgen.batch.new_file import write_new
from bulkgen.ledger.spending import End
from bulkgen.results.cost_book import Chart, CostTable, Value, is_unchanged, write_costs

_COST, _MORE = "Cost", "At most more"
_SUMS = ("Made", _COST, "Not finished", _MORE, "Of unknown price", "By today's prices", "Currency")

_JOBS = (
    *("Sent (UTC)", "Sheet", "Row", "row_id", "Kind", "State", "Seconds"),
    *(_COST, _MORE, "Currency", "Price", "Account"),
)

_ENDS = {End.MADE: "made", End.OPEN: "not finished", End.NOTHING: "failed, costs nothing"}


def save_costs(costs: FolderCosts, path: Path) -> None:
    """Writes the sums, each job behind them, and a chart by month; as a CSV the sums alone.

    Takes the place of a workbook that it wrote before, and that nobody has changed since. Raises `InputError` where
    that can't be, or another file is there already.
    """
    sums = {group: costs.by(group) for group in GROUPS}
    tables = [_of_sums(GROUPS[group], group.capitalize(), found, costs.total) for group, found in sums.items()]
    flat = CostTable(
        title="Cost",
        headers=("by", "name", *(name.casefold().replace(" ", "_").replace("'", "") for name in _SUMS)),
        lines=[(group, *_line(each)) for group, found in (*sums.items(), ("total", costs.total)) for each in found],
        money=(),
        currencies=(),
    )
    months = [each for each in sums["month"] if each.currency == costs.currency]
    unit = "US dollars" if costs.currency == "usd" else "credits"
    chart = Chart(title="Cost by month", header=_COST, unit=unit, lines=len(months))
    jobs = _of_jobs(costs.spent)
    write_new(path, lambda: write_costs(path, flat, [*tables, jobs], chart), ours=is_unchanged(path))


def _of_sums(title: str, name: str, sums: Sequence[Sum], total: Sequence[Sum]) -> CostTable:
    return CostTable(
        title=title,
        headers=(name, *_SUMS),
        lines=[_line(each) for each in (*sums, *total)],
        money=(_COST, _MORE),
        currencies=[each.currency for each in (*sums, *total)],
        total=len(total),
    )


def _line(each: Sum) -> tuple[Value, ...]:
    return (
        each.name,
        each.made,
        each.cost,
        each.open,
        each.at_most,
        each.unpriced,
        each.by_list,
        each.currency,
    )


def _of_jobs(spent: Sequence[Spent]) -> CostTable:
    return CostTable(
        title="Jobs",
        headers=_JOBS,
        lines=[_job_line(each) for each in spent],
        money=(_COST, _MORE),
        currencies=[each.currency for each in spent],
    )


def _job_line(each: Spent) -> tuple[Value, ...]:
    charge, bill = each.charge, each.bill
    at = "" if charge.at is None else datetime.fromtimestamp(charge.at, UTC).strftime("%Y-%m-%d %H:%M")
    price = "recorded" if each.recorded else "today's" if charge.cost else "unknown"
    if bill.unmeasured:
        price += ", length estimated"
    cost = round(bill.spent.likely, 6) if charge.cost and charge.end is End.MADE else None
    more = round(bill.at_most, 6) or None
    return (
        *(at, each.sheet, charge.row, charge.row_id, each.kind, _ENDS[charge.end], charge.duration),
        *(cost, more, each.currency, price, each.account),
    )
