"""One watch for each folder: a lock in it, as each sheet has one for its runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from bulkgen.errors import LedgerError, LockedError
from bulkgen.ledger.clock import steady
from bulkgen.ledger.lock import BEAT, SheetLock
from bulkgen.watch.names import own_name

_ELSEWHERE = (
    "Another watch is at work on this folder. One is enough: leave this one, or stop the other where it was started."
)


class Hold:
    """Held while the object is entered. Raises `LockedError` where another watch has it, and `LedgerError` where the
    folder can't be written.
    """

    def __init__(self, folder: Path, *, sandbox: bool, clock: Callable[[], float] = steady) -> None:
        self._folder = folder
        self._lock = SheetLock(folder / own_name("lock", sandbox=sandbox))
        self._clock = clock
        self._beaten = clock()

    def __enter__(self) -> Hold:
        try:
            self._lock.acquire()
        except LockedError:
            raise LockedError(_ELSEWHERE) from None
        except LedgerError as error:
            raise LedgerError(
                f"{self._folder} can't be written, and the results are to stand beside the sheets. Free some space, or "
                "make the folder writable."
            ) from error

        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def beat(self) -> None:
        """Renews the sign of life, once a minute. Raises `LockedError` where another watch has taken over."""
        if self._clock() - self._beaten < BEAT:
            return

        self._beaten = self._clock()
        try:
            self._lock.beat()
        except LockedError:
            raise LockedError(_ELSEWHERE) from None
