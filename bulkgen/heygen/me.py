"""Who a key belongs to and what pays for its jobs: the answer of `users/me`, read. No network here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Pool(StrEnum):
    """What pays for the jobs of a key."""

    WALLET = "wallet"
    PLAN = "plan credits"
    USAGE = "usage"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who the key belongs to: `account` is a hash for the resume file, `balance` says in words what is left.

    Whatever HeyGen does not name is ""; `amount` is None then. `currency`: `usd` or `credits`.
    """

    account: str
    balance: str = ""
    username: str = ""
    email: str = ""
    name: str = ""
    pool: Pool = Pool.UNKNOWN
    plan: str = ""
    amount: float | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class _Purse:
    pool: Pool = Pool.UNKNOWN
    amount: float | None = None
    currency: str = ""

    @property
    def words(self) -> str:
        if self.amount is None:
            return ""

        if self.currency == "usd":
            return f"${self.amount:,.2f}"

        return f"{self.amount:,.{0 if self.pool is Pool.PLAN else 1}f} credits"


def read_me(data: Mapping[str, object]) -> Me:
    """`data`: that of the answer; every field may be missing or null."""
    who = str(data.get("username") or data.get("email") or "")  # as recorded ever since: not tidied up
    subscription = data.get("subscription")
    purse = _purse(data)
    return Me(
        account=hashlib.sha256(f"heygen:{who}".encode()).hexdigest()[:16],
        balance=purse.words,
        username=_text(data.get("username")),
        email=_text(data.get("email")),
        name=" ".join(part for part in (_text(data.get("first_name")), _text(data.get("last_name"))) if part),
        pool=purse.pool,
        plan=_text(subscription.get("plan")) if isinstance(subscription, Mapping) else "",
        amount=purse.amount,
        currency=purse.currency,
    )


def _purse(data: Mapping[str, object]) -> _Purse:
    """The block that is filled, of the three that there are."""
    wallet, subscription, usage = (data.get(name) for name in ("wallet", "subscription", "usage_based"))
    if isinstance(wallet, Mapping):
        currency = "usd" if wallet.get("currency") == "usd" else "credits"
        return _Purse(Pool.WALLET, _number(wallet.get("remaining_balance")), currency)

    if isinstance(subscription, Mapping):
        pools = subscription.get("credits")
        found = pools.values() if isinstance(pools, Mapping) else ()
        left = [_number(pool.get("remaining")) for pool in found if isinstance(pool, Mapping)]
        known = [amount for amount in left if amount is not None]
        return _Purse(Pool.PLAN, sum(known) if known else None, "credits")

    if isinstance(usage, Mapping):
        return _Purse(Pool.USAGE, _number(usage.get("remaining_credits")), "credits")

    return _Purse()


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
