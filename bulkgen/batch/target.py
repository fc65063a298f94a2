"""Where the results may go: over what bulkgen wrote there and nobody has changed since, or over nothing.

A file that is a stranger's, or holds what the person changed there, stays as it is: the results get a numbered sibling.
What a person only added (columns, worksheets) is carried over. Files are read, never written.

Ours is a file whose digest, or whose cells, are marked in the resume file; one that bulkgen could make again, so that
nothing in it would be lost; and, where the resume file has no mark of it (those of earlier versions), one that reads as
results of jobs that the ledger knows.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bulkgen.batch.opened import Opened
from bulkgen.batch.places import rival_of
from bulkgen.disk.whole import numbered
from bulkgen.errors import InputError
from bulkgen.kinds.life import Detail
from bulkgen.ledger.events import Event
from bulkgen.ledger.protocol import Ledger
from bulkgen.model import Table, listed
from bulkgen.result_columns import ResultColumn, is_result, result_columns
from bulkgen.results.additions import Additions, Spot
from bulkgen.results.mark import Mark, cells_digest, marks_of
from bulkgen.results.other_sheets import beyond_cells, has_others
from bulkgen.results.previous import links_by_id
from bulkgen.results.seal import digest_of
from bulkgen.results.table import Results
from bulkgen.results.workbook import legal_title
from bulkgen.sheet import WORKBOOKS, read_sheet

#: Time of the last change (ns) and size (bytes) of a file; None without one.
Version = tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Why a file stays as it is, and what to do about that."""

    why: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is at a place for results. `tab`: the sheet of them, where a workbook has others to be carried over."""

    path: Path
    version: Version = None
    kept: Kept | None = None
    #: What the person added, in this file and in those that it took the place of.
    additions: tuple[Additions, ...] = ()
    tab: str = ""
    links: Mapping[str, Detail] = field(default_factory=dict)


def version_of(path: Path) -> Version:
    """Raises `OSError` where the folder can't be looked into."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None

    return found.st_mtime_ns, found.st_size


def called(path: Path, resume: Path) -> str:
    """A results file as the resume file calls it: by its name in the same folder, else by its path."""
    full, folder = path.parent.resolve() / path.name, resume.parent.resolve()
    return full.relative_to(folder).as_posix() if full.is_relative_to(folder) else full.as_posix()


def results_file(opened: Opened, events: Sequence[Event]) -> Path | None:
    """The file that has the results by now, as the ledger tells; None where there is none."""
    places = opened.places
    files = {called(path, places.resume): path for path in numbered(places.results)}
    names = [str(event.get("file")) for event in events if event["event"] == "written"]
    marked = [files[name] for name in reversed(names) if name in files]
    there = (path for path in marked or [places.results] if path.exists())
    return next(there, None) if events else None


