"""A plan, carried out: the engine at work, with the ledger's beat, the results as they come, and a time limit.

Whoever runs it has taken the ledger. Everything that happens is told to a listener; nothing is printed.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

import anyio

from bulkgen.batch.keeping import sweep_downloads
from bulkgen.batch.naming import SheetNames
from bulkgen.batch.on_disk import without_lost_files
from bulkgen.batch.outcome import Ran
from bulkgen.batch.planned import Planned, rules_of
from bulkgen.batch.progress import Audience, Ended, Listener, Stopping, Suspected, Tally, Written
from bulkgen.batch.recalled import take_off
from bulkgen.batch.remarked import Remarked
from bulkgen.batch.target import Looker
from bulkgen.batch.wallet import balance_fell
from bulkgen.batch.writing import Writer
from bulkgen.disk.whole import sweep
from bulkgen.engine import Engine, ListFeed, RunState, Settings, SpendingCap
from bulkgen.errors import (
    BulkgenError,
    CapReached,
    Interrupted,
    LedgerError,
    LockedError,
    OutOfCredit,
    TimeIsUp,
    Unexpected,
    cause,
)
from bulkgen.files import download
from bulkgen.files.uploads import Uploads
from bulkgen.heygen import client as heygen
from bulkgen.heygen.assets import Assets
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.clock import steady
from bulkgen.ledger.events import Event, begun, ended, used
from bulkgen.ledger.lock import BEAT
from bulkgen.ledger.protocol import Ledger
from bulkgen.ledger.state import NEW, State
from bulkgen.ledger.wishes import told
from bulkgen.model import Handle, Job
from bulkgen.results.entries import entries
from bulkgen.retry import RetryBudget

#: The results are written as the run goes: this often (seconds), and no more than a twentieth of the time.
WRITE_EVERY = 30.0
WRITE_SHARE = 20

#: Returns to ask for a stop.
Until = Callable[[], Awaitable[None]]


def carry_out(planned: Planned, on_event: Listener, until: Until) -> Ran:
    """Makes what is planned; returns when all is done, or when something stopped it."""
    _sweep(planned)
    return anyio.run(_carry_out, planned, on_event, until)


async def _carry_out(planned: Planned, on_event: Listener, until: Until) -> Ran:
    plan, before = planned.plan, planned.recalled.states
    audience, writer = Audience(on_event), _writer_for(planned)
    details = await anyio.to_thread.run_sync(writer.links, before)
    async with engine_for(planned, details) as engine:
        keeper, remarked = engine.keeper, Remarked(planned, engine)
        tally = Tally(plan.moving, before, lambda: keeper.fetching, lambda: engine.uploaded, remarked.stuck)
        audience.on_error = partial(engine.stop, Interrupted("interrupted"))
        charged_before = dict(engine.run_state.cap.spending.charges)
        stopped_by = await move(planned, engine, Watch(engine, tally, audience, writer, remarked.states), until)
    audience.tell(tally.progress())
    audience.tell(Ended())
    states, shown = engine.run_state.states, remarked.states()
    writing = await anyio.to_thread.run_sync(writer.write, shown, engine.run_state.details)
    await _record_told(planned, states)
    unsent = [job for job in plan.send if states.get(job.fingerprint) == before.get(job.fingerprint)]
    charges = engine.run_state.cap.spending.charges
    charged = [charge for key, charge in charges.items() if charge != charged_before.get(key)]
    calm = stopped_by is None or isinstance(stopped_by, CapReached | OutOfCredit)
    ran = Ran(
        planned=planned,
        entries=entries(planned.built.rows, shown, planned.judged.opened.table.name),
        writing=writing,
        stopped_by=stopped_by,
        sent=len(plan.send) - len(unsent),
        spending=engine.run_state.cap.spending,
        charged=charged,
        balance_fell=await balance_fell(planned, states, charged) if calm else None,
        repeats=sum(state.repeats for state in states.values()) - sum(state.repeats for state in before.values()),
        cautions=(*take_off(planned.recalled.ledger), *engine.run_state.cautions),
        details=engine.run_state.details,
        fetching=keeper.fetching,
        owing=keeper.owing,
        renewed=engine.renewal.renewed,
    )
    await _record_end(planned, engine, stopped_by, unsent)  # last: until then a kill leaves it one run
    audience.dismiss()
    return ran


async def move(planned: Planned, engine: Engine, watch: Watch, until: Until) -> BulkgenError | None:
    """Has the engine do its work, with what goes on beside it; gives what stopped it. Whatever that is, a run ends
    with its results."""
    recalled, plan, timeout = planned.recalled, planned.plan, planned.judged.opened.settings.timeout
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(watch.stop_when, until)
            group.start_soon(watch.beat, recalled.ledger)
            if watch.writer is not None:
                group.start_soon(watch.write_now_and_then, watch.writer)
            if timeout is not None:
                group.start_soon(watch.stop_after, timeout)
            if recalled.pending or plan.send:
                # The resume file is there before the first claim: so one that is gone is known to be lost.
                await recalled.ledger.append(*recalled.pending, *_begun(planned))
            send = {job.fingerprint for job in plan.send}
            await engine.run(ListFeed(plan.jobs, engine.run_state, left=plan.unsent, send=send))
            group.cancel_scope.cancel()
    except ExceptionGroup as group_of_errors:
        error = cause(group_of_errors)
        return error if isinstance(error, BulkgenError) else Unexpected(error)

    return engine.stopped_by


def _begun(planned: Planned) -> list[Event]:
    """That this is the run of a plan that was checked before: given once more, it is known."""
    meant = planned.judged.opened.settings.plan
    return [begun(meant, len(planned.plan.send))] if meant and planned.plan.send else []


async def _record_told(planned: Planned, states: Mapping[str, State]) -> None:
    """What was made again is in the results now: from here on the same `--redo` is a new one. So is what was only made
    to be listened to until now."""
    made = {job.fingerprint: states[job.fingerprint] for job in planned.plan.jobs if job.fingerprint in states}
    events = told(made, max_attempts=planned.judged.opened.settings.max_attempts)
    shown = {job.fingerprint: job for row in planned.built.rows for job in row.jobs}
    events += [used(job, states[key].attempt) for key, job in shown.items() if states.get(key, NEW).listened]
    if events:
        # If it can't be recorded: that is told already if it stopped the run; else the same command says it again.
        with contextlib.suppress(LedgerError):
            await planned.recalled.ledger.append(*events)


@asynccontextmanager
async def engine_for(planned: Planned, details: Mapping[str, Detail]) -> AsyncIterator[Engine]:
    """The engine of a run, with its two connections: one carries the key, the other fetches files.

    `details`: of finished jobs, their links that still work.
    """
    opened, recalled, connection = planned.judged.opened, planned.recalled, planned.connection
    settings, ledger = opened.settings, recalled.ledger
    states = without_lost_files(recalled.states, opened.places.folder)
    budget = RetryBudget()
    async with (
        heygen.connect(connection.base, connection.key, connection.transport) as http,
        download.connect(connection.transport, own_host=connection.base) as links,
    ):
        run_state = RunState(
            recorder=ledger,
            rules=rules_of(settings),
            states=states,
            claimed=set(recalled.claimed),
            details=dict(details),
            now=ledger.now,
            jumped=ledger.jumped,
            cap=_cap_of(planned),
            assets=dict(recalled.files.assets),
            uploads_begun=dict(recalled.files.begun),
            suspects=planned.new_suspects(),
        )
        client = heygen.HeyGen(http, budget, heard=ledger.heard)
        yield Engine(
            client=client,
            uploader=Uploads(Assets(client), links, budget, own_host=connection.base),
            downloader=download.Downloads(links, opened.places.downloads, budget),
            run_state=run_state,
            settings=Settings(settings.concurrency, settings.poll_every, not settings.no_wait, files=settings.files),
            budget=budget,
            names=SheetNames(opened=opened, built=planned.built, unsent=planned.plan.unsent, states=recalled.states),
        )


def _cap_of(planned: Planned) -> SpendingCap:
    """What the run may spend, beside what was spent before."""
    recalled, caps = planned.recalled, planned.caps
    spending = planned.estimator.spending([*recalled.ledger.events, *recalled.pending])
    return SpendingCap(spending, planned.estimator, run=caps.run, ever=caps.ever)


async def _record_end(planned: Planned, engine: Engine, stopped_by: BulkgenError | None, unsent: Sequence[Job]) -> None:
    """That the run came to its end, for what may be spent by the next; until then they are one run, in several parts.

    An end is that all was sent, or waits, or that its cap was reached; not that somebody, or something, stopped it.
    """
    run = engine.run_state

    def waits(job: Job) -> bool:
        """For what it is made with: that came to nothing, and is suspected or was to come from another row."""
        awaited = (run.states.get(reference.fingerprint, NEW) for reference in job.awaits)
        not_made = bool(job.awaits) and not any(state.under_way for state in awaited)
        return not_made or bool(run.suspects.of(job.fingerprint))

    all_sent = stopped_by is None and all(map(waits, unsent))
    over = isinstance(stopped_by, CapReached) or all_sent
    if over and any(run.cap.spending.latest):
        with contextlib.suppress(LedgerError):  # the next run counts what this one spent: it spends less, not more
            await planned.recalled.ledger.append(ended(planned.estimator.sheet))


def _writer_for(planned: Planned) -> Writer:
    """Who writes the results of a run, in threads: what is to be recorded goes through the run's own loop."""
    opened, recalled = planned.judged.opened, planned.recalled
    return Writer(
        opened,
        planned.built,
        Looker(opened, recalled.ledger, recalled.pending),
        before=recalled.states,
        record=partial(anyio.from_thread.run, recalled.ledger.append),
    )


