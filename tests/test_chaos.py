"""What HeyGen, its storage host and the clocks may do to a run: in virtual time, over the real client and journal.

The stand-in's ledger is the judge. What may happen to the process and its disk is in `test_crash`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio

from bulkgen.engine import Engine
from bulkgen.errors import Exit, Forbidden, Lost, OutOfCredit, TimeIsUp
from bulkgen.files.download import Downloads
from bulkgen.ledger.history import fold
from bulkgen.ledger.state import State
from bulkgen.ledger.steps import Policy
from bulkgen.model import Job
from bulkgen.retry import RetryBudget
from tests.making import (
    avatar_job,
    cinematic_job,
    clipping_job,
    hyperframes_job,
    image_job,
    lipsync_job,
    speech_job,
    studio_job,
    translation_job,
)
from tests.scenario import Scenario
from tests.test_engine import LANGUAGES, avatars, every_once, mixed

HOUR = 3600.0
DAY = 24 * HOUR
VIDEOS, SPEECH = "/v3/videos$", "/v3/voices/speech$"


def translations() -> list[Job]:
    return [translation_job(row, language) for row, language in enumerate(LANGUAGES, 2)]


def recordings(count: int) -> list[Job]:
    return [speech_job(row, f"Text {row}") for row in range(2, count + 2)]


def rule(fault: str, nth: str = "1-", path: str = VIDEOS, **more: str) -> dict[str, Any]:
    return {"path": path, "fault": fault, "nth": nth, **more}


def states(scenario: Scenario) -> dict[str, State]:
    return dict(fold(scenario.events()).states)


def minutes(scenario: Scenario, **settings: Any) -> float:
    """A run, and how long it took."""
    before = scenario.offset
    scenario.run(**settings)
    return (scenario.offset - before) / 60


def crash_before_the_answer_is_recorded(scenario: Scenario) -> None:
    """A run of one job, killed when HeyGen has the POST."""
    scenario.run(crash_at=4)  # before and after the record, before and after the POST
    assert [event["event"] for event in scenario.events()] == ["opened", "submitting"]
    assert len(scenario.charges) == 1


def crash_before_the_post(scenario: Scenario) -> None:
    scenario.run(crash_at=3)
    assert [event["event"] for event in scenario.events()] == ["opened", "submitting"]
    assert not scenario.charges


# Lost answers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    ["drop_before", "drop_after", "reset_before", "reset_after", "hang_before", "hang_after", "cut_after:0.5",
     "error_before:500", "error_after:500", "error_after:503", "error_after:504", "page_before:403", "page_before:404",
     "page_after:502", "garbage_after", "truncated_after", "empty_after", "no_id_after", "null_data_after",
     "error_in_200_after:internal_error", "error_in_200_after:a_code_of_tomorrow", "error_after:409:a_new_word",
     "redirect_before", "longer_after", "shorter_after", "late:200", "slow:140", "in_progress:3",
     "error_before:409:resource_not_ready"],
)  # fmt: skip
def test_the_first_two_answers_of_every_key_are_lost_and_each_job_is_made_once(tmp_path: Path, fault: str) -> None:
    jobs = [*avatars(6), *translations(), image_job(), lipsync_job(), cinematic_job(), hyperframes_job(), studio_job()]
    script = [rule(fault, "1-2", "/v3/(video|lipsync|hyperframe)", per="key")]
    scenario = Scenario(tmp_path, jobs, script=script)
    engine = scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}
    assert not engine.run_state.deferred


@pytest.mark.parametrize(
    "fault",
    ["drop_before", "drop_after", "hang_after", "error_before:500", "error_after:500", "error_after:503",
     "page_after:502", "garbage_after", "no_id_after", "late:200", "slow:140"],
)  # fmt: skip
def test_without_a_key_a_lost_answer_is_looked_for_and_nothing_is_sent_again(tmp_path: Path, fault: str) -> None:
    scenario = Scenario(tmp_path, [clipping_job()], script=[rule(fault, "1", "/v3/ai-clipping")])
    for _ in range(3):
        scenario.run()
        scenario.offset += HOUR
    asked_before = "_before" in fault
    assert list(scenario.charges.values()) == ([] if asked_before else [1])
    assert scenario.statuses() == ["unknown" if asked_before else "done"]


def test_an_answer_that_never_comes_is_left_for_the_next_run_and_is_no_failure(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(4), script=[rule("drop_after", body="number 3")])
    engine = scenario.run()
    assert sorted(scenario.statuses()) == ["done", "done", "done", "queued"]
    assert engine.run_state.deferred == {scenario.jobs[1].fingerprint}
    scenario.world.change(script=[])
    scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


def test_a_replay_that_tells_the_state_of_long_ago_is_only_taken_for_its_id(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(1))
    crash_before_the_answer_is_recorded(scenario)
    scenario.offset += 2 * HOUR  # it has long been finished, and the replay says that it waits
    scenario.run()
    every_once(scenario)
    assert scenario.statuses() == ["done"]


@pytest.mark.parametrize(
    "job",
    [
        avatar_job(),
        translation_job(),
        image_job(),
        lipsync_job(),
        cinematic_job(),
        hyperframes_job(),
        studio_job(),
        clipping_job(),
    ],
    ids=lambda job: str(job.kind),
)
def test_older_than_23_hours_it_is_found_in_the_account_and_adopted(tmp_path: Path, job: Job) -> None:
    scenario = Scenario(tmp_path, [job])
    crash_before_the_answer_is_recorded(scenario)
    scenario.offset += 25 * HOUR
    scenario.run()
    every_once(scenario)
    assert [event["event"] for event in scenario.events()] == ["opened", "submitting", "adopted", "finished"]


def test_a_lost_answer_is_found_by_the_title_it_was_sent_with_though_its_row_has_moved(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [avatar_job(2)])
    crash_before_the_answer_is_recorded(scenario)
    scenario.jobs = [avatar_job(17)]
    scenario.offset += HOUR
    scenario.run(crash_at=4)  # asked again, and the replay lost too: with the title of the new row
    scenario.offset += DAY
    scenario.run()
    every_once(scenario)
    assert scenario.statuses() == ["done"]


def test_older_than_23_hours_and_not_in_the_account_it_is_unknown_and_never_sent_by_itself(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(1))
    crash_before_the_post(scenario)
    scenario.offset += DAY
    for _ in range(2):
        scenario.run()
        assert scenario.statuses() == ["unknown"]
        assert not scenario.charges
    scenario.run(policy=Policy(retry_unknown=True))
    every_once(scenario)
    assert scenario.statuses() == ["done"]
    assert states(scenario)[scenario.jobs[0].fingerprint].attempt == 2


def test_what_the_account_shows_later_is_adopted_by_retry_unknown_and_not_paid_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(1), list_lag=2 * DAY)
    crash_before_the_answer_is_recorded(scenario)
    scenario.offset += DAY
    scenario.run()
    assert scenario.statuses() == ["unknown"]
    scenario.offset += 2 * DAY
    scenario.run(policy=Policy(retry_unknown=True))
    every_once(scenario)
    assert scenario.statuses() == ["done"]


def test_two_jobs_that_could_be_ours_are_no_proof(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(1))
    crash_before_the_answer_is_recorded(scenario)
    scenario.world.plant(title=scenario.jobs[0].body["title"])
    scenario.offset += DAY
    scenario.run()
    assert scenario.statuses() == ["unknown"]
    assert len(scenario.charges) == 1


def test_one_job_is_never_adopted_for_two_rows_nor_one_that_belongs_to_a_row_already(tmp_path: Path) -> None:
    twins = [replace(job, title="Spring offer") for job in (avatar_job(2, "One"), avatar_job(3, "Two"))]
    scenario = Scenario(tmp_path, twins)
    scenario.run(crash_at=9)
    assert len(scenario.charges) >= 1
    scenario.offset += DAY
    scenario.run()
    ids = [state.id for state in states(scenario).values() if state.id]
    assert len(ids) == len(set(ids))
    assert max(scenario.charges.values()) == 1


def test_an_attempt_that_failed_is_not_adopted_for_the_next_one(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [avatar_job(2, "bad [fail:rendering_failed:1]")], render=[5.0, 5.0])
    scenario.run(policy=Policy(max_attempts=1))
    scenario.run(crash_at=3)  # the second attempt, killed before its POST
    scenario.offset += DAY
    scenario.run()
    assert scenario.statuses() == ["unknown"]


@pytest.mark.parametrize("back", [-600.0, -HOUR, -10 * DAY])
def test_a_clock_that_runs_backwards_counts_as_old(tmp_path: Path, back: float) -> None:
    scenario = Scenario(tmp_path, avatars(1))
    crash_before_the_answer_is_recorded(scenario)
    scenario.skew = back
    scenario.offset += 60
    scenario.run()
    every_once(scenario)
    assert "adopted" in [event["event"] for event in scenario.events()]


def test_a_clock_set_back_after_other_records_counts_as_old_too(tmp_path: Path) -> None:
    """The lost answer's own record is older than the clock says now; that of another job is younger."""
    scenario = Scenario(tmp_path, avatars(1))
    crash_before_the_answer_is_recorded(scenario)
    lost, scenario.jobs = scenario.jobs, [avatar_job(9, "Another")]
    scenario.offset += 20 * HOUR
    scenario.run()
    scenario.jobs = [*lost, *scenario.jobs]
    scenario.offset += 5 * HOUR  # 25 hours have passed
    scenario.skew = -10 * HOUR  # the clock says 15
    scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


