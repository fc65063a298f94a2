"""Where HeyGen is for a batch: the real one, or the sandbox over its transport."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from bulkgen.batch.opened import Opened
from bulkgen.heygen.credentials import read_base, read_key


@dataclass(frozen=True)
class Connection:
    """`key` is shown nowhere."""

    base: str
    key: str = field(repr=False)
    transport: httpx.AsyncBaseTransport | None = None


def find_heygen(opened: Opened) -> Connection:
    """Raises `CredentialError` where there is no key, `InputError` for an address that the key must not go to."""
    if not opened.settings.sandbox:
        return Connection(read_base(), read_key())

    from bulkgen.sandbox import BASE, KEY, Sandbox

    return Connection(BASE, KEY, Sandbox(opened.places.sandbox_state).transport)
