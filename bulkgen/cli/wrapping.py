"""Whole words at the width of a window. Pure: text in, text out.

Invariants: no word is broken, so no link is, nor a path or a command whose blanks are `kept`; what is wider than the
window is left for the terminal to break, which copies it whole. A line that begins with blanks, with or without a
number behind them, goes on below its text.
"""

from __future__ import annotations

import re
import unicodedata

#: Stands for a blank at which no line is broken, until the text is printed.
KEPT = "\ufdd0"

#: What the lines below a long line keep free: its own indentation, and its number.
_HANGING = re.compile(r" *(?:(?<= )[\d,]+\.? +)?")


def kept(text: str) -> str:
    """The text (a path, a command) in one piece."""
    return text.replace(" ", KEPT)


def released(text: str) -> str:
    """The text as it is printed, with plain blanks."""
    return text.replace(KEPT, " ")


def width_of(text: str) -> int:
    """How many columns the text takes in a terminal: wide letters two, accents of their own none."""
    if text.isascii():
        return len(text)

    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Me", "Cf"):
        return 0

    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrapped(text: str, width: int) -> str:
    """The text with no line of more than `width` columns, as far as its words allow."""
    return "\n".join(line for long in text.split("\n") for line in wrapped_line(long, width))


def wrapped_line(line: str, width: int, hanging: int | None = None) -> list[str]:
    """One line as several. `hanging`: how far those below the first are indented; None: as its beginning says."""
    if width_of(line) <= width:
        return [line]

    if hanging is None:
        match = _HANGING.match(line)
        assert match is not None, "it may match nothing"
        hanging = match.end() + 2 * match[0].isspace()
    indent = " " * min(hanging, width // 3)
    lines: list[str] = []
    now, used = "", 0
    for piece in re.findall(r" *[^ ]+", line):
        word = piece.lstrip()
        taken = width_of(word)
        if now.strip() and used + width_of(piece) > width and len(indent) + taken <= width:
            lines.append(now)
            now, used = indent + word, len(indent) + taken
        else:
            now, used = now + piece, used + width_of(piece)
    return [*lines, now]
