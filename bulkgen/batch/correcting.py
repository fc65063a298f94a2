"""The file of rows to correct, `leads.failed.xlsx`: written beside the results, and what it gives back to them.

It is run as it is: with the resume file of the sheet, and its results go into those of the sheet, in their places. A
file that somebody is correcting stays as it is; one that nobody has changed goes when nothing is left to correct.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.on_record import called, results_file
from bulkgen.batch.opened import Opened
from bulkgen.batch.places import is_failed_name
from bulkgen.batch.target import Looker, read_results
from bulkgen.disk.whole import numbered
from bulkgen.errors import InputError, LedgerError
from bulkgen.ledger.events import Event, written
from bulkgen.model import Table
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
    path = results_file(opened, events) if is_failed_name(Path(opened.source)) else None
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
        self._path: Path | None = None

    def write(self, results: Results, rows: Sequence[int]) -> Path | None:
        """Where the rows to correct are by now; None where there are none. Raises `OSError`.

        `rows`: of each line, the row that it has in the results file.
        """
        failing = failing_rows(results, rows, self._opened.table.headers)
        if failing == self._latest:
            return self._path

        self._path = self._written(failing) if failing.lines else None
        self._latest = failing
        for path in numbered(self._opened.places.failed):
            if path != self._path and path.exists() and self._looker.is_untouched(path):
                path.unlink()
        return self._path

    def _written(self, failing: Results) -> Path:
        usual = self._opened.places.failed
        free = (path for path in numbered(usual) if not path.exists() or self._looker.is_untouched(path))
        path = next(free, usual.with_name(f"{usual.stem}-100{usual.suffix}"))
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
