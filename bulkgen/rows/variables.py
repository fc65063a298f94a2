"""Columns that are nobody's but look like a variable of the row's template, or like an option of one.

Pure. A variable has to be found, so that a misspelt one is a mistake; what a variable can't take is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import match_key
from bulkgen.kinds.template import OPTIONS
from bulkgen.model import Issue, listed, shorten, unsendable, warning
from bulkgen.rows.built import Built
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout
from bulkgen.rows.particulars import particular
from bulkgen.rows.suggest import nearest

#: A variable has a name of the person's own choice.
LIKENESS = 0.8

#: How a column says that it is a variable and nothing else.
_VARIABLE = "variables."

_OPTIONS = frozenset(map(match_key, OPTIONS))


def near_misses(headings: Headings, layout: Layout, template: Template) -> Iterator[tuple[int, Issue]]:
    """The columns by their indexes, with what is to be said of each; the `field` is the one that was meant."""
    told = set()
    owners = {index: _owner(headings.names[index], template) for index in layout.unclaimed}
    for column in layout.columns:
        if column.place[0] != "variables" or not column.aliases or layout.indexes[column.name]:
            continue

        name = column.aliases[0]
        meant = particular(name)
        others = [
            headings.names[i] for i, owner in owners.items()
            if (not owner or name.startswith(f"{owner}.")) and not (meant and headings.particulars[i])
        ]  # fmt: skip
        near = nearest(name, others, LIKENESS)
        if near is not None:
            index = next(i for i in layout.unclaimed if headings.names[i] == near)
            fix = f'Rename the column to {name}. If it is another thing: --map "{near}=" leaves it alone.'
            cause = f"looks like the {template.noun}'s variable {name}, misspelt"
            told.add(index)
            yield index, Issue(code="variable_misspelt", field=column.name, cause=cause, fix=fix)

    for index, owner in owners.items():
        option = headings.names[index].rpartition(".")[2].strip()
        if not owner or match_key(option) not in _OPTIONS:
            continue

        start = f"variables.{owner}."
        own = [column.name.removeprefix(start) for column in layout.columns if column.name.startswith(start)]
        cause = f"fills nothing: {owner} is of the type {template.variables[owner]}, which takes no {option}"
        fix = f"{owner} takes {listed(own)}." if own else "Clear the cell, or take the column out."
        yield index, warning(code="option_without_use", cause=cause, fix=fix)

    if template.open:
        return

    for index in layout.unclaimed:
        if match_key(headings.names[index]).startswith(_VARIABLE) and index not in told and not owners[index]:
            cause = f"is no variable of the {template.noun} {shorten(template.name or template.id, 40)}"
            names = listed([shorten(name, 30) for name in template.variables])
            fix = f"Its variables are {names}." if names else "It has none."
            yield index, unsendable(code="unknown_variable", cause=cause, fix=fix)


def unfilled(built: Built) -> Iterator[tuple[Template, list[str]]]:
    """The templates of selected rows, each with those of its variables that no column fills, if there are any."""
    layouts = {id(row.layout): row.layout for row in built.rows if row.selected and row.layout}.values()
    for layout in layouts:
        columns = [column for column in layout.columns if column.place[0] == "variables"]
        values = [column for column in columns if column.name == f"variables.{column.place[1]}"]
        names = [column.place[1] for column in values if not layout.indexes[column.name] and not column.required]
        if layout.template and names:
            yield layout.template, names


def unchecked(built: Built) -> tuple[list[str], list[str]]:
    """The columns of which selected rows fill compositions that nobody has seen; and those that could be meant so."""
    layouts = {id(row.layout): row.layout for row in built.rows if row.selected and row.layout}.values()
    ours = [layout for layout in layouts if layout.kind.filling and not layout.kind.filling.of_account]
    open_ = [layout for layout in ours if layout.template and layout.template.open]
    names = (column.name for layout in open_ for column in layout.columns if column.place[0] == "variables")
    others = (built.layouts.headings.names[at] for layout in open_ for at in layout.unclaimed)
    return list(dict.fromkeys(names)), list(dict.fromkeys(others))


def _owner(header: str, template: Template) -> str:
    """The variable that a dotted header belongs to: `jingle` for `jingle.volume`; "" where there is none."""
    base = match_key(header).removeprefix(_VARIABLE).rpartition(".")[0] if "." in header else ""
    return next((name for name in template.variables if match_key(name) == base), "") if base else ""
