"""Who may go through the gate at a moment, and how long a closed gate keeps everybody waiting.

Pure: the gate as it stands goes in, a decision comes out. Times are seconds on the run's clock.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Each wait is so many times the one before it.
GROWTH = 1.5

#: The waits between tries for more slots, while own jobs are in progress (seconds): the first, and the longest below
#: and from HeyGen's published limit. Below it somebody else on the account is at work, and may leave.
PATIENCE = 20.0
LONGEST_PATIENCE = 60.0
LONGEST_AT_LIMIT = 180.0
PUBLISHED_LIMIT = 10

#: The wait before a closed gate is tried is HeyGen's `Retry-After`, within these bounds; the usual one where HeyGen
#: names none (seconds).
SHORTEST_WAIT = 1.0
LONGEST_WAIT = 300.0
USUAL_WAIT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The gate at one moment, as one of its lanes sees it."""

    now: float
    #: There is room in the lane for one more POST.
    free: bool
    #: A 429 has closed the gate; one of our own jobs has ended since; a closed gate is tried at that time.
    closed: bool = False
    ended: bool = False
    probe_at: float = 0.0
    #: The slots that the person gave, those held by our jobs, and how many of these are POSTs on their way.
    slots: int
    held: int = 0
    posting: int = 0
    #: How many jobs HeyGen allows, as far as known, and when a single POST tries for one more.
    ceiling: int
    try_at: float = 0.0


def admits(moment: Moment, *, slot: bool) -> bool:
    """Whether the next POST of this lane may go now; `slot`: its job needs one."""
    if not moment.free or (moment.closed and not moment.ended and moment.now < moment.probe_at):
        return False

    return not slot or has_slot(moment)


def has_slot(moment: Moment) -> bool:
    """A slot is free below the ceiling, or it is time to try for one above it."""
    if moment.held >= moment.slots:
        return False

    return moment.held < moment.ceiling or (moment.posting == 0 and moment.now >= moment.try_at)


def asked(retry_after: float | None) -> float:
    """The wait that HeyGen asks for, in seconds; the usual one where it asks for none."""
    return min(max(USUAL_WAIT if retry_after is None else retry_after, SHORTEST_WAIT), LONGEST_WAIT)


def closed_for(retry_after: float | None, grown: float) -> float:
    """How long a gate stays closed; `grown`: what the closings before this one make of the wait."""
    return min(asked(retry_after) * grown, LONGEST_WAIT)


def patience(retry_after: float | None, grown: float, ceiling: int) -> float:
    """How long until more than `ceiling` jobs are tried for."""
    longest = LONGEST_PATIENCE if ceiling < PUBLISHED_LIMIT else LONGEST_AT_LIMIT
    return min(max(PATIENCE * grown, retry_after or 0.0), longest)
