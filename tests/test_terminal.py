"""What a person at a terminal sees: whole commands in a pseudo-terminal of a size, and what a shell completes."""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bulkgen.errors import Exit
from tests.command import SAMPLES, command, environment
from tests.forked import forked
from tests.story import Story

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals")


def on_screen(
    folder: Path, *words: str, env: Mapping[str, str], size: tuple[int, int] = (24, 80), typed: Mapping[bytes, bytes]
) -> tuple[int, str]:
    """Exit code and everything that was shown. `typed`: what is answered once the screen ends in these words."""
    import fcntl
    import pty
    import termios

    terminal, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    whole = {**environment(env), "TERM": "xterm"}
    process = forked(command(*words), cwd=folder, env=whole, stdin=its, stdout=its, stderr=its, terminal=True)
    os.close(its)
    shown = b""
    answers = dict(typed)
    try:
        with contextlib.suppress(OSError):  # what a terminal says whose last program has ended
            while piece := os.read(terminal, 10_000):
                shown += piece
                for words_on_it in [each for each in answers if shown.endswith(each)]:
                    os.write(terminal, answers.pop(words_on_it))
    finally:
        os.close(terminal)  # whoever still waits for an answer, when the test's own time is over, ends with it
    return process.wait(), shown.decode().replace("\r\n", "\n")


def notable(story: Story, rows: int) -> None:
    """A sheet whose every row is worth a note or two, and can be made."""
    lines = (f"look_ann,Hello {n} at www.example.com 😀,voice_ann,person{n % 5}@example.com" for n in range(rows))
    story.sheet("leads.csv", "avatar_id,script,voice_id,email", *lines)


@pytest.mark.parametrize(("lines", "columns"), [(32, 80), (24, 80), (12, 80), (20, 40)])
def test_the_plan_fits_the_window_and_ends_in_the_question(story: Story, lines: int, columns: int) -> None:
    notable(story, 30)
    no = {b"[y/N] ": b"n\n"}
    code, shown = on_screen(story.folder, "leads.csv", env=story.env, size=(lines, columns), typed=no)
    assert code == Exit.MISTAKES
    plan, _, rest = shown.partition("Make 30 videos for about $")
    assert len(plan.splitlines()) < lines - rest.partition("[y/N] ")[0].count("\n")
    assert all(len(line) <= columns for line in plan.splitlines())
    assert ("bulkgen check leads.csv shows all" in plan) == (lines < 32)
    assert "Nothing was sent" in rest
    assert story.charges == 0


def test_mistakes_are_told_once_and_as_many_as_the_window_has_room_for(story: Story) -> None:
    rows = [f"look_ann,Hello {{{{nam{n}}}}},voice_ann" for n in range(50)]
    story.sheet("leads.csv", "avatar_id,script,voice_id", *rows)
    _, shown = on_screen(story.folder, "run", "leads.csv", env=story.env, typed={})
    told = shown.splitlines()
    assert len(told) <= 23
    assert "50 mistakes:" in told
    assert any(line.startswith("  and ") and line.endswith("bulkgen check leads.csv shows all") for line in told)
    assert shown.count("Nothing was sent") == 1
    _, whole = on_screen(story.folder, "check", "leads.csv", env=story.env, typed={})
    assert all(f"nam{n}}}}}" in whole for n in range(40))


def test_rows_with_mistakes_are_not_listed_a_second_time_at_the_end(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,voice_id", "look_ann,Hello,voice_ann", "look_ann,,voice_ann")
    told = story.run("leads.csv", "--skip-invalid", code=Exit.SOME_FAILED)
    assert (told.out + told.err).count("is blank") == 1
    assert "1 video: 1 done; 1 row invalid." in told.text
    assert "is blank" in story.type("status", "leads.csv", code=Exit.SOME_FAILED).out


def test_quiet_says_nothing_when_nothing_is_wrong_and_says_what_is(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,voice_id", "look_ann,Hello,voice_ann")
    for _ in range(2):
        told = story.run("leads.csv", "--quiet", "--max-cost", "9")  # without a cap it says what it is about to spend
        assert (told.out, told.err) == ("", "")
    assert story.charges == 1
    told = story.type("check", "leads.csv", "--quiet")
    assert (told.out, told.err) == ("", "")
    story.sheet("leads.csv", "avatar_id,script,voice_id", "look_ann,,voice_ann")
    assert "is blank" in story.run("leads.csv", "-q", code=Exit.MISTAKES).err


def test_ctrl_c_and_the_end_of_input_at_the_question_send_nothing(story: Story) -> None:
    notable(story, 2)
    code, shown = on_screen(story.folder, "run", "leads.csv", env=story.env, typed={b"[y/N] ": b"\x03"})
    assert code == Exit.INTERRUPTED
    assert shown.splitlines()[-1] == "Interrupted. Nothing was sent."
    code, shown = on_screen(story.folder, "run", "leads.csv", env=story.env, typed={b"[y/N] ": b"\x04"})
    assert code == Exit.MISTAKES
    assert shown.splitlines()[-1] == "Nothing was sent."
    assert story.charges == 0


def test_a_sheet_alone_is_made(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,script,voice_id", "look_ann,Hello,voice_ann")
    story.type("leads.csv", "--yes")
    assert story.charges == 1
    assert "Nothing new." in story.type("--yes", "leads.csv").out
    assert story.charges == 1


# Completion ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("bulkgen r", ["run"]),
        ("bulkgen run --conc", ["--concurrency"]),
        ("bulkgen leads.xlsx --conc", ["--concurrency"]),
        ("bulkgen status --quie", []),
    ],
)
def test_shells_are_told_what_fits(tmp_path: Path, line: str, offered: list[str]) -> None:
    words = line.split(" ")
    asked = {"_BULKGEN_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run(command(), cwd=tmp_path, env=environment(asked), capture_output=True, text=True, check=True)
    assert done.stdout.split() == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_that_completes_asks_bulkgen(tmp_path: Path, shell: str) -> None:
    """What `--install-completion` installs, in a shell as far as this computer has it."""
    asked = {"_BULKGEN_COMPLETE": f"source_{shell}", "HOME": str(tmp_path)}
    done = subprocess.run(command(), env=environment(asked), capture_output=True, text=True, check=True)
    assert f"_BULKGEN_COMPLETE=complete_{shell}" in done.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, text=True, check=True)


def test_what_a_shell_completes_with_is_installed_by_one_option(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = subprocess.run(
        command("--install-completion", "bash"), env=environment(home), capture_output=True, text=True, check=True
    )
    assert "completion installed" in done.stdout
    assert "bulkgen" in (tmp_path / ".bashrc").read_text(encoding="utf-8")


def test_the_help_of_all_commands_takes_no_heavy_package() -> None:
    heavy = ("pandas", "openpyxl", "httpx", "pydantic", "starlette", "anyio", "asyncio", "rich")
    program = (
        "import sys; from bulkgen.cli.app import typed; typed(['--help']); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_samples_look_the_same_in_a_window_of_any_width(story: Story) -> None:
    """The words of a plan are the same wherever they are wrapped."""
    shutil.copy(SAMPLES / "broken.csv", story.folder)
    words = ("check", "broken.csv", "--sandbox")
    wide, narrow = (
        on_screen(story.folder, *words, env=story.env, size=(24, columns), typed={})[1] for columns in (400, 50)
    )
    assert wide.split() == narrow.split()
    assert max(map(len, narrow.splitlines())) <= 60
