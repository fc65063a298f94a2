"""The mail merge as a CSV, beside the results: written anew each time, with the columns that a person added to it.

Invariant: a file that bulkgen did not write, or in which somebody changed what bulkgen wrote, stays as it is, and so
does one that says something of a person who is not among those to be written to any more; the new one gets a numbered
sibling, with what was added to all of them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from bulkgen.batch.beside import Made, told_of_kept
from bulkgen.batch.on_record import called
from bulkgen.batch.opened import Opened
from bulkgen.batch.target import Looker, Version, check_unchanged, version_of
from bulkgen.disk.whole import numbered, why_refused
from bulkgen.errors import InputError, LedgerError
from bulkgen.ledger.events import Event, written
from bulkgen.model import Cell, Table
from bulkgen.results.mailing import Added, Mailing, read_mailing
from bulkgen.results.mark import borne_out, cells_digest, column_digests
from bulkgen.results.seal import digest_of
from bulkgen.results.table import Results
from bulkgen.results.writers import write_results
from bulkgen.sheet import read_sheet
from bulkgen.texts import unguard

_NO_COLUMN = (
    "No mail merge was written, since the sheet has no column of e-mail addresses. If one has them under another name: "
    '--map "Their header=email".'
)


@dataclass(frozen=True, kw_only=True)
class _Standing:
    """A file where the mail merge is wanted. `kept`: why it stays as it is."""

    version: Version = None
    added: Added = field(default_factory=Added)
    kept: str = ""


class MailFile:
    """Writes the file, as often as wanted. `record`: makes an event durable in the ledger."""

    def __init__(self, opened: Opened, looker: Looker, record: Callable[[Event], object]) -> None:
        self._opened = opened
        self._looker = looker
        self._record = record

    def write(self, mailing: Mailing | None) -> Made:
        """Never raises: a run goes on without it."""
        wanted = self._opened.places.mailmerge
        if wanted is None:
            return Made()

        if mailing is None:
            return Made(caution=_NO_COLUMN)

        mailing = mailing.for_csv()
        kept, added = list[str](), Added()
        try:
            for path in numbered(wanted):
                standing = self._standing(path, mailing)
                added = standing.added.over(added)
                why = standing.kept or self._written(mailing, added, path, standing.version)
                if not why:
                    return Made(path=path, caution=told_of_kept(kept, path))

                kept.append(f"{path.name} {why}")
        except OSError as error:
            return Made(
                caution=f"{wanted.name} can't be written: {error.strerror or error}. Nothing else is lost by that."
            )

        return Made(caution=f"{wanted.name} can't be written: it and its siblings all are to be kept.")

    def earlier(self) -> Mailing | None:
        """What the file says that was written last, be it a sibling of the wanted one; None where none can be read."""
        wanted = self._opened.places.mailmerge
        there = (
            [path for path in numbered(wanted) if path.exists() and self._looker.record.marks(path)] if wanted else []
        )
        try:
            return read_mailing(_unguarded(read_sheet(there[-1]))) if there else None
        except InputError:
            return None

    def _standing(self, path: Path, mailing: Mailing) -> _Standing:
        """What is there, and what a person added to it. Raises `OSError`."""
        version = version_of(path)
        if version is None or version[1] == 0:
            return _Standing(version=version)

        marks = self._looker.record.marks(path)
        if not marks:
            return _Standing(version=version, kept="was not written by bulkgen for this sheet")

        try:
            table = _unguarded(read_sheet(path))
        except InputError:
            return _Standing(version=version, kept="can't be read any more")

        mark = borne_out(table, marks)
        known = (mark or marks[-1]).columns
        ours = [digest in known for digest in column_digests(table.headers)]
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        added = mailing.added_to(table.headers, rows, ours)
        kept = "" if mark else "was changed since bulkgen wrote it"
        if added is None:
            kept = kept or "has notes that belong to no person, or to no column"
        elif gone := mailing.lost(added):
            kept = kept or f"has notes on people who are not in it any more ({gone[0]})"
        return _Standing(version=version, added=added or mailing.noted_in(table.headers, rows).filled(), kept=kept)

    def _written(self, mailing: Mailing, added: Added, path: Path, version: Version) -> str:
        """Writes the file, or says why what is there stays as it is. Raises `OSError`."""
        whole, ours = mailing.with_added(added), column_digests(mailing.headers)
        results = _results(whole)

        def put(temporary: Path, target: Path) -> Path:
            check_unchanged(target, version)
            digest = digest_of(temporary)
            if version is not None and digest_of(target) == digest:
                return target

            self._mark(target, digest, ours, cells_digest(results.headers, results.lines, ours))
            return temporary.replace(target)

        try:
            write_results(results, path, delimiter=self._opened.table.delimiter or ",", put=put)
        except PermissionError as error:
            if not path.exists():
                raise

            return why_refused(error)
        return ""

    def _mark(self, path: Path, digest: str, columns: Collection[str], cells: str) -> None:
        event = written(called(path, self._opened.places.resume), digest=digest, columns=sorted(columns), cells=cells)
        with contextlib.suppress(LedgerError):
            self._record(event)


def _results(mailing: Mailing) -> Results:
    lines = tuple(tuple(Cell(text, text) for text in line) for line in mailing.lines)
    return Results(name="", headers=mailing.headers, lines=lines)


def _unguarded(table: Table) -> Table:
    rows = (replace(row, cells=tuple(Cell(unguard(cell.text)) for cell in row.cells)) for row in table.rows)
    return replace(table, headers=tuple(map(unguard, table.headers)), rows=tuple(rows))
