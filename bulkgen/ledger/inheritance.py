"""What other resume files know of a sheet's jobs: what is taken over from them, and how that is told.

Pure. A file counts only where it adds to what is known of a job; its events keep their time, and get the file's name
in `from`. What only a trace of such a file says is not taken over: it has to be confirmed first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from operator import itemgetter

from bulkgen.ledger.events import Event, format_day, parse_time
from bulkgen.ledger.history import History, fold
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.ledger.transitions import after, weight

#: A sheet that was at work so lately (seconds), and is gone, was more likely renamed than done with.
RENAMED_WITHIN = 12 * 3600.0


@dataclass(frozen=True, slots=True)
class Trace:
    """What is left of a record that is not at hand: what its resume file (a path) said last of an attempt of a job."""

    fingerprint: str
    state: State
    resume: str
    _: KW_ONLY
    #: False where it is no more than a claim, which a run that crashed before its intent was recorded leaves too.
    certain: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What stands elsewhere of a sheet's jobs."""

    #: To be appended before anything else: what other files know better.
    events: tuple[Event, ...] = ()
    #: Every id at HeyGen that stands in another file: none of them is the result of a lost answer of ours.
    ids: frozenset[str] = frozenset()
    #: For the person: what was taken over, and what could not be looked into.
    notes: tuple[str, ...] = ()
    _: KW_ONLY
    #: What is known of jobs whose sheets are gone: one of them may have been this sheet, under another name.
    renamed: Mapping[str, State] = field(default_factory=dict)
    #: What other resume files of this very sheet have.
    besides: Mapping[str, State] = field(default_factory=dict)
    #: Of wanted jobs, where no file at hand says as much.
    traces: tuple[Trace, ...] = ()
    #: Why files that may have records of these jobs can't be used.
    unreadable: tuple[str, ...] = ()
    #: By their digests: the ids at HeyGen of files that other sheets use.
    assets: Mapping[str, str] = field(default_factory=dict)
    #: Finished jobs of other sheets, each once: by them it is known how long such jobs last.
    finished: tuple[State, ...] = ()


def inherited(own: History, others: Mapping[str, list[Event]], wanted: Iterable[str]) -> list[Event]:
    """The events of other resume files (by file name, or path) that add to what the own one knows of a wanted job.

    What a renamed or second sheet already has, or a copy that a synchronised folder set aside, is not paid for again.
    """
    sought = set(wanted)
    told: dict[str, dict[object, list[Event]]] = {}
    for name, events in sorted(others.items()):
        by_job = told.setdefault(name, {})
        for event in events:
            if event.get("fingerprint") in sought:
                by_job.setdefault(event["fingerprint"], []).append({**event, "from": name})
    taken: list[Event] = []
    for key in sorted(sought):
        state = own.states.get(key, NEW)
        found = [(weight(after(NEW, by_job[key])), by_job[key]) for by_job in told.values() if key in by_job]
        for known, events in sorted(found, key=itemgetter(0), reverse=True):
            both = after(state, events) if known != weight(state) else state
            if weight(both) > weight(state):
                state = both
                taken += events
    return taken


def of_renamed(gone: Iterable[Mapping[str, State]], wanted: Collection[str], now: float) -> dict[str, State]:
    """What is known of jobs whose sheets are gone, as far as this sheet may be one of them under another name.

    `gone`: the states that each such resume file adds up to.

    It may if they share a job, or if the old one was at work a short while ago (`now` in Unix seconds): whoever has a
    new sheet every day, and deletes the old ones, has renamed none of them.
    """
    found: dict[str, State] = {}
    for states in gone:
        shared = any(key in states for key in wanted)
        lately = any(now - (state.last_sent or 0.0) < RENAMED_WITHIN for state in states.values())
        if shared or lately:
            found |= states
    return found


def taken_over(events: Iterable[Event]) -> list[str]:
    """A sentence for each file that something was taken over from: how many jobs, when they were made, and where."""
    sources: dict[str, list[Event]] = {}
    for event in events:
        sources.setdefault(str(event["from"]), []).append(event)
    return [_told(name, found) for name, found in sorted(sources.items())]


def outcomes(events: Collection[Event], history: History) -> dict[tuple[str, int], State]:
    """How each attempt of each job ended, or stands, in these events; `history` is what they add up to."""
    found = {(key, state.attempt): state for key, state in history.states.items()}
    older = [
        event for event in events if _attempt(event) < history.states.get(str(event.get("fingerprint")), NEW).attempt
    ]
    return found | outcomes(older, fold(older)) if older else found


def sheet_of(resume: str) -> str:
    """The sheet that a resume file (its name or path) stands beside; the file itself if its name does not say."""
    return resume.removesuffix(".resume.jsonl").removesuffix(".sandbox")


def _told(name: str, events: Collection[Event]) -> str:
    states = fold(events).states.values()
    running = [state for state in states if state.status in (Status.RENDERING, Status.REVIEW)]
    made = [state for state in states if state.shown.done and state not in running]
    parts = [f"{_were(len(made))} made{_days(events, made)}"] if made else []
    if running:
        are = "is" if len(running) == 1 else "are"
        parts.append(f"{len(running):,} {are if made else f'of these {are}'} in progress")
    where = f"in {sheet_of(name)}"
    rest = len(states) - len(made) - len(running)
    if not parts:
        return f"{_were(rest)} sent before, {where}: what is known of them is taken over."

    more = f" So is what is known of {rest:,} more that were sent there." if rest else ""
    return f"{' and '.join(parts)} {where}: taken over, nothing is paid for them again.{more}"


def _were(count: int) -> str:
    return f"{count:,} of these {'was' if count == 1 else 'were'}"


def _days(events: Iterable[Event], made: Collection[State]) -> str:
    """` on 3 Nov 2026`, or from the first day to the last (UTC, as in the resume file)."""
    ids = {state.shown.id for state in made}
    ends = [event for event in events if event["event"] == "finished" and event.get("id") in ids]
    times = sorted(at for at in map(_at, ends) if at is not None)
    told = list(dict.fromkeys(map(format_day, times)))
    if not told:
        return ""

    return f" on {told[0]}" if len(told) == 1 else f" from {told[0]} to {told[-1]}"


def _attempt(event: Event) -> int:
    number = event.get("attempt")
    return number if isinstance(number, int) else 1


def _at(event: Event) -> float | None:
    return parse_time(event.get("at"))
