"""Linux and other Unix without a systemd of the person's own: lines in their crontab."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bulkgen.errors import BulkgenError
from bulkgen.ledger.system_lock import system_lock
from bulkgen.schedules.computer import Computer
from bulkgen.schedules.entries.crontab import block, label_lines, once, once_name, with_block, without
from bulkgen.schedules.entries.entry import Entry, Label
from bulkgen.schedules.scheduler import Started, labels_in, put

#: How long cron may take to begin what is due (seconds): it looks once a minute.
_BEGINS = 150.0

#: cron looks at the start of a minute, and takes two changes of one second for one: so long it is left alone (seconds).
_SETTLED = 2

#: How long another command may be at the crontab (seconds): it only reads and writes it.
_TURN = 10.0


class Cron:
    """The person's crontab, read and written by `crontab`; what is not ours stays byte by byte."""

    name = "crontab"
    ends_watches = False

    def __init__(self, computer: Computer) -> None:
        self._computer = computer

    @property
    def there(self) -> bool:
        return self._read() is not None

    def texts(self, entry: Entry) -> dict[str, str]:
        return {"crontab": block(entry)}

    def by_hand(self, entry: Entry) -> list[str]:
        del entry
        return ["crontab -e"]

    def notes(self, entry: Entry) -> list[str]:
        del entry
        return [
            "cron starts nothing afterwards that it missed while the computer was off or asleep, and mails you what a "
            "run prints, where this computer sends mail."
        ]

    def labels(self) -> list[Label]:
        return labels_in([*label_lines(self._read() or "")])

    def install(self, entry: Entry) -> None:
        lines = block(entry)
        if entry.times:  # too long for cron as a first run: that is raised before anything changes
            once(entry, self._computer.now(), str(self._outcome(entry)))
        self._change(lambda crontab: with_block(without(crontab, once_name(entry.name)), entry.name, lines))

    def remove(self, label: Label) -> None:
        self._change(lambda crontab: without(without(crontab, once_name(label.name)), label.name))
        if any(left.name == label.name for left in self.labels()):  # somebody has edited its last line
            raise BulkgenError(f"The lines of {label.name} in your crontab have no end: take them out with crontab -e.")

    def start(self, entry: Entry, limit: float) -> Started:
        """By a second entry, for the minute that comes next, which is taken out again."""
        if not entry.times:
            return Started(seen=False)  # cron begins it by itself, within ten minutes

        outcome = self._outcome(entry)
        put(outcome, b"")
        if self._computer.now().second < _SETTLED:
            self._computer.sleep(_SETTLED)
        name, now = once_name(entry.name), self._computer.now()
        lines = once(entry, now + timedelta(minutes=1 if now.second < 50 else 2), str(outcome))
        self._change(lambda crontab: with_block(crontab, name, lines))
        try:
            if not self._computer.wait(lambda: len(_text_in(outcome)) or None, limit=_BEGINS):
                return Started(seen=False)

            code = self._computer.wait(lambda: _code_in(outcome), limit=limit)
        finally:
            self._change(lambda crontab: without(crontab, name))
            outcome.unlink(missing_ok=True)
        return Started(code=code)

    def look(self, entry: Entry) -> str:
        del entry
        return "crontab -l; is the cron service at work?"

    def _read(self) -> str | None:
        """The crontab; None where the person may have none, or its state is not known."""
        done = self._computer.run(("crontab", "-l"))
        if done.well:
            return done.out

        return "" if "no crontab for" in done.err else None

    def _own(self) -> str:
        found = self._read()
        if found is None:  # to write it now could lose what is in it
            raise BulkgenError("crontab -l does not say what is in your crontab: nothing was changed.")

        return found

    def _change(self, changed: Callable[[str], str]) -> None:
        """Reads it and writes it, while no other bulkgen does: of two at once one would undo what the other wrote."""
        with self._turn():
            before = self._own()
            after = changed(before)
            if after != before:
                self._computer.needed(("crontab", "-"), stdin=after)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        path = self._computer.data / "schedules" / "crontab.lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BulkgenError(f"{path} can't be written ({error.strerror}): nothing was changed.") from error

        try:
            # where the folder's disk has no locks, there is nothing to wait for
            self._computer.wait(lambda: None if system_lock(descriptor) is False else 1, limit=_TURN, every=0.1)
            yield
        finally:
            os.close(descriptor)

    def _outcome(self, entry: Entry) -> Path:
        return self._computer.data / "schedules" / f"{entry.name}.exit"


def _text_in(outcome: Path) -> str:
    return outcome.read_text(encoding="ascii", errors="replace").strip() if outcome.exists() else ""


def _code_in(outcome: Path) -> int | None:
    text = _text_in(outcome)
    return int(text) if text.isdecimal() else None
