"""Which line of a sheet is the header line? It may stand below a title, or not be there at all.

Pure. A line is known by the names of fields in it, `--map` and `--set` applied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import match_key
from bulkgen.kinds.kind import Kind
from bulkgen.model import Row, Table
from bulkgen.result_columns import ResultColumn
from bulkgen.rows.headings import OWN

#: How many rows are looked at for a header line below a title, which fills a cell or two.
_NEAR = 20
_TITLE_CELLS = 2

#: The longest name of a column (characters); sentences are longer.
_LONGEST_NAME = 40


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


def field_columns(headers: Sequence[str], renames: Mapping[str, str]) -> frozenset[int]:
    """The columns that hold the name of a field, with `--map` applied."""
    fields = _known_names()
    return frozenset(at for at, name in enumerate(_given(headers, renames, {})) if match_key(name) in fields)


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
