"""The runs of a plan that somebody had checked, as the resume file tells of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bulkgen.ledger.events import Event, whole_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A run of a plan: when it began (as the resume file writes times), how many jobs were to be sent, and which it,
    and the runs that went on with it until one came to its end, did send (fingerprints)."""

    at: str
    jobs: int
    sent: frozenset[str]


def begun_with(events: Iterable[Event], plan: str) -> Begun | None:
    """The latest run with this plan; None where there was none."""
    found: Begun | None = None
    sent = set[str]()
    going_on = False
    for event in events:
        if event["event"] == "begun":
            going_on = event.get("plan") == plan
            if going_on:
                sent = set()
                found = Begun(at=str(event.get("at", "")), jobs=whole_number(event.get("jobs"), 0), sent=frozenset())
        elif event["event"] == "ended":
            going_on = False
        elif going_on and event["event"] == "submitting":
            sent.add(str(event.get("fingerprint")))
    return found and Begun(at=found.at, jobs=found.jobs, sent=frozenset(sent))
