"""The entries in the settings of assistants: written once, and nothing else touched."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from bulkgen.errors import InputError
from bulkgen.mcp.clients import Client, NotPlain, Settings, install, settings_of
from tests.command import Done, bulkgen

COMMAND = ("/opt/bulkgen/bin/python", "-P", "-m", "bulkgen", "mcp", "--folder", "/home/zoë/Vídeos")
ENTRY = {"command": COMMAND[0], "args": [*COMMAND[1:]]}


@pytest.mark.parametrize(
    ("client", "platform", "expected"),
    [
        (Client.CLAUDE, "darwin", "Library/Application Support/Claude/claude_desktop_config.json"),
        (Client.CLAUDE, "linux", ".config/Claude/claude_desktop_config.json"),
        (Client.CLAUDE, "win32", "AppData/Roaming/Claude/claude_desktop_config.json"),
        (Client.CURSOR, "darwin", ".cursor/mcp.json"),
        (Client.CURSOR, "win32", ".cursor/mcp.json"),
        (Client.VSCODE, "darwin", "Library/Application Support/Code/User/mcp.json"),
        (Client.VSCODE, "linux", ".config/Code/User/mcp.json"),
        (Client.VSCODE, "win32", "AppData/Roaming/Code/User/mcp.json"),
    ],
)
def test_each_client_keeps_its_servers_where_its_system_has_settings(
    tmp_path: Path, client: Client, platform: str, expected: str
) -> None:
    assert settings_of(client, {}, platform, tmp_path).path == tmp_path / expected


def test_the_environment_says_where_settings_are_if_not_where_they_are_with_most(tmp_path: Path) -> None:
    roaming, config = str(tmp_path / "roaming"), str(tmp_path / "config")
    assert settings_of(Client.VSCODE, {"APPDATA": roaming}, "win32", tmp_path).path.is_relative_to(roaming)
    assert settings_of(Client.VSCODE, {"XDG_CONFIG_HOME": config}, "linux", tmp_path).path.is_relative_to(config)


def test_a_claude_from_the_store_of_windows_reads_the_file_in_its_own_folder(tmp_path: Path) -> None:
    local = tmp_path / "AppData" / "Local"
    roaming = local / "Packages" / "Claude_ab12cd" / "LocalCache" / "Roaming"
    roaming.mkdir(parents=True)
    found = settings_of(Client.CLAUDE, {"LOCALAPPDATA": str(local)}, "win32", tmp_path)
    assert found.path == roaming / "Claude" / "claude_desktop_config.json"


def settings(folder: Path, client: Client = Client.CLAUDE) -> Settings:
    found = settings_of(client, {}, "linux", folder)
    found.path.parent.mkdir(parents=True, exist_ok=True)
    return found


@pytest.mark.parametrize("client", Client)
def test_the_entry_starts_the_server_and_done_twice_nothing_changes(tmp_path: Path, client: Client) -> None:
    where = settings(tmp_path, client)
    first, again = install(where, COMMAND), install(where, COMMAND)
    assert (first.changed, first.replaced, first.backup, again.changed) == (True, None, None, False)
    written = json.loads(where.path.read_text(encoding="utf-8"))
    assert written == where.snippet(COMMAND)
    entry = written["servers" if client is Client.VSCODE else "mcpServers"]["bulkgen"]
    assert {**ENTRY, **entry} == entry
    assert entry.get("type") == (None if client is Client.CLAUDE else "stdio")
    assert [path.name for path in where.path.parent.iterdir()] == [where.path.name]


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_everything_else_in_the_file_stays_and_the_file_as_it_was_is_kept(tmp_path: Path, mode: int) -> None:
    where = settings(tmp_path)
    others: dict[str, Any] = {
        "theme": "dunkel ✓",
        "mcpServers": {"other": {"command": "npx", "env": {"KEY": "secret"}}, "bulkgen": {"command": "old"}},
        "last": [1, 2.5, None, {"deep": "😀"}],
    }
    before = json.dumps(others, indent="\t", ensure_ascii=False)
    where.path.write_text(before, encoding="utf-8")
    where.path.chmod(mode)
    done = install(where, COMMAND)
    written = where.path.read_text(encoding="utf-8")
    assert json.loads(written) == {**others, "mcpServers": {**others["mcpServers"], "bulkgen": ENTRY}}
    assert [*json.loads(written)] == [*others]
    assert written.startswith('{\n\t"theme": "dunkel ✓"')
    assert done.replaced == {"command": "old"}
    assert done.backup is not None
    assert done.backup.read_text(encoding="utf-8") == before
    if os.name != "nt":
        assert {stat.S_IMODE(path.stat().st_mode) for path in (where.path, done.backup)} == {mode}


@pytest.mark.parametrize("text", ["", "  \n", "\ufeff{}", "{}"])
def test_a_file_with_nothing_in_it_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    where = settings(tmp_path)
    where.path.write_text(text, encoding="utf-8")
    assert install(where, COMMAND).changed
    assert json.loads(where.path.read_text(encoding="utf-8")) == where.snippet(COMMAND)


@pytest.mark.parametrize(
    "text",
    [
        '{\n  // mine\n  "servers": {}\n}',
        '{"servers": {},}',
        '{"servers": [], "inputs": []}',
        '{"servers": {"a": 1, "a": 2}}',
        "[]",
        '"x"',
        "{" * 5000,
        '{"x": "\\ud800"}',
        '{"servers": null}',
    ],
)
def test_a_file_that_would_lose_something_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    where = settings(tmp_path, Client.VSCODE)
    where.path.write_text(text, encoding="utf-8")
    with pytest.raises(NotPlain, match=r"mcp\.json"):
        install(where, COMMAND)
    assert where.path.read_text(encoding="utf-8") == text
    assert [path.name for path in where.path.parent.iterdir()] == ["mcp.json"]


def test_what_is_no_text_or_no_file_is_left_alone(tmp_path: Path) -> None:
    where = settings(tmp_path)
    where.path.write_bytes("{}".encode("utf-16"))
    with pytest.raises(NotPlain, match="no text"):
        install(where, COMMAND)
    where.path.unlink()
    where.path.mkdir()
    with pytest.raises(NotPlain, match="no ordinary file"):
        install(where, COMMAND)


def test_a_client_that_is_not_here_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Claude Desktop was not found"):
        install(settings_of(Client.CLAUDE, {}, "linux", tmp_path), COMMAND)
    assert not [*tmp_path.iterdir()]


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
def test_a_link_to_where_the_person_keeps_such_files_stays_one(tmp_path: Path) -> None:
    where, real = settings(tmp_path), tmp_path / "dotfiles.json"
    real.write_text("{}", encoding="utf-8")
    where.path.symlink_to(real)
    install(where, COMMAND)
    assert where.path.is_symlink()
    assert json.loads(real.read_text(encoding="utf-8")) == where.snippet(COMMAND)


def test_a_file_that_can_not_be_written_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = settings(tmp_path)
    where.path.write_text('{"theme": 1}', encoding="utf-8")

    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bulkgen.disk.whole.sync_file", full)
    with pytest.raises(InputError, match="No space left on device"):
        install(where, COMMAND)
    assert where.path.read_text(encoding="utf-8") == '{"theme": 1}'
    assert [path.name for path in where.path.parent.iterdir()] == [where.path.name]


# As it is typed -------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with sheets, on a computer with Claude Desktop and a bulkgen that stays."""
    monkeypatch.setattr(sys, "executable", COMMAND[0])
    monkeypatch.setattr(sys, "prefix", "/opt/bulkgen")
    monkeypatch.setattr(sys, "platform", "linux")
    (tmp_path / ".config" / "Claude").mkdir(parents=True)
    (tmp_path / "sheets").mkdir()
    return tmp_path


