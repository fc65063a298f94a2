"""Who says that a job was made before, where no resume file at hand does: the index, a results sheet, a recording.

Only reads, and asks nobody: whether a witness is right is found out by `hearing`. Costs nothing where no job is about
to be sent, and no more than a look at the results sheet where all that it calls made is on record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

from bulkgen.batch.doubts import Witness
from bulkgen.batch.opened import Opened
from bulkgen.batch.recalled import Recalled
from bulkgen.disk.whole import numbered
from bulkgen.errors import InputError
from bulkgen.kinds import LIVES
from bulkgen.kinds.account import Account
from bulkgen.ledger.history import fold
from bulkgen.ledger.inheritance import sheet_of
from bulkgen.ledger.neighbours import neighbours, read_others
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.model import Job, Row, Table
from bulkgen.result_columns import ResultColumn, result_columns
from bulkgen.rows.build import build
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.own_rows import own_rows
from bulkgen.sheet import read_sheet

#: What a results sheet calls a line for which something was paid, and what the ledger would say of its job.
_MADE: Mapping[str, str] = {Status.DONE: "finished", Status.REVIEW: "review", Status.RENDERING: "submitted"}

#: The name of a recording that bulkgen saved: row, beginning of the fingerprint, attempt.
_RECORDING = re.compile(r"\d{4,}-(?P<job>[0-9a-f]{10})(?:-(?P<attempt>\d+))?\.(?:mp3|wav|m4a|ogg)")


def find_witnesses(
    opened: Opened, account: Account, rows: Iterable[BuiltRow], recalled: Recalled, wanted: Mapping[str, Job]
) -> list[Witness]:
    """One for each attempt of the wanted jobs of which something is said, in the order of the attempts.

    `rows`: of the sheet; `wanted`: the jobs by every fingerprint that they may be recorded by.
    """
    if not wanted:
        return []

    own = Path(opened.source)
    lines = [_lines(opened.table, rows, own.name, wanted, recalled)]
    for path in numbered(opened.places.results):  # those that a person changed stand beside the latest
        if path.exists() and path.resolve() != own.resolve():
            lines.append(_listed(path, opened, account, wanted, recalled))
    listed = list(chain(*lines))
    rehearsed = _rehearsed(opened) if listed else frozenset()
    indexed = list(_indexed(recalled, wanted))
    listed = [_of_an_attempt(each, indexed, recalled) for each in listed if each.state.id not in rehearsed]
    found: dict[tuple[str, int], Witness] = {}
    for witness in (*indexed, *listed, *_recorded(opened.places.downloads, recalled, wanted)):
        key = witness.job.fingerprint, witness.state.attempt
        found[key] = _joined(found[key], witness) if key in found else witness
    return sorted(found.values(), key=lambda witness: witness.state.attempt)


def _of_an_attempt(line: Witness, indexed: Iterable[Witness], recalled: Recalled) -> Witness:
    """What a line of the results says, of the attempt that has its id: as the index says, else the latest."""
    key, job_id = line.job.fingerprint, line.state.id
    states = [each.state for each in indexed if each.job.fingerprint == key]
    named = [state.attempt for state in states if job_id and state.id == job_id]
    known = recalled.states.get(key, NEW).attempt
    others = [state.attempt for state in states if not state.came_to_nothing]
    return replace(line, state=replace(line.state, attempt=max(named or [known, 1, *others])))


def _rehearsed(opened: Opened) -> frozenset[str]:
    """Ids of the sheet's rehearsals, which say nothing of what is really made; in a rehearsal the other way round."""
    places = opened.places
    others = neighbours(places.resume, [places.folder], sandbox=not opened.settings.sandbox)
    return frozenset[str]().union(*(fold(events).ids for events in read_others(others, "", "")[0].values()))


def _joined(one: Witness, other: Witness) -> Witness:
    """What two witnesses of an attempt say: by the one that says more, with what only the other knows."""
    better, less = (one, other) if _substance(one) >= _substance(other) else (other, one)
    state = replace(better.state, id=better.state.id or less.state.id)
    return replace(better, state=state, certain=one.certain or other.certain)


