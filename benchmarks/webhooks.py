"""What `bulkgen listen` saves: requests a job, and how soon a finished one is noticed, with webhooks and without.

    python -m benchmarks.webhooks              in virtual time, some seconds

300 jobs at ten slots, with renders as in `benchmarks.slots`, and five of half an hour. "Noticed" is the time from a
job's end at HeyGen until the run knows its links. Webhooks come 1 s after the end, and are heard within one more. Judge
is the stand-in's own account.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.slots import GET_SECONDS, JOBS, POST_SECONDS, RENDER
from bulkgen.engine import Engine
from bulkgen.engine.protocols import News
from bulkgen.model import Handle
from bulkgen.sandbox.orders import Render
from tests.making import avatar_job
from tests.news import Deliveries
from tests.scenario import START, Scenario

LONG = (1500.0, 2100.0)

Listening = Callable[[Scenario], News | None]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`noticed`: seconds from the end of each job until its links were known."""

    requests: float
    minutes: float
    noticed: list[float]


def measure(listening: Listening, seed: int, *, jobs: int, render: tuple[float, float]) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"render": list(render), "post_seconds": POST_SECONDS, "get_seconds": GET_SECONDS, "seed": seed}
        asked = [avatar_job(row, f"Hello number {row}") for row in range(2, jobs + 2)]
        scenario = Scenario(Path(folder), asked, **settings)
        scenario.news = listening(scenario)
        noticed: dict[str, float] = {}

        async def watch(engine: Engine) -> None:
            def changed(job: Handle) -> None:
                state = engine.run_state.of(job)
                if state.finished and state.id not in noticed:
                    noticed[state.id] = scenario.world.now

            engine.run_state.on_change = changed

        scenario.run(during=watch)
        ends = {job_id: render.ends_at for job_id, render in scenario.world.account.renders.items()}
        assert noticed.keys() == ends.keys(), "every job has its links"
        return Measured(
            requests=scenario.world.requests / jobs,
            minutes=(max(noticed.values()) - START) / 60,
            noticed=[at - ends[job_id] for job_id, at in noticed.items()],
        )


def lost(share: float) -> Callable[[Render], bool]:
    """Of so many jobs there is no news."""
    return lambda render: int(render.id[-6:], 16) / 0x1000000 >= share


def ways(half: float) -> list[tuple[str, Listening]]:
    """`half`: after so many seconds half of a run is over."""
    return [
        ("without webhooks", lambda _scenario: None),
        ("with", lambda scenario: Deliveries(scenario.world)),
        ("with, one in ten never arrives", lambda scenario: Deliveries(scenario.world, arrives=lost(0.1))),
        ("with, none ever arrives", lambda scenario: Deliveries(scenario.world, arrives=lost(1.0))),
        ("with, until half of the run", lambda scenario: Deliveries(scenario.world, ends_at=START + half)),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.webhooks", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(1, parser.parse_args().seeds + 1)
    for jobs, render in ((JOBS, RENDER), (5, LONG)):
        print(f"\n{jobs} jobs of {render[0] / 60:g} to {render[1] / 60:g} minutes\n")
        print("| | requests a job | noticed after, median | in the worst case | minutes |")
        print("|---|---|---|---|---|")
        for name, listening in ways(jobs / 20 * sum(render) / 2 if jobs > 10 else render[0] / 2):
            runs = [measure(listening, seed, jobs=jobs, render=render) for seed in seeds]
            noticed = [seconds for run in runs for seconds in run.noticed]
            requests = statistics.mean(run.requests for run in runs)
            minutes = statistics.mean(run.minutes for run in runs)
            print(
                f"| {name} | {requests:.2f} | {statistics.median(noticed):.0f} s | {max(noticed):.0f} s "
                f"| {minutes:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
