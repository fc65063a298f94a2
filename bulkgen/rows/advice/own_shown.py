"""Rows that leave blank what other rows fill, and so get what the project shows by itself: a name, a figure.

Pure. Only texts and numbers: a colour or a choice that is left to the project is more likely meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bulkgen.model import Issue, shorten, warning
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout

#: The types of variables that are most likely the row's own.
_OF_THE_ROW = frozenset({"string", "number"})


def own_shown(headings: Headings, rows: Iterable[BuiltRow]) -> Iterator[tuple[BuiltRow, int, Issue]]:
    """The blank cells: row, column, and what is to be said."""
    by_layout: dict[int, tuple[Layout, list[BuiltRow]]] = {}
    for row in rows:
        if row.layout and row.layout.template and row.layout.template.declared:
            by_layout.setdefault(id(row.layout), (row.layout, []))[1].append(row)
    for layout, its in by_layout.values():
        for at, shown in _columns(layout):
            blank = [row for row in its if headings.cell(row.source, at).blank]
            if len(blank) < len(its):
                cause = f"is blank: the video shows the project's own, {shorten(shown, 40)!r}"
                found = warning(code="own_shown", cause=cause, fix="Fill the cell, unless that is meant.")
                yield from ((row, at, found) for row in blank)


def _columns(layout: Layout) -> Iterator[tuple[int, str]]:
    """The columns that fill such variables, one each, and what the project shows without them."""
    template = layout.template
    for name, variable in (template.declared if template else {}).items():
        at, shown = layout.indexes[f"variables.{name}"], template.own.get(name) if template else None
        if variable.type in _OF_THE_ROW and len(at) == 1 and shown:
            yield at[0], shown
