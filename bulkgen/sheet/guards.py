"""The guards of a results CSV that another program has saved as a workbook: they have become part of the texts.

Pure. bulkgen's own workbooks have none, so they are taken off only where each text that needs one has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bulkgen.model import Cell, Table
from bulkgen.result_columns import ResultColumn, result_columns
from bulkgen.texts import guarded, runs, unguard


def without_guards(table: Table) -> Table:
    """The table of a workbook with the texts that its CSV stood for."""
    if ResultColumn.STATUS not in result_columns(table.headers):
        return table

    found = False
    for text in _texts(table):
        if runs(text):
            return table

        found = found or guarded(text)
    if not found:
        return table

    rows = tuple(
        replace(row, cells=tuple(map(_bare, row.cells))) if any(guarded(cell.text) for cell in row.cells) else row
        for row in table.rows
    )
    return replace(table, headers=tuple(map(unguard, table.headers)), rows=rows)


def _texts(table: Table) -> Iterator[str]:
    yield from table.headers
    for row in table.rows:
        for cell in row.cells:
            if isinstance(cell.value, str):
                yield cell.text


def _bare(cell: Cell) -> Cell:
    if not isinstance(cell.value, str) or not guarded(cell.text):
        return cell

    return replace(cell, text=unguard(cell.text), value=unguard(cell.value))
