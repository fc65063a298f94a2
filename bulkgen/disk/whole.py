"""Files appear whole or not at all, and stay after a power loss.

A file is written under a temporary name in its own folder, synced, and renamed over the final one; then the folder is
synced, so that the new name is durable too.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: The names of temporary files; `old`: as releases before 0.2 named those of downloads.
_TEMPORARY = re.compile(r"\.(?P<name>.+)\.\d+\.part|(?P<old>\d{4,}-[0-9a-f]{10}.*)\.part")


@dataclass(frozen=True, slots=True)
class Saved:
    """A complete file under its final name: relative to the sheet's folder, with its size in bytes."""

    file: str
    size: int

    def is_in(self, folder: Path) -> bool:
        """Whether it is there in its full size; `folder`: the sheet's."""
        return self._size_in(folder) == self.size

    def stands_in(self, folder: Path) -> bool:
        """Whether a file of its name is there, whoever has changed it since."""
        return bool(self._size_in(folder))

    def _size_in(self, folder: Path) -> int | None:
        try:
            return (folder / self.file).stat().st_size
        except (OSError, ValueError):
            return None


def temporary_name(path: Path) -> Path:
    """Where a file lies while it is being written: beside its final place, and known as ours by its name."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def numbered(path: Path) -> Iterator[Path]:
    """The file and its siblings: `leads.results.xlsx`, `leads.results-2.xlsx` …"""
    yield path
    for number in range(2, 100):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")


def rename(temporary: Path, path: Path) -> Path:
    """Puts a synced file at `path`, or at a numbered sibling; the folder is to be synced after it."""
    for target in numbered(path):
        try:
            temporary.replace(target)
        except PermissionError:
            if not target.exists():
                raise

            continue
        return target
    raise PermissionError(f"{path} and its numbered siblings are all in use")


def why_refused(error: PermissionError) -> str:
    """What is the matter with a file that is there, and can't be replaced."""
    return "is protected from being changed" if error.errno == errno.EPERM else "is open in another program"


def put_new(temporary: Path, path: Path) -> Path:
    """Puts a synced file at `path`, as `rename` does, where nothing is yet. Raises `FileExistsError`."""
    path.touch(exist_ok=False)
    return temporary.replace(path)


def write_whole(path: Path, write: Callable[[Path], None], put: Callable[[Path, Path], Path] = rename) -> Path:
    """Has `write` fill a temporary file and puts it at `path`; gives the path it got.

    A target that another program keeps locked (Excel on Windows) gets a numbered sibling: `leads.results-2.xlsx`; a
    `put` of the caller's own decides otherwise. Raises `OSError` where the folder can't be written.
    """
    temporary = temporary_name(path)
    try:
        write(temporary)
        sync_file(temporary)
        target = put(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return target


def write_private(path: Path, data: bytes, put: Callable[[Path, Path], Path] = Path.replace) -> Path:
    """The same for a file that is its owner's alone from its first moment, and has its own name or none.

    Raises `OSError`.
    """

    def fill(temporary: Path) -> None:
        temporary.unlink(missing_ok=True)  # of a killed process that had our number
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)

    return write_whole(path, fill, put)


def sweep(folder: Path, name: str = "", *, age: float = 0.0) -> None:
    """Removes what killed writers left in the folder of the file `name` and its siblings (of any file, without one).

    `age`: only what was last written so long ago (seconds), where another process may be writing now.
    """
    stem, dot, suffix = name.rpartition(".")
    wanted = re.compile(rf"{re.escape(stem)}(?:-\d+)?{re.escape(dot + suffix)}" if name else ".*")
    with contextlib.suppress(OSError):  # no folder yet, or one that we may not change
        for path in folder.iterdir():
            of = _TEMPORARY.fullmatch(path.name)
            if of and wanted.fullmatch(of["name"] or of["old"]) and time.time() - path.stat().st_mtime >= age:
                path.unlink(missing_ok=True)


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
