"""What HeyGen's word on a job means for it. Pure."""

from __future__ import annotations

from enum import Enum, auto

from bulkgen.kinds.outcome import Detail

#: How long a completed job may lack its link before it is taken as it is (seconds).
LINK_GRACE = 10 * 60.0


class Verdict(Enum):
    """What has become of a job."""

    RUNNING = auto()
    REVIEW = auto()  # it waits for the person
    MOVED = auto()  # it goes on under another id
    FAILED = auto()
    COMPLETED = auto()  # with its links, or with none that will ever come
    INCOMPLETE = auto()  # completed, and what it leads to is not there yet
    BARREN = auto()  # completed in a stage that leads on, and nothing will ever follow


def judge(detail: Detail, *, last: bool, ended_for: float) -> Verdict:
    """`last`: no stage of the job's life follows; `ended_for`: so long ago (seconds) HeyGen said that it has ended."""
    if detail.status == "failed":
        return Verdict.FAILED

    if detail.next_id and not last:
        return Verdict.MOVED

    if detail.status != "completed":
        return Verdict.REVIEW if detail.status == "review" else Verdict.RUNNING

    if last and detail.has_result:
        return Verdict.COMPLETED

    if ended_for < LINK_GRACE:
        return Verdict.INCOMPLETE

    if last and detail.code:
        return Verdict.FAILED

    return Verdict.COMPLETED if last else Verdict.BARREN
