"""How busy HeyGen's slots are kept, and what that costs in requests.

    python -m benchmarks.slots                 in virtual time, some seconds
    python -m benchmarks.slots --loopback      our engine over real sockets too, in scaled time (some minutes)

300 jobs of 60 to 240 seconds, ten slots. `occupancy` is busy slot time ÷ allowed slot time from the first submit to
the last end: with nothing to be gained it would be 0.98, since the last jobs of a sheet leave slots empty. Beside
bulkgen stand the way HeyGen's own example script works (one job after the other, asked for every 10 seconds), and a
fixed pool of three such workers. Judge is the stand-in's own account of when jobs began and ended.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import httpx
import trio
from trio.testing import MockClock

from bulkgen.engine import Engine, ListFeed, RunState, Settings, SpendingCap, admission, pending, poller, verdict
from bulkgen.engine.spending_cap import Unpriced
from bulkgen.files.uploads import Uploads
from bulkgen.heygen.assets import Assets
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.kinds import LIVES
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.ledger.spending import Spending
from bulkgen.ledger.steps import Rules
from bulkgen.model import Job
from bulkgen.pricing.cost import Cost
from bulkgen.pricing.prices import Unit
from bulkgen.pricing.spread import Spread
from bulkgen.retry import RetryBudget
from bulkgen.rows.file_names import FileNames
from bulkgen.sandbox.voice import seconds_of
from tests.making import avatar_job
from tests.scenario import NoFiles, ShakyResumeFile, Steps
from tests.standin.process import StandIn
from tests.standin.settings import DEFAULT_KEY
from tests.standin.settings import Settings as WorldSettings
from tests.standin.virtual import VirtualWire
from tests.standin.world import World

BASE = "https://heygen.test"
JOBS = 300
SLOTS = 10
RENDER = (60.0, 240.0)

#: How long HeyGen takes to answer a paid POST and a read (seconds).
POST_SECONDS = (0.3, 1.5)
GET_SECONDS = (0.1, 0.4)

#: What a job may last, at a dollar a second, where the run has a cap; and a cap that is a twentieth above what all
#: together do cost, a third of the most.
AT_MOST = Spread(low=1.0, likely=3.0, high=8.0)
CAP = 1.05 * sum(seconds_of([f"Hello number {row}"], "look_ann") for row in range(2, JOBS + 2))

#: The other user of the account takes this many slots, and leaves again, at these intervals (seconds).
TAKEN = 6
PHASE = 600.0

Span = tuple[float, float]
Runner = Callable[[httpx.AsyncClient, list[Job]], Awaitable[None]]


@dataclass(frozen=True)
class Measured:
    """One run: figures by the stand-in's own account."""

    occupancy: float
    minutes: float
    requests: float
    refused: int


def measure(spans: list[Span], taken: list[tuple[float, int]], requests: int, refused: int, scale: float) -> Measured:
    """`spans`: begin and end of each job; `taken`: from when on how many slots somebody else held."""
    first, last = min(begin for begin, _ in spans), max(end for _, end in spans)
    steps = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    changes = sorted({first, last, *(at for at, _ in steps), *(at for at, _ in taken if first < at < last)})
    busy = allowed = 0.0
    running, others, at_step, at_taken = 0, 0, 0, 0
    for begin, end in pairwise(changes):
        while at_step < len(steps) and steps[at_step][0] <= begin:
            running += steps[at_step][1]
            at_step += 1
        while at_taken < len(taken) and taken[at_taken][0] <= begin:
            others = taken[at_taken][1]
            at_taken += 1
        room = SLOTS - others
        busy += min(running, room) * (end - begin)
        allowed += room * (end - begin)
    return Measured(busy / allowed, (last - first) / 60 / scale, requests / len(spans), refused)


# The three ways to work ---------------------------------------------------------------------------------------------


class AtMost(Unpriced):
    """Estimates all jobs alike."""

    def cost(self, _job: Job, *, answer: bool = False) -> Cost | None:
        return Cost(currency="usd", unit=Unit.OUTPUT_SECOND, price=Spread.exactly(1.0), seconds=AT_MOST)


