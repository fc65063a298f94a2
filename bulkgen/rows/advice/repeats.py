"""The same person in two rows: the same `row_id`, e-mail address, or name and company.

Pure. A person may well be asked for with another template, text, source or language: these are other wishes, and told
apart. So may what differs in `copy`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bulkgen.model import Issue, Row, warning
from bulkgen.rows.advice.people import Who, who
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.headings import Headings

_TWICE = "Delete one of the rows or put yes into its column skip, unless both are meant."

_ROW_ID = warning(code="row_id_twice", cause="is the row_id of another row too", fix="Give each row its own row_id.")
_MAIL = warning(code="person_twice", cause="is the e-mail address of another row too", fix=_TWICE)
_NAME = warning(code="person_twice", cause="stands in another row too, with the same company", fix=_TWICE)


@dataclass
class Repeats:
    """Who was met before, and in which row."""

    headings: Headings
    #: The first row of each wish, by the wish's hash: two wishes with one hash are not met with.
    _rows: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._of: dict[Who, list[int]] = {what: [] for what in Who}
        for index, name in enumerate(self.headings.names[: self.headings.real]):
            what = who(name)
            if what:
                self._of[what].append(index)

    def find(self, built: BuiltRow, wish: tuple[object, ...]) -> tuple[int, Issue] | None:
        """The cell that stands in an earlier row too, and what to say of it. `wish` is what else the row asks for."""
        row, number = built.source, built.source.number
        languages = tuple([job.language for job in built.jobs])
        _, at = self.headings.own(row, "row_id")
        other = self._earlier(number, ("row_id", languages, built.part), built.row_id)
        if at is not None and other is not None:
            return at, _found(_ROW_ID, built.row_id, other)

        copy, _ = self.headings.own(row, "copy")
        wish = (built.kind, *wish, languages, copy.text.strip())
        at = self._first(row, Who.MAIL)
        mail = row.cell(at).text if at is not None else ""
        other = self._earlier(number, ("mail", *wish), mail) if "@" in mail else None
        if at is not None and other is not None:
            return at, _found(_MAIL, mail, other)

        at, company = self._first(row, Who.PERSON), self._first(row, Who.COMPANY)
        if at is None or company is None:
            return None

        name = " ".join([row.cell(i).text.strip() for i in self._of[Who.PERSON]])
        other = self._earlier(number, ("name", *wish), name, row.cell(company).text)
        if other is None:
            return None

        return at, _found(_NAME, name, other)

    def _first(self, row: Row, what: Who) -> int | None:
        for index in self._of[what]:
            if not row.cell(index).blank:
                return index
        return None

    def _earlier(self, row: int, wish: tuple[object, ...], *particulars: str) -> int | None:
        """The first row that has the same; None where this one is it, or something is blank."""
        words = [" ".join(text.casefold().split()) for text in particulars]
        if "" in words:
            return None

        first = self._rows.setdefault(hash((*wish, *words)), row)
        return first if first != row else None


def _found(issue: Issue, value: str, other: int) -> Issue:
    """The other row stands beside the value: issues with one cause share a line on the screen."""
    return replace(issue, value=f"{value.strip()} (also in row {other})")
