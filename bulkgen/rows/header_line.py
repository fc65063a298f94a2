"""Which line of a sheet is the header line? It may stand below a title, or not be there at all.

Pure. A line is known by the names of fields in it, `--map` and `--set` applied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import match_key
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.scenes import of_any
from bulkgen.model import Table
from bulkgen.result_columns import ResultColumn
from bulkgen.rows.headings import JOINING, known_names
from bulkgen.rows.lines import Lines


@dataclass(frozen=True, slots=True)
class Better:
    """The row that looks like the header line; `clear`: what stands above it can only be titles."""

    row: int
    clear: bool


def recognised(headers: tuple[str, ...]) -> bool:
    """Whether a header line is one of ours: it holds all that one kind is decided by."""
    keys = {match_key(header) for header in headers}
    if keys & {match_key(ResultColumn.STATUS), match_key("type")}:
        return True

    if not keys.isdisjoint(map(match_key, JOINING)):
        return True

    return any(all(keys & _names_of(kind, group, headers) for group in kind.signs.columns) for kind in KINDS.values())


def known(headers: Sequence[str], renames: Mapping[str, str], defaults: Mapping[str, str]) -> bool:
    """Whether a header line holds the name of any field, with `--map` and `--set` applied."""
    keys = set(map(match_key, _given(headers, renames, defaults)))
    return bool(keys & known_names()) or match_key(ResultColumn.STATUS) in keys


def field_columns(headers: Sequence[str], renames: Mapping[str, str]) -> frozenset[int]:
    """The columns that hold the name of a field, with `--map` applied."""
    fields = known_names()
    return frozenset(at for at, name in enumerate(_given(headers, renames, {})) if match_key(name) in fields)


def better_header(table: Table, renames: Mapping[str, str], defaults: Mapping[str, str]) -> Better | None:
    """The row that looks like the header line where the one taken for it does not: titles may stand above it.

    `--map` and `--set` count: what they name is looked for beside the columns.
    """
    if recognised(_given(table.headers, renames, {})):
        return None

    lines = Lines(table, renames)
    if not recognised(tuple(defaults)):  # else any line would be
        if recognised(_given(table.headers, renames, defaults)):
            return None

        for at in range(1, lines.near):
            if recognised((*lines.names[at].values(), *defaults)):
                return Better(lines.number(at), clear=lines.has_only_titles_above(at))

    found = [at for at in range(1, lines.near) if lines.may_be_headers(at)]
    clear = next(filter(lines.is_clear, found), None)
    return Better(lines.number(clear or found[0]), clear=clear is not None) if found else None


def _given(headers: Sequence[str], renames: Mapping[str, str], defaults: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the columns, with `--map` and `--set` applied."""
    ours = {match_key(theirs): name for theirs, name in renames.items()}
    return (*(ours.get(match_key(header), header) for header in headers), *defaults)


def _names_of(kind: Kind, group: tuple[str, ...], headers: Sequence[str]) -> set[str]:
    columns = (*kind.columns, *(kind.scenes.asked_for(headers) if kind.scenes else ()))
    return {match_key(name) for column in columns if of_any(column.name) in group for name in column.names}
