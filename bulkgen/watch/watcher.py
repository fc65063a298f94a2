"""The hot folder at work: looks at it again and again, and has a few sheets run at a time, each in its own process.

Invariants: a file is opened only after it has stayed as it is; nothing is run without a cap; one process at a time
works on a sheet. Who ends the watch waits for its runs, which are asked to stop; who kills it leaves them, and finds
them at work when it begins again.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio
from anyio.abc import TaskGroup

from bulkgen.errors import Exit, InputError
from bulkgen.watch.child import Child, Children, Ended
from bulkgen.watch.decision import Candidate, Known, after_run, is_due, is_settled, next_up, pause_after
from bulkgen.watch.folder import Folder, Seen
from bulkgen.watch.memory import memory_path, read_memory, write_memory
from bulkgen.watch.news import News, Tell, What
from bulkgen.watch.permission import Permit, permit

#: How often the folder is looked at (seconds).
LOOK_EVERY = 2.0


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What was typed. `max_cost`: for one run of one sheet; `every`: how often Google Sheets are looked at (seconds);
    `at_once`: how many sheets at a time; `once`: what is there now, and no more.
    """

    sandbox: bool = False
    max_cost: float | None = None
    every: float = 900.0
    at_once: int = 3
    once: bool = False


@dataclass(kw_only=True)
class _Sight:
    """A sheet as it was last seen. `since`: when it was last changed; `told`: what was last said of its waiting."""

    seen: Seen
    since: float
    order: int
    turns: int = 0
    told: str = ""


