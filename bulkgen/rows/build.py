"""Rows become jobs: the kind of each row, its values, its mistakes, its languages.

Pure. The account's templates and lists are given as data; without them (`Account()`) everything that they decide is
left open, and `Built.needs` says what to look up. So are the person's files: `Builder.files` says which are wanted.
With what was found only those rows are built again that it says something new of.

Invariants: no row is lost, every row is one `BuiltRow`; one with a mistake has no jobs; nothing is dropped or changed
without an `Issue` that names the cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, replace

from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.filling import Filling
from bulkgen.kinds.kind import Kind
from bulkgen.model import Issue, Row, Table, Value, warning
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.deciding import Deciding
from bulkgen.rows.earlier import earlier_line
from bulkgen.rows.examples import EXAMPLE, is_example
from bulkgen.rows.headings import read_headings
from bulkgen.rows.jobs import JobMaker, Made
from bulkgen.rows.layouts import Layout, Layouts
from bulkgen.rows.lookups import Verdicts
from bulkgen.rows.margin import Margin
from bulkgen.rows.named_files import Found, NamedFiles
from bulkgen.rows.order import Order
from bulkgen.rows.reader import RowReader
from bulkgen.rows.references import References
from bulkgen.rows.scenes import ReadRow
from bulkgen.rows.selection import Selection
from bulkgen.rows.steering import left_out_by, steering, unclear_skip
from bulkgen.rows.trial import asks_for_test, no_test
from bulkgen.rows.variables import near_misses
from bulkgen.rows.videos import Videos


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person said of the sheet on the command line. `stem` names the jobs at HeyGen."""

    stem: str
    _: KW_ONLY
    defaults: Mapping[str, str] = field(default_factory=dict)
    renames: Mapping[str, str] = field(default_factory=dict)
    selection: Selection | None = None
    #: Hidden and filtered rows count like the others.
    include_hidden: bool = False
    #: So does every row, whatever its column `skip` says.
    everyone: bool = False
    #: The worksheet, where a workbook has several.
    sheet: str = ""
    #: Which file says a default or a renaming that was not typed, by the setting (`set`, `map`) and the name.
    said_by: Mapping[tuple[str, str], str] = field(default_factory=dict)
    #: Rows that are examples are made like the others: a rehearsal costs nothing.
    examples: bool = False


def build(table: Table, reading: ReadOptions, account: Account, files: Found | None = None) -> Built:
    """Every row of the table as a `BuiltRow`. Raises `InputError` for a `--map` of a column that is not there."""
    builder = Builder(table, reading)
    builder.files.learn(files or {})
    return builder.build(account)


