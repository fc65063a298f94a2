"""`--redo` and the column `retry` as they are recorded: which jobs are to be made again, each once, however often the
command is given, and however long the word stays in the sheet.

Pure. Whether a wish has been met is in the job's `State`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.events import Event, redo, retry
from bulkgen.ledger.state import State
from bulkgen.ledger.steps import Policy, Step, next_step


def wishes(known: Mapping[str, State], *, asked: str, max_attempts: int) -> list[Event]:
    """What a `--redo` of these jobs adds to the resume file, given at the time `asked` (as `format_time` writes it).

    While one of them has not come to its end since an earlier `--redo`, or the person may not know of it, that one goes
    on: what it asked for is not asked for again, and jobs that it did not name join it.
    """
    begun = unfinished(known, max_attempts=max_attempts)
    asked = max((state.redo.asked for state in known.values() if state.redo and begun), default="") or asked
    events = []
    for fingerprint, state in known.items():
        wish = state.redo
        if not begun or wish is None or wish.asked < min(begun):
            events.append(redo(fingerprint, after=_to_be_passed(state), asked=asked))
        elif wish.asked != asked:
            events.append(redo(fingerprint, after=wish.after, asked=asked))
    return events


def retries(known: Mapping[str, State], wanted: Container[str], *, max_attempts: int) -> list[Event]:
    """What the column `retry` adds to the resume file: of the `wanted` jobs those that failed, and that no run would
    try again by itself, are wanted once more; of the others the word is gone.

    A job whose row still says so after that attempt failed, too, is not tried a second time.
    """
    policy = Policy(max_attempts=max_attempts)
    events = []
    for fingerprint, state in known.items():
        if fingerprint not in wanted:
            events += [retry(fingerprint, after=0)] if state.retry else []
        elif state.came_to_nothing and not state.retry:
            left = next_step(state, policy, now=0.0, lost=AfterLoss.LOOK_UP) is not Step.SEND
            events += [retry(fingerprint, after=state.attempt)] if left else []
    return events


def unfinished(known: Mapping[str, State], *, max_attempts: int) -> list[str]:
    """When each `--redo` was given that goes on with these jobs."""
    policy = Policy(max_attempts=max_attempts)
    return [
        state.redo.asked
        for state in known.values()
        if state.redo and (not _at_its_end(state, policy) or (state.redo.asked and not state.redo.told))
    ]


def told(known: Mapping[str, State], *, max_attempts: int) -> list[Event]:
    """What is added once the results tell what became of these jobs: the wishes that have come to their end."""
    policy = Policy(max_attempts=max_attempts)
    return [
        redo(fingerprint, after=state.redo.after, asked=state.redo.asked, told=True)
        for fingerprint, state in known.items()
        if state.redo and state.redo.asked and not state.redo.told and _at_its_end(state, policy)
    ]


def _at_its_end(state: State, policy: Policy) -> bool:
    """Nothing is on its way for the job, and nothing more is sent for it by itself."""
    if state.done or state.needless:
        return not state.wished

    if state.last in ("failed", "refused"):
        return next_step(state, policy, now=0.0, lost=AfterLoss.LOOK_UP) is not Step.SEND

    return False  # not sent yet, in progress, unknown, or not downloaded


def _to_be_passed(state: State) -> int:
    """The attempt that a later one is wanted of: what has no result yet, or may have one, is not made twice for it."""
    turned_away = state.last == "refused" and (state.blocked or state.doubted)
    ended = state.done or state.needless or (state.last in ("failed", "refused") and not turned_away)
    return state.attempt if ended and not state.under_way else max(state.attempt - 1, 0)
