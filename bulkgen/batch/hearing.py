"""Witnesses, heard: what they say of jobs that are about to be sent is confirmed and taken over, or objected to.

The stage between recalling and planning. What an account shows under the id that a witness names is the job, unless
its title or its callback id says that it was made of another text. A recording can't be asked for: it counts as made
if its file is there. Invariant: what is neither confirmed nor refuted is never sent, unless the person insists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import partial
from math import ceil
from types import MappingProxyType

import anyio

from bulkgen.batch.attempts_heard import Heard, set_aside, taken_over
from bulkgen.batch.connection import Connection
from bulkgen.batch.doubts import Witness
from bulkgen.batch.judged import Asked, Judged
from bulkgen.batch.planned import rules_of
from bulkgen.batch.recalled import Recalled, recognise
from bulkgen.batch.witnesses import find_witnesses
from bulkgen.engine.matching import Finding
from bulkgen.engine.search import PAGE, find_lost
from bulkgen.errors import ApiError, Forbidden, Lost, Refused
from bulkgen.heygen import client as heygen
from bulkgen.heygen.details import ask_each
from bulkgen.kinds import LIVES
from bulkgen.kinds.answers import id_of, text_of
from bulkgen.ledger.events import Event
from bulkgen.ledger.state import NEW, State
from bulkgen.ledger.steps import Step
from bulkgen.ledger.transitions import apply
from bulkgen.model import Job, is_made_title, told_by_key, told_by_title
from bulkgen.rows.built import BuiltRow

Item = Mapping[str, object]

#: From so many ids on the account's list is read before each is asked for by itself.
LIST_FROM = 4


def hear(judged: Judged, recalled: Recalled) -> Recalled:
    """What is recalled, with what witnesses say of the jobs that would be sent."""
    if not isinstance(judged.asked, Asked):
        return recalled

    settings, places = judged.opened.settings, judged.opened.places
    doubts = replace(recalled.doubts, resume=places.resume.name, downloads=places.downloads.name)
    rows = recognise(judged.built, recalled.states, recalled.claimed).rows
    selected = {job.fingerprint for row in rows if row.selected for job in row.jobs}
    witnesses, others = find_witnesses(
        judged.opened, judged.account, rows, recalled, _in_question(rows, judged, recalled)
    )
    recalled = replace(recalled, listed=others)
    if not witnesses:
        return replace(recalled, doubts=doubts)

    try:
        found = anyio.run(partial(_confirm, judged.asked.connection, witnesses, recalled))
    except ApiError as error:
        unconfirmed = {each.job.fingerprint: each for each in witnesses}
        return replace(recalled, doubts=replace(doubts, unconfirmed=unconfirmed, silence=error))

    confirmed: list[list[Heard]] = []
    left: dict[str, Witness] = {}
    events: list[Event] = []
    now = recalled.ledger.now()
    for key, heard in _by_job(found).items():
        if any(each.confirmed for each in heard):
            confirmed.append([each for each in heard if each.confirmed])
            events += taken_over(heard, recalled.states.get(key, NEW), now)
            continue

        doubtful = [each.witness for each in heard if each.witness.certain or each.witness.candidates]
        if doubtful and not settings.make_again:
            best = max(doubtful, key=lambda witness: bool(witness.state.id))
            left[key] = replace(best, state=replace(best.state, attempt=heard[-1].attempt))
        elif not doubtful or key in selected:
            events += set_aside(heard, recalled.states.get(key, NEW), now, make_again=bool(doubtful))
    states = dict(recalled.states)
    for event in events:
        key = str(event["fingerprint"])
        states[key] = apply(states.get(key, NEW), event)
    return replace(
        recalled,
        states=MappingProxyType(states),
        claimed=recalled.claimed | {each.id or each.witness.state.id for heard in confirmed for each in heard},
        pending=(*recalled.pending, *events),
        notes=(*recalled.notes, *_told(heard[-1] for heard in confirmed)),
        doubts=replace(doubts, unconfirmed=left),
    )


def _in_question(rows: Iterable[BuiltRow], judged: Judged, recalled: Recalled) -> dict[str, Job]:
    """The jobs that would be sent, or were sent once more than is on record, by every fingerprint that they may have.

    Those of rows that are not selected too: the results are written without what is not taken over now.
    """
    rules, now = rules_of(judged.opened.settings), recalled.ledger.now()
    latest = {trace.fingerprint: trace.state.attempt for trace in recalled.traces if trace.certain}
    found: dict[str, Job] = {}
    for job in {job.fingerprint: job for row in rows for job in (*row.jobs, *row.withheld)}.values():
        known = recalled.states.get(job.fingerprint, NEW)
        unheard = 0 < known.attempt < latest.get(job.fingerprint, 0)
        if unheard or rules.step(job, known, now=now) in (Step.SEND, Step.SEND_AGAIN):
            found |= dict.fromkeys((job.fingerprint, *job.readings), job)
    return found


def _by_job(found: Iterable[Heard]) -> dict[str, list[Heard]]:
    jobs: dict[str, list[Heard]] = {}
    for each in found:
        jobs.setdefault(each.witness.job.fingerprint, []).append(each)
    return jobs


async def _confirm(connection: Connection, witnesses: Iterable[Witness], recalled: Recalled) -> list[Heard]:
    """The witnesses, with what the account shows of each attempt; of recordings it shows nothing.

    Raises `ApiError` where HeyGen does not answer.
    """
    found = {(each.job.fingerprint, each.state.attempt): Heard(witness=each) for each in witnesses}
    asked = [each for each in witnesses if not (LIVES[each.job.kind].at_once or each.state.came_to_nothing)]
    if not asked:
        return list(found.values())

    async with heygen.connect(connection.base, connection.key, connection.transport) as http:
        client = heygen.HeyGen(http)
        named = [each for each in asked if each.state.id]
        shown = await _shown(client, named)
        uses = Counter(each.state.id for each in named)
        for each in named:
            stage, item = shown.get(each.state.id, (0, None))
            if item is not None and uses[each.state.id] == 1 and _is_of(item, each.job):
                life = LIVES[each.job.kind]
                found[each.job.fingerprint, each.state.attempt] = Heard(
                    witness=each,
                    id=each.state.id,
                    detail=life.collection(stage).read(item),
                    stage=stage,
                    last=stage == len(life.stages) - 1,
                )
        for attempt in sorted({each.state.attempt for each in asked if not each.state.id}):
            nameless = {
                each.job.fingerprint: each for each in asked if not each.state.id and each.state.attempt == attempt
            }
            claimed = {*recalled.claimed, *(heard.id for heard in found.values())}
            for key, finding in (await _sought(client, nameless, recalled, claimed)).items():
                witness = replace(nameless[key], candidates=finding.candidates)
                found[key, attempt] = Heard(witness=witness, id=finding.id)
    return list(found.values())


async def _sought(
    client: heygen.HeyGen, nameless: Mapping[str, Witness], recalled: Recalled, claimed: set[str]
) -> dict[str, Finding]:
    """What the account shows of attempts, one of a job, whose ids nobody knows."""
    states = {key: _as_sent(each, recalled.ledger.now()) for key, each in nameless.items()}
    jobs = [each.job for each in nameless.values()]
    listed = await find_lost(client, jobs, LIVES, {**recalled.states, **states}, claimed)
    if listed.keys() < nameless.keys():
        raise Lost("HeyGen does not give the list of its videos")

    return listed


def _as_sent(witness: Witness, now: float) -> State:
    """What is looked for: where nobody knows when it was sent, bulkgen's own title proves it at whatever time."""
    state = replace(witness.state, titles=(witness.job.title,))
    if state.first_sent is None and is_made_title(witness.job.title, witness.job.fingerprint):
        return replace(state, first_sent=0.0, last_sent=now)

    return state


