"""Which run holds a sheet's lock, so that it can be asked to stop."""

from __future__ import annotations

import contextlib
from pathlib import Path

from bulkgen.ledger.lock import is_held
from bulkgen.ledger.note import Note


def holder_of(lock: Path) -> Note | None:
    """The note of the run that holds the lock; None where none does, or its note is gone by now.

    Raises `OSError` for a lock that can't be looked at.
    """
    note = Note()
    with contextlib.suppress(FileNotFoundError):
        note = Note.parse(lock.read_bytes())
    return note if note.host and is_held(lock) else None
