r"""Mail merge: `{{column}}`, `{{column:filter|fallback}}` in any text, filled from the same row; `\{{` is a plain `{{`.

Pure. A column whose name has a colon goes before a filter. What is filled in is taken as it stands: `{{…}}` inside it
is not filled again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bulkgen.model import Cell
from bulkgen.rows.filters import Filter, Unfit, filtered, find_filter

_FIELD = re.compile(r"\\\{\{|\{\{([^{}|]*)(?:\|([^{}]*))?\}\}")

#: Braces that are meant as such, up to those that close them.
_PLAIN = re.compile(r"\\\{\{(?:[^{}]*\}\})?")


class Unfilled(Exception):
    """A field can't be filled: `name`, and why (`unknown`, `blank`, `itself`, `several`, `filter`, `unfit`).

    `detail`: the filter that there is not; or the filter, what it takes, and what it was given.
    """

    def __init__(self, name: str, why: str, *detail: str) -> None:
        super().__init__(name)
        self.name = name
        self.why = why
        self.detail = detail


def has_fields(text: str) -> bool:
    return "{{" in text and _FIELD.search(text) is not None


def is_broken(text: str) -> bool:
    """Whether a field is opened that no braces close: it would be spoken, or shown, as it stands."""
    return "{{" in _FIELD.sub("", text)


def fields_of(text: str, knows: Callable[[str], bool]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The columns that the text names, each with its filters; `knows` tells whether there is such a column."""
    for match in _FIELD.finditer(text):
        if match[1] is not None:
            name, filters, _ = _parts(match, knows)
            yield name, filters


def without_fields(text: str, word: str) -> str:
    """The text with a neutral word in place of its fields, and of braces that are meant as such."""
    return _FIELD.sub(word, _PLAIN.sub(word, text)) if has_fields(text) else text


def merge(text: str, cell_of: Callable[[str], Cell | None]) -> str:
    """The text with its fields filled; `cell_of` gives a column's cell, None where there is no such column.

    Raises `Unfilled` for a field whose column is unknown, or blank with no fallback given, or whose filters can't be
    used.
    """

    def fill(match: re.Match[str]) -> str:
        if match[1] is None:
            return "{{"

        name, filters, fallback = match[1].strip(), tuple[str, ...](), match[2]
        cell = cell_of(name)
        if cell is None:
            name, filters, fallback = _parts(match, lambda part: cell_of(part) is not None)
            cell = cell_of(name)
        if cell is None:
            raise Unfilled(name, "unknown")

        chain = [_filter(name, named) for named in filters]
        for each in chain if cell.text.strip() else ():
            cell = _through(cell, name, each)
        if cell.text.strip():
            return cell.text

        if fallback is None:
            raise Unfilled(name, "blank")

        return fallback

    return _FIELD.sub(fill, text)


def _parts(match: re.Match[str], knows: Callable[[str], bool]) -> tuple[str, tuple[str, ...], str | None]:
    """The column, the filters and the fallback of a field; the name of a column may itself have a `|`."""
    name, filters = _taken_apart(match[1], knows)
    if match[2] is not None and not knows(name):
        parts = match[2].split("|")
        for end in range(1, len(parts) + 1):
            longer, rest = _taken_apart("|".join([match[1], *parts[:end]]), knows)
            if knows(longer):
                return longer, rest, "|".join(parts[end:]) if end < len(parts) else None

    return name, filters, match[2]


def _taken_apart(field: str, knows: Callable[[str], bool]) -> tuple[str, tuple[str, ...]]:
    """The column and the filters of what stands in the braces: the longest name that there is goes first."""
    parts = field.split(":")
    for end in range(len(parts), 0, -1):
        name = ":".join(parts[:end]).strip()
        if knows(name):
            return name, tuple(part.strip() for part in parts[end:])

    if all(find_filter(part) for part in parts[1:]):
        return parts[0].strip(), tuple(part.strip() for part in parts[1:])

    return field.strip(), ()


def _filter(name: str, named: str) -> Filter:
    found = find_filter(named)
    if found is None:
        raise Unfilled(name, "filter", named)

    return found


def _through(cell: Cell, name: str, by: Filter) -> Cell:
    try:
        return filtered(cell, by)
    except Unfit as unfit:
        raise Unfilled(name, "unfit", by.name, str(unfit), cell.text) from None
