"""A bell that tasks wait for, with a time limit: rung when something has changed that may concern them."""

from __future__ import annotations

import anyio


class Bell:
    """Rung before anybody waits, it is heard by the next who does."""

    def __init__(self) -> None:
        self._rung = anyio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, seconds: float | None = None) -> None:
        """Until it rings, or so many seconds have passed."""
        with anyio.move_on_after(seconds):
            await self._rung.wait()
        self._rung = anyio.Event()
