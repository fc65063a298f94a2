"""Gaps of the network, in virtual time: what fails together counts once, and a gap is no reason to end a run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest

from bulkgen.engine import Engine
from bulkgen.errors import Lost, Unreachable
from bulkgen.files.download import Downloads
from bulkgen.heygen.answers import lost_from
from bulkgen.retry import GAP, RetryBudget
from tests.scenario import Scenario
from tests.test_chaos import minutes, recordings, states
from tests.test_engine import avatars, every_once

#: What goes on beside a run.
During = Callable[[Engine], Awaitable[None]]


def dropping(scenario: Scenario, after: float, seconds: float) -> During:
    """Every connection breaks off without an answer, for so long."""

    async def gap(_engine: Engine) -> None:
        await anyio.sleep(after)
        scenario.world.change(faults={name: {"drop_before": 1.0} for name in ("post", "get", "media")})
        await anyio.sleep(seconds)
        scenario.world.change(faults={})

    return gap


def unplugging(scenario: Scenario, after: float, seconds: float) -> During:
    """No connection comes about, for so long."""

    async def gap(_engine: Engine) -> None:
        await anyio.sleep(after)
        scenario.unplugged = True
        await anyio.sleep(seconds)
        scenario.unplugged = False

    return gap


def test_twenty_recordings_on_their_way_survive_a_gap_of_five_seconds(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, recordings(200), post_seconds=[1.0, 3.0])
    engine = scenario.run(during=dropping(scenario, 5.0, 5.0))
    assert engine.stopped_by is None
    assert set(scenario.statuses()) == {"done"}
    assert sum(scenario.charges.values()) == 200


@pytest.mark.parametrize("cut", [dropping, unplugging])
def test_avatars_and_recordings_survive_a_gap_of_a_minute(
    tmp_path: Path, cut: Callable[[Scenario, float, float], During]
) -> None:
    scenario = Scenario(tmp_path, [*avatars(40), *recordings(100)], post_seconds=[1.0, 3.0])
    engine = scenario.run(during=cut(scenario, 5.0, 60.0))
    assert (engine.stopped_by, engine.run_state.deferred) == (None, set())
    assert set(scenario.statuses()) == {"done"}
    assert not scenario.world.ledger.paid_twice()


def test_a_network_that_is_gone_for_two_minutes_leaves_nothing_in_doubt_and_nothing_behind(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, recordings(60), post_seconds=[1.0, 3.0])
    engine = scenario.run(during=unplugging(scenario, 5.0, 120.0))
    assert (engine.stopped_by, engine.run_state.deferred) == (None, set())
    assert set(scenario.statuses()) == {"done"}
    assert sum(state.repeats for state in states(scenario).values()) == 0


def test_without_a_network_the_run_ends_in_minutes_and_its_jobs_are_as_if_never_sent(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [*avatars(5), *recordings(30)])
    scenario.unplugged = True
    assert minutes(scenario) < 5
    assert scenario.engine is not None
    assert isinstance(scenario.engine.stopped_by, Unreachable)
    assert set(scenario.statuses()) == {"queued"}
    assert not any(state.unresolved for state in states(scenario).values())
    scenario.unplugged = False
    scenario.run()
    every_once(scenario)
    assert sum(state.repeats for state in states(scenario).values()) == 0


def test_recordings_whose_download_meets_a_gap_of_a_minute_are_all_brought_in(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, recordings(40), post_seconds=[0.3, 0.8])
    scenario.downloads = Downloads

    async def gap(_engine: Engine) -> None:
        await anyio.sleep(1.0)
        scenario.world.change(faults={"media": {"drop_before": 1.0}})
        await anyio.sleep(60.0)
        scenario.world.change(faults={})

    engine = scenario.run(during=gap)
    assert (engine.stopped_by, engine.run_state.deferred) == (None, set())
    assert set(scenario.statuses()) == {"done"}
    every_once(scenario)


def test_in_a_silence_one_recording_asks_again_for_all(tmp_path: Path) -> None:
    """Each repeat may be charged: HeyGen may have done the work, and only its answer be lost."""
    scenario = Scenario(tmp_path, recordings(200), faults={"post": {"drop_after": 1.0}})
    scenario.run()
    assert sum(scenario.charges.values()) < 20 + 40
    assert scenario.statuses() == ["queued"] * 200


def test_failures_within_one_gap_count_once() -> None:
    budget = RetryBudget()
    for now in (0.0, 0.1, GAP - 0.1):
        assert budget.failed(now)
    assert budget.tokens == budget.most - 1
    budget.failed(GAP)
    assert budget.tokens == budget.most - 2


def test_only_a_connection_that_never_came_about_is_known_to_have_sent_nothing() -> None:
    import httpx

    unsent = (httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.ProxyError("x"))
    sent = (httpx.ReadTimeout("x"), httpx.ReadError("x"), httpx.RemoteProtocolError("x"), httpx.WriteError("x"))
    assert {type(lost_from(error)) for error in unsent} == {Unreachable}
    assert {type(lost_from(error)) for error in sent} == {Lost}
