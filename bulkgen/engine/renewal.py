"""Fresh links for finished jobs whose own have expired, or will soon: a hundred at a time where a list has them.

Links are had by GETs alone: nothing here is ever paid for. A page of HeyGen's list has the links of a hundred jobs;
what stands further back than it pays to read is asked for one by one, the oldest first, within a bound.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby, takewhile

import anyio

from bulkgen.engine.health import Health
from bulkgen.engine.lists import LIST_FROM, Reading
from bulkgen.engine.protocols import Client
from bulkgen.engine.run_state import RunState
from bulkgen.errors import ApiError, Blocked, Forbidden, Lost, Refused
from bulkgen.kinds.answers import number_of
from bulkgen.kinds.life import Collection
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.events import gone, parse_time
from bulkgen.ledger.state import State
from bulkgen.model import Handle, plural

#: How many requests a run makes for links at most: what is left, the next run renews.
MOST = 300

#: Single calls on their way at once.
AT_ONCE = 8

#: A list is read on as long as it has cost no more calls than it has saved: beyond so many, and beyond this share of
#: what they are to save, it is given up.
LOSS = 20
SHARE = 0.25

#: Nothing that we have sent stands behind an item that is older than all of it by so much (seconds): clocks differ.
MARGIN = 24 * 3600.0

#: Titles that begin alike for so many letters narrow a list down.
ALIKE = 4


class Renewal:
    """Renews links, each job's once; what became of that stands in its sets of fingerprints."""

    def __init__(self, *, client: Client, run: RunState, health: Health, most: float = MOST) -> None:
        self._client = client
        self._run = run
        self._health = health
        self._most = most
        self._asked = 0
        self._lost = 0
        #: Jobs with fresh links; those that HeyGen does not show any more; those that were not, or in vain, asked for.
        self.renewed: set[str] = set()
        self.gone: set[str] = set()
        self.left: set[str] = set()
        self.unanswered: set[str] = set()
        #: Why no more is asked for.
        self.trouble: ApiError | None = None
        #: Why the last one was not answered.
        self.reason: ApiError | None = None
        self._hidden: list[tuple[Handle, Forbidden]] = []

    async def renew_due(self, jobs: Iterable[Handle]) -> None:
        """Those of finished jobs that have expired or will soon, or are not known; what is left is told."""
        run, now = self._run, self._run.now()
        due = [job for job in jobs if self._has_links(job) and not run.of(job).shown.gone]
        await self.renew([job for job in due if not self._is_fresh(job, now)])
        if self.left:
            run.caution(
                f"Links to {plural(len(self.left), 'result')} are left for the next run to renew: one run asks HeyGen "
                f"for links no more than {self._most:,} times. bulkgen links renews all of them at once."
            )
        if self.reason:
            run.caution(
                f"Links to {plural(len(self.unanswered), 'result')} could not be renewed "
                f"({self.reason.message.rstrip('.')}). The next run tries again."
            )

    async def renew(self, jobs: Iterable[Handle]) -> None:
        """All of them, the oldest first."""
        run = self._run
        wanted = sorted(filter(self._has_links, jobs), key=self._age)
        by_path = sorted(wanted, key=lambda job: run.life(job).stages[-1].path)
        for _, group in groupby(by_path, key=lambda job: run.life(job).stages[-1].path):
            await self._of_one_list(list(group))
        for job, error in self._hidden:
            if self.renewed:  # this key may see others, so it is about this one
                await self._not_shown(job, error)
            else:
                self._unanswered(job, error)

    def _has_links(self, job: Handle) -> bool:
        return not self._run.life(job).at_once and self._run.of(job).shown.finished

    def _is_fresh(self, job: Handle, now: float) -> bool:
        detail = self._run.details.get(job.fingerprint)
        return detail is not None and not detail.links.due(now)

    def _age(self, job: Handle) -> float:
        """By what the oldest goes first: what has links that still work ended long before they do."""
        detail = self._run.details.get(job.fingerprint)
        if detail is not None and detail.links.expire_at is not None:
            return detail.links.expire_at

        return parse_time(self._run.of(job).shown.finished_at) or 0.0

    async def _of_one_list(self, jobs: Sequence[Handle]) -> None:
        collection = self._run.life(jobs[0]).stages[-1]
        if len(jobs) >= LIST_FROM and collection.lists_details and not self.trouble:
            await self._from_list(collection, jobs)
        left = (job for job in jobs if job.fingerprint not in self.renewed)

        async def ask_in_turn() -> None:
            for job in left:
                await self._ask(collection, job)

        async with anyio.create_task_group() as group:
            for _ in range(AT_ONCE):
                group.start_soon(ask_in_turn)

    async def _from_list(self, collection: Collection, jobs: Sequence[Handle]) -> None:
        """What the newest pages of the list hold, as far as reading them is cheaper than to ask for each."""
        states = [self._run.of(job).shown for job in jobs]
        oldest, reading = _oldest(states), Reading({state.id for state in states})

        def worth() -> bool:
            return (
                reading.missing >= LIST_FROM
                and reading.pages - len(reading.found) < min(SHARE * len(reading.ids), LOSS)
                and self._asked + reading.pages < self._most
                and (number_of(reading.last, "created_at") or math.inf) > oldest
            )

        title = _begins_alike(states) if collection.by_title else ""
        try:
            await reading.read(self._client, collection, worth, {"title": title} if title else None)
        except ApiError as error:
            if isinstance(error, Blocked) and not isinstance(error, Forbidden):
                self.trouble = error
        self._asked += reading.pages
        for job, state in zip(jobs, states, strict=True):
            if state.id in reading.found:
                await self._take(job, state, reading.found[state.id])

    async def _ask(self, collection: Collection, job: Handle) -> None:
        state = self._run.of(job).shown
        if self.trouble:
            self._unanswered(job, self.trouble)
            return

        if self._asked >= self._most:
            self.left.add(job.fingerprint)
            return

        self._asked += 1
        try:
            detail = await self._client.detail(collection, state.id)
        except Refused as error:
            self._health.heard()
            await self._not_shown(job, error)
        except Forbidden as error:
            self._hidden.append((job, error))
        except Lost as error:
            self._lost += 1
            self._unanswered(job, error, stop=self._lost >= AT_ONCE)
        except ApiError as error:
            self._unanswered(job, error, stop=True)
        else:
            self._lost = 0
            await self._take(job, state, detail)

    async def _take(self, job: Handle, state: State, detail: Detail) -> None:
        run = self._run
        self._health.heard()
        if run.of(job).shown.id != state.id or not detail.has_result:
            return  # it was made again meanwhile; or HeyGen has no links for it now

        if state.gone:
            await run.record(job, gone(job, state.attempt, ""))
        run.learn(job, detail)
        self.renewed.add(job.fingerprint)
        run.on_change(job)

    async def _not_shown(self, job: Handle, error: ApiError) -> None:
        """It stays done: what was made is not made, or paid, again by itself."""
        state = self._run.of(job).shown
        self.gone.add(job.fingerprint)
        self._run.details.pop(job.fingerprint, None)
        why = "no longer knows" if error.status == 404 else "does not show"
        theirs = "" if error.status == 404 else f" ({error.message.rstrip('.')})"
        told = f"HeyGen {why} {state.id}{theirs}"
        if state.gone != told:
            await self._run.record(job, gone(job, state.attempt, told))

    def _unanswered(self, job: Handle, error: ApiError, *, stop: bool = False) -> None:
        self.unanswered.add(job.fingerprint)
        self.reason = error
        if stop:
            self.trouble = self.trouble or error


def _oldest(states: Iterable[State]) -> float:
    """No job of these was created before (Unix seconds)."""
    times = [min(filter(None, (state.first_sent, state.submitted_at)), default=0.0) for state in states]
    return min(times) - MARGIN


def _begins_alike(states: Iterable[State]) -> str:
    """What the titles of all of them begin with, if that tells them from others; those that bulkgen gives do."""
    titles = [state.titles[-1] if state.titles else "" for state in states]
    pairs = zip(min(titles), max(titles), strict=False)  # all others stand between these two
    alike = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)).strip()
    return alike if len(alike) >= ALIKE else ""
