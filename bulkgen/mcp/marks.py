"""By which it is noticed, at little cost, that files have changed. What spends money never goes by it alone."""

from __future__ import annotations

from pathlib import Path

#: Of each file when it was last written, and its size; None where there is none.
Marks = tuple[tuple[int, int] | None, ...]


def marks(*paths: Path) -> Marks:
    return tuple(map(_mark, paths))


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None

    return found.st_mtime_ns, found.st_size
