"""How bulkgen's own columns look in a workbook: apart from the person's, the status by its colour, links to click.

The colours differ in lightness and along blue and orange, so that they can be told apart in any sight; the word stands
in them all the same. A link is a record beside its cell, never a formula, and leads to http(s) alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

from bulkgen.ledger.state import Status
from bulkgen.model import Cell
from bulkgen.result_columns import ResultColumn
from bulkgen.results.table import Results

#: The longest link that Excel follows, and how many of them it has room for in a sheet (https://support.microsoft.com,
#: "Excel specifications and limits").
LONGEST_LINK = 2_079
MOST_LINKS = 65_530

#: Of each status the colour behind it, that of its letters, and a strong one for charts.
COLOURS: Mapping[str, tuple[str, str, str]] = {
    Status.DONE: ("DCEBF7", "1F4E79", "2E75B6"),
    Status.REVIEW: ("FFF2CC", "6B5200", "D9A300"),
    Status.RENDERING: ("EDEDED", "404040", "8C8C8C"),
    Status.QUEUED: ("EDEDED", "404040", "BFBFBF"),
    Status.FAILED: ("F4B183", "5A1E00", "C55A11"),
    Status.UNKNOWN: ("E4DAF0", "44277A", "7A5BA6"),
    Status.INVALID: ("FCE4D6", "7B2C00", "ED9A6C"),
    Status.SKIPPED: ("F5F5F5", "6B6B6B", "D9D9D9"),
}
HEADER = ("1F3864", "FFFFFF")

LINK = "0563C1"

_EDGE = "1F3864"

_WIDTHS: Mapping[str, float] = {
    ResultColumn.STATUS: 13,
    ResultColumn.ERROR: 60,
    ResultColumn.ID: 34,
    ResultColumn.SESSION_ID: 34,
    ResultColumn.FILE: 40,
    ResultColumn.LINKS_EXPIRE_AT: 25,
    ResultColumn.FINISHED_AT: 23,
}
_WIDTH = 17.0

#: The most lines of a text that are in sight at once, and how high one is for each point of its letters.
_MOST_LINES, _LINE = 5, 1.37

#: The columns of links, that to be clicked first before others.
_URLS = sorted((name for name in ResultColumn if name.endswith("_url")), key=lambda n: n is not ResultColumn.PAGE_URL)

_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)


def width_of(results: Results, at: int, heading: str) -> float:
    """Of one of bulkgen's columns: as wide as its heading, with the button of the filter, and as what stands there."""
    blank = all(line[at].blank for line in results.lines)
    return max(_WIDTH if blank else _WIDTHS.get(results.headers[at], _WIDTH), len(heading) + 5.0)


def height_of(results: Results, line: Sequence[Cell], font: Any) -> float | None:
    """That of a line (points), by the text in it that wraps; None where one line of letters is enough.

    Not every program works it out when it opens a workbook.
    """
    if ResultColumn.ERROR not in results.headers:
        return None

    text, width = line[results.headers.index(ResultColumn.ERROR)].text, _WIDTHS[ResultColumn.ERROR]
    wanted = sum(max(1, ceil(1.08 * len(part) / width)) for part in text.splitlines())
    return None if wanted < 2 else round(min(wanted, _MOST_LINES) * _LINE * (font.size or 11), 1)


def can_be_clicked(text: str) -> bool:
    return len(text) <= LONGEST_LINK and text.isascii() and text.isprintable() and _URL.fullmatch(text) is not None


def clickable(results: Results, most: int = MOST_LINKS) -> frozenset[int]:
    """The columns whose links can be clicked: as many whole ones as a sheet has room for."""
    found, left = set[int](), most
    for name in _URLS:
        if name in results.headers:
            at = results.headers.index(name)
            count = sum(can_be_clicked(line[at].text) for line in results.lines)
            if count <= left:
                found.add(at)
                left -= count
    return frozenset(found)


class Paint:
    """Styles for the cells of bulkgen's columns in one sheet; `scratch` makes a cell of it, `font` is its usual one."""

    def __init__(self, scratch: Callable[[], Any], font: Any) -> None:
        self._scratch = scratch
        self._font = font
        self._made: dict[tuple[str, bool, bool], Any] = {}

    def head(self, made: Any, *, first: bool, beside: Any = None) -> None:
        """`first`: where bulkgen's columns begin; `beside`: how the person's headers are aligned."""
        from openpyxl.styles import Alignment

        fill, letters = HEADER
        across, upright = (beside.horizontal, beside.vertical) if beside is not None else (None, None)
        wraps = beside is not None and beside.wrap_text
        alignment = Alignment(horizontal=across, vertical=upright or "center", wrap_text=wraps)
        made._style = self._style(fill, letters, first, bold=True, alignment=alignment)

    def line(self, made: Any, name: str, cell: Cell, *, first: bool, linked: bool) -> None:
        """`name`: of the column; `linked`: it is one whose links can be clicked."""
        link = linked and can_be_clicked(cell.text)
        status = cell.text if name == ResultColumn.STATUS and cell.text in COLOURS else ""
        key = status or (name if name == ResultColumn.ERROR else ""), first, link
        style = self._made.get(key)
        if style is None:
            style = self._made[key] = self._of_line(*key)
        if link:
            made.hyperlink = cell.text
        made._style = style

    def _of_line(self, what: str, first: bool, link: bool) -> Any:
        """`what`: a status, the name of a column whose texts are long, or "" for any other cell."""
        from openpyxl.styles import Alignment

        fill, letters, _ = COLOURS.get(what, ("", LINK if link else "", ""))
        wraps = what == ResultColumn.ERROR
        alignment = Alignment(wrap_text=True) if wraps else Alignment(horizontal="left", indent=1) if first else None
        return self._style(fill, letters, first, bold=what in COLOURS, underlined=link, alignment=alignment)

    def _style(
        self, fill: str, letters: str, first: bool, *, bold: bool = False, underlined: bool = False, alignment: Any
    ) -> Any:
        from openpyxl.styles import Border, Font, PatternFill, Side

        made = self._scratch()
        made.font = Font(
            name=self._font.name,
            size=self._font.size,
            bold=bold,
            color=letters or None,
            underline="single" if underlined else None,
        )
        if fill:
            made.fill = PatternFill("solid", start_color=fill)
        if first:
            made.border = Border(left=Side(style="medium", color=_EDGE))
        if alignment is not None:
            made.alignment = alignment
        return made._style


def first_of_ours(headers: Sequence[str]) -> int:
    """Where bulkgen's columns begin."""
    return headers.index(ResultColumn.STATUS) if ResultColumn.STATUS in headers else len(headers)
