"""What the finished jobs of resume files teach. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bulkgen.ledger.events import parse_time
from bulkgen.ledger.state import State
from bulkgen.pricing.learned import Lesson
from bulkgen.pricing.render_time import Render


def lessons(states: Iterable[State]) -> Iterator[Lesson]:
    """A lesson of each job that has finished: of the attempt whose result is shown."""
    for state in states:
        shown = state.shown
        if shown.duration is not None and shown.expected is not None:
            yield Lesson(shown.expected, shown.duration)


def results_made(states: Iterable[State]) -> Iterator[tuple[str, int]]:
    """Of each job that has finished with several results: its kind, and how many there are."""
    for state in states:
        shown = state.shown
        if shown.finished and shown.made:
            yield shown.kind, shown.made


def renders(states: Iterable[State]) -> Iterator[Render]:
    """How long HeyGen took for each job that has finished, from its answer to the POST to the end that HeyGen tells."""
    for state in states:
        shown = state.shown
        end = parse_time(shown.finished_at)
        if shown.finished and end is not None and shown.submitted_at is not None:
            yield Render(shown.kind, end - shown.submitted_at, shown.duration)
