"""The copy of a sheet in which `check` marks what it found, for mending it there.

A copy that holds other values than the sheet may be one that the person has begun to mend: it is never overwritten.
"""

from __future__ import annotations

from pathlib import Path

from bulkgen.cli.prepare import Prepared, is_ours
from bulkgen.errors import InputError
from bulkgen.jobs import Table
from bulkgen.results.marked import write_marked
from bulkgen.sheet import read_sheet


def mark_mistakes(prepared: Prepared) -> str:
    """Writes the marked copy if there is anything to mark; gives the sentence that says where it is."""
    table, built = prepared.opened.table, prepared.built
    problems = [*built.mistakes, *built.warnings]
    if not problems:
        return ""

    path = _free(prepared.opened.places.marked, table)
    try:
        made = write_marked(table, problems, path)
    except OSError as error:
        return f"The marked copy can't be written to {path}: {error.strerror}."

    return f"Marked in a copy of your sheet: {made}. Mend the cells there and use it in place of the sheet."


def _free(path: Path, table: Table) -> Path:
    """The first of `leads.check.xlsx`, `leads.check-2.xlsx` … that is not there or holds the same values."""
    for number in range(1, 100):
        candidate = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        if not candidate.exists() or _same_values(candidate, table):
            return candidate

    return path.with_name(f"{path.stem}-100{path.suffix}")


def _same_values(path: Path, table: Table) -> bool:
    try:
        there = read_sheet(path, recognise=is_ours)
    except InputError:
        return False

    return _values(there, table) == _values(table, table)


def _values(sheet: Table, given: Table) -> list[tuple[int, dict[int, str]]]:
    """The texts by row and column, but for cells that can't be used in the sheet as given: the copy changes those."""
    unusable = {row.number: {at for at, cell in enumerate(row.cells) if cell.fault} for row in given.rows}
    return [
        (
            row.number,
            {
                at: " ".join(cell.text.split())
                for at, cell in enumerate(row.cells)
                if not cell.blank and at not in unusable.get(row.number, ())
            },
        )
        for row in sheet.rows
    ]
