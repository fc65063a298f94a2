"""How the engine learns what has become of jobs: few calls, and no job that is asked about without end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from bulkgen.engine import Engine
from bulkgen.engine.pending import LONGEST_PACE, PendingJobs
from bulkgen.engine.verdict import LINK_GRACE, Verdict, judge
from bulkgen.errors import Exit
from bulkgen.kinds.outcome import Detail, Links
from bulkgen.ledger.steps import Policy
from bulkgen.results.words import explain
from tests.scenario import Scenario
from tests.test_chaos import minutes, states
from tests.test_engine import avatars, every_once

#: Paths of single details, but for the bulk call's.
DETAIL = "/v3/videos/(?!statuses)"


def refusing(fault: str, of: str = DETAIL) -> dict[str, Any]:
    return {"method": "GET", "path": of, "fault": fault}


@pytest.mark.parametrize(
    "fault",
    ["error_before:400:invalid_parameter", "error_before:403:resource_access_denied", "error_before:403:forbidden",
     "error_before:410:gone"],
)  # fmt: skip
def test_a_detail_that_heygen_goes_on_to_refuse_ends_as_unknown_with_its_id(tmp_path: Path, fault: str) -> None:
    scenario = Scenario(tmp_path, avatars(1), script=[refusing(fault), refusing("error_before:500", "/v3/videos$")])
    assert minutes(scenario) < 10
    assert scenario.statuses() == ["unknown"]
    (state,) = states(scenario).values()
    assert state.id
    assert state.id in explain(state)
    assert sum(scenario.charges.values()) == 1


def test_a_detail_that_is_refused_for_a_while_delays_a_result_and_loses_none(tmp_path: Path) -> None:
    rule = {**refusing("error_before:403:resource_access_denied"), "nth": "1-3"}
    scenario = Scenario(tmp_path, avatars(1), script=[rule])
    scenario.run()
    assert scenario.statuses() == ["done"]


def test_a_key_that_may_ask_for_nothing_stops_the_run_and_the_jobs_stay_rendering(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(3), script=[refusing("error_before:403:forbidden", "/v3/videos")])
    engine = scenario.run()
    assert engine.stopped_by is not None
    assert engine.stopped_by.exit_code is Exit.KEY
    assert scenario.statuses() == ["rendering"] * 3
    scenario.world.change(script=[])
    scenario.run()
    every_once(scenario)
    assert scenario.statuses() == ["done"] * 3


def test_a_poor_look_at_the_list_does_not_turn_it_off_for_the_whole_run(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(300))

    async def lag(_engine: Engine) -> None:
        scenario.world.change(list_lag=3600.0)  # nothing of ours stands on the list
        await anyio.sleep(15 * 60)
        scenario.world.change(list_lag=0.0)

    scenario.run(during=lag)
    every_once(scenario)
    singles = scenario.world.counts["GET /v3/videos/{id}"]
    assert singles < 150
    assert scenario.world.counts["GET /v3/videos"] > 20


def test_with_a_hundred_slots_the_list_is_read_as_far_as_the_jobs_that_have_ended(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(400), slots=100, render=[30.0, 60.0])
    scenario.run(concurrency=100)
    every_once(scenario)
    counts = scenario.world.counts
    assert counts["GET /v3/videos/{id}"] < 40
    assert counts["GET /v3/videos"] < 40


def test_what_has_ended_is_fetched_while_the_others_are_asked_about(tmp_path: Path) -> None:
    """Details that take long hold up no slot: the next statuses are asked for meanwhile."""
    scenario = Scenario(tmp_path, avatars(60), render=[20.0, 20.0])
    alone = minutes(scenario, concurrency=10)
    (tmp_path / "slow").mkdir()
    slow = [{"method": "GET", "path": path, "fault": "slow:20"} for path in (DETAIL, "/v3/videos$")]
    scenario = Scenario(tmp_path / "slow", avatars(60), render=[20.0, 20.0], script=slow)
    assert minutes(scenario, concurrency=10) < alone + 1.5
    every_once(scenario)


DONE = Detail("completed", Links(video="https://x/v.mp4"))


@pytest.mark.parametrize(
    ("detail", "last", "ended_for", "verdict"),
    [
        (Detail("running"), True, 0.0, Verdict.RUNNING),
        (Detail("running"), True, 9_999.0, Verdict.RUNNING),
        (Detail("review"), True, 0.0, Verdict.REVIEW),
        (Detail("failed", next_id="v_1"), False, 0.0, Verdict.FAILED),
        (DONE, True, 0.0, Verdict.COMPLETED),
        (DONE, False, 0.0, Verdict.INCOMPLETE),
        (Detail("completed"), True, LINK_GRACE - 1, Verdict.INCOMPLETE),
        (Detail("completed"), True, LINK_GRACE, Verdict.COMPLETED),
        (Detail("completed"), False, LINK_GRACE, Verdict.BARREN),
        (Detail("completed", next_id="v_1"), False, LINK_GRACE, Verdict.MOVED),
        (Detail("running", next_id="v_1"), False, 0.0, Verdict.MOVED),
        (Detail("running", next_id="v_1"), True, 0.0, Verdict.RUNNING),
    ],
)
def test_a_detail_means_the_same_whoever_asks(detail: Detail, last: bool, ended_for: float, verdict: Verdict) -> None:
    assert judge(detail, last=last, ended_for=ended_for) is verdict


def test_a_job_that_takes_days_is_asked_about_at_the_slowest_pace() -> None:
    pending = PendingJobs()
    for _ in range(20_000):
        pending.asked()
    assert pending.pace() == LONGEST_PACE


def refused_for_a_while(tmp_path: Path) -> Scenario:
    """Two jobs that HeyGen showed to nobody for so long that they are unknown; their ids are in the file."""
    hidden = [refusing("error_before:403:resource_access_denied", path) for path in (DETAIL, "/v3/videos$")]
    scenario = Scenario(tmp_path, avatars(2), script=hidden)
    scenario.run()
    assert scenario.statuses() == ["unknown"] * 2
    return scenario


def test_what_heygen_shows_again_is_collected_by_a_plain_run(tmp_path: Path) -> None:
    scenario = refused_for_a_while(tmp_path)
    scenario.run()
    assert scenario.statuses() == ["unknown"] * 2
    scenario.world.change(script=[])
    scenario.run()
    every_once(scenario)
    assert scenario.statuses() == ["done"] * 2


def test_a_known_id_is_asked_for_before_anything_is_paid_again(tmp_path: Path) -> None:
    scenario = refused_for_a_while(tmp_path)
    scenario.world.change(script=[refusing("null_data_before", "/v3/videos$")])
    scenario.run(policy=Policy(retry_unknown=True))
    every_once(scenario)
    assert scenario.statuses() == ["done"] * 2


def test_a_known_id_that_heygen_does_not_answer_for_is_not_paid_again(tmp_path: Path) -> None:
    scenario = refused_for_a_while(tmp_path)
    scenario.world.change(script=[refusing("error_before:500", DETAIL)])
    engine = scenario.run(policy=Policy(retry_unknown=True))
    every_once(scenario)
    assert engine.run_state.deferred == {job.fingerprint for job in scenario.jobs}
    assert scenario.statuses() == ["unknown"] * 2


def test_an_id_that_is_gone_for_good_is_made_again_when_the_person_insists(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(1), not_found_looks=-1)
    scenario.run()
    scenario.world.change(list_lag=1e9)
    scenario.run(policy=Policy(retry_unknown=True))
    assert sorted(scenario.charges.values()) == [1, 1]
