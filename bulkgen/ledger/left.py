"""Jobs that no row of the sheet asks for any more: their rows were edited, removed or left out after they were sent.

Pure. What is in progress is followed to its end and collected, since it is paid; what has ended so is shown from then
on, until a row asks for it again or it is long past. A result that was finished while its row was there is not among
them. So a sheet that is filled anew every week does not pile up the old ones in its results. A row that is only left
out is still there, and keeps whatever was made of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from bulkgen.kinds import LIVES
from bulkgen.ledger.state import NEW, State
from bulkgen.model import Handle, Job
from bulkgen.rows.built import BuiltRow

#: How long what has ended is shown: until something was sent so much later (seconds).
SHOWN_FOR = 30 * 86_400.0


def left_jobs(rows: Iterable[BuiltRow], states: Mapping[str, State], sheet: str) -> list[Handle]:
    """The jobs of this worksheet that are to be followed, or shown, without a row of its own; by their row numbers."""
    present: set[str] = set()
    open_kinds: set[str] = set()
    for row in rows:
        present.update(job.fingerprint for job in (*row.jobs, *row.withheld))
        if not (row.jobs or row.skipped or row.invalid):  # it may ask for one of them: its template is not known yet
            open_kinds.add(row.kind)
    newest = max((state.last_sent or 0.0 for state in states.values()), default=0.0)
    found = [
        _handle(fingerprint, state)
        for fingerprint, state in states.items()
        if fingerprint not in present
        and not state.listened
        and state.kind not in open_kinds
        and state.sheet in ("", sheet)  # "": recorded while the workbook had one sheet
        and (_is_open(state) or (_has_ended(state) and (state.last_sent or newest) > newest - SHOWN_FOR))
    ]
    return sorted(found, key=lambda job: (job.row, job.language))


def withheld_jobs(rows: Collection[BuiltRow], states: Mapping[str, State]) -> list[Handle]:
    """The jobs of selected rows that are left out, as far as they stay with them; each once, in the sheet's order.

    A job that another row asks for is that row's.
    """
    asked = {job.fingerprint for row in rows for job in row.jobs}
    found = {
        job.fingerprint: unsent(job)
        for row in rows
        if row.selected
        for job in row.withheld
        if job.fingerprint not in asked and stays(states.get(job.fingerprint, NEW))
    }
    return list(found.values())


def stays(state: State) -> bool:
    """Whether a row that is left out keeps a job in this state: it was made for it, or may be."""
    if state.listened:
        return False

    return state.shown.finished or state.last == "unknown" or _is_open(state) or _has_ended(state)


def unsent(job: Job) -> Handle:
    """The job as it is followed, without what it asks for: so nothing is ever sent for it."""
    return Handle(
        kind=job.kind,
        fingerprint=job.fingerprint,
        row=job.row,
        row_id=job.row_id,
        title=job.title,
        language=job.language,
        sheet=job.sheet,
    )


def _is_open(state: State) -> bool:
    """Something is still to come of it, or to be found."""
    life = LIVES.get(state.kind)
    if life is None:  # of a later release
        return False

    if state.unresolved:
        return not life.at_once  # no list shows the others

    return state.in_progress or (state.finished and not state.done)


def _has_ended(state: State) -> bool:
    """It came to its end without a row."""
    return state.left and state.kind in LIVES and not state.in_progress


def _handle(fingerprint: str, state: State) -> Handle:
    return Handle(
        kind=state.kind,
        fingerprint=fingerprint,
        row=state.row,
        row_id=state.row_id,
        title=state.titles[-1] if state.titles else "",
        language=state.language,
        sheet=state.sheet,
    )
