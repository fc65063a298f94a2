"""The header line of a sheet: which column is which field.

Pure. Names match without regard to case, spaces, `_` and `-`. `--map` renames a column, `--set` adds one or fills
its blanks. Columns called `result_…` are bulkgen's own of an earlier run and belong to nobody here.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import MappingProxyType

from bulkgen.errors import InputError
from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import match_key
from bulkgen.model import BLANK, Cell, Issue, Row, Table
from bulkgen.result_columns import is_result, result_columns
from bulkgen.rows.merge import fields_of
from bulkgen.rows.particulars import particular, particulars
from bulkgen.rows.suggest import Hints, hint

#: Everything was typed.
NOBODY: Mapping[tuple[str, str], str] = MappingProxyType({})

#: How a row is treated, whatever it asks for.
STEERING = ("skip", "run", "priority", "retry")

#: Columns by which several rows are one job: those that have the same in it.
JOINING = tuple(kind.scenes.joined_by for kind in KINDS.values() if kind.scenes)

#: bulkgen's own columns: they steer a row and are never sent.
OWN = ("type", "kind", "row_id", *STEERING, "copy", *JOINING)


@dataclass(frozen=True, kw_only=True)
class Headings:
    """The sheet's columns by name; those that only `--set` knows have an index past the sheet's last."""

    names: tuple[str, ...]
    real: int
    fill: Mapping[int, Cell]
    by_key: Mapping[str, tuple[int, ...]]
    issues: tuple[Issue, ...] = ()
    results: Mapping[str, int] = field(default_factory=dict)
    #: The file that says a default which was not typed, by `set` and the name.
    said_by: Mapping[tuple[str, str], str] = field(default_factory=dict)
    #: The columns that `--map` names: the person has said what they are.
    mapped: frozenset[int] = frozenset()
    _found: dict[tuple[str, ...], tuple[int, ...]] = field(default_factory=dict, compare=False)
    _alike: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False)
    _named: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False)

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

    @cached_property
    def particulars(self) -> tuple[str, ...]:
        """Which particular of a person or a company each column holds; "" where that is not known."""
        ours = set(self.results.values())
        return particulars([name if at not in ours else "" for at, name in enumerate(self.names)])

    def alike(self, name: str) -> tuple[int, ...]:
        """The columns that hold the particular that a name means, which no column of the sheet goes by."""
        known = self._alike.get(name)
        if known is None:  # every row asks the same
            known = self._alike[name] = self.others(name)
        return known

    def others(self, name: str) -> tuple[int, ...]:
        """The columns that hold the particular that a name means, and go by another name."""
        meant = particular(name)
        held, exact = enumerate(self.particulars) if meant else (), self.find(name)
        return tuple(at for at, particular in held if particular == meant and at not in exact)

    def named(self, name: str) -> tuple[int, ...]:
        """The columns that go by this name; where the sheet has none, those that hold the particular that it means.

        What `--set` says under the name comes behind them: it is for the rows in which they are blank.
        """
        known = self._named.get(name)
        if known is None:  # every row asks the same
            known = self._named[name] = self.with_alike(name, self.find(name))
        return known

    def with_alike(self, name: str, exact: tuple[int, ...], taken: Container[int] = ()) -> tuple[int, ...]:
        """These columns that go by the name, with those that hold what it means where no column of the sheet does.

        `taken`: columns that are another field's. What `--set` makes of a column's text goes before that column.
        """
        if any(index < self.real for index in exact):
            return exact

        made_of = {index for at in exact for index in self._made_of(at)}
        alike = [index for index in self.alike(name) if index not in taken and index not in made_of]
        return (*(index for index in alike if index < self.real or not exact), *exact)

    def _made_of(self, at: int) -> Iterator[int]:
        """The columns that `--set` fills into its value for this one."""
        for name, _filters in fields_of(self.fill[at].text, lambda name: bool(self.find(name))):
            yield from (*self.find(name), *self.others(name))

    @property
    def guessed(self) -> Mapping[str, tuple[str, ...]]:
        """The names that were asked for so far and are no column's, with the headers of the columns taken for them."""
        return {name: tuple(self.names[at] for at in indexes) for name, indexes in self._alike.items() if indexes}

    @property
    def asked(self) -> Collection[str]:
        """The names that were asked for so far."""
        return self._named.keys()

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
        """The column with its header; of a default, which has no cell in the sheet, how it is called."""
        return (index, self.names[index]) if index < self.real else (None, self.option(index))

    def option(self, index: int) -> str:
        """How a default is called: `--set company`, or `leads.recipe.toml: set company`."""
        name = self.names[index]
        source = self.said_by.get(("set", match_key(name)))
        return f"{source}: set {name}" if source else f"--set {name}"


