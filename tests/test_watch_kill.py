"""A hundred sheets are dropped while the watch is killed and begun again: each row is made once."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.command import environment, results
from tests.forked import Forked, forked
from tests.standin.process import StandIn

SHEETS, KILLS = 100, 4

#: Of every four sheets one is a workbook, and of every three one arrives in two halves.
WORKBOOK, HALF = 4, 3

#: So many bytes of a half one come later: the last line of a text, the directory of a workbook.
LATER = 5


def sheet(scratch: Path, n: int) -> tuple[str, bytes]:
    """A name, and the content of a sheet with one row or two."""
    rows = [["avatar_id", "script"], *(["look_ann", f"Hello {n} {row}"] for row in range(1 + n % 2))]
    if n % WORKBOOK:
        return f"s{n:03}.csv", "".join(f"{','.join(row)}\n" for row in rows).encode()

    book, path = Workbook(), scratch / "made.xlsx"
    for line in rows:
        book.worksheets[0].append(line)
    book.save(path)
    return f"s{n:03}.xlsx", path.read_bytes()


@contextmanager
def watching(hot: Path, heygen: StandIn, *options: str) -> Iterator[Forked]:
    words = [sys.executable, "-m", "tests.hurried_watch", str(hot), "--max-cost", "5", "--at-once", "4", *options]
    with forked(words, cwd=hot, env=environment(heygen.env)) as watch:
        assert isinstance(watch, Forked)
        yield watch


def wait_for_charges(heygen: StandIn, at_least: int) -> None:
    while len(heygen.ledger().charges) < at_least:
        time.sleep(0.1)


@pytest.mark.slow
def test_a_hundred_sheets_are_made_once_however_often_the_watch_is_killed(tmp_path: Path) -> None:
    hot, rng, owed = tmp_path / "hot", random.Random(7), list[tuple[Path, bytes]]()
    hot.mkdir()
    (hot / "bulkgen.recipe.toml").write_text("page = false\n")
    lives = [range(SHEETS)[life :: KILLS + 1] for life in range(KILLS + 1)]
    with StandIn(tmp_path / "ledger.jsonl", time_scale=0.003, post_seconds=[0.0, 0.1]) as heygen:
        expected = 0
        for life, numbers in enumerate(lives):
            for path, rest in owed:  # what stood there half while the last watch was killed
                with path.open("ab") as file:
                    file.write(rest)
            owed.clear()
            for n in numbers:
                name, content = sheet(tmp_path, n)
                if n % HALF or life == KILLS:
                    (hot / name).write_bytes(content)
                    expected += 1 + n % 2
                else:
                    (hot / name).write_bytes(content[:-LATER])
                    owed.append((hot / name, content[-LATER:]))
            with watching(hot, heygen) as watch:
                wait_for_charges(heygen, rng.randrange(expected // 4, expected - 4) if life < KILLS else rows_of(lives))
                watch.send_signal(signal.SIGTERM if life == KILLS else signal.SIGKILL)  # its runs go on after a kill
            expected = max(expected, len(heygen.ledger().charges)) + sum(1 + int(path.stem[1:]) % 2 for path, _ in owed)
        while True:
            with watching(hot, heygen, "--once") as watch:
                if watch.wait() == 0:  # else a run that a killed watch has left is at work still
                    break

        charges = heygen.ledger().charges
    made = [line for n in range(SHEETS) for line in results(hot, results_name(n))]
    assert len(made) == len(charges) == rows_of(lives)
    assert {line["result_status"] for line in made} == {"done"}
    assert len({str(charge["wish"]) for charge in charges}) == len(charges)


def rows_of(lives: list[range]) -> int:
    return sum(1 + n % 2 for numbers in lives for n in numbers)


def results_name(n: int) -> str:
    return f"s{n:03}.results.{'csv' if n % WORKBOOK else 'xlsx'}"
