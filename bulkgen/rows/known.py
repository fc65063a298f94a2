"""Rows in the light of what is recorded of their jobs, and of what the lines of an earlier results sheet have already.

Pure. A results sheet has a line for each language of a row. Read again, each line stands for its language; but its cell
may have been changed since. Invariants:

* A language that a cell names has a line: of those that look like lines of one row, the first that names it.
* None is added that a line of the same row has. Where it can't be told whether a line is of the same row, because it
  was edited, nothing that would be paid is added, and that is said.
* A language that was taken out of its cell is never sent; what was made of it stays where it is.
* What a line says to a job that waits for the person is said of its own language, and of none that has no line.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from bulkgen.kinds import KINDS
from bulkgen.model import Issue, Job, Severity, warning
from bulkgen.result_columns import ResultColumn
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.headings import STEERING

#: The kinds of which a row becomes a job per language.
SPLIT = tuple(kind for kind in KINDS.values() if kind.split_by)


@dataclass(frozen=True, kw_only=True)
class Known:
    """The fingerprints of the jobs that were sent, and of those that were made; all ids that HeyGen gave."""

    sent: Container[str]
    made: Container[str]
    ids: Container[str]


def recognised(built: Built, known: Known) -> Built:
    """The rows, each job by the fingerprint that it is recorded by, and every language that cells name."""
    rows = _awaiting([_as_recorded(row, known) for row in built.rows], built)
    lines = [at for at, row in enumerate(rows) if row.language]
    if lines:
        _Lines(built, rows, known).complete(lines)
    return replace(built, rows=tuple([_objected(row, known) for row in rows]))


def _objected(row: BuiltRow, known: Known) -> BuiltRow:
    """The row without jobs where something new in it is objected to; with a warning where all of it was sent before."""
    if not row.jobs or not row.invalid:
        return row

    if not all(job.fingerprint in known.sent for job in row.jobs):
        return replace(row, jobs=())

    told = [replace(issue, severity=Severity.WARNING) if issue.of_new else issue for issue in row.issues]
    return replace(row, issues=tuple(told))


def _as_recorded(row: BuiltRow, known: Known) -> BuiltRow:
    """The row with each job by the fingerprint that it was sent by, if its texts were read otherwise then."""

    def named(job: Job) -> Job:
        if job.fingerprint in known.sent:
            return job

        before = next((fingerprint for fingerprint in job.readings if fingerprint in known.sent), job.fingerprint)
        return replace(job, fingerprint=before)

    if not any(job.readings for job in (*row.jobs, *row.withheld, *row.others)):
        return row

    return replace(
        row,
        jobs=tuple(map(named, row.jobs)),
        withheld=tuple(map(named, row.withheld)),
        others=tuple(map(named, row.others)),
        taken_out=named(row.taken_out) if row.taken_out else None,
    )


def _awaiting(rows: list[BuiltRow], built: Built) -> list[BuiltRow]:
    """The rows, each job with what it awaits by the fingerprint that this is recorded by."""
    recorded = {
        old.fingerprint: new.fingerprint
        for before, after in zip(built.rows, rows, strict=True)
        for old, new in zip((*before.jobs, *before.withheld), (*after.jobs, *after.withheld), strict=True)
        if old.fingerprint != new.fingerprint
    }
    if not recorded:
        return rows

    def aware(job: Job) -> Job:
        awaits = tuple(replace(each, recorded=recorded.get(each.fingerprint, each.recorded)) for each in job.awaits)
        return replace(job, awaits=awaits) if awaits else job

    return [replace(row, jobs=tuple(map(aware, row.jobs)), withheld=tuple(map(aware, row.withheld))) for row in rows]


@dataclass(kw_only=True)
class _Alike:
    """Lines that are alike in all that the person wrote, but for the languages: those of one row."""

    row_id: str
    at: list[int] = field(default_factory=list)
    #: The languages of the lines, and all that their cells name.
    has: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)

    def completes(self, other: _Alike) -> bool:
        """Whether the two may be lines of one row, of which some were edited."""
        if self.row_id != other.row_id or self.has & other.has:
            return False

        return self.has <= other.named and other.has <= self.named


class _Lines:
    """The lines of an earlier results sheet; `rows` is changed in place."""

    def __init__(self, built: Built, rows: list[BuiltRow], known: Known) -> None:
        self._headings = built.layouts.headings
        self._rows = rows
        self._known = known
        self._shown: set[str] = set()
        self._incomplete: dict[str, list[_Alike]] = {}
        #: What may differ between lines of one row: the languages, how one is treated, and what bulkgen added.
        split = (layout.indexes[layout.kind.split_by] for layout in map(built.layouts.of, SPLIT))
        headings = self._headings
        self._apart = {*headings.results.values(), *headings.find(*STEERING), *chain.from_iterable(split)}

    def complete(self, lines: list[int]) -> None:
        """Gives the lines, by their indexes, what their cells name and none has."""
        groups: dict[tuple[str, ...], _Alike] = {}
        for at in lines:
            row = self._rows[at]
            key = tuple(cell.text for at, cell in enumerate(row.source.cells) if at not in self._apart)
            group = groups.setdefault(key, _Alike(row_id=row.row_id))
            group.at.append(at)
            group.named.update(_languages(row.jobs), _languages(row.others))
            if not row.taken_out or row.taken_out.fingerprint in self._known.made:
                group.has.add(row.language.casefold())
        for group in groups.values():
            for at in group.at:
                self._settle(at, group)
            if not group.named <= group.has:
                for language in group.has:
                    self._incomplete.setdefault(language, []).append(group)
        self._shown.update(job.fingerprint for row in self._rows for job in row.jobs)
        for group in groups.values():
            for at in group.at:
                self._add(at, group)

    def _settle(self, at: int, group: _Alike) -> None:
        """A line whose language was taken out of the cell keeps it if it was made; else it is for those that it names.

        Those that other lines of its row have are shown there, but one at least here: no row is lost.
        """
        row = self._rows[at]
        if row.taken_out and row.taken_out.fingerprint in self._known.made:
            self._rows[at] = replace(row, jobs=(row.taken_out,), others=row.jobs)
        elif row.taken_out:
            jobs = tuple(job for job in row.jobs if job.language.casefold() not in group.has) or row.jobs[:1]
            self._rows[at] = replace(row, jobs=jobs)
            group.has.update(_languages(jobs))

    def _add(self, at: int, group: _Alike) -> None:
        """The languages that the line's cell names and no line of its row has.

        Of rows to correct the other lines are in the results: none is added to them.
        """
        if ResultColumn.ROW in self._headings.results:
            return

        for job in self._rows[at].others:
            language, sent = job.language.casefold(), job.fingerprint in self._known.sent
            if language in group.has or job.fingerprint in self._shown:
                continue

            if sent and job.answer and job.fingerprint not in self._known.made:
                self._tell(at, _ANSWERED, job.language)
                continue

            edited = any(group.completes(other) for other in self._incomplete.get(language, ()))
            if edited and not sent:
                self._tell(at, _ELSEWHERE, job.language)
            if not edited and (sent or self._recorded(group)):
                if not sent:
                    self._tell(at, _ADDED, job.language)
                group.has.add(language)
                self._shown.add(job.fingerprint)
                self._rows[at] = replace(self._rows[at], jobs=(*self._rows[at].jobs, job))

    def _recorded(self, group: _Alike) -> bool:
        """Whether the record of the lines is at hand; without it nothing is known of their other languages either."""
        column = self._headings.results.get(ResultColumn.ID)
        ids = [self._rows[at].source.cell(column).text.strip() for at in group.at] if column is not None else []
        return all(not job_id or job_id in self._known.ids for job_id in ids)

    def _tell(self, at: int, issue: Issue, language: str) -> None:
        row = self._rows[at]
        found = issue.at(row.source.number, value=language)
        for index in self._columns(row):
            found = self._headings.placed(issue, row.source, index, language)
        self._rows[at] = replace(row, issues=(*row.issues, found))

    def _columns(self, row: BuiltRow) -> Iterator[int]:
        for index in row.layout.indexes[row.layout.kind.split_by] if row.layout else ():
            if not self._headings.cell(row.source, index).blank:
                yield index
                return


def _languages(jobs: Iterable[Job]) -> Iterator[str]:
    return (job.language.casefold() for job in jobs)


_ADDED = warning(
    code="language_added",
    cause="is a language that no line of this row has yet, so it is made too",
    fix="If it is not meant, take it out of the cell.",
)
_ANSWERED = warning(
    code="language_answered",
    cause="is a language whose line is not there any more, so nothing is sent for it: this line answers for its own",
    fix="If it is meant, clear the answer here and run: its line comes back.",
)
_ELSEWHERE = warning(
    code="language_elsewhere",
    cause="is not made for this line, as another line, which may be of the same row, has that language",
    fix="If it is meant, leave this language alone in the cell and clear result_language.",
)
