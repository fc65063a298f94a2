"""`bulkgen run` and `bulkgen check`: the plan, the question, the engine, the results."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from bulkgen.batch.places import spare_other_files
from bulkgen.batch.plan import REPLACE_LIMIT
from bulkgen.cli import report
from bulkgen.cli.console import Console
from bulkgen.cli.marking import mark_mistakes
from bulkgen.cli.options import Options
from bulkgen.cli.outcome import exit_code_of, run_data
from bulkgen.cli.prepare import Prepared, made_elsewhere, open_sheet, policy_of, prepare
from bulkgen.cli.progress import Progress
from bulkgen.cli.signals import Stops
from bulkgen.disk.whole import sweep
from bulkgen.engine import Engine, Settings
from bulkgen.errors import BulkgenError, Exit, InputError, Interrupted, LedgerError, LockedError, TimeIsUp
from bulkgen.files import download
from bulkgen.heygen import client as heygen
from bulkgen.kinds.kind import Detail
from bulkgen.ledger.commits import GroupCommit
from bulkgen.ledger.lock import BEAT, SheetLock
from bulkgen.ledger.state import State, Status
from bulkgen.model import Table, listed, plural
from bulkgen.results.previous import links_by_id
from bulkgen.results.table import Entry, entries, results_table
from bulkgen.results.workbook import XLSX_TEXT
from bulkgen.results.writers import cut_cells, write_results
from bulkgen.retry import RetryBudget
from bulkgen.sheet import read_sheet

#: The results are written as the run goes: this often (seconds), and no more than a twentieth of the time.
WRITE_EVERY = 30.0
WRITE_SHARE = 20


def check(options: Options, console: Console) -> Exit:
    """Everything that `run` does before the first paid call."""
    prepared = prepare(options, open_sheet(options))
    marked = mark_mistakes(prepared)
    code = _judge(options, prepared, console)
    if marked:
        console.warn(marked)
    if code is None and options.offline:
        console.tell("Right as far as the sheet alone shows; nothing was checked against the account (--offline).")
    elif code is None:
        console.tell("Everything that can be checked from here is right. Nothing was sent.")
    exit_code = Exit.OK if code is None else code
    if console.as_json:
        console.summary("", run_data("check", options, prepared, exit_code))
    return exit_code


def run(options: Options, console: Console) -> Exit:
    """The whole way: a sheet becomes results."""
    opened = open_sheet(options)
    spare_other_files(options.out, opened.table)
    with SheetLock(opened.places.lock) as lock:
        if lock.warning:
            console.warn(lock.warning)
        prepared = prepare(options, opened)
        code = _judge(options, prepared, console)
        if code is None and not _agreed(options, prepared, console):
            code = Exit.MISTAKES
        if code is not None:
            if console.as_json:
                console.summary("", run_data("run", options, prepared, code))
            return code

        return Run(options, console, prepared, lock).go()


def _judge(options: Options, prepared: Prepared, console: Console) -> Exit | None:
    """Shows plan and mistakes; the exit code if the command ends here.

    Raises what stood in the way of the plan, unless mistakes in the sheet come first.
    """
    built, table = prepared.built, prepared.opened.table
    mistakes = built.mistakes
    if options.sandbox:
        console.tell("SANDBOX: a rehearsal with a pretend HeyGen. Nothing is really made, nothing is charged.")
    for note in prepared.notes:
        console.tell(note)
    if prepared.plan:
        console.tell(report.plan_told(table, built, prepared.plan, prepared.states, prepared.balance))
    if built.warnings:
        console.tell(report.issues_told(table, built.warnings))
    blocking = [p for p in built.issues if not p.warning] if options.skip_invalid else mistakes
    if mistakes:
        console.warn(f"{plural(len(mistakes), 'mistake')}:\n{report.issues_told(table, mistakes)}")
    if blocking:
        console.warn("Nothing was sent. Correct the cells, or add --skip-invalid to go on with the good rows.")
        return Exit.MISTAKES

    if prepared.trouble:
        raise prepared.trouble

    return None


def _agreed(options: Options, prepared: Prepared, console: Console) -> bool:
    """Asks before something paid is sent, where that is due. Raises `InputError` where nobody can be asked."""
    plan = prepared.plan
    assert plan is not None
    unrecorded = made_elsewhere(prepared)
    if unrecorded:
        raise InputError(
            f"{plural(len(unrecorded), 'row')} (row {listed([str(row) for row in unrecorded])}) were made already, as "
            "their result_id says, but the record of it is not here, so they would be paid for again. Put the "
            "resume file (….resume.jsonl) of that run beside the sheet; or, to make them again, delete the "
            "result_… columns. Nothing was sent."
        )

    replaced = len(plan.replaced)
    if options.yes and replaced > REPLACE_LIMIT and not options.replace:
        raise InputError(
            f"{replaced} finished results would be made, and paid, again, because their rows were edited (or a header, "
            "a default or a template was). If that is meant, add --replace. Nothing was sent."
        )

    if not plan.send or options.yes or options.sandbox:
        return True

    if not console.interactive:
        raise InputError("Nobody can be asked here: add --yes to send without the question. Nothing was sent.")

    balance = f" Balance: {prepared.balance}." if prepared.balance else ""
    again = f" {replaced} of them replace a finished result." if replaced else ""
    if console.ask(f"This makes {report.kinds_told(plan.send)} at HeyGen, which costs money.{balance}{again}"):
        return True

    console.warn("Nothing was sent.")
    return False


@dataclass
class Run:
    """A run that was agreed to, under its lock."""

    options: Options
    console: Console
    prepared: Prepared
    lock: SheetLock
    written: Path | None = None
    write_error: str = ""
    #: The cells of the results whose text is cut.
    cut: list[str] = field(default_factory=list)
    fatal: BulkgenError | None = None
    stops: Stops = field(default_factory=Stops)
    engine: Engine = field(init=False)
    before: int = 0
    known: dict[str, State] = field(default_factory=dict)

    def go(self) -> Exit:
        self.known = dict(self.prepared.states)
        self._tidy()
        anyio.run(self._conduct)
        self.stops.close()
        self._write()
        return self._tell()

    def _tidy(self) -> None:
        """Removes what killed runs left half written; a `check`, which needs no lock, may be writing its copy now."""
        places = self.prepared.opened.places
        sweep(places.downloads)
        sweep(places.results.parent, places.results.name)
        sweep(places.marked.parent, places.marked.name, age=3600.0)

    async def _conduct(self) -> None:
        prepared, options = self.prepared, self.options
        plan, connection, journal = prepared.plan, prepared.connection, prepared.journal
        assert plan
        assert connection
        assert journal
        budget = RetryBudget()
        async with (
            heygen.connect(connection.base, connection.key, connection.transport) as http,
            download.connect(connection.transport) as links,
        ):
            self.engine = engine = Engine(
                heygen.HeyGen(http, budget),
                GroupCommit(journal),
                download.Downloads(links, prepared.opened.places.downloads, budget),
                prepared.states,
                Settings(options.concurrency, options.poll_every, options.wait, policy_of(options), options.redo),
                budget,
                prepared.claimed,
                self._links_from_before(),
                journal.now,
            )
            self.before = sum(state.repeats for state in prepared.states.values())
            moving = [job for job in plan.jobs if job.fingerprint not in {held.fingerprint for held in plan.held_back}]
            with Progress(self.console, moving, prepared.states) as progress:
                engine.on_change = progress.changed
                try:
                    if prepared.pending:
                        journal.append(*prepared.pending)
                    async with anyio.create_task_group() as group:
                        group.start_soon(self._signals)
                        group.start_soon(self._beat, progress)
                        group.start_soon(self._write_now_and_then)
                        if options.timeout is not None:
                            group.start_soon(self._time_out, options.timeout)
                        await self._engine_run()
                        group.cancel_scope.cancel()
                except LedgerError as error:
                    self.fatal = error
                finally:
                    journal.close()

    async def _engine_run(self) -> None:
        plan = self.prepared.plan
        assert plan is not None
        try:
            await self.engine.run(plan.jobs, send={job.fingerprint for job in plan.send})
        except LedgerError as error:
            self.fatal = error

    async def _signals(self) -> None:
        await self.stops.wait()
        self.engine.stop(Interrupted("interrupted"))
        flying = len(self.engine.flights)
        posting = self.engine.gate.posting + self.engine.gate.speaking
        wait = f" Waiting for {plural(posting, 'answer')} that may be paid for already." if posting else ""
        self.console.warn(f"\nStopping: nothing more is sent.{wait} Ctrl-C once more ends it at once.")
        if flying:
            self.console.warn(
                f"{plural(flying, 'job')} already at HeyGen will finish and be charged; "
                "run the same command to collect them."
            )

    async def _beat(self, progress: Progress) -> None:
        """Keeps the lock's note and the progress fresh."""
        last = time.monotonic() - BEAT  # the question may have been open for long
        while True:
            await anyio.sleep(1)
            progress.tick()
            if time.monotonic() - last >= BEAT:
                last = time.monotonic()
                try:
                    await anyio.to_thread.run_sync(self.lock.beat)
                except LockedError as error:
                    self.engine.stop(error)

    async def _time_out(self, seconds: float) -> None:
        await anyio.sleep(seconds)
        self.engine.stop(TimeIsUp("the time that --timeout gives has passed"))

    async def _write_now_and_then(self) -> None:
        pause = WRITE_EVERY
        while True:
            await anyio.sleep(pause)
            started = time.monotonic()
            states, details = dict(self.engine.states), dict(self.engine.details)
            with anyio.CancelScope(shield=True):  # a file is written whole
                await anyio.to_thread.run_sync(self._write_as, states, details)
            pause = max(WRITE_EVERY, WRITE_SHARE * (time.monotonic() - started))

    def _write(self) -> None:
        self._write_as(self.engine.states, self.engine.details)

    def _write_as(self, states: dict[str, State], details: dict[str, Detail]) -> None:
        opened = self.prepared.opened
        results = results_table(opened.table, entries(self.prepared.built.rows, states), details)
        try:
            self.written = write_results(results, opened.places.results, delimiter=opened.table.delimiter or ",")
        except OSError as error:
            self.write_error = (
                f"The results can't be written to {opened.places.results}: {error.strerror or error}. Nothing is lost: "
                f"everything stands in {opened.places.resume.name}. Correct that, then run the same command again."
            )
        else:
            self.write_error, self.cut = "", cut_cells(results, self.written)

    def _links_from_before(self) -> dict[str, Detail]:
        """Links that the last results sheet still has; asking HeyGen for each again would be a call per job."""
        states, places = self.prepared.states, self.prepared.opened.places
        wanted = {state.id: key for key, state in states.items() if state.finished and not state.link}
        if not wanted:
            return {}

        try:
            table: Table = read_sheet(places.results)
        except InputError:
            return {}

        found = links_by_id(table, time.time())
        return {key: found[job_id] for job_id, key in wanted.items() if job_id in found}

    def _tell(self) -> Exit:
        prepared, engine, places = self.prepared, self.engine, self.prepared.opened.places
        plan = prepared.plan
        assert plan is not None
        found: Sequence[Entry] = entries(prepared.built.rows, engine.states)
        selected = [entry for entry in found if entry.row.selected]
        code = exit_code_of(selected, self.fatal or engine.stopped_by)
        if self.fatal:
            self.console.warn(str(self.fatal))
        elif engine.stopped_by and code is not Exit.INTERRUPTED:
            self.console.warn(f"Stopped: {str(engine.stopped_by).rstrip('.')}.")
        if self.write_error:
            self.console.warn(self.write_error)
            code = code or Exit.UNEXPECTED
        sent = sum(engine.states.get(job.fingerprint) != self.known.get(job.fingerprint) for job in plan.send)
        text = report.summary_told(
            selected,
            results=str(self.written) if self.written else "",
            exit_code=code,
            again=self.options.again,
            sandbox=self.options.sandbox,
            repeats=sum(state.repeats for state in engine.states.values()) - self.before,
            new=len(plan.send) + sum(entry.status is Status.RENDERING for entry in selected),
            max_attempts=self.options.max_attempts,
        )
        data = run_data("run", self.options, prepared, code, found, results=self.written, new=sent)
        self.console.summary(text, data)
        if self.written and self.written != places.results:
            self.console.warn(f"{places.results.name} is open in another program; see {self.written.name} instead.")
        if self.cut and self.written:
            self.console.warn(
                f"{listed(self.cut)} of {self.written.name}: cut, since a cell of a workbook holds no more than "
                f"{XLSX_TEXT:,} characters. Your sheet has the whole text; so have results in a CSV: --out NAME.csv."
            )
        return code
