"""How much room on the disk the records still to come may take.

Pure. What is open here is an attempt of which more will be recorded: its answer, its end, its file.
"""

from __future__ import annotations

from collections.abc import Iterable

from bulkgen.ledger.events import Event

#: What may still be recorded of one attempt, and beside all attempts (bytes): a recording's link is the longest of it.
PER_ATTEMPT = 4_096
BESIDE = 16_384

_INTENTS = frozenset({"submitting", "answering"})
_OPENING = _INTENTS | {"submitted", "adopted", "moved", "review"}
_ENDING = frozenset({"refused", "failed", "unknown", "finished", "saved"})
_OUTCOMES = (_OPENING | _ENDING | {"aged"}) - _INTENTS


def is_intent(event: Event) -> bool:
    """Whether a POST, or the person's answer, is to follow the event; what came from another resume file is over."""
    return event["event"] in _INTENTS and "from" not in event


def is_outcome(event: Event) -> bool:
    """Whether room is kept for an event: it says what became of an attempt that was sent.

    That a file is here which HeyGen still has (`what`) can as well be found out later.
    """
    return event["event"] in _OUTCOMES and "from" not in event and "what" not in event


class OpenAttempts:
    """Jobs with an attempt that is open; each has one at a time."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._jobs: set[object] = set()
        self.note(events)

    def note(self, events: Iterable[Event]) -> None:
        """Takes in what has been recorded since."""
        for event in events:
            name, job = event["event"], event.get("fingerprint")
            if name in _OPENING or (name == "finished" and event.get("link")):  # a recording is yet to be saved
                self._jobs.add(job)
            elif name in _ENDING:
                self._jobs.discard(job)

    def room(self, intents: int) -> int:
        """The bytes to be kept free before so many more attempts are sent."""
        return BESIDE + PER_ATTEMPT * (len(self._jobs) + intents)
