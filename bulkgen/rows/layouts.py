"""The layouts of one sheet: for each kind, and each template, which column feeds which field.

Pure. A layout is made once and shared by all rows of its kind and template.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property

from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Column, Lookup, Type, match_key
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.scenes import of_any
from bulkgen.model import Cell, Issue, Row, listed, shorten
from bulkgen.rows.headings import OWN, SHARED, Headings
from bulkgen.rows.suggest import Hints

#: The columns that decide for each kind, of many that would do the first.
WAYS = "; ".join(
    f"{' and '.join(' or '.join(group[:3]) for group in kind.decided_by)} ({kind.noun})"
    for kind in KINDS.values()
    if not kind.named_only
)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Which column of the sheet feeds which field, for one kind (and template)."""

    kind: Kind
    columns: tuple[Column, ...]
    indexes: Mapping[str, tuple[int, ...]]
    #: Columns of the sheet that no field of this kind takes.
    unclaimed: tuple[int, ...]
    #: The fields whose columns go by another name for the same particular of a person or a company.
    guessed: frozenset[str] = frozenset()
    #: Whose variables are among the fields; None where the kind has none, or it has not been looked up.
    template: Template | None = None

    @cached_property
    def path(self) -> str:
        """The endpoint that the rows are sent to."""
        return self.kind.path.format(template_id=self.template.id if self.template else "")

    @cached_property
    def read(self) -> tuple[Column, ...]:
        """The fields that a row has to be asked for: the sheet has a column for them, or has to have one.

        Templates are looked up by their id before anything else is read of a row.
        """
        return tuple(
            column for column in self.columns
            if column.lookup is not Lookup.TEMPLATE and (column.required or self.indexes[column.name])
        )  # fmt: skip

    @cached_property
    def looked_up(self) -> tuple[Column, ...]:
        """The fields whose values have to be found in the account."""
        return tuple(column for column in self.read if column.lookup)

    @cached_property
    def tagged(self) -> tuple[Column, ...]:
        """The fields that name a language, which HeyGen takes by its code."""
        return tuple(column for column in self.read if column.tag)

    @cached_property
    def sent_as_typed(self) -> tuple[Column, ...]:
        """The fields of jobs that earlier releases sent as they stood, name or id, Deutsch or de."""
        before = (Lookup.LOOK, Lookup.GLOSSARY)
        return tuple(column for column in self.identity if column.tag or column.lookup in before)

    @cached_property
    def identity(self) -> tuple[Column, ...]:
        """The fields that tell one job from another."""
        return tuple(column for column in self.read if column.identity)

    @cached_property
    def kept(self) -> tuple[Column, ...]:
        """The fields whose values are kept with the row, to be looked at again: its texts and its links."""
        return tuple(column for column in self.read if column.type is Type.PROSE or column.media)


def lay_out(headings: Headings, kind: Kind, template: Template | None = None, *, shared: bool = False) -> Layout:
    """Gives each field of the kind its columns. The template's variables choose before the kind's own fields.

    `shared`: of rows each of which is a scene.
    """
    fields, first = _fields(headings, kind, shared=shared), _variables(headings, kind, template)
    taken: set[int] = set()
    indexes: dict[str, tuple[int, ...]] = {}
    for group in (first, fields):
        claims = {column.name: tuple(i for i in headings.find(*column.names) if i not in taken) for column in group}
        indexes |= claims
        taken |= {index for indexes in claims.values() for index in indexes}

    own = set(headings.find(*OWN))
    by_field = {index for column in fields for index in indexes[column.name]}
    guessed = _guessed(headings, _worth_a_guess(first, template), indexes, by_field | own)
    indexes |= guessed
    taken |= {index for found in guessed.values() for index in found}
    unclaimed = (
        index for index, name in enumerate(headings.names)
        if index not in taken | own and match_key(name) and index not in headings.results.values()
    )  # fmt: skip
    return Layout(
        kind=kind,
        columns=(*first, *fields),
        indexes=indexes,
        unclaimed=tuple(unclaimed),
        guessed=frozenset(guessed),
        template=template,
    )


