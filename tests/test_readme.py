"""The README's commands, typed one after the other as they stand there, in a fresh shell."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import Workbook

from bulkgen import __version__
from tests.command import ROOT, SAMPLES, as_from_a_terminal, environment, results
from tests.story import Story

README = (ROOT / "README.md").read_text(encoding="utf-8")
#: What is to be typed in a shell.
BLOCKS = re.findall(r"```sh\n(.*?)```", README, flags=re.S)
#: What `pip install .` leaves in an environment.
INSTALLED = """
import pathlib, sys
assert sys.argv[1:] == ["install", "-q", "."], sys.argv
script = pathlib.Path(sys.prefix, "bin", "bulkgen")
script.write_text('#!/bin/sh\\nexec {python} -m bulkgen "$@"\\n')
script.chmod(0o755)
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the commands of a POSIX shell")


def test_after_the_first_command_of_the_readme_bulkgen_can_be_typed_in_that_shell(tmp_path: Path) -> None:
    """As it stands, in a fresh bash: only what pip would download stands there by itself (.ci/run has it download)."""
    (tmp_path / "sample_data").mkdir()
    shutil.copy(SAMPLES / "leads.xlsx", tmp_path / "sample_data")
    (tmp_path / "bin").mkdir()
    python3 = tmp_path / "bin" / "python3"
    python3.write_text(
        f'#!/bin/sh\nexec {sys.executable} "$@" --without-pip --system-site-packages\n', encoding="utf-8"
    )
    python3.chmod(0o755)
    pip = tmp_path / "stubs" / "pip"
    pip.mkdir(parents=True)
    (pip / "__init__.py").touch()
    (pip / "__main__.py").write_text(INSTALLED.format(python=sys.executable), encoding="utf-8")
    script = f"command -v bulkgen && exit 99\n{BLOCKS[0]}\nbulkgen --version && command -v bulkgen\n"
    done = subprocess.run(
        ["bash", "--norc", "-e", "-c", script],
        cwd=tmp_path,
        env=environment({"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{tmp_path / 'stubs'}"}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "12 done." in done.stdout
    assert done.stdout.endswith(f"bulkgen {__version__}\n{tmp_path / '.venv' / 'bin' / 'bulkgen'}\n")


def test_from_login_to_the_last_video_every_command_of_the_readme_does_what_it_says(tmp_path: Path) -> None:
    folder, config, tools = (tmp_path / name for name in ("mine", "config", "bin"))
    folder.mkdir()
    tools.mkdir()
    export(folder / "leads.xlsx")
    (tools / "bulkgen").write_text(f'#!/bin/sh\nexec {sys.executable} -m bulkgen "$@"\n', encoding="utf-8")
    (tools / "bulkgen").chmod(0o755)
    (walk,) = (block for block in BLOCKS if "bulkgen login" in block)
    with Story(folder) as story:
        env = {name: value for name, value in story.env.items() if name != "HEYGEN_API_KEY"}
        env |= {"HEYGEN_CONFIG_DIR": str(config), "BULKGEN_DATA_DIR": str(story.data), "TERM": "xterm"}
        env["PATH"] = f"{tools}:/usr/bin:/bin"
        key = story.heygen.settings.key
        code, seen = typed(walk, folder, environment(env), {"Paste the key": key, "Enter for 1:": "", "[y/N]": "y"})
        assert code == 0, seen
        assert key not in seen
        assert seen.count("What should be made") == 1  # and the answer is kept
        assert story.charges == 3
        assert not story.charged_twice
    assert [line["result_status"] for line in results(folder, "leads.results.xlsx")] == ["done"] * 3


def export(path: Path) -> None:
    """A CRM's export, with its own headers below a title."""
    book = Workbook()
    for line in (
        ("Warm leads",),
        (),
        ("First Name", "Company Name", "Email"),
        ("Ann", "Acme Paper", "ann@example.com"),
        ("José", "Panadería Sol", "jose@example.com"),
        ("Zoë", "Müller & Söhne", "zoe@example.com"),
    ):
        book.worksheets[0].append(line)
    book.save(path)


def typed(script: str, folder: Path, env: Mapping[str, str], answers: Mapping[str, str]) -> tuple[int, str]:
    """The exit code of a shell at a terminal, ended by the first command that fails, and all that was to be seen.

    `answers`: what is typed, by what has to be seen before.
    """
    import pty

    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        as_from_a_terminal()
        os.execve("/bin/bash", ["bash", "--norc", "--noprofile", "-e", "-c", script], dict(env))
    seen = asked = ""
    while select.select([terminal], [], [], 60)[0]:
        try:
            new = os.read(terminal, 65_536).decode(errors="replace")
        except OSError:  # how Linux tells the end
            break

        seen, asked = seen + new, asked + new
        for prompt, answer in answers.items():
            if prompt in asked:
                os.write(terminal, f"{answer}\n".encode())
                asked = asked.rpartition(prompt)[2]
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), seen
