"""`Did you mean …?`: the known name nearest to one that is not known.

Pure. Names are compared as a whole and word by word, so that `Brasilian Portuguese` finds `Portuguese (Brazil)`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from heapq import nlargest

#: Below this likeness a suggestion would rather mislead.
LIKENESS = 0.72

#: How many wrong words of a sheet are compared with the known ones. With more it is not their spelling that is wrong.
HINTS = 50

#: So many known names are compared with a wrong word letter by letter.
COMPARED = 300


def nearest(word: str, known: Iterable[str], likeness: float = LIKENESS) -> str | None:
    """The best match among `known`, or None where nothing comes close."""
    best, best_score = None, likeness
    wanted = word.casefold().strip()
    for name in known:
        score = _likeness(wanted, name.casefold())
        if score > best_score:
            best, best_score = name, score
    return best


def closest(word: str, known: Iterable[str], most: int, likeness: float = LIKENESS) -> list[str]:
    """At most so many of the known names that come close, the best first."""
    return [name for _, name in ranked(word, known, likeness)[:most]]


def ranked(word: str, known: Iterable[str], likeness: float = LIKENESS) -> list[tuple[float, str]]:
    """The known names that come close, each with how like it is (0–1), the best first."""
    wanted = word.casefold().strip()
    scored = [(_likeness(wanted, name.casefold()), name) for name in known]
    return sorted((pair for pair in scored if pair[0] > likeness), key=lambda pair: -pair[0])


def _likeness(a: str, b: str) -> float:
    whole = SequenceMatcher(None, a, b)
    if whole.real_quick_ratio() < 0.3:
        return 0.0

    words_a, words_b = re.findall(r"\w+", a), re.findall(r"\w+", b)
    if not words_a or not words_b or max(len(words_a), len(words_b)) == 1:
        return whole.ratio()

    return max(whole.ratio(), 0.98 * (_covered(words_a, words_b) * 0.75 + _covered(words_b, words_a) * 0.25))


def _covered(words: list[str], by: list[str]) -> float:
    """How well each of the words is found among the others, 0–1, weighted by its length."""
    total = sum(len(word) for word in words)
    return sum(len(word) * max(SequenceMatcher(None, word, other).ratio() for other in by) for word in words) / total


def hint(word: str, known: Iterable[str]) -> str:
    """`Did you mean X? `, or nothing."""
    match = nearest(word, known)
    return f"Did you mean {match}? " if match else ""


class Hints:
    """`Did you mean X? ` for the wrong words of a sheet, as far as they are few."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._given: dict[str, str] = {}

    def of(self, word: str) -> str:
        if word not in self._given and len(self._given) < HINTS:
            self._given[word] = hint(word, self._likely(word))
        return self._given.get(word, "")

    def _likely(self, word: str) -> Collection[str]:
        """Of many names those that have most pairs of letters of the word: to compare all would take seconds."""
        if len(self._known) <= COMPARED:
            return self._known

        pairs = _pairs(word)
        return nlargest(COMPARED, self._known, key=lambda name: len(pairs & _pairs(name)) - len(name) / 100)


def _pairs(text: str) -> set[str]:
    folded = text.casefold()
    return {folded[at : at + 2] for at in range(len(folded) - 1)}
