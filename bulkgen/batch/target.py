"""Where the results may go: over what bulkgen wrote there and nobody has changed since, or over nothing.

A file that is a stranger's, or holds what the person changed there, stays as it is: the results get a numbered sibling.
What a person only added (columns, worksheets) is carried over. Files are read, never written.

Ours is a file whose digest, or whose cells, are marked in the resume file; one that bulkgen could make again, so that
nothing in it would be lost; and one that reads as results of jobs that are all known, where the resume file has no mark
of it (it is an earlier version's, or a part of it is lost) or older ones (it was brought back from an older copy).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bulkgen.batch.headings import with_our_names
from bulkgen.batch.on_record import Record, results_file
from bulkgen.batch.opened import Opened
from bulkgen.batch.places import rival_of
from bulkgen.errors import InputError
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.events import Event
from bulkgen.ledger.protocol import Ledger
from bulkgen.model import Table, listed
from bulkgen.result_columns import MAIL_TITLES, ResultColumn, is_result, result_columns
from bulkgen.results.additions import Additions, Spot
from bulkgen.results.mail_sheet import Texts, is_extended, texts_in
from bulkgen.results.mark import Mark, borne_out, column_digests
from bulkgen.results.other_sheets import beyond_cells, find_others, load
from bulkgen.results.previous import links_by_id
from bulkgen.results.seal import digest_of
from bulkgen.results.table import Results
from bulkgen.results.workbook import legal_title
from bulkgen.results.worn import Look
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
    """What is at a place for results. `carried`: the sheets of a workbook that a person added or changed, `extended`:
    the mail merge, if they only added columns to it.

    `edited`: it is the sheet of this run, and has what the person changed in it. `own`: its mark, where it is that
    sheet and nobody has changed it.
    """

    path: Path
    version: Version = None
    kept: Kept | None = None
    #: What the person added, in this file and in those that it took the place of.
    additions: tuple[Additions, ...] = ()
    carried: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()
    #: What stands in the mail merges among these.
    merges: tuple[Texts, ...] = ()
    edited: bool = False
    own: Mark | None = None
    #: Ids there that no record has: once they are known, the file is looked at again.
    unknown: frozenset[str] = frozenset()
    links: Mapping[str, Detail] = field(default_factory=dict)


def version_of(path: Path) -> Version:
    """Raises `OSError` where the folder can't be looked into."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None

    return found.st_mtime_ns, found.st_size


def check_unchanged(path: Path, version: Version) -> None:
    """Raises `PermissionError` where the file is another than the one that was looked at."""
    if version_of(path) != version:
        raise PermissionError("somebody is writing it at this moment")


