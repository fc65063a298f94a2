"""The rows of a sheet, narrowed to a few of them: what `--test` and a preview are about.

From here on the others are as `--rows` leaves them: they neither block nor change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bulkgen.batch.judged import Judged
from bulkgen.model import plural
from bulkgen.rows.risk import Choice, riskiest


def narrowed(judged: Judged, numbers: Collection[int], *, shown: bool = False) -> Judged:
    """With these rows selected and no others, but for those that are one video with them. `shown`: only to be looked
    at."""
    wanted = {*numbers, *(each for row in judged.built.rows if row.source.number in numbers for each in row.together)}
    rows = tuple(
        row if row.selected == (row.source.number in wanted) else replace(row, selected=not row.selected)
        for row in judged.built.rows
    )
    return replace(judged, built=replace(judged.built, rows=rows), shown=shown)


def tested_first(judged: Judged) -> Judged:
    """With the rows of `--test`, where that was given and any row can be made; what was made already counts too."""
    count = judged.opened.settings.test
    tests = riskiest(judged.built, count) if count else []
    if not tests:
        return judged

    tests = [*_needed_for(tests, judged), *tests]
    chosen = narrowed(judged, {test.row.source.number for test in tests})
    of = frozenset(row.source.number for row in judged.built.rows if row.selected)
    return replace(chosen, tests=tuple(tests), tested_of=of, notes=(*judged.notes, *_others(judged)))


def _needed_for(tests: Sequence[Choice], judged: Judged) -> list[Choice]:
    """The rows that make what these rows need, and that are not among them."""
    rows, found = {row.source.number: row for row in judged.built.rows if row.selected}, dict[int, Choice]()
    chosen, left = {test.row.source.number for test in tests}, [test.row for test in tests]
    while left:
        row = left.pop()
        for number in (reference.row for job in row.jobs for reference in job.awaits):
            if number in rows and number not in chosen and not rows[number].skipped:
                found[number] = Choice(rows[number], f"row {row.source.number} needs what it makes")
                chosen.add(number)
                left.append(rows[number])
    return list(found.values())


def _others(judged: Judged) -> tuple[str, ...]:
    """What is to be said of mistakes that the test does not mind."""
    wrong = sum(row.invalid for row in judged.built.rows if row.selected)
    if not wrong:
        return ()

    have = "has" if wrong == 1 else "have"
    return (f"{plural(wrong, 'other row')} {have} mistakes, which do not stop the test; bulkgen check lists them.",)
