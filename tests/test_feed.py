"""Where the jobs of a run come from: one at a time, when there is room for one, and while the run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
import trio

from bulkgen.engine import Engine, ListFeed, RunState
from bulkgen.engine.waiting import WaitingFeed
from bulkgen.errors import Interrupted
from bulkgen.kinds import LIVES
from bulkgen.kinds.outcome import Part
from bulkgen.ledger.events import Event
from bulkgen.ledger.state import State, Wish
from bulkgen.ledger.steps import Policy, Rules
from bulkgen.model import Job
from tests.making import avatar_job, speaking_with, speech_job, voice_job
from tests.scenario import START, Scenario
from tests.test_engine import avatars, every_once

pytestmark = pytest.mark.anyio


class Nowhere:
    """A ledger that nothing is written to."""

    async def append(self, *events: Event) -> list[Event]:
        raise AssertionError("nothing is recorded here")

    async def claim(self, fingerprint: str, attempt: int) -> bool:
        raise AssertionError("nothing is claimed here")


def feed_of(jobs: Sequence[Job], states: dict[str, State], send: set[str] | None = None, **allowed: bool) -> ListFeed:
    rules = Rules(LIVES, Policy(**allowed))
    return ListFeed(jobs, RunState(recorder=Nowhere(), rules=rules, states=states, now=lambda: START), send=send)


async def all_of(feed: ListFeed, *, at_once: bool = False) -> list[Job]:
    jobs = []
    while (job := await feed.next(at_once=at_once)) is not None:
        jobs.append(job)
    assert await feed.next(at_once=at_once) is None
    return jobs


SENT = State(1, "submitting", first_sent=START)


async def test_a_list_gives_each_job_once_and_lost_answers_first() -> None:
    jobs = [*avatars(4), speech_job(9), replace(avatars(1)[0], row=30), speech_job(10, "Lost")]
    feed = feed_of(jobs, {jobs[2].fingerprint: SENT, jobs[6].fingerprint: SENT})
    assert await all_of(feed) == [jobs[2], jobs[0], jobs[1], jobs[3]]
    assert await all_of(feed, at_once=True) == [jobs[6], jobs[4]]
    assert not feed.standing


async def test_what_stands_already_is_told_at_the_beginning_and_never_sent() -> None:
    jobs = avatars(5)
    words = ("submitted", "finished", "review", "refused")
    states = {job.fingerprint: State(1, word, http=400) for job, word in zip(jobs, words, strict=False)}
    states[jobs[4].fingerprint] = replace(SENT, first_sent=START - 9e9)
    feed = feed_of(jobs, states)
    assert feed.standing == [jobs[0], jobs[1], jobs[2], jobs[4]]
    assert await all_of(feed) == []


async def test_an_unknown_job_that_may_be_paid_again_is_to_be_found_first_but_for_recordings() -> None:
    jobs = [avatar_job(2), speech_job(3)]
    feed = feed_of(jobs, {job.fingerprint: State(1, "unknown") for job in jobs}, retry_unknown=True)
    assert feed.standing == [jobs[0]]
    assert await all_of(feed, at_once=True) == [jobs[1]]


async def test_only_what_may_be_sent_is_given() -> None:
    jobs = avatars(3)
    assert await all_of(feed_of(jobs, {}, {jobs[1].fingerprint})) == [jobs[1]]


class Slow:
    """Brings its jobs at their times (seconds from the start of the run), and notes how things stood when asked."""

    def __init__(
        self, run: RunState, scenario: Scenario, timed: Sequence[tuple[float, Job]], last: float = 0.0
    ) -> None:
        self.standing: Sequence[Job] = ()
        self._run = run
        self._scenario = scenario
        self._timed = list(timed)
        self._last = last
        self.held: list[int] = []

    async def next(self, *, at_once: bool) -> Job | None:
        engine = self._scenario.engine
        assert engine is not None
        if not at_once:
            self.held.append(engine.gate.held)
        mine = [item for item in self._timed if self._run.life(item[1]).at_once is at_once]
        await anyio.sleep(max(0.0, (mine[0][0] if mine else self._last) - trio.current_time()))
        if mine:
            self._timed.remove(mine[0])
        return mine[0][1] if mine else None


def fed(folder: Path, *timed: tuple[float, Job], last: float = 0.0, **settings: object) -> tuple[Scenario, list[Slow]]:
    scenario = Scenario(folder, [job for _, job in timed], **settings)
    feeds: list[Slow] = []

    def feed(run: RunState) -> Slow:
        feeds.append(Slow(run, scenario, timed, last))
        return feeds[-1]

    scenario.feed = feed
    return scenario, feeds


def test_jobs_may_come_while_the_run_goes_on(tmp_path: Path) -> None:
    times = [0.0, 0.0, 500.0, 4000.0]
    timed = [*zip(times, avatars(4), strict=True), (700.0, speech_job(20))]
    scenario, _ = fed(tmp_path, *timed, last=9000.0)
    engine = scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}
    assert engine.stopped_by is None  # an hour in which nothing comes is no refusal of HeyGen's
    assert scenario.offset >= 9000


def test_a_job_is_asked_for_only_when_there_is_a_slot_for_it(tmp_path: Path) -> None:
    scenario, feeds = fed(tmp_path, *((0.0, job) for job in avatars(12)))
    scenario.run(concurrency=3)
    every_once(scenario)
    assert max(feeds[0].held) == 2


def test_what_a_limit_turned_away_goes_before_the_next_and_does_not_wait_for_it(tmp_path: Path) -> None:
    jobs = avatars(3)
    script = [{"method": "POST", "nth": "1", "fault": "error_before:429"}]
    scenario, _ = fed(tmp_path, (0.0, jobs[0]), (3000.0, jobs[1]), (3000.0, jobs[2]), script=script, retry_after="2")
    scenario.run()
    every_once(scenario)
    ended = {event["fingerprint"]: event["at"] for event in scenario.events() if event["event"] == "submitted"}
    order = [job.fingerprint for job in jobs]
    assert list(ended) == order
    assert scenario.refused == 1
    first, second = (event for event in scenario.world.ledger.charges[:2])
    assert second["t"] - first["t"] > 2500


def test_a_stop_does_not_wait_for_a_feed_that_brings_nothing(tmp_path: Path) -> None:
    scenario, _ = fed(tmp_path, (0.0, avatars(1)[0]), last=1e6)

    async def interrupt(engine: Engine) -> None:
        await anyio.sleep(300)
        engine.stop(Interrupted("interrupted"))

    scenario.run(during=interrupt)
    assert scenario.offset < 301
    assert scenario.statuses() == ["done"]


async def test_a_job_that_is_made_again_stands_for_the_result_that_it_has_and_is_held_back_as_others() -> None:
    jobs = avatars(4)
    good = State(1, "finished", id="v_1")
    states = {
        jobs[0].fingerprint: replace(good, redo=Wish(1)),
        jobs[1].fingerprint: State(2, "refused", http=400, good=good, redo=Wish(1)),
        jobs[2].fingerprint: replace(good, redo=Wish(1)),
        jobs[3].fingerprint: State(1, "refused", http=400),
    }
    feed = feed_of(jobs, states, {jobs[0].fingerprint})
    assert feed.standing == jobs[:3]
    assert await all_of(feed) == [jobs[0]]


async def test_a_job_is_not_held_for_what_nobody_asks_for_any_more() -> None:
    """The voice stands in the lane of what is answered at once; once that lane is over it does not come in this run."""
    voice = voice_job()
    video = speaking_with(voice)
    run = RunState(recorder=Nowhere(), rules=Rules(LIVES), now=lambda: START)
    released: list[bool] = []
    feed = WaitingFeed(ListFeed([voice, video], run), run=run, waits=True)
    feed.on_more = released.append
    with anyio.move_on_after(0.05) as patience:
        await feed.next(at_once=False)
    assert patience.cancelled_caught
    feed.over(True)
    assert await feed.next(at_once=False) is None
    assert run.deferred == {video.fingerprint}
    assert not released


async def test_a_job_is_not_held_for_what_came_back_to_a_lane_that_is_over() -> None:
    voice = voice_job()
    video = speaking_with(voice)
    run = RunState(recorder=Nowhere(), rules=Rules(LIVES), now=lambda: START)
    feed = WaitingFeed(ListFeed([voice, video], run), run=run, waits=True)
    assert await feed.next(at_once=True) == voice
    feed.over(True)
    with anyio.fail_after(1):
        assert await feed.next(at_once=False) is None
    assert run.deferred == {video.fingerprint}


async def test_a_job_whose_asking_was_given_up_is_not_lost() -> None:
    voice = voice_job()
    video, other = speaking_with(voice), avatar_job(9)
    run = RunState(recorder=Nowhere(), rules=Rules(LIVES), now=lambda: START)
    feed = WaitingFeed(ListFeed([video, voice, other], run), run=run, waits=True)
    assert await feed.next(at_once=False) == other
    assert await feed.next(at_once=True) == voice
    with anyio.move_on_after(0.05):
        await feed.next(at_once=False)
    made = State(1, "finished", id="v_1", parts=(Part(id="v_1"),))
    run.show(voice, made)
    assert await feed.next(at_once=False) == video
    assert run.made_for(video) == {video.awaits[0]: "v_1"}
