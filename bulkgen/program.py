"""How bulkgen starts itself again: the words of a command in a process of its own, from wherever it is; and what such a
command prints for programs."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from bulkgen.errors import InputError

#: Folders that somebody empties, by a name in their path, and by where they are.
_CACHES = frozenset({".cache", "caches", "archive-v0", "builds-v0", "environments-v2"})
_TEMPORARY = ("/tmp", "/private/tmp", "/private/var/folders", "/var/folders", "/var/tmp", "/dev/shm", "/run")


def command_line(*words: str) -> list[str]:
    """`bulkgen WORDS` as a list of arguments, by absolute paths, and with nothing of the working folder imported."""
    if getattr(sys, "frozen", False):  # one file with Python in it
        return [sys.executable, *words]

    return [sys.executable, "-P", "-m", "bulkgen", *words]


def lasting_command_line(*words: str) -> list[str]:
    """The same for an entry that others keep and start again, next month too.

    Raises `InputError` where this bulkgen may be deleted before.
    """
    check_program(sys.executable, prefix(), os.environ)
    return command_line(*words)


def prefix() -> str:
    """The folder of this Python's environment; itself, where it is one file that unpacks a Python anew each time."""
    return sys.executable if getattr(sys, "frozen", False) else sys.prefix


def check_program(program: str, prefix: str, environment: Mapping[str, str]) -> None:
    """Raises `InputError` for a Python that may be deleted any day; `prefix`: the folder of its environment."""
    named = [tempfile.gettempdir(), *_TEMPORARY, *(environment.get(name, "") for name in ("UV_CACHE_DIR", "TMPDIR"))]
    folders = [PurePath(folder) for folder in named if folder]
    for path in (PurePath(program), PurePath(prefix)):
        below = any(path.is_relative_to(folder) for folder in folders)
        parts = [part.casefold() for part in path.parts]
        windows = ("temp" in parts and "appdata" in parts) or ("uv" in parts and "cache" in parts)
        if below or windows or _CACHES.intersection(parts):
            raise InputError(
                f"This bulkgen lies in a temporary or cache folder ({path}), which may be emptied any day: what is to "
                "start it later would then start nothing. Install it to stay (uv tool install bulkgen, or pipx install "
                "bulkgen), and type the same again with that."
            )


def told_in(printed: str) -> Mapping[str, Any]:
    """The object that a command with `--json` printed; {} where it is none."""
    try:
        told = json.loads(printed)
    except (ValueError, RecursionError):
        return {}

    return told if isinstance(told, dict) else {}
