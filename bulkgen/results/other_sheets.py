"""The further worksheets of a results workbook: those that a person added or changed are carried over.

What bulkgen writes beside the lines (a summary, the person's other sheets, what stands above the headers) is known
again by digests. What can't be carried (notes, pictures, formulas among the results …) is named: such a workbook is
left as it is. The workbook has been read by the reader of sheets before, so it is a sound one.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from bulkgen.result_columns import SUMMARY_TITLES
from bulkgen.results.mark import plain
from bulkgen.results.styles import Styles

#: The parts of a workbook that hold cells, and how they look; of each other part, what it holds.
_PLAIN = re.compile(
    r"\[Content_Types\]\.xml|_rels/.*|doc\w+/.*|customXml/.*|xl/_rels/.*|xl/theme/.*|xl/printerSettings/.*|"
    r"xl/persons/.*|xl/(?:workbook|styles|sharedStrings|calcChain|metadata)\.xml|xl/worksheets/.*|xl/tables/.*|"
    r"xl/charts/(?:style|colors)\d+\.xml|xl/(?:charts|drawings)/_rels/.*"
)
_HOLDS = {
    "comment": "notes",
    "drawing": "pictures, drawings or charts",
    "chart": "pictures, drawings or charts",
    "media": "pictures",
    "pivot": "pivot tables",
}

_DRAWING = re.compile(r"xl/drawings/drawing\d+\.xml")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")

#: As some programs write the two truth values.
_TRUTHS = {"TRUE()": "true", "FALSE()": "false"}

#: What a sheet may have beyond the format's first edition, that openpyxl does not read; of these, what is drawn of
#: conditional formats is there in plain too.
_EXTENSION = re.compile(rb"<(?:[\w.-]+:)?ext\s[^>]*?\buri=[\"']([^\"']*)[\"']")
_DRAWN = b"{78C0D931-6437-407D-A8EE-F0AAD7539E65}"


@dataclass(frozen=True, kw_only=True)
class Others:
    """`carried`: the sheets that a person added or changed; `above`: so was what stands above the headers."""

    carried: tuple[str, ...] = ()
    above: bool = False


def load(path: Path) -> Any:
    """The workbook as openpyxl has it."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(path, rich_text=True)


def sheet_names(path: Path) -> list[str]:
    """The names of the worksheets. None for a CSV."""
    if path.suffix.casefold() == ".csv":
        return []

    with ZipFile(path) as archive:
        return [*sheet_parts(archive)]


def find_others(path: Path, tab: str, header_row: int, known: Collection[str], *, unchanged: bool) -> Others:
    """What a person added to the workbook, or changed in it, beside the lines in its sheet `tab`.

    `known`: the digests of what bulkgen wrote there; `unchanged`: since then nobody has.
    """
    names = [name for name in sheet_names(path) if name != tab]
    ours = {digest.partition(":")[0] for digest in known}
    if unchanged:
        return Others(carried=tuple(name for name in names if name_digest(name) not in ours))

    if not names and header_row == 1:
        return Others()

    book = load(path)
    carried = tuple(sheet.title for sheet in book.worksheets if sheet.title != tab and sheet_digest(sheet) not in known)
    return Others(carried=carried, above=above_digest(book[tab], header_row) not in {*known, _digest("", [])})


def beyond_cells(path: Path, tab: str, carried: Iterable[str] = ()) -> str:
    """What a workbook, with results in its sheet `tab`, holds that can't be carried over; "" for nothing or a CSV.

    `carried`: the names of its sheets that are to be.
    """
    if path.suffix.casefold() == ".csv":
        return ""

    with ZipFile(path) as archive:
        ours = _of_summary(archive)
        for part in archive.namelist():
            if (
                not _PLAIN.fullmatch(part)
                and not part.endswith("/")
                and part not in ours
                and not _is_empty(archive, part)
            ):
                return next((words for name, words in _HOLDS.items() if name in part.casefold()), "more than cells")

        sheets = sheet_parts(archive)
        if tab not in sheets or _has_formulas(archive.read(sheets[tab])):
            return "formulas"

        parts = (archive.read(sheets[name]) for name in carried if name in sheets)
        return "more than cells" if any(map(_is_extended, parts)) else ""


def _has_formulas(sheet: bytes) -> bool:
    """Whether a cell of the sheet has a formula; those of rules and the two truth values are none."""
    if not _FORMULA.search(sheet):
        return False

    for _, cell in ElementTree.iterparse(io.BytesIO(sheet)):
        space, _, name = cell.tag.rpartition("}")
        if name == "c":
            formula = cell.find(f"{space}}}f" if space else "f")
            if formula is not None and (formula.text or "").strip().upper() not in _TRUTHS:
                return True

            cell.clear()
    return False


def _is_extended(sheet: bytes) -> bool:
    return any(uri.upper() != _DRAWN for uri in _EXTENSION.findall(sheet))


def _is_empty(archive: ZipFile, part: str) -> bool:
    """Whether the part is a drawing on which there is nothing, as LibreOffice leaves it in sheets with a filter."""
    return _DRAWING.fullmatch(part) is not None and b"Anchor" not in archive.read(part)


