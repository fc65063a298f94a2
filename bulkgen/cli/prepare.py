"""Everything a run does before the first paid call: sheet, key, account, resume file, plan.

Nothing here changes a file or sends anything that costs.
"""

from __future__ import annotations

import gc
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import anyio
import httpx

from bulkgen.batch.places import Places, find_places, keep_apart
from bulkgen.batch.plan import Plan, make_plan
from bulkgen.cli.options import Options
from bulkgen.errors import ApiError, BulkgenError, CredentialError, InputError, Lost, Refused
from bulkgen.files.probe import probe_links
from bulkgen.heygen import client as heygen
from bulkgen.heygen.credentials import read_base, read_key
from bulkgen.heygen.lookups import AccountLookup
from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Account, Template
from bulkgen.ledger.events import Event, template_seen
from bulkgen.ledger.resume_file import ResumeFile, neighbours, same_account
from bulkgen.ledger.state import (
    NEW,
    History,
    Policy,
    State,
    Status,
    Step,
    fold,
    inherited,
    next_step,
)
from bulkgen.model import Job, Table, listed, plural, shorten
from bulkgen.results.listing import is_listing
from bulkgen.rows.build import Builder, ReadOptions, build
from bulkgen.rows.headings import better_header, known, recognised
from bulkgen.rows.lines import Built, with_issues
from bulkgen.rows.links import link_issues, media_links
from bulkgen.rows.lint import lint
from bulkgen.sheet import read_sheet, without_collection
from bulkgen.sheet.google import fetch


@dataclass(frozen=True)
class Opened:
    """A sheet, read, with the files that belong to it."""

    table: Table
    places: Places
    reading: ReadOptions


@dataclass(frozen=True)
class Connection:
    """Where HeyGen is for this command: the real one, or the sandbox over its transport."""

    base: str
    key: str = field(repr=False)
    transport: httpx.AsyncBaseTransport | None = None


@dataclass
class Prepared:
    """All that a run needs. `trouble` is why there is no plan: told after the mistakes that were found without it."""

    opened: Opened
    built: Built
    notes: list[str]
    trouble: BulkgenError | None = None
    connection: Connection | None = None
    account: Account = field(default_factory=Account)
    balance: str = ""
    journal: ResumeFile | None = None
    #: Events to be made durable before anything else: of other resume files, and the templates as they are now.
    pending: list[Event] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    plan: Plan | None = None


def open_sheet(options: Options) -> Opened:
    """Raises `InputError` for a sheet that can't be had or read, or whose header line is not where it should be."""
    table = read_sheet(
        options.sheet,
        data=fetch(options.link) if options.link else None,
        sheet=options.sheet_name,
        recognise=is_ours if options.sheet.stem.endswith(".check") else recognised,
        header_row=options.header_row,
    )
    if is_listing(table.headers):
        raise InputError(
            f"{options.sheet.name} is the list of what bulkgen found in a sheet: correct that sheet, and give it to "
            "bulkgen."
        )

    better = better_header(table, options.renames, options.defaults) if options.header_row is None else None
    if better is not None:
        raise InputError(
            f"Row {table.header_row} of {table.name} does not look like the line of headers, but row {better} does. "
            f"Delete the lines above it, or add --header-row {better}."
        )

    if not table.rows and not known(table.headers, options.renames, options.defaults):
        raise InputError(
            f"{options.sheet.name} has no rows, and row {table.header_row} is no line of headers that bulkgen knows "
            f"({listed([repr(shorten(header, 30)) for header in table.headers if header.strip()], 3)}). A sheet "
            "starts with a line of column names, such as avatar_id and script, and has a row for each video below it."
        )

    places = find_places(
        options.sheet,
        out=options.out,
        resume=options.resume,
        sandbox=options.sandbox,
        tab=table.name,
        siblings=table.siblings,
    )
    keep_apart(options.sheet, places, options.log_file)
    _check_rows(table, options)
    reading = ReadOptions(
        places.stem,
        options.defaults,
        options.renames,
        options.selection,
        options.include_hidden,
        table.name if table.siblings > 1 else "",
    )
    return Opened(table, places, reading)


def is_ours(headers: tuple[str, ...]) -> bool:
    """Of a marked copy, every sheet but the list of mistakes: its headers may still be the mistake."""
    return not is_listing(headers)


