"""Ctrl-C, SIGTERM and a closed terminal, from the first moment of a command to its last.

While the command is loaded, Ctrl-C ends the process with a word. While it reads, asks and plans, Ctrl-C raises
`KeyboardInterrupt`. From the moment on at which something may be sent, every signal is a request to stop (`Stops`).
Once the last word is decided on, Ctrl-C is no news any more.

Invariant: a signal that was ignored when the process began (nohup, a background job of a shell) stays ignored.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType

from bulkgen.errors import Exit

EARLY = "Interrupted. Nothing was sent."

#: Seconds until Ctrl-C that was lost is heard again: enough to leave the place where it was.
_A_MOMENT = 0.01


def quit_on_interrupt() -> None:
    """Ctrl-C ends the process at once, in a word: an exception in mid-import would end it in a page of them."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _quit)


def raise_on_interrupt() -> None:
    """Ctrl-C raises `KeyboardInterrupt`, so that what is open is closed; the second ends the process at once.

    It is raised wherever the program happens to be, but on an event loop only between two steps: not every step can
    be left. Where Python can raise nothing, as while an object is being dropped, it is raised a moment later.
    """
    import asyncio
    import threading
    from _thread import interrupt_main

    def interrupt(_sign: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, _quit)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise KeyboardInterrupt from None

        loop.call_soon_threadsafe(_raise)

    def lost(unraisable: sys.UnraisableHookArgs) -> None:
        if not interrupted(unraisable.exc_value):
            tell(unraisable)
        elif signal.getsignal(signal.SIGINT) is _quit:
            signal.signal(signal.SIGINT, interrupt)
            threading.Timer(_A_MOMENT, interrupt_main).start()

    if signal.getsignal(signal.SIGINT) is _quit:
        tell, sys.unraisablehook = sys.unraisablehook, lost
        signal.signal(signal.SIGINT, interrupt)


def interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error: Python 3.11 wraps what is raised while a class is being made, by an import."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def ignore_interrupts() -> None:
    """Ctrl-C does nothing: what the command ends with is told already, or just being told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _quit(_sign: int, _frame: FrameType | None) -> None:
    with contextlib.suppress(OSError):
        os.write(2, f"{EARLY}\n".encode())
    os._exit(Exit.INTERRUPTED)


def _raise() -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def raising_interrupts() -> Iterator[None]:
    """Ctrl-C and SIGTERM raise `KeyboardInterrupt` meanwhile, also where a run has passed them over since its end."""
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        for sign, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(sign, signal.default_int_handler)
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


class Stops:
    """Requests to stop, from the moment on at which the object is made: none raises an exception.

    The first is for whoever waits; Ctrl-C or SIGTERM after it ends the process at once. A terminal that is closed may
    say so twice. The signals are not given back: a run is the last thing that its process does.
    """

    def __init__(self) -> None:
        self._asked = signal.getsignal(signal.SIGINT) is _quit  # Ctrl-C that came too late for a loop that ended
        self._closed = False
        self._wake: Callable[[], object] = _nobody_waits
        for sign in _wanted():
            if signal.getsignal(sign) is not signal.SIG_IGN:
                signal.signal(sign, self._receive)

    async def wait(self) -> None:
        """Returns with the first request, at once if it has come before."""
        import asyncio

        loop, asked = asyncio.get_running_loop(), asyncio.Event()
        self._wake = lambda: loop.call_soon_threadsafe(asked.set)
        try:
            if not self._asked:
                await asked.wait()
        finally:
            self._wake = _nobody_waits

    def close(self) -> None:
        """The last results are written and told from here on: further requests are passed over."""
        self._closed = True

    def _receive(self, sign: int, _frame: FrameType | None) -> None:
        if self._closed:
            return

        if self._asked and sign != _HANG_UP:
            os._exit(Exit.INTERRUPTED)  # every step is on disk

        self._asked = True
        self._wake()


def _nobody_waits() -> None:
    pass


_HANG_UP: int | None = getattr(signal, "SIGHUP", None)  # Windows has none


def _wanted() -> list[int]:
    further = getattr(signal, "SIGBREAK", None)  # Windows alone: a console that is closed, or who started it asks so
    return [int(sign) for sign in (signal.SIGINT, signal.SIGTERM, _HANG_UP, further) if sign is not None]
