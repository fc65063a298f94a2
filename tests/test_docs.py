"""What the README and docs/ promise is what the program does."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
import typer

from bulkgen import __version__
from bulkgen.batch.remembered import Said, settings_from
from bulkgen.cli.app import COMMANDS, application
from bulkgen.errors import Exit
from bulkgen.kinds import KINDS
from bulkgen.ledger.state import Status
from tests import documents
from tests.command import ROOT, SAMPLES, STARTERS, bulkgen

README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
COLUMNS = (ROOT / "docs" / "COLUMNS.md").read_text(encoding="utf-8")
OPERATOR = (ROOT / "docs" / "OPERATOR.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "REFERENCE.md").read_text(encoding="utf-8")
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
#: What is told to a person who uses it, or only runs it.
TOLD = [path for path in documents.DOCUMENTS if path.name != "ARCHITECTURE.md"]
TOLD += (ROOT / "docs" / "skills").rglob("*.md")
GROUP = typer.main.get_command(application(COMMANDS))
OPTIONS = {
    flag
    for command in [GROUP, *GROUP.commands.values()]  # type: ignore[attr-defined]  # a group has commands
    for parameter in command.params
    for flag in (*parameter.opts, *parameter.secondary_opts)
    if flag.startswith("-")
}


def told(path: Path) -> str:
    """The document without what other programs are told."""
    return re.sub(
        r"`(?:uv|pipx|winget|curl|py|python3?) [^`]*`|```(?:powershell|bat).*?```",
        "",
        path.read_text("utf-8"),
        flags=re.S,
    )


@pytest.mark.parametrize("path", documents.DOCUMENTS, ids=lambda path: path.name)
def test_the_generated_parts_are_as_the_code_has_them(path: Path) -> None:
    """After a change: python -m tests.documents"""
    text = path.read_text(encoding="utf-8")
    assert documents.filled(text) == text


@pytest.mark.parametrize("name", documents.SCHEMAS)
def test_the_schemas_are_those_of_the_code(name: str) -> None:
    """After a change: python -m tests.documents"""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == documents.schema(name)


def test_every_generated_part_stands_in_one_document() -> None:
    texts = [path.read_text(encoding="utf-8") for path in documents.DOCUMENTS]
    assert sorted(name for text in texts for name in documents.names_in(text)) == sorted(documents.PARTS)


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_every_option_that_is_named_exists(path: Path) -> None:
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", told(path))) <= OPTIONS | {"--help"}


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_every_command_that_is_named_exists(path: Path) -> None:
    typed = "".join(re.findall(r"```.*?```|`[^`]+`", path.read_text(encoding="utf-8"), flags=re.S))
    assert set(re.findall(r"(?<!from )\bbulkgen ([a-z]+)\b(?!\.)", typed)) <= COMMANDS.keys()


def test_both_commands_stand_on_the_first_screen_and_do_their_own_set_up() -> None:
    first = "\n".join(README.splitlines()[:32])
    commands = re.findall(r"^python3 -m venv .*$", first, flags=re.M)
    assert len(commands) == 2
    assert commands[0].endswith("bulkgen run sample_data/leads.xlsx --sandbox")
    assert commands[1].endswith(".venv/bin/python -m pytest -q")
    assert all("pip install" in command for command in commands)


def test_what_the_same_command_says_the_second_time_is_what_it_says(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "leads.xlsx", tmp_path)
    bulkgen(tmp_path, "run", "leads.xlsx", "--sandbox")
    again = bulkgen(tmp_path, "run", "leads.xlsx", "--sandbox").stdout.splitlines()[0]
    assert f"Type the same again: `{again}`" in README


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


def test_every_status_is_explained_to_the_colleague_who_only_runs_it() -> None:
    means = OPERATOR.partition("## What the words mean")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", means, flags=re.M)
    assert {word for row in rows for word in re.findall(r"`(\w+)`", row)} - {"result_status"} == set(Status)


def test_every_event_of_the_resume_file_is_explained() -> None:
    code = (ROOT / "bulkgen" / "ledger" / "events.py").read_text(encoding="utf-8")
    made = set(re.findall(r'"event": "(\w+)"|_(?:of|at_heygen|intent)\(job, "(\w+)"', code))
    means = REFERENCE.partition("## The resume file")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \| [^|]+ \|$", means, flags=re.M)) - {"event"} == {a or b for a, b in made}


def test_every_field_of_json_is_explained(tmp_path: Path) -> None:
    means = REFERENCE.partition("## `--json`")[2].partition("\n## ")[0]
    table = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", means, flags=re.M))
    shutil.copy(SAMPLES / "broken.csv", tmp_path)
    shutil.copy(SAMPLES / "mixed.csv", tmp_path)
    found = [
        json.loads(bulkgen(tmp_path, *words, "--sandbox", "--json").stdout)
        for words in (
            ("check", "broken.csv"),
            ("run", "broken.csv"),
            ("run", "mixed.csv", "--test"),
            ("status", "mixed.csv"),
            ("preview", "mixed.csv"),
            ("preview", "mixed.csv", "--listen"),
        )
    ]
    assert {name for each in found for name in each} == table.keys()
    for name in ("mistakes", "jobs", "test", "rows"):
        assert {field for each in found for one in each.get(name, ()) for field in one} == set(
            re.findall(r"`(\w+)`", table[name])
        )


def test_the_recipe_that_is_shown_is_a_recipe() -> None:
    recipe = re.search(r"```toml\n(.*?)```", REFERENCE, flags=re.S)
    assert recipe is not None
    said = [Said("leads.recipe.toml", name, value) for name, value in tomllib.loads(recipe[1]).items()]
    assert settings_from(said, Path()).renames == {"Company Name": "company"}


def test_every_variable_of_the_environment_is_explained() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bulkgen").rglob("*.py"))
    means = REFERENCE.partition("## Environment")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", means, flags=re.M)) == set(re.findall(r'"((?:HEYGEN|BULKGEN)_\w+)"', code))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_each_kind_has_a_starter_that_is_right_as_it_is(tmp_path: Path, name: str) -> None:
    shutil.copy(STARTERS / f"{name}.csv", tmp_path)
    done = bulkgen(tmp_path, "run", f"{name}.csv", "--sandbox")
    assert done.returncode == (Exit.NOT_FINISHED if name == "proofread" else Exit.OK), done.stderr  # that one waits
    headers = (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    explained = [each for each in headers if f"`{re.sub('^scene[0-9]+', 'scene1', each)}`" in COLUMNS]
    assert set(headers) - set(explained) <= {"first_name", "company"}  # the sandbox template's own variables


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__


def test_the_command_is_the_module_so_that_ctrl_c_is_looked_after_first_in_both() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"bulkgen": "bulkgen.__main__:main"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_files_of_the_project_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        if link.startswith("http"):
            continue

        target, _, anchor = link.partition("#")
        there = path.parent / target if target else path
        assert there.exists(), link
        assert not anchor or anchor in anchors(there), link


def anchors(path: Path) -> set[str]:
    """The headings of a document, as links to them are written."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w -]", "", heading.casefold()).replace(" ", "-") for heading in headings}


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
