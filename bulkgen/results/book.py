"""A results workbook: the person's own sheet as it looks, with the results at its right, and a summary in front.

Without a workbook of theirs, or with one that would take too long, the lines stand in a plain sheet. Whatever a person
added to the workbook that is replaced, sheets and columns, is in it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bulkgen.model import Cell, column_letters
from bulkgen.result_columns import is_result, with_headings
from bulkgen.results.book_sheets import Before, add_mail, add_summary, carry
from bulkgen.results.fitted_rules import fit_rules
from bulkgen.results.mail_sheet import Texts, is_mail
from bulkgen.results.mailing import Mailing
from bulkgen.results.other_sheets import above_digest, load, name_digest, sheet_digest
from bulkgen.results.paint import Paint, clickable, first_of_ours, height_of, width_of
from bulkgen.results.reshaped import merge_again, reshape, shape_of
from bulkgen.results.source_book import CELLS_LIMIT, RULES, Source, source_book
from bulkgen.results.summary import Summary
from bulkgen.results.summary_sheet import is_summary
from bulkgen.results.table import Results
from bulkgen.results.workbook import XLSX_LINES, bold_font, legal_title, put, put_text, widths
from bulkgen.results.worn import Wardrobe

#: What a copy of a large workbook has not.
_NO_LOOK = "the look of your sheet (it is too large for that, or made in a way that can't be copied)"


class ResultsBook:
    """The workbook, filled. `source`: the person's, b"" for none; `carried`: the sheets of the workbook `standing`
    that a person added or changed, `extended` that to which they only added columns; `elsewhere`: the mail merges of
    other workbooks, for what a person noted there; `summary`: what stands in front,
    `mailing`: who stands behind the lines, None for nothing; `whole`: the lines are all that the person's sheet has,
    else one follows the other and none is hidden.

    `dressed`: it looks like theirs. `has_look`: it has what a person set by hand in the results that stand there.
    `rows`: of each line, the row that it has. `left_out`: what the person's workbook has and this one has not.
    `others`: digests of what bulkgen wrote besides the lines. `carried`: the names that the carried sheets have in it,
    `moved` those that have another now, by the earlier, `extended` that of the one that has a person's columns again.
    """

    def __init__(
        self,
        results: Results,
        *,
        source: bytes = b"",
        summary: Summary | None = None,
        mailing: Mailing | None = None,
        standing: Path | None = None,
        carried: Sequence[str] = (),
        extended: Sequence[str] = (),
        elsewhere: Sequence[Sequence[Texts]] = (),
        whole: bool = True,
    ) -> None:
        self._results = results
        self._whole = whole
        self._headers = with_headings(results.headers)
        self._clickable = clickable(results)
        self.has_look = False
        light = len(results.lines) * len(results.headers) <= CELLS_LIMIT
        base = source_book(source, results.name) if source and light else None
        self.left_out: tuple[str, ...] = ()
        self.rows: Sequence[int] = range(2, len(results.lines) + 2)
        if base is None or not self._is_dressed(base):
            self.left_out = (_NO_LOOK,) if source else ()
            self._book, self._sheet = _blank(results, whole=bool(carried or (light and results.worn)))
            self._fill()
        self.dressed = self._sheet is (base.sheet if base else None)
        self.others: tuple[str, ...] = ()
        self.carried: tuple[str, ...] = ()
        self.moved: dict[str, str] = {}
        self.extended: tuple[str, ...] = ()
        theirs = load(standing) if standing and (carried or extended) else None
        before = Before(theirs=theirs, extended=extended, carried=carried, elsewhere=elsewhere)
        self._surround(summary, mailing, before)
        self._book.active = 0
        self._book.worksheets[0].sheet_view.tabSelected = True

    def save(self, path: Path) -> None:
        self._book.save(path)

    # The lines ----------------------------------------------------------------------------------------------------

    def _is_dressed(self, base: Source) -> bool:
        """Makes the lines in the person's sheet; False where it is of a kind in which they can't be made."""
        self._book, self._sheet, self.left_out = base.book, base.sheet, base.left_out
        try:
            self._dress(base)
        except Exception:  # noqa: BLE001 - a workbook of anybody's may make any library fail, and is only for the look
            self.rows = range(2, len(self._results.lines) + 2)
            return False

        return True

    def _dress(self, base: Source) -> None:
        """The person's sheet, its lines in their places and ours beside them."""
        results, sheet = self._results, base.sheet
        shape = shape_of(results.header_row, results.rows, results.columns, whole=self._whole)
        self.rows = shape.rows
        for other in [*base.book.worksheets]:
            if other is not sheet and (is_summary(other) or is_mail(other)):
                base.book.remove(other)
        merged = reshape(sheet, shape, shown=not self._whole)
        first = first_of_ours(results.headers)
        paint = Paint(lambda: _scratch(sheet), base.book._fonts[0])
        self._head_dressed(paint, first, shape.header)
        self._line_dressed(paint, first, shape.rows)
        for at, name in enumerate(results.headers):
            if results.columns[at] is None:
                ours = width_of(results, at, self._headers[at]) if is_result(name) else 24.0
                sheet.column_dimensions[column_letters(at)].width = ours
        merge_again(sheet, shape, merged)
        sheet.protection.disable()
        if fit_rules(sheet, shape, self._headers, shown=not self._whole):
            self.left_out = (*dict.fromkeys((*self.left_out, RULES)),)
        self._keep_look(shape.header, shape.rows)

    def _head_dressed(self, paint: Paint, first: int, row: int) -> None:
        theirs = next((cell for _, cell in sorted(self._sheet._cells.items()) if cell.row == row), None)
        for at, header in enumerate(self._headers):
            if self._results.columns[at] is not None:
                continue

            made = self._sheet.cell(row, at + 1)
            put_text(made, header)
            if is_result(self._results.headers[at]):
                paint.head(made, first=at == first, beside=theirs.alignment if theirs is not None else None)

    def _line_dressed(self, paint: Paint, first: int, rows: Sequence[int]) -> None:
        results, sheet = self._results, self._sheet
        ours = [is_result(name) for name in results.headers]
        for row, line in zip(rows, results.lines, strict=True):
            self._raise(row, height_of(results, line, sheet.parent._fonts[0]))
            for at, cell in enumerate(line):
                known = sheet._cells.get((row, at + 1))
                if cell.value is None and not cell.text:
                    if known is not None:
                        known._value, known.data_type = None, "n"
                    elif at == first:
                        paint.line(sheet.cell(row, at + 1), results.headers[at], cell, first=True, linked=False)
                    continue

                made = known if known is not None else sheet.cell(row, at + 1)
                if not _has(made, cell):
                    put(made, cell)
                if ours[at]:
                    linked = at in self._clickable
                    paint.line(made, results.headers[at], cell, first=at == first, linked=linked)

    def _raise(self, row: int, height: float | None) -> None:
        """A row is as high as its text needs, and never lower than the person wants it."""
        if height is not None:
            theirs = self._sheet.row_dimensions[row].height if row in self._sheet.row_dimensions else None
            self._sheet.row_dimensions[row].height = max(height, theirs or 0.0)

    def _keep_look(self, header: int, rows: Sequence[int]) -> None:
        """What a person set by hand in the results files that these take the place of."""
        wardrobe = Wardrobe(self._sheet, self._results, header, rows)
        for worn in self._results.worn:
            wardrobe.dress(worn, hides=self._whole)
        self.has_look = wardrobe.found
        if wardrobe.left_out:
            self.left_out = (*dict.fromkeys((*self.left_out, RULES)),)

    def _fill(self) -> None:
        """A plain sheet, line by line."""
        results, sheet = self._results, self._sheet
        first, own = first_of_ours(results.headers), [not is_result(name) for name in results.headers]
        sheet.freeze_panes = "A2"
        for index, width in enumerate(widths(self._headers, results.lines[:50])):
            ours = width_of(results, index, self._headers[index]) if is_result(results.headers[index]) else width
            sheet.column_dimensions[column_letters(index)].width = ours
        last = column_letters(len(results.headers) - 1)
        sheet.auto_filter.ref = f"A1:{last}{min(len(results.lines), XLSX_LINES - 1) + 1}"
        bold = bold_font()
        paint = Paint(lambda: _scratch(sheet), bold)

        def header(at: int, text: str) -> Any:
            made = _scratch(sheet)
            put_text(made, text)
            if is_result(results.headers[at]):
                paint.head(made, first=at == first)
            else:
                made.font = bold
            return made

        def cells(line: Sequence[Cell]) -> Iterator[Any]:
            for at, cell in enumerate(line):
                if cell.value is None and not cell.text and at != first:
                    yield None
                    continue

                made = _scratch(sheet)
                put(made, cell)
                if not own[at]:
                    linked = at in self._clickable
                    paint.line(made, results.headers[at], cell, first=at == first, linked=linked)
                yield made

        sheet.append([header(at, text) for at, text in enumerate(self._headers)])
        for row, line in enumerate(results.lines[: XLSX_LINES - 1], 2):
            self._raise(row, height_of(results, line, bold))
            sheet.append([*cells(line)])
        if not self._book.write_only:
            self._keep_look(1, self.rows)

    # What stands beside them --------------------------------------------------------------------------------------

    def _surround(self, summary: Summary | None, mailing: Mailing | None, before: Before) -> None:
        """The other sheets, with the digests of all that bulkgen writes here besides the lines."""
        book, digests = self._book, []
        if not book.write_only:
            digests = [sheet_digest(sheet) for sheet in book.worksheets if sheet is not self._sheet]
            digests.append(above_digest(self._sheet, self._results.header_row if self.dressed else 1))
        if summary is not None:
            digests.append(add_summary(book, summary))
        mail = add_mail(book, self._sheet, mailing, before)
        names = (*before.carried, *mail.kept)
        self.carried = carry(book, self._sheet, before.theirs, names)
        self.moved = {name: title for name, title in zip(names, self.carried, strict=True) if name != title}
        self.extended = mail.extended
        self.others = tuple(each for each in (*digests, *mail.digests) if not _is_of(each, self.carried))


def _blank(results: Results, *, whole: bool) -> tuple[Any, Any]:
    """A workbook with one sheet; `whole`: it is kept in memory, so that sheets can be copied into it."""
    from openpyxl import Workbook

    book = Workbook(write_only=not whole)
    if whole:
        book.remove(book.worksheets[0])
    return book, book.create_sheet(legal_title(results.name))


def _has(made: Any, cell: Cell) -> bool:
    """Whether the cell has this value already; a text may have several looks."""
    if cell.unusable:
        return False

    if isinstance(cell.value, str) or cell.value is None:
        return made.data_type == "s" and isinstance(made._value, str | list) and str(made._value) == cell.text

    return made.data_type != "s" and type(made._value) is type(cell.value) and made._value == cell.value


def _scratch(sheet: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    return WriteOnlyCell(sheet)


def _is_of(digest: str, names: Iterable[str]) -> bool:
    return digest.partition(":")[0] in {name_digest(name) for name in names}
