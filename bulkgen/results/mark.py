"""The mark of a results file: by which it is known later what in it is bulkgen's, and whether that was changed.

Pure. Marks stand in the resume file (`written`), as digests: no name of a column, and no text of a cell.

Invariant: the mark of the same cells is the same, in whatever order their lines and columns stand, whatever columns
were added, and however a spreadsheet program writes a number.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bulkgen.ledger.events import Event
from bulkgen.model import Cell, Table
from bulkgen.texts import common

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What was written to a file: digests of the file, of the names of its columns, of the cells in these.

    `others`: of a workbook's, of what stands beside these cells. `edited`: it has what the person changed in it, and
    the sheet that it belongs to may not. `touched`: it looks as a person set it by hand.
    """

    digest: str
    columns: frozenset[str]
    cells: str
    others: frozenset[str] = frozenset()
    edited: bool = False
    touched: bool = False


def marks_of(file: str, events: Iterable[Event]) -> list[Mark]:
    """The marks of a file, as it is called in the resume file; the latest is the last."""
    marks = []
    for event in events:
        columns = event.get("columns")
        if event.get("event") == "written" and event.get("file") == file and isinstance(columns, list):
            others = event.get("others")
            mark = Mark(
                digest=str(event.get("digest")),
                columns=frozenset(map(str, columns)),
                cells=str(event.get("cells")),
                others=frozenset(map(str, others if isinstance(others, list) else ())),
                edited=event.get("edited") is True,
                touched=event.get("touched") is True,
            )
            marks.append(mark)
    return marks


def column_names(headers: Sequence[str]) -> list[str]:
    """The columns by names that are theirs alone: headers without regard to case, those that come again counted."""
    seen: Counter[str] = Counter()
    names = []
    for header in headers:
        name = header.strip().casefold()
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}\n{seen[name]}")
    return names


def column_digests(headers: Sequence[str]) -> list[str]:
    return [hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12] for name in column_names(headers)]


def cells_digest(headers: Sequence[str], lines: Iterable[Sequence[Cell]], columns: Collection[str]) -> str:
    """Of all cells in those of the columns that are among `columns` (digests of their names)."""
    digests = column_digests(headers)
    order = sorted((digest, at) for at, digest in enumerate(digests) if digest in columns)
    rows = sorted(
        hashlib.sha256(
            "\x1f".join(plain(line[at].text) if at < len(line) else "" for _, at in order).encode("utf-8", "replace")
        ).digest()
        for line in lines
    )
    names = " ".join(digest for digest, _ in order)
    return hashlib.sha256(names.encode() + b"".join(rows)).hexdigest()


def borne_out(table: Table, marks: Sequence[Mark]) -> Mark | None:
    """The latest mark that the cells of the file bear out, whatever program has saved them."""
    digests: dict[frozenset[str], str] = {}
    for mark in reversed(marks):
        if mark.columns not in digests:
            digests[mark.columns] = cells_digest(table.headers, [row.cells for row in table.rows], mark.columns)
        if digests[mark.columns] == mark.cells:
            return mark

    return None


def plain(text: str) -> str:
    """A cell's text as far as every program keeps it: a file that is saved again may have 2.5 for 2.50, or TRUE."""
    text = common(text).strip()
    if _NUMBER.fullmatch(text):
        return f"{Decimal(text).normalize():f}"

    return text.casefold() if text.casefold() in ("true", "false") else text