async def _shown(client: heygen.HeyGen, witnesses: Sequence[Witness]) -> Mapping[str, tuple[int, Item]]:
    """The items of the account with these ids, each with the stage of its job's life that it is of."""
    found: dict[str, tuple[int, Item]] = {}
    stages = max((len(LIVES[each.job.kind].stages) for each in witnesses), default=0)
    for stage in range(stages):
        by_path: dict[str, list[str]] = {}
        for each in witnesses:
            if each.state.id not in found and stage < len(LIVES[each.job.kind].stages):
                by_path.setdefault(LIVES[each.job.kind].collection(stage).path, []).append(each.state.id)
        found |= {job_id: (stage, item) for job_id, item in (await _items(client, by_path)).items()}
    return found


async def _items(client: heygen.HeyGen, by_path: Mapping[str, Sequence[str]]) -> Mapping[str, Item]:
    """The items with these ids: from the newest pages of their lists, then one by one."""
    found: dict[str, Item] = {}

    async def ask(place: tuple[str, str]) -> None:
        path, job_id = place
        with suppress(Refused, Forbidden):
            found[job_id] = await client.one(path, job_id)

    for path, ids in by_path.items():
        if len(ids) >= LIST_FROM:
            found |= await _newest(client, path, ids)
    await ask_each(ask, [(path, job_id) for path, ids in by_path.items() for job_id in set(ids) - found.keys()])
    return found


async def _newest(client: heygen.HeyGen, path: str, ids: Sequence[str]) -> dict[str, Item]:
    """Those of the ids that stand on the newest pages of the list: as many pages as can pay for themselves."""
    found: dict[str, Item] = {}
    wanted = set(ids)
    limit = PAGE * (1 + ceil(2 * len(wanted) / PAGE))
    seen = 0
    with suppress(ApiError):  # each is asked for by itself then
        async with aclosing(client.listing(path)) as items:
            async for item in items:
                seen += 1
                job_id = id_of(item)
                if job_id in wanted:
                    found[job_id] = item
                if len(found) == len(wanted) or seen >= limit:
                    break
    return found


def _is_of(item: Item, job: Job) -> bool:
    """False where the account's title or callback id is one that bulkgen gave to another text."""
    title = text_of(item, "title")
    told = (told_by_key(text_of(item, "callback_id")), "" if title == job.title else told_by_title(title))
    known = (job.fingerprint, *job.readings)
    return all(any(each.startswith(beginning) for each in known) for beginning in told)


def _told(confirmed: Iterable[Heard]) -> list[str]:
    """A sentence for each source."""
    counts = Counter(each.witness.source for each in confirmed)
    return [
        f"{count:,} of these {'was' if count == 1 else 'were'} made before, as {source} says, though no "
        "resume file here does: taken over, nothing is paid for them again."
        for source, count in counts.items()
    ]
