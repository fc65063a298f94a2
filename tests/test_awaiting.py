"""Jobs that wait for what other jobs make: in virtual time, killed wherever that can be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from bulkgen.engine import Engine
from bulkgen.kinds import LIVES
from bulkgen.ledger.events import Event, redo
from bulkgen.ledger.history import fold
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.ledger.steps import Policy
from bulkgen.model import Job
from bulkgen.results.words import explain, explain_waiting
from tests.making import avatar_job, clone_job, speaking_with, speech_job, voice_job
from tests.scenario import Scenario
from tests.test_chaos import DAY, rule

CLONE, DESIGNED = clone_job(), voice_job()
VIDEOS = [speaking_with(CLONE, n, f"number {n}") for n in (3, 4)]
ALOUD = speaking_with(CLONE, 5, "aloud", aloud=True)
SECOND = speaking_with(DESIGNED, 6, "with the second", part=2, aloud=True)


def scenario_of(folder: Path, *jobs: Job, **settings: Any) -> Scenario:
    return Scenario(folder, list(jobs), **settings)


def sent(scenario: Scenario) -> list[str]:
    """The fingerprints of the jobs in the order of their intents."""
    return [str(event["fingerprint"]) for event in scenario.events() if event["event"] == "submitting"]


def at(scenario: Scenario, name: str, job: Job) -> int:
    """Where the event of the job stands in the resume file."""
    events = scenario.events()
    return next(n for n, each in enumerate(events) if each["event"] == name and each["fingerprint"] == job.fingerprint)


def every_once(scenario: Scenario) -> None:
    assert scenario.charges
    assert max(scenario.charges.values()) == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_a_job_goes_once_what_it_awaits_is_there_whatever_the_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    jobs = [CLONE, *VIDEOS]
    scenario = scenario_of(tmp_path, *(jobs[n] for n in order))
    scenario.run()
    assert set(scenario.statuses()) == {"done"}
    every_once(scenario)
    for video in VIDEOS:
        assert at(scenario, "finished", CLONE) < at(scenario, "submitting", video)


def test_both_lanes_and_the_second_of_several_voices(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, SECOND, ALOUD, *VIDEOS, DESIGNED, CLONE)
    scenario.run()
    assert set(scenario.statuses()) == {"done"}
    state = fold(scenario.events()).states[DESIGNED.fingerprint]
    assert len({part.id for part in state.parts}) == 3
    assert [state.made_id(n) for n in (1, 2, 3, 4)] == [*(part.id for part in state.parts), ""]
    speech = fold(scenario.events()).states[SECOND.fingerprint]
    assert speech.finished


def test_while_it_waits_others_go_and_it_holds_no_slot(tmp_path: Path) -> None:
    """One slot: the waiting videos hold none, and the voice that is being made holds none either."""
    others = [avatar_job(10 + n, f"other {n}") for n in range(3)]
    scenario = scenario_of(tmp_path, *VIDEOS, CLONE, *others, render=[30.0, 30.0], slots=1)
    scenario.run(concurrency=1)
    assert set(scenario.statuses()) == {"done"}
    assert at(scenario, "submitting", others[0]) < at(scenario, "finished", CLONE)
    assert at(scenario, "submitting", CLONE) < at(scenario, "finished", others[0])
    assert scenario.refused == 0


def test_a_clone_that_trains_holds_no_slot_in_the_next_run_either(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, CLONE, render=[300.0, 300.0])
    scenario.run(wait=False)
    scenario.jobs = [CLONE, *(avatar_job(10 + n, f"other {n}") for n in range(2))]

    held: list[int] = []

    async def look(engine: Engine) -> None:
        await anyio.sleep(20)
        held.append(engine.gate.held)

    scenario.run(concurrency=2, during=look)
    assert held == [2]
    assert set(scenario.statuses()) == {"done"}


def test_what_was_made_in_an_earlier_run_is_there_at_once(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, CLONE)
    scenario.run()
    scenario.jobs = [CLONE, *VIDEOS]
    before = scenario.world.requests
    scenario.run(send={video.fingerprint for video in VIDEOS})
    assert set(scenario.statuses()) == {"done"}
    assert scenario.world.requests > before
    scenario.jobs = [ALOUD]  # the row of the clone is not among them any more
    scenario.run()
    assert scenario.statuses() == ["done"]


@pytest.mark.parametrize(
    ("audio", "status"),
    [
        ("https://example.com/[fail:no_voice].mp3", "failed"),
        ("https://example.com/[refuse:invalid_parameter:400]", "failed"),
    ],
)
def test_where_it_comes_to_nothing_what_waits_for_it_stays_queued_and_the_run_ends(
    tmp_path: Path, audio: str, status: str
) -> None:
    clone = clone_job(audio=audio)
    waiting = [speaking_with(clone, 3), speaking_with(clone, 4, aloud=True)]
    scenario = scenario_of(tmp_path, *waiting, clone, avatar_job(9))
    engine = scenario.run()
    assert scenario.statuses() == ["queued", "queued", status, "done"]
    assert engine.run_state.deferred == {job.fingerprint for job in waiting}
    assert not any(job.fingerprint in sent(scenario) for job in waiting)


def test_a_run_that_does_not_wait_leaves_what_needs_a_voice_in_the_making(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, *VIDEOS, CLONE, SECOND, DESIGNED)
    scenario.run(wait=False)
    assert scenario.statuses() == ["queued", "queued", "rendering", "done", "done"]
    scenario.run()
    assert set(scenario.statuses()) == {"done"}
    every_once(scenario)


def test_what_is_not_sent_in_this_run_and_not_made_holds_nobody_up(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, CLONE, *VIDEOS, avatar_job(9))
    scenario.run(send={job.fingerprint for job in (*VIDEOS, scenario.jobs[-1])})
    assert scenario.statuses() == ["queued", "queued", "queued", "done"]


def test_a_row_that_is_no_part_of_the_run_and_in_the_making_is_not_waited_for(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, CLONE, render=[300.0, 300.0])
    scenario.run(wait=False)
    scenario.jobs = [ALOUD]
    scenario.run()
    assert scenario.statuses() == ["queued"]


def test_more_parts_than_were_found_are_waited_for_by_nobody(tmp_path: Path) -> None:
    fourth = speaking_with(DESIGNED, 7, "fourth", part=4, aloud=True)
    scenario = scenario_of(tmp_path, fourth, DESIGNED)
    scenario.run()
    assert scenario.statuses() == ["queued", "done"]


def test_while_it_is_made_again_the_new_one_is_waited_for(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, CLONE)
    scenario.run()
    first = fold(scenario.events()).states[CLONE.fingerprint].id
    journal = ResumeFile(scenario.path)
    journal.append(redo(CLONE.fingerprint, after=1, asked="2026-11-03T12:00:00.000Z"))
    journal.close()
    scenario.jobs = [ALOUD, CLONE]
    scenario.run()
    assert scenario.statuses() == ["done", "done"]
    assert fold(scenario.events()).states[CLONE.fingerprint].id != first
    events = scenario.events()
    again = max(n for n, each in enumerate(events) if each["event"] == "finished"
                and each["fingerprint"] == CLONE.fingerprint)  # fmt: skip
    assert again < at(scenario, "submitting", ALOUD)


def test_a_limit_of_the_account_is_told_and_is_no_endless_try(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, CLONE, *VIDEOS, clones=0)
    scenario.run()
    state = fold(scenario.events()).states[CLONE.fingerprint]
    assert (state.code, scenario.statuses()) == ("resource_limit_reached", ["failed", "queued", "queued"])


# Answers that are lost ---------------------------------------------------------------------------------------------


def clones_paid(scenario: Scenario) -> int:
    return sum(line["path"] == "/v3/voices/clone" for line in scenario.world.ledger.charges)


def test_a_lost_answer_to_a_clone_is_found_by_its_name_and_time_and_never_asked_for_again(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, CLONE, *VIDEOS, avatar_job(9), script=[rule("drop_after", "1-", "/clone")])
    scenario.run()
    assert set(scenario.statuses()) == {"done"}
    assert clones_paid(scenario) == 1


def test_a_clone_that_no_list_shows_is_unknown_and_what_waits_stays_queued(tmp_path: Path) -> None:
    script = [rule("drop_after", "1-", "/clone")]
    scenario = scenario_of(tmp_path, CLONE, *VIDEOS, avatar_job(9), script=script, list_lag=90 * DAY)
    for _ in range(3):
        scenario.run()
        scenario.offset += DAY
    assert scenario.statuses() == ["unknown", "queued", "queued", "done"]
    state = fold(scenario.events()).states[CLONE.fingerprint]
    assert "what became of that is not known" in explain_waiting(VIDEOS[0].awaits[0], state)
    assert clones_paid(scenario) == 1


def test_an_older_voice_of_the_same_name_is_not_taken_for_a_lost_clone(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, CLONE)
    scenario.run()
    other = clone_job(audio="https://example.com/other.mp3")
    scenario.offset += DAY
    scenario.jobs = [other, speaking_with(other, 3)]
    scenario.world.change(script=[rule("drop_before", "1-", "/clone")])
    scenario.path.unlink()  # nobody knows whose the older one is
    scenario.run()
    assert scenario.statuses() == ["unknown", "queued"]
    assert clones_paid(scenario) == 1


def test_a_clone_whose_request_surely_never_arrived_is_sent_again(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, CLONE, ALOUD)
    scenario.unplugged = True
    scenario.run()
    assert scenario.statuses() == ["queued", "queued"]
    scenario.unplugged = False
    scenario.run()
    assert scenario.statuses() == ["done", "done"]


def test_a_lost_answer_to_a_description_is_asked_for_again(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, DESIGNED, SECOND, script=[rule("drop_after", "1-2", "/v3/voices$")])
    scenario.run()
    assert scenario.statuses() == ["done", "done"]


def test_a_description_that_no_voice_fits_is_an_answer(tmp_path: Path) -> None:
    """It is not asked for again in this run, and what waits for it is not sent."""
    nobody = replace(DESIGNED, request=type(DESIGNED.request).model_validate({"prompt": "x", "gender": "male"}))
    scenario = scenario_of(tmp_path, nobody, speaking_with(nobody, 3, aloud=True))
    scenario.run()
    state = fold(scenario.events()).states[nobody.fingerprint]
    assert explain(state).startswith("Your cell: HeyGen refused the request (HeyGen: No voice fits the description)")
    assert scenario.statuses() == ["failed", "queued"]


def test_killed_at_any_step_nothing_is_paid_twice_and_all_comes_to_its_end(tmp_path: Path) -> None:
    """A clone whose answer was lost by that is unknown, and then what waits for it is not sent."""
    for step in range(1, 400):
        folder = tmp_path / f"{step}"
        folder.mkdir()
        scenario = scenario_of(folder, *VIDEOS, CLONE, SECOND, DESIGNED, render=[5.0, 5.0])
        scenario.run(crash_at=step)
        crashed = scenario.steps.taken >= step
        scenario.run()
        scenario.offset += DAY
        scenario.run()
        by_path: dict[str, int] = {}
        for line in scenario.world.ledger.charges:
            by_path[str(line["path"])] = by_path.get(str(line["path"]), 0) + 1
        assert by_path.get("/v3/voices/clone", 0) <= 1, step
        assert by_path.get("/v3/videos", 0) <= 2, step
        told = scenario.statuses()
        assert told[2] in ("done", "unknown"), (step, told)
        assert told[:2] == (["done"] * 2 if told[2] == "done" else ["queued"] * 2), (step, told)
        assert told[3:] == ["done", "done"], (step, told)
        if not crashed:
            return
    raise AssertionError("the run has no end")


def test_no_life_that_makes_things_for_others_holds_a_slot() -> None:
    assert not any(LIVES[kind].holds_slot for kind in ("voice", "clone", "speech"))
    assert all(LIVES[kind].holds_slot for kind in ("avatar", "template", "translation"))


def test_what_failed_before_is_tried_again_by_the_persons_wish_and_then_used(tmp_path: Path) -> None:
    clone = clone_job(audio="https://example.com/[fail:no_voice:3].mp3")
    scenario = scenario_of(tmp_path, clone, speaking_with(clone, 3))
    scenario.run()
    assert scenario.statuses() == ["failed", "queued"]
    scenario.run(policy=Policy(retry_failed=True))
    assert scenario.statuses() == ["done", "done"]


@pytest.mark.parametrize("lane", [False, True])
def test_what_fails_by_chance_is_made_again_and_what_waits_for_it_goes_in_the_same_run(
    tmp_path: Path, lane: bool
) -> None:
    clone = clone_job(audio="https://example.com/[fail:no_voice:1].mp3")
    waiting = [speaking_with(clone, 3, aloud=lane), speaking_with(clone, 4, "too", aloud=lane)]
    scenario = scenario_of(tmp_path, *waiting, clone, avatar_job(9), speech_job(10, "other"))
    engine = scenario.run()
    assert set(scenario.statuses()) == {"done"}
    assert not engine.run_state.deferred
    assert sorted(scenario.charges.values()) == [1, 1, 1, 1, 2]  # the clone, which takes no key, by its wish


def events_of(scenario: Scenario, job: Job) -> list[Event]:
    return [event for event in scenario.events() if event.get("fingerprint") == job.fingerprint]


def test_speech_that_waits_in_the_lane_of_its_voice_does_not_close_it(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, SECOND, speech_job(8, "plain"), DESIGNED, CLONE, ALOUD)
    scenario.run()
    assert set(scenario.statuses()) == {"done"}
    assert at(scenario, "submitting", scenario.jobs[1]) < at(scenario, "submitting", SECOND)
    assert len(events_of(scenario, DESIGNED)) == 2


def test_where_no_more_is_asked_for_what_waits_for_it_does_not_hold_up_the_run(tmp_path: Path) -> None:
    """After many answers in vain, of what may be charged each time, the rest is left for the next run."""
    designed = [voice_job(n, f"voice {n}") for n in range(2, 42)]
    waiting = speaking_with(designed[-1], 50)
    scenario = scenario_of(tmp_path, *designed, waiting, script=[rule("drop_after", "1-", "/v3/voices$")])
    scenario.run()
    assert set(scenario.statuses()) == {"queued"}
    assert designed[-1].fingerprint not in sent(scenario)
    scenario.world.change(script=[])
    scenario.run()
    assert set(scenario.statuses()) == {"done"}
