"""The programs that assistants live in, and the entry in their settings by which they start the server.

Owns one entry, `bulkgen`, in files that belong to other programs: everything else in them stays as it is.

Invariants: such a file is written whole or not at all, and only where it is plain JSON; what stood there before is kept
beside it; no key and no token is ever written into it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from bulkgen.disk.whole import write_private
from bulkgen.errors import InputError

#: What the server is called among an assistant's others.
NAME = "bulkgen"

#: The file as it stood before the last change.
_BACKUP = ".before-bulkgen"

#: The largest file of settings that is read (bytes).
_LARGEST = 10_000_000


class Client(StrEnum):
    """What `--install` may be followed by."""

    CLAUDE = "claude"
    CURSOR = "cursor"
    VSCODE = "vscode"


class NotPlain(InputError):
    """A file of settings that can be read by people and its own program, but not be changed by another safely."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where a client keeps its servers.

    `called`: the client; `path`: its file; `key`: the object in it that has the servers by name; `kind`: whether an
    entry says that it is started (`"type": "stdio"`); `after`: what makes the client read the file again; `variables`:
    of the environment, what the server has to have: clients pass little on.
    """

    called: str
    path: Path
    key: str
    kind: bool
    after: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def snippet(self, command: Sequence[str]) -> dict[str, Any]:
        """The file as it would be with nothing else in it."""
        return {self.key: {NAME: self.entry(command)}}

    def entry(self, command: Sequence[str]) -> dict[str, Any]:
        kind = {"type": "stdio"} if self.kind else {}
        variables = {"env": {**self.variables}} if self.variables else {}
        return {**kind, "command": command[0], "args": [*command[1:]], **variables}


@dataclass(frozen=True, kw_only=True)
class Installed:
    """`command`: what the entry starts; `changed`: whether the file was written; `replaced`: the entry that stood
    there, if it was another one; `backup`: the file as it stood before."""

    settings: Settings
    command: Sequence[str]
    changed: bool
    replaced: Mapping[str, Any] | None = None
    backup: Path | None = None


def settings_of(
    client: Client,
    environment: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    home: Path | None = None,
) -> Settings:
    """The client's settings for this person, on this system."""
    home = home or Path.home()
    if client is Client.CURSOR:
        return Settings(
            called="Cursor",
            path=home / ".cursor" / "mcp.json",
            key="mcpServers",
            kind=True,
            after="Cursor shows it under Settings, Tools & MCP: switch it on there.",
        )

    programs = _programs_of(environment, platform, home)
    if client is Client.VSCODE:
        return Settings(
            called="VS Code",
            path=programs / "Code" / "User" / "mcp.json",
            key="servers",
            kind=True,
            after="In VS Code run the command MCP: List Servers, choose bulkgen and start it.",
        )

    # Windows keeps what an app of its store writes in a folder of that app's own, and shows it no other
    packages = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Packages"
    stored = sorted(packages.glob("Claude_*/LocalCache/Roaming")) if platform == "win32" else []
    return Settings(
        called="Claude Desktop",
        path=(stored[0] if stored else programs) / "Claude" / "claude_desktop_config.json",
        key="mcpServers",
        kind=False,
        after="Quit Claude Desktop (closing its window is not enough) and open it again.",
    )


def install(settings: Settings, command: Sequence[str]) -> Installed:
    """Puts the entry into the client's file; done twice it changes nothing.

    Raises `InputError` where the client is not on this computer or its file can't be written, and `NotPlain` where the
    file is more than plain JSON (comments, say), which would be lost. Then nothing has changed.
    """
    path = settings.path.resolve()  # a link to where the person keeps such files stays one
    if not path.parent.is_dir():
        raise InputError(
            f"{settings.called} was not found on this computer: there is no folder {settings.path.parent}. Install it "
            "and open it once; or see with --print what to put where."
        )

    text = _read(path)
    content = _plain(text, settings)
    servers = content.setdefault(settings.key, {})
    if not isinstance(servers, dict):
        raise NotPlain(f'In {settings.path} "{settings.key}" is no object.')

    entry, before = settings.entry(command), servers.get(NAME)
    if before == entry:
        return Installed(settings=settings, command=command, changed=False)

    servers[NAME] = entry
    try:
        data = (json.dumps(content, indent=_indent(text), ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:
        raise NotPlain(f"{settings.path} has characters that can't be written again.") from None

    try:
        backup = _kept(path) if text is not None else None
        _write(path, data)
    except OSError as error:
        raise InputError(f"{path} can't be written ({error.strerror}): nothing was changed.") from error

    return Installed(settings=settings, command=command, changed=True, replaced=before, backup=backup)


def _programs_of(environment: Mapping[str, str], platform: str, home: Path) -> Path:
    """Where programs with a window keep their settings."""
    if platform == "darwin":
        return home / "Library" / "Application Support"

    if platform == "win32":
        return Path(environment.get("APPDATA") or home / "AppData" / "Roaming")

    return Path(environment.get("XDG_CONFIG_HOME") or home / ".config")


def _read(path: Path) -> str | None:
    """The text of the file, None where there is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise NotPlain(f"{path} is no ordinary file.")

        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise NotPlain(f"{path} is too large.")

        return data.decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path} can't be read ({error.strerror}): nothing was changed.") from error
    except UnicodeDecodeError:
        raise NotPlain(f"{path} is no text in UTF-8.") from None


def _plain(text: str | None, settings: Settings) -> dict[str, Any]:
    """The settings that the file holds. Raises `NotPlain` where to write them again would lose something."""
    if text is None or not text.strip():
        return {}

    try:
        content = json.loads(text, object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        raise NotPlain(f"{settings.path} is not plain JSON (it has comments, say, or a comma too many).") from None

    if not isinstance(content, dict):
        raise NotPlain(f"{settings.path} holds no object.")

    return content


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands there twice, and one of the two would be lost")

    return found


def _indent(text: str | None) -> str:
    """How far the file indents its first line that is."""
    found = re.search(r"^([ \t]+)\S", text or "", flags=re.MULTILINE)
    return found[1] if found else "  "


def _kept(path: Path) -> Path:
    """A copy of the file beside it, as readable as the file in the end: other servers' entries may hold their keys."""

    def put(temporary: Path, target: Path) -> Path:
        shutil.copymode(path, temporary)
        return temporary.replace(target)

    return write_private(path.with_name(path.name + _BACKUP), path.read_bytes(), put)


def _write(path: Path, data: bytes) -> None:
    def put(temporary: Path, target: Path) -> Path:
        if target.exists():
            shutil.copymode(target, temporary)
        return temporary.replace(target)  # under no other name: nobody would read it

    write_private(path, data, put)
