"""Rows become jobs: the kind of each row, its values, its mistakes, its languages.

Pure. The account's templates and lists are given as data; without them (`Account()`) everything that they decide is
left open, and `Built.needs` says what to look up.

Invariants: no row is lost, every row is one `Line`; a line with a mistake has no jobs; nothing is dropped or changed
without a `Problem` that names the cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bulkgen.jobs import BLANK, Job, Problem, Row, Table, Value, fingerprint
from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Account, Needs, Template
from bulkgen.kinds.columns import Column, Fault, Lookup, match_key, truth
from bulkgen.kinds.kind import Kind
from bulkgen.rows.draft import Draft
from bulkgen.rows.headings import Headings, Layout, read_headings
from bulkgen.rows.layouts import Layouts
from bulkgen.rows.lookups import judge
from bulkgen.rows.misspelt import Stray, strays
from bulkgen.rows.selection import Selection
from bulkgen.rows.suggest import hint

#: It becomes a part of a path at HeyGen.
_TEMPLATE_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:\-]{0,127}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the person said of the sheet on the command line. `stem` names the jobs at HeyGen."""

    stem: str
    defaults: Mapping[str, str] = field(default_factory=dict)
    renames: Mapping[str, str] = field(default_factory=dict)
    selection: Selection | None = None
    #: Hidden and filtered rows count like the others.
    include_hidden: bool = False
    #: The worksheet, where a workbook has several.
    sheet: str = ""


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

    @property
    def mistakes(self) -> list[Problem]:
        """Everything that keeps a selected row from being sent, in the sheet's order."""
        rows = [p for line in self.lines if line.selected for p in line.problems]
        return [p for p in (*self.problems, *rows) if not p.warning]

    @property
    def warnings(self) -> list[Problem]:
        rows = [p for line in self.lines if line.selected for p in line.problems]
        return [p for p in (*self.problems, *rows) if p.warning]


def build(table: Table, reading: Reading, account: Account) -> Built:
    """Every row of the table as a `Line`."""
    headings = read_headings(table, reading.renames, reading.defaults)
    builder = _Builder(headings, reading, account)
    lines = tuple(builder.line(row) for row in table.rows)
    return Built(lines, headings.problems, Needs({key: frozenset(ids) for key, ids in builder.wanted.items()}))


def with_problems(built: Built, problems: Iterable[Problem]) -> Built:
    """The lines with what was found of them afterwards; a line that gets a mistake loses its jobs.

    A problem of a row that is not among the lines is one of the header line.
    """
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        by_row.setdefault(problem.row, []).append(problem)
    lines = []
    for line in built.lines:
        found = (*line.problems, *by_row.pop(line.row.number, ()))
        jobs = () if any(not problem.warning for problem in found) else line.jobs
        lines.append(replace(line, problems=found, jobs=jobs))
    header = [problem for left in by_row.values() for problem in left]
    return replace(built, lines=tuple(lines), problems=(*built.problems, *header))


