"""Appends to the resume file off the event loop: what waits while the disk is busy goes in one write, and one sync.

Owns no bytes and no rule of the file (`journal`). Invariants: `append` returns only when its events are durable; the
events of one call stay together, and calls keep their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import anyio

from bulkgen.errors import JournalError
from bulkgen.events import Event
from bulkgen.journal import Journal


@dataclass(slots=True)
class _Entry:
    """The events of one call; once written with their time, or with what stood in the way."""

    events: tuple[Event, ...]
    stamped: list[Event] = field(default_factory=list)
    error: JournalError | None = None
    written: bool = False


class GroupCommit:
    """The journal of one run, for any number of tasks."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[_Entry] = []
        self._turn = anyio.Lock()

    async def append(self, *events: Event) -> list[Event]:
        """Makes the events durable; gives them back with their time.

        Raises `JournalError` if that can't be made certain.
        """
        entry = _Entry(events)
        self._waiting.append(entry)
        async with self._turn:
            if not entry.written:  # nobody took it along: its turn to write for all who wait
                batch, self._waiting = self._waiting, []
                await anyio.to_thread.run_sync(self._write, batch)
        if entry.error:
            raise entry.error

        return entry.stamped

    def _write(self, batch: list[_Entry]) -> None:
        try:
            stamped = self._journal.append(*(event for entry in batch for event in entry.events))
        except JournalError as error:
            for entry in batch:
                entry.error, entry.written = JournalError(str(error)), True
            return

        at = 0
        for entry in batch:
            entry.stamped, entry.written = stamped[at : at + len(entry.events)], True
            at += len(entry.events)
