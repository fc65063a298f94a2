"""Videos for people who are written to, whose pages will open for nobody: said once, before they are paid for.

Pure. Only what can be said in the request is asked for, and only where the person has said neither yes nor no.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from bulkgen.kinds import KINDS
from bulkgen.kinds.sharing import SHARING, can_share, says_sharing
from bulkgen.model import Issue, Table, listed, warning
from bulkgen.result_columns import is_result
from bulkgen.rows.addresses import address_column, address_of
from bulkgen.rows.built import Built

_FIX = (
    f"Add --set {SHARING}=yes, or a column {SHARING} with yes, before you pay: later it would make, and bill, the "
    "videos again. If it is to stay off: no in place of yes."
)


def closed_pages(table: Table, built: Built, wanted: Container[str]) -> list[Issue]:
    """A warning at the header of the addresses, where pages of jobs to be sent (`wanted`, fingerprints) are closed."""
    headings = built.layouts.headings
    names = [name if not is_result(name) else "" for name in headings.names[: headings.real]]
    column = address_column(names, table.rows)
    if column is None:
        return []

    rows = [
        row.source.number
        for row in built.rows
        if row.selected and address_of(row.source.cell(column).text)
        for job in row.jobs[:1]
        if can_share(KINDS[job.kind]) and not says_sharing(job) and job.fingerprint in wanted
    ]
    if not rows:
        return []

    where = f"{'row' if len(rows) == 1 else 'rows'} {listed(_runs(rows), 8)}"
    cause = f"names people ({where}) who will not be able to open the pages of their videos, since sharing is off"
    closed = warning(code="page_not_public", cause=cause, fix=_FIX)
    return [closed.at(table.header_row, None, table.headers[column].strip())]  # there is no cell to correct


def _runs(numbers: Iterable[int]) -> list[str]:
    """`2-13`, `15`: numbers that follow one another are told together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
