"""Who says that a job was made before, where no resume file at hand does: the index, a results sheet, a recording.

Only reads, and asks nobody: whether a witness is right is found out by `hearing`. Costs nothing where no job is about
to be sent, and no more than a look at the results sheet where all that it calls made is on record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bulkgen.batch.doubts import Witness
from bulkgen.batch.opened import Opened
from bulkgen.batch.recalled import Recalled
from bulkgen.batch.result_lines import Line, result_lines
from bulkgen.kinds import LIVES
from bulkgen.kinds.account import Account
from bulkgen.ledger.history import fold
from bulkgen.ledger.inheritance import sheet_of
from bulkgen.ledger.neighbours import neighbours, read_others
from bulkgen.ledger.state import NEW, State
from bulkgen.model import Job
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.file_names import RECORDING


def find_witnesses(
    opened: Opened, account: Account, rows: Collection[BuiltRow], recalled: Recalled, wanted: Mapping[str, Job]
) -> tuple[list[Witness], dict[str, State]]:
    """One for each attempt of the wanted jobs of which something is said, in the order of the attempts; and what lines
    of the results say that are of no row as it is now, by the ids of the lines, or their places.

    `rows`: of the sheet; `wanted`: the jobs by every fingerprint that they may be recorded by.
    """
    if not wanted:
        return [], {}

    listed = list(result_lines(opened, account, rows, recalled, wanted))
    rehearsed = _rehearsed(opened) if listed else frozenset()
    indexed = list(_indexed(recalled, wanted))
    listed = [line for line in listed if line.state.id not in rehearsed]
    traced: dict[str, list[State]] = {}
    for each in indexed:
        traced.setdefault(each.job.fingerprint, []).append(each.state)
    said = [
        _of_an_attempt(job, line, traced.get(job.fingerprint, []), recalled) for line in listed for job in line.jobs
    ]
    found: dict[tuple[str, int], Witness] = {}
    for witness in (*indexed, *said, *_recorded(opened.places.downloads, recalled, wanted)):
        key = witness.job.fingerprint, witness.state.attempt
        found[key] = _joined(found[key], witness) if key in found else witness
    others = {line.place: line.state for line in listed if line.other}
    return sorted(found.values(), key=lambda witness: witness.state.attempt), others


def _of_an_attempt(job: Job, line: Line, states: Collection[State], recalled: Recalled) -> Witness:
    """What a line of the results says, of the attempt that has its id: as the index says, else the latest.

    `states`: the attempts of the job as the index has them.
    """
    named = [state.attempt for state in states if line.state.id and state.id == line.state.id]
    known = recalled.states.get(job.fingerprint, NEW).attempt
    others = [state.attempt for state in states if not state.came_to_nothing]
    attempt = max(named or [known, 1, *others])
    return Witness(job=job, state=replace(line.state, attempt=attempt), source=line.source)


def _rehearsed(opened: Opened) -> frozenset[str]:
    """Ids of the sheet's rehearsals, which say nothing of what is really made; in a rehearsal the other way round."""
    places = opened.places
    others = neighbours(places.resume, [places.folder], sandbox=not opened.settings.sandbox)
    return frozenset[str]().union(*(fold(events).ids for events in read_others(others, "", "")[0].values()))


def _joined(one: Witness, other: Witness) -> Witness:
    """What two witnesses of an attempt say: by the one that says more, with what only the other knows."""
    better, less = (one, other) if _substance(one) >= _substance(other) else (other, one)
    state = replace(better.state, id=better.state.id or less.state.id)
    return replace(better, state=state, certain=one.certain or other.certain)


def _substance(witness: Witness) -> tuple[bool, bool, bool]:
    return bool(witness.state.file), bool(witness.state.id), bool(witness.state.last)


def _indexed(recalled: Recalled, wanted: Mapping[str, Job]) -> Iterator[Witness]:
    for trace in recalled.traces:
        if trace.fingerprint in wanted:
            source = f"bulkgen's index (of {sheet_of(trace.resume)})"
            yield Witness(job=wanted[trace.fingerprint], state=trace.state, source=source, certain=trace.certain)


def _recorded(folder: Path, recalled: Recalled, wanted: Mapping[str, Job]) -> Iterator[Witness]:
    """Recordings that lie where bulkgen saves them, by the name that it gives them: no cell says where."""
    open_ones: dict[str, tuple[Job, State]] = {}
    for key, job in wanted.items():
        known = recalled.states.get(job.fingerprint, NEW)
        if LIVES[job.kind].at_once and known.last in ("", "submitting"):
            open_ones[key[:10]] = job, known
    for path in sorted(folder.iterdir()) if open_ones and folder.is_dir() else ():
        match = RECORDING.fullmatch(path.name)
        if not match or match["job"] not in open_ones:
            continue

        job, known = open_ones[match["job"]]
        attempt, size = int(match["attempt"] or 1), path.stat().st_size
        if size and known.attempt in (0, attempt):
            state = State(attempt, "saved", file=f"{folder.name}/{path.name}", bytes=size)
            yield Witness(job=job, state=state, source=folder.name)
