"""In which order jobs go. Pure.

Invariant: a job goes behind what it awaits, and what others await goes as early as the most urgent of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from bulkgen.model import Job


def in_sequence(jobs: Iterable[Job]) -> list[Job]:
    """The jobs by their priority, those of one in their order, each behind those of them that it awaits."""
    by_priority = sorted(jobs, key=lambda job: -job.priority)
    if not any(job.awaits for job in by_priority):
        return by_priority

    known = {job.fingerprint: job for job in by_priority}
    order: dict[str, Job] = {}
    for job in by_priority:
        stack = [job]
        while stack:
            first = [known[each.fingerprint] for each in stack[-1].awaits if each.fingerprint in known]
            first = [each for each in first if each.fingerprint not in order]
            if first:
                stack += first
            else:
                last = stack.pop()
                order.setdefault(last.fingerprint, last)
    return list(order.values())
