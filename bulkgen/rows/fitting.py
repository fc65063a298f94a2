"""Which column of a person's own sheet fills which field: by its name, or by one that is nearly the same.

Pure. What is only alike is a guess: it is told as one, and made only where no other column is as near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bulkgen.kinds.columns import Column, match_key

#: From here on a name counts as another one misspelt.
LIKENESS = 0.82


@dataclass(frozen=True)
class Fit:
    """A field, and the header of the column that fills it ("" for none); `guessed`: the two are only alike."""

    field: Column
    header: str = ""
    guessed: bool = False

    @property
    def name(self) -> str:
        """The field as people know it: a variable of a template by its own name."""
        return self.field.name.removeprefix("variables.")


def fit(headers: Sequence[str], fields: Sequence[Column]) -> tuple[Fit, ...]:
    """The fields in their order, each with the column that fills it. No column fills two."""
    left = {header: match_key(header) for header in headers if match_key(header)}
    found: dict[str, Fit] = {}
    for field in fields:
        keys = set(map(match_key, field.names))
        header = next((header for header, key in left.items() if key in keys), "")
        if header:
            del left[header]
            found[field.name] = Fit(field, header)
    for field in fields:
        if field.name not in found:
            header = _nearest(field, left)
            left.pop(header, None)
            found[field.name] = Fit(field, header, guessed=bool(header))
    return tuple(found[field.name] for field in fields)


def _nearest(field: Column, headers: dict[str, str]) -> str:
    """The header that is most like one of the field's names; "" where none is near, or two are equally."""
    keys = [match_key(name) for name in field.names]
    scores = {header: max(_likeness(key, own) for own in keys) for header, key in headers.items()}
    best = max(scores.values(), default=0.0)
    nearest = [header for header, score in scores.items() if score == best]
    return nearest[0] if best >= LIKENESS and len(nearest) == 1 else ""


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
