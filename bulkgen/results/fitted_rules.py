"""What a person set for ranges of their sheet, fitted to the shape of the results: filter, table, rules, panes.

Rules that would mean other cells than before are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from typing import Any

from bulkgen.model import column_letters
from bulkgen.results.harmless import fixed_rows, looks_at_cells, moved
from bulkgen.results.reshaped import Shape

_LAST_ROW = 1_048_576

#: More lines than this, kept in sight, would leave no room for others.
_TALLEST = 12


def fit_rules(sheet: Any, shape: Shape, headers: Sequence[str], *, shown: bool = False) -> bool:
    """Fits all of it; whether rules of conditional formats or validations had to be left out.

    `headers`: of all columns, as they stand in the sheet; `shown`: the filter hides nothing.
    """
    if shown:
        sheet.auto_filter.ref = None
        for table in sheet.tables.values():
            if table.autoFilter is not None:
                table.autoFilter.filterColumn = []
    dropped = _fit_formats(sheet, shape)
    dropped = _fit_validations(sheet, shape) or dropped
    if not _fit_tables(sheet, shape, headers):
        _fit_filter(sheet, shape, len(headers))
    _fit_panes(sheet, shape)
    _fit_print_area(sheet, shape)
    sheet.row_breaks.brk, sheet.col_breaks.brk = [], []
    sheet.scenarios = None
    return dropped


def _fit_formats(sheet: Any, shape: Shape) -> bool:
    from openpyxl.formatting.formatting import ConditionalFormattingList

    kept, dropped = ConditionalFormattingList(), False
    for formats in sheet.conditional_formatting:
        ranges = _ranges(formats.sqref, shape)
        for rule in formats.rules:
            origin = _top_left(formats.sqref)
            formulas = _fitted(rule.formula, origin, ranges, shape)
            if formulas is None or not ranges:
                dropped = dropped or bool(ranges)
                continue

            rule.formula = formulas
            kept.add(" ".join(ranges), rule)
    sheet.conditional_formatting = kept
    return dropped


def _fit_validations(sheet: Any, shape: Shape) -> bool:
    from openpyxl.worksheet.cell_range import MultiCellRange

    kept, dropped = [], False
    for each in sheet.data_validations.dataValidation:
        ranges = _ranges(each.sqref, shape)
        formulas = _fitted([each.formula1, each.formula2], _top_left(each.sqref), ranges, shape)
        if formulas is None or not ranges:
            dropped = dropped or bool(ranges)
            continue

        each.formula1, each.formula2 = formulas
        each.sqref = MultiCellRange(" ".join(ranges))
        kept.append(each)
    sheet.data_validations.dataValidation = kept
    return dropped


def _ranges(cells: Any, shape: Shape) -> list[str]:
    """Where the ranges are now, as far as they are in the person's own columns; above the headers as they were. Rows
    that are left free below the last line stay free there.
    """
    places = {place + 1: at + 1 for at, place in enumerate(shape.columns) if place is not None}
    found = []
    for each in cells.ranges:
        if each.max_row < shape.header:
            found.append(each.coord)
            continue

        rows = shape.span(each.min_row, each.max_row)
        columns = sorted(at for place, at in places.items() if each.min_col <= place <= each.max_col)
        if not columns or not (rows or each.min_row <= shape.header):
            continue

        top = each.min_row if each.min_row <= shape.header or rows is None else rows[0]
        bottom = min(_LAST_ROW, rows[1] + shape.free(each.max_row)) if rows else top
        if columns[-1] - columns[0] + 1 == len(columns):
            found.append(f"{column_letters(columns[0] - 1)}{top}:{column_letters(columns[-1] - 1)}{bottom}")
    return found


def _top_left(cells: Any) -> str:
    return f"{column_letters(min(each.min_col for each in cells.ranges) - 1)}{min(e.min_row for e in cells.ranges)}"


def _fitted(formulas: Sequence[Any], origin: str, ranges: Sequence[str], shape: Shape) -> list[Any] | None:
    """The formulas as they read at the new place; None where they would mean other cells."""
    told = [formula for formula in formulas if looks_at_cells(formula)]
    if not told or not ranges:
        return [*formulas]

    if not shape.straight or (not shape.in_place and any(map(fixed_rows, told))):
        return None

    return [moved(formula, origin, ranges[0].partition(":")[0]) for formula in formulas]


def _fit_tables(sheet: Any, shape: Shape, headers: Sequence[str]) -> bool:
    """Widens the table that the rows are in over the results; any other of this sheet stays as cells alone."""
    from openpyxl.worksheet.cell_range import CellRange
    from openpyxl.worksheet.table import TableColumn

    fits = False
    for table in [*sheet.tables.values()]:
        place = CellRange(table.ref)
        columns = [column.name for column in table.tableColumns]
        own = [*headers[place.min_col - 1 : place.max_col]]
        names = headers[place.min_col - 1 :]
        if (
            place.min_row != shape.header
            or table.headerRowCount == 0
            or table.totalsRowCount
            or not shape.straight
            or columns != own
            or place.max_col != shape.own
            or len({header.casefold() for header in names}) < len(names)
            or not all(header.strip() == header and header and header.isprintable() for header in names)
            or fits
            or not shape.rows
        ):
            del sheet.tables[table.name]
            continue

        fits = True
        table.ref = f"{column_letters(place.min_col - 1)}{shape.header}:{column_letters(len(headers) - 1)}{shape.last}"
        ids = max((column.id for column in table.tableColumns), default=0)
        added = headers[shape.own :]
        table.tableColumns = [
            *table.tableColumns,
            *(TableColumn(id=ids + number, name=header) for number, header in enumerate(added, 1)),
        ]
        if table.autoFilter is not None:
            table.autoFilter.ref = table.ref
        table.sortState = None
        sheet.auto_filter.ref = None
    return fits


def _fit_filter(sheet: Any, shape: Shape, columns: int) -> None:
    """The person's filter, over the results too; one from their headers on where they have none."""
    from openpyxl.worksheet.cell_range import CellRange
    from openpyxl.worksheet.filters import AutoFilter

    first, theirs = 1, []
    if sheet.auto_filter.ref:
        place = CellRange(sheet.auto_filter.ref)
        if place.min_row == shape.header and shape.straight:
            first, theirs = place.min_col, [copy(each) for each in sheet.auto_filter.filterColumn]
    sheet.auto_filter = AutoFilter(
        ref=f"{column_letters(first - 1)}{shape.header}:{column_letters(columns - 1)}{max(shape.last, shape.header)}",
        filterColumn=theirs,
    )


