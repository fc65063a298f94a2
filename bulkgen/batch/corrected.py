"""The whole sheet after a run of its rows to correct: what the page and the results for programs tell then.

Read from the results, where the corrected rows are by then: what is told beside them never contradicts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bulkgen.batch.judged import judge_offline
from bulkgen.batch.opened import Opened
from bulkgen.batch.places import sheet_of
from bulkgen.batch.recalled import recognise
from bulkgen.batch.target import read_results
from bulkgen.errors import InputError
from bulkgen.ledger.events import Event
from bulkgen.ledger.history import fold
from bulkgen.ledger.state import State, Status
from bulkgen.result_columns import ResultColumn, result_columns
from bulkgen.results.entries import Entry, entries
from bulkgen.rows.left_out import hidden_as_before
from bulkgen.rows.own_rows import own_rows


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """The sheet, as its results have it, and a line for each of theirs."""

    opened: Opened
    entries: list[Entry]


def corrected(opened: Opened, results: Path, states: Mapping[str, State], events: Iterable[Event]) -> Corrected | None:
    """`opened`: the rows to correct; `results`: the file that what became of them has flowed back into.

    None where that can't be read any more.
    """
    settings, reading = opened.settings, opened.read_options
    try:
        table = own_rows(read_results(results, opened.table.name), settings.renames)
        table = hidden_as_before(table, settings.renames, settings.defaults)
        whole = replace(
            opened,
            source=str(sheet_of(Path(opened.source))),
            table=table,
            read_options=replace(reading, selection=None),
        )
        history = fold(events)
        built = recognise(judge_offline(whole, history).built, history.states, history.ids)
    except (InputError, OSError):
        return None

    found = entries(built.rows, states, table.name)
    return Corrected(opened=whole, entries=list(_as_told(found, result_columns(table.headers))))


def _as_told(found: Iterable[Entry], columns: Mapping[str, int]) -> Iterator[Entry]:
    """The lines with the words of the results: what only HeyGen could judge is not judged here."""
    for entry in found:
        cells = entry.row.source
        status = cells.cell(columns[ResultColumn.STATUS]).text.strip()
        error = cells.cell(columns[ResultColumn.ERROR]).text.strip() if ResultColumn.ERROR in columns else ""
        told = next((each for each in Status if each == status), entry.status)
        yield entry if entry.left else replace(entry, status=told, error=error)
