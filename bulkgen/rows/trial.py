"""Rows that ask for a test, which HeyGen no longer makes. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bulkgen.kinds.parsing import truth
from bulkgen.model import Issue, unsendable
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout
from bulkgen.rows.reader import RowReader

#: Columns in which people say it.
_NAMES = ("test", "test_mode")


def asks_for_test(headings: Headings) -> bool:
    """Whether a row of the sheet may."""
    return bool(headings.find(*_NAMES))


def no_test(reader: RowReader, layout: Layout) -> Iterator[tuple[int, Issue]]:
    """That nothing is made for trial by a word in a row, by column: a person who thinks so would pay."""
    headings = reader.headings
    for at in headings.find(*_NAMES):
        merged = any(at in headings.find(name) for name in headings.asked)
        if at in layout.unclaimed and not merged and truth(headings.cell(reader.row, at).text):
            cause = "asks for a test, which HeyGen no longer makes: the row would be made, and paid"
            own = f'If it is your own: --map "{headings.names[at]}=" leaves it alone.'
            yield at, unsendable(code="no_test", cause=cause, fix=f"To rehearse the sheet for free: --sandbox. {own}")
