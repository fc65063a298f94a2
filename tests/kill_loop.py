"""`kill -9` at random moments, run again, and so on: what was paid for is then judged by the stand-in's ledger.

    python -m tests.kill_loop --rows 1400 --kills 64 --seeds 8

prints a line per seed. Real processes, real sockets, real fsync; all kinds, duplicates among the rows, CSV and XLSX in
turn. At the same time answers are lost, HeyGen fails or sends rubbish (`FAULTS`), days go by between two runs, and both
clocks are set, forward and back, between runs and during them; `--no-faults` and `--no-jumps` leave that out, and
`--client-only` both: then nothing but the client is killed.

`in doubt` counts what a kill caught between a POST and its record: these are the jobs that are paid twice without keys,
as `--without-keys` shows (HeyGen ignores them then). What takes no key and is looked for is charged at most once for
each attempt. A recording has no key either: one is charged again at most as often as the resume file says that it was
asked for again after a lost answer (`repeats`), or made again because its link had died before it was fetched
(`remade`). Where only the client is killed that stays below a tenth; the last line tells.
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
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from bulkgen.ledger.history import fold
from bulkgen.ledger.resume_file import read_events
from tests.command import bulkgen, environment, events, results
from tests.standin.process import StandIn

SECRET = "only in the script"
HEADERS = ["type", "avatar_id", "script", "video", "languages", "text", "voice_id", "template_id", "first_name",
           "image", "audio", "prompt", "project", "name", "scene1.avatar_id", "scene1.script", "Scene 2 image",
           "Scene 2 duration", "duration_types", "voice_name", "row_id", "approve"]  # fmt: skip

#: Kinds that take no Idempotency-Key, and whose lost answers are looked for and never sent again by themselves.
LOOKED_FOR = ("clipping", "agent", "clone")

#: Of every twenty answers to a POST one is lost, in one of the ways there are.
FAULTS = {
    "post": {
        "drop_after": 0.015,
        "drop_before": 0.01,
        "error_after:500": 0.01,
        "error_before:503": 0.005,
        "garbage_after": 0.005,
        "truncated_after": 0.005,
    },
    "get": {"drop_before": 0.01, "error_before:500": 0.01, "garbage_after": 0.01},
    "media": {"cut_after:0.5": 0.02},
}

HOUR = 3600.0

#: How much time goes by between two runs.
PAUSES = (0.0, 0.0, 0.0, 60.0, HOUR, 23.4 * HOUR, 30 * HOUR)

#: How far the computer's clock is set wrong (it jumps from one to another), and HeyGen's for a while.
WRONG = (0.0, 0.0, 200.0, -200.0, 0.5 * HOUR, -0.5 * HOUR, 26 * HOUR, -26 * HOUR)
HEYGENS_WRONG = (0.0, 0.0, 300.0, -300.0, 1200.0, -1200.0)

#: So many runs there may be after the last kill until all is done: an answer that stays lost is left for the next.
TO_THE_END = 12


@dataclass(frozen=True)
class Outcome:
    """What one sheet's life of kills came to."""

    jobs: int
    kills: int
    in_doubt: int
    keyed_jobs: int
    keyed_charges: int
    charged_twice: int
    unkeyed_twice: int
    speech_jobs: int
    speech_charges: int
    agent_jobs: int
    agent_charges: int
    agent_attempts: int
    repeats: int
    remade: int
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
            and self.unkeyed_twice == 0
            and self.speech_jobs <= self.speech_charges <= self.speech_jobs + self.repeats + self.remade
            and self.agent_jobs <= self.agent_charges <= self.agent_attempts
            and self.unrecorded == 0
            and not self.leaked_text
            and self.posts_of_the_last_rerun == 0
            and self.lines_done == self.lines
        )


#: Files beside the sheet that some rows are made from, and that go up first.
PROJECT = """<html data-composition-variables='[{"id": "name", "type": "string", "default": "Ann"}]'>"""
FILES = {f"photo-{n}.jpg": b"\xff\xd8\xff\xe0" + bytes([n]) * 500 for n in range(3)}