def _fields(headings: Headings, kind: Kind, *, shared: bool) -> tuple[Column, ...]:
    """The fields of the kind itself: with those of its scenes, which the headers name, or which a row has as one."""
    if kind.scenes is None:
        return kind.columns

    return (*(kind.scenes.columns if shared else kind.scenes.asked_for(headings.names)), *kind.columns)


def _worth_a_guess(columns: Iterable[Column], template: Template | None) -> list[Column]:
    """The text variables: a video without one can't be made, or is not the one that was meant."""
    declared = template is not None and bool(template.declared)
    return [c for c in columns if c.required or (declared and c.type is Type.PROSE and c.aliases)]


def _guessed(
    headings: Headings, columns: Collection[Column], indexes: Mapping[str, tuple[int, ...]], taken: Collection[int]
) -> dict[str, tuple[int, ...]]:
    """The columns of text variables that the sheet knows by other names.

    What `--set` says of such a variable stays behind them. Other variables keep what the template holds.
    """
    by_name = {index for column in columns for index in indexes[column.name]}
    found = {}
    for column in columns:
        exact = indexes[column.name]
        feeding = headings.with_alike(column.aliases[0], exact, {*taken, *by_name} if exact else taken)
        if feeding != exact:
            found[column.name] = feeding
    return found


def _variables(headings: Headings, kind: Kind, template: Template | None) -> tuple[Column, ...]:
    """The fields that the template adds to those of the kind."""
    if template is None or kind.template_columns is None:
        return ()

    taken = {*headings.find(*OWN), *headings.results.values()}
    return kind.template_columns(
        template, tuple(name for i, name in enumerate(headings.names) if name and i not in taken)
    )


#: A kind that a sheet has the columns for, and the groups of columns that decide for it.
Decisive = tuple[Kind, tuple[tuple[int, ...], ...]]


