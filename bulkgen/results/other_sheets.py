"""The further worksheets that a person added to a results workbook: carried over whenever it is written again.

What openpyxl can't carry (comments, pictures, formulas among the results …) is named: such a workbook is left as it
is. The workbook has been read by the reader of sheets before, so it is a sound one.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from posixpath import join, normpath
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

#: The parts of a workbook that hold cells, and how they look; of each other part, what it holds.
_PLAIN = re.compile(
    r"\[Content_Types\]\.xml|_rels/.*|doc\w+/.*|customXml/.*|xl/_rels/.*|xl/theme/.*|xl/printerSettings/.*|"
    r"xl/persons/.*|xl/(?:workbook|styles|sharedStrings|calcChain|metadata)\.xml|xl/worksheets/.*|xl/tables/.*"
)
_HOLDS = {
    "comment": "comments",
    "drawing": "pictures, drawings or charts",
    "media": "pictures",
    "pivot": "pivot tables",
}

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")


def load(path: Path) -> Any:
    """The workbook as openpyxl has it."""
    from openpyxl import load_workbook

    return load_workbook(path, rich_text=True)


def has_others(path: Path) -> bool:
    """Whether the workbook has more than one sheet. False for a CSV."""
    if path.suffix.casefold() == ".csv":
        return False

    with ZipFile(path) as archive:
        return len(_sheets(archive)) > 1


def beyond_cells(path: Path, tab: str) -> str:
    """What a workbook, with results in its sheet `tab`, holds that can't be carried over; "" for nothing or a CSV."""
    if path.suffix.casefold() == ".csv":
        return ""

    with ZipFile(path) as archive:
        for part in archive.namelist():
            if not _PLAIN.fullmatch(part) and not part.endswith("/"):
                return next((words for name, words in _HOLDS.items() if name in part.casefold()), "more than cells")

        sheets = _sheets(archive)
        if tab not in sheets or _FORMULA.search(archive.read(sheets[tab])):
            return "formulas"

    if len(sheets) == 1:
        return ""

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        load(path)
    return "more than cells" if told else ""


def _sheets(archive: ZipFile) -> dict[str, str]:
    """The parts of a workbook's sheets, by their names."""
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    parts = {link.get("Id"): normpath(join("/xl", link.get("Target", ""))).lstrip("/") for link in links}
    found = {}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            link = next((value for key, value in element.items() if key.endswith("}id")), "")
            found[element.get("name", "")] = parts.get(link, "")
    return found