def typed(desk: Path, *words: str, **env: str) -> Done:
    return bulkgen(desk, "mcp", *words, env={"HOME": str(desk), "XDG_CONFIG_HOME": "", **env})


def test_the_entry_starts_the_server_as_it_was_typed(desk: Path) -> None:
    words = ("--read-only", "--exclude-tools", "list_account", "--expires", "1h30m", "--max-cost", "20")
    done = typed(desk, "--folder", "sheets", "--install", "claude", *words)
    assert done.returncode == 0, done.stderr
    written = json.loads((desk / ".config" / "Claude" / "claude_desktop_config.json").read_text(encoding="utf-8"))
    args = written["mcpServers"]["bulkgen"]["args"]
    assert args == [
        *COMMAND[1:5],
        *("--folder", str(desk / "sheets"), "--read-only"),
        *("--tools", "list_sheets,check_sheet,sheet_status", "--expires", "5400s", "--max-cost", "20.00"),
    ]
    assert f" --scope user bulkgen -- {COMMAND[0]} -P -m bulkgen mcp" in done.stdout
    assert "Quit Claude Desktop" in done.stdout
    assert "type bulkgen login" in done.stderr
    again = typed(desk, "--folder", "sheets", "--install", "claude", *words)
    assert "nothing was changed" in again.stdout


