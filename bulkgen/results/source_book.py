"""The person's workbook as a base for the results: how it looks, its other sheets, and nothing that could do harm.

Their file itself is never touched. Formulas are their last values; links, notes, pictures, charts, pivot tables,
macros, connections and whatever looks beyond the workbook are not in it, and what is left out is named. A workbook that
would take long, or is made to, is no base.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

from bulkgen.results.harmless import is_harmless
from bulkgen.results.other_sheets import sheet_parts
from bulkgen.texts import UNWRITABLE

#: The largest workbook that gives its look: bytes unpacked, rows and cells of all its sheets, cells that are merged.
UNPACKED_LIMIT = 120_000_000
ROWS_LIMIT = 60_000
CELLS_LIMIT = 450_000
MERGED_LIMIT = 50_000

#: What is left out where a rule looks beyond the workbook, or would mean other cells than before.
RULES = "some rules of formats and entries"

#: A formula on a further sheet whose value is not in the workbook.
_NEVER_COMPUTED = re.compile(
    rb"<(?:\w+:)?c\s(?![^>]*\bt=.str)[^>]*>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_ROW, _CELL = re.compile(rb"<(?:\w+:)?row[\s>/]"), re.compile(rb"<(?:\w+:)?c[\s>/]")
_SPAN = re.compile(rb"<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref=[\"']([A-Za-z]+)(\d+):([A-Za-z]+)(\d+)[\"']")

#: The parts of a workbook that a copy has not, and what they are called.
_LEFT_OUT = {
    "macros": re.compile(r"xl/vbaProject\.bin|xl/macrosheets/.*|xl/activeX/.*|xl/ctrlProps/.*"),
    "charts": re.compile(r"xl/(?:charts/chart|chartsheets/)[^/]*\.xml"),
    "pictures": re.compile(r"xl/media/.*"),
    "notes": re.compile(r"xl/(?:comments|threadedComments/)[^/]*.*"),
    "pivot tables": re.compile(r"xl/pivotTables/.*"),
    "slicers": re.compile(r"xl/slicers/.*"),
    "data connections": re.compile(r"xl/(?:connections\.xml|queryTables/.*|externalLinks/.*)"),
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """`book`: openpyxl's, with `sheet` in it for the results; `left_out`: what the person has and a copy has not."""

    book: Any
    sheet: Any
    left_out: tuple[str, ...]


