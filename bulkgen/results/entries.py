"""The lines of the results before they are cells: a row, its job if it has one, and how that stands.

Pure: a function of the rows and the states. One line per job, and per part of a job that has several; a row with
several languages repeats in place. Rows that share a job show the same result. Behind the rows stand the jobs whose
rows were changed or removed while they were being made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bulkgen.kinds.outcome import Detail, Part
from bulkgen.ledger.left import left_jobs, stays, unsent
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.model import Handle, Job, Row
from bulkgen.results.parts import WHOLE, Line, parts_of
from bulkgen.results.words import (
    explain,
    explain_fault,
    explain_left,
    explain_skipped,
    explain_waiting,
    explain_withheld,
)
from bulkgen.rows.built import BuiltRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the results: its row, its job if it has one, and how that stands.

    Where no row asks for the job any more (`left`), `row` is the one that did: its number, and nothing in its cells.
    """

    row: BuiltRow
    status: Status
    job: Handle | None = None
    error: str = ""
    state: State = NEW
    #: A line before this one shows the same result, or another part of it: what that cost stands there.
    repeated: bool = False
    #: Of a job that has several results: which of them the line is of, from 1; 0 for all other jobs.
    part: int = 0

    @property
    def cost_usd(self) -> float | None:
        """What the result did cost in US dollars, computed; None where it is not known, or stands elsewhere: in a line
        before, or in the results of the sheet that it was sent for."""
        shown = self.state.shown
        if self.repeated or not shown.own or shown.cost is None or shown.cost.currency != "usd":
            return None

        cost = shown.real_cost if shown.measured else None
        return round(cost.likely, 6) if cost else None

    @property
    def shown_part(self) -> Part | None:
        """The one of several results that the line shows; None where it shows all that there is."""
        parts = self.state.shown.parts if self.part else ()
        return parts[self.part - 1] if self.part <= len(parts) and parts else None

    @property
    def part_about(self) -> str:
        """What HeyGen calls that one, and says of it."""
        part = self.shown_part
        return " · ".join(filter(None, (part.title, part.note))) if part else ""

    @property
    def further(self) -> bool:
        """It stands behind another line of its job, of whose row that is too: both count as one."""
        return self.part > 1

    def detail(self, details: Mapping[str, Detail]) -> Detail | None:
        """The links of what it shows, as far as they are known. `details`: of jobs, by fingerprint."""
        found, part = details.get(self.job.fingerprint) if self.job else None, self.shown_part
        if found is None and part and part.links.presigned:  # they came only once
            return Detail("completed", part.links, part.duration)

        number = self.part if self.state.shown.parts else 0
        return found.of_part(number, part.id if part else "") if found else None

    @property
    def kind(self) -> str:
        """What was asked for; "" where that is not known."""
        return self.job.kind if self.job else self.row.kind

    @property
    def left(self) -> bool:
        return self._unasked and not self.row.skipped

    @property
    def settled(self) -> bool:
        """It has ended, however, and no row asks for it any more, or it is a part that HeyGen did not make, beside
        others that it did: nothing is left to do."""
        return self.fails_alone or (
            self._unasked and self.status not in (Status.RENDERING, Status.QUEUED, Status.REVIEW)
        )

    @property
    def fails_alone(self) -> bool:
        """HeyGen did not make this part, and made others of the same job."""
        part = self.shown_part
        return part is not None and bool(part.fault) and self.state.status is Status.DONE

    @property
    def _unasked(self) -> bool:
        return self.job is not None and not isinstance(self.job, Job)


