"""A share that knows no locks: of two computers one at a time sends, whatever their clocks say or how they sleep."""

from __future__ import annotations

import errno
import json
import os

import pytest

from bulkgen.disk import growing
from bulkgen.ledger.events import format_time
from tests.story import Story

pytestmark = pytest.mark.skipif(os.name == "nt", reason="flock")


@pytest.fixture(autouse=True)
def _no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_fd: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)


def leave_note(story: Story, beat: float) -> None:
    """The other computer says in the lock file that it is at work."""
    note = {"host": "the other computer", "pid": 7, "started": format_time(0), "beat": format_time(beat)}
    (story.folder / "leads.csv.resume.jsonl.lock").write_text(json.dumps(note))


def test_a_computer_that_slept_while_another_took_over_sends_nothing_more(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.sheet("leads.csv", "avatar_id,script", *(f"look_ann,Hello {row}" for row in range(30)))
    sync, slept = growing.sync, list[int]()

    def sleep_after_two(fd: int) -> None:
        sync(fd)
        if story.charges >= 2 and not slept:
            slept.append(story.charges)
            leave_note(story, story.clock())

    with monkeypatch.context() as asleep:
        asleep.setattr(growing, "sync", sleep_after_two)
        told = story.run("leads.csv", code=8)
    assert "the other computer has taken over this sheet" in told.text
    assert "The results are left to the run that has taken over" in told.text
    assert not (story.folder / "leads.results.csv").exists()
    assert story.charges <= slept[0] + 4  # those that were on their way
    (story.folder / "leads.csv.resume.jsonl.lock").unlink()
    story.heygen.change(slots=30)
    story.run("leads.csv", "--no-wait", "--concurrency", "30", code=None)
    assert story.charges == 30
    assert not story.charged_twice


def test_a_clock_that_is_15_minutes_ahead_takes_over_no_run_that_is_at_work(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    leave_note(story, story.clock() - 900)
    story.sleep = lambda seconds: leave_note(story, story.clock() - 899) if seconds > 1 else None
    told = story.run("leads.csv", code=8)
    assert "nothing is sent meanwhile" in told.text
    assert "Another run is at work on this sheet (process 7 on the other computer" in told.text
    assert story.charges == 0
    story.sleep = lambda _seconds: None
    assert "taking over" in story.run("leads.csv", "--no-wait", code=4).text
    assert story.charges == 1
