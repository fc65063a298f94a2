"""`bulkgen watch` without patience: `python -m tests.hurried_watch sheets --max-cost 5`.

It looks at the folder all the time, and its runs are processes that have bulkgen loaded already (`tests.forked`). What
seems to be half there is never opened, however long it stands there.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import anyio

from bulkgen.cli.app import main
from bulkgen.program import told_in
from bulkgen.watch.child import Child, Ended
from tests.command import hurried_command
from tests.forked import PIPE, Forked, forked
from tests.hurried import SOON


@dataclass
class Forks:
    """What `bulkgen.watch.child.Processes` is to others."""

    folder: Path

    async def start(self, *words: str) -> Child:
        fork = forked(hurried_command(*words), cwd=self.folder, env=os.environ, stdout=PIPE)
        assert isinstance(fork, Forked)
        return _Running(fork)


@dataclass
class _Running:
    _fork: Forked

    async def ended(self) -> Ended:
        printed, _ = await anyio.to_thread.run_sync(self._fork.communicate)
        return Ended(self._fork.wait(), told_in(printed))

    def stop(self) -> None:
        self._fork.send_signal(signal.SIGTERM)


if __name__ == "__main__":
    sys.argv.insert(1, "watch")
    with (
        mock.patch("bulkgen.cli.watch.Processes", Forks),
        mock.patch("bulkgen.watch.watcher.LOOK_EVERY", 30 * SOON),
        mock.patch.multiple(
            "bulkgen.watch.decision", SETTLE=5 * SOON, SETTLE_TORN=3600.0, AT_WORK=10 * SOON, FIRST_PAUSE=10 * SOON
        ),
    ):
        main()
