"""The person's account at HeyGen, apart from any sheet: signing in, who that is, what the account has.

Never prints or asks. A key that was pasted is proven at HeyGen before it is stored, and is in no value given back.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import anyio

from bulkgen.batch.connection import PATIENCE, Connection, account, whose
from bulkgen.errors import Forbidden, Lost, OutOfCredit, RateLimited
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.heygen.credentials import DEFAULT_BASE, VARIABLE, pasted_key, read_base
from bulkgen.heygen.key_file import credentials_path, forget_key, store_key
from bulkgen.heygen.me import Me
from bulkgen.retry import RetryBudget

#: The longest that HeyGen may take to say whose a key is (seconds): somebody is waiting.
_LONGEST = 20.0

#: Of the budget for what is tried again: enough for one more try, since somebody is waiting.
_FEW = 52.0


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Whose key it is, and where it is kept: a file, or the variable `HEYGEN_API_KEY`.

    `base`: HeyGen's address, where it is not the usual one. `hidden_by`: the variable that goes before the file, where
    it is set.
    """

    me: Me
    source: str
    base: str = ""
    hidden_by: str = ""


@dataclass(frozen=True, kw_only=True)
class SignedOut:
    """`had_key`: there was one in the file. `still`: the variable that holds one all the same."""

    source: str
    had_key: bool
    still: str = ""


def sign_in(pasted: str) -> SignedIn:
    """Proves the key in what was pasted, and stores it where HeyGen's own command-line tool finds it too.

    Raises `CredentialError` for what is no key and where it can't be stored, `Unauthorized` for a key that HeyGen does
    not take, and `ApiError` where HeyGen can't be asked; nothing is stored then.
    """
    key, base, path = pasted_key(pasted), read_base(), credentials_path()
    try:
        me = anyio.run(_me, Connection(base=base, key=key))
    except (Lost, RateLimited) as error:
        reason = str(error).rstrip(".")
        raise Lost(
            f"The key can't be checked at HeyGen now ({reason}), and was not stored. Type the same again later."
        ) from error
    except Forbidden as error:
        raise Forbidden(f"HeyGen does not let this key read whose it is ({error}), and it was not stored.") from error
    except OutOfCredit as error:
        reason = str(error).rstrip(".")
        raise OutOfCredit(f"HeyGen does not say whose key this is ({reason}), and it was not stored.") from error

    store_key(path, key)
    return SignedIn(me=me, source=str(path), base=_unusual(base), hidden_by=_variable(key))


def who() -> SignedIn:
    """Whose key would be used now. Raises `CredentialError` without one, and `ApiError` where HeyGen does not say."""
    connection = account(rehearses=False)
    return SignedIn(me=anyio.run(_me, connection), source=connection.source, base=_unusual(connection.base))


def sign_out() -> SignedOut:
    """Takes the key out of the file. Raises `CredentialError` where that can't be."""
    path = credentials_path()
    return SignedOut(source=str(path), had_key=forget_key(path), still=_variable(""))


async def _me(connection: Connection) -> Me:
    with anyio.move_on_after(_LONGEST):
        async with connect(connection.base, connection.key, connection.transport) as http:
            try:
                return await whose(connection, HeyGen(http, RetryBudget(tokens=_FEW), patience=PATIENCE))
            except RateLimited as error:
                if not error.retry_after:
                    raise

                raise Lost(f"HeyGen asks to wait {_wait(error.retry_after)} ({str(error).rstrip('.')})") from error
    raise Lost(f"HeyGen did not answer within {_LONGEST:.0f} seconds. Try again later.")


def _wait(seconds: float) -> str:
    if seconds >= 7200:
        return f"{seconds / 3600:,.0f} hours"

    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def _unusual(base: str) -> str:
    return "" if base == DEFAULT_BASE else base


def _variable(key: str) -> str:
    """The variable that goes before the file, where it holds another key than this one."""
    return VARIABLE if os.environ.get(VARIABLE, "").strip() not in ("", key) else ""
