"""A list of what the account has, as a workbook or a CSV of texts; in a workbook its links can be clicked."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from pathlib import Path

from bulkgen.disk.whole import put_new, write_whole
from bulkgen.model import Cell, column_letters
from bulkgen.results.workbook import bold_font, legal_title, put_text, widths
from bulkgen.texts import guard

#: The longest link that Excel follows (https://support.microsoft.com, "Excel specifications and limits").
_LINK = 2_079

#: Control characters, and those that turn the direction of what follows.
_OBEYED = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def write_list(
    path: Path, name: str, headers: Sequence[str], lines: Sequence[Sequence[str]], *, links: Collection[str]
) -> None:
    """Writes the list whole, as the ending of `path` says. `links`: the headers of the columns whose texts are links.

    Raises `OSError` where it can't be written; `FileExistsError` where something is there by now.
    """

    lines = [[_visible(text) for text in line] for line in lines]

    def fill(temporary: Path) -> None:
        if path.suffix.casefold() == ".csv":
            _write_csv(temporary, headers, lines)
        else:
            _write_xlsx(temporary, name, headers, lines, links)

    write_whole(path, fill, put_new)


def _visible(text: str) -> str:
    """The text on one line, with characters shown that a terminal, or who reads it, would obey."""
    return _OBEYED.sub(lambda match: f"\\x{ord(match[0]):02x}", " ".join(re.split(r"[\r\n]+", text)))


def _write_csv(path: Path, headers: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    # With its mark and these line ends a spreadsheet opens accents right
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        csv.writer(file).writerows([headers, *([guard(text) for text in line] for line in lines)])


def _write_xlsx(
    path: Path, name: str, headers: Sequence[str], lines: Sequence[Sequence[str]], links: Collection[str]
) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.worksheet.properties import PageSetupProperties

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = legal_title(name.capitalize())
    sheet.freeze_panes = "B2"
    for column, width in enumerate(widths(headers, [[Cell(text) for text in line] for line in lines[:50]])):
        sheet.column_dimensions[column_letters(column)].width = width
    bold, linked = bold_font(), Font(name="Calibri", size=11, color="0563C1", underline="single")
    for row, line in enumerate([headers, *lines], 1):
        for column, text in enumerate(line, 1):
            cell = sheet.cell(row, column)
            put_text(cell, text)
            if row == 1:
                cell.font = bold
            elif headers[column - 1] in links and _can_be_clicked(text):
                cell.hyperlink = text
                cell.font = linked
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.auto_filter.ref = sheet.dimensions
    book.save(path)


def _can_be_clicked(text: str) -> bool:
    return text.startswith("https://") and text.isascii() and text.isprintable() and len(text) <= _LINK
