"""Mistakes and notes on the screen: those of one cause in one line, with their cells. Pure: values in, text out.

Mistakes have a line for each column, since each is to be corrected; notes of one cause have one for all columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bulkgen.model import Issue, Severity, Table, column_letters, listed, plural, runs_of, shorten

#: How many places, values and columns of one cause are written out, and how many causes.
CELLS, VALUES, COLUMNS = 6, 3, 3
CAUSES = 40

#: Characters that are shown of a value, if it is the only one.
LONGEST = 50


def report_issues(table: Table, issues: Sequence[Issue]) -> str:
    """A line for each cause, as far as they are not too many."""
    lines = issue_lines(table, issues)
    left = len(lines) - CAUSES
    return "\n".join([*lines[:CAUSES], f"  and {plural(left, 'more cause')}"] if left > 0 else lines)


def issue_lines(table: Table, issues: Iterable[Issue]) -> list[str]:
    """A line for each cause, in the order in which they come."""
    causes: dict[tuple[str, str, str, Severity], list[Issue]] = {}
    for issue in issues:
        header = "" if issue.warning else issue.header
        causes.setdefault((header, issue.cause, issue.fix, issue.severity), []).append(issue)
    return [_line(table, members) for members in causes.values()]


def _line(table: Table, members: Sequence[Issue]) -> str:
    one = members[0]
    headers = list(dict.fromkeys(issue.header for issue in members if issue.header))
    different = list(dict.fromkeys(issue.value for issue in members if issue.value.strip()))
    values = [f"'{shorten(value, LONGEST if len(different) == 1 else LONGEST // 2)}'" for value in different]
    parts = [
        f"{'note ' if one.warning else ''}{_places(table, members)}:",
        listed(headers, COLUMNS),
        listed(values, VALUES),
        f"{one.cause}. {one.fix}",
    ]
    return f"  {' '.join(filter(None, parts))}"


def _places(table: Table, members: Sequence[Issue]) -> str:
    """`Leads!D14`, `Leads!D2:D301`, `Leads!D14, D16, Leads rows 18-20, 25`: the sheet is named once for its cells, and
    once for whole rows.
    """
    columns = list(dict.fromkeys(issue.column for issue in members))
    cells = dict.fromkeys((issue.column, issue.row) for issue in members)
    runs = [(at, *run) for at in columns for run in runs_of(row for column, row in cells if column == at)]
    told: list[str] = []
    for column, first, last in runs:
        if column is not None:
            place = f"{column_letters(column)}{first}" if told else table.where(first, column)
            told.append(place if first == last else f"{place}:{column_letters(column)}{last}")
    rows = [(first, last) for column, first, last in runs if column is None]
    return ", ".join(filter(None, (listed(told, CELLS), _rows(table, rows))))


def _rows(table: Table, runs: Sequence[tuple[int, int]]) -> str:
    """`Leads row 18`, `Leads rows 18-20, 25`; "" for none."""
    if not runs:
        return ""

    (row, last), *others = runs
    if not others and row == last:
        return table.where(row, None)

    return f"{table.name} rows {listed([str(row) if row == last else f'{row}-{last}' for row, last in runs], CELLS)}"
