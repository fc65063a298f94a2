"""A CSV as a table: the separator found in the header line, quotes taken strictly, every value to the letter.

Row numbers are those that a spreadsheet shows: records from 1, blank lines included. Damage is an error that names
its line; a line with cells too many is a row with a fault, never a shifted one.
"""

from __future__ import annotations

import csv
import io

from bulkgen.errors import InputError
from bulkgen.jobs import BLANK, Cell, Row, Table
from bulkgen.sheet.decode import decode

DELIMITERS = ",;\t|"

#: The largest cell that is read (characters).
CELL_LIMIT = 8_000_000

_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def read_csv(data: bytes, file_name: str, tab: str, *, header_row: int | None = None) -> Table:
    """The table in the bytes of a CSV; `tab` is what a spreadsheet would call its sheet.

    Raises `InputError` for damage, with its line.
    """
    decoded = decode(data, file_name)
    delimiter = find_delimiter(decoded.text)
    records = _records(decoded.text, delimiter, file_name)
    start = (
        header_row - 1 if header_row else next((i for i, r in enumerate(records) if any(c.strip() for c in r)), None)
    )
    if start is None or start >= len(records):
        raise InputError(f"{file_name} is empty: it needs a line of headers and rows below it.")

    headers = tuple(records[start])
    width = max((i + 1 for i, header in enumerate(headers) if header.strip()), default=0)
    guarded = any(header.strip().casefold() == "result_status" for header in headers)
    rows = tuple(
        _row(number, record, len(headers), width, guarded)
        for number, record in enumerate(records[start + 1 :], start + 2)
        if any(cell.strip() for cell in record)
    )
    notes = (decoded.note,) if decoded.note else ()
    return Table(tab, headers, rows, start + 1, notes, delimiter)


def find_delimiter(text: str) -> str:
    """The one of `,` `;` tab `|` that separates the header line, counted outside quotes; `,` where there is none."""
    lines = [counts for counts in _counts(text, 20) if sum(counts.values()) or counts]
    if not lines:
        return ","

    def weight(delimiter: str) -> tuple[int, int]:
        here = lines[0][delimiter]
        same = sum(line[delimiter] == here for line in lines[1:]) if here else 0
        elsewhere = max(line[delimiter] for line in lines)
        return (here * 1000 + same, 0) if any(lines[0].values()) else (0, elsewhere)

    best = max(DELIMITERS, key=weight)
    return best if weight(best) > (0, 0) else ","


def _counts(text: str, most: int) -> list[dict[str, int]]:
    """How often each delimiter stands outside quotes in each of the first records."""
    found: list[dict[str, int]] = []
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted, blank = False, True
    for character in text:
        if character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in "\r\n":
            if not blank:
                found.append(counts)
                counts, blank = dict.fromkeys(DELIMITERS, 0), True
            if len(found) == most:
                return found

            continue
        elif character in counts:
            counts[character] += 1
        blank = False
    return found if blank else [*found, counts]


def _records(text: str, delimiter: str, file_name: str) -> list[list[str]]:
    csv.field_size_limit(CELL_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as error:
        if "field larger" in str(error):
            raise InputError(
                f"{file_name}, line {reader.line_num}: a cell holds more than 8 million characters."
            ) from None

        started = records[-1][:1] if records else []
        raise InputError(
            f"{file_name}, line {reader.line_num} (row {len(records) + 1}, after the row that starts with "
            f"{started[0][:40] if started else ''!r}): a quotation mark is out of place, so the cells can't be told "
            f"apart ({_NAMES[delimiter]} separate them). Open the file in your spreadsheet, mend that row and save it."
        ) from None

    return records


def _row(number: int, record: list[str], columns: int, width: int, guarded: bool) -> Row:
    cells = tuple(_cell(text, guarded) for text in record[:columns])
    extra = [cell for cell in record[columns:] if cell.strip()]
    if extra:
        fault = f"has {len(record)} cells, the header line only {columns}"
        return Row(number, cells, fault=fault)

    if len(record) < width:
        return Row(number, cells, fault=f"has {len(record)} cells, the header line {width}")

    return Row(number, cells)


def _cell(text: str, guarded: bool) -> Cell:
    if not text:
        return BLANK

    if guarded:
        text = unguard(text)
    return Cell(text, text)


def unguard(text: str) -> str:
    """Takes off the quotation mark that a results CSV puts before a text which a spreadsheet would run."""
    return (
        text[1:]
        if len(text) > 1 and text[0] == "'" and text.lstrip("'")[:1] in ("=", "@", "+", "-", "\t", "\r")
        else text
    )
