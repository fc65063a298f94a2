"""What stands in one `<c>` of a worksheet, as a `Cell`.

Invariant: a cell is either the text that the spreadsheet shows, or is unusable and says why.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time

from bulkgen.model import Cell
from bulkgen.sheet.cells import CELL_LIMIT, SHARED, Meter
from bulkgen.sheet.xlsx.archive import Archive
from bulkgen.sheet.xlsx.book import Book, Style, unescape
from bulkgen.sheet.xlsx.dates import Unshowable
from bulkgen.sheet.xlsx.formats import compile_format

#: Numbers from here on have more digits than a spreadsheet holds; ids among them have lost their end already.
EXACT = 10**15

#: A number of no more digits than these before its zeros was never longer: 9.2E+19 has two, and lost nothing.
_ROUND = 10

UNCOMPUTED = "is a formula whose value was never computed: open the file in Excel and save it"
CUT = "is a number of more than 15 digits, whose end the spreadsheet has lost: format the column as Text"
HIDDEN = "holds a value that its number format hides: clear the cell, or give it another format"

_DATE_TIME = "yyyy-mm-dd hh:mm:ss"
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)

Place = Callable[[], str]


class Values:
    """Makes the cells of one workbook; equal ones are made once."""

    def __init__(self, archive: Archive, book: Book, meter: Meter) -> None:
        self.archive = archive
        self.book = book
        self.meter = meter
        self._known: dict[tuple[str, str, str], Cell | None] = {}
        self._styles: dict[str, Style] = {}

    def cell(self, kind: str, style: str, text: str, formula: bool, place: Place) -> Cell | None:
        """The cell with this `t`, `s` and value, None for a blank one; `formula` where it has one."""
        if formula and self._uncomputed(kind, text):
            return Cell(unusable=UNCOMPUTED)

        key = kind, style, text
        try:
            return self._known[key]
        except KeyError:
            pass
        cell = self._make(kind, self._style(style), text, place)
        if len(self._known) > SHARED:
            self._known.clear()
        self._known[key] = cell
        self.meter.cell()
        if cell is not None and kind != "s":  # those are held already, in the table of texts
            self.meter.text(cell.text)
        return cell

    def _uncomputed(self, kind: str, text: str) -> bool:
        """A computed text may be empty; 0 is what programs write that do not compute."""
        if not text.strip():
            return kind not in ("str", "s", "inlineStr")

        return self.book.recomputes and kind == "n" and text.strip() == "0"

    def _style(self, number: str) -> Style:
        style = self._styles.get(number)
        if style is None:
            style = self._styles[number] = self.book.style(int(number) if number.isdecimal() and len(number) < 9 else 0)
        return style

    def _make(self, kind: str, style: Style, text: str, place: Place) -> Cell | None:
        if kind == "s":
            return self._text(self._shared(text, place), style)

        if kind in ("str", "inlineStr"):
            return self._text(unescape(text), style, place)

        text = text.strip()
        if not text:
            return None

        if kind == "n":
            return self._number(text, style, place)

        if kind == "b":
            truth = text in ("1", "true")
            return Cell("TRUE" if truth else "FALSE", truth, number_format=style.number_format)

        if kind == "e":
            return Cell(text, text, unusable=f"holds the error {text}")

        if kind == "d":
            return self._date(text, style, place)

        raise self.archive.damaged(f"{place()} holds a value of an unknown type")

    def _shared(self, text: str, place: Place) -> str:
        number = int(text) if text.strip().isdecimal() and len(text) < 12 else -1
        if not 0 <= number < len(self.book.texts):
            raise self.archive.damaged(f"{place()} holds text {text[:20]!r}, which is not in its table of texts")

        return self.book.texts[number]

    def _text(self, text: str, style: Style, place: Place | None = None) -> Cell | None:
        if not text:
            return None

        if len(text) > CELL_LIMIT:
            where = f" in {place()}" if place else ""
            raise self.archive.too_large(f"holds{where} a text of more than {CELL_LIMIT:,} characters")

        shown = style.format.text(text)
        hidden = text.strip() and not shown.strip()
        return Cell(shown, text, number_format=style.number_format, unusable=HIDDEN if hidden else "")

    def _number(self, text: str, style: Style, place: Place) -> Cell:
        whole = len(text) < 16 and text.isascii() and text.lstrip("-").isdigit()
        value = int(text) if whole else float(text) if _NUMBER.fullmatch(text) and len(text) < 400 else math.nan
        if not math.isfinite(value):
            raise self.archive.damaged(f"{place()} holds {text[:40]!r} as a number")

        return self._shown(value, style)

    def _shown(self, value: float, style: Style) -> Cell:
        """The number as its format shows it."""
        code, shape = style.number_format, style.format
        try:
            text = shape.number(value, self.book.clock)
        except Unshowable as error:
            return Cell("", value, number_format=code, unusable=str(error))

        if shape.is_date:
            kept: object = value
            with suppress(Unshowable):  # a negative number, in a format that has another part for such
                kept = self.book.clock.value(value, dated=shape.dated, elapsed=shape.elapsed)
            return Cell(text, kept, number_format=code)

        if abs(value) >= EXACT and _digits(value) > _ROUND:
            return Cell(text, value, number_format=code, unusable=CUT)

        return Cell(text, value, number_format=code, unusable=HIDDEN if value and not text.strip() else "")

    def _date(self, text: str, style: Style, place: Place) -> Cell:
        """A date written as such, which few programs do."""
        moment: date | time
        try:
            moment = time.fromisoformat(text) if ":" in text[:4] else datetime.fromisoformat(text)
            serial = self.book.clock.serial(moment.replace(tzinfo=None))
        except (ValueError, OverflowError):
            raise self.archive.damaged(f"{place()} holds {text[:40]!r} as a date") from None

        if style.format.is_date:
            return self._shown(serial, style)

        code = "hh:mm:ss" if isinstance(moment, time) else "yyyy-mm-dd" if serial == int(serial) else _DATE_TIME
        return self._shown(serial, Style(code, compile_format(code)))


def _digits(value: float) -> int:
    """How many digits a number has before the zeros at its end, or behind its point."""
    return len(repr(value).partition("e")[0].strip("-").replace(".", "").rstrip("0"))
