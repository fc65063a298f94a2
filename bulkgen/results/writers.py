"""Results as a CSV or a workbook that can't hurt the person who opens it, and that can be read again as input.

XLSX: cells of the sheet are text or their original value with its number format, never a live formula; links to click
are in bulkgen's own columns alone. CSV: a text that a spreadsheet would run gets a leading `'` (OWASP, CSV injection);
reading takes it off again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bulkgen.disk.whole import rename, write_whole
from bulkgen.model import Cell, column_letters
from bulkgen.results.book import ResultsBook
from bulkgen.results.table import Results
from bulkgen.results.workbook import is_cut
from bulkgen.texts import guard

#: Written to a CSV, these come back from a workbook that it is saved as in letters: `_xfffe_`.
_NO_CHARACTERS = {0xFFFE: None, 0xFFFF: None}


def write_results(
    results: Results,
    path: Path,
    *,
    delimiter: str = ",",
    book: ResultsBook | None = None,
    put: Callable[[Path, Path], Path] = rename,
) -> Path:
    """Writes the results whole, as the ending of `path` says; gives the path they got. `cut_cells`: what it left out.

    `book`: the workbook that has them, where it has more than them. `put`: see `write_whole`. Raises `OSError` where
    they can't be written.
    """
    if path.suffix.casefold() == ".csv":
        return write_whole(path, lambda target: _write_csv(results, target, delimiter), put)

    return write_whole(path, (book or ResultsBook(results)).save, put)


def cut_cells(results: Results, path: Path, book: ResultsBook | None = None) -> list[str]:
    """The cells whose text is cut where the results are written to this file, as a spreadsheet names them."""
    if path.suffix.casefold() == ".csv":
        return []

    headers = (results.header_row if book and book.dressed else 1, tuple(map(Cell, results.headers)))
    rows = book.rows if book else range(2, len(results.lines) + 2)
    return [
        f"{column_letters(at)}{number}"
        for number, line in (headers, *zip(rows, results.lines, strict=True))
        for at, cell in enumerate(line)
        if is_cut(cell)
    ]


def _write_csv(results: Results, path: Path, delimiter: str) -> None:
    import pandas as pd

    lines = [[guard(cell.text.translate(_NO_CHARACTERS)) for cell in line] for line in results.lines]
    frame = pd.DataFrame(lines, columns=[guard(header) for header in results.headers], dtype=object)
    # With its mark and these line ends a spreadsheet opens accents right. Lone surrogates can't be written at all.
    frame.to_csv(path, sep=delimiter, index=False, encoding="utf-8-sig", errors="replace", lineterminator="\r\n")
