"""What a run may cost: what the call says and the check found, and what the person allows this server in all.

Amounts are US dollars. Invariant: no run gets a limit beyond the one that its call names, and what the recipe allows.
"""

from __future__ import annotations

from bulkgen.errors import InputError
from bulkgen.mcp.checks import Check
from bulkgen.model import plural
from bulkgen.pricing.money import money

#: What dollars are rounded by on their way.
ROUNDING = 1e-6


class Allowance:
    """What all runs of a server together may still spend; `limit`: None for no such limit."""

    def __init__(self, limit: float | None) -> None:
        self._limit = limit
        self._left = limit

    def confirm(self, amount: float) -> None:
        """Raises `InputError` where a run that may spend so much goes beyond it."""
        if self._limit is None or self._left is None or amount <= self._left + ROUNDING:
            return

        raise InputError(
            f"max_cost_usd is {money(amount, 'usd')}, and of the {money(self._limit, 'usd')} that the person allows "
            f"this server to spend (--max-cost) {money(max(0.0, self._left), 'usd')} is left. Nothing was started. "
            "Only the person can raise that limit, by starting the server with another one."
        )

    def spend(self, amount: float) -> None:
        """So much may be spent by a run now."""
        if self._left is not None:
            self._left -= amount

    def give_back(self, amount: float) -> None:
        """That run could not begin."""
        self.spend(-amount)


def confirm(allowance: Allowance, check: Check, videos: int, cap: float) -> None:
    """Raises `InputError` where the call does not repeat what was checked, or its limit can't be."""
    if videos != check.videos:
        raise InputError(
            f"videos is {videos:,}, and the plan has {check.videos:,} to make. Nothing was started. Show the person "
            "the count that check_sheet named."
        )

    if not videos:
        return

    if check.cost.currency != "usd":
        raise InputError(
            "This account pays in credits, and a limit in dollars can't be held there. Nothing was started. The person "
            "can run the sheet in a terminal: bulkgen run."
        )

    if check.unpriced:
        raise InputError(
            f"The price list has no price for {plural(check.unpriced, 'job')} of this plan, so no limit can be held. "
            "Nothing was started. The person can run the sheet in a terminal: bulkgen run."
        )

    likely = check.cost.likely or 0.0
    if _cents(cap) < likely:
        raise InputError(
            f"These {plural(videos, 'job')} are likely to cost {money(likely, 'usd')}, and max_cost_usd is "
            f"{money(_cents(cap), 'usd')} (whole cents count). Nothing was started. Ask the person for "
            "a higher limit, or check fewer rows."
        )

    allowance.confirm(cap)


def allowed(check: Check, cap: float) -> float:
    """What a run of the call may spend: what the recipe allows stays the most, for the interrupted runs too that it
    goes on with."""
    return cap if check.recipe_cap is None else max(0.0, min(cap, check.recipe_cap - check.spent_lately))


def of_run(check: Check, amount: float) -> float:
    """`--max-cost` of a run that may spend so much: with what interrupted runs spent, which this one goes on with."""
    return _cents(amount + check.spent_lately)


def _cents(amount: float) -> float:
    """In whole cents, rounded down: limits have no smaller ones."""
    return int((amount + ROUNDING) * 100) / 100
