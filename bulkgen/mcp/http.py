"""The server over streamable HTTP: on this computer alone, or behind a web server of the person's own.

Every request has to name this server as its host, come from no foreign page, and bring the token, before a byte of its
body is read. That keeps out other people's programs (the token), web pages that the person happens to visit (`Origin`,
`Sec-Fetch-Site`), and pages whose name was made to lead here (`Host`).

Invariants: it listens before anybody is told where; a stop ends it within seconds, whatever is open; batches that were
started go on, since they are processes of their own.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response

from bulkgen.errors import InputError
from bulkgen.mcp.bearer import Token

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from starlette.types import ASGIApp, Receive, Scope, Send

#: Where it is found, behind the host and the port.
PATH = "/mcp"

#: Names of this computer, as `Host` has them.
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

#: The largest request (bytes): a new sheet of some thousand rows.
_LARGEST = 4 * 1024 * 1024

#: Connections at once. A client needs two; what comes beyond is told to wait.
_CONNECTIONS = 100

#: Sessions of clients that never said goodbye end after half an hour; so many may be open.
_SESSIONS = 100

#: How long what is being answered may take once a stop is asked for (seconds).
_LAST_WORDS = 2

#: A host, in a `Host` header or behind the scheme of an `Origin`.
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?", re.IGNORECASE)
_ORIGIN = re.compile(rf"https?://{_HOST.pattern}", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Where the server is to be found. `public`: the address that other computers type, "" for this one alone."""

    host: str = "127.0.0.1"
    port: int = 8765
    public: str = ""

    def checked(self) -> Place:
        """Raises `InputError` where other computers could reach it and nobody has said that this is meant."""
        if self.public and not _is_address(self.public):
            raise InputError(f"--public-url {self.public} is no web address: give one like https://videos.example.com")

        if not self.public and not _is_loopback(self.host):
            raise InputError(
                f"--host {self.host} lets other computers reach this server, and what it spends. If that is meant, say "
                "at which address they reach it, with --public-url https://…, and have a web server with TLS in front: "
                "docs/ASSISTANTS.md shows how. Otherwise leave --host away."
            )

        return self

    def listen(self) -> socket.socket:
        """A socket that takes connections from now on. Raises `InputError` where the port is taken."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            return socket.create_server((self.host, self.port), family=family, backlog=_CONNECTIONS)
        except OSError as error:
            raise InputError(
                f"{self.host}, port {self.port}, can't be listened at ({error.strerror}). Give another port: "
                "--port 8766; --port 0 takes any that is free."
            ) from error

    def address(self, listener: socket.socket) -> str:
        """What a client is told."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        base = self.public or f"http://{host}:{listener.getsockname()[1]}"
        return base if urlsplit(base).path.strip("/") else base.rstrip("/") + PATH

    @property
    def names(self) -> frozenset[str]:
        """The hosts that a request may name; the port does not matter (it may come through a tunnel)."""
        named = urlsplit(self.public).netloc.rpartition("@")[2] if self.public else ""
        found = _HOST.fullmatch(named)
        return _LOOPBACK | ({found["name"].lower()} if found else set())


class Guard:
    """Lets through to the server what may come; answers the rest itself."""

    def __init__(self, app: ASGIApp, token: Token, names: frozenset[str]) -> None:
        self._app = app
        self._token = token
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(Headers(scope=scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, headers: Headers) -> Response | None:
        hosts, tokens = headers.getlist("host"), headers.getlist("authorization")
        if len(hosts) != 1 or not self._is_ours(_HOST.fullmatch(hosts[0])):
            return PlainTextResponse("This server does not go by that name.", 421)

        if not all(self._is_ours(_ORIGIN.fullmatch(origin)) for origin in headers.getlist("origin")):
            return PlainTextResponse("This server answers no web page.", 403)

        if not {*headers.getlist("sec-fetch-site")} <= {"same-origin", "none"}:
            return PlainTextResponse("This server answers no web page.", 403)

        if len(tokens) != 1 or not self._token.is_in(tokens[0]):
            challenge = {"WWW-Authenticate": "Bearer"}
            return PlainTextResponse("The token is missing or wrong: Authorization: Bearer TOKEN", 401, challenge)

        return None

    def _is_ours(self, host: re.Match[str] | None) -> bool:
        return host is not None and host["name"].lower() in self._names


def guarded(server: MCPServer[Any], token: Token, names: frozenset[str]) -> ASGIApp:
    """The server as a web application that only those reach who may."""
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=_LARGEST,
        max_sessions=_SESSIONS,
        # The guard looks at Host and Origin: the SDK would do it after it has read the whole request
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return Guard(app, token, names)


async def serve(app: ASGIApp, listener: socket.socket, until: Callable[[], Awaitable[object]]) -> None:
    """Answers requests at the socket until `until` returns."""
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_LAST_WORDS,
    )
    web = _Web(config)

    async def stop() -> None:
        await until()
        web.should_exit = True

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stop)
        await web.serve([listener])
        tasks.cancel_scope.cancel()


class _Web(uvicorn.Server):
    """Leaves the signals to the command."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        fine = parts.scheme in ("http", "https") and not parts.username and not parts.query and not parts.fragment
        return fine and _HOST.fullmatch(parts.netloc) is not None
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
