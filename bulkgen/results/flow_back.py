"""What became of rows that were corrected by themselves, back among all results, each in its place.

Pure. Invariant: every line of the results is there afterwards, and every one of the corrected rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bulkgen.model import BLANK, Cell, Row, Table
from bulkgen.result_columns import ResultColumn, is_result, result_columns
from bulkgen.results.failing import FAILING
from bulkgen.results.mark import column_names
from bulkgen.results.matching import Matching
from bulkgen.results.table import Results


def flow_back(base: Table, mine: Results, sheet: Table) -> Results:
    """The results `base` with the lines of `mine` in place of those that their rows in `sheet` are of.

    Notes beside a line stay. What is told of a row that is not among these, since its job has ended meanwhile, is told
    in its line too.
    """
    names, places = column_names(base.headers), result_columns(base.headers)
    theirs = {name: at for at, name in enumerate(column_names(mine.headers))}
    own = [at for at in range(len(names)) if not is_result(names[at])]
    more = [at for name, at in theirs.items() if name not in names and not is_result(name)]
    ours = [name for name in ResultColumn if name is not ResultColumn.ROW and (name in places or name in theirs)]

    def cells(row: Row | None, line: Sequence[Cell] | None, *, left: bool = False) -> tuple[Cell, ...]:
        """A line of the whole: as `row` of the base where `line` says nothing; `left`: that has no cells of its own."""

        def of_row(at: int | None) -> Cell:
            return row.cell(at) if row is not None and at is not None else BLANK

        def of_line(name: str) -> Cell | None:
            return line[theirs[name]] if line is not None and name in theirs else None

        kept = [(None if left else of_line(names[at])) or of_row(at) for at in own]
        added = [line[at] if line is not None and not left else BLANK for at in more]
        told = [(of_line(name) or BLANK) if line is not None else of_row(places.get(name)) for name in ours]
        if left and ResultColumn.ERROR in ours:  # its words are of a row that is not there
            fails = told[ours.index(ResultColumn.STATUS)].text in FAILING
            told[ours.index(ResultColumn.ERROR)] = of_row(places.get(ResultColumn.ERROR)) if fails else BLANK
        return (*kept, *added, *told)

    found = Matching(base, sheet).of_lines(mine)
    of_rows: dict[int, list[tuple[int, bool]]] = {}
    for at, (number, gone) in found.items():
        of_rows.setdefault(number, []).append((at, gone))
    lines: list[tuple[Cell, ...]] = []
    rows: list[int] = []
    for row in base.rows:
        of_it = of_rows.get(row.number, ())
        for at, gone in of_it:
            lines.append(cells(row, mine.lines[at], left=gone))
        if not of_it:
            lines.append(cells(row, None))
        rows += [row.number] * max(1, len(of_it))
    for at, line in enumerate(mine.lines):
        if at not in found:
            lines.append(cells(None, line))
            rows.append(0)
    return replace(
        mine,
        name=base.name,
        headers=(
            *(base.headers[at] for at in own),
            *(mine.headers[at] for at in more),
            *(name.value for name in ours),
        ),
        lines=tuple(lines),
        header_row=base.header_row,
        rows=tuple(rows),
        columns=(*own, *[None] * (len(more) + len(ours))),
    )
