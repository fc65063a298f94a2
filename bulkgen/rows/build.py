"""Rows become jobs: the kind of each row, its values, its mistakes, its languages.

Pure. The account's templates and lists are given as data; without them (`Account()`) everything that they decide is
left open, and `Built.needs` says what to look up. With what was looked up only those rows are built again that it says
something new of.

Invariants: no row is lost, every row is one `Line`; a line with a mistake has no jobs; nothing is dropped or changed
without a `Issue` that names the cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pydantic import BaseModel

from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.columns import Fault, match_key, truth
from bulkgen.kinds.kind import Kind
from bulkgen.model import BLANK, Job, Row, Table, Value, fingerprint
from bulkgen.rows.headings import Layout, read_headings
from bulkgen.rows.layouts import WAYS, Layouts
from bulkgen.rows.lines import Built, Line
from bulkgen.rows.lookups import Verdicts
from bulkgen.rows.margin import Margin
from bulkgen.rows.misspelt import Stray, strays
from bulkgen.rows.reader import RowReader
from bulkgen.rows.selection import Selection
from bulkgen.rows.suggest import Hints

#: It becomes a part of a path at HeyGen.
_TEMPLATE_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:\-]{0,127}")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person said of the sheet on the command line. `stem` names the jobs at HeyGen."""

    stem: str
    defaults: Mapping[str, str] = field(default_factory=dict)
    renames: Mapping[str, str] = field(default_factory=dict)
    selection: Selection | None = None
    #: Hidden and filtered rows count like the others.
    include_hidden: bool = False
    #: The worksheet, where a workbook has several.
    sheet: str = ""


def build(table: Table, reading: ReadOptions, account: Account) -> Built:
    """Every row of the table as a `Line`. Raises `InputError` for a `--map` of a column that is not there."""
    return Builder(table, reading).build(account)


