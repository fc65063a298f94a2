"""`bulkgen login` and `logout`. What is typed for a key is never shown."""

from __future__ import annotations

import getpass
import os
import sys
import warnings
from typing import Annotated

import typer

from bulkgen.batch.account import SignedIn, sign_in, sign_out, who
from bulkgen.cli.console import Console
from bulkgen.cli.options import Json
from bulkgen.cli.wrapping import kept
from bulkgen.errors import BulkgenError, CredentialError, Exit, InputError, Unauthorized
from bulkgen.heygen.credentials import UNSET, VARIABLE
from bulkgen.heygen.key_file import KEYS_PAGE
from bulkgen.heygen.me import Pool

#: How often a person at the terminal may try.
TRIES = 3

#: A key has far fewer characters.
_LONGEST = 100_000

_POOLS = {
    Pool.WALLET: "the prepaid wallet",
    Pool.PLAN: "the credits of the plan",
    Pool.USAGE: "usage-based billing",
    Pool.UNKNOWN: "HeyGen does not say",
}


def login(
    key: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    status: Annotated[
        bool, typer.Option("--status", help="Only say whose key is used, what pays, and its balance.")
    ] = False,
    as_json: Json = False,
) -> Exit:
    """Signs in, or says who is signed in."""
    console = Console(as_json=as_json)
    if key:
        raise InputError(
            "Do not type the key behind the command: the shell keeps what is typed. Type: bulkgen login\n"
            f"It asks for the key, unseen. If that was your key, withdraw it at {KEYS_PAGE} and make another."
        )

    if status:
        found = who()
    elif sys.stdin is not None and sys.stdin.isatty():
        console.warn(f"Open {KEYS_PAGE} and copy your API key.")
        found = _asked(console)
    else:
        found = sign_in(_piped())
    console.summary(_words(found), _data(found))
    return Exit.OK


def logout(as_json: Json = False) -> Exit:
    """Signs out."""
    console = Console(as_json=as_json)
    out = sign_out()
    said = f"The key was taken out of {out.source}." if out.had_key else f"There was no key in {out.source}."
    if out.still:
        said += f"\n{out.still} is still set, and its key is used. To change that, {UNSET}"
    data = {"command": "logout", "exit_code": Exit.OK, "source": out.source, "had_key": out.had_key}
    console.summary(said, data | {"still_set": out.still or None})
    return Exit.OK


def offer_login(console: Console, why: str = "") -> bool:
    """Offers to log in there and then, on a terminal; says whether there is a key now.

    `why`: what is wrong with the key that there is. What goes wrong is told, not raised.
    """
    if not console.interactive or console.as_json or os.environ.get(VARIABLE, "").strip():
        return False

    console.warn(why or "There is no HeyGen API key on this computer yet.")
    console.warn(f"To log in now, open {KEYS_PAGE} and copy your API key. Enter alone: not now.")
    try:
        found = _asked(console)
    except BulkgenError as error:
        console.warn(str(error))
        return False

    console.warn(_words(found))
    return True


def _asked(console: Console) -> SignedIn:
    """Asks for the key until it is right, at most so many times. Raises what `sign_in` raises."""
    for left in reversed(range(TRIES)):
        typed = _unseen()
        try:
            return sign_in(typed)
        except (CredentialError, Unauthorized) as error:
            if not left or not typed.strip():
                raise

            console.warn(str(error))
    raise AssertionError("the last try returns or raises")


def _unseen() -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass("Paste the key (not shown): ", sys.stderr)
        except EOFError:
            return ""
        except getpass.GetPassWarning:
            raise CredentialError(
                "A key that is typed in this terminal would be seen. Put it into a file, and type: bulkgen login < file"
            ) from None


def _piped() -> str:
    """What stands on standard input."""
    try:
        return sys.stdin.read(_LONGEST) if sys.stdin else ""
    except (OSError, ValueError):
        raise CredentialError("What stands on standard input is no text. Pipe the key alone.") from None


def _words(found: SignedIn) -> str:
    me = found.me
    named = [name for name in (me.name, me.email, me.username) if name]
    balance = f", balance {me.balance}" if me.balance else ""
    plan = f" {me.plan}" if me.plan else ""
    lines = [
        f"Signed in as {named[0]}" + (f" ({named[1]})" if len(named) > 1 else "") if named else "Signed in.",
        f"What pays: {_POOLS[me.pool]}{plan}{balance}",
        f"Key: {kept(found.source)}",
    ]
    if found.base:
        lines.append(f"Address: {found.base} (HEYGEN_API_BASE)")
    if found.hidden_by:
        lines.append(f"{found.hidden_by} is set, and goes before this key. To change that, {UNSET}")
    return "\n".join(lines)


def _data(found: SignedIn) -> dict[str, object]:
    me = found.me
    return {
        "command": "login",
        "exit_code": Exit.OK,
        "user": {"name": me.name or None, "email": me.email or None, "username": me.username or None},
        "balance": {"amount": me.amount, "currency": me.currency or None, "pool": me.pool or None},
        "plan": me.plan or None,
        "source": found.source,
        "hidden_by": found.hidden_by or None,
    }
