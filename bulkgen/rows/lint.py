"""What is allowed but most likely not meant: `Hi ,`, a field left in, N/A for a name, the same person twice.

Pure. Everything found is a warning at the cell where it is seen and never keeps a row from being sent. Only what is
spoken or shown is looked at: the texts of a row, and the cells that are merged into them. Rows that are left out or
not selected are not looked at, rows with mistakes are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bulkgen.jobs import Problem, Row, Table
from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Account
from bulkgen.kinds.columns import Type, match_key
from bulkgen.rows.build import Built, Line, Reading
from bulkgen.rows.draft import Draft
from bulkgen.rows.headings import Headings, Layout, read_headings
from bulkgen.rows.layouts import Layouts
from bulkgen.rows.merge import has_fields, merge
from bulkgen.rows.misspelt import misspelt
from bulkgen.rows.people import Who, overlong, shouted, who
from bulkgen.rows.repeats import Repeats
from bulkgen.rows.wording import Oddity, is_stand_in, nobody_greeted, oddities

_ADDRESSES = (Who.MAIL, Who.ADDRESS)
_NAMES = (Who.PERSON, Who.COMPANY)

_BLANKS = Oddity("starts or ends with a blank", "Take the blank out.")
_SHOUTED = Oddity("is in capitals, unlike the other names", "Write it as it is spoken: a voice may spell capitals out.")
_OVERLONG = Oddity("is much longer than the other names", "Check that it is a name and nothing else.")


def lint(table: Table, built: Built, reading: Reading, account: Account) -> list[Problem]:
    """Warnings: of the header line first, then row by row in the sheet's order."""
    linter = _Linter(read_headings(table, reading.renames, reading.defaults), account)
    lines = [line for line in built.lines if line.selected and not line.skipped and not line.row.fault]
    for line in lines:
        linter.read(line)
    linter.compare_names()
    told = {problem.column for line in lines for problem in line.problems if not problem.warning}
    columns = [(at, name) for at, name in linter.misspelt(lines) if at not in told]
    return [*(_misspelt(table, linter.headings, at, name) for at, name in columns), *linter.problems()]


def _misspelt(table: Table, headings: Headings, at: int, name: str) -> Problem:
    cause = f"fills nothing, but looks like {name}, misspelt"
    if at >= headings.real:
        header = f"--set {headings.names[at]}"
        return Problem(table.header_row, None, header, "", cause, f"Type --set {name}=…", warning=True)

    header = table.headers[at].strip()
    fix = f'Rename the column to {name}. If it is another thing: --map "{header}=" leaves it alone.'
    return Problem(table.header_row, at, header, "", cause, fix, warning=True)