def test_an_entry_for_another_folder_takes_the_place_of_the_first_and_says_so(desk: Path) -> None:
    (desk / "others").mkdir()
    for folder in ("sheets", "others"):
        done = typed(desk, "--folder", folder, "--install", "claude", "--sandbox")
    assert f"the entry for {desk / 'sheets'}" in done.stdout
    assert "claude_desktop_config.json.before-bulkgen" in done.stdout
    assert "login" not in done.stderr  # a rehearsal needs no key


@pytest.mark.parametrize("client", Client)
def test_what_is_printed_is_the_entry_alone_and_nothing_is_written(desk: Path, client: Client) -> None:
    done = typed(desk, "--folder", "sheets", "--install", client, "--print", "--sandbox")
    assert done.returncode == 0
    found = settings_of(client, {}, "linux", desk)
    command = [*COMMAND[:5], "--folder", str(desk / "sheets"), "--sandbox"]
    printed = json.loads(done.stdout)
    del printed[found.key]["bulkgen"]["env"]
    assert printed == found.snippet(command)
    assert str(settings_of(client, {}, "linux", desk).path) in done.stderr
    assert not [path for path in desk.rglob("*") if path.suffix == ".json"]


def test_settings_with_comments_stay_and_what_to_add_is_printed(desk: Path) -> None:
    path = settings(desk, Client.VSCODE).path
    path.write_text('{\n  // mine\n  "servers": {}\n}', encoding="utf-8")
    done = typed(desk, "--folder", "sheets", "--install", "vscode")
    assert done.returncode == 2
    assert "comments" in done.stderr
    assert "bulkgen" in json.loads(done.stdout)["servers"]
    assert path.read_text(encoding="utf-8") == '{\n  // mine\n  "servers": {}\n}'


def test_what_leads_bulkgen_elsewhere_goes_along_since_programs_pass_nothing_on(desk: Path) -> None:
    env = {"BULKGEN_DATA_DIR": "data", "HTTPS_PROXY": "http://proxy:8080", "BULKGEN_NOTIFY": "slack://sk_a/b/c"}
    done = typed(desk, "--folder", "sheets", "--install", "claude", **env)
    written = json.loads((desk / ".config" / "Claude" / "claude_desktop_config.json").read_text(encoding="utf-8"))
    wanted = {"BULKGEN_DATA_DIR": str(desk / "data"), "HTTPS_PROXY": "http://proxy:8080"}
    found = written["mcpServers"]["bulkgen"]["env"]
    assert {**found, **wanted} == found
    assert f"claude mcp add --env BULKGEN_DATA_DIR={desk / 'data'} " in done.stdout.replace("\n", " ")
    assert "a recipe names" in done.stderr
    assert "sk_a" not in f"{written}{done.stdout}{done.stderr}"


def test_the_key_gets_into_no_entry(desk: Path) -> None:
    done = typed(desk, "--folder", "sheets", "--install", "claude", HEYGEN_API_KEY="sk_secret_of_mine")
    assert "assistants' programs pass nothing on" in done.stderr
    files = [path.read_text(encoding="utf-8") for path in desk.rglob("*") if path.is_file()]
    assert files
    assert not [text for text in (*files, done.stdout, done.stderr) if "sk_secret_of_mine" in text]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--install", "claude"), "bulkgen mcp --folder FOLDER"),
        (("--install", "claude", "--folder", "nowhere"), "there is no such folder"),
        (("--install", "claude", "--folder", "sheets", "--tools", "chek_sheet"), "check_sheet"),
        (("--install", "cursor", "--folder", "sheets"), "Cursor was not found"),
        (("--install", "word", "--folder", "sheets"), "claude"),
        (("--install", "claude", "--folder", "sheets", "--max-cost", ""), "--max-cost"),
        (("--install", "claude", "--folder", "sheets", "--expires", ""), "--expires"),
        (("--install", "claude", "--folder", "sheets", "--tools", ""), "--tools names no tool"),
        (("--install", "claude", "--folder", "sheets", "--exclude-tools", ","), "--exclude-tools names no tool"),
        (("--install", "claude", "--folder", "sheets", "--http"), "do not go together"),
        (("--print", "--folder", "sheets"), "only with --install"),
        (("--port", "80", "--folder", "sheets"), "only with --http"),
        (("--http", "--host", "0.0.0.0", "--folder", "sheets"), "--public-url"),
    ],
)
def test_what_can_not_be_is_said_and_nothing_is_written(desk: Path, words: tuple[str, ...], said: str) -> None:
    done = typed(desk, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert not [path for path in desk.rglob("*") if path.is_file()]


def test_a_bulkgen_that_may_be_gone_tomorrow_gets_no_entry(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/home/ann/.cache/uv/archive-v0/x/bin/python")
    done = typed(desk, "--folder", "sheets", "--install", "claude")
    assert (done.returncode, "uv tool install" in done.stderr) == (2, True)
