"""Results as a CSV or a workbook that can't hurt the person who opens it, and that can be read again as input.

XLSX: cells of the sheet are text or their original value with its number format, never a live formula or a link
record. CSV: a text that a spreadsheet would run gets a leading `'` (OWASP, CSV injection); reading takes it off again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bulkgen.disk.whole import rename, write_whole
from bulkgen.model import Cell, column_letters
from bulkgen.results.other_sheets import load
from bulkgen.results.table import Results
from bulkgen.results.workbook import XLSX_LINES, bold_font, is_cut, legal_title, put, put_text, widths
from bulkgen.texts import guard

#: Written to a CSV, these come back from a workbook that it is saved as in letters: `_xfffe_`.
_NO_CHARACTERS = {0xFFFE: None, 0xFFFF: None}


def write_results(
    results: Results,
    path: Path,
    *,
    delimiter: str = ",",
    beside: str = "",
    put: Callable[[Path, Path], Path] = rename,
) -> Path:
    """Writes the results whole, as the ending of `path` says; gives the path they got. `cut_cells`: what it left out.

    `beside`: the sheet of the workbook there that they replace, its other sheets being kept. `put`: see `write_whole`.
    Raises `OSError` where they can't be written.
    """
    if path.suffix.casefold() == ".csv":
        return write_whole(path, lambda target: _write_csv(results, target, delimiter), put)

    return write_whole(path, lambda target: _write_xlsx(results, target, path if beside else None, beside), put)


def cut_cells(results: Results, path: Path) -> list[str]:
    """The cells whose text is cut where the results are written to this file, as a spreadsheet names them."""
    if path.suffix.casefold() == ".csv":
        return []

    lines = ((Cell(header) for header in results.headers), *results.lines)
    return [
        f"{column_letters(at)}{number}"
        for number, line in enumerate(lines, 1)
        for at, cell in enumerate(line)
        if is_cut(cell)
    ]


def _write_csv(results: Results, path: Path, delimiter: str) -> None:
    import pandas as pd

    lines = [[guard(cell.text.translate(_NO_CHARACTERS)) for cell in line] for line in results.lines]
    frame = pd.DataFrame(lines, columns=[guard(header) for header in results.headers], dtype=object)
    # With its mark and these line ends a spreadsheet opens accents right. Lone surrogates can't be written at all.
    frame.to_csv(path, sep=delimiter, index=False, encoding="utf-8-sig", errors="replace", lineterminator="\r\n")


def _write_xlsx(results: Results, path: Path, standing: Path | None, tab: str) -> None:
    """`standing`: the workbook whose sheet `tab` the results replace; None for a new one."""
    from openpyxl import Workbook

    if standing is None:
        book = Workbook(write_only=True)
        _fill(book.create_sheet(legal_title(results.name)), results)
    else:
        book = load(standing)
        at, active = book.sheetnames.index(tab), book.index(book.active)
        book.remove(book[tab])
        _fill(book.create_sheet(tab, at), results)
        book.active = active
    book.save(path)


def _fill(sheet: Any, results: Results) -> None:
    """Fills a new worksheet of openpyxl's."""
    from openpyxl.cell import WriteOnlyCell

    sheet.freeze_panes = "A2"
    for index, width in enumerate(widths(results.headers, results.lines[:50])):
        sheet.column_dimensions[column_letters(index)].width = width
    bold = bold_font()

    def cells(line: tuple[Cell, ...]) -> Iterator[Any]:
        for cell in line:
            if cell.value is None and not cell.text:
                yield None
                continue

            made = WriteOnlyCell(sheet)
            put(made, cell)
            yield made

    def header(text: str) -> Any:
        made = WriteOnlyCell(sheet)
        put_text(made, text)
        made.font = bold
        return made

    sheet.append([header(text) for text in results.headers])
    for line in results.lines[: XLSX_LINES - 1]:
        sheet.append(list(cells(line)))
