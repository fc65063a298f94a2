"""What the files of a sheet's jobs are called, by its rows, `--name` and the files that are there already.

Reads no file, and makes no name itself: the rules are `rows/file_names.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from bulkgen.batch.opened import Opened
from bulkgen.kinds.outcome import MAIN_FILE
from bulkgen.ledger.state import Beside, State
from bulkgen.model import Handle
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.file_names import FileNames, usual_name, whole_name
from bulkgen.rows.file_pattern import FilePattern


@dataclass(frozen=True, kw_only=True)
class SheetNames:
    """The names of all jobs of the sheet, whichever of its rows are selected; `unsent`: jobs that no row asks for.

    They are made when the first is asked for: most runs download nothing, and of 50,000 rows they take a second.
    """

    opened: Opened
    built: Built
    unsent: Iterable[Handle]
    states: Mapping[str, State]

    def of(self, job: Handle, attempt: int, part: int = 0) -> tuple[str, ...]:
        return self._names.of(job, attempt, part)

    @cached_property
    def _names(self) -> FileNames:
        settings, headings = self.opened.settings, self.built.layouts.headings
        pattern = None if settings.listen else settings.name  # what is only heard takes no name of a result
        by = FilePattern(pattern, headings, self.opened.table.name) if pattern is not None else None
        wished = {job.fingerprint: usual_name(job) for job in self.unsent}
        return FileNames(wished | _wished(self.built.rows, by), dict(_kept(self.states)))


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
            elif stem := next((stem for file in each.beside if (stem := _without_part(file))), ""):
                yield (fingerprint, each.attempt), stem


def _without_part(file: Beside) -> str:
    """What the file of a part is called but for the part; "" for any other file, and where it is not called so."""
    return whole_name(PurePath(file.file).stem, file.part) if file.part and file.what == MAIN_FILE else ""
