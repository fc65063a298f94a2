"""A recording that was downloaded and is no longer where it was put: it is not called done, and not paid again."""

from __future__ import annotations

from pathlib import Path

from tests.story import Story

LINK_DEAD = [{"method": "GET", "path": "^/media/", "fault": "error_before:403"}]


def recorded(story: Story) -> Path:
    """A sheet with one recording, made; its file."""
    story.sheet("a.csv", "text,voice_id", "Hello,voice_ann")
    story.run("a.csv")
    return story.folder / story.column("a.results.csv", "result_file")[0]


def test_a_recording_whose_link_still_works_is_fetched_again(story: Story) -> None:
    file = recorded(story)
    file.unlink()
    assert "1 rendering" in story.type("status", "a.csv", code=4).text
    story.run("a.csv")
    assert file.exists()
    assert story.charges == 1


def test_one_whose_link_has_expired_is_told_and_made_again_only_on_demand(story: Story) -> None:
    file = recorded(story)
    aside = file.rename(story.folder / "elsewhere.mp3")
    story.heygen.change(script=LINK_DEAD)
    told = story.run("a.csv", code=3)
    assert f"saved as a.files/{file.name}, which is not there any more, and its link has expired" in told.text
    assert "put the missing recordings back" in told.text
    assert story.column("a.results.csv", "result_status") == ["unknown"]
    story.run("a.csv", "--retry-unknown", code=3)
    assert story.charges == 1

    aside.rename(file)
    story.run("a.csv")
    assert story.column("a.results.csv", "result_status") == ["done"]

    file.unlink()
    story.heygen.change(script=[])
    story.run("a.csv", "--redo", "2")
    assert story.charges == 2


def test_a_recording_that_the_person_has_worked_on_is_not_overwritten(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id", "Hello,voice_ann")
    story.run("leads.csv")
    recording = story.folder / story.column("leads.results.csv", "result_file")[0]
    made = recording.read_bytes()
    recording.write_bytes(b"trimmed")
    story.run("leads.csv")
    assert recording.read_bytes() == made
    assert recording.with_name(f"{recording.stem} (changed){recording.suffix}").read_bytes() == b"trimmed"
    recording.write_bytes(b"trimmed again")
    story.pass_time(hours=24 * 30)  # its link has expired
    story.run("leads.csv")
    assert recording.read_bytes() == b"trimmed again"
    assert story.column("leads.results.csv", "result_status") == ["done"]
    assert story.charges == 1


def test_that_recordings_can_not_be_saved_is_told_with_its_cause(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id", "Hello,voice_ann")
    (story.folder / "leads.files").write_text("a file of theirs")
    told = story.run("leads.csv", code=4)
    assert "Recordings can't be saved" in told.text
    (story.folder / "leads.files").unlink()
    story.run("leads.csv")
    assert story.charges == 1
