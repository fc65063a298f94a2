"""Jobs that are made with what other jobs make: each goes once all of that is there, and holds nothing until then.

Stands before another feed. What a job awaits may have been made in an earlier run; else it is made in this one. Where
that comes to nothing, or waits for the person, or is none of this run's, the job is left for the next run; if it is
there after all before this one ends, the job goes then.

Invariant: no job comes from here before there is an id for everything that it awaits; and none is held for ever.
"""

from __future__ import annotations

from enum import Enum, auto

from bulkgen.engine.holding import HoldingFeed
from bulkgen.engine.protocols import Feed
from bulkgen.engine.run_state import RunState
from bulkgen.ledger.state import NEW
from bulkgen.model import Handle, Job, Reference

_LANES = {False, True}


class _Prospect(Enum):
    """How it is with what a job awaits."""

    THERE = auto()
    COMING = auto()
    NOT_NOW = auto()  # nothing in this run leads to it


class WaitingFeed(HoldingFeed):
    """`waits`: the run waits for what is in progress at HeyGen."""

    def __init__(self, feed: Feed, *, run: RunState, waits: bool) -> None:
        super().__init__(feed, run)
        self._waits = waits
        #: The jobs of earlier runs that this one follows, and those that it has let go, by their fingerprints.
        self._known = {job.fingerprint for job in feed.standing}
        #: Of those that it has let go: the ones of which nobody knows yet what they come to, with their lanes.
        self._out: dict[str, bool] = {}
        self._awaited: set[str] = set()
        #: Jobs that were left for the next run, by what they await.
        self._left: dict[str, dict[str, Job]] = {}
        run.on_move = self._moved

    def take(self, job: Job) -> bool:
        """Whether the job can be sent now; if not it comes from `next` later, or is left for the next run."""
        awaits = () if self._run.turn(job) else job.awaits  # an answer to it is sent without
        prospects = {self._prospect(reference) for reference in awaits}
        if prospects <= {_Prospect.THERE}:
            self._known.add(job.fingerprint)
            self._out[job.fingerprint] = self._lane(job)
            return True

        if _Prospect.NOT_NOW in prospects:
            for reference in job.awaits:
                self._left.setdefault(reference.fingerprint, {})[job.fingerprint] = job
            self._run.defer(job)
        else:
            self._held.append(job)
            self._awaited.update(reference.fingerprint for reference in job.awaits)
        return False

    def over(self, at_once: bool) -> None:
        """Nobody asks for jobs of this lane any more, nor sends those that came back from HeyGen."""
        self._out = {fingerprint: lane for fingerprint, lane in self._out.items() if lane is not at_once}
        self._ran_dry(at_once)

    def _ran_dry(self, at_once: bool) -> None:
        super()._ran_dry(at_once)
        self._sort()

    def _prospect(self, reference: Reference) -> _Prospect:
        run, awaited = self._run, reference.fingerprint
        state, there = run.states.get(awaited, NEW), bool(run.made(reference))
        if there and not state.wished and not state.under_way:
            return _Prospect.THERE

        if awaited not in self._known:  # the other feed may still bring it
            if self._dry < _LANES:
                return _Prospect.COMING
        elif state.in_progress and not state.in_review:
            return _Prospect.COMING if self._waits else _Prospect.NOT_NOW
        elif awaited in self._out:
            return _Prospect.COMING

        return _Prospect.THERE if there else _Prospect.NOT_NOW

    def _moved(self, job: Handle) -> None:
        """More is known of a job, or it is left for the next run."""
        state = self._run.of(job)
        if not state.under_way or job.fingerprint in self._run.deferred:
            self._out.pop(job.fingerprint, None)
        if job.fingerprint in self._awaited:
            self._sort()
        for left in list(self._left.get(job.fingerprint, {}).values()):
            if {self._prospect(reference) for reference in left.awaits} == {_Prospect.THERE}:
                for reference in left.awaits:
                    self._left[reference.fingerprint].pop(left.fingerprint, None)
                self._run.deferred.discard(left.fingerprint)
                if self.take(left):
                    self._ready[self._lane(left)].append(left)
                    self._tell()
                    self.on_more(self._lane(left))

    def _sort(self) -> None:
        self._awaited = set()
        super()._sort()
