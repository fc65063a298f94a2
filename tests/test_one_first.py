"""`run --test`: the riskiest row first, its link on the screen; and the links of other short runs."""

from __future__ import annotations

import json

import pytest

from bulkgen.batch.settings import Settings
from bulkgen.cli.console import Console
from bulkgen.cli.options import with_numbers
from bulkgen.errors import InputError
from tests.story import Story

SHEET = ("avatar_id,script", "look_ann,Hello", "look_ann,Hello to all of you out there", "look_ann,Hi there")
MISTAKE = "look_ann,"


@pytest.fixture
def on_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Console, "on_screen", True)


@pytest.mark.usefixtures("on_screen")
def test_one_row_is_made_and_shown_and_the_full_run_makes_the_others(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    told = story.run("leads.csv", "--test")
    assert story.charges == 1
    assert "Test: row 3, because it has the longest text (29 characters)." in told.text
    assert "1 to make: 1 avatar video" in told.text
    assert "What to check in the avatar video: the lips, " in told.out
    link, page = (story.column("leads.results.csv", f"result_{name}_url")[1] for name in ("video", "page"))
    assert f"video     {link}\n" in told.out
    assert f"page      {page}\n" in told.out
    assert story.column("leads.results.csv", "result_status") == ["queued", "done", "queued"]
    assert "bulkgen run leads.csv (makes the other 2 jobs; what is made is not made again)" in told.text
    story.run("leads.csv")
    assert story.charges == 3
    assert not story.charged_twice


@pytest.mark.usefixtures("on_screen")
def test_a_second_test_shows_the_first_and_sends_nothing(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", "--test")
    link = story.column("leads.results.csv", "result_video_url")[1]
    told = story.type("run", "leads.csv", "--test")  # there is nothing to be asked
    assert story.charges == 1
    assert "The test was made before: nothing was sent." in told.text
    assert link in told.out
    told = story.run("leads.csv", "--test", "2")
    assert story.charges == 2
    assert told.out.count("  video ") == 2


def test_mistakes_in_other_rows_do_not_stop_a_test(story: Story) -> None:
    story.sheet("leads.csv", *SHEET, MISTAKE, MISTAKE)
    told = story.run("leads.csv", "--test")
    assert "2 other rows have mistakes, which do not stop the test; bulkgen check lists them." in told.text
    assert story.charges == 1
    assert story.column("leads.results.csv", "result_status") == ["queued", "done", "queued", "invalid", "invalid"]


def test_where_no_row_can_be_made_their_mistakes_are_told(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", MISTAKE, MISTAKE)
    told = story.run("leads.csv", "--test", code=2)
    assert "leads!B2:B3: script is blank" in told.text
    assert story.charges == 0


def test_a_mistake_in_the_header_line_stops_it(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,script", "look_ann,Hello,")
    assert "stands twice" in story.run("leads.csv", "--test", code=2).text
    assert story.charges == 0


def test_a_test_asks_before_it_sends(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    assert "add --yes" in story.type("run", "leads.csv", "--test", code=2).text
    assert story.charges == 0


def test_a_test_that_failed_is_told_as_any_row_that_failed(story: Story) -> None:
    story.sheet("leads.csv", *SHEET, "look_ann,A text that is longer than all others [fail:moderation_violation]")
    told = story.run("leads.csv", "--test", code=3)
    assert "1 failed" in told.text
    assert "What to check" not in told.out
    assert "if it is right" not in told.out
    story.run("leads.csv", "--test", code=3)
    assert story.charges == 1
    told = story.run("leads.csv", "--test", "--retry-failed", code=3)
    assert "of them once more, after an earlier try failed" in told.text
    assert story.charges == 2


def test_it_may_be_one_of_some_rows_and_some_jobs_of_it(story: Story) -> None:
    story.sheet("tour.csv", "url,output_languages", "https://e.com/a.mp4,French", "https://e.com/b.mp4,French; German")
    told = story.run("tour.csv", "--test", "--rows", "3", "--limit", "1", code=4)
    assert story.charges == 1
    assert "Row 3 (French):" in told.out
    assert "1 left for later by --limit" in told.text
    assert "It asks for 2 languages, a job each; --limit 1 makes only the first." in told.text
    told = story.run("tour.csv", "--test", "--rows", "2")
    assert "because it is the only one that can be made" in told.text
    assert story.charges == 2


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ({"test": 1, "redo": 3}, "--test chooses its rows by itself"),
        ({"test": 1, "no_wait": True}, "--test waits for its result"),
        ({"test": 0}, "0"),
    ],
)
def test_what_does_not_go_together_is_refused(typed: dict[str, object], what: str) -> None:
    with pytest.raises(InputError, match=what):
        Settings(**typed)


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["--test", "leads.xlsx"], ["--test=1", "leads.xlsx"]),
        (["leads.xlsx", "--test"], ["leads.xlsx", "--test=1"]),
        (["leads.xlsx", "--test", "--yes"], ["leads.xlsx", "--test=1", "--yes"]),
        (["--test", "3", "leads.xlsx"], ["--test", "3", "leads.xlsx"]),
        (["--test=3", "leads.xlsx"], ["--test=3", "leads.xlsx"]),
        (["--test", "3leads.xlsx"], ["--test=1", "3leads.xlsx"]),
        (["--test", "-"], ["--test=1", "-"]),
        (["--", "--test"], ["--", "--test"]),
        (["--test", "--", "3"], ["--test=1", "--", "3"]),
    ],
)
def test_a_word_behind_the_option_is_its_number_only_if_it_is_one(words: list[str], read: list[str]) -> None:
    assert with_numbers(words) == read


