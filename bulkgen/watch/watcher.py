"""The hot folder at work: looks at it again and again, and has a few sheets run at a time, each in its own process.

Invariants: a file is opened only after it has stayed as it is. Who ends the watch waits for its runs, which are asked
to stop; who kills it leaves them, and finds them at work when it begins again.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import TaskGroup

from bulkgen.errors import Exit, cause
from bulkgen.watch.child import Children
from bulkgen.watch.decision import Candidate, is_due, is_settled, next_up
from bulkgen.watch.folder import Folder, Seen
from bulkgen.watch.news import News, Tell, What
from bulkgen.watch.turns import Rules, Turns

#: How often the folder is looked at (seconds).
LOOK_EVERY = 2.0


@dataclass(kw_only=True)
class _Sight:
    """A sheet as it was last seen. `since`: when it was last changed; `held`: why it can't be opened for now, which may
    last; `told`: what was last said of its waiting.
    """

    seen: Seen
    since: float
    order: int
    turns: int = 0
    held: str = ""
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
    _fault: str = ""

    async def watch(self, until: Callable[[], Awaitable[None]]) -> None:
        """Goes on until `until` returns, or everything is done that is there (`once`). Raises what `beat` raises."""
        self._files = Folder(path=self.folder, sandbox=self.rules.sandbox)
        self._turns = Turns(
            folder=self.folder, rules=self.rules, children=self.children, tell=self.tell, wall=self.wall
        )
        self._news = anyio.Event()
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._stop_after, until, waiting := anyio.CancelScope())
                try:
                    await self._go_on(group)
                finally:
                    self._stop()
                    waiting.cancel()
        except ExceptionGroup as errors:
            raise cause(errors) from None

    @property
    def codes(self) -> set[Exit]:
        """How the sheets that are there ended; a process that was killed counts as unexpected, what waits as open."""
        waiting = {Exit.NOT_FINISHED for name in self._sights if name not in self._turns.known}
        ours = {int(each): each for each in Exit}
        return waiting | {ours.get(each.code, Exit.UNEXPECTED) for each in self._turns.known.values()}

    async def _stop_after(self, until: Callable[[], Awaitable[None]], scope: anyio.CancelScope) -> None:
        with scope:
            await until()
            self._stop()

    def _stop(self) -> None:
        self._turns.stop()
        self._news.set()

    async def _go_on(self, group: TaskGroup) -> None:
        while not self._turns.stopping:
            await anyio.to_thread.run_sync(self.beat)
            self._news = anyio.Event()
            looked = await self._look()
            ready = [name for name in self._sights if name not in self._turns.running and await self._is_ready(name)]
            due = [each for each in map(self._candidate, ready) if is_due(each, self.wall())]
            for candidate in next_up(due, self.rules.at_once - len(self._turns.running)):
                self._turns.running[candidate.name] = None
                self._sights[candidate.name].turns += 1
                group.start_soon(self._serve, candidate)
            if self.rules.once and not self._turns.running and self._is_over(looked=looked, ready=ready):
                return

            with anyio.move_on_after(LOOK_EVERY):
                await self._news.wait()

    def _is_over(self, *, looked: bool, ready: list[str]) -> bool:
        """Whether nothing is left that comes by itself: what is open in another program may be so for days."""
        return not looked or all(name in ready or sight.held for name, sight in self._sights.items())

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
        self._turns.forget_all_but(self._sights)
        return True

    async def _is_ready(self, name: str) -> bool:
        """Whether the sheet may be opened; says once why not, if that is not over in a moment."""
        sight = self._sights[name]
        known, unchanged = self._turns.known.get(name), anyio.current_time() - sight.since
        if known is not None and known.signature == sight.seen.signature:
            return True

        if not is_settled(unchanged, whole=True):
            return False

        mark, why = sight.seen.mark, ""
        sight.held = f"it is open in another program ({mark} says so): close it there" if mark else ""
        try:
            if not is_settled(unchanged, whole=await anyio.to_thread.run_sync(self._files.is_whole, sight.seen)):
                why = "it does not seem to be all there yet"
        except FileNotFoundError:
            return False
        except OSError as error:  # another program keeps it for itself
            sight.held = f"it can't be opened: {error.strerror}"
        why = sight.held or why
        if why and why != sight.told:
            sight.told = why
            self.tell(News(what=What.WAITING, sheet=name, why=why))
        return not why

    def _candidate(self, name: str) -> Candidate:
        sight = self._sights[name]
        return Candidate(
            name=name,
            signature=sight.seen.signature,
            limit=self.rules.max_cost,
            known=self._turns.known.get(name),
            every=self._every(sight) if sight.seen.link else None,
            order=sight.order,
            turns=sight.turns,
        )

    def _every(self, sight: _Sight) -> float | None:
        """How often a Google Sheet is looked at (seconds): with `once`, one time in each watch."""
        if self.rules.once:
            return None if sight.turns else 0.0

        return self.rules.every

    async def _serve(self, candidate: Candidate) -> None:
        await self._turns.serve(candidate)
        self._news.set()
