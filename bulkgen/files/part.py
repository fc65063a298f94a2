"""What has come so far of files that are being downloaded: kept from one try to the next, and from run to run.

A part lies beside the final file, under a name with a digest of what tells its version (the host's `ETag`): bytes of
two versions of a file are never put together. Where the host says nothing by which a version could be known, the part
is a temporary file like any other, and of no use to anybody after its try.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bulkgen.disk.whole import temporary_name

#: How long a part is kept that no run goes on with (seconds): links live for a week, and may be renewed.
KEPT_FOR = 14 * 86_400.0

_PART = re.compile(r"\.(?P<name>.+)\.(?P<version>v[0-9a-f]{16})\.part")


@dataclass(slots=True)
class Part:
    """`version`: which version of the file it is a part of; "" where that can't be told."""

    path: Path
    version: str = ""
    size: int = 0

    def add(self, data: bytes, *, sync: bool = False) -> None:
        """Writes on; `sync`: all of it is on the disk then. Raises `OSError`."""
        try:
            file = self.path.open("ab")
        except FileNotFoundError:
            self.path.parent.mkdir(exist_ok=True)
            file = self.path.open("ab")
        with file:
            file.write(data)
            file.flush()
            self.size = file.tell()
            if sync:
                os.fsync(file.fileno())

    def head(self, length: int) -> bytes:
        with self.path.open("rb") as file:
            return file.read(length)


class Parts:
    """The parts in a folder, by what they are parts of; whoever looks into it has the sheet to itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[str, Part] | None = None

    def of(self, name: str) -> Part | None:
        """What is there of a file, to be gone on with."""
        if self._found is None:
            self._found = dict(_found(self._folder))
        return self._found.get(name)

    def begin(self, name: str, version: str) -> Part:
        """A new part; what was there of another version is removed."""
        self.drop(name)
        if not version:
            return Part(temporary_name(self._folder / name))

        part = Part(self._folder / f".{name}.{version}.part", version)
        part.path.unlink(missing_ok=True)
        if self._found is not None:
            self._found[name] = part
        return part

    def drop(self, name: str) -> None:
        part = self.of(name)
        if part is not None and self._found is not None:
            del self._found[name]
            part.path.unlink(missing_ok=True)

    def done(self, name: str) -> None:
        """It is whole, and has got its name."""
        if self._found is not None:
            self._found.pop(name, None)


def sweep_parts(folder: Path) -> None:
    """Removes parts that nobody has gone on with for long."""
    for _name, part in _found(folder):
        if time.time() - part.path.stat().st_mtime > KEPT_FOR:
            part.path.unlink(missing_ok=True)


def version_of(headers: Mapping[str, str], size: int | None) -> str:
    """What tells this version of a file of that size from every other; "" where nothing does."""
    tag, changed = headers.get("etag", ""), headers.get("last-modified", "")
    told = tag if tag and not tag.startswith("W/") else changed
    if not told or size is None or "content-encoding" in headers:
        return ""

    return f"v{hashlib.sha256(f'{told} {size}'.encode()).hexdigest()[:16]}"


def _found(folder: Path) -> list[tuple[str, Part]]:
    try:
        found = [(path, _PART.fullmatch(path.name)) for path in folder.iterdir()]
        return [(match["name"], Part(path, match["version"], path.stat().st_size)) for path, match in found if match]
    except OSError:  # no folder yet, or one that can't be read
        return []
