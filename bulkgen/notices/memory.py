"""What was told last of a sheet, so that the same trouble is told once, however often it is met again.

A file for each sheet in the person's data folder. To lose one only means to be told again: what goes wrong here is
passed over.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path

from bulkgen.disk.whole import write_whole


@dataclass(frozen=True, slots=True)
class Memory:
    """`folder`: the person's data folder, None where there is none; `sheet`: which one, by its whole path and tab."""

    folder: Path | None
    sheet: str

    def last(self) -> str:
        """What was told last; "" for nothing."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if path := self._path:
                return path.read_text(encoding="ascii").strip()

        return ""

    def keep(self, told: str) -> None:
        """`told`: "" where all is well again."""
        with contextlib.suppress(OSError):
            if not (path := self._path):
                return

            if told:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(path, lambda temporary: _write(temporary, told), Path.replace)
            else:
                path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path | None:
        name = hashlib.sha256(self.sheet.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        return self.folder / "notices" / name if self.folder else None


def _write(path: Path, told: str) -> None:
    path.write_text(f"{told}\n", encoding="ascii")