def _check_rows(table: Table, options: Options) -> None:
    """Row numbers that name no row are a slip, and would look like a run in which all is well."""
    numbers = [row.number for row in table.rows]
    for option, selection in (("--rows", options.selection), ("--redo", options.redo)):
        for first, last in selection.ranges if selection else ():
            inside = bisect_right(numbers, last) - bisect_left(numbers, first)
            if not inside:
                there = f"its rows are {numbers[0]}-{numbers[-1]}" if numbers else "it has no rows"
                raise InputError(f"{option} {first}-{last}: {table.name} has no such row, {there}.")

            if option == "--redo" and options.selection is not None and first not in options.selection:
                raise InputError(f"--redo {first}: that row is not among --rows.")


def made_elsewhere(prepared: Prepared) -> list[int]:
    """Rows that an earlier results sheet calls made, about to be sent with no record of that at hand."""
    table, plan = prepared.opened.table, prepared.plan
    columns = {header.strip().casefold(): at for at, header in enumerate(table.headers)}
    if plan is None or not {"result_id", "result_status"} <= columns.keys():
        return []

    sent = {job.fingerprint for job in plan.send}
    rows = []
    for line in prepared.built.lines:
        job_id = line.row.cell(columns["result_id"]).text.strip()
        status = line.row.cell(columns["result_status"]).text.strip()
        unrecorded = job_id and job_id not in prepared.claimed and status in (Status.DONE, Status.RENDERING)
        if unrecorded and line.selected and any(job.fingerprint in sent for job in line.jobs):
            rows.append(line.row.number)
    return rows


def prepare(options: Options, opened: Opened) -> Prepared:
    """Judges the rows, first by themselves, then against the account, and makes the plan.

    Raises `LedgerError` for a resume file that can't be used. What else stands in the way becomes `trouble`.
    """
    with without_collection():
        prepared = _offline(options, opened) if options.offline else _online(options, opened)
    gc.freeze()  # rows and jobs stay to the end: no search for circles needs to look at them again
    return prepared


def _notes(opened: Opened) -> list[str]:
    """What is to be said of the reading of the sheet."""
    rows, notes = opened.table.rows, list(opened.table.notes)
    if rows and all(row.hidden for row in rows) and not opened.reading.include_hidden:
        notes.append(
            f"Nothing is made, since all rows below the headers are hidden ({plural(len(rows), 'row')}). Unhide them "
            "in your spreadsheet, or add --include-hidden."
        )
    return notes


def _online(options: Options, opened: Opened) -> Prepared:
    builder = Builder(opened.table, opened.reading)
    prepared = Prepared(opened, builder.build(Account()), _notes(opened))
    try:
        prepared.connection = connection = _connect(options, opened.places)
        prepared.journal = journal = ResumeFile(opened.places.resume)
        me, lookup = anyio.run(_ask, prepared, builder, connection, options.sandbox)
    except (CredentialError, ApiError) as error:
        prepared.trouble = error
        return prepared

    journal.belongs_to(connection.base, me.account)
    journal.correct(me.clock_error)
    prepared.account, prepared.balance = lookup.account, me.balance
    prepared.notes += lookup.notes
    _recall(prepared, journal, connection.base, me.account, sandbox=options.sandbox)
    prepared.plan = _planned(prepared, options)
    if not options.sandbox and _probe(prepared, connection.base):  # a rehearsal needs no network
        prepared.plan = _planned(prepared, options)
    _look_closer(prepared)
    return prepared


def _probe(prepared: Prepared, base: str) -> bool:
    """Whether links of the jobs to be sent lead to nothing that HeyGen can use: the rows have mistakes then."""
    plan = prepared.plan
    assert plan is not None
    wanted = {job.fingerprint for job in plan.send if plan.steps[job.fingerprint] is Step.SEND}
    links = media_links(prepared.built, prepared.account, wanted=wanted)
    if not links:
        return False

    media = {link.url: link.media for link in links}
    faults = anyio.run(partial(probe_links, media, own_host=base))
    issues = link_issues(links, faults)
    prepared.built = with_issues(prepared.built, issues)
    return any(not issue.warning for issue in issues)


