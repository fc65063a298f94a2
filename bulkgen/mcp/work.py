"""Work in a thread of its own, that an assistant waits for only so long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import anyio

T = TypeVar("T")

#: How often it is looked whether the work is done (seconds).
_LOOK_EVERY = 0.05


class Work(Generic[T]):
    """`function`, begun. It ends with the server, whatever it waits for then."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._found: list[T] = []
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="bulkgen", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        return not self._thread.is_alive()

    @property
    def failed(self) -> bool:
        return self._error is not None

    async def result(self, *, patience: float) -> T | None:
        """What it came to; None where that takes longer (`patience` in seconds). Raises what the function raised."""
        with anyio.move_on_after(patience):
            while not self.done:  # noqa: ASYNC110 - a thread outlives the loop that would set an event
                await anyio.sleep(_LOOK_EVERY)
        return self.found if self.done else None

    @property
    def found(self) -> T | None:
        """What it came to; None while it is at work. Raises what the function raised."""
        if self._error is not None:
            raise self._error

        return self._found[0] if self._found else None

    def _run(self) -> None:
        try:
            self._found.append(self._function())
        except Exception as error:  # noqa: BLE001 - raised where the answer is waited for
            self._error = error