def test_a_clock_set_back_between_two_runs_is_seen_in_the_file(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(1))
    crash_before_the_answer_is_recorded(scenario)
    lost = scenario.jobs
    for skew, row in ((0.0, 8), (-12 * HOUR, 9)):
        scenario.offset += 10 * HOUR
        scenario.skew, scenario.jobs = skew, [avatar_job(row, f"Another {row}")]
        scenario.run()
    scenario.jobs = lost
    scenario.offset += 10 * HOUR  # 30 hours have passed, the clock says 18 and has never been ahead of itself since
    scenario.run()
    assert sorted(scenario.charges.values()) == [1, 1, 1]
    assert scenario.statuses() == ["done"]


@pytest.mark.parametrize(
    ("then", "now"), [(0.0, -20 * HOUR), (25 * HOUR, 0.0), (-30 * HOUR, -50 * HOUR), (400 * HOUR, 380 * HOUR)]
)
def test_a_wrong_clock_that_no_record_betrays_is_set_right_by_heygens_own(
    tmp_path: Path, then: float, now: float
) -> None:
    scenario = Scenario(tmp_path, avatars(1))
    scenario.dated = True
    scenario.skew = then
    crash_before_the_answer_is_recorded(scenario)
    scenario.skew = now
    scenario.offset += 30 * HOUR
    scenario.run()
    every_once(scenario)
    assert "adopted" in [event["event"] for event in scenario.events()]


