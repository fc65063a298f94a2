"""The jobs in progress at HeyGen, and how long such jobs have been taking.

Pure but for the clock it is given. One list for all lives: the poller asks about it, the tracker keeps it. A job is
`running`, and holds a slot if it is a render, until HeyGen says that it has `ended`; its links may still be on their
way then. One that an earlier run found waiting for the person comes in without a slot, to be looked at once.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field

from bulkgen.engine.reliance import ASKED_AGAIN, Reliance, rest
from bulkgen.kinds.life import Collection
from bulkgen.model import Handle

#: The pace of asking (seconds): while nothing is known it grows from the first to the last; then it is a share of
#: the median render, within the same bounds. Measured (benchmarks/slots.py): asking twice as often would keep the
#: slots busy for one part in eighty more.
SHORTEST_PACE = 1.0
LONGEST_PACE = 15.0
UNKNOWN_GROWTH = 1.3
LONGEST_GROWTH = 30  # in rounds; without an end the pace of a run of half a day would be no number any more
SHARE = 0.055

#: No job is asked about before this share of its sort's shortest render has passed, if that is not too long: the
#: next one may be a short one.
EARLIEST = 0.9
LONGEST_SILENCE = 120.0

#: How long jobs of a sort take is judged by so many, where that says how long they need not be asked about.
LATEST = 50

#: Ended jobs wait so many paces (and never longer than so many seconds) for others to be fetched in one call with.
#: Where renders are so short that the pace is at its quickest, nobody waits.
TOGETHER = 4
LONGEST_TOGETHER = 45.0


@dataclass(kw_only=True)
class PendingJob:
    """One job in progress. Times are the engine's clock, in seconds."""

    job: Handle
    attempt: int
    id: str
    #: The stage of its life that it is in, and where it is asked about there; `last`: none follows.
    stage: int
    collection: Collection
    last: bool
    since: float
    #: When it was last known to be in progress; None for one that an earlier run sent.
    alive: float | None = None
    #: When HeyGen first said that it does not know the id.
    missing_since: float | None = None
    #: When HeyGen first said that it has ended, and when its detail is worth asking for.
    ended_since: float | None = None
    look_at: float = 0.0
    looked: bool = False
    #: It waited for the person when it was last looked at.
    in_review: bool = False
    #: It is no render, and takes no slot.
    slotless: bool = False
    #: When there is news to ask it about; how often it was asked for the sake of news, and until when it isn't again.
    news_at: float | None = None
    asked_for_news: int = 0
    rests_until: float = 0.0

    @property
    def sort(self) -> tuple[str, int]:
        """Jobs of one sort take about as long."""
        return self.job.kind, self.stage

    @property
    def running(self) -> bool:
        return self.ended_since is None and not self.in_review

    @property
    def holds_slot(self) -> bool:
        return self.running and not self.slotless


