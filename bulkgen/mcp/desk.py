"""What the tools of one server share: the folder, the checks, the time that is left, the money that may be spent."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from bulkgen.errors import InputError
from bulkgen.mcp.checks import PATIENCE, Checks
from bulkgen.mcp.folder import Folder
from bulkgen.mcp.options import Options


class Desk:
    """`now`: how the time goes by, in seconds; `patience`: how long a tool waits for a check (seconds)."""

    def __init__(
        self, options: Options, *, now: Callable[[], float] = time.monotonic, patience: float = PATIENCE
    ) -> None:
        self.options = options
        self.folder = Folder(options.folder)
        self.checks = Checks(sandbox=options.sandbox, patience=patience)
        self._now = now
        self._ends = None if options.expires is None else now() + options.expires
        self._until = None if options.expires is None else time.time() + options.expires

    def confirm_open(self) -> None:
        """Raises `InputError` once the time is over for which the person started the server."""
        if self._ends is None or self._now() < self._ends:
            return

        assert self._until is not None
        until = datetime.fromtimestamp(self._until, UTC)
        raise InputError(
            f"This server was started for a limited time (--expires), which ended at {until:%H:%M} UTC: it does "
            "nothing more. Runs that it has started go on. The person can start it again."
        )
