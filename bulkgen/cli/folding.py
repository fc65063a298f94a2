"""The plan as it fits a window, with the question below it. Pure: texts and sizes in, texts out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bulkgen.cli.wrapping import wrapped
from bulkgen.model import plural


@dataclass(frozen=True)
class Foldable:
    """Texts of which some may be left out: `noun` is what one of them is, `least` how many are shown in any case."""

    texts: Sequence[str]
    noun: str
    least: int = 0


def height_of(text: str, width: int) -> int:
    """How many lines the text takes in a window."""
    return wrapped(text, width).count("\n") + 1 if text else 0


def folded(parts: Sequence[Foldable], room: int, width: int, everything: str) -> list[list[str]]:
    """Of each part the first texts, as many as fit into so many lines together; what matters most comes first.

    A part that is cut ends in a line that says how much more there is, and `everything`, which shows all.
    """
    found: list[list[str]] = []
    for at, part in enumerate(parts):
        later = sum(height_of(_end(each, 0, everything), width) for each in parts[at + 1 :])
        shown, left = _fitting(part, room - later, width, everything)
        if end := _end(part, len(shown), everything):
            shown.append(end)
        room = left + later
        found.append(shown)
    return found


def _end(part: Foldable, shown: int, everything: str) -> str:
    """What is said in place of the texts behind the first ones; "" for none."""
    cut = len(part.texts) - shown
    return f"  and {plural(cut, f'more {part.noun}' if shown else part.noun)}: {everything}" if cut else ""


def _fitting(part: Foldable, room: int, width: int, everything: str) -> tuple[list[str], int]:
    """The first texts that fit, with room for what is said in place of the others; and how many lines are left."""
    heights = [height_of(text, width) for text in part.texts]
    if sum(heights) <= room:
        return [*part.texts], room - sum(heights)

    used = count = 0
    room -= height_of(_end(part, min(1, len(heights) - 1), everything), width)
    while count < len(heights) and (count < part.least or used + heights[count] <= room):
        used += heights[count]
        count += 1
    return [*part.texts[:count]], room - used
