"""What a run hears through the file that `listen` writes: one look at it a second, and mostly only at its date.

Without such a file, or with one that can't be read, nobody listens, and nothing is heard.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio

from bulkgen.webhooks.news_file import LARGEST, STALE, read_news

#: How often the file is looked at (seconds).
LOOK_EVERY = 1.0

#: More than this is not read: no such file of ours grows so large (bytes).
_MOST = 4 * LARGEST


class FileNews:
    """`listening`: whether somebody listens, as of the last look."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self.listening = False
        self._looked = False
        self._mark: tuple[int, int] | None = None
        self._last = 0

    async def next(self) -> Sequence[str]:
        """The ids that were delivered since the last time, as soon as there are any; none where only `listening` has
        changed."""
        while True:
            if self._looked:
                await anyio.sleep(LOOK_EVERY)
            before = self.listening
            ids = await anyio.to_thread.run_sync(self.look, abandon_on_cancel=True)
            if ids or self.listening != before:
                return ids

    def look(self) -> list[str]:
        """One look at the file: the ids that were not there at the last one."""
        self._looked = True
        try:
            found = self._path.stat()
            self.listening = abs(self._clock() - found.st_mtime) < STALE
            if (found.st_ino, found.st_size) == self._mark:
                return []

            with self._path.open("rb") as file:
                at = os.fstat(file.fileno())
                data = file.read(_MOST)
        except OSError:
            self.listening, self._mark, self._last = False, None, 0  # the next file has numbers of its own
            return []

        self._mark = (at.st_ino, len(data))
        new = [named for named in read_news(data) if named.number > self._last]
        self._last = max((named.number for named in new), default=self._last)
        return list(dict.fromkeys(named.id for named in new))
