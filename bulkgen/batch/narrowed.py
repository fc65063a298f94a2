"""The rows of a sheet, narrowed to a few of them: what `--test` and a preview are about.

From here on the others are as `--rows` leaves them: they neither block nor change.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bulkgen.batch.judged import Judged
from bulkgen.model import plural
from bulkgen.rows.risk import riskiest


def narrowed(judged: Judged, numbers: Collection[int]) -> Judged:
    """With these rows selected and no others, but for those that are one video with them."""
    wanted = {*numbers, *(each for row in judged.built.rows if row.source.number in numbers for each in row.together)}
    rows = tuple(
        row if row.selected == (row.source.number in wanted) else replace(row, selected=not row.selected)
        for row in judged.built.rows
    )
    return replace(judged, built=replace(judged.built, rows=rows))


def tested_first(judged: Judged) -> Judged:
    """With the rows of `--test`, where that was given and any row can be made; what was made already counts too."""
    count = judged.opened.settings.test
    tests = riskiest(judged.built, count) if count else []
    if not tests:
        return judged

    chosen = narrowed(judged, {test.row.source.number for test in tests})
    of = frozenset(row.source.number for row in judged.built.rows if row.selected)
    return replace(chosen, tests=tuple(tests), tested_of=of, notes=(*judged.notes, *_others(judged)))


def _others(judged: Judged) -> tuple[str, ...]:
    """What is to be said of mistakes that the test does not mind."""
    wrong = sum(row.invalid for row in judged.built.rows if row.selected)
    if not wrong:
        return ()

    have = "has" if wrong == 1 else "have"
    return (f"{plural(wrong, 'other row')} {have} mistakes, which do not stop the test; bulkgen check lists them.",)
