"""Columns that are nobody's but look like a field: `avater_id`.

Pure. A column whose name a field of the row's kind already has, in another column, is left alone: it is more likely
the person's own. `jingle.volume` belongs to `jingle` and is no misspelling of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import SequenceMatcher

from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import match_key
from bulkgen.kinds.template import OPTIONS
from bulkgen.model import Issue, listed, warning
from bulkgen.rows.headings import Headings, Layout
from bulkgen.rows.suggest import nearest

#: Shorter names resemble too much: model and mode, test and text.
SHORTEST = 5

#: `engineer` and `engine` are 0.857 alike.
LIKENESS = 0.86

#: With the same letters in another order: `scirpt`.
LIKENESS_OF_ANAGRAMS = 0.8

#: A variable has a name of the person's own choice, and has to be found.
LIKENESS_OF_VARIABLES = 0.8

#: In a sheet of more columns than this, nobody's are too many to be compared.
MOST = 200

_OPTIONS = frozenset(map(match_key, OPTIONS))


def misspelt(headings: Headings, layouts: Collection[Layout], used: Collection[int]) -> dict[int, str]:
    """The field that each misspelt column looks like, those of `--set` included.

    `used`: columns that texts are filled from.
    """
    if not layouts:
        return {}

    nobodys = set.intersection(*(set(layout.unclaimed) for layout in layouts)) - set(used)
    names = list(dict.fromkeys(name for layout in layouts for name in _unfilled(layout)))
    fields = {match_key(name) for layout in layouts for column in layout.columns for name in column.names}
    found = {}
    for index in sorted(nobodys)[:MOST]:
        key = match_key(headings.names[index])
        base = key.rpartition(".")[0]
        inside = f"{base}." if base in fields else ""
        name = _nearest(key, [name for name in names if match_key(name).startswith(inside)])
        if name is not None:
            found[index] = name
    return found


def _unfilled(layout: Layout) -> Iterable[str]:
    """Every name of the fields that no column fills."""
    for column in layout.columns:
        if not layout.indexes[column.name] and column.place[0] != "variables":
            yield from column.names


def strays(headings: Headings, layout: Layout, template: Template) -> Iterator[tuple[int, Issue]]:
    """The columns that are nobody's but look like a variable of the template, or like an option of one.

    What was meant for a variable is a mistake, and its `field` the variable's.
    """
    owners = {index: _owner(headings.names[index], template) for index in layout.unclaimed}
    for column in layout.columns:
        if column.place[0] != "variables" or layout.indexes[column.name]:
            continue

        name = column.aliases[0]
        others = [headings.names[i] for i, owner in owners.items() if not owner or name.startswith(f"{owner}.")]
        near = nearest(name, others, LIKENESS_OF_VARIABLES)
        if near is not None:
            index = next(i for i in layout.unclaimed if headings.names[i] == near)
            fix = f'Rename the column to {name}. If it is another thing: --map "{near}=" leaves it alone.'
            cause = f"looks like the template's variable {name}, misspelt"
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


def _owner(header: str, template: Template) -> str:
    """The variable that a dotted header belongs to: `jingle` for `jingle.volume`; "" where there is none."""
    base = match_key(header).removeprefix("variables.").rpartition(".")[0] if "." in header else ""
    return next((name for name in template.variables if match_key(name) == base), "") if base else ""


def _nearest(key: str, names: Iterable[str]) -> str | None:
    """The nearest of the names to a header, given as `match_key` has it."""
    scores = {name: _likeness(key, match_key(name)) for name in names}
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best is not None and scores[best] else None


def _likeness(key: str, field: str) -> float:
    """0 where the two are not near each other."""
    if f"{key}id" == field:
        return 1.0

    if min(len(key), len(field)) < SHORTEST or abs(len(key) - len(field)) > 3:
        return 0.0

    likeness = SequenceMatcher(None, key, field).ratio()
    bound = LIKENESS_OF_ANAGRAMS if sorted(key) == sorted(field) else LIKENESS
    return likeness if likeness >= bound else 0.0
