"""What the own columns of a row say of how it is to be treated: `skip` and `run`, `priority`, `retry`; and
what the person says to a job that waits for them.

Pure. None of them is sent with the job. `skip` and `run` are asked before anything else is read of a row; the others
may be variables of its template, and are nobody's then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bulkgen.kinds.columns import Column, Type
from bulkgen.kinds.parsing import parse, truth
from bulkgen.model import BLANK, Answer, Cell, Issue, Row, Severity, unsendable, warning
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout

#: The columns that leave a row out, and the word in each that does.
LEAVING = {"skip": True, "run": False}

_PRIORITY = Column(name="priority", type=Type.NUMBER, place=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """`priority`: rows of a higher one are sent first. `retry`: a job of the row that failed is to be tried again.

    `answer`: what the row says to a job of it that waits for the person.
    """

    priority: float = 0.0
    retry: bool = False
    answer: Answer | None = None


def left_out_by(headings: Headings, row: Row) -> str:
    """The column that leaves the row out; "" where none does. One that says so is enough."""
    for name, word in LEAVING.items():
        cell, _ = headings.own(row, name)
        if not cell.blank and truth(cell.text) is word:
            return name
    return ""


def unclear_skip(headings: Headings, row: Row) -> Iterator[tuple[int, Issue]]:
    """That nobody can tell whether the row is to be left out, by column."""
    cell, at = headings.own(row, "skip")
    if at is not None and truth(cell.text) is None:
        fix = "Type yes to leave the row out, or clear the cell."
        yield at, Issue(code="not_yes_or_no", cause="is neither yes nor no", fix=fix)


def steering(headings: Headings, row: Row, layout: Layout) -> tuple[Steering, list[tuple[int, Issue]]]:
    """What the row says of its turn, and of its failures; with what can't be read in it, by column."""
    found: list[tuple[int, Issue]] = []
    priority, retry = 0.0, False
    cell, at = _own(headings, row, "run", layout)
    if at is not None and truth(cell.text) is None:
        fix = f'Type no to leave the row out, or clear the cell. If it is your own: --map "{headings.names[at]}=".'
        found.append((at, unsendable(code="not_yes_or_no", cause="is neither yes nor no", fix=fix)))
    cell, at = _own(headings, row, "priority", layout)
    if at is not None:
        value = parse(_PRIORITY, cell)
        if isinstance(value, int | float):
            priority = float(value)
        else:
            cause, fix = "is no number, so the row waits for its turn", "Type a number: higher ones go first."
            found.append((at, warning(code="not_a_number", cause=cause, fix=fix)))
    cell, at = _own(headings, row, "retry", layout)
    if at is not None:
        wanted = truth(cell.text)
        retry = wanted is True
        if wanted is None:
            cause, fix = "is neither yes nor no, so nothing is tried again", "Type yes, or clear the cell."
            found.append((at, warning(code="not_yes_or_no", cause=cause, fix=fix)))
    answer, unread = _answer(headings, row, layout)
    return Steering(priority=priority, retry=retry, answer=answer), [*found, *unread]


def _answer(headings: Headings, row: Row, layout: Layout) -> tuple[Answer | None, list[tuple[int, Issue]]]:
    """What the row says in the column by which its kind is answered; what can't be read there is no answer."""
    column = layout.kind.answer
    cell, at = _own(headings, row, column.name, layout) if column else (BLANK, None)
    if column is None or at is None:
        return None, []

    value = parse(column, cell)
    if isinstance(value, Issue):
        cause = f"{value.cause}, so it is no answer"
        return None, [(at, replace(value, cause=cause, severity=Severity.WARNING))]

    return (None if value is False else Answer(text=cell.text.strip().casefold() if value is True else str(value))), []


def _own(headings: Headings, row: Row, name: str, layout: Layout) -> tuple[Cell, int | None]:
    """The filled cell of an own column, unless it is a field's of the row."""
    cell, at = headings.own(row, name)
    if at is None or any(at in indexes for indexes in layout.indexes.values()):
        return BLANK, None

    return cell, at
