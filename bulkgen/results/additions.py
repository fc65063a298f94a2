"""What a person added to a results file, carried over into the results that replace it; and what would be lost.

Pure. Lines are paired by their jobs: by `result_id`, else by the row's own cells, else by their place. A column that
neither the sheet nor bulkgen has is the person's, and is carried over; whatever else is theirs can't be, and is named.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bulkgen.model import BLANK, Cell, Table, column_letters
from bulkgen.result_columns import ResultColumn, is_result
from bulkgen.results.mark import column_digests, column_names, plain
from bulkgen.results.moment import is_bulkgens, is_of_another_moment
from bulkgen.results.table import HasLook, Results, Worn
from bulkgen.results.workbook import is_cut

_RESULTS = frozenset(name.value for name in ResultColumn)

#: Of each result column in which a later run may well say something else: what a value of bulkgen's looks like. (Links
#: expire; of a job that was found again in the account less is known.) Anything else there is a person's.
_LINK, _NUMBER = re.compile(r"https?://\S+"), re.compile(r"\d+(?:\.\d+)?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*")
_CHANGING = {
    **{name.value: _LINK for name in ResultColumn if name.endswith("_url")},
    ResultColumn.DURATION.value: _NUMBER,
    ResultColumn.COST.value: _NUMBER,
    ResultColumn.FINISHED_AT.value: _MOMENT,
    ResultColumn.LINKS_EXPIRE_AT.value: _MOMENT,
}

#: The other result columns: what bulkgen says there may be of another moment than the resume file.
_TOLD = _RESULTS - _CHANGING.keys()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A cell of a results file, or a whole line (without a column), that the new results don't have."""

    row: int
    column: int | None = None
    header: str = ""

    @property
    def where(self) -> str:
        """`C4`, or `row 4`."""
        return f"row {self.row}" if self.column is None else f"{column_letters(self.column)}{self.row}"


class Additions:
    """A results file as it stands, `table`, against results that are about to replace it.

    `ours`: the columns that bulkgen wrote there (digests of their names); None where that is not known: then every
    column that the sheet or bulkgen has. `look`: that of the file, where it is wanted too; `touched`: there may
    be something in it that a person set by hand.
    """

    def __init__(
        self, table: Table, ours: Collection[str] | None, look: HasLook | None = None, *, touched: bool = False
    ) -> None:
        self._table = table
        self._look = look
        self._touched = touched
        self._names = column_names(table.headers)
        self._place = {name: at for at, name in enumerate(self._names)}
        digests = column_digests(table.headers)
        self._ours = None if ours is None else {at for at, digest in enumerate(digests) if digest in ours}

    def carry(self, results: Results) -> Results:
        """The results with the person's own columns behind them."""
        known = set(column_names(results.headers))
        added = [at for at in range(len(self._names)) if self._is_added(at, known)]
        if not added and not self._touched:
            return results

        rows = self._table.rows
        pairs = self._paired(results)
        lines = tuple(
            (*line, *(rows[pairs[at]].cell(column) if at in pairs else BLANK for column in added))
            for at, line in enumerate(results.lines)
        )
        headers = (*results.headers, *(self._table.headers[at] for at in added))
        columns = (*results.columns, *[None] * len(added))
        wide = replace(results, headers=headers, lines=lines, columns=columns)
        if self._look is None:
            return wide

        return replace(wide, worn=(*wide.worn, self._worn(wide, self._look, pairs, len(added))))

    def _worn(self, results: Results, look: HasLook, pairs: Mapping[int, int], added: int) -> Worn:
        rows = self._table.rows
        return Worn(
            look=look,
            header_row=self._table.header_row,
            rows=tuple([rows[pairs[at]].number if at in pairs else 0 for at in range(len(results.lines))]),
            columns=tuple(self._place.get(name) for name in column_names(results.headers)),
            added=frozenset(range(len(results.headers) - added, len(results.headers))),
        )

    def lost(self, results: Results, *, changed: bool) -> Iterator[Spot]:
        """What stands in the file and would stand nowhere once these results replaced it.

        `changed`: what bulkgen wrote there was changed too, so that each of its cells is looked at. What bulkgen itself
        said there at another moment is no loss; nor is the line of a row that left the sheet.
        """
        columns = {name: at for at, name in enumerate(column_names(results.headers))}
        checked = [at for at in range(len(self._names)) if changed or not self._is_ours(at, columns)]
        line_of = {old: new for new, old in self._paired(results).items()} if checked else {}
        all_paired = len(line_of) == len(results.lines)
        said = [_told(columns, line) for line in results.lines] if checked else []
        ids = {told[ResultColumn.ID.value] for told in said if ResultColumn.ID.value in told}
        for number, row in enumerate(self._table.rows):
            if any(not cell.blank for cell in row.cells[len(self._names) :]):
                yield Spot(row=row.number)
                continue

            told, now = _told(self._place, row.cells), said[line_of[number]] if number in line_of else None
            ours = is_bulkgens(told) if now is None or self._ours is None else is_of_another_moment(told, now, ids)
            for at in checked:
                if row.cell(at).blank or (ours and self._names[at] in _TOLD):
                    continue

                if number not in line_of:
                    if ours and all_paired and not self._is_added(at, columns):
                        continue

                    yield Spot(row=row.number)
                    break

                line = results.lines[line_of[number]]
                if not self._stays(at, row.cell(at), line, columns):
                    yield Spot(row=row.number, column=at, header=self._table.headers[at].strip())

    def _paired(self, results: Results) -> dict[int, int]:
        """For each line of the results that the file has too, its place there."""
        mine = self._place
        theirs = {name: at for at, name in enumerate(column_names(results.headers))}
        own = [name for name in mine if name in theirs and not is_result(name)]
        old = [_Line(mine, row.cells, own) for row in self._table.rows]
        return _pairs(old, [_Line(theirs, line, own) for line in results.lines])

    def _stays(self, at: int, cell: Cell, line: Sequence[Cell], columns: Mapping[str, int]) -> bool:
        name, text = self._names[at], plain(cell.text)
        if name in _CHANGING and _CHANGING[name].fullmatch(text):
            return True

        if name in columns:
            new = line[columns[name]]
            return plain(new.text) == text or is_cut(new)

        return self._is_added(at, columns) or (self._ours is not None and at in self._ours and not is_result(name))

    def _is_ours(self, at: int, known: Collection[str]) -> bool:
        name = self._names[at]
        return name in known or name in _RESULTS if self._ours is None else at in self._ours

    def _is_added(self, at: int, known: Collection[str]) -> bool:
        name = self._names[at]
        mine = self._ours is not None and at in self._ours
        return bool(name) and name not in known and not is_result(name) and not mine


