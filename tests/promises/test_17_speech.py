"""Recordings, which no key protects: what a lost answer of one may cost is little, counted, and said beforehand."""

from __future__ import annotations

import json
import os
import signal

import pytest

from bulkgen.engine.sender import IN_VAIN
from tests.command import command, environment, wait_for
from tests.forked import forked
from tests.story import Story

SPEECH = "/v3/voices/speech$"


def recordings(story: Story, count: int) -> None:
    story.sheet("leads.csv", "text,voice_id", *(f"Text {n},voice_ann" for n in range(count)))


def most_at_once(story: Story, since: int = 0) -> int:
    """How many recordings were worked on together, by the answers that were still to come at each charge."""
    times: list[float] = [line["t"] for line in story.heygen.ledger.charges[since:]]
    slow = story.heygen.settings.post_seconds[0]
    return max(sum(at - slow < other <= at for other in times) for at in times)


def test_a_gap_of_the_network_costs_what_was_on_its_way_and_not_again_what_follows(story: Story) -> None:
    recordings(story, 60)
    gap = [{"path": SPEECH, "nth": "1-20", "fault": "drop_after"}, {"path": SPEECH, "nth": "25", "fault": "drop_after"}]
    story.heygen.change(script=gap, post_seconds=[0.02, 0.02])
    told = story.run("leads.csv")
    assert story.charges == 60 + 21
    assert most_at_once(story, since=20) <= 3
    assert "After lost answers recordings were asked for again, 21 times: HeyGen may charge each time." in told.text
    assert set(story.column("leads.results.csv", "result_status")) == {"done"}


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_after_a_kill_recordings_are_asked_for_one_by_one_and_the_plan_says_what_it_may_cost(story: Story) -> None:
    recordings(story, 40)
    story.heygen.change(post_seconds=[60.0, 60.0])
    words = command("run", "leads.csv", "--yes", "--quiet")
    env = environment({**story.env, "BULKGEN_DATA_DIR": str(story.data)})
    process = forked(words, cwd=story.folder, env=env)
    wait_for(lambda: story.charges == 20)
    process.send_signal(signal.SIGKILL)
    process.wait()

    story.heygen.change(post_seconds=[0.02, 0.02])
    line = "20 recordings were sent before with no answer: asked for again, and HeyGen may charge that again"
    checked = story.type("check", "leads.csv")
    assert line in checked.text
    assert "not paid twice" not in checked.text
    assert json.loads(story.type("check", "leads.csv", "--json").out)["repeats"] == 20
    told = json.loads(story.run("leads.csv", "--json").out)
    assert told["repeats"] == 20
    assert story.charges == 60
    assert most_at_once(story, since=20) <= 2
    assert set(story.column("leads.results.csv", "result_status")) == {"done"}


def test_a_refusal_after_a_lost_answer_hides_nothing_and_its_retry_is_counted(story: Story) -> None:
    recordings(story, 3)
    refused = [
        {"path": SPEECH, "nth": "1", "fault": "drop_after"},
        {"path": SPEECH, "nth": "2", "fault": "error_before:400"},
    ]
    story.heygen.change(script=refused)
    story.run("leads.csv", "--rows", "2", code=3)
    assert "HeyGen may have charged that one" in story.column("leads.results.csv", "result_error")[0]
    story.heygen.change(script=[])
    assert "1 recording was sent before with no answer" in story.type("check", "leads.csv", "--retry-failed").text
    assert json.loads(story.run("leads.csv", "--retry-failed", "--json").out)["repeats"] == 1
    assert story.charges == 4


def test_while_every_answer_is_lost_little_is_asked_for_again(story: Story) -> None:
    recordings(story, 6)
    story.heygen.change(script=[{"path": SPEECH, "fault": "drop_after"}])
    told = story.run("leads.csv", code=4)
    assert story.charges == 6 + IN_VAIN
    assert f"recordings were asked for again, {IN_VAIN} times" in told.text
    before = story.charges
    story.run("leads.csv", code=4)
    assert story.charges - before <= IN_VAIN + 1  # one may be on its way when the last is lost
    before = story.charges
    story.heygen.change(script=[])
    story.run("leads.csv")
    assert story.charges - before == 6
    assert set(story.column("leads.results.csv", "result_status")) == {"done"}
