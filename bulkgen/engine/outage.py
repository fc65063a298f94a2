"""When it is of no use to ask for more files: the host that has them does not give any."""

from __future__ import annotations


class Outage:
    """Begins when so many files in a row could not be had, for a reason that may pass; ends with one that comes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lost = 0

    @property
    def lasts(self) -> bool:
        return self._lost >= self._most

    def lost(self) -> None:
        self._lost += 1

    def over(self) -> None:
        self._lost = 0
