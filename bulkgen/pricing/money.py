"""Amounts of money, as people read them. Pure."""

from __future__ import annotations

from bulkgen.pricing.spread import Spread


def money(amount: float, currency: str) -> str:
    """`$9.60`, `$0.004`, `1,200.0 credits`."""
    if currency != "usd":
        return f"{amount:,.1f} credits"

    return f"${amount:,.2f}" if amount >= 0.1 or amount == 0 else f"${amount:.2g}"


def money_range(spread: Spread, currency: str) -> str:
    """`about $9.60 ($7.20–$13.10)`; `$7.00` for what is known exactly."""
    if spread.low == spread.high:
        return money(spread.likely, currency)

    return f"about {money(spread.likely, currency)} ({money(spread.low, currency)}–{money(spread.high, currency)})"
