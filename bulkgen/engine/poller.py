"""One poller for everything in flight: bulk statuses in one task, the details of what has ended in another.

The slot of a job is free as soon as the bulk call says that it has ended. Details are fetched for several jobs at
once: the newest pages of HeyGen's list hold those that we have sent lately (`Lists`); what they do not hold is asked
for by single calls. A failed call, a strange word or a missing id never changes a job by itself: only `failed`,
`completed` with a link, or an id that HeyGen goes on not to know, or not to show, beyond its grace period ends a
flight.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import anyio

from bulkgen.engine.bell import Bell
from bulkgen.engine.lists import LIST_FROM, Lists
from bulkgen.engine.pending import Flight
from bulkgen.errors import ApiError, Blocked, Forbidden, Lost, RateLimited, Refused
from bulkgen.kinds.kind import Collection, Detail

if TYPE_CHECKING:
    from bulkgen.engine.engine import Engine

#: Ids in one bulk call (HeyGen's limit).
IDS_PER_CALL = 100

#: How long an id may be unknown to HeyGen, or not be shown, before it counts as gone: its parts may lag (seconds).
GRACE = 60.0

#: How long a completed job may lack its link before it is taken as it is (seconds).
LINK_GRACE = 10 * 60.0

#: Detail calls on their way at once.
DETAILS = 4


class Poller:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lists = Lists(engine.client)
        #: Collections that have no bulk call, by path.
        self._single: set[str] = set()
        self._asking, self._fetching = Bell(), Bell()

    def wake(self) -> None:
        """Something has changed that the poller may be waiting for."""
        self._asking.ring()
        if not self._engine.flights.flying:
            self._fetching.ring()

    async def run(self) -> None:
        """Asks at the flights' own pace until nothing is in flight and nothing more will come."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._keep_asking)
            group.start_soon(self._keep_fetching)

    async def once(self) -> None:
        """One round over all jobs, for a run that does not wait."""
        await self._ask_all()
        await self._fetch(self._engine.flights.to_fetch(anyio.current_time(), last=True))

    async def _keep_asking(self) -> None:
        engine = self._engine
        while engine.flights or engine.expects_more:
            start = anyio.current_time()
            while engine.flights or engine.expects_more:
                due = start + engine.flights.ask_after(start, more=engine.expects_more)
                if (left := due - anyio.current_time()) <= 0:
                    break

                await self._asking.wait(left)
            await self._ask_all()
        self.wake()

    async def _keep_fetching(self) -> None:
        engine = self._engine
        while engine.flights or engine.expects_more:
            now = anyio.current_time()
            if worth := engine.flights.to_fetch(now, last=engine.landing):
                await self._fetch(worth)
            else:  # after a round of asking, so that what that finds to have ended goes along
                flying = engine.flights.flying
                await self._fetching.wait(None if flying else engine.flights.fetch_after(now))
        self.wake()

    async def _ask_all(self) -> None:
        """One round over all jobs that are worth asking about."""
        flights = self._engine.flights
        groups: dict[str, list[Flight]] = {}
        for flight in flights.due(anyio.current_time()):
            groups.setdefault(flight.collection.path, []).append(flight)
        flights.asked()
        for group in groups.values():
            for start in range(0, len(group), IDS_PER_CALL):
                await self._ask(group[start : start + IDS_PER_CALL])
        self._fetching.ring()

    async def _ask(self, flights: list[Flight]) -> None:
        engine, collection = self._engine, flights[0].collection
        if collection.path in self._single:
            await self._details(flights)
            return

        try:
            words = await engine.client.statuses(collection, [flight.id for flight in flights])
        except (Refused, Blocked) as error:
            if error.status == 401:
                engine.stop(error)
                return

            self._single.add(collection.path)  # this account has no bulk call: one by one, at the same pace
            await self._details(flights)
        except Lost as error:
            engine.unheard()
            if error.status in (404, 405):  # no such route here
                self._single.add(collection.path)
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
            groups.setdefault(flight.collection.path, []).append(flight)
        for group in groups.values():
            listed: Mapping[str, Detail] = {}
            if len(group) >= LIST_FROM:
                listed = await self._lists.find(group, self._engine.flights)
            if listed:
                self._engine.heard()
            for flight in group:
                if flight.id in listed:
                    await self._judge(flight, listed[flight.id])
            await self._details([flight for flight in group if flight.id not in listed])

    async def _details(self, flights: list[Flight]) -> None:
        limiter = anyio.CapacityLimiter(DETAILS)

        async def one(flight: Flight) -> None:
            async with limiter:
                await self._detail(flight, flight.collection)

        async with anyio.create_task_group() as group:
            for flight in flights:
                group.start_soon(one, flight)

    async def _detail(self, flight: Flight, collection: Collection) -> None:
        engine, now = self._engine, anyio.current_time()
        engine.flights.look_later(flight, now)
        try:
            detail = await engine.client.detail(collection, flight.id)
        except (Refused, Blocked) as error:
            engine.heard()
            if isinstance(error, Blocked) and not self._about_this_id(error, collection):
                engine.stop(error)
            elif self._gone(flight):
                await engine.vanished(flight, error)
        except Lost:
            engine.unheard()
        except ApiError:
            engine.heard()
        else:
            engine.heard()
            flight.missing_since = None
            await self._judge(flight, detail)

    def _about_this_id(self, error: Blocked, collection: Collection) -> bool:
        """Whether a 403 concerns one job (of another workspace, say): this key may ask for the others in bulk."""
        return isinstance(error, Forbidden) and collection.path not in self._single

    async def _judge(self, flight: Flight, detail: Detail) -> None:
        engine, now = self._engine, anyio.current_time()
        if detail.status == "running":
            flight.alive = now
            return

        engine.landed(flight)
        if detail.status == "failed":
            await engine.failed(flight, detail)
        elif detail.has_result or now - (flight.landed_since or now) >= LINK_GRACE:
            await engine.completed(flight, detail)
        else:
            engine.flights.look_later(flight, now)
