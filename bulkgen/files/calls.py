"""A call of a link of the sheet, through all redirections.

Invariants: no key, no cookie, nothing of the sheet but the link itself is ever sent; every step of a redirection goes
through `public`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from bulkgen import __version__
from bulkgen.files import verdicts
from bulkgen.files.public import Public
from bulkgen.files.verdicts import Verdict

REDIRECTIONS = 5

#: So that the next address of a host is tried in time (seconds).
CONNECT = 3.0

_HEADERS = {
    "User-Agent": f"bulkgen/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    # Hosts behind one address must not share a connection: its certificate was checked for one of them
    "Connection": "close",
}


@asynccontextmanager
async def called(
    public: Public, method: str, link: str, *, within: float, headers: Mapping[str, str] | None = None
) -> AsyncIterator[httpx.Response]:
    """The answer at the end of all redirections, its body unread; `response.url` is where it came from.

    `within`: seconds for each step of the wire. Raises `Verdict` for an address that is none, not public, or leads in
    circles; what httpx raises, and `OSError`, where the host can't be reached.
    """
    url = httpx.URL(link)
    timeout = httpx.Timeout(within, connect=min(CONNECT, within)).as_dict()
    for _ in range(REDIRECTIONS + 1):
        request = httpx.Request(method, url, headers={**_HEADERS, **(headers or {})}, extensions={"timeout": timeout})
        response = await public.handle_async_request(request)
        try:
            if not response.has_redirect_location:
                response.request = request
                yield response
                return

            url = url.join(response.headers["Location"])
        finally:
            await response.aclose()
    raise Verdict(verdicts.IN_CIRCLES)


async def beginning(response: httpx.Response, length: int) -> bytes:
    """What the body holds: no more of it than the first chunks that make up `length` bytes."""
    assert isinstance(response.stream, httpx.AsyncByteStream)
    data = bytearray()
    async for chunk in response.stream:
        data += chunk
        if len(data) >= length:
            break
    return bytes(data)
