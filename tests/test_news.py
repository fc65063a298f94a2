"""What news of jobs does to a run, in virtual time: it asks sooner, and less, and relies on none of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.engine import Engine
from bulkgen.engine.pending import PendingJob, PendingJobs
from bulkgen.engine.reliance import LONGEST_SAFETY, REMEMBERED, SAFETY, Reliance, rest
from bulkgen.kinds import LIVES
from bulkgen.kinds.translation import TRANSLATIONS
from bulkgen.kinds.videos import VIDEOS
from bulkgen.model import Job
from bulkgen.sandbox.messages import Request
from bulkgen.sandbox.orders import Render
from tests.making import avatar_job, lipsync_job
from tests.news import Deliveries
from tests.scenario import START, Scenario
from tests.standin.messages import Reply
from tests.test_engine import avatars, every_once, mixed

STATUSES = "GET /v3/videos/statuses"
DETAIL = "GET /v3/videos/{id}"

#: Renders that take ten minutes and more: without news they are asked about every 15 s.
LONG = [600.0, 900.0]


def ended(scenario: Scenario) -> float:
    """How long after the last job's end the run was over (seconds)."""
    return START + scenario.offset - max(render.ends_at for render in scenario.world.account.renders.values())


def run(folder: Path, jobs: list[Job], news: Any = None, **settings: Any) -> Scenario:
    folder.mkdir()
    scenario = Scenario(folder, jobs, **settings)
    if news is not None:
        scenario.news = news(scenario)
    scenario.run()
    every_once(scenario)
    assert scenario.statuses() == ["done"] * len(jobs)
    return scenario


def test_a_job_is_asked_about_as_soon_as_there_is_news_of_it_and_hardly_before(tmp_path: Path) -> None:
    alone = run(tmp_path / "alone", avatars(1), render=LONG)
    heard = run(tmp_path / "heard", avatars(1), lambda one: Deliveries(one.world), render=LONG)
    assert ended(heard) <= 3.0
    assert heard.world.counts[STATUSES] < alone.world.counts[STATUSES] / 3
    assert heard.world.counts[DETAIL] == 1


def test_three_hundred_jobs_cost_two_requests_each_and_a_few_for_safety(tmp_path: Path) -> None:
    scenario = run(tmp_path / "run", avatars(300), lambda one: Deliveries(one.world))
    assert scenario.world.requests < 2.5 * 300


def test_news_of_many_jobs_at_once_is_one_bulk_call_and_one_look_at_the_list(tmp_path: Path) -> None:
    scenario = run(
        tmp_path / "run", avatars(10), lambda one: Deliveries(one.world), render=[50.0, 50.0], post_seconds=[0.0, 0.0]
    )
    counts = scenario.world.counts
    assert (counts[STATUSES], counts["GET /v3/videos"], counts[DETAIL]) == (1, 1, 0)
    assert ended(scenario) <= 4.0


def test_news_of_what_is_nobodys_here_costs_no_request(tmp_path: Path) -> None:
    class Flood(Deliveries):
        def _new(self) -> list[str]:
            return [*super()._new(), *(f"v_{self._world.now}_{number}" for number in range(200))]

    calm = run(tmp_path / "calm", avatars(3), lambda one: Deliveries(one.world), render=LONG)
    flooded = run(tmp_path / "flooded", avatars(3), lambda one: Flood(one.world), render=LONG)
    assert flooded.world.requests == calm.world.requests


def test_news_that_is_repeated_a_thousand_times_asks_a_few_times_more(tmp_path: Path) -> None:
    class Again(Deliveries):
        def _new(self) -> list[str]:
            return [*super()._new(), *self._world.account.renders]

    calm = run(tmp_path / "calm", avatars(1), lambda one: Deliveries(one.world), render=[3600.0, 3600.0])
    flooded = run(tmp_path / "flooded", avatars(1), lambda one: Again(one.world), render=[3600.0, 3600.0])
    assert flooded.world.requests <= calm.world.requests + 12


def test_news_that_comes_before_heygens_other_parts_know_is_asked_for_again_soon(tmp_path: Path) -> None:
    """The webhook is 20 s ahead of the answer to a GET."""
    scenario = run(tmp_path / "run", avatars(1), lambda one: Deliveries(one.world, delay=-20.0), render=LONG)
    assert ended(scenario) < 20.0


def test_when_who_listens_dies_the_usual_pace_is_back(tmp_path: Path) -> None:
    alone = run(tmp_path / "alone", avatars(30))
    dies = run(tmp_path / "dies", avatars(30), lambda one: Deliveries(one.world, ends_at=START + 100.0))
    assert dies.offset < alone.offset + 60.0
    assert dies.world.requests > 2.5 * 30