def entries(rows: Collection[BuiltRow], states: Mapping[str, State], sheet: str = "") -> list[Entry]:
    """One entry per line of the results; `sheet`: the worksheet, where a workbook has several."""
    found = []
    for row in rows:
        if row.jobs:
            for job in row.jobs:
                state = states.get(job.fingerprint, NEW)
                error = explain(state) or _waiting(job, state, states)
                found.append(Entry(row=row, status=state.status, job=job, error=error, state=state))
            continue

        if row.skipped:
            found += _left_out_entries(row, states)
        elif row.invalid:
            error = " ".join(issue.sentence() for issue in row.issues if not issue.warning)
            found.append(Entry(row=row, status=Status.INVALID, error=error))
        else:  # its template has not been looked up yet
            found.append(Entry(row=row, status=Status.QUEUED))
    left = (_left_entry(job, states[job.fingerprint]) for job in left_jobs(rows, states, sheet))
    return _once(_in_parts([*found, *left]))


def _in_parts(found: Sequence[Entry]) -> Iterable[Entry]:
    """The entries, with one for each part of a job that has several."""
    if not any(entry.row.part or entry.state.shown.parts for entry in found):
        return found

    lines = [
        Line(
            job=entry.job.fingerprint if entry.job else "",
            count=len(entry.state.shown.parts),
            part=entry.row.part if entry.job else WHOLE,
            own=entry.row.own,
        )
        for entry in found
    ]
    return [_of_part(entry, part) for entry, parts in zip(found, parts_of(lines), strict=True) for part in parts]


def _of_part(entry: Entry, part: int) -> Entry:
    """The entry as that of one part of its job; itself for `WHOLE`."""
    entry = replace(entry, state=entry.state.of_part(part), part=part)
    fault = entry.shown_part.fault if entry.fails_alone and entry.shown_part else ""
    if not fault:
        return entry

    return replace(entry, status=Status.FAILED, error=explain_fault(fault))


def _waiting(job: Job, state: State, states: Mapping[str, State]) -> str:
    """What a job waits for that was not sent; "" where that is nothing."""
    if state.last or not job.awaits:
        return ""

    known = ((reference, states.get(reference.fingerprint, NEW)) for reference in job.awaits)
    return next((explain_waiting(each, made) for each, made in known if not made.made_id(each.part)), "")


def _once(found: Iterable[Entry]) -> list[Entry]:
    """The entries; those that show a result which one before them shows are `repeated`."""
    seen, told = set[str](), list[Entry]()
    for entry in found:
        key = entry.job.fingerprint if entry.job and entry.state.shown.finished else ""
        told.append(replace(entry, repeated=True) if key in seen else entry)
        seen.update([key] if key else [])
    return told


def _left_out_entries(row: BuiltRow, states: Mapping[str, State]) -> list[Entry]:
    """What was made of a row that is left out, with a line for each of its languages; else one that says why it is."""
    known = [(job, states.get(job.fingerprint, NEW)) for job in row.withheld]
    of_a_language = row.language and known  # a line of an earlier results sheet
    if not of_a_language and not any(stays(state) for _, state in known):
        return [Entry(row=row, status=Status.SKIPPED, error=explain_skipped(row))]

    return [
        _unsent_entry(row, unsent(job), state, partial(explain_withheld, row))
        if stays(state)
        else Entry(row=row, status=Status.SKIPPED, job=unsent(job), error=explain_skipped(row))
        for job, state in known
    ]


def _left_entry(job: Handle, state: State) -> Entry:
    row = BuiltRow(source=Row(job.row, ()), kind=job.kind, row_id=job.row_id)
    return _unsent_entry(row, job, state, explain_left)


def _unsent_entry(row: BuiltRow, job: Handle, state: State, explained: Callable[[State], str]) -> Entry:
    if state.wished:  # it is not made again while no row asks for it
        state = replace(state, redo=None)
    return Entry(row=row, status=state.status, job=job, error=explained(state), state=state)


def count(found: Iterable[Entry]) -> dict[str, int]:
    """How many jobs, and rows without one, stand where; every status that occurs."""
    counts: dict[str, int] = {}
    for entry in found:
        if entry.further:
            continue

        counts[entry.status.value] = counts.get(entry.status.value, 0) + 1
    return counts