def source_book(data: bytes, tab: str) -> Source | None:
    """The workbook with the sheet `tab`; None where it can't be a base. Never raises."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            if not _is_light(archive):
                return None

            parts = archive.namelist()
            others = [archive.read(part) for name, part in sheet_parts(archive).items() if name != tab]
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            book = _load(data)
        if tab not in {sheet.title for sheet in book.worksheets}:
            return None

        dropped = [what for what, pattern in _LEFT_OUT.items() if any(map(pattern.fullmatch, parts))]
        more = _make_harmless(book, tab)
        if any(map(_NEVER_COMPUTED.search, others)):
            more.append("the values of formulas on other sheets that were never computed (save it in Excel once)")
        if RULES not in more and any("extension is not supported" in str(each.message) for each in told):
            more.append(RULES)
        left_out = (*dropped, *more)
        return Source(book=book, sheet=book[tab], left_out=left_out)
    except Exception:  # noqa: BLE001 - a workbook of anybody's may make any library fail: then the results are plain
        return None


def _load(data: bytes) -> Any:
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(data), data_only=True, rich_text=True, keep_links=False)


def _is_light(archive: ZipFile) -> bool:
    """Whether openpyxl can read it in reasonable time and memory; it unpacks and believes whatever it is told."""
    if sum(part.file_size for part in archive.infolist()) > UNPACKED_LIMIT:
        return False

    rows = cells = merged = 0
    for part in archive.namelist():
        if not part.endswith((".xml", ".rels")):
            continue

        content = archive.read(part)
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            return False

        if _SHEET.fullmatch(part):
            rows += sum(1 for _ in _ROW.finditer(content))
            cells += sum(1 for _ in _CELL.finditer(content))
            merged += sum(map(_size, _SPAN.finditer(content)))
    return rows <= ROWS_LIMIT and cells <= CELLS_LIMIT and merged <= MERGED_LIMIT


def _size(span: re.Match[bytes]) -> int:
    """How many cells there are in a span such as `A1:C9`."""
    from openpyxl.utils import column_index_from_string

    left, top, right, bottom = (each.decode() for each in span.groups())
    wide = abs(column_index_from_string(right.upper()) - column_index_from_string(left.upper())) + 1
    return wide * (abs(int(bottom) - int(top)) + 1)


def _make_harmless(book: Any, tab: str) -> list[str]:
    """Takes out whatever could come alive; what was among it that the person may miss."""
    from openpyxl.packaging.custom import CustomPropertyList
    from openpyxl.workbook.protection import WorkbookProtection

    for chart in [*book.chartsheets]:
        book.remove(chart)
    names = {sheet.title for sheet in book.worksheets}
    locked = book[tab].protection.sheet or bool(book.security and book.security.lockStructure)
    book.template, book.security, book.custom_doc_props = False, WorkbookProtection(), CustomPropertyList()
    rules, linked, named = False, False, _keep_harmless(book.defined_names, names)
    for sheet in book.worksheets:
        sheet._charts, sheet._images, sheet._pivots = [], [], []
        sheet.legacy_drawing, sheet.sheet_view.tabSelected = None, False
        named = _keep_harmless(sheet.defined_names, names) or named
        rules = _keep_rules(sheet, names, [*book.defined_names]) or rules
        for table in [*sheet.tables.values()]:
            _calm(sheet, table)
        for cell in _cells(sheet):
            linked = linked or cell._hyperlink is not None
            cell._hyperlink = cell._comment = None
            if cell.data_type == "f":
                cell.value = None
            elif isinstance(cell._value, str) and UNWRITABLE.search(cell._value):
                cell._value = UNWRITABLE.sub("", cell._value)
    told = ((RULES, rules), ("some names of cells", named), ("links", linked), ("protection", locked))
    return [what for what, missing in told if missing]


def _cells(sheet: Any) -> Iterator[Any]:
    from openpyxl.cell.cell import Cell

    return (cell for cell in sheet._cells.values() if isinstance(cell, Cell))


def _keep_harmless(names: Any, sheets: Collection[str]) -> bool:
    """Of defined names those that mean cells of the workbook; whether any other was among them."""
    bad = [name for name, meant in names.items() if meant.hidden or not is_harmless(meant.attr_text, sheets)]
    told = [name for name in bad if not names[name].hidden]
    for name in bad:
        del names[name]
    return bool(told)


def _keep_rules(sheet: Any, sheets: Collection[str], names: Collection[str]) -> bool:
    """Of conditional formats and validations those that look at the workbook alone; whether there were others."""
    from openpyxl.formatting.formatting import ConditionalFormattingList

    kept, dropped = ConditionalFormattingList(), False
    for formats in sheet.conditional_formatting:
        for rule in formats.rules:
            if all(is_harmless(formula, sheets, names) for formula in _formulas(rule)):
                kept.add(str(formats.sqref), rule)
            else:
                dropped = True
    sheet.conditional_formatting = kept
    validations = sheet.data_validations.dataValidation
    harmless = [
        each for each in validations if all(is_harmless(f, sheets, names) for f in (each.formula1, each.formula2))
    ]
    sheet.data_validations.dataValidation = harmless
    return dropped or len(harmless) < len(validations)


def _formulas(rule: Any) -> Iterator[object]:
    yield from rule.formula
    for scale in (rule.colorScale, rule.dataBar, rule.iconSet):
        yield from (value.val for value in getattr(scale, "cfvo", ()) if value.type == "formula")


def _calm(sheet: Any, table: Any) -> None:
    """A table without the formulas of its columns; one that is fed from elsewhere is none here."""
    if table.tableType not in (None, "worksheet") or table.connectionId:
        del sheet.tables[table.name]
        return

    for column in table.tableColumns:
        column.calculatedColumnFormula = column.totalsRowFormula = None
