"""The note in a lock file: which run is at work on a sheet, where, and when it last said so.

It is for the people and machines that share a folder; what one says of its clock another can't rely on.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass

from bulkgen.ledger.events import parse_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """`run` tells apart runs that have host and process number in common (two containers); times as in the ledger."""

    host: str = ""
    pid: object = None
    run: str = ""
    started: str = ""
    beat: str = ""

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """The note that stands in a lock file; an empty one for what is none."""
        try:
            told = json.loads(data or b"{}")
        except (ValueError, RecursionError):
            return cls()

        if not isinstance(told, dict) or not isinstance(told.get("host"), str):
            return cls()

        words = {name: str(told.get(name, "")) for name in ("host", "run", "started", "beat")}
        return cls(**words, pid=told.get("pid"))

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    def age(self, now: float) -> float | None:
        """How old the last sign is by our clock (seconds; below zero: theirs is ahead); None if it says no time."""
        beat = parse_time(self.beat)
        return None if beat is None else now - beat

    @property
    def is_alive(self) -> bool | None:
        """Whether the process, if it is of this machine, is at work; None where that can't be asked."""
        if sys.platform == "win32" or not isinstance(self.pid, int) or isinstance(self.pid, bool) or self.pid <= 0:
            return None  # Windows has no signal that only asks: os.kill ends the process there

        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True

        return self.pid != os.getpid()
