"""The POSTs of one sort on their way through the gate: how many, how many may be, and which of them count.

Pure.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field

#: After a lost answer a lane gets one place more for each so many answers: what a kill or a gap of the network can
#: still lose is then, besides one, no more than a twentieth of what has come since.
ANSWERS_A_PLACE = 20


@dataclass
class Lane:
    """POSTs of one sort on their way, at most `width` of them.

    `late` are those that left before the last closing. A closing narrows the lane to one, so nothing enters it until
    they are back: an answer is to one of them as long as there are any.
    """

    widest: int
    _: KW_ONLY
    out: int = 0
    late: int = 0
    paused: int = 0
    width: int = field(init=False)
    trusted: int = field(init=False)
    _answers: int = 0

    def __post_init__(self) -> None:
        self.width = self.trusted = self.widest

    @property
    def posting(self) -> int:
        return self.out - self.paused

    @property
    def free(self) -> bool:
        return self.out < min(self.width, self.trusted)

    @property
    def free_again(self) -> bool:
        """There is room for the next try of one that has paused."""
        return self.posting < self.trusted

    def enter_again(self) -> None:
        """A lost POST is sent once more, whatever the width; among late ones it counts as one of them."""
        self.out += 1
        self.late += self.late > 0

    def back(self) -> bool:
        """A POST has ended; whether it left since the last closing."""
        self.out -= 1
        if self.late:
            self.late -= 1
            return False

        return True

    def answered(self) -> None:
        """A POST brought what it was sent for."""
        self._answers += 1
        if self._answers % ANSWERS_A_PLACE == 0:
            self.trusted = min(self.widest, self.trusted + 1)

    def distrust(self) -> None:
        """An answer was lost, or may have been: one at a time, until answers come again."""
        self.trusted, self._answers = 1, 0

    def widen(self) -> None:
        self.width = min(self.widest, 2 * self.width)

    def narrow(self) -> None:
        self.width = 1
        self.late = self.out