@dataclass(kw_only=True)
class Watcher:
    """`beat`: called at each look at the folder; what it raises ends the watch. `wall`: Unix seconds."""

    folder: Path
    rules: Rules
    children: Children
    tell: Tell
    beat: Callable[[], None] = lambda: None
    wall: Callable[[], float] = time.time
    _sights: dict[str, _Sight] = field(default_factory=dict)
    _running: dict[str, Child | None] = field(default_factory=dict)
    _known: dict[str, Known] = field(default_factory=dict)
    _stopping: bool = False
    _fault: str = ""

    async def watch(self, until: Callable[[], Awaitable[None]]) -> None:
        """Goes on until `until` returns, or everything is done that is there (`once`). Raises what `beat` raises."""
        self._files = Folder(path=self.folder, sandbox=self.rules.sandbox)
        self._memory = memory_path(self.folder, sandbox=self.rules.sandbox)
        self._known = read_memory(self._memory)
        self._news = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(self._stop_after, until, waiting := anyio.CancelScope())
            try:
                await self._go_on(group)
            finally:
                self._stop()
                waiting.cancel()

    @property
    def codes(self) -> set[Exit]:
        """How the sheets that are there ended; a process that was killed counts as unexpected, what waits as open."""
        waiting = {Exit.NOT_FINISHED for name in self._sights if name not in self._known}
        ours = {int(each): each for each in Exit}
        return waiting | {ours.get(each.code, Exit.UNEXPECTED) for each in self._known.values()}

    async def _stop_after(self, until: Callable[[], Awaitable[None]], scope: anyio.CancelScope) -> None:
        with scope:
            await until()
            self._stop()

    def _stop(self) -> None:
        self._stopping = True
        for child in self._running.values():
            if child is not None:
                child.stop()
        self._news.set()

    async def _go_on(self, group: TaskGroup) -> None:
        while not self._stopping:
            await anyio.to_thread.run_sync(self.beat)
            self._news = anyio.Event()
            looked = await self._look()
            ready = [name for name in self._sights if name not in self._running and await self._is_ready(name)]
            due = [each for each in map(self._candidate, ready) if is_due(each, self.wall())]
            for candidate in next_up(due, self.rules.at_once - len(self._running)):
                self._running[candidate.name] = None
                group.start_soon(self._serve, candidate)
            if self.rules.once and not self._running and self._is_over(looked=looked, ready=ready):
                return

            with anyio.move_on_after(LOOK_EVERY):
                await self._news.wait()

    def _is_over(self, *, looked: bool, ready: list[str]) -> bool:
        """Whether nothing is left that comes by itself: what is open in another program may be so for days."""
        return not looked or all(name in ready or sight.seen.mark for name, sight in self._sights.items())

    async def _look(self) -> bool:
        """Whether the folder could be looked into; said once, if not."""
        try:
            found = await anyio.to_thread.run_sync(self._files.look)
        except OSError as error:
            fault = f"{self.folder} can't be looked into: {error.strerror}"
            if fault != self._fault:
                self.tell(News(what=What.WAITING, sheet="", why=fault))
            self._fault = fault
            return False

        now, before, self._fault, self._sights = anyio.current_time(), self._sights, "", {}
        for seen in found:
            sight = before.get(seen.name)
            if sight is None:
                sight = _Sight(seen=seen, since=now, order=len(before) + len(self._sights))
            elif sight.seen.signature != seen.signature:
                sight.since, sight.told = now, ""
            sight.seen = seen
            self._sights[seen.name] = sight
        self._known = {name: known for name, known in self._known.items() if name in self._sights}
        return True

    async def _is_ready(self, name: str) -> bool:
        """Whether the sheet may be opened; says once why not, if that is not over in a moment."""
        sight = self._sights[name]
        known, unchanged = self._known.get(name), anyio.current_time() - sight.since
        if known is not None and known.signature == sight.seen.signature:
            return True

        if not is_settled(unchanged, whole=True):
            return False

        why = f"it is open in another program ({sight.seen.mark} says so): close it there" if sight.seen.mark else ""
        if not why and not is_settled(unchanged, whole=await anyio.to_thread.run_sync(self._is_whole, sight.seen)):
            why = "it does not seem to be all there yet"
        if why and why != sight.told:
            sight.told = why
            self.tell(News(what=What.WAITING, sheet=name, why=why))
        return not why

    def _is_whole(self, seen: Seen) -> bool:
        try:
            return self._files.is_whole(seen)
        except OSError:  # another program keeps it for itself
            return False

    def _candidate(self, name: str) -> Candidate:
        sight = self._sights[name]
        return Candidate(
            name=name,
            signature=sight.seen.signature,
            limit=self.rules.max_cost,
            known=self._known.get(name),
            every=self.rules.every if sight.seen.link and not self.rules.once else None,
            order=sight.order,
            turns=sight.turns,
        )

    async def _serve(self, candidate: Candidate) -> None:
        """One turn of a sheet: it is run, or checked where nobody said what it may cost."""
        name = candidate.name
        self._sights[name].turns += 1
        allowed = partial(permit, self.folder / name, max_cost=self.rules.max_cost, sandbox=self.rules.sandbox)
        try:
            await self._turn(candidate, await anyio.to_thread.run_sync(allowed))
        except InputError as error:
            self._remember(candidate, Exit.MISTAKES, checked=True)
            self.tell(News(what=What.NOT_RUN, sheet=name, why=str(error), code=Exit.MISTAKES))
        finally:
            del self._running[name]
            self._news.set()

    async def _turn(self, candidate: Candidate, permitted: Permit) -> None:
        began, name, before = anyio.current_time(), candidate.name, candidate.before
        if permitted.cap is None:
            await self._check(candidate)
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
        ended = await self._command("run", name, *limits)
        if ended is None:
            return

        if ended.code == Exit.MISTAKES:
            await self._check(candidate, after=ended)
            return

        over = ended.code == Exit.NOT_FINISHED and anyio.current_time() - began >= permitted.turn
        known = self._remember(candidate, ended.code, turn=over)
        if before is None or before.code != known.code or ended.told.get("new"):
            self._tell(What.RAN, known, candidate, ended, cap=permitted.cap)

    async def _check(self, candidate: Candidate, after: Ended | None = None) -> None:
        """Marks the mistakes in a copy of the sheet. `after`: the run that they ended before anything was sent."""
        began = self.wall()
        checked = await self._command("check", candidate.name)
        if checked is None:
            return

        ended = checked if after is None or checked.code == after.code else after
        known, before = self._remember(candidate, ended.code, checked=after is None), candidate.before
        if before is None or before.code != known.code:
            marked = await anyio.to_thread.run_sync(self._marked, candidate.name, began)
            self._tell(What.CHECKED if after is None else What.NOT_RUN, known, candidate, ended, marked=marked)

    async def _command(self, *words: str) -> Ended | None:
        """How it ended; None where the watch ends before it has begun."""
        command, name, *options = words
        if self._stopping:
            return None

        rehearsal = ["--sandbox"] if self.rules.sandbox else []
        sheet = f"./{name}" if name.startswith("-") else name
        child = await self.children.start(command, sheet, *options, *rehearsal, "--no-input", "--json")
        self._running[name] = child
        if self._stopping:
            child.stop()
        return await child.ended()

    def _remember(self, candidate: Candidate, code: int, *, checked: bool = False, turn: bool = False) -> Known:
        known = after_run(candidate, code, self.wall(), checked=checked, turn=turn)
        self._known[candidate.name] = known
        write_memory(self._memory, self._known)
        return known

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
        pause = None if self.rules.once else pause_after(known, candidate.every)
        name, code, told = candidate.name, ended.code, ended.told
        self.tell(News(what=what, sheet=name, cap=cap, code=code, told=told, marked=marked, pause=pause))

    def _marked(self, name: str, since: float) -> str:
        """The copy of the sheet in which its mistakes were marked just now."""
        stem = name.removesuffix(".recipe.toml").rpartition(".")[0] or name
        try:
            copies = [(path.stat().st_mtime, path.name) for path in self.folder.glob("*.check*.xlsx")]
        except OSError:
            return ""

        found = [(at, copy) for at, copy in copies if copy.startswith(f"{stem}.") and at >= since - LOOK_EVERY]
        return max(found)[1] if found else ""
