"""A `World` behind real sockets: HTTP/1.1 with keep-alive, polite until a reply says otherwise.

`/_control/…` is the tests' own gate, never faulty: `POST settings` (an object of changes), `GET settings`,
`GET state`, `POST plant` (a job's facts), `POST stop`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Callable
from http.client import responses

from tests.standin.judge import Unfit
from tests.standin.messages import Ending, Reply, Request, error_reply, page_reply
from tests.standin.world import World

_HEAD_LIMIT = 1 << 16


class Server:
    def __init__(self, world: World) -> None:
        self.world = world
        self.stopping = asyncio.Event()

    async def serve(self, port: int, announce: Callable[[int], None]) -> None:
        """Serves until `stopping` is set; tells the port once connections are taken."""
        server = await asyncio.start_server(self._converse, "127.0.0.1", port, limit=_HEAD_LIMIT, backlog=1000)
        announce(server.sockets[0].getsockname()[1])
        await self.stopping.wait()
        server.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        try:
            while (request := await _read(reader)) and await self._reply(request, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client left, or talks nonsense: a request that is not complete has not arrived
        except asyncio.CancelledError:
            pass  # the server is being stopped
        finally:
            writer.close()

    async def _reply(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Sends the reply with its manners; says whether the connection goes on."""
        own = request.path.startswith("/_control/")
        try:
            reply = self._control(request) if own else self.world.receive(request)
        except Unfit as unfit:  # the ledger has it, and `StandIn` lets the test fail
            reply = error_reply(400, "unfit", str(unfit))
        await asyncio.sleep(reply.delay)
        if reply.ticket is not None:
            reply = self.world.late_answer(reply.ticket)
        if reply.ending is Ending.SEND:
            last = request.headers.get("connection", "").lower() == "close"
            writer.write(_head(reply, last) + reply.body)
            await writer.drain()
            return not (last or reply.closes)

        if reply.ending is Ending.STALL:
            writer.write(_head(reply, last=False) + reply.body)
            await writer.drain()
            await _until_gone(reader)
        elif reply.ending is Ending.HANG:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(_until_gone(reader), reply.hold)
        elif reply.ending is Ending.RESET:
            _reset(writer)
        return False

    def _control(self, request: Request) -> Reply:
        world, what = self.world, request.path.removeprefix("/_control/")
        try:
            facts = json.loads(request.body or b"{}")
            if request.method == "GET" and what == "settings":
                return _json(world.settings.as_json())

            if request.method == "GET" and what == "state":
                return _json(world.state())

            if request.method == "POST" and what == "settings":
                world.change(**facts)
                return _json(world.settings.as_json())

            if request.method == "POST" and what == "plant":
                return _json({"id": world.plant(**facts)})

            if request.method == "POST" and what == "stop":
                self.stopping.set()
                return _json({})
        except (ValueError, TypeError) as error:
            return _json({"error": str(error)}, 400)

        return page_reply(404, "Not Found")


def _json(content: object, status: int = 200) -> Reply:
    return Reply(status=status, body=json.dumps(content).encode(), headers={"Content-Type": "application/json"})


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next complete request, or None once the client is done."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None

    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, target, _ = first.split(" ", 2)
    fields = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in fields}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request.parse(method, target, headers, body)


def _head(reply: Reply, last: bool) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {responses.get(reply.status, 'Unknown')}", f"Content-Length: {reply.length}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    if last:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


async def _until_gone(reader: asyncio.StreamReader) -> None:
    while await reader.read(_HEAD_LIMIT):
        pass


def _reset(writer: asyncio.StreamWriter) -> None:
    """Closes so that the client gets RST in place of FIN."""
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
