"""A run that spent more than a cap of it allows. Pure.

What was sent fitted when it was sent; only jobs that turn out to last longer than estimated at most bring a run here.
"""

from __future__ import annotations

from bulkgen.batch.caps import Cap
from bulkgen.batch.outcome import Ran
from bulkgen.engine.spending_cap import ROUNDING


def passed_cap(ran: Ran) -> Cap | None:
    """The cap that the run has passed, with what may be spent by now; of two the one that was passed by more."""
    passed = [
        cap
        for earlier, cap in zip(ran.planned.caps.set, ran.caps.set, strict=True)
        if cap.left < -ROUNDING and cap.spent > earlier.spent + ROUNDING
    ]
    return min(passed, key=lambda cap: cap.left, default=None)