@dataclass
class Layouts:
    """Layouts by kind and template, for the header line of one sheet."""

    headings: Headings
    #: All rows of the sheet, as far as there are any yet.
    rows: Sequence[Row] = ()
    _: KW_ONLY
    _made: dict[tuple[str, str, bool], Layout] = field(default_factory=dict)
    _hints: Hints = field(default_factory=lambda: Hints(KINDS))

    def of(self, kind: Kind, template: Template | None = None, *, shared: bool = False) -> Layout:
        """The layout of all rows of this kind and template; the template is None until it has been looked up.

        `shared`: of rows each of which is a scene.
        """
        key = (kind.name, template.id if template else "", shared)
        if key not in self._made:
            self._made[key] = lay_out(self.headings, kind, template, shared=shared)
        return self._made[key]

    def shared(self, row: Row, kind: Kind) -> str:
        """What the row shares with the other rows of its video, where it is a scene of one; "" where it is none."""
        return self.headings.own(row, kind.scenes.shared)[0].text.strip() if kind.scenes else ""

    @cached_property
    def possible(self) -> tuple[Decisive, ...]:
        """The kinds that the filled cells of a row may decide for."""
        found = [each for each in self._known if not each[0].decides_alone]
        return tuple([each for each in found if not each[0].decides_last] or found or self._known)

    @cached_property
    def _known(self) -> tuple[Decisive, ...]:
        """The kinds that the sheet has the columns for."""
        found = []
        for kind in (each for each in KINDS.values() if not each.named_only):
            indexes = self.of(kind).indexes
            shared = {*self.headings.find(*kind.shared_names)} if kind.shared_names else ()
            groups = tuple(
                tuple(i for name, at in indexes.items() if of_any(name) in group for i in at if i not in shared)
                for group in kind.decided_by
            )
            if groups and all(groups) and self._is_decided(kind, groups):
                found.append((kind, groups))
        return tuple(found)

    def _is_decided(self, kind: Kind, groups: Iterable[tuple[int, ...]]) -> bool:
        """Whether a cell of the sheet could decide for the kind."""
        cells = (self.headings.cell(row, at) for row in self.rows for group in groups for at in group)
        return not kind.written or not self.rows or any(kind.decides(cell.text) for cell in cells)

    @cached_property
    def _how(self) -> str:
        """How to write what the sheet has a column for, and no cell of it says."""
        there = (kind for kind in KINDS.values() if kind.written and self.of(kind).indexes[kind.decided_by[0][0]])
        return "".join(f" {kind.written}" for kind in there)

    def no_kind(self, header_row: int) -> Issue | None:
        """The one mistake of a sheet in which no row can say what it asks for: its header line has no column for it."""
        if self.possible or self.headings.find("type", "kind", *SHARED):
            return None

        names = listed([repr(shorten(name, 30)) for name in self.headings.names if name], 5)
        cause = f"no column says what to make; its columns are {names}"
        fix = (
            f"Add columns for {WAYS}. Or name the kind in a column type. If the headers stand in another row: "
            f"--header-row N; if the sheet has none, put a line of them above its rows.{self._how}"
        )
        return Issue(code="no_kind_column", row=header_row, cause=cause, fix=fix)

    def kind_of(self, row: Row) -> Kind | Issue:
        """By the column `type` (or `kind`); else by the filled columns; else by the columns that the sheet has."""
        named, at = self.headings.own(row, "type", "kind")
        kind = self._called(match_key(named.text), row) if at is not None else self.decided(row)
        rival = self._rival(row, kind) if kind and at is None else None
        if kind and rival:
            cause = f"may be of the kind {kind.name} ({kind.noun}) or {rival.name} ({rival.noun})"
            fix = f"Say which one in a column type: {kind.name} or {rival.name}."
            return Issue(code="several_kinds", cause=cause, fix=fix).at(row.number)

        if kind:
            return kind

        if at is None:
            fix = f"Fill {WAYS}. Or name the kind in a column type.{self._how}"
            return Issue(code="no_kind", cause="nothing says what this row asks for", fix=fix).at(row.number)

        if self.cell(row, KINDS["template"], "template_id") is not None:
            return KINDS["template"]  # `type` is a variable of the template here

        fix = f"{self._hints.of(named.text)}Type one of: {', '.join(KINDS)}."
        found = Issue(code="unknown_kind", cause="is no kind that bulkgen makes", fix=fix)
        return self.headings.placed(found, row, at)

    def _called(self, word: str, row: Row) -> Kind | None:
        """The kind of this name; of several that share the word, the one for which most of its columns decide."""
        kinds = [kind for kind in KINDS.values() if word in (kind.name, kind.word)]

        def filled(kind: Kind) -> int:
            return sum(any(self.cell(row, kind, name) for name in group) for group in kind.decided_by)

        return max(kinds, key=filled, default=None)

    def decided(self, row: Row) -> Kind | None:
        """The kind that the filled cells of a row decide for, without a word in the column `type`."""
        cell = self.headings.cell
        if self.headings.find(*SHARED) and self.cell(row, KINDS["template"], "template_id") is None:
            for kind in KINDS.values():  # of a template it may be a variable
                if self.shared(row, kind):
                    return kind

        for kind, groups in self.possible:
            for group in groups:
                for index in group:
                    found = cell(row, index)
                    if not found.blank and kind.decides(found.text):
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
            if not rival.decides_alone or not set(rival.decided_by) < set(kind.decided_by):
                continue

            if not all(self._filled(row, group) for group in groups):
                continue

            own, theirs = self.of(kind).indexes, self.of(rival).indexes
            needed = all(any(self._filled(row, own[name]) for name in group) for group in kind.decided_by)
            claimed = {index for indexes in own.values() for index in indexes}
            only = [index for indexes in theirs.values() for index in indexes if index not in claimed]
            if not needed or self._filled(row, only):
                return rival
        return None

    def _filled(self, row: Row, indexes: Iterable[int]) -> bool:
        return any(not self.headings.cell(row, index).blank for index in indexes)

    def cell(self, row: Row, kind: Kind, name: str) -> Cell | None:
        """The row's first filled cell among the columns of a field."""
        for index in self.of(kind).indexes.get(name, ()):
            cell = self.headings.cell(row, index)
            if not cell.blank:
                return cell
        return None
