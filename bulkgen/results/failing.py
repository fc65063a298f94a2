"""The rows that are to be corrected, by themselves: as they are in the sheet, with the reason; and their way back.

Pure. Each says which row of the results it is, so that what becomes of it when it is corrected stands there in its
place. Where the results were sorted meanwhile it is known by its job, or by its cells; else it is added at their end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bulkgen.ledger.state import Status
from bulkgen.model import BLANK, Cell, Row, Table
from bulkgen.result_columns import ResultColumn, is_result, result_columns
from bulkgen.results.mark import column_names, plain
from bulkgen.results.table import Results

FAILING = (Status.FAILED, Status.INVALID, Status.UNKNOWN)

_SHOWN = (ResultColumn.STATUS, ResultColumn.ERROR, ResultColumn.LANGUAGE, ResultColumn.ID)


def failing_rows(results: Results, rows: Sequence[int], headers: Sequence[str]) -> Results:
    """The lines that need correcting, without what a person noted beside them.

    `rows`: of each line, the row that it has in the results file; `headers`: of the sheet.
    """
    sheet = {"", *column_names(headers)}
    status = results.headers.index(ResultColumn.STATUS)
    lines = [at for at, line in enumerate(results.lines) if results.rows[at] and line[status].text in FAILING]
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

    found = dict(_found(base, mine, sheet))
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


def _found(base: Table, mine: Results, sheet: Table) -> Iterator[tuple[int, tuple[int, bool]]]:
    """For each line of `mine` that is in the base: its row there, and whether its own row is gone."""
    given, by_number = {row.number: row for row in sheet.rows}, {row.number: row for row in base.rows}
    places = result_columns(base.headers)
    by_id = {_text(row, places, ResultColumn.ID): row.number for row in base.rows}
    at_id = mine.headers.index(ResultColumn.ID) if ResultColumn.ID in mine.headers else None
    taken: dict[int, int] = {}
    for at, number in enumerate(mine.rows):
        if not number:
            job_id = mine.lines[at][at_id].text if at_id is not None else ""
            if job_id and job_id in by_id:
                yield at, (by_id[job_id], True)
            continue

        if number not in taken and number in given:
            known = _row_of(given[number], sheet, base, by_number)
            if known and known not in taken.values():
                taken[number] = known
        if number in taken:
            yield at, (taken[number], False)


def _row_of(row: Row, sheet: Table, base: Table, by_number: Mapping[int, Row]) -> int:
    """The row of the base that a row of the sheet is of; 0 for none."""
    mine, theirs = result_columns(sheet.headers), result_columns(base.headers)
    language, job_id = (_text(row, mine, name) for name in (ResultColumn.LANGUAGE, ResultColumn.ID))

    def same_job(other: Row) -> bool:
        return (language, job_id) == tuple(_text(other, theirs, n) for n in (ResultColumn.LANGUAGE, ResultColumn.ID))

    told = _text(row, mine, ResultColumn.ROW)
    there = by_number.get(int(told)) if told.isdecimal() and len(told) < 8 else None
    if there is not None and same_job(there) and _likeness(row, sheet, there, base):
        return there.number

    failing = [
        other
        for other in base.rows
        if _text(other, theirs, ResultColumn.STATUS) in FAILING
        and same_job(other)
        and (job_id or _likeness(row, sheet, other, base) == 1.0)
    ]
    return failing[0].number if failing else 0


def _likeness(row: Row, sheet: Table, other: Row, base: Table) -> float:
    """How many of the filled cells that both may have are the same, from 0 to 1."""
    places = {name: at for at, name in enumerate(column_names(base.headers)) if not is_result(name)}
    pairs = [
        (plain(row.cell(at).text), plain(other.cell(places[name]).text))
        for at, name in enumerate(column_names(sheet.headers))
        if name in places
    ]
    filled = [pair for pair in pairs if any(pair)]
    return sum(one == two for one, two in filled) / len(filled) if filled else 0.0


def _text(row: Row, places: Mapping[str, int], name: ResultColumn) -> str:
    return row.cell(places[name]).text.strip() if name in places else ""
