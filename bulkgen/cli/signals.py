"""Ctrl-C, SIGTERM and a closed terminal, as a stream of requests to stop."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import anyio


@contextmanager
def no_signals() -> Iterator[None]:
    """For the moment in which the last results are written and told: being asked to stop is no news then."""
    before = {sign: signal.signal(sign, signal.SIG_IGN) for sign in _wanted()}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _wanted() -> list[signal.Signals]:
    names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


async def watch_signals() -> AsyncIterator[bool]:
    """Yields True for the first request to stop and False for every further one.

    Where signals can't be received on the event loop (Windows) nothing is yielded, and Ctrl-C raises
    `KeyboardInterrupt` instead.
    """
    first = True
    try:
        with anyio.open_signal_receiver(*_wanted()) as signals:
            async for _ in signals:
                yield first
                first = False
    except NotImplementedError:
        await anyio.sleep_forever()
