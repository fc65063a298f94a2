"""A CSV as a table: the separator found in the header line, quotes taken strictly, every value to the letter.

Row numbers are those that a spreadsheet shows: records from 1, blank lines included. Damage is an error that names
its line; a line with cells too many or too few is a row with a fault, never a shifted one.

The file is read as a stream and its sizes are bounded: memory holds the cells, and each text once.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import BinaryIO

from bulkgen.errors import InputError
from bulkgen.jobs import FORMULA_STARTS, Cell, Row, Table, shorten
from bulkgen.sheet.archive import Archive
from bulkgen.sheet.book import main_part
from bulkgen.sheet.cells import CELL_LIMIT, ROW_LIMIT, Cells, Meter
from bulkgen.sheet.decode import Encoding, detect
from bulkgen.sheet.delimiter import NAMES, announced, find_delimiter
from bulkgen.sheet.lines import Lines
from bulkgen.sheet.nature import ADVICE, HEAD, Nature, nature_of
from bulkgen.sheet.quotes import Doubts, in_marks, paired_records
from bulkgen.sheet.shape import EXCEL_BLOCK, Shape

#: The largest file that is read (bytes).
FILE_LIMIT = 200_000_000

#: How much of the text decides the separator (characters).
_SAMPLE = 200_000

_MARKS = "has a quotation mark inside a cell, so it can't be told where that cell ends"
_PAIRED = (
    "Some quotation marks do not stand at the start of their cells; they were read as if they did, since all rows fit "
    "the header line only so."
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
        strict = _Reading(text, encoding, file_name, header_row)
        table = strict.table(tab)
        if strict.is_doubtful and _Reading(text, encoding, file_name, header_row, paired=True).fits():
            return _Reading(text, encoding, file_name, header_row, paired=True).table(tab)

        strict.refuse_doubtful_headers()
        return table
    finally:
        text.detach()  # closing the file is left to whom it belongs


def _refuse_other_files(file: BinaryIO, file_name: str) -> None:
    nature = nature_of(file.read(HEAD))
    file.seek(0)
    if nature is Nature.ZIP:
        main_part(Archive(file, file_name))  # what is no .xlsx either has to be saved as one
        raise InputError(f"{file_name} is a workbook in spite of its name. Rename it to end in .xlsx.")

    if nature is not Nature.TEXT:
        raise InputError(f"{file_name} {ADVICE[nature]}")


class _Reading:
    """One CSV on its way to being a table."""

    def __init__(
        self,
        text: io.TextIOWrapper,
        encoding: Encoding,
        file_name: str,
        header_row: int | None,
        *,
        paired: bool = False,
    ) -> None:
        """`paired`: every pair of quotation marks holds a cell together, wherever in the cell they stand."""
        self.file_name = file_name
        self.encoding = encoding
        self.wanted = header_row
        self.paired = paired
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
        self.doubt = ""
        self.doubts = Doubts(self.delimiter)
        self.is_doubtful = False

    def table(self, tab: str) -> Table:
        first = 1
        for block in self._blocks():
            if self.encoding.doubtful and not self.doubt:
                self._find_doubt(block, first)
            even = len(block) > 1 and len({len(record) or 1 for record in block}) == 1
            for number, record in enumerate(block, first):
                if self.headers:
                    self._take_row(record, number, even=even)
                elif self.wanted in (None, number):
                    self._take_headers(record, number, block)
            first += len(block)
        if not self.headers:
            raise InputError(self._no_headers(first - 1))

        self._judge()
        return Table(tab, self.headers, tuple(self.rows), self.header_at, self._notes(), self.delimiter)

    def fits(self) -> bool:
        """Whether every row has as many cells as the header line."""
        columns = 0
        try:
            for number, record in enumerate(chain.from_iterable(self._blocks()), 1):
                if columns and any(map(str.strip, record)) and len(record) != columns:
                    return False

                if not columns and self.wanted in (None, number) and any(map(str.strip, record)):
                    columns = len(record)
        except InputError:
            return False

        return True

    def _judge(self) -> None:
        """Gives each row that can't be used its fault; where a second reading may be the right one, says so."""
        faults = self.shape.faults(self.rows)
        doubted = self.doubts.rows
        self.is_doubtful = bool(faults and doubted) or any(map(in_marks, self.headers))
        if doubted:
            faults = {at: _MARKS for at, row in enumerate(self.rows) if row.number in doubted} | faults
        for at, fault in faults.items():
            self.rows[at] = replace(self.rows[at], fault=fault)

    def refuse_doubtful_headers(self) -> None:
        if self.header_at in self.doubts.rows:
            raise InputError(
                f"{self.file_name}, row {self.header_at}: the header line {_MARKS}. Correct that line, or say which "
                "row is the header line: --header-row N."
            )

    def _take_headers(self, record: list[str], number: int, block: list[list[str]]) -> None:
        results = any(header.strip().casefold() == "result_status" for header in record)
        cells = Cells(self.meter, _guarded if results else _plain)
        headers = tuple(cells[text].text for text in record)
        if any(map(str.strip, headers)):
            self.headers, self.header_at, self.cells = headers, number, cells
            width = max(i for i, header in enumerate(headers, 1) if header.strip())
            self.shape.header(len(headers), width, block)
        elif self.wanted is not None:
            raise InputError(f"{self.file_name}: row {number} is blank, so it can't be the header line.")

    def _take_row(self, record: list[str], number: int, *, even: bool) -> None:
        """Adds the row, unless it is blank, without blanks behind the last header; `even`: see `Shape`."""
        size = len(record)
        while len(record) > len(self.headers) and not record[-1].strip():
            record.pop()
        known = self.cells
        cells = tuple([known[text] for text in record])
        if all(cell.blank for cell in cells):
            return

        self.meter.row(number, len(cells))
        self.shape.row(size, even=even)
        self.rows.append(Row(number, cells))

    def _blocks(self) -> Iterator[list[list[str]]]:
        """The records, as many at a time as Excel writes."""
        limit = csv.field_size_limit(CELL_LIMIT)
        reader: Iterator[list[str]] = csv.reader(self.lines, delimiter=self.delimiter, strict=True)
        if self.paired:
            reader = paired_records(self.lines, self.delimiter, CELL_LIMIT)
        done = 0
        try:
            while True:
                block: list[list[str]] = []
                try:
                    for record in islice(reader, EXCEL_BLOCK):
                        block.append(record)
                        if self.lines.opens or self.lines.marks % 2:
                            text = "".join(self.lines.record)
                            self.doubts.look(done + len(block), text, len(record), opens=self.lines.opens)
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
                    block.pop()  # blank lines at the end, and the end-of-file sign of DOS
                yield block
        finally:
            csv.field_size_limit(limit)

    def _find_doubt(self, block: list[list[str]], first: int) -> None:
        for number, record in enumerate(block, first):
            for cell in record:
                if not cell.isascii():
                    self.doubt = f"row {number}: {shorten(cell, 60)!r}"
                    return

    def _notes(self) -> tuple[str, ...]:
        notes = [_PAIRED] if self.paired else []
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

        return f"{self.file_name} {ADVICE[Nature.EMPTY]}"

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


def unguard(text: str) -> str:
    """Takes off the quotation mark that a results CSV puts before a text which a spreadsheet would run."""
    if text[:1] == "'" and text.lstrip("'").startswith(FORMULA_STARTS):
        return text[1:]

    return text