def test_a_computer_that_slept_between_two_tries_does_not_send_a_dead_key(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(1), script=[rule("drop_after", "1")])

    async def sleep(_engine: Engine) -> None:
        await anyio.sleep(0.5)  # the pause before the second try is longer
        assert scenario.charges
        scenario.offset += 30 * HOUR

    scenario.run(during=sleep)
    every_once(scenario)
    assert scenario.statuses() == ["done"]


def test_lost_answers_are_asked_for_before_new_jobs_keep_them_waiting_past_their_keys_life(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [avatar_job(99, "The last row")], render=[HOUR, HOUR])
    crash_before_the_answer_is_recorded(scenario)
    scenario.jobs = [*avatars(30), *scenario.jobs]
    scenario.offset += 22 * HOUR
    scenario.run(concurrency=4)
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


@pytest.mark.parametrize("fault", ["error_before:401", "error_before:402", "error_before:403"])
def test_an_account_that_is_shut_out_says_nothing_of_an_earlier_post(tmp_path: Path, fault: str) -> None:
    scenario = Scenario(tmp_path, avatars(1))
    crash_before_the_answer_is_recorded(scenario)
    scenario.world.change(script=[rule(fault)])
    scenario.run()
    assert scenario.statuses() == ["queued"]
    scenario.world.change(script=[])
    scenario.run()
    every_once(scenario)
    assert scenario.statuses() == ["done"]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "no_id_after", "error_after:500", "garbage_after"])
