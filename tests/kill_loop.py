"""`kill -9` at random moments, run again, and so on: what was paid for is then judged by the stand-in's ledger.

    python -m tests.kill_loop --rows 400 --kills 20 --seeds 5

prints a line per seed. Real processes, real sockets, real fsync; all kinds, duplicates among the rows, CSV and XLSX in
turn; one answer in thirty is lost on the way besides. `in doubt` counts what a kill caught between a POST and its
record: these are the jobs that are paid twice without keys, as `--without-keys` shows (HeyGen ignores them then).
"""

from __future__ import annotations

import argparse
import csv
import os
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

from bulkgen.ledger.resume_file import read_events
from bulkgen.ledger.state import fold
from tests.command import bulkgen, command, environment, events, results
from tests.standin.process import StandIn

SECRET = "only in the script"
HEADERS = ["type", "avatar_id", "script", "video", "languages", "text", "voice_id", "template_id", "first_name"]
LOST = {"post": {"drop_after": 0.02, "drop_before": 0.01}}


@dataclass(frozen=True)
class Outcome:
    """What one sheet's life of kills came to."""

    jobs: int
    kills: int
    in_doubt: int
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
                0: ["avatar", "look_ann", f"Hello {n}, {SECRET}", "", "", "", "", "", ""],
                1: ["translation", "", "", f"https://videos.invalid/{n}.mp4", "French", "", "", "", ""],
                2: ["speech", "", "", "", "", f"Good day {n}, {SECRET}", "voice_ann", "", ""],
                3: ["template", "", "", "", "", "", "", "tpl_kill", f"Anna {n}, {SECRET}"],
            }[rng.randrange(4)]
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


def live_and_die(
    folder: Path, *, count: int, kills: int, seed: int, time_scale: float = 0.004, honour_keys: bool = True
) -> Outcome:
    """Runs a sheet of `count` rows, killing it `kills` times (fewer if it ends before), then to its end, then again."""
    rng = random.Random(seed)
    lines = rows(count, rng)
    ending = "xlsx" if seed % 2 else "csv"
    name = write_sheet(folder, ending, lines)
    world: dict[str, Any] = {"post_seconds": [0.0, 0.5], "seed": seed, "faults": LOST}
    world |= {"templates": {"tpl_kill": {"first_name": "text"}}, "honour_keys": honour_keys}
    with StandIn(folder / "ledger.jsonl", time_scale=time_scale, **world) as heygen:
        killed = in_doubt = 0
        while killed < kills and _killed(folder, name, heygen.env, rng.uniform(0.9, rng.choice((1.5, 2.0, 4.0)))):
            killed += 1
            known = fold(read_events(folder / f"{name}.resume.jsonl")[0]).states
            in_doubt += sum(state.unresolved and state.kind != "speech" for state in known.values())
        for _ in range(3):  # an answer that stays lost is left for the next run
            if bulkgen(folder, "run", name, "--yes", "--quiet", env=heygen.env, timeout=400).returncode == 0:
                break
        before = len(heygen.ledger().charges)
        again = bulkgen(folder, "run", name, "--yes", "--quiet", env=heygen.env, timeout=100)
        assert again.returncode == 0, again.stderr
        ledger = heygen.ledger()
    return _judged(folder, name, ending, lines, ledger.charges, before, (killed, in_doubt))


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
    counted: tuple[int, int],
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
        kills=counted[0],
        in_doubt=counted[1],
        keyed_jobs=jobs["avatar"] + jobs["translation"] + jobs["template"],
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
    parser.add_argument("--without-keys", action="store_true", help="HeyGen ignores Idempotency-Keys: to compare")
    options = parser.parse_args()
    columns = ["seed", "jobs", "kills", "in doubt", "charged (keyed)", "charged twice"]
    columns += ["recordings: jobs, charges, repeats", "holds", "s"]
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")  # noqa: T201 - a script
    for seed in range(1, options.seeds + 1):
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            os.environ["BULKGEN_DATA_DIR"] = f"{folder}/data"  # not the person's own
            keys = not options.without_keys
            made = live_and_die(Path(folder), count=options.rows, kills=options.kills, seed=seed, honour_keys=keys)
        print(  # noqa: T201 - a script
            f"| {seed} | {made.jobs} | {made.kills} | {made.in_doubt} | {made.keyed_charges} of {made.keyed_jobs} "
            f"| {made.charged_twice} | {made.speech_jobs}, {made.speech_charges}, {made.repeats} | {made.holds} "
            f"| {time.monotonic() - started:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
