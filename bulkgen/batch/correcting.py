"""The file of rows to correct, `leads.failed.xlsx`: written beside the results, and what it gives back to them.

It is run as it is: with the resume file of the sheet, and its results go into those of the sheet, in their places. A
file that somebody is correcting stays as it is; one that nobody has changed goes when nothing is left to correct.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.beside import Made
from bulkgen.batch.on_record import called, results_file
from bulkgen.batch.opened import Opened
from bulkgen.batch.target import Looker, read_results
from bulkgen.disk.whole import numbered
from bulkgen.errors import InputError, LedgerError
from bulkgen.ledger.events import Event, written
from bulkgen.model import Table, listed
from bulkgen.result_columns import MAIL_TITLES
from bulkgen.results.book import ResultsBook
from bulkgen.results.failing import failing_rows
from bulkgen.results.mailing import Mailing, read_mailing
from bulkgen.results.mark import cells_digest, column_digests
from bulkgen.results.seal import digest_of
from bulkgen.results.table import Results, with_errors
from bulkgen.results.writers import write_results
from bulkgen.sheet import read_sheet


@dataclass(frozen=True, kw_only=True)
class Whole:
    """The results that the rows of a file of rows to correct belong to, as they stand before its run; `mailing`: the
    mail merge in them, None without one.
    """

    table: Table
    workbook: bytes
    mailing: Mailing | None


def whole_results(opened: Opened, events: Sequence[Event]) -> Whole | None:
    """None where the sheet is no such file, and where there are no results that can be read."""
    path = results_file(opened, events) if opened.corrects else None
    try:
        if path is None:
            return None

        table = read_results(path, opened.table.name)
        workbook = b"" if table.delimiter else path.read_bytes()
        return Whole(table=table, workbook=workbook, mailing=_mailing_in(path, workbook))
    except (InputError, OSError):
        return None


def _mailing_in(path: Path, workbook: bytes) -> Mailing | None:
    for title in MAIL_TITLES if workbook else ():
        with contextlib.suppress(InputError):  # no such sheet
            return read_mailing(read_sheet(path, data=workbook, sheet=title))

    return None


class Correcting:
    """Writes the file, as often as wanted.

    `workbook`: that the results get their look from; `record`: makes an event durable in the ledger.
    """

    def __init__(self, opened: Opened, looker: Looker, workbook: bytes, record: Callable[[Event], object]) -> None:
        self._opened = opened
        self._looker = looker
        self._workbook = workbook
        self._record = record
        self._latest: Results | None = None
        self._made = Made()

    def write(self, results: Results, rows: Sequence[int]) -> Made:
        """Where the rows to correct are by now, and why they are not where they were wanted. Never raises.

        `rows`: of each line, the row that it has in the results file.
        """
        failing = failing_rows(results, rows, self._opened.table.headers)
        if failing == self._latest:
            return self._made

        self._made = self._anywhere(failing) if failing.lines else Made()
        self._latest = failing if self._made.path or not failing.lines else None
        for path in numbered(self._opened.places.failed):
            if path != self._made.path and path.exists() and self._looker.is_untouched(path):
                with contextlib.suppress(OSError):  # it is open in another program, and goes another time
                    path.unlink()
        return self._made

    def _anywhere(self, failing: Results) -> Made:
        """Under the first name that is free, or has a file that nobody has changed and no program holds."""
        in_use: list[str] = []
        usual = self._opened.places.failed
        try:
            for path in numbered(usual):
                if path.exists() and not self._looker.is_untouched(path):
                    continue

                try:
                    return Made(path=self._written(failing, path), caution=_told(in_use, path))
                except PermissionError:
                    if not path.exists():
                        raise

                    in_use.append(path.name)
        except OSError as error:
            return Made(caution=f"{usual.name} can't be written: {error.strerror or error}. The results have its rows.")

        return Made(caution=f"{usual.name} can't be written: it and its siblings all are to be kept.")

    def _written(self, failing: Results, path: Path) -> Path:
        is_csv = path.suffix.casefold() == ".csv"
        failing = failing if is_csv else with_errors(failing)
        book = None if is_csv else ResultsBook(failing, source=self._workbook, whole=False)

        def put(temporary: Path, target: Path) -> Path:
            columns = column_digests(failing.headers)
            event = written(
                called(target, self._opened.places.resume),
                digest=digest_of(temporary),
                columns=columns,
                cells=cells_digest(failing.headers, failing.lines, columns),
            )
            with contextlib.suppress(LedgerError):
                self._record(event)
            return temporary.replace(target)

        return write_results(failing, path, delimiter=self._opened.table.delimiter or ",", book=book, put=put)


def _told(in_use: Sequence[str], path: Path) -> str:
    """`leads.failed.xlsx is open in another program: the rows to correct are in leads.failed-2.xlsx.`"""
    are = "is" if len(in_use) == 1 else "are"
    return f"{listed(in_use)} {are} open in another program: the rows to correct are in {path.name}." if in_use else ""
