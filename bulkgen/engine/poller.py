"""One poller for everything in flight: bulk statuses first, then the details of what has ended.

The slot of a job is free as soon as the bulk call says that it has ended. Details are fetched for several jobs at
once: the newest page of HeyGen's list holds those that we have sent lately; what it does not hold is asked for by
single calls. A failed call, a strange word or a missing id never changes a job by itself: only `failed`, `completed`
with a link, or an id that stays unknown beyond its grace period ends a flight.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, cast

import anyio

from bulkgen.engine.flights import Flight
from bulkgen.errors import ApiError, Blocked, Lost, RateLimited, Refused
from bulkgen.kinds.kind import Detail, Family, text_of

if TYPE_CHECKING:
    from bulkgen.engine.engine import Engine

#: Ids in one bulk call (HeyGen's limit).
IDS_PER_CALL = 100

#: How long an id may be unknown to HeyGen before it counts as gone: answers of its parts may lag (seconds).
GRACE = 60.0

#: How long a completed job may lack its link before it is taken as it is (seconds).
LINK_GRACE = 10 * 60.0

#: Detail calls on their way at once.
DETAILS = 4

#: From so many jobs on one page of the list is cheaper than single calls; the page holds so many.
LIST_FROM = 2
PAGE = 100


class Poller:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        #: Collections that have no bulk call, and those whose list did not help, by path.
        self._single: set[str] = set()
        self._unlisted: set[str] = set()
        self._woken = anyio.Event()

    def wake(self) -> None:
        """Something has changed that the poller may be waiting for."""
        self._woken.set()

    async def run(self) -> None:
        """Asks at the flights' own pace until nothing is in flight and nothing more will come."""
        engine = self._engine
        while engine.flights or engine.expects_more:
            await self._pause()
            if engine.flights:
                await self.once()

    async def once(self, *, hurry: bool = False) -> None:
        """One round over all jobs that are worth asking about; `hurry`: details are wanted now."""
        engine, flights = self._engine, self._engine.flights
        groups: dict[str, list[Flight]] = {}
        for flight in flights.due(anyio.current_time()):
            groups.setdefault(flight.family.path, []).append(flight)
        flights.asked()
        for group in groups.values():
            for start in range(0, len(group), IDS_PER_CALL):
                await self._ask(group[start : start + IDS_PER_CALL])
        if worth := flights.to_fetch(anyio.current_time(), last=hurry or engine.landing):
            await self._fetch(worth)

    async def _pause(self) -> None:
        """Until the next round is due; what comes into flight meanwhile may make it due sooner."""
        engine, start = self._engine, anyio.current_time()
        while engine.flights or engine.expects_more:
            self._woken = anyio.Event()
            due = start + engine.flights.pause(start, more=engine.expects_more, last=engine.landing)
            if (left := due - anyio.current_time()) <= 0:
                return

            with anyio.move_on_after(left):
                await self._woken.wait()

    async def _ask(self, flights: list[Flight]) -> None:
        engine, family = self._engine, flights[0].family
        if family.path in self._single:
            await self._details(flights)
            return

        try:
            words = await engine.client.statuses(family, [flight.id for flight in flights])
        except (Refused, Blocked) as error:
            if error.status == 401:
                engine.stop(error)
                return

            self._single.add(family.path)  # this account has no bulk call: one by one, at the same pace
            await self._details(flights)
        except Lost as error:
            engine.unheard()
            if error.status in (404, 405):  # no such route here
                self._single.add(family.path)
        except RateLimited:
            engine.heard()  # the next round asks again
        else:
            engine.heard()
            await self._details(self._sort(flights, words))

    def _sort(self, flights: list[Flight], words: Mapping[str, str]) -> list[Flight]:
        """Takes the words in; gives the flights that HeyGen seems to have lost, which need a closer look."""
        now, lost = anyio.current_time(), []
        for flight in flights:
            word = words.get(flight.id, "not_found")
            if word == "not_found":
                if self._gone(flight):
                    lost.append(flight)
                continue

            flight.missing_since = None
            if word in ("completed", "failed"):
                self._engine.landed(flight)
            else:
                flight.alive = now
        return lost

    def _gone(self, flight: Flight) -> bool:
        """Notes that HeyGen does not know the id; True once that has lasted longer than its grace period."""
        now = anyio.current_time()
        if flight.missing_since is None:
            flight.missing_since = now
        return now - flight.missing_since >= GRACE

    async def _fetch(self, flights: list[Flight]) -> None:
        """The details of flights that have landed."""
        groups: dict[str, list[Flight]] = {}
        for flight in flights:
            groups.setdefault(flight.family.path, []).append(flight)
        for path, group in groups.items():
            listed: Mapping[str, Detail] = {}
            if len(group) >= LIST_FROM and path not in self._unlisted:
                listed = await self._listed(group[0].family)
                found = [flight for flight in group if flight.id in listed]
                if 2 * len(found) < len(group):
                    self._unlisted.add(path)
                for flight in found:
                    self._judge(flight, listed[flight.id])
            await self._details([flight for flight in group if flight.id not in listed])

    async def _listed(self, family: Family) -> Mapping[str, Detail]:
        """What the newest page of the list says of jobs that have ended; nothing where it can't be had."""
        found: dict[str, Detail] = {}
        pages = cast("AsyncGenerator[Mapping[str, object], None]", self._engine.client.listing(family.path))
        seen = 0
        try:
            async with aclosing(pages) as items:
                async for item in items:
                    seen += 1
                    detail = family.read(item)
                    if detail.status == "failed" or (detail.status == "completed" and detail.has_result):
                        found[text_of(item, "id") or text_of(item, "video_id")] = detail
                    if seen == PAGE:  # the next item would cost another call
                        break
        except ApiError:
            return {}

        self._engine.heard()
        return found

    async def _details(self, flights: list[Flight]) -> None:
        limiter = anyio.CapacityLimiter(DETAILS)

        async def one(flight: Flight) -> None:
            async with limiter:
                await self._detail(flight, flight.family)

        async with anyio.create_task_group() as group:
            for flight in flights:
                group.start_soon(one, flight)

    async def _detail(self, flight: Flight, family: Family) -> None:
        engine, now = self._engine, anyio.current_time()
        engine.flights.look_later(flight, now)
        try:
            detail = await engine.client.detail(family, flight.id)
        except Refused as error:
            engine.heard()
            if error.status == 404 and self._gone(flight):
                engine.vanished(flight)
        except Blocked as error:
            engine.stop(error)
        except Lost:
            engine.unheard()
        except ApiError:
            engine.heard()
        else:
            engine.heard()
            flight.missing_since = None
            self._judge(flight, detail)

    def _judge(self, flight: Flight, detail: Detail) -> None:
        engine, now = self._engine, anyio.current_time()
        if detail.status == "running":
            flight.alive = now
            return

        engine.landed(flight)
        if detail.status == "failed":
            engine.failed(flight, detail)
        elif detail.has_result or now - (flight.landed_since or now) >= LINK_GRACE:
            engine.completed(flight, detail)
        else:
            engine.flights.look_later(flight, now)
