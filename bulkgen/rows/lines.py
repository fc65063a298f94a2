"""What the rows of a sheet became: one `Line` each, and all of them together as `Built`.

Pure data. No row is lost: a line has jobs, or problems that say why it has none, or is left out because the person
said so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bulkgen.jobs import Job, Problem, Row
from bulkgen.kinds.account import Needs
from bulkgen.rows.layouts import Layouts


@dataclass(frozen=True, slots=True)
class Line:
    """What one row became: jobs, or problems, or nothing because it is to be skipped."""

    row: Row
    kind: str = ""
    row_id: str = ""
    jobs: tuple[Job, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: bool = False
    selected: bool = True

    @property
    def invalid(self) -> bool:
        return any(not problem.warning for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Built:
    """The whole sheet as lines, the mistakes of its header, and what is still to be looked up."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    needs: Needs
    #: How the columns were read.
    layouts: Layouts = field(compare=False)

    @property
    def mistakes(self) -> list[Problem]:
        """Everything that keeps a selected row from being sent, in the sheet's order."""
        return [problem for problem in self._all() if not problem.warning]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self._all() if problem.warning]

    def _all(self) -> list[Problem]:
        """Each problem once: one of the header line may be why all rows can't be read."""
        found = (problem for line in self.lines if line.selected for problem in line.problems)
        return list(dict.fromkeys((*self.problems, *found)))


def with_problems(built: Built, problems: Iterable[Problem]) -> Built:
    """The lines with what was found of them afterwards; a line that gets a mistake loses its jobs.

    A problem of a row that is not among the lines is one of the header line.
    """
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        by_row.setdefault(problem.row, []).append(problem)
    if not by_row:
        return built

    lines = list(built.lines)
    for at, line in enumerate(lines):
        more = by_row.pop(line.row.number, None)
        if more:
            found = (*line.problems, *more)
            jobs = () if any(not problem.warning for problem in found) else line.jobs
            lines[at] = replace(line, problems=found, jobs=jobs)
    header = [problem for left in by_row.values() for problem in left]
    return replace(built, lines=tuple(lines), problems=(*built.problems, *header))
