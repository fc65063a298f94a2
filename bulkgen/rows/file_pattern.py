"""`--name "{first_name}-{company}"`: what the files of a row are called, by its own cells.

Pure. The braces are those of mail merge, with its filters and fallbacks, and find columns as it does.
"""

from __future__ import annotations

import re

from bulkgen.errors import InputError
from bulkgen.model import BLANK, Cell, Handle, Row, is_made_title
from bulkgen.rows.filters import FILTERS
from bulkgen.rows.headings import Headings
from bulkgen.rows.merge import Unfilled, merge
from bulkgen.rows.safe_name import safe_name, without_ending
from bulkgen.rows.suggest import hint

#: What a pattern may name beside the columns of the sheet.
BESIDE = ("language", "kind", "row", "row_id", "title")

_FIELD = re.compile(r"\{\{?([^{}]*)\}\}?")


class FilePattern:
    """What a column that is blank in a row would fill stays empty. Raises `InputError` for a pattern that names a
    column or a filter that there is not; `sheet`: what the worksheet is called.
    """

    def __init__(self, pattern: str, headings: Headings, sheet: str) -> None:
        self._headings = headings
        self._text = _FIELD.sub(_as_merged, pattern)
        if re.search(r"[{}]", _FIELD.sub("", pattern)):
            raise InputError(f"--name {pattern!r}: write each column in braces of its own, like {{first_name}}.")

        self._tells_language = False
        try:
            merge(self._text, self._known)
        except Unfilled as error:
            if error.why != "unfit":  # that depends on the cell
                raise InputError(self._refused(pattern, error, sheet)) from None

    def name(self, job: Handle, row: Row) -> str:
        """A safe name; "" where the row has nothing for it."""
        try:
            text = without_ending(merge(self._text, lambda name: self._cell(name, job, row)))
        except Unfilled:  # a filter does not take what stands in the cell
            return ""

        name = safe_name(text)
        return safe_name(f"{text}-{job.language}") if name and not self._tells_language else name

    def _known(self, name: str) -> Cell | None:
        """Some text for each column that there is."""
        self._tells_language |= name == "language"
        return Cell("x", "x") if name in BESIDE or self._headings.named(name) else None

    def _cell(self, name: str, job: Handle, row: Row) -> Cell | None:
        columns = self._headings.named(name)
        if name == "language" and job.language:  # of all that its column names, the one that the job is of
            return Cell(job.language, job.language)

        cells = (self._headings.cell(row, index) for index in columns)
        filled = next((cell for cell in cells if not cell.blank and not cell.unusable), None)
        if filled or columns:
            return filled or BLANK

        own = {"kind": job.kind, "row": f"{job.row:04d}", "row_id": job.row_id, "title": own_title(job)}
        return Cell(own.get(name, ""), own.get(name, "")) if name in BESIDE else None

    def _refused(self, pattern: str, error: Unfilled, sheet: str) -> str:
        if error.why == "filter":
            return (
                f"--name {pattern!r}: there is no filter {error.detail[0]!r}. {hint(error.detail[0], FILTERS)}".strip()
            )

        names = [name for name in self._headings.names if name]
        return (
            f"--name {pattern!r}: {sheet} has no column {error.name!r}. {hint(error.name, [*names, *BESIDE])}"
            f"Its columns are: {', '.join(names)}. Besides, {', '.join(BESIDE)} can be named."
        )


def own_title(job: Handle) -> str:
    """The title that the person gave the job; "" where bulkgen made one."""
    return "" if is_made_title(job.title, job.fingerprint) else job.title


def _as_merged(match: re.Match[str]) -> str:
    """The field as mail merge has it: a blank needs no fallback in a name."""
    return f"{{{{{match[1]}{'' if '|' in match[1] else '|'}}}}}"
