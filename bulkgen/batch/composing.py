"""What the results of a sheet say by now: their lines, the summary in front, and who can be written to.

Writes nothing. Of rows that were to be corrected it is the whole that they belong to, with what became of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.correcting import Whole
from bulkgen.batch.mail_file import MailFile
from bulkgen.batch.on_record import Record
from bulkgen.batch.opened import Opened
from bulkgen.batch.places import sheet_of
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.state import State
from bulkgen.result_columns import ResultColumn, result_columns
from bulkgen.results.entries import Entry, entries
from bulkgen.results.flow_back import flow_back
from bulkgen.results.mail_left import with_left_out
from bulkgen.results.mailing import Mailing, mailing_of
from bulkgen.results.summary import Summary, summary_of
from bulkgen.results.table import Results, results_table
from bulkgen.rows.built import Built


@dataclass(frozen=True, kw_only=True)
class Contents:
    """`entries`: the lines of this sheet; `results`: the table with them; `mailing`: None without e-mail addresses."""

    entries: list[Entry]
    results: Results
    summary: Summary
    mailing: Mailing | None


class Composer:
    """`whole`: the results that rows to correct belong to, None for any other sheet; `mail_file` has who could be
    written to before.
    """

    def __init__(self, opened: Opened, built: Built, record: Record, whole: Whole | None, mail_file: MailFile) -> None:
        self._opened = opened
        self._built = built
        self._record = record
        self._whole = whole
        self._earlier = _others(opened, whole, mail_file) if whole else None

    def lines(self, states: Mapping[str, State], details: Mapping[str, Detail]) -> tuple[list[Entry], Results]:
        """The lines of this sheet as the jobs stand, and the table with them and the links that are known."""
        table = self._opened.table
        found = entries(self._built.rows, states, table.name)
        results = results_table(table, found, details)
        return found, flow_back(self._whole.table, results, table) if self._whole else results

    def composed(self, states: Mapping[str, State], details: Mapping[str, Detail]) -> Contents:
        """All of it, likewise."""
        table, (found, results) = self._opened.table, self.lines(states, details)
        mailing = self._mailing(found, details)
        sheet = sheet_of(Path(self._opened.source)).name
        named = sheet if table.delimiter else f"{sheet}, sheet {results.name}"
        summary = summary_of(named, results, found, changed=self._record.changed, mailing=mailing)
        return Contents(entries=found, results=results, summary=summary, mailing=mailing)

    def _mailing(self, found: list[Entry], details: Mapping[str, Detail]) -> Mailing | None:
        """Who can be written to; of rows that were to be corrected, behind those of all others."""
        mailing = mailing_of(self._opened.table, self._built.layouts.headings, found, details)
        return self._earlier.followed_by(mailing) if self._earlier and mailing else mailing or self._earlier


def _others(opened: Opened, whole: Whole, mail_file: MailFile) -> Mailing | None:
    """The mail merge as it was before the rows to correct, with those that are left out for good."""
    mailing = whole.mailing or mail_file.earlier()
    at = result_columns(opened.table.headers).get(ResultColumn.ROW)
    texts = [row.cell(at).text for row in opened.table.rows] if at is not None else []
    here = {int(text) for text in texts if text.isdecimal() and len(text) < 9}
    return with_left_out(mailing, whole.table, here) if mailing else None
