"""Who may POST, and when: the slots, and the one gate to HeyGen that everything paid goes through.

A slot is held from submit to the job's end, jobs resumed from the file included. Recordings hold none. Each of the
two has its lane through the gate, four and twenty POSTs wide.

* A 429 closes the gate for everyone. What was on its way by then belongs to that closing: further refusals of it
  neither close the gate again nor lengthen the wait, and what of it is accepted opens nothing.
* Through a closed gate goes one POST: when one of our own jobs has ended, or after HeyGen's `Retry-After`, which
  grows from closing to closing. One that is accepted opens the gate, and its lane widens from one again, twice as
  wide with each that follows.
* A 429 for a slot job tells how many jobs HeyGen allows: the ceiling is how many of ours it holds at that moment, so
  the next POST waits until one of them has ended. Only now and then, at growing intervals, a single POST tries
  whether more is allowed by now; each one that is makes the next due at once. So a limit below the slots costs few
  refusals, and a limit that rises again is found. A 429 for a recording says nothing about the ceiling.

Virtual time: all waiting is on anyio's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import anyio

from bulkgen.engine.lane import Lane

#: POSTs on their way at once, and recordings on their way at once.
WIDTH = 4
SPEECH_WIDTH = 20

#: Each wait is so many times the one before it.
GROWTH = 1.5

#: The waits between tries for more slots, while own jobs are in progress (seconds): the first, and the longest below
#: and from HeyGen's published limit. Below it somebody else on the account is at work, and may leave.
PATIENCE = 20.0
LONGEST_PATIENCE = 60.0
LONGEST_AT_LIMIT = 180.0
PUBLISHED_LIMIT = 10

#: The wait before a closed gate is tried is HeyGen's `Retry-After`, within these bounds; the usual one where HeyGen
#: names none (seconds).
SHORTEST_WAIT = 1.0
LONGEST_WAIT = 300.0
USUAL_WAIT = 5.0


@dataclass
class Gate:
    """`slots` jobs in progress at most, as far as HeyGen allows them."""

    slots: int
    #: Jobs in progress at HeyGen or on their way there.
    held: int = 0
    shut: bool = False
    #: POSTs that met a 429.
    refusals: int = 0
    _jobs: Lane = field(default_factory=lambda: Lane(WIDTH))
    _speech: Lane = field(default_factory=lambda: Lane(SPEECH_WIDTH))
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
        """POSTs of slot jobs on their way."""
        return self._jobs.out

    @property
    def speaking(self) -> int:
        """Recordings on their way."""
        return self._speech.out

    async def enter(self) -> bool:
        """Waits for a slot and for the gate; False once the gate is shut for good."""
        while not self.shut:
            if self._admits(self._jobs) and self._has_slot():
                self.held += 1
                self._go(self._jobs)
                return True

            await self._change()
        return False

    async def enter_speech(self) -> bool:
        """Waits for the gate alone: a recording holds no slot."""
        while not self.shut:
            if self._admits(self._speech):
                self._go(self._speech)
                return True

            await self._change()
        return False

    def accepted(self) -> None:
        """HeyGen took the job: its slot stays held."""
        fresh = self._jobs.back()
        running = self.held - self.posting
        if running > self._ceiling:
            self._ceiling = running
            if fresh:
                self._patience = 1.0
        self._welcomed(self._jobs, fresh)

    def refused(self, retry_after: float | None) -> None:
        """A 429 for a slot job: its slot is free, and the gate closes for everyone."""
        self.held -= 1
        if not self._turned_away(self._jobs, retry_after):
            return

        self._ceiling = self.held - self.posting
        if self._ceiling == 0:
            self._close_for(self._growing(retry_after))
            self._try_at = self._probe_at
        else:
            longest = LONGEST_PATIENCE if self._ceiling < PUBLISHED_LIMIT else LONGEST_AT_LIMIT
            patience = min(max(PATIENCE * self._patience, retry_after or 0.0), longest)
            self._patience *= GROWTH
            self._close_for(min(asked(retry_after), patience))
            self._try_at = anyio.current_time() + patience

    def left(self, *, slot: bool) -> None:
        """The POST ended in some other way; `slot`: the job may be at HeyGen, its slot stays held."""
        if not slot:
            self.held -= 1
        self._untold(self._jobs)

    def back_in(self) -> None:
        """A job that kept its slot is sent once more."""
        self._jobs.enter_again()

    def spoken(self) -> None:
        self._welcomed(self._speech, self._speech.back())

    def speech_left(self) -> None:
        self._untold(self._speech)

    def speech_refused(self, retry_after: float | None) -> None:
        if self._turned_away(self._speech, retry_after):
            self._close_for(self._growing(retry_after))

    def ended(self) -> None:
        """One of our jobs is no longer in progress at HeyGen."""
        self.held -= 1
        self._ended = True
        self._notify()

    def shut_for_good(self) -> None:
        self.shut = True
        self._notify()

    def _admits(self, lane: Lane) -> bool:
        return lane.free and (not self._closed or self._ended or anyio.current_time() >= self._probe_at)

    def _has_slot(self) -> bool:
        """A slot is free below the ceiling, or it is time to try for one above it."""
        if self.held >= self.slots:
            return False

        if self.held < self._ceiling:
            return True

        return self.posting == 0 and anyio.current_time() >= self._try_at

    def _go(self, lane: Lane) -> None:
        """Through a closed gate the next goes one wait later, unless this one's answer comes first."""
        lane.out += 1
        self._probe_at = anyio.current_time() + self._wait

    def _welcomed(self, lane: Lane, fresh: bool) -> None:
        if fresh:
            self._closed = False
            self._grown = 1.0
            lane.widen()
        self._notify()

    def _untold(self, lane: Lane) -> None:
        """A POST's end says nothing about the gate: another may go in its place."""
        if lane.back():
            self._probe_at = anyio.current_time()
        self._notify()

    def _turned_away(self, lane: Lane, retry_after: float | None) -> bool:
        """Counts a refusal; whether it closes the gate once more."""
        self.refusals += 1
        if lane.back():
            return True

        self._probe_at = max(self._probe_at, anyio.current_time() + asked(retry_after))
        self._notify()
        return False

    def _growing(self, retry_after: float | None) -> float:
        wait = min(asked(retry_after) * self._grown, LONGEST_WAIT)
        self._grown *= GROWTH
        return wait

    def _close_for(self, wait: float) -> None:
        self._closed = True
        self._ended = False
        self._wait = wait
        self._probe_at = anyio.current_time() + wait
        self._jobs.narrow()
        self._speech.narrow()
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


def asked(retry_after: float | None) -> float:
    """The wait that HeyGen asks for, in seconds; the usual one where it asks for none."""
    return min(max(USUAL_WAIT if retry_after is None else retry_after, SHORTEST_WAIT), LONGEST_WAIT)
