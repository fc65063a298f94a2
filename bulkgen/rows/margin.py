"""What stands under no header, to the right of the person's last one, and the rows that do not fit their headers.

Pure. A value there belongs to no column: the row is shifted, or was marked as one that can't be used. A nameless column
between two of the person's own headers is theirs, and passes through. What bulkgen added (`result_…`) does not count.
"""

from __future__ import annotations

from bulkgen.model import QUOTES_IN_DOUBT, Issue, Row, Table
from bulkgen.result_columns import is_result

NAMELESS = "has a value under no header"


class Margin:
    """The columns of a table that have no header, with no header of the person's own behind them."""

    def __init__(self, table: Table) -> None:
        self._counted = bool(table.delimiter)
        self._end = len(table.headers)
        self.columns: set[int] = set()
        outside = True
        for at in reversed(range(self._end)):
            if table.headers[at].strip():
                outside = is_result(table.headers[at])
            elif outside:
                self.columns.add(at)

    def filled(self, row: Row) -> list[int]:
        """The columns in which the row has a value under no header, from the left."""
        if not self.columns and len(row.cells) <= self._end:
            return []

        indexes = (*sorted(self.columns), *range(self._end, len(row.cells)))
        return [at for at in indexes if not row.cell(at).blank]

    def mistake(self, row: Row) -> Issue | None:
        """Why the row can't be used as it stands: at the first value under no header, else of the row as a whole."""
        if row.unusable and self._counted:  # of a CSV: how many cells there are says more than where the last one is
            fix = "Correct the line, so that every value stands under its header."
            if row.unusable == QUOTES_IN_DOUBT:
                fix = 'Put the whole text in quotation marks, with "" for each mark inside it; or take the marks out.'
            return Issue(code="unusable_row", row=row.number, cause=row.unusable, fix=fix)

        indexes = self.filled(row)
        if indexes:
            fix = f"Put every value under its header, then {clear(len(indexes))}."
            found = Issue(code="value_under_no_header", cause=NAMELESS, fix=fix)
            return found.at(row.number, indexes[0], value=row.cell(indexes[0]).text)

        if row.unusable:
            fix = "Put every value under its header."
            return Issue(code="unusable_row", row=row.number, cause=row.unusable, fix=fix)

        return None


def clear(cells: int) -> str:
    """What is left to do with so many cells under no header."""
    return "clear this cell" if cells == 1 else "clear every cell of this row that has no header"
