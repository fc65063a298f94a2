"""What the tags in a text say of its length: breaks, and the rate of what stands between them. Pure.

In a plain text only `<break>` is a tag, and all else is read out; in SSML every tag is silent. A tag that is not closed
at the end of the text counts as nothing yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: `<break time="1.5s"/>`; what a voice does for one that says no more than its strength, or nothing.
_STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.25, "medium": 0.5, "strong": 0.75, "x-strong": 1.0}
_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
_SLOWEST, _FASTEST = 0.5, 2.0

_BREAK = re.compile(r"<(break)\b([^<>]{0,200})>|<(?:b(?:r(?:e(?:a(?:k[^<>]{0,200})?)?)?)?)?$", re.IGNORECASE)
_TAG = re.compile(r"</?([a-z!?][\w:-]{0,40})([^<>]{0,200})>|</?(?:[a-z!?][^<>]{0,240})?$", re.IGNORECASE)
_TIME = re.compile(r"""time\s*=\s*["']?\s*-?(\d{1,6}(?:\.\d{0,6})?)\s*(ms|s)""", re.IGNORECASE)
_STRENGTH = re.compile(r"""strength\s*=\s*["']?\s*([a-z-]+)""", re.IGNORECASE)
_RATE = re.compile(r"""rate\s*=\s*["']?\s*(?:([+-]?)(\d{1,4})\s*%|([a-z-]+))""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text between two tags: how fast it is said (1 is normal), and the break behind it (seconds, as it is
    asked for)."""

    text: str
    rate: float = 1.0
    pause: float = 0.0


def parts_of(text: str, *, ssml: bool) -> Iterator[Part]:
    """The text in its parts, without the tags."""
    rate, start = 1.0, 0
    for tag in (_TAG if ssml else _BREAK).finditer(text) if "<" in text else ():
        name, attributes, opens = (tag[1] or "").lower(), tag[2] or "", not tag[0].startswith("</")
        yield Part(text[start : tag.start()], rate, _break(attributes) if name == "break" and opens else 0.0)
        start = tag.end()
        if name == "prosody":
            rate = _rate(attributes) if opens else 1.0
    yield Part(text[start:], rate)


def _break(attributes: str) -> float:
    time, strength = _TIME.search(attributes), _STRENGTH.search(attributes)
    if time:
        return float(time[1]) / (1000 if time[2].lower() == "ms" else 1)

    return _STRENGTHS.get(strength[1].lower() if strength else "", _STRENGTHS["medium"])


def _rate(attributes: str) -> float:
    rate = _RATE.search(attributes)
    if rate is None:
        return 1.0

    if rate[2] is None:
        return _RATES.get(rate[3].lower(), 1.0)

    share = float(rate[2]) / 100
    return min(_FASTEST, max(_SLOWEST, {"": share, "+": 1 + share, "-": 1 - share}[rate[1]]))