def _look_closer(prepared: Prepared) -> None:
    """What is allowed but most likely not meant becomes a warning at its cell."""
    oddities = lint(prepared.opened.table, prepared.built, prepared.account)
    prepared.built = with_issues(prepared.built, oddities)


def _offline(options: Options, opened: Opened) -> Prepared:
    """The plan as far as sheet and resume file show it: rows of a template never seen before stay open."""
    journal = ResumeFile(opened.places.resume)
    history = fold(journal.events)
    account = known_templates(history)
    prepared = Prepared(opened, build(opened.table, opened.reading, account), _notes(opened))
    prepared.journal, prepared.account = journal, account
    prepared.states = dict(history.states)
    prepared.plan = _planned(prepared, options)
    _look_closer(prepared)
    return prepared


def _planned(prepared: Prepared, options: Options) -> Plan:
    assert prepared.journal is not None
    step = step_of(prepared.states, options, prepared.journal.now())
    return make_plan(prepared.built.lines, prepared.states, step, limit=options.limit)


def step_of(states: dict[str, State], options: Options, now: float) -> Callable[[Job], Step]:
    policy = policy_of(options)

    def step(job: Job) -> Step:
        state = states.get(job.fingerprint, NEW)
        return next_step(state, policy, now=now, keyed=KINDS[job.kind].keyed, redo=job.row in options.redo)

    return step


def policy_of(options: Options) -> Policy:
    return Policy(options.max_attempts, options.retry_failed, options.retry_unknown)


def known_templates(history: History) -> Account:
    """The templates as the resume file last saw them: enough to know a sheet's jobs without the network."""
    return Account(
        {
            template_id: Template(template_id, seen.name, seen.variables, open=seen.open)
            for template_id, seen in history.templates.items()
        }
    )


def _connect(options: Options, places: Places) -> Connection:
    if not options.sandbox:
        return Connection(read_base(), read_key())

    from bulkgen.sandbox import BASE, KEY, Sandbox

    return Connection(BASE, KEY, Sandbox(places.sandbox_state).transport)


async def _ask(
    prepared: Prepared, builder: Builder, connection: Connection, lenient: bool
) -> tuple[heygen.Me, AccountLookup]:
    """Who we are, and everything that the rows refer to; what templates add is looked up in a second round."""
    async with heygen.connect(connection.base, connection.key, connection.transport) as http:
        client = heygen.HeyGen(http)
        try:
            me = await client.me()
        except Refused as error:
            raise Lost(f"{connection.base} does not answer like HeyGen's API: {error}") from error

        lookup = AccountLookup(client=client, lenient=lenient)
        try:
            while await lookup.gather(prepared.built.needs):
                prepared.built = builder.build(lookup.account)
        except (Refused, Lost) as error:  # no row is to blame
            reason = str(error).rstrip(".")
            raise Lost(
                f"What the rows refer to can't be looked up at HeyGen now ({reason}). Nothing was sent. Run the same "
                "command again in some minutes."
            ) from error

        return me, lookup


def _recall(prepared: Prepared, journal: ResumeFile, base: str, account: str, *, sandbox: bool) -> None:
    """What this resume file and the others of the folder know of the sheet's jobs."""
    history = fold(journal.events)
    places = prepared.opened.places
    found, notes = neighbours(journal.path, (places.folder, journal.path.parent), sandbox=sandbox)
    others = {name: events for name, events in found.items() if same_account(events, base, account)}
    wanted = {job.fingerprint for line in prepared.built.lines for job in line.jobs}
    prepared.pending = inherited(history, others, wanted)
    prepared.notes += notes
    sources = sorted({str(event["from"]) for event in prepared.pending})
    if sources:
        prepared.notes.append(f"Taken over from {', '.join(sources)}: what it already has is not made again.")
    known = fold([*journal.events, *prepared.pending], now=journal.now())
    prepared.states = dict(known.states)
    prepared.claimed = set(known.ids.union(*(fold(events).ids for events in others.values())))
    used = {job.template_id for line in prepared.built.lines for job in line.jobs if job.template_id}
    for template_id in sorted(used):
        template = prepared.account.templates[template_id]
        seen = template_seen(template_id, template.name, template.variables, is_open=template.open)
        if fold([seen]).templates[template_id] != history.templates.get(template_id):
            prepared.pending.append(seen)
