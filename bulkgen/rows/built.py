"""What the rows of a sheet became: one `BuiltRow` each, and all of them together as `Built`.

Pure data. No row is lost: each has jobs, or issues that say why it has none, or is left out because the person said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from bulkgen.kinds.account import Named, Needs
from bulkgen.kinds.columns import Column
from bulkgen.model import Issue, Job, Row, Value, listed
from bulkgen.rows.layouts import Layout, Layouts

#: So many rows are named.
_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltRow:
    """What one row became: jobs, or issues, or nothing because it is to be skipped."""

    #: As the sheet has it.
    source: Row
    kind: str = ""
    row_id: str = ""
    jobs: tuple[Job, ...] = ()
    #: Of a line of an earlier results sheet: its language, the jobs of the others that its cell names, and the job of
    #: its own where the cell no longer names it.
    language: str = ""
    others: tuple[Job, ...] = ()
    taken_out: Job | None = None
    #: Of a line of an earlier results sheet: which of the results of its job it shows, from 1; 0: all there are.
    part: int = 0
    #: Where the sheet has lines of single results: what the person wrote in this one.
    own: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()
    skipped: bool = False
    #: Of a row that is left out: the column that says so (`skip` or `run`; "" if it is hidden), and the jobs that it
    #: would ask for. None of them is ever sent; what is recorded of them is shown.
    left_out_by: str = ""
    withheld: tuple[Job, ...] = ()
    selected: bool = True
    #: Of a row that is one of the scenes of a video: the numbers of all of them, which share its job.
    together: tuple[int, ...] = ()
    #: Its jobs that failed are to be tried again, once.
    retry: bool = False
    #: By which the row was read; None where it was not.
    layout: Layout | None = None
    #: Of each field that the layout keeps: the column that fills it, and its value; None where there is none.
    origins: tuple[int | None, ...] = ()
    values: tuple[Value | None, ...] = ()

    @property
    def invalid(self) -> bool:
        return any(not issue.warning for issue in self.issues)

    @property
    def fingerprints(self) -> Iterator[str]:
        """All by which something may be recorded of the row."""
        for job in (*self.jobs, *self.withheld, *self.others, *((self.taken_out,) if self.taken_out else ())):
            yield job.fingerprint
            yield from job.readings

    @property
    def kept(self) -> Iterator[tuple[Column, int | None, Value | None]]:
        """The row's texts and links as they were read: field, column of the sheet, value."""
        return zip(self.layout.kept, self.origins, self.values, strict=True) if self.layout else iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """All rows of a sheet, the mistakes of its header, and what is still to be looked up."""

    rows: tuple[BuiltRow, ...]
    issues: tuple[Issue, ...]
    needs: Needs
    #: How the columns were read.
    layouts: Layouts = field(compare=False)
    #: The words that were taken for things of the account by their names.
    named: tuple[Named, ...] = ()

    @property
    def mistakes(self) -> list[Issue]:
        """Everything that keeps a selected row from being sent, in the sheet's order."""
        return [issue for issue in self._all() if not issue.warning]

    @property
    def warnings(self) -> list[Issue]:
        return [issue for issue in self._all() if issue.warning]

    def _all(self) -> list[Issue]:
        """Each issue once: one of the header line may be why all rows can't be read."""
        found = (issue for row in self.rows if row.selected for issue in row.issues)
        return list(dict.fromkeys((*self.issues, *found)))


def together_with(rows: Iterable[int]) -> Issue:
    """Why a scene is not made whose own row is right. `rows`: those of its video that have mistakes, by their numbers;
    none where one could not be read at all."""
    numbers = [str(row) for row in sorted(set(rows))]
    which = f"{'row' if len(numbers) == 1 else 'rows'} {listed(numbers, _ROWS)}" if numbers else "that row"
    return Issue(
        code="scene_of_broken",
        cause="names a video of which another row has a mistake, so none of it is made",
        fix=f"Correct {which}.",
    )


def with_issues(built: Built, issues: Iterable[Issue]) -> Built:
    """The rows with what was found of them afterwards; a row that gets a mistake loses its jobs, and so do those that
    are one video with it.

    An issue of a row that is not among them is one of the header line.
    """
    by_row: dict[int, list[Issue]] = {}
    for issue in issues:
        by_row.setdefault(issue.row, []).append(issue)
    if not by_row:
        return built

    hurt = {row for row, found in by_row.items() if any(not issue.warning for issue in found)}
    for each in built.rows if hurt else ():
        if each.jobs and each.source.number not in hurt and not hurt.isdisjoint(each.together):
            why = together_with(hurt.intersection(each.together))
            by_row.setdefault(each.source.number, []).append(why.at(each.source.number))
    rows = list(built.rows)
    for at, row in enumerate(rows):
        more = by_row.pop(row.source.number, None)
        if more:
            found = (*row.issues, *more)
            jobs = () if any(not issue.warning for issue in found) else row.jobs
            rows[at] = replace(row, issues=found, jobs=jobs)
    header = [issue for left in by_row.values() for issue in left]
    return replace(built, rows=tuple(rows), issues=(*built.issues, *header))
