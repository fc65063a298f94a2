"""One row on its way to being jobs: its values read field by field, and the issues met on the way.

Pure. Every issue names the cell it is in; a field with a issue is told once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bulkgen.kinds.columns import Column, Fault, parse
from bulkgen.model import Cell, Issue, Row, Value, shorten
from bulkgen.rows.headings import Headings, Layout
from bulkgen.rows.merge import Unfilled, has_fields, is_broken, merge


@dataclass(slots=True)
class RowReader:
    """One row on its way to being jobs, and the issues met on it."""

    row: Row
    headings: Headings
    issues: list[Issue] = field(default_factory=list)
    origin: dict[str, int | None] = field(default_factory=dict)
    #: Fields that are filled, though with something that can't be used: what depends on them is not to blame.
    spoilt: dict[str, Value] = field(default_factory=dict)

    @property
    def invalid(self) -> bool:
        return bool(self.issues) and any(not issue.warning for issue in self.issues)

    def read(self, layout: Layout) -> dict[str, Value]:
        """The values of the fields that the row fills."""
        values: dict[str, Value] = {}
        for column in layout.read:
            known = len(self.issues)
            cell = self._cell(layout, column)
            if cell is not None:
                value = parse(column, cell)
                if isinstance(value, Fault):
                    self.add(value, layout)
                else:
                    values[column.name] = value
            if len(self.issues) > known and column.name in self.origin:
                self.spoilt[column.name] = "?"
        return values

    def _cell(self, layout: Layout, column: Column) -> Cell | None:
        """The cell that fills the field, merged; None (with a issue where one is due) if none does."""
        filled = []
        for index in layout.places[column.name]:
            cell = self.headings.cell(self.row, index)
            if cell.unusable:
                self.issue(index, cell.unusable, "Correct the cell.")
                return None

            if not cell.blank:
                filled.append((index, cell))
        if not filled:
            if column.required:
                self._required(layout, column)
            return None

        index, cell = filled[0]
        self.origin[column.name] = index
        real = [i for i, _ in filled if i < self.headings.real] if len(filled) > 1 else ()
        if len(real) > 1:
            other = self.headings.names[real[0]]
            self.origin[column.name] = real[1]
            self.issue(real[1], f"says the same as the column {other}", "Keep one of the two columns.")
            return None

        if "{{" in cell.text and is_broken(cell.text):
            self.issue(index, "opens a field with {{ that nothing closes", "Write it like {{first_name}}.")
            return None

        if has_fields(cell.text):
            return self._merged(index, cell, required=column.required)

        return cell

    def _required(self, layout: Layout, column: Column) -> None:
        at = next(iter(layout.places[column.name]), None)
        name = column.aliases[0] if column.place[0] == "variables" else column.name
        if column.place[0] == "variables":
            cause, fix = "is blank, and the video would show {{…}} instead", "Fill the cell."
        else:
            cause, fix = "is blank", "Fill the cell."
        if at is None:
            cause = "is missing" if column.place[0] != "variables" else "is a variable of the template with no column"
            fix = f"Add a column {name}, or give all rows one value with --set {name}=…"
        self.issue(at, cause, fix, name)

    def _merged(self, index: int, cell: Cell, *, required: bool) -> Cell | None:
        try:
            text = merge(cell.text, lambda name: self._text_of(name, index))
        except Unfilled as field:
            if field.why == "itself":
                cause = f"{{{{{field.name}}}}} names the column that it stands in"
                fix = "Write the header of another column between the braces."
            elif field.why == "unknown":
                cause = f"{{{{{field.name}}}}} names no column of this sheet"
                fix = f"{self.headings.hints.of(field.name)}Write the header of a column between the braces."
            else:
                cause = f"{{{{{field.name}}}}} is blank in this row"
                fix = f"Fill the cell, or give a fallback: {{{{{field.name}|there}}}}."
            self.issue(index, cause, fix)
            return None

        if text.strip():
            return Cell(text, text)

        if required:
            fix = "Fill the columns that it names, or give them a fallback: {{first_name|there}}."
            self.issue(index, "is blank once its fields are filled", fix)
        return None

    def _text_of(self, name: str, asking: int) -> str | None:
        """The text of the named column; `asking` is the column that it is to be filled into."""
        indexes = self.headings.find(name)
        if not indexes:
            return None

        filled = [index for index in indexes if not self.headings.cell(self.row, index).blank]
        if filled[:1] == [asking]:
            raise Unfilled(name, "itself")

        return self.headings.cell(self.row, filled[0]).text if filled else ""

    def issue(
        self,
        column: int | None,
        cause: str,
        fix: str,
        header: str = "",
        *,
        value: str | None = None,
        warning: bool = False,
    ) -> None:
        """Notes a issue at a column, of the sheet or of `--set`; `header` where neither has such a column."""
        if column is not None:
            value = self.headings.cell(self.row, column).text if value is None else value
            column, header = self._place(column)
        found = Issue(self.row.number, column, header, shorten(value or "", 200), cause, fix, warning)
        if found not in self.issues:
            self.issues.append(found)

    def _place(self, column: int) -> tuple[int | None, str]:
        """The column with its header; of `--set`, which has no cell in the sheet, the option."""
        name = self.headings.names[column]
        return (column, name) if column < self.headings.real else (None, f"--set {name}")

    def add(self, fault: Fault, layout: Layout, value: str | None = None) -> None:
        """Notes a fault of a field at the cell that filled it. A field already noted is not told twice."""
        at = self.origin.get(fault.column)
        if at is None:
            at = next(iter(layout.places.get(fault.column, ())), None)
        told = {(p.column, p.header) for p in self.issues if not p.warning}
        known = {column.name: column for column in layout.columns}.get(fault.column)
        name = known.aliases[0] if known and known.place[0] == "variables" and known.aliases else fault.column
        place = (None, name) if at is None else self._place(at)
        if not fault.warning and value is None and place in told:
            return

        self.issue(at, fault.cause, fault.fix, name, value=value, warning=fault.warning)

    def forget(self, name: str) -> None:
        """Takes back what was noted of a field that a better explanation was found for."""
        bare = name.removeprefix("variables.")
        self.issues = [p for p in self.issues if not (p.column is None and p.header == bare)]
