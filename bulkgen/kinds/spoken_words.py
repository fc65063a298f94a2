"""The words of a recording, with when each of them is said.

Pure. They come as HeyGen gives them, and may be anything: times that are missing, negative, endless or go backwards.
Invariant of `paced`: every word has a time of its own, in the order of the words and within the recording.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: The least time that a word takes, and what one takes where nothing is known (seconds).
LEAST = 0.02
USUAL = 0.3

#: No recording is longer: a time beyond it is none (seconds).
LONGEST = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word as HeyGen gave it; its times in seconds, None where it gave no number."""

    text: str
    start: float | None = None
    end: float | None = None


def words_of(told: object) -> tuple[Word, ...]:
    """The `word_timestamps` of an answer; whatever is no word is passed over."""
    entries = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    return tuple(
        Word(_whole(each["word"]), finite(each.get("start")), finite(each.get("end")))
        for each in entries
        if isinstance(each.get("word"), str)
    )


def finite(value: object) -> float | None:
    """A number of an answer; None where it is none, or endless."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None

    try:
        number = float(value)
    except OverflowError:
        return None

    return number if math.isfinite(number) else None


def _whole(text: str) -> str:
    """Without halves of characters, which no file can hold."""
    return text.encode("utf-8", "replace").decode()


def as_json(words: Iterable[Word], duration: float | None) -> str:
    """The words as HeyGen gave them, with the length of the recording: times in seconds, null where there is none."""
    told = ({"word": word.text, "start": word.start, "end": word.end} for word in words)
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in told)
    return f'{{"duration_s": {json.dumps(duration)}, "words": [\n{lines}\n]}}\n'


def paced(words: Sequence[Word], duration: float | None) -> list[tuple[float, float]]:
    """When each word begins and ends (seconds), by the times that fit together; the others lie evenly between."""
    length = _length(words, duration)
    known = _fitting([word.start for word in words], length)
    starts = [0.0] * len(words)
    marks = [(-1, 0.0), *known, (len(words), length)]
    for (left, begun), (right, until) in pairwise(marks):
        if left >= 0:
            starts[left] = begun
        gap = right - max(left, 0)
        told = words[right - 1].end if right - left > 1 else None
        least = max(begun + gap * LEAST, (words[left].end or 0.0) if left >= 0 else 0.0)
        over = told if told is not None and least <= told < until else until
        for at in range(left + 1, right):
            starts[at] = begun + (over - begun) * (at - max(left, 0)) / gap
    ends = [*starts, length][1:]
    return [
        (start, word.end if word.end is not None and start + LEAST <= word.end <= end else end)
        for word, start, end in zip(words, starts, ends, strict=True)
    ]


def _length(words: Sequence[Word], duration: float | None) -> float:
    """How long the recording is, by what is known of it; long enough for all its words in any case."""
    told = [at for word in words for at in (word.start, word.end) if at is not None and 0 <= at <= LONGEST]
    known = duration if duration is not None and 0 < duration <= LONGEST else max(told, default=0.0)
    return max(known or USUAL * len(words), LEAST * len(words))


def _fitting(starts: Sequence[float | None], length: float) -> list[tuple[int, float]]:
    """Of the times at which words begin as many as fit together, each with the place of its word.

    They rise, and leave room for all words between them: the longest rising row of what is left without that room.
    """
    room = length - LEAST * len(starts)
    lasts: list[float] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place, start in enumerate(starts):
        if start is None or not 0 <= start - place * LEAST <= room:
            continue

        free = start - place * LEAST
        at = bisect_right(lasts, free)
        lasts[at : at + 1], ends[at : at + 1] = [free], [place]
        before[place] = ends[at - 1] if at else None
    found: list[tuple[int, float]] = []
    last = ends[-1] if ends else None
    while last is not None:
        found.append((last, starts[last] or 0.0))
        last = before[last]
    return found[::-1]
