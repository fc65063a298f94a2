"""A hundred sheets are dropped while the watch is killed and begun again: each row is made once."""

from __future__ import annotations

import random
import subprocess
import threading
import time
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.command import command, environment, results
from tests.standin.process import StandIn

SHEETS, KILLS = 100, 5

#: Of every four sheets one is a workbook, and of every three one arrives in two halves.
WORKBOOK, HALF = 4, 3


def sheet(folder: Path, n: int) -> tuple[str, bytes]:
    """A name, and the content of a sheet with one row or two."""
    rows = [["avatar_id", "script"], *(["look_ann", f"Hello {n} {row}"] for row in range(1 + n % 2))]
    if n % WORKBOOK:
        return f"s{n:03}.csv", "".join(f"{','.join(row)}\n" for row in rows).encode()

    book, path = Workbook(), folder / "made.xlsx"
    for line in rows:
        book.worksheets[0].append(line)
    book.save(path)
    return f"s{n:03}.xlsx", path.read_bytes()


def drop(hot: Path, scratch: Path, pause: float) -> None:
    """Puts the sheets there, one after the other; some stand there half for a while."""
    for n in range(SHEETS):
        name, content = sheet(scratch, n)
        if n % HALF:
            (hot / name).write_bytes(content)
        else:
            half = len(content) - 5
            (hot / name).write_bytes(content[:half])
            time.sleep(2 * pause)
            with (hot / name).open("ab") as file:
                file.write(content[half:])
        time.sleep(pause)


def watch(hot: Path, env: dict[str, str], *options: str) -> subprocess.Popen[bytes]:
    words = command("watch", hot, "--max-cost", "5", "--at-once", "4", *options)
    return subprocess.Popen(words, env=environment(env), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.slow
def test_a_hundred_sheets_are_made_once_however_often_the_watch_is_killed(tmp_path: Path) -> None:
    hot, rng = tmp_path / "hot", random.Random(7)
    hot.mkdir()
    dropping = threading.Thread(target=drop, args=(hot, tmp_path, 0.4))
    with StandIn(tmp_path / "ledger.jsonl", time_scale=0.02, post_seconds=[0.0, 0.3]) as heygen:
        dropping.start()
        for _ in range(KILLS):
            watching = watch(hot, heygen.env)
            time.sleep(rng.uniform(6, 14))  # the runs that it has begun go on
            watching.kill()
            watching.wait()
        dropping.join()
        for _ in range(9):  # a run that a killed watch left is waited for: the next begins when it has ended
            if watch(hot, heygen.env, "--once").wait() == 0:
                break
            time.sleep(30)
        charges = heygen.ledger().charges
    made = [line for n in range(SHEETS) for line in results(hot, results_name(n))]
    assert len(made) == len(charges) == sum(1 + n % 2 for n in range(SHEETS))
    assert {line["result_status"] for line in made} == {"done"}
    assert len({str(charge["wish"]) for charge in charges}) == len(charges)


def results_name(n: int) -> str:
    return f"s{n:03}.results.{'csv' if n % WORKBOOK else 'xlsx'}"
