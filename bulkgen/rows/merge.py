"""Mail merge: `{{column}}` and `{{column|fallback}}` in any text, filled from the same row.

Pure. What is filled in is taken as it stands: `{{…}}` inside it is not filled again.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_FIELD = re.compile(r"\{\{([^{}|]*)(?:\|([^{}]*))?\}\}")


class Unfilled(Exception):
    """A field of the text can't be filled: `name`, and why (`unknown`, `blank` or `itself`)."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name)
        self.name = name
        self.why = why


def has_fields(text: str) -> bool:
    return "{{" in text and _FIELD.search(text) is not None


def is_broken(text: str) -> bool:
    """Whether a field is opened that no braces close: it would be spoken, or shown, as it stands."""
    return "{{" in _FIELD.sub("", text)


def merge(text: str, value_of: Callable[[str], str | None]) -> str:
    """The text with its fields filled; `value_of` gives a column's text, None where there is no such column.

    Raises `Unfilled` for a field whose column is unknown, or blank with no fallback given.
    """

    def fill(match: re.Match[str]) -> str:
        name, fallback = match[1].strip(), match[2]
        value = value_of(name)
        if value is None:
            raise Unfilled(name, "unknown")

        if value.strip():
            return value

        if fallback is None:
            raise Unfilled(name, "blank")

        return fallback

    return _FIELD.sub(fill, text)
