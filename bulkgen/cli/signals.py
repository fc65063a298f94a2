"""Ctrl-C, SIGTERM and a closed terminal, as a stream of requests to stop."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator

import anyio


async def watch_signals() -> AsyncIterator[bool]:
    """Yields True for the first request to stop and False for every further one.

    Where signals can't be received on the event loop (Windows) nothing is yielded, and Ctrl-C raises
    `KeyboardInterrupt` instead.
    """
    wanted = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP"):
        wanted.append(signal.SIGHUP)
    first = True
    try:
        with anyio.open_signal_receiver(*wanted) as signals:
            async for _ in signals:
                yield first
                first = False
    except NotImplementedError:
        await anyio.sleep_forever()