class Looker:
    """Looks at the files where results are wanted; at each once, until it is changed.

    `pending`: what is known of the sheet's jobs and about to be recorded.
    """

    def __init__(self, opened: Opened, ledger: Ledger, pending: Iterable[Event] = ()) -> None:
        self._opened = opened
        self._ledger = ledger
        self._pending = tuple(pending)
        self._seen: dict[Path, Found] = {}

    def look(self, path: Path, results: Results) -> Found:
        """Whether `results` may replace what is there. Never raises: what can't be read stays as it is."""
        try:
            version = version_of(path)
            if path not in self._seen or self._seen[path].version != version:
                self._seen[path] = replace(self._judged(path, version, results), version=version)
        except Exception as error:  # noqa: BLE001 - a file of anybody's may make any library fail, and is spared then
            return Found(path=path, kept=_unreadable(error))

        return self._seen[path]

    def last(self, results: Results) -> Found | None:
        """The file that had the results up to now, be it a sibling of the one where they are wanted."""
        path = results_file(self._opened, self._ledger.events)
        return self.look(path, results) if path else None

    def replaced(self, found: Found) -> None:
        """What stands there now is bulkgen's, with what was carried over."""
        self._seen[found.path] = found

    def marks(self, path: Path) -> list[Mark]:
        return marks_of(called(path, self._opened.places.resume), self._ledger.events)

    def _judged(self, path: Path, version: Version, results: Results) -> Found:
        if version is None or version[1] == 0:
            return Found(path=path)

        marks, digest = self.marks(path), digest_of(path)
        marked = next((mark for mark in reversed(marks) if mark.digest == digest), None)
        try:
            table = _read(path, legal_title(results.name))
        except InputError as error:
            return Found(path=path, kept=None if marked else _unreadable(error))

        additions, kept = self._compared(path, table, marks, marked, results)
        others = has_others(path)
        if kept is None and (others or not marked):
            more = beyond_cells(path, table.name) or ("lines above its headers" if table.header_row > 1 else "")
            kept = _beyond(path, more) if more else None
        links = links_by_id(table, time.time())
        tab = table.name if others else ""
        return Found(path=path, kept=kept, additions=(additions,) if additions else (), tab=tab, links=links)

    def _compared(
        self, path: Path, table: Table, marks: Sequence[Mark], marked: Mark | None, results: Results
    ) -> tuple[Additions | None, Kept | None]:
        """What the person added to the file; or why it is to be kept."""
        if self._is_input(path, table) and (marks or self._is_results(table)):
            return None, None  # all that is in it is in the results too

        if marks:
            mark = marked or _with_cells(table, marks)
            additions = Additions(table, (mark or marks[-1]).columns)
        elif self._is_results(table) and not self._rival:
            mark, additions = None, Additions(table, None)
        else:
            return None, self._strange(path, table)

        spots = list(additions.lost(results, changed=mark is None and self._marks_files))
        return additions, self._changed(path, spots) if spots else None

    @property
    def _marks_files(self) -> bool:
        """Whether any file is marked: the resume files of earlier versions, and new ones, have no marks."""
        return any(event["event"] == "written" for event in self._ledger.events)

    def _is_input(self, path: Path, table: Table) -> bool:
        """Whether the file is the sheet of this run, as it was read."""
        opened = self._opened.table
        source = Path(self._opened.source)
        return (
            source.exists() and source.samefile(path) and (table.headers, table.rows) == (opened.headers, opened.rows)
        )

    def _is_results(self, table: Table) -> bool:
        """Whether this is a results sheet of jobs that are all known; without one there is nothing of worth in it."""
        columns = result_columns(table.headers)
        if not {ResultColumn.STATUS, ResultColumn.ID} <= columns.keys():
            return False

        ids = {row.cell(columns[ResultColumn.ID]).text.strip() for row in table.rows} - {""}
        return ids <= {event.get("id") for event in (*self._ledger.events, *self._pending)}

    @property
    def _rival(self) -> Path | None:
        """The other sheet whose results stand where those of this one would."""
        settings = self._opened.settings
        return rival_of(self._opened.places, sandbox=settings.sandbox) if settings.resume is None else None

    @property
    def _sheet(self) -> str:
        source = Path(self._opened.source)
        return source.name if source.exists() else "your sheet"

    def _strange(self, path: Path, table: Table) -> Kept:
        rival, why = self._rival, f"was not written by bulkgen for {self._sheet}"
        if rival:
            why = f"has the results of {rival.name}"
        elif ResultColumn.STATUS in result_columns(table.headers):
            why = f"has results that {self._opened.places.resume.name} knows nothing of"
        return Kept(why=why, advice=f"To have them in {path.name}, give that file another name first.")

    def _changed(self, path: Path, spots: Sequence[Spot]) -> Kept:
        places = [f"{path.name}!{spot.where}" if spot.column is not None else spot.where for spot in spots]
        if all(spot.column is None for spot in spots):
            advice = (
                f"What stands there has no place in {self._sheet}: add it there, or keep {path.name} by another name."
            )
        elif all(is_result(spot.header) for spot in spots if spot.column is not None):
            advice = "bulkgen fills that column itself: put your words in a column of your own, and clear the cell."
        else:
            advice = (
                f"If that is meant, change it in {self._sheet}, or run {path.name} itself; if not, delete {path.name}."
            )
        return Kept(why=f"was changed since bulkgen wrote it ({listed(places)})", advice=advice)


def _read(path: Path, tab: str) -> Table:
    """A results file; of a workbook with several sheets the one called `tab`, else the only one that has results."""
    if path.suffix.casefold() in WORKBOOKS:
        with contextlib.suppress(InputError):
            return read_sheet(path, sheet=tab)

    return read_sheet(path, recognise=lambda headers: ResultColumn.STATUS in result_columns(headers))


def _with_cells(table: Table, marks: Sequence[Mark]) -> Mark | None:
    """The latest mark that the cells of the file bear out, whatever program has saved them."""
    digests: dict[frozenset[str], str] = {}
    for mark in reversed(marks):
        if mark.columns not in digests:
            digests[mark.columns] = cells_digest(table.headers, [row.cells for row in table.rows], mark.columns)
        if digests[mark.columns] == mark.cells:
            return mark

    return None


def _beyond(path: Path, more: str) -> Kept:
    advice = f"To have the results in {path.name} again, keep that file by another name."
    return Kept(why=f"holds {more}, which can't be carried over", advice=advice)


def _unreadable(error: Exception) -> Kept:
    told = error.strerror if isinstance(error, OSError) else str(error) if isinstance(error, InputError) else ""
    reason = f" ({told.rstrip('.')})" if told else ""
    return Kept(why=f"can't be read as results{reason}", advice="Give that file another name.")
