"""What a person set in a results file by hand, kept in the results that replace it: fills, letters, hidden rows, rules.

The file is read once, when its look is first wanted: before it is replaced. Invariant: where the person's sheet has a
look of its own, or bulkgen gives one (the status), that stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any

from bulkgen.model import column_letters, runs_of
from bulkgen.result_columns import HIDDEN, ResultColumn
from bulkgen.results.harmless import is_harmless, looks_at_cells
from bulkgen.results.other_sheets import load
from bulkgen.results.styles import Styles
from bulkgen.results.table import Results, Worn

_LETTERS = ("bold", "italic", "strike")


class Look:
    """The sheet `tab` of the results file at `path`, as openpyxl has it."""

    def __init__(self, path: Path, tab: str) -> None:
        self._path = path
        self._tab = tab

    @cached_property
    def sheet(self) -> Any:
        """None for a CSV, and for what can't be read."""
        try:
            return None if self._path.suffix.casefold() == ".csv" else load(self._path)[self._tab]
        except Exception:  # noqa: BLE001 - anybody's file, and only its look
            return None


class Wardrobe:
    """Puts what a person set on the lines of a results sheet; `rows`: of each line, the row that it has there.

    `found`: something of theirs was put on beside their own columns.
    """

    def __init__(self, sheet: Any, results: Results, header: int, rows: Sequence[int]) -> None:
        self._sheet = sheet
        self._results = results
        self._header = header
        self._rows = rows
        self._styles = Styles(sheet)
        self._made: dict[tuple[bytes, bytes], Any] = {}
        self.found = False
        self.left_out = False

    def dress(self, worn: Worn, *, hides: bool) -> None:
        """`hides`: lines may be hidden in the sheet. Never raises."""
        try:
            theirs = worn.look.sheet
            if theirs is not None:
                self._dress(worn, theirs, hides=hides)
        except Exception:  # noqa: BLE001 - a workbook of anybody's may make any library fail, and is only for the look
            self.left_out = True

    def _dress(self, worn: Worn, theirs: Any, *, hides: bool) -> None:
        self._dress_added(worn, theirs)
        self._paint(worn, theirs)
        self._hide_columns(worn, theirs)
        if hides:
            self._hide_rows(worn, theirs)
        self._take_rules(worn, theirs)

    # Cells --------------------------------------------------------------------------------------------------------

    def _dress_added(self, worn: Worn, theirs: Any) -> None:
        """Columns that a person added look as they do in the file they were added to."""
        places = [(self._header, worn.header_row), *zip(self._rows, worn.rows, strict=True)]
        for at in sorted(worn.added):
            found = _dimension(theirs, worn.columns[at])
            if found is not None:
                self._sheet.column_dimensions[column_letters(at)].width = found.width
            for row, place in places:
                cell = theirs._cells.get((place, (worn.columns[at] or 0) + 1)) if place else None
                if cell is not None and cell.has_style:
                    self._styles.copy(cell, self._sheet.cell(row, at + 1))

    def _paint(self, worn: Worn, theirs: Any) -> None:
        """Fills where there is none, and letters as the person wants them, on their cells and on ours."""
        known: dict[bytes, bool] = {b"": False}
        columns = [
            (at + 1, column + 1)
            for at, column in enumerate(worn.columns)
            if column is not None and at not in worn.added and self._results.headers[at] != ResultColumn.STATUS
        ]

        def is_set(found: Any) -> bool:
            style = _style(found)
            if style not in known:
                known[style] = _is_set(found)
            return known[style]

        for row, place in zip(self._rows, worn.rows, strict=True):
            whole = theirs.row_dimensions[place] if place and place in theirs.row_dimensions else None
            whole = whole if whole is not None and is_set(whole) else None
            for at, column in columns if place else ():
                cell = theirs._cells.get((place, column), whole)
                if cell is not None and hasattr(cell, "_style") and is_set(cell):
                    self._put_on(self._sheet.cell(row, at), cell)

    def _put_on(self, made: Any, theirs: Any) -> None:
        key = _style(made), _style(theirs)
        if key not in self._made:
            if not _filled(made) and _filled(theirs):
                made.fill = copy(theirs.fill)
            letters: dict[str, Any] = {
                name: True for name in _LETTERS if getattr(theirs.font, name) and not getattr(made.font, name)
            }
            if _colour(theirs.font) and not _colour(made.font):
                letters["color"] = theirs.font.color
            if letters:
                font = copy(made.font)
                for name, value in letters.items():
                    setattr(font, name, value)
                made.font = font
            self._made[key] = copy(made._style)
            self.found = self.found or _style(made) != key[0]
        made._style = copy(self._made[key])

    # Rows and columns ---------------------------------------------------------------------------------------------

    def _hide_rows(self, worn: Worn, theirs: Any) -> None:
        """Where the person hid a line in the results, or showed one, that stays; the line says what their sheet did."""
        error = worn.columns[self._results.headers.index(ResultColumn.ERROR)]
        for row, place in zip(self._rows, worn.rows, strict=True):
            if not place:
                continue

            said = theirs._cells.get((place, error + 1)) if error is not None else None
            was = HIDDEN in str(getattr(said, "value", "") or "")
            hidden = place in theirs.row_dimensions and bool(theirs.row_dimensions[place].hidden)
            if hidden != was and hidden != bool(self._sheet.row_dimensions[row].hidden):
                self._sheet.row_dimensions[row].hidden = hidden
                self.found = True

    def _hide_columns(self, worn: Worn, theirs: Any) -> None:
        for at, column in enumerate(worn.columns):
            found = _dimension(theirs, column)
            letters = column_letters(at)
            known = letters in self._sheet.column_dimensions and self._sheet.column_dimensions[letters].hidden
            if column is not None and (found is not None and found.hidden) != bool(known):
                self._sheet.column_dimensions[letters].hidden = not known
                self.found = True

    # Rules --------------------------------------------------------------------------------------------------------

    def _take_rules(self, worn: Worn, theirs: Any) -> None:
        """What the person set for columns that they added: lists of entries, conditional formats."""
        from openpyxl.worksheet.cell_range import MultiCellRange

        if not worn.added:
            return

        for each in theirs.data_validations.dataValidation:
            ranges = self._ranges(each.sqref, worn)
            if ranges and self._may_stand((each.formula1, each.formula2), worn):
                made = copy(each)
                made.sqref = MultiCellRange(" ".join(ranges))
                self._sheet.data_validations.dataValidation.append(made)
        for formats in theirs.conditional_formatting:
            ranges = self._ranges(formats.sqref, worn)
            for rule in formats.rules if ranges else ():
                if self._may_stand(rule.formula, worn):
                    self._sheet.conditional_formatting.add(" ".join(ranges), copy(rule))

    def _may_stand(self, formulas: Sequence[Any], worn: Worn) -> bool:
        """Whether they are harmless, and mean the same cells as before: those of the same columns, in rows that go on
        in the same order."""
        book = self._sheet.parent
        stands = all(is_harmless(each, book.sheetnames, [*book.defined_names]) for each in formulas)
        if stands and any(map(looks_at_cells, formulas)):
            same = all(column in (None, at) for at, column in enumerate(worn.columns))
            stands = same and worn.header_row == self._header
        self.left_out = self.left_out or not stands
        return stands

    def _ranges(self, cells: Any, worn: Worn) -> list[str]:
        """Where these cells are now, of rules for columns that were added; [] for those of other columns alone."""
        last = max((place for place in worn.rows if place), default=worn.header_row)
        found = []
        for each in cells.ranges:
            columns = [at for at, column in enumerate(worn.columns) if column is not None
                       and each.min_col <= column + 1 <= each.max_col]  # fmt: skip
            if worn.added.isdisjoint(columns):
                continue

            for top, bottom in self._spans(each.min_row, each.max_row, last, worn):
                for left, right in runs_of(columns):
                    found.append(f"{column_letters(left)}{top}:{column_letters(right)}{bottom}")
        return found

    def _spans(self, top: int, bottom: int, last: int, worn: Worn) -> Iterator[tuple[int, int]]:
        here = max(self._rows, default=self._header)
        if top <= worn.header_row + 1 and bottom >= last:  # all lines, and the rows that are left free below them
            first = min(top - worn.header_row, 1) + self._header
            yield max(1, first), min(1_048_576, here + bottom - last)
            return

        rows = [row for row, place in zip(self._rows, worn.rows, strict=True) if place and top <= place <= bottom]
        yield from runs_of(sorted(rows))


def _dimension(sheet: Any, column: int | None) -> Any:
    """What is set for a column (an index), which openpyxl knows by the first of those that are set alike."""
    dimensions: Callable[[], Iterator[Any]] = sheet.column_dimensions.values
    return next((each for each in dimensions() if column is not None and each.min <= column + 1 <= each.max), None)


def _style(found: Any) -> bytes:
    """By which looks are told apart; of a cell that never had any nothing."""
    return bytes(found._style) if found.has_style else b""


def _is_set(found: Any) -> bool:
    return _filled(found) or _colour(found.font) or any(getattr(found.font, name) for name in _LETTERS)


def _filled(found: Any) -> bool:
    return getattr(found.fill, "fill_type", "gradient") is not None


def _colour(font: Any) -> bool:
    """Whether the letters have a colour that is not the usual black."""
    colour = font.color
    if colour is None or colour.type in ("auto", "indexed"):
        return False

    return bool(colour.theme != 1) if colour.type == "theme" else colour.rgb not in ("FF000000", "00000000")
