"""Which lines of the results corrected rows belong to: by their jobs, else by the cells that nobody has corrected.

Pure. A cell tells the more of a row the fewer others have the same; where cells tell nothing, the number does that each
row to correct has been given. It tells nothing alone: the results may have been sorted meanwhile.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from bulkgen.ledger.state import Status
from bulkgen.model import Row, Table
from bulkgen.result_columns import ResultColumn, is_result, result_columns
from bulkgen.results.mark import column_names, plain
from bulkgen.results.table import Results

#: What more lines than this have in common tells none of them from the others.
_COMMON = 50

#: What a number adds to the cells by which a row is known: less than any of them.
_TOLD = 1.0 / (2 * _COMMON)

#: No row has a number of so many digits.
_DIGITS = 8

#: A language, and an id at HeyGen.
_Job = tuple[str, str]


class Matching:
    """`base`: the results as they stood; `sheet`: the rows to correct, as they are by now."""

    def __init__(self, base: Table, sheet: Table) -> None:
        self._base = base
        self._sheet = sheet
        self._theirs = result_columns(base.headers)
        self._mine = result_columns(sheet.headers)
        own = {name: at for at, name in enumerate(column_names(base.headers)) if not is_result(name)}
        names = enumerate(column_names(sheet.headers))
        self._shared = [(at, own[name]) for at, name in names if name in own]
        #: Lines that may be of a corrected row, by the language and job they had; and by what cell which of them have.
        self._open: defaultdict[_Job, dict[int, Row]] = defaultdict(dict)
        self._having: defaultdict[_Job, defaultdict[tuple[int, str], list[int]]] = defaultdict(_having_nothing)
        for row in base.rows:
            if _text(row, self._theirs, ResultColumn.STATUS) not in (Status.DONE, Status.SKIPPED):
                job = _job(row, self._theirs)
                self._open[job][row.number] = row
                for _, at in self._shared:
                    if text := plain(row.cell(at).text):
                        self._having[job][at, text].append(row.number)

    def of_lines(self, mine: Results) -> dict[int, tuple[int, bool]]:
        """For each line of `mine` that the base has: its row there, and whether its own row has left its sheet."""
        ids = [_text(row, self._theirs, ResultColumn.ID) for row in self._base.rows]
        rows = dict(zip(ids, (row.number for row in self._base.rows), strict=True))
        alone = {job_id for job_id, count in Counter(ids).items() if job_id and count == 1}
        at_id = mine.headers.index(ResultColumn.ID) if ResultColumn.ID in mine.headers else None
        found: dict[int, tuple[int, bool]] = {}
        places: dict[int, int] = {}
        for at, (number, line) in enumerate(zip(mine.rows, mine.lines, strict=True)):
            job_id = line[at_id].text.strip() if at_id is not None else ""
            if job_id in alone or (job_id in rows and job_id and not number):
                found[at] = rows[job_id], not number
                places.setdefault(number, rows[job_id])
        wanted = {number for number in mine.rows if number} - places.keys()
        places |= self._of_rows((row for row in self._sheet.rows if row.number in wanted), {*places.values()})
        for at, number in enumerate(mine.rows):
            if at not in found and number and number in places:
                found[at] = places[number], False
        return found

    def _of_rows(self, rows: Iterable[Row], taken: set[int]) -> dict[int, int]:
        """The places of rows by their numbers, the surest first; none twice, and none of `taken`."""
        scores = [(score, row.number, place) for row in rows for place, score in self._scores(row).items()]
        places: dict[int, int] = {}
        for _, number, place in sorted(scores, key=lambda each: (-each[0], each[1:])):
            if number not in places and place not in taken:
                places[number] = place
                taken.add(place)
        return places

    def _scores(self, row: Row) -> dict[int, float]:
        """How sure it is of each line that the row is its."""
        job, told = _job(row, self._mine), _text(row, self._mine, ResultColumn.ROW)
        lines = self._open.get(job, {})
        scores: defaultdict[int, float] = defaultdict(float)
        for at, theirs in self._shared:
            same = self._having[job].get((theirs, plain(row.cell(at).text)), ())
            for number in same if len(same) <= _COMMON else ():
                scores[number] += 1.0 / len(same)
        for number in lines if job[1] else ():  # HeyGen's id tells it by itself
            scores[number] += 1.0
        number = int(told) if told.isdecimal() and len(told) < _DIGITS else 0
        if number in lines and self._may_be(row, lines[number]):
            scores[number] += _TOLD
        return scores

    def _may_be(self, row: Row, other: Row) -> bool:
        """Whether the row has something of the line still, beside what was to be corrected."""
        pairs = ((plain(row.cell(at).text), plain(other.cell(theirs).text)) for at, theirs in self._shared)
        return len(self._shared) < 2 or any(mine and mine == theirs for mine, theirs in pairs)


def _having_nothing() -> defaultdict[tuple[int, str], list[int]]:
    return defaultdict(list)


def _job(row: Row, places: Mapping[str, int]) -> _Job:
    return _text(row, places, ResultColumn.LANGUAGE), _text(row, places, ResultColumn.ID)


def _text(row: Row, places: Mapping[str, int], name: ResultColumn) -> str:
    return row.cell(places[name]).text.strip() if name in places else ""
