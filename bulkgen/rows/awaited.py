"""Rows that need what another row has not made, and will not make in this run.

Pure. Which jobs have made something, or still may, is told by who knows what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from bulkgen.model import Issue, Job, Reference
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.references import REFERABLE

#: Whether there is, or may be in this run, what a job awaits.
Comes = Callable[[Reference], bool]


def needed(job: Job, comes: Comes) -> Reference | None:
    """The first of what the job awaits that does not come; None where all does."""
    return next((each for each in job.awaits if not comes(each)), None)


def unmet(built: Built, wanted: Collection[str], comes: Comes) -> Iterator[Issue]:
    """That a row needs what does not come, at its cell. `wanted`: jobs that would be sent, by their fingerprints."""
    rows = {row.source.number: row for row in built.rows}
    for row in built.rows:
        if not row.selected:
            continue

        for job in row.jobs:
            lacking = needed(job, comes) if job.fingerprint in wanted else None
            if lacking is not None:
                yield _placed(_why(rows, lacking), row, lacking, built)
                break


def _why(rows: Mapping[int, BuiltRow], lacking: Reference) -> Issue:
    target, number = rows.get(lacking.row), lacking.row
    if target is not None and target.invalid:
        cause, fix = f"names row {number}, which can't be made as it is", f"Correct row {number} first."
        return Issue(code="reference_to_mistake", cause=cause, fix=fix)

    if target is not None and target.skipped:
        how = f"clear its {target.left_out_by}" if target.left_out_by else "unhide it"
        cause = f"names row {number}, which is left out and has made nothing yet"
        fix = f"Have row {number} made too ({how}), or put a name or an id there."
        return Issue(code="reference_not_made", cause=cause, fix=fix)

    cause = f"names row {number}, which is not among the rows of this run and has made nothing yet"
    fix = f"Add row {number} to --rows, or make it first."
    return Issue(code="reference_not_made", cause=cause, fix=fix)


def _placed(issue: Issue, row: BuiltRow, lacking: Reference, built: Built) -> Issue:
    headings = built.layouts.headings
    columns = [column for column in row.layout.columns if column.lookup in REFERABLE] if row.layout else []
    filled = [
        (index, headings.cell(row.source, index).text.strip())
        for column in columns
        for index in (row.layout.indexes[column.name] if row.layout else ())
        if not headings.cell(row.source, index).blank
    ]
    for index, text in sorted(filled, key=lambda each: each[1] != lacking.text):
        return headings.placed(issue, row.source, index, text)
    return issue.at(row.source.number)
