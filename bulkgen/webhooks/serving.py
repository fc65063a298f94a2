"""The HTTP server on this computer, without TLS: what stands in front of it has that."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from importlib.util import find_spec

import anyio
from starlette.types import ASGIApp

from bulkgen.errors import InputError

#: So many connections at a time, each for one request; one without is closed after so long, and at the end so long is
#: waited for answers on their way (seconds).
MOST = 200
IDLE = 5
PARTING = 3


def check_installed() -> None:
    """Raises `InputError` without the extra that brings the server."""
    if find_spec("uvicorn") is None:
        raise InputError(
            "To listen, bulkgen needs a server that is not installed. Type:\n"
            "  pip install 'bulkgen[listen]'\n"
            "or, where uv has installed bulkgen:\n"
            "  uv tool install 'bulkgen[listen]'"
        )


def bind(host: str, port: int) -> socket.socket:
    """The socket that is listened at. Raises `InputError` where that can't be."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        bound = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise InputError(f"--host {host} is no address of this computer ({error}).") from None

    try:
        if hasattr(socket, "SO_REUSEADDR") and not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(2048)
    except OSError as error:
        bound.close()
        raise InputError(
            f"Port {port} of {host} can't be listened at ({error.strerror or error}). Another program may be there, or "
            "another bulkgen listen; --port takes another one."
        ) from None

    bound.setblocking(False)
    return bound


async def serve(app: ASGIApp, bound: socket.socket, until: Callable[[], Awaitable[None]], begun: anyio.Event) -> None:
    """Serves until `until` returns; sets `begun` once connections are taken."""
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    quiet = logging.getLogger("uvicorn")  # what strangers send to an open port is no news
    quiet.handlers, quiet.propagate = [logging.NullHandler()], False

    class Protocol(H11Protocol):
        """One request for each connection: uvicorn itself waits for the first for ever, and counts it meanwhile."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            super().connection_made(transport)
            self.loop.call_later(IDLE, self._unless_asked)

        def _unless_asked(self) -> None:
            if self.cycle is None:
                self.transport.close()

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield  # who called us hears them

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            begun.set()

    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        http=Protocol,
        headers=[("Connection", "close")],
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST,
        timeout_graceful_shutdown=PARTING,
    )
    server = Server(config)
    async with anyio.create_task_group() as group:

        async def stop() -> None:
            await until()
            server.should_exit = True

        group.start_soon(stop)
        await server.serve(sockets=[bound])
        group.cancel_scope.cancel()
