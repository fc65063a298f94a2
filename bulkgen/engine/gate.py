"""Who may POST, and when: the slots, and the one gate to HeyGen that everything paid goes through.

A slot is held from submit to the job's end, jobs resumed from the file included. Jobs that are answered at once hold
none. Each of the two has its lane through the gate, four and twenty POSTs wide. Of jobs answered at once whose lost
answers may be paid for again (`distrust`), fewer go after such a loss: one, and more as answers come.

* A 429 closes the gate for everyone. What was on its way by then belongs to that closing: further refusals of it
  neither close the gate again nor lengthen the wait, and what of it is accepted opens nothing.
* Through a closed gate goes one POST: when one of our own jobs has ended, or after HeyGen's `Retry-After`, which
  grows from closing to closing. One that is accepted opens the gate, and its lane widens from one again, twice as
  wide with each that follows.
* A 429 for a slot job tells how many jobs HeyGen allows: the ceiling is how many of ours it holds at that moment, so
  the next POST waits until one of them has ended. Only now and then, at growing intervals, a single POST tries
  whether more is allowed by now; each one that is makes the next due at once. So a limit below the slots costs few
  refusals, and a limit that rises again is found. A 429 in the other lane says nothing about the ceiling.

The decisions are in `admission`; here is what they change, and the waiting, on anyio's clock. `slot` tells the lane
everywhere: whether the job holds one.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field

import anyio

from bulkgen.engine.admission import GROWTH, Moment, admits, asked, closed_for, patience
from bulkgen.engine.lane import Lane

#: POSTs on their way at once: of slot jobs, and of jobs that are answered at once.
WIDTH = 4
AT_ONCE_WIDTH = 20


@dataclass
class Gate:
    """`slots` jobs in progress at most, as far as HeyGen allows them."""

    slots: int
    _: KW_ONLY
    #: Jobs in progress at HeyGen or on their way there.
    held: int = 0
    shut: bool = False
    #: POSTs that met a 429.
    refusals: int = 0
    _jobs: Lane = field(default_factory=lambda: Lane(WIDTH))
    _at_once: Lane = field(default_factory=lambda: Lane(AT_ONCE_WIDTH))
    _closed: bool = False
    #: Whether one of our own jobs has ended since the gate closed.
    _ended: bool = False
    #: A closed gate is tried so many seconds after its closing, at that time; how much the wait has grown.
    _wait: float = 0.0
    _probe_at: float = 0.0
    _grown: float = 1.0
    #: How many jobs HeyGen allows, as far as known; when more are tried; how much the wait for that has grown.
    _ceiling: int = field(init=False)
    _try_at: float = 0.0
    _patience: float = 1.0
    _changed: anyio.Event = field(default_factory=anyio.Event)

    def __post_init__(self) -> None:
        self._ceiling = self.slots

    @property
    def posting(self) -> int:
        """POSTs on their way."""
        return self._jobs.posting + self._at_once.posting

    async def room(self, *, slot: bool = True) -> bool:
        """Waits until a POST of this lane could go; False once the gate is shut for good."""
        while not self.shut:
            if admits(self._moment(slot), slot=slot):
                return True

            await self._change()
        return False

    async def enter(self, *, slot: bool = True) -> bool:
        """Waits for room, and for a slot, and takes them; False once the gate is shut for good.

        Through a closed gate the next goes one wait later, unless this one's answer comes first.
        """
        if not await self.room(slot=slot):
            return False

        self.held += slot
        self._lane(slot).out += 1
        self._probe_at = anyio.current_time() + self._wait
        return True

    async def until_shut(self) -> None:
        """Waits until the gate is shut for good."""
        while not self.shut:
            await self._changed.wait()

    def accepted(self, *, slot: bool = True) -> None:
        """HeyGen took the job: a slot stays held."""
        lane = self._lane(slot)
        fresh = lane.back()
        lane.answered()
        running = self.held - self._jobs.out
        if slot and running > self._ceiling:
            self._ceiling = running
            if fresh:
                self._patience = 1.0
        if fresh:
            self._closed = False
            self._grown = 1.0
            lane.widen()
        self._notify()

    def refused(self, retry_after: float | None, *, slot: bool = True) -> None:
        """A 429: a slot is free, and the gate closes for everyone."""
        self.held -= slot
        self.refusals += 1
        if not self._lane(slot).back():
            self._probe_at = max(self._probe_at, anyio.current_time() + asked(retry_after))
            self._notify()
            return

        if slot:
            self._ceiling = self.held - self._jobs.out
        if slot and self._ceiling:
            until_more = patience(retry_after, self._patience, self._ceiling)
            self._patience *= GROWTH
            self._close_for(min(asked(retry_after), until_more))
            self._try_at = anyio.current_time() + until_more
            return

        self._close_for(closed_for(retry_after, self._grown))
        self._grown *= GROWTH
        if slot:
            self._try_at = self._probe_at

    def released(self, *, slot: bool = True) -> None:
        """The POST ended in some other way, and its job is not at HeyGen."""
        self.held -= slot
        self._untold(self._lane(slot))

    def paused(self, *, slot: bool = True) -> None:
        """No answer came, and the POST waits for its next try.

        A slot job may be at HeyGen: it keeps its slot, and another may POST meanwhile. In the other lane the place
        stays taken: nothing new is sent in front of what has to be sent again.
        """
        if slot:
            self._untold(self._jobs)
        else:
            self._at_once.paused += 1
            self._notify()

    async def back_in(self, *, slot: bool = True) -> bool:
        """A job that had paused is sent once more. In the lane of those answered at once it waits until it may, and
        is not (False) if the gate is shut for good by then.
        """
        if slot:
            self._jobs.enter_again()
            return True

        while not self.shut and not self._at_once.free_again:
            await self._change()
        if not self.shut:
            self._at_once.paused -= 1
        return not self.shut

    def given_up(self, *, slot: bool = True) -> None:
        """A job that had paused is not sent again."""
        if slot:
            self.ended()
        else:
            self._at_once.paused -= 1
            self._untold(self._at_once)

    def distrust(self) -> None:
        """An answer was lost whose job may be paid for again, since nothing else gives its result."""
        self._at_once.distrust()

    def hold(self) -> None:
        """One of our jobs is in progress that did not come through the gate in this run."""
        self.held += 1

    def ended(self) -> None:
        """One of our jobs is no longer in progress at HeyGen."""
        self.held -= 1
        self._ended = True
        self._notify()

    def shut_for_good(self) -> None:
        self.shut = True
        self._notify()

    def _lane(self, slot: bool) -> Lane:
        return self._jobs if slot else self._at_once

    def _moment(self, slot: bool) -> Moment:
        return Moment(
            now=anyio.current_time(),
            free=self._lane(slot).free,
            closed=self._closed,
            ended=self._ended,
            probe_at=self._probe_at,
            slots=self.slots,
            held=self.held,
            posting=self._jobs.out,
            ceiling=self._ceiling,
            try_at=self._try_at,
        )

    def _untold(self, lane: Lane) -> None:
        """A POST's end says nothing about the gate: another may go in its place."""
        if lane.back():
            self._probe_at = anyio.current_time()
        self._notify()

    def _close_for(self, wait: float) -> None:
        self._closed = True
        self._ended = False
        self._wait = wait
        self._probe_at = anyio.current_time() + wait
        self._jobs.narrow()
        self._at_once.narrow()
        self._notify()

    async def _change(self) -> None:
        """Until something changes, or until the next try is due."""
        now = anyio.current_time()
        due = [at - now for at in (self._probe_at, self._try_at) if at > now]
        with anyio.move_on_after(min(due, default=None)):
            await self._changed.wait()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