def test_a_webhook_that_never_arrives_costs_one_wait_and_then_nothing(tmp_path: Path) -> None:
    alone = run(tmp_path / "alone", avatars(30), render=LONG)
    deaf = run(
        tmp_path / "deaf", avatars(30), lambda one: Deliveries(one.world, arrives=lambda _render: False), render=LONG
    )
    assert deaf.offset < alone.offset + SAFETY + 60.0
    assert deaf.world.counts[STATUSES] > alone.world.counts[STATUSES] / 2


def test_one_that_gets_lost_is_found_by_asking_for_safety(tmp_path: Path) -> None:
    lost: list[str] = []

    def arrives(render: Render) -> bool:
        lost.extend([render.id] if not lost else [])
        return render.id not in lost

    scenario = run(tmp_path / "run", avatars(20), lambda one: Deliveries(one.world, arrives=arrives), render=LONG)
    assert lost
    assert ended(scenario) < LONGEST_SAFETY + 60.0


def test_where_nobody_listens_every_request_goes_out_when_it_ever_did(tmp_path: Path) -> None:
    def requests(name: str, news: Any) -> tuple[float, list[tuple[float, str, str]]]:
        scenario = Scenario(tmp_path / name, avatars(6), slots=1, render=LONG)
        scenario.news = news(scenario)
        found: list[tuple[float, str, str]] = []
        answer = scenario.world.answer

        def noted(request: Request, *terms: Any) -> Reply:
            found.append((scenario.world.now, request.method, request.path))
            return answer(request, *terms)

        with mock.patch.object(scenario.world, "answer", noted):
            scenario.run(concurrency=1)  # so that chance has no say in who comes first
        assert scenario.statuses() == ["done"] * 6
        return scenario.offset, found

    (tmp_path / "alone").mkdir()
    (tmp_path / "dead").mkdir()
    alone = requests("alone", lambda _one: None)
    dead = requests("dead", lambda one: Deliveries(one.world, ends_at=0.0))
    assert len(alone[1]) > 50
    assert dead == alone


def test_jobs_that_have_no_webhook_are_asked_about_as_ever(tmp_path: Path) -> None:
    jobs: list[Job] = [lipsync_job(2)]
    alone = run(tmp_path / "alone", jobs)
    heard = run(tmp_path / "heard", jobs, lambda one: Deliveries(one.world, arrives=lambda _render: False))
    assert (heard.offset, heard.world.requests) == (alone.offset, alone.world.requests)


def test_who_sets_the_pace_by_hand_keeps_it(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(1), render=LONG)
    scenario.news = Deliveries(scenario.world, arrives=lambda _render: False)
    scenario.run(poll_every=10.0)
    assert scenario.world.counts[STATUSES] >= 60


def test_what_an_earlier_run_sent_is_asked_about_at_once_though_somebody_listens(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(2), render=LONG)
    scenario.run(wait=False)
    scenario.offset += 3600.0  # it ended while nobody listened
    scenario.news = Deliveries(scenario.world, arrives=lambda _render: False)
    before = scenario.offset
    scenario.run()
    assert scenario.statuses() == ["done"] * 2
    assert scenario.offset - before < 10.0


