"""The first sheet of a results workbook: figures, a small chart, why rows are not done, and what to do next.

It holds no rows: its first cell says so to whoever reads the workbook.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from bulkgen.ledger.events import format_moment
from bulkgen.ledger.state import Status
from bulkgen.model import listed, plural
from bulkgen.result_columns import MAIL_TITLES, SUMMARY_FIRST, SUMMARY_TITLES
from bulkgen.results.mailing import Mailing, Reach
from bulkgen.results.paint import COLOURS, HEADER
from bulkgen.results.summary import Summary
from bulkgen.results.workbook import put_text

_WIDTHS = (24, 11, 52, 60, 24)
_LINE = 15.0

#: The row that the chart ends in.
_CHART_ENDS = 13

_HEADS = {
    "figures": ("Status", "Rows", "What it means"),
    "causes": ("Status", "Rows", "What is wrong", "What to do", "In the rows"),
    "mail": ("Mail merge", "People", "What it means", "What to do", "In the rows"),
}

#: The same as `Status.about`, for somebody who does not know the columns.
_MEANS = {
    Status.DONE: "Finished: the links are in the row.",
    Status.REVIEW: "Waits for you: the line says what to do, then run again.",
    Status.RENDERING: "In progress at HeyGen: run again to collect it.",
    Status.QUEUED: "Not sent yet: run again.",
    Status.FAILED: "Refused by HeyGen, or failed there.",
    Status.UNKNOWN: "Sent, and the answer was lost: look at HeyGen.",
    Status.INVALID: "Never sent: a cell is to be corrected.",
    Status.SKIPPED: "Left out: hidden, or told to be skipped.",
}


def is_summary(sheet: Any) -> bool:
    """Whether a worksheet of openpyxl's is such a sheet."""
    return sheet.title in SUMMARY_TITLES and sheet["A1"].value == SUMMARY_FIRST


def fill_summary(sheet: Any, summary: Summary) -> None:
    """Fills a new worksheet of openpyxl's, a write-only one too."""
    lines = _Lines(sheet)
    for at, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDE"[at]].width = width
    lines.say(SUMMARY_FIRST, size=16)
    lines.say(summary.sheet)
    lines.gap()
    lines.head(_HEADS["figures"])
    first = lines.count + 1
    for status, count in summary.counts.items():
        lines.tell(status, (status.value, count, _MEANS[status]))
    last = lines.count
    lines.total(("All", sum(summary.counts.values())))
    lines.gap()
    for what, value in _facts(summary):
        lines.say(what, value)
    if summary.causes or summary.mailing:
        while lines.count < _CHART_ENDS:
            lines.gap()
    if summary.causes:
        lines.head(_HEADS["causes"])
        for cause in summary.causes:
            lines.tell(cause.status, (cause.status.value, cause.count, cause.what, cause.step, cause.rows))
        lines.gap()
    if summary.mailing:
        lines.head(_HEADS["mail"])
        for told in _mail_lines(summary.mailing):
            lines.note(told)
    if summary.counts:
        sheet.add_chart(_chart(sheet, [*summary.counts], first, last), "D3")
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = _fit_to_page()


def _facts(summary: Summary) -> Iterable[tuple[str, str | float]]:
    if summary.cost is not None:
        yield "Cost (USD)", round(summary.cost, 4)
    if summary.seconds is not None:
        yield "Length of all", _length(summary.seconds)
    if summary.changed:
        yield "Last change (UTC)", summary.changed


def _mail_lines(mailing: Mailing) -> Iterable[tuple[str, int, str, str, str]]:
    pictures = f"Links to pictures expire, the first {format_moment(mailing.until)}. " if mailing.until else ""
    renew = f"{pictures}Run bulkgen links before you send, and export the sheet after that." if mailing.lines else ""
    yield "Can be written to", len(mailing.lines), f"One line each in the sheet {MAIL_TITLES[0]}.", renew, ""
    for reach, count in mailing.reached.items():
        opens = f"The link {reach}." if reach is not Reach.PAGE else f"The link opens {reach}."
        yield "", count, opens, reach.about, ""
    for why, count in mailing.left_out.items():
        rows = listed([str(number) for number in dict.fromkeys(mailing.left_rows.get(why, ()))], 8)
        yield "Left out", count, f"{'Line' if count == 1 else 'Lines'} {why}.", why.about, rows


