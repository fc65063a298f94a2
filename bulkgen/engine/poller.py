"""One poller for everything in flight: bulk statuses first, then one detail call per finished job.

A failed call, a strange word or a missing id never changes a job by itself: only `failed`, `completed` with a link,
or an id that stays unknown beyond its grace period ends a flight.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import anyio

from bulkgen.engine.flights import Flight
from bulkgen.errors import ApiError, Blocked, Lost, RateLimited, Refused
from bulkgen.kinds.kind import Detail, Family

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


class Poller:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._single: set[str] = set()
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

    async def once(self) -> None:
        """One round over all jobs that are worth asking about."""
        engine = self._engine
        now = anyio.current_time()
        groups: dict[str, list[Flight]] = {}
        for flight in engine.flights.due(now):
            groups.setdefault(flight.family.path, []).append(flight)
        engine.flights.asked()
        for flights in groups.values():
            for start in range(0, len(flights), IDS_PER_CALL):
                await self._ask(flights[start : start + IDS_PER_CALL])

    async def _pause(self) -> None:
        engine = self._engine
        deadline = anyio.current_time() + engine.flights.pause(anyio.current_time())
        while (left := deadline - anyio.current_time()) > 0:
            self._woken = anyio.Event()
            if not engine.flights and not engine.expects_more:
                return

            with anyio.move_on_after(left):
                await self._woken.wait()

    async def _ask(self, flights: list[Flight]) -> None:
        family = flights[0].family
        if family.path in self._single:
            await self._details(flights)
            return

        try:
            words = await self._engine.client.statuses(family, [flight.id for flight in flights])
        except (Refused, Blocked) as error:
            if error.status == 401:
                self._engine.stop(error)
                return

            self._single.add(family.path)  # this account has no bulk call: one by one, at the same pace
            await self._details(flights)
        except Lost as error:
            if error.status in (404, 405):  # no such route here
                self._single.add(family.path)
        except RateLimited:
            return  # it did answer; the next round asks again
        else:
            self._engine.heard()
            await self._details(self._sort(flights, words))

    def _sort(self, flights: list[Flight], words: Mapping[str, str]) -> list[Flight]:
        """The flights whose detail is worth asking for."""
        worth = []
        for flight in flights:
            word = words.get(flight.id, "not_found")
            if word == "not_found":
                if self._gone(flight):
                    worth.append(flight)
                continue

            flight.missing_since = None
            if word in ("completed", "failed"):
                worth.append(flight)
        return worth

    def _gone(self, flight: Flight) -> bool:
        """Notes that HeyGen does not know the id; True once that has lasted longer than its grace period."""
        now = anyio.current_time()
        if flight.missing_since is None:
            flight.missing_since = now
        return now - flight.missing_since >= GRACE

    async def _details(self, flights: list[Flight]) -> None:
        limiter = anyio.CapacityLimiter(DETAILS)

        async def one(flight: Flight) -> None:
            async with limiter:
                await self._detail(flight, flight.family)

        async with anyio.create_task_group() as group:
            for flight in flights:
                group.start_soon(one, flight)

    async def _detail(self, flight: Flight, family: Family) -> None:
        engine = self._engine
        try:
            detail = await engine.client.detail(family, flight.id)
        except Refused as error:
            if error.status == 404 and self._gone(flight):
                engine.vanished(flight)
        except Blocked as error:
            engine.stop(error)
        except ApiError:
            return  # asked again in the next round
        else:
            engine.heard()
            flight.missing_since = None
            self._judge(flight, detail)

    def _judge(self, flight: Flight, detail: Detail) -> None:
        engine, now = self._engine, anyio.current_time()
        if detail.status == "failed":
            engine.failed(flight, detail)
        elif detail.status == "completed" and detail.has_result:
            engine.completed(flight, detail)
        elif detail.status == "completed":
            if flight.complete_since is None:
                flight.complete_since = now
                engine.door.ended()  # it no longer takes one of HeyGen's places
            elif now - flight.complete_since >= LINK_GRACE:
                engine.completed(flight, detail)
