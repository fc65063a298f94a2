"""News of jobs as HeyGen's webhooks would bring it, in whatever time anyio keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import anyio

from bulkgen.sandbox.orders import Render
from tests.standin.world import World


class Deliveries:
    """News of every job of a stand-in's world, so many seconds after its end: what `engine.protocols.News` asks for.

    `arrives`: whether there is news of this job at all. `ends_at`: who listens dies then (on the world's clock).
    """

    def __init__(
        self,
        world: World,
        *,
        delay: float = 1.0,
        arrives: Callable[[Render], bool] = lambda _render: True,
        ends_at: float | None = None,
    ) -> None:
        self._world = world
        self._delay = delay
        self._arrives = arrives
        self._ends_at = ends_at
        self._told: set[str] = set()
        self._was_listening = self._looked = False

    @property
    def listening(self) -> bool:
        return self._ends_at is None or self._world.now < self._ends_at

    async def next(self) -> Sequence[str]:
        while True:
            if self._looked:
                await anyio.sleep(1.0)  # as often as the file is looked at
            self._looked = True
            listening, ids = self.listening, self._new() if self.listening else []
            if ids or listening != self._was_listening:
                self._was_listening = listening
                return ids

    def _new(self) -> list[str]:
        ready = self._world.now - self._delay
        found = [
            job_id
            for job_id, render in self._world.account.renders.items()
            if job_id not in self._told and render.ends_at <= ready and self._arrives(render)
        ]
        self._told.update(found)
        return found
