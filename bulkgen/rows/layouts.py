"""The layouts of one sheet: for each kind, and each template, which column feeds which field.

Pure. A layout is made once and shared by all rows of its kind and template.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property

from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Column, Lookup, Type, match_key
from bulkgen.kinds.kind import Kind
from bulkgen.model import Cell, Row
from bulkgen.rows.headings import OWN, Headings


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


def lay_out(headings: Headings, kind: Kind, template: Template | None = None, *, scene: bool = False) -> Layout:
    """Gives each field of the kind its columns. The template's variables choose before the kind's own fields.

    `scene`: of rows each of which is a scene.
    """
    fields, first = _fields(headings, kind, scene=scene), _variables(headings, kind, template)
    taken: set[int] = set()
    indexes: dict[str, tuple[int, ...]] = {}
    for group in (first, fields):
        claims = {column.name: tuple(i for i in headings.find(*column.names) if i not in taken) for column in group}
        indexes |= claims
        taken |= {index for indexes in claims.values() for index in indexes}

    own = set(headings.find(*OWN, *((kind.answer.name,) if kind.answer else ())))
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


def _fields(headings: Headings, kind: Kind, *, scene: bool) -> tuple[Column, ...]:
    """The fields of the kind itself: with those of its scenes, which the headers name, or which a row has as one."""
    if kind.scenes is None:
        return kind.columns

    return (*(kind.scenes.columns if scene else kind.scenes.asked_for(headings.names)), *kind.columns)


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
    if template is None or kind.filling is None:
        return ()

    taken = {*headings.find(*OWN), *headings.results.values()}
    return kind.filling.columns(
        template, tuple(name for i, name in enumerate(headings.names) if name and i not in taken)
    )


@dataclass
class Layouts:
    """Layouts by kind and template, for the header line of one sheet."""

    headings: Headings
    _: KW_ONLY
    _made: dict[tuple[str, str, bool], Layout] = field(default_factory=dict)

    def of(self, kind: Kind, template: Template | None = None, *, scene: bool = False) -> Layout:
        """The layout of all rows of this kind and template; the template is None until it has been looked up.

        `scene`: of rows each of which is a scene.
        """
        key = (kind.name, template.id if template else "", scene)
        if key not in self._made:
            self._made[key] = lay_out(self.headings, kind, template, scene=scene)
        return self._made[key]

    def video(self, row: Row, kind: Kind) -> str:
        """The name of the video that the row is a scene of, beside other rows; "" where it is none."""
        return self.headings.own(row, kind.scenes.joined_by)[0].text.strip() if kind.scenes else ""

    def cell(self, row: Row, kind: Kind, name: str) -> Cell | None:
        """The row's first filled cell among the columns of a field."""
        for index in self.of(kind).indexes.get(name, ()):
            cell = self.headings.cell(row, index)
            if not cell.blank:
                return cell
        return None
