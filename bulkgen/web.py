"""An ASGI app at a port of this computer, over plain HTTP, until it is asked to stop.

Takes no signals: who called it hears Ctrl-C. Of what strangers send to an open port nothing is logged, and nothing of
clients that are still there at the end. uvicorn is loaded only when something is served.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

import anyio

from bulkgen.errors import InputError

if TYPE_CHECKING:
    import asyncio

    from starlette.types import ASGIApp

#: How long what is being answered may take once a stop is asked for (seconds).
LAST_WORDS = 2

#: A connection that has asked for nothing is closed after so long (seconds).
IDLE = 5

#: Connections that wait to be taken.
_BACKLOG = 2048


def listen_at(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on. Raises `InputError` where that can't be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", "") or error
        raise InputError(
            f"Port {port} of {host} can't be listened at ({why}). Another program may be there, another bulkgen say: "
            f"give another port, such as --port {port % 65_535 + 1}."
        ) from None


async def serve(
    app: ASGIApp,
    listener: socket.socket,
    until: Callable[[], Awaitable[object]],
    *,
    connections: int,
    lifespan: bool = False,
    once: bool = False,
) -> None:
    """Answers requests at the socket until `until` returns.

    `connections`: so many at once, what comes beyond is told to wait; `lifespan`: the app is told when it begins and
    ends; `once`: each connection is for one request.
    """
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Protocol(H11Protocol):
        """uvicorn itself waits for the first request for ever, and counts the connection meanwhile."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            super().connection_made(transport)
            self.loop.call_later(IDLE, self._unless_asked)

        def _unless_asked(self) -> None:
            if self.cycle is None:
                self.transport.close()

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    config = uvicorn.Config(
        app,
        http=Protocol,
        headers=[("Connection", "close")] if once else [],
        ws="none",
        lifespan="on" if lifespan else "off",
        log_config=None,
        log_level=logging.ERROR,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=connections,
        timeout_graceful_shutdown=LAST_WORDS,
    )
    server, log = Server(config), logging.getLogger("uvicorn.error")

    async def stop() -> None:
        await until()
        log.disabled = True  # clients that listen on are hung up on, which is no error
        server.should_exit = True

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stop)
            await server.serve([listener])
            tasks.cancel_scope.cancel()
    finally:
        log.disabled = False