class Builder:
    """The lines of one sheet.

    Its rows are built once; asked again with an account of which more is known, it builds those rows again that this
    makes a difference to. Raises `InputError` for a `--map` of a column that is not there.
    """

    def __init__(self, table: Table, reading: ReadOptions) -> None:
        self.table = table
        self.reading = reading
        self.headings = read_headings(table, reading.renames, reading.defaults)
        self.margin = Margin(table)
        self.layouts = Layouts(self.headings)
        self.verdicts = Verdicts()
        self._lines: list[Line] = []
        #: By template, and by kind and template: what rows have in common.
        self._strays: dict[str, list[Stray]] = {}
        self._hints = Hints(KINDS)
        self._undecided = self.layouts.no_kind(table.header_row)
        self._paths: dict[tuple[str, str], str] = {}

    def build(self, account: Account) -> Built:
        """Every row as a `Line`, judged by what is known of the account."""
        rows = self.table.rows
        for at in self.verdicts.renew(account):
            self._lines[at] = self._line(rows[at], at)
        for at in range(len(self._lines), len(rows)):
            self._lines.append(self._line(rows[at], at))
        issues = self.headings.issues
        if self._undecided and not rows:
            issues = (*issues, self._undecided)
        return Built(tuple(self._lines), issues, self.verdicts.needs, self.layouts)

    def _line(self, row: Row, at: int) -> Line:
        selected = self.reading.selection is None or row.number in self.reading.selection
        row_id = self.headings.own(row, "row_id")[0].text.strip()
        skip, skip_at = self.headings.own(row, "skip")
        answer = False if skip.blank else truth(skip.text)
        if answer or (row.hidden and not self.reading.include_hidden):
            return Line(row, row_id=row_id, skipped=True, selected=selected)

        if self._undecided:
            return Line(row, row_id=row_id, issues=(self._undecided,), selected=selected)

        mistake = self.margin.mistake(row)
        if mistake:
            return Line(replace(row, unusable=mistake.cause), row_id=row_id, issues=(mistake,), selected=selected)

        reader = RowReader(row, self.headings)
        if answer is None:
            reader.issue(skip_at, "is neither yes nor no", "Type yes to leave the row out, or clear the cell.")
        kind = self._kind(reader)
        if kind is None:
            return Line(row, row_id=row_id, issues=tuple(reader.issues), selected=selected)

        jobs = self._jobs(reader, kind, row_id, at)
        return Line(row, kind.name, row_id, jobs, tuple(reader.issues), selected=selected)

    def _kind(self, reader: RowReader) -> Kind | None:
        """By the column `type` (or `kind`); else by the filled columns; else by the columns that the sheet has."""
        cell, at = self.headings.own(reader.row, "type", "kind")
        if not cell.blank:
            kind = KINDS.get(match_key(cell.text))
            if kind is None and self.layouts.cell(reader.row, KINDS["template"], "template_id") is not None:
                return KINDS["template"]  # `type` is a variable of the template here

            if kind is None:
                fix = f"{self._hints.of(cell.text)}Type one of: {', '.join(KINDS)}."
                reader.issue(at, "is no kind that bulkgen makes", fix)
            return kind

        decided = self.layouts.decided(reader.row)
        if decided is not None:
            return decided

        reader.issue(None, "nothing says what this row asks for", f"Fill {WAYS}. Or name the kind in a column type.")
        return None

    def _jobs(self, reader: RowReader, kind: Kind, row_id: str, at: int) -> tuple[Job, ...]:
        template: Template | None = None
        template_id = ""
        if kind.template_columns:
            template, template_id = self._template(reader, kind, at)
            if template is None:
                return ()

        layout = self.layouts.of(kind, template)
        values = reader.read(layout)
        for index, cell in enumerate(reader.row.cells):
            if cell.unusable and not cell.text and index in layout.unclaimed:
                reader.issue(index, cell.unusable, "Its place in the results stays blank.", warning=True)
        if template:
            self._misspelt(reader, layout, template)
        filled = reader.spoilt | values if reader.spoilt else values
        request, faults = kind.judge(kind.fields(values, layout.read, template), filled, layout.columns)
        for fault in faults:
            reader.add(fault, layout)
        exact = self._look_up(reader, layout, values, at)
        if reader.invalid or request is None:
            return ()

        copy, copy_at = self.headings.own(reader.row, "copy")
        if copy_at is not None and any(copy_at in places for places in layout.places.values()):
            copy = BLANK  # a variable of the template
        order = _Order(reader.row, kind, template_id, row_id, copy.text.strip())
        jobs = []
        for language, part in self._split(reader.row, kind, values | exact if exact else values):
            if part is not values:  # the request that was judged asks for something else
                request = kind.request.model_validate(kind.fields(part, layout.read, template))
            jobs.append(self._job(order, layout, language, part, request))
        return tuple(jobs)

    def _template(self, reader: RowReader, kind: Kind, at: int) -> tuple[Template | None, str]:
        """The row's template, where it has been looked up, and its id."""
        column = next(iter(self.layouts.of(kind).places["template_id"]), None)
        cell = self.layouts.cell(reader.row, kind, "template_id")
        template_id = cell.text.strip() if cell else ""
        if not template_id:
            reader.issue(column, "is blank", "Fill in the template's id.", "template_id")
            return None, ""

        if not _TEMPLATE_ID.fullmatch(template_id):
            fix = "Copy the id from the template's page at HeyGen."
            reader.issue(column, "is no template's id", fix, "template_id")
            return None, template_id

        verdict = self.verdicts.template(template_id, at)
        if isinstance(verdict, Fault):
            reader.issue(column, verdict.cause, verdict.fix, "template_id")
            return None, template_id

        return verdict, template_id

    def _misspelt(self, reader: RowReader, layout: Layout, template: Template) -> None:
        """A column that was meant for a variable of the template is a mistake; one that none can take a warning."""
        if template.id not in self._strays:
            self._strays[template.id] = list(strays(self.headings, layout, template))
        for stray in self._strays[template.id]:
            if stray.meant:
                reader.forget(stray.meant)
                reader.issue(stray.column, stray.cause, stray.fix)
            elif not self.headings.cell(reader.row, stray.column).blank:
                reader.issue(stray.column, stray.cause, stray.fix, warning=True)

    def _look_up(self, reader: RowReader, layout: Layout, values: Mapping[str, Value], at: int) -> dict[str, Value]:
        """The values that the account writes otherwise; what it does not have becomes a issue."""
        exact: dict[str, Value] = {}
        for column in layout.looked_up:
            value = values.get(column.name)
            if value is None or column.lookup is None:
                continue

            words = value if isinstance(value, tuple) else (str(value),)
            found = []
            for word in words:
                verdict = self.verdicts.of(column.lookup, word, at)
                if isinstance(verdict, Fault):
                    reader.add(replace(verdict, column=column.name), layout, word)
                    verdict = word
                found.append(verdict)
            if tuple(found) != words:
                exact[column.name] = tuple(found) if isinstance(value, tuple) else found[0]
        return exact

    def _split(self, row: Row, kind: Kind, values: dict[str, Value]) -> Iterator[tuple[str, dict[str, Value]]]:
        """The row's values once per language; a line of an earlier results sheet only its own language."""
        several = values.get(kind.split_by)
        if not isinstance(several, tuple):
            yield "", values
            return

        languages = list(dict.fromkeys(several))
        at = self.headings.results.get("result_language")
        only = row.cell(at).text.strip().casefold() if at is not None else ""
        for language in [name for name in languages if name.casefold() == only] or languages:
            yield language, values if several == (language,) else {**values, kind.split_by: (language,)}

    def _job(
        self, order: _Order, layout: Layout, language: str, values: Mapping[str, Value], request: BaseModel
    ) -> Job:
        kind, number = order.kind, order.row.number
        wish = {column.name: values[column.name] for column in layout.identity if column.name in values}
        if language:
            wish[kind.split_by] = (language.casefold(),)
        digest = fingerprint(kind.name, wish, template_id=order.template_id, copy=order.copy)
        title = ""
        if kind.takes_callback:
            title = str(values.get("title") or f"{self.reading.stem} row {number} · {digest[:6]}")
        return Job(
            kind=kind.name,
            fingerprint=digest,
            row=number,
            row_id=order.row_id,
            title=title,
            language=language,
            path=self._path(kind, order.template_id),
            request=request,
            template_id=order.template_id,
            sheet=self.reading.sheet,
        )

    def _path(self, kind: Kind, template_id: str) -> str:
        key = kind.name, template_id
        if key not in self._paths:
            self._paths[key] = kind.path.format(template_id=template_id)
        return self._paths[key]


@dataclass(frozen=True, slots=True)
class _Order:
    """What all jobs of a row have in common."""

    row: Row
    kind: Kind
    template_id: str
    row_id: str
    copy: str
