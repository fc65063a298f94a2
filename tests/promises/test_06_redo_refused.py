"""A video is made again, and that goes wrong: the result that was paid for stays until there is a newer one."""

from __future__ import annotations

from tests.story import Story

SHOWN = ("result_id", "result_video_url", "result_page_url", "result_duration_s", "result_finished_at")

QUICK = ("--poll-every", "0.1")


def shown(story: Story) -> list[list[str]]:
    return [story.column("leads.results.csv", column) for column in SHOWN]


def test_a_refused_redo_keeps_the_paid_video_in_the_results(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    story.run("leads.csv", *QUICK)
    before = shown(story)
    assert all(texts[0] for texts in before)
    story.heygen.change(script=[{"fault": "error_before:400"}])
    story.run("leads.csv", "--redo", "2", *QUICK, code=3)
    assert shown(story) == before
    (error,) = story.column("leads.results.csv", "result_error")
    assert error.startswith("Made again: ")
    assert error.endswith("the result that it had before")
    (story.folder / "leads.results.csv").unlink()
    story.run("leads.csv", code=3)
    assert shown(story)[0] == before[0]
    assert shown(story)[1] != [""]  # asked for once more
    story.heygen.change(script=[])
    story.run("leads.csv", "--retry-failed", *QUICK)
    assert story.column("leads.results.csv", "result_status") == ["done"]
    assert shown(story)[0] != before[0]
    assert story.charges == 2


def test_the_old_recording_stays_until_the_new_one_is_here(story: Story) -> None:
    story.sheet("leads.csv", "text,voice_id", "Hello,voice_ann")
    story.run("leads.csv")
    (file,) = story.column("leads.results.csv", "result_file")
    recorded = (story.folder / file).read_bytes()
    story.heygen.change(balance=0.0)
    story.run("leads.csv", "--redo", "2", code=6)
    assert story.column("leads.results.csv", "result_file") == [file]
    assert (story.folder / file).read_bytes() == recorded
    story.heygen.change(balance=None)
    story.run("leads.csv")
    (newer,) = story.column("leads.results.csv", "result_file")
    assert newer != file
    assert (story.folder / file).read_bytes() == recorded
    assert story.charges == 2
