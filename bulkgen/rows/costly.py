"""Rows that could cost more than the person allows for one: what is said of them. Pure."""

from __future__ import annotations

from bulkgen.model import Issue, warning
from bulkgen.rows.built import BuiltRow


def costly_row(row: BuiltRow, amount: str, cap: str) -> Issue:
    """`amount`: what the row could cost, in words; "" where it has no price. `cap`: what is allowed for it."""
    cause = "could cost more than --max-cost-per-row allows" if amount else "has no price to be held against a cap"
    fix = f"It is left out of this run. Make its text shorter, or allow more than {cap}."
    value = f"up to {amount}" if amount else ""
    return warning(code="row_too_costly", cause=cause, fix=fix).at(row.source.number, value=value)
