"""The table of the person's index: its columns, what is asked of it, and how one of the first format is brought up.

Knows SQLite and no file. The statement that notes asks two functions, which whoever uses it gives: `lacks` and `less`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from bulkgen.ledger.state import State
from bulkgen.ledger.transitions import weight

#: 2: beside who has an attempt also what became of it.
FORMAT = 2

_TABLE = """
create table if not exists attempts (
    account text, base text, fingerprint text, attempt integer, resume blob, claimed text,
    last text not null default '', id text not null default '',
    primary key (account, base, fingerprint, attempt)
) without rowid
"""

#: From format 1, whose `claimed` may be the time at which the row was written, long after the attempt.
_MIGRATION = (
    "select account, base, fingerprint, attempt, resume, claimed from attempts limit 0",  # somebody else's: no change
    "alter table attempts add column last text not null default ''",
    "alter table attempts add column id text not null default ''",
    "update attempts set claimed = null",
)

CLAIM = """
insert into attempts (account, base, fingerprint, attempt, resume, claimed) values (?, ?, ?, ?, ?, ?)
on conflict (account, base, fingerprint, attempt) do update set
    resume = excluded.resume, claimed = excluded.claimed, last = '', id = ''
"""

NOTE = """
insert into attempts (account, base, fingerprint, attempt, resume, claimed, last, id) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (account, base, fingerprint, attempt) do update set
    resume = excluded.resume, claimed = coalesce(excluded.claimed, attempts.claimed),
    last = case when less(excluded.last, excluded.id, attempts.last, attempts.id)
        then attempts.last else excluded.last end,
    id = case when less(excluded.last, excluded.id, attempts.last, attempts.id)
        then attempts.id else excluded.id end
where lacks(attempts.resume, attempts.fingerprint, attempts.attempt) or attempts.resume = excluded.resume
    and (attempts.last != excluded.last or attempts.id != excluded.id)
    and not less(excluded.last, excluded.id, attempts.last, attempts.id)
"""


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Nobody else writes meanwhile; all of it counts, or nothing."""
    db.execute("begin immediate")
    try:
        yield
        db.execute("commit")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            db.execute("rollback")
        raise


def bring_up(db: sqlite3.Connection) -> None:
    """Makes the table, or brings that of format 1 up to this one, where nobody else has meanwhile."""
    found = format_of(db)
    if found < FORMAT:
        for statement in (_TABLE,) if found == 0 else _MIGRATION:
            db.execute(statement)
        db.execute(f"pragma user_version = {FORMAT}")


def says_less(last: str, job_id: str, than: str, than_id: str) -> bool:
    """Whether of two words on one attempt the first says less."""
    return weight(State(1, last, id=job_id)) < weight(State(1, than, id=than_id))


def format_of(db: sqlite3.Connection) -> int:
    return int(db.execute("pragma user_version").fetchone()[0])
