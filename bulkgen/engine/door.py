"""Who may POST, and when: the slots, and the one door to HeyGen that everything paid goes through.

A slot is held from submit to the job's end, jobs resumed from the file included. The door is four POSTs wide. A 429
closes it: how many of our own jobs HeyGen holds at that moment is what it allows, so the next POST waits until one of
them has ended. Only now and then, at growing intervals, a single POST tries whether more is allowed by now; each one
that is accepted makes the next due at once. So a limit below the slots costs few refusals, and a limit that rises
again is found.

Virtual time: all waiting is on anyio's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import anyio

#: POSTs on their way at once, and recordings on their way at once.
WIDTH = 4
SPEECH_WIDTH = 20

#: The waits between tries for more slots, while own jobs are in progress (seconds): first, growth, and the longest,
#: below and from HeyGen's published limit. Below it somebody else on the account is at work, and may leave.
PATIENCE = 20.0
GROWTH = 1.5
LONGEST_PATIENCE = 60.0
LONGEST_AT_LIMIT = 180.0
PUBLISHED_LIMIT = 10

#: With nothing of our own in progress the wait is HeyGen's `Retry-After`, within these bounds (seconds).
SHORTEST_WAIT = 1.0
LONGEST_WAIT = 300.0


@dataclass
class Door:
    """`slots` jobs in progress at most, as far as HeyGen allows them."""

    slots: int
    #: Jobs in progress at HeyGen or on their way there.
    held: int = 0
    #: POSTs of slot jobs, and of recordings, on their way.
    posting: int = 0
    speaking: int = 0
    shut: bool = False
    #: POSTs that met a 429.
    refusals: int = 0
    _width: int = WIDTH
    _ceiling: int | None = None
    _closed: bool = False
    _ended: bool = False
    _try_at: float = 0.0
    _patience: float = PATIENCE
    _waits: int = 0
    _trial: bool = False
    _changed: anyio.Event = field(default_factory=anyio.Event)

    async def enter(self) -> bool:
        """Waits for a slot and for the door; False once the door is shut for good."""
        while not self.shut:
            if self._admits():
                self.held += 1
                self.posting += 1
                return True

            await self._wait()
        return False

    async def enter_speech(self) -> bool:
        """Waits for the door alone: a recording holds no slot."""
        while not self.shut:
            if self._admits_speech():
                self.speaking += 1
                self._ended = False
                return True

            await self._wait()
        return False

    def accepted(self) -> None:
        """HeyGen took the job: its slot stays held."""
        self.posting -= 1
        running = self.held - self.posting
        if self._trial:
            self._trial = False
            self._try_at = 0.0
            self._patience = PATIENCE
        if self._ceiling is not None:
            self._ceiling = max(self._ceiling, running)
            if self._ceiling >= self.slots:
                self._ceiling = None
        self._open()

    def refused(self, retry_after: float | None) -> None:
        """A 429 for a slot job: its slot is free, and the door closes for everyone."""
        self.posting -= 1
        self.held -= 1
        self._ceiling = max(self.held - self.posting, 0)
        self._close(retry_after)

    def left(self, *, slot: bool) -> None:
        """The POST ended in some other way; `slot`: the job may be at HeyGen, its slot stays held."""
        self.posting -= 1
        if not slot:
            self.held -= 1
        self._trial = False
        self._notify()

    def back_in(self) -> None:
        """A job that kept its slot is sent once more."""
        self.posting += 1

    def spoken(self) -> None:
        self.speaking -= 1
        self._open()

    def speech_left(self) -> None:
        self.speaking -= 1
        self._notify()

    def speech_refused(self, retry_after: float | None) -> None:
        self.speaking -= 1
        self._close(retry_after)

    def ended(self) -> None:
        """One of our jobs is no longer in progress at HeyGen."""
        self.held -= 1
        self._ended = True
        self._notify()

    def shut_for_good(self) -> None:
        self.shut = True
        self._notify()

    def _admits(self) -> bool:
        if self.held >= self.slots or self.posting >= self._width:
            return False

        if self._ceiling is None:
            return not self._closed or self._probe_due()

        if self.held < self._ceiling:
            return True

        if self.posting == 0 and anyio.current_time() >= self._try_at:
            self._trial = True
            return True

        return False

    def _admits_speech(self) -> bool:
        if self._closed:
            return self.speaking == 0 and self._probe_due()

        return self.speaking < SPEECH_WIDTH

    def _probe_due(self) -> bool:
        return self._ended or anyio.current_time() >= self._try_at

    def _open(self) -> None:
        self._closed = False
        self._waits = 0
        self._width = min(WIDTH, self._width * 2)
        self._notify()

    def _close(self, retry_after: float | None) -> None:
        self.refusals += 1
        self._closed = True
        self._ended = False
        self._trial = False
        self._width = 1
        if self.held - self.posting > 0:
            below = self._ceiling is not None and self._ceiling < PUBLISHED_LIMIT
            longest = LONGEST_PATIENCE if below else LONGEST_AT_LIMIT
            wait = min(max(self._patience, retry_after or 0.0), longest)
            self._patience = min(wait * GROWTH, longest)
        else:
            asked = min(max(retry_after if retry_after is not None else 5.0, SHORTEST_WAIT), LONGEST_WAIT)
            wait = min(asked * GROWTH**self._waits, LONGEST_WAIT)
            self._waits += 1
        self._try_at = anyio.current_time() + wait
        self._notify()

    async def _wait(self) -> None:
        """Until something changes, or until the next try is due."""
        due = self._try_at - anyio.current_time()
        with anyio.move_on_after(due if due > 0 else None):
            await self._changed.wait()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
