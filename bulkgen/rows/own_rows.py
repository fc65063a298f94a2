"""The lines of an earlier results sheet that are no rows of the person's.

Pure. Behind the rows stand results of rows that were changed or removed meanwhile: all of the sheet's own columns are
blank in such a line. Read as rows they would be mistakes, or new jobs where `--set` fills the blanks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bulkgen.model import Row, Table
from bulkgen.result_columns import LEFT, ResultColumn, result_columns
from bulkgen.rows.header_line import field_columns


def own_rows(table: Table, renames: Mapping[str, str]) -> Table:
    """The table with such lines `behind` its rows; they are written again from the resume file.

    A person may have noted something beside one, in a column that is no field's.
    """
    columns = result_columns(table.headers)
    status = columns.get(ResultColumn.STATUS)
    if status is None:
        return table

    ours, fields = frozenset(columns.values()), field_columns(table.headers, renames)
    error = columns.get(ResultColumn.ERROR, status)

    def is_row(row: Row) -> bool:
        if row.unusable or row.cell(status).blank:
            return True

        filled = {index for index, cell in enumerate(row.cells) if not cell.blank} - ours
        return bool(filled & fields if LEFT in row.cell(error).text else filled)

    behind = tuple([row for row in table.rows if not is_row(row)])
    return replace(table, rows=tuple(filter(is_row, table.rows)), behind=behind) if behind else table
