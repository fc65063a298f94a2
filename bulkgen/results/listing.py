"""The sheet that lists the mistakes: each cause once with its cells where there are many, then every cell.

Its first line is one cell of words, so that nobody takes it for a header line of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from bulkgen.jobs import Problem, Table, listed, plural, shorten
from bulkgen.results.workbook import XLSX_LINES, bold_font, put_text

#: As spreadsheet programs themselves mark what is bad, and what is doubtful.
RED = "FFC7CE"
YELLOW = "FFEB9C"

TITLE = "What bulkgen found in"

#: From so many problems on, causes that come more than once are told first.
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


def fill_listing(sheet: Any, table: Table, problems: Sequence[Problem], *, comments: int) -> None:
    """Fills a worksheet of openpyxl's. `comments`: how many cells of the copy have one at most."""
    from openpyxl.styles import Alignment, PatternFill

    bold = bold_font()
    wrapped = Alignment(wrap_text=True, vertical="top")
    colours = {warning: PatternFill("solid", start_color=YELLOW if warning else RED) for warning in (False, True)}
    grey = PatternFill("solid", start_color="EDEDED")

    def line(number: int, texts: Sequence[str], warning: bool | None = None) -> None:
        for i, text in enumerate(texts, 1):
            if text or warning is None:
                made = sheet.cell(number, i)
                put_text(made, text)
                made.alignment = wrapped
                if warning is None:
                    made.font, made.fill = bold, grey
        if warning is not None:
            sheet.cell(number, 1).fill = colours[warning]
        sheet.row_dimensions[number].height = _LINE * max(map(_lines, texts, _WIDTHS))

    put_text(sheet["A1"], f"{TITLE} {table.name}")
    sheet["A1"].font = bold_font(14)
    put_text(sheet["A2"], _advice(table, problems, comments))
    at = 4
    groups = _groups(problems)
    if len(problems) > MANY and len(groups) < len(problems):
        put_text(sheet.cell(at, 1), "By cause")
        sheet.cell(at, 1).font = bold
        line(at + 1, _HEADERS)
        at += 2
        for group in groups:
            line(at, _group_texts(table, group), group[0].warning)
            at += 1
        put_text(sheet.cell(at + 1, 1), "One by one")
        sheet.cell(at + 1, 1).font = bold
        at += 2
    line(at, _HEADERS)
    for number, problem in enumerate(problems, at + 1):
        if number > XLSX_LINES:
            break

        line(number, _texts(table, problem), problem.warning)
    for i, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEF"[i]].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of this width."""
    return max(1, ceil(len(text) / width))


def _advice(table: Table, problems: Sequence[Problem], comments: int) -> str:
    warnings = sum(problem.warning for problem in problems)
    mistakes = len(problems) - warnings
    counts = [plural(mistakes, "mistake")] if mistakes or not warnings else []
    colours = ["the red cells have to be mended"] if mistakes else []
    if warnings:
        counts.append(plural(warnings, "warning"))
        colours.append("the yellow ones are worth a look" if mistakes else "the yellow cells are worth a look")
    few = ""
    if len({(problem.row, problem.column) for problem in problems}) > comments:
        few = f" The first {comments:,} of them have a comment."
    return (
        f"{' and '.join(counts)}. In the sheet {table.name} {', '.join(colours)}.{few} Mend them there, save, and give "
        "this file to bulkgen; or mend your own sheet."
    )


def _groups(problems: Iterable[Problem]) -> list[list[Problem]]:
    """Problems that share column, cause and advice; mistakes before warnings, the most frequent first."""
    groups: dict[tuple[str, str, str, bool], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.header, problem.cause, problem.fix, problem.warning), []).append(problem)
    return sorted(groups.values(), key=lambda group: (group[0].warning, -len(group)))


def _group_texts(table: Table, group: Sequence[Problem]) -> tuple[str, ...]:
    one = group[0]
    what = plural(len(group), "warning" if one.warning else "mistake")
    where = listed([table.where(p.row, p.column) for p in group], CELLS)
    values = list(dict.fromkeys(shorten(problem.value, 60) for problem in group if problem.value.strip()))
    return what, where, one.header, listed(values, 3), one.cause, one.fix


def _texts(table: Table, problem: Problem) -> tuple[str, ...]:
    what = "warning" if problem.warning else "mistake"
    return what, table.where(problem.row, problem.column), problem.header, problem.value, problem.cause, problem.fix