def test_the_option_may_stand_before_the_sheet(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.type("run", "--yes", "--test", "leads.csv")
    assert story.charges == 1
    story.type("run", "--test", "2", "--yes", "leads.csv")
    assert story.charges == 2


# Links on the screen ------------------------------------------------------------------------------------------------


def test_links_that_let_anybody_in_are_kept_from_files_and_logs(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    told = story.run("leads.csv", "--test", "--log-file", "run.log")
    line = story.results("leads.results.csv")[1]
    assert line["result_page_url"] in told.out
    assert "The links that expire are in the results." in told.out
    log = (story.folder / "run.log").read_text()
    for name in ("video", "captions", "thumbnail"):
        assert line[f"result_{name}_url"] not in told.out + told.err + log


@pytest.mark.usefixtures("on_screen")
def test_links_are_shown_of_what_a_limited_run_made_itself(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", "--limit", "1", code=4)
    told = story.run("leads.csv", "--limit", "1", code=4)
    assert ("Row 2:" in told.out, "Row 3:" in told.out) == (False, True)
    assert story.column("leads.results.csv", "result_video_url")[1] in told.out
    assert "What to check" not in told.out
    assert "Row" not in story.run("leads.csv").out


@pytest.mark.usefixtures("on_screen")
def test_many_links_are_left_to_the_results(story: Story) -> None:
    story.sheet("leads.csv", SHEET[0], *(f"look_ann,Hello {number}" for number in range(12)))
    assert "video  " not in story.run("leads.csv", "--limit", "11", code=4).out


def test_of_a_recording_its_file_is_shown(story: Story) -> None:
    story.sheet("ivr.csv", "text,voice_id", "Welcome,voice_ann", "Good bye now,voice_ann")
    told = story.run("ivr.csv", "--test")
    [file] = [name for name in story.column("ivr.results.csv", "result_file") if name]
    assert f"file      {file}\n" in told.out
    assert "What to check in the voice-over: how names," in told.out


def test_a_program_reads_rows_and_links(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    data = json.loads(story.run("leads.csv", "--test", "--json").out)
    assert [test["row"] for test in data["test"]] == [3]
    assert data["test"][0]["why"].startswith("it has the longest text")
    line = story.results("leads.results.csv")[1]
    [made] = [job for job in data["jobs"] if job["row"] == 3]
    for name in ("video", "page", "captions", "thumbnail"):
        assert made[f"{name}_url"] == line.get(f"result_{name}_url")
    assert made["audio_url"] is None
    assert "test" not in json.loads(story.run("leads.csv", "--json").out)


def test_a_check_tells_which_row_a_test_would_make(story: Story) -> None:
    story.sheet("leads.csv", *SHEET, MISTAKE)
    told = story.type("check", "leads.csv", "--test")
    assert "Test: row 3" in told.text
    assert "1 to make" in told.text
    assert story.charges == 0


def test_what_is_next_counts_only_the_rows_that_the_command_names(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    assert "if it is right" not in story.run("leads.csv", "--rows", "2", "--test").text
    told = story.run("leads.csv", "--rows", "2-3", "--test").text
    assert "if it is right" not in told  # row 2 was made above
    told = story.run("leads.csv", "--rows", "3-4", "--test").text
    assert "bulkgen run leads.csv --rows 3-4 (makes the other job; what is made is not made again)" in told


def test_rows_that_share_a_job_are_one_of_what_is_next(story: Story) -> None:
    story.sheet("leads.csv", *SHEET, SHEET[3])
    assert "(makes the other 2 jobs; " in story.run("leads.csv", "--test").text


def test_what_is_next_leaves_rows_with_mistakes_out(story: Story) -> None:
    story.sheet("leads.csv", *SHEET, MISTAKE)
    told = story.run("leads.csv", "--test").text
    assert "bulkgen run leads.csv --skip-invalid (makes the other 2 jobs and leaves out 1 row with mistakes; " in told
    assert "--skip-invalid --skip-invalid" not in story.run("leads.csv", "--test", "--skip-invalid").text


def test_after_a_failed_test_another_is_next(story: Story) -> None:
    story.sheet("leads.csv", *SHEET, "look_ann,A text that is longer than all others [fail:moderation_violation]")
    told = story.run("leads.csv", "--test", code=3).text
    assert "Next: edit those rows, then bulkgen run leads.csv --test" in told
    told = story.run("leads.csv", "--test", "2", code=3).text
    assert "then bulkgen run leads.csv --test 2" in told


def test_after_an_unfinished_test_the_test_goes_on(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    told = story.run("leads.csv", "--test", "--timeout", "0", code=4).text
    assert "Next: bulkgen run leads.csv --test (goes on where it stopped)" in told