class Watch:
    """What goes on beside the engine. Without a `writer` no results are written."""

    def __init__(
        self,
        engine: Engine,
        tally: Tally,
        audience: Audience,
        writer: Writer | None = None,
        states: Callable[[], Mapping[str, State]] = dict,
    ) -> None:
        """`states`: those that are written."""
        self.writer = writer
        self._engine = engine
        self._tally = tally
        self._audience = audience
        self._states = states
        engine.run_state.on_change = self._changed
        engine.run_state.on_suspect = lambda suspect: audience.tell(Suspected(suspect))

    def _changed(self, job: Handle) -> None:
        moved = self._tally.moved(job.fingerprint, self._engine.run_state.of(job).status)
        if moved:
            self._audience.tell(moved)

    async def stop_when(self, until: Until) -> None:
        try:
            await until()
        except Exception as error:  # noqa: BLE001 - the caller's own, raised at the end
            self._audience.keep(error)
        engine = self._engine
        engine.stop(Interrupted("interrupted"))
        self._audience.tell(Stopping(engine.gate.posting, len(engine.pending)))

    async def stop_after(self, seconds: float) -> None:
        await anyio.sleep(seconds)
        self._engine.stop(TimeIsUp("the time that --timeout gives has passed"))

    async def beat(self, ledger: Ledger) -> None:
        """Keeps the right to write, and tells whoever listens how far it is."""
        last = steady() - BEAT  # the question may have been open for long
        while True:
            self._audience.tell(self._tally.progress())
            await anyio.sleep(1)
            await self._engine.run_state.heed_clocks()
            if steady() - last >= BEAT:  # at once after a sleep
                last = steady()
                try:
                    await anyio.to_thread.run_sync(ledger.beat)
                except LockedError as error:
                    self._engine.stop(error)

    @property
    def _files_to_come(self) -> bool:
        files = self._engine.keeper.fetching
        return files is not None and files.done < files.total and self._engine.stopped_by is None

    async def write_now_and_then(self, writer: Writer) -> None:
        """In its rhythm, and once as soon as all jobs have ended while files are still on their way."""
        run, pause = self._engine.run_state, WRITE_EVERY
        all_ended = self._engine.keeper.closed
        while True:
            if all_ended.is_set():
                await anyio.sleep(pause)
            else:
                with anyio.move_on_after(pause):
                    await all_ended.wait()
                if all_ended.is_set() and not self._files_to_come:
                    continue  # the run ends now, with its results

            started = time.monotonic()
            states, details = self._states(), dict(run.details)
            with anyio.CancelScope(shield=True):  # a file is written whole
                writing = await anyio.to_thread.run_sync(writer.write, states, details)
            if writing.path:
                self._audience.tell(Written(writing.path))
            pause = max(WRITE_EVERY, WRITE_SHARE * (time.monotonic() - started))


def _sweep(planned: Planned) -> None:
    """Removes what killed runs left half written; a `check`, which needs no lock, may be writing its copy now."""
    places = planned.judged.opened.places
    sweep_downloads(places)
    for path in filter(None, (places.results, places.page, places.records, places.mailmerge)):
        sweep(path.parent, path.name)
    sweep(places.marked.parent, places.marked.name, age=3600.0)
