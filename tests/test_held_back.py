"""A person's day with a voice that is broken, and with a video that never ends: what they are told, and what they pay.

Whole commands against the stand-in; how the engine holds jobs back is in test_standby.
"""

from __future__ import annotations

import json
from unittest import mock

import pytest

from bulkgen.batch.progress import Progress
from bulkgen.batch.remarked import Remarked
from bulkgen.batch.remarks import Remarks
from bulkgen.cli.console import Console
from bulkgen.cli.progress import Bar
from bulkgen.engine import RunState
from bulkgen.engine.pending import PendingJob, PendingJobs
from bulkgen.kinds import LIVES
from bulkgen.kinds.videos import VIDEOS
from bulkgen.ledger.state import State, Status
from bulkgen.ledger.steps import Rules
from bulkgen.ledger.suspects import IN_A_ROW, Suspects
from bulkgen.pricing.expected import Expected
from bulkgen.pricing.render_time import STUCK_AFTER, Render, RenderTimes
from bulkgen.pricing.spread import Spread
from tests.making import avatar_job
from tests.story import Story

HEADERS = "avatar_id,script"
QUICK = ("--poll-every", "0.1", "--concurrency", "1")
REFUSED = "[refuse:avatar_not_usable:400]"


def broken(story: Story, rows: int = 12) -> None:
    """A sheet whose first rows have an avatar that HeyGen refuses; the last two have another one."""
    bad = [f"look_bob,Hello {row} {REFUSED}" for row in range(rows)]
    story.sheet("leads.csv", HEADERS, *bad, "look_ann,Hello", "look_ann,Bye")


def test_the_others_wait_and_the_person_is_told_everywhere(story: Story) -> None:
    broken(story)
    told = story.run("leads.csv", *QUICK, code=4)
    assert "3 in a row with the avatar look_bob were refused (this avatar can't be used" in told.err
    assert "the others with it wait, and all else goes on" in told.err.replace("\n", " ")
    assert "14 videos: 2 done, 9 queued, 3 failed" in told.text
    assert (
        "row 5, 6, 7, 8, 9, 10 and 3 more: Waits, and costs nothing: 3 in a row with the avatar look_bob" in told.text
    )
    assert "(tries one of the rows that wait; --keep-going sends all)" in told.text
    lines = story.results("leads.results.csv")
    assert [line["result_status"] for line in lines] == ["failed"] * 3 + ["queued"] * 9 + ["done"] * 2
    assert "Put that right, in the sheet or at HeyGen" in lines[5]["result_error"]
    assert "The next run tries one of the rows that wait" in lines[5]["result_error"]
    standing = story.type("status", "leads.csv", code=4)
    assert "Waits, and costs nothing: 3 in a row with the avatar look_bob" in standing.text


def test_programs_are_told_what_it_is(story: Story) -> None:
    broken(story)
    told = json.loads(story.run("leads.csv", *QUICK, "--json", code=4).out)
    assert told["suspects"] == [
        {"shared": ["the avatar look_bob"], "refused": True, "code": "avatar_not_usable",
         "message": told["suspects"][0]["message"], "jobs": 3, "waiting": 9}
    ]  # fmt: skip
    assert told["stuck"] == 0
    checked = json.loads(story.type("check", "leads.csv", "--json").out)
    assert checked["suspects"] == told["suspects"]


def test_the_plan_of_the_next_run_says_it_and_one_is_tried(story: Story) -> None:
    broken(story)
    story.run("leads.csv", *QUICK, code=4)
    shown = story.type("check", "leads.csv", code=0)
    assert (
        "9 of them with the avatar look_bob, with which the last ones came to nothing: one is tried first" in shown.text
    )
    before = len(story.heygen.ledger.of("refusal"))
    story.run("leads.csv", *QUICK, code=4)
    assert len(story.heygen.ledger.of("refusal")) == before + 1


