"""A `World` as an httpx transport: the same rudeness without sockets, in whatever time anyio keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import httpx

from tests.standin.messages import Ending, Reply, Request
from tests.standin.world import World


class VirtualWire(httpx.AsyncBaseTransport):
    """Give the world a clock of anyio's: `World(settings, clock=lambda: START + anyio.current_time())`."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self.world.receive(Request.parse(request.method, request.url.raw_path.decode(), headers, body))
        patience: float | None = request.extensions.get("timeout", {}).get("read")
        await _wait(reply.delay, patience)
        if reply.ticket is not None:
            reply = self.world.late_answer(reply.ticket)
        if reply.ending is Ending.HANG:
            await _wait(float("inf") if reply.hold is None else reply.hold, patience)
        if reply.ending is Ending.RESET:
            raise httpx.ReadError("connection reset")

        if reply.ending is not Ending.SEND:
            raise httpx.RemoteProtocolError("server disconnected without sending a response")

        lengths = {**reply.headers, "Content-Length": str(reply.length)}
        return httpx.Response(reply.status, headers=lengths, stream=_Body(reply))


class _Body(httpx.AsyncByteStream):
    """As much as the client reads before it notices that the length was a lie."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._reply.body[: self._reply.length]
        if self._reply.length > len(self._reply.body):
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


async def _wait(seconds: float, patience: float | None) -> None:
    """Waits that long, but never longer than the client's patience; without one, for ever if need be."""
    if patience is not None and seconds > patience:
        await anyio.sleep(patience)
        raise httpx.ReadTimeout("no answer in time")

    await anyio.sleep(seconds)