def rows(count: int, rng: random.Random) -> list[list[str]]:
    """Of every kind some, and every tenth row a duplicate of an earlier one. Some speak with the voice that the first
    row makes."""
    clone = {"audio": "https://videos.invalid/anna.mp3", "voice_name": "Anna", "row_id": "anna"}
    made = [["clone", *(clone.get(header, "") for header in HEADERS[1:])]]
    for n in range(1, count):
        if n % 10 == 9:
            made.append(rng.choice(made))
            continue

        cells = {
            "avatar": {
                "avatar_id": "look_ann",
                "script": f"Hello {n}, {SECRET}",
                "voice_id": rng.choice(["", "@anna"]),
            },
            "translation": {"video": f"https://videos.invalid/{n}.mp4", "languages": "French"},
            "speech": {"text": f"Good day {n}, {SECRET}", "voice_id": "voice_ann"},
            "template": {"template_id": "tpl_kill", "first_name": f"Anna {n}, {SECRET}"},
            "image": {
                "image": rng.choice(["https://videos.invalid/a.jpg", *FILES]),
                "script": f"I am {n}, {SECRET}",
                "voice_id": "voice_ann",
            },
            "cinematic": {"avatar_id": "look_ann", "prompt": f"Scene {n}, {SECRET}"},
            "studio": {
                "scene1.avatar_id": "look_ann",
                "scene1.script": f"Welcome {n}, {SECRET}",
                "Scene 2 image": rng.choice(["https://videos.invalid/a.jpg", *FILES]),
                "Scene 2 duration": "3",
            },
            "lipsync": {"video": f"https://videos.invalid/{n}.mp4", "audio": "https://videos.invalid/a.mp3"},
            "hyperframes": {"project": "card", "name": f"Card {n}, {SECRET}"},
            "agent": {"prompt": f"Tour {n}, {SECRET}"},
            "proofread": {"video": f"https://videos.invalid/{n}.mp4", "languages": "French"},
            "clipping": {"video": f"https://videos.invalid/{n}.mp4", "duration_types": "30"},
        }
        kind = rng.choice([*cells])
        made.append([kind, *(cells[kind].get(header, "") for header in HEADERS[1:])])
    return made


def write_sheet(folder: Path, ending: str, lines: list[list[str]], *, approve: str = "") -> str:
    """`approve`: what the rows say to jobs that wait for somebody to read them."""
    name = f"leads.{ending}"
    (folder / "card").mkdir(exist_ok=True)
    (folder / "card" / "index.html").write_text(PROJECT, encoding="utf-8")
    lines = [[*line[:-1], approve] for line in lines]
    for photo, content in FILES.items():
        (folder / photo).write_bytes(content)
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


class Sky:
    """The clocks of a life: the computer's own, in a file, and HeyGen's, which besides tells how much time went by."""

    def __init__(self, heygen: StandIn, file: Path, rng: random.Random | None) -> None:
        self.file = file
        self._heygen = heygen
        self._rng = rng
        self._gone_by = 0.0

    def turn(self, *, pause: bool) -> None:
        """Both clocks may be set; with a pause, between two runs, time goes by before."""
        if self._rng is None:
            return

        self._gone_by += self._rng.choice(PAUSES) if pause else 0.0
        self._set(self._rng.choice(WRONG), self._rng.choice(HEYGENS_WRONG))

    def clear(self) -> None:
        """Both clocks are right again."""
        self._gone_by += max(HEYGENS_WRONG)  # what was made is not in the future
        self._set(0.0, 0.0)

    def _set(self, wrong: float, heygens_wrong: float) -> None:
        fresh = self.file.with_suffix(".part")
        fresh.write_text(str(wrong), encoding="ascii")
        fresh.replace(self.file)
        self._heygen.control(clock_offset=self._gone_by + heygens_wrong)


def live_and_die(
    folder: Path,
    *,
    count: int,
    kills: int,
    seed: int,
    time_scale: float = 0.004,
    honour_keys: bool = True,
    faults: bool = True,
    jumps: bool = True,
) -> Outcome:
    """Runs a sheet of `count` rows, killing it `kills` times (fewer if it ends before), then to its end, then again."""
    rng = random.Random(seed)
    lines = rows(count, rng)
    ending = "xlsx" if seed % 2 else "csv"
    name = write_sheet(folder, ending, lines)
    world: dict[str, Any] = {"post_seconds": [0.0, 0.5], "seed": seed, "faults": FAULTS if faults else {}}
    world |= {"templates": {"tpl_kill": {"first_name": "text"}}, "honour_keys": honour_keys}
    with StandIn(folder / "ledger.jsonl", time_scale=time_scale, **world) as heygen:
        sky = Sky(heygen, folder / "clock", random.Random(seed) if jumps else None)
        killed = in_doubt = 0
        for number in range(2 * kills):  # a run may come to an end and leave something to the next
            write_sheet(folder, ending, lines, approve="yes" * (number % 2))
            ended = _ended(folder, name, heygen.env, sky, rng.uniform(0.9, rng.choice((1.5, 2.0, 4.0))))
            killed += ended is None
            known = fold(read_events(folder / f"{name}.resume.jsonl")[0]).states
            in_doubt += sum(state.unresolved and state.kind != "speech" for state in known.values())
            if ended == 0 or killed == kills:
                break

        sky.clear()
        for number in range(TO_THE_END):
            write_sheet(folder, ending, lines, approve="yes" * (number % 2))
            if _to_its_end(folder, name, heygen.env, "--retry-unknown") == 0:
                break
        heygen.control(faults={})
        before = len(heygen.ledger().charges)
        assert _to_its_end(folder, name, heygen.env) == 0
        ledger = heygen.ledger()
    return _judged(folder, name, ending, lines, ledger.charges, before, (killed, in_doubt))


