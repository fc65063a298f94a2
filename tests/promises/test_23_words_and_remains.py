"""Words that are true of what a run does, and nothing that is left lying about."""

from __future__ import annotations

from tests.story import Story

SHARED = ("text,voice_id,name", "Hello,voice_ann,Ana", "Good day,voice_ann,Ben", "Hello,voice_ann,Cem")


def test_a_row_that_only_met_a_402_has_failed_at_nothing(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id", "Hello,voice_ann")
    story.heygen.change(balance=0.0)
    story.run("leads.csv", code=6)
    story.heygen.change(balance=None)
    told = story.run("leads.csv")
    assert "1 to make: 1 voice-over" in told.text
    assert "earlier try failed" not in told.text
    assert story.charges == 1


def test_a_row_that_shares_another_rows_result_can_be_made_again_and_that_is_told(story: Story) -> None:
    story.sheet("leads.csv", *SHARED)
    story.run("leads.csv")
    told = story.run("leads.csv", "--redo", "4")
    assert "Rows 2, 4 ask for the same and share one result: --redo makes it again once, and all of them" in told.text
    assert story.charges == 3
    first, _, third = story.column("leads.results.csv", "result_file")
    assert first == third
    assert "share one result" not in story.run("leads.csv", "--redo", "2,4").text


def test_what_killed_runs_left_half_written_goes_with_the_next_run(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id", "Hello,voice_ann")
    story.run("leads.csv")
    remains = [story.folder / ".leads.results.csv.4711.part", story.folder / "leads.files" / ".0002-ab.mp3.4711.part"]
    for path in remains:
        path.write_bytes(b"half")
    story.run("leads.csv")
    assert not any(path.exists() for path in remains)
