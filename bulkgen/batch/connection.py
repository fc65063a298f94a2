"""Where HeyGen is for a batch: the real one, or the sandbox over its transport."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bulkgen.batch.opened import Opened
from bulkgen.errors import CredentialError, Lost, Refused, Unauthorized
from bulkgen.heygen.client import HeyGen
from bulkgen.heygen.credentials import find_key, read_base, refused
from bulkgen.heygen.me import Me
from bulkgen.pricing.prices import Prices

#: Of an answer that somebody waits for at the terminal: the longest wait that HeyGen may ask for (seconds).
PATIENCE = 5.0


@dataclass(frozen=True, kw_only=True)
class Connection:
    """`key` is shown nowhere; `source` says where it comes from."""

    base: str
    key: str = field(repr=False)
    transport: httpx.AsyncBaseTransport | None = None
    source: str = ""


def find_heygen(opened: Opened) -> Connection:
    """Raises `CredentialError` where there is no key, `InputError` for an address that the key must not go to."""
    return rehearsal(opened.places.sandbox_state, opened.prices) if opened.settings.sandbox else account()


def account(*, rehearses: bool = True) -> Connection:
    """Raises `CredentialError` where there is no key, `InputError` for an address that the key must not go to.

    `rehearses`: the command also works with the sandbox, which needs no key.
    """
    base = read_base()
    try:
        key = find_key()
    except CredentialError as error:
        other = "\nTo rehearse without a key, add --sandbox." if rehearses else ""
        raise CredentialError(f"{error}{other}") from None

    return Connection(base=base, key=key.text, source=key.source)


def rehearsal(state: Path | None = None, prices: Prices | None = None) -> Connection:
    """The sandbox; `state`: where it remembers what was ordered. `prices`: what it charges; None: nothing."""
    from bulkgen.sandbox import BASE, KEY, Sandbox, Settings
    from bulkgen.sandbox.charges import by_prices

    settings = Settings(charge=by_prices(prices)) if prices else Settings()
    return Connection(base=BASE, key=KEY, transport=Sandbox(state, settings=settings).transport)


async def whose(connection: Connection, client: HeyGen) -> Me:
    """Who we are over this connection. Raises `ApiError`."""
    try:
        return await client.me()
    except Unauthorized as error:
        raise refused(error, connection.source) from error
    except Refused as error:
        raise Lost(f"{connection.base} does not answer like HeyGen's API: {error}") from error
