"""What a line of an earlier results sheet says of itself: which of the results of its row it shows. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.model import Row
from bulkgen.result_columns import ResultColumn
from bulkgen.rows.headings import Headings

#: No job has a number of results with so many digits.
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """Of a row of any other sheet all of it is blank.

    `part`: which of several results of its job it shows, from 1; 0: all there are. `own`: where the sheet has lines of
    single results, what the person wrote in this one.
    """

    language: str = ""
    part: int = 0
    own: tuple[str, ...] = ()


def earlier_line(headings: Headings, row: Row) -> EarlierLine:
    results = headings.results
    at = results.get(ResultColumn.LANGUAGE)
    language = row.cell(at).text.strip() if at is not None else ""
    if ResultColumn.PART not in results:
        return EarlierLine(language)

    text = row.cell(results[ResultColumn.PART]).text.strip()
    part = int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else 0
    ours = {*results.values()}
    return EarlierLine(language, part, tuple(cell.text for at, cell in enumerate(row.cells) if at not in ours))
