"""Which files of a folder are sheets to be run, by their names. Pure.

What bulkgen writes itself is none of them, nor what marks that a file is open, or only half there.
"""

from __future__ import annotations

import re
from collections.abc import Collection

#: Results, rows to correct and marked copies, with the siblings that get a number. A name may have a line break in it.
_OWN = re.compile(r".+\.(?:results|failed|check)(?:-\d+)?\.[^.]+", re.IGNORECASE | re.DOTALL)

#: How Excel, and LibreOffice, mark that a file is open: a file of another name beside it.
_MARKS = ("~${}", ".~lock.{}#")


def own_name(ending: str, *, sandbox: bool) -> str:
    """What a watch calls a file of its own in the folder: `.bulkgen.watch.lock`."""
    return f".bulkgen.watch{'.sandbox' if sandbox else ''}.{ending}"


def is_sheet_name(name: str, endings: Collection[str]) -> bool:
    """Whether a file is a sheet that a person put there; `endings`: how the names of sheets end (`.xlsx`)."""
    hidden = name.startswith((".", "~"))
    return not hidden and name.casefold().endswith(tuple(endings)) and _OWN.fullmatch(name) is None


def is_written_as(name: str, wanted: str) -> bool:
    """Whether a file may have been written where a recipe wants `mail.csv`: also `mail.Spanish.csv`, `mail-2.csv`."""
    stem, _, ending = wanted.rpartition(".")
    pattern = rf"{re.escape(stem)}(?:\..+)?(?:-\d+)?\.{re.escape(ending)}"
    return re.fullmatch(pattern, name, re.DOTALL) is not None


def mark_of(name: str, there: Collection[str]) -> str:
    """The file that marks that this one is open in a spreadsheet program; "" where there is none."""
    return next((mark for each in _MARKS if (mark := each.format(name)) in there), "")