def read_headings(
    table: Table,
    renames: Mapping[str, str],
    defaults: Mapping[str, str],
    said_by: Mapping[tuple[str, str], str] = NOBODY,
) -> Headings:
    """The headings of the table, with `--map` (their header -> field) and `--set` (column -> value) applied.

    `said_by`: the file that says one of them, where it was not typed; by the setting (`set`, `map`) and the name.
    Raises `InputError` for a `--map` of a column that is not there.
    """
    names = [" ".join(header.replace("﻿", "").split()) for header in table.headers]
    keys = [match_key(name) for name in names]
    mapped: set[int] = set()
    for theirs, ours in renames.items():
        indexes = [index for index, key in enumerate(keys) if key == match_key(theirs)]
        if not indexes:
            source = said_by.get(("map", match_key(theirs)))
            said = f'{source}, map "{theirs}" = "{ours}"' if source else f"--map {theirs}={ours}"
            raise InputError(
                f"{said}: {table.name} has no column {theirs!r}. {hint(theirs, names)}"
                f"Its columns are: {', '.join(name for name in names if name)}."
            )

        for index in indexes:
            names[index] = ours.strip()
            mapped.add(index)

    real = len(names)
    by_key: dict[str, list[int]] = {}
    results = result_columns(names)
    for index, name in enumerate(names):
        key = match_key(name)
        if key and not is_result(name):
            by_key.setdefault(key, []).append(index)

    twice = [
        indexes[:2] for key, indexes in by_key.items()
        if len(indexes) > 1 and (key in known_names() or mapped.intersection(indexes))
    ]  # fmt: skip

    fill: dict[int, Cell] = {}
    for name, text in defaults.items():
        key = match_key(name)
        if key not in by_key:
            by_key[key] = [len(names)]
            names.append(name.strip())
        fill[by_key[key][0]] = Cell(text, text)

    return Headings(
        names=tuple(names),
        said_by=said_by,
        real=real,
        fill=fill,
        by_key={key: tuple(indexes) for key, indexes in by_key.items()},
        issues=tuple(_twice(table, names, first, second, said_by) for first, second in twice),
        results=results,
        mapped=frozenset(mapped),
    )


@cache
def known_names() -> frozenset[str]:
    """The names of all fields, as `match_key` has them: two columns of one of them leave open which one is meant."""
    names = (name for kind in KINDS.values() for column in kind.columns for name in column.names)
    return frozenset(match_key(name) for name in (*OWN, *names))


def _twice(
    table: Table, names: Sequence[str], first: int, second: int, said_by: Mapping[tuple[str, str], str]
) -> Issue:
    """What to say of two columns of one name, of which `--map` may have given it to one."""
    name, headers = names[second], [table.headers[at].strip() for at in (first, second)]
    renamed = [header for header in headers if match_key(header) != match_key(name)]
    if renamed:
        other = next((header for header in headers if header != renamed[0]), renamed[0])
        said = said_by.get(("map", match_key(renamed[0])), "--map")
        cause = f"would be two columns: {headers[0]} and {headers[1]}, since {said} makes {renamed[0]} one"
        fix = f'Leave that out; or, if {renamed[0]} is the right one, add --map "{other}=".'
    else:
        cause, fix = "stands twice in the header line", "Rename or delete one of the two columns."
    return Issue(code="column_twice", cause=cause, fix=fix).at(table.header_row, second, name)
