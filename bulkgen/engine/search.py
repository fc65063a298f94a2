"""Looking for jobs whose answer was lost so long ago that sending them again might pay twice.

A job is ours if it carries our callback id; where the list shows none, if it has our title and was created about when
we sent it; and if it belongs to nobody else. Anything but exactly one such job, for exactly one of ours, is no proof.

A list that goes from the newest to the oldest is read no further than a page beyond the time of sending.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import KW_ONLY, dataclass

import anyio

from bulkgen.engine.protocols import Client
from bulkgen.errors import ApiError, Forbidden, Lost, Refused
from bulkgen.kinds.life import Collection, Life, number_of, text_of
from bulkgen.ledger.state import NEW, State
from bulkgen.model import Handle, Job, idempotency_key

#: The reading ends after so many items in a row that are older than the first of the jobs by so much (seconds):
#: clocks differ, an item may stand out of order, and a page more costs little.
MARGIN = 24 * 3600.0
PAGE = 100

#: How far HeyGen's clock may be from this one when a job of a lost answer is looked for (seconds).
LOOK_UP_SLACK = 3600.0

#: Known ids asked for at once.
AT_ONCE = 4


async def find_lost(
    client: Client, jobs: Iterable[Handle], lives: Mapping[str, Life], states: Mapping[str, State], claimed: set[str]
) -> dict[str, str]:
    """The id of each job that was found, "" for each that certainly was not: jobs of lives that have a stage.

    Jobs of a list that HeyGen did not give are left out: nothing is known of them yet.
    """
    by_collection: dict[str, tuple[Collection, list[Handle]]] = {}
    for job in jobs:
        collection = lives[job.kind].collection(0)
        by_collection.setdefault(collection.path, (collection, []))[1].append(job)

    matches: dict[str, list[str]] = {}
    for collection, group in by_collection.values():
        try:
            matches |= await _matches(client, collection, group, states, claimed)
        except ApiError:
            continue

    claims = Counter(job_id for ids in matches.values() for job_id in set(ids))
    return {
        fingerprint: ids[0] if len(ids) == 1 and claims[ids[0]] == 1 else "" for fingerprint, ids in matches.items()
    }


async def find_shown(
    client: Client, jobs: Iterable[Handle], lives: Mapping[str, Life], states: Mapping[str, State]
) -> dict[str, str]:
    """For jobs whose ids are known: the id of each that HeyGen shows (again), "" for each that it does not.

    Jobs for which no answer came are left out.
    """
    shown: dict[str, str] = {}
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def ask(job: Handle, collection: Collection, job_id: str) -> None:
        async with limiter:
            try:
                await client.detail(collection, job_id)
            except (Refused, Forbidden):
                shown[job.fingerprint] = ""
            except ApiError:
                pass
            else:
                shown[job.fingerprint] = job_id

    async with anyio.create_task_group() as group:
        for job in jobs:
            state = states[job.fingerprint]
            group.start_soon(ask, job, lives[job.kind].collection(state.stage), state.id)
    return shown


async def _matches(
    client: Client, collection: Collection, jobs: list[Handle], states: Mapping[str, State], claimed: set[str]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {job.fingerprint: [] for job in jobs}
    queries: list[dict[str, str]] = [{}]
    if collection.by_title:
        titles = {title for job in jobs for title in states[job.fingerprint].titles}
        queries = [{"title": title} for title in sorted(titles)]
    for query in queries:
        span = _Span(_earliest(states.get(job.fingerprint, NEW) for job in jobs))
        async with aclosing(client.listing(collection.path, query)) as items:
            async for item in items:
                if span.is_past(number_of(item, "created_at")):
                    break

                job_id = text_of(item, "id") or text_of(item, "video_id")
                if not job_id:
                    raise Lost("an item of HeyGen's list names no id")  # it may be ours: nothing is proven

                if job_id in claimed:
                    continue

                for job in jobs:
                    ids = found[job.fingerprint]
                    if job_id not in ids and _is_ours(item, states[job.fingerprint], job):
                        ids.append(job_id)
    return found


def _earliest(states: Iterable[State]) -> float | None:
    """Before which no item of a list is worth a look (Unix seconds); None where that can't be told."""
    times = [None if state.clock_back else state.first_sent for state in states]
    known = [time for time in times if time is not None]
    return min(known) - MARGIN if known and len(known) == len(times) else None


@dataclass
class _Span:
    """Tells where a list has left the time that is looked for, if it goes from the newest to the oldest."""

    earliest: float | None
    _: KW_ONLY
    _last: float = math.inf
    _falls: int = 0
    _older: int = 0

    def is_past(self, created: float | None) -> bool:
        if created is None or self.earliest is None:
            return False

        self._falls += (created < self._last) - (created > self._last)
        self._last = created
        self._older = self._older + 1 if created < self.earliest else 0
        return self._older > PAGE and self._falls > 1


def _is_ours(item: Mapping[str, object], state: State, job: Handle) -> bool:
    callback = text_of(item, "callback_id")
    theirs = (
        job.body.get("callback_id") if isinstance(job, Job) else None
    )  # the person's own goes before ours, and may stand in many rows
    if callback and theirs is None:
        return callback == idempotency_key(job.fingerprint, state.attempt)

    if callback and callback != theirs:
        return False

    created = number_of(item, "created_at")
    if created is None or state.first_sent is None or state.last_sent is None:
        return False

    in_time = state.first_sent - LOOK_UP_SLACK <= created <= state.last_sent + LOOK_UP_SLACK
    title = text_of(item, "title")
    # Of a job that no row asks for any more nothing else is known: a title of the person's own may be another job's.
    return in_time and title in state.titles and (isinstance(job, Job) or job.fingerprint[:6] in title)
