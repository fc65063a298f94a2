"""A CSV as a table: the separator found in the header line, quotes read strictly, every value exactly as it is.

Row numbers are those that a spreadsheet shows: records from 1, blank lines included. Damage is an error that names
its line; a row with too many or too few cells can't be used, and is never shifted.

The file is read as a stream and its sizes are bounded: memory holds the cells, and each text once.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from bulkgen.errors import InputError
from bulkgen.model import QUOTES_IN_DOUBT, Cell, Row, Table, shorten
from bulkgen.result_columns import ResultColumn, result_columns
from bulkgen.sheet.cells import CELL_LIMIT, ROW_LIMIT, Cells, Meter
from bulkgen.sheet.decode import Encoding, detect
from bulkgen.sheet.delimiter import NAMES, announced, find_delimiter
from bulkgen.sheet.file_type import ADVICE, HEAD, FileType, file_type_of
from bulkgen.sheet.lines import Lines
from bulkgen.sheet.quotes import Doubts, bare, held_together, in_marks
from bulkgen.sheet.shape import EXCEL_BLOCK, Shape
from bulkgen.sheet.xlsx import check_workbook
from bulkgen.texts import unguard

#: The largest file that is read (bytes).
FILE_LIMIT = 200_000_000

#: How much of the text decides the separator (characters).
_SAMPLE = 200_000

_HELD = (
    "Some quotation marks do not stand at the start of their cells, as in {place}; they were read as if they did, "
    "where a line fits the header line only so."
)

#: `="007"`: how exports keep a spreadsheet from taking a text for a number. It shows 007.
_SHIELDED = re.compile(r'="([^"]*)"')


def read_csv(file: BinaryIO, file_name: str, tab: str, *, header_row: int | None = None) -> Table:
    """The table in a CSV; `tab` is what a spreadsheet would call its sheet.

    Raises `InputError` for damage, with its line.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > FILE_LIMIT:
        raise InputError(
            f"{file_name} has {size // 1_000_000:,} MB: too large for a list of rows. Copy the rows you need into a "
            "new sheet."
        )

    _refuse_other_files(file, file_name)
    encoding = detect(file, file_name)
    text = io.TextIOWrapper(file, encoding.codec, newline="")
    try:
        return _Reading(text, encoding, file_name, header_row).table(tab)
    finally:
        text.detach()  # its owner closes the file


def _refuse_other_files(file: BinaryIO, file_name: str) -> None:
    file_type = file_type_of(file.read(HEAD))
    file.seek(0)
    if file_type is FileType.ZIP:
        check_workbook(file, file_name)
        raise InputError(f"{file_name} is a workbook in spite of its name. Rename it to end in .xlsx.")

    if file_type is not FileType.TEXT:
        raise InputError(f"{file_name} {ADVICE[file_type]}")


