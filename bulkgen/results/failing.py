"""The rows that are to be corrected, by themselves: as they are in the sheet, with the reason.

Pure. Each says which row of the results it is, so that what becomes of it when it is corrected stands there in its
place (`flow_back`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bulkgen.ledger.state import Status
from bulkgen.model import Cell
from bulkgen.result_columns import PART_FAILED, ResultColumn, is_result
from bulkgen.results.mark import column_names
from bulkgen.results.table import Results

FAILING = (Status.FAILED, Status.INVALID, Status.UNKNOWN)

_SHOWN = (ResultColumn.STATUS, ResultColumn.ERROR, ResultColumn.LANGUAGE, ResultColumn.ID)


def failing_rows(results: Results, rows: Sequence[int], headers: Sequence[str]) -> Results:
    """The lines that need correcting, without what a person noted beside them; with those that are one video with
    them, as without a hidden one it would be another.

    `rows`: of each line, the row that it has in the results file; `headers`: of the sheet.
    """
    sheet = {"", *column_names(headers)}
    status = results.headers.index(ResultColumn.STATUS)
    error = results.headers.index(ResultColumn.ERROR)
    lines = [
        at
        for at, line in enumerate(results.lines)
        if results.rows[at] and line[status].text in FAILING and PART_FAILED not in line[error].text
    ]
    beside = {number for at in lines for number in results.together.get(results.rows[at], ())}
    lines = sorted({*lines, *(at for at, number in enumerate(results.rows) if number in beside)})
    own = [at for at, name in enumerate(column_names(results.headers)) if name in sheet and not is_result(name)]
    shown = [results.headers.index(name) for name in _SHOWN if name in results.headers]
    kept = (*own, *shown)
    return replace(
        results,
        headers=(*(results.headers[at] for at in kept), ResultColumn.ROW.value),
        lines=tuple((*(results.lines[line][at] for at in kept), Cell(str(rows[line]), rows[line])) for line in lines),
        rows=tuple(results.rows[line] for line in lines),
        columns=(*(results.columns[at] for at in kept), None),
    )