class Looker:
    """Looks at the files where results are wanted; at each once, until it is changed or more is known of its jobs.

    `pending`: what is known of the sheet's jobs and about to be recorded.
    """

    def __init__(self, opened: Opened, ledger: Ledger, pending: Iterable[Event] = ()) -> None:
        self._opened = opened
        self._ledger = ledger
        self.record = Record(opened.places.resume, ledger, pending)
        self._seen: dict[Path, Found] = {}

    def look(self, path: Path, results: Results) -> Found:
        """Whether `results` may replace what is there. Never raises: what can't be read stays as it is."""
        try:
            version = version_of(path)
            if path not in self._seen or self._seen[path].version != version or self._are_found(path):
                self._seen[path] = replace(self._judged(path, version, results), version=version)
        except Exception as error:  # noqa: BLE001 - a file of anybody's may make any library fail, and is spared then
            return Found(path=path, kept=_unreadable(error))

        return self._seen[path]

    def last(self, results: Results) -> Found | None:
        """The file that had the results up to now, be it a sibling of the one where they are wanted."""
        path = results_file(self._opened, self._ledger.events)
        return self.look(path, results) if path else None

    def is_untouched(self, path: Path) -> bool:
        """Whether nobody has changed the file since bulkgen wrote it, or all of it is the sheet of this run.

        Never raises: what can't be read may be anybody's.
        """
        try:
            marks, digest = self.record.marks(path), digest_of(path)
            if any(mark.digest == digest for mark in marks):
                return True

            table = read_results(path, legal_title(self._opened.table.name))
            mark = borne_out(table, marks)
            as_written = mark is not None and mark.columns.issuperset(column_digests(table.headers))
            return as_written or (bool(marks) and self._is_input(path, table))
        except Exception:  # noqa: BLE001 - a file of anybody's may make any library fail, and is spared then
            return False

    def replaced(self, found: Found) -> None:
        """What stands there now is bulkgen's, with what was carried over."""
        self._seen[found.path] = found

    def _are_found(self, path: Path) -> bool:
        """Whether ids that no record had stand in the ledger now."""
        unknown = self._seen[path].unknown
        return bool(unknown) and unknown <= self.record.known

    def _judged(self, path: Path, version: Version, results: Results) -> Found:
        if version is None or version[1] == 0:
            return Found(path=path)

        marks, digest = self.record.marks(path), digest_of(path)
        marked = next((mark for mark in reversed(marks) if mark.digest == digest), None)
        try:
            table = read_results(path, legal_title(results.name))
        except InputError as error:
            return Found(path=path, kept=None if marked else _unreadable(error))

        given, (table, strange) = table, with_our_names(path, table, marks, results.header_row)
        if table is not given and self._is_input(path, given):  # what is under them counts as the person's own there
            strange = [header for header, name in zip(given.headers, table.headers, strict=True) if header != name]
        if strange:
            advice = f"Write the headings again that bulkgen wrote there, or keep {path.name} by another name."
            why = f"has other headings than bulkgen wrote ({listed(strange)})"
            return Found(path=path, kept=Kept(why=why, advice=advice))

        additions, kept = self._compared(path, table, marks, marked, results)
        own = self._is_input(path, table)
        written = marked.others if marked else frozenset[str]().union(*(mark.others for mark in marks))
        others = find_others(path, table.name, table.header_row, written, unchanged=marked is not None)
        sheets = load(path) if others.carried else {}
        extended = tuple(name for name in others.carried if name in MAIL_TITLES and is_extended(sheets[name], written))
        if kept is None and marked is None:
            more = beyond_cells(path, table.name, others.carried) or (
                "lines above its headers" if others.above and not own else ""
            )
            kept = _beyond(path, more) if more else None
        links = links_by_id(table, self._ledger.now())
        unknown = frozenset(self.record.unknown(table)) if kept else frozenset[str]()
        return Found(
            path=path,
            kept=kept,
            additions=(additions,) if additions else (),
            carried=tuple(name for name in others.carried if name not in extended),
            extended=extended,
            merges=tuple(filter(None, (texts_in(sheets[name]) for name in others.carried))),
            edited=own and _is_edited(table, marks, marked),
            own=marked if own else None,
            unknown=unknown,
            links=links,
        )

    def _compared(
        self, path: Path, table: Table, marks: Sequence[Mark], marked: Mark | None, results: Results
    ) -> tuple[Additions | None, Kept | None]:
        """What the person added to the file; or why it is to be kept."""
        look, touched = Look(path, table.name), marked is None or marked.touched
        if self._is_input(path, table) and (marks or self.record.is_results(table)):
            plain = all(cell.blank for row in table.rows for cell in row.cells[len(table.headers) :])
            ours = column_digests(table.headers)
            own = Additions(table, ours, look, touched=True) if touched and plain else None
            return own, None  # all that is in it is in the results too

        if marks:
            mark = marked or borne_out(table, marks)
            if mark and mark.edited and not self._flows_back(path):  # in a run of the file itself, not of the sheet
                additions = Additions(table, None, look, touched=touched)
                spots = list(additions.lost(results, changed=True))
                return additions, self._changed(path, spots, marked=False) if spots else None

            additions = Additions(table, (mark or marks[-1]).columns, look, touched=touched)
            unknown = {} if mark else self.record.unknown(table)
            newer = [where for job_id, where in unknown.items() if " " not in job_id]
            if newer:  # than the copy of the resume file that is at hand
                return additions, self._strange(path, table, newer)

        elif self.record.is_results(table) and not self._rival:
            mark, additions = None, Additions(table, None, look, touched=touched)
        else:
            return None, self._strange(path, table)

        changed = mark is None and (self.record.marks_files or self.record.knows_more(table))
        spots = list(additions.lost(results, changed=changed))
        return additions, self._changed(path, spots, marked=bool(marks)) if spots else None

    def _flows_back(self, path: Path) -> bool:
        """Whether this run is of rows to correct, and its results are this file with these in their places."""
        return self._opened.corrects and results_file(self._opened, self._ledger.events) == path

    def _is_input(self, path: Path, table: Table) -> bool:
        """Whether the file is the sheet of this run, as it was read."""
        opened, source = self._opened.table, Path(self._opened.source)
        rows = tuple(sorted((*opened.rows, *opened.behind), key=lambda row: row.number))
        return source.exists() and source.samefile(path) and (table.headers, table.rows) == (opened.headers, rows)

    @property
    def _rival(self) -> Path | None:
        """The other sheet whose results stand where those of this one would."""
        settings = self._opened.settings
        return rival_of(self._opened.places, sandbox=settings.sandbox) if settings.resume is None else None

    @property
    def _sheet(self) -> str:
        source = Path(self._opened.source)
        return source.name if source.exists() else "your sheet"

    def _strange(self, path: Path, table: Table, newer: Sequence[str] = ()) -> Kept:
        """`newer`: cells with ids that the resume file does not have, in a file that it has."""
        rival, why = self._rival, f"was not written by bulkgen for {self._sheet}"
        if rival and not newer:
            why = f"has the results of {rival.name}"
        elif ResultColumn.STATUS in result_columns(table.headers):
            why = f"has results that {self._opened.places.resume.name} knows nothing of"
            why += f" ({listed([f'{path.name}!{where}' for where in newer])})" if newer else ""
        return Kept(why=why, advice=f"To have them in {path.name}, give that file another name first.")

    def _changed(self, path: Path, spots: Sequence[Spot], *, marked: bool) -> Kept:
        places = [f"{path.name}!{spot.where}" if spot.column is not None else spot.where for spot in spots]
        if all(spot.column is None for spot in spots):
            advice = (
                f"What stands there has no place in {self._sheet}: add it there, or keep {path.name} by another name."
            )
        elif all(is_result(spot.header) for spot in spots if spot.column is not None):
            advice = "bulkgen fills that column itself: put your words in a column of your own, and clear the cell."
        else:
            advice = (
                f"If that is meant, change it in {self._sheet}, or run {path.name} itself; if not, put back what stood "
                "there."
            )
        why = "was changed since bulkgen wrote it" if marked else f"says something else than {self._sheet} does"
        return Kept(why=f"{why} ({listed(places)})", advice=advice)


def read_results(path: Path, tab: str) -> Table:
    """A results file; of a workbook with several sheets the one called `tab`, else the only one that has results.

    Raises `InputError`.
    """
    if path.suffix.casefold() in WORKBOOKS:
        with contextlib.suppress(InputError):
            return read_sheet(path, sheet=tab)

    return read_sheet(path, recognise=lambda headers: ResultColumn.STATUS in result_columns(headers))


def _is_edited(table: Table, marks: Sequence[Mark], marked: Mark | None) -> bool:
    """Whether a file has what bulkgen did not write there, or what was known to be the person's already."""
    mark = marked or borne_out(table, marks)
    return bool(marks) and (mark is None or mark.edited or not mark.columns.issuperset(column_digests(table.headers)))


def _beyond(path: Path, more: str) -> Kept:
    advice = f"To have the results in {path.name} again, keep that file by another name."
    return Kept(why=f"holds {more}, which can't be carried over", advice=advice)


def _unreadable(error: Exception) -> Kept:
    told = error.strerror if isinstance(error, OSError) else str(error) if isinstance(error, InputError) else ""
    reason = f" ({told.rstrip('.')})" if told else ""
    return Kept(why=f"can't be read as results{reason}", advice="Give that file another name.")
