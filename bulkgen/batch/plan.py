"""What a run is about to do: which jobs are new, in progress, done, replaced.

Pure: rows, history and policy in, a plan out. Rows that ask for the same are one job here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bulkgen.ledger.state import NEW, State
from bulkgen.ledger.steps import Step
from bulkgen.model import Job
from bulkgen.rows.built import BuiltRow

#: More replaced results than this need a word of their own.
REPLACE_LIMIT = 10


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Jobs in the sheet's order; `send` holds what this run may POST, `held_back` what `--limit` leaves out."""

    jobs: tuple[Job, ...]
    send: tuple[Job, ...]
    held_back: tuple[Job, ...]
    steps: Mapping[str, Step]
    #: Jobs to be sent that have a result already, of an earlier attempt.
    again: tuple[Job, ...]
    #: New jobs of rows that have a finished result of an earlier wording.
    replaced: tuple[Job, ...]
    #: Finished results whose rows are no longer in the sheet.
    gone: int
    #: Rows that share another row's job.
    shared: int

    @property
    def moving(self) -> list[Job]:
        """The jobs that this run does something about."""
        held = {job.fingerprint for job in self.held_back}
        return [job for job in self.jobs if job.fingerprint not in held]

    def at(self, step: Step) -> list[Job]:
        return [job for job in self.jobs if self.steps[job.fingerprint] is step]


def make_plan(
    rows: Collection[BuiltRow],
    states: Mapping[str, State],
    step: Callable[[Job], Step],
    *,
    limit: int | None = None,
) -> Plan:
    """The plan for the selected rows. `limit`: at most so many new jobs."""
    jobs: dict[str, Job] = {}
    count = 0
    for row in rows:
        if row.selected:
            for job in row.jobs:
                jobs.setdefault(job.fingerprint, job)
                count += 1
    steps = {job.fingerprint: step(job) for job in jobs.values()}
    new = [job for job in jobs.values() if steps[job.fingerprint] is Step.SEND]
    held_back = tuple(new[limit:]) if limit is not None else ()
    held = {job.fingerprint for job in held_back}
    send = [
        job for job in jobs.values()
        if steps[job.fingerprint] in (Step.SEND, Step.SEND_AGAIN) and job.fingerprint not in held
    ]  # fmt: skip
    present = {job.fingerprint for row in rows for job in row.jobs}
    sheets = {job.sheet for job in jobs.values()} | {""}  # records of a time when the workbook had one sheet
    leftover = {
        key: state
        for key, state in states.items()
        if key not in present and state.shown.finished and (state.sheet in sheets or sheets == {""})
    }
    fresh = [job for job in send if states.get(job.fingerprint, NEW).last == ""]
    made = [job for job in send if states.get(job.fingerprint, NEW).shown.finished]
    return Plan(
        jobs=tuple(jobs.values()),
        send=tuple(send),
        held_back=held_back,
        steps=MappingProxyType(steps),
        again=tuple(job for job in made if steps[job.fingerprint] is Step.SEND),
        replaced=tuple(_replaced(fresh, leftover)),
        gone=len(leftover),
        shared=count - len(jobs),
    )


def _replaced(fresh: list[Job], leftover: Mapping[str, State]) -> list[Job]:
    """The new jobs that take the place of a finished one: same `row_id`, else same row; same language first."""
    owners: dict[tuple[str, object], list[str]] = {}
    for key, state in leftover.items():
        owner: tuple[str, object] = ("id", state.row_id) if state.row_id else ("row", state.row)
        owners.setdefault(owner, []).append(key)
    found: dict[str, Job] = {}
    for same_language in (True, False):
        for job in fresh:
            olds = owners.get(("id", job.row_id) if job.row_id else ("row", job.row), [])
            old = next(
                (
                    key
                    for key in olds
                    if (leftover[key].language.casefold() == job.language.casefold()) == same_language
                ),
                None,
            )
            if old is not None and job.fingerprint not in found:
                olds.remove(old)
                found[job.fingerprint] = job
    return list(found.values())
