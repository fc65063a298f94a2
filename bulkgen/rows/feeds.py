"""Which column of the sheet feeds which field of one row, and what its text becomes.

Pure. Read afresh for the row, in the way in which its request was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Column, Lookup, Type, known_name
from bulkgen.kinds.template import TemplateRequest, said
from bulkgen.model import Cell, Value, is_to_be_made
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout
from bulkgen.rows.merge import fields_of
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
    """All that feeds a row.

    `kept`: the template's variables (name, type) that keep their own value. `said`: what its scenes say of this row, as
    far as HeyGen tells. `merged`: columns that are filled into its
    texts, and feed no field themselves. `unused`: filled columns of which nothing is sent. `open`: the template was not
    looked up, so that nobody knows what else feeds it.
    """

    fields: tuple[Feed, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    said: tuple[str, ...] = ()
    merged: tuple[int, ...] = ()
    unused: tuple[int, ...] = ()
    open: bool = False


def feeds_of(row: BuiltRow, built: Built) -> Feeds:
    """What feeds a row; nothing where it was not read, since nobody knows what it asks for."""
    layout, headings = row.layout, built.layouts.headings
    if layout is None:
        return Feeds()

    fields = tuple(_fields(row, layout, headings))
    named = {feed.field for feed in fields}
    variables = layout.template.variables if layout.template else {}
    merged = {index for feed in fields for index in _filled_in(feed, headings)}
    left = [index for index in layout.unclaimed if not row.source.cell(index).blank]
    unknown = layout.kind.filling is not None and layout.template is None
    return Feeds(
        fields=fields,
        kept=tuple((name, type_) for name, type_ in variables.items() if name not in named and type_ != "text"),
        said=_said(layout.template, row) if layout.template and row.jobs else (),
        merged=tuple(index for index in left if index in merged),
        unused=() if unknown else tuple(index for index in left if index not in merged),
        open=unknown,
    )


def _fields(row: BuiltRow, layout: Layout, headings: Headings) -> Iterator[Feed]:
    reader = RowReader(row.source, headings)
    reader.read(layout)
    body = row.jobs[0].body if row.jobs else {}
    for column in layout.columns:
        at, known = reader.origin.get(column.name), column in layout.read
        if not known:  # what decides on the layout itself, the template, is read before it
            filled = (index for index in layout.indexes[column.name] if not headings.cell(row.source, index).blank)
            at = next(filled, None)
        if at is None:
            continue

        cell = headings.cell(row.source, at)
        value = reader.values.get(column.name) if known else cell.text.strip()
        yield Feed(
            field=known_name(column.name),
            column=at if at < headings.real and not row.source.cell(at).blank else None,
            cell=cell,
            value=value,
            sent=_sent(column, value, layout, body),
            spoken=column.type is Type.PROSE,
        )


def _said(template: Template, row: BuiltRow) -> tuple[str, ...]:
    request = row.jobs[0].request
    return tuple(said(request, template)) if isinstance(request, TemplateRequest) else ()


def _filled_in(feed: Feed, headings: Headings) -> Iterator[int]:
    """The columns that the text of a field names."""
    for name, _filters in fields_of(feed.cell.text, lambda name: bool(headings.named(name))):
        yield from headings.named(name)


def _sent(column: Column, value: Value | None, layout: Layout, body: Mapping[str, object]) -> str:
    """The value of a look-up as it is sent, where that is another than the row's: the id of what was named."""
    found: object = body
    if column.lookup is Lookup.TEMPLATE:
        found = layout.template.id if layout.template else ""
    else:
        for step in column.place if column.lookup else ():
            found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) and found != value and not is_to_be_made(found) else ""
