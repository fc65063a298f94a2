"""How far a run is: a bar on a terminal, a line every half minute elsewhere, nothing when quiet."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Never

from bulkgen.batch.progress import Progress
from bulkgen.cli.console import Console
from bulkgen.ledger.state import Status
from bulkgen.model import plural

if TYPE_CHECKING:
    from tqdm import tqdm

#: Seconds between two lines where there is no terminal, and the least between two drawings of the bar.
EVERY = 30.0
DRAWN_EVERY = 0.2

_BAR = "{percentage:3.0f}% |{bar}| of {total_fmt} {unit}: {desc} [{elapsed}, {remaining} left]"

#: For a window with fewer columns than this: it has no room for a bar, and with files to be told of none below that.
_NARROW = 80
_NARROW_WITH_FILES = 110
_NO_BAR = "{percentage:3.0f}% of {total_fmt}: {desc}"


class Bar:
    """Tells how far a run is, as often as is of use."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._reported = clock()
        self._drawn = 0.0
        self._last = Progress(0, {})
        self._bar: tqdm[Never] | None = None
        #: What one job is called.
        self.unit = "job"

    def moved(self, progress: Progress) -> None:
        """A job has moved; drawing is bounded."""
        self._last = progress
        if self._bar is not None and self._clock() - self._drawn > DRAWN_EVERY:
            self._draw(self._bar, progress)

    def tick(self, progress: Progress) -> None:
        """Called every second or so."""
        self._last = progress
        if self._console.draws and progress.total:
            if self._bar is None:
                from tqdm import tqdm

                unit = self.unit if progress.total == 1 else f"{self.unit}s"
                self._bar = tqdm(total=progress.total, unit=unit, dynamic_ncols=True, bar_format=self._shape(progress))
            self._draw(self._bar, progress)
        elif self._clock() - self._reported >= EVERY:
            self._reported = self._clock()
            done, rendering, failed, queued = _counts(progress)
            total = plural(progress.total, self.unit)
            files = _files(progress)
            self._console.tell(
                f"{done} of {total} done, {rendering} rendering{_stuck(progress)}, {queued} queued, {failed} failed"
                f"{files}"
            )

    def close(self) -> None:
        if self._bar is not None:
            self._draw(self._bar, self._last)
            self._bar.close()

    def _draw(self, bar: tqdm[Never], progress: Progress) -> None:
        done, rendering, failed, queued = _counts(progress)
        self._drawn = self._clock()
        bar.n = progress.total - rendering - queued
        bar.bar_format = self._shape(progress)
        bar.set_description_str(
            f"{done} done, {rendering} rendering{_stuck(progress)}, {failed} failed{_files(progress)}", refresh=True
        )

    def _shape(self, progress: Progress) -> str:
        window, narrow = self._console.window, _NARROW_WITH_FILES if _files(progress) else _NARROW
        return _NO_BAR if window and window.columns < narrow else _BAR


def _stuck(progress: Progress) -> str:
    return f" ({progress.stuck:,} stuck)" if progress.stuck else ""


def _files(progress: Progress) -> str:
    """`, uploaded 1/3 (40 MB), files 12/40 (1.2 GB)`; nothing without any on their way."""
    files, uploads = progress.files, progress.uploads
    going = uploads and uploads.done < uploads.total
    sent = f", uploaded {uploads.done:,}/{uploads.total:,} ({size_in_words(uploads.sent)})" if uploads and going else ""
    return sent + (f", files {files.done:,}/{files.total:,} ({size_in_words(files.received)})" if files else "")


def size_in_words(size: int) -> str:
    """`40 KB`, `1.2 GB`: as file managers say it."""
    units = ("bytes", "KB", "MB", "GB", "TB")
    power = min((len(str(max(size, 1))) - 1) // 3, len(units) - 1)
    number = size / 1000**power
    return f"{number:.1f} {units[power]}" if power and number < 10 else f"{number:,.0f} {units[power]}"


def _counts(progress: Progress) -> tuple[int, int, int, int]:
    """Done, rendering, failed, queued."""
    count = progress.counts.get
    failed = count(Status.FAILED, 0) + count(Status.UNKNOWN, 0)
    return count(Status.DONE, 0), count(Status.RENDERING, 0), failed, count(Status.QUEUED, 0)
