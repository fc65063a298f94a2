"""`kill -9` at random moments of runs with a cap: what HeyGen charged is then added up beside the cap.

    python -m tests.capped_kills --rows 400 --kills 20 --seeds 4

prints a line per seed. Real processes, real sockets, real fsync; videos and recordings at a dollar a second, while
answers are lost and HeyGen fails. When a run says that its cap is reached, the next one has the same cap for itself,
and is killed as often as before; `most` is the most that HeyGen charged between two such ends.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bulkgen.errors import Exit
from bulkgen.ledger.events import Event
from bulkgen.ledger.resume_file import read_events
from tests.command import bulkgen, environment
from tests.kill_loop import FAULTS, tell
from tests.standin.process import StandIn

SHEET = "leads.csv"

PRICES = """\
format = 1
date = 2026-09-07
sources = ["https://example.com/prices"]
[[price]]
kind = "avatar"
per = "output_second"
usd = 1.0
[[price]]
kind = "speech"
per = "output_second"
usd = 1.0
"""

WORDS = ("spring", "new", "this", "helps", "team", "your", "whole", "show", "what", "we", "how", "would")

#: So many runs there may be until all is made.
TO_THE_END = 12


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`most`: of what HeyGen charged under one cap (dollars); `beyond`: by how much single jobs cost more than they
    were to cost at most, in all. `stops`: how often the cap was reached; `made`: of `jobs`."""

    kills: int
    stops: int
    cap: float
    most: float
    beyond: float
    made: int
    jobs: int

    @property
    def holds(self) -> bool:
        return self.most <= self.cap + self.beyond and self.made == self.jobs


def write_sheet(path: Path, count: int, rng: random.Random) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["type", "avatar_id", "script", "text", "voice_id"])
        for number in range(count):
            said = f"Row {number}: {' '.join(rng.choices(WORDS, k=rng.randint(2, 60)))}."
            video = ["avatar", "look_ann", said, "", ""]
            rows.writerow(video if rng.random() < 0.6 else ["speech", "", "", said, "voice_ann"])


def spend_and_die(folder: Path, *, count: int, kills: int, cap: float, seed: int, life: float = 6.0) -> Outcome:
    """Runs under a cap that are killed `kills` times (fewer if all is made before), then on to the end."""
    rng = random.Random(seed)
    write_sheet(folder / SHEET, count, rng)
    (folder / "prices.toml").write_text(PRICES, encoding="utf-8")
    with StandIn(
        folder / "ledger.jsonl", time_scale=0.002, post_seconds=[0.0, 0.5], seed=seed, faults=FAULTS
    ) as heygen:
        killed, ends = 0, [0]
        while killed < kills:
            code = _ended(folder, heygen.env, cap, rng.uniform(0.9, life))
            killed += code is None
            if code == Exit.OK:
                break

            if _stops(folder) == len(ends):  # it may have been killed after it had recorded that
                ends.append(len(heygen.ledger().charges))
        ends.append(len(heygen.ledger().charges))
        for _ in range(TO_THE_END):
            if bulkgen(folder, *_command(None), env=heygen.env).returncode == Exit.OK:
                break
        charges = heygen.ledger().charges
    return _judged(folder, charges, ends, kills=killed, cap=cap, count=count)


def _stops(folder: Path) -> int:
    """How many runs came to an end."""
    return sum(event["event"] == "ended" for event in _events(folder))


def _events(folder: Path) -> list[Event]:
    return list(read_events(folder / f"{SHEET}.resume.jsonl")[0])


def _command(cap: float | None) -> list[str]:
    command = ["run", SHEET, "--yes", "--quiet", "--prices", "prices.toml"]
    return command if cap is None else [*command, "--max-cost", f"{cap:.2f}"]


def _ended(folder: Path, env: Mapping[str, str], cap: float, after: float) -> int | None:
    """A run that is killed after that many seconds; its exit code if it had come to its end before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bulkgen", *_command(cap)],
        cwd=folder,
        env=environment(env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return process.wait(after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return None


def _judged(
    folder: Path, charges: Sequence[Mapping[str, Any]], ends: Sequence[int], *, kills: int, cap: float, count: int
) -> Outcome:
    recorded: list[dict[str, Any]] = _events(folder)
    finished = {event["id"]: event for event in recorded if event["event"] == "finished"}
    #: A recording that was lost is as long as the one that took its place.
    lasted = {charge["wish"]: finished[charge["id"]]["duration"] for charge in charges if charge["id"] in finished}
    bills = [sum(lasted[charge["wish"]] for charge in charges[first:last]) for first, last in pairwise(ends)]
    high = {event["fingerprint"]: event["cost"]["seconds"][2] for event in recorded if event["event"] == "submitting"}
    beyond = sum(max(0.0, event["duration"] - high[event["fingerprint"]]) for event in finished.values())
    made = len({event["fingerprint"] for event in finished.values()})
    return Outcome(kills=kills, stops=len(ends) - 2, cap=cap, most=max(bills), beyond=beyond, made=made, jobs=count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--cap", type=float, default=600.0)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=1)
    options = parser.parse_args()
    tell("| seed | kills | cap reached | cap, $ | most, $ | beyond estimates, $ | made | holds | s |")
    tell("|---" * 9 + "|")
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as name:
            os.environ["BULKGEN_DATA_DIR"] = f"{name}/data"  # not the person's own
            made = spend_and_die(Path(name), count=options.rows, kills=options.kills, cap=options.cap, seed=seed)
        tell(
            f"| {seed} | {made.kills} | {made.stops} | {made.cap:.2f} | {made.most:.2f} | {made.beyond:.2f} "
            f"| {made.made} of {made.jobs} | {made.holds} | {time.monotonic() - started:.0f} |"
        )


if __name__ == "__main__":
    main()
