"""The resume file can't be written, from the first record on or in mid-run: exit 9, with results, on every Python."""

from __future__ import annotations

import errno
import os

import pytest

from bulkgen.disk import growing
from tests.story import Story

#: Renders take no time here.
SOON = ("--poll-every", "0.1")


@pytest.mark.parametrize("records", [0, 1, 4])
def test_a_run_whose_record_fails_ends_with_9_and_results_and_the_next_pays_only_what_is_left(
    story: Story, monkeypatch: pytest.MonkeyPatch, records: int
) -> None:
    story.sheet("a.csv", "avatar_id,script", *(f"look_ann,Hello {number}" for number in range(4)))
    real, written = growing.write, 0

    def refuse(fd: int, data: bytes) -> None:
        nonlocal written
        written += 1
        if written > records:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        real(fd, data)

    with monkeypatch.context() as patch:
        patch.setattr(growing, "write", refuse)
        told = story.run("a.csv", *SOON, code=9)
    assert "a.csv.resume.jsonl can't be written" in told.text
    assert "Nothing was sent that is not recorded in it" in told.text
    assert "unexpected" not in told.text
    assert len(story.results("a.results.csv")) == 4
    story.run("a.csv", *SOON)
    assert set(story.column("a.results.csv", "result_status")) == {"done"}
    assert story.charges == 4


def test_a_resume_file_that_is_read_only_sends_nothing_and_says_what_to_do(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.sheet("a.csv", "text,voice_id", "Hello,voice_ann")
    story.run("a.csv")
    story.sheet("a.csv", "text,voice_id", "Hello,voice_ann", "Hello again,voice_ann")

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(growing.GrowingFile, "__init__", refuse)
        told = story.run("a.csv", code=9)
    assert "Make the file and its folder writable, then run the same command again" in told.text
    assert story.column("a.results.csv", "result_status") == ["done", "queued"]
    assert story.charges == 1
