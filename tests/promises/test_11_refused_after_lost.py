"""An answer is lost, and the repeat of the same request is refused: the video may be there, and is looked for first."""

from __future__ import annotations

import pytest

from tests.story import Story

POST = "/v3/videos$"


def lost_then(refusal: str, *, then: str = "2-") -> list[dict[str, object]]:
    lost: dict[str, object] = {"path": POST, "nth": "1", "per": "key", "fault": "drop_after"}
    return [lost, {"path": POST, "nth": then, "per": "key", "fault": refusal}]


@pytest.mark.parametrize(
    "refusal", ["error_before:400", "error_before:404", "error_before:409:conflict", "page_before:413"]
)
def test_what_was_made_before_the_refusal_is_found_and_paid_once(story: Story, refusal: str) -> None:
    story.sheet("leads.csv", "avatar_id,script,title", "look_ann,Hello,Welcome", "look_ann,Hello again,")
    story.heygen.change(script=lost_then(refusal))
    story.run("leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done", "done"]
    assert story.charges == 2


def test_what_the_list_shows_only_later_is_not_paid_again_by_retry_failed(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.heygen.change(script=lost_then("error_before:400"), list_lag=3600.0)
    story.run("leads.csv", code=3)
    assert (
        "every run looks for it in your account before it pays again"
        in story.column("leads.results.csv", "result_error")[0]
    )
    story.heygen.change(script=[], list_lag=0.0)
    story.run("leads.csv", "--retry-failed")
    assert story.column("leads.results.csv", "result_status") == ["done"]
    assert story.charges == 1


def test_a_conflict_over_a_request_that_no_list_shows_is_unknown(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.heygen.change(script=lost_then("error_before:409:conflict"), list_lag=3600.0)
    story.run("leads.csv", code=3)
    story.run("leads.csv", "--retry-failed", code=3)
    assert story.column("leads.results.csv", "result_status") == ["unknown"]
    assert story.charges == 1


def test_what_could_be_it_keeps_retry_failed_from_paying_again(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,title", "look_ann,Hello,Welcome")
    story.heygen.change(script=lost_then("error_before:400"), list_lag=3600.0)
    story.run("leads.csv", code=3)
    ours, theirs = story.heygen.ledger.charges[0]["id"], story.heygen.plant(title="Welcome")
    story.heygen.change(script=[], list_lag=0.0)
    story.run("leads.csv", "--retry-failed", code=3)
    error = story.column("leads.results.csv", "result_error")[0]
    assert ours in error
    assert theirs in error
    assert story.charges == 1
    story.run("leads.csv", "--adopt", f"2={ours}")
    assert story.column("leads.results.csv", "result_id") == [ours]


def test_a_list_that_can_not_be_had_leaves_the_row_to_the_next_run(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.heygen.change(
        script=[*lost_then("error_before:400"), {"method": "GET", "path": POST, "fault": "error_before:503"}]
    )
    story.run("leads.csv", "--no-wait", code=4)
    story.heygen.change(script=[])
    story.run("leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done"]
    assert story.charges == 1
