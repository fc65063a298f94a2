"""A lost job is looked for by a title that the person gave: what a colleague made under the same one is never taken."""

from __future__ import annotations

import json

from tests.story import Story

NEVER_ANSWERED = [{"path": "/v3/videos$", "body": "Hello", "fault": "drop_after"}]
NEVER_ARRIVES = [{"path": "/v3/videos$", "body": "Hello", "fault": "drop_before"}]
FOLDER = "folder_spring"


def lost_a_day_ago(story: Story, script: list[dict[str, str]], *rows: str) -> None:
    """A run whose row 2 has got no answer, and a day that goes by."""
    story.sheet("leads.csv", "avatar_id,script,title", "look_ann,Hello,Welcome", *rows)
    story.heygen.change(script=script)
    story.run("leads.csv", code=4)
    story.heygen.change(script=[])


def test_of_two_videos_with_one_title_none_is_taken_and_the_person_says_which(story: Story) -> None:
    lost_a_day_ago(story, NEVER_ANSWERED)
    ours, theirs = story.heygen.ledger.charges[0]["id"], story.heygen.plant(title="Welcome")
    story.pass_time(hours=25)
    story.run("leads.csv", code=3)
    error = story.column("leads.results.csv", "result_error")[0]
    assert f"{ours} 'Welcome'" in error
    assert f"{theirs} 'Welcome'" in error
    assert "--adopt ROW=ID" in error

    assert "in progress" in story.type("check", "leads.csv", "--adopt", f"2={ours}").text
    for _ in range(2):  # the same command may be run again
        story.run("leads.csv", "--adopt", f"2={ours}")
    assert story.column("leads.results.csv", "result_id") == [ours]
    assert story.charges == 1


def test_a_colleagues_video_in_another_folder_is_not_taken_for_one_that_never_arrived(story: Story) -> None:
    lost_a_day_ago(story, NEVER_ARRIVES)
    theirs = story.heygen.plant(title="Welcome", folder_id=FOLDER)
    story.pass_time(hours=25)
    story.run("leads.csv", code=3)
    assert theirs in story.column("leads.results.csv", "result_error")[0]
    assert story.column("leads.results.csv", "result_status") == ["unknown"]


def test_a_title_that_another_row_has_proves_nothing(story: Story) -> None:
    lost_a_day_ago(story, NEVER_ANSWERED, "look_ann,Good day,Welcome")
    story.pass_time(hours=25)
    story.run("leads.csv", code=3)
    assert story.column("leads.results.csv", "result_status") == ["unknown", "done"]
    (ours,) = {charge["id"] for charge in story.heygen.ledger.charges} - set(
        story.column("leads.results.csv", "result_id")
    )
    assert ours in story.column("leads.results.csv", "result_error")[0]
    story.run("leads.csv", "--adopt", f"2={ours}")
    assert story.column("leads.results.csv", "result_status") == ["done", "done"]
    assert story.charges == 2


def test_a_wrong_adoption_is_refused_in_words_and_nothing_is_sent(story: Story) -> None:
    lost_a_day_ago(story, NEVER_ARRIVES, "look_ann,Good day,", "look_ann,[fail:moderation_failed],")
    story.pass_time(hours=25)
    story.run("leads.csv", code=3)
    done = story.column("leads.results.csv", "result_id")[1]
    story.sheet("leads.csv", *(story.folder / "leads.csv").read_text().splitlines(), "look_ann,New,")
    for adopted, why in {
        "2=nonsense": "HeyGen shows no avatar video of yours with the id nonsense",
        f"2={done}": "belongs to row 3 already",
        "3=abc": f"it is done already, as {done}",
        "4=abc": "--retry-failed makes it once more (paid)",
        "5=abc": "it has not been sent",
        "77=abc": "there is no row 77",
        "2/French=abc": "the row has no language French",
        "two=abc": "type it like --adopt 14=abc123",
    }.items():
        told = story.run("leads.csv", "--adopt", adopted, code=2)
        assert why in told.text
        assert "Nothing was sent." in told.text
    assert story.charges == 2
    as_json = story.run("leads.csv", "--json", "--adopt", "2=nonsense", code=2)
    assert json.loads(as_json.out)["exit_code"] == 2
