"""The files that a project is made of: of a folder, or of a ZIP.

Invariants: nothing outside the folder is read, wherever links lead; of a ZIP no more than the largest project is
unpacked, and nothing of it is ever written under a name from it. What no project needs is left out: hidden files,
`node_modules`, what Macs and Windows leave in folders.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO
from unicodedata import normalize

from bulkgen.composition import ENTRY
from bulkgen.files.on_disk import NOT_HERE, is_in_cloud
from bulkgen.kinds.media import PROJECT
from bulkgen.model import Issue, shorten

#: The largest project that HeyGen takes (bytes), and the most files that are looked at.
LARGEST = PROJECT.limit
MOST_FILES = 10_000

_IGNORED = frozenset({"node_modules", "__macosx", "thumbs.db", "desktop.ini"})


class Unfit(Exception):
    """The project can't be used, for this reason."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.cause)
        self.issue = issue


@dataclass(frozen=True, slots=True)
class File:
    """A file of a project: its path in it, its size as it is announced (bytes), and how to read it."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


@contextmanager
def files_of(path: Path) -> Iterator[Sequence[File]]:
    """The files of a project by their names, in one order on every system."""
    if path.is_dir():
        yield _sorted(_in_folder(path, path))
        return

    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Unfit(damaged("", error)) from None

    with archive:
        yield _unwrapped(_sorted(_in_archive(archive)))


def _sorted(files: Iterable[File]) -> list[File]:
    """Raises `Unfit` for a project that is too large, as soon as it is."""
    found: dict[str, File] = {}
    size = 0
    for file in files:
        size += file.size
        if size > LARGEST or len(found) >= MOST_FILES:
            raise Unfit(_TOO_LARGE if size > LARGEST else _TOO_MANY)

        if file.name in found:
            cause = f"names a project that has two files called {shorten(file.name, 60)}"
            raise Unfit(Issue(code="project_unusable", cause=cause, fix="Keep one of them."))

        found[file.name] = file
    if not found:
        raise Unfit(_EMPTY)

    return [found[name] for name in sorted(found, key=lambda name: name.encode("utf-8", "surrogatepass"))]


def _unwrapped(files: list[File]) -> list[File]:
    """Of a ZIP that has its project in a folder, as it is when the folder itself was packed: what is in the folder."""
    names = {file.name for file in files}
    top = files[0].name.partition("/")[0]
    if ENTRY in names or f"{top}/{ENTRY}" not in names or any(not name.startswith(f"{top}/") for name in names):
        return files

    return [replace(file, name=file.name.removeprefix(f"{top}/")) for file in files]


def _in_folder(folder: Path, root: Path) -> Iterator[File]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if _is_ignored(entry.name):
            continue

        path = Path(entry.path)
        name = normalize("NFC", path.relative_to(root).as_posix())
        if entry.is_symlink() and (entry.is_dir() or not path.resolve().is_relative_to(root)):
            cause = f"names a project with a link that leads elsewhere ({shorten(name, 60)})"
            raise Unfit(Issue(code="project_unusable", cause=cause, fix="Put a copy of the file in its place."))

        if entry.is_dir():
            yield from _in_folder(path, root)
            continue

        told = entry.stat()
        if not stat.S_ISREG(told.st_mode):  # a pipe would be waited for
            cause = f"names a project in which {shorten(name, 60)} is no file"
            raise Unfit(Issue(code="project_unusable", cause=cause, fix="Take it out."))

        if is_in_cloud(told):
            raise Unfit(NOT_HERE)

        yield File(name, told.st_size, partial(_open, path))


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _in_archive(archive: zipfile.ZipFile) -> Iterator[File]:
    for entry in archive.infolist():
        name = normalize("NFC", entry.filename.replace("\\", "/"))
        parts = name.rstrip("/").split("/")
        if name.startswith("/") or ".." in parts or ":" in parts[0]:
            cause = f"names a ZIP with a file that would lie outside it ({shorten(name, 60)})"
            raise Unfit(Issue(code="project_unusable", cause=cause, fix="Pack the project's folder again."))

        if name.endswith("/") or any(map(_is_ignored, parts)):
            continue

        if stat.S_ISLNK(entry.external_attr >> 16):
            cause = f"names a ZIP with a link in it ({shorten(name, 60)})"
            raise Unfit(Issue(code="project_unusable", cause=cause, fix="Put the file itself in its place."))

        if entry.flag_bits & 0x1:
            raise Unfit(_LOCKED)

        yield File(
            "/".join(part for part in parts if part not in ("", ".")), entry.file_size, partial(archive.open, entry)
        )


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name.casefold() in _IGNORED


def damaged(name: str, error: Exception) -> Issue:
    where = f" at {shorten(name, 60)}" if name else ""
    cause = f"names a ZIP that can't be read{where} ({shorten(str(error), 60)})"
    return Issue(code="project_unusable", cause=cause, fix="Pack the project's folder again.")


_TOO_LARGE = Issue(
    code="file_too_large",
    cause=f"names a project of more than {LARGEST // 1024**2} MB",
    fix="That is the most that HeyGen takes: make its videos and pictures smaller, or take out what it does not need.",
)
_TOO_MANY = Issue(
    code="project_unusable",
    cause=f"names a project of more than {MOST_FILES:,} files",
    fix="Name the folder of the project alone.",
)
_EMPTY = Issue(code="project_unusable", cause="names a project without files", fix=f"It needs an {ENTRY}.")
_LOCKED = Issue(
    code="project_unusable", cause="names a ZIP with a password", fix="Pack the project's folder without one."
)
