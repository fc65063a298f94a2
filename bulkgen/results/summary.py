"""What became of all rows, in a few figures: for whoever does not read the lines.

Pure. A cause is told once, with how many rows it has and what to do next; a row with several languages counts as often
as it has lines, a job with several results once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bulkgen.ledger.state import Status
from bulkgen.model import listed
from bulkgen.result_columns import ResultColumn
from bulkgen.results.entries import Entry
from bulkgen.results.failing import FAILING
from bulkgen.results.mailing import Mailing
from bulkgen.results.table import Results
from bulkgen.results.words import cause_and_step

#: In which order the figures stand.
ORDER = (
    Status.DONE,
    Status.REVIEW,
    Status.RENDERING,
    Status.QUEUED,
    Status.FAILED,
    Status.UNKNOWN,
    Status.INVALID,
    Status.SKIPPED,
)

#: How many causes are told.
_CAUSES = 200

_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why lines are not done, and what to do next. `rows`: the rows of the sheet, the first few by their numbers."""

    status: Status
    count: int
    what: str
    step: str
    rows: str


@dataclass(frozen=True, kw_only=True)
class Summary:
    """`cost` in USD, None where it is not known; `seconds`: how long all results play, None likewise.

    `changed`: when the last of it was recorded (UTC), "" where that is not known.
    """

    sheet: str
    counts: Mapping[Status, int]
    causes: Sequence[Cause]
    cost: float | None = None
    seconds: float | None = None
    changed: str = ""
    #: Who can be written to; None where the sheet has no column of e-mail addresses.
    mailing: Mailing | None = None


def summary_of(
    sheet: str, results: Results, found: Iterable[Entry], *, changed: str = "", mailing: Mailing | None = None
) -> Summary:
    """`sheet`: as a person calls it; `found`: the lines that may need somebody."""
    parts = [text for text, _ in _column(results, ResultColumn.PART)] or [""] * len(results.lines)
    words = (text for text, _ in _column(results, ResultColumn.STATUS))
    counts = Counter(text for text, part in zip(words, parts, strict=True) if part in ("", "1"))
    return Summary(
        sheet=sheet,
        counts={status: counts[status] for status in ORDER if counts[status]},
        causes=_causes(found),
        cost=_sum(results, ResultColumn.COST),
        seconds=_sum(results, ResultColumn.DURATION),
        changed=changed,
        mailing=mailing,
    )


def _causes(found: Iterable[Entry]) -> list[Cause]:
    """The most frequent first."""
    groups: dict[tuple[Status, str, str], list[Entry]] = {}
    for entry in found:
        if (entry.status in FAILING or entry.state.held or entry.state.stuck) and not entry.settled:
            groups.setdefault((entry.status, *_told(entry)), []).append(entry)
    causes = [
        Cause(
            status=status,
            count=len(entries),
            what=what,
            step=step,
            rows=listed([str(number) for number in dict.fromkeys(entry.row.source.number for entry in entries)], 8),
        )
        for (status, what, step), entries in groups.items()
    ]
    return sorted(causes, key=lambda cause: -cause.count)[:_CAUSES]


def _told(entry: Entry) -> tuple[str, str]:
    """What is wrong, and what to do, without what only this row has."""
    mistakes = [issue for issue in entry.row.issues if not issue.warning]
    if entry.status is Status.INVALID and mistakes:
        column = f"{mistakes[0].header}: " if mistakes[0].header else ""
        return f"{column}{mistakes[0].cause}", mistakes[0].fix

    return cause_and_step(entry.state) or (entry.error, "")


def _sum(results: Results, name: ResultColumn) -> float | None:
    """The sum of a column of numbers, of each job, or part of one, once; None where it says nothing."""
    ids = [job_id for job_id, _ in _column(results, ResultColumn.ID)] or [""] * len(results.lines)
    if parts := [text for text, _ in _column(results, ResultColumn.PART)]:
        ids = [f"{job_id}/{part}" if job_id and part else job_id for job_id, part in zip(ids, parts, strict=True)]
    found: dict[str, float] = {}
    for at, (text, value) in enumerate(_column(results, name)):
        number = value if isinstance(value, int | float) else float(text) if _NUMBER.fullmatch(text) else None
        if number is not None:
            found.setdefault(ids[at] or f"line {at}", float(number))
    return sum(found.values()) if found else None


def _column(results: Results, name: ResultColumn) -> Iterator[tuple[str, object]]:
    """The texts and values of a column, none without it."""
    if name in results.headers:
        at = results.headers.index(name)
        yield from ((line[at].text, line[at].value) for line in results.lines)
