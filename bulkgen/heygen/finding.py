"""Words that are looked for in a list: every word as it stands somewhere in the item, else names that come close.

Pure. Neither case nor accents matter: `lucia` finds `Lucía`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from bulkgen.rows.suggest import closest

#: How many names that only come close are given.
NEAR = 10

#: How like the words they are at least: a list to choose from misleads nobody.
_LIKENESS = 0.6


def find(words: str, items: Sequence[Mapping[str, object]], columns: Iterable[str]) -> tuple[list[int], bool]:
    """Which of the items are meant, by their places; and whether they only come close.

    Every word has to stand in one of the columns. Where no item has them all, it is those whose `name` is like them.
    """
    wanted = _plain(words).split()
    exact = [at for at, item in enumerate(items) if _has(wanted, item, columns)]
    if exact or not wanted:
        return exact, False

    places: dict[str, list[int]] = {}
    for at, item in enumerate(items):
        places.setdefault(_plain(str(item["name"])), []).append(at)
    return [at for name in closest(" ".join(wanted), places, NEAR, _LIKENESS) for at in places[name]][:NEAR], True


def _has(wanted: Iterable[str], item: Mapping[str, object], columns: Iterable[str]) -> bool:
    plain = _plain(" ".join(_texts(item[column] for column in columns)))
    return all(word in plain for word in wanted)


def _texts(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | dict):
            yield from value


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(character for character in apart if not unicodedata.combining(character)).casefold()
