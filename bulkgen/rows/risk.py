"""Which rows are worth a look before all are made: those that are most likely to come out wrong.

Pure. The riskiest row is the one in which most comes together of three things, each of which counts the same: the
longest text, characters and languages that few other rows have, and the most fields left blank. Of equals the first.

Invariant: the same rows are always chosen from the same sheet, whatever was made of it already.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from unicodedata import normalize

from bulkgen.kinds.columns import Type
from bulkgen.model import listed
from bulkgen.rows.built import Built, BuiltRow
from bulkgen.rows.headings import Headings

#: Found in nearly every text, and read and shown as they should be.
_USUAL = frozenset("abcdefghijklmnopqrstuvwxyz.,!?;:'\"-()")

#: A tag of SSML is neither said nor shown.
_TAG = re.compile(r"<[^<>]*>")

#: From this share of the worst row on, something is a reason.
_NOTABLE = 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """A row, and why it was chosen: `it has the longest text (212 characters)`."""

    row: BuiltRow
    why: str


def usable(built: Built) -> list[BuiltRow]:
    """The selected rows that can be made as they are."""
    return [row for row in built.rows if row.selected and not row.skipped and not row.invalid and row.layout]


def text_length(row: BuiltRow) -> int:
    """Characters that are said or shown, of all texts of the row together."""
    return sum(map(len, _texts(row)))


def riskiest(built: Built, count: int = 1) -> list[Choice]:
    """So many of the usable rows, or as many as there are: one of each kind and template first, then by risk.

    Rows that ask for the same are one of these.
    """
    rows = usable(built)
    if len(rows) <= 1:
        return [Choice(row, "it is the only one that can be made") for row in rows]

    risks = _Risks(rows, built.layouts.headings)
    order = sorted(range(len(rows)), key=lambda at: -risks.total(at))  # stable: the sheet's order among equals
    leaders: dict[tuple[str, str], int] = {}
    for at in order:
        leaders.setdefault(_group(rows[at]), at)
    chosen: list[int] = []
    seen: set[str] = set()
    for at in dict.fromkeys([*leaders.values(), *order]):
        prints = {job.fingerprint for job in rows[at].jobs}
        if len(chosen) < count and not (prints and prints <= seen):
            chosen.append(at)
            seen |= prints
    return [Choice(rows[at], risks.why(at)) for at in chosen]


def _group(row: BuiltRow) -> tuple[str, str]:
    template = row.layout.template if row.layout else None
    return row.kind, template.id if template else ""


class _Risks:
    """What speaks for trouble in each of these rows, by their indexes: shares of the worst row, 0 to 1."""

    def __init__(self, rows: Sequence[BuiltRow], headings: Headings) -> None:
        self._rows = rows
        self._lengths = [text_length(row) for row in rows]
        self._blanks = [_blanks(row, headings) for row in rows]
        self._marks = [_marks(row) for row in rows]
        self._holders = Counter(mark for marks in self._marks for mark in marks)
        self._shares = list(
            zip(
                _shares(self._lengths),
                _shares([sum(map(self._rarity, marks)) for marks in self._marks]),
                _shares(list(map(len, self._blanks))),
                strict=True,
            )
        )

    def total(self, at: int) -> float:
        return sum(self._shares[at])

    def why(self, at: int) -> str:
        """What is worst in it of all rows; else what counts most, where that is worth a word."""
        told = (self._long(at), self._rare(at), self._leaves(at))
        shares = self._shares[at]
        worst = max(shares)
        reasons = [text for text, share in zip(told, shares, strict=True) if share >= max(worst, _NOTABLE)]
        if reasons:
            return f"it {' and '.join(reasons)}"

        return (
            "it is the first, and none is riskier" if not any(shares) else "a little of everything comes together in it"
        )

    def _long(self, at: int) -> str:
        word = "the longest" if self._shares[at][0] == 1 else "a long"
        return f"has {word} text ({self._lengths[at]:,} characters)"

    def _rare(self, at: int) -> str:
        marks = sorted(self._marks[at], key=lambda mark: (self._holders[mark], mark))
        own = [mark for mark in marks if self._holders[mark] == 1]
        told = listed([mark for mark in own or marks if mark.isprintable()], 4) or "characters that can't be seen"
        return f"has what {'no other row has' if own else 'few rows have'}: {told}"

    def _leaves(self, at: int) -> str:
        word = "the most fields" if self._shares[at][2] == 1 else "fields"
        return f"leaves {word} blank ({listed(self._blanks[at], 4)})"

    def _rarity(self, mark: str) -> float:
        return log2(len(self._rows) / self._holders[mark])


def _shares(values: Sequence[float]) -> list[float]:
    """Where each value lies between the smallest (0) and the largest (1); all 0 where they are the same."""
    low, high = min(values), max(values)
    return [(value - low) / (high - low) if high > low else 0.0 for value in values]


def _texts(row: BuiltRow) -> Iterable[str]:
    return (str(value) for column, _, value in row.kept if column.type is Type.PROSE and value is not None)


def _marks(row: BuiltRow) -> frozenset[str]:
    """The characters that may be said or shown wrong, and the languages."""
    texts = (normalize("NFC", _TAG.sub(" ", text).lower()) for text in _texts(row))
    characters = {c for text in texts for c in set(text) - _USUAL if not c.isspace()}
    return frozenset(characters | {job.language for job in row.jobs if job.language})


def _blanks(row: BuiltRow, headings: Headings) -> list[str]:
    """The headers of the fields that the sheet has a column for, and the row leaves blank."""
    indexes: Mapping[str, Collection[int]] = row.layout.indexes if row.layout else {}
    return [
        headings.names[next(iter(places))]
        for places in indexes.values()
        if places and all(headings.cell(row.source, index).blank for index in places)
    ]
