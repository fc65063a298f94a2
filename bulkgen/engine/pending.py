"""The jobs in progress at HeyGen, and how long such jobs have been taking.

Pure but for the clock it is given. One list for all kinds: the poller asks about it, the submitter adds to it. A
flight has `landed` once HeyGen says that it has ended; its slot is free then, its links may still be on their way.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from bulkgen.kinds.kind import Collection
from bulkgen.model import Job

#: The pace of asking (seconds): while nothing is known it grows from the first to the last; then it is a share of
#: the median render, within the same bounds. Measured (benchmarks/slots.py): asking twice as often would keep the
#: slots busy for one part in eighty more.
SHORTEST_PACE = 1.0
LONGEST_PACE = 15.0
UNKNOWN_GROWTH = 1.3
SHARE = 0.055

#: No job is asked about before this share of its kind's shortest render has passed, if that is not too long: the
#: next one may be a short one.
EARLIEST = 0.9
LONGEST_SILENCE = 120.0

#: Landed jobs wait so many paces (and never longer than so many seconds) for others to be fetched in one call with.
#: Where renders are so short that the pace is at its quickest, nobody waits.
TOGETHER = 4
LONGEST_TOGETHER = 45.0


@dataclass
class Flight:
    """One job in progress. Times are the engine's clock, in seconds."""

    job: Job
    attempt: int
    id: str
    collection: Collection
    since: float
    #: When it was last known to be in progress; None for one that an earlier run sent.
    alive: float | None = None
    #: When HeyGen first said that it does not know the id.
    missing_since: float | None = None
    #: When HeyGen first said that it has ended, and when its detail is worth asking for.
    landed_since: float | None = None
    look_at: float = 0.0
    looked: bool = False


@dataclass
class Flights:
    """`every`: a fixed pace that the person asked for (seconds)."""

    every: float | None = None
    by_fingerprint: dict[str, Flight] = field(default_factory=dict)
    _renders: dict[str, list[float]] = field(default_factory=dict)
    _asked: int = 0

    def __len__(self) -> int:
        return len(self.by_fingerprint)

    @property
    def flying(self) -> list[Flight]:
        return [flight for flight in self.by_fingerprint.values() if flight.landed_since is None]

    @property
    def landed(self) -> list[Flight]:
        return [flight for flight in self.by_fingerprint.values() if flight.landed_since is not None]

    def count(self, collection: Collection) -> int:
        return sum(flight.collection.path == collection.path for flight in self.by_fingerprint.values())

    def add(self, flight: Flight) -> None:
        self.by_fingerprint[flight.job.fingerprint] = flight

    def remove(self, flight: Flight) -> None:
        self.by_fingerprint.pop(flight.job.fingerprint, None)

    def land(self, flight: Flight, now: float) -> None:
        """HeyGen says that it has ended. If we saw it in progress, its time tells how long its kind takes."""
        if flight.alive is not None:
            took = (flight.alive + now) / 2 - flight.since
            self._renders.setdefault(flight.job.kind, []).append(took)
        flight.landed_since = now
        pace = self.pace()
        flight.look_at = now + (min(TOGETHER * pace, LONGEST_TOGETHER) if pace > SHORTEST_PACE else 0.0)

    def look_later(self, flight: Flight, now: float) -> None:
        """It is being looked at; if its links are not there yet it is asked for again, less and less often."""
        waited = now - (now if flight.landed_since is None else flight.landed_since)
        flight.looked, flight.look_at = True, now + max(self.pace(), waited / 2)

    def to_fetch(self, now: float, *, last: bool) -> list[Flight]:
        """The landed flights whose details are to be fetched, if it is time; `last`: no others will come."""
        landed = self.landed
        if any(flight.look_at <= now or (last and not flight.looked) for flight in landed):
            return [flight for flight in landed if flight.look_at <= now or not flight.looked]

        return []

    def due(self, now: float) -> list[Flight]:
        """The flights to ask about: all of them if any is worth it, since one call takes a hundred."""
        flying = self.flying
        if any(self._earliest(flight) <= now for flight in flying):
            return sorted(flying, key=self._earliest)

        return []

    def ask_after(self, now: float, *, more: bool = True) -> float:
        """Seconds until the next round of asking. `more`: jobs wait for the slots."""
        earliest = min((self._earliest(flight) for flight in self.flying), default=now)
        return max(self.pace(more=more), earliest - now)

    def fetch_after(self, now: float) -> float | None:
        """Seconds until the details of landed flights are to be fetched; None while none has landed."""
        times = [flight.look_at for flight in self.landed]
        return max(0.0, min(times) - now) if times else None

    def asked(self) -> None:
        self._asked += 1

    def pace(self, *, more: bool = True) -> float:
        if self.every is not None:
            return self.every

        seen = [seconds for renders in self._renders.values() for seconds in renders]
        pace = SHARE * statistics.median(seen) if seen else UNKNOWN_GROWTH**self._asked
        return min(max(pace if more else 2 * pace, SHORTEST_PACE), LONGEST_PACE)

    def _earliest(self, flight: Flight) -> float:
        renders = self._renders.get(flight.job.kind)
        if self.every is not None or not renders or flight.missing_since is not None:
            return flight.since

        seen = flight.alive if flight.alive is not None else flight.since
        return min(flight.since + EARLIEST * min(renders), seen + LONGEST_SILENCE)