def test_a_lost_recording_is_asked_for_again_and_the_repeats_are_counted(tmp_path: Path, fault: str) -> None:
    scenario = Scenario(tmp_path, recordings(5), script=[rule(fault, "1-3", SPEECH)])
    scenario.run()
    repeats = sum(state.repeats for state in states(scenario).values())
    assert repeats == 3
    charged = sum(scenario.charges.values())
    assert charged == 5 + (0 if fault.endswith("_before") else 3)
    assert set(scenario.statuses()) == {"done"}


def test_a_recording_that_was_only_turned_away_is_no_repeat(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, recordings(5), script=[rule("busy", "1-3", SPEECH)])
    scenario.run()
    assert sum(state.repeats for state in states(scenario).values()) == 0
    every_once(scenario)


def test_a_heygen_that_answers_nothing_ends_the_run_in_minutes_with_exit_4(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(200), faults={"post": {"drop_before": 1.0}})
    assert minutes(scenario) < 5
    assert scenario.engine is not None
    assert isinstance(scenario.engine.stopped_by, Lost)
    assert scenario.engine.stopped_by.exit_code is Exit.NOT_FINISHED
    assert set(scenario.statuses()) == {"queued"}
    assert len(scenario.world.ledger.of("fault")) < 60
    scenario.world.change(faults={})
    scenario.run()
    every_once(scenario)


def test_a_heygen_that_hangs_ends_the_run_in_minutes_too(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(200), faults={"post": {"hang_before": 1.0}, "get": {"hang_before": 1.0}})
    assert minutes(scenario) < 25
    assert scenario.engine is not None
    assert isinstance(scenario.engine.stopped_by, Lost)


def test_a_heygen_that_dies_with_jobs_in_progress_ends_the_run_and_the_next_collects(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(8))

    async def die(_engine: Engine) -> None:
        await anyio.sleep(30)
        scenario.world.change(faults={"get": {"drop_before": 1.0}, "post": {"drop_before": 1.0}})

    assert minutes(scenario, during=die) < 20
    assert scenario.engine is not None
    assert scenario.engine.stopped_by is not None
    assert scenario.engine.stopped_by.exit_code is Exit.NOT_FINISHED
    assert scenario.statuses() == ["rendering"] * 8
    scenario.world.change(faults={})
    scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


def test_the_retry_budget_ends_retrying_for_all_and_comes_back_with_success() -> None:
    budget = RetryBudget()
    assert [budget.failed(now) for now in range(0, 50 * 5, 5)] == [True] * 49 + [False]
    for _ in range(11):
        budget.succeeded()
    assert budget.allows


# Limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["0", "1", "5", "none", "past", "date+30", "86400", "soon", "-5", "1e9", "5, 6"])
def test_a_limit_below_the_slots_costs_about_one_refusal_per_freed_slot_whatever_retry_after_says(
    tmp_path: Path, form: str
) -> None:
    scenario = Scenario(tmp_path, avatars(60), slots=3, retry_after=form)
    assert minutes(scenario) < 60 * 135 / 3 / 60 * 1.25
    every_once(scenario)
    assert scenario.refused <= 60


