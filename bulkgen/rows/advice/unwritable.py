"""People who can't be written to, since the cell of their address has something else: said before they are paid for.

Pure. Only cells with something in them are told of: a row without an address may be meant so.
"""

from __future__ import annotations

from bulkgen.model import Issue, Table, warning
from bulkgen.result_columns import is_result
from bulkgen.rows.addresses import address_column, address_of
from bulkgen.rows.built import Built

_IMPOSSIBLE = warning(
    code="address_impossible",
    cause="can't be an e-mail address: nobody could be sent this video",
    fix="Correct it before you pay: one address, and nothing else.",
)


def impossible_addresses(table: Table, built: Built) -> list[Issue]:
    """A warning at each cell with an address that can't be one, of the rows that are made."""
    headings = built.layouts.headings
    names = [name if not is_result(name) else "" for name in headings.names[: headings.real]]
    column = address_column(names, table.rows)
    if column is None:
        return []

    rows = [row.source for row in built.rows if row.selected and not row.skipped and not row.source.unusable]
    cells = ((row, row.cell(column)) for row in rows)
    return [
        headings.placed(_IMPOSSIBLE, row, column) for row, cell in cells if not cell.blank and not address_of(cell.text)
    ]
