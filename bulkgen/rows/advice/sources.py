"""Languages that a source is said to be in, and that HeyGen names nowhere: it lists those that it translates to.

Pure. No list says which ones it understands, so this is a word, and nothing is refused for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bulkgen.kinds.columns import Lookup, Tag
from bulkgen.kinds.languages import relatives, spoken
from bulkgen.model import Issue, warning
from bulkgen.rows.built import Built
from bulkgen.rows.layouts import Layout


def unheard_languages(built: Built, names: Collection[str]) -> Iterator[Issue]:
    """The cells of selected rows that name such a language. `names`: those that HeyGen translates to."""
    known: dict[str, bool] = {}
    for row in built.rows:
        if not names or not row.selected or row.layout is None:
            continue

        for at in _columns(row.layout):
            word = row.source.cell(at).text.strip()
            if word not in known:
                known[word] = not word or not spoken(word) or bool(relatives(word, names))
            if not known[word]:
                cause = "is a language that HeyGen has none of among those it translates to"
                fix = "It may not understand it. Without the cell HeyGen detects the language by itself."
                header = built.layouts.headings.names[at]
                yield warning(code="unknown_language", cause=cause, fix=fix).at(row.source.number, at, header, word)


def _columns(layout: Layout) -> list[int]:
    """Of rows that are translated: where they say what is spoken in their source."""
    if not any(column.lookup is Lookup.LANGUAGE for column in layout.columns):
        return []

    return [at for column in layout.tagged if column.tag is Tag.LANGUAGE for at in layout.indexes[column.name]]
