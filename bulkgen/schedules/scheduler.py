"""What every scheduler can do, whatever the platform calls it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bulkgen.disk.whole import write_whole
from bulkgen.errors import BulkgenError
from bulkgen.schedules.entries.entry import Entry, Label


@dataclass(frozen=True, kw_only=True)
class Started:
    """How a start went: `code` is the exit code, None where it had not come to its end; `seen`: whether it began."""

    code: int | None = None
    seen: bool = True


class Scheduler(Protocol):
    """One way to have something started. `name`: as a person calls it; `ends_watches`: with the entry of a watch the
    watch itself ends.

    Methods raise `BulkgenError` where the platform refuses, and `InputError` for an entry that it can't hold.
    """

    name: str
    ends_watches: bool

    def texts(self, entry: Entry) -> Mapping[str, str]:
        """What would be written, by where."""
        ...

    def by_hand(self, entry: Entry) -> Sequence[str]:
        """What to type to install these texts oneself."""
        ...

    def notes(self, entry: Entry) -> Sequence[str]:
        """What is to be known of it on this computer."""
        ...

    def labels(self) -> Sequence[Label]:
        """What bulkgen has scheduled here."""
        ...

    def install(self, entry: Entry) -> None:
        """Puts the entry in the place of an earlier one of its name; nothing of it is left where that does not work."""
        ...

    def remove(self, label: Label) -> None:
        """Raises `BulkgenError` where it is still there."""
        ...

    def start(self, entry: Entry, limit: float) -> Started:
        """Has it started now by the platform, and waits for its end, at most so long (seconds)."""
        ...

    def look(self, entry: Entry) -> str:
        """What to type to see how it goes on."""
        ...


def put(path: Path, content: bytes) -> None:
    """Writes a file, whole or not at all. Raises `BulkgenError`."""

    def fill(temporary: Path) -> None:
        temporary.write_bytes(content)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, fill, Path.replace)
    except OSError as error:
        raise BulkgenError(f"{path} can't be written ({error.strerror}): nothing was scheduled.") from error


def content_of(path: Path) -> bytes:
    """b"" for what is not there, or can't be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def labels_in(lines: Sequence[str]) -> list[Label]:
    return [label for line in lines if (label := Label.read(line)) is not None]
