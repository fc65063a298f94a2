"""Which character separates the cells of a CSV: one of four, decided outside quotation marks, and never another.

Pure.
"""

from __future__ import annotations

import re
from collections import Counter

from bulkgen.errors import InputError

NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
DELIMITERS = "".join(NAMES)

#: How many records are looked at.
_MOST = 100

#: A quotation mark opens a quoted cell only where a cell begins.
_TOKEN = re.compile(r'(?:(?<=[,;\t|\r\n])|\A)"[^"]*(?:""[^"]*)*"?|\r\n|[,;\t|\r\n]')

#: Excel's own hint, as a first line; Excel does not count it as a row.
_ANNOUNCEMENT = re.compile(r'"?sep=(.)"?[,;\t|]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)


def announced(text: str, file_name: str) -> str:
    """The separator that a first line `sep=;` names, "" without such a line.

    Raises `InputError` where it names a character that is none.
    """
    line = _ANNOUNCEMENT.match(text)
    if line is None:
        return ""

    if line[1] not in NAMES:
        raise InputError(
            f"{file_name}, line 1: says that {line[1]!r} separates the cells. bulkgen reads commas, semicolons, tabs "
            "and bars. Save the sheet again as “CSV UTF-8”."
        )

    return line[1]


def find_delimiter(text: str, header_row: int | None = None) -> str:
    """The one of `,` `;` tab `|` that separates the cells of the header line and of the rows below it.

    The header line is the first that is not blank, or row `header_row`. `,` where there is no separator at all.
    """
    records = count_delimiters(text)
    if header_row is not None:
        records = records[header_row - 1 :]
    filled = [counts for counts in records if counts is not None]
    if not filled:
        return ","

    header, rows = filled[0], filled[1:]

    def fit(delimiter: str) -> tuple[float, int, int]:
        """How many lines agree on this separator; then how often it stands in the header line."""
        here = header[delimiter]
        often = Counter(counts[delimiter] for counts in rows if counts[delimiter])
        usual = here or max(often, key=lambda n: (often[n], n), default=0)
        if not usual:
            return 0.0, 0, 0

        agreeing = sum(1.0 if counts[delimiter] == usual else 0.5 for counts in rows if counts[delimiter])
        return agreeing + (here > 0), here, -DELIMITERS.index(delimiter)

    best = max(DELIMITERS, key=fit)
    return best if fit(best)[0] else ","


def count_delimiters(text: str) -> list[Counter[str] | None]:
    """How often each separator stands outside quotes in each of the first records; None for a blank line."""
    found: list[Counter[str] | None] = []
    counts: Counter[str] = Counter()
    start = 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign[0] == '"':
            continue

        if sign[0] in "\r\n":
            found.append(counts if text[start : token.start()].strip(" ,;\t|") else None)
            counts, start = Counter(), token.end()
            if len(found) == _MOST:
                return found
        else:
            counts[sign] += 1
    return [*found, counts] if text[start:].strip(" ,;\t|") else found