@dataclass
class _Linter:
    """The rows read so far, with what is to be said of each."""

    headings: Headings
    account: Account
    _drafts: list[Draft] = field(default_factory=list)
    #: The layouts that rows were read by; the columns that their texts were filled from.
    _layouts_used: dict[int, Layout] = field(default_factory=dict)
    _merged: set[int] = field(default_factory=set)
    #: The names of each column, for comparing.
    _names: dict[int, list[tuple[Draft, str]]] = field(default_factory=dict)
    #: What is known of a layout or text that comes again.
    _parts: dict[int, Layout] = field(default_factory=dict)
    _taken_apart: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    _odd: dict[tuple[str, bool], list[Oddity]] = field(default_factory=dict)
    _told_of_defaults: set[tuple[int, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._layouts = Layouts(self.headings)
        self._repeats = Repeats(self.headings)
        self._who = [who(name) for name in self.headings.names]
        self._keys = frozenset(map(match_key, self.headings.names)) - {""}

    def problems(self) -> list[Problem]:
        return [problem for draft in self._drafts for problem in draft.problems]

    def misspelt(self, lines: Iterable[Line]) -> list[tuple[int, str]]:
        """The columns that fill nothing, and the field that each looks like."""
        layouts = list(self._layouts_used.values())
        if any(not line.kind for line in lines):  # a misspelt header may be just why
            layouts = [self._layouts.of(kind) for kind in KINDS.values()]
        return list(misspelt(self.headings, layouts, self._merged).items())

    def read(self, line: Line) -> None:
        """Notes what one row alone shows, and remembers what has to be compared."""
        kind = KINDS.get(line.kind)
        if kind is None:
            return

        row = line.row
        template = self._layouts.template_of(row, kind, self.account)
        layout = self._layouts.of(kind, template)
        part = self._part(layout)
        draft, reader = Draft(row, self.headings), Draft(row, self.headings)
        self._drafts.append(draft)
        values = reader.read(part)
        wordings = []
        merged: set[int] = set()
        for column in part.columns:
            at = reader.origin.get(column.name)
            if column.type is not Type.PROSE or at is None:
                continue

            text = self.headings.cell(row, at).text
            bare, names = self._take_apart(text)
            # A variable for an address is there to be shown
            address = column.place[0] == "variables" and self._who[at] in _ADDRESSES
            self._tell(draft, at, *self._oddities(bare, address=address))
            sources = self._sources(row, names)
            spoken = values.get(column.name)
            nobody = nobody_greeted(spoken) if isinstance(spoken, str) else None
            if nobody and not any(is_stand_in(self.headings.cell(row, source).text) for source in sources):
                self._tell(draft, at, nobody)
            if names:
                wordings.append(text)
                merged |= sources
            else:
                self._note_name(draft, at)
        self._merged |= merged
        if kind.template_columns and template is None:  # not looked up: its names are likely to be these
            merged |= {at for at in layout.unclaimed if self._who[at] in _NAMES}
        for at in sorted(merged):
            self._tell(draft, at, *self._oddities(self.headings.cell(row, at).text))
            self._note_name(draft, at)

        named = self._layouts.cell(row, kind, "template_id") if kind.template_columns else None
        media = tuple(values.get(column.name) for column in part.columns if column.media)
        repeat = self._repeats.find(line, (named.text if named else "", media, tuple(wordings)))
        if repeat:
            self._tell(draft, *repeat)

    def compare_names(self) -> None:
        """Notes what only the other rows show: capitals, length."""
        for at, found in self._names.items():
            names = [text for _, text in found]
            for index in shouted(names) if self._who[at] is Who.PERSON else ():
                self._tell(found[index][0], at, _SHOUTED)
            for index in overlong(names):
                self._tell(found[index][0], at, _OVERLONG)

    def _part(self, layout: Layout) -> Layout:
        """The texts and links of a layout."""
        if id(layout) not in self._parts:
            self._layouts_used[id(layout)] = layout
            columns = tuple(column for column in layout.columns if column.type is Type.PROSE or column.media)
            self._parts[id(layout)] = Layout(columns, layout.places, layout.unclaimed)
        return self._parts[id(layout)]

    def _take_apart(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The text with its fields filled by a neutral word, and the names of the fields."""
        if not has_fields(text):
            return text, ()

        if text not in self._taken_apart:
            names: list[str] = []

            def fill(name: str) -> str:
                names.append(name)
                return "x"

            bare = merge(text, fill)
            self._taken_apart[text] = bare, tuple(names)
        return self._taken_apart[text]

    def _sources(self, row: Row, names: Iterable[str]) -> set[int]:
        """The columns that these fields are filled from in this row."""
        found = [[at for at in self.headings.find(name) if not self.headings.cell(row, at).blank] for name in names]
        return {places[0] for places in found if places}

    def _oddities(self, text: str, *, address: bool = False) -> list[Oddity]:
        key = (text, address)
        if key not in self._odd:
            self._odd[key] = oddities(text, fields=self._keys, address=address)
        return self._odd[key]

    def _tell(self, draft: Draft, at: int, *found: Oddity) -> None:
        for oddity in found:
            value = oddity.excerpt or None
            if at >= self.headings.real:  # what --set gives to all rows is told once
                if (at, oddity.cause) in self._told_of_defaults:
                    continue

                self._told_of_defaults.add((at, oddity.cause))
                value = value or self.headings.cell(draft.row, at).text
            draft.problem(at, oddity.cause, oddity.fix, value=value, warning=True)

    def _note_name(self, draft: Draft, at: int) -> None:
        text = self.headings.cell(draft.row, at).text
        if at >= self.headings.real or self._who[at] not in _NAMES or not text.strip():
            return

        self._names.setdefault(at, []).append((draft, text))
        if text != text.strip():
            self._tell(draft, at, _BLANKS)
