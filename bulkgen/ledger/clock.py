"""HeyGen's time, as far as it can be told from here: how old a lost answer is, and whether its key still lives,
depends on it.

Every answer of HeyGen's says what time it is there (`Date`); a clock that nobody sets carries that on until the next
one. So whatever the computer's own clock is set to, before a run or in the middle of it, changes nothing. That clock
serves only until an answer has said a time.

Invariants: HeyGen's time is never earlier than `earliest` and never later than `now`, unless a clock jumps; a jump of
either, HeyGen's or the computer's, is noticed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from bulkgen.ledger.history import CLOCK_SLACK


def steady() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the computer sleeps."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    if sys.platform == "darwin":  # `time.monotonic` stands still in a sleep there
        return time.clock_gettime(time.CLOCK_MONOTONIC)

    return time.monotonic()


class HeyGenClock:
    """`wall`: the computer's clock, Unix seconds; `carried`: a clock that nobody sets."""

    def __init__(self, wall: Callable[[], float] = time.time, carried: Callable[[], float] = steady) -> None:
        self._wall = wall
        self._carried = carried
        #: By how much HeyGen's time is ahead of the clock that nobody sets, at least and at most; None: not heard yet.
        self._ahead: tuple[float, float] | None = None
        #: How far the two clocks of this computer are apart: as far as is known, and when HeyGen was last heard.
        self._apart = self._apart_when_heard = self._distance
        self._jumped = False

    def heard(self, date: float, took: float) -> None:
        """An answer that has just come says this time (Unix seconds); it was asked for `took` seconds ago.

        Dates tell whole seconds, and it is not known when in all that time HeyGen wrote this one.
        """
        now = self._carried()
        least, most = date - now, date + 1 - (now - took)
        if self._ahead is not None:
            known_least, known_most = self._ahead
            self._jumped |= least > known_most + CLOCK_SLACK or most < known_least - CLOCK_SLACK
            if max(least, known_least) <= min(most, known_most):
                least, most = max(least, known_least), min(most, known_most)
        self._ahead = least, most
        self._apart_when_heard = self._distance

    def earliest(self) -> float:
        """The earliest time that it may be at HeyGen (Unix seconds): a record's, so that no key is taken for younger
        than it is."""
        return self._wall() if self._ahead is None else self._carried() + self._ahead[0]

    def now(self) -> float:
        """The latest time that it may be at HeyGen (Unix seconds): by it the age of a key is judged.

        A clock may have stood still in a sleep after all.
        """
        if self._ahead is None:
            return self._wall()

        return self._carried() + self._ahead[1] + max(0.0, self._distance - self._apart_when_heard)

    def jumped(self) -> bool:
        """Whether a clock has jumped since this was last asked: what was sent before may be of any age."""
        distance = self._distance
        if abs(distance - self._apart) > CLOCK_SLACK:
            self._apart, self._jumped = distance, True
        told, self._jumped = self._jumped, False
        return told

    @property
    def _distance(self) -> float:
        return self._wall() - self._carried()
