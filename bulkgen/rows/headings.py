"""The header line of a sheet: which column is which field.

Pure. Names match without regard to case, spaces, `_` and `-`. `--map` renames a column, `--set` adds one or fills
its blanks. Columns called `result_…` are bulkgen's own of an earlier run and belong to nobody here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bulkgen.errors import InputError
from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Column, Lookup, Type, match_key
from bulkgen.kinds.kind import Kind
from bulkgen.model import BLANK, Cell, Issue, Row, Table
from bulkgen.rows.result_columns import ResultColumn, is_result, result_columns
from bulkgen.rows.suggest import Hints, hint

#: bulkgen's own columns: they steer a row and are never sent.
OWN = ("type", "kind", "row_id", "skip", "copy")


_TWICE = Issue(
    code="column_twice",
    cause="stands twice in the header line",
    fix="Rename or delete one of the two columns.",
)

#: How many rows are looked at for a header line below a title, which fills a cell or two.
_NEAR = 20
_TITLE_CELLS = 2

#: The longest name of a column (characters); sentences are longer.
_LONGEST_NAME = 40


@dataclass(frozen=True, kw_only=True)
class Headings:
    """The sheet's columns by name; those that only `--set` knows have an index past the sheet's last."""

    names: tuple[str, ...]
    real: int
    fill: Mapping[int, Cell]
    by_key: Mapping[str, tuple[int, ...]]
    issues: tuple[Issue, ...] = ()
    results: Mapping[str, int] = field(default_factory=dict)
    _found: dict[tuple[str, ...], tuple[int, ...]] = field(default_factory=dict, compare=False)

    @cached_property
    def hints(self) -> Hints:
        """The nearest header to one that there is not."""
        return Hints([name for name in self.names if name])

    def find(self, *names: str) -> tuple[int, ...]:
        """The columns that go by any of these names, in the sheet's order."""
        known = self._found.get(names)
        if known is None:  # every row asks the same
            found = {index for name in names for index in self.by_key.get(match_key(name), ())}
            known = self._found[names] = tuple(sorted(found))
        return known

    def cell(self, row: Row, index: int) -> Cell:
        """The cell of this column, or what `--set` says where it is blank."""
        cells = row.cells
        cell = cells[index] if index < self.real and index < len(cells) else BLANK
        return self.fill.get(index, cell) if self.fill and cell.blank else cell

    def own(self, row: Row, *names: str) -> tuple[Cell, int | None]:
        """The first filled cell among bulkgen's own columns of these names, and its index."""
        known = self._found.get(names)
        for index in self.find(*names) if known is None else known:
            cell = self.cell(row, index)
            if not cell.blank:
                return cell, index
        return BLANK, None

    def placed(self, issue: Issue, row: Row, index: int, value: str = "") -> Issue:
        """The issue at a cell of the row, or at the option where `--set` gives the column.

        `value`: what of the cell can't be used; without it what the issue itself names, or the whole cell.
        """
        return issue.at(row.number, *self.place(index), value or issue.value or self.cell(row, index).text)

    def place(self, index: int) -> tuple[int | None, str]:
        """The column with its header; of `--set`, which has no cell in the sheet, the option."""
        return (index, self.names[index]) if index < self.real else (None, f"--set {self.names[index]}")


def read_headings(table: Table, renames: Mapping[str, str], defaults: Mapping[str, str]) -> Headings:
    """The headings of the table, with `--map` (their header -> field) and `--set` (column -> value) applied.

    Raises `InputError` for a `--map` of a column that is not there.
    """
    names = [" ".join(header.replace("﻿", "").split()) for header in table.headers]
    keys = [match_key(name) for name in names]
    for theirs, ours in renames.items():
        indexes = [index for index, key in enumerate(keys) if key == match_key(theirs)]
        if not indexes:
            raise InputError(
                f"--map {theirs}={ours}: {table.name} has no column {theirs!r}. {hint(theirs, names)}"
                f"Its columns are: {', '.join(name for name in names if name)}."
            )

        for index in indexes:
            names[index] = ours.strip()

    real = len(names)
    by_key: dict[str, list[int]] = {}
    results = result_columns(names)
    for index, name in enumerate(names):
        key = match_key(name)
        if key and not is_result(name):
            by_key.setdefault(key, []).append(index)

    issues = [
        _TWICE.at(table.header_row, indexes[1], names[indexes[1]]) for indexes in by_key.values() if len(indexes) > 1
    ]

    fill: dict[int, Cell] = {}
    for name, text in defaults.items():
        key = match_key(name)
        if key not in by_key:
            by_key[key] = [len(names)]
            names.append(name.strip())
        fill[by_key[key][0]] = Cell(text, text)

    return Headings(
        names=tuple(names),
        real=real,
        fill=fill,
        by_key={key: tuple(indexes) for key, indexes in by_key.items()},
        issues=tuple(issues),
        results=results,
    )


def recognised(headers: tuple[str, ...]) -> bool:
    """Whether a header line is one of ours: it holds all that one kind is decided by."""
    keys = {match_key(header) for header in headers}
    if keys & {match_key(ResultColumn.STATUS), match_key("type")}:
        return True

    return any(all(keys & _names_of(kind, group) for group in kind.decided_by) for kind in KINDS.values())


