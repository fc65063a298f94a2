"""Which column of a person's own sheet fills which field, and how sure that is.

Pure. A column goes by the field's name, or by another name for the same particular of a person or a company; or its
name is nearly the field's, which is a guess, and made only where no other column is as near.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from bulkgen.kinds.columns import Column, known_name, match_key
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout
from bulkgen.rows.variables import LIKENESS


class Sure(Enum):
    """How a column was found."""

    NAMED = "named"
    #: By another name for the same: Vorname for first_name.
    MEANT = "meant"
    #: By a name that is nearly the same.
    GUESSED = "guessed"
    #: Several columns could be meant.
    DOUBTFUL = "doubtful"
    MISSING = "missing"


@dataclass(frozen=True)
class Fit:
    """A field, with the headers of the columns that fill it: one, none where it is missing, several in doubt."""

    field: Column
    sure: Sure
    headers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The field as people know it: a variable of a template by its own name."""
        return known_name(self.field.name)

    @property
    def found(self) -> bool:
        return self.sure in (Sure.NAMED, Sure.MEANT, Sure.GUESSED)


def fit(headings: Headings, layout: Layout, fields: Iterable[Column]) -> Iterator[Fit]:
    """Each of these fields of the layout, with what fills it. No column fills two."""
    left = {headings.names[at]: match_key(headings.names[at]) for at in layout.unclaimed}
    for field in fields:
        headers = tuple(headings.names[at] for at in layout.indexes[field.name])
        if headers and field.name not in layout.guessed:
            yield Fit(field, Sure.NAMED, headers)
        elif headers:
            yield Fit(field, Sure.MEANT if len(headers) == 1 else Sure.DOUBTFUL, headers)
        else:
            near = _nearest(field, left)
            left.pop(near, None)
            yield Fit(field, Sure.GUESSED, (near,)) if near else Fit(field, Sure.MISSING)


def _nearest(field: Column, headers: dict[str, str]) -> str:
    """The header that is most like one of the field's names; "" where none is near, or two are equally."""
    keys = [match_key(name) for name in field.names]
    scores = {header: max(_likeness(key, own) for own in keys) for header, key in headers.items()}
    best = max(scores.values(), default=0.0)
    nearest = [header for header, score in scores.items() if score == best]
    return nearest[0] if best > LIKENESS and len(nearest) == 1 else ""


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
