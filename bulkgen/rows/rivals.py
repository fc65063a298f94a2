"""Columns that may be what another column is taken for: "Vorname" beside "First Name", which goes by the exact name.

Pure. The exact name wins; where the two say different things the person is told of the one that is not used.
"""

from __future__ import annotations

from collections.abc import Iterator

from bulkgen.rows.built import Built
from bulkgen.rows.headings import Headings


def rivals(built: Built) -> Iterator[tuple[str, str, str]]:
    """Each name that was asked for, the header that it is filled from, and that of another which may be the same.

    Only where both are filled in a selected row and differ, `--map` did not choose, and nothing else uses the other.
    """
    headings = built.layouts.headings
    layouts = {id(row.layout): row.layout for row in built.rows if row.selected and row.layout}.values()
    variables = {
        column.aliases[0]: layout.indexes[column.name]
        for layout in layouts
        for column in layout.columns
        if column.required and column.place[0] == "variables"
    }
    asked = {name: headings.find(name) for name in headings.asked} | variables
    claimed = {index for layout in layouts for indexes in layout.indexes.values() for index in indexes}
    used = claimed.union(*(headings.named(name) for name in tuple(headings.asked)))
    for name, exact in asked.items():
        if not any(at < headings.real for at in exact) or headings.mapped.intersection(exact):
            continue

        for other in headings.others(name):
            if other < headings.real and other not in used and _differ(exact[0], other, headings, built):
                yield name, headings.names[exact[0]], headings.names[other]


def _differ(one: int, other: int, headings: Headings, built: Built) -> bool:
    """Whether there is a selected row in which both columns are filled, with different texts."""
    for row in built.rows:
        if row.selected:
            texts = {headings.cell(row.source, at).text.strip() for at in (one, other)}
            if len(texts) == 2 and "" not in texts:
                return True
    return False
