"""A few rows as they will be said, shown and sent: what is fed by what, the requests, and what was made of it already.

Sends nothing that costs, and changes no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.judged import Judged
from bulkgen.batch.naming import SheetNames
from bulkgen.batch.planned import Planned
from bulkgen.batch.target import Looker
from bulkgen.batch.writing import Writer
from bulkgen.errors import InputError
from bulkgen.kinds import LIVES
from bulkgen.kinds.life import Call
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.state import NEW, State
from bulkgen.ledger.steps import Step
from bulkgen.model import Job
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.feeds import Feeds, feeds_of
from bulkgen.rows.risk import riskiest, text_length, usable


@dataclass(frozen=True, kw_only=True)
class JobPreview:
    """One request of a row.

    `step`: what a run does with it; `post`: as it is sent then, or was sent; `detail`: of what was made, as far as its
    links are in the results; `file`: what is downloaded of it, without its ending, "" where nothing is.
    """

    job: Job
    state: State
    step: Step
    post: Call
    detail: Detail | None
    file: str


@dataclass(frozen=True, kw_only=True)
class RowPreview:
    """One row: why it is shown, why it is left out (""), what feeds its fields, and its requests."""

    row: BuiltRow
    why: str
    left_out: str
    feeds: Feeds
    jobs: tuple[JobPreview, ...]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The plan of these rows alone, and each of them from near."""

    planned: Planned
    rows: tuple[RowPreview, ...]


def preview_of(planned: Planned, whys: Mapping[int, str]) -> Preview:
    """The rows of these numbers, which the plan was made for."""
    built = {row.source.number: row for row in planned.built.rows if row.source.number in whys}
    details = _links(planned)
    names = SheetNames(
        opened=planned.judged.opened,
        built=planned.built,
        unsent=planned.plan.unsent,
        states=planned.recalled.states,
    )
    rows = tuple(
        RowPreview(
            row=built[number],
            why=why,
            left_out=_left_out(built[number], planned),
            feeds=feeds_of(built[number], planned.built),
            jobs=tuple(_job(job, planned, names, details.get(job.fingerprint)) for job in built[number].jobs),
        )
        for number, why in whys.items()
    )
    return Preview(planned=planned, rows=rows)


def _job(job: Job, planned: Planned, names: SheetNames, detail: Detail | None) -> JobPreview:
    life, places = LIVES[job.kind], planned.judged.opened.places
    state, step = planned.recalled.states.get(job.fingerprint, NEW), planned.plan.steps[job.fingerprint]
    attempt = state.next_attempt if step is Step.SEND else max(state.attempt, 1)
    kept = (life.at_once and life.renders) or planned.judged.opened.settings.files
    name = f"{places.downloads.name}/{names.of(job, attempt)[0]}" if kept else ""
    assets = {file.digest: f"(of {Path(file.path).name})" for file in job.files}
    post = life.post(job, attempt, assets, {made: f"(made by row {made.row})" for made in job.awaits})
    return JobPreview(job=job, state=state, step=step, post=post, detail=detail, file=name)


def _left_out(row: BuiltRow, planned: Planned) -> str:
    if not row.skipped:
        return ""

    headings = planned.built.layouts.headings
    cell, at = headings.own(row.source, row.left_out_by or "skip")
    if row.left_out_by and at is not None:
        return f"its column {headings.names[at]} says {cell.text.strip()!r}"

    return "it is hidden or filtered out in the spreadsheet; --include-hidden takes it too"


def _links(planned: Planned) -> Mapping[str, Detail]:
    """Links that the last results still have."""
    opened, recalled = planned.judged.opened, planned.recalled
    looker = Looker(opened, recalled.ledger, recalled.pending)
    writer = Writer(opened, planned.built, looker, before=recalled.states, record=lambda _event: None)
    return writer.links(recalled.states)


def rows_to_show(judged: Judged) -> dict[int, str]:
    """The number of each row to be shown, with the reason; the person's own row needs none.

    Raises `InputError` where there is no such row, or none at all.
    """
    number = judged.opened.settings.row
    if number is not None:
        _check(number, judged)
        return {number: ""}

    return _telling(judged)


def _telling(judged: Judged) -> dict[int, str]:
    """The first row, the one with the longest text, and the riskiest."""
    rows = usable(judged.built)
    if not rows:
        left = [row for row in judged.built.rows if row.selected]
        left = [row for row in left if not row.skipped] or left
        if not left:
            raise InputError(f"{judged.opened.table.name} has no rows to show.")

        return {left[0].source.number: "the first, since none can be made as it is"}

    if len(rows) == 1:
        return {rows[0].source.number: "the only one that can be made as it is"}

    whys: dict[int, list[str]] = {}
    whys.setdefault(rows[0].source.number, []).append("the first")
    [choice], longest = riskiest(judged.built), max(rows, key=text_length)
    if text_length(longest) and longest is not choice.row:
        whys.setdefault(longest.source.number, []).append(f"the longest text: {text_length(longest):,} characters")
    whys.setdefault(choice.row.source.number, []).append(f"the riskiest, because {choice.why}")
    return {number: "; ".join(each) for number, each in whys.items()}


def _check(number: int, judged: Judged) -> None:
    table = judged.opened.table
    numbers = [row.number for row in table.rows]
    if number in numbers:
        return

    there = f"its rows are {numbers[0]}-{numbers[-1]}" if numbers else "it has no rows"
    if number == table.header_row:
        raise InputError(f"--row {number}: that is the line of headers of {table.name}, {there}.")

    raise InputError(f"--row {number}: {table.name} has no such row, {there}.")
