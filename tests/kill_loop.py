"""`kill -9` at random moments, run again, and so on: what was paid for is then judged by the stand-in's ledger.

    python -m tests.kill_loop --rows 400 --kills 20 --seeds 5

prints a line per seed. Real processes, real sockets, real fsync; kinds mixed, duplicates among the rows, CSV and XLSX
in turn.
"""

from __future__ import annotations

import argparse
import csv
import random
import signal
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from bulkgen.state import fold
from tests.command import bulkgen, command, environment, events, results
from tests.standin.process import StandIn

SECRET = "only in the script"
HEADERS = ["type", "avatar_id", "script", "video", "languages", "text", "voice_id"]


@dataclass(frozen=True)
class Outcome:
    """What one sheet's life of kills came to."""

    jobs: int
    kills: int
    keyed_jobs: int
    keyed_charges: int
    charged_twice: int
    speech_jobs: int
    speech_charges: int
    repeats: int
    unrecorded: int
    leaked_text: bool
    posts_of_the_last_rerun: int
    lines_done: int
    lines: int

    @property
    def holds(self) -> bool:
        return (
            self.charged_twice == 0
            and self.keyed_charges == self.keyed_jobs
            and self.speech_jobs <= self.speech_charges <= self.speech_jobs + self.repeats
            and self.unrecorded == 0
            and not self.leaked_text
            and self.posts_of_the_last_rerun == 0
            and self.lines_done == self.lines
        )


def rows(count: int, rng: random.Random) -> list[list[str]]:
    """Of every kind some, and every tenth row a duplicate of an earlier one."""
    made: list[list[str]] = []
    for n in range(count):
        if made and n % 10 == 9:
            made.append(rng.choice(made))
            continue

        made.append(
            {
                0: ["avatar", "look_ann", f"Hello {n}, {SECRET}", "", "", "", ""],
                1: ["translation", "", "", f"https://videos.invalid/{n}.mp4", "French", "", ""],
                2: ["speech", "", "", "", "", f"Good day {n}, {SECRET}", "voice_ann"],
            }[rng.choice((0, 0, 1, 2))]
        )
    return made


def write_sheet(folder: Path, ending: str, lines: list[list[str]]) -> str:
    name = f"leads.{ending}"
    if ending == "csv":
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([HEADERS, *lines])
        return name

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (HEADERS, *lines):
        sheet.append([cell or None for cell in line])
    book.save(folder / name)
    return name


def live_and_die(folder: Path, *, count: int, kills: int, seed: int, time_scale: float = 0.004) -> Outcome:
    """Runs a sheet of `count` rows, killing it `kills` times (fewer if it ends before), then to its end, then again."""
    rng = random.Random(seed)
    lines = rows(count, rng)
    ending = "xlsx" if seed % 2 else "csv"
    name = write_sheet(folder, ending, lines)
    latency: dict[str, Any] = {"post_seconds": [0.0, 0.15], "seed": seed}
    with StandIn(folder / "ledger.jsonl", time_scale=time_scale, **latency) as heygen:
        killed = 0
        while killed < kills and _killed(folder, name, heygen.env, rng.uniform(0.9, 1.9)):
            killed += 1
        bulkgen(folder, "run", name, "--yes", "--quiet", env=heygen.env, timeout=400)
        before = len(heygen.ledger().charges)
        again = bulkgen(folder, "run", name, "--yes", "--quiet", env=heygen.env, timeout=100)
        assert again.returncode == 0, again.stderr
        ledger = heygen.ledger()
    return _judged(folder, name, ending, lines, ledger.charges, before, killed)


def _killed(folder: Path, name: str, env: dict[str, str], after: float) -> bool:
    """Starts a run and kills it after that many seconds; False if it had come to its end before."""
    process = subprocess.Popen(
        command("run", name, "--yes", "--quiet"),
        cwd=folder,
        env=environment(env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True

    return False


def _judged(
    folder: Path,
    name: str,
    ending: str,
    lines: list[list[str]],
    charges: list[dict[str, object]],
    before: int,
    killed: int,
) -> Outcome:
    journal = folder / f"{name}.resume.jsonl"
    recorded = events(journal)
    jobs = Counter(line[0] for line in {tuple(line) for line in lines})
    keyed = Counter(str(charge["key"]) for charge in charges if charge["key"])
    wishes = Counter(str(charge["wish"]) for charge in charges if charge["key"])
    keys = {event.get("key") for event in recorded}
    made = results(folder, f"leads.results.{ending}")
    return Outcome(
        jobs=sum(jobs.values()),
        kills=killed,
        keyed_jobs=jobs["avatar"] + jobs["translation"],
        keyed_charges=sum(keyed.values()),
        charged_twice=sum(number - 1 for number in wishes.values()),
        speech_jobs=jobs["speech"],
        speech_charges=sum(not charge["key"] for charge in charges),
        repeats=sum(state.repeats for state in fold(recorded).states.values()),
        unrecorded=len(keyed.keys() - keys),
        leaked_text=SECRET.encode() in journal.read_bytes(),
        posts_of_the_last_rerun=len(charges) - before,
        lines_done=sum(line["result_status"] == "done" for line in made),
        lines=len(lines),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    print("| seed | jobs | kills | charged (keyed) | charged twice | recordings: jobs, charges, repeats | holds | s |")  # noqa: T201 - a script
    print("|---|---|---|---|---|---|---|---|")  # noqa: T201 - a script
    for seed in range(1, options.seeds + 1):
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            made = live_and_die(Path(folder), count=options.rows, kills=options.kills, seed=seed)
        print(  # noqa: T201 - a script
            f"| {seed} | {made.jobs} | {made.kills} | {made.keyed_charges} of {made.keyed_jobs} | {made.charged_twice} "
            f"| {made.speech_jobs}, {made.speech_charges}, {made.repeats} | {made.holds} "
            f"| {time.monotonic() - started:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