def test_fifty_asked_of_ten_settle_at_ten(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(200), render=[60.0, 240.0])
    scenario.run(concurrency=50)
    every_once(scenario)
    assert scenario.refused <= 0.35 * 200


def test_another_user_of_the_account_takes_slots_and_leaves_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(60), render=[60.0, 60.0], other_user=6)

    async def leave(_engine: Engine) -> None:
        await anyio.sleep(300)
        scenario.world.change(other_user=0)

    # Alone it takes 6 minutes, with four slots 15: five minutes with four, then the rest with ten.
    assert minutes(scenario, during=leave) < 5 + (60 - 20) / 10 + 1.5
    every_once(scenario)


def test_with_nothing_of_our_own_in_progress_a_full_account_is_waited_for(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(5), other_user=10)

    async def leave(_engine: Engine) -> None:
        await anyio.sleep(400)
        scenario.world.change(other_user=0)

    scenario.run(during=leave)
    every_once(scenario)
    assert scenario.refused < 15


def test_an_account_that_stays_full_ends_the_run_and_nothing_is_in_doubt_a_week_later(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [*avatars(5), *recordings(2)], other_user=10, script=[rule("busy", path=SPEECH)])
    assert minutes(scenario) < 20
    assert scenario.engine is not None
    assert isinstance(scenario.engine.stopped_by, Lost)
    assert set(scenario.statuses()) == {"queued"}
    scenario.world.change(other_user=0, script=[])
    scenario.offset += 7 * DAY
    scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


def test_without_waiting_a_full_account_ends_the_run_at_once(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(5), other_user=10)
    assert minutes(scenario, wait=False) < 1
    assert scenario.statuses() == ["queued"] * 5


def test_without_waiting_recordings_are_not_waited_for_for_ever(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, recordings(3), script=[rule("busy", path=SPEECH)])
    assert minutes(scenario, wait=False) < 20
    assert scenario.statuses() == ["queued"] * 3


@pytest.mark.parametrize("limits", [{"rate_per_minute": 12}, {"reads_per_minute": 6}])
def test_a_limit_of_requests_a_minute_slows_a_run_and_stops_nothing(tmp_path: Path, limits: dict[str, int]) -> None:
    scenario = Scenario(tmp_path, mixed(), **limits)
    engine = scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}
    assert engine.stopped_by is None


# Money ------------------------------------------------------------------------------------------------------------


def test_a_used_up_quota_stops_sending_and_collects_what_is_in_progress(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, mixed(), quota=6)
    engine = scenario.run(concurrency=2)
    assert isinstance(engine.stopped_by, OutOfCredit)
    assert Counter(scenario.statuses()) == {"done": 6, "queued": 5}
    scenario.world.change(quota=None)
    scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


def test_a_key_without_a_permission_stops_sending_and_collects_what_is_in_progress(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(6), script=[rule("error_before:403", "4-")])
    engine = scenario.run(concurrency=3)
    assert isinstance(engine.stopped_by, Forbidden)
    assert engine.stopped_by.exit_code is Exit.KEY
    assert Counter(scenario.statuses()) == {"done": 3, "queued": 3}


# Failed and refused -----------------------------------------------------------------------------------------------


def test_a_refusal_for_now_is_told_and_tried_again_by_the_next_run(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(1), script=[rule("error_before:409:resource_not_ready")])
    scenario.run()
    assert scenario.statuses() == ["failed"]
    scenario.world.change(script=[])
    scenario.run()
    every_once(scenario)
    assert scenario.statuses() == ["done"]


