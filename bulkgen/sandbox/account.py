"""What the pretend HeyGen has accepted: renders, keys, slots and the purse.

Owns everything that changes in the sandbox. How far a render is follows from its age, so nothing runs in the
background and a restart changes nothing.

Invariants: an order is in the state file, if there is one, before anyone learns of it; what an order is refused for
leaves no trace; one key on one path is one order for a day; the purse never goes below zero.
"""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from bulkgen.errors import InputError
from bulkgen.sandbox.catalogue import Catalogue
from bulkgen.sandbox.messages import Refusal
from bulkgen.sandbox.orders import Order, Render, Wish, line_of, order_of
from bulkgen.sandbox.settings import Settings
from bulkgen.sandbox.state_file import Line, StateFile

#: What a new purse holds, in cents.
PURSE = 100_000

#: The part of a render's time that it waits before it is worked on; at most so much of a minute.
WAITING = 0.2

#: Lines of the state file that tell of a file, and of an answer to an agent's question.
_NO_ORDERS = frozenset({"asset", "answered"})

#: The part of its time that a session thinks, before there is a video.
THINKING = 0.3


class Account:
    """Every order of one account; of one sheet's rehearsals, where it has a state file."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        clock: Callable[[], float],
        *,
        purse: int | None = PURSE,
        rng: random.Random | None = None,
        path: Path | None = None,
        others: Sequence[Path] = (),
    ) -> None:
        """`purse` in cents, None without an end; `path` and `others`: the state file, and those of the folder's other
        sheets, whose renders are known here too.

        Raises `InputError` for a state file that can't be used; one of the others is then passed over.
        """
        self.settings = settings
        self.catalogue = catalogue
        self.clock = clock
        self.purse: float | None = purse
        #: Jobs and recordings left in the allowance; None: no end.
        self.quota: int | None = None
        self.renders: dict[str, Render] = {}
        self._rng = rng or random.Random()
        self._file = StateFile(path) if path else None
        self._keys: dict[tuple[str, str], Order] = {}
        self._held: dict[tuple[str, str], float] = {}
        self._running: dict[str, Render] = {}
        for other in others:
            with suppress(InputError, KeyError, TypeError, ValueError):
                for line in (line for line in StateFile(other).lines if not line.keys() & _NO_ORDERS):
                    self.renders |= {render.id: render for render in order_of(line, self._render).renders}
        #: Lines of the state file that are no orders: of files, and of what they stand in place of.
        self.other_lines: list[Line] = []
        for number, line in enumerate(self._file.lines if self._file else (), 1):
            if line.keys() & _NO_ORDERS:
                self.other_lines.append(line)
                continue

            try:
                order = order_of(line, self._render)
            except (KeyError, TypeError, ValueError) as error:
                assert self._file
                raise self._file.damaged(number) from error

            self.enter(order)

    def close(self) -> None:
        if self._file:
            self._file.close()

    # Renders ---------------------------------------------------------------------------------------------------

    @property
    def in_progress(self) -> int:
        """Renders, each of which holds a slot."""
        return sum(render.wish.holds_slot and not render.waits for render in self._running.values())

    def settle(self) -> list[Render]:
        """Ends what is due by now; gives it in the order of its ends."""
        if self.settings.never_ends:
            return []

        now = self.clock()
        # A clock that was set back must not keep a rehearsal waiting for hours: such a render has ended.
        ended = [render for render in self._running.values() if not render.created_at <= now < render.ends_at]
        for render in ended:
            del self._running[render.id]
        return sorted(ended, key=lambda render: render.ends_at)

    def status(self, render: Render) -> str:
        """`pending`, `processing`, `completed` or `failed`."""
        now = self.clock()
        if render.id in self._running or render.created_at <= now < render.ends_at:
            waits = WAITING * min(60.0, render.ends_at - render.created_at)
            return "pending" if now < render.created_at + waits else "processing"

        return "completed" if render.failure is None else "failed"

    def render(self, render_id: str, collection: str) -> Render | None:
        found = self.renders.get(render_id)
        return found if found and found.wish.collection == collection and self.begun(found) else None

    def begun(self, render: Render) -> bool:
        """Whether it is there by now; a clock that was set back hides nothing."""
        return not render.created_at <= self.clock() < render.begins_at

    def newest(self, collection: str) -> Iterator[Render]:
        """What the collection's list shows."""
        shown = self.clock() - self.settings.list_lag
        return (
            render
            for render in reversed(self.renders.values())
            if render.wish.collection == collection and render.created_at <= shown and self.begun(render)
        )

    def sessions(self) -> Iterator[Render]:
        """The agent's sessions, the newest first, by their videos."""
        shown = self.clock() - self.settings.list_lag
        found = (render for render in reversed(self.renders.values()) if render.wish.kind == "agent")
        return (render for render in found if render.created_at <= shown)

    def go_on(self, render: Render, at: float) -> None:
        """A session that waited for the person was answered at that time."""
        fresh = self._render(render.id, at, replace(render.wish, questions=0), render.failure)
        fresh = replace(fresh, wish=render.wish, created_at=render.created_at)
        self.renders[render.id] = fresh
        if render.id in self._running:
            self._running[render.id] = fresh

    # Orders ----------------------------------------------------------------------------------------------------

    def earlier(self, path: str, key: str) -> Order | None:
        """What the key on this path stands for already. Raises `Refusal` while that is not answered yet."""
        now, place = self.clock(), (path, key)
        order = self._keys.get(place)
        if order is None or now - order.at >= self.settings.key_life:
            return None

        if order.at <= now < self._held.get(place, order.at):
            raise Refusal(409, "request_in_progress", "Another request with this Idempotency-Key is being handled.")

        return order

    def hold(self, path: str, key: str, seconds: float) -> None:
        """The key is being handled for so long."""
        self._held[path, key] = self.clock() + seconds

    def accept(self, path: str, key: str, wishes: Sequence[Wish], failure: str | None = None) -> Order:
        """Makes the order and takes its price; HeyGen does not charge a job that fails, as with `failure` it does.

        Raises `Refusal` for an empty purse, for want of slots, or where the state file can't be written.
        """
        now, slots = self.clock(), self.settings.slots
        cents = sum(wish.cents for wish in wishes)
        if self.quota is not None and self.quota < len(wishes):
            raise Refusal(429, "quota_exceeded", "The allowance of this account is used up.")

        if self.purse is not None and self.purse < cents:
            raise Refusal(
                402,
                "insufficient_credit",
                f"The sandbox's purse has only ${self.purse / 100:,.2f} left. To fill it, move the sandbox's state "
                "file and resume file away.",
            )

        self.settle()
        wanted = sum(wish.holds_slot for wish in wishes)
        if wanted and self.in_progress + wanted > slots:
            raise Refusal(
                429, "rate_limit_exceeded", f"{self.in_progress} of {slots} jobs are in progress.", retry_after=1
            )

        renders = tuple(self._render(f"sbx_{self.new_id()}", now, wish, failure) for wish in wishes)
        charged = cents if failure is None else 0.0
        order = Order(path=path, key=key, at=now, cents=charged, renders=renders)
        self.note(line_of(order))
        self.enter(order)
        return order

    def new_id(self) -> str:
        return f"{self._rng.getrandbits(96):024x}"

    def note(self, line: Line) -> None:
        """Puts the line into the state file, if there is one. Raises `Refusal` where it can't be written."""
        try:
            if self._file:
                self._file.append(line)
        except OSError as error:
            raise Refusal(
                503, "service_unavailable", f"The sandbox can't write its state file: {error.strerror}."
            ) from error

    def enter(self, order: Order) -> None:
        """Takes an order in, as if it had been accepted at its time."""
        if self.purse is not None:
            self.purse -= order.cents
        if self.quota is not None:
            self.quota -= len(order.renders)
        self.renders |= {render.id: render for render in order.renders}
        self._running |= {render.id: render for render in order.renders if render.wish.collection}
        if order.key:
            self._keys[order.path, order.key] = order

    def _render(self, render_id: str, at: float, wish: Wish, failure: str | None) -> Render:
        """How long it takes depends on its id alone."""
        least, most = self.settings.render if wish.collection else (0.0, 0.0)
        takes = least + (most - least) * zlib.crc32(render_id.encode()) / 2**32
        if wish.questions:
            takes = math.inf
        thinks = (math.inf if failure == "" else THINKING * takes) if wish.kind == "agent" else 0.0
        return Render(
            id=render_id, created_at=at, ends_at=at + takes, wish=wish, failure=failure, begins_at=at + thinks
        )
