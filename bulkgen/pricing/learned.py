"""What finished jobs teach of those to come: how much longer or shorter they last than was expected. Pure.

Lessons come in circles, one within the other: all of them, those in one language, those of one voice in it, those of
one template. In each the median of real to expected seconds moves an expectation, and how far the truth was from there
makes its range narrower, or wider. Few lessons say little: each circle begins where the one around it ends.

Invariants: an expectation keeps its order, and one that grows with its text still does: it is multiplied by a factor,
and its ends are drawn towards its middle, or apart, by another, neither of which depends on the text.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from bulkgen.pricing.expected import Expected
from bulkgen.pricing.spread import Spread

#: How many lessons the circle around counts for: beside the median of a circle, and beside its width.
_FOR_FACTOR, _FOR_WIDTH = 1.5, 10.0

#: So deep is a circle of one voice. One that is wider counts for as many lessons as there are circles in it.
_OF_A_VOICE = 2

#: The share of the truth that a range is to hold, with some left for what the next job brings.
_HELD = 0.95

#: The least and the most that becomes of the width of a range, and the most of an expectation itself.
_NARROWEST, _WIDEST, _FURTHEST = 0.15, 2.0, 5.0

#: What is said to have lasted longer (seconds) is a mistake of whoever says it.
_LONGEST = 24 * 3600.0

#: How far the next video of a template may be from the only one seen.
_AFTER_ONE = 0.5


@dataclass(frozen=True, slots=True)
class Lesson:
    """A finished job: what it was expected to be, and the seconds that it really lasted."""

    expected: Expected
    seconds: float


@dataclass(frozen=True, slots=True)
class _Taught:
    """The factor on an expectation, and that on the distance of its ends from its middle."""

    factor: float = 1.0
    width: float = 1.0


_Circle = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Learned:
    """`count`: from how many finished jobs."""

    count: int = 0
    _taught: Mapping[_Circle, _Taught] = field(default_factory=dict)
    _of_template: Mapping[str, Spread] = field(default_factory=dict)

    @classmethod
    def of(cls, lessons: Iterable[Lesson]) -> Learned:
        """What the lessons say together, in whatever order; one without a length, or with nothing expected and no
        template, says nothing."""
        circles: dict[_Circle, list[tuple[Spread, float]]] = defaultdict(list)
        lasted: dict[str, list[float]] = defaultdict(list)
        count = 0
        for lesson in lessons:
            expected, template = lesson.expected.seconds, lesson.expected.template
            if not 0 < lesson.seconds <= _LONGEST:
                continue

            if template:
                lasted[template].append(lesson.seconds)
            if expected is not None and expected.likely > 0:
                for circle in _circles(lesson.expected):
                    circles[circle].append((expected, lesson.seconds))
            elif not template:
                continue

            count += 1
        within: dict[_Circle, int] = Counter(circle[:-1] for circle in circles if circle)
        taught, began = dict[_Circle, _Taught](), dict[_Circle, _Taught]()
        for circle in sorted(circles, key=len):
            around, known = circle[:-1], circles[circle]
            same = circle != around and len(known) == len(circles[around])  # they would count twice
            began[circle] = began[around] if same else taught.get(around, _Taught())
            # What is heard of one voice, however often, says little of another
            weight = len(known) if len(circle) >= _OF_A_VOICE else within[circle]
            taught[circle] = _teach(known, weight, began[circle])
        return cls(
            count=count,
            _taught=taught,
            _of_template={template: _around(seconds) for template, seconds in lasted.items()},
        )

    def seconds(self, expected: Expected) -> Spread | None:
        """How long a job is to last by all that is known; None for one of which nothing is."""
        if expected.seconds is None:
            return self._of_template.get(expected.template)

        known = [circle for circle in _circles(expected) if circle in self._taught]
        return _moved(expected.seconds, self._taught[known[-1]]) if known else expected.seconds


def _circles(expected: Expected) -> list[_Circle]:
    """From the widest to the narrowest."""
    names = (expected.language, expected.speaker, expected.template)
    return [names[:depth] for depth in range(len(names) + 1)]


def _teach(lessons: Sequence[tuple[Spread, float]], weight: int, around: _Taught) -> _Taught:
    """What a circle says, beside the one around it. `weight`: for how many lessons it counts there."""
    count = len(lessons)
    middle = median(math.log(seconds) - math.log(expected.likely) for expected, seconds in lessons)
    logarithm = (weight * middle + _FOR_FACTOR * math.log(around.factor)) / (weight + _FOR_FACTOR)
    factor = min(_FURTHEST, max(1 / _FURTHEST, math.exp(logarithm)))
    off = sorted(_off(expected, seconds / factor) for expected, seconds in lessons)
    held = off[min(count, math.ceil(_HELD * (count + 1))) - 1]
    width = (weight * min(held, _WIDEST) + _FOR_WIDTH * around.width) / (weight + _FOR_WIDTH)
    return _Taught(factor, max(_NARROWEST, width))


def _off(expected: Spread, seconds: float) -> float:
    """How far the truth is from the middle of the range: 0 in the middle, 1 at either end."""
    way = expected.high - expected.likely if seconds > expected.likely else expected.likely - expected.low
    return abs(seconds - expected.likely) / way if way > 0 else 0.0


def _moved(expected: Spread, taught: _Taught) -> Spread:
    """A narrower range lies between the middle and the old ends; a wider one has its ends multiplied, since a longer
    way from a later middle could end earlier."""
    low, likely, high, width = expected.low, expected.likely, expected.high, taught.width
    if width > 1:
        return Spread(low=low / width, likely=likely, high=high * width) * taught.factor

    low, high = width * low + (1 - width) * likely, width * high + (1 - width) * likely
    return Spread(low=min(low, likely), likely=likely, high=max(likely, high)) * taught.factor


def _around(seconds: Sequence[float]) -> Spread:
    """How long the next video of a template is to last, by those that are there."""
    ordered, count = sorted(seconds), len(seconds)
    beyond = _AFTER_ONE / count
    rest = int((1 - _HELD) / 2 * count)
    return Spread(
        low=ordered[rest] * (1 - beyond), likely=median(ordered), high=ordered[count - 1 - rest] * (1 + beyond)
    )
