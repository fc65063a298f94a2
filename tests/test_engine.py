"""The engine in virtual time: every job once, whatever happens between two steps."""

from __future__ import annotations

from pathlib import Path

import anyio

from bulkgen.engine import Engine
from bulkgen.errors import Exit, Interrupted, OutOfCredit, Unauthorized
from bulkgen.ledger.history import fold
from bulkgen.ledger.steps import Policy
from bulkgen.model import Job
from tests.making import avatar_job, speech_job, translation_job
from tests.scenario import Scenario

LANGUAGES = ("French", "German", "Japanese", "Italian", "Polish")


def avatars(count: int) -> list[Job]:
    return [avatar_job(row, f"Hello number {row}") for row in range(2, count + 2)]


def mixed() -> list[Job]:
    return [
        *avatars(4),
        *(translation_job(row, language) for row, language in enumerate(LANGUAGES[:3], 10)),
        *(speech_job(row, f"Text {row}") for row in range(20, 24)),
    ]


def every_once(scenario: Scenario) -> None:
    assert sorted(scenario.charges.values()) == [1] * len(scenario.jobs)
    assert not scenario.world.ledger.leaks


def test_three_hundred_jobs_at_ten_slots_are_each_made_once(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(300))
    scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}
    assert scenario.refused == 0


def test_all_kinds_go_side_by_side_and_their_links_are_known(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, mixed())
    engine = scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}
    assert all(engine.run_state.details[job.fingerprint].links.video for job in scenario.jobs if job.kind != "speech")
    assert len(scenario.files.fetched) == 4


def test_a_second_run_posts_nothing(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, mixed())
    scenario.run()
    size = scenario.path.stat().st_size
    scenario.run()
    every_once(scenario)
    assert scenario.path.stat().st_size == size


def test_a_run_killed_at_any_step_and_run_again_makes_each_job_once(tmp_path: Path) -> None:
    """Before and after every record, and before and after HeyGen has every POST."""
    steps = 0
    crashed = True
    while crashed:
        steps += 1
        folder = tmp_path / str(steps)
        folder.mkdir()
        jobs = [*avatars(3), translation_job(9), speech_job(20)]
        scenario = Scenario(folder, jobs, render=[1.0, 3.0])
        scenario.run(crash_at=steps)
        crashed = scenario.steps.taken >= steps
        scenario.run()
        keyed = {key: count for key, count in scenario.charges.items() if key.startswith("bulkgen:")}
        assert sorted(keyed.values()) == [1] * 4, steps
        spoken = sum(scenario.charges.values()) - 4
        assert 1 <= spoken <= 1 + sum(state.repeats for state in fold(scenario.events()).states.values()), steps
        assert set(scenario.statuses()) == {"done"}, steps
    assert steps > 20


def test_every_key_that_was_charged_stood_in_the_resume_file_before(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(12))
    scenario.run(crash_at=17)
    recorded = {event.get("key") for event in scenario.events()}
    assert scenario.world.ledger.per("key").keys() <= recorded


def test_lost_answers_are_asked_for_again_with_the_same_key(tmp_path: Path) -> None:
    faults = {"post": {"drop_after": 0.2, "drop_before": 0.1, "error_after:500": 0.1, "truncated_after": 0.1}}
    scenario = Scenario(tmp_path, avatars(40), faults=faults)
    for _ in range(4):
        scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


def test_a_refused_row_is_told_and_left_alone_while_the_others_go_on(tmp_path: Path) -> None:
    jobs = [*avatars(3), avatar_job(9, "bad [refuse:content_policy_violation:400]")]
    scenario = Scenario(tmp_path, jobs)
    scenario.run()
    scenario.run()
    assert scenario.statuses() == ["done", "done", "done", "failed"]
    assert len(scenario.world.ledger.of("refusal")) == 1


def test_a_failed_render_is_made_again_up_to_the_attempts_allowed_and_no_more_by_later_runs(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [avatar_job(2, "bad [fail:rendering_failed]")])
    for attempts, expected in ((1, 1), (2, 2), (3, 3), (3, 3)):
        scenario.run(policy=Policy(max_attempts=attempts))
        assert len(scenario.charges) == expected
    scenario.run(policy=Policy(retry_failed=True))
    assert len(scenario.charges) == 4


def test_a_failure_for_a_cause_in_the_row_stays(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, [avatar_job(2, "bad [fail:content_policy_violation]")])
    scenario.run()
    scenario.run()
    assert len(scenario.charges) == 1
    assert fold(scenario.events()).states[scenario.jobs[0].fingerprint].code == "content_policy_violation"


def test_without_money_nothing_more_is_sent_and_what_is_in_progress_is_collected(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(10), balance=4.0, price=1.0)
    engine = scenario.run(concurrency=3)
    assert isinstance(engine.stopped_by, OutOfCredit)
    assert engine.stopped_by.exit_code is Exit.OUT_OF_CREDIT
    assert sorted(scenario.statuses()) == ["done"] * 4 + ["queued"] * 6
    scenario.world.change(balance=100.0)
    scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


def test_a_key_refused_in_the_middle_stops_the_run_and_the_next_goes_on(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(6), script=[{"method": "POST|GET", "nth": "4-", "fault": "error_before:401"}])
    engine = scenario.run(concurrency=2)
    assert isinstance(engine.stopped_by, Unauthorized)
    scenario.world.change(script=[])
    scenario.run()
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


def test_a_stop_sends_nothing_more_and_loses_nothing(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(30), post_seconds=[2.0, 4.0])

    async def interrupt(engine: Engine) -> None:
        await anyio.sleep(9)
        engine.stop(Interrupted("interrupted"))

    engine = scenario.run(during=interrupt)
    sent = len(scenario.charges)
    assert 0 < sent < 30
    assert engine.stopped_by is not None
    assert engine.stopped_by.exit_code is Exit.INTERRUPTED
    assert scenario.statuses().count("rendering") == sent
    scenario.run()
    every_once(scenario)


def test_without_waiting_only_what_fits_is_sent_and_a_later_run_collects(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(12), render=[30.0, 30.0])
    scenario.run(wait=False)
    assert scenario.statuses().count("rendering") == 10
    scenario.offset += 60
    scenario.run(wait=False)
    assert sorted(scenario.statuses()) == ["done"] * 10 + ["rendering"] * 2
    scenario.offset += 60
    scenario.run(wait=False)
    every_once(scenario)
    assert set(scenario.statuses()) == {"done"}


def test_jobs_resumed_from_the_file_hold_slots(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(14), render=[40.0, 40.0])
    scenario.run(wait=False)
    scenario.run()
    assert scenario.refused == 0
    every_once(scenario)


def test_only_the_jobs_that_may_be_sent_are_sent(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, avatars(5))
    scenario.run(send={job.fingerprint for job in scenario.jobs[:2]})
    assert scenario.statuses() == ["done", "done", "queued", "queued", "queued"]


def test_a_job_that_was_turned_away_is_asked_for_again_before_its_next_post(tmp_path: Path) -> None:
    """A computer that slept meanwhile may have lost the right to send it."""
    scenario = Scenario(tmp_path, avatars(1), script=[{"fault": "busy:2", "method": "POST", "nth": 1}])

    async def take_over(_engine: Engine) -> None:
        await anyio.sleep(1)
        scenario.taken.add((scenario.jobs[0].fingerprint, 1))

    engine = scenario.run(during=take_over)
    assert scenario.refused == 1
    assert not scenario.charges
    assert engine.run_state.deferred == {scenario.jobs[0].fingerprint}
