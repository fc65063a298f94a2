"""How bulkgen starts itself again: the words of a command in a process of its own, from wherever it is."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bulkgen.errors import InputError

#: Folders that are emptied now and then, by the system or by hand, wherever they stand in a path.
_EMPTIED = frozenset({"cache", ".cache", "caches", "temp"})
_TEMPORARY = ("/tmp", "/var/tmp", "/private/tmp", "/private/var/tmp")


def command_line(*words: str) -> list[str]:
    """`bulkgen WORDS` as a list of arguments, by absolute paths, and with nothing of the working folder imported."""
    if getattr(sys, "frozen", False):  # one file with Python in it
        return [sys.executable, *words]

    return [sys.executable, "-P", "-m", "bulkgen", *words]


def lasting_command_line(*words: str) -> list[str]:
    """The same for an entry that others keep and start again, next month too.

    Raises `InputError` where this bulkgen is in a folder that may be emptied before.
    """
    program = Path(sys.executable)
    temporary = any(program.is_relative_to(folder) for folder in (tempfile.gettempdir(), *_TEMPORARY))
    if temporary or _EMPTIED & {part.casefold() for part in program.parts[:-1]}:
        raise InputError(
            f"This bulkgen is in {program.parent}, a folder for what is needed only for a while: an entry that starts "
            "it would soon start nothing. Install it to stay, by uv tool install bulkgen, and type the same again."
        )

    return command_line(*words)
