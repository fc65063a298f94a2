"""What failed by chance is made again in the same run: after the rest of the queue, and as often as was allowed."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from bulkgen.engine import Engine, ListFeed, RunState
from bulkgen.errors import CapReached, Interrupted
from bulkgen.ledger.history import fold
from bulkgen.ledger.steps import Policy
from bulkgen.model import Handle, Job
from tests.making import avatar_job
from tests.scenario import Scenario

FAILS_ONCE = "[fail:rendering_failed:1]"


def sent(scenario: Scenario) -> list[tuple[int, int]]:
    """The rows and attempts in the order in which they were about to be sent."""
    return [(int(str(e["row"])), int(str(e["attempt"]))) for e in scenario.events() if e["event"] == "submitting"]


def test_it_goes_after_the_rest_of_the_queue(tmp_path: Path) -> None:
    jobs = [avatar_job(2, f"first {FAILS_ONCE}"), *(avatar_job(row, f"Hello {row}") for row in range(3, 8))]
    scenario = Scenario(tmp_path, jobs)
    scenario.run(concurrency=1)
    assert sent(scenario) == [(2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (2, 2)]
    assert set(scenario.statuses()) == {"done"}


def test_a_run_goes_on_until_no_attempt_is_left(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [avatar_job(2, "bad [fail:rendering_failed]"), avatar_job(3, f"x {FAILS_ONCE}")])
    scenario.run(policy=Policy(max_attempts=4))
    assert [attempt for row, attempt in sent(scenario) if row == 2] == [1, 2, 3, 4]
    assert scenario.statuses() == ["failed", "done"]


@pytest.mark.parametrize("code", ["content_policy_violation", "voice_not_ready", "something_new"])
def test_what_would_fail_again_is_left_alone(tmp_path: Path, code: str) -> None:
    scenario = Scenario(tmp_path, [avatar_job(2, f"bad [fail:{code}]")])
    scenario.run()
    assert sent(scenario) == [(2, 1)]


def test_what_an_earlier_run_sent_is_left_to_the_next_one_which_asks_first(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [avatar_job(2, f"bad {FAILS_ONCE}")], render=[60.0, 60.0])
    scenario.run(wait=False)
    scenario.run()
    assert sent(scenario) == [(2, 1)]
    scenario.run()
    assert sent(scenario) == [(2, 1), (2, 2)]
    assert scenario.statuses() == ["done"]


def test_a_run_that_does_not_wait_makes_nothing_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [avatar_job(2, f"bad {FAILS_ONCE}")], render=[0.1, 0.1])
    scenario.run(wait=False)
    assert sent(scenario) == [(2, 1)]


def test_after_a_stop_nothing_is_made_again(tmp_path: Path) -> None:
    jobs = [avatar_job(2, f"bad {FAILS_ONCE}"), avatar_job(3, "long")]
    scenario = Scenario(tmp_path, jobs, render=[30.0, 30.0])

    async def interrupt(engine: Engine) -> None:
        await anyio.sleep(10)
        engine.stop(Interrupted("interrupted"))

    scenario.run(during=interrupt)
    assert sorted(sent(scenario)) == [(2, 1), (3, 1)]


def test_where_no_more_may_be_sent_it_stays_failed_and_the_run_ends(tmp_path: Path) -> None:
    """Somebody shuts the gate while the run only waits for what is in progress."""
    scenario = Scenario(tmp_path, [avatar_job(2, f"bad {FAILS_ONCE}")], render=[30.0, 30.0])

    async def shut(engine: Engine) -> None:
        await anyio.sleep(10)
        engine._stopping.block(CapReached("enough", needed=1.0))

    scenario.run(during=shut)
    assert sent(scenario) == [(2, 1)]
    assert scenario.statuses() == ["failed"]


def test_a_run_killed_anywhere_pays_no_attempt_twice(tmp_path: Path) -> None:
    steps, crashed = 0, True
    while crashed:
        steps += 1
        folder = tmp_path / str(steps)
        folder.mkdir()
        jobs = [avatar_job(2, "bad [fail:rendering_failed:2]"), avatar_job(3, "good")]
        scenario = Scenario(folder, jobs, render=[1.0, 3.0])
        scenario.run(crash_at=steps)
        crashed = scenario.steps.taken >= steps
        for _ in range(3):
            scenario.run()
        assert sorted(scenario.charges.values()) == [1] * 4, steps
        assert scenario.statuses() == ["done", "done"], steps
        assert fold(scenario.events()).states[jobs[0].fingerprint].attempt == 3, steps
    assert steps > 15


def test_what_the_feed_waits_for_is_made_again_before_the_feed_goes_on(tmp_path: Path) -> None:
    """A feed may hold a job back until others are done."""
    first, last = [avatar_job(row, f"Hello {row} {FAILS_ONCE}") for row in (2, 3, 4)], avatar_job(5, "last")

    class Dependent(ListFeed):
        def __init__(self, run: RunState) -> None:
            super().__init__(first, run)
            self._then, self._done, self._run = [last], anyio.Event(), run
            run.on_change = self._changed

        def _changed(self, _job: Handle) -> None:
            if all(self._run.of(job).done for job in first):
                self._done.set()

        async def next(self, *, at_once: bool) -> Job | None:
            job = await super().next(at_once=at_once)
            if job is not None or at_once or not self._then:
                return job

            await self._done.wait()
            return self._then.pop()

    scenario = Scenario(tmp_path, [*first, last], render=[5.0, 5.0])
    scenario.feed = Dependent
    scenario.run()
    assert len(sent(scenario)) == 7
    assert sent(scenario)[-1] == (5, 1)
    assert set(scenario.statuses()) == {"done"}
