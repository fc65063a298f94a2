"""A file that has arrived, and the place that it gets.

Invariant: no file that is not this job's own is replaced, but by the same bytes.
"""

from __future__ import annotations

import filecmp
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bulkgen.disk.whole import Saved
from bulkgen.errors import Lost
from bulkgen.files.endings import HEAD, ending_of, is_answer
from bulkgen.files.part import Part


class NoFile(Lost):
    """What has come is an answer in words, be it called a video."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file that is asked for: by which link, under which names (the first that is free), and what it is.

    `own`: the file that was saved of it before.
    """

    link: str
    names: tuple[str, ...]
    what: str
    own: Saved | None

    @property
    def key(self) -> str:
        """What its parts are called."""
        return f"{self.names[0]}.{self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A file whose last bytes are still in memory; `size`: its length as the host announced it."""

    wanted: Wanted
    part: Part
    rest: bytes
    size: int | None
    content_type: str

    def complete(self) -> None:
        """Writes the rest. Raises `Lost` for a file that is not whole, `NoFile` for one that is none."""
        self.part.add(self.rest, sync=True)
        if self.part.size == 0 or self.size not in (None, self.part.size):
            raise Lost("the file came incomplete")

        if self.wanted.what != "words" and is_answer(self.part.head(HEAD)):  # those are JSON of our own
            raise NoFile("an error message came in place of the file")

    def place(self, folder: Path) -> Path:
        """Where it goes: the first of its names that no other file has. What it would replace goes aside."""
        ending = ending_of(self.part.head(HEAD), self.content_type, self.wanted.link, self.wanted.what)
        places = [folder / f"{name}{ending}" for name in self.wanted.names]
        own = folder.parent / self.wanted.own.file if self.wanted.own else None
        free = (path for path in places if path == own or _is_free(path) or _same(path, self.part.path))
        place = next(free, places[-1])
        _spare(place, self.part.size)
        return place


def _is_free(path: Path) -> bool:
    return not path.exists() or path.stat().st_size == 0


def _same(path: Path, other: Path) -> bool:
    return path.stat().st_size == other.stat().st_size and filecmp.cmp(path, other, shallow=False)


def _spare(path: Path, size: int) -> None:
    """Gives a file of another size that stands there another name: somebody may have worked on it."""
    if path.exists() and path.stat().st_size not in (0, size):
        names = (f"{path.stem} (changed{f' {number}' if number > 1 else ''}){path.suffix}" for number in count(1))
        path.rename(next(free for free in map(path.with_name, names) if not free.exists()))