def transplant(theirs: Any, made: Any) -> None:
    """Fills the new worksheet `made` with a sheet of another workbook: cells, looks, sizes, rules, filter and panes."""
    styles = Styles(made)
    for cells in theirs.merged_cells.ranges:
        made.merge_cells(cells.coord)
    for (row, column), cell in theirs._cells.items():
        if hasattr(cell, "_value"):  # not covered by a merged one
            new = made.cell(row, column)
            new._value, new.data_type = cell._value, cell.data_type
            new._hyperlink = copy(cell.hyperlink)
            if cell.has_style:
                styles.copy(cell, new)
    _take_sizes(theirs.row_dimensions, made.row_dimensions)
    _take_sizes(theirs.column_dimensions, made.column_dimensions)
    for formats in theirs.conditional_formatting:
        for rule in formats.rules:
            made.conditional_formatting.add(str(formats.sqref), rule)
    made.data_validations = copy(theirs.data_validations)
    made.auto_filter = copy(theirs.auto_filter)
    made.views = copy(theirs.views)
    made.sheet_view.tabSelected = False
    made.sheet_format, made.sheet_properties = copy(theirs.sheet_format), copy(theirs.sheet_properties)
    made.page_setup, made.page_margins = copy(theirs.page_setup), copy(theirs.page_margins)
    made.sheet_state = theirs.sheet_state
    for table in theirs.tables.values():
        made.add_table(copy(table))


def _take_sizes(theirs: Any, made: Any) -> None:
    for key, found in theirs.items():
        for name in ("height", "width", "hidden", "outlineLevel", "min", "max"):
            if getattr(found, name, None) is not None:
                setattr(made[key], name, getattr(found, name))


def name_digest(name: str) -> str:
    return hashlib.sha256(name.casefold().encode("utf-8", "replace")).hexdigest()[:12]


def sheet_digest(sheet: Any) -> str:
    """Of the name and the cells of a worksheet of openpyxl's, whatever program has saved it."""
    return _digest(sheet.title, _values(sheet))


def texts_digest(name: str, lines: Iterable[Sequence[str]]) -> str:
    """The same, of a sheet that has these texts from its first cell on."""
    places = (((row, at), text) for row, line in enumerate(lines, 1) for at, text in enumerate(line, 1))
    return _digest(name, places)


def left_digest(name: str, sheet: Any, width: int) -> str:
    """The same, of the first `width` columns of a worksheet of openpyxl's, under this name."""
    return _digest(name, ((place, value) for place, value in _values(sheet) if place[1] <= width))


def above_digest(sheet: Any, header_row: int) -> str:
    """Of what stands above the headers of the lines."""
    return _digest("", ((place, value) for place, value in _values(sheet) if place[0] < header_row))


def _values(sheet: Any) -> Iterator[tuple[tuple[int, int], object]]:
    return ((place, cell.value) for place, cell in sheet._cells.items())


def _digest(name: str, values: Iterable[tuple[tuple[int, int], object]]) -> str:
    told = sorted((place, text) for place, value in values for text in [value_text(value)] if text)
    return f"{name_digest(name)}:{hashlib.sha256(repr(told).encode()).hexdigest()[:12]}"


def value_text(value: object) -> str:
    """A value as every program writes it."""
    if value is None:
        return ""

    if isinstance(value, bool):
        return str(value).casefold()

    if isinstance(value, int | float):
        return plain(f"{value:.12g}")

    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        text = value.isoformat(**({} if type(value) is datetime.date else {"timespec": "seconds"}))
        return text.removesuffix("T00:00:00")

    text = str(value)
    return _TRUTHS.get(text.removeprefix("=").upper()) or plain(text.replace("_x005F_", "_"))


def sheet_parts(archive: ZipFile) -> dict[str, str]:
    """The parts of a workbook's sheets, by their names."""
    parts = _linked(archive, "xl/workbook.xml")
    found = {}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            link = next((value for key, value in element.items() if key.endswith("}id")), "")
            found[element.get("name", "")] = parts.get(link, "")
    return found


def _of_summary(archive: ZipFile) -> frozenset[str]:
    """The parts of the one chart that the summary has."""
    sheet = next((part for name, part in sheet_parts(archive).items() if name in SUMMARY_TITLES), "")
    drawings = [part for part in _linked(archive, sheet).values() if "/drawings/" in part]
    charts = [part for drawing in drawings for part in _linked(archive, drawing).values()]
    return frozenset((*drawings, *charts)) if len(drawings) == len(charts) == 1 else frozenset()


def _linked(archive: ZipFile, part: str) -> dict[str, str]:
    """The parts that a part refers to, by the ids of the links."""
    folder, _, name = part.rpartition("/")
    links = f"{folder}/_rels/{name}.rels"
    if not part or links not in archive.namelist():
        return {}

    return {
        link.get("Id", ""): normpath(join("/", dirname(part), link.get("Target", ""))).lstrip("/")
        for link in ElementTree.fromstring(archive.read(links))
    }
