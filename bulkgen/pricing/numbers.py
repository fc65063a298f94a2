"""How long a number takes to be said, by its words. Pure.

A year is said as two pairs, a long number and one that begins with 0 digit by digit, all others with their tens,
hundreds and thousands. What stands between the digits of a date, a time or a price is a short stop.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bulkgen.pricing.pace import Pace

#: A run of digits with what joins them, and one such sign behind it; never longer than a hundred characters.
NUMBER = re.compile(r"\d{1,12}(?:[.,:'’\u202f-]\d{1,12}){0,6}[.,:'’\u202f-]?")

_THOUSANDS = re.compile(r"\d{1,3}(?:([.,'’\u202f])\d{3})(?:\1\d{3})*")
_YEAR = re.compile(r"(?:1[1-9]|20)\d\d")

#: Longer numbers are read digit by digit: a phone number, an order's.
_LONGEST = 6

#: Seconds of the stop between two parts, and behind the last one.
_JOINT, _STOP = 0.2, 0.4


#: Digits that are always read in the same time: numbers of one shape are reckoned once.
_SHAPE = str.maketrans("456789", "333333")


def number_seconds(run: str, pace: Pace) -> float:
    """The seconds of a match of `NUMBER`: the most that any beginning of it would take, so that no text gets shorter
    by being continued."""
    return _most(run.translate(_SHAPE), pace)


@lru_cache(maxsize=4_096)
def _most(run: str, pace: Pace) -> float:
    return max(_read(run[:end], pace) for end in range(1, len(run) + 1))


def _read(run: str, pace: Pace) -> float:
    digits = run if run[-1].isdigit() else run[:-1]
    behind = 0.0 if digits == run else _STOP if run[-1] == "." else _JOINT
    if _THOUSANDS.fullmatch(digits):
        return _words(re.sub(r"\D", "", digits), pace) + behind

    parts = re.split(r"\D", digits)
    return sum(_words(part, pace) for part in parts) + _JOINT * (len(parts) - 1) + behind


def _words(digits: str, pace: Pace) -> float:
    if len(digits) > _LONGEST or digits[0] == "0":
        return len(digits) * pace.digit

    if _YEAR.fullmatch(digits):
        return _below_thousand(digits[:2], pace) + _below_thousand(digits[2:], pace)

    thousands = _below_thousand(digits[:-3], pace) + pace.hundred if len(digits) > 3 else 0.0
    return thousands + _below_thousand(digits[-3:], pace)


def _below_thousand(digits: str, pace: Pace) -> float:
    places = (0.0, pace.ten, pace.hundred)
    return sum(pace.digit + places[place] for place, digit in enumerate(reversed(digits)) if digit != "0")
