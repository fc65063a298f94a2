"""The layouts of one sheet: for each kind, and each template, which column feeds which field.

Pure. A layout is made once and shared by all rows of its kind and template.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Template
from bulkgen.kinds.kind import Kind
from bulkgen.model import Cell, Issue, Row, listed, shorten
from bulkgen.rows.headings import Headings, Layout, lay_out

#: The columns that decide for each kind.
WAYS = "; ".join(
    f"{' and '.join(' or '.join(group) for group in kind.decided_by)} ({kind.noun})" for kind in KINDS.values()
)


@dataclass
class Layouts:
    """Layouts by kind and template, for the header line of one sheet."""

    headings: Headings
    _made: dict[tuple[str, str], Layout] = field(default_factory=dict)

    def of(self, kind: Kind, template: Template | None = None) -> Layout:
        """The layout of all rows of this kind and template; the template is None until it has been looked up."""
        key = (kind.name, template.id if template else "")
        if key not in self._made:
            self._made[key] = lay_out(self.headings, kind, template)
        return self._made[key]

    @cached_property
    def possible(self) -> tuple[tuple[Kind, tuple[tuple[int, ...], ...]], ...]:
        """The kinds that the sheet has the columns for, with the groups of columns that decide for each."""
        found = []
        for kind in KINDS.values():
            indexes = self.of(kind).indexes
            groups = tuple(tuple(i for name in group for i in indexes.get(name, ())) for group in kind.decided_by)
            if all(groups):
                found.append((kind, groups))
        return tuple(found)

    def no_kind(self, header_row: int) -> Issue | None:
        """The one mistake of a sheet in which no row can say what it asks for: its header line has no column for it."""
        if self.possible or self.headings.find("type", "kind"):
            return None

        names = listed([repr(shorten(name, 30)) for name in self.headings.names if name], 5)
        cause = f"no column says what to make; its columns are {names}"
        fix = (
            f"Add columns for {WAYS}. Or name the kind in a column type. If the headers stand in another row: "
            "--header-row N; if the sheet has none, put a line of them above its rows."
        )
        return Issue(code="no_kind_column", row=header_row, cause=cause, fix=fix)

    def decided(self, row: Row) -> Kind | None:
        """The kind that the filled cells of a row decide for, without a word in the column `type`."""
        cell = self.headings.cell
        for kind, groups in self.possible:
            for group in groups:
                for index in group:
                    if not cell(row, index).blank:
                        break
                else:  # nothing of the group is filled
                    break
            else:
                return kind
        return self.possible[0][0] if len(self.possible) == 1 else None

    def cell(self, row: Row, kind: Kind, name: str) -> Cell | None:
        """The row's first filled cell among the columns of a field."""
        for index in self.of(kind).indexes.get(name, ()):
            cell = self.headings.cell(row, index)
            if not cell.blank:
                return cell
        return None