def test_a_run_that_leaves_only_what_waits_has_come_to_its_end(story: Story) -> None:
    """What it spent is not of the next one's limit."""
    rows = [f"look_ann,Hello {row} [fail:voice_unavailable]" for row in range(9)]
    story.sheet("leads.csv", HEADERS, *rows)
    story.run("leads.csv", *QUICK, "--max-cost", "50", code=4)
    assert "ended" in [event["event"] for event in story.events("leads.csv")]


def test_so_has_one_that_leaves_only_what_waits_for_a_voice_that_was_not_made(story: Story) -> None:
    voice = "clone,anna,https://example.com/[refuse:conflict:400].mp3,Anna,,,,"
    rows = [voice, "speech,,,,Hello,@anna,,", "avatar,,,,,,look_ann,Hello"]
    story.sheet("leads.csv", "type,row_id,audio,voice_name,text,voice_id,avatar_id,script", *rows)
    story.run("leads.csv", *QUICK, "--max-cost", "50", code=None)
    assert story.column("leads.results.csv", "result_status") == ["failed", "queued", "done"]
    assert "ended" in [event["event"] for event in story.events("leads.csv")]


def test_keep_going_sends_all_and_so_does_a_recipe(story: Story) -> None:
    broken(story, rows=6)
    told = story.run("leads.csv", *QUICK, "--keep-going", code=3)
    assert "in a row" not in told.text
    assert story.column("leads.results.csv", "result_status") == ["failed"] * 6 + ["done"] * 2
    broken(story, rows=8)
    (story.folder / "leads.recipe.toml").write_text("keep_going = true\n")
    story.run("leads.csv", *QUICK, code=3)
    assert story.column("leads.results.csv", "result_status") == ["failed"] * 8 + ["done"] * 2


def test_a_whole_sheet_with_a_broken_voice_from_cron_costs_one_try_a_night(story: Story) -> None:
    rows = [f"look_ann,Hello {row} [fail:voice_unavailable]" for row in range(40)]
    story.sheet("leads.csv", HEADERS, *rows)
    story.run("leads.csv", *QUICK, code=4)
    first = story.charges
    assert first <= IN_A_ROW + 1
    for night in (1, 2, 3):
        story.pass_time(hours=24)
        story.run("leads.csv", *QUICK, code=4)
        assert story.charges == first + night
    assert "queued" in story.column("leads.results.csv", "result_status")


def test_what_failed_by_chance_is_made_again_at_once(story: Story) -> None:
    story.sheet("leads.csv", HEADERS, "look_ann,Hello [fail:rendering_failed:1]", "look_ann,Bye")
    told = story.run("leads.csv", *QUICK)
    assert "2 videos: 2 done" in told.text
    assert story.charges == 3
    story.run("leads.csv", *QUICK)
    assert story.charges == 3


def test_a_limit_on_new_jobs_is_one_on_rows_not_on_their_attempts(story: Story) -> None:
    rows = [f"look_ann,Hello {row} [fail:rendering_failed:1]" for row in range(3)]
    story.sheet("leads.csv", HEADERS, *rows)
    story.run("leads.csv", *QUICK, "--limit", "1", code=4)
    assert story.column("leads.results.csv", "result_status") == ["done", "queued", "queued"]
    assert story.charges == 2


def test_at_a_limit_it_is_said_what_failed_attempts_count_for(story: Story) -> None:
    story.sheet("leads.csv", HEADERS, "look_ann,Hello [fail:rendering_failed]")
    most = json.loads(story.type("check", "leads.csv", "--json").out)["at_most"]
    told = story.run("leads.csv", *QUICK, "--max-cost", f"{most * 2.5:.2f}", "--max-attempts", "9", code=5)
    assert story.charges == 2
    assert "and attempts that failed count as $" in told.text
    assert "though HeyGen most likely did not charge them. Sent: 1 of 1 job" in told.text


