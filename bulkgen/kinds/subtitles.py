"""Subtitles for a recording, out of its words: what is read at a time, on which lines, from when to when.

Pure. Invariants: every spoken word stands there once and in order; cues follow one another and never overlap, within
the recording; whatever a word holds, a player shows it as text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from bulkgen.kinds.spoken_words import Word, paced

#: What fits on a line (columns: a Chinese or Japanese sign takes two), and how long a cue is shown (seconds).
LINE = 42
SHORTEST, LONGEST = 1.0, 7.0

#: A silence that ends a cue (seconds).
PAUSE = 0.6

#: What a cue costs, one more for each; and what is bad about it: an end in mid-sentence, or at a comma; a sentence that
#: ends inside; too short a time to read it. The cheapest cues of all are taken.
_CUE, _CUT, _CLAUSE, _INSIDE, _HURRIED = 3.0, 6.0, 2.0, 8.0, 12.0

#: How much longer one line may be for a break at a comma (columns).
_AT_COMMA = 12

#: What HeyGen puts among the words and nobody says: `<start>`, `<end>`, a tag of SSML.
_MARK = re.compile(r"</?[A-Za-z][^<>]*>")

_CLOSING = "\"'”’»)]}」』）】〉》"
_SENTENCE = tuple(".!?…。！？؟۔।॥")
_PART = tuple(",;:،؛、，；：–—")

#: What never begins a line (it stays with what is before it), and what never ends one.
_LATE = frozenset(".,!?;:…%)]}»”’。、，．！？；：）】」』〉》％،؛؟۔।॥ーぁぃぅぇぉっゃゅょァィゥェォッャュョะาำๆฯ")
_EARLY = frozenset("([{¿¡«“‘（【「『〈《เแโใไ")

#: Scripts without spaces between words: next to anything, and next to their own kind only.
_CLOSE = re.compile(r"[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_RUNNING = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A piece of text that is never broken, with when it is said (seconds)."""

    text: str
    start: float
    end: float


