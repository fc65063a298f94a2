"""What the tools of one server share: the folder, the checks, the time that is left, the money that may be spent."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import anyio

from bulkgen.batch.batch import Batch
from bulkgen.batch.browsing import Found
from bulkgen.batch.settings import Settings
from bulkgen.errors import InputError
from bulkgen.mcp.checks import Checks
from bulkgen.mcp.folder import Folder
from bulkgen.mcp.limits import Allowance
from bulkgen.mcp.options import Options
from bulkgen.mcp.runs import Runs
from bulkgen.mcp.work import PATIENCE, Answers

#: What the account has is asked for again after so long (seconds), and so many answers are kept.
_FRESH = 300.0
_KEPT = 20


class Desk:
    """`now`: how the time goes by, in seconds; `patience`: how long a tool waits for HeyGen (seconds)."""

    def __init__(
        self, options: Options, *, now: Callable[[], float] = time.monotonic, patience: float = PATIENCE
    ) -> None:
        self.options = options
        self.folder = Folder(options.folder)
        self.checks = Checks(sandbox=options.sandbox, patience=patience)
        self.runs = Runs()
        #: By the sheet, the process of the run that was asked to stop.
        self.stopped: dict[Path, int] = {}
        #: By the sheet, held while a run of it is being started: two calls at once start one.
        self.starting: defaultdict[Path, anyio.Lock] = defaultdict(anyio.Lock)
        #: What the account has, by the kind and the words that were looked for.
        self.account = Answers[tuple[str, str], Found](fresh=_FRESH, kept=_KEPT, patience=patience, now=now)
        self.allowance = Allowance(options.max_cost)
        self._now = now
        self._ends = None if options.expires is None else now() + options.expires
        self._until = None if options.expires is None else time.time() + options.expires

    @property
    def is_open(self) -> bool:
        """Whether the time is not over yet for which the person started the server."""
        return self._ends is None or self._now() < self._ends

    def confirm_open(self) -> None:
        """Raises `InputError` once it is over."""
        if self.is_open:
            return

        assert self._until is not None
        until = datetime.fromtimestamp(self._until, UTC)
        raise InputError(
            f"This server was started for a limited time (--expires), which ended at {until:%H:%M} UTC: it does "
            "nothing more. Runs that it has started go on. The person can start it again."
        )

    def open(self, sheet: Path) -> Batch:
        """The sheet as it is now. Raises what `Batch.open` raises."""
        return Batch.open(sheet, Settings(sandbox=self.options.sandbox))
