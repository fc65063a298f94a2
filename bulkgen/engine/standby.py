"""The jobs that wait for others: what failed by chance is made again, after the rest of the queue.

Owns who is made again so, and when nothing is left that could be. Only what this run has sent is made again in it:
that is what the person was asked about.
"""

from __future__ import annotations

from collections.abc import Callable

from bulkgen.engine.bell import Bell
from bulkgen.engine.run_state import RunState
from bulkgen.engine.tracker import Tracker
from bulkgen.ledger.steps import soon_again
from bulkgen.model import Handle, Job


class Standby:
    """`send_last`: puts a job behind all that is to be sent."""

    def __init__(self, *, run: RunState, tracker: Tracker, send_last: Callable[[Job], None]) -> None:
        self._run = run
        self._tracker = tracker
        self._send_last = send_last
        #: What this run has sent.
        self._sent: set[str] = set()
        self._bell = Bell()
        tracker.on_end = self._ended

    def sends(self, job: Job) -> None:
        """The job is on its way to HeyGen."""
        self._sent.add(job.fingerprint)

    async def wait(self) -> bool:
        """Waits until a job has ended, which may be sent again; False where none is pending."""
        if not self._tracker.under_way:
            return False

        await self._bell.wait()
        return True

    def wake(self) -> None:
        """Nothing more is sent."""
        self._bell.ring()

    def _ended(self, job: Handle) -> None:
        again = soon_again(self._run.of(job), self._run.rules.policy) and job.fingerprint in self._sent
        if again and isinstance(job, Job):
            self._send_last(job)
        self._bell.ring()