def _substance(witness: Witness) -> tuple[bool, bool, bool]:
    return bool(witness.state.file), bool(witness.state.id), bool(witness.state.last)


def _indexed(recalled: Recalled, wanted: Mapping[str, Job]) -> Iterator[Witness]:
    for trace in recalled.traces:
        if trace.fingerprint in wanted:
            source = f"bulkgen's index (of {sheet_of(trace.resume)})"
            yield Witness(job=wanted[trace.fingerprint], state=trace.state, source=source, certain=trace.certain)


def _recorded(folder: Path, recalled: Recalled, wanted: Mapping[str, Job]) -> Iterator[Witness]:
    """Recordings that lie where bulkgen saves them, by the name that it gives them: no cell says where."""
    open_ones: dict[str, tuple[Job, State]] = {}
    for key, job in wanted.items():
        known = recalled.states.get(job.fingerprint, NEW)
        if LIVES[job.kind].at_once and known.last in ("", "submitting"):
            open_ones[key[:10]] = job, known
    for path in sorted(folder.iterdir()) if open_ones and folder.is_dir() else ():
        match = _RECORDING.fullmatch(path.name)
        if not match or match["job"] not in open_ones:
            continue

        job, known = open_ones[match["job"]]
        attempt, size = int(match["attempt"] or 1), path.stat().st_size
        if size and known.attempt in (0, attempt):
            state = State(attempt, "saved", file=f"{folder.name}/{path.name}", bytes=size)
            yield Witness(job=job, state=state, source=folder.name)


def _listed(
    path: Path, opened: Opened, account: Account, wanted: Mapping[str, Job], recalled: Recalled
) -> Iterator[Witness]:
    """What a results sheet says that stands beside the sheet."""
    try:
        table = own_rows(read_sheet(path), opened.settings.renames)
        columns = result_columns(table.headers)
        made = replace(table, rows=tuple(row for row in table.rows if _made(row, columns, recalled)))
        if made.rows:
            rows = build(made, replace(opened.read_options, selection=None), account).rows
            yield from _lines(made, rows, path.name, wanted, recalled)
    except InputError:
        return  # no sheet, or none with the columns that the command names: no results of these rows


def _made(row: Row, columns: Mapping[str, int], recalled: Recalled) -> bool:
    """Whether a line is called made, under an id that stands in no resume file at hand."""
    if not {ResultColumn.ID, ResultColumn.STATUS} <= columns.keys():
        return False

    return _last(row, columns) is not None and row.cell(columns[ResultColumn.ID]).text.strip() not in recalled.claimed


def _last(row: Row, columns: Mapping[str, int]) -> str | None:
    """What the ledger would say of a line's job; None where the line does not call it made.

    A line that has finished shows that result, whatever has become of a later attempt.
    """
    if ResultColumn.FINISHED_AT in columns and not row.cell(columns[ResultColumn.FINISHED_AT]).blank:
        return "finished"

    return _MADE.get(row.cell(columns[ResultColumn.STATUS]).text.strip())


def _lines(
    table: Table, rows: Iterable[BuiltRow], source: str, wanted: Mapping[str, Job], recalled: Recalled
) -> Iterator[Witness]:
    """The wanted jobs of these lines, each under the id of its line."""
    columns = result_columns(table.headers)
    for row in rows:
        if not _made(row.source, columns, recalled):
            continue

        cell = {name: row.source.cell(index).text.strip() for name, index in columns.items()}
        language = cell.get(ResultColumn.LANGUAGE, "").casefold()
        jobs = [job for job in row.jobs if not language or job.language.casefold() == language]
        job_id = cell[ResultColumn.ID] if len(jobs) == 1 else ""  # of several nobody knows which one it is of
        state = State(1, _last(row.source, columns) or "", id=job_id)
        for job in jobs:
            meant = next((wanted[key] for key in (job.fingerprint, *job.readings) if key in wanted), None)
            if meant is not None:
                yield Witness(job=meant, state=state, source=source)
