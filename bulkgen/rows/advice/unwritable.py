"""People who can't be written to, since the cell of their address has something else: said before they are paid for.

Pure. Only cells with something in them are told of: a row without an address may be meant so.
"""

from __future__ import annotations

from bulkgen.model import Issue, warning
from bulkgen.rows.addresses import address_of
from bulkgen.rows.built import Built

_IMPOSSIBLE = warning(
    code="address_impossible",
    cause="can't be an e-mail address: nobody could be sent this video",
    fix="Correct it before you pay: one address, and nothing else.",
)


def impossible_addresses(built: Built, column: int | None) -> list[Issue]:
    """A warning at each cell of the column of addresses that has none, of the rows that are made."""
    if column is None:
        return []

    headings = built.layouts.headings
    rows = [row.source for row in built.rows if row.selected and not row.skipped and not row.source.unusable]
    cells = ((row, row.cell(column)) for row in rows)
    return [
        headings.placed(_IMPOSSIBLE, row, column) for row, cell in cells if not cell.blank and not address_of(cell.text)
    ]
