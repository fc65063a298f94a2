"""One row on its way to being jobs: its values read field by field, and the issues met on the way.

Pure. Every issue names the cell it is in; a field with an issue is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace

from bulkgen.kinds.columns import Column, Lookup, is_asset_id, is_link, is_path, known_name, match_key
from bulkgen.kinds.kind import SPOILT
from bulkgen.kinds.media import Media
from bulkgen.kinds.parsing import parse
from bulkgen.model import BLANK, Cell, Issue, LocalFile, Mixed, Reference, Row, Value
from bulkgen.rows.filters import FILTERS
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout
from bulkgen.rows.merge import Unfilled, has_fields, is_broken, merge
from bulkgen.rows.references import REFERABLE, is_reference
from bulkgen.rows.suggest import hint
from bulkgen.texts import CUT


@dataclass(slots=True)
class RowReader:
    """One row on its way to being jobs, and the issues met on it."""

    row: Row
    headings: Headings
    _: KW_ONLY
    issues: list[Issue] = field(default_factory=list)
    #: By field: its value, and the column of the sheet that it came from.
    values: dict[str, Value] = field(default_factory=dict)
    origin: dict[str, int] = field(default_factory=dict)
    #: Fields that are filled, though with something that can't be used: what depends on them is not to blame.
    spoilt: dict[str, Value] = field(default_factory=dict)
    #: Says what a file is that a cell names, as it was found; None where nobody has looked for it.
    file_of: Callable[[str, Media], LocalFile | Issue | None] = lambda _name, _media: None
    #: Says what another row makes, by what a cell says of it; None where that is not known yet.
    made_by: Callable[[str, Lookup], Reference | Issue | None] = lambda _text, _lookup: None
    #: A file that nobody has looked for, or another row that is not read yet: what the row asks for is not known.
    open: bool = False

    @property
    def invalid(self) -> bool:
        """Whether nothing can be asked for; an objection keeps only what is new from being sent."""
        return bool(self.issues) and any(not issue.warning and not issue.of_new for issue in self.issues)

    def read(self, layout: Layout, only: Collection[str] = ()) -> dict[str, Value]:
        """The values of the fields that the row fills; `only`: those that decide how the others are read."""
        for column in layout.read:
            if only and column.name not in only:
                continue

            known = len(self.issues)
            cell = self._cell(layout, column)
            if cell is not None:
                value = self._value(column, cell)
                if isinstance(value, Issue):
                    self.add(value, layout)
                else:
                    self.values[column.name] = value
            if len(self.issues) > known and column.name in self.origin:
                self.spoilt[column.name] = SPOILT
        return self.values

    def _value(self, column: Column, cell: Cell) -> Value | Issue:
        """What the cell means for the column; where it names a file or a row, that file, or what that row makes."""
        value = parse(column, cell)
        if isinstance(value, str) and column.lookup in REFERABLE and is_reference(value):
            made = self.made_by(value, column.lookup)
            self.open = self.open or made is None
            return replace(made, field=column.name) if isinstance(made, Issue) else made or value

        if column.media is None or not column.files or isinstance(value, Issue):
            return value

        if not isinstance(value, tuple):
            return self._file(column, column.media, value) if isinstance(value, str) else value

        found = [self._file(column, column.media, each) for each in value]
        files = [each for each in found if not isinstance(each, Issue)]
        if len(files) < len(found):
            return next(each for each in found if isinstance(each, Issue))

        return Mixed(tuple(files)) if any(isinstance(each, LocalFile) for each in files) else value

    def _file(self, column: Column, media: Media, value: str) -> str | LocalFile | Issue:
        """The value; where it names a file, that file."""
        path = is_path(value)
        if not path and (is_link(value) or not media.project):
            return value

        file = self.file_of(value, media)
        if not path and isinstance(file, Issue) and is_asset_id(value):  # no folder of that name can be read here
            return value

        self.open = self.open or file is None
        return replace(file, field=column.name) if isinstance(file, Issue) else file or value

    def _cell(self, layout: Layout, column: Column) -> Cell | None:
        """The cell that fills the field, merged; None (with an issue where one is due) if none does."""
        filled = []
        for index in layout.indexes[column.name]:
            cell = self.headings.cell(self.row, index)
            if cell.unusable:
                self.note(index, Issue(code="unusable_cell", cause=cell.unusable, fix="Correct the cell."))
                return None

            if not cell.blank:
                filled.append((index, cell))
        if not filled:
            if column.required:
                self._required(layout, column)
            return None

        index, cell = filled[0]
        self.origin[column.name] = index
        real = [i for i, _ in filled if i < self.headings.real] if len(filled) > 1 else ()
        if len(real) > 1 and column.name in layout.guessed:
            if self._differ(real):
                self.note(real[1], self._which(column.aliases[0], real))
                return None

        elif len(real) > 1:
            self.origin[column.name] = real[1]
            cause = f"says the same as the column {self.headings.names[real[0]]}"
            self.note(real[1], Issue(code="value_twice", cause=cause, fix="Keep one of the two columns."))
            return None

        if "{{" in cell.text and is_broken(cell.text):
            cause, fix = "opens a field with {{ that nothing closes", "Write it like {{first_name}}."
            self.note(index, Issue(code="field_not_closed", cause=cause, fix=fix))
            return None

        made = self._merged(index, cell, required=column.required) if has_fields(cell.text) else cell
        if made is not None and CUT in made.text:
            cause = "holds only the beginning of its text, which was too long for a cell of a workbook"
            self.note(index, Issue(code="cut_text", cause=cause, fix="Give bulkgen the sheet that has the whole text."))
            return None

        return made

    def _required(self, layout: Layout, column: Column) -> None:
        """Notes that a field which has to be filled is not."""
        at = next(iter(layout.indexes[column.name]), None)
        variable = column.place[0] == "variables"
        if at is None:
            cause = "is a variable of the template with no column" if variable else "is missing"
            name = known_name(column.name)
            fix = f"Add a column {name}, or give all rows one value with --set {name}=…"
            self.note(None, Issue(code="missing", field=column.name, cause=cause, fix=fix))
        else:
            cause = "is blank, and the video would show {{…}} instead" if variable else "is blank"
            self.note(at, Issue(code="blank", field=column.name, cause=cause, fix="Fill the cell."))

    def _merged(self, index: int, cell: Cell, *, required: bool) -> Cell | None:
        try:
            text = merge(cell.text, lambda name: self._cell_of(name, index))
        except Unfilled as field:
            self.note(index, self._unfilled(field))
            return None

        if text.strip():
            return Cell(text, text)

        if required:
            fix = "Fill the columns that it names, or give them a fallback: {{first_name|there}}."
            self.note(index, Issue(code="blank", cause="is blank once its fields are filled", fix=fix))
        return None

    def _unfilled(self, field: Unfilled) -> Issue:
        """What is wrong with a field of a text."""
        name = f"{{{{{field.name}}}}}"
        if field.why == "itself":
            fix = "Write the header of another column between the braces."
            return Issue(code="field_of_itself", cause=f"{name} names the column that it stands in", fix=fix)

        if field.why == "unknown":
            fix = f"{self.headings.hints.of(field.name)}Write the header of a column between the braces."
            return Issue(code="field_unknown", cause=f"{name} names no column of this sheet", fix=fix)

        if field.why == "several":
            named = [at for at in self.headings.named(field.name) if at < self.headings.real]
            return self._which(field.name, [at for at in named if not self.headings.cell(self.row, at).blank])

        if field.why == "filter":
            fix = f"{hint(field.detail[0], FILTERS)}The filters are: {', '.join(FILTERS)}."
            cause = f"{{{{{field.name}:{field.detail[0]}}}}} asks for a filter that does not exist"
            return Issue(code="filter_unknown", cause=cause, fix=fix)

        if field.why == "unfit":
            used, fix, value = field.detail
            cause = f"is nothing that {{{{{field.name}:{used}}}}} can take"
            return Issue(code="filter_unfit", cause=cause, fix=fix, value=value)

        fix = f"Fill the cell, or give a fallback: {{{{{field.name}|there}}}}."
        return Issue(code="field_blank", cause=f"{name} is blank in this row", fix=fix)

    def _cell_of(self, name: str, asking: int) -> Cell | None:
        """The cell of the named column; `asking` is the column that it is to be filled into."""
        indexes = self.headings.named(name)
        if not indexes:
            return None

        filled = [index for index in indexes if not self.headings.cell(self.row, index).blank]
        if filled[:1] == [asking]:
            raise Unfilled(name, "itself")

        real = [index for index in filled if index < self.headings.real]
        if len(real) > 1 and self._differ(real) and not self.headings.issues:
            raise Unfilled(name, "several")

        return self.headings.cell(self.row, filled[0]) if filled else BLANK

    def _differ(self, indexes: Sequence[int]) -> bool:
        """Whether these columns say different things in this row."""
        return len({self.headings.cell(self.row, index).text.strip() for index in indexes}) > 1

    def _which(self, name: str, indexes: Sequence[int]) -> Issue:
        """Several columns could be meant by a name that none of them goes by."""
        headers = [self.headings.names[index] for index in indexes]
        if len(set(map(match_key, headers))) == 1:
            cause, fix = f"{headers[0]} stands twice, and says different things", "Rename or delete one of the two."
            return Issue(code="which_column", field=name, cause=cause, fix=fix)

        options = " or ".join([f'--map "{header}={name}"' for header in headers])
        cause = f"{' and '.join(headers)} may each be {name}, and say different things"
        fix = f"Say which one is meant: {options}."
        return Issue(code="which_column", field=name, cause=cause, fix=fix)

    def note(self, at: int | None, issue: Issue) -> None:
        """Notes an issue at a column, of the sheet or of `--set`; of the row as a whole where there is none."""
        self._note(self._placed(at, issue))

    def add(self, issue: Issue, layout: Layout, value: str = "") -> None:
        """Notes an issue at the cell that fills its field. A field already noted is not told twice.

        `value`: what of the cell can't be used, if that is not all of it; each such value is told by itself.
        """
        at = self.origin.get(issue.field)
        if at is None:
            at = next(iter(layout.indexes.get(issue.field, ())), None)
        found = self._placed(at, issue, value)
        told = {(known.column, known.header) for known in self.issues if not known.warning}
        if found.warning or value or (found.column, found.header) not in told:
            self._note(found)

    def forget(self, name: str) -> None:
        """Takes back what was noted of a field that a better explanation was found for."""
        self.issues = [
            known for known in self.issues if not (known.column is None and known.header == known_name(name))
        ]

    def _placed(self, at: int | None, issue: Issue, value: str = "") -> Issue:
        if at is None:
            return issue.at(self.row.number, header=known_name(issue.field), value=value)

        return self.headings.placed(issue, self.row, at, value)

    def _note(self, found: Issue) -> None:
        if found not in self.issues:
            self.issues.append(found)
