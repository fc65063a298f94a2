"""How a run ends before its time: why, and what still goes on meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from bulkgen.engine.gate import Gate
from bulkgen.errors import BulkgenError


class Stopping:
    """`reason`: why not everything is done; None where nothing stood in the way."""

    def __init__(self, gate: Gate) -> None:
        self.reason: BulkgenError | None = None
        self._gate = gate
        self._begun = anyio.Event()

    def block(self, reason: BulkgenError | None) -> None:
        """No new submits; what is in progress is still collected."""
        self.reason = self.reason or reason
        self._gate.shut_for_good()

    def stop(self, reason: BulkgenError | None = None) -> None:
        """No new submits, no more polling; POSTs on their way are waited for, since they are paid."""
        self.block(reason)
        self._begun.set()

    @property
    def begun(self) -> bool:
        return self._begun.is_set()

    async def within(self, seconds: float) -> bool:
        """Waits that long; True as soon as the run is being stopped."""
        with anyio.move_on_after(seconds):
            await self._begun.wait()
        return self.begun

    async def guard(self, work: Callable[..., Awaitable[object]], *arguments: object) -> None:
        """Does the work, and leaves it as it is as soon as the run is being stopped."""
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                await self._begun.wait()
                group.cancel_scope.cancel()

            group.start_soon(watch)
            await work(*arguments)
            group.cancel_scope.cancel()
