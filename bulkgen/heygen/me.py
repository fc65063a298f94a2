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


@dataclass(frozen=True, slots=True)
class Reload:
    """The card is charged `amount` whenever less than `below` is left (dollars); None where HeyGen does not say."""

    below: float | None = None
    amount: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who the key belongs to: `account` is a hash for the resume file, `balance` says in words what is left.

    Whatever HeyGen does not name is ""; `amount` is None then. `currency`: `usd`, `credits`, or another one as HeyGen
    names it (`eur`), which is compared with nothing.
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
    #: Where the wallet fills itself up from the person's card; None where it does not.
    reload: Reload | None = None
    #: What the account may spend at most, as was set at HeyGen, and what of that is spent (dollars).
    spending_cap: float | None = None
    spent: float | None = None


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

        if self.currency != "credits":
            return f"{self.amount:,.2f} {self.currency.upper()}"

        return f"{self.amount:,.{0 if self.pool is Pool.PLAN else 1}f} credits"


def read_me(data: Mapping[str, object]) -> Me:
    """`data`: that of the answer; every field may be missing or null."""
    who = str(data.get("username") or data.get("email") or "")  # as recorded ever since: not tidied up
    wallet, subscription, usage = (data.get(name) for name in ("wallet", "subscription", "usage_based"))
    limits = usage if isinstance(usage, Mapping) else {}
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
        reload=_reload(wallet.get("auto_reload")) if isinstance(wallet, Mapping) else None,
        spending_cap=_number(limits.get("spending_cap_usd")),
        spent=_number(limits.get("spending_current_usd")),
    )


def _purse(data: Mapping[str, object]) -> _Purse:
    """The block that is filled, of the three that there are."""
    wallet, subscription, usage = (data.get(name) for name in ("wallet", "subscription", "usage_based"))
    if isinstance(wallet, Mapping):
        currency = _text(wallet.get("currency")).casefold() or "credits"
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


def _reload(told: object) -> Reload | None:
    if not isinstance(told, Mapping) or told.get("enabled") is not True:
        return None

    return Reload(_number(told.get("threshold_usd")), _number(told.get("amount_usd")))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
