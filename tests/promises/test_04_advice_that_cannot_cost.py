"""A resume file that can't be used: whichever of the ways on that bulkgen names is taken, nothing is paid unsaid."""

from __future__ import annotations

import shutil

import pytest

from bulkgen.ledger.file_ledger import FileLedger
from tests.story import Story

SHEET = ("avatar_id,script,text,voice_id", "look_ann,Hello,,", ",,Good day,voice_ann", ",,Good night,voice_ann")
QUICK = ("--poll-every", "0.1")


def damage(story: Story) -> None:
    file = story.folder / "leads.csv.resume.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:3], b"\0\0\0\n", *lines[3:]]))


def move_away(story: Story) -> None:
    (story.folder.parent / "bin").mkdir()
    (story.folder / "leads.csv.resume.jsonl").rename(story.folder.parent / "bin" / "damaged.jsonl")


def test_a_damaged_file_can_be_moved_away(story: Story) -> None:
    story.sheet("leads.csv", *SHEET)
    story.run("leads.csv", *QUICK)
    damage(story)
    told = story.run("leads.csv", *QUICK, code=9).text
    assert "is damaged at line 4" in told
    assert "Bring it back from a backup: that costs nothing. Or move it to another folder" in told
    for advice in ("start afresh", "delete just that line"):
        assert advice not in told
    move_away(story)
    story.run("leads.csv", *QUICK)
    assert story.charges == 3
    assert story.column("leads.results.csv", "result_status") == ["done"] * 3


def test_what_nobody_confirms_is_not_sent_after_that(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worst case: the run was killed, so that the index knows of claims only, and the results of nothing."""
    story.sheet("leads.csv", *SHEET)
    monkeypatch.setattr(FileLedger, "_note_end", lambda _: None)
    story.run("leads.csv", *QUICK)
    (story.folder / "leads.results.csv").unlink()
    shutil.rmtree(story.folder / "leads.files")
    damage(story)
    move_away(story)
    told = story.run("leads.csv", *QUICK, code=2).text
    assert "2 rows (row 3, 4) may have been made already" in told, (
        "the video is found by the title that bulkgen gave it"
    )
    assert story.charges == 3
    story.run("leads.csv", *QUICK, "--make-again")
    assert story.charges == 5


def test_of_two_videos_that_it_could_be_the_person_says_which(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.sheet("leads.csv", "avatar_id,script,title", "look_ann,Hello,Welcome")
    monkeypatch.setattr(FileLedger, "_note_end", lambda _: None)
    story.run("leads.csv", *QUICK)
    ours, theirs = story.heygen.ledger.charges[0]["id"], story.heygen.plant(title="Welcome")
    (story.folder / "leads.results.csv").unlink()
    damage(story)
    move_away(story)
    told = story.run("leads.csv", *QUICK, code=2).text
    assert f"--adopt ROW=ID (HeyGen shows what they could be: {theirs} 'Welcome', {ours} 'Welcome')" in told
    story.run("leads.csv", *QUICK, "--adopt", f"2={ours}")
    assert story.column("leads.results.csv", "result_id") == [ours]
    assert story.charges == 1


def test_the_file_of_another_account_leads_to_no_second_payment_unsaid(story: Story) -> None:
    story.sheet("leads.csv", *SHEET[:2])
    story.run("leads.csv", *QUICK)
    story.heygen.change(username="another")
    told = story.run("leads.csv", *QUICK, code=9).text
    assert "pay for them there too, add --resume leads.csv.resume-2.jsonl --make-again" in told
    story.heygen.change(not_found_looks=-1)  # in that account
    assert "was" in story.run("leads.csv", *QUICK, "--resume", "leads.csv.resume-2.jsonl", code=2).text
    assert story.charges == 1
