"""What the tools of one server share: the folder, the checks, the time that is left, the money that may be spent."""

from __future__ import annotations

import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import anyio

from bulkgen.errors import InputError
from bulkgen.mcp.checks import PATIENCE, Checks
from bulkgen.mcp.folder import Folder
from bulkgen.mcp.options import Options
from bulkgen.mcp.runs import Runs
from bulkgen.mcp.work import Work
from bulkgen.pricing.money import money

T = TypeVar("T")

#: What the account has is asked for again after so long (seconds), and so many answers are kept.
_FRESH = 300.0
_KEPT = 20

#: What dollars are rounded by on their way.
_ROUNDING = 1e-6


class Desk:
    """`now`: how the time goes by, in seconds; `patience`: how long a tool waits for a check (seconds)."""

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
        self._asked: OrderedDict[Hashable, tuple[float, Work[Any]]] = OrderedDict()
        self._spendable = options.max_cost
        self._patience = patience
        self._now = now
        self._ends = None if options.expires is None else now() + options.expires
        self._until = None if options.expires is None else time.time() + options.expires

    @property
    def is_over(self) -> bool:
        """Whether the time is over for which the person started the server."""
        return self._ends is not None and self._now() >= self._ends

    def confirm_open(self) -> None:
        """Raises `InputError` once that time is over."""
        if not self.is_over:
            return

        assert self._until is not None
        until = datetime.fromtimestamp(self._until, UTC)
        raise InputError(
            f"This server was started for a limited time (--expires), which ended at {until:%H:%M} UTC: it does "
            "nothing more. Runs that it has started go on. The person can start it again."
        )

    async def asked(self, what: Hashable, function: Callable[[], T]) -> T | None:
        """What a question to the account came to, which is asked once for a while; None while it takes longer.

        Raises what the function raises.
        """
        at, work = self._asked.get(what, (0.0, None))
        if work is None or work.failed or (work.done and self._now() - at > _FRESH):
            at, work = self._asked[what] = self._now(), Work(function)
        self._asked.move_to_end(what)
        while len(self._asked) > _KEPT:
            self._asked.popitem(last=False)
        found: T | None = await work.result(patience=self._patience)
        return found

    # Money -----------------------------------------------------------------------------------------------------------

    def confirm_affordable(self, amount: float) -> None:
        """Raises `InputError` where a run that may spend so much (US dollars) goes beyond the limit of the server."""
        if self._spendable is None or amount <= self._spendable + _ROUNDING:
            return

        limit = self.options.max_cost or 0.0
        raise InputError(
            f"max_cost_usd is {money(amount, 'usd')}, and of the {money(limit, 'usd')} that the person allows this "
            f"server to spend (--max-cost) {money(max(0.0, self._spendable), 'usd')} is left. Nothing was started. "
            "Only the person can raise that limit, by starting the server with another one."
        )

    def spend(self, amount: float) -> None:
        """So much may be spent by a run now (US dollars); below zero: it could not begin."""
        if self._spendable is not None:
            self._spendable -= amount
