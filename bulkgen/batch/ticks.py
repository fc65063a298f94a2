"""What `--redo` is told by a CSV: the page's ticks, or a list of the person's own.

Pure. A line is of one result, known by its id at HeyGen: wherever its row stands by now, and only until it has been
made again. Where a line has none it is of a row, by its `row_id` or its number, and of one language if it names one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.kinds.columns import match_key
from bulkgen.kinds.parsing import truth
from bulkgen.ledger.state import NEW, State
from bulkgen.model import Job, Row, Table, listed, plural, shorten
from bulkgen.result_columns import ResultColumn
from bulkgen.rows.built import BuiltRow

REDO, RESULT_ID, ROW_ID, ROW, LANGUAGE = "redo", ResultColumn.ID.value, "row_id", "row", "language"

#: How many lines that ask for nothing are told one by one.
TOLD = 6


@dataclass(frozen=True, slots=True)
class TicksFile:
    """A CSV, or a workbook, that says what is to be made again."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One line that says yes: the number of the line, and what is to be made again; "" and None for what is blank."""

    line: int
    result_id: str
    row_id: str
    row: int | None
    language: str


@dataclass(frozen=True, kw_only=True)
class Ticks:
    """All of them; `name`: of their file."""

    name: str
    ticks: tuple[Tick, ...]

    def named(self, rows: Iterable[BuiltRow], states: Mapping[str, State]) -> tuple[set[tuple[int, str]], list[Tick]]:
        """The jobs that are to be made again, each as row number and fingerprint; and the lines that name none."""
        found = [(row, job) for row in rows for job in row.jobs]
        pairs, idle = set[tuple[int, str]](), list[Tick]()
        by_id: dict[str, list[tuple[BuiltRow, Job]]] = {}
        by_row: dict[str | int, list[tuple[BuiltRow, Job]]] = {}
        for row, job in found:
            by_id.setdefault(states.get(job.fingerprint, NEW).shown.id, []).append((row, job))
            by_row.setdefault(row.source.number, []).append((row, job))
            by_row.setdefault(row.row_id, []).append((row, job))
        for tick in self.ticks:
            named = by_id.get(tick.result_id, []) if tick.result_id else _of_row(tick, by_row)
            pairs |= {(row.source.number, job.fingerprint) for row, job in named}
            if not named:
                idle.append(tick)
        return pairs, idle

    def told(self, idle: list[Tick]) -> list[str]:
        """What is to be said of lines that name nothing which could be made again."""
        if not idle:
            return []

        lines = listed([str(tick.line) for tick in idle], TOLD)
        are = "is" if len(idle) == 1 else "are"
        left = f"{len(idle)} of its {plural(len(self.ticks), 'tick')} {are} left out (line {lines})"
        return [f"{self.name}: {left}: what they name was made again since, or is not in the sheet as it was."]


def _of_row(tick: Tick, by_row: Mapping[str | int, list[tuple[BuiltRow, Job]]]) -> list[tuple[BuiltRow, Job]]:
    """The jobs of its row; none where its row_id is that of several and no number decides among them."""
    named = by_row.get(tick.row_id, []) if tick.row_id else by_row.get(tick.row or 0, [])
    if tick.row_id and len({row.source.number for row, _ in named}) > 1:
        named = [(row, job) for row, job in named if row.source.number == tick.row]
    wanted = match_key(tick.language)
    return [(row, job) for row, job in named if not wanted or match_key(job.language) in ("", wanted)]


def ticks_in(table: Table, name: str) -> Ticks:
    """The ticks of a file called `name`. Raises `InputError` where nothing in it can be taken for some."""
    columns = {match_key(header): at for at, header in reversed([*enumerate(table.headers)])}
    at = {
        each: columns[match_key(each)]
        for each in (REDO, RESULT_ID, ROW_ID, ROW, LANGUAGE)
        if match_key(each) in columns
    }
    if REDO not in at or not {RESULT_ID, ROW_ID, ROW} & at.keys():
        raise InputError(
            f"--redo {name}: it needs a column redo with yes in it, and a column {RESULT_ID}, row_id or row. The page "
            "(leads.results.html) saves such a file: Save ticks."
        )

    ticks = tuple(_tick(row, at, name) for row in table.rows if _wanted(row, at[REDO], name))
    if not ticks:
        raise InputError(f"--redo {name}: no line of it says yes in the column redo. Nothing was sent.")

    return Ticks(name=name, ticks=ticks)


def _wanted(row: Row, at: int, name: str) -> bool:
    text = row.cell(at).text.strip()
    wanted = truth(text) if text else False
    if wanted is None:
        raise InputError(
            f"--redo {name}: line {row.number} has {shorten(text, 40)!r} in its column redo. Type yes or no."
        )

    return wanted


def _tick(row: Row, at: Mapping[str, int], name: str) -> Tick:
    texts = {each: row.cell(index).text.strip() for each, index in at.items()}
    number = texts.get(ROW, "")
    if number and not (number.isascii() and number.isdecimal() and len(number) < 8):
        raise InputError(f"--redo {name}: line {row.number} has {shorten(number, 40)!r} for a row. Type its number.")

    tick = Tick(
        line=row.number,
        result_id=texts.get(RESULT_ID, ""),
        row_id=texts.get(ROW_ID, ""),
        row=int(number) if number else None,
        language=texts.get(LANGUAGE, ""),
    )
    if not tick.result_id and not tick.row_id and tick.row is None:
        raise InputError(f"--redo {name}: line {row.number} says yes, and not of which row. Fill its row or row_id.")

    return tick
