"""A transport that only reaches what everybody can reach.

Whether an address is public is judged of the numbers that the name leads to, all of them; and the number that was
judged is the one that is called, so that a name can't lead elsewhere a moment later. Every step of a redirection comes
through here. The one exception is the host of HeyGen's API as the person has set it: a stand-in on this computer.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

import anyio
import httpx

from bulkgen.files import verdicts
from bulkgen.files.verdicts import Verdict

#: The numbers that a host name leads to.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

#: How many of a host's addresses are tried.
TRIES = 3

#: Names that are never public (RFC 6761, 6762, 8375; `internal` is reserved by ICANN).
_LOCAL = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa")

_NAME = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")

#: Where proxies and VPNs put every name (RFC 2544): nothing can be told of what is behind.
_PROXIED = ip_network("198.18.0.0/15")

#: IPv6 addresses that hold an IPv4 address in their last bits (RFC 6052).
_TRANSLATED = IPv6Network("64:ff9b::/96")


async def resolve_by_system(host: str, port: int) -> list[str]:
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Public(httpx.AsyncBaseTransport):
    """Passes a request on to `inner`, by number, if its host is public. Raises `Verdict` if it is not.

    `veiled`: also where a proxy or VPN gives every name a number of its own, so that nothing can be told.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport, resolve: Resolve, own_host: str, *, veiled: bool = False
    ) -> None:
        self._inner = inner
        self._resolve = resolve
        self._own_host = own_host
        self._veiled = veiled
        self._known: dict[tuple[str, int], Sequence[str]] = {}

    def is_own(self, url: httpx.URL) -> bool:
        return is_at(url, self._own_host)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme not in ("http", "https") or not url.host:
            raise Verdict(verdicts.NO_ADDRESS)

        if self.is_own(url):
            return await self._inner.handle_async_request(request)

        host = url.raw_host.decode("ascii").rstrip(".")
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = await self._addresses(host, port)
        failure: httpx.TransportError = httpx.ConnectError("the name leads to no address")
        for address in addresses[:TRIES]:
            try:
                return await self._inner.handle_async_request(_by_number(request, host, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        self._known.pop((host, port), None)  # in a long run a host may move
        raise failure

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        check_name(host)
        if is_number(host):
            return [host]

        if (host, port) not in self._known:
            self._known[host, port] = await self._resolve(host, port)
        addresses = self._known[host, port]
        for address in addresses:
            if not self._veiled or ip_address(address) not in _PROXIED:
                _check_number(address)
        return addresses


def is_at(url: httpx.URL, own_host: str) -> bool:
    """Whether the address is of this host, which is named with its port or without one."""
    own = httpx.URL(own_host if "//" in own_host else f"//{own_host}")
    return bool(own.host) and url.host == own.host and own.port in (None, url.port)


def check_name(host: str) -> None:
    """Raises `Verdict` for a host that is not public by its name alone, or by its number."""
    if is_number(host):
        _check_number(host)
    elif not _NAME.fullmatch(host):
        raise Verdict(verdicts.NO_ADDRESS)
    elif "." not in host or host.endswith(tuple(f".{name}" for name in _LOCAL)):
        raise Verdict(verdicts.NOT_PUBLIC)


def _check_number(address: str) -> None:
    if ip_address(address) in _PROXIED:
        raise Verdict(verdicts.VEILED)

    if not is_public(address):
        raise Verdict(verdicts.NOT_PUBLIC)


def is_public(number: str) -> bool:
    """Whether everybody on the internet can reach this address."""
    address = ip_address(number)
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            inner = ip_address(int(address) & 0xFFFFFFFF)  # type: ignore[assignment]  # so small a number is IPv4
        if inner is not None:
            address = inner
    return address.is_global and not address.is_multicast


def is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False

    return True


def _by_number(request: httpx.Request, host: str, address: str) -> httpx.Request:
    """The same request to this very address. The certificate is still checked for the name."""
    names = {} if is_number(host) else {"sni_hostname": host}
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address, userinfo=b""),
        headers=request.headers,
        extensions={**request.extensions, **names},
    )
