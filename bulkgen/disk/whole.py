"""Files appear whole or not at all, and stay after a power loss.

A file is written under a temporary name in its own folder, synced, and renamed over the final one; then the folder is
synced, so that the new name is durable too.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

#: The names of temporary files; `old`: as releases before 0.2 named those of downloads.
_TEMPORARY = re.compile(r"\.(?P<name>.+)\.\d+\.part|(?P<old>\d{4,}-[0-9a-f]{10}.*)\.part")


@dataclass(frozen=True, slots=True)
class Saved:
    """A complete file under its final name: relative to the sheet's folder, with its size in bytes."""

    file: str
    size: int


def temporary_name(path: Path) -> Path:
    """Where a file lies while it is being written: beside its final place, and known as ours by its name."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def write_whole(path: Path, write: Callable[[Path], None]) -> Path:
    """Has `write` fill a temporary file and puts it at `path`; gives the path it got.

    A target that another program keeps locked (Excel on Windows) gets a numbered sibling: `leads.results-2.xlsx`.
    Raises `OSError` where the folder can't be written.
    """
    temporary = temporary_name(path)
    try:
        write(temporary)
        sync_file(temporary)
        target = rename(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return target


def sweep(folder: Path, name: str = "", *, age: float = 0.0) -> None:
    """Removes what killed writers left in the folder of the file `name` (of any file, without one).

    `age`: only what was last written so long ago (seconds), where another process may be writing now.
    """
    with contextlib.suppress(OSError):  # no folder yet, or one that we may not change
        for path in folder.iterdir():
            of = _TEMPORARY.fullmatch(path.name)
            if of and name in ("", of["name"] or of["old"]) and time.time() - path.stat().st_mtime >= age:
                path.unlink(missing_ok=True)


def rename(temporary: Path, path: Path) -> Path:
    """Puts a synced file at `path`, or at a numbered sibling; the folder is to be synced after it."""
    for number in range(1, 100):
        target = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        try:
            temporary.replace(target)
        except PermissionError:
            if not target.exists():
                raise

            continue
        return target
    raise PermissionError(f"{path} and its numbered siblings are all in use")


def sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Makes a new or renamed name in the folder durable, where the system can."""
    if sys.platform == "win32":
        return

    fd = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems can't sync a folder
            os.fsync(fd)
    finally:
        os.close(fd)
