"""The streams that a shell gives a command: some may be closed, full, or read by nobody any more.

None of that stops a command in its middle: what it sends is collected all the same. What was lost of standard output is
told at the end.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, TextIO, cast

from bulkgen.errors import BulkgenError


def open_closed() -> None:
    """Puts something in the place of streams that were closed (`2>&-`): a file opened later would become one of them,
    and messages would land in it. Messages that nobody wants go nowhere; standard output can't be written.
    """
    for name, flags in (("stdin", os.O_RDONLY), ("stdout", os.O_RDONLY), ("stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, flags)
            if name != "stdin":  # without one nobody is asked
                setattr(sys, name, os.fdopen(number, "w", encoding="utf-8"))


def close_messages() -> None:
    """The last word of standard error is said, or nobody can hear it any more: that changes no exit code."""
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        _give_up(sys.stderr)


def _give_up(stream: TextIO) -> None:
    """What Python would try to write once more as it ends, and fail with a code of its own, goes nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class OutputLost(BulkgenError):
    """Standard output could not be written."""


class Output:
    """Standard output that raises nothing; what could not be written is known at the end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._error: OSError | ValueError | None = None

    @classmethod
    def take_over(cls) -> Output:
        """Stands for `sys.stdout` from now on."""
        output = cls(sys.stdout)
        sys.stdout = cast(TextIO, output)
        return output

    def write(self, text: str) -> int:
        if self._error is None:
            try:
                self._stream.write(text)
            except (OSError, ValueError) as error:
                self._error = error
        return len(text)

    def flush(self) -> None:
        if self._error is None:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def close_up(self) -> None:
        """The last word is written. Raises `OutputLost` where it was lost; a reader that has gone wanted no more."""
        self.flush()
        if self._error is None:
            return

        _give_up(self._stream)
        if not isinstance(self._error, BrokenPipeError):
            reason = getattr(self._error, "strerror", None) or str(self._error)
            raise OutputLost(f"Standard output can't be written ({reason}): what was to be printed there is lost.")
