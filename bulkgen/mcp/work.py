"""Work in threads of their own, that an assistant waits for only so long; what it came to is kept for a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

#: How long an answer is waited for (seconds).
PATIENCE = 40.0

#: How often it is looked whether the work is done (seconds).
_LOOK_EVERY = 0.05


class Work(Generic[T]):
    """`function`, begun. It ends with the server, whatever it waits for then."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._found: list[T] = []
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="bulkgen", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        return not self._thread.is_alive()

    @property
    def failed(self) -> bool:
        return self._error is not None

    async def result(self, *, patience: float) -> T | None:
        """What it came to; None where that takes longer (`patience` in seconds). Raises what the function raised."""
        with anyio.move_on_after(patience):
            while not self.done:  # noqa: ASYNC110 - a thread outlives the loop that would set an event
                await anyio.sleep(_LOOK_EVERY)
        return self.found if self.done else None

    @property
    def found(self) -> T | None:
        """What it came to; None while it is at work. Raises what the function raised."""
        if self._error is not None:
            raise self._error

        return self._found[0] if self._found else None

    def _run(self) -> None:
        try:
            self._found.append(self._function())
        except Exception as error:  # noqa: BLE001 - raised where the answer is waited for
            self._error = error


@dataclass(frozen=True)
class _Asked(Generic[T]):
    """`mark`: what the work went by, as it was when it was begun, at this time (monotonic)."""

    mark: object
    at: float
    work: Work[T]


class Answers(Generic[K, T]):
    """What questions came to: each is worked at once for a while, however often it is asked.

    `fresh`: for how long (seconds); `kept`: so many answers stay; `patience`: how long one is waited for (seconds).
    """

    def __init__(
        self, *, fresh: float, kept: int, patience: float = PATIENCE, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.patience = patience
        self._fresh = fresh
        self._kept = kept
        self._now = now
        self._asked: OrderedDict[K, _Asked[T]] = OrderedDict()

    async def of(self, question: K, function: Callable[[], T], mark: object = None) -> T | None:
        """What it came to; None while it is at work still. Raises what the function raises, once.

        `mark`: what the answer goes by; where that is another by now, the work is begun anew.
        """
        asked = self._asked.get(question)
        if asked is None or asked.mark != mark or (asked.work.done and self._now() - asked.at > self._fresh):
            asked = self._asked[question] = _Asked(mark, self._now(), Work(function))
        self._asked.move_to_end(question)
        while len(self._asked) > self._kept:
            self._asked.popitem(last=False)
        try:
            return await asked.work.result(patience=self.patience)
        except Exception:
            if self._asked.get(question) is asked:
                del self._asked[question]
            raise

    def forget(self, question: K) -> None:
        """The next time it is worked at anew."""
        self._asked.pop(question, None)

    def known(self) -> Iterator[tuple[K, object, T]]:
        """The questions that have an answer, however old: each with its mark, and with that; the latest one last."""
        for question, asked in self._asked.items():
            if not asked.work.failed and (found := asked.work.found) is not None:
                yield question, asked.mark, found
