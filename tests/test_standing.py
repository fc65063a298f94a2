"""What `status` says where the rows' mistakes are not the cause: options that are not typed, a sheet never run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bulkgen.errors import Exit
from tests.command import SAMPLES
from tests.story import Story

SHEETS = {
    "set": (("first_name,company", "Ann,Acme", "Bob,Acme"), ("--set", "template_id=tpl_hello")),
    "map": (("text,Stimme", "Hello,voice_ann", "Hi,voice_ann"), ("--map", "Stimme=voice_id")),
    "kind": (
        ("avatar_id,script,text,voice_id", "look_ann,Hello,Hello,voice_ann", "look_ann,Hi,Hi,voice_ann"),
        ("--kind", "speech"),
    ),
}


@pytest.mark.parametrize("by", SHEETS)
def test_jobs_made_with_options_that_are_not_typed_are_told_and_no_row_is_to_be_edited(story: Story, by: str) -> None:
    lines, options = SHEETS[by]
    story.sheet("leads.csv", *lines)
    story.run("leads.csv", *options)
    code = Exit.NOT_FINISHED if by == "kind" else Exit.SOME_FAILED
    told = story.type("status", "leads.csv", code=code).text
    assert "2 rows. leads.csv.resume.jsonl has 2 jobs of them, but as the sheet is read now no row asks" in told
    assert "most likely --set, --map, --kind or --sheet" in told
    assert "Results: leads.results.csv" in told
    assert "Next: type the same options again, or keep them in leads.recipe.toml" in told
    assert "edit those rows" not in told
    assert "bulkgen run" not in told
    data = json.loads(story.type("status", "leads.csv", "--json", code=code).out)
    assert "has 2 jobs of them" in data["message"]
    assert "2 done" in story.type("status", "leads.csv", *options).text
    assert "message" not in json.loads(story.type("status", "leads.csv", *options, "--json").out)


def test_jobs_of_files_that_only_an_option_allows_are_told_with_that_option(story: Story, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "ann.jpg").write_bytes((SAMPLES / "media" / "ann.jpg").read_bytes())
    story.sheet("leads.csv", "image,script,voice_id", f"{shelf / 'ann.jpg'},Hello,voice_ann")
    story.run("leads.csv", "--files", str(shelf))
    told = story.type("status", "leads.csv", code=Exit.SOME_FAILED).text
    assert "options that are not typed here (most likely --files), or before" in told
    assert "Next: type the same options again; if rows were edited" in told  # no recipe may hold this one


def test_one_job_is_told_as_one(story: Story) -> None:
    story.sheet("leads.csv", "text,Stimme", "Hello,voice_ann")
    story.run("leads.csv", "--map", "Stimme=voice_id")
    told = story.type("status", "leads.csv", code=Exit.SOME_FAILED).text
    assert "has 1 job of them, but as the sheet is read now no row asks for it: it was made with options" in told


def test_options_in_the_recipe_are_found(story: Story) -> None:
    lines, options = SHEETS["set"]
    story.sheet("leads.csv", *lines)
    story.run("leads.csv", *options)
    (story.folder / "leads.recipe.toml").write_text('[set]\ntemplate_id = "tpl_hello"\n', encoding="utf-8")
    assert "2 videos: 2 done" in story.type("status", "leads.csv").text


def test_a_result_whose_row_has_a_mistake_now_is_not_said_to_have_left_the_sheet(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id", "Hello,voice_ann", "Hi,voice_ann")
    story.run("leads.csv")
    story.sheet("leads.csv", "text,voice_id", "Hello,voice_ann", ",voice_ann")
    told = story.type("check", "leads.csv", code=Exit.MISTAKES).text
    assert "1 finished before, for rows that are no longer in the sheet or have mistakes now" in told


def test_a_row_that_was_edited_into_a_mistake_is_to_be_edited(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id", "Hello,voice_ann", "Hi,voice_ann")
    story.run("leads.csv")
    story.sheet("leads.csv", "text,voice_id", "Hello,voice_ann", ",voice_ann")
    told = story.type("status", "leads.csv", code=Exit.SOME_FAILED).text
    assert "1 voice-over: 1 done; 1 row invalid." in told
    assert "Next: edit those rows" in told


def test_a_sheet_filled_anew_says_nothing_of_the_jobs_of_rows_that_are_gone(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id,row_id", "Hello,voice_ann,1")
    story.run("leads.csv")
    story.sheet("leads.csv", "text,voice_id,row_id", "Hi,voice_ann,2")
    assert "1 voice-over: 1 queued." in story.type("status", "leads.csv", code=Exit.NOT_FINISHED).text


def test_a_sheet_never_run_that_asks_for_nothing_is_told_so(story: Story) -> None:
    story.sheet("leads.csv", "first_name,company", "Ann,Acme", "Bob,Acme")
    told = story.type("status", "leads.csv", code=Exit.SOME_FAILED).text
    assert "2 rows: nothing has been made yet, and it is not said what to make: no column says what to make" in told
    assert "Next: bulkgen check leads.csv" in told
    assert "edit those rows" not in told
    assert "invalid" not in told


def test_a_sheet_never_run_with_mistakes_is_to_be_edited(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id", ",voice_ann", ",voice_ann")
    told = story.type("status", "leads.csv", code=Exit.SOME_FAILED).text
    assert "2 rows: 2 invalid." in told
    assert "Next: edit those rows" in told


def test_rows_without_a_job_are_counted_in_rows(story: Story) -> None:
    lines = ("Hello,voice_ann,", ",voice_ann,", "Hi,voice_ann,yes", "Ho,voice_ann,yes")
    story.sheet("leads.csv", "text,voice_id,skip", *lines)
    told = story.run("leads.csv", "--skip-invalid", code=Exit.SOME_FAILED)
    assert "1 voice-over: 1 done; 1 row invalid, 2 rows skipped." in told.text


def test_rows_that_are_all_left_out_are_not_said_to_be_made_with_other_options(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,skip", "look_ann,Hello,")
    story.run("leads.csv")
    story.sheet("leads.csv", "avatar_id,script,skip", "look_ann,Hello again,yes")
    told = story.type("status", "leads.csv", code=None).text
    assert "options that are not typed" not in told
    assert "1 skipped" in told