def _length(seconds: float) -> str:
    """`1 hour 2 minutes`, `45 seconds`."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    parts = [plural(count, noun) for count, noun in ((hours, "hour"), (minutes, "minute"), (rest, "second")) if count]
    return " ".join(parts[:2]) or "0 seconds"


def _fit_to_page() -> Any:
    from openpyxl.worksheet.properties import PageSetupProperties

    return PageSetupProperties(fitToPage=True)


def _chart(sheet: Any, statuses: Iterable[Status], first: int, last: int) -> Any:
    from openpyxl.chart import BarChart, Reference
    from openpyxl.chart.label import DataLabelList
    from openpyxl.chart.marker import DataPoint

    chart: Any = BarChart()
    chart.type, chart.legend, chart.gapWidth, chart.varyColors = "bar", None, 40, False
    chart.height, chart.width = 4.6, 13.0
    chart.add_data(Reference(sheet, min_col=2, min_row=first, max_row=last), titles_from_data=False)
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=last))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete, chart.y_axis.delete, chart.y_axis.majorGridlines = False, True, None
    chart.y_axis.scaling.min = 0
    series = chart.series[0]
    for at, status in enumerate(statuses):
        point = DataPoint(idx=at, invertIfNegative=False)
        point.graphicalProperties.solidFill = COLOURS[status][2]
        point.graphicalProperties.line.noFill = True
        series.dPt.append(point)
    series.dLbls = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    return chart


def _height(values: Iterable[str | float]) -> float:
    """Of a line whose texts are wrapped."""
    return _LINE * max(1, *(ceil(len(str(value)) / width) for value, width in zip(values, _WIDTHS, strict=False)))


class _Lines:
    """The lines as they are written, from the first."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self.count = 0

    def gap(self) -> None:
        self._append([])

    def say(self, text: str, value: str | float | None = None, *, size: int = 0) -> None:
        """A line of words, with a value beside them; `size`: of its letters if they are a title's."""
        made = self._made(text)
        if size:
            made.font = self._font(size=size, bold=True)
        self._append([made] if value is None else [made, *self._values([value])])

    def head(self, texts: Iterable[str]) -> None:
        from openpyxl.styles import PatternFill

        fill, letters = HEADER
        cells = [self._made(text) for text in texts]
        for made in cells:
            made.font, made.fill = self._font(bold=True, color=letters), PatternFill("solid", start_color=fill)
        self._append(cells)

    def tell(self, status: Status, values: Iterable[str | float]) -> None:
        """A line that begins with a status, in its colour."""
        from openpyxl.styles import Alignment, PatternFill

        values = [*values]
        cells = self._values(values)
        fill, letters, _ = COLOURS[status]
        for at, made in enumerate(cells):
            made.alignment = Alignment(wrap_text=True, vertical="top", horizontal="center" if at == 1 else None)
        cells[0].font, cells[0].fill = self._font(bold=True, color=letters), PatternFill("solid", start_color=fill)
        self._append(cells, height=_height(values))

    def note(self, values: Sequence[str | float]) -> None:
        from openpyxl.styles import Alignment

        cells = self._values(values)
        for at, made in enumerate(cells):
            made.alignment = Alignment(wrap_text=True, vertical="top", horizontal="center" if at == 1 else None)
        self._append(cells, height=_height(values))

    def total(self, values: Iterable[str | float]) -> None:
        from openpyxl.styles import Alignment, Border, Side

        cells = self._values(values)
        for at, made in enumerate(cells):
            made.font, made.border = self._font(bold=True), Border(top=Side(style="thin"))
            made.alignment = Alignment(horizontal="center" if at == 1 else None)
        self._append(cells)

    def _values(self, values: Iterable[str | float]) -> list[Any]:
        return [self._made(value) for value in values]

    def _made(self, value: str | float) -> Any:
        from openpyxl.cell import WriteOnlyCell

        made: Any = WriteOnlyCell(self._sheet)
        if isinstance(value, str):
            put_text(made, value)
        else:
            made.value = value
        return made

    def _font(self, *, size: int = 11, bold: bool = False, color: str | None = None) -> Any:
        from openpyxl.styles import Font

        return Font(name="Calibri", size=size, bold=bold, color=color)

    def _append(self, cells: list[Any], height: float | None = None) -> None:
        self.count += 1
        if height is not None:
            self._sheet.row_dimensions[self.count].height = height
        self._sheet.append(cells)
