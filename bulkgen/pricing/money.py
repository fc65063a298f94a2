"""Amounts of money, as people read them. Pure."""

from __future__ import annotations

import math

from bulkgen.pricing.spread import Spread

#: From this amount on an estimate is told without cents.
_WHOLE = 20.0


def money(amount: float, currency: str) -> str:
    """`$9.60`, `$0.004`, `-$3.00`, `1,200.0 credits`."""
    if amount < 0:
        return f"-{money(-amount, currency)}"

    if currency != "usd":
        return f"{amount:,.1f} credits"

    return f"${amount:,.2f}" if amount >= 0.1 or amount == 0 else f"${amount:.2g}"


def rough(amount: float, currency: str) -> str:
    """`about $7,390`, `about $3.10`: a large estimate has no cents."""
    whole = currency == "usd" and amount >= _WHOLE
    return f"about ${amount:,.0f}" if whole else f"about {money(amount, currency)}"


def money_range(spread: Spread, currency: str) -> str:
    """`about $9.60 ($7.20–$13.10)`; `about $7.00` where both ends read the same, `$7.00` for what is known exactly."""
    likely, low, high = (money(end, currency) for end in (spread.likely, spread.low, spread.high))
    if spread.low == spread.high:
        return likely

    return f"about {likely}" if low == high else f"about {likely} ({low}–{high})"


def from_to(spread: Spread, currency: str) -> str:
    """`about $95–130`, `about $0.75–8.02`, `about 12–18 credits`; `$7.00` for what is known exactly.

    Whole amounts are rounded outwards, so that the range is never narrower than it is.
    """
    if money(spread.low, currency) == money(spread.high, currency):
        return money(spread.high, currency)

    if spread.high >= _WHOLE:
        low, high = f"{math.floor(spread.low):,}", f"{math.ceil(spread.high):,}"
    else:
        low, high = (_bare(amount, currency) for amount in (spread.low, spread.high))
    return f"about ${low}–{high}" if currency == "usd" else f"about {low}–{high} credits"


def _bare(amount: float, currency: str) -> str:
    return money(amount, currency).removeprefix("$").removesuffix(" credits")
