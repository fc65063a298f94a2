"""What the rows of a sheet became: one `Line` each, and all of them together as `Built`.

Pure data. No row is lost: a line has jobs, or issues that say why it has none, or is left out because the person
said so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bulkgen.kinds.account import Needs
from bulkgen.model import Issue, Job, Row
from bulkgen.rows.layouts import Layouts


@dataclass(frozen=True, slots=True)
class Line:
    """What one row became: jobs, or issues, or nothing because it is to be skipped."""

    row: Row
    kind: str = ""
    row_id: str = ""
    jobs: tuple[Job, ...] = ()
    issues: tuple[Issue, ...] = ()
    skipped: bool = False
    selected: bool = True

    @property
    def invalid(self) -> bool:
        return any(not issue.warning for issue in self.issues)


@dataclass(frozen=True, slots=True)
class Built:
    """The whole sheet as lines, the mistakes of its header, and what is still to be looked up."""

    lines: tuple[Line, ...]
    issues: tuple[Issue, ...]
    needs: Needs
    #: How the columns were read.
    layouts: Layouts = field(compare=False)

    @property
    def mistakes(self) -> list[Issue]:
        """Everything that keeps a selected row from being sent, in the sheet's order."""
        return [issue for issue in self._all() if not issue.warning]

    @property
    def warnings(self) -> list[Issue]:
        return [issue for issue in self._all() if issue.warning]

    def _all(self) -> list[Issue]:
        """Each issue once: one of the header line may be why all rows can't be read."""
        found = (issue for line in self.lines if line.selected for issue in line.issues)
        return list(dict.fromkeys((*self.issues, *found)))


def with_issues(built: Built, issues: Iterable[Issue]) -> Built:
    """The lines with what was found of them afterwards; a line that gets a mistake loses its jobs.

    An issue of a row that is not among the lines is one of the header line.
    """
    by_row: dict[int, list[Issue]] = {}
    for issue in issues:
        by_row.setdefault(issue.row, []).append(issue)
    if not by_row:
        return built

    lines = list(built.lines)
    for at, line in enumerate(lines):
        more = by_row.pop(line.row.number, None)
        if more:
            found = (*line.issues, *more)
            jobs = () if any(not issue.warning for issue in found) else line.jobs
            lines[at] = replace(line, issues=found, jobs=jobs)
    header = [issue for left in by_row.values() for issue in left]
    return replace(built, lines=tuple(lines), issues=(*built.issues, *header))
