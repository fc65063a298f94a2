"""What is on record of results files: their marks, and the ids of the jobs that they tell of.

Reads no file. A record may be less than a file knows: an older copy of it was brought back, or a part of it is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bulkgen.batch.opened import Opened
from bulkgen.disk.whole import numbered
from bulkgen.ledger.events import Event
from bulkgen.ledger.protocol import Ledger
from bulkgen.model import Table, column_letters
from bulkgen.result_columns import ResultColumn, are_results, result_columns
from bulkgen.results.mark import Mark, marks_of


def called(path: Path, resume: Path) -> str:
    """A results file as the resume file calls it: by its name in the same folder, else by its path."""
    full, folder = path.parent.resolve() / path.name, resume.parent.resolve()
    return full.relative_to(folder).as_posix() if full.is_relative_to(folder) else full.as_posix()


def results_file(opened: Opened, events: Sequence[Event]) -> Path | None:
    """The file that has the results by now, as the ledger tells; None where there is none."""
    if not events:
        return None

    places = opened.places
    marked: list[Path] = []
    if written := [str(event.get("file")) for event in events if event["event"] == "written"]:
        names = numbered(Path(called(places.results, places.resume)))
        files = {name.as_posix(): path for name, path in zip(names, numbered(places.results), strict=True)}
        marked = [files[file] for file in reversed(written) if file in files]
    return next((path for path in marked or [places.results] if path.exists()), None)


class Record:
    """The ledger beside `resume`, with what is about to be recorded in it (`pending`)."""

    def __init__(self, resume: Path, ledger: Ledger, pending: Iterable[Event]) -> None:
        self._resume = resume
        self._ledger = ledger
        self._pending = tuple(pending)

    def marks(self, path: Path) -> list[Mark]:
        return marks_of(called(path, self._resume), self._ledger.events)

    @property
    def events(self) -> Sequence[Event]:
        return self._ledger.events

    @property
    def marks_files(self) -> bool:
        """Whether any file is marked: the resume files of earlier versions, and new ones, have no marks."""
        return any(event["event"] == "written" for event in self._ledger.events)

    @property
    def known(self) -> set[object]:
        """All ids that stand in the ledger, or are about to."""
        return {event.get("id") for event in (*self._ledger.events, *self._pending)}

    @property
    def changed(self) -> str:
        """When something of a job was recorded last, as a person reads it (UTC, minutes); "" where nothing was."""
        times = [str(event.get("at", "")) for event in self._ledger.events if "fingerprint" in event]
        return max(times, default="")[:16].replace("T", " ")

    def is_results(self, table: Table) -> bool:
        """Whether this is a results sheet of jobs that are all known; without one there is nothing of worth in it."""
        return are_results(table.headers) and not self.unknown(table)

    def unknown(self, table: Table) -> dict[str, str]:
        """The ids in a results sheet that no record has, each with its cell."""
        known, at = self.known, result_columns(table.headers).get(ResultColumn.ID)
        cells = [] if at is None else [(row.cell(at).text.strip(), row.number) for row in table.rows]
        return {job_id: f"{column_letters(at or 0)}{row}" for job_id, row in cells if job_id and job_id not in known}

    def knows_more(self, table: Table) -> bool:
        """Whether the file tells of jobs what the ledger has lost, and so perhaps the marks too."""
        columns = result_columns(table.headers)
        ended = {event.get("id") for event in self._ledger.events if event["event"] == "finished"}
        shown = [
            row.cell(columns[ResultColumn.ID]).text.strip()
            for row in table.rows
            if ResultColumn.FINISHED_AT in columns and not row.cell(columns[ResultColumn.FINISHED_AT]).blank
        ]
        return any(event["event"] == "adopted" for event in self._pending) or not ended.issuperset(filter(None, shown))
