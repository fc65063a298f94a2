"""What is allowed but most likely not meant: `Hi ,`, a field left in, N/A for a name, the same person twice.

Pure. Everything found is a warning at the cell where it is seen and never keeps a row from being sent. Only what is
spoken or shown is looked at: the texts of a row, and the cells that are merged into them. Rows that are left out or
not selected are not looked at, rows with mistakes are.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import Type, match_key
from bulkgen.model import Issue, Row, Table, warning
from bulkgen.rows.advice.idle import idle
from bulkgen.rows.advice.misspelt import misspelt
from bulkgen.rows.advice.people import Who, overlong, shouted, who
from bulkgen.rows.advice.repeats import Repeats
from bulkgen.rows.advice.wording import is_stand_in, nobody_greeted, oddities
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout, Layouts
from bulkgen.rows.merge import fields_of, without_fields
from bulkgen.rows.offers import ASKS_NOTHING

_ADDRESSES = (Who.MAIL, Who.ADDRESS)
_NAMES = (Who.PERSON, Who.COMPANY)

#: Texts that are remembered: columns repeat themselves, and what has not come again by then rarely does.
_REMEMBERED = 4_096

#: Filters after which the cell's own capitals are of no account.
_CASES = frozenset({"title", "upper", "lower"})

#: Mistakes in the fields of a text.
_OF_FIELDS = frozenset(
    {"field_not_closed", "field_of_itself", "field_unknown", "field_blank", "filter_unknown", "filter_unfit"}
)

_BLANKS = warning(code="outer_blank", cause="starts or ends with a blank", fix="Take the blank out.")
_SHOUTED = warning(
    code="capitals",
    cause="is in capitals, unlike the other names",
    fix="Write it as it is spoken, since a voice may spell capitals out; in a text {{first_name:title}} does that.",
)
_OVERLONG = warning(
    code="long_name",
    cause="is much longer than the other names",
    fix="Check that it is a name and nothing else.",
)


def lint(table: Table, built: Built) -> list[Issue]:
    """Warnings: of the header line first, then row by row in the sheet's order."""
    linter = _Linter(built.layouts)
    rows = [row for row in built.rows if row.selected and not row.skipped and not row.source.unusable]
    for row in rows:
        linter.read(row)
    linter.compare_names()
    told = {issue.column for row in rows for issue in row.issues if not issue.warning}
    told |= linter.tell_idle(rows)
    columns = [(at, name) for at, name in linter.misspelt(rows) if at not in told]
    return [*(_misspelt(table, linter.headings, at, name) for at, name in columns), *linter.issues()]


def _misspelt(table: Table, headings: Headings, at: int, name: str) -> Issue:
    cause = f"fills nothing, but looks like {name}, misspelt"
    if at >= headings.real:
        found = warning(code="column_misspelt", cause=cause, fix=f"Type --set {name}=…")
        return found.at(table.header_row, header=headings.option(at))

    header = table.headers[at].strip()
    fix = f'Rename the column to {name}. If it is another thing: --map "{header}=" leaves it alone.'
    return warning(code="column_misspelt", cause=cause, fix=fix).at(table.header_row, at, header)