# Stuck is not failed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "oddness",
    [{"status_word": "reticulating"}, {"not_found_looks": 3}, {"link_null_looks": 4}, {"link_null_seconds": 45.0},
     {"script": [rule("error_before:403", method="GET", path="statuses")]},
     {"script": [rule("error_before:400", method="GET", path="statuses")]},
     {"script": [rule("page_before:404", method="GET", path="statuses")]},
     {"script": [rule("page_before:405", method="GET", path="statuses")]},
     {"script": [rule("error_before:403", method="GET", path="/v3/videos$")]},
     {"script": [rule("garbage_before", method="GET", path="/v3/videos$")]},
     {"faults": {"get": {"drop_before": 0.2, "error_before:500": 0.2, "garbage_after": 0.2, "truncated_after": 0.1}}}],
    ids=str,
)  # fmt: skip
def test_odd_answers_to_our_questions_delay_a_result_and_lose_none(tmp_path: Path, oddness: dict[str, Any]) -> None:
    scenario = Scenario(tmp_path, [*avatars(12), *translations()], **oddness)
    engine = scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}
    assert all(engine.run_state.details[job.fingerprint].links.video for job in scenario.jobs)
    assert scenario.world.requests < 40 * len(scenario.jobs)


def test_a_job_that_never_gets_its_link_is_taken_as_it_is_in_the_end(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(2), link_null_looks=-1)
    assert 10 < minutes(scenario) < 20
    assert scenario.statuses() == ["done", "done"]
    assert scenario.world.requests < 60


def test_an_id_that_heygen_does_not_know_gets_a_grace_period_and_is_then_unknown_for_good(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(2), not_found_looks=-1)
    assert 1 <= minutes(scenario) < 4
    assert scenario.statuses() == ["unknown", "unknown"]
    scenario.run()
    assert len(scenario.charges) == 2


def test_an_id_that_is_back_is_not_paid_again_by_retry_unknown(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(2), not_found_looks=-1)
    scenario.run()
    scenario.world.change(not_found_looks=0)
    scenario.run(policy=Policy(retry_unknown=True))
    every_once(scenario)
    assert scenario.statuses() == ["done", "done"]


def test_a_stop_at_a_time_limit_leaves_jobs_rendering_and_the_next_run_collects_them(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(4), never_ends=True)

    async def limit(engine: Engine) -> None:
        await anyio.sleep(2 * HOUR)
        engine.stop(TimeIsUp("time is up"))

    engine = scenario.run(during=limit)
    assert engine.stopped_by is not None
    assert engine.stopped_by.exit_code is Exit.NOT_FINISHED
    assert scenario.statuses() == ["rendering"] * 4
    scenario.world.change(never_ends=False)
    scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


def test_renders_of_half_an_hour_are_no_silence_of_heygen(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(6), render=[30 * 60.0, 40 * 60.0])
    engine = scenario.run(concurrency=2)
    assert engine.stopped_by is None
    assert set(scenario.statuses()) == {"done"}


def test_a_slow_pace_of_the_persons_own_is_no_silence_of_heygen_either(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(6))
    engine = scenario.run(poll_every=20 * 60.0)
    assert engine.stopped_by is None
    assert set(scenario.statuses()) == {"done"}


def test_jobs_that_ended_long_before_they_are_collected_do_not_set_the_pace(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(20), render=[60.0, 60.0])
    scenario.run(wait=False)
    scenario.offset += 20 * HOUR
    assert minutes(scenario) < 2
    every_once(scenario)


def test_short_jobs_after_long_ones_do_not_wait_as_long_as_those(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(4), render=[3000.0, 3000.0])

    async def shorten(_engine: Engine) -> None:
        await anyio.sleep(100)
        scenario.world.change(render=[60.0, 60.0])

    assert minutes(scenario, during=shorten, concurrency=2) < 3000 / 60 + 2 * 2.5
    every_once(scenario)


