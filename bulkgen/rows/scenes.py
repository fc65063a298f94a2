"""The rows that one video of scenes is put together of: one with numbered columns, or several that share a value.

Pure. Each row is read by itself, as all rows are; here their values become those of one video, whose scenes are counted
as they come, and what is found of it goes back to the cells that it is about.

Invariants: a video is judged as a whole, or not at all; of rows that differ in what is said once for all scenes none
wins; whatever one of its rows can't be used for keeps all of them from being sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from bulkgen.kinds import KINDS
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.scenes import asked, field_of, parted
from bulkgen.model import Issue, Value, listed, unsendable, warning
from bulkgen.rows.built import together_with
from bulkgen.rows.headings import Headings
from bulkgen.rows.layouts import Layout
from bulkgen.rows.order import Order
from bulkgen.rows.reader import RowReader
from bulkgen.rows.suggest import nearest

#: How alike a header and a field of a scene have to be.
_LIKENESS = 0.75

#: Where a cell is, by its row and its column: `Leads!D14`.
Where = Callable[[int, int | None], str]


@dataclass(frozen=True, kw_only=True)
class ReadRow:
    """A row as it was read: a video with all its scenes, or one of its scenes.

    `exact`: the values that the account writes otherwise.
    """

    reader: RowReader
    layout: Layout
    exact: Mapping[str, Value]
    order: Order
    #: What was found in it before it was looked at together with the others.
    alone: tuple[Issue, ...] = ()
    selected: bool = True
    #: It is hidden, and is read for the others alone.
    hidden: bool = False

    @property
    def number(self) -> int:
        return self.order.number

    @property
    def mistakes(self) -> list[Issue]:
        return [issue for issue in self.reader.issues if not issue.warning]


@dataclass(kw_only=True)
class Video:
    """The values of a video of scenes, each field by its place in the video: `scene2.script`.

    `filled`: those that can't be used are among them.
    """

    kind: Kind
    rows: Sequence[ReadRow]
    values: dict[str, Value] = field(default_factory=dict)
    exact: dict[str, Value] = field(default_factory=dict)
    filled: dict[str, Value] = field(default_factory=dict)
    #: What tells it from other videos of the same scenes.
    copy: str = ""
    #: Of each scene in its turn: the row, and the field of the row by that of the scene (`scene3.{}`, `{}`).
    _scenes: list[tuple[ReadRow, str]] = field(default_factory=list)
    _whole: dict[str, ReadRow] = field(default_factory=dict)

    @property
    def layout(self) -> Layout:
        """Of a video of so many scenes; no column of the sheet feeds it."""
        return _layout(self.kind.name, len(self._scenes))

    def add(self, issue: Issue) -> None:
        """Notes an issue at the cell that fills its field."""
        number, name = parted(issue.field)
        if 1 <= number <= len(self._scenes):
            row, pattern = self._scenes[number - 1]
            name = pattern.format(name)
        elif not issue.field or issue.field in self.layout.indexes:
            row = self._whole.get(name, self.rows[0])
        else:  # of a scene that nobody knows what it is, which is told already
            return
        row.reader.add(replace(issue, field=name), row.layout)


def video_of(kind: Kind, rows: Sequence[ReadRow], where: Where) -> Video:
    """The rows as one video; where they differ in what is said once, that is noted at the later one."""
    video = Video(kind=kind, rows=rows)
    for row in rows:
        renamed = {name: pattern for pattern, names in _scenes_of(kind, row) for name in names}
        at = {pattern: len(video._scenes) + turn for turn, pattern in enumerate(dict.fromkeys(renamed.values()), 1)}
        video._scenes += [(row, pattern) for pattern in at]
        reader = row.reader
        copy, column = reader.headings.own(reader.row, "copy")
        video.copy = video.copy or copy.text.strip()
        if column is not None and copy.text.strip() != video.copy:
            reader.note(column, _DIFFERENT)
        for name in dict.fromkeys((*reader.values, *reader.spoilt)):
            if name in renamed:
                place = field_of(at[renamed[name]], parted(name)[1])
            elif name in video._whole:
                _compare(row, video._whole[name], name, where)
                continue
            else:
                place, video._whole[name] = name, row
            video.filled[place] = reader.spoilt.get(name, reader.values.get(name, ""))
            if name in reader.values:
                video.values[place] = reader.values[name]
            if name in row.exact:
                video.exact[place] = row.exact[name]
    return video


def _scenes_of(kind: Kind, row: ReadRow) -> Iterator[tuple[str, list[str]]]:
    """The scenes of a row in their order: how its fields are called there, and those that are filled."""
    filled = dict.fromkeys((*row.reader.values, *row.reader.spoilt))
    fields = {column.name for column in kind.scenes.columns} if kind.scenes else set()
    own = [name for name in filled if name in fields]
    if own:
        yield "{}", own
    for number in sorted({parted(name)[0] for name in filled} - {0}):
        yield field_of(number, "{}"), [name for name in filled if parted(name)[0] == number]


def _compare(row: ReadRow, first: ReadRow, name: str, where: Where) -> None:
    """Notes where two rows of one video say different things of the whole."""
    known, found = first.reader.values.get(name), row.reader.values.get(name)
    if found is None or known is None or found == known:
        return

    headings = row.reader.headings
    other, at = first.reader.origin[name], row.reader.origin[name]
    place = where(first.number, headings.place(other)[0])
    value = f"{headings.cell(row.reader.row, at).text} ({headings.cell(first.reader.row, other).text} in {place})"
    row.reader.add(replace(_DIFFERENT, field=name), row.layout, value)


@cache
def _layout(name: str, scenes: int) -> Layout:
    kind = KINDS[name]
    columns = (*kind.columns, *(kind.scenes.in_place(scenes) if kind.scenes else ()))
    return Layout(kind=kind, columns=columns, indexes={column.name: (0,) for column in columns}, unclaimed=())


def gaps(row: ReadRow) -> None:
    """Notes the numbers before the last scene of a row that have no scene: the others close up."""
    filled = {parted(name)[0] for name in (*row.reader.values, *row.reader.spoilt)} - {0}
    blank = [number for number in range(1, max(filled, default=0)) if number not in filled]
    if blank:
        cause = f"has a last scene {max(filled)}, and no scene {listed([str(number) for number in blank])} before it"
        fix = "The video goes on without a gap. If a scene is missing, fill its cells."
        row.reader.note(None, warning(code="scene_blank", cause=cause, fix=fix))


def misnamed(headings: Headings, layout: Layout) -> Iterator[tuple[int, Issue]]:
    """The columns that are meant for a scene and fill nothing, by their indexes, with what is to be said of each; the
    `field` is the one that was meant."""
    scenes = layout.kind.scenes
    names = [column.name for column in scenes.columns] if scenes else []
    for at in layout.unclaimed:
        header = headings.names[at]
        found = asked(header)
        if found is None or scenes is None:
            continue

        number, rest = found
        own = f'If it is your own: --map "{header}=" leaves it alone.'
        near = nearest(rest, names, _LIKENESS)
        if scenes.named(header):
            cause, fix = "is numbered, in a row that is a scene itself", "Clear the cell, or that in scene_of."
        elif scenes.named(header.replace(str(number), "1", 1)):
            cause, fix = f"is none of the scenes that a video can have: 1 to {scenes.most}", "Make two videos of it."
        elif near is not None:
            cause, fix = f"looks like {field_of(number, near)}, misspelt", f"Rename the column to that. {own}"
        elif "." in header:
            cause, fix = "is no field of a scene", f"A scene has {listed(names, 40)}. {own}"
        else:
            continue  # "Scene 2 notes" is the person's own

        meant = field_of(number, near) if near and 1 <= number <= scenes.most else ""
        yield at, unsendable(code="unknown_scene_field", field=meant, cause=cause, fix=fix)


def settle(rows: Sequence[ReadRow], *, apart: bool, left_out: Sequence[int], broken: bool) -> None:
    """Notes what stands between the rows of one video: they stand apart, some are hidden, or `left_out` (rows by their
    numbers)."""
    shown = [row for row in rows if not row.hidden]
    for row in shown:
        if apart:
            _at_name(row, _APART)
        if len(shown) < len(rows):
            _at_name(row, _HIDDEN)
    if left_out and shown and not broken:
        which = f"{'row' if len(left_out) == 1 else 'rows'} {listed([str(number) for number in left_out])}"
        _at_name(shown[0], replace(_LEFT_OUT, cause=f"is made without the scene of {which}, which is left out"))


def spread(rows: Iterable[ReadRow], *, broken: bool) -> None:
    """Notes at the rows without a mistake that another row of their video has one. `broken`: one that could not be
    read at all."""
    shown = [row for row in rows if not row.hidden]
    found = [issue for row in shown for issue in row.mistakes]
    if not found and not broken:
        return

    of_new = not broken and all(issue.of_new for issue in found)
    why = together_with(() if broken else (row.number for row in shown if row.mistakes))
    for row in shown:
        if all(issue.of_new for issue in row.mistakes) and (not of_new or not row.mistakes):
            _at_name(row, replace(why, of_new=of_new))


def _at_name(row: ReadRow, issue: Issue) -> None:
    """Notes an issue at the cell that names the video of the row."""
    reader, scenes = row.reader, row.layout.kind.scenes
    _, at = reader.headings.own(reader.row, scenes.joined_by) if scenes else ("", None)
    reader.note(at, issue)


_DIFFERENT = Issue(
    code="scenes_differ",
    cause="says otherwise than another row of its video",
    fix="It holds for the whole video: let both rows say the same, or clear one of the cells.",
)
_APART = unsendable(
    code="scenes_apart",
    cause="is a video whose rows don't stand together, so that nobody can tell the order of its scenes",
    fix="Sort its rows one below the other, in the order of the scenes; or give another video another name.",
)
_HIDDEN = unsendable(
    code="scenes_hidden",
    cause="is a video of which some scenes are hidden",
    fix="Show all of its rows, or put yes into the column skip of a scene to be left out; or add --include-hidden.",
)
_LEFT_OUT = warning(
    code="scene_left_out",
    cause="is made without a scene, which is left out",
    fix="If it is to be none at all, leave out all of its rows.",
)
NO_SCENE = unsendable(
    code="no_scene_of",
    cause="is blank, in a sheet whose other rows are scenes of a video",
    fix="Name the video that it is a scene of; or, if it is one of its own, say what it is in a column type.",
)
NOT_MERGED = Issue(
    code="scene_of_merged",
    cause="names a video by a field that is filled in from the row, which is not done here",
    fix="Write the name itself, in a column of its own.",
)
NOT_OF_SCENES = Issue(
    code="conflict",
    cause="names a video of scenes, and the row asks for something else",
    fix="Clear the cell, or put studio into the column type.",
)
EMPTY = Issue(
    code="no_scene",
    cause="has no scene",
    fix="Fill avatar_id, image or video; or put yes into its column skip.",
)
