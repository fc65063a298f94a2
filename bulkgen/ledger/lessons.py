"""What the finished jobs of resume files teach. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bulkgen.ledger.state import State
from bulkgen.pricing.learned import Lesson


def lessons(states: Iterable[State]) -> Iterator[Lesson]:
    """A lesson of each job that has finished: of the attempt whose result is shown."""
    for state in states:
        shown = state.shown
        if shown.duration is not None and shown.expected is not None:
            yield Lesson(shown.expected, shown.duration)