@dataclass
class PendingJobs:
    """`every`: a fixed pace that the person asked for (seconds)."""

    every: float | None = None
    _: KW_ONLY
    by_fingerprint: dict[str, PendingJob] = field(default_factory=dict)
    reliance: Reliance = field(default_factory=Reliance)
    _renders: dict[tuple[str, int], list[float]] = field(default_factory=dict)
    _asked: int = 0

    def __len__(self) -> int:
        return len(self.by_fingerprint)

    @property
    def running(self) -> list[PendingJob]:
        return [pending for pending in self.by_fingerprint.values() if pending.running]

    @property
    def ended(self) -> list[PendingJob]:
        """All that are not running any more: their details are still to come."""
        return [pending for pending in self.by_fingerprint.values() if not pending.running]

    def count(self, collection: Collection) -> int:
        return sum(pending.collection.path == collection.path for pending in self.by_fingerprint.values())

    def add(self, pending: PendingJob) -> None:
        self.by_fingerprint[pending.job.fingerprint] = pending
        if self.reliance.heard_of(pending.id):
            pending.news_at = 0.0

    def remove(self, pending: PendingJob) -> None:
        self.by_fingerprint.pop(pending.job.fingerprint, None)

    def end(self, pending: PendingJob, now: float) -> None:
        """HeyGen says that it has ended. If we saw it in progress, its time tells how long its sort takes."""
        news, relied = self.reliance.heard_of(pending.id), self._patience(pending) is not None
        if pending.alive is not None and (news or not relied):  # else it may have ended minutes ago
            seen = now if news else (pending.alive + now) / 2
            self._renders.setdefault(pending.sort, []).append(seen - pending.since)
        if relied and pending.alive is not None and not news:
            self.reliance.missed(pending.sort)
        pending.ended_since = now
        pace = self.pace()
        waits = pace > SHORTEST_PACE and not news
        pending.look_at = now + (min(TOGETHER * pace, LONGEST_TOGETHER) if waits else 0.0)

    def look_later(self, pending: PendingJob, now: float) -> None:
        """It is being looked at; if its links are not there yet it is asked for again, less and less often."""
        waited = now - (now if pending.ended_since is None else pending.ended_since)
        pending.looked, pending.look_at = True, now + max(self.pace(), waited / 2)

    def to_fetch(self, now: float, *, last: bool) -> list[PendingJob]:
        """The ended jobs whose details are to be fetched, if it is time; `last`: no others will come."""
        ended = self.ended
        if any(pending.look_at <= now or (last and not pending.looked) for pending in ended):
            return [pending for pending in ended if pending.look_at <= now or not pending.looked]

        return []

    def hear(self, ids: Sequence[str], now: float, *, listening: bool) -> None:
        """There is news of these ids; those that are nobody's are only remembered. `listening`: more would be heard."""
        self.reliance.listening = listening
        self.reliance.hear(ids)
        named = set(ids)
        for pending in self.by_fingerprint.values():
            if pending.id in named:
                self.reliance.arrived(pending.sort)
                if pending.running and pending.news_at is None:
                    pending.news_at = max(now, pending.rests_until)
                elif pending.ended_since is not None and not pending.looked:
                    pending.look_at = min(pending.look_at, now)

    def with_news(self, now: float) -> list[PendingJob]:
        """The running jobs to ask about because of news. They are noted as asked."""
        found = [each for each in self.running if each.news_at is not None and each.news_at <= now]
        for pending in found:
            pending.asked_for_news += 1
            pending.rests_until = now + rest(pending.asked_for_news)
            pending.news_at = pending.rests_until if pending.asked_for_news <= ASKED_AGAIN else None
        return found

    def along_with(self, jobs: Sequence[PendingJob]) -> list[PendingJob]:
        """These jobs, all of one collection, and behind them the other running ones of it."""
        path, known = jobs[0].collection.path, {each.job.fingerprint for each in jobs}
        others = [each for each in self.running if each.collection.path == path]
        return [*jobs, *(each for each in others if each.job.fingerprint not in known)]

    def news_after(self, now: float) -> float | None:
        """Seconds until jobs are to be asked about because of news; None without any."""
        times = [pending.news_at for pending in self.running if pending.news_at is not None]
        return max(0.0, min(times) - now) if times else None

    def due(self, now: float) -> list[PendingJob]:
        """The running jobs to ask about: all of them if any is worth it, since one call takes a hundred."""
        running = self.running
        if any(self._earliest(pending) <= now for pending in running):
            return sorted(running, key=self._earliest)

        return []

    def ask_after(self, now: float, *, more: bool = True) -> float:
        """Seconds until the next round of asking. `more`: jobs wait for the slots."""
        earliest = min((self._earliest(pending) for pending in self.running), default=now)
        return max(self.pace(more=more), earliest - now)

    def fetch_after(self, now: float) -> float | None:
        """Seconds until the details of ended jobs are to be fetched; None while none has ended."""
        times = [pending.look_at for pending in self.ended]
        return max(0.0, min(times) - now) if times else None

    def asked(self) -> None:
        self._asked += 1

    def pace(self, *, more: bool = True) -> float:
        if self.every is not None:
            return self.every

        seen = [seconds for renders in self._renders.values() for seconds in renders]
        pace = SHARE * statistics.median(seen) if seen else UNKNOWN_GROWTH ** min(self._asked, LONGEST_GROWTH)
        return min(max(pace if more else 2 * pace, SHORTEST_PACE), LONGEST_PACE)

    def _earliest(self, pending: PendingJob) -> float:
        if self.every is not None or pending.missing_since is not None:
            return pending.since

        renders = self._renders.get(pending.sort)
        seen = pending.alive if pending.alive is not None else pending.since
        earliest = min(pending.since + EARLIEST * min(renders), seen + LONGEST_SILENCE) if renders else pending.since
        patience = self._patience(pending)
        if patience is None or pending.alive is None:  # an earlier run's: it may have ended before anybody listened
            return earliest

        return max(earliest, pending.alive + patience)

    def _patience(self, pending: PendingJob) -> float | None:
        """How long it need not be asked about, since there would be news (seconds); None: as ever."""
        if not self.reliance.listening or not pending.collection.events:
            return None

        latest = self._renders.get(pending.sort, [])[-LATEST:]
        return self.reliance.patience(pending.sort, takes=statistics.median(latest) if latest else None)
