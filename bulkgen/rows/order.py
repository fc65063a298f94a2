"""What all jobs of a row have in common. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.model import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`number` and `row_id` of the row; `copy`: what tells it from others that ask for the same."""

    number: int
    row_id: str
    copy: str = ""
    #: Rows of a higher one are sent first.
    priority: float = 0.0
    #: What the row says to a job that waits for the person.
    answer: Answer | None = None
