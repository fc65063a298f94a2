"""The resume file: an append-only journal of what was sent and what came back.

Owns the file's bytes; never decides what an event means (`state`), and never repairs a file it only reads.

Must hold at any instant, after `kill -9` and power loss too:

* `append` returns only when the records are on the disk; whoever takes the next step has them.
* Every line but the last is whole. A torn last line was never acted upon; it is cut before the next append.
* A bad line anywhere else stops the run: guessing here would be paying twice.
* After a failed write or fsync nothing more is written: what the disk holds is no longer known
  (https://lwn.net/Articles/752063/).
* No intent is written without room, in the file itself, for all that may still be recorded of what is open: a disk
  that fills up loses no answer. The zeros that keep this room read as a torn last line.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bulkgen import __version__
from bulkgen.disk.growing import FULL, GrowingFile
from bulkgen.errors import LedgerError, NoRoom
from bulkgen.ledger.events import FORMAT, Event, format_time, opened
from bulkgen.ledger.room import OpenAttempts, is_intent, is_outcome

#: How the first record begins, and what it never exceeds (bytes): a run may have been killed while writing it.
_BEGINNING = b'{"at":"'
_LONGEST_BEGINNING = 1_000

#: What a disk writes whole or not at all (bytes).
SECTOR = 512

#: What to do with a file that can't be understood, and what each way costs.
_WAYS_ON = (
    "Bring it back from a backup: that costs nothing. Or move it to another folder and run the same command again: "
    "what bulkgen's index and the results sheet call made is taken over where HeyGen confirms it, and not sent where "
    "it does not. But rows of which neither says anything count as new, and are made, and paid, again."
)


class ResumeFile:
    """One resume file, read whole when made; `events` holds what stood in it and what was appended since."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        """Reads the file without changing it; a file that does not exist is an empty one. `clock`: the time of records.

        Raises `LedgerError` for a damaged, foreign or newer file.
        """
        self.path = path
        self._clock = clock
        self.events, self._whole = read_events(path)
        self._open_attempts = OpenAttempts(self.events)
        self._file: GrowingFile | None = None
        self._identity: tuple[str, str] | None = None
        self._broken: str | None = None

    def belongs_to(self, base: str, account: str) -> None:
        """Says who is going to write.

        Raises `LedgerError` if the file is of another account or address: there its ids are unknown, and every
        job would be paid again.
        """
        for event in self.events:
            if event["event"] == "opened" and (event.get("base"), event.get("account")) != (base, account):
                if str(event.get("base")).endswith(".invalid"):  # no host is called so
                    raise LedgerError(
                        f"{self.path.name} is the record of a rehearsal (--sandbox), under the name of a real one. "
                        "Nothing was paid for what it names: give it another name, and run the same command again."
                    )

                other = "another address" if event.get("base") != base else "another HeyGen account"
                raise LedgerError(
                    f"{self.path.name} belongs to {other} ({event.get('base')}), where its videos are. Use the API key "
                    "of that account. To make all rows once more in the account of this key, and pay for them there "
                    f"too, add --resume {self.path.stem}-2.jsonl --make-again."
                )

        self._identity = base, account

    def append(self, *events: Event) -> list[Event]:
        """Makes the events durable, in one write; gives these events (not the file's header) with their time.

        Raises `NoRoom` where the disk has no room for them, or for what may follow an intent: nothing is written then,
        and what became of what was sent can still be recorded. Raises `LedgerError` if anything can't be made certain.
        """
        if self._broken:
            raise LedgerError(self._broken)

        now = format_time(self._clock())
        stamped = [{"at": now, **event} for event in events]
        try:
            if self._file is None:
                self._file = GrowingFile(self.path, self._whole, self._is_torn)
                self._put(self._header(now))
            self._make_room(stamped)
            self._put(stamped)
        except OSError as error:
            self._broken = self._unwritable(error)
            raise LedgerError(self._broken) from error

        return stamped

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._whole, self._file = self._file.length, None

    def _header(self, now: str) -> list[Event]:
        """`opened`, where the last one in the file does not say the same already."""
        last = next((event for event in reversed(self.events) if event["event"] == "opened"), None)
        if self._identity is None:  # nothing is sent: what is noted is of those who wrote before
            assert last is not None, "belongs_to comes before the first append"
            return []

        header = opened(__version__, *self._identity)
        same = last is not None and all(last.get(name) == value for name, value in header.items())
        return [] if same else [{"at": now, **header}]

    def _is_torn(self, behind: bytes) -> bool:
        """Whether what stands behind the whole lines is what stood there when the file was read."""
        return b"\n" not in behind or read_events(self.path)[1] == self._whole

    def _make_room(self, events: Sequence[Event]) -> None:
        """Room for all but outcomes, which find theirs, and for what may follow the intents among them."""
        assert self._file is not None
        if all(map(is_outcome, events)):
            return

        intents = sum(map(is_intent, events))
        try:
            self._file.make_room(len(_lines(events)) + self._open_attempts.room(intents))
        except OSError as error:
            if error.errno not in FULL:
                raise

            raise NoRoom(
                f"The disk is full: {self.path} has no room for what HeyGen would answer, so nothing more is sent. "
                "Nothing was sent that is not recorded in it. Free some space, then run the same command again."
            ) from error

    def _put(self, events: Sequence[Event]) -> None:
        assert self._file is not None
        if events:
            self._file.put(_lines(events))
            self.events += events
            self._open_attempts.note(events)

    def _unwritable(self, error: OSError) -> str:
        full = error.errno in FULL
        reason = "the disk is full" if full else f"the system says: {error.strerror}"
        remedy = "Free some space" if full else "Make the file and its folder writable"
        return (
            f"{self.path} can't be written: {reason}. Nothing was sent that is not recorded in it. "
            f"{remedy}, then run the same command again."
        )


def read_events(path: Path) -> tuple[list[Event], int]:
    """The events of a resume file, and the number of bytes that its whole lines take.

    Raises `LedgerError` with the line's number for a line (not the torn last one) that is no event.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise LedgerError(f"{path} can't be read: {error.strerror}. Make it readable, then try again.") from error

    whole = data.rfind(b"\n") + 1
    if data and not whole and not (data.startswith(_BEGINNING[: len(data)]) and len(data) < _LONGEST_BEGINNING):
        raise LedgerError(
            f"{path.name} is not a resume file of bulkgen, or is damaged from its first line on. If it is another "
            f"program's, name another file with --resume. {_WAYS_ON}"
        )

    events: list[Event] = []
    start = 0
    for number, line in enumerate(data[:whole].splitlines(keepends=True), 1):
        event = parse(line)
        if event is None and number > 1 and _never_durable(data[:whole], start):
            return events, start

        if event is None:
            raise LedgerError(f"{path.name} is damaged at line {number}, and it says what was paid for. {_WAYS_ON}")

        if number == 1 and event["event"] != "opened":
            raise LedgerError(
                f"{path.name} is not a resume file of bulkgen, or its beginning is missing. If it is another "
                f"program's, name another file with --resume. {_WAYS_ON}"
            )

        if event["event"] == "opened" and _format(event) > FORMAT:
            version = f" ({event['bulkgen']})" if event.get("bulkgen") else ""
            raise LedgerError(
                f"{path.name} was written by a newer bulkgen{version}. Upgrade with: pip install --upgrade bulkgen"
            )

        events.append(event)
        start += len(line)
    return events, whole


def _never_durable(data: bytes, start: int) -> bool:
    """Whether a bad line, and all behind it, is what a power loss left of the last append.

    A disk may write the later sectors of an append and not the earlier ones, where the zeros of the room still stand
    then. Nobody went on with any record of such an append: all that is left of them has one time, which the records
    of two appends never share.
    """
    rest = data[start:]
    hole = re.search(rb"\0+", rest)
    if hole is None or (start + hole.end()) % SECTOR:
        return False

    left = [event for event in map(parse, rest.splitlines()) if event is not None]
    return len({str(event.get("at")) for event in left}) <= 1


def parse(line: bytes) -> Event | None:
    """The event that stands in a line; None if it is none."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None

    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _format(event: Event) -> int:
    value = event.get("format")
    return value if isinstance(value, int) else FORMAT + 1


def _lines(events: Iterable[Event]) -> bytes:
    lines = (json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n" for event in events)
    return "".join(lines).encode("utf-8", "replace")
