"""The server over streamable HTTP: on this computer alone, or behind a web server of the person's own.

Every request has to name this server as its host, come from no foreign page, and bring the token, before a byte of its
body is read. That keeps out other people's programs (the token), web pages that the person happens to visit (`Origin`,
`Sec-Fetch-Site`), and pages whose name was made to lead here (`Host`).

Invariants: it listens before anybody is told where; a stop ends it within seconds, whatever is open; batches that were
started go on, since they are processes of their own.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response

from bulkgen import web
from bulkgen.mcp.bearer import Token
from bulkgen.mcp.place import HOST, PATH

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from starlette.types import ASGIApp, Receive, Scope, Send

#: The largest request (bytes): a new sheet of some thousand rows.
_LARGEST = 4 * 1024 * 1024

#: Connections at once. A client needs two; what comes beyond is told to wait.
_CONNECTIONS = 100

#: Sessions of clients that never said goodbye end after half an hour; so many may be open.
_SESSIONS = 100

#: What `Origin` has: a host behind its scheme.
_ORIGIN = re.compile(rf"https?://{HOST.pattern}", re.IGNORECASE)


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
        if len(hosts) != 1 or not self._is_ours(HOST.fullmatch(hosts[0])):
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
    await web.serve(app, listener, until, connections=_CONNECTIONS, lifespan=True)
