"""`--redo` and the column `retry`: the rows that are to be made again, as events for the ledger, and what the person
should know of it.

Pure. What such a command asks for is decided in `ledger.wishes`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bulkgen.batch.ticks import Ticks
from bulkgen.ledger.events import Event, format_day, format_time, parse_time
from bulkgen.ledger.state import NEW, State
from bulkgen.ledger.transitions import after
from bulkgen.ledger.wishes import retries, unfinished, wishes
from bulkgen.model import listed
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.selection import Selection

#: How many of the videos that several rows share are told one by one.
SHARED = 6


@dataclass(frozen=True, kw_only=True)
class Redo:
    """What a command with `--redo` adds to what is known."""

    events: tuple[Event, ...] = ()
    notes: tuple[str, ...] = ()

    def added_to(self, states: Mapping[str, State]) -> Mapping[str, State]:
        """The states of all jobs, with these wishes."""
        found = dict(states)
        for event in self.events:
            key = str(event["fingerprint"])
            found[key] = after(found.get(key, NEW), [event])
        return found


def ask_again(
    rows: Iterable[BuiltRow],
    asked_for: Selection | Ticks,
    states: Mapping[str, State],
    *,
    now: float,
    max_attempts: int,
) -> Redo:
    """What `--redo` of what is `asked_for` adds, given at the time `now` (Unix seconds)."""
    selected = [row for row in rows if row.selected]
    pairs = [(row.source.number, job.fingerprint) for row in selected for job in row.jobs]
    if isinstance(asked_for, Ticks):
        named, idle = asked_for.named(selected, states)
        notes = asked_for.told(idle)
    else:
        named, notes = {pair for pair in pairs if pair[0] in asked_for}, []
    known = {key: states.get(key, NEW) for number, key in pairs if (number, key) in named}
    asked = format_time(now)
    redo = Redo(events=tuple(wishes(known, asked=asked, max_attempts=max_attempts)))
    wished = redo.added_to(known)
    begun = unfinished(known, max_attempts=max_attempts)
    return Redo(events=redo.events, notes=(*notes, *_goes_on(begun), *_shared(selected, named, wished)))


def try_again(rows: Iterable[BuiltRow], states: Mapping[str, State], *, max_attempts: int) -> Redo:
    """What the column `retry` of the rows adds."""
    selected = [row for row in rows if row.selected and not row.skipped]
    wanted = {job.fingerprint for row in selected if row.retry for job in row.jobs}
    known = {job.fingerprint: states[job.fingerprint] for row in selected for job in row.jobs
             if job.fingerprint in states}  # fmt: skip
    events = retries(known, wanted, max_attempts=max_attempts)
    spent = sorted({
        row.source.number for row in selected if row.retry for job in row.jobs
        if (state := known.get(job.fingerprint)) and state.came_to_nothing and 0 < state.retry < state.attempt
    })  # fmt: skip
    if not spent:
        return Redo(events=tuple(events))

    told = (
        f"{'Row' if len(spent) == 1 else 'Rows'} {listed([str(number) for number in spent])}: the column retry was "
        "followed, and the new attempt failed as well. To try once more: --retry-failed; or run without the word, and "
        "put it in again."
    )
    return Redo(events=tuple(events), notes=(told,))


def _goes_on(begun: Iterable[str]) -> list[str]:
    """That this is an earlier command, given once more."""
    first = parse_time(max(begun, default=""))
    if first is None:
        return []

    return [
        f"This goes on with the --redo of {format_day(first)}: what was made again since is not made, or paid, once "
        "more. When none of these rows is queued, in progress or unknown any longer, --redo makes all of them again."
    ]


def _shared(rows: Iterable[BuiltRow], named: Collection[tuple[int, str]], states: Mapping[str, State]) -> list[str]:
    """That a video which is made again is that of rows, too, which were not named (`named`: number, fingerprint)."""
    owners: dict[str, list[int]] = {}
    for row in rows:
        for job in row.jobs:
            if job.fingerprint in states and states[job.fingerprint].wished:
                owners.setdefault(job.fingerprint, []).append(row.source.number)
    groups = dict.fromkeys(
        tuple(numbers) for key, numbers in owners.items() if any((number, key) not in named for number in numbers)
    )
    told = [
        f"Rows {listed([str(number) for number in numbers])} ask for the same and share one result: --redo makes it "
        "again once, and all of them show it."
        for numbers in list(groups)[:SHARED]
    ]
    more = len(groups) - len(told)
    return [*told, f"So do the rows of {more} more results that --redo makes again."] if more else told
