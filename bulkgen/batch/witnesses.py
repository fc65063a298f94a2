"""Who says that a job was made before, where no resume file at hand does: the index, a results sheet, a recording.

Only reads, and asks nobody: whether a witness is right is found out by `hearing`. Costs nothing where no job is about
to be sent, and no more than a look at the results sheet where all that it calls made is on record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bulkgen.batch.doubts import Witness
from bulkgen.batch.judged import Judged
from bulkgen.batch.recalled import Recalled
from bulkgen.errors import InputError
from bulkgen.kinds import LIVES
from bulkgen.ledger.inheritance import sheet_of
from bulkgen.ledger.state import State, Status, weight
from bulkgen.model import Job, Row, Table
from bulkgen.result_columns import ResultColumn, result_columns
from bulkgen.rows.build import build
from bulkgen.rows.built import BuiltRow
from bulkgen.sheet import read_sheet

#: What a results sheet calls a line for which something was paid, and what the ledger would say of its job.
_MADE = {Status.DONE: "finished", Status.REVIEW: "review", Status.RENDERING: "submitted"}

#: The name of a recording that bulkgen saved: row, beginning of the fingerprint, attempt.
_RECORDING = re.compile(r"\d{4,}-(?P<job>[0-9a-f]{10})(?:-(?P<attempt>\d+))?\.(?:mp3|wav|m4a|ogg)")


def find_witnesses(judged: Judged, recalled: Recalled, wanted: Mapping[str, Job]) -> list[Witness]:
    """One for each of the wanted jobs, by fingerprint, of which something is said."""
    if not wanted:
        return []

    found: dict[str, Witness] = {}
    for witness in (
        *_indexed(recalled, wanted),
        *_listed(judged, recalled, wanted),
        *_recorded(judged.opened.places.downloads, recalled, wanted),
    ):
        key = witness.job.fingerprint
        found[key] = _joined(found[key], witness) if key in found else witness
    return list(found.values())


def _joined(one: Witness, other: Witness) -> Witness:
    """Of two witnesses of a job the one that says more, with the highest attempt that either knows of."""
    better = one if _substance(one) >= _substance(other) else other
    state = replace(better.state, attempt=max(one.state.attempt, other.state.attempt))
    return replace(better, state=state, certain=one.certain or other.certain)


def _substance(witness: Witness) -> tuple[bool, bool, tuple[int, ...]]:
    return bool(witness.state.file), bool(witness.state.id), weight(replace(witness.state, attempt=1))


def _indexed(recalled: Recalled, wanted: Mapping[str, Job]) -> Iterator[Witness]:
    for trace in recalled.traces:
        if trace.fingerprint in wanted:
            source = f"bulkgen's index (of {sheet_of(trace.resume)})"
            yield Witness(job=wanted[trace.fingerprint], state=trace.state, source=source, certain=trace.certain)


def _recorded(folder: Path, recalled: Recalled, wanted: Mapping[str, Job]) -> Iterator[Witness]:
    """Recordings that lie where bulkgen saves them, by the name that it gives them: no cell says where."""
    new = [job for job in wanted.values() if LIVES[job.kind].at_once and job.fingerprint not in recalled.states]
    if not new or not folder.is_dir():
        return

    names = {match["job"]: match for path in sorted(folder.iterdir()) if (match := _RECORDING.fullmatch(path.name))}
    for job in new:
        match = names.get(job.fingerprint[:10])
        size = (folder / match[0]).stat().st_size if match else 0
        if match and size:
            state = State(int(match["attempt"] or 1), "saved", file=f"{folder.name}/{match[0]}", bytes=size)
            yield Witness(job=job, state=state, source=folder.name)


def _listed(judged: Judged, recalled: Recalled, wanted: Mapping[str, Job]) -> Iterator[Witness]:
    """What the sheet itself says, where it is a results sheet, and the results sheet that stands beside it."""
    opened, results = judged.opened, judged.opened.places.results
    own = Path(opened.source)
    by_number = {row.source.number: row for row in judged.built.rows}
    yield from _lines(opened.table, (by_number[row.number] for row in _made(opened.table, recalled)), own.name, wanted)
    if not results.exists() or results.resolve() == own.resolve():
        return

    try:
        table = read_sheet(results)
        made = replace(table, rows=tuple(_made(table, recalled)))
        built = build(made, replace(opened.read_options, selection=None), judged.account) if made.rows else None
    except InputError:
        return  # no sheet, or none with the columns that were asked for: no results of these rows

    yield from _lines(made, built.rows if built else (), results.name, wanted)


def _made(table: Table, recalled: Recalled) -> Iterator[Row]:
    """The lines that are called made under an id that stands in no resume file at hand."""
    columns = result_columns(table.headers)
    if not {ResultColumn.ID, ResultColumn.STATUS} <= columns.keys():
        return

    for row in table.rows:
        job_id = row.cell(columns[ResultColumn.ID]).text.strip()
        if row.cell(columns[ResultColumn.STATUS]).text.strip() in _MADE and job_id not in recalled.claimed:
            yield row


def _lines(table: Table, rows: Iterable[BuiltRow], source: str, wanted: Mapping[str, Job]) -> Iterator[Witness]:
    """The wanted jobs of these lines, each under the id of its line."""
    columns = result_columns(table.headers)
    for row in rows:
        cell = {name: row.source.cell(index).text.strip() for name, index in columns.items()}
        language = cell.get(ResultColumn.LANGUAGE, "").casefold()
        jobs = [job for job in row.jobs if not language or job.language.casefold() == language]
        job_id = cell[ResultColumn.ID] if len(jobs) == 1 else ""  # of several nobody knows which one it is of
        for job in jobs:
            if job.fingerprint in wanted:
                state = State(1, _MADE[Status(cell[ResultColumn.STATUS])], id=job_id)
                yield Witness(job=wanted[job.fingerprint], state=state, source=source)
