"""The results: the person's own columns and, behind them, what became of every job.

Pure: a function of the lines, so it can be rebuilt at any time and is never itself the truth. Behind the rows stand the
jobs whose rows were changed or removed while they were being made: all of the person's columns are blank there.

Invariant: a row that could not be used because its values do not fit the headers is still such a row when the results
are read again: what stood under no header, or a word on what is wrong, stands in a nameless column of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from bulkgen.kinds.outcome import Detail
from bulkgen.model import BLANK, Cell, Row, Table
from bulkgen.result_columns import ALWAYS, ResultColumn, is_result, result_columns
from bulkgen.results.entries import Entry, count
from bulkgen.results.result_cells import result_cells
from bulkgen.results.workbook import NO_VALUE
from bulkgen.rows.margin import Margin


class HasLook(Protocol):
    """A results file that stands: its sheet as it looks, None where that can't be told."""

    @property
    def sheet(self) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Worn:
    """Of a results file whose `look` is to be kept where the lines and columns of the results are in it.

    `rows`: of each line, the row there, 0 for none; `columns`: of each column the index there, None for none; `added`:
    those of the columns that a person added there.
    """

    look: HasLook
    header_row: int
    rows: tuple[int, ...]
    columns: tuple[int | None, ...]
    added: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Results:
    """Headers and lines of cells, ready to be written.

    Where they come from, for their look: `header_row` of the sheet; `rows`, of each line, the row there (0 for none);
    `columns`, of each column, its index there (None for none); `worn`: the results files that a person set a look in.
    `together`: the rows of the sheet that are one video with others, each with all of them.
    """

    name: str
    headers: tuple[str, ...]
    lines: tuple[tuple[Cell, ...], ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    header_row: int = 1
    rows: tuple[int, ...] = ()
    columns: tuple[int | None, ...] = ()
    worn: tuple[Worn, ...] = ()
    together: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def results_table(table: Table, found: Iterable[Entry], details: Mapping[str, Detail]) -> Results:
    """The whole results sheet; columns that no line fills are left out."""
    margin = Margin(table)
    kept = [i for i, header in enumerate(table.headers) if not is_result(header) and i not in margin.columns]
    noted = _noted(table)
    listed = [
        replace(entry, row=replace(entry.row, source=noted.get(entry.state.shown.id, entry.row.source)))
        if entry.left
        else entry
        for entry in found
    ]
    surplus = [_surplus(entry.row.source, margin) for entry in listed]
    nameless = not all(cell.blank for cell in surplus)
    results = [result_cells(entry, details) for entry in listed]
    filled = [name for name in ResultColumn if name in ALWAYS or any(name in cells for cells in results)]
    lines = tuple(
        (
            *(entry.row.source.cell(i) for i in kept),
            *((extra,) if nameless else ()),
            *(cells.get(name, BLANK) for name in filled),
        )
        for entry, extra, cells in zip(listed, surplus, results, strict=True)
    )
    headers = (*(table.headers[i] for i in kept), *(("",) if nameless else ()), *(name.value for name in filled))
    return Results(
        name=table.name,
        headers=headers,
        lines=lines,
        counts=count(listed),
        header_row=table.header_row,
        rows=tuple([0 if entry.left else entry.row.source.number for entry in listed]),
        columns=(*kept, *[None] * (len(headers) - len(kept))),
        together={entry.row.source.number: entry.row.together for entry in listed if entry.row.together},
    )


def _noted(table: Table) -> dict[str, Row]:
    """Lines that were behind the rows before, by their ids: the person may have noted something there."""
    at = result_columns(table.headers).get(ResultColumn.ID)
    return {} if at is None else {row.cell(at).text.strip(): row for row in table.behind}


def with_errors(results: Results) -> Results:
    """The results for a workbook that is to be corrected: a cell without value and text shows that it can't be used."""
    if not any(cell.unusable and not cell.text for line in results.lines for cell in line):
        return results

    lines = tuple(
        tuple(replace(cell, text=NO_VALUE) if cell.unusable and not cell.text else cell for cell in line)
        for line in results.lines
    )
    return replace(results, lines=lines)


def _surplus(row: Row, margin: Margin) -> Cell:
    """What the row has under no header, in one cell; if it has nothing there and can't be used, why."""
    places = margin.filled(row)
    if len(places) == 1 and not row.cell(places[0]).unusable:
        return row.cell(places[0])

    texts = [row.cell(at).text.strip() or f"[{row.cell(at).unusable}]" for at in places]
    if not texts and row.unusable:
        texts = [f"[{row.unusable}]"]
    text = " | ".join(texts)
    return Cell(text, text) if text else BLANK
