"""`--quiet`, as cron uses it: a mail only where something is new, or somebody has to look."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from bulkgen.cli import console
from bulkgen.cli.console import Console
from bulkgen.errors import Exit
from bulkgen.ledger.lock import SheetLock, lock_of
from tests.command import ROOT
from tests.story import Story

CRON = ("--quiet", "--no-input", "--max-cost", "9")
SILENCE = ("", "")


def video(story: Story, *texts: str) -> None:
    story.sheet("leads.csv", "avatar_id,script", *(f"look_ann,{text}" for text in texts))


def running(story: Story, mark: str = "") -> SheetLock:
    """Another run at work on the sheet."""
    return SheetLock(lock_of(story.folder / f"leads.csv{mark}.resume.jsonl"), host="elsewhere")


def test_what_failed_is_told_once_and_the_exit_code_goes_on_saying_it(story: Story) -> None:
    story.sheet("leads.csv", "voice_id,text", "voice_ann,One", "voice_ann,[fail] Two")
    told = story.run("leads.csv", "--sandbox", *CRON, code=Exit.SOME_FAILED)
    assert "1 done, 1 failed" in told.out
    told = story.run("leads.csv", "--sandbox", *CRON, code=Exit.SOME_FAILED)
    assert (told.out, told.err) == SILENCE
    assert "1 done, 1 failed" in story.run("leads.csv", "--sandbox", code=Exit.SOME_FAILED).out


def test_what_is_still_in_progress_is_no_news(story: Story) -> None:
    story.heygen.change(never_ends=True)
    video(story, "One")
    told = story.run("leads.csv", *CRON, "--no-wait", "--log-format", "text", code=Exit.NOT_FINISHED)
    assert "1 rendering" in told.out
    line = (story.folder / "leads.csv.log").read_text().splitlines()[-1]
    assert re.search(r"exit 4, 0 made, 0 failed, 1 left, \$0\.00, up to \$0\.\d+ not finished, not finished:", line)
    told = story.run("leads.csv", *CRON, "--no-wait", code=Exit.NOT_FINISHED)
    assert (told.out, told.err) == SILENCE


def test_a_caution_waits_for_a_run_that_sends_something(story: Story) -> None:
    video(story, "One")
    story.data.write_text("no folder")
    assert "index" in story.run("leads.csv", *CRON).err
    told = story.run("leads.csv", *CRON, "--log-format", "text")
    assert (told.out, told.err) == SILENCE
    assert "WARNING bulkgen" in (story.folder / "leads.csv.log").read_text()
    video(story, "One", "Two")
    assert "index" in story.run("leads.csv", *CRON).err


def test_rows_with_mistakes_are_told_each_time(story: Story) -> None:
    video(story, "One", "")
    for _ in range(2):
        assert "is blank" in story.run("leads.csv", *CRON, "--skip-invalid", code=Exit.SOME_FAILED).err
    assert "is blank" in story.run("leads.csv", *CRON, code=Exit.MISTAKES).err


def test_a_limit_and_a_missing_key_are_told_each_time(story: Story) -> None:
    video(story, "One")
    for _ in range(2):
        assert "--max-cost" in story.run("leads.csv", "-q", "--max-cost", "0", code=Exit.MAX_COST).text
        told = story.type("run", "leads.csv", "--yes", *CRON, env={"HEYGEN_API_KEY": ""}, code=Exit.KEY)
        assert "no HeyGen API key" in told.err


@pytest.mark.parametrize("words", [("run", "--yes"), ("links",)])
def test_another_run_at_work_is_silence_and_its_exit_code(story: Story, words: tuple[str, ...]) -> None:
    video(story, "One")
    command, *options = words
    with running(story):
        told = story.type(command, "leads.csv", *options, "--quiet", "--log-format", "text", code=Exit.LOCKED)
        assert (told.out, told.err) == SILENCE
        told = story.type(command, "leads.csv", *options, "--quiet", "--json", code=Exit.LOCKED)
        assert (json.loads(told.out)["exit_code"], told.err) == (Exit.LOCKED, "")
        assert "Another run is at work" in story.type(command, "leads.csv", *options, code=Exit.LOCKED).err
    [line] = (story.folder / "leads.csv.log").read_text().splitlines()
    assert f"INFO {command} leads.csv: exit 8, {Exit.LOCKED.about}" in line
    assert story.charges == 0


def test_who_waits_at_a_terminal_is_told_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    for quiet, looks, told in ((True, False, ""), (True, True, "busy\n"), (False, False, "busy\n")):
        with mock.patch.object(console, "_is_terminal", return_value=looks):
            Console(quiet=quiet).mention("busy")
        assert capsys.readouterr().err == told


def test_a_check_without_mistakes_is_silence_though_it_has_notes(story: Story) -> None:
    story.sheet("leads.csv", "voice_id,text", "voice_nobody,One")
    assert "Marked in a copy" in story.type("check", "leads.csv", "--sandbox").err
    told = story.type("check", "leads.csv", "--sandbox", "--quiet")
    assert (told.out, told.err) == SILENCE


def test_in_an_environment_with_nothing_in_it_the_exit_codes_hold(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("voice_id,text\nvoice_ann,One\n")
    shell = '"$@" <&-'
    words = [sys.executable, "-m", "bulkgen", "run", str(tmp_path / "leads.csv"), "--yes", *CRON]
    for more, code, told in ((["--sandbox"], Exit.OK, ""), ([], Exit.KEY, "There is no HeyGen API key.")):
        done = subprocess.run(
            ["/bin/sh", "-c", shell, "sh", *words, *more],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "HEYGEN_CONFIG_DIR": "/nonexistent"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr[: len(told) or None] == told
