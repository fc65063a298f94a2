"""The jobs in progress at HeyGen, and how long such jobs have been taking.

Pure but for the clock it is given. One list for all kinds: the poller asks about it, the submitter adds to it.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from bulkgen.jobs import Job
from bulkgen.kinds.kind import Family

#: The pace of asking (seconds): while nothing is known it grows from the first to the last; then it is a tenth of
#: the median render, within the same bounds. (A tenth keeps slots busy 0.93 of the time at about 3 requests a job.)
SHORTEST_PACE = 1.0
LONGEST_PACE = 15.0
UNKNOWN_GROWTH = 1.3
SHARE = 0.1

#: No job is asked about before this share of its kind's shortest render has passed.
EARLIEST = 0.9


@dataclass
class Flight:
    """One job in progress. Times are the engine's clock, in seconds."""

    job: Job
    attempt: int
    id: str
    family: Family
    since: float
    #: When HeyGen first said that it does not know the id.
    missing_since: float | None = None
    #: When it was first said to be completed, though without a link.
    complete_since: float | None = None


@dataclass
class Flights:
    """`every`: a fixed pace that the person asked for (seconds)."""

    every: float | None = None
    by_fingerprint: dict[str, Flight] = field(default_factory=dict)
    _renders: dict[str, list[float]] = field(default_factory=dict)
    _asked: int = 0

    def __len__(self) -> int:
        return len(self.by_fingerprint)

    def add(self, flight: Flight) -> None:
        self.by_fingerprint[flight.job.fingerprint] = flight

    def remove(self, flight: Flight, now: float, *, rendered: bool) -> None:
        """`rendered`: it ran to its end while we watched, so its time tells how long its kind takes."""
        del self.by_fingerprint[flight.job.fingerprint]
        if rendered:
            self._renders.setdefault(flight.job.kind, []).append(now - flight.since)

    def due(self, now: float) -> list[Flight]:
        """The jobs worth asking about."""
        return [flight for flight in self.by_fingerprint.values() if self._earliest(flight) <= now]

    def pause(self, now: float) -> float:
        """Seconds until the next round of asking."""
        pace = self._pace()
        if not self.by_fingerprint:
            return pace

        first = min(self._earliest(flight) for flight in self.by_fingerprint.values())
        return max(pace, first - now)

    def asked(self) -> None:
        self._asked += 1

    def _pace(self) -> float:
        if self.every is not None:
            return self.every

        seen = [seconds for renders in self._renders.values() for seconds in renders]
        pace = SHARE * statistics.median(seen) if seen else UNKNOWN_GROWTH**self._asked
        return min(max(pace, SHORTEST_PACE), LONGEST_PACE)

    def _earliest(self, flight: Flight) -> float:
        renders = self._renders.get(flight.job.kind)
        if self.every is not None or not renders or flight.complete_since or flight.missing_since:
            return flight.since

        return flight.since + EARLIEST * min(renders)