class Text:
    """Pieces in a row, and what they measure when they stand on a line."""

    def __init__(self, spoken: Sequence[Spoken]) -> None:
        self.spoken = spoken
        #: Of each piece whether a space comes before it; where it begins if all stood on one line (columns).
        self._spaces = [False, *(_are_apart(one.text[-1], other.text[0]) for one, other in pairwise(spoken))]
        widths = (_width(each.text) + space for each, space in zip(spoken, self._spaces, strict=False))
        self._places = [0, *accumulate(widths)]

    def fits(self, begin: int, end: int) -> bool:
        """Whether these pieces have room on two lines."""
        if self._measure(begin, end) <= LINE:
            return True

        full = bisect_right(self._places, self._places[begin] + self._spaces[begin] + LINE) - 1
        return begin < full < end and self._measure(full, end) <= LINE

    def lines(self, begin: int, end: int) -> tuple[str, ...]:
        """The pieces on one line, or on two of about the same length, broken at a comma where that is near."""
        breaks = [
            (abs(first - second) - (_AT_COMMA if _has_end(self.spoken[at - 1].text, _PART + _SENTENCE) else 0), at)
            for at in range(begin + 1, end)
            if max(first := self._measure(begin, at), second := self._measure(at, end)) <= LINE
        ]
        if self._measure(begin, end) <= LINE or not breaks:
            return (self._joined(begin, end),)

        _cost, at = min(breaks)
        return self._joined(begin, at), self._joined(at, end)

    def _measure(self, begin: int, end: int) -> int:
        return self._places[end] - self._places[begin] - self._spaces[begin]

    def _joined(self, begin: int, end: int) -> str:
        pieces = zip(self.spoken[begin:end], self._spaces[begin:end], strict=True)
        return "".join(f" {piece.text}" if space else piece.text for piece, space in pieces).lstrip()


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown at a time: one line or two, from `start` to `end` (seconds)."""

    start: float
    end: float
    lines: tuple[str, ...]


def subtitles(words: Iterable[Word], duration: float | None) -> str:
    """The words as an SRT file; "" where nothing is said. `duration`: of the recording (seconds)."""
    blocks = (
        f"{number}\n{_clock(cue.start)} --> {_clock(cue.end)}\n" + "\n".join(map(_as_text, cue.lines)) + "\n"
        for number, cue in enumerate(cues(words, duration), 1)
    )
    return "\n".join(blocks)


def cues(words: Iterable[Word], duration: float | None) -> list[Cue]:
    """The words in cues that read well: broken at the ends of sentences, at pauses, at commas, in this order."""
    pieces = list(_pieces(words))
    times = paced(pieces, duration)
    spoken = _held_together([Spoken(piece.text, *time) for piece, time in zip(pieces, times, strict=True)])
    text = Text(spoken)
    found: list[Cue] = []
    over = max(duration or 0.0, spoken[-1].end) if spoken else 0.0
    for begin, end in _best_breaks(text, over):
        first, last = spoken[begin], spoken[end - 1]
        limit = spoken[end].start if end < len(spoken) else over
        until = min(max(last.end, first.start + SHORTEST), limit, first.start + LONGEST)
        found.append(Cue(first.start, until, text.lines(begin, end)))
    return found


def _pieces(words: Iterable[Word]) -> Iterator[Word]:
    """What is said, without spaces inside; of a text that is too long for a line, and has none, each sign."""
    for word in words:
        plain = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in word.text)
        parts = [] if _MARK.fullmatch(plain.strip()) else [each for part in plain.split() for each in _signs(part)]
        for at, part in enumerate(parts):
            yield Word(part, word.start if at == 0 else None, word.end if at == len(parts) - 1 else None)


def _signs(part: str) -> list[str]:
    return list(part) if _width(part) > LINE and (_CLOSE.search(part) or _RUNNING.search(part)) else [part]


def _held_together(spoken: Iterable[Spoken]) -> list[Spoken]:
    """Punctuation is with its word, and an accent with its letter."""
    found: list[Spoken] = []
    for each in spoken:
        before = found[-1] if found else None
        if before and (_is_late(each.text) or set(before.text) <= _EARLY):
            found[-1] = replace(before, text=before.text + each.text, end=each.end)
        else:
            found.append(each)
    return found


def _is_late(text: str) -> bool:
    return all(sign in _LATE or unicodedata.category(sign).startswith("M") for sign in text)


def _best_breaks(text: Text, over: float) -> list[tuple[int, int]]:
    """Where each cue begins and ends, among the pieces: what is cheapest in all. `over`: when it ends (seconds)."""
    spoken, count = text.spoken, len(text.spoken)
    stops = [*(_is_stop(one, other) for one, other in pairwise(spoken)), True]
    ends = [
        0.0 if stop else _CLAUSE if _has_end(each.text, _PART) else _CUT
        for each, stop in zip(spoken, stops, strict=False)
    ]
    costs = [0.0, *([float("inf")] * count)]
    begins = [0] * (count + 1)
    for begin in range(count):
        inside = 0
        for end in range(begin + 1, count + 1):
            too_long = spoken[end - 1].end - spoken[begin].start > LONGEST or not text.fits(begin, end)
            if too_long and end > begin + 1:
                break

            until = spoken[end].start if end < count else over
            cost = costs[begin] + _CUE + _INSIDE * inside + ends[end - 1]
            cost += _HURRIED if until - spoken[begin].start < SHORTEST else 0.0
            if cost < costs[end]:
                costs[end], begins[end] = cost, begin
            inside += stops[end - 1]
    found: list[tuple[int, int]] = []
    end = count
    while end:
        found.append((begins[end], end))
        end = begins[end]
    return found[::-1]


def _is_stop(one: Spoken, other: Spoken) -> bool:
    return _has_end(one.text, _SENTENCE) or other.start - one.end >= PAUSE


def _has_end(text: str, signs: tuple[str, ...]) -> bool:
    return text.rstrip(_CLOSING).endswith(signs)


def _are_apart(one: str, other: str) -> bool:
    """Whether a space stands between two pieces that end and begin so."""
    if _CLOSE.match(one) or _CLOSE.match(other):
        return False

    return not (_RUNNING.match(one) and _RUNNING.match(other))


def _width(text: str) -> int:
    """In columns: a wide sign takes two, an accent none."""
    return sum(
        0
        if unicodedata.category(sign) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(sign) in "WF"
        else 1
        for sign in text
    )


def _as_text(line: str) -> str:
    """With nothing in it that a player takes for a tag, a style or a time."""
    line = re.sub(r"&(?=#?\w+;)", "&amp;", line)
    line = line.replace("<", "&lt;").replace(">", "&gt;")
    return line.replace("{\\", "{\u2060\\")


def _clock(seconds: float) -> str:
    """`00:01:02,345`, as SRT has it."""
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02},{whole % 1000:03}"
