"""The sandbox's memory: an append-only file of JSON lines among the files of the sheet's rehearsals.

Owns the bytes; knows nothing of what a line says. A line is with the operating system before `append` returns, so it
outlives an interrupt and `kill -9`; it is not synced, since nobody's money depends on it.

Must hold at any instant: every line but the last is whole, and a torn last line was never acted upon; it is cut
before the next append.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from bulkgen.errors import InputError

FORMAT = 1

_HEADER = {
    "file": "bulkgen sandbox state",
    "format": FORMAT,
    "about": "What bulkgen's pretend HeyGen was asked to make in rehearsals of this sheet. Nothing in it cost money.",
}

Line = Mapping[str, object]


class StateFile:
    """One state file; `lines` holds what stood in it when it was opened, without its header."""

    def __init__(self, path: Path) -> None:
        """Reads the file without changing it; a file that does not exist is an empty one.

        Raises `InputError` for a file that is damaged, newer, or something else.
        """
        self._path = path
        self._fd: int | None = None
        self.lines, self._whole = self._read()

    def append(self, line: Line) -> None:
        """Raises `OSError` if the line can't be written; what was written of it is cut by the next append."""
        fd = self._open()
        if os.fstat(fd).st_size != self._whole:
            os.ftruncate(fd, self._whole)
        data = b"".join(_encode(each) for each in ([line] if self._whole else [_HEADER, line]))
        rest = data
        while rest:
            rest = rest[os.write(fd, rest) :]
        self._whole += len(data)

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def damaged(self, number: int) -> InputError:
        """The error for a line (counted from 1, below the header) that makes no sense."""
        return self._error(f"is damaged at line {number + 1}")

    def _open(self) -> int:
        if self._fd is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            self._path.parent.mkdir(exist_ok=True)
            self._fd = os.open(self._path, flags, 0o600)  # titles are nobody else's business
        return self._fd

    def _read(self) -> tuple[list[Line], int]:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return [], 0
        except OSError as error:
            raise self._error(f"can't be read ({error.strerror})") from error

        whole = data.rfind(b"\n") + 1
        if not whole:
            if not _encode(_HEADER).startswith(data):
                raise self._error("is not a state file of bulkgen's sandbox")

            return [], 0

        header, *lines = (_decode(line) for line in data[:whole].splitlines())
        if header is None or header.get("file") != _HEADER["file"]:
            raise self._error("is not a state file of bulkgen's sandbox")

        if header.get("format") != FORMAT:
            raise self._error("was written by another release of bulkgen")

        good = [line for line in lines if line is not None]
        if len(good) < len(lines):
            raise self.damaged(lines.index(None) + 1)

        return good, whole

    def _error(self, what: str) -> InputError:
        return InputError(
            f"{self._path.name} {what}. It belongs to rehearsals only: move it away, and the sandbox's resume file "
            "with it, to rehearse from the start."
        )


def _encode(line: Line) -> bytes:
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def _decode(line: bytes) -> Line | None:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return None

    return content if isinstance(content, dict) else None
