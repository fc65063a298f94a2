"""The disk fills up while answers come in: nothing more is sent, every id is recorded, and nothing is paid twice."""

from __future__ import annotations

import errno
import os

import pytest

from bulkgen.disk import growing
from tests.story import Story


def test_a_disk_that_fills_up_stops_the_sending_and_never_the_recording(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = growing.write

    def full_after_five(fd: int, data: bytes) -> None:
        if story.charges >= 5 and os.lseek(fd, 0, os.SEEK_CUR) + len(data) > os.fstat(fd).st_size:
            raise OSError(errno.ENOSPC, "No space left on device")

        write(fd, data)

    story.heygen.change(slots=40)
    story.sheet("leads.csv", "avatar_id,script", *(f"look_ann,Hello number {row}" for row in range(30)))
    with monkeypatch.context() as disk:
        disk.setattr(growing, "write", full_after_five)
        told = story.run("leads.csv", "--no-wait", "--concurrency", "30", code=9)
    assert "The disk is full" in told.text
    assert "Nothing was sent that is not recorded" in told.text
    paid = {job_id for charge in story.heygen.ledger.charges for job_id in charge["ids"]}
    assert 5 <= len(paid) < 30
    assert paid <= {event.get("id") for event in story.events("leads.csv")}
    story.run("leads.csv", "--no-wait", "--concurrency", "30", code=None)
    assert story.charges == 30
    assert not story.charged_twice
