"""Runs in processes of their own: they go on when the server ends, and nobody waits for them.

A run gets no stream of the server's. What it prints goes to a file without a name, which is read once it has ended: to
tell why one could not begin. All else is told by the resume file.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from bulkgen.errors import Exit
from bulkgen.ledger.lock import is_held
from bulkgen.mcp.bearer import VARIABLE
from bulkgen.mcp.records import LastRun
from bulkgen.program import command_line, told_in

#: So much of what a run printed is read (bytes).
_MOST = 50_000_000


class Run:
    """A run that was started. `said`: what it prints."""

    def __init__(self, process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
        self.process = process
        self._said = said
        self._ended: LastRun | None = None

    @property
    def ended(self) -> LastRun | None:
        """How it ended; None while it is at work."""
        code = self.process.poll()
        if self._ended is None and code is not None:
            about = next((each.about for each in Exit if each == code), f"it was ended by the system ({code})")
            self._ended = LastRun(exit_code=code, message=_message(self._said) or about)
            self._said.close()
        return self._ended


class Runs:
    """The runs that this server has started, the last one of each sheet."""

    def __init__(self) -> None:
        self._runs: dict[Path, Run] = {}

    def start(self, sheet: Path, *options: str) -> Run:
        """`bulkgen run SHEET …`, which asks nothing. Raises `OSError` where no process can be started."""
        words = command_line(
            "run", str(sheet), "--yes", "--no-input", "--quiet", "--json", "--log-format", "text", *options
        )
        # Without the token, which is the server's own: a run may start a command of the person's
        environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
        said = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed with its run
        try:
            process = subprocess.Popen(
                words,
                cwd=sheet.parent,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
                creationflags=_apart(),
            )
        except OSError:
            said.close()
            raise

        run = self._runs[sheet] = Run(process, said)
        return run

    def of(self, sheet: Path) -> Run | None:
        return self._runs.get(sheet)

    def is_at_work(self, sheet: Path, lock: Path) -> bool:
        """Whether a run is, whoever started it; one of this server's may not have taken the sheet's lock yet.

        A lock that can't be looked at, as another person's, counts as held.
        """
        run = self._runs.get(sheet)
        if run is not None and run.ended is None:
            return True

        try:
            return is_held(lock)
        except OSError:
            return True


def _apart() -> int:
    """On Windows: without the console, and the group, of whoever started it."""
    if sys.platform == "win32":
        return subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP

    return 0


def _message(said: IO[bytes]) -> str:
    """Why it ended, in the words of its JSON."""
    with contextlib.suppress(OSError):
        said.seek(0)
        return str(told_in(said.read(_MOST).decode("utf-8", "replace")).get("message") or "")

    return ""
