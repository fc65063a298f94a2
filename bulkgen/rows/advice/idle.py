"""Fields that fill nothing in a row, since they are another kind's, or of HeyGen's API of before: `fps` of an avatar
video, `title` of a voice-over, `input_text`.

Pure. Everyday words are left alone: a column "Language" is more likely the person's own than a field out of place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache

from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import match_key
from bulkgen.model import Issue, listed, warning
from bulkgen.rows.before import BEFORE, NEEDLESS
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout

#: What columns of other programs are often called.
_EVERYDAY = frozenset(
    match_key(name)
    for name in (
        "url",
        "text",
        "mode",
        "locale",
        "language",
        "languages",
        "source_language",
        "target_language",
        "project",
        "composition",
        "format",
        "quality",
        "gender",
        "seed",
        "captions",
    )
)

#: What to use in place of a field that a kind does not have.
_INSTEAD: Mapping[tuple[str, str], str] = {
    ("avatar", field): "The size of an avatar video comes from aspect_ratio and resolution."
    for field in ("dimension.width", "dimension.height")
}


def idle(
    headings: Headings, rows: Iterable[BuiltRow], merged: Collection[int]
) -> Iterator[tuple[BuiltRow, int, Issue]]:
    """The filled cells that fill nothing: row, column, and what is to be said. `merged`: columns that texts are filled
    from."""
    known: dict[int, list[tuple[int, Issue]]] = {}
    for row in rows:
        layout = row.layout
        if layout is None or (layout.kind.filling and (layout.template is None or layout.template.open)):
            continue  # its names may be variables

        if id(layout) not in known:
            known[id(layout)] = [pair for pair in _of_layout(headings, layout) if pair[0] not in merged]
        for at, issue in known[id(layout)]:
            if not headings.cell(row.source, at).blank:
                yield row, at, issue


def _of_layout(headings: Headings, layout: Layout) -> Iterator[tuple[int, Issue]]:
    for at in layout.unclaimed:
        header = headings.names[at]
        key = match_key(header)
        own = f'If it is your own: --map "{header}=" leaves it alone.'
        if key in BEFORE:
            now = f"It is {BEFORE[key]} now. " if BEFORE[key] else ""
            cause = "fills nothing: it is a name of HeyGen's API of before"
            yield at, warning(code="field_of_before", cause=cause, fix=f"{now}{own}")
        elif key in NEEDLESS:
            cause = "fills nothing: HeyGen passes it over"
            yield at, warning(code="field_of_before", cause=cause, fix=f"{NEEDLESS[key]} {own}")
        elif layout.kind.scenes is None and any(kind.scenes and kind.scenes.named(header) for kind in KINDS.values()):
            cause = f"fills nothing here: it is a field of a scene, and {layout.kind.name} has none"
            fix = f"To make a video of scenes, put studio into the column type. {own}"
            yield at, warning(code="field_of_another_kind", cause=cause, fix=fix)
        elif key in _fields() and key not in _EVERYDAY:
            kinds, field = _fields()[key]
            cause = f"fills nothing here: it is a field of {listed(kinds)}, not of {layout.kind.name}"
            instead = _INSTEAD.get((layout.kind.name, field), "")
            yield at, warning(code="field_of_another_kind", cause=cause, fix=f"{instead} {own}".strip())


@cache
def _fields() -> Mapping[str, tuple[list[str], str]]:
    """The kinds that have a field, with its own name, by each name that it goes by."""
    found: dict[str, tuple[list[str], str]] = {}
    for kind in KINDS.values():
        for column in kind.columns:
            for name in column.names:
                kinds, _ = found.setdefault(match_key(name), ([], column.name))
                if kind.name not in kinds:
                    kinds.append(kind.name)
    return found
