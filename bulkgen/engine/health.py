"""Whether HeyGen answers, and whether anything still moves: what the run's patience is measured by."""

from __future__ import annotations

from dataclasses import dataclass, field

import anyio

from bulkgen.errors import Lost
from bulkgen.retry import RetryBudget

#: With no word from HeyGen, or nothing accepted and nothing in progress, for this long (seconds) the run stops.
PATIENCE = 15 * 60.0

#: After a silence of so long (seconds), and so many tries in it, HeyGen counts as not answering.
DEAD = 150.0
DEAD_TRIES = 20


@dataclass
class Silence:
    """Since when HeyGen has answered nothing that it was asked, and how many requests that were."""

    since: float
    tries: int = 0

    def lasts(self, seconds: float, tries: int = 0) -> bool:
        return anyio.current_time() - self.since > seconds and self.tries >= tries


@dataclass
class Health:
    """Fed by everything in the run that asks HeyGen."""

    budget: RetryBudget = field(default_factory=RetryBudget)
    silence: Silence | None = None
    #: When something last moved (on the run's clock).
    _moved_at: float = 0.0

    def heard(self) -> None:
        """HeyGen answered something."""
        self.silence = None

    def unheard(self) -> None:
        """A request brought no answer."""
        self.silence = self.silence or Silence(anyio.current_time())
        self.silence.tries += 1

    def progressed(self) -> None:
        """HeyGen accepted or finished something."""
        self.heard()
        self.budget.succeeded()
        self.moving()

    def moving(self) -> None:
        """Something is on its way, or in progress."""
        self._moved_at = anyio.current_time()

    def may_retry(self) -> bool:
        """Notes a failure; says whether the run's budget allows another try."""
        return self.budget.failed(anyio.current_time())

    @property
    def dead(self) -> bool:
        return self.silence is not None and self.silence.lasts(DEAD, DEAD_TRIES)

    def given_up(self, *, expects_more: bool) -> Lost | None:
        """Why the run ends, if it has waited for long enough."""
        if self.silence and self.silence.lasts(PATIENCE):
            return Lost("HeyGen has not answered for 15 minutes")

        if expects_more and anyio.current_time() - self._moved_at > PATIENCE:
            return Lost("HeyGen accepted nothing for 15 minutes")

        return None
