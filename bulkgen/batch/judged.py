"""The rows of a sheet, judged: first by themselves, then by what the account holds.

Nothing here changes a file or sends anything that costs. What stands in the way of asking the account is kept as a
value: mistakes that were found without it are told first.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace

import anyio

from bulkgen.batch.connection import Connection, find_heygen, whose
from bulkgen.batch.local_files import LocalFiles
from bulkgen.batch.names import Recorded, name_notes, recorded_names
from bulkgen.batch.opened import Opened
from bulkgen.errors import ApiError, BulkgenError, CredentialError, Lost, Refused
from bulkgen.heygen import client as heygen
from bulkgen.heygen.lookups import AccountLookup
from bulkgen.heygen.me import Me
from bulkgen.heygen.offers import find_offers
from bulkgen.kinds.account import Account, Offers, Template
from bulkgen.ledger.history import History
from bulkgen.model import listed, plural
from bulkgen.rows.build import Builder
from bulkgen.rows.built import Built
from bulkgen.rows.left_out import with_withheld
from bulkgen.rows.offers import asks_nothing, with_offers
from bulkgen.rows.risk import Choice
from bulkgen.rows.rivals import rivals
from bulkgen.rows.variables import unchecked


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
    """`account`: what is known of the things that rows refer to; `notes`: what is to be said of it all.

    `offers`: what the account has for rows that don't say what they ask for. `tests`: the rows that `--test` chose,
    with the reason for each; no others are selected then. `tested_of`: the numbers of the rows that it chose among.
    """

    opened: Opened
    built: Built
    account: Account
    files: LocalFiles
    asked: Asked | Unasked
    notes: tuple[str, ...]
    offers: Offers = field(default_factory=Offers)
    tests: tuple[Choice, ...] = ()
    tested_of: frozenset[int] = frozenset()
    #: The selected rows are only shown: what they wait for may be made with the others.
    shown: bool = False


def judge(opened: Opened, heard: heygen.Heard, history: History) -> Judged:
    """Judges the rows by themselves and against the account. What stands in the way of this is `asked.trouble`.

    `heard` is told what time HeyGen says it is; `history` knows what names stood for in earlier runs.
    """
    builder, recorded, known = Builder(opened.table, opened.read_options), recorded_names(history), _on_record(history)
    files = LocalFiles(opened, history)
    alone = files.build(builder, Account(recorded=recorded))
    try:
        connection = find_heygen(opened)
        sandbox = opened.settings.sandbox
        me, lookup, built, offers = anyio.run(_ask, builder, alone, connection, sandbox, heard, recorded, files)
    except (CredentialError, ApiError) as error:
        return Judged(
            opened=opened,
            built=with_withheld(alone, opened.table, opened.read_options, known, files.build_on_record),
            account=Account(),
            files=files,
            asked=Unasked(error),
            notes=_notes(opened, alone),
        )

    known = replace(known, templates={**lookup.account.templates, **known.templates})
    return Judged(
        opened=opened,
        built=with_withheld(
            with_offers(built, offers), opened.table, opened.read_options, known, files.build_on_record
        ),
        account=lookup.account,
        files=files,
        asked=Asked(connection=connection, me=me),
        notes=(*_notes(opened, built), *lookup.notes, *name_notes(built.named, recorded)),
        offers=offers,
    )


def judge_offline(opened: Opened, history: History) -> Judged:
    """Judges the rows as far as sheet and resume file show: rows of a template never seen before stay open."""
    account, files = _on_record(history), LocalFiles(opened, history)
    built = files.build(Builder(opened.table, opened.read_options), account)
    return Judged(
        opened=opened,
        built=with_withheld(built, opened.table, opened.read_options, account, files.build_on_record),
        account=account,
        files=files,
        asked=Unasked(),
        notes=_notes(opened, built),
    )


def _on_record(history: History) -> Account:
    """What the resume file tells of the account."""
    templates = {
        template_id: Template(template_id, seen.name, seen.variables, open=seen.open)
        for template_id, seen in history.templates.items()
    }
    return Account(templates, recorded=recorded_names(history))


async def _ask(
    builder: Builder,
    built: Built,
    connection: Connection,
    lenient: bool,
    heard: heygen.Heard,
    recorded: Recorded,
    files: LocalFiles,
) -> tuple[Me, AccountLookup, Built, Offers]:
    """Who we are, and everything that the rows refer to; what templates add is looked up in a second round."""
    async with heygen.connect(connection.base, connection.key, connection.transport) as http:
        client = heygen.HeyGen(http, heard=heard)
        me = await whose(connection, client)
        lookup = AccountLookup(client=client, lenient=lenient, account=Account(recorded=recorded))
        try:
            while await lookup.gather(built.needs):
                built = await anyio.to_thread.run_sync(files.build, builder, lookup.account)
        except (Refused, Lost) as error:  # no row is to blame
            reason = str(error).rstrip(".")
            raise Lost(
                f"What the rows refer to can't be looked up at HeyGen now ({reason}). Nothing was sent. Run the same "
                "command again in some minutes."
            ) from error

        offers = Offers()
        if asks_nothing(built):
            with contextlib.suppress(ApiError):  # the mistake is told all the same
                offers = await find_offers(client)
        return me, lookup, built, offers


def _notes(opened: Opened, built: Built) -> tuple[str, ...]:
    """What is to be said of the reading of the sheet."""
    rows, reading = opened.table.rows, (*_guesses(built), *_rivals(built), *_unchecked(built))
    notes = (*opened.table.notes, *reading, *_with_selected(opened, built))
    if rows and all(row.hidden for row in rows) and not opened.settings.include_hidden:
        hidden = (
            f"Nothing is made, since all rows below the headers are hidden ({plural(len(rows), 'row')}). Unhide them "
            "in your spreadsheet, or add --include-hidden."
        )
        return (*notes, hidden)

    return notes


def _with_selected(opened: Opened, built: Built) -> tuple[str, ...]:
    """Which rows are selected because they are scenes of one video with rows that were asked for."""
    wanted = opened.read_options.selection
    more = [row.source.number for row in built.rows if wanted and row.selected and row.source.number not in wanted]
    if not more:
        return ()

    said = f"{'Row' if len(more) == 1 else 'Rows'} {listed([f'{number:,}' for number in more])}"
    return (
        f"{said} {'is' if len(more) == 1 else 'are'} made with those of --rows: a video is made with all its scenes.",
    )


def _guesses(built: Built) -> tuple[str, ...]:
    """Which columns were taken for names that none of them has, in one sentence; nothing without any."""
    guessed = built.layouts.headings.guessed
    if not guessed:
        return ()

    taken = [f"{name} is filled from {' or '.join(headers)}" for name, headers in guessed.items()]
    return (f"{'; '.join(taken)}.",)


def _rivals(built: Built) -> tuple[str, ...]:
    """Which columns are not used though they may be the same as one that is, in one sentence; nothing without any."""
    found = [
        f"{name} is filled from {header}; {other}, which may be the same, is not used"
        for name, header, other in rivals(built)
    ]
    return (f"{'. '.join(found)}.",) if found else ()


def _unchecked(built: Built) -> tuple[str, ...]:
    """What is sent to projects that can't be looked into from here, and what is not; nothing without either."""
    sent, others = unchecked(built)
    if not sent and not others:
        return ()

    known = "What a project takes is known of a folder or a ZIP beside the sheet; of a link or an asset it is not"
    which = f"{listed(sent)} {'is' if len(sent) == 1 else 'are'} sent as text, unchecked" if sent else ""
    left = (
        f"nothing is sent of {listed(others)}, since only columns called variables.{others[0]} and so on are"
        if others
        else ""
    )
    return (f"{known}: {'; '.join(filter(None, (which, left)))}.",)
