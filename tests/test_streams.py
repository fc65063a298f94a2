"""The streams as a shell gives them: full, closed, or read by nobody any more; processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import avatars, command, environment, hurried_command
from tests.story import Story

FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no system without /dev/full has a full one")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")


def in_a_shell(folder: Path, line: list[str], redirections: str, env: dict[str, str]) -> tuple[int, str, str]:
    """The exit code, and what it printed where that can be read."""
    done = subprocess.run(
        ["sh", "-c", f'("$@" {redirections})', "sh", *line],
        cwd=folder,
        env=environment({**env, "BULKGEN_DATA_DIR": str(folder.parent / "data")}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@FULL
@pytest.mark.parametrize(
    "words", [["--help"], ["list", "folders", "--sandbox"], ["check", "a.csv", "--sandbox", "--json"]]
)
def test_output_that_can_not_be_written_is_told_and_no_success(tmp_path: Path, words: list[str]) -> None:
    avatars(tmp_path, 1)
    code, _, told = in_a_shell(tmp_path, command(*words), ">/dev/full", {})
    assert code == 1
    assert told.endswith(
        "Standard output can't be written (No space left on device): what was to be printed there is lost.\n"
    )


@FULL
def test_a_full_disk_behind_the_output_stops_no_run_in_its_middle(tmp_path: Path) -> None:
    with Story(tmp_path) as story:
        avatars(tmp_path, 2)
        code, _, told = in_a_shell(tmp_path, hurried_command("run", "a.csv", "--yes"), ">/dev/full", story.env)
        assert (code, story.charges) == (1, 2)
        assert "can't be written" in told
        assert story.column("a.results.csv", "result_status") == ["done", "done"]


@POSIX
def test_a_command_whose_output_is_closed_says_so(tmp_path: Path) -> None:
    code, _, told = in_a_shell(tmp_path, command("--version"), ">&-", {})
    assert code == 1
    assert "can't be written" in told


@POSIX
@pytest.mark.parametrize("words", [["--help"], ["list", "voices", "--sandbox", "--json"]])
def test_a_reader_that_has_gone_wanted_no_more(tmp_path: Path, words: list[str]) -> None:
    code, first, told = in_a_shell(tmp_path, command(*words), "; echo rest $? >&2) | (read -r line; echo $line", {})
    assert (code, told) == (0, "rest 0\n")
    assert first


@POSIX
@pytest.mark.parametrize("redirections", ["2>&-", "<&- 2>&-", pytest.param("2>/dev/full", marks=FULL)])
def test_a_run_needs_nobody_to_read_its_messages(tmp_path: Path, redirections: str) -> None:
    with Story(tmp_path) as story:
        avatars(tmp_path, 1)
        line = hurried_command("run", "a.csv", "--yes", "--json")
        code, out, told = in_a_shell(tmp_path, line, redirections, story.env)
        assert (code, story.charges, told) == (0, 1, "")
        assert json.loads(out)["counts"]["done"] == 1
        assert story.events("a.csv"), "no message may land in the file that took the place of a stream"
