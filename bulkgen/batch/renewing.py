"""Fresh links for a sheet's finished jobs, from its resume file alone: nothing here is ever sent that costs.

Whoever renews has taken the ledger.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from functools import partial

import anyio

from bulkgen.batch.connection import find_heygen, whose
from bulkgen.batch.judged import Judged, Unasked
from bulkgen.batch.keeping import keeper_of, lacks_files
from bulkgen.batch.outcome import Standing
from bulkgen.batch.planned import rules_of
from bulkgen.batch.progress import Listener, Progress
from bulkgen.batch.recalled import recall, take_off
from bulkgen.batch.running import Until
from bulkgen.batch.writing import Writer, Writing
from bulkgen.engine import RunState
from bulkgen.engine.health import Health
from bulkgen.engine.keeper import Fetching
from bulkgen.engine.renewal import Renewal
from bulkgen.errors import PRECEDENCE, BulkgenError, Exit, Interrupted, Unexpected, cause
from bulkgen.heygen import client as heygen
from bulkgen.kinds import LIVES
from bulkgen.ledger.history import History
from bulkgen.ledger.lock import BEAT
from bulkgen.ledger.protocol import Ledger
from bulkgen.ledger.state import Status
from bulkgen.model import Handle
from bulkgen.retry import RetryBudget


@dataclass(frozen=True, kw_only=True)
class Renewed:
    """What became of the links of the selected rows; by fingerprints.

    `wanted`: those of finished jobs that were to be renewed; `unshown`: HeyGen shows their results no more. `writing`:
    where the results are; None where nothing was to be renewed, and so nothing written. `trouble`: why not all of them
    were renewed; `details`: the links as they are now.
    """

    standing: Standing
    wanted: Collection[str] = ()
    fresh: Collection[str] = ()
    unshown: Collection[str] = ()
    writing: Writing | None = None
    #: The files that were downloaded, None where none was to be; and of how many jobs some are still to come.
    fetching: Fetching | None = None
    owing: int = 0
    trouble: BulkgenError | None = None
    cautions: tuple[str, ...] = ()
    #: What was taken over from other resume files.
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> Exit:
        codes = {self.trouble.exit_code} if self.trouble else set[Exit]()
        if self.owing:
            codes.add(Exit.NOT_FINISHED)
        if self.writing and self.writing.error:
            codes.add(Exit.UNEXPECTED)
        return next((code for code in PRECEDENCE if code in codes), Exit.OK)


def may_be_elsewhere(standing: Standing, ledger: Ledger) -> bool:
    """Whether another ledger may have what a selected row asks for, of which nothing is on record here."""
    unknown = any(not entry.state.last and not entry.row.skipped for entry in standing.selected)
    return unknown and not ledger.alone


def take_over(judged: Judged, history: History, ledger: Ledger, standing: Standing) -> tuple[str, ...]:
    """Records what other ledgers know of the judged jobs, as a run does; gives what is to be said of it.

    Raises what stood in the way of asking HeyGen who we are, where nothing on record is finished either, and
    `LedgerError`.
    """
    if isinstance(judged.asked, Unasked):
        if judged.asked.trouble and not _finished(standing):
            raise judged.asked.trouble

        return ()

    recalled = recall(judged, ledger, history)
    if not any("from" in event for event in recalled.pending):
        return ()

    anyio.run(partial(ledger.append, *recalled.pending))
    return recalled.notes


def renew_links(
    standing: Standing, ledger: Ledger, writer: Writer, until: Until, *, due: bool, on_event: Listener
) -> Renewed:
    """Renews the links of the selected rows, fetches the files that are wanted and missing, and writes the results.

    `due`: only links that have expired or will soon; `on_event` hears how far the files are.

    Raises `CredentialError` and `ApiError` where it can't be asked who we are, and `LedgerError` for another account's
    resume file.
    """
    return anyio.run(partial(_renew_links, standing, ledger, writer, until, due=due, on_event=on_event))


async def _renew_links(
    standing: Standing, ledger: Ledger, writer: Writer, until: Until, *, due: bool, on_event: Listener
) -> Renewed:
    connection, budget = find_heygen(standing.opened), RetryBudget()  # that there is a key is no matter of days
    finished = _finished(standing)
    wanted = _wanted(finished, standing, ledger.now() if due else None)
    if not wanted and not any(lacks_files(standing, job) for job in finished):
        return Renewed(standing=standing)

    settings = standing.opened.settings
    async with heygen.connect(connection.base, connection.key, connection.transport) as http:
        client = heygen.HeyGen(http, budget, heard=ledger.heard)
        me = await whose(connection, client)
        await anyio.to_thread.run_sync(ledger.belongs_to, connection.base, me.account)
        run = RunState(
            recorder=ledger,
            rules=rules_of(settings),
            states=dict(standing.states),
            details=dict(standing.details),
            now=ledger.now,
            jumped=ledger.jumped,
        )
        renewal = Renewal(client=client, run=run, health=Health(budget), most=math.inf)
        async with keeper_of(standing, ledger, connection, client, run, budget) as keeper:

            async def work() -> None:
                await renewal.renew(wanted)
                for job in finished:
                    keeper.want(job)
                keeper.close()
                await keeper.run()

            def tell() -> None:
                on_event(Progress(len(finished), {Status.DONE: len(finished)}, keeper.fetching))

            stopped_by = await _attended(work, tell, ledger, until)
    writing = await anyio.to_thread.run_sync(writer.write, run.states, run.details)
    return Renewed(
        standing=replace(standing, states=run.states, details=run.details, results=writing.path),
        wanted=[job.fingerprint for job in wanted],
        fresh=renewal.renewed,
        unshown=renewal.gone,
        writing=writing,
        fetching=keeper.fetching,
        owing=keeper.owing,
        trouble=stopped_by or renewal.reason,
        cautions=(*take_off(ledger), *run.cautions),
    )


async def _attended(
    work: Callable[[], Awaitable[None]], tell: Callable[[], None], ledger: Ledger, until: Until
) -> BulkgenError | None:
    """Does the work, with the ledger's beat beside it and somebody told how far it is; gives what stopped it."""
    stopped: list[BulkgenError] = []
    try:
        async with anyio.create_task_group() as group:

            async def stop() -> None:
                await until()
                stopped.append(Interrupted("interrupted"))
                group.cancel_scope.cancel()

            async def beat() -> None:
                while True:
                    await anyio.sleep(BEAT)
                    await anyio.to_thread.run_sync(ledger.beat)

            async def report() -> None:
                while True:
                    await anyio.sleep(1)
                    tell()

            group.start_soon(stop)
            group.start_soon(beat)
            group.start_soon(report)
            await work()
            group.cancel_scope.cancel()
    except ExceptionGroup as group_of_errors:
        error = cause(group_of_errors)
        return error if isinstance(error, BulkgenError) else Unexpected(error)

    return stopped[0] if stopped else None


def _finished(standing: Standing) -> list[Handle]:
    """The finished jobs of the selected rows that have links, each once."""
    found = {
        entry.job.fingerprint: entry.job
        for entry in standing.selected
        if entry.job and entry.state.shown.finished and not LIVES[entry.job.kind].at_once
    }
    return list(found.values())


def _wanted(finished: Collection[Handle], standing: Standing, now: float | None) -> list[Handle]:
    """Those of them whose links are to be renewed; with a time those alone whose links are due by then."""
    return [job for job in finished if now is None or _is_due(job, standing, now)]


def _is_due(job: Handle, standing: Standing, now: float) -> bool:
    detail = standing.details.get(job.fingerprint)
    return not standing.states[job.fingerprint].shown.gone and (detail is None or detail.links.due(now))
