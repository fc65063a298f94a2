"""Work for the disk, done in a thread for all who wait at once: one sync does for many.

Pure but for the thread. Invariants: a caller of `do` goes on only when its own item is done; items keep their order;
no two rounds of work run at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio

Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass(slots=True)
class _Entry(Generic[Item, Done]):
    item: Item
    outcome: Done | Exception | None = None
    done: bool = False


class Together(Generic[Item, Done]):
    """`work` gets the items that wait, and gives an outcome for each; an exception among these is its item's own."""

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Done | Exception]]) -> None:
        self._work = work
        self._waiting: list[_Entry[Item, Done]] = []
        self._turn = anyio.Lock()

    async def do(self, item: Item) -> Done:
        """The outcome of the item. Raises the exception that is its outcome, or that all of its round met."""
        entry: _Entry[Item, Done] = _Entry(item)
        self._waiting.append(entry)
        async with self._turn:
            if not entry.done:  # nobody took it along: its turn to work for all who wait
                batch, self._waiting = self._waiting, []
                await anyio.to_thread.run_sync(self._round, batch)
        if isinstance(entry.outcome, Exception):
            raise entry.outcome

        return entry.outcome  # type: ignore[return-value]  # a round gives every item its outcome

    def _round(self, batch: list[_Entry[Item, Done]]) -> None:
        try:
            outcomes = self._work([entry.item for entry in batch])
        except Exception as error:  # noqa: BLE001 - told to each who waits, and raised there
            outcomes = [error] * len(batch)
        for entry, outcome in zip(batch, outcomes, strict=True):
            entry.outcome, entry.done = outcome, True
