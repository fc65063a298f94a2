"""What is made, counted by its name. Pure: values in, text out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from bulkgen.kinds import KINDS
from bulkgen.model import Job, listed, plural


def report_kinds(jobs: Iterable[Job]) -> str:
    """`12 template videos, 3 voice-overs`."""
    counts = Counter(job.kind for job in jobs)
    return ", ".join(plural(counts[name], kind.noun) for name, kind in KINDS.items() if counts[name])


def unit_of(kinds: Iterable[str]) -> str:
    """What one job of these kinds is called: `video` where all are videos of some kind, `job` where they differ."""
    nouns = {KINDS[kind].noun.rpartition(" ")[2] for kind in kinds}
    return nouns.pop() if len(nouns) == 1 else "job"


def report_jobs(jobs: Iterable[Job]) -> str:
    """`12 template videos`, and of several kinds how many jobs there are: `15 jobs`."""
    jobs = list(jobs)
    kinds = {job.kind for job in jobs}
    return report_kinds(jobs) if len(kinds) == 1 else plural(len(jobs), unit_of(kinds))


def report_rows(numbers: Iterable[int]) -> str:
    """`row 14`, `rows 14-18, 25 and 12 more`."""
    rows = sorted(set(numbers))
    runs = [[row for _at, row in run] for _key, run in groupby(enumerate(rows), lambda each: each[1] - each[0])]
    told = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return f"row {told[0]}" if len(rows) == 1 else f"rows {listed(told)}"
