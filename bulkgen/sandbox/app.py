"""The pretend HeyGen behind ASGI, and the `Sandbox` that the rest of bulkgen holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import anyio
import httpx
from starlette.requests import Request as Asked
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bulkgen.sandbox.account import PURSE, Account
from bulkgen.sandbox.messages import Request
from bulkgen.sandbox.rehearsal import REHEARSAL
from bulkgen.sandbox.settings import BASE, Settings
from bulkgen.sandbox.world import World


class App:
    """A world as an ASGI app; it waits as long as the world says."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Asked(scope, receive)
        target = f"{scope['raw_path'].decode()}?{scope['query_string'].decode()}"
        answer = self._world.receive(Request.parse(asked.method, target, asked.headers, await asked.body()))
        await anyio.sleep(answer.delay)
        await Response(answer.body, answer.status, dict(answer.headers))(scope, receive, send)


class Sandbox:
    """A pretend HeyGen for one sheet, over a transport of httpx; `base` is its address, `KEY` its key."""

    base = BASE

    def __init__(
        self,
        state_path: Path | None,
        clock: Callable[[], float] = time.time,
        settings: Settings | None = None,
        *,
        purse: int = PURSE,
    ) -> None:
        """`purse` in cents; without a state file nothing is remembered.

        Raises `InputError` for a state file that can't be used; writes nothing yet.
        """
        others = [path for path in _beside(state_path) if path != state_path] if state_path else []
        self.account = Account(settings or Settings(), REHEARSAL, clock, purse=purse, path=state_path, others=others)
        self.transport = httpx.ASGITransport(App(World(self.account)))

    def close(self) -> None:
        self.account.close()


def _beside(state_path: Path) -> list[Path]:
    """The state files of all sheets of the folder; those of earlier releases lie beside their sheets."""
    folder = state_path.parent
    folder = folder.parent if folder.name.endswith(".sandbox.files") else folder
    return sorted([*folder.glob("*.sandbox.state.json"), *folder.glob("*.sandbox.files/*.sandbox.state.json")])
