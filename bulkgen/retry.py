"""When a request that brought no answer is worth another try: jitter, and a budget for the whole run.

Pure. The budget follows gRPC's retry throttling (https://github.com/grpc/proposal/blob/master/A6-client-retries.md):
a failure takes a token, a success gives back a tenth, and retries stop at half, so that a dead API ends a run in
minutes. What fails together counts once: a gap of the network hits every request on its way, and says no more of
HeyGen when there are twenty of them.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

#: How often one GET is tried in all.
ATTEMPTS = 5

#: Failures within so many seconds of one that was counted belong to the same gap.
GAP = 3.0


@dataclass(kw_only=True)
class RetryBudget:
    """Shared by everything in a run that retries."""

    tokens: float = 100.0
    most: float = 100.0
    refund: float = 0.1
    counted_at: float = -math.inf
    rng: random.Random = field(default_factory=random.Random)

    def succeeded(self) -> None:
        self.tokens = min(self.most, self.tokens + self.refund)

    def failed(self, now: float) -> bool:
        """Notes a failure at this time (seconds, on any one clock); says whether a retry is still allowed."""
        if now - self.counted_at >= GAP:
            self.counted_at = now
            self.tokens = max(0.0, self.tokens - 1)
        return self.allows

    @property
    def allows(self) -> bool:
        return self.tokens > self.most / 2

    def pause(self, tries: int, *, base: float = 1.0, cap: float = 30.0) -> float:
        """Seconds before try number `tries` + 1: full jitter, so that many clients don't come back at once."""
        return self.rng.uniform(0, min(cap, base * 2.0**tries))
