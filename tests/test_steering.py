"""How the own columns of a row steer it: `run` and `skip`, `priority`, `retry`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.kinds.account import Account, Template
from bulkgen.ledger.events import retry
from bulkgen.ledger.history import fold
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.ledger.transitions import after
from bulkgen.ledger.wishes import retries
from bulkgen.model import Table
from bulkgen.result_columns import HIDDEN
from bulkgen.rows.left_out import hidden_as_before
from tests.making import built, table
from tests.story import Story

SPOKEN = ("text", "voice_id")


# run ------------------------------------------------------------------------------------------------------------------


def left_out(*lines: tuple[str | None, str | None]) -> list[str]:
    rows = [["Hi", "v_1", skip, run] for skip, run in lines]
    return [row.left_out_by for row in built(table([*SPOKEN, "skip", "run"], *rows)).rows]


def test_run_says_no_where_skip_says_yes_and_either_is_enough() -> None:
    lines = [(None, "no"), ("yes", None), (None, "yes"), ("no", "no"), ("yes", "yes"), (None, None), (None, "FALSE")]
    assert left_out(*lines) == ["run", "skip", "", "run", "skip", "", "run"]


def test_a_word_in_run_that_is_neither_yes_nor_no_is_asked_about_before_anything_is_sent() -> None:
    (found,) = built(table([*SPOKEN, "Run"], ["Hi", "v_1", "later"])).mistakes
    assert (found.code, found.header, found.value) == ("not_yes_or_no", "Run", "later")
    assert '--map "Run="' in found.fix
    assert not built(table([*SPOKEN, "Run"], ["Hi", "v_1", "later"]), renames={"Run": ""}).mistakes


def test_the_results_say_which_column_leaves_a_row_out_and_it_comes_back_when_cleared(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,run", "look_ann,Hello,no", "look_ann,Ho,yes")
    story.run("leads.csv")
    assert story.charges == 1
    assert story.column("leads.results.csv", "result_status") == ["skipped", "done"]
    assert "is left out by its column run" in story.column("leads.results.csv", "result_error")[0]
    back = (story.folder / "leads.results.csv").read_text(encoding="utf-8").replace("Hello,no", "Hello,")
    (story.folder / "leads.results.csv").write_text(back, encoding="utf-8")
    story.run("leads.results.csv")
    assert story.column("leads.results.csv", "result_status") == ["done", "done"]
    assert story.charges == 2


def test_a_line_left_out_by_its_column_before_is_none_of_a_hidden_row() -> None:
    headers = ["text", "voice_id", "run", "result_status", "result_error", "result_id"]
    told = "The row is left out by its column run. To have it made, clear that cell"
    lines = [["Hi", "v_1", None, "skipped", why, None] for why in (told, f"The row {HIDDEN}")]
    sheet: Table = table(headers, *lines)
    assert [row.hidden for row in hidden_as_before(sheet, {}, {}).rows] == [False, True]


# priority -------------------------------------------------------------------------------------------------------------


def sent(story: Story) -> list[int]:
    return [event["row"] for event in story.events("leads.csv") if event["event"] == "submitting"]


def test_rows_of_a_higher_priority_are_sent_first_and_others_keep_their_order(story: Story) -> None:
    lines = ["a,", "b,2", "c,10", "d,-1", "e,2", "f,high"]
    story.sheet("leads.csv", "script,priority,avatar_id", *(f"{line},look_ann" for line in lines))
    told = story.run("leads.csv", "--concurrency", "1")
    assert sent(story) == [4, 3, 6, 2, 7, 5]
    assert "leads!B7: priority 'high' is no number, so the row waits for its turn" in told.text


def test_a_limit_takes_the_rows_of_the_highest_priority(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,priority", "look_ann,a,1", "look_ann,b,3", "look_ann,c,2")
    story.run("leads.csv", "--limit", "2", code=4)
    assert sorted(sent(story)) == [3, 4]
    assert story.column("leads.results.csv", "result_status") == ["queued", "done", "done"]


def test_rows_that_share_a_job_go_by_the_most_urgent_and_a_priority_makes_no_other_job(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,priority", "look_ann,a,", "look_ann,b,3", "look_ann,a,7")
    story.run("leads.csv", "--concurrency", "1")
    assert sent(story) == [2, 3]
    story.sheet("leads.csv", "avatar_id,script,priority", "look_ann,a,9", "look_ann,b,", "look_ann,a,1")
    story.run("leads.csv")
    assert story.charges == 2


def test_a_variable_of_the_template_called_priority_is_that_variable() -> None:
    account = Account({"t": Template("t", "T", {"priority": "text", "retry": "text", "run": "text"})})
    found = built(table(["template_id", "priority", "retry", "run"], ["t", "high", "often", "fast"]), account)
    assert not found.mistakes
    assert not found.warnings
    (job,) = found.rows[0].jobs
    assert job.body["variables"] == {
        name: {"type": "text", "content": text}
        for name, text in (("priority", "high"), ("retry", "often"), ("run", "fast"))
    }
    assert job.priority == 0
    assert not found.rows[0].retry


# retry ----------------------------------------------------------------------------------------------------------------

FAILED = State(1, "failed", code="content_policy_violation", failures=1)


def test_what_failed_is_tried_once_more_however_long_the_word_stays() -> None:
    events = retries({"a": FAILED}, {"a"}, max_attempts=3)
    assert events == [retry("a", after=1)]
    asked = after(FAILED, events)
    assert (asked.wished, asked.status) == (True, Status.QUEUED)
    assert retries({"a": asked}, {"a"}, max_attempts=3) == []
    again = after(asked, [{"event": "submitting", "fingerprint": "a", "attempt": 2}])
    failed = after(again, [{"event": "failed", "fingerprint": "a", "attempt": 2, "code": "content_policy_violation"}])
    assert (failed.wished, failed.status) == (False, Status.FAILED)
    assert retries({"a": failed}, {"a"}, max_attempts=3) == []
    cleared = after(failed, retries({"a": failed}, (), max_attempts=3))
    assert retries({"a": cleared}, {"a"}, max_attempts=3) == [retry("a", after=2)]


@pytest.mark.parametrize(
    "state",
    [
        NEW,
        State(1, "finished", id="v_1"),
        State(1, "submitted", id="v_1"),
        State(1, "submitting"),
        State(1, "unknown"),
        State(1, "failed", code="rendering_failed", failures=1),  # tried again by itself
        State(1, "refused", http=402, blocked=True),
    ],
)
def test_nothing_is_wanted_of_what_has_not_failed_or_is_tried_again_anyway(state: State) -> None:
    assert retries({"a": state}, {"a"}, max_attempts=3) == []


def test_a_word_that_is_cleared_before_the_attempt_was_sent_is_taken_back() -> None:
    asked = after(FAILED, [retry("a", after=1)])
    assert not after(asked, retries({"a": asked}, (), max_attempts=3)).wished


def test_an_older_release_passes_over_the_word() -> None:
    events = [
        {"event": "submitting", "fingerprint": "a", "attempt": 1},
        {"event": "failed", "fingerprint": "a", "attempt": 1, "code": "content_policy_violation"},
        retry("a", after=1),
    ]
    assert fold(events).states["a"].wished
    assert {event["event"] for event in events} == {"submitting", "failed", "retry"}


def test_a_failed_row_with_retry_is_made_once_more_and_cron_does_not_buy_it_again(tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    folder.mkdir()
    refused = {"path": "/v3/videos$", "nth": "1-2", "fault": "error_before:400:content_policy_violation"}
    with Story(folder, script=[refused]) as story:
        story.sheet("leads.csv", "avatar_id,script,retry", "look_ann,Hello,")
        story.run("leads.csv", code=3)
        story.run("leads.csv", code=3)
        assert len(sent(story)) == 1
        story.sheet("leads.csv", "avatar_id,script,retry", "look_ann,Hello,yes")
        story.type("check", "leads.csv", code=None)
        assert len(sent(story)) == 1
        story.run("leads.csv", code=3)
        assert len(sent(story)) == 2
        for _ in range(3):
            told = story.run("leads.csv", code=3)
        assert len(sent(story)) == 2
        assert "Row 2: the column retry was followed, and the new attempt failed as well" in told.text
        story.sheet("leads.csv", "avatar_id,script,retry", "look_ann,Hello,")
        story.run("leads.csv", code=3)
        story.sheet("leads.csv", "avatar_id,script,retry", "look_ann,Hello,yes")
        story.run("leads.csv")
        assert len(sent(story)) == 3
        story.run("leads.csv")
        assert story.charges == 1
        assert story.charged_twice == {}
