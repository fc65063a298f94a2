"""Texts on their way through CSVs, workbooks and the programs that save them: what is added to them, what gets lost.

Pure. A CSV that bulkgen writes has a guard (a `'`) before a text that a spreadsheet would run. A workbook holds no
control characters, and no more than so many of any. Other programs keep the guard where they save such a CSV as a
workbook, and change line ends; so one text may be read in several ways (`READINGS`), and must be known in each.
"""

from __future__ import annotations

import re
from collections.abc import Callable

#: A text of a CSV that starts so is run by spreadsheets; by some, the full-width signs too (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_NUMBER_OR_PHONE = re.compile(r"[+-]?[\d\s().,/-]*\d[\d\s().,/%-]*(?:[eE][+-]?\d+)?")

#: What XML can't hold, and so no workbook.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

#: Where a spreadsheet would take the text for a character by its number (ECMA-376, ST_Xstring).
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

#: The most characters that a cell of a workbook holds (https://support.microsoft.com, "Excel specifications and
#: limits").
XLSX_TEXT = 32_767

#: How a text ends that was too long for a cell of a workbook.
CUT = " … (cut: the whole text is in your sheet)"


def runs(text: str) -> bool:
    """Whether a spreadsheet that opens a CSV would take the text for more than a text; a plain number is harmless."""
    if not text.startswith(FORMULA_STARTS):
        return False

    return not (text[0] in "+-" and _NUMBER_OR_PHONE.fullmatch(text))


def guarded(text: str) -> bool:
    """Whether the text begins as one with a guard does."""
    return text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS)


def guard(text: str) -> str:
    """A text that no spreadsheet runs; `unguard` is its inverse."""
    return f"'{text}" if runs(text) or guarded(text) else text


def unguard(text: str) -> str:
    """The text without the guard that a results CSV has put before it."""
    return text[1:] if guarded(text) else text


def with_plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def common(text: str) -> str:
    """The text as CSV and workbook both give it back: without what a workbook loses, with one kind of line end."""
    # What is lost may have stood within a line end
    return text if text.isprintable() else with_plain_line_ends(UNWRITABLE.sub("", text))


def varies(text: str) -> bool:
    """Whether the text may come back as another: `READINGS`."""
    if text.startswith(FORMULA_STARTS) or guarded(text):
        return True

    return not text.isprintable() and UNWRITABLE.search(text) is not None


def legal(text: str) -> str:
    """The text as far as a cell of a workbook can hold it, written so that a spreadsheet shows just that."""
    text = written(text)
    return text if len(text) <= XLSX_TEXT else text[: XLSX_TEXT - len(CUT)] + CUT


def written(text: str) -> str:
    """The text without what XML can't hold, as a workbook has it; at most twice as long as before."""
    return _ESCAPE.sub("_x005F_", UNWRITABLE.sub("", text))


def _bare(text: str) -> str:
    return text.lstrip("'") if guarded(text) else text


def _with_one(text: str) -> str:
    """The text with a guard, even if it is a number that needs none: the person may have typed it so."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


#: What a text may have been before: with one guard less or more (or two: each way through a workbook may take one off),
#: with none, with one or two; with all its characters.
READINGS: tuple[Callable[[str], str], ...] = (
    lambda text: unguard(common(text)),
    lambda text: guard(common(text)),
    lambda text: guard(guard(common(text))),
    lambda text: _bare(common(text)),
    lambda text: _with_one(_bare(common(text))),
    lambda text: guard(_with_one(_bare(common(text)))),
    with_plain_line_ends,
)
