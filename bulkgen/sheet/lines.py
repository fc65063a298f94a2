"""The lines of a CSV, counted, and none so wide that its cells would fill the memory."""

from __future__ import annotations

import io
from collections.abc import Iterator

from bulkgen.errors import InputError
from bulkgen.sheet.cells import COLUMN_LIMIT
from bulkgen.sheet.quotes import Closings, opening

#: The longest line (characters).
LINE_LIMIT = 4_000_000


class Lines:
    """Reads line by line, and knows which lines make up the record being read."""

    def __init__(self, text: io.TextIOWrapper, delimiter: str, file_name: str) -> None:
        self.text = text
        self.delimiter = delimiter
        self.file_name = file_name
        #: The line read last, and the first line of the record being read.
        self.number = 0
        self.record_start = 1
        #: The record being read, if it has quotation marks: how many, and whether one opens words inside a cell.
        self.record: list[str] = []
        self.marks = 0
        self.opens = False
        self._opening = opening(delimiter)
        self._closings = Closings(delimiter)

    def skip(self) -> None:
        """Leaves one line out."""
        next(iter(self))
        self.record_ended()

    def record_ended(self) -> None:
        self.record_start = self.number + 1
        if self.record:
            self.record.clear()
            self.marks, self.opens = 0, False

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(LINE_LIMIT):
            self.number += 1
            if self.number == 1:
                line = line.lstrip("\ufeff")
            wide = len(line) > COLUMN_LIMIT and line.count(self.delimiter) >= COLUMN_LIMIT
            if wide or len(line) == LINE_LIMIT:
                raise InputError(
                    f"{self.file_name}, line {self.number}: is longer than any line of a sheet"
                    f"{f', with more than {COLUMN_LIMIT:,} cells' if wide else ''}. Line breaks may be missing."
                )

            if '"' in line:
                # A record that goes on to another line does so within a quoted cell
                line = self._closings.trimmed(line, inside=bool(self.record))
                self.record.append(line)
                self.marks += line.count('"')
                self.opens = self.opens or self._opening.search(line) is not None
            elif self.record:
                self.record.append(line)
            yield line
