"""The person's own index: which resume file has which attempt of a job, and what it said of it last.

One SQLite file in the person's data folder. The resume files are the truth: where one is at hand, a row is evidence
only as far as the file bears it out; where it is gone, the row is a witness that has to be confirmed. Invariants:

* It never stops a run: whatever goes wrong with it, it is done without, and that is told once in a sentence.
* An attempt has one row. Who is told True by `claim` has it, and only one transaction at a time decides.
* What is noted of an attempt never says less than before.
* A damaged file is set aside and a new one begun; a newer one is left alone.

A rollback journal, not WAL, which needs memory that a home on a network doesn't share; and no fsync: what `kill -9`
leaves is whole, and what a power loss leaves out is in the resume files.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TypeVar

from bulkgen.errors import BulkgenError
from bulkgen.ledger.events import format_time, parse_time
from bulkgen.ledger.index_table import CLAIM, FORMAT, NOTE, bring_up, format_of, says_less, transaction
from bulkgen.ledger.lock import SheetLock, lock_of
from bulkgen.ledger.state import State

T = TypeVar("T")

#: A job's fingerprint, and the number of the attempt.
Attempt = tuple[str, int]

#: How long another process is waited for (seconds).
PATIENCE = 5.0

#: How many fingerprints are asked for at once: SQLite may allow no more than 999 values.
CHUNK = 900

#: Codes of SQLite's for a file that is none of ours, or no longer.
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_REASONS = {
    sqlite3.SQLITE_BUSY: "another program has kept it locked for too long",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it can't be written",
}


@dataclass(frozen=True, slots=True)
class Indexed:
    """A row: the resume file that has, or had, an attempt of a job, and what it said of it last.

    `state.last` is "" for an attempt that was only claimed.
    """

    fingerprint: str
    resume: Path
    state: State


def data_folder(environ: Mapping[str, str] = os.environ, *, folder: Path | None = None) -> Path:
    """Where the index lies: `BULKGEN_DATA_DIR` (a relative one in `folder`), or where this system keeps the data of a
    person's programs.

    Raises `RuntimeError` for a person without a home.
    """
    named = environ.get("BULKGEN_DATA_DIR")
    if named:
        return (folder or Path()).joinpath(Path(named).expanduser()).absolute()

    import platformdirs

    return platformdirs.user_data_path("bulkgen", appauthor=False)


class Index:
    """The index as one resume file of one account sees it. Used by one thread at a time.

    `tell` gets a sentence where something is wrong with it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        own: Path,
        base: str,
        account: str,
        now: Callable[[], float],
        tell: Callable[[str], None],
        patience: float = PATIENCE,
    ) -> None:
        self.path = folder / "index.sqlite3"
        self._own = os.fsencode(own)
        self._who = (account, base)
        self._now = now
        self._tell = tell
        self._patience = patience
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._done_without = False
        #: It was read, or written, at least once.
        self._served = False

    def find(self, fingerprints: Collection[str]) -> list[Indexed]:
        """What it has of these jobs, the own file's rows included. Makes no index where there is none."""

        def work(db: sqlite3.Connection) -> list[Indexed]:
            found: list[Indexed] = []
            path_of = cache(lambda resume: Path(os.fsdecode(resume)))
            wanted = iter(fingerprints)
            while some := list(islice(wanted, CHUNK)):
                query = f"""select fingerprint, resume, attempt, claimed, last, id from attempts
                    where account = ? and base = ? and fingerprint in ({",".join("?" * len(some))})"""
                for fingerprint, resume, attempt, claimed, last, job_id in db.execute(query, (*self._who, *some)):
                    at = parse_time(claimed)
                    state = State(attempt, last, id=job_id, first_sent=at, last_sent=at)
                    found.append(Indexed(fingerprint, path_of(resume), state))
            return found

        return [] if is_gone(self.path) else self._do(work, [])

    def note(self, attempts: Mapping[Path, Mapping[Attempt, State]]) -> None:
        """Adds what these resume files have and the index lacks, or has less of.

        The row of a file that is gone, or that is among these and does not have the attempt, goes to the one that has.
        """
        known = {os.fsencode(path): some for path, some in attempts.items()}
        gone = cache(lambda path: is_gone(Path(os.fsdecode(path))))

        def lacks(path: bytes, fingerprint: str, attempt: int) -> bool:
            return (fingerprint, attempt) not in known[path] if path in known else bool(gone(path))

        def work(db: sqlite3.Connection) -> None:
            db.create_function("lacks", 3, lacks)
            db.create_function("less", 4, says_less)
            with transaction(db):
                for path, some in attempts.items():
                    db.executemany(NOTE, (self._row(path, *each) for each in sorted(some.items(), key=_attempt)))

        self._do(work, None)

    def _row(self, path: Path, attempt: Attempt, state: State) -> tuple[object, ...]:
        sent = None if state.first_sent is None else format_time(state.first_sent)
        last = "submitting" if state.doubted else state.last  # HeyGen may have made it all the same
        last = "review" if state.answering else last  # earlier releases know no other word for it
        return (*self._who, *attempt, os.fsencode(path), sent, last, state.id)

    def claim(self, attempts: Sequence[Attempt], stands: Callable[[Path, str], bool]) -> list[bool]:
        """For each attempt whether it is the own file's now.

        `stands`: whether another resume file's claim to a job stands; asked while nobody else can claim anything.
        """

        def work(db: sqlite3.Connection) -> list[bool]:
            with transaction(db):
                return [self._claim(db, attempt, stands) for attempt in attempts]

        return self._do(work, [True] * len(attempts))

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _claim(self, db: sqlite3.Connection, attempt: Attempt, stands: Callable[[Path, str], bool]) -> bool:
        query = "select resume from attempts where account = ? and base = ? and fingerprint = ? and attempt = ?"
        (resume,) = db.execute(query, (*self._who, *attempt)).fetchone() or (None,)
        if resume == self._own:
            return True

        if resume is not None and stands(Path(os.fsdecode(resume)), attempt[0]):
            return False

        db.execute(CLAIM, (*self._who, *attempt, self._own, format_time(self._now())))
        return True

    def _do(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What the work gives; `otherwise` once the index is done without. A damaged index is begun again, once."""
        for last in (False, True):
            if self._done_without:
                break

            try:
                found = work(self._opened())
                self._served = True
                return found
            except sqlite3.Error as error:
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF
                if last or code not in _DAMAGED or not self._set_aside():
                    self._do_without(_REASONS.get(code, str(error)))
            except (OSError, BulkgenError, ArithmeticError, TypeError, ValueError) as error:
                self._do_without(getattr(error, "strerror", None) or str(error))
        return otherwise

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            if is_gone(self.path):
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            self._file = _file_of(self.path)
            self._db = db = sqlite3.connect(
                self.path, timeout=self._patience, isolation_level=None, check_same_thread=False
            )
            db.execute("pragma journal_mode = truncate")
            db.execute("pragma synchronous = off")
            if format_of(db) < FORMAT:
                with transaction(db):
                    bring_up(db)
            if format_of(db) > FORMAT:
                raise BulkgenError("a newer bulkgen has written it (upgrade with: pip install --upgrade bulkgen)")

        return self._db

    def _set_aside(self) -> bool:
        """Puts the damaged file under another name, unless somebody has already; False if that can't be done."""
        self.close()
        aside = self.path.with_name("index.damaged.sqlite3")
        try:
            with SheetLock(lock_of(self.path)):
                if _file_of(self.path) == self._file:
                    self.path.with_name(f"{self.path.name}-journal").unlink(missing_ok=True)
                    self.path.replace(aside)
                    self._tell(
                        f"bulkgen's index ({self.path}) was damaged: it is kept as {aside.name}, a new one begun."
                    )
        except (OSError, BulkgenError):
            return False

        return True

    def _do_without(self, reason: str) -> None:
        self._done_without = True
        if self._served:
            told = "can't be used any further"
            left = "what it has of these rows was looked up, but what this run makes is not noted in it"
        else:
            told, left = "can't be used", "what was made of these rows in another folder is not noticed"
        self._tell(f"bulkgen's index ({self.path}) {told}: {reason.rstrip('.')}. This run goes on without it: {left}.")
        with contextlib.suppress(sqlite3.Error):
            self.close()


def _attempt(entry: tuple[Attempt, State]) -> Attempt:
    return entry[0]


def _file_of(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def is_gone(path: Path) -> bool:
    """Whether there is certainly no such file; one that can't be looked at may be there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False

    return False