class Builder:
    """The rows of one sheet as they are built.

    Its rows are built once; asked again with an account of which more is known, it builds those rows again that this
    makes a difference to. Raises `InputError` for a `--map` of a column that is not there.
    """

    def __init__(self, table: Table, reading: ReadOptions) -> None:
        self.table = table
        self.reading = reading
        self.headings = read_headings(table, reading.renames, reading.defaults, reading.said_by)
        self.margin = Margin(table)
        self.layouts = Layouts(self.headings)
        self._deciding = Deciding(self.layouts, table.rows)
        self.videos = Videos(table, self.headings)
        self.verdicts = Verdicts()
        self.files = NamedFiles()
        self._maker = JobMaker(
            headings=self.headings,
            verdicts=self.verdicts,
            where=table.where,
            stem=reading.stem,
            sheet=reading.sheet,
        )
        self._references = References(table.rows, self.headings, self._as_if_asked)
        self._rows: list[BuiltRow] = []
        #: By template: what its rows have in common.
        self._near_misses: dict[str, list[tuple[int, Issue]]] = {}
        self._tested = not reading.examples and asks_for_test(self.headings)
        self._undecided = self._deciding.no_kind(table.header_row)
        #: Most rows are filled from the same columns.
        self._origins: dict[tuple[int | None, ...], tuple[int | None, ...]] = {}

    def build(self, account: Account) -> Built:
        """Every row as a `BuiltRow`, judged by what is known of the account."""
        rows = self.table.rows
        again, new = sorted({*self.verdicts.renew(account), *self.files.renew()}), range(len(self._rows), len(rows))
        for at in again:
            self._rows[at] = self._row(rows[at], at)
        for at in new:
            self._rows.append(self._row(rows[at], at))
        changed = (*again, *new)
        for members in self.videos.touched(changed):
            self.videos.join(members, self._rows, self._maker.of_scenes)
        for at in self._references.outdated(self._rows):
            self._rows[at] = self._row(rows[at], at)
            for members in self.videos.touched((at,)):
                self.videos.join(members, self._rows, self._maker.of_scenes)
        issues = self.headings.issues
        if self._undecided and not rows:
            issues = (*issues, self._undecided)
        return Built(
            rows=tuple(self._rows),
            issues=issues,
            needs=self.verdicts.needs,
            layouts=self.layouts,
            named=self.verdicts.named,
        )

    def _as_if_asked(self, at: int) -> BuiltRow:
        """A row that is left out, as it would be if it were not."""
        scene = self.videos.read.get(at)
        row = self._row(self.table.rows[at], at, asked=True)
        self.videos.restore(at, scene)
        return row

    def _row(self, row: Row, at: int, *, asked: bool = False) -> BuiltRow:
        """`asked`: nothing leaves it out."""
        self._references.forget(at)
        selected = self.reading.selection is None or row.number in self.reading.selection
        row_id = self.headings.own(row, "row_id")[0].text.strip()
        earlier = earlier_line(self.headings, row)
        told = left_out_by(self.headings, row)
        hidden = row.hidden and not self.reading.include_hidden
        if (told or hidden) and not self.reading.everyone and not asked:
            if not told and at in self.videos:
                self._asked(row, at, hidden=True)
            return BuiltRow(
                source=row,
                row_id=row_id,
                language=earlier.language,
                part=earlier.part,
                own=earlier.own,
                skipped=True,
                left_out_by=told,
                selected=selected,
            )

        return self._asked(row, at)

    def _asked(self, row: Row, at: int, *, hidden: bool = False) -> BuiltRow:
        """What a row asks for; `hidden`: it is left out, and looked at for the rows that are one video with it."""
        selected = self.reading.selection is None or row.number in self.reading.selection
        labelled, labelled_at = self.headings.own(row, "row_id")
        row_id, earlier = labelled.text.strip(), earlier_line(self.headings, row)
        self.videos.read.pop(at, None)
        if labelled_at is not None and is_example(row_id) and not self.reading.examples:
            example = self.headings.placed(EXAMPLE, row, labelled_at)
            return BuiltRow(source=row, row_id=row_id, issues=(example,), selected=selected)

        if self._undecided:
            return BuiltRow(source=row, row_id=row_id, issues=(self._undecided,), selected=selected)

        mistake = self.margin.mistake(row)
        if mistake:
            row = replace(row, unusable=mistake.cause)
            return BuiltRow(source=row, row_id=row_id, language=earlier.language, issues=(mistake,), selected=selected)

        reader = RowReader(
            row,
            self.headings,
            file_of=lambda name, media: self.files.of(name, media, at),
            made_by=lambda text, lookup: self._references.of(text, lookup, at, self._rows),
        )
        for index, issue in unclear_skip(self.headings, row):
            reader.note(index, issue)
        kind = self._deciding.kind_of(row)
        if isinstance(kind, Issue):
            return BuiltRow(source=row, row_id=row_id, issues=(*reader.issues, kind), selected=selected)

        template = self._template(reader, kind, kind.filling, at) if kind.filling else None
        layout = self.layouts.of(kind, template, scene=kind.scenes is not None and at in self.videos)
        steered, unread = steering(self.headings, row, layout)
        for index, issue in unread:
            reader.note(index, issue)
        order = Order(number=row.number, row_id=row_id, priority=steered.priority, answer=steered.answer)
        made = Made()
        if template or not kind.filling:
            self.videos.misfit(at, row, layout, reader)
            values = self._read(reader, layout)
            if kind.scenes:
                exact = self._maker.exact(reader, layout, values, at)
                scene = ReadRow(
                    reader=reader, layout=layout, exact=exact, order=order, selected=selected, hidden=hidden
                )
                made = Made(self.videos.alone(at, scene, self._maker.of_scenes))
            else:
                made = self._maker.of_row(reader, layout, order, values, earlier.language, at)
        origins = tuple([reader.origin.get(column.name) for column in layout.kept])
        return BuiltRow(
            source=row,
            kind=kind.name,
            row_id=row_id,
            jobs=made.jobs,
            language=earlier.language if kind.split_by else "",
            others=made.others,
            taken_out=made.taken_out,
            part=earlier.part,
            own=earlier.own,
            issues=tuple(reader.issues),
            selected=selected,
            retry=steered.retry,
            layout=layout,
            origins=self._origins.setdefault(origins, origins),
            values=tuple([reader.values.get(column.name) for column in layout.kept]),
        )

    def _read(self, reader: RowReader, layout: Layout) -> dict[str, Value]:
        """The values of the row, by its fields, with what is to be said of columns that none of them takes."""
        values = reader.read(layout)
        for index, cell in enumerate(reader.row.cells):
            if cell.unusable and not cell.text and index in layout.unclaimed:
                fix = "Its place in the results stays blank."
                reader.note(index, warning(code="unusable_cell", cause=cell.unusable, fix=fix))
        if layout.template:
            self._misspelt(reader, layout, layout.template)
        for index, issue in no_test(reader, layout) if self._tested else ():
            reader.note(index, issue)
        return values

    def _template(self, reader: RowReader, kind: Kind, filling: Filling, at: int) -> Template | None:
        """What the row is filled into: its template, where it has been looked up, or what its own values hold."""
        if filling.found_in:
            layout = self.layouts.of(kind)
            found = filling.found_in(reader.read(layout, filling.told_by))
            if not isinstance(found, Issue):
                return None if reader.open or reader.invalid else found

            reader.add(found, layout)
            return None

        cell = self.layouts.cell(reader.row, kind, "template_id")
        verdict = self.verdicts.template(cell.text.strip() if cell else "", at)
        if isinstance(verdict, Issue):
            reader.add(verdict, self.layouts.of(kind))
            return None

        return verdict

    def _misspelt(self, reader: RowReader, layout: Layout, template: Template) -> None:
        """A column that was meant for a variable of the template is a mistake, whatever the row; what fills nothing is
        told where the row has it."""
        if template.id not in self._near_misses:
            self._near_misses[template.id] = list(near_misses(self.headings, layout, template))
        for at, issue in self._near_misses[template.id]:
            if issue.field:
                reader.forget(issue.field)
                reader.note(at, issue)
            elif not self.headings.cell(reader.row, at).blank:
                reader.note(at, issue)
