"""What the lines of results sheets say of jobs: that they are made, or that it is not known what became of them.

Reads the sheets, and knows nothing of accounts. A line whose id stands in a resume file at hand says nothing new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bulkgen.batch.on_record import results_file
from bulkgen.batch.opened import Opened
from bulkgen.batch.recalled import Recalled
from bulkgen.disk.whole import numbered
from bulkgen.errors import InputError
from bulkgen.kinds.account import Account
from bulkgen.ledger.events import Event
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.model import Job, Row, Table
from bulkgen.result_columns import ANSWER_LOST, ResultColumn, are_results, result_columns
from bulkgen.rows.build import build
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.own_rows import own_rows
from bulkgen.sheet import read_sheet

#: What a results sheet calls a line for which something was paid, and what the ledger would say of its job.
_MADE: Mapping[str, str] = {Status.DONE: "finished", Status.REVIEW: "review", Status.RENDERING: "submitted"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a line says, and the wanted jobs that it may say it of.

    `other`: it is called made, and none of the sheet's rows asks for what it shows.
    """

    state: State
    source: str
    jobs: tuple[Job, ...]
    other: bool

    @property
    def place(self) -> str:
        return self.state.id or f"{self.source}:{self.state.row}:{self.state.language}"


def result_lines(
    opened: Opened, account: Account, rows: Collection[BuiltRow], recalled: Recalled, wanted: Mapping[str, Job]
) -> Iterator[Line]:
    """Those of the sheet itself where it is a results sheet, and of the results beside it.

    `rows`: of the sheet; `wanted`: the jobs by every fingerprint that they may be recorded by.
    """
    own = Path(opened.source)
    asked = {key for row in rows for job in (*row.jobs, *row.withheld) for key in (job.fingerprint, *job.readings)}
    reading = _Reading(recalled, wanted, frozenset(asked))
    yield from reading.lines(opened.table, rows, own.name)
    for path in numbered(opened.places.results):  # those that a person changed stand beside the latest
        if path.exists() and path.resolve() != own.resolve():
            yield from _beside(path, opened, account, reading)


def ids_in_results(opened: Opened, events: Sequence[Event]) -> Collection[str] | None:
    """The ids of the jobs that the results show by now; None where there are none that can be read."""
    path = results_file(opened, events)
    try:
        table = read_sheet(path, recognise=are_results) if path else None
    except InputError:
        return None

    if table is None or not are_results(table.headers):
        return None

    at = result_columns(table.headers)[ResultColumn.ID]
    return {row.cell(at).text.strip() for row in table.rows}


def _beside(path: Path, opened: Opened, account: Account, reading: _Reading) -> Iterator[Line]:
    """The lines of a results sheet that stands beside the sheet."""
    try:
        table = own_rows(read_sheet(path, recognise=are_results), opened.settings.renames)
    except InputError:
        return  # no sheet

    told = replace(table, rows=tuple(reading.telling(table)))
    try:
        built = (
            build(told, replace(opened.read_options, selection=None, everyone=True), account).rows if told.rows else ()
        )
    except InputError:  # it has not the columns that the command names
        built = tuple(BuiltRow(source=row, kind="") for row in told.rows)
    yield from reading.lines(told, built, path.name)


@dataclass(frozen=True)
class _Reading:
    """`asked`: the fingerprints of all that the sheet's rows ask for."""

    recalled: Recalled
    wanted: Mapping[str, Job]
    asked: frozenset[str]

    def telling(self, table: Table) -> list[Row]:
        """The rows that say something which stands in no resume file at hand."""
        if not are_results(table.headers):
            return []

        columns = result_columns(table.headers)
        claimed, at = self.recalled.claimed, columns[ResultColumn.ID]
        return [row for row in table.rows if _last(row, columns) and row.cell(at).text.strip() not in claimed]

    def lines(self, table: Table, rows: Iterable[BuiltRow], source: str) -> Iterator[Line]:
        """Of those rows, each under its id."""
        columns = result_columns(table.headers)
        telling = {row.number for row in self.telling(table)}
        for row in rows:
            if row.source.number not in telling:
                continue

            cell = {name: row.source.cell(index).text.strip() for name, index in columns.items()}
            language = cell.get(ResultColumn.LANGUAGE, "")
            asked = (*row.jobs, *row.withheld)
            jobs = [job for job in asked if not language or job.language.casefold() == language.casefold()]
            state = State(
                1,
                _last(row.source, columns),
                id=cell[ResultColumn.ID] if len(jobs) <= 1 else "",  # of several nobody knows which one it is of
                row=row.source.number,
                row_id=row.row_id,
                language=language,
            )
            meant = [
                self.wanted[key]
                for job in jobs
                for key in [next((key for key in (job.fingerprint, *job.readings) if key in self.wanted), "")]
                if key and not (_is_lost(state) and self._is_known(self.wanted[key]))
            ]
            nameless = not cell[ResultColumn.ID] and self.recalled.states  # it may be any of those
            other = not (nameless or _is_lost(state)) and not any(
                key in self.asked for job in jobs for key in (job.fingerprint, *job.readings)
            )
            yield Line(state=state, source=source, jobs=tuple(meant), other=other)

    def _is_known(self, job: Job) -> bool:
        return self.recalled.states.get(job.fingerprint, NEW).attempt > 0


def _is_lost(state: State) -> bool:
    return state.last in ("unknown", "submitting")


def _last(row: Row, columns: Mapping[str, int]) -> str:
    """What the ledger would say of a line's job; "" where the line does not say that it was sent.

    A line that has finished shows that result, whatever has become of a later attempt.
    """
    if ResultColumn.FINISHED_AT in columns and not row.cell(columns[ResultColumn.FINISHED_AT]).blank:
        return "finished"

    status = row.cell(columns[ResultColumn.STATUS]).text.strip()
    if status == Status.UNKNOWN:
        return "unknown"

    error = row.cell(columns[ResultColumn.ERROR]).text if ResultColumn.ERROR in columns else ""
    lost = status in (Status.QUEUED, Status.FAILED) and any(words in error for words in ANSWER_LOST)
    return "submitting" if lost else _MADE.get(status, "")
