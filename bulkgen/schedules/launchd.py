"""macOS: a LaunchAgent, never cron, which macOS keeps out of the person's folders. A start that was missed while the
computer slept is made up for.
"""

from __future__ import annotations

import re
from pathlib import Path

from bulkgen.errors import BulkgenError, Exit
from bulkgen.schedules.computer import Computer
from bulkgen.schedules.entries.agent import label_line, label_of, plist
from bulkgen.schedules.entries.entry import PREFIX, Entry, Label
from bulkgen.schedules.scheduler import Started, content_of, labels_in, put


class Launchd:
    """Property lists in `~/Library/LaunchAgents`, in the session of the person who is logged in."""

    name = "a LaunchAgent"
    ends_watches = True

    def __init__(self, computer: Computer) -> None:
        self._computer = computer
        self._folder = computer.home / "Library" / "LaunchAgents"
        self._messages = computer.home / "Library" / "Logs" / "bulkgen"
        self._session = f"gui/{computer.number}"

    def texts(self, entry: Entry) -> dict[str, str]:
        return {str(self._path(entry.name)): self._plist(entry).decode()}

    def by_hand(self, entry: Entry) -> list[str]:
        return [f"launchctl bootstrap {self._session} {self._path(entry.name)}"]

    def notes(self, entry: Entry) -> list[str]:
        del entry
        return [
            f"It is started while you are logged in. What it prints is in {self._messages}.",
            "If macOS asks whether Python may use the folder, allow it; until then the run waits.",
        ]

    def labels(self) -> list[Label]:
        found = sorted(self._folder.glob(f"{label_of(PREFIX)}*.plist")) if self._folder.is_dir() else []
        return labels_in([label_line(content_of(path)) for path in found])

    def install(self, entry: Entry) -> None:
        content = self._plist(entry)
        self._messages.mkdir(parents=True, exist_ok=True)
        self._computer.run(("launchctl", "bootout", self._target(entry.name)), patience=300)
        put(self._path(entry.name), content)
        try:
            self._computer.needed(("launchctl", "bootstrap", self._session, str(self._path(entry.name))))
        except BulkgenError:
            self.remove(entry.label)
            raise

    def remove(self, label: Label) -> None:
        target = self._target(label.name)
        self._computer.take_out(("launchctl", "bootout", target), ("launchctl", "print", target), patience=300)
        self._path(label.name).unlink(missing_ok=True)

    def start(self, entry: Entry, limit: float) -> Started:
        target = self._target(entry.name)
        if entry.times:  # what is watched begins as it is loaded
            self._computer.needed(("launchctl", "kickstart", target))
        code = self._computer.wait(lambda: self._code(target), limit=limit if entry.times else 3.0)
        return Started(code=code)

    def look(self, entry: Entry) -> str:
        return f"launchctl print {self._target(entry.name)}"

    def _code(self, target: str) -> int | None:
        """The exit code of the last run; None while one is at work, or none has ended."""
        told = self._computer.run(("launchctl", "print", target)).out
        if re.search(r"^\s*state = running", told, re.MULTILINE):
            return None

        match = re.search(r"^\s*last exit code = (-?\d+)", told, re.MULTILINE)
        return None if match is None else int(match[1]) if int(match[1]) >= 0 else Exit.UNEXPECTED

    def _plist(self, entry: Entry) -> bytes:
        return plist(entry, str(self._messages / f"{entry.name}.log"))

    def _path(self, name: str) -> Path:
        return self._folder / f"{label_of(name)}.plist"

    def _target(self, name: str) -> str:
        return f"{self._session}/{label_of(name)}"
