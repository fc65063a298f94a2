"""The rows of one worksheet, out of its XML, in one pass.

What a reader of values alone would not see is seen here: hidden rows, formulas whose value was never computed, rows and
cells that are out of order or outside of any sheet. A sheet with a million formatted blank rows is read as far as its
last cell with a value.

Invariant: rows, and the cells in them, come in the sheet's order, none twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bulkgen.model import Cell, column_letters
from bulkgen.sheet.cells import CELL_LIMIT, COLUMN_LIMIT, ROW_LIMIT, Meter
from bulkgen.sheet.xlsx.archive import Archive, own
from bulkgen.sheet.xlsx.book import Book, Sheet
from bulkgen.sheet.xlsx.values import Values

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})", re.ASCII)

#: The sheet's outermost tag, and its prefix.
_ROOT = re.compile(rb"<([\w.-]*:|)worksheet[\s>]")


#: What may follow the name of a closing tag, and how many bytes behind it are read along to reach its end.
_AFTER = frozenset({b">", b" ", b"\t", b"\n", b"\r"})
_SLACK = 4_096

#: The sheet's own closing tag stands in so many bytes at its end.
_TAIL = 4_096


@dataclass(slots=True, kw_only=True)
class SparseRow:
    """A row with something in it: its filled cells, and the index of the column of each."""

    number: int
    hidden: bool = False
    columns: list[int] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)


class Worksheet:
    """The rows of one sheet of a workbook."""

    def __init__(self, archive: Archive, book: Book, sheet: Sheet, meter: Meter) -> None:
        self.archive = archive
        self.sheet = sheet
        self._values = Values(archive, book, meter)
        #: The index of each column met, by its letters.
        self._columns: dict[str, int] = {}

    def rows(self) -> Iterator[SparseRow]:  # noqa: C901 - handlers that share locals: attributes would be slower
        """The rows that hold anything. Raises `InputError` for damage, with the row it was met at."""
        until = self._extent()
        row_tag = cell_tag = value_tag = text_tag = formula_tag = aside_tag = ""
        done: list[SparseRow] = []
        value: list[str] = []
        words: list[str] = []
        pieces: list[str] | None = None
        row, number, column = SparseRow(number=0), "0", -1
        kind, style = "n", "0"
        formula = aside = False
        columns, values = self._columns, self._values

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal row, number, column, kind, style, formula, pieces, aside
            nonlocal row_tag, cell_tag, value_tag, text_tag, formula_tag, aside_tag
            if name == cell_tag:
                reference = attributes.get("r")
                if reference is None:
                    column += 1
                else:
                    known = columns.get(reference.removesuffix(number))
                    column = self._column(reference, row.number) if known is None else known
                kind, style = attributes.get("t", "n"), attributes.get("s", "0")
                formula = False
                value.clear()
                words.clear()
            elif name == value_tag:
                if value:
                    raise self.archive.damaged(f"{place()} a cell has two values")

                pieces = value
            elif name == text_tag:
                pieces = None if aside else words
            elif name == formula_tag:
                formula = True
            elif name == row_tag:
                row = self._row(attributes, row.number)
                number, column = str(row.number), -1
            elif name == aside_tag:  # reading aids of Chinese and Japanese texts
                aside = True
            elif not cell_tag:  # the outermost element: all that counts is of its namespace
                if own(name) != "worksheet":
                    raise self.archive.damaged(f"sheet {self.sheet.name!r} is no worksheet")

                space = name.removesuffix("worksheet")
                row_tag, cell_tag, formula_tag = space + "row", space + "c", space + "f"
                value_tag, text_tag, aside_tag = space + "v", space + "t", space + "rPh"

        def text(data: str) -> None:
            if pieces is not None:
                pieces.append(data)

        def end(name: str) -> None:
            nonlocal row, pieces, aside
            if name in (value_tag, text_tag):
                pieces = None
            elif name == cell_tag:
                if value or words or formula:
                    # A text in its place has no value, and a value no text: what else stands there is a remainder
                    first, second = (words, value) if kind == "inlineStr" else (value, words)
                    cell = values.cell(kind, style, "".join(first or second), formula, place)
                    if cell is not None:
                        self._check_order(row, column)
                        row.columns.append(column)
                        row.cells.append(cell)
            elif name == row_tag:
                if row.cells:
                    done.append(row)
                row = SparseRow(number=row.number)
            elif name == aside_tag:
                aside = False

        def place() -> str:
            at = f"{column_letters(column)}{row.number}" if column >= 0 else f"row {row.number:,}"
            return f"sheet {self.sheet.name!r}, at {at},"

        for _ in self.archive.parse(self.sheet.part, start, end, text, place=place, until=until):
            yield from done
            done.clear()
            if sum(map(len, value)) + sum(map(len, words)) > CELL_LIMIT:
                raise self.archive.too_large(f"holds in {place()} a text of more than {CELL_LIMIT:,} characters")
        if row.cells:
            yield row

    def _extent(self) -> int | None:
        """Where the last cell with a value ends (None: not known, or no end).

        Finding that end among bytes is far quicker than parsing what lies behind it.
        """
        prefix, marker, rest = b"", b"", b""
        base = end = 0
        for chunk in self.archive.chunks(self.sheet.part):
            if not marker:
                root = _ROOT.search(chunk)
                if root is None:  # no text by bytes: UTF-16
                    return None

                prefix = root[1]
                marker = b"</" + prefix + b"c"
            window = rest + chunk
            at = _last_tag(window, marker)
            end = base + at if at >= 0 else end
            rest = window[-_TAIL:]
            base += len(window) - len(rest)
        if b"</" + prefix + b"worksheet" not in rest:
            return None

        return end + _SLACK if end else None

    def _row(self, attributes: dict[str, str], last: int) -> SparseRow:
        reference = attributes.get("r", "")
        number = int(reference) if reference.isdecimal() and len(reference) < 9 else 0 if reference else last + 1
        if not last < number <= ROW_LIMIT:
            raise self.archive.damaged(f"sheet {self.sheet.name!r} has a row {reference[:20]!r} behind row {last:,}")

        hidden = attributes.get("hidden") in ("1", "true") or attributes.get("ht") in ("0", "0.0")
        return SparseRow(number=number, hidden=hidden)

    def _column(self, reference: str, row: int) -> int:
        """The index of the column that a reference such as `AB12` names, in this row."""
        match = _REFERENCE.fullmatch(reference)
        column = 0
        for letter in match[1].upper() if match else "":
            column = column * 26 + ord(letter) - 64
        if match is None or int(match[2]) != row or column > COLUMN_LIMIT:
            raise self.archive.damaged(f"sheet {self.sheet.name!r} has a cell {reference[:20]!r} in row {row:,}")

        self._columns[match[1]] = column - 1
        return column - 1

    def _check_order(self, row: SparseRow, column: int) -> None:
        if column >= COLUMN_LIMIT or (row.columns and column <= row.columns[-1]):
            raise self.archive.damaged(f"sheet {self.sheet.name!r} has cells out of order in row {row.number:,}")


def _last_tag(data: bytes, marker: bytes) -> int:
    """Where the last closing tag with this name begins, -1 without one; `</c` begins `</cols` too."""
    at = data.rfind(marker)
    while at >= 0 and data[at + len(marker) : at + len(marker) + 1] not in _AFTER:
        at = data.rfind(marker, 0, at)
    return at