def test_a_detail_that_can_not_be_had_keeps_no_slot(tmp_path: Path) -> None:
    """A slot is free when HeyGen says that a job has ended, not when its links are there."""
    scenario = Scenario(tmp_path, avatars(10), render=[60.0, 60.0])

    async def fail(_engine: Engine) -> None:
        faulty = [rule("error_before:500", method="GET", path=path) for path in (VIDEOS, "/v3/videos/v_")]
        scenario.world.change(script=faulty)
        await anyio.sleep(6 * 60)
        assert len(scenario.charges) == 10
        scenario.world.change(script=[])

    scenario.run(during=fail, concurrency=2)
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


# Recordings on their way to the disk ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    ["drop_before", "cut_after:0.5", "longer_after", "reset_after", "error_before:500", "garbage_before",
     "page_before:200", "redirect_before", "empty_after"],
)  # fmt: skip
def test_a_download_that_breaks_is_tried_again_and_its_file_is_whole(tmp_path: Path, fault: str) -> None:
    script = [{"method": "GET", "path": "^/media/", "fault": fault, "nth": "1-2"}]
    if fault == "garbage_before":  # rubbish of any length is a file like another to whoever fetches it
        script = [{"method": "GET", "path": "^/media/", "fault": "truncated_before", "nth": "1"}]
    scenario = Scenario(tmp_path, recordings(2), script=script)
    scenario.downloads = Downloads
    scenario.run()
    assert scenario.statuses() == ["done", "done"]
    files = sorted((tmp_path / "leads.files").iterdir())
    saved = [event for event in scenario.events() if event["event"] in ("saved", "saved_also")]
    assert [(path.name, path.stat().st_size) for path in files] == sorted(
        (Path(str(event["file"])).name, event["bytes"]) for event in saved
    )
    assert {path.suffix for path in files} == {".json", ".mp3", ".srt"}
    assert not scenario.world.ledger.leaks
    every_once(scenario)


def test_a_recording_whose_link_is_dead_is_unknown_and_not_paid_again_by_itself(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path, recordings(1), script=[{"method": "GET", "path": "^/media/", "fault": "error_before:403"}]
    )
    scenario.downloads = Downloads
    for _ in range(2):
        scenario.run()
        assert scenario.statuses() == ["unknown"]
    every_once(scenario)
    scenario.world.change(script=[])
    scenario.run(policy=Policy(retry_unknown=True))
    assert scenario.statuses() == ["done"]
    assert sum(scenario.charges.values()) == 2


def test_a_recording_that_can_not_be_fetched_now_is_fetched_by_the_next_run(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, recordings(1), faults={"media": {"drop_before": 1.0}})
    scenario.downloads = Downloads
    scenario.run()
    assert scenario.statuses() == ["rendering"]
    scenario.world.change(faults={})
    scenario.run()
    every_once(scenario)
    assert scenario.statuses() == ["done"]


def test_a_stop_does_not_wait_for_downloads(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, recordings(3), faults={"media": {"hang_before": 1.0}})
    scenario.downloads = Downloads

    async def stop(engine: Engine) -> None:
        await anyio.sleep(5)
        engine.stop(TimeIsUp("time is up"))
        stopped.append(trio.current_time())

    stopped: list[float] = []
    before = scenario.offset
    scenario.run(during=stop)
    assert scenario.offset - before - stopped[0] < 5
    assert scenario.statuses() == ["rendering"] * 3
    assert {path.suffix for path in tmp_path.glob("leads.files/*")} == {".json", ".srt"}, "what the answer itself said"


def test_a_job_with_the_persons_own_callback_id_is_found_by_its_title(tmp_path: Path) -> None:
    job = translation_job()
    job = replace(job, request=job.request.model_copy(update={"callback_id": "crm-7"}))
    scenario = Scenario(tmp_path, [job], script=[rule("drop_after", path="/v3/video-translations$")])
    scenario.run()
    scenario.world.change(script=[])
    scenario.offset += 25 * 3600
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert len(scenario.world.ledger.charges) == 1
