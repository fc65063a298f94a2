"""Amounts as programs read them, under the names that `--json` has. Pure."""

from __future__ import annotations

from bulkgen.batch.bill import Bill
from bulkgen.batch.costs import Costs
from bulkgen.pricing.spread import Spread

Data = dict[str, object]


def cost_data(costs: Costs) -> Data:
    """What is to be sent: the sum of what is known, how many jobs have no known cost, and what those of an unknown
    length come to at an assumed one."""
    unknown = sum(costs.unknown.values())
    return {
        **spread_data(None if unknown and unknown == len(costs.by_job) else costs.total),
        "currency": costs.currency,
        "unknown": unknown,
        "assumed": spread_data(costs.assumed) if costs.assumed.high else None,
    }


def bill_data(bill: Bill) -> Data:
    """What was spent: on what has finished, by its real length; and what may come on top at most."""
    return {
        **_sums(bill),
        "unpriced": bill.unpriced,
        "without_length": bill.unmeasured,
        "others": [{"currency": each.currency, "jobs": each.made + each.open, **_sums(each)} for each in bill.others],
    }


def _sums(bill: Bill) -> Data:
    return {"spent": round(bill.spent.likely, 6), "open": round(bill.at_most, 6)}


def spread_data(spread: Spread | None) -> Data:
    """An amount, or seconds, by its ends; null each for what nobody knows."""
    if spread is None:
        return dict.fromkeys(("low", "likely", "high"))

    return {"low": round(spread.low, 6), "likely": round(spread.likely, 6), "high": round(spread.high, 6)}
