"""Jobs at HeyGen that the person takes for rows, by their ids: `--adopt ROW=ID`.

For jobs alone of which nobody knows what became, or whose record is lost. An id is confirmed by HeyGen before it
counts, and is never two jobs'; what is wrong with one stops the whole command before anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import anyio

from bulkgen.batch.connection import Connection
from bulkgen.batch.judged import Asked, Judged
from bulkgen.batch.recalled import Recalled
from bulkgen.errors import Forbidden, InputError, Lost, RateLimited, Refused
from bulkgen.heygen import client as heygen
from bulkgen.kinds import KINDS, LIVES
from bulkgen.ledger.events import Event, adopted, submitting
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.ledger.transitions import after
from bulkgen.model import Job
from bulkgen.rows.built import Built, BuiltRow

_EXAMPLE = "type it like --adopt 14=abc123, or --adopt 14/French=abc123 for one language of the row"


def adopt(judged: Judged, recalled: Recalled) -> Recalled:
    """What is recalled, with the ids that the settings name for rows.

    Raises `InputError` for a row or an id that can't be, `ApiError` where HeyGen can't say.
    """
    settings, asked = judged.opened.settings, judged.asked
    if not settings.adopt or not isinstance(asked, Asked):
        return recalled

    wanted: dict[str, tuple[str, Job]] = {}
    for place, job_id in settings.adopt.items():
        job = _job_at(place, judged.built)
        state = recalled.states.get(job.fingerprint, NEW)
        if state.id == job_id and not state.may_be_there:
            continue  # the same command, run again

        if job.fingerprint not in recalled.doubts.unconfirmed:
            _may_be(place, job, state)
        for other_id, (other_place, other) in wanted.items():
            if (job_id == other_id) != (job.fingerprint == other.fingerprint):
                raise _wrong(
                    place, f"this and {other_place}={other_id} can't both be: an id is one job's, and a job has one"
                )

        if job_id != state.id and job_id in recalled.claimed:
            raise _wrong(place, f"{job_id} belongs to {_owner(job_id, recalled.states)} already")

        wanted[job_id] = place, job
    if not wanted:
        return recalled

    stages = anyio.run(partial(_confirm, asked.connection, wanted))
    states = dict(recalled.states)
    events: list[Event] = []
    for job_id, (_place, job) in wanted.items():
        state = states.get(job.fingerprint, NEW)
        doubt = recalled.doubts.unconfirmed.get(job.fingerprint)
        attempt = max(state.attempt, 1, doubt.state.attempt if doubt else 0)
        found = [adopted(job, attempt, job_id, stage=stages[job_id])]
        if state is NEW:  # somebody calls it made, and its record is lost
            found.insert(0, submitting(job, attempt))
        events += found
        states[job.fingerprint] = after(state, found)
    notes = [f"Row {place}: {job_id} is taken for it, as --adopt says; nothing is paid for it."
             for job_id, (place, _job) in wanted.items()]  # fmt: skip
    return replace(
        recalled,
        states=MappingProxyType(states),
        claimed=recalled.claimed | wanted.keys(),
        pending=(*recalled.pending, *events),
        notes=(*recalled.notes, *notes),
    )


def _job_at(place: str, built: Built) -> Job:
    """The job of `14`, or of `14/French`."""
    number, _, language = (part.strip() for part in place.partition("/"))
    if not number.isdecimal():
        raise InputError(f"--adopt {place}: {_EXAMPLE}. Nothing was sent.")

    row = next((row for row in built.rows if row.source.number == int(number)), None)
    if row is None or not row.selected:
        raise _wrong(place, f"there is no row {number}" if row is None else f"--rows leaves row {number} out")

    jobs = [job for job in row.jobs if not language or job.language.casefold() == language.casefold()]
    if len(jobs) != 1:
        raise _wrong(place, _why_none(row, language))

    return jobs[0]


def _why_none(row: BuiltRow, language: str) -> str:
    if not row.jobs:
        return "the row asks for nothing: it is left out, or has a mistake"

    known = ", ".join(job.language for job in row.jobs)
    told = f"the row has no language {language}" if language else "the row has several languages"
    return f"{told}; say which one ({known}), as in --adopt {row.source.number}/{row.jobs[0].language}=abc123"


def _may_be(place: str, job: Job, state: State) -> None:
    """Raises `InputError` unless it is open what became of the job, and HeyGen can tell."""
    if LIVES[job.kind].at_once:
        raise _wrong(place, f"HeyGen shows no {KINDS[job.kind].noun} again, so none can be taken by its id")

    if state.unresolved or state.may_be_there:
        return

    told = {
        Status.QUEUED: "it has not been sent, so no job at HeyGen is its own",
        Status.RENDERING: f"it is in progress already, as {state.id}",
        Status.REVIEW: f"it waits for you at HeyGen already, as {state.id}",
        Status.DONE: f"it is done already, as {state.id}",
    }
    raise _wrong(place, told.get(state.status, "it has failed, and --retry-failed makes it once more (paid)"))


def _owner(job_id: str, states: Mapping[str, State]) -> str:
    row = next((state.row for state in states.values() if state.id == job_id), 0)
    return f"row {row}" if row else "another row, or another sheet,"


async def _confirm(connection: Connection, wanted: Mapping[str, tuple[str, Job]]) -> dict[str, int]:
    """The stage of the job's life that each id is of, as HeyGen says."""
    async with heygen.connect(connection.base, connection.key, connection.transport) as http:
        client = heygen.HeyGen(http)
        return {job_id: await _stage_of(client, job_id, *told) for job_id, told in wanted.items()}


async def _stage_of(client: heygen.HeyGen, job_id: str, place: str, job: Job) -> int:
    for stage, collection in enumerate(LIVES[job.kind].stages):
        try:
            await client.detail(collection, job_id)
        except (Refused, Forbidden):
            continue
        except (Lost, RateLimited) as error:
            reason = str(error).rstrip(".")
            raise Lost(
                f"--adopt {place}={job_id}: HeyGen can't say now whether there is such a job ({reason}). Nothing was "
                "sent. Run the same command again in some minutes."
            ) from error
        else:
            return stage

    raise _wrong(place, f"HeyGen shows no {KINDS[job.kind].noun} of yours with the id {job_id}; copy it again")


def _wrong(place: str, why: str) -> InputError:
    return InputError(f"--adopt {place}: {why}. Nothing was sent.")