def bulkgen(concurrency: int, cap: float | None = None) -> Runner:
    async def run(http: httpx.AsyncClient, jobs: list[Job]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            journal = ResumeFile(Path(folder) / "leads.resume.jsonl")
            journal.belongs_to(BASE, "me")
            budget = RetryBudget(rng=random.Random(7))
            state = RunState(
                recorder=ShakyResumeFile(journal, Steps()),
                rules=Rules(LIVES),
                cap=SpendingCap(Spending("usd"), AtMost(), run=cap),
            )
            client = HeyGen(http, budget)
            engine = Engine(
                client=client,
                downloader=NoFiles(),
                uploader=Uploads(Assets(client), http, budget, own_host=BASE),
                run_state=state,
                settings=Settings(concurrency),
                budget=budget,
                names=FileNames({}, {}),
            )
            await engine.run(ListFeed(jobs, state))
            journal.close()

    return run


def pool(workers: int, every: float = 10.0) -> Runner:
    """So many workers, each: submit, then ask for the one job until it has ended."""

    async def run(http: httpx.AsyncClient, jobs: list[Job]) -> None:
        waiting = iter(jobs)

        async def work() -> None:
            for job in waiting:
                answer = await http.post(job.path, json=dict(job.body))
                while answer.status_code == 429:
                    await anyio.sleep(float(answer.headers["Retry-After"]))
                    answer = await http.post(job.path, json=dict(job.body))
                path, status = f"{job.path}/{answer.json()['data']['video_id']}", ""
                while status not in ("completed", "failed"):
                    await anyio.sleep(every)
                    status = (await http.get(path)).json()["data"]["status"]

        async with anyio.create_task_group() as group:
            for _ in range(workers):
                group.start_soon(work)

    return run


# Virtual time -------------------------------------------------------------------------------------------------------


def virtual(runner: Runner, seed: int, *, shared: bool = False) -> Measured:
    settings = {"render": RENDER, "post_seconds": POST_SECONDS, "get_seconds": GET_SECONDS, "seed": seed}
    world = World(WorldSettings().changed(settings), clock=_virtual_now)

    async def main() -> None:
        async with connect(BASE, DEFAULT_KEY, VirtualWire(world)) as http, anyio.create_task_group() as group:
            if shared:
                group.start_soon(_come_and_go, world)
            await runner(http, _jobs())
            group.cancel_scope.cancel()

    trio.run(main, clock=MockClock(autojump_threshold=0))
    spans = [(job.created_at, job.ends_at) for job in world.account.renders.values()]
    taken = [(line["t"], line["other_user"]) for line in world.ledger.of("settings")]
    return measure(spans, taken, world.requests, len(world.ledger.of("refusal", status=429)), 1)


def _virtual_now() -> float:
    with contextlib.suppress(RuntimeError):
        return 1_790_000_000.0 + float(trio.current_time())
    return 1_790_000_000.0


async def _come_and_go(world: World) -> None:
    while True:
        await anyio.sleep(PHASE)
        world.change(other_user=0 if world.settings.other_user else TAKEN)


def _jobs(count: int = JOBS) -> list[Job]:
    return [avatar_job(row, f"Hello number {row}") for row in range(2, count + 2)]


# Real sockets, scaled time ------------------------------------------------------------------------------------------


def loopback(concurrency: int, scale: float, jobs: int) -> Measured:
    """Our engine against the stand-in's process; everything that is seconds in the engine is scaled with it."""
    _scale(scale)
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _over_sockets(Path(folder), concurrency, scale, jobs)
    finally:
        _scale(1 / scale)


def _scale(factor: float) -> None:
    for module, names in (
        (pending, ("SHORTEST_PACE", "LONGEST_PACE", "LONGEST_SILENCE", "LONGEST_TOGETHER")),
        (poller, ("GRACE",)),
        (verdict, ("LINK_GRACE",)),
        (admission, ("PATIENCE", "LONGEST_PATIENCE", "LONGEST_AT_LIMIT", "SHORTEST_WAIT", "LONGEST_WAIT")),
    ):
        for name in names:
            setattr(module, name, getattr(module, name) * factor)


def _over_sockets(folder: Path, concurrency: int, scale: float, jobs: int) -> Measured:
    settings: dict[str, Any] = {"render": RENDER, "time_scale": scale, "retry_after": f"{5 * scale:g}"}
    settings["post_seconds"] = [seconds * scale for seconds in POST_SECONDS]
    settings["get_seconds"] = [seconds * scale for seconds in GET_SECONDS]
    with StandIn(folder / "ledger.jsonl", **settings) as heygen:

        async def main() -> None:
            async with connect(heygen.base, heygen.key) as http:
                await bulkgen(concurrency)(http, _jobs(jobs))

        anyio.run(main)
        requests, ledger = heygen.state()["requests"], heygen.ledger()
    ends = {line["id"]: line["t"] for line in ledger.of("end")}
    spans = [(line["t"], ends[line["id"]]) for line in ledger.charges]
    return measure(spans, [], requests, len(ledger.of("refusal", status=429)), scale)


# The table ----------------------------------------------------------------------------------------------------------


def row(name: str, runs: Iterable[Measured]) -> str:
    found = list(runs)
    mean = statistics.mean
    return (
        f"| {name} | {mean(run.occupancy for run in found):.3f} | {min(run.occupancy for run in found):.3f} "
        f"| {mean(run.requests for run in found):.2f} | {mean(run.refused for run in found):.0f} "
        f"| {mean(run.minutes for run in found):.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slots", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--loopback", action="store_true", help="over real sockets too")
    parser.add_argument("--scale", type=float, default=0.05, help="of time, over real sockets")
    parser.add_argument("--jobs", type=int, default=JOBS, help="over real sockets")
    options = parser.parse_args()
    seeds = range(1, options.seeds + 1)
    print("| | occupancy | worst seed | requests a job | refused POSTs | minutes |")
    print("|---|---|---|---|---|---|")
    ways: list[tuple[str, Runner, bool]] = [
        ("bulkgen, 10 slots, alone", bulkgen(10), False),
        ("bulkgen, 10 slots, alone, under a cap that it nearly reaches", bulkgen(10, CAP), False),
        ("bulkgen, 50 asked of 10", bulkgen(50), False),
        ("bulkgen, 10 slots, 6 taken in every other 10 minutes", bulkgen(10), True),
        ("bulkgen, 50 asked, 6 taken in every other 10 minutes", bulkgen(50), True),
        ("one after the other, asked every 10 s (HeyGen's script)", pool(1), False),
        ("a fixed pool of 3", pool(3), False),
        ("a fixed pool of 10", pool(10), False),
        ("a fixed pool of 10, 6 taken in every other 10 minutes", pool(10), True),
        ("a fixed pool of 50", pool(50), False),
    ]
    for name, runner, shared in ways:
        print(row(name, (virtual(runner, seed, shared=shared) for seed in seeds)), flush=True)
    if options.loopback:
        for asked in (10, 50):
            started = time.monotonic()
            run = loopback(asked, options.scale, options.jobs)
            took = time.monotonic() - started
            print(row(f"bulkgen over sockets, {asked} asked of 10 (in {took:.0f} s)", [run]), flush=True)


if __name__ == "__main__":
    main()
