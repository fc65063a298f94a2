"""Rows that are as they were when they were made, and ask for something else now: the command has other options.

Told by the results: a line of theirs has the cells of such a row, and a finished job that the row does not ask for.
"""

from __future__ import annotations

from collections.abc import Sequence

from bulkgen.batch.on_record import results_file
from bulkgen.batch.outcome import Standing
from bulkgen.batch.target import read_results
from bulkgen.errors import InputError
from bulkgen.ledger.events import Event
from bulkgen.model import Row, listed
from bulkgen.result_columns import ResultColumn, is_result, result_columns
from bulkgen.results.mark import column_names, plain


def check_options(standing: Standing, events: Sequence[Event]) -> None:
    """Raises `InputError` where the results would lose what was made, since it was made with other options."""
    entries = [entry for entry in standing.entries if not (entry.left or entry.row.skipped or entry.state.last)]
    path = results_file(standing.opened, events) if entries else None
    try:
        table = read_results(path, standing.opened.table.name) if path else None
    except InputError:
        table = None
    at = result_columns(table.headers).get(ResultColumn.ID) if table else None
    if table is None or path is None or at is None:
        return

    names, theirs = column_names(standing.opened.table.headers), column_names(table.headers)
    shared = [(names.index(name), theirs.index(name)) for name in names if name in theirs and not is_result(name)]
    asked = {entry.job.fingerprint for entry in standing.entries if entry.job and not entry.left}
    finished = {state.shown.id for key, state in standing.states.items() if state.shown.finished and key not in asked}
    made = {
        _texts(row, [theirs_at for _, theirs_at in shared])
        for row in table.rows
        if row.cell(at).text.strip() in finished
    }
    found = [entry.row.source for entry in entries if _texts(entry.row.source, [at for at, _ in shared]) in made]
    if found:
        numbers = list(dict.fromkeys(str(row.number) for row in found))
        which = f"{'row' if len(numbers) == 1 else 'rows'} {listed(numbers, 8)}"
        raise InputError(
            f"{path.name} has finished results of {which} that were made with other options than these (--set, --map "
            "or others). Nothing was changed. Type the same options as for that run, or write them into "
            f"{standing.opened.places.stem}.recipe.toml, where every command finds them."
        )


def _texts(row: Row, columns: Sequence[int]) -> tuple[str, ...]:
    return tuple(plain(row.cell(at).text) for at in columns)
