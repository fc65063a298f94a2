"""The copy of a sheet in which `check` marks what it found, for correcting it there.

A copy that is not as bulkgen wrote it may be one that the person has begun to correct: it is never overwritten, and
never removed.
"""

from __future__ import annotations

from pathlib import Path

from bulkgen.batch.planned import Planned
from bulkgen.disk.whole import numbered
from bulkgen.model import listed, plural
from bulkgen.results.marked import cut_cells, fits_copy, markable, write_marked
from bulkgen.results.seal import is_sealed
from bulkgen.texts import XLSX_TEXT


def mark_mistakes(planned: Planned) -> str:
    """Writes the marked copy if there is anything to mark; gives the sentence that says where it is."""
    opened = planned.judged.opened
    table, issues = opened.table, [*planned.mistakes, *planned.warnings]
    if not markable(table, issues):
        return ""

    path = _free(opened.places.marked)
    try:
        made = write_marked(table, issues, path)
    except OSError as error:
        return f"The marked copy can't be written to {path}: {error.strerror}."

    if not fits_copy(table):
        rows = plural(len(table.rows), "row")
        return f"All of it is listed in {made} (a list without a copy: {rows} are too many). Correct your own sheet."

    marked = f"Marked in a copy of your sheet: {made}."
    cut = cut_cells(table)
    if cut:
        return (
            f"{marked} {listed(cut)}: cut in that copy, since a cell of a workbook holds no more than {XLSX_TEXT:,} "
            "characters. So correct the cells in your own sheet."
        )

    return f"{marked} Correct the cells there and use it in place of the sheet."


def remove_marks(planned: Planned) -> str:
    """Removes the marked copies of earlier checks where nothing is left to be marked; gives the sentence that says so.

    They stay where not all of the sheet was judged.
    """
    opened = planned.judged.opened
    issues = [*planned.mistakes, *planned.warnings]
    partly = planned.trouble is not None or opened.settings.offline or opened.settings.rows is not None
    if partly or planned.judged.tests or markable(opened.table, issues):
        return ""

    sheet = Path(opened.source).resolve()
    removed: list[str] = []
    left: list[str] = []
    for copy in numbered(opened.places.marked):
        if not is_sealed(copy) or copy.resolve() == sheet:
            continue

        try:
            copy.unlink()
            removed.append(copy.name)
        except OSError:  # it is open in a spreadsheet program
            left.append(copy.name)
    told = [f"Removed, since nothing is left to be marked: {listed(removed)}."] if removed else []
    told += [f"Out of date, since nothing is left to be marked: {listed(left)}."] if left else []
    return " ".join(told)


def _free(path: Path) -> Path:
    """The first of `leads.check.xlsx`, `leads.check-2.xlsx` … that is not there or nobody has changed."""
    free = (candidate for candidate in numbered(path) if not candidate.exists() or is_sealed(candidate))
    return next(free, path.with_name(f"{path.stem}-100{path.suffix}"))
