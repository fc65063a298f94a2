"""Rows that could cost more than the person allows for one: what is said of them. Pure."""

from __future__ import annotations

from bulkgen.model import Issue, warning
from bulkgen.rows.built import BuiltRow


def costly_row(row: BuiltRow, cap: str, *, priced: bool) -> Issue:
    """`cap`: what is allowed for a row, in words. `priced`: whether there is a price for all that it asks for."""
    if priced:
        cause = f"could cost more than --max-cost-per-row allows ({cap})"
        fix = "Such rows are left out of this run. Have less said or translated in them, or allow more."
    else:
        cause = "no price is known to be held against --max-cost-per-row"
        fix = (
            "Such rows are left out of this run. Name a price list that has one (--prices FILE), or leave the cap out."
        )
    return warning(code="row_too_costly", cause=cause, fix=fix).at(row.source.number)
