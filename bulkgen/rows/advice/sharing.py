"""Videos for people who are written to, whose pages will open for nobody: said once, before they are paid for.

Pure. Only what can be said in the request is asked for, and only where the person has said neither yes nor no.
"""

from __future__ import annotations

from collections.abc import Collection, Container

from bulkgen.kinds import KINDS
from bulkgen.kinds.sharing import SHARING, can_share, says_sharing
from bulkgen.model import Issue, Table, listed, runs_of, warning
from bulkgen.rows.addresses import address_of
from bulkgen.rows.built import Built

_NAMES = "names people ({}) who will not be able to open the pages of their videos"
_SAY_SO = (
    f"Add a column {SHARING} with yes (or --set {SHARING}=yes in each command) before you pay: later it would make, "
    "and bill, the videos again. If it is to stay off: no in place of yes."
)
_BY_HAND = "Send links to the files, which work for about a week, or publish the videos at HeyGen."


def closed_pages(table: Table, built: Built, column: int | None, wanted: Container[str]) -> list[Issue]:
    """Warnings that name the column of the addresses, where pages of jobs to be sent (`wanted`, fingerprints) will be
    closed: since sharing is off, and since HeyGen opens none of that kind by itself. `column`: that of the addresses.
    """
    if column is None:
        return []

    closed, never = dict[int, None](), dict[int, None]()
    for row in built.rows:
        if not row.selected or not address_of(row.source.cell(column).text):
            continue

        for job in row.jobs[:1]:
            if job.fingerprint not in wanted or KINDS[job.kind].life.at_once or says_sharing(job):
                continue

            (closed if can_share(KINDS[job.kind]) else never)[row.source.number] = None
    found = []
    if closed:
        cause = f"{_NAMES.format(_rows(closed))}, since sharing is off"
        found.append(warning(code="page_not_public", cause=cause, fix=_SAY_SO))
    if never:
        cause = f"{_NAMES.format(_rows(never))}: HeyGen opens none of these by itself"
        found.append(warning(code="page_never_public", cause=cause, fix=_BY_HAND))
    header = table.headers[column].strip()
    return [each.at(table.header_row, None, header) for each in found]  # there is no cell to correct


def _rows(numbers: Collection[int]) -> str:
    """`rows 2-13, 15`"""
    runs = [str(first) if first == last else f"{first}-{last}" for first, last in runs_of(numbers)]
    return f"{'row' if len(numbers) == 1 else 'rows'} {listed(runs, 8)}"
