"""The file through which `listen` tells the runs of this computer which jobs are worth asking about.

One JSON line for each id, with a number that only rises; 0600, never more than some dozens of kilobytes: the oldest
ids leave it. When it was last written, or touched, is the heartbeat of who listens; at its clean end the file goes.

Whatever becomes of this file costs no job and no money: runs go on asking by themselves.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bulkgen.disk.whole import write_private

#: How often who listens says so; and after how long without that nobody does (seconds).
BEAT = 10.0
STALE = 35.0

#: From this size on (bytes) only so many ids stay.
LARGEST = 65_536
KEPT = 200


@dataclass(frozen=True, slots=True)
class Named:
    """An id that was delivered; `number` rises from each to the next."""

    number: int
    id: str

    def as_line(self) -> bytes:
        return json.dumps({"n": self.number, "id": self.id}, separators=(",", ":")).encode() + b"\n"


def read_news(data: bytes) -> list[Named]:
    """What stands in the file; a line that is not whole, or is no such line, is passed over."""
    found = []
    for line in data.splitlines(keepends=True):
        with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
            told = json.loads(line)
            number, job_id = told["n"], told["id"]
            if line.endswith(b"\n") and isinstance(number, int) and isinstance(job_id, str):
                found.append(Named(number, job_id))
    return found


class NewsFile:
    """Written by who listens. Every method raises `OSError`."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._last = 0

    def begin(self) -> None:
        """Makes the file, or goes on with the one that is there."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._last = max((named.number for named in self._read()), default=0)
        self.add(())

    def add(self, ids: Iterable[str]) -> None:
        """Names these ids; without any it is a beat."""
        lines = b"".join(self._line(job_id) for job_id in ids)
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        try:
            if lines:
                os.write(fd, lines)
            size = os.fstat(fd).st_size
        finally:
            os.close(fd)
        os.utime(self.path, (self._clock(), self._clock()))
        if size > LARGEST:
            self._cut()

    def end(self) -> None:
        """Nobody listens any more."""
        self.path.unlink(missing_ok=True)

    def _line(self, job_id: str) -> bytes:
        self._last = max(self._last + 1, int(self._clock() * 1000))
        return Named(self._last, job_id).as_line()

    def _cut(self) -> None:
        write_private(self.path, b"".join(named.as_line() for named in self._read()[-KEPT:]))

    def _read(self) -> Sequence[Named]:
        return read_news(self.path.read_bytes()) if self.path.exists() else ()