# Stuck ----------------------------------------------------------------------------------------------------------------

RENDERS = RenderTimes.of([Render("avatar", 600.0, 60.0) for _ in range(40)])
MINUTE = Expected(seconds=Spread.exactly(60.0))


def running(**changes: object) -> State:
    told = {"last": "submitted", "kind": "avatar", "submitted_at": 0.0, "expected": MINUTE, **changes}
    return State(1, **told)  # type: ignore[arg-type]  # fields of a state


def remarked(state: State, seen: float | None) -> State:
    remarks = Remarks(jobs=(), suspects=Suspects(), renders=RENDERS)
    return remarks.added_to({"a": state}, lambda _key: seen)["a"]


def test_a_job_is_stuck_when_it_takes_several_times_as_long_as_the_slowest_do() -> None:
    patience = RENDERS.patience("avatar", MINUTE.seconds)
    assert patience > 2 * 600.0
    assert remarked(running(), patience).stuck is None
    stuck = remarked(running(), patience + 1)
    assert stuck.stuck is not None
    assert stuck.status is Status.RENDERING


def test_no_job_is_stuck_in_its_first_half_hour() -> None:
    quick = RenderTimes.of([Render("avatar", 5.0, 60.0) for _ in range(40)])
    assert quick.patience("avatar", MINUTE.seconds) == STUCK_AFTER


@pytest.mark.parametrize("state", [running(last="review"), State(1, "finished", submitted_at=0.0), State()])
def test_only_what_is_in_progress_can_be_stuck(state: State) -> None:
    assert remarked(state, 1e9).stuck is None


def test_what_nobody_has_looked_at_since_is_not_called_stuck() -> None:
    assert remarked(running(), None).stuck is None


@pytest.mark.parametrize("alive", [None, 1.0])
def test_a_run_calls_stuck_only_what_it_has_seen_in_progress(alive: float | None) -> None:
    job = avatar_job()
    pending = PendingJob(
        job=job, attempt=1, id="v1", stage=0, collection=VIDEOS, last=True, since=0.0, alive=alive
    )  # fmt: skip
    run = RunState(recorder=mock.Mock(), rules=Rules(LIVES), states={job.fingerprint: running()}, now=lambda: 1e9)
    engine = mock.Mock(run_state=run, pending=PendingJobs(by_fingerprint={job.fingerprint: pending}))
    planned = mock.Mock(**{"plan.jobs": (), "outlook.renders": RENDERS})
    told = Remarked(planned, engine)
    assert told.stuck() == (alive is not None)
    assert (told.states()[job.fingerprint].stuck is not None) == (alive is not None)


def test_the_progress_says_how_many_are_stuck(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter((0.0, 31.0, 31.0))
    bar = Bar(Console(), clock=lambda: next(times))
    bar.tick(Progress(3, {Status.RENDERING: 2, Status.DONE: 1}, stuck=1))
    assert "1 of 3 jobs done, 2 rendering (1 stuck), 0 queued, 0 failed" in capsys.readouterr().err


def test_a_video_that_never_ends_is_told_and_followed(story: Story) -> None:
    story.heygen.change(never_ends=True)
    story.sheet("leads.csv", HEADERS, "look_ann,Hello")
    story.run("leads.csv", "--no-wait", code=4)
    story.pass_time(hours=30)
    told = story.run("leads.csv", "--no-wait", code=4)
    assert "Stuck: in progress at HeyGen for 30 h, where such jobs take up to" in told.text
    [line] = story.results("leads.results.csv")
    assert line["result_status"] == "rendering"
    assert line["result_error"].startswith("Stuck: ")
    assert "Stuck: in progress at HeyGen for 30 h" in story.type("status", "leads.csv", code=4).text
    story.heygen.change(never_ends=False)
    story.run("leads.csv", "--poll-every", "0.1")
    assert story.column("leads.results.csv", "result_status") == ["done"]
    assert story.charges == 1