@dataclass
class _Builder:
    headings: Headings
    reading: Reading
    account: Account
    wanted: dict[Lookup, set[str]] = field(default_factory=dict)
    #: By template.
    strays: dict[str, list[Stray]] = field(default_factory=dict)
    layouts: Layouts = field(init=False)

    def __post_init__(self) -> None:
        self.layouts = Layouts(self.headings)

    def line(self, row: Row) -> Line:
        selected = self.reading.selection is None or row.number in self.reading.selection
        row_id = self.headings.own(row, "row_id")[0].text.strip()
        skip, skip_at = self.headings.own(row, "skip")
        answer = False if skip.blank else truth(skip.text)
        if answer or (row.hidden and not self.reading.include_hidden):
            return Line(row, row_id=row_id, skipped=True, selected=selected)

        draft = Draft(row, self.headings)
        if row.fault:
            draft.problem(None, row.fault, "Mend the line, so that every value stands under its header.")
            return Line(row, row_id=row_id, problems=tuple(draft.problems), selected=selected)

        if answer is None:
            draft.problem(skip_at, "is neither yes nor no", "Type yes to leave the row out, or clear the cell.")
        kind = self._kind(draft)
        if kind is None:
            return Line(row, row_id=row_id, problems=tuple(draft.problems), selected=selected)

        jobs = self._jobs(draft, kind, row_id)
        found = tuple(draft.problems)
        if any(not problem.warning for problem in found):
            jobs = ()
        return Line(row, kind.name, row_id, jobs, found, selected=selected)

    def _kind(self, draft: Draft) -> Kind | None:
        """By the column `type` (or `kind`); else by the filled columns; else by the columns that the sheet has."""
        cell, at = self.headings.own(draft.row, "type", "kind")
        template_id = self.layouts.cell(draft.row, KINDS["template"], "template_id")
        if not cell.blank:
            kind = KINDS.get(match_key(cell.text))
            if kind is None and template_id is not None:
                return KINDS["template"]  # `type` is a variable of the template here

            if kind is None:
                fix = f"{hint(cell.text, KINDS)}Type one of: {', '.join(KINDS)}."
                draft.problem(at, "is no kind that bulkgen makes", fix)
            return kind

        for kind in KINDS.values():
            if all(any(self.layouts.cell(draft.row, kind, name) for name in group) for group in kind.decided_by):
                return kind

        possible = [
            kind for kind in KINDS.values()
            if all(any(self.layouts.of(kind).places.get(name) for name in group) for group in kind.decided_by)
        ]  # fmt: skip
        if len(possible) == 1:
            return possible[0]

        ways = "; ".join(
            f"{' and '.join(' or '.join(group) for group in kind.decided_by)} ({kind.noun})" for kind in KINDS.values()
        )
        draft.problem(None, "nothing says what this row asks for", f"Fill {ways}. Or name the kind in a column type.")
        return None

    def _jobs(self, draft: Draft, kind: Kind, row_id: str) -> tuple[Job, ...]:
        template: Template | None = None
        template_id = ""
        if kind.template_columns:
            known, template, template_id = self._template(draft, kind)
            if not known:
                return ()

        layout = self.layouts.of(kind, template)
        values = draft.read(layout)
        for index in layout.unclaimed:
            cell = draft.row.cell(index)
            if cell.fault and not cell.text:
                draft.problem(index, cell.fault, "Its place in the results stays blank.", warning=True)
        if template:
            self._misspelt(draft, layout, template)
        body = kind.body(values, layout.columns, template)
        for fault in kind.faults(body, {**draft.spoilt, **values}, layout.columns):
            draft.fault(fault, layout)
        for column in layout.columns:
            if column.lookup and column.lookup is not Lookup.TEMPLATE and column.name in values:
                self._look_up(draft, layout, column, values)

        if any(not problem.warning for problem in draft.problems):
            return ()

        copy, copy_at = self.headings.own(draft.row, "copy")
        if copy_at is not None and any(copy_at in places for places in layout.places.values()):
            copy = BLANK  # a variable of the template
        parts = self._split(draft, kind, values)
        return tuple(
            self._job(draft, kind, layout, part, template, template_id, row_id, copy.text.strip()) for part in parts
        )

    def _template(self, draft: Draft, kind: Kind) -> tuple[bool, Template | None, str]:
        """Whether the row can be judged, the template where it has been looked up, and its id."""
        layout = self.layouts.of(kind)
        at = next(iter(layout.places["template_id"]), None)
        cell = self.layouts.cell(draft.row, kind, "template_id")
        template_id = cell.text.strip() if cell else ""
        if not template_id:
            draft.problem(at, "is blank", "Fill in the template's id.", "template_id")
            return False, None, ""

        if not _TEMPLATE_ID.fullmatch(template_id):
            draft.problem(at, "is no template's id", "Copy the id from the template's page at HeyGen.", "template_id")
            return False, None, template_id

        self.wanted.setdefault(Lookup.TEMPLATE, set()).add(template_id)
        template = self.account.templates.get(template_id)
        if template is None:
            if Lookup.TEMPLATE in self.account.listed:
                names = self.account.listed[Lookup.TEMPLATE]
                by_name = next((i for i, name in names.items() if name.casefold() == template_id.casefold()), None)
                fix = f"Its id is {by_name}. " if by_name else hint(template_id, names)
                draft.problem(
                    at, "is no template of this account", f"{fix}Copy the id from the template's page at HeyGen.",
                    "template_id",
                )  # fmt: skip
            return False, None, template_id

        return True, template, template_id

    def _misspelt(self, draft: Draft, layout: Layout, template: Template) -> None:
        """A column that was meant for a variable of the template is a mistake; one that none can take a warning."""
        if template.id not in self.strays:
            self.strays[template.id] = list(strays(self.headings, layout, template))
        for stray in self.strays[template.id]:
            if stray.meant:
                draft.forget(stray.meant)
                draft.problem(stray.column, stray.cause, stray.fix)
            elif not self.headings.cell(draft.row, stray.column).blank:
                draft.problem(stray.column, stray.cause, stray.fix, warning=True)

    def _look_up(self, draft: Draft, layout: Layout, column: Column, values: dict[str, Value]) -> None:
        lookup = column.lookup
        assert lookup is not None
        value = values[column.name]
        wanted = value if isinstance(value, tuple) else (str(value),)
        self.wanted.setdefault(lookup, set()).update(wanted)
        if lookup not in self.account.listed:
            return

        found = [judge(lookup, word, self.account) for word in wanted]
        for name, verdict in zip(wanted, found, strict=True):
            if isinstance(verdict, Fault):
                draft.fault(Fault(column.name, verdict.cause, verdict.fix, verdict.warning), layout, name)
        exact = tuple(v if isinstance(v, str) else name for name, v in zip(wanted, found, strict=True))
        values[column.name] = exact if isinstance(value, tuple) else exact[0]

    def _split(self, draft: Draft, kind: Kind, values: dict[str, Value]) -> Iterator[tuple[str, dict[str, Value]]]:
        """The row's values once per language; a line of an earlier results sheet only its own language."""
        several = values.get(kind.split_by)
        if not isinstance(several, tuple):
            yield "", values
            return

        languages = list(dict.fromkeys(several))
        at = self.headings.results.get("result_language")
        only = draft.row.cell(at).text.strip().casefold() if at is not None else ""
        for language in [name for name in languages if name.casefold() == only] or languages:
            yield language, {**values, kind.split_by: (language,)}

    def _job(
        self, draft: Draft, kind: Kind, layout: Layout, part: tuple[str, dict[str, Value]],
        template: Template | None, template_id: str, row_id: str, copy: str,
    ) -> Job:  # fmt: skip
        language, values = part
        wish = {column.name: values[column.name] for column in layout.columns
                if column.identity and column.name in values}  # fmt: skip
        if language:
            wish[kind.split_by] = (language.casefold(),)
        digest = fingerprint(kind.name, wish, template_id=template_id, copy=copy)
        body = kind.body(values, layout.columns, template)
        title = ""
        if kind.labelled:
            title = str(values.get("title") or f"{self.reading.stem} row {draft.row.number} · {digest[:6]}")
            body["title"] = title
        return Job(
            kind.name, digest, draft.row.number, row_id, title, language,
            kind.path.format(template_id=template_id), body, wish, template_id, self.reading.sheet,
        )  # fmt: skip
