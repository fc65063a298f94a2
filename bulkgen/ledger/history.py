"""What the events of the resume file add up to: one `State` per job.

Pure. What one event makes of a state is in `transitions`, what a run does with it in `steps`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bulkgen.ledger.events import Event, parse_time
from bulkgen.ledger.shelf import OF_A_FILE, Files, Shelf
from bulkgen.ledger.state import NEW, State
from bulkgen.ledger.transitions import OF_A_JOB, apply

#: How far a clock may be set back (NTP, another machine) before nothing is known of how old a lost answer is (seconds).
CLOCK_SLACK = 300.0


@dataclass(frozen=True, slots=True)
class SeenTemplate:
    """A template as it was when last used: its name, and the type of each variable."""

    name: str
    variables: Mapping[str, str]
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A resume file, folded: states by fingerprint, templates by id, names, and every id that HeyGen ever gave."""

    states: Mapping[str, State] = field(default_factory=dict)
    templates: Mapping[str, SeenTemplate] = field(default_factory=dict)
    #: By what was looked up and the word: the id that the word was last taken for.
    named: Mapping[tuple[str, str], str] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()
    files: Shelf = field(default_factory=Shelf)
    #: The time of the last event (Unix seconds).
    latest: float = 0.0


def fold(events: Iterable[Event], *, now: float = math.inf) -> History:
    """What the events add up to, told at the time `now`.

    Unknown event names are passed over: they are from a later release.
    """
    states: dict[str, State] = {}
    templates: dict[str, SeenTemplate] = {}
    named: dict[tuple[str, str], str] = {}
    ids: set[str] = set()
    files = Files()
    latest = 0.0
    for event in events:
        name = event.get("event")
        at = parse_time(event.get("at"))
        if at is not None and "from" not in event:  # what came from another file has its old time
            if at < latest - CLOCK_SLACK:
                set_back(states)
            latest = at
        if name == "template":
            variables = event.get("variables")
            templates[str(event.get("id"))] = SeenTemplate(
                str(event.get("name", "")),
                {str(k): str(v) for k, v in variables.items()} if isinstance(variables, dict) else {},
                event.get("open") is True,
            )
        elif name == "named":
            named[str(event.get("lookup")), str(event.get("word"))] = str(event.get("id"))
        elif name in OF_A_FILE:
            files.take(event)
        elif name in OF_A_JOB:
            key = str(event.get("fingerprint"))
            states[key] = apply(states.get(key, NEW), event)
            if isinstance(event.get("id"), str):
                ids.add(str(event["id"]))
    if now < latest - CLOCK_SLACK:
        set_back(states)
    return History(
        states=states, templates=templates, named=named, ids=frozenset(ids), files=files.shelf, latest=latest
    )


def set_back(states: dict[str, State]) -> None:
    """Notes that the clock ran backwards: the age of what is unresolved can't be told from here on."""
    for key, state in states.items():
        if state.unresolved and not state.clock_back:
            states[key] = replace(state, clock_back=True)
