"""How long HeyGen takes for a job, and when all jobs of a run are made. Pure.

HeyGen names no times. Until a job of its kind has been seen, one is taken to need some time for itself and some for
each second that it lasts; what finished jobs took moves that, by the median of their kind, and their range becomes the
range of the next ones.

Invariants: no time is negative; more jobs are never made faster, more slots never slower.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from bulkgen.pricing.cost import ASSUMED_SAID
from bulkgen.pricing.spread import Spread

#: What a job takes for itself, and for each of its own seconds (seconds): assumptions.
_START = Spread(low=20.0, likely=60.0, high=300.0)
_A_SECOND = Spread(low=0.5, likely=2.0, high=6.0)

#: What is answered at once takes so long (seconds): an assumption.
_AT_ONCE = Spread(low=1.0, likely=3.0, high=10.0)

#: The share of the jobs seen that the range of the next one leaves out, at either end; and how much wider it is after
#: a single one.
_LEFT_OUT, _AFTER_ONE = 0.05, 0.5

#: Whoever says that a job took longer (seconds) has a clock that is wrong, or was gone for days.
_LONGEST = 24 * 3600.0


#: A job counts as stuck after so many times as long as the slowest of its kind usually take, and never before so many
#: seconds: HeyGen has slow hours.
STUCK_FACTOR = 4.0
STUCK_AFTER = 30 * 60.0


@dataclass(frozen=True, slots=True)
class Render:
    """A finished job: how long HeyGen took for it, and how long it lasts (seconds); None where that is not known."""

    kind: str
    took: float
    lasts: float | None


@dataclass(frozen=True, kw_only=True)
class RenderTimes:
    """`seen`: how many finished jobs they rest on, by kind."""

    seen: Mapping[str, int] = field(default_factory=dict)
    _factors: Mapping[str, Spread] = field(default_factory=dict)

    @classmethod
    def of(cls, renders: Iterable[Render]) -> RenderTimes:
        """What these jobs say together, in whatever order."""
        factors: dict[str, list[float]] = defaultdict(list)
        for render in renders:
            if 0 < render.took <= _LONGEST:
                factors[render.kind].append(render.took / _usual(render.lasts))
        return cls(
            seen={kind: len(found) for kind, found in factors.items()},
            _factors={kind: _range(found) for kind, found in factors.items()},
        )

    def of_job(self, kind: str, lasts: Spread | None, *, at_once: bool = False) -> Spread:
        """How long HeyGen takes for a job that lasts so long (seconds); None where nobody knows how long."""
        lasts = lasts or ASSUMED_SAID
        factor = self._factors.get(kind)
        if factor is not None:
            length = Spread(low=_usual(lasts.low), likely=_usual(lasts.likely), high=_usual(lasts.high))
            return length.times(factor)

        return _AT_ONCE if at_once else _START + _A_SECOND.times(lasts)

    def patience(self, kind: str, lasts: Spread | None) -> float:
        """After how long (seconds) a job that is still in progress counts as stuck."""
        return max(STUCK_AFTER, STUCK_FACTOR * self.of_job(kind, lasts).high)


def finish(times: Iterable[Spread], slots: int) -> Spread:
    """When the last of these jobs is made, so many at once and each as soon as a slot is free.

    At best the slots are never idle; at worst the longest job is the last to begin (Graham's bound), though never
    later than in rounds of the longest.
    """
    found = [*times]
    if not found:
        return Spread.nothing

    together = sum(found, Spread.nothing)
    longest = later(found)
    low = max(longest.low, together.low / slots)
    likely = max(low, longest.likely, together.likely / slots)
    behind = longest.high + (together.high - longest.high) / slots
    rounds = math.ceil(len(found) / slots) * longest.high
    return Spread(low=low, likely=likely, high=max(likely, min(behind, rounds)))


def later(times: Iterable[Spread]) -> Spread:
    """When the last of several things that go on beside one another is over."""
    found = [Spread.nothing, *times]
    return Spread(
        low=max(each.low for each in found),
        likely=max(each.likely for each in found),
        high=max(each.high for each in found),
    )


def _usual(lasts: float | None) -> float:
    """What a job that lasts so long is taken to need before any was seen."""
    return _START.likely + _A_SECOND.likely * (ASSUMED_SAID.likely if lasts is None or lasts < 0 else lasts)


def _range(factors: list[float]) -> Spread:
    ordered, count = sorted(factors), len(factors)
    beyond, out = _AFTER_ONE / count, int(_LEFT_OUT * count)
    return Spread(low=ordered[out] * (1 - beyond), likely=median(ordered), high=ordered[count - 1 - out] * (1 + beyond))
