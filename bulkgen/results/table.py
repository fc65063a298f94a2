"""The results: the person's own columns and, behind them, what became of every job.

Pure: a function of the rows and the states, so it can be rebuilt at any time and is never itself the truth. One
line per job; a row with several languages repeats in place. Rows that share a job show the same result. Behind
the rows stand the jobs whose rows were changed or removed while they were being made: all of the person's columns are
blank there.

Invariant: a row that could not be used because its values do not fit the headers is still such a row when the results
are read again: what stood under no header, or a word on what is wrong, stands in a nameless column of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from bulkgen.kinds import LIVES
from bulkgen.kinds.expiry import earliest_end
from bulkgen.kinds.outcome import Detail, Links, Part
from bulkgen.ledger.events import format_second, parse_time
from bulkgen.ledger.left import left_jobs, stays, unsent
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.model import BLANK, Cell, Handle, Job, Row, Table
from bulkgen.result_columns import ALWAYS, ResultColumn, is_result, result_columns
from bulkgen.results.parts import WHOLE, Line, parts_of
from bulkgen.results.words import (
    explain,
    explain_fault,
    explain_left,
    explain_skipped,
    explain_waiting,
    explain_withheld,
)
from bulkgen.results.workbook import NO_VALUE
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.margin import Margin


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


class HasLook(Protocol):
    """A results file that stands: its sheet as it looks, None where that can't be told."""

    @property
    def sheet(self) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Worn:
    """Of a results file whose `look` is to be kept where the lines and columns of the results are in it.

    `rows`: of each line, the row there, 0 for none; `columns`: of each column the index there, None for none; `added`:
    those of the columns that a person added there.
    """

    look: HasLook
    header_row: int
    rows: tuple[int, ...]
    columns: tuple[int | None, ...]
    added: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Results:
    """Headers and lines of cells, ready to be written.

    Where they come from, for their look: `header_row` of the sheet; `rows`, of each line, the row there (0 for none);
    `columns`, of each column, its index there (None for none); `worn`: the results files that a person set a look in.
    `together`: the rows of the sheet that are one video with others, each with all of them.
    """

    name: str
    headers: tuple[str, ...]
    lines: tuple[tuple[Cell, ...], ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    header_row: int = 1
    rows: tuple[int, ...] = ()
    columns: tuple[int | None, ...] = ()
    worn: tuple[Worn, ...] = ()
    together: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


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


def results_table(table: Table, found: Iterable[Entry], details: Mapping[str, Detail]) -> Results:
    """The whole results sheet; columns that no line fills are left out."""
    margin = Margin(table)
    kept = [i for i, header in enumerate(table.headers) if not is_result(header) and i not in margin.columns]
    noted = _noted(table)
    listed = [
        replace(entry, row=replace(entry.row, source=noted.get(entry.state.shown.id, entry.row.source)))
        if entry.left
        else entry
        for entry in found
    ]
    surplus = [_surplus(entry.row.source, margin) for entry in listed]
    nameless = not all(cell.blank for cell in surplus)
    results = [_result_cells(entry, details) for entry in listed]
    filled = [name for name in ResultColumn if name in ALWAYS or any(name in cells for cells in results)]
    lines = tuple(
        (
            *(entry.row.source.cell(i) for i in kept),
            *((extra,) if nameless else ()),
            *(cells.get(name, BLANK) for name in filled),
        )
        for entry, extra, cells in zip(listed, surplus, results, strict=True)
    )
    headers = (*(table.headers[i] for i in kept), *(("",) if nameless else ()), *(name.value for name in filled))
    return Results(
        name=table.name,
        headers=headers,
        lines=lines,
        counts=count(listed),
        header_row=table.header_row,
        rows=tuple([0 if entry.left else entry.row.source.number for entry in listed]),
        columns=(*kept, *[None] * (len(headers) - len(kept))),
        together={entry.row.source.number: entry.row.together for entry in listed if entry.row.together},
    )


def _noted(table: Table) -> dict[str, Row]:
    """Lines that were behind the rows before, by their ids: the person may have noted something there."""
    at = result_columns(table.headers).get(ResultColumn.ID)
    return {} if at is None else {row.cell(at).text.strip(): row for row in table.behind}


def count(found: Iterable[Entry]) -> dict[str, int]:
    """How many jobs, and rows without one, stand where; every status that occurs."""
    counts: dict[str, int] = {}
    for entry in found:
        if entry.further:
            continue

        counts[entry.status.value] = counts.get(entry.status.value, 0) + 1
    return counts


def with_errors(results: Results) -> Results:
    """The results for a workbook that is to be corrected: a cell without value and text shows that it can't be used."""
    if not any(cell.unusable and not cell.text for line in results.lines for cell in line):
        return results

    lines = tuple(
        tuple(replace(cell, text=NO_VALUE) if cell.unusable and not cell.text else cell for cell in line)
        for line in results.lines
    )
    return replace(results, lines=lines)


def _surplus(row: Row, margin: Margin) -> Cell:
    """What the row has under no header, in one cell; if it has nothing there and can't be used, why."""
    places = margin.filled(row)
    if len(places) == 1 and not row.cell(places[0]).unusable:
        return row.cell(places[0])

    texts = [row.cell(at).text.strip() or f"[{row.cell(at).unusable}]" for at in places]
    if not texts and row.unusable:
        texts = [f"[{row.unusable}]"]
    text = " | ".join(texts)
    return Cell(text, text) if text else BLANK


def _result_cells(entry: Entry, details: Mapping[str, Detail]) -> dict[ResultColumn, Cell]:
    state, job = entry.state.shown, entry.job
    known = state.finished or entry.state.in_review  # where the person is to answer stands on the job's page
    detail = entry.detail(details) if known else None
    links = detail.links if detail else None
    until = links_expire_at(state, links)
    texts = {
        ResultColumn.STATUS: entry.status.value,
        ResultColumn.ERROR: entry.error,
        ResultColumn.KIND: entry.kind,
        ResultColumn.LANGUAGE: job.language if job else "",
        ResultColumn.ID: state.id,
        ResultColumn.SESSION_ID: session_of(state, job),
        ResultColumn.PART_ID: entry.shown_part.id if entry.shown_part else "",
        ResultColumn.PART_ABOUT: entry.part_about,
        ResultColumn.VIDEO_URL: links.video if links else "",
        ResultColumn.CAPTIONED_VIDEO_URL: links.captioned if links else "",
        ResultColumn.AUDIO_URL: (links.audio if links else "") or (state.link if state.finished else ""),
        ResultColumn.PAGE_URL: links.page if links else "",
        ResultColumn.CAPTIONS_URL: links.captions if links else "",
        ResultColumn.VTT_URL: links.vtt if links else "",
        ResultColumn.THUMBNAIL_URL: links.thumbnail if links else "",
        ResultColumn.GIF_URL: links.gif if links else "",
        ResultColumn.FILE: state.shown_file,
        ResultColumn.LINKS_EXPIRE_AT: format_second(until) if until is not None else "",
        ResultColumn.FINISHED_AT: state.finished_at if state.finished else "",
    }
    cells = {name: Cell(text, text) for name, text in texts.items() if text}
    duration = (detail.duration if detail else None) or state.duration
    if duration is not None and state.finished:
        cells[ResultColumn.DURATION] = Cell(f"{duration:g}", duration)
    if entry.part:
        cells[ResultColumn.PART] = Cell(str(entry.part), entry.part)
    if entry.cost_usd is not None:
        cells[ResultColumn.COST] = Cell(f"{entry.cost_usd:f}".rstrip("0").rstrip("."), entry.cost_usd)
    return cells


def session_of(state: State, job: Handle | None) -> str:
    """The id that a job went through the first stage of its life under, where it has a further one."""
    life = LIVES.get(job.kind) if job else None
    return state.session if life and len(life.stages) > 1 else ""


def links_expire_at(state: State, links: Links | None) -> float | None:
    """When the links of a finished job expire (Unix seconds); None where there are none.

    That of a recording was given when it was made, and can't be renewed.
    """
    if links is not None and links.expire_at is not None:
        return links.expire_at

    made = parse_time(state.finished_at) if state.finished and state.link else None
    return None if made is None else earliest_end([state.link], made)
