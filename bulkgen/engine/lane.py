"""The POSTs of one sort on their way through the gate: how many, how many may be, and which of them count.

Pure.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field


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
    width: int = field(init=False)

    def __post_init__(self) -> None:
        self.width = self.widest

    @property
    def free(self) -> bool:
        return self.out < self.width

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

    def widen(self) -> None:
        self.width = min(self.widest, 2 * self.width)

    def narrow(self) -> None:
        self.width = 1
        self.late = self.out
