"""The stand-in in a thread of the tests' own process: at hand at once, and its world can be looked into."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.standin.judge import Unfit
from tests.standin.ledger import Ledger
from tests.standin.server import Server
from tests.standin.settings import Settings
from tests.standin.world import World


class Nearby:
    """`with Nearby(tmp_path / "ledger.jsonl", time_scale=0.001) as heygen:` and HeyGen is at `heygen.env`.

    Keyword arguments are settings; `heygen.world` is what they make. Not for tests that fork by themselves
    (`preexec_fn`, a pseudo-terminal): a fork of a process with threads may hang; those have `StandIn`. The block raises
    `Unfit` if anything was sent that HeyGen's schemas do not have.
    """

    def __init__(self, ledger: Path, *, script: Sequence[Mapping[str, Any]] = (), **settings: Any) -> None:
        self.world = World(Settings().changed({**settings, "script": list(script)}), ledger=Ledger(ledger))
        self._port = 0
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Nearby:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._server.stopping.set)
        self._thread.join()
        unfit = self.ledger.of("unfit")
        self.ledger.close()
        if kind is None and unfit:
            raise Unfit("\n".join(line["why"] for line in unfit))

    async def _serve(self) -> None:
        self._loop, self._server = asyncio.get_running_loop(), Server(self.world)

        def announce(port: int) -> None:
            self._port = port
            self._started.set()

        await self._server.serve(0, announce)

    @property
    def env(self) -> dict[str, str]:
        """What a command needs in its environment to take this for HeyGen."""
        base = f"http://127.0.0.1:{self._port}"
        return {"HEYGEN_API_BASE": base, "HEYGEN_API_KEY": self.world.settings.key, "NO_PROXY": "127.0.0.1,localhost"}

    @property
    def ledger(self) -> Ledger:
        return self.world.ledger
