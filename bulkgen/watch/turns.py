"""The turns of sheets in a hot folder: what one is allowed, the process that runs or checks it, and how that ended.

Invariants: nothing is run without a cap, or beyond what a day may cost; one process at a time works on a sheet; each is
asked to stop once, since the second time it would end at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio

from bulkgen.batch.recipe import ENDING, is_recipe_name
from bulkgen.errors import Exit, InputError, LedgerError
from bulkgen.pricing.money import money
from bulkgen.watch.child import Child, Children, Ended
from bulkgen.watch.day import Day
from bulkgen.watch.decision import Candidate, Known, after_run, pause_after
from bulkgen.watch.memory import Held, memory_path, read_held, read_memory, write_memory
from bulkgen.watch.news import News, Tell, What
from bulkgen.watch.permission import Permit, permit

#: How exact the times of files are (seconds), at worst.
_CLOCKS = 2.0

#: How long a run may take to end once its time is up (seconds), at most.
_ENDING = 600.0


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What was typed. `max_cost`: for one run of one sheet; `max_cost_per_day`: for all runs of all sheets within a
    day; `every`: how often Google Sheets are looked at (seconds); `at_once`: how many sheets at a time; `once`: what is
    there now, and no more.
    """

    sandbox: bool = False
    max_cost: float | None = None
    max_cost_per_day: float | None = None
    every: float = 900.0
    at_once: int = 3
    once: bool = False


