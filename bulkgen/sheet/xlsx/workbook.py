"""A worksheet of a workbook as a table, with the texts that the spreadsheet shows.

Which sheet is meant is asked where the file does not say it: never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from bulkgen.errors import InputError, SheetUnclear
from bulkgen.model import BLANK, Cell, Row, Table, column_letters, listed
from bulkgen.sheet.cells import Meter
from bulkgen.sheet.companions import SETTINGS, accompanies, is_title, may_accompany
from bulkgen.sheet.file_type import ADVICE, HEAD, FileType, file_type_of, ole_advice
from bulkgen.sheet.xlsx.archive import Archive
from bulkgen.sheet.xlsx.book import Book, Sheet, main_part, read_book, sheet_names
from bulkgen.sheet.xlsx.worksheet import SparseRow, Worksheet

Recognise = Callable[[tuple[str, ...]], bool]

#: As many sheets as are looked into for headers.
_SHEETS = 50

#: As many filled rows may stand above headers that are known for sure.
_TITLES = 30


def read_workbook(
    file: BinaryIO,
    file_name: str,
    *,
    sheet: str | None = None,
    recognise: Recognise | None = None,
    surely: Recognise = lambda _headers: False,
    header_row: int | None = None,
) -> Table:
    """One worksheet: the one named, else the only visible one with cells, else the only one whose headers are ours.

    Sheets that accompany the others (`companions`) are not chosen unless they are named. `surely` knows headers that
    no other line can have: they count below any titles, and their sheet is meant before others that are ours.

    Raises `InputError` for a file that is no workbook, is damaged, or lacks that sheet.
    """
    _refuse_other_files(file, file_name)
    archive = Archive(file, file_name)
    reader = _Reader(archive, read_book(archive), header_row, recognise, surely)
    chosen = reader.choose(sheet)
    return reader.table(chosen)


def read_settings_sheet(file: BinaryIO, file_name: str) -> Table | None:
    """The sheet `Settings` of settings and their values, where the workbook has one; nothing else of it is read.

    Raises `InputError` where that sheet is damaged.
    """
    try:
        _refuse_other_files(file, file_name)
        archive = Archive(file, file_name)
        names = sheet_names(archive)
    except InputError:
        return None  # what is wrong with it is told by who reads the rows

    if not any(is_title(name, SETTINGS) for name in names):
        return None

    reader = _Reader(archive, read_book(archive))
    settings = (sheet for sheet in reader.book.sheets if is_title(sheet.name, SETTINGS) and reader.accompanies(sheet))
    return next((reader.table(sheet) for sheet in settings), None)


def check_workbook(file: BinaryIO, file_name: str) -> None:
    """Raises `InputError` for a ZIP that is no workbook, saying what it is."""
    main_part(Archive(file, file_name))


def _refuse_other_files(file: BinaryIO, file_name: str) -> None:
    head = file.read(HEAD)
    file_type = file_type_of(head)
    if file_type is FileType.OLE:
        raise InputError(f"{file_name} {ole_advice(head + file.read(10_000_000))}")

    if file_type is FileType.TEXT:
        raise InputError(f"{file_name} is no workbook but text. If it is a CSV, rename it to end in .csv.")

    if file_type is not FileType.ZIP:
        raise InputError(f"{file_name} {ADVICE[file_type]}")

    file.seek(0)


class _Reader:
    """The sheets of one workbook."""

    def __init__(
        self,
        archive: Archive,
        book: Book,
        header_row: int | None = None,
        recognise: Recognise | None = None,
        surely: Recognise = lambda _headers: False,
    ) -> None:
        self.archive = archive
        self.book = book
        self.wanted = header_row
        self._recognise = recognise
        self._surely = surely
        visible = [sheet for sheet in book.sheets if sheet.visible]
        #: But for those that only accompany the others.
        self.visible = [sheet for sheet in visible if not self.accompanies(sheet)] or visible

    def choose(self, name: str | None) -> Sheet:
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
        surely = [sheet for sheet, texts in headers if self._surely(texts)]
        ours = [sheet for sheet, texts in headers if texts and (self._recognise is None or self._recognise(texts))]
        for fitting in (surely, ours, filled):
            if len(fitting) == 1 and len(self.visible) <= _SHEETS:
                return fitting[0]

        raise SheetUnclear(
            f"{file_name} has {len(self.visible)} sheets. Say which one: --sheet NAME, with one of {names}.",
            [sheet.name for sheet in self.visible],
        )

    def table(self, sheet: Sheet) -> Table:
        meter = Meter(self.archive.file_name)
        headers: tuple[str, ...] = ()
        header_at = unseen = 0
        rows: list[Row] = []
        for row in self._filled(sheet, meter):
            if headers and len(rows) < _TITLES and self._are_better(row, headers, rows):
                headers, header_at, rows = _headers(row), row.number, []
            elif headers:
                meter.row(row.number, row.columns[-1] + 1)
                rows.append(_in_full(row, len(headers)))
            elif self._is_header(row):
                self._check_headers(sheet, row)
                headers, header_at = _headers(row), row.number
            else:
                unseen = unseen or row.number
        if not headers:
            raise InputError(self._no_headers(sheet, unseen))

        notes: tuple[str, ...] = ()
        if unseen and self.wanted is None:
            notes = (
                f"Row {unseen} is hidden, so row {header_at} was taken for the line of headers. If the hidden one is "
                f"meant: --header-row {unseen}.",
            )
        return Table(sheet.name, headers, tuple(rows), header_row=header_at, notes=notes, siblings=len(self.visible))

    def _filled(self, sheet: Sheet, meter: Meter) -> Iterator[SparseRow]:
        """The rows of the sheet that are not blank."""
        for row in Worksheet(self.archive, self.book, sheet, meter).rows():
            if not all(cell.blank for cell in row.cells):
                yield row

    def _are_better(self, row: SparseRow, headers: Sequence[str], above: Sequence[Row]) -> bool:
        """Whether these are surely the headers, and what stands above them can only be titles."""
        if self.wanted is not None or row.hidden or not self._surely(_headers(row)) or self._surely(tuple(headers)):
            return False

        if self._recognise is not None and self._recognise(tuple(headers)):
            return False

        filled = sum(not cell.blank for cell in row.cells)
        widest = max((sum(not cell.blank for cell in each.cells) for each in above), default=0)
        return filled > max(widest, sum(bool(header.strip()) for header in headers))

    def _is_header(self, row: SparseRow) -> bool:
        """The row asked for, else the first that anyone sees."""
        return not row.hidden if self.wanted is None else row.number == self.wanted

    def _check_headers(self, sheet: Sheet, row: SparseRow) -> None:
        """A header that shows nothing would leave a column without its name."""
        for at, cell in zip(row.columns, row.cells, strict=True):
            if cell.unusable and not cell.text.strip():
                raise InputError(
                    f"{self.archive.file_name}, sheet {sheet.name!r}: the header in {column_letters(at)}{row.number} "
                    f"{cell.unusable}. If row {row.number} is not the line of headers: --header-row N."
                )

    def _headers_of(self, sheet: Sheet) -> tuple[str, ...]:
        filled = self._filled(sheet, Meter(self.archive.file_name))
        found = [_headers(row) for row in islice(filter(self._is_header, filled), 1 if self.wanted else _TITLES)]
        return next(filter(self._surely, found), found[0] if found else ())

    def accompanies(self, sheet: Sheet) -> bool:
        """Whether the sheet holds no rows, but something for the sake of others."""
        if not may_accompany(sheet.name):
            return False

        first = next(self._filled(sheet, Meter(self.archive.file_name)), None)
        return first is not None and accompanies(sheet.name, _headers(first))

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


def _headers(row: SparseRow) -> tuple[str, ...]:
    cells = [*_spread(row)]
    while cells[-1].blank:
        cells.pop()
    return tuple(cell.text for cell in cells)


def _in_full(row: SparseRow, columns: int) -> Row:
    extra = row.columns[-1] >= columns and any(
        not cell.blank for at, cell in zip(row.columns, row.cells, strict=True) if at >= columns
    )
    unusable = "has a value to the right of the last header" if extra else ""
    return Row(row.number, tuple(_spread(row)), hidden=row.hidden, unusable=unusable)


def _spread(row: SparseRow) -> list[Cell]:
    """The cells of a row, each in its column, blanks between."""
    if row.columns[-1] + 1 == len(row.cells):
        return row.cells

    cells = [BLANK] * (row.columns[-1] + 1)
    for at, cell in zip(row.columns, row.cells, strict=True):
        cells[at] = cell
    return cells
