"""`2-40,55`: which rows a command is about.

Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bulkgen.errors import InputError


@dataclass(frozen=True, slots=True)
class Selection:
    """Row numbers as ranges, both ends included."""

    ranges: tuple[tuple[int, int], ...] = ()

    def __contains__(self, row: object) -> bool:
        return isinstance(row, int) and any(first <= row <= last for first, last in self.ranges)


def parse_selection(text: str, option: str) -> Selection:
    """`2-40,55` as a `Selection`.

    Raises `InputError` for anything else.
    """
    ranges = []
    for part in text.replace(" ", "").split(","):
        match = re.fullmatch(r"(\d{1,7})(?:-(\d{1,7}))?", part)
        if match is None:
            raise InputError(f"{option} {text or repr(text)}: not row numbers. Type them like {option} 2-40,55.")

        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise InputError(f"{option} {text}: {part} runs backwards. Type {last}-{first}.")

        ranges.append((first, last))
    return Selection(tuple(ranges))
