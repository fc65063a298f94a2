"""The rows of a sheet that are one video together: which they are, and what becomes of them.

Pure. A sheet says it with a column like `scene_of`: rows with the same in it are the scenes of one video, in their
order there. A row that is left out (`skip`) is a scene left out; one that is only hidden still belongs to what was made
with it, but nothing new is made of its video without a word.

Invariant: the rows of one video have the same job, or none of them has any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bulkgen.kinds import KINDS
from bulkgen.kinds.account import plain
from bulkgen.kinds.kind import SPOILT, Kind
from bulkgen.kinds.scenes import parted
from bulkgen.model import Issue, Job, Row, Table
from bulkgen.rows.built import BuiltRow
from bulkgen.rows.headings import JOINING, Headings
from bulkgen.rows.layouts import Layout
from bulkgen.rows.merge import has_fields
from bulkgen.rows.reader import RowReader
from bulkgen.rows.scenes import EMPTY, NO_SCENE, NOT_MERGED, NOT_OF_SCENES, ReadRow, gaps, misnamed, settle, spread

#: The fields by which a row may be taken for a scene.
_SCENES = frozenset(column.name for kind in KINDS.values() if kind.scenes for column in kind.scenes.columns)

#: The job of several rows, with what is wrong noted in them.
Make = Callable[[Kind, Sequence[ReadRow]], Job | None]


class Videos:
    """Rows by their indexes in the table; empty for a sheet without such a column."""

    def __init__(self, table: Table, headings: Headings) -> None:
        self._headings = headings
        self._of: dict[int, list[int]] = {}
        #: By layout: the columns that were meant for a scene.
        self._misnamed: dict[int, list[tuple[int, Issue]]] = {}
        #: The scenes that were read so far, by their rows.
        self.read: dict[int, ReadRow] = {}
        found: dict[str, list[int]] = {}
        for at, row in enumerate(table.rows if headings.find(*JOINING) else ()):
            cell, column = headings.own(row, *JOINING)
            if column is not None:
                self._of[at] = found.setdefault(plain(cell.text), [])
                self._of[at].append(at)

    def __contains__(self, at: object) -> bool:
        return at in self._of

    def misfit(self, at: int, row: Row, layout: Layout, reader: RowReader) -> None:
        """Notes that a row is called a scene and asks for something else; or that it looks like one, and is called
        none."""
        if not self._of:
            return

        cell, column = self._headings.own(row, *JOINING)
        kind = layout.kind
        if column is not None and kind.scenes and has_fields(cell.text):
            reader.note(column, NOT_MERGED)
        if at in self and not kind.scenes:
            if not any(column in indexes for indexes in layout.indexes.values()):
                reader.note(column, NOT_OF_SCENES)
            return

        unsaid = column is None and self._headings.own(row, "type", "kind")[1] is None
        if unsaid and not kind.scenes and all(map(_SCENES.intersection, kind.signs.columns)):
            reader.note(self._headings.find(*JOINING)[0], NO_SCENE)

    def alone(self, at: int, row: ReadRow, make: Make) -> tuple[Job, ...]:
        """The jobs of a row by itself; one that is a scene of several rows has none before all of them are read."""
        for column, issue in self._misnamed_in(row.layout):
            if not self._headings.cell(row.reader.row, column).blank:
                row.reader.note(column, issue)
                number, _ = parted(issue.field)
                if any(number and parted(name)[0] == number for name in row.reader.values):  # else it is missing too
                    row.reader.spoilt.setdefault(issue.field, SPOILT)
        if at in self:
            self.read[at] = replace(row, alone=tuple(row.reader.issues))
            return ()

        gaps(row)
        job = make(row.layout.kind, (row,))
        return (job,) if job else ()

    def _misnamed_in(self, layout: Layout) -> list[tuple[int, Issue]]:
        if id(layout) not in self._misnamed:
            self._misnamed[id(layout)] = list(misnamed(self._headings, layout))
        return self._misnamed[id(layout)]

    def restore(self, at: int, row: ReadRow | None) -> None:
        """Takes back what was read of a row since it was this scene, or none."""
        self.read.pop(at, None)
        if row is not None:
            self.read[at] = row

    def touched(self, rows: Iterable[int]) -> list[Sequence[int]]:
        """The videos that these rows are scenes of, each once, as all of its rows."""
        return list({id(members): members for at in rows if (members := self._of.get(at))}.values())

    def join(self, members: Sequence[int], rows: list[BuiltRow], make: Make) -> None:
        """Gives the rows of one video the job that they are together; `rows`, of the sheet, is changed in place."""
        there = [at for at in members if at in self.read]
        scenes = [self.read[at] for at in there]
        for scene in scenes:
            scene.reader.issues[:] = scene.alone
        if not scenes:
            return

        broken = any(at not in self.read and not rows[at].skipped for at in members)
        left_out = [rows[at].source.number for at in members if at not in self.read and rows[at].skipped]
        settle(scenes, apart=members[-1] - members[0] >= len(members), left_out=left_out, broken=broken)
        for scene in scenes:
            if not scene.reader.values and not scene.reader.spoilt:
                scene.reader.note(None, EMPTY)
        job = make(scenes[0].layout.kind, scenes)
        spread(scenes, broken=broken)
        if broken or any(scene.reader.invalid for scene in scenes):
            job = None
        selected = any(scene.selected for scene in scenes)
        together = tuple(scene.number for scene in scenes)
        for at, scene in zip(there, scenes, strict=True):
            own = (replace(job, row=scene.number, row_id=scene.order.row_id),) if job else ()
            if scene.hidden:
                rows[at] = replace(rows[at], withheld=own, selected=selected, together=together)
            else:
                found = tuple(scene.reader.issues)
                rows[at] = replace(rows[at], jobs=own, issues=found, selected=selected, together=together)
