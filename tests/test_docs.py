"""What the README promises is what the program does."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest
import typer

from bulkgen import __version__
from bulkgen.cli.app import COMMANDS, application
from bulkgen.errors import Exit
from bulkgen.kinds import KINDS
from bulkgen.ledger.state import Status
from bulkgen.result_columns import ResultColumn
from tests.command import ROOT, SAMPLES, STARTERS, bulkgen
from tests.readme import filled

README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
OPTIONS = {
    flag
    for command in typer.main.get_command(application(COMMANDS)).commands.values()  # type: ignore[attr-defined]  # a group has commands
    for parameter in command.params
    for flag in parameter.opts
    if flag.startswith("-")
}


def test_the_tables_of_options_and_columns_are_those_of_the_code() -> None:
    """After a change: python -m tests.readme"""
    assert filled(README) == README


def test_every_option_that_is_named_exists() -> None:
    own = re.sub(r"```(?:sh|powershell).*?```", "", README, flags=re.S)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", own)) <= OPTIONS | {"--version"}


def test_both_commands_stand_on_the_first_screen_and_do_their_own_set_up() -> None:
    first = "\n".join(README.splitlines()[:32])
    commands = re.findall(r"^python3 -m venv .*$", first, flags=re.M)
    assert len(commands) == 2
    assert commands[0].endswith(".venv/bin/bulkgen run sample_data/leads.xlsx --sandbox")
    assert commands[1].endswith(".venv/bin/python -m pytest -q")
    assert all("pip install" in command for command in commands)


def test_what_is_shown_of_a_run_is_what_a_run_prints(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "leads.xlsx", tmp_path)
    done = bulkgen(tmp_path, "run", "leads.xlsx", "--sandbox")
    shown = re.search(r"\$ bulkgen run leads\.xlsx --sandbox\n(.*?)```", README, flags=re.S)
    assert shown is not None
    assert done.stderr + done.stdout == shown[1]


def test_what_is_shown_of_a_check_is_what_a_check_prints(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "broken.csv", tmp_path)
    done = bulkgen(tmp_path, "check", "broken.csv", "--sandbox")
    shown = re.search(r"\$ bulkgen check broken\.csv\n…\n(.*?)```", README, flags=re.S)
    assert shown is not None
    assert set(shown[1].splitlines()) <= set(done.stderr.splitlines())


def test_how_to_tell_the_key_is_said_in_the_words_of_every_shell_here_and_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("avatar_id,script\nlook_ann,Hello\n", encoding="utf-8")
    told = bulkgen(tmp_path, "run", "a.csv").stderr
    for command in (
        "export HEYGEN_API_KEY=your-key",
        '$env:HEYGEN_API_KEY = "your-key"',
        "set HEYGEN_API_KEY=your-key",
    ):
        assert command in told
        assert f"`{command}`" in README


def test_every_result_column_status_and_exit_code_is_explained() -> None:
    assert all(f"`{name}`" in README for name in ResultColumn)
    assert all(f"| `{status.value}` |" in README for status in Status)
    assert all(f"| {int(code)} |" in README for code in Exit)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_each_kind_has_a_starter_that_is_right_as_it_is(tmp_path: Path, name: str) -> None:
    shutil.copy(STARTERS / f"{name}.csv", tmp_path)
    done = bulkgen(tmp_path, "run", f"{name}.csv", "--sandbox")
    assert done.returncode == Exit.OK, done.stderr
    headers = (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    explained = [header for header in headers if f"`{header}`" in README]
    assert set(headers) - set(explained) <= {"first_name", "company"}  # the sandbox template's own variables


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__


def test_the_command_is_the_module_so_that_ctrl_c_is_looked_after_first_in_both() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"bulkgen": "bulkgen.__main__:main"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_files_of_the_project_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert target.startswith("http") or (path.parent / target).exists(), target


def test_every_function_on_the_walk_of_a_row_is_where_it_is_said_to_be() -> None:
    steps = re.findall(r"`([\w/]+\.py): (\w+)`", ARCHITECTURE)
    assert len(steps) > 20
    for module, name in steps:
        code = (ROOT / "bulkgen" / module).read_text(encoding="utf-8")
        assert re.search(rf"^(?:async )?(?:def|class) {name}\b", code, flags=re.M), f"{module}: {name}"


def test_every_room_is_explained() -> None:
    """`sheet/` and `codes.py`, but neither what Python itself asks for nor what only holds a version."""
    found = {path.name + "/" * path.is_dir() for path in (ROOT / "bulkgen").iterdir() if not path.name.startswith("__")}
    assert set(re.findall(r"^\| `([^`]+)` \|", ARCHITECTURE, flags=re.M)) == found - {"py.typed"}


def test_what_is_packed_is_there_and_the_documents_are_packed() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    packed = build["targets"]["sdist"]["include"]
    assert [name for name in packed if not (ROOT / name).exists()] == []
    assert {path.relative_to(ROOT).parts[0] for path in DOCUMENTS} <= set(packed)
    assert (ROOT / "bulkgen" / "py.typed").exists()
