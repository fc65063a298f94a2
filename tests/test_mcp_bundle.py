"""The bundle that Claude Desktop installs: a manifest that it takes, and a bulkgen that runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from bulkgen import __version__
from bulkgen.errors import InputError
from bulkgen.mcp.bundle import manifest, write_bundle
from bulkgen.mcp.options import TOOLS
from tests.command import ROOT, STARTER_NAMES, bulkgen, environment

#: What version 0.4 of the manifest demands, and what else it knows; nothing beyond is let through.
DEMANDED = {"manifest_version", "name", "version", "description", "author", "server"}
KNOWN = {"display_name", "license", "compatibility", "tools", "prompts_generated", "user_config"}
OF_OPTION = {"type", "title", "description", "required", "sensitive", "min"}

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_manifest_says_what_its_version_demands_and_nothing_that_it_does_not_know() -> None:
    told = manifest({"check_sheet": "Check a sheet"})
    assert DEMANDED <= {*told} <= DEMANDED | KNOWN
    assert (told["manifest_version"], told["name"], told["version"]) == ("0.4", "bulkgen", __version__)
    assert {*told["author"]} == {"name"}
    assert {*told["server"]} == {"type", "entry_point", "mcp_config"}
    assert told["server"]["type"] == "uv"
    assert {*told["server"]["mcp_config"]} == {"command", "args", "env"}
    assert all(isinstance(word, str) for word in told["server"]["mcp_config"]["args"])
    assert {*told["compatibility"]["platforms"]} <= {"darwin", "win32", "linux"}
    assert told["compatibility"]["runtimes"] == {"python": PROJECT["requires-python"]}
    for option in told["user_config"].values():
        assert {"type", "title", "description"} <= {*option} <= OF_OPTION
        assert option["type"] in ("string", "number", "boolean", "directory", "file")
    assert told["tools"] == [{"name": "check_sheet", "description": "Check a sheet"}]


def test_what_the_person_is_asked_for_is_what_the_server_gets_and_the_key_is_kept_secret() -> None:
    told = manifest({})
    config = told["server"]["mcp_config"]
    named = re.findall(r"\$\{user_config\.(\w+)\}", json.dumps(config))
    assert sorted(named) == sorted(told["user_config"])
    assert all(option["required"] for option in told["user_config"].values())  # what is missing would be a literal
    assert [name for name, option in told["user_config"].items() if option.get("sensitive")] == ["api_key"]
    assert config["env"] == {"HEYGEN_API_KEY": "${user_config.api_key}"}
    assert "api_key" not in json.dumps(config["args"])  # arguments can be seen by every program


def test_the_bundle_is_a_bulkgen_that_runs_with_the_packages_that_it_names(tmp_path: Path) -> None:
    done = bulkgen(tmp_path, "mcp", "--bundle", "bulkgen.mcpb")
    assert (done.returncode, "Open it with Claude Desktop" in done.stdout) == (0, True), done.stderr
    with zipfile.ZipFile(tmp_path / "bulkgen.mcpb") as packed:
        assert not [name for name in packed.namelist() if "__pycache__" in name or name.startswith(("/", ".."))]
        packed.extractall(tmp_path / "unpacked")
    unpacked = tmp_path / "unpacked"
    told = json.loads((unpacked / "manifest.json").read_text(encoding="utf-8"))
    assert [tool["name"] for tool in told["tools"]] == [*TOOLS]

    project = tomllib.loads((unpacked / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = PROJECT["optional-dependencies"]["mcp"]
    assert {bare(word) for word in project["dependencies"]} == {bare(w) for w in [*PROJECT["dependencies"], *extra]}
    assert (project["version"], project["requires-python"]) == (__version__, PROJECT["requires-python"])

    command = [sys.executable, told["server"]["entry_point"], "init"]
    shown = subprocess.run(
        command, cwd=unpacked, env=environment({"PYTHONPATH": ""}), capture_output=True, text=True, check=True
    )
    assert shown.stderr == ""
    assert all(Path(name).stem in shown.stdout for name in STARTER_NAMES)
    assert {path.name for path in (unpacked / "bulkgen" / "starters").iterdir()} >= {*STARTER_NAMES}


def bare(requirement: str) -> str:
    return re.split(r"[<>=~! ]", requirement)[0]


def test_one_bulkgen_makes_one_bundle(tmp_path: Path) -> None:
    one, other = (write_bundle(tmp_path / name, {"stop": "Stop"}) for name in ("a.mcpb", "b.mcpb"))
    assert one.read_bytes() == other.read_bytes()


def test_a_bundle_that_nothing_would_open_or_that_can_not_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--bundle bulkgen\.mcpb"):
        write_bundle(tmp_path / "bulkgen.zip", {})
    with pytest.raises(InputError, match="can't be written"):
        write_bundle(tmp_path / "nowhere" / "a.mcpb", {})


def test_a_bulkgen_that_was_not_installed_makes_no_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", unknown)
    with pytest.raises(InputError, match="was not installed by uv or pip"):
        write_bundle(tmp_path / "a.mcpb", {})
    assert not [*tmp_path.iterdir()]
