"""How bulkgen starts itself again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bulkgen import __version__
from bulkgen.errors import InputError
from bulkgen.program import check_program, command_line, lasting_command_line
from bulkgen.schedules.computer import Computer


def test_the_command_line_starts_bulkgen_and_nothing_of_the_folder_where_it_is_typed(tmp_path: Path) -> None:
    (tmp_path / "bulkgen.py").write_text("raise SystemExit('somebody else')", encoding="utf-8")
    done = subprocess.run(command_line("--version"), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"bulkgen {__version__}\n", "")


def test_one_file_with_python_in_it_is_started_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/bulkgen")
    monkeypatch.setattr(sys, "prefix", "/tmp/_MEI1234")  # unpacked anew each time
    assert lasting_command_line("check", "a.csv") == ["/opt/bulkgen", "check", "a.csv"]
    computer = Computer.this(Path("/data"))
    check_program(computer.program, computer.prefix, {})  # a schedule asks the same


@pytest.mark.parametrize(
    "program", ["/opt/bulkgen/bin/python", "/home/ann/.local/share/uv/tools/bulkgen/bin/python", "/home/ann/tmp/py"]
)
def test_an_entry_that_others_keep_names_the_program_by_its_whole_path(
    monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    monkeypatch.setattr(sys, "prefix", "/opt/bulkgen")
    assert lasting_command_line("run") == [program, "-P", "-m", "bulkgen", "run"]


@pytest.mark.parametrize(
    ("program", "prefix"),
    [
        ("/tmp/x/bin/python", "/opt/bulkgen"),
        ("/var/tmp/venv/bin/python", "/opt/bulkgen"),
        ("/private/var/folders/x1/abc/T/venv/bin/python", "/opt/bulkgen"),
        ("/home/ann/.cache/uv/archive-v0/Ab12/bin/python", "/opt/bulkgen"),
        ("/Users/ann/Library/Caches/uv/x/bin/python", "/opt/bulkgen"),
        ("/home/ann/AppData/Local/uv/cache/x/python.exe", "/opt/bulkgen"),
        ("/data/uv/environments-v2/abc/bin/python", "/opt/bulkgen"),
        ("/mine/wheels/abc/bin/python", "/opt/bulkgen"),
        ("/opt/python/bin/python", "/tmp/venv"),
    ],
)
def test_no_entry_is_made_for_a_bulkgen_that_may_be_gone_tomorrow(
    monkeypatch: pytest.MonkeyPatch, program: str, prefix: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    monkeypatch.setattr(sys, "prefix", prefix)
    monkeypatch.setenv("UV_CACHE_DIR", "/mine/wheels")
    with pytest.raises(InputError, match="uv tool install bulkgen"):
        lasting_command_line("run")
