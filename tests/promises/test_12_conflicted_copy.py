"""A synchronised folder has two copies of a resume file: what one of them finished counts, whatever else was tried."""

from __future__ import annotations

import shutil

from tests.story import Story

QUICK = ("--poll-every", "0.1")


def test_a_copy_that_only_met_a_402_does_not_make_a_finished_video_again(story: Story) -> None:
    resume = story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello").with_name("leads.csv.resume.jsonl")
    story.heygen.change(balance=0.0)
    for _ in range(2):
        story.run("leads.csv", code=6)
    elsewhere = resume.rename(story.folder.parent / "copy.jsonl")
    shutil.rmtree(story.data)
    story.heygen.change(balance=None)
    story.run("leads.csv", *QUICK)
    video = story.column("leads.results.csv", "result_id")
    elsewhere.rename(story.folder / "leads.csv.resume (Ana's conflicted copy).jsonl")
    told = story.run("leads.csv", *QUICK)
    assert "Nothing new" in told.text
    assert story.column("leads.results.csv", "result_status") == ["done"]
    assert story.column("leads.results.csv", "result_id") == video
    story.run("leads.csv", "--redo", "2", *QUICK)
    assert story.charges == 2