class _Reading:
    """One CSV on its way to being a table."""

    def __init__(self, text: io.TextIOWrapper, encoding: Encoding, file_name: str, header_row: int | None) -> None:
        self.file_name = file_name
        self.encoding = encoding
        self.wanted = header_row
        text.seek(0)
        sample = text.read(_SAMPLE).lstrip("\ufeff")
        text.seek(0)
        told = announced(sample, file_name)
        self.delimiter = told or find_delimiter(sample, header_row)
        self.lines = Lines(text, self.delimiter, file_name)
        if told:
            self.lines.skip()
        self.meter = Meter(file_name)
        self.cells = Cells(self.meter)
        self.headers: tuple[str, ...] = ()
        self.header_at = 0
        self.shape = Shape()
        self.rows: list[Row] = []
        #: Where the encoding is a guess, a place to look at; what is to be said of the rows' sizes.
        self.doubt = ""
        self.told = ""
        self.doubts = Doubts(self.delimiter)
        #: Of doubtful rows not taken yet, the cells as their marks hold them together.
        self.held: dict[int, list[str]] = {}
        #: Of each header, whether a blank stands before it; the first row whose marks were taken off.
        self.spaced: tuple[bool, ...] = ()
        self.bared_at = 0

    def table(self, tab: str) -> Table:
        first = 1
        for block in self._blocks():
            if self.encoding.doubtful and not self.doubt:
                self._find_doubt(block, first)
            even = len(block) if len({len(record) or 1 for record in block}) == 1 else 0
            for number, record in enumerate(block, first):
                if self.headers:
                    self._take_row(record, number, even)
                elif self.wanted in (None, number):
                    self._take_headers(record, number, block)
            first += len(block)
        if not self.headers:
            raise InputError(self._no_headers(first - 1))

        self._judge()
        return Table(
            tab,
            self.headers,
            tuple(self.rows),
            header_row=self.header_at,
            notes=self._notes(),
            delimiter=self.delimiter,
        )

    def _judge(self) -> None:
        """Says of each row that can't be used why."""
        if self.header_at in self.doubts.rows:
            raise InputError(
                f"{self.file_name}, row {self.header_at}: the header line {QUOTES_IN_DOUBT}. Correct that line, or say "
                "which row is the header line: --header-row N."
            )

        if self.bared_at:
            self._bare_all()
        reasons, self.told = self.shape.judge(self.rows)
        if self.doubts.rows:
            reasons = {
                at: QUOTES_IN_DOUBT for at, row in enumerate(self.rows) if row.number in self.doubts.rows
            } | reasons
        for at, reason in reasons.items():
            self.rows[at] = replace(self.rows[at], unusable=reason)

    def _bare_all(self) -> None:
        """Takes the marks off all cells that have them behind a blank, as the file writes them so."""
        for at, row in enumerate(self.rows):
            if any(in_marks(cell.text) for cell in row.cells):
                cells = (self.cells[bare(cell.text)] if in_marks(cell.text) else cell for cell in row.cells)
                self.rows[at] = replace(row, cells=tuple(cells))

    def _take_headers(self, record: list[str], number: int, block: list[list[str]]) -> None:
        results = ResultColumn.STATUS in result_columns(record)
        cells = Cells(self.meter, _guarded if results else _plain)
        headers = tuple(cells[text].text for text in record)
        if any(map(str.strip, headers)):
            self.spaced = tuple(header.startswith(" ") for header in headers)
            self.bared_at = number if any(map(in_marks, headers)) else 0
            headers = tuple(bare(header) if in_marks(header) else header for header in headers)
            self.headers, self.header_at, self.cells = headers, number, cells
            self.shape.header(headers, block)
        elif self.wanted is not None:
            raise InputError(f"{self.file_name}: row {number} is blank, so it can't be the header line.")

    def _take_row(self, record: list[str], number: int, even: int) -> None:
        """Adds the row, unless it is blank, without blanks behind the last header; `even`: see `Shape`."""
        if number in self.held:
            record = self._fitting(number, record)
        size = len(record)
        while len(record) > len(self.headers) and not record[-1].strip():
            record.pop()
        known = self.cells
        cells = tuple([known[text] for text in record])
        if all(cell.blank for cell in cells):
            return

        self.meter.row(number, len(cells))
        self.shape.row(size, even)
        self.rows.append(Row(number, cells))

    def _fitting(self, number: int, strict: list[str]) -> list[str]:
        """The cells of a doubtful row: as its marks hold them together, if they fit the header line only so.

        A cell that begins with a blank comes from a sentence that was taken apart: then marks are not the whole story.
        """
        held, right = self.held.pop(number), (self.shape.columns, self.shape.width)
        apart = any(
            cell.startswith(" ") and cell.strip() and not (spaced or in_marks(cell))
            for cell, spaced in zip(held, self.spaced, strict=False)
        )
        if apart or len(strict) in right or len(held) not in right:
            return strict

        self.doubts.rows.remove(number)
        self.bared_at = self.bared_at or number
        return [bare(cell) for cell in held]

    def _blocks(self) -> Iterator[list[list[str]]]:
        """The records, as many at a time as Excel writes."""
        limit = csv.field_size_limit(CELL_LIMIT)
        reader: Iterator[list[str]] = csv.reader(self.lines, delimiter=self.delimiter, strict=True)
        done = 0
        try:
            while True:
                block: list[list[str]] = []
                try:
                    for record in islice(reader, EXCEL_BLOCK):
                        block.append(record)
                        if self.lines.opens or self.lines.marks % 2:
                            self._look(done + len(block), record)
                        self.lines.record_ended()
                except csv.Error as error:
                    raise InputError(self._damage(str(error), done + len(block) + 1, block)) from None

                if not block:
                    return

                done += len(block)
                if done > ROW_LIMIT:
                    raise InputError(
                        f"{self.file_name} has more than {ROW_LIMIT:,} rows. No spreadsheet holds so many."
                    )

                while len(block) < EXCEL_BLOCK and block and block[-1] in ([], ["\x1a"]):
                    block.pop()  # blank lines at the end, and the end-of-file character of DOS
                yield block
        finally:
            csv.field_size_limit(limit)

    def _look(self, number: int, record: list[str]) -> None:
        """Looks at the marks of the record just read; only those within one line may hold its cells together."""
        self.doubts.look(number, "".join(self.lines.record), len(record), opens=self.lines.opens)
        if number in self.doubts.rows and len(self.lines.record) == 1:
            held = held_together(self.lines.record[0], self.delimiter)
            if held is not None:
                self.held[number] = held

    def _find_doubt(self, block: list[list[str]], first: int) -> None:
        for number, record in enumerate(block, first):
            for cell in record:
                if not cell.isascii():
                    self.doubt = f"row {number}: {shorten(cell, 60)!r}"
                    return

    def _notes(self) -> tuple[str, ...]:
        notes = [_HELD.format(place=f"row {self.bared_at}")] if self.bared_at else []
        if self.told:
            notes.append(self.told)
        if not self.encoding.guess:
            return tuple(notes)

        check = f"Check {self.doubt}. If that is wrong" if self.doubt else "If it looks wrong"
        notes.append(
            f"{self.file_name} does not say its encoding and is not UTF-8; it was read as {self.encoding.guess}. "
            f"{check}, save the sheet as “CSV UTF-8”."
        )
        return tuple(notes)

    def _no_headers(self, total: int) -> str:
        if self.wanted is not None and total:
            return f"{self.file_name} has no row {self.wanted}: its last is row {total}."

        return f"{self.file_name} {ADVICE[FileType.EMPTY]}"

    def _damage(self, error: str, record: int, block: list[list[str]]) -> str:
        """What is wrong with the record being read, where, and what to do."""
        line, start = self.lines.number, self.lines.record_start
        place = f"{self.file_name}, line {start} (row {record})"
        if "field larger" in error:
            cause = f"a cell of more than {CELL_LIMIT:,} characters. A closing quotation mark may be missing"
        elif "unexpected end" in error:
            cause = "a quotation mark opens here that nothing closes"
        else:
            place = f"{self.file_name}, line {line} (row {record}{f', begun on line {start}' if start < line else ''})"
            cause = (
                "a quotation mark is out of place, so the cells can't be told apart "
                f"({NAMES[self.delimiter]} separate them)"
            )
        before = f" The row before it begins with {shorten(block[-1][0], 40)!r}." if block and block[-1] else ""
        return f"{place}: {cause}.{before} Open the file in your spreadsheet, correct that row and save it."


def _plain(text: str) -> Cell:
    shown = _SHIELDED.fullmatch(text) if text.startswith('="') else None
    return Cell(shown[1] if shown else text, text)


def _guarded(text: str) -> Cell:
    return _plain(unguard(text))