def _to_its_end(folder: Path, name: str, env: dict[str, str], *options: str) -> int:
    """A run that nobody kills, with all clocks right."""
    return bulkgen(folder, "run", name, "--yes", "--quiet", *options, env=env).returncode


def _run(folder: Path, name: str, sky: Sky, env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.skewed", str(sky.file), "run", name, "--yes", "--quiet"],
        cwd=folder,
        env=environment(env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _ended(folder: Path, name: str, env: dict[str, str], sky: Sky, after: float) -> int | None:
    """Starts a run and kills it after that many seconds; its exit code if it had come to its end before."""
    sky.turn(pause=True)
    process = _run(folder, name, sky, env)
    for part in (after * 0.6, after * 0.4):
        try:
            process.wait(part)
        except subprocess.TimeoutExpired:
            sky.turn(pause=False)
        else:
            return process.returncode

    process.send_signal(signal.SIGKILL)
    process.wait()
    return None


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
    # No list shows a proofread: one that is not known any more --retry-unknown makes again, as another attempt.
    proofs = [charge for charge in charges if str(charge["path"]).endswith("/proofreads")]
    told = {
        (e["fingerprint"], e["attempt"]) for e in recorded if (e["event"], e.get("kind")) == ("submitting", "proofread")
    }
    keyed = Counter(str(charge["key"]) for charge in charges if charge["key"] and charge not in proofs)
    wishes = Counter(str(charge["wish"]) for charge in charges if charge["key"] and charge not in proofs)
    keys = {event.get("key") for event in recorded}
    attempts = Counter(str(charge["callback_id"]) for charge in charges if not charge["key"] and charge["callback_id"])
    states = list(fold(recorded).states.values())
    made = results(folder, f"leads.results.{ending}")
    return Outcome(
        jobs=sum(jobs.values()),
        kills=counted[0],
        in_doubt=counted[1],
        keyed_jobs=sum(jobs.values())
        - jobs["speech"]
        - sum(jobs[kind] for kind in LOOKED_FOR),  # of a proofread its video
        keyed_charges=sum(keyed.values()),
        charged_twice=sum(number - 1 for number in wishes.values()) + max(0, len(proofs) - len(told)),
        unkeyed_twice=sum(number - 1 for number in attempts.values()),
        speech_jobs=jobs["speech"],
        speech_charges=sum(charge["path"] == "/v3/voices/speech" for charge in charges),
        agent_jobs=jobs["agent"],
        agent_charges=sum(charge["path"] == "/v3/video-agents" for charge in charges),
        agent_attempts=sum(state.attempt for state in states if state.kind == "agent"),
        repeats=sum(state.repeats for state in states),
        remade=sum(state.attempt - 1 for state in states if state.kind == "speech"),
        unrecorded=len(keyed.keys() - keys),
        leaked_text=SECRET.encode() in journal.read_bytes(),
        posts_of_the_last_rerun=len(charges) - before,
        lines_done=sum(line["result_status"] == "done" for line in made if line.get("result_part") in ("", "1", None)),
        lines=len(lines),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--no-faults", action="store_true", help="all answers come")
    parser.add_argument(
        "--no-jumps", action="store_true", help="all clocks are right, and no time goes by between runs"
    )
    parser.add_argument("--client-only", action="store_true", help="both: nothing but the client is killed")
    parser.add_argument("--without-keys", action="store_true", help="HeyGen ignores Idempotency-Keys: to compare")
    options = parser.parse_args()
    faults, jumps = (not (options.client_only or left_out) for left_out in (options.no_faults, options.no_jumps))
    columns = ["seed", "jobs", "kills", "in doubt", "charged (keyed)", "charged twice"]
    columns += ["recordings: jobs, charges, repeats, remade", "holds", "s"]
    tell(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    outcomes = []
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            os.environ["BULKGEN_DATA_DIR"] = f"{folder}/data"  # not the person's own
            made = live_and_die(
                Path(folder),
                count=options.rows,
                kills=options.kills,
                seed=seed,
                honour_keys=not options.without_keys,
                faults=faults,
                jumps=jumps,
            )
        outcomes.append(made)
        tell(
            f"| {seed} | {made.jobs} | {made.kills} | {made.in_doubt} | {made.keyed_charges} of {made.keyed_jobs} "
            f"| {made.charged_twice} | {made.speech_jobs}, {made.speech_charges}, {made.repeats}, {made.remade} "
            f"| {made.holds} | {time.monotonic() - started:.0f} |"
        )
    charges, recordings = (sum(getattr(made, name) for made in outcomes) for name in ("speech_charges", "speech_jobs"))
    held = sum(made.holds for made in outcomes)
    kills, share = sum(made.kills for made in outcomes), charges / max(1, recordings)
    tell(f"{kills} kills, {held} of {len(outcomes)} seeds hold; {share:.3f} charges for each recording.")


def tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a script


if __name__ == "__main__":
    main()
