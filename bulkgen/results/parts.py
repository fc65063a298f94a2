"""Which lines the results of a job with several parts have: one for each part, in place.

Pure. A line of earlier results is of one part, and stays so, wherever it stands by now. Invariants: read again, the
lines are as many as before, unless the job has been made again with more parts or fewer; each part has a line; a line
goes only where what the person wrote in it stands in another one of the same job.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

#: What a line of no part is of: the job as a whole.
WHOLE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line before it is told which parts it has. `job`: by its fingerprint; `count`: how many parts that has.

    `part`: the one that the line was of in earlier results; `own`: what the person wrote in it.
    """

    job: str
    count: int
    part: int
    own: Hashable


def parts_of(lines: Sequence[Line]) -> list[Sequence[int]]:
    """For each line the parts that it becomes a line of each, in their order; nothing for one that goes."""
    found: list[Sequence[int]] = [[line.part] for line in lines]
    by_job: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        if line.count:
            by_job[line.job].append(at)
    for places in by_job.values():
        _share_out(lines, places, found)
    return found


def _share_out(lines: Sequence[Line], places: Sequence[int], found: list[Sequence[int]]) -> None:
    """Shares the parts of one job out among its lines, at these places."""
    every = range(1, lines[places[0]].count + 1)
    of_all = [at for at in places if lines[at].part == WHOLE]
    of_one = [at for at in places if lines[at].part in every]
    for at in of_all:
        found[at] = every
    showing = {*of_all, *of_one}
    if not showing:  # all its lines are of parts that are there no more
        found[places[0]] = every
        showing.add(places[0])
    said = {lines[at].own for at in showing}
    for at in places:
        if at not in showing and lines[at].own in said:
            found[at] = ()
    if of_one and not of_all:
        here = {lines[at].part for at in of_one}
        for part in every:
            if part not in here:
                before = [at for at in of_one if lines[at].part < part]
                host = before[-1] if before else of_one[0]
                found[host] = sorted([*found[host], part])
