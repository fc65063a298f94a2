"""What is to be done with a sheet in a hot folder, from what is seen of it and what is known of it. Pure.

Invariant: a sheet whose last run needs a person is not run again before the sheet, a recipe or the typed limit was
changed; what may come right by itself is tried again after a pause that grows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bulkgen.errors import Exit

#: For how long a file has to stay as it is before it is opened (seconds): while it is being copied, it grows.
SETTLE = 4.0

#: The same for one that looks as if something were missing at its end: a copy may stand still for a while.
SETTLE_TORN = 60.0

#: The first pause, and the longest (seconds), after a run that did not come to its end.
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0

#: After so long (seconds) a run is tried again whose credit was used up, or whose key was refused: money and keys are
#: put right elsewhere, where no file tells of it.
ELSEWHERE = 3600.0

#: While another run is at work on the sheet, it is looked at again after so long (seconds).
AT_WORK = 30.0

#: These need a person, and a change of the sheet or of a recipe.
_CHANGED_ONLY = (Exit.OK, Exit.MISTAKES, Exit.SOME_FAILED, Exit.MAX_COST, Exit.RESUME_FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """How the last run of a sheet ended. `signature`: what the sheet and its recipes were then.

    `code`: its exit code; anything that is none of ours for a process that was killed. `at`: when it ended (Unix
    seconds). `limit`: the cap that was typed for the watch. `checked`: it was only checked. `tries`: how often in a row
    it ended like that. `turn`: it ended because others had to have their turn.
    """

    signature: str
    code: int
    at: float
    limit: float | None = None
    checked: bool = False
    tries: int = 1
    turn: bool = False

    @property
    def done(self) -> bool:
        """Whether nothing is left to be made."""
        return self.code == Exit.OK and not self.checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One sheet as it is seen now. `limit`: the cap that was typed. `every`: so often it is looked at whose changes no
    file here shows. `order`: when it was first seen, `turns`: how often it was run since the watch began.
    """

    name: str
    signature: str
    limit: float | None
    known: Known | None = None
    every: float | None = None
    order: int = 0
    turns: int = 0

    @property
    def before(self) -> Known | None:
        """How it ended when it was as it is now."""
        return self.known if self.known is not None and self.known.signature == self.signature else None


def pause_after(known: Known, every: float | None = None) -> float | None:
    """How long after its end (seconds) a run is repeated although nothing was changed; None: it is not."""
    pause: float | None
    if known.turn:
        pause = 0.0
    elif known.code in _CHANGED_ONLY:
        pause = None
    elif known.code in (Exit.OUT_OF_CREDIT, Exit.KEY):
        pause = ELSEWHERE
    elif known.code == Exit.LOCKED:
        pause = AT_WORK
    else:
        pause = min(FIRST_PAUSE * 2.0 ** min(known.tries - 1, 20), LONGEST_PAUSE)
    return pause if every is None else every if pause is None else min(pause, every)


def is_due(candidate: Candidate, now: float) -> bool:
    """Whether the sheet is to be run (or checked) now, at `now` in Unix seconds."""
    known = candidate.before
    if known is None or (known.limit != candidate.limit and not known.done):
        return True

    pause = pause_after(known, candidate.every)
    return pause is not None and not 0 <= now - known.at < pause  # or the clock was set back


def next_up(due: Iterable[Candidate], room: int) -> list[Candidate]:
    """Those that get the free places: who had fewer turns first, then who came first."""
    return sorted(due, key=lambda each: (each.turns, each.order))[: max(room, 0)]


def is_settled(unchanged_for: float, *, whole: bool) -> bool:
    """Whether a file may be opened after so long (seconds) without a change; `whole`: nothing is missing at its end."""
    return unchanged_for >= (SETTLE if whole else SETTLE_TORN)


def after_run(candidate: Candidate, code: int, now: float, *, checked: bool = False, turn: bool = False) -> Known:
    """What is known once a run, or a check, has ended; `turn`: its time was up, and it goes on in its next turn."""
    before = candidate.before
    return Known(
        signature=candidate.signature,
        code=code,
        at=now,
        limit=candidate.limit,
        checked=checked,
        tries=before.tries + 1 if before is not None and before.code == code and not turn else 1,
        turn=turn,
    )
