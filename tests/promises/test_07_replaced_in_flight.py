"""Rows that are made, or being made, are edited all at once (a header, a default, a template): that pays for all of
them again, so an unattended run asks for a word of its own, whatever the sheet is called by now."""

from __future__ import annotations

import pytest

from tests.story import Story

SCRIPTS = [f"look_ann,Hello {n}" for n in range(12)]
QUICK = ("--poll-every", "0.1")


def begun(story: Story, *, end: bool) -> None:
    """Twelve rows: eleven are being made, or (`end`) all of them are done."""
    story.sheet("leads.csv", "avatar_id,script", *SCRIPTS)
    story.heygen.change(never_ends=not end, slots=12)
    story.run("leads.csv", *QUICK, *(() if end else ("--no-wait", "--concurrency", "11")), code=0 if end else 4)


def test_what_is_being_made_counts_like_what_is_done(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", *SCRIPTS)
    story.run("leads.csv", "--rows", "2-7", *QUICK)
    story.heygen.change(never_ends=True)
    story.run("leads.csv", "--no-wait", code=4)
    told = story.run("leads.csv", "--set", "voice_id=voice_ann", code=2)
    assert "12 rows would be made, and paid, again" in told.text
    assert "6 of them are finished, and 6 are being made right now, as they were before" in told.text
    assert "6 of them for rows that are being made right now as they were before: paid as well" in told.text
    assert "--replace" in told.text
    assert story.charges == 12


def test_a_renamed_sheet_is_still_known(story: Story) -> None:
    begun(story, end=True)
    (story.folder / "leads.csv").rename(story.folder / "final.csv")
    told = story.run("final.csv", "--set", "voice_id=voice_ann", code=2)
    assert "12 finished results would be made, and paid, again" in told.text
    assert "the resume file of a sheet that is gone" in told.text
    assert story.charges == 12


def test_a_renamed_sheet_that_is_being_made_is_still_known(story: Story) -> None:
    begun(story, end=False)
    (story.folder / "leads.csv").rename(story.folder / "final.csv")
    assert "11 rows are being made right now" in story.run("final.csv", "--set", "voice_id=voice_ann", code=2).text
    assert story.charges == 11


def test_another_sheet_of_the_folder_and_one_of_yesterday_are_no_business_of_a_new_one(story: Story) -> None:
    begun(story, end=True)
    story.sheet("other.csv", "avatar_id,script", *(f"{line}!" for line in SCRIPTS))
    story.run("other.csv", *QUICK)
    for name in ("leads.csv", "other.csv"):
        (story.folder / name).unlink()
    story.pass_time(hours=20)
    story.sheet("today.csv", "avatar_id,script", *(f"{line}?" for line in SCRIPTS))
    story.run("today.csv", *QUICK)
    assert story.charges == 36


def test_the_word_for_it_makes_them_again_and_collects_what_was_being_made(story: Story) -> None:
    begun(story, end=False)
    story.heygen.change(never_ends=False, slots=40)
    story.run("leads.csv", "--set", "voice_id=voice_ann", "--replace", *QUICK)
    lines = story.results("leads.results.csv")
    assert [line["result_status"] for line in lines] == ["done"] * 23
    assert [bool(line["script"]) for line in lines] == [True] * 12 + [False] * 11
    assert story.charges == 23


def edited(story: Story, *, voice: bool = False) -> None:
    lines = [f"{line}!" for line in SCRIPTS]
    story.sheet("leads.csv", "avatar_id,script", *lines) if not voice else story.sheet(
        "leads.csv", "avatar_id,script,voice", *(f"{line},voice_ann" for line in SCRIPTS)
    )


def test_another_resume_file_of_the_same_sheet_is_known(story: Story) -> None:
    begun(story, end=True)
    edited(story)
    story.pass_time(hours=100)
    told = story.run("leads.csv", "--resume", "new.jsonl", code=2)
    assert "12 finished results would be made, and paid, again" in told.text
    assert "12 of them are known from another resume file of this sheet" in told.text
    assert story.charges == 12
    story.run("leads.csv", "--resume", "new.jsonl", "--replace", *QUICK)
    story.sheet("leads.csv", "avatar_id,script", *(f"{line}?" for line in SCRIPTS))
    (story.folder / "leads.csv.resume.jsonl").unlink()
    assert "another resume file" in story.run("leads.csv", code=2).text, "the other way round"
    assert story.charges == 24


@pytest.mark.parametrize("end", [True, False])
@pytest.mark.parametrize("voice", [True, False])
def test_results_without_their_resume_file_are_known(story: Story, end: bool, voice: bool) -> None:
    begun(story, end=end)
    (story.folder / "leads.csv.resume.jsonl").unlink()
    edited(story, voice=voice)
    seen = story.type("check", "leads.csv")
    assert "in place of a finished result" in seen.text if end else "being made right now" in seen.text
    told = story.run("leads.csv", code=2)
    count = 12 if end else 11
    assert f"{count} of them are known from the results alone" in told.text
    assert story.charges == count
    story.heygen.change(never_ends=False, slots=40)
    story.run("leads.csv", "--replace", *QUICK)
    assert story.charges == count + 12


def test_results_and_sheet_in_another_folder_are_known_whatever_their_rows(story: Story) -> None:
    begun(story, end=True)
    there = story.folder / "there"
    there.mkdir()
    (story.folder / "leads.results.csv").rename(there / "leads.results.csv")
    lines = [f"{line}!" for line in SCRIPTS]
    (there / "leads.csv").write_text("\n".join(["avatar_id,script", *[""] * 20, *lines]), encoding="utf-8")
    for path in story.folder.glob("leads.csv*"):
        path.unlink()
    assert "--replace" in story.type("run", "leads.csv", "--yes", folder=there, code=2).text
    assert story.charges == 12


def test_rows_of_which_results_tell_are_not_taken_for_others(story: Story) -> None:
    """The old rows are known again by their lines; beside them stand new ones."""
    begun(story, end=True)
    (story.folder / "leads.csv.resume.jsonl").unlink()
    story.sheet("leads.csv", "avatar_id,script", *(f"{line}!" for line in SCRIPTS), *SCRIPTS)
    story.run("leads.csv", *QUICK)
    assert story.charges == 24


def test_a_new_list_whose_earlier_resume_file_is_at_hand_is_no_edit_of_the_results(story: Story) -> None:
    """Other rows, by their row_ids, in the place of last month's."""
    story.sheet("leads.csv", "row_id,avatar_id,script", *(f"a{n},{line}" for n, line in enumerate(SCRIPTS)))
    story.run("leads.csv", *QUICK)
    story.sheet("leads.csv", "row_id,avatar_id,script", *(f"b{n},{line}!" for n, line in enumerate(SCRIPTS)))
    assert "in place of" not in story.type("check", "leads.csv").text
    story.run("leads.csv", *QUICK)
    assert story.charges == 24


def test_a_limit_is_no_way_round_the_brake(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", *(f"look_ann,Hello {n}" for n in range(12)))
    story.run("leads.csv")
    story.sheet("leads.csv", "avatar_id,script", *(f"look_ann,Good day {n}" for n in range(12)))
    told = story.run("leads.csv", "--limit", "6", code=2)
    assert "6 finished results would be made, and paid, again" in told.text
    assert "So would 6 more in later runs" in told.text
    assert story.charges == 12
    story.run("leads.csv", "--limit", "6", "--replace", code=4)
    assert story.charges == 18