def _told(places: Mapping[str, int], cells: Sequence[Cell]) -> dict[str, str]:
    """What a line says in bulkgen's columns, as far as it says something."""
    texts = {name: plain(cells[at].text) for name, at in places.items() if name in _RESULTS and at < len(cells)}
    return {name: text for name, text in texts.items() if text}


def _pairs(old: Sequence[_Line], new: Sequence[_Line]) -> dict[int, int]:
    """Of the new lines those that are among the old ones, each with the place of that: the surest first."""
    pairs: dict[int, int] = {}
    left = dict(enumerate(old))
    for level in range(_Line.LEVELS):
        waiting = defaultdict(list)
        for at in reversed(left):
            waiting[left[at].known_by(level)].append(at)
        for at, line in enumerate(new):
            key = line.known_by(level)
            if at not in pairs and key is not None and waiting[key]:
                pairs[at] = waiting[key].pop()
                del left[pairs[at]]
    for at, line in enumerate(new):  # an edited row stands where it stood, and has something of what it had
        if at not in pairs and at in left and line.resembles(left[at]):
            pairs[at] = at
    return pairs


class _Line:
    """What a line is known by; `own`: the columns of the row's own cells."""

    LEVELS = 4

    def __init__(self, names: Mapping[str, int], cells: Sequence[Cell], own: Iterable[str]) -> None:
        def text(name: str) -> str:
            at = names.get(name, len(cells))
            return plain(cells[at].text) if at < len(cells) else ""

        self._id, self._line = text(ResultColumn.ID), (text(ResultColumn.LANGUAGE), text(ResultColumn.PART))
        self._own = tuple(text(name) for name in own)

    def known_by(self, level: int) -> tuple[object, ...] | None:
        own = self._own if any(self._own) else None
        keys = (
            (self._id, self._line, own) if self._id else None,
            (self._line, own) if own else None,
            (own,) if own else None,
            (self._id, self._line) if self._id else None,
        )
        return keys[level]

    def resembles(self, other: _Line) -> bool:
        return any(mine and mine == theirs for mine, theirs in zip(self._own, other._own, strict=True))
