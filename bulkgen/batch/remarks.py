"""What is to be said of jobs beside what is recorded: which ones wait for what they share, and which are stuck.

Pure. Nothing of it is an event, or changes what a run does with a job: it is found anew whenever states are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from bulkgen.ledger.events import Event
from bulkgen.ledger.state import NEW, State, Status, Stuck
from bulkgen.ledger.suspects import Suspects
from bulkgen.model import Job
from bulkgen.pricing.render_time import RenderTimes
from bulkgen.rows.built import BuiltRow


def suspects_of(rows: Iterable[BuiltRow], events: Iterable[Event]) -> Suspects:
    """What is suspected by these events among the jobs of all rows, selected or not."""
    return Suspects({job.fingerprint: job for row in rows for job in (*row.jobs, *row.withheld)}, events)


@dataclass(frozen=True, kw_only=True)
class Remarks:
    """`jobs`: the ones that may wait; `renders`: how long jobs take."""

    jobs: Iterable[Job]
    suspects: Suspects
    renders: RenderTimes

    def added_to(self, states: Mapping[str, State], seen: Callable[[str], float | None]) -> dict[str, State]:
        """The states with what is to be said of them. `seen`: when a job was last known to be in progress (Unix
        seconds); None where nobody has looked."""
        found = dict(states)
        for job in self.jobs if self.suspects.found else ():
            state = states.get(job.fingerprint, NEW)
            suspects = self.suspects.of(job.fingerprint)
            if suspects and state.status is Status.QUEUED and not state.unresolved:
                found[job.fingerprint] = replace(state, held=next(iter(suspects.values())))
        for key, state in states.items():
            if stuck := self.stuck(state, seen(key) if state.in_progress and not state.in_review else None):
                found[key] = replace(state, stuck=stuck)
        return found

    def stuck(self, state: State, seen: float | None) -> Stuck | None:
        """None for a job that was not seen in progress for longer than such jobs take."""
        if seen is None or state.submitted_at is None:
            return None

        lasted, lasts = seen - state.submitted_at, state.expected.seconds if state.expected else None
        if lasted <= self.renders.patience(state.kind, lasts):
            return None

        return Stuck(seconds=lasted, usual=self.renders.of_job(state.kind, lasts).high)
