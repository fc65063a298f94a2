"""How many jobs a second the engine moves, beside a bare httpx loop that records nothing.

    python -m benchmarks.throughput            5,000 avatars at 100 slots, 2,000 recordings at 20 in flight

Both work against the stand-in's process over real sockets, in turn, several times; renders take about as long as one
round of asking. The bare loop makes the same calls with the same client, and no more: POST, one bulk call of statuses
a second, one GET per finished job (or its file), no resume file, no retries. `CPU` is the seconds of processor time
that a thousand jobs take in this process: on a busy machine it is the steadier figure.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx

from bulkgen.engine import Engine, ListFeed, RunState, Settings
from bulkgen.files import download
from bulkgen.files.uploads import Uploads
from bulkgen.heygen.assets import Assets
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.kinds import LIVES
from bulkgen.ledger.file_ledger import FileLedger
from bulkgen.ledger.steps import Rules
from bulkgen.model import Job
from bulkgen.retry import RetryBudget
from bulkgen.rows.file_names import FileNames
from tests.making import avatar_job, speech_job
from tests.standin.process import StandIn

AVATARS, SLOTS = 5_000, 100
RECORDINGS, IN_FLIGHT = 2_000, 20

#: Renders take 0.3 to 0.6 s.
TIME_SCALE = 0.0045

Way = Callable[[StandIn, list[Job], Path], Awaitable[None]]


@dataclass(frozen=True)
class Measured:
    per_second: float
    cpu: float


async def bulkgen(heygen: StandIn, jobs: list[Job], folder: Path) -> None:
    ledger = FileLedger(folder / "leads.resume.jsonl", index=lambda: folder / "index")
    ledger.take()
    ledger.belongs_to(heygen.base, "me")
    budget = RetryBudget()
    async with connect(heygen.base, heygen.key) as http, download.connect(own_host=heygen.base) as links:
        files = download.Downloads(links, folder / "leads.files", budget)
        state = RunState(recorder=ledger, rules=Rules(LIVES))
        client = HeyGen(http, budget)
        engine = Engine(
            client=client,
            downloader=files,
            uploader=Uploads(Assets(client), links, budget, own_host=heygen.base),
            run_state=state,
            settings=Settings(SLOTS),
            budget=budget,
            names=FileNames({}, {}),
        )
        await engine.run(ListFeed(jobs, state))
    ledger.leave()
    done = sum(known.status == "done" for known in state.states.values())
    assert done == len(jobs), f"{done} of {len(jobs)} done, stopped by {engine.stopped_by}"


async def bare_avatars(heygen: StandIn, jobs: list[Job], _folder: Path) -> None:
    waiting = iter(jobs)
    running: dict[str, anyio.Event] = {}
    left = len(jobs)

    async with connect(heygen.base, heygen.key) as http:

        async def work() -> None:
            nonlocal left
            for job in waiting:
                answer = (await http.post(job.path, json=dict(job.body))).json()["data"]
                ended = running[answer["video_id"]] = anyio.Event()
                await ended.wait()
                (await http.get(f"{job.path}/{answer['video_id']}")).json()
                left -= 1

        async def ask() -> None:
            while left:
                await anyio.sleep(1)
                ids = list(running)
                for start in range(0, len(ids), 100):
                    query = {"video_ids": ",".join(ids[start : start + 100])}
                    for item in (await http.get("/v3/videos/statuses", params=query)).json()["data"]:
                        if item["status"] == "completed":
                            running.pop(item["video_id"]).set()

        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            for _ in range(SLOTS):
                group.start_soon(work)


async def bare_recordings(heygen: StandIn, jobs: list[Job], folder: Path) -> None:
    waiting = iter(jobs)
    (folder / "leads.files").mkdir()

    async with connect(heygen.base, heygen.key) as http, httpx.AsyncClient() as links:

        async def work() -> None:
            for job in waiting:
                answer = (await http.post(job.path, json=dict(job.body))).json()["data"]
                file = await links.get(answer["audio_url"])
                (folder / "leads.files" / f"{job.row}.mp3").write_bytes(file.content)

        async with anyio.create_task_group() as group:
            for _ in range(IN_FLIGHT):
                group.start_soon(work)


def measure(way: Way, jobs: list[Job]) -> Measured:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with StandIn(folder / "ledger.jsonl", time_scale=TIME_SCALE, slots=SLOTS) as heygen:
            wall, cpu = time.perf_counter(), time.process_time()
            anyio.run(way, heygen, jobs, folder)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            assert len(heygen.ledger().charges) == len(jobs)
    return Measured(len(jobs) / wall, cpu / len(jobs) * 1000)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.throughput", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--avatars", type=int, default=AVATARS)
    parser.add_argument("--recordings", type=int, default=RECORDINGS)
    options = parser.parse_args()
    avatars = [avatar_job(row, f"Hello number {row}") for row in range(2, options.avatars + 2)]
    recordings = [speech_job(row, f"Text {row}") for row in range(2, options.recordings + 2)]
    print("| | jobs/s | bare loop | ratio | CPU s per 1,000 | bare loop | ratio |")
    print("|---|---|---|---|---|---|---|")
    for name, jobs, bare in (
        (f"{len(avatars):,} avatars at {SLOTS} slots", avatars, bare_avatars),
        (f"{len(recordings):,} recordings at {IN_FLIGHT} in flight", recordings, bare_recordings),
    ):
        pairs = [(measure(bulkgen, jobs), measure(bare, jobs)) for _ in range(options.runs)] if jobs else []
        if not pairs:
            continue

        ours, theirs = (statistics.median(run.per_second for run in runs) for runs in zip(*pairs, strict=True))
        ratio = statistics.median(one.per_second / other.per_second for one, other in pairs)
        cpu, bare_cpu = (statistics.median(run.cpu for run in runs) for runs in zip(*pairs, strict=True))
        print(
            f"| {name} | {ours:.0f} | {theirs:.0f} | {ratio:.2f} | {cpu:.2f} | {bare_cpu:.2f} | {cpu / bare_cpu:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
