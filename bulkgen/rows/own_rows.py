"""The lines of an earlier results sheet that are no rows of the person's.

Pure. Behind the rows stand results of rows that were changed or removed meanwhile; all of the person's own columns are
blank in such a line. Read as rows they would be mistakes, or new jobs where `--set` fills the blanks.
"""

from __future__ import annotations

from dataclasses import replace

from bulkgen.model import Row, Table
from bulkgen.result_columns import ResultColumn, result_columns


def own_rows(table: Table) -> Table:
    """The table without such lines; they are written again from the resume file."""
    columns = result_columns(table.headers)
    status = columns.get(ResultColumn.STATUS)
    if status is None:
        return table

    ours = frozenset(columns.values())

    def is_row(row: Row) -> bool:
        if row.unusable or row.cell(status).blank:
            return True

        return any(not cell.blank for index, cell in enumerate(row.cells) if index not in ours)

    rows = tuple([row for row in table.rows if is_row(row)])
    return table if len(rows) == len(table.rows) else replace(table, rows=rows)
