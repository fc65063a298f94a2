"""A stop that saves money: what shares a cause with jobs that came to nothing waits, and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from bulkgen.engine.gate import AT_ONCE_WIDTH
from bulkgen.kinds.avatar import AvatarRequest
from bulkgen.ledger.steps import Policy
from bulkgen.ledger.suspects import IN_A_ROW
from bulkgen.model import Job
from tests.making import avatar_job, clone_job, speaking_with, speech_job
from tests.scenario import Scenario

BAD, GOOD = "look_bob", "look_ann"


def with_look(row: int, look: str, mark: str = "", voice: str = "voice_ann") -> Job:
    """A video with that look; a mark in its script makes it come to nothing."""
    script = f"Row {row} {mark}"
    fields = {"type": "avatar", "avatar_id": look, "script": script, "voice_id": voice}
    return replace(avatar_job(row, f"{look} {script}"), request=AvatarRequest.model_validate(fields))


def sheet(rows: Iterable[int], look: str, mark: str = "") -> list[Job]:
    return [with_look(row, look, mark) for row in rows]


def suspicious(folder: Path, jobs: list[Job], **settings: object) -> Scenario:
    scenario = Scenario(folder, jobs, **settings)
    scenario.suspicious = True
    return scenario


def sent(scenario: Scenario) -> list[int]:
    return [int(str(e["row"])) for e in scenario.events() if e["event"] == "submitting"]


REFUSED = "[refuse:avatar_not_usable:400]"


def test_after_some_refusals_the_others_with_the_same_look_wait_and_the_rest_goes_on(tmp_path: Path) -> None:
    scenario = suspicious(tmp_path, [*sheet(range(2, 22), BAD, REFUSED), *sheet(range(30, 40), GOOD)])
    scenario.run(concurrency=1)
    statuses = scenario.statuses()
    assert statuses == ["failed"] * IN_A_ROW + ["queued"] * (20 - IN_A_ROW) + ["done"] * 10
    [suspect] = scenario.suspects
    assert (suspect.causes, suspect.code, suspect.refused) == ((("avatar", BAD),), "avatar_not_usable", True)


def test_many_posts_at_once_cost_no_more_than_those_on_their_way(tmp_path: Path) -> None:
    scenario = suspicious(tmp_path, sheet(range(2, 102), BAD, REFUSED), post_seconds=[1.0, 2.0])
    scenario.run(concurrency=10)
    assert len(sent(scenario)) <= IN_A_ROW + 4


def test_a_later_run_tries_one_and_stops_at_that(tmp_path: Path) -> None:
    scenario = suspicious(tmp_path, sheet(range(2, 22), BAD, REFUSED))
    scenario.run(concurrency=1)
    for runs in (1, 2, 3):
        scenario.run()
        assert len(sent(scenario)) == IN_A_ROW + runs
    assert len(scenario.suspects) == 1, "only the run that found it tells it: later ones have it in their plans"


def test_once_the_one_that_is_tried_comes_through_all_others_go(tmp_path: Path) -> None:
    jobs = [*sheet(range(2, 5), BAD, REFUSED), *sheet(range(5, 22), BAD)]
    scenario = suspicious(tmp_path, jobs)
    scenario.run(concurrency=1)
    assert scenario.statuses() == ["failed"] * 3 + ["queued"] * 17
    scenario.run()
    assert scenario.statuses() == ["failed"] * 3 + ["done"] * 17
    assert len(scenario.charges) == 17


def test_what_comes_through_in_between_clears_what_it_is_made_with(tmp_path: Path) -> None:
    jobs = [with_look(row, BAD, "" if row % 3 == 0 else REFUSED) for row in range(2, 32)]
    scenario = suspicious(tmp_path, jobs)
    scenario.run(concurrency=1)
    assert "queued" not in scenario.statuses()
    assert scenario.suspects == []


def test_different_refusals_are_no_row(tmp_path: Path) -> None:
    codes = ["invalid_parameter", "conflict", "not_found"]
    jobs = [with_look(row, BAD, f"[refuse:{codes[row % 3]}:400]") for row in range(2, 12)]
    scenario = suspicious(tmp_path, jobs)
    scenario.run(concurrency=1)
    assert scenario.statuses() == ["failed"] * 10


@pytest.mark.parametrize("code", ["script_too_short:400", "rate_limit_exceeded:429", "not_my_fault:403:x"])
def test_what_speaks_of_the_row_alone_or_of_the_moment_makes_no_suspect(tmp_path: Path, code: str) -> None:
    scenario = suspicious(tmp_path, sheet(range(2, 8), BAD, f"[refuse:{code}]"))
    scenario.run(concurrency=1)
    assert scenario.suspects == []


def test_failures_for_a_cause_in_the_rows_stop_the_others_with_it(tmp_path: Path) -> None:
    jobs = [*sheet(range(2, 42), BAD, "[fail:avatar_expired]"), *sheet(range(50, 60), GOOD)]
    scenario = suspicious(tmp_path, jobs)
    scenario.run(concurrency=2)
    assert len([row for row in sent(scenario) if row < 50]) <= IN_A_ROW + 2  # two were at HeyGen by then
    assert scenario.statuses()[40:] == ["done"] * 10
    before = len(sent(scenario))
    scenario.run()
    assert len(sent(scenario)) == before + 1


def test_failures_by_chance_are_tried_once_more_after_the_rest_of_the_queue_and_then_wait(tmp_path: Path) -> None:
    jobs = [*sheet(range(2, 22), BAD, "[fail:rendering_failed]"), *sheet(range(50, 60), GOOD)]
    scenario = suspicious(tmp_path, jobs)
    scenario.run(concurrency=1)
    assert len([row for row in sent(scenario) if row < 50]) == IN_A_ROW + 1 + 1
    assert scenario.statuses()[20:] == ["done"] * 10
    last = [number for number, row in enumerate(sent(scenario)) if row < 50][-1]
    assert last == len(sent(scenario)) - 1


def test_an_outage_that_passes_costs_a_few_attempts_and_no_row(tmp_path: Path) -> None:
    """The first ones fail, and by the time that the rest of the queue is done HeyGen is well again."""
    failing = sheet(range(2, 5), BAD, "[fail:rendering_failed:1]")
    scenario = suspicious(tmp_path, [*failing, *sheet(range(5, 25), BAD)])
    scenario.run(concurrency=1)
    assert set(scenario.statuses()) == {"done"}
    assert len(scenario.charges) == 3 + 23


def test_a_run_that_does_not_wait_sends_one_and_leaves(tmp_path: Path) -> None:
    scenario = suspicious(tmp_path, sheet(range(2, 22), BAD, "[fail:avatar_expired]"), render=[5.0, 5.0])
    scenario.run(concurrency=1)
    before = len(sent(scenario))
    for runs in range(1, 4):
        scenario.run(wait=False)
        assert len(sent(scenario)) == before + runs
        scenario.offset += 60.0


def test_while_one_is_tried_no_other_is(tmp_path: Path) -> None:
    scenario = suspicious(tmp_path, sheet(range(2, 22), BAD, "[fail:avatar_expired]"), render=[5.0, 5.0])
    scenario.run(concurrency=1)
    scenario.world.change(render=[500.0, 500.0])
    before = len(sent(scenario))
    for _ in range(3):
        scenario.run(wait=False)
        assert len(sent(scenario)) == before + 1


def test_recordings_wait_as_well(tmp_path: Path) -> None:
    jobs = [speech_job(row, f"Row {row} [refuse:voice_not_usable:400]") for row in range(2, 52)]
    scenario = suspicious(tmp_path, [*jobs, avatar_job(60)], post_seconds=[1.0, 1.0])
    scenario.run()
    assert len(sent(scenario)) <= IN_A_ROW + 20 + 1
    assert scenario.statuses()[-1] == "done"
    assert "queued" in scenario.statuses()


def test_the_person_may_ask_for_all_of_them(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, sheet(range(2, 12), BAD, REFUSED))
    scenario.run(concurrency=1)
    assert scenario.statuses() == ["failed"] * 10


def test_one_more_attempt_for_what_failed_begins_with_one(tmp_path: Path) -> None:
    scenario = suspicious(tmp_path, sheet(range(2, 12), BAD, REFUSED))
    scenario.run(concurrency=1)
    scenario.run(policy=Policy(retry_failed=True))
    assert len(sent(scenario)) == IN_A_ROW + 1


def test_a_run_killed_anywhere_loses_no_row_and_pays_nothing_twice(tmp_path: Path) -> None:
    steps, crashed = 0, True
    while crashed:
        steps += 5
        folder = tmp_path / str(steps)
        folder.mkdir()
        jobs = [*sheet(range(2, 5), BAD, "[fail:rendering_failed:1]"), *sheet(range(5, 8), BAD)]
        scenario = suspicious(folder, jobs, render=[1.0, 3.0])
        scenario.run(crash_at=steps, concurrency=2)
        crashed = scenario.steps.taken >= steps
        for _ in range(4):
            scenario.run(concurrency=2)
        assert sorted(scenario.charges.values()) == [1] * 9, steps
        assert set(scenario.statuses()) == {"done"}, steps
    assert steps > 30


def test_what_waits_for_one_that_is_held_back_goes_once_that_is_made(tmp_path: Path) -> None:
    """Rows that speak with voices which other rows make: all of these come from one host."""
    many = AT_ONCE_WIDTH + IN_A_ROW - 1  # so many are on their way before the last of those that do it
    bad = [clone_job(row, f"https://example.com/{row}[refuse:conflict:400].mp3") for row in range(2, 2 + many)]
    good = clone_job(90, "https://example.com/good.mp3")
    video = speaking_with(good, 91, "Hello")
    scenario = suspicious(tmp_path, [*bad, good, video], post_seconds=[1.0, 2.0])
    scenario.run()
    assert scenario.statuses() == ["failed"] * many + ["queued", "queued"]
    scenario.run()
    assert scenario.statuses() == ["failed"] * many + ["done", "done"]


def test_what_was_cleared_and_is_suspected_anew_is_told_again_and_tried_after_the_rest(tmp_path: Path) -> None:
    expired = sheet(range(2, 5), BAD, "[fail:avatar_expired]")
    scenario = suspicious(tmp_path, expired)
    scenario.run(concurrency=1)
    chance = sheet(range(6, 16), BAD, "[fail:rendering_failed]")
    scenario.jobs = [*expired, with_look(5, BAD), *chance, *sheet(range(50, 55), GOOD)]
    scenario.run(concurrency=1)
    assert [suspect.code for suspect in scenario.suspects] == ["avatar_expired", "rendering_failed"]
    assert sent(scenario)[3] == 5
    assert [row < 50 for row in sent(scenario)[-5:]] == [False] * 4 + [True]


def test_what_has_waited_may_have_to_wait_again(tmp_path: Path) -> None:
    """The one that is tried comes through, and those that waited with it come to nothing all the same."""
    bad = sheet(range(2, 5), BAD, REFUSED)
    scenario = suspicious(tmp_path, bad)
    scenario.run(concurrency=1)
    scenario.jobs = [*bad, with_look(5, BAD), *sheet(range(6, 26), BAD, REFUSED)]
    scenario.run(concurrency=1)
    assert len(sent(scenario)[4:]) <= IN_A_ROW + 4
    assert len(scenario.suspects) == 2