def known(headers: Sequence[str], renames: Mapping[str, str], defaults: Mapping[str, str]) -> bool:
    """Whether a header line holds the name of any field, with `--map` and `--set` applied."""
    keys = set(map(match_key, _given(headers, renames, defaults)))
    return bool(keys & _known_names()) or match_key(ResultColumn.STATUS) in keys


def better_header(table: Table, renames: Mapping[str, str], defaults: Mapping[str, str]) -> int | None:
    """The row that looks like the header line where the one taken for it does not: titles may stand above it.

    `--map` and `--set` count: what they name is looked for beside the columns.
    """
    if recognised(_given(table.headers, renames, defaults)):
        return None

    near = table.rows[:_NEAR]
    ours = (
        row.number for row in near if recognised(_given([cell.text for cell in row.cells], renames, defaults))
    )  # fmt: skip
    return next(ours, None) or _below_title(_given(table.headers, renames, {}), near)


def _given(headers: Sequence[str], renames: Mapping[str, str], defaults: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the columns, with `--map` and `--set` applied."""
    ours = {match_key(theirs): name for theirs, name in renames.items()}
    return (*(ours.get(match_key(header), header) for header in headers), *defaults)


def _below_title(headers: tuple[str, ...], rows: Sequence[Row]) -> int | None:
    """The first row of names, where the header line is a title: a cell or two above a table of more columns.

    Names are short and differ, and what stands below them is of another kind: numbers, addresses, long texts.
    """
    title = {match_key(header) for header in headers if header.strip()}
    if len(title) > _TITLE_CELLS or title & _known_names():
        return None

    wide = (at for at, row in enumerate(rows) if sum(not cell.blank for cell in row.cells) > _TITLE_CELLS)
    at = next(wide, None)
    if at is None:
        return None

    names = {column: cell.text.strip() for column, cell in enumerate(rows[at].cells) if not cell.blank}
    if len({name.casefold() for name in names.values()}) < len(names) or any(map(_is_value, names.values())):
        return None

    below = (row.cell(column).text.strip() for row in rows[at + 1 :] for column in names)
    return rows[at].number if any(map(_is_value, below)) else None


def _known_names() -> set[str]:
    names = (name for kind in KINDS.values() for column in kind.columns for name in column.names)
    return {match_key(name) for name in (*OWN, *names)}


def _is_value(text: str) -> bool:
    """Whether a text is no name of a column."""
    return len(text) > _LONGEST_NAME or any(sign.isdigit() or sign == "@" for sign in text) or "://" in text


def _names_of(kind: Kind, group: tuple[str, ...]) -> set[str]:
    return {match_key(name) for column in kind.columns if column.name in group for name in column.names}


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Which column of the sheet feeds which field, for one kind (and template)."""

    columns: tuple[Column, ...]
    indexes: Mapping[str, tuple[int, ...]]
    #: Columns of the sheet that no field of this kind takes.
    unclaimed: tuple[int, ...]
    #: Whose variables are among the fields; None where the kind has none, or it has not been looked up.
    template: Template | None = None

    @cached_property
    def read(self) -> tuple[Column, ...]:
        """The fields that a row has to be asked for: the sheet has a column for them, or has to have one.

        Templates are looked up by their id before anything else is read of a row.
        """
        return tuple(
            column for column in self.columns
            if column.lookup is not Lookup.TEMPLATE and (column.required or self.indexes[column.name])
        )  # fmt: skip

    @cached_property
    def looked_up(self) -> tuple[Column, ...]:
        """The fields whose values have to be found in the account."""
        return tuple(column for column in self.read if column.lookup)

    @cached_property
    def identity(self) -> tuple[Column, ...]:
        """The fields that tell one job from another."""
        return tuple(column for column in self.read if column.identity)

    @cached_property
    def kept(self) -> tuple[Column, ...]:
        """The fields whose values are kept with the row, to be looked at again: its texts and its links."""
        return tuple(column for column in self.read if column.type is Type.PROSE or column.media)


def lay_out(headings: Headings, kind: Kind, template: Template | None = None) -> Layout:
    """Gives each field of the kind its columns. The template's variables choose before the kind's own fields."""
    fields, first = kind.columns, _variables(headings, kind, template)
    taken: set[int] = set()
    indexes: dict[str, tuple[int, ...]] = {}
    for group in (first, fields):
        claims = {column.name: tuple(i for i in headings.find(*column.names) if i not in taken) for column in group}
        indexes |= claims
        taken |= {index for indexes in claims.values() for index in indexes}

    own = set(headings.find(*OWN))
    unclaimed = (
        index for index, name in enumerate(headings.names)
        if index not in taken | own and match_key(name) and index not in headings.results.values()
    )  # fmt: skip
    return Layout(columns=(*first, *fields), indexes=indexes, unclaimed=tuple(unclaimed), template=template)


def _variables(headings: Headings, kind: Kind, template: Template | None) -> tuple[Column, ...]:
    """The fields that the template adds to those of the kind."""
    if template is None or kind.template_columns is None:
        return ()

    taken = {*headings.find(*OWN), *headings.results.values()}
    return kind.template_columns(
        template, tuple(name for i, name in enumerate(headings.names) if name and i not in taken)
    )