def _fit_print_area(sheet: Any, shape: Shape) -> None:
    """The person's, down to the last line; one that is not of one piece, or whose columns have moved, is none."""
    from openpyxl.worksheet.cell_range import CellRange

    area = str(sheet.print_area or "").rpartition("!")[2]
    sheet.print_area = None
    if not area or "," in area or not shape.straight or not re.fullmatch(r"[$A-Z]+[$0-9]+:[$A-Z]+[$0-9]+", area):
        return

    place = CellRange(area.replace("$", ""))
    rows = shape.span(place.min_row, place.max_row)
    bottom = min(_LAST_ROW, rows[1] + shape.free(place.max_row)) if rows else place.max_row
    if place.min_row <= shape.header and place.max_col <= shape.own:
        left, right = (column_letters(column - 1) for column in (place.min_col, place.max_col))
        sheet.print_area = f"{left}{place.min_row}:{right}{bottom}"


def _fit_panes(sheet: Any, shape: Shape) -> None:
    """The headers stay in sight, with the columns that the person keeps in sight."""
    view = sheet.sheet_view
    pane = view.pane if view.pane is not None and view.pane.state in ("frozen", "frozenSplit") else None
    columns, rows = (int(pane.xSplit or 0), int(pane.ySplit or 0)) if pane else (0, 0)
    view.topLeftCell, view.pane, view.selection = None, None, view.selection[:1]
    if rows or shape.header <= _TALLEST:
        sheet.freeze_panes = f"{column_letters(columns)}{max(shape.header, rows) + 1}"
    elif columns:
        sheet.freeze_panes = f"{column_letters(columns)}1"