@dataclass(kw_only=True)
class Turns:
    """`wall`: Unix seconds. `known`: how each sheet's last run ended; `running`: what is at work, None while it begins.

    `stopping`: no process is begun any more.
    """

    folder: Path
    rules: Rules
    children: Children
    tell: Tell
    wall: Callable[[], float] = time.time
    known: dict[str, Known] = field(default_factory=dict)
    running: dict[str, Child | None] = field(default_factory=dict)
    stopping: bool = False

    def __post_init__(self) -> None:
        self._memory = memory_path(self.folder, sandbox=self.rules.sandbox)
        self.known = read_memory(self._memory)
        self._day = Day(
            folder=self.folder,
            limit=self.rules.max_cost_per_day,
            sandbox=self.rules.sandbox,
            left_behind=read_held(self._memory),
        )
        self._counting = anyio.Lock()

    def stop(self) -> None:
        if not self.stopping:
            self.stopping = True
            for child in filter(None, self.running.values()):
                child.stop()

    def forget_all_but(self, names: Collection[str]) -> None:
        self.known = {name: known for name, known in self.known.items() if name in names}

    async def serve(self, candidate: Candidate) -> None:
        """One turn of a sheet: it is run, or checked where nobody said what it may cost."""
        name = candidate.name
        allowed = partial(permit, self.folder / name, max_cost=self.rules.max_cost, sandbox=self.rules.sandbox)
        try:
            await self._turn(candidate, await anyio.to_thread.run_sync(allowed))
        except InputError as error:
            self._remember(candidate, Exit.MISTAKES, checked=True)
            self.tell(News(what=What.NOT_RUN, sheet=name, why=str(error), code=Exit.MISTAKES))
        finally:
            del self.running[name]
            if self._day.held.pop(name, None):
                self._write()

    async def _turn(self, candidate: Candidate, permitted: Permit) -> None:
        began, name, before = anyio.current_time(), candidate.name, candidate.before
        if permitted.cap is None:
            await self._check(candidate, permitted)
            return

        if self._day.limit is not None and not await self._fits_the_day(candidate, permitted, permitted.cap):
            return

        if before is None:
            self.tell(News(what=What.STARTED, sheet=name, cap=permitted.cap))
        limits = (
            "--yes",
            "--max-cost",
            repr(permitted.cap),
            "--timeout",
            f"{permitted.turn:g}s",
            "--log-format",
            permitted.log,
        )
        ended = await self._command("run", name, permitted, *limits)
        if ended is None:
            return

        if ended.code != Exit.LOCKED:  # no other run of it is at work any more
            self._day.left_behind.pop(name, None)
        if ended.code == Exit.MISTAKES:
            await self._check(candidate, permitted, after=ended)
            return

        over = ended.code == Exit.NOT_FINISHED and anyio.current_time() - began >= permitted.turn
        known = self._remember(candidate, ended.code, turn=over)
        if before is None or before.code != known.code or ended.told.get("new"):
            self._tell(What.RAN, known, candidate, ended, cap=permitted.cap)

    async def _fits_the_day(self, candidate: Candidate, permitted: Permit, cap: float) -> bool:
        """Whether there is room for the run in what may be spent in a day: for its cap, or for all that it may cost."""
        async with self._counting:
            try:
                left = await anyio.to_thread.run_sync(self._day.left, self.wall(), candidate.name)
            except (OSError, LedgerError) as error:
                self._put_off(candidate, f"what was spent today can't be counted: {error}")
                return False

            need, left = cap, max(left, 0.0)  # what is paid is collected, however much it was
            if need > left:
                checked = await self._command("check", candidate.name, permitted)
                cost = checked.told.get("cost") if checked is not None and checked.code == Exit.OK else None
                need = min(cap, cost["high"]) if cost and cost["high"] is not None and not cost["unknown"] else cap
            if need > left:
                self._put_off(
                    candidate,
                    f"it may cost {money(need, 'usd')}, and {money(left, 'usd')} are left for today",
                )
                return False

            self._day.held[candidate.name] = Held(need, self.wall() + permitted.turn + _ENDING)
            self._write()
            return True

    def _put_off(self, candidate: Candidate, why: str) -> None:
        if self.stopping:
            return

        before = candidate.before
        known = self._remember(candidate, Exit.NOT_FINISHED)
        if before is None or before.code != known.code:
            self.tell(News(what=What.WAITING, sheet=candidate.name, why=why))

    async def _check(self, candidate: Candidate, permitted: Permit, after: Ended | None = None) -> None:
        """Marks the mistakes in a copy of the sheet. `after`: the run that they ended before anything was sent."""
        began = self.wall()
        checked = await self._command("check", candidate.name, permitted)
        if checked is None:
            return

        ended = checked if after is None or checked.code == after.code else after
        known, before = self._remember(candidate, ended.code, checked=after is None), candidate.before
        if before is None or before.code != known.code:
            marked = await anyio.to_thread.run_sync(self._marked, candidate.name, began)
            self._tell(What.CHECKED if after is None else What.NOT_RUN, known, candidate, ended, marked=marked)

    async def _command(self, command: str, name: str, permitted: Permit, *options: str) -> Ended | None:
        """How it ended; None where the watch ends before it has begun."""
        if self.stopping:
            return None

        rehearsal = ["--sandbox"] if self.rules.sandbox else []
        sheet, resume = (f"./{each}" if each.startswith("-") else each for each in (name, permitted.resume))
        whole = (*options, "--resume", resume, *rehearsal, "--no-input", "--json")
        try:
            child = await self.children.start(command, sheet, *whole)
        except OSError as error:
            return Ended(Exit.UNEXPECTED, {"message": f"No process can be started: {error.strerror}"})

        self.running[name] = child
        if self.stopping:
            child.stop()
        return await child.ended()

    def _remember(self, candidate: Candidate, code: int, *, checked: bool = False, turn: bool = False) -> Known:
        known = after_run(candidate, code, self.wall(), checked=checked, turn=turn)
        self.known[candidate.name] = known
        self._write()
        return known

    def _write(self) -> None:
        write_memory(self._memory, self.known, {**self._day.left_behind, **self._day.held})

    def _tell(
        self,
        what: What,
        known: Known,
        candidate: Candidate,
        ended: Ended,
        *,
        cap: float | None = None,
        marked: str = "",
    ) -> None:
        pause = None if self.rules.once or self.stopping else pause_after(known, candidate.every)
        name, code, told = candidate.name, ended.code, ended.told
        self.tell(News(what=what, sheet=name, cap=cap, code=code, told=told, marked=marked, pause=pause))

    def _marked(self, name: str, since: float) -> str:
        """The copy of the sheet in which its mistakes were marked just now."""
        stem = name[: -len(ENDING)] if is_recipe_name(name) else Path(name).stem
        try:
            copies = [(path.stat().st_mtime, path.name) for path in self.folder.glob("*.check*.xlsx")]
        except OSError:
            return ""

        found = [(at, copy) for at, copy in copies if copy.startswith(f"{stem}.") and at >= since - _CLOCKS]
        return max(found)[1] if found else ""