class _Linter:
    """The rows read so far, with what is to be said of each."""

    def __init__(self, layouts: Layouts) -> None:
        self.headings = layouts.headings
        self._layouts = layouts
        self._repeats = Repeats(self.headings)
        self._who = [who(name) for name in self.headings.names]
        self._keys = frozenset(map(match_key, self.headings.names)) - {""}
        #: What is said of a row, by its number.
        self._told: dict[int, list[Issue]] = {}
        #: The places whose fields are told of as mistakes: row, column, header.
        self._broken: set[tuple[int | None, int | None, str]] = set()
        self._told_of_defaults: set[tuple[int, str]] = set()
        #: The layouts that rows were read by; the columns merged into texts.
        self._used: dict[int, Layout] = {}
        self._merged: set[int] = set()
        #: The rows that have a name in this column, for comparing.
        self._named: dict[int, list[Row]] = {}
        #: The names, by row and column, that a filter writes in other letters.
        self._cased: set[tuple[int, int]] = set()
        self._taken_apart = lru_cache(_REMEMBERED)(self._take_apart)
        self._odd = lru_cache(_REMEMBERED)(self._oddities)

    def issues(self) -> list[Issue]:
        return [issue for number in sorted(self._told) for issue in self._told[number]]

    def misspelt(self, rows: Iterable[BuiltRow]) -> list[tuple[int, str]]:
        """The columns that fill nothing, and the field that each looks like."""
        layouts = [*self._used.values()]
        # A misspelt header may be just why a row has no kind; but a number is no header, so none beside it is
        unsaid = any(issue.code in ASKS_NOTHING for row in rows for issue in row.issues)
        if unsaid and not any(name.isdigit() for name in self.headings.names):
            layouts += [self._layouts.of(kind) for kind in KINDS.values()]
        return list(misspelt(self.headings, layouts, self._merged).items())

    def read(self, built: BuiltRow) -> None:
        """Notes what one row alone shows, and remembers what has to be compared."""
        row, layout = built.source, built.layout
        if layout is None:
            return

        self._used[id(layout)] = layout
        self._broken |= {(each.row, each.column, each.header) for each in built.issues if each.code in _OF_FIELDS}
        wordings = []
        merged: set[int] = set()
        for field, at, spoken in built.kept:
            if field.type is not Type.PROSE or at is None:
                continue

            text = self.headings.cell(row, at).text
            bare, fields = self._taken_apart(text)
            # A variable for an address is there to be shown
            address = field.place[0] == "variables" and self._who[at] in _ADDRESSES
            odd = self._odd(bare, address)
            if odd:
                self._tell(row, at, *odd)
            sources = self._sources(row, fields) if fields else set()
            nobody = nobody_greeted(spoken) if isinstance(spoken, str) else None
            if nobody and not any(is_stand_in(self.headings.cell(row, source).text) for source in sources):
                self._tell(row, at, nobody)
            if fields:
                wordings.append(text)
                merged |= sources
            else:
                self._note_name(row, at)
        self._merged |= merged
        kind = layout.kind
        if kind.filling and layout.template is None:  # not looked up: its names are likely to be these
            merged |= {at for at in layout.unclaimed if self._who[at] in _NAMES}
        for at in sorted(merged):
            self._tell(row, at, *self._odd(self.headings.cell(row, at).text, False))
            self._note_name(row, at)

        named = self._layouts.cell(row, kind, "template_id") if kind.filling else None
        media = tuple(value for field, _, value in built.kept if field.media)
        if built.together and row.number != built.together[0]:
            return  # of one video the first row stands for all

        repeat = self._repeats.find(built, (named.text if named else "", media, tuple(wordings)))
        if repeat:
            self._tell(row, *repeat)

    def tell_idle(self, rows: Iterable[BuiltRow]) -> set[int]:
        """Notes the fields that fill nothing in their rows; gives their columns."""
        found = set()
        for row, at, issue in idle(self.headings, rows, self._merged):
            found.add(at)
            self._tell(row.source, at, issue)
        return found

    def compare_names(self) -> None:
        """Notes what only the other rows show: capitals, length."""
        for at, rows in self._named.items():
            names = [self.headings.cell(row, at).text for row in rows]
            for index in shouted(names) if self._who[at] is Who.PERSON else ():
                if (rows[index].number, at) not in self._cased:
                    self._tell(rows[index], at, _SHOUTED)
            for index in overlong(names):
                self._tell(rows[index], at, _OVERLONG)

    def _sources(self, row: Row, fields: Iterable[tuple[str, tuple[str, ...]]]) -> set[int]:
        """The columns that these fields are filled from in this row."""
        found = set()
        for name, filters in fields:
            at = next((at for at in self.headings.named(name) if not self.headings.cell(row, at).blank), None)
            if at is not None:
                found.add(at)
                if not _CASES.isdisjoint(map(match_key, filters)):
                    self._cased.add((row.number, at))
        return found

    def _take_apart(self, text: str) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]:
        """The text with a neutral word in place of its fields, and what it is filled with: columns and filters."""
        return without_fields(text, "x"), tuple(fields_of(text, lambda name: bool(self.headings.named(name))))

    def _oddities(self, text: str, address: bool) -> list[Issue]:
        return oddities(text, fields=self._keys, address=address)

    def _tell(self, row: Row, at: int, *found: Issue) -> None:
        for issue in found:
            if at >= self.headings.real:  # what --set gives to all rows is told once
                if (at, issue.cause) in self._told_of_defaults:
                    continue

                self._told_of_defaults.add((at, issue.cause))
            placed = self.headings.placed(issue, row, at)
            if issue.code == "field_left_in" and (placed.row, placed.column, placed.header) in self._broken:
                continue

            told = self._told.setdefault(row.number, [])
            if placed not in told:
                told.append(placed)

    def _note_name(self, row: Row, at: int) -> None:
        if at >= self.headings.real or self._who[at] not in _NAMES:
            return

        text = self.headings.cell(row, at).text
        if text.strip():
            self._named.setdefault(at, []).append(row)
            if text != text.strip():
                self._tell(row, at, _BLANKS)
