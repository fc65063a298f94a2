"""Appends to the resume file off the event loop: what waits while the disk is busy goes in one write, and one sync.

Owns no bytes and no rule of the file (`journal`). Invariant: `append` returns only when its events are durable, and
the events of one call stay together.
"""

from __future__ import annotations

from collections.abc import Sequence

from bulkgen.disk.together import Together
from bulkgen.ledger.events import Event
from bulkgen.ledger.resume_file import ResumeFile


class GroupCommit:
    """The journal of one run, for any number of tasks."""

    def __init__(self, journal: ResumeFile) -> None:
        self._journal = journal
        self._together = Together(self._write)

    async def append(self, *events: Event) -> list[Event]:
        """Makes the events durable; gives them back with their time.

        Raises `LedgerError` if that can't be made certain.
        """
        return await self._together.do(events)

    async def claim(self, fingerprint: str, attempt: int) -> bool:
        """Whether this attempt is ours to send."""
        return True

    def _write(self, calls: Sequence[tuple[Event, ...]]) -> list[list[Event]]:
        stamped = iter(self._journal.append(*(event for events in calls for event in events)))
        return [[next(stamped) for _ in events] for events in calls]
