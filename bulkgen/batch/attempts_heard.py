"""What is recorded of a job that witnesses tell of, once the account was asked for its attempts. Pure.

The last finished attempt is what is shown; a later one that is at HeyGen is followed, and of a later one that is not
found there it is recorded that it is not known. Invariant: no number that an attempt had is used for a new POST.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bulkgen.batch.doubts import Witness
from bulkgen.errors import Unreachable
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.events import (
    Event,
    adopted,
    finished,
    format_second,
    format_time,
    refused,
    saved,
    submitting,
    unknown,
)
from bulkgen.ledger.state import State

_NOT_FOUND = "It was sent once more, the record of that is lost, and HeyGen does not show it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An attempt that a witness tells of: the `id` that the account confirms, and what it shows under the id.

    `stage`: the stage of the job's life that the id is of; `last`: it is the last one.
    """

    witness: Witness
    id: str = ""
    detail: Detail | None = None
    stage: int = 0
    last: bool = True

    @property
    def attempt(self) -> int:
        return self.witness.state.attempt

    @property
    def confirmed(self) -> bool:
        return bool(self.id or self.witness.state.file)

    @property
    def finished(self) -> bool:
        if self.detail is not None:
            return self.last and self.detail.status == "completed" and not self.detail.next_id

        return self.witness.state.finished


def taken_over(heard: Sequence[Heard], known: State, now: float) -> list[Event]:
    """The events of a job's attempts, the lowest first; one of them at least is confirmed.

    `known`: what resume files say of the job; `now` in Unix seconds.
    """
    confirmed = [each for each in heard if each.confirmed]
    last = confirmed[-1]
    highest = max(known.attempt, *(each.attempt for each in heard))
    lost = last.finished and any(each.attempt > last.attempt and each.witness.certain for each in heard)
    events: list[Event] = []
    for each in confirmed:
        if each is not last or lost:
            events += _finished(each, each.attempt, now) if each.finished else []
        elif each.witness.state.file:
            events += _finished(each, highest, now)
        else:  # under the highest number, and followed
            events += [
                submitting(each.witness.job, highest),
                adopted(each.witness.job, highest, each.id, stage=each.stage),
            ]
    if lost:
        job = last.witness.job
        events += [submitting(job, highest), unknown(job, highest, _NOT_FOUND)]
    return [{"at": format_time(now), **event, "from": last.witness.source} for event in events]


def set_aside(heard: Sequence[Heard], known: State, now: float, *, make_again: bool) -> list[Event]:
    """That a job of which nothing is confirmed is made as a later attempt than those that witnesses tell of.

    A mere claim is made good, under its own number and key, unless the person wants it made again whatever it was.
    """
    claimed = heard[-1].witness.state.last in ("", "submitting") and not make_again
    attempt = heard[-1].attempt - claimed
    if attempt <= known.attempt:
        return []

    job = heard[-1].witness.job
    lost = Unreachable("the record of an earlier attempt is lost", code="record_lost")
    events = [submitting(job, attempt), refused(job, attempt, lost)]
    return [{"at": format_time(now), **event, "from": heard[-1].witness.source} for event in events]


def _finished(heard: Heard, attempt: int, now: float) -> list[Event]:
    job, state, detail = heard.witness.job, heard.witness.state, heard.detail
    at = detail.finished_at if detail else ""
    if not at and not state.file:
        at = format_second(now)
    duration, parts = (detail.duration, detail.parts) if detail else (None, ())
    job_id = heard.id or state.id
    events = [submitting(job, attempt)]
    events += [adopted(job, attempt, job_id, stage=heard.stage)] if heard.stage else []
    events.append(finished(job, attempt, job_id, duration=duration, finished_at=at, parts=parts))
    return [*events, saved(job, attempt, state.file, state.bytes)] if state.file else events
