"""Quotation marks where a CSV has none: `, "text"` behind a blank, `say "hi, Ann"` inside a cell.

Pure. The strict reading takes such a mark for a character, so that separators and line breaks between two of them take
a cell apart. The other reading, here, lets a mark that opens words and the next one that closes them hold together what
is between them: within one line, and only in the rows where it makes a difference (`csv_file` decides which reading
fits). Inch marks open nothing, so that they never hold cells together.
"""

from __future__ import annotations

import re

#: What stands between two marks is one text if they are this near (rows).
_REACH = 20

_IN_MARKS = re.compile(r'[ \t]*"((?:[^"]|"")*)"[ \t]*')

#: All between two marks; a doubled mark is a character.
_HELD = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')


def opening(delimiter: str) -> re.Pattern[str]:
    """A mark that opens words, though not at the start of a cell; a line of an orderly CSV has none."""
    separator = re.escape(delimiter)
    # The mark comes first in the pattern, which makes the search several times as fast
    return re.compile(rf'"(?<=[^\w"\r\n{separator}]")(?=[^\s"{separator}])')


def split_paired(text: str, delimiter: str) -> list[str]:
    """The cells of a record, as they are written, if each pair of marks holds together what is between them."""
    cells: list[str] = []
    cell = ""
    for number, part in enumerate(text.rstrip("\r\n").split('"')):
        if number % 2:
            cell += f'"{part}"'
            continue

        first, *rest = part.split(delimiter)
        cell += first
        for piece in rest:
            cells.append(cell)
            cell = piece
    return [*cells, cell]


def held_together(line: str, delimiter: str) -> list[str] | None:
    """The cells of a line, as they are written, if its marks hold them together; None where one opens or ends nothing.

    A mark opens at the start of a cell, or before a word; it closes where no word goes on.
    """
    text = line.rstrip("\r\n")
    cells = [""]
    at = 0
    while (mark := text.find('"', at)) >= 0:
        first, *rest = text[at:mark].split(delimiter)
        cells[-1] += first
        cells += rest
        held = _HELD.match(text, mark)
        if held is None or not _opens(cells[-1], held[0], delimiter) or _goes_on(text[held.end() : held.end() + 1]):
            return None

        cells[-1] += held[0]
        at = held.end()
    first, *rest = text[at:].split(delimiter)
    cells[-1] += first
    return [*cells, *rest]


def _opens(before: str, held: str, delimiter: str) -> bool:
    return not before.strip() or not (_goes_on(before[-1]) or held[1].isspace() or held[1] in f'"{delimiter}')


def _goes_on(character: str) -> bool:
    return character.isalnum() or character in ("_", '"')


def in_marks(text: str) -> bool:
    """Whether the strict reading has left the marks around a cell, because a blank stands before them."""
    return text[:1].isspace() and _IN_MARKS.fullmatch(text) is not None


def bare(cell: str) -> str:
    """A cell without the marks around it."""
    match = _IN_MARKS.fullmatch(cell)
    return match[1].replace('""', '"') if match else cell


class Closings:
    """Takes off the blanks between a mark that closes a cell and the separator behind it: nobody sees them."""

    def __init__(self, delimiter: str) -> None:
        separator, blank = re.escape(delimiter), "[ ]" if delimiter == "\t" else r"[ \t]"
        self._hint = re.compile(rf'"{blank}+(?=[{separator}\r\n]|\Z)')
        self._quoted = re.compile(
            rf'((?:\A|(?<={separator}))"[^"]*+(?:""[^"]*+)*+(?:"|\Z))(?:{blank}+(?=[{separator}\r\n]|\Z))?'
        )

    def trimmed(self, line: str, *, inside: bool) -> str:
        """The line; `inside`: it goes on with a quoted cell."""
        if self._hint.search(line) is None:
            return line

        return self._quoted.sub(r"\1", f'"{line}')[1:] if inside else self._quoted.sub(r"\1", line)


class Doubts:
    """The rows that pairs of marks would divide in another way than the strict reading does."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.rows: set[int] = set()
        #: The last row with a mark that opens words and has no partner.
        self._open = 0

    def look(self, number: int, text: str, cells: int, *, opens: bool) -> None:
        """Looks at a row with marks: its text, how many cells the strict reading finds, whether a mark opens words."""
        if text.count('"') % 2 == 0:
            if len(split_paired(text, self.delimiter)) < cells:
                self.rows.add(number)
        elif self._open and number - self._open <= _REACH:
            self.rows.update(range(self._open, number + 1))
            self._open = 0
        elif opens:
            self._open = number
