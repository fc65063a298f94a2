"""The events of the resume file: what each one says, and how its time is written.

Pure. An event is a plain JSON object, and the constructors here are the only place that makes one. None of them holds
a script, a cell's text, a key of the account or a link, but for the one link that can't be had again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from bulkgen.errors import ApiError, Blocked, RateLimited, Unreachable
from bulkgen.kinds.outcome import Part
from bulkgen.model import Answer, Handle, Job, LocalFile, idempotency_key
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.expected import UNKNOWN, Expected

Event = dict[str, object]

#: The format of the resume file; a higher one is of a later release and refused.
FORMAT = 1

#: How much of HeyGen's own message is kept.
MESSAGE_LIMIT = 300


def opened(version: str, base: str, account: str) -> Event:
    return {"event": "opened", "format": FORMAT, "bulkgen": version, "base": base, "account": account}


def template_seen(template_id: str, name: str, variables: Mapping[str, str], *, is_open: bool = False) -> Event:
    """`is_open`: nobody knows its variables (a person's own template in the sandbox)."""
    event: Event = {"event": "template", "id": template_id, "name": name, "variables": dict(variables)}
    return {**event, "open": True} if is_open else event


def named(lookup: str, word: str, thing_id: str, name: str) -> Event:
    """A word of the sheet, which is a name, or a language in other words, and what of the account it was taken for."""
    return {"event": "named", "lookup": lookup, "word": word, "id": thing_id, "name": name}


def known_file(name: str, file: LocalFile) -> Event:
    """What stood where a cell names a file; `name`: a digest of what the cell says, which may tell of the person."""
    event: Event = {"event": "known_file", "name": name, **_of_file(file)}
    return {**event, "declares": file.project.plain} if file.project else event


def uploading(file: LocalFile, asset: str) -> Event:
    """HeyGen has a place for the file, by this id: the bytes may be there, though nobody has said so yet."""
    return {"event": "uploading", **_of_file(file), "asset": asset}


def uploaded(file: LocalFile, asset: str) -> Event:
    """The file is at HeyGen, by this id, and serves every row that is made from it."""
    return {"event": "uploaded", **_of_file(file), "asset": asset}


def _of_file(file: LocalFile) -> Event:
    return {"sha256": file.digest, "bytes": file.size, "type": file.type}


def submitting(
    job: Job,
    attempt: int,
    *,
    again: bool = False,
    expected: Expected = UNKNOWN,
    cost: Cost | None = None,
    prompt_digest: str = "",
) -> Event:
    """The intent: durable before the POST. `again`: after a lost answer, on an endpoint without keys.

    `cost`: what it is expected to cost, None where nobody knows the price. `prompt_digest`: of the text that it can be
    recognised by, where nothing else tells it (`Life.prompt`).
    """
    event = _intent(job, "submitting", attempt, expected, cost)
    if job.listened:
        event["listened"] = True
    if prompt_digest:
        event["prompt_digest"] = prompt_digest
    return {**event, "again": True} if again else event


def _intent(job: Job, name: str, attempt: int, expected: Expected, cost: Cost | None) -> Event:
    event: Event = {
        **_of(job, name, attempt),
        "key": idempotency_key(job.fingerprint, attempt),
        "kind": job.kind,
        "row": job.row,
        "row_id": job.row_id,
        "title": job.title,
    }
    if job.language:
        event["language"] = job.language
    if job.sheet:
        event["sheet"] = job.sheet
    if expected != UNKNOWN:
        event["expected"] = _of_expected(expected)
    if cost is not None:
        event["cost"] = cost.recorded()
    return event


def _of_expected(expected: Expected) -> dict[str, object]:
    """What is not known is left out; seconds are `[low, likely, high]`, in whole hundredths."""
    seconds = expected.seconds
    known: dict[str, object] = {
        "seconds": [round(end, 2) for end in (seconds.low, seconds.likely, seconds.high)] if seconds else None,
        "language": expected.language,
        "speaker": expected.speaker,
        "template": expected.template,
    }
    return {name: value for name, value in known.items() if value}


def aged(fingerprint: str, attempt: int) -> Event:
    """A clock has jumped since this attempt was sent: how long ago that was can't be told any more."""
    return {"event": "aged", "fingerprint": fingerprint, "attempt": attempt}


def used(job: Handle, attempt: int) -> Event:
    """What was made to be listened to is what a row gets, by now: it stands in the results."""
    return {"event": "used", "fingerprint": job.fingerprint, "attempt": attempt}


def submitted(job: Handle, attempt: int, job_id: str, *, stage: int = 0) -> Event:
    """`stage`: the stage of the job's life that the id is of."""
    return _at_heygen(job, "submitted", attempt, job_id, stage)


def adopted(job: Handle, attempt: int, job_id: str, *, stage: int = 0) -> Event:
    return _at_heygen(job, "adopted", attempt, job_id, stage)


def moved(job: Handle, attempt: int, job_id: str, *, stage: int) -> Event:
    """The job goes on under another id, of the next stage of its life."""
    return _at_heygen(job, "moved", attempt, job_id, stage)


def review(
    job: Handle,
    attempt: int,
    job_id: str,
    message: str,
    *,
    stage: int = 0,
    spent: str = "",
    untaken: bool = False,
    why: str = "",
    made: bool = False,
) -> Event:
    """The job waits for the person; `message` is what HeyGen says to them.

    `spent`: a digest of what the row says already, so that it is no answer to this; `?` where nobody knows what it
    says. `untaken`: the answer that was about to be sent has not been taken; `why`: what HeyGen said against it.
    `made`: what it waits with is paid for by itself, whatever the answer.
    """
    event = {**_at_heygen(job, "review", attempt, job_id, stage), "message": message[:MESSAGE_LIMIT]}
    event |= {"spent": spent} if spent else {}
    event |= {"untaken": True} if untaken else {}
    event |= {"made": True} if made else {}
    return event | ({"why": why[:MESSAGE_LIMIT]} if why else {})


def answering(
    job: Job,
    attempt: int,
    job_id: str,
    answer: Answer,
    *,
    stage: int,
    expected: Expected = UNKNOWN,
    cost: Cost | None = None,
    paid: bool,
) -> Event:
    """The intent to send the person's answer to a job that waits for it, by its digests: durable before any of it.

    `paid`: it is a charge of its own, of that `cost`; None where nobody knows the price.
    """
    event = {**_intent(job, "answering", attempt, expected, cost), "id": job_id, "answer": [answer.word, answer.digest]}
    event["key"] = idempotency_key(job.fingerprint, attempt, answer=True)
    event |= {"stage": stage} if stage else {}
    return event | ({"paid": True} if paid else {})


def refused(job: Job, attempt: int, error: ApiError, *, doubted: bool = False) -> Event:
    """`blocked`: for a cause in the account, or in the moment; the job is as if it had not been sent.

    `doubted`: an earlier answer to the same attempt was lost, so it may have been made all the same.
    """
    event: Event = {**_of(job, "refused", attempt), "code": error.code, "message": error.message[:MESSAGE_LIMIT]}
    event["status"] = error.status
    if doubted:
        event["doubted"] = True
    return {**event, "blocked": True} if isinstance(error, Blocked | RateLimited | Unreachable) else event


def finished(
    job: Handle,
    attempt: int,
    job_id: str,
    *,
    duration: float | None,
    finished_at: str,
    link: str = "",
    parts: Iterable[Part] = (),
    once: bool = False,
) -> Event:
    """`link` only for a recording: the one link that can't be asked for again.

    `parts`: the results of a job that has several; `once`: their links can't be asked for again either.
    """
    event: Event = {**_of(job, "finished", attempt), "id": job_id, "finished_at": finished_at}
    if duration is not None:
        event["duration"] = duration
    if told := [_of_part(part, once=once) for part in parts]:
        event["parts"] = told
    return {**event, "link": link} if link else event


def _of_part(part: Part, *, once: bool) -> dict[str, object]:
    link = part.links.audio or part.links.video if once else ""
    texts = {"id": part.id, "title": part.title, "note": part.note, "fault": part.fault}
    told: dict[str, object] = {name: text[:MESSAGE_LIMIT] for name, text in texts.items() if text}
    if part.duration is not None:
        told["duration"] = part.duration
    return {**told, "link": link} if link else told


def failed(job: Handle, attempt: int, code: str, message: str) -> Event:
    return {**_of(job, "failed", attempt), "code": code, "message": message[:MESSAGE_LIMIT]}


def saved(job: Handle, attempt: int, file: str, size: int, *, what: str = "") -> Event:
    """`what`: "" for a recording, whose link comes only once; else what was downloaded, of what HeyGen still has."""
    event: Event = {**_of(job, "saved", attempt), "file": file, "bytes": size}
    return {**event, "what": what} if what else event


def saved_also(job: Handle, attempt: int, file: str, size: int, *, what: str, digest: str = "") -> Event:
    """A further file of a job, beside the main one: its captions, say.

    `digest`: the SHA-256 (hex) of what came, of a file that the person may change.
    """
    event = {**saved(job, attempt, file, size, what=what), "event": "saved_also"}
    return {**event, "sha256": digest} if digest else event


def saved_part(job: Handle, attempt: int, file: str, size: int, *, what: str, part: int) -> Event:
    """A file of one of the results of a job that has several; `part`: its number, from 1."""
    return {**saved(job, attempt, file, size, what=what), "event": "saved_part", "part": part}


def gone(job: Handle, attempt: int, why: str) -> Event:
    """HeyGen does not show any more what it has finished, so there are no links to it; `why`: "" once it does again."""
    return {**_of(job, "gone", attempt), "why": why[:MESSAGE_LIMIT]}


def written(
    file: str,
    *,
    digest: str,
    columns: Sequence[str],
    cells: str,
    others: Sequence[str] = (),
    edited: bool = False,
    touched: bool = False,
) -> Event:
    """The results that are about to stand in `file`, by digests: of the file, of the names of their columns, of all
    their cells, of what stands beside them in a workbook. Of one file it may be the second such event: a run may have
    been killed between it and the file.

    `edited`: the file was the sheet of the run, and has what the person changed in it. `touched`: it looks as a person
    set it by hand.
    """
    event: Event = {"event": "written", "file": file, "digest": digest, "columns": list(columns), "cells": cells}
    if others:
        event["others"] = list(others)
    event |= {"edited": True} if edited else {}
    return event | ({"touched": True} if touched else {})


def unknown(job: Handle, attempt: int, message: str, *, job_id: str | None = None) -> Event:
    """`job_id`: the id, or the recording, that HeyGen gave and no longer has."""
    event: Event = {**_of(job, "unknown", attempt), "message": message[:MESSAGE_LIMIT]}
    return event if job_id is None else {**event, "id": job_id}


def redo(fingerprint: str, *, after: int, asked: str, told: bool = False) -> Event:
    """The person wants an attempt of the job that is later than `after`.

    `asked`: when the command was first given (as `format_time` writes it), the same for all its jobs: by that the
    command is known when it is given once more. `told`: such an attempt has ended, and the results say so.
    """
    event: Event = {"event": "redo", "fingerprint": fingerprint, "after": after, "asked": asked}
    return {**event, "told": True} if told else event


def retry(fingerprint: str, *, after: int) -> Event:
    """A row asks, in its column `retry`, for an attempt of the job that is later than `after`, which failed.

    It is asked for once, however long the word stays in the sheet. `after` 0: the word is gone, and may come again.
    """
    return {"event": "retry", "fingerprint": fingerprint, "after": after}


def begun(plan: str, jobs: int) -> Event:
    """A run begins with a plan that was checked before, by its digest; `jobs`: so many are to be sent."""
    return {"event": "begun", "plan": plan, "jobs": jobs}


def ended(sheet: str = "") -> Event:
    """A run has come to its end: all was sent, or what it may cost was reached. What later runs spend counts anew.

    `sheet`: the worksheet that it was of, where the workbook has several.
    """
    return {"event": "ended", "sheet": sheet} if sheet else {"event": "ended"}


def _at_heygen(job: Handle, name: str, attempt: int, job_id: str, stage: int) -> Event:
    event: Event = {**_of(job, name, attempt), "id": job_id}
    return {**event, "stage": stage} if stage else event


def _of(job: Handle, name: str, attempt: int) -> Event:
    """`left`: by then no row of the sheet asked for the job any more."""
    event: Event = {"event": name, "fingerprint": job.fingerprint, "attempt": attempt}
    return event if isinstance(job, Job) else {**event, "left": True}


def format_time(seconds: float) -> str:
    """Unix seconds as the resume file writes them: ISO 8601, UTC, whole milliseconds, never later than they are."""
    whole, thousandths = divmod(math.floor(seconds * 1000), 1000)
    return datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{thousandths:03d}Z"


def format_second(seconds: float) -> str:
    """The same in whole seconds: `2026-11-03T12:00:00Z`."""
    return f"{format_time(seconds)[:19]}Z"


def format_day(seconds: float) -> str:
    """`3 Nov 2026`: the day (UTC, as in the resume file) as people write it."""
    day = datetime.fromtimestamp(seconds, UTC)
    return f"{day.day} {day:%b %Y}"


def format_moment(seconds: float) -> str:
    """`3 Nov 2026, 12:00 UTC`."""
    return f"{format_day(seconds)}, {datetime.fromtimestamp(seconds, UTC):%H:%M} UTC"


def parse_time(text: object) -> float | None:
    """The inverse of `format_time`; None for anything else."""
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None


def whole_number(value: object, default: int) -> int:
    """What an event says where a number is meant, if it is one."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default
