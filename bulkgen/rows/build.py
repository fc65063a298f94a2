"""Rows become jobs: the kind of each row, its values, its mistakes, its languages.

Pure. The account's templates and lists are given as data; without them (`Account()`) everything that they decide is
left open, and `Built.needs` says what to look up. So are the person's files: `Builder.files` says which are wanted.
With what was found only those rows are built again that it says something new of.

Invariants: no row is lost, every row is one `BuiltRow`; one with a mistake has no jobs; nothing is dropped or changed
without an `Issue` that names the cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace

from pydantic import BaseModel

from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.columns import Lookup, is_asset_id, truth
from bulkgen.kinds.filling import Filling
from bulkgen.kinds.kind import Kind
from bulkgen.model import (
    BLANK,
    Issue,
    Job,
    Reference,
    Row,
    Table,
    Value,
    files_in,
    fingerprint,
    made_title,
    other_readings,
    references_in,
    unsendable,
    warning,
)
from bulkgen.result_columns import ResultColumn
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.deciding import Deciding
from bulkgen.rows.examples import EXAMPLE, is_example
from bulkgen.rows.headings import read_headings
from bulkgen.rows.layouts import Layout, Layouts
from bulkgen.rows.lookups import Verdicts
from bulkgen.rows.margin import Margin
from bulkgen.rows.named_files import Found, NamedFiles
from bulkgen.rows.order import Order
from bulkgen.rows.reader import RowReader
from bulkgen.rows.references import REFERABLE, References, is_reference
from bulkgen.rows.scenes import ReadRow, video_of
from bulkgen.rows.selection import Selection
from bulkgen.rows.steering import left_out_by, steering, unclear_skip
from bulkgen.rows.tags import tags_of
from bulkgen.rows.variables import near_misses
from bulkgen.rows.videos import Videos

#: No job has a number of results with so many digits.
_DIGITS = 5


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
        self._references = References(table.rows, self.headings, self._as_if_asked)
        self._rows: list[BuiltRow] = []
        #: By template: what its rows have in common.
        self._near_misses: dict[str, list[tuple[int, Issue]]] = {}
        self._tested = self.headings.find("test", "test_mode")
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
            self.videos.join(members, self._rows, self._video)
        for at in self._references.outdated(self._rows):
            self._rows[at] = self._row(rows[at], at)
            for members in self.videos.touched((at,)):
                self.videos.join(members, self._rows, self._video)
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
        language, (part, own) = self._language_of(row), self._part_of(row)
        told = left_out_by(self.headings, row)
        hidden = row.hidden and not self.reading.include_hidden
        if (told or hidden) and not self.reading.everyone and not asked:
            if not told and at in self.videos:
                self._asked(row, at, hidden=True)
            return BuiltRow(
                source=row,
                row_id=row_id,
                language=language,
                part=part,
                own=own,
                skipped=True,
                left_out_by=told,
                selected=selected,
            )

        return self._asked(row, at)

    def _asked(self, row: Row, at: int, *, hidden: bool = False) -> BuiltRow:
        """What a row asks for; `hidden`: it is left out, and looked at for the rows that are one video with it."""
        selected = self.reading.selection is None or row.number in self.reading.selection
        labelled, labelled_at = self.headings.own(row, "row_id")
        row_id, language, (part, own) = labelled.text.strip(), self._language_of(row), self._part_of(row)
        self.videos.read.pop(at, None)
        if labelled_at is not None and is_example(row_id) and not self.reading.examples:
            example = self.headings.placed(EXAMPLE, row, labelled_at)
            return BuiltRow(source=row, row_id=row_id, issues=(example,), selected=selected)

        if self._undecided:
            return BuiltRow(source=row, row_id=row_id, issues=(self._undecided,), selected=selected)

        mistake = self.margin.mistake(row)
        if mistake:
            row = replace(row, unusable=mistake.cause)
            return BuiltRow(source=row, row_id=row_id, language=language, issues=(mistake,), selected=selected)

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
        made = _Made()
        if template or not kind.filling:
            self.videos.misfit(at, row, layout, reader)
            values = self._read(reader, layout)
            if kind.scenes:
                exact = self._look_up(reader, layout, values, at) | tags_of(reader, layout)
                scene = ReadRow(
                    reader=reader, layout=layout, exact=exact, order=order, selected=selected, hidden=hidden
                )
                made = _Made(self.videos.alone(at, scene, self._video))
            else:
                made = self._jobs(reader, layout, order, values, at)
        origins = tuple([reader.origin.get(column.name) for column in layout.kept])
        return BuiltRow(
            source=row,
            kind=kind.name,
            row_id=row_id,
            jobs=made.jobs,
            language=language if kind.split_by else "",
            others=made.others,
            taken_out=made.taken_out,
            part=part,
            own=own,
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
        if self._tested and not self.reading.examples:
            self._no_test(reader, layout)
        return values

    def _jobs(self, reader: RowReader, layout: Layout, order: Order, values: dict[str, Value], at: int) -> _Made:
        kind, template = layout.kind, layout.template
        filled = reader.spoilt | values if reader.spoilt else values
        request, issues = kind.judge(kind.fields(values, layout.read, template), filled, layout.columns)
        for issue in issues:
            reader.add(issue, layout)
        exact = self._look_up(reader, layout, values, at) | tags_of(reader, layout)
        for issue in kind.against(filled | exact if exact else filled, self.verdicts.account, template):
            reader.add(issue, layout)
        if reader.invalid or request is None or reader.open:
            return _Made()

        copy, copy_at = self.headings.own(reader.row, "copy")
        if copy_at is not None and any(copy_at in indexes for indexes in layout.indexes.values()):
            copy = BLANK  # a variable of the template
        order = replace(order, copy=copy.text.strip())
        typed = {column.name: values[column.name] for column in layout.sent_as_typed if column.name in exact}
        exact = values | exact if exact else values
        several = exact.get(kind.split_by)

        def job(language: str) -> Job:
            part = {**exact, kind.split_by: (language,)} if language and several != (language,) else exact
            # what was judged may ask for something else
            asked = request if part is values else kind.request.model_validate(kind.fields(part, layout.read, template))
            return self._job(order, layout, language, part, asked, typed)

        if not isinstance(several, tuple):
            return _Made((job(""),))

        named = {name: job(name) for name in dict.fromkeys(several)}
        language = self._language_of(reader.row)
        own = tuple(one for name, one in named.items() if name.casefold() == language.casefold())
        if not language or own:
            return _Made(own or tuple(named.values()), tuple(one for one in named.values() if own and one not in own))

        return _Made(tuple(named.values()), taken_out=job(language))

    def _video(self, kind: Kind, scenes: Sequence[ReadRow]) -> Job | None:
        """The job of the rows that are one video of scenes; what is wrong is noted in them."""
        video = video_of(kind, scenes, self.table.where)
        layout = video.layout
        request, issues = kind.judge(kind.fields(video.values, layout.columns, None), video.filled, layout.columns)
        for issue in (*issues, *kind.against(video.filled | video.exact, self.verdicts.account, None)):
            video.add(issue)
        if request is None or any(scene.reader.invalid or scene.reader.open for scene in scenes):
            return None

        if video.exact:  # what was judged has names in place of ids
            exact = video.values | video.exact
            request = kind.request.model_validate(kind.fields(exact, layout.columns, None))
        priority = max(scene.order.priority for scene in scenes)
        order = replace(scenes[0].order, copy=video.copy, priority=priority)
        return self._job(order, layout, "", video.values | video.exact, request, {})

    def _language_of(self, row: Row) -> str:
        """The language of a line of an earlier results sheet; "" for any other row."""
        at = self.headings.results.get(ResultColumn.LANGUAGE)
        return row.cell(at).text.strip() if at is not None else ""

    def _part_of(self, row: Row) -> tuple[int, tuple[str, ...]]:
        """Which of several results of its job a line of an earlier results sheet shows, and what the person wrote in
        it; 0 for any other row."""
        results = self.headings.results
        if ResultColumn.PART not in results:
            return 0, ()

        text = row.cell(results[ResultColumn.PART]).text.strip()
        part = int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else 0
        ours = {*results.values()}
        return part, tuple(cell.text for at, cell in enumerate(row.cells) if at not in ours)

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

    def _no_test(self, reader: RowReader, layout: Layout) -> None:
        """Nothing is made for trial by a word in a row; a person who thinks so would pay."""
        for at in self._tested:
            merged = any(at in self.headings.find(name) for name in self.headings.asked)
            if at in layout.unclaimed and not merged and truth(self.headings.cell(reader.row, at).text):
                header = self.headings.names[at]
                cause = "asks for a test, which HeyGen no longer makes: the row would be made, and paid"
                fix = (
                    f'To rehearse the sheet for free: --sandbox. If it is your own: --map "{header}=" leaves it alone.'
                )
                reader.note(at, unsendable(code="no_test", cause=cause, fix=fix))

    def _look_up(self, reader: RowReader, layout: Layout, values: Mapping[str, Value], at: int) -> dict[str, Value]:
        """The values that the account writes otherwise; what it does not have becomes an issue."""
        exact: dict[str, Value] = {}
        for column in layout.looked_up:
            value = values.get(column.name)
            if value is None or column.lookup is None:
                continue

            if isinstance(value, Reference) or (column.lookup in REFERABLE and is_reference(str(value))):
                continue  # what another row makes

            words = value if isinstance(value, tuple) else (str(value),)
            if column.lookup is Lookup.ASSET and not (isinstance(value, str) and is_asset_id(value)):
                continue  # a link, or a file of the person's

            found = []
            for word in words:
                verdict = self.verdicts.of(column.lookup, word, at)
                if isinstance(verdict, Issue):
                    reader.add(replace(verdict, field=column.name), layout, word)
                    verdict = word
                found.append(verdict)
            if tuple(found) != words:
                exact[column.name] = tuple(found) if isinstance(value, tuple) else found[0]
        return exact

    def _job(
        self,
        order: Order,
        layout: Layout,
        language: str,
        values: Mapping[str, Value],
        request: BaseModel,
        typed: dict[str, Value],
    ) -> Job:
        """`typed`: what earlier releases sent in place of ids and codes; such a job may be recorded by that."""
        kind = layout.kind
        template_id = layout.template.id if layout.template and kind.filling and kind.filling.of_account else ""
        wish = {column.name: values[column.name] for column in layout.identity if column.name in values}
        if language:
            wish[kind.split_by] = (language.casefold(),)
        digest = fingerprint(kind.name, wish, template_id=template_id, copy=order.copy)
        readings = other_readings(kind.name, wish, template_id=template_id, copy=order.copy)
        for name, made in wish.items():
            if isinstance(made, Reference):  # what it awaits may be recorded by another reading of its texts
                others = ({**wish, name: replace(made, wish=reading)} for reading in made.readings)
                readings += tuple(
                    fingerprint(kind.name, other, template_id=template_id, copy=order.copy) for other in others
                )
        if typed:
            wish |= typed
            readings += (
                fingerprint(kind.name, wish, template_id=template_id, copy=order.copy),
                *other_readings(kind.name, wish, template_id=template_id, copy=order.copy),
            )
        title = str(values.get("title") or "") if "title" in kind.request.model_fields else ""
        if kind.life.takes_title:
            title = title or made_title(self.reading.stem, order.number, digest)
        return Job(
            kind=kind.name,
            fingerprint=digest,
            row=order.number,
            row_id=order.row_id,
            title=title,
            language=language,
            path=layout.path,
            request=request,
            template_id=template_id,
            sheet=self.reading.sheet,
            priority=order.priority,
            readings=readings,
            files=files_in(values.values()),
            answer=order.answer,
            awaits=references_in(values.values()),
        )


@dataclass(frozen=True, slots=True)
class _Made:
    """The jobs of a row; of a line of an earlier results sheet those of its language, and what else `BuiltRow` has."""

    jobs: tuple[Job, ...] = ()
    others: tuple[Job, ...] = ()
    taken_out: Job | None = None
