"""A worksheet of a workbook as a table, with the texts that the spreadsheet shows.

Which sheet is meant is asked where the file does not say it: never guessed.

The XML is read by ourselves, in one pass. openpyxl's read-only mode shows neither hidden rows nor formulas without a
value, believes the dimensions that a file claims, and unpacks its texts without bound; the second pass and the guards
that this asks for made reading take 1.85 times as long (benchmarks/read_sheets.py compares them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from bulkgen.errors import InputError
from bulkgen.model import BLANK, Cell, Row, Table, column_letters, listed
from bulkgen.sheet.cells import Meter
from bulkgen.sheet.file_type import ADVICE, HEAD, FileType, file_type_of, ole_advice
from bulkgen.sheet.xlsx.archive import Archive
from bulkgen.sheet.xlsx.book import Book, Sheet, read_book
from bulkgen.sheet.xlsx.worksheet import Line, Worksheet

Recognise = Callable[[tuple[str, ...]], bool]

#: As many sheets as are looked into for headers.
_SHEETS = 50


def read_workbook(
    file: BinaryIO,
    file_name: str,
    *,
    sheet: str | None = None,
    recognise: Recognise = lambda _headers: True,
    header_row: int | None = None,
) -> Table:
    """One worksheet: the one named, else the only visible one with cells, else the only one whose headers are ours.

    Raises `InputError` for a file that is no workbook, is damaged, or lacks that sheet.
    """
    _refuse_other_files(file, file_name)
    archive = Archive(file, file_name)
    reader = _Reader(archive, read_book(archive), header_row)
    chosen = reader.choose(sheet, recognise)
    return reader.table(chosen)


def _refuse_other_files(file: BinaryIO, file_name: str) -> None:
    head = file.read(HEAD)
    nature = file_type_of(head)
    if nature is FileType.OLE:
        raise InputError(f"{file_name} {ole_advice(head + file.read(10_000_000))}")

    if nature is FileType.TEXT:
        raise InputError(f"{file_name} is no workbook but text. If it is a CSV, rename it to end in .csv.")

    if nature is not FileType.ZIP:
        raise InputError(f"{file_name} {ADVICE[nature]}")

    file.seek(0)


class _Reader:
    """The sheets of one workbook."""

    def __init__(self, archive: Archive, book: Book, header_row: int | None) -> None:
        self.archive = archive
        self.book = book
        self.wanted = header_row
        self.visible = [sheet for sheet in book.sheets if sheet.visible]

    def choose(self, name: str | None, recognise: Recognise) -> Sheet:
        file_name = self.archive.file_name
        names = listed([repr(sheet.name) for sheet in self.visible], 20)
        if name is not None:
            for same in (str, lambda text: text.casefold().strip()):
                for sheet in self.book.sheets:
                    if same(sheet.name) == same(name):
                        return sheet

            raise InputError(f"{file_name} has no sheet {name!r}. Its sheets are: {names}.")

        if not self.visible:
            raise InputError(
                f"{file_name} has no visible sheet. Unhide one in your spreadsheet, or name it: --sheet NAME."
            )

        if len(self.visible) == 1:
            return self.visible[0]

        headers = [(sheet, self._headers_of(sheet)) for sheet in self.visible[:_SHEETS]]
        filled = [sheet for sheet, texts in headers if texts]
        ours = [sheet for sheet, texts in headers if texts and recognise(texts)]
        for fitting in (ours, filled):
            if len(fitting) == 1 and len(self.visible) <= _SHEETS:
                return fitting[0]

        raise InputError(
            f"{file_name} has {len(self.visible)} sheets. Say which one: --sheet NAME, with one of {names}."
        )

    def table(self, sheet: Sheet) -> Table:
        meter = Meter(self.archive.file_name)
        headers: tuple[str, ...] = ()
        header_at = unseen = 0
        rows: list[Row] = []
        for line in self._lines(sheet, meter):
            if headers:
                meter.row(line.number, line.columns[-1] + 1)
                rows.append(_row(line, len(headers)))
            elif self._is_header(line):
                self._check_headers(sheet, line)
                headers, header_at = _headers(line), line.number
            else:
                unseen = unseen or line.number
        if not headers:
            raise InputError(self._no_headers(sheet, unseen))

        notes: tuple[str, ...] = ()
        if unseen and self.wanted is None:
            notes = (
                f"Row {unseen} is hidden, so row {header_at} was taken for the line of headers. If the hidden one is "
                f"meant: --header-row {unseen}.",
            )
        return Table(sheet.name, headers, tuple(rows), header_at, notes, siblings=len(self.visible))

    def _lines(self, sheet: Sheet, meter: Meter) -> Iterator[Line]:
        """The rows of the sheet that are not blank."""
        for line in Worksheet(self.archive, self.book, sheet, meter).lines():
            if not all(cell.blank for cell in line.cells):
                yield line

    def _is_header(self, line: Line) -> bool:
        """The row asked for, else the first that anyone sees."""
        return not line.hidden if self.wanted is None else line.number == self.wanted

    def _check_headers(self, sheet: Sheet, line: Line) -> None:
        """A header that shows nothing would leave a column without its name."""
        for at, cell in zip(line.columns, line.cells, strict=True):
            if cell.unusable and not cell.text.strip():
                raise InputError(
                    f"{self.archive.file_name}, sheet {sheet.name!r}: the header in {column_letters(at)}{line.number} "
                    f"{cell.unusable}. If row {line.number} is not the line of headers: --header-row N."
                )

    def _headers_of(self, sheet: Sheet) -> tuple[str, ...]:
        lines = self._lines(sheet, Meter(self.archive.file_name))
        return next((_headers(line) for line in lines if self._is_header(line)), ())

    def _no_headers(self, sheet: Sheet, unseen: int) -> str:
        """`unseen`: the first row that has something in it and was not taken; 0 where there is none."""
        place = f"{self.archive.file_name}, sheet {sheet.name!r},"
        if self.wanted is not None:
            return f"{place} has nothing in row {self.wanted}, so it can't be the header line."

        if unseen:
            return (
                f"{place} has only hidden rows. Unhide them in your spreadsheet; or, if row {unseen} is the line of "
                f"headers and the rows below it are meant: --header-row {unseen} --include-hidden."
            )

        return f"{place} {ADVICE[FileType.EMPTY]}"


def _headers(line: Line) -> tuple[str, ...]:
    cells = _spread(line)
    while cells[-1].blank:
        cells.pop()
    return tuple(cell.text for cell in cells)


def _row(line: Line, columns: int) -> Row:
    extra = line.columns[-1] >= columns and any(
        not cell.blank for at, cell in zip(line.columns, line.cells, strict=True) if at >= columns
    )
    fault = "has a value to the right of the last header" if extra else ""
    return Row(line.number, tuple(_spread(line)), line.hidden, fault)


def _spread(line: Line) -> list[Cell]:
    """The cells of a row, each in its column, blanks between."""
    if line.columns[-1] + 1 == len(line.cells):
        return line.cells

    cells = [BLANK] * (line.columns[-1] + 1)
    for at, cell in zip(line.columns, line.cells, strict=True):
        cells[at] = cell
    return cells
