"""The sheet that lists the mistakes: each cause once with its cells where there are many, then every cell.

Its first line is one cell of words, so that nobody takes it for a header line of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from bulkgen.model import Issue, Table, listed, plural, shorten
from bulkgen.results.workbook import XLSX_LINES, bold_font, put_text

#: As spreadsheet programs themselves mark what is bad, and what is doubtful.
RED = "FFC7CE"
YELLOW = "FFEB9C"

TITLE = "What bulkgen found in"

#: From so many issues on, causes that come more than once are told first.
MANY = 10

#: How many cells of one cause are named.
CELLS = 6

_HEADERS = ("What", "Where", "Column", "Value", "What is wrong", "What to do")
_WIDTHS = (16, 36, 24, 30, 44, 60)

#: A line's height in points. Not every program fits the rows to wrapped texts by itself.
_LINE = 15.0


def is_listing(headers: Sequence[str]) -> bool:
    """Whether this is the first line of such a list."""
    return bool(headers) and headers[0].startswith(TITLE)


def fill_listing(sheet: Any, table: Table, issues: Sequence[Issue], *, comments: int, copied: bool, cut: bool) -> None:
    """Fills a write-only worksheet of openpyxl's.

    `comments`: how many cells of the copy have one at most; `copied`: there is a copy; `cut`: not with all its texts.
    """
    for i, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEF"[i]].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    lines = _Lines(sheet)
    lines.say(f"{TITLE} {table.name}", 14)
    lines.say(_advice(table, issues, comments, copied=copied, cut=cut))
    lines.gap()
    groups = _groups(issues)
    if len(issues) > MANY and len(groups) < len(issues):
        lines.say("By cause", 11)
        lines.head(_HEADERS)
        for group in groups:
            lines.tell(_group_texts(table, group), group[0].warning)
        lines.gap()
        lines.say("One by one", 11)
    lines.head(_HEADERS)
    for issue in issues[: XLSX_LINES - lines.count]:
        lines.tell(_texts(table, issue), issue.warning)


class _Lines:
    """The lines of a list as they are written."""

    def __init__(self, sheet: Any) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, PatternFill

        self._sheet = sheet
        self._cell: Any = WriteOnlyCell
        wrapped = Alignment(wrap_text=True, vertical="top")
        red, yellow, grey = (PatternFill("solid", start_color=colour) for colour in (RED, YELLOW, "EDEDED"))
        # Finding the number of a style takes longer than all else that is done for a cell
        self._plain = self._style(alignment=wrapped)
        self._mistake = self._style(alignment=wrapped, fill=red)
        self._warning = self._style(alignment=wrapped, fill=yellow)
        self._header = self._style(alignment=wrapped, fill=grey, font=bold_font())
        self.count = 0

    def say(self, text: str, bold: int = 0) -> None:
        """A line of words; `bold`: the size of its letters if they are bold."""
        made = self._made(text)
        if bold:
            made.font = bold_font(bold)
        self._sheet.append([made])
        self.count += 1

    def gap(self) -> None:
        self._sheet.append(())
        self.count += 1

    def head(self, texts: Sequence[str]) -> None:
        self._write([self._made(text, self._header) for text in texts], texts)

    def tell(self, texts: Sequence[str], warning: bool) -> None:
        first, *others = texts
        cells = [self._made(text, self._plain) if text else None for text in others]
        self._write([self._made(first, self._warning if warning else self._mistake), *cells], texts)

    def _write(self, cells: list[Any], texts: Sequence[str]) -> None:
        self.count += 1
        heights = self._sheet.row_dimensions
        heights[self.count].height = _LINE * max(map(_lines, texts, _WIDTHS))
        self._sheet.append(cells)
        del heights[self.count]  # written, and a list may be long

    def _made(self, text: str, style: Any = None) -> Any:
        made = self._cell(self._sheet)
        put_text(made, text)
        if style is not None:
            made._style = style
        return made

    def _style(self, **styles: Any) -> Any:
        made = self._cell(self._sheet)
        for name, style in styles.items():
            setattr(made, name, style)
        return made._style


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of this width."""
    return max(1, ceil(len(text) / width))


def _advice(table: Table, issues: Sequence[Issue], comments: int, *, copied: bool, cut: bool) -> str:
    warnings = sum(issue.warning for issue in issues)
    mistakes = len(issues) - warnings
    counts = [plural(mistakes, "mistake")] if mistakes or not warnings else []
    if warnings:
        counts.append(plural(warnings, "warning"))
    if not copied:
        return f"{' and '.join(counts)}. Correct your own sheet: it has too many rows for a marked copy."

    colours = ["the red cells have to be corrected"] if mistakes else []
    if warnings:
        colours.append("the yellow ones are worth a look" if mistakes else "the yellow cells are worth a look")
    few = ""
    if len({(issue.row, issue.column) for issue in issues}) > comments:
        few = f" The first {comments:,} of them have a comment."
    where = "Correct them there, save, and give this file to bulkgen; or correct your own sheet."
    if cut:
        where = "Correct them in your own sheet: some texts are too long for this copy, and cut in it."
    return f"{' and '.join(counts)}. In the sheet {table.name} {', '.join(colours)}.{few} {where}"


def _groups(issues: Iterable[Issue]) -> list[list[Issue]]:
    """Problems that share column, cause and advice; mistakes before warnings, the most frequent first."""
    groups: dict[tuple[str, str, str, bool], list[Issue]] = {}
    for issue in issues:
        groups.setdefault((issue.header, issue.cause, issue.fix, issue.warning), []).append(issue)
    return sorted(groups.values(), key=lambda group: (group[0].warning, -len(group)))


def _group_texts(table: Table, group: Sequence[Issue]) -> tuple[str, ...]:
    one = group[0]
    what = plural(len(group), "warning" if one.warning else "mistake")
    where = listed([table.where(p.row, p.column) for p in group], CELLS)
    values = list(dict.fromkeys(shorten(issue.value, 60) for issue in group if issue.value.strip()))
    return what, where, one.header, listed(values, 3), one.cause, one.fix


def _texts(table: Table, issue: Issue) -> tuple[str, ...]:
    what = "warning" if issue.warning else "mistake"
    return what, table.where(issue.row, issue.column), issue.header, issue.value, issue.cause, issue.fix
