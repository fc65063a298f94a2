"""Languages in fields that HeyGen takes by their codes: `Deutsch` in the column `locale` is `de-DE`. Pure."""

from __future__ import annotations

from dataclasses import replace

from bulkgen.kinds.columns import Tag
from bulkgen.kinds.languages import language_code, locale_code
from bulkgen.model import Value, warning
from bulkgen.rows.layouts import Layout
from bulkgen.rows.reader import RowReader

_UNKNOWN = warning(
    code="unknown_language_code",
    cause="is no language that bulkgen knows",
    fix="It goes to HeyGen as it stands. Languages are written like German, de or de-AT.",
)


def tags_of(reader: RowReader, layout: Layout) -> dict[str, Value]:
    """The codes, by field, of the languages that the row names otherwise; a word that is none gets a warning."""
    found: dict[str, Value] = {}
    for column in layout.tagged:
        word = reader.values.get(column.name)
        if not isinstance(word, str):
            continue

        code = locale_code(word) if column.tag is Tag.LOCALE else language_code(word)
        if code is None:
            reader.add(replace(_UNKNOWN, field=column.name), layout)
        elif code != word:
            found[column.name] = code
    return found
