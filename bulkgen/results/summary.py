"""What became of all rows, in a few figures: for whoever does not read the lines.

Pure. A cause is told once, with how many rows it has and what to do next; a row with several languages counts as often
as it has lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bulkgen.kinds.life import Detail
from bulkgen.ledger.state import Status
from bulkgen.model import listed
from bulkgen.results.table import Entry
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

#: What needs the person.
TROUBLED = (Status.FAILED, Status.INVALID, Status.UNKNOWN)

#: How many causes are told.
_CAUSES = 200


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


def summary_of(
    sheet: str,
    found: Sequence[Entry],
    details: Mapping[str, Detail],
    *,
    cost: float | None = None,
    changed: str = "",
) -> Summary:
    """`sheet`: as a person calls it; `details`: the links of finished jobs, by fingerprint."""
    counts: dict[Status, int] = {}
    for entry in found:
        counts[entry.status] = counts.get(entry.status, 0) + 1
    return Summary(
        sheet=sheet,
        counts={status: counts[status] for status in ORDER if status in counts},
        causes=_causes(found),
        cost=cost,
        seconds=_seconds(found, details),
        changed=changed,
    )


def _causes(found: Iterable[Entry]) -> list[Cause]:
    """The most frequent first."""
    groups: dict[tuple[Status, str, str], list[Entry]] = {}
    for entry in found:
        if entry.status in TROUBLED and not entry.settled:
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


def _seconds(found: Iterable[Entry], details: Mapping[str, Detail]) -> float | None:
    """Of each job once."""
    lasting: dict[str, float] = {}
    for entry in found:
        if entry.job is None or not entry.state.shown.finished:
            continue

        detail = details.get(entry.job.fingerprint)
        duration = (detail.duration if detail else None) or entry.state.shown.duration
        if duration is not None:
            lasting[entry.job.fingerprint] = duration
    return sum(lasting.values()) if lasting else None