class Fickle(Deliveries):
    """Listens now and then, hears some of it, and some of it twice."""

    def __init__(self, scenario: Scenario, fates: Sequence[int]) -> None:
        self._fates = fates
        super().__init__(scenario.world, arrives=lambda render: bool(self._fate(render) % 3))

    @property
    def listening(self) -> bool:
        return bool(self._fates[int(self._world.now // 45) % len(self._fates)] % 4)

    def _fate(self, render: Render) -> int:
        return self._fates[int(render.id[-6:], 16) % len(self._fates)]

    def _new(self) -> list[str]:
        return 2 * super()._new()


@settings(max_examples=15)
@given(fates=st.lists(st.integers(0, 11), min_size=1, max_size=12))
def test_whatever_is_heard_and_whatever_is_not_every_job_is_made_once(
    tmp_path_factory: pytest.TempPathFactory, fates: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("fickle")
    run(folder / "run", mixed(), lambda one: Fickle(one, fates))


# The rules by themselves -------------------------------------------------------------------------------------------


def job_at_heygen(job_id: str = "v_1", *, alive: float | None = 0.0) -> PendingJob:
    return PendingJob(
        job=avatar_job(2, "Hello"), attempt=1, id=job_id, stage=0, collection=VIDEOS, last=True, since=0.0, alive=alive
    )


def test_the_wait_for_safety_grows_with_what_arrives_and_begins_again_after_a_miss() -> None:
    sort, reliance = ("avatar", 0), Reliance()
    assert reliance.patience(sort) is None
    reliance.listening = True
    waits = []
    for _ in range(12):
        waits.append(reliance.patience(sort) or 0.0)
        reliance.arrived(sort)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (SAFETY, LONGEST_SAFETY)
    assert reliance.patience(sort, takes=200.0) == 100.0
    assert reliance.patience(sort, takes=20.0) == SAFETY
    reliance.missed(sort)
    assert reliance.patience(sort) is None
    assert reliance.patience(("translation", 0)) == SAFETY
    reliance.arrived(sort)
    assert reliance.patience(sort) == SAFETY * 1.25


@given(times=st.lists(st.floats(0.0, 10_000.0), max_size=200))
def test_however_often_news_is_repeated_the_pauses_between_asking_double(times: list[float]) -> None:
    pending = PendingJobs()
    pending.add(job_at_heygen())
    asked: list[float] = []
    for now in sorted(times):
        pending.hear(["v_1"], now, listening=True)
        asked += [now for _ in pending.with_news(now)]
    gaps = [later - sooner for sooner, later in pairwise(asked)]
    assert all(gap >= rest(number) for number, gap in enumerate(gaps, 1))


def test_only_so_many_ids_are_remembered_the_latest_of_them() -> None:
    reliance = Reliance()
    reliance.hear(f"v_{number}" for number in range(3 * REMEMBERED))
    assert not reliance.heard_of(f"v_{2 * REMEMBERED - 1}")
    assert reliance.heard_of(f"v_{2 * REMEMBERED}")


def test_news_of_what_is_not_known_yet_is_kept_until_it_is() -> None:
    """Of the video of a session, say, whose id only the session names."""
    pending = PendingJobs()
    pending.hear(["v_1"], 10.0, listening=True)
    assert pending.with_news(10.0) == []
    pending.add(job_at_heygen("v_1"))
    assert pending.news_after(11.0) == 0.0
    assert [each.id for each in pending.with_news(11.0)] == ["v_1"]


def test_what_ended_with_news_is_fetched_at_once_and_what_ended_without_waits_for_others() -> None:
    pending = PendingJobs(every=10.0)
    for job_id in ("v_1", "v_2"):
        pending.add(replace(job_at_heygen(job_id), job=avatar_job(2, job_id)))
    with_news, without = pending.running
    pending.hear(["v_1"], 100.0, listening=True)
    for each in (with_news, without):
        pending.end(each, 100.0)
    assert (with_news.look_at, without.look_at) == (100.0, 140.0)
    pending.hear(["v_2"], 102.0, listening=True)  # a moment after HeyGen was asked
    assert without.look_at == 102.0
    pending.look_later(without, 103.0)
    later = without.look_at
    pending.hear(["v_2"], 104.0, listening=True)
    assert without.look_at == later > 104.0


def test_where_one_call_takes_a_hundred_the_others_of_the_collection_go_along() -> None:
    pending = PendingJobs()
    for job_id in ("v_1", "v_2", "v_3"):
        pending.add(replace(job_at_heygen(job_id), job=avatar_job(2, job_id)))
    pending.add(replace(job_at_heygen("vt_1"), job=avatar_job(2, "other"), collection=TRANSLATIONS))
    asked = pending.along_with([pending.running[1]])
    assert [each.id for each in asked] == ["v_2", "v_1", "v_3"]


def test_an_end_that_was_told_teaches_how_long_such_jobs_take_and_one_found_late_does_not() -> None:
    pending = PendingJobs()
    told, late = job_at_heygen("v_1"), job_at_heygen("v_2")
    for each in (told, late):
        each.job = avatar_job(2, each.id)
        pending.add(each)
    pending.hear(["v_1"], 100.0, listening=True)
    pending.end(told, 100.0)
    assert pending.pace() == pytest.approx(0.055 * 100.0)
    pending.end(late, 400.0)
    assert pending.pace() == pytest.approx(0.055 * 100.0)


def test_every_kind_that_is_waited_for_has_its_events_but_for_those_of_which_heygen_tells_none() -> None:
    without = {name for name, life in LIVES.items() if life.stages and not all(each.events for each in life.stages)}
    assert without == {"lipsync", "clone"}


def test_a_run_that_hears_nothing_of_its_end_is_not_kept_by_who_listens(tmp_path: Path) -> None:
    class Silent(Deliveries):
        async def next(self) -> Sequence[str]:
            await anyio.sleep_forever()
            raise AssertionError

    scenario = Scenario(tmp_path, avatars(2))
    scenario.news = Silent(scenario.world)
    engine: Engine = scenario.run()
    assert engine.stopped_by is None
    assert scenario.statuses() == ["done"] * 2
