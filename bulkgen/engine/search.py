"""Looking for jobs whose answer was lost so long ago that sending them again might pay twice.

A job is ours if the list proves it (`matching`) and it belongs to nobody else. Anything but exactly one such job, for
exactly one of ours, is no proof; nor is the person's own title where another job has it too: then the jobs that it
could be are named, for the person to choose.

A list that goes from the newest to the oldest is read no further than a page beyond the time of sending.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import KW_ONLY, dataclass, field

import anyio

from bulkgen.engine.matching import Finding, Match, at_one_time, given_titles, match
from bulkgen.engine.protocols import Client
from bulkgen.engine.recognition import Digests, recognise
from bulkgen.errors import ApiError, Forbidden, Lost, Refused
from bulkgen.kinds.answers import id_of, number_of, text_of
from bulkgen.kinds.life import Collection, Life
from bulkgen.ledger.state import NEW, State
from bulkgen.model import Handle, Job

#: The reading ends after so many items in a row that are older than the first of the jobs by so much (seconds):
#: clocks differ, an item may stand out of order, and a page more costs little.
MARGIN = 24 * 3600.0
PAGE = 100

#: Known ids asked for at once.
AT_ONCE = 4


async def find_lost(
    client: Client,
    jobs: Iterable[Handle],
    lives: Mapping[str, Life],
    states: Mapping[str, State],
    claimed: set[str],
    known: Digests | None = None,
) -> dict[str, Finding]:
    """What the account shows of each job: jobs of lives that have a stage.

    `states`: of all jobs, the others too. `known`: what was asked for before (`recognition`). Jobs of a list that
    HeyGen did not give are left out: nothing is known of them yet.
    """
    by_collection: dict[str, tuple[Collection, list[Handle]]] = {}
    for job in jobs:
        collection = lives[job.kind].collection(where(states.get(job.fingerprint, NEW)))
        by_collection.setdefault(collection.path, (collection, []))[1].append(job)

    found: dict[str, _Found] = {}
    recognised: dict[str, Finding] = {}
    for collection, group in by_collection.values():
        try:
            if lives[group[0].kind].prompt is None:
                found |= await _look_through(client, collection, group, states, claimed)
            else:
                recognised |= await recognise(
                    client,
                    collection,
                    group,
                    prompts={job.fingerprint: _prompt(job, lives, states) for job in group},
                    states=states,
                    claimed=claimed,
                    is_past=_Span(_earliest(states.get(job.fingerprint, NEW) for job in group)).is_past,
                    known={} if known is None else known,
                )
        except ApiError:
            continue

    claims = Counter(job_id for each in found.values() for job_id in each.taken)
    return recognised | {fingerprint: each.finding(claims) for fingerprint, each in found.items()}


def _prompt(job: Handle, lives: Mapping[str, Life], states: Mapping[str, State]) -> str:
    """The digest of the text that a job is recognised by, as its intent or its row has it."""
    asked = lives[job.kind].prompt_digest(job) if isinstance(job, Job) else ""
    return states.get(job.fingerprint, NEW).prompt_digest or asked


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


def where(state: State) -> int:
    """The stage that a job is looked for in whose id is not known: what an answer of the person's led to is in the one
    after the stage that it waited in."""
    return state.stage + 1 if state.answering else 0


@dataclass
class _Found:
    """What a list shows for one job. `shared`: another job of ours, sent at that time, has the person's title too."""

    shared: bool
    _: KW_ONLY
    proven: dict[str, str] = field(default_factory=dict)
    likely: dict[str, str] = field(default_factory=dict)
    #: All that have the person's title, whosoever they are.
    namesakes: dict[str, str] = field(default_factory=dict)

    @property
    def taken(self) -> Mapping[str, str]:
        """What the job would be, if each is of one job only."""
        alone = not self.shared and len(self.namesakes) == 1
        return self.proven or (self.likely if alone else {})

    def finding(self, claims: Mapping[str, int]) -> Finding:
        """`claims`: for how many jobs each id would be taken."""
        if len(self.taken) == 1 and all(claims[job_id] == 1 for job_id in self.taken):
            return Finding(next(iter(self.taken)))

        return Finding(candidates=self.proven or self.namesakes)


async def _look_through(
    client: Client, collection: Collection, jobs: list[Handle], states: Mapping[str, State], claimed: set[str]
) -> dict[str, _Found]:
    sharing = _sharing(jobs, states)
    found = {job.fingerprint: _Found(job.fingerprint in sharing) for job in jobs}
    queries: list[Mapping[str, str]] = [collection.list_params]
    if collection.by_title:
        titles = {title for job in jobs for title in states[job.fingerprint].titles}
        queries = [{"title": title} for title in sorted(titles)]
    for query in queries:
        span = _Span(_earliest(states.get(job.fingerprint, NEW) for job in jobs))
        async with aclosing(client.listing(collection.path, query)) as items:
            async for item in items:
                if span.is_past(number_of(item, "created_at")):
                    break

                job_id = id_of(item)
                if not job_id:
                    raise Lost("an item of HeyGen's list names no id")  # it may be ours: nothing is proven

                for job in jobs:
                    _take_in(item, job_id, job, states[job.fingerprint], found[job.fingerprint], job_id in claimed)
    return found


def _take_in(item: Mapping[str, object], job_id: str, job: Handle, state: State, found: _Found, claimed: bool) -> None:
    """`claimed`: the item belongs to another job already, so it is not this one; but it may share its title."""
    matched, title = match(item, job, state), text_of(item, "title")
    if matched is Match.PROVEN:
        if not claimed:
            found.proven[job_id] = title
    elif matched is not None and claimed:
        found.shared = True
    elif matched is not None:
        found.namesakes[job_id] = title
        if matched is Match.LIKELY:
            found.likely[job_id] = title


def _sharing(jobs: Iterable[Handle], states: Mapping[str, State]) -> set[str]:
    """The jobs whose title, given by the person, another job has that was sent at about the same time."""
    by_title: dict[str, list[str]] = {}
    for key, state in states.items():
        for title in state.titles:
            by_title.setdefault(title, []).append(key)
    return {
        job.fingerprint
        for job in jobs
        for title in given_titles(job, states[job.fingerprint])
        for key in by_title[title]
        if key != job.fingerprint and at_one_time(states[job.fingerprint], states[key])
    }


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
