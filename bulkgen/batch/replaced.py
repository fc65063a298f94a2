"""Which results new jobs take the place of: a row was edited, a sheet renamed, a header changed.

Pure. Wherever nobody can tell, a new job counts as one that takes the place of something: it is told, and asked for,
before it is paid.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from bulkgen.ledger.state import State
from bulkgen.model import Job
from bulkgen.rows.built import BuiltRow


def counts(state: State) -> bool:
    """Something was made for its row, or is being made: more than what a person listened to beforehand."""
    return not state.listened and (state.shown.finished or state.under_way)


def _owner(row_id: str, row: int) -> tuple[str, object]:
    """What tells that two jobs are of one row: the same `row_id`, else the same row."""
    return ("id", row_id) if row_id else ("row", row)


def superseded(old: Mapping[str, State], states: Mapping[str, State], present: Collection[str]) -> set[str]:
    """Those whose row is still in the sheet: another job was made for it later, or is of another language of it.

    Later is what stands later in the resume file: two runs may follow one another within a second.
    """
    order = {key: at for at, key in enumerate(states)}
    owners: dict[tuple[str, object], list[str]] = {}
    for key in present:
        if key in states:
            owners.setdefault(_owner(states[key].row_id, states[key].row), []).append(key)
    return {
        key
        for key, state in old.items()
        if any(
            states[made].language.casefold() != state.language.casefold() or order[made] > order[key]
            for made in owners.get(_owner(state.row_id, state.row), [])
        )
    }


def places_of(rows: Iterable[BuiltRow]) -> dict[str, list[tuple[str, object]]]:
    """Of each job that several rows are scenes of: what tells that another job is of one of them."""
    found: dict[str, list[tuple[str, object]]] = {}
    for row in rows:
        for job in row.jobs if row.together else ():
            found.setdefault(job.fingerprint, []).append(_owner(job.row_id, job.row))
    return found


def replaced_by(
    fresh: list[Job],
    leftover: Mapping[str, State],
    movable: Collection[str],
    places: Mapping[str, Sequence[tuple[str, object]]],
) -> list[tuple[Job, str]]:
    """The new jobs that take the place of another, with that one: same `row_id`, else same row; same language first.

    `movable`: those of which it is not known what row they are of now: each is of one of the new jobs that are left.
    `places`: of jobs that have several rows.
    """
    owners: dict[tuple[str, object], list[str]] = {}
    for key, state in leftover.items():
        owners.setdefault(_owner(state.row_id, state.row), []).append(key)
    found: dict[str, tuple[Job, str]] = {}
    for same_language in (True, False):
        for job in fresh:
            of = places.get(job.fingerprint, [_owner(job.row_id, job.row)])
            olds = next((owners[owner] for owner in of if owners.get(owner)), [])
            old = next(
                (
                    key
                    for key in olds
                    if (leftover[key].language.casefold() == job.language.casefold()) == same_language
                ),
                None,
            )
            if old is not None and job.fingerprint not in found:
                olds.remove(old)
                found[job.fingerprint] = job, old
    rest = [job for job in fresh if job.fingerprint not in found]
    taken = {old for _job, old in found.values()}
    return [*found.values(), *zip(rest, (key for key in movable if key not in taken), strict=False)]


def supposed_by(
    fresh: Iterable[Job],
    replaced: Iterable[tuple[Job, str]],
    leftover: Mapping[str, State],
    rows: Iterable[BuiltRow],
    lately: Callable[[], Collection[str] | None],
) -> list[tuple[Job, str]]:
    """New jobs with results that have just left the sheet, of the same kind and language: the rows may have moved while
    a header changed, and nothing tells them from other people's, unless both have a `row_id`.

    Rows that ask for nothing now, being left out or wrong, keep the results that they had.
    """
    known, taken = {job.fingerprint for job, _old in replaced}, {old for _job, old in replaced}
    rest = [job for job in fresh if job.fingerprint not in known]
    kept = {place for row in rows if not row.jobs for place in (("id", row.row_id), ("row", row.source.number))}
    gone = {
        key: state
        for key, state in leftover.items()
        if key not in taken and not state.left and _owner(state.row_id, state.row) not in kept
    }
    if not rest or not gone:
        return []

    ids = lately()
    free: dict[tuple[str, str, bool], list[str]] = {}
    for key, state in gone.items():
        if ids is None or state.id in ids:
            free.setdefault((state.kind, state.language.casefold(), bool(state.row_id)), []).append(key)
    found = []
    for job in rest:
        for labelled in (False,) if job.row_id else (False, True):
            olds = free.get((job.kind, job.language.casefold(), labelled), [])
            if olds:
                found.append((job, olds.pop(0)))
                break
    return found
