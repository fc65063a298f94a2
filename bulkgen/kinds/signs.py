"""By what a row is known to be of a kind, as the kind tells it. Pure data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto


class Decides(Enum):
    """Where the columns that a row fills say that it is of a kind, and nothing else does."""

    FIRST = auto()  # in any sheet; of several kinds the one that is first in the registry
    LAST = auto()  # where the sheet has the columns of none of those: what was a row of theirs stays one
    ALONE = auto()  # where it has the columns of no other kind at all; where both fit, the person says which
    NEVER = auto()  # not even then: only the column `type` does


@dataclass(frozen=True, kw_only=True)
class Signs:
    """`columns`: a row is of the kind when each of these groups has a filled column; `decides`: where that counts."""

    columns: tuple[tuple[str, ...], ...]
    decides: Decides = Decides.FIRST
    #: The word for the kind in the column `type`, where several kinds share one; "": its name alone. Which of them is
    #: meant, the columns say.
    word: str = ""
    #: Names under which other kinds have columns, too: a column called so fills its field, and is no sign.
    common: frozenset[str] = frozenset()
    #: What a cell has to be so that it is a sign, where people have columns of that name for other things; and how to
    #: write it so, in a sentence: "" where any cell will do.
    fits: Callable[[str], bool] = lambda _text: True
    how: str = ""
