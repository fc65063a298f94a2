"""The states of a run while it goes on, with what is to be said of jobs beside what is recorded."""

from __future__ import annotations

from bulkgen.batch.planned import Planned
from bulkgen.batch.remarks import Remarks
from bulkgen.engine import Engine
from bulkgen.ledger.state import NEW, State


class Remarked:
    """The states of a run, with what is to be said of jobs beside what is recorded."""

    def __init__(self, planned: Planned, engine: Engine) -> None:
        self._run = engine.run_state
        self._pending = engine.pending
        self._remarks = Remarks(
            jobs=planned.plan.jobs, suspects=engine.run_state.suspects, renders=planned.outlook.renders
        )

    def states(self) -> dict[str, State]:
        return self._remarks.added_to(self._run.states, self._seen)

    def stuck(self) -> int:
        """How many jobs are."""
        found = ((key, self._run.states.get(key, NEW)) for key in self._pending.by_fingerprint)
        return sum(self._remarks.stuck(state, self._seen(key)) is not None for key, state in found)

    def _seen(self, fingerprint: str) -> float | None:
        """What HeyGen has said in this run to be in progress is so now."""
        pending = self._pending.by_fingerprint.get(fingerprint)
        return self._run.now() if pending and pending.holds_slot and pending.alive is not None else None
