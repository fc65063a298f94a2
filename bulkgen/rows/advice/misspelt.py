"""Columns that are nobody's but look like a field: `avater_id`.

Pure. A column whose name a field of the row's kind already has, in another column, is left alone: it is more likely
the person's own. `jingle.volume` belongs to `jingle` and is no misspelling of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import SequenceMatcher

from bulkgen.kinds.columns import match_key
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout

#: Shorter names resemble too much: model and mode, test and text.
SHORTEST = 5

#: `engineer` and `engine` are 0.857 alike.
LIKENESS = 0.86

#: With the same letters in another order: `scirpt`.
LIKENESS_OF_ANAGRAMS = 0.8

#: In a sheet of more columns than this, nobody's are too many to be compared.
MOST = 200


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
