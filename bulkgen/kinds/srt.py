"""Whether a text is an SRT file as HeyGen can use it.

Pure. A file that a person has worked on: what is wrong is told with its line, and never corrected.
"""

from __future__ import annotations

import re

#: From when to when a cue is shown; players take a point for the comma.
_TIMES = re.compile(
    r"(\d{1,3}):([0-5]\d):([0-5]\d)[,.](\d{1,3}) *--> *(\d{1,3}):([0-5]\d):([0-5]\d)[,.](\d{1,3})(?: .*)?"
)


def flaw(text: str) -> str:
    """What is wrong with the subtitles, with the number of its line; "" for good ones."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    last, cues, at = -1.0, 0, 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue

        if not lines[at].strip().isdecimal():
            return f"line {at + 1} is to be the number of the next subtitle, and says '{lines[at].strip()[:40]}'"

        times = _TIMES.fullmatch(lines[at + 1].strip()) if at + 1 < len(lines) else None
        if times is None:
            return f"line {at + 2} is to say from when to when, like 00:00:01,000 --> 00:00:03,500"

        start, end = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
        if end <= start:
            return f"the subtitle in line {at + 2} ends before it begins"

        if start < last:
            return f"the subtitle in line {at + 2} begins before the one in front of it"

        last, at = start, at + 2
        if at >= len(lines) or not lines[at].strip():
            return f"the subtitle of line {at} has no text"

        cues += 1
        while at < len(lines) and lines[at].strip():
            at += 1
    return "" if cues else "it holds no subtitles"


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, rest = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{rest}")
