"""How far a run is: a bar on a terminal, a line every half minute elsewhere, nothing when quiet."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Never

from bulkgen.cli.console import Console
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.model import Job

if TYPE_CHECKING:
    from tqdm import tqdm

#: Seconds between two lines where there is no terminal.
EVERY = 30.0


class Progress:
    """Counts the jobs of a run by what has become of them."""

    def __init__(
        self,
        console: Console,
        jobs: Sequence[Job],
        states: dict[str, State],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console
        self._jobs = jobs
        self._states = states
        self._clock = clock
        self._said = clock()
        self._drawn = 0.0
        self._bar: tqdm[Never] | None = None

    def __enter__(self) -> Progress:
        if self._console.draws and self._jobs:
            from tqdm import tqdm

            self._bar = tqdm(total=len(self._jobs), dynamic_ncols=True, bar_format=_BAR)
            self.refresh()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self.refresh()
            self._bar.close()

    def changed(self) -> None:
        """Something was recorded; drawing is bounded, counting 10,000 jobs is not free."""
        if self._bar is not None and self._clock() - self._drawn > 0.2:
            self.refresh()

    def refresh(self) -> None:
        if self._bar is None:
            return

        done, rendering, failed, _ = self._count()
        self._drawn = self._clock()
        self._bar.n = done + failed
        self._bar.set_description_str(f"{done} done, {rendering} rendering, {failed} failed", refresh=True)

    def tick(self) -> None:
        """Called every second or so."""
        if self._bar is not None:
            self.refresh()
        elif self._clock() - self._said >= EVERY:
            self._said = self._clock()
            done, rendering, failed, queued = self._count()
            self._console.tell(
                f"{done} of {len(self._jobs)} done, {rendering} rendering, {queued} queued, {failed} failed"
            )

    def _count(self) -> tuple[int, int, int, int]:
        done = rendering = failed = queued = 0
        for job in self._jobs:
            status = self._states.get(job.fingerprint, NEW).status
            done += status is Status.DONE
            rendering += status is Status.RENDERING
            queued += status is Status.QUEUED
            failed += status in (Status.FAILED, Status.UNKNOWN)
        return done, rendering, failed, queued


_BAR = "{percentage:3.0f}% |{bar}| of {total_fmt}: {desc} [{elapsed}, {remaining} left]"
