"""What a row asks for: by its column `type`, else by the columns that it fills, else by those that the sheet has.

Pure. Which columns decide for a kind, and when they do, the kind says.

Invariant: a sheet that was understood without a word goes on to be understood so when there are more kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from bulkgen.kinds import KINDS
from bulkgen.kinds.columns import match_key
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.scenes import of_any
from bulkgen.kinds.signs import Decides
from bulkgen.model import Issue, Row, listed, shorten
from bulkgen.rows.before import BEFORE
from bulkgen.rows.headings import JOINING
from bulkgen.rows.layouts import Layouts
from bulkgen.rows.suggest import Hints

#: The columns that decide for each kind, of many that would do the first.
WAYS = "; ".join(
    f"{' and '.join(' or '.join(group[:3]) for group in kind.signs.columns)} ({kind.noun})"
    for kind in KINDS.values()
    if kind.signs.decides is not Decides.NEVER
)


#: A kind that a sheet has the columns for, and the groups of columns that decide for it.
Decisive = tuple[Kind, tuple[tuple[int, ...], ...]]


class Deciding:
    """Over the rows of one sheet; without any, all that its header line tells."""

    def __init__(self, layouts: Layouts, rows: Sequence[Row] = ()) -> None:
        self._layouts = layouts
        self._headings = layouts.headings
        self._rows = rows
        self._hints = Hints(KINDS)

    @cached_property
    def possible(self) -> tuple[Decisive, ...]:
        """The kinds that the filled cells of a row may decide for."""
        found = [each for each in self._known if each[0].signs.decides is not Decides.ALONE]
        return tuple([each for each in found if each[0].signs.decides is Decides.FIRST] or found or self._known)

    @cached_property
    def _known(self) -> tuple[Decisive, ...]:
        """The kinds that the sheet has the columns for."""
        found = []
        for kind in (each for each in KINDS.values() if each.signs.decides is not Decides.NEVER):
            indexes = self._layouts.of(kind).indexes
            shared = {*self._headings.find(*kind.signs.common)} if kind.signs.common else ()
            groups = tuple(
                tuple(i for name, at in indexes.items() if of_any(name) in group for i in at if i not in shared)
                for group in kind.signs.columns
            )
            if groups and all(groups) and self._is_decided(kind, groups):
                found.append((kind, groups))
        return tuple(found)

    def _is_decided(self, kind: Kind, groups: Iterable[tuple[int, ...]]) -> bool:
        """Whether a cell of the sheet could decide for the kind."""
        cells = (self._headings.cell(row, at) for row in self._rows for group in groups for at in group)
        return not kind.signs.how or not self._rows or any(kind.signs.fits(cell.text) for cell in cells)

    @cached_property
    def _how(self) -> str:
        """How to write what the sheet has a column for, and no cell of it says."""
        there = (
            kind.signs for kind in KINDS.values()
            if kind.signs.how and self._layouts.of(kind).indexes[kind.signs.columns[0][0]]
        )  # fmt: skip
        return "".join(f"{signs.how} " for signs in there)

    def no_kind(self, header_row: int) -> Issue | None:
        """The one mistake of a sheet in which no row can say what it asks for: its header line has no column for it."""
        if self.possible or self._headings.find("type", "kind", *JOINING):
            return None

        names = listed([repr(shorten(name, 30)) for name in self._headings.names if name], 5)
        cause = f"no column says what to make; its columns are {names}"
        renamed = [(name, BEFORE[match_key(name)]) for name in self._headings.names if BEFORE.get(match_key(name))]
        if renamed:
            now = listed([f"{shorten(name, 30)} is {new} now" for name, new in renamed], 5)
            cause += f"; HeyGen's API has other names than before: {now}"
        fix = (
            f"{self._how}Add columns for {WAYS}. Or name the kind in a column type. If the headers stand in another "
            "row: --header-row N; if the sheet has none, put a line of them above its rows."
        )
        return Issue(code="no_kind_column", row=header_row, cause=cause, fix=fix)

    def kind_of(self, row: Row) -> Kind | Issue:
        """By the column `type` (or `kind`); else by the filled columns; else by the columns that the sheet has."""
        named, at = self._headings.own(row, "type", "kind")
        kind = self._called(match_key(named.text), row) if at is not None else self.decided(row)
        rival = self._rival(row, kind) if kind and at is None else None
        if kind and rival:
            cause = f"may be of the kind {kind.name} ({kind.noun}) or {rival.name} ({rival.noun})"
            fix = f"Say which one in a column type: {kind.name} or {rival.name}."
            return Issue(code="several_kinds", cause=cause, fix=fix).at(row.number)

        if kind:
            return kind

        if at is None:
            fix = f"{self._how}Fill {WAYS}. Or name the kind in a column type."
            return Issue(code="no_kind", cause="nothing says what this row asks for", fix=fix).at(row.number)

        if self._layouts.cell(row, KINDS["template"], "template_id") is not None:
            return KINDS["template"]  # `type` is a variable of the template here

        fix = f"{self._hints.of(named.text)}Type one of: {', '.join(KINDS)}."
        found = Issue(code="unknown_kind", cause="is no kind that bulkgen makes", fix=fix)
        return self._headings.placed(found, row, at)

    def _called(self, word: str, row: Row) -> Kind | None:
        """The kind of this name; of several that share the word, the one for which most of its columns decide."""
        kinds = [kind for kind in KINDS.values() if word in (kind.name, kind.signs.word)]

        def filled(kind: Kind) -> int:
            return sum(any(self._layouts.cell(row, kind, name) for name in group) for group in kind.signs.columns)

        return max(kinds, key=filled, default=None)

    def decided(self, row: Row) -> Kind | None:
        """The kind that the filled cells of a row decide for, without a word in the column `type`."""
        cell = self._headings.cell
        if self._headings.find(*JOINING) and self._layouts.cell(row, KINDS["template"], "template_id") is None:
            for kind in KINDS.values():  # of a template it may be a variable
                if self._layouts.video(row, kind):
                    return kind

        for kind, groups in self.possible:
            for group in groups:
                for index in group:
                    found = cell(row, index)
                    if not found.blank and kind.signs.fits(found.text):
                        break
                else:  # nothing of the group is filled
                    break
            else:
                return kind
        return self.possible[0][0] if len(self.possible) == 1 else None

    def _rival(self, row: Row, kind: Kind) -> Kind | None:
        """A kind that decides alone, and that the row may ask for too: by a part of the columns that decide for `kind`,
        where others of these are blank, or where it fills what only the rival has a column for."""
        for rival, groups in self._known:
            if rival.signs.decides is not Decides.ALONE or not set(rival.signs.columns) < set(kind.signs.columns):
                continue

            if not all(self._filled(row, group) for group in groups):
                continue

            own, theirs = self._layouts.of(kind).indexes, self._layouts.of(rival).indexes
            needed = all(any(self._filled(row, own[name]) for name in group) for group in kind.signs.columns)
            claimed = {index for indexes in own.values() for index in indexes}
            only = [index for indexes in theirs.values() for index in indexes if index not in claimed]
            if not needed or self._filled(row, only):
                return rival
        return None

    def _filled(self, row: Row, indexes: Iterable[int]) -> bool:
        return any(not self._headings.cell(row, index).blank for index in indexes)
