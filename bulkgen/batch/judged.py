"""The rows of a sheet, judged: first by themselves, then by what the account holds.

Nothing here changes a file or sends anything that costs. What stands in the way of asking the account is kept as a
value: mistakes that were found without it are told first.
"""

from __future__ import annotations

from dataclasses import dataclass

import anyio

from bulkgen.batch.connection import Connection, find_heygen, whose
from bulkgen.batch.opened import Opened
from bulkgen.errors import ApiError, BulkgenError, CredentialError, Lost, Refused
from bulkgen.heygen import client as heygen
from bulkgen.heygen.lookups import AccountLookup
from bulkgen.heygen.me import Me
from bulkgen.kinds.account import Account, Template
from bulkgen.ledger.history import History
from bulkgen.model import plural
from bulkgen.rows.build import Builder, build
from bulkgen.rows.built import Built


@dataclass(frozen=True, kw_only=True)
class Asked:
    """HeyGen was asked: over which connection, and who we are there."""

    connection: Connection
    me: Me


@dataclass(frozen=True)
class Unasked:
    """HeyGen was not asked, because nobody wanted it (None), or for this reason."""

    trouble: BulkgenError | None = None


@dataclass(frozen=True, kw_only=True)
class Judged:
    """`account`: what is known of the things that rows refer to; `notes`: what is to be said of it all."""

    opened: Opened
    built: Built
    account: Account
    asked: Asked | Unasked
    notes: tuple[str, ...]


def judge(opened: Opened, heard: heygen.Heard) -> Judged:
    """Judges the rows by themselves and against the account. What stands in the way of this is `asked.trouble`.

    `heard` is told what time HeyGen says it is.
    """
    builder = Builder(opened.table, opened.read_options)
    alone = builder.build(Account())
    try:
        connection = find_heygen(opened)
        me, lookup, built = anyio.run(_ask, builder, alone, connection, opened.settings.sandbox, heard)
    except (CredentialError, ApiError) as error:
        return Judged(opened=opened, built=alone, account=Account(), asked=Unasked(error), notes=_notes(opened))

    return Judged(
        opened=opened,
        built=built,
        account=lookup.account,
        asked=Asked(connection=connection, me=me),
        notes=(*_notes(opened), *lookup.notes),
    )


def judge_offline(opened: Opened, history: History) -> Judged:
    """Judges the rows as far as sheet and resume file show: rows of a template never seen before stay open."""
    account = Account(
        {
            template_id: Template(template_id, seen.name, seen.variables, open=seen.open)
            for template_id, seen in history.templates.items()
        }
    )
    built = build(opened.table, opened.read_options, account)
    return Judged(opened=opened, built=built, account=account, asked=Unasked(), notes=_notes(opened))


async def _ask(
    builder: Builder, built: Built, connection: Connection, lenient: bool, heard: heygen.Heard
) -> tuple[Me, AccountLookup, Built]:
    """Who we are, and everything that the rows refer to; what templates add is looked up in a second round."""
    async with heygen.connect(connection.base, connection.key, connection.transport) as http:
        client = heygen.HeyGen(http, heard=heard)
        me = await whose(connection, client)
        lookup = AccountLookup(client=client, lenient=lenient)
        try:
            while await lookup.gather(built.needs):
                built = builder.build(lookup.account)
        except (Refused, Lost) as error:  # no row is to blame
            reason = str(error).rstrip(".")
            raise Lost(
                f"What the rows refer to can't be looked up at HeyGen now ({reason}). Nothing was sent. Run the same "
                "command again in some minutes."
            ) from error

        return me, lookup, built


def _notes(opened: Opened) -> tuple[str, ...]:
    """What is to be said of the reading of the sheet."""
    rows, notes = opened.table.rows, opened.table.notes
    if rows and all(row.hidden for row in rows) and not opened.settings.include_hidden:
        hidden = (
            f"Nothing is made, since all rows below the headers are hidden ({plural(len(rows), 'row')}). Unhide them "
            "in your spreadsheet, or add --include-hidden."
        )
        return (*notes, hidden)

    return notes
