"""Which column of the sheet feeds which field of one row, and what its text becomes.

Pure. Read afresh for the row, in the way in which its request was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bulkgen.kinds.columns import Column, Type
from bulkgen.model import Cell, Value
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.reader import RowReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One field that the row fills.

    `column`: the index of the sheet's column; None where `--set` gives the value. `cell`: as it stands there.
    `value`: with its fields filled in; None where it can't be used. `sent`: how the account writes it, where that
    differs: the id of what was named.
    """

    field: str
    column: int | None
    cell: Cell
    value: Value | None
    sent: str = ""
    #: It is said or shown.
    spoken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """All of a row: its fields; the template's variables (name, type) that keep their own value; filled columns that
    are not used. `open`: the template was not looked up, so that nobody knows what else feeds it.
    """

    fields: tuple[Feed, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    unused: tuple[int, ...] = ()
    open: bool = False


def feeds_of(row: BuiltRow, built: Built) -> Feeds:
    """What feeds a row; nothing where it was not read, since nobody knows what it asks for."""
    layout, headings = row.layout, built.layouts.headings
    if layout is None:
        return Feeds()

    reader = RowReader(row.source, headings)
    reader.read(layout)
    body = row.jobs[0].body if row.jobs else {}
    fields = []
    for column in layout.columns:
        if column not in layout.read:  # what decides on the layout itself, such as the template, is read before it
            filled = [index for index in layout.indexes[column.name] if not headings.cell(row.source, index).blank]
            at = filled[0] if filled else None
        else:
            at = reader.origin.get(column.name)
        if at is None:
            continue

        cell = headings.cell(row.source, at)
        value = reader.values.get(column.name) if column in layout.read else cell.text.strip()
        in_sheet = at < headings.real and not row.source.cell(at).blank
        fields.append(
            Feed(
                field=field_name(column),
                column=at if in_sheet else None,
                cell=cell,
                value=value,
                sent=_sent(column, value, body),
                spoken=column.type is Type.PROSE,
            )
        )
    filled_names = {feed.field for feed in fields}
    variables = layout.template.variables if layout.template else {}
    unknown = layout.kind.template_columns is not None and layout.template is None
    return Feeds(
        fields=tuple(fields),
        kept=tuple((name, type_) for name, type_ in variables.items() if name not in filled_names and type_ != "text"),
        unused=() if unknown else tuple(index for index in layout.unclaimed if not row.source.cell(index).blank),
        open=unknown,
    )


def field_name(column: Column) -> str:
    """A field as people know it: a variable of the template by its own name."""
    return column.name.removeprefix("variables.")


def _sent(column: Column, value: Value | None, body: Mapping[str, object]) -> str:
    """The value of a look-up as it is sent, where that is another than the row's."""
    found: object = body
    for step in column.place if column.lookup else ():
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) and found != value else ""
