"""One command on one sheet, in a process of its own: what it prints for programs, and how it ended.

A crash there touches no other sheet, and a watch that is killed leaves runs that come to their end by themselves.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import anyio
from anyio.abc import Process

from bulkgen.program import command_line, told_in

#: What asks a process to stop: on Windows SIGTERM would end it at once.
_ASK: signal.Signals = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM)


@dataclass(frozen=True)
class Ended:
    """`code`: the exit code, below zero where a signal ended it; `told`: the object that it printed, {} for none."""

    code: int
    told: Mapping[str, Any]


class Child(Protocol):
    """A command that was started."""

    async def ended(self) -> Ended: ...

    def stop(self) -> None:
        """Asks it to stop; it ends when what it is doing is on record."""


class Children(Protocol):
    async def start(self, *words: str) -> Child: ...


@dataclass
class Processes:
    """Starts bulkgen itself, with `folder` as its working folder."""

    folder: Path

    async def start(self, *words: str) -> Child:
        # In a session of its own: Ctrl-C in the terminal is for the watch, which asks each run once
        process = await anyio.open_process(
            command_line(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
        )
        return _Running(process)


@dataclass
class _Running:
    _process: Process

    async def ended(self) -> Ended:
        assert self._process.stdout is not None
        printed = bytearray()
        async for chunk in self._process.stdout:
            printed += chunk
        code = await self._process.wait()
        return Ended(code, told_in(printed.decode("utf-8", "replace")))

    def stop(self) -> None:
        if self._process.returncode is None:
            try:
                self._process.send_signal(_ASK)
            except OSError:  # it has ended just now; or, on Windows, has no console to be asked by
                with contextlib.suppress(OSError):
                    self._process.terminate()
