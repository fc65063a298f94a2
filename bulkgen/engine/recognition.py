"""Looking for jobs that their list tells nothing of but when they were made: by the text that they were made from.

Each item of the time in question is asked about by itself, within a bound. A job is ours if its text is that of ours,
nothing else of that time has the same one, and nothing else of ours could be it; two rows that ask for the same are
never told apart by a guess.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from contextlib import aclosing
from dataclasses import KW_ONLY, dataclass, field

import anyio

from bulkgen.engine.matching import LATEST_NAMESAKE, NAMESAKE_SLACK, Finding, at_one_time
from bulkgen.engine.protocols import Client
from bulkgen.errors import ApiError, Forbidden, Lost, Refused
from bulkgen.kinds.answers import id_of, number_of, text_of
from bulkgen.kinds.life import Collection, digest_of
from bulkgen.ledger.state import State
from bulkgen.model import Handle

#: How many items one look-up asks about at most; the newest go first.
MOST = 100

#: Items asked about at once.
AT_ONCE = 4

#: What items tell of themselves, by their ids, once they have been asked about: the digests of the texts that they were
#: made from, and when (Unix seconds; None where they don't say). None of that changes.
Digests = MutableMapping[str, tuple[str, float | None]]


@dataclass(frozen=True, slots=True)
class _Time:
    """When a job may have been made (Unix seconds)."""

    first: float
    last: float

    def holds(self, created: float | None) -> bool:
        return created is None or self.first <= created <= self.last


@dataclass
class _Seen:
    """What the list has of the time in question: title and time by id. `whole`: all of it was read."""

    items: dict[str, tuple[str, float | None]] = field(default_factory=dict)
    _: KW_ONLY
    whole: bool = True


async def recognise(
    client: Client,
    collection: Collection,
    jobs: Sequence[Handle],
    *,
    prompts: Mapping[str, str],
    states: Mapping[str, State],
    claimed: set[str],
    is_past: Callable[[float | None], bool],
    known: Digests,
) -> dict[str, Finding]:
    """What the account shows of each of the jobs, all of one collection.

    `prompts`: the digests of their texts, by fingerprint. `is_past`: whether a list from the newest on has left the
    time that is looked for. `known` is added to. Raises `ApiError`.
    """
    times = {job.fingerprint: _time(states[job.fingerprint]) for job in jobs if prompts.get(job.fingerprint)}
    seen = await _listed(client, collection, list(times.values()), claimed, is_past)
    await _ask(client, collection, seen, known)
    found: dict[str, Finding] = {}
    for job in jobs:
        time, prompt = times.get(job.fingerprint), prompts.get(job.fingerprint, "")
        like = {
            item_id: title
            for item_id, (title, created) in seen.items.items()
            if time and _is_of(known.get(item_id), prompt, created, time)
        }
        alone = seen.whole and len(like) == 1 and not _has_twin(job, prompt, states)
        found[job.fingerprint] = Finding(next(iter(like))) if alone else Finding(candidates=like)
    return found


def _is_of(told: tuple[str, float | None] | None, prompt: str, listed: float | None, time: _Time) -> bool:
    """Whether an item is made from this text, and at that time. `listed`: when it was made, as the list says."""
    digest, created = told or ("", None)
    return digest == prompt and time.holds(created if listed is None else listed)


def _time(state: State) -> _Time:
    """After a jump of a clock, or where nobody knows when it was sent, it may be any time."""
    if state.clock_back or state.first_sent is None or state.last_sent is None:
        return _Time(-math.inf, math.inf)

    return _Time(state.first_sent - NAMESAKE_SLACK, state.last_sent + LATEST_NAMESAKE)


async def _listed(
    client: Client,
    collection: Collection,
    times: Sequence[_Time],
    claimed: set[str],
    is_past: Callable[[float | None], bool],
) -> _Seen:
    """The items of these times that belong to nobody else."""
    seen = _Seen()
    if not times:
        return seen

    async with aclosing(client.listing(collection.path, collection.list_params)) as items:
        async for item in items:
            created = number_of(item, "created_at")
            if is_past(created):
                break

            item_id = id_of(item)
            if not item_id:
                raise Lost("an item of HeyGen's list names no id")  # it may be ours: nothing is proven

            if item_id in claimed or not any(time.holds(created) for time in times):
                continue

            if len(seen.items) == MOST:
                seen.whole = False
                break

            seen.items[item_id] = text_of(item, "title") or text_of(item, "name"), created
    return seen


async def _ask(client: Client, collection: Collection, seen: _Seen, known: Digests) -> None:
    """What the items were made from, of which nobody knows it yet. What is gone by now, or hidden, is none of ours."""
    limiter = anyio.CapacityLimiter(AT_ONCE)
    errors: list[ApiError] = []

    async def ask(item_id: str) -> None:
        async with limiter:
            try:
                detail = await client.detail(collection, item_id)
                known[item_id] = digest_of(detail.prompt), detail.created_at
            except (Refused, Forbidden):
                known[item_id] = "", None
            except ApiError as error:
                errors.append(error)

    async with anyio.create_task_group() as group:
        for item_id in seen.items:
            if item_id not in known or not known[item_id][0]:
                group.start_soon(ask, item_id)
    if errors:
        raise errors[0]


def _has_twin(job: Handle, prompt: str, states: Mapping[str, State]) -> bool:
    """Whether another job of ours, sent at about the same time with the same text, has not been found either: then
    nobody can tell which of them an item is, not even where there are as many items as jobs, since what else they ask
    for may differ."""
    own = states[job.fingerprint]
    return any(
        state.prompt_digest == prompt and not state.id and (state.unresolved or state.may_be_there)
        for key, state in states.items()
        if key != job.fingerprint and at_one_time(own, state)
    )
