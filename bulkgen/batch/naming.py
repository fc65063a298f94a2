"""What the files of a sheet's jobs are called, by its rows, `--name` and the files that are there already.

Reads no file, and makes no name itself: the rules are `rows/file_names.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePath

from bulkgen.batch.opened import Opened
from bulkgen.ledger.state import State
from bulkgen.model import Handle
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.file_names import FileNames, usual_name
from bulkgen.rows.file_pattern import FilePattern


def file_names(opened: Opened, built: Built, unsent: Iterable[Handle], states: Mapping[str, State]) -> FileNames:
    """The names of all jobs of the sheet, whichever of its rows are selected; `unsent`: jobs that no row asks for."""
    pattern = opened.settings.name
    by = FilePattern(pattern, built.layouts.headings, opened.table.name) if pattern is not None else None
    wished = {job.fingerprint: usual_name(job) for job in unsent}
    wished |= _wished(built.rows, by)
    return FileNames(wished, dict(_kept(states)))


def _wished(rows: Collection[BuiltRow], pattern: FilePattern | None) -> dict[str, str]:
    """By fingerprint; of rows that share a job the one that comes first by its name, wherever it stands."""
    found: dict[str, str] = {}
    for row in rows:
        for job in (*row.jobs, *row.withheld):
            name = (pattern.name(job, row.source) if pattern else "") or usual_name(job)
            found[job.fingerprint] = min(name, found.get(job.fingerprint, name))
    return found


def _kept(states: Mapping[str, State]) -> Iterable[tuple[tuple[str, int], str]]:
    for fingerprint, state in states.items():
        for each in filter(None, (state.good, state)):
            if each.file:
                yield (fingerprint, each.attempt), PurePath(each.file).stem
