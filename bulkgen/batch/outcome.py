"""How a batch stands, and how a run of it ended. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from bulkgen.batch.bill import Bill, currency_of
from bulkgen.batch.caps import Caps
from bulkgen.batch.opened import Opened
from bulkgen.batch.planned import Planned
from bulkgen.batch.writing import Writing
from bulkgen.engine.keeper import Fetching
from bulkgen.errors import PRECEDENCE, BulkgenError, Exit
from bulkgen.kinds import LIVES
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.spending import Charge, Spending
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.model import Issue
from bulkgen.results.entries import Entry, entries
from bulkgen.rows.built import Built
from bulkgen.rows.offers import ASKS_NOTHING


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where every row stands, from the sheet and its resume file alone."""

    opened: Opened
    built: Built
    states: Mapping[str, State]
    #: The file that has the results; None where there is none.
    results: Path | None
    #: All that the resume file says was sent.
    charges: Collection[Charge]
    #: The links that stand there, by fingerprint, as long as they work.
    details: Mapping[str, Detail] = field(default_factory=dict)

    @cached_property
    def entries(self) -> list[Entry]:
        return entries(self.built.rows, self.states, self.opened.table.name)

    @cached_property
    def selected(self) -> list[Entry]:
        return selected(self.entries)

    @cached_property
    def otherwise(self) -> int:
        """How many jobs are on record for these rows, if as they are read now none of them asks for any that is.

        So it is where they were made with other options, or before the rows were edited. 0 otherwise.
        """
        asked = {entry.job.fingerprint for entry in self.entries if entry.job and not entry.left}
        if not asked.isdisjoint(self.states):
            return 0

        asking = (entry.row for entry in self.selected if not entry.left and not entry.row.skipped)
        rows = {row.row_id or row.source.number for row in asking}
        made = (state for key, state in self.states.items() if key not in asked and not state.listened)
        return sum((state.shown.finished or state.under_way) and (state.row_id or state.row) in rows for state in made)

    @cached_property
    def unsaid(self) -> Issue | None:
        """Why nothing can be made of any row: none says what to make. None where one does."""
        rows = [entry.row for entry in self.selected if not entry.left and not entry.row.skipped]
        found = [issue for row in rows for issue in row.issues if issue.code in ASKS_NOTHING]
        return found[0] if found and all(not row.kind for row in rows) and len(found) == len(rows) else None

    @cached_property
    def bill(self) -> Bill:
        """What all runs so far have sent or finished."""
        return Bill.of(self.charges, currency_of(self.charges))

    @property
    def exit_code(self) -> Exit:
        return exit_code_of(self.selected)


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A run, at its end.

    `writing`: where its results are; `sent`: jobs of which something is recorded that was not before; `repeats`: how
    often a recording was asked for again after a lost answer, each of which may be charged; `cautions`: what the person
    should know of the ledger by now; `details`: the links of finished jobs, by fingerprint.
    """

    planned: Planned
    entries: Sequence[Entry]
    writing: Writing
    stopped_by: BulkgenError | None
    sent: int
    repeats: int
    cautions: tuple[str, ...]
    #: What the resume file says was spent, this run's part included; and what of it the run has sent or finished.
    spending: Spending
    charged: Sequence[Charge]
    #: By how much the account's balance went down meanwhile; None where that would say nothing of this run.
    balance_fell: float | None
    details: Mapping[str, Detail] = field(default_factory=dict)
    #: The files of videos that it downloaded, None where none was to be; and of how many jobs some are still to come.
    fetching: Fetching | None = None
    owing: int = 0
    #: Finished jobs whose links were renewed, by fingerprint.
    renewed: Collection[str] = ()

    @cached_property
    def selected(self) -> list[Entry]:
        return selected(self.entries)

    @property
    def made(self) -> list[Entry]:
        """The lines that are done by this run; of a test, also those that were done before."""
        before, tests = self.planned.recalled.states, self.planned.judged.tests
        done = [entry for entry in self.selected if entry.status is Status.DONE and not entry.left and entry.job]
        return [e for e in done if tests or (e.job and e.state != before.get(e.job.fingerprint, NEW).of_part(e.part))]

    @property
    def nothing_new(self) -> bool:
        """There was nothing to send and nothing in progress."""
        return not self.planned.plan.send and all(entry.status is not Status.RENDERING for entry in self.selected)

    @cached_property
    def bill(self) -> Bill:
        """What the run has sent or finished, beside what its plan said."""
        planned = {key: estimate.cost.amount for key, estimate in self.planned.costs.by_job.items() if estimate.cost}
        return Bill.of(self.charged, self.spending.currency, planned)

    @property
    def caps(self) -> Caps:
        """The caps, with what counts against them by now."""
        spending = self.spending
        return replace(self.planned.caps, spent_lately=spending.lately.counted, spent_ever=spending.ever.counted)

    @cached_property
    def exit_code(self) -> Exit:
        too_costly = bool(self.planned.plan.too_costly)
        code = exit_code_of(self.selected, self.stopped_by, too_costly=too_costly, owing=self.owing)
        return Exit.UNEXPECTED if self.writing.error and code is Exit.OK else code


def selected(entries: Collection[Entry]) -> list[Entry]:
    """The lines of the rows that the command is about."""
    return [entry for entry in entries if entry.row.selected]


def links_work_until(entries: Iterable[Entry], details: Mapping[str, Detail]) -> float | None:
    """When the first link to a result of these lines expires (Unix seconds); None without any that can be renewed.

    0.0 where that of one is not known: it has expired, or nobody has asked for it yet.
    """
    ends = [
        detail.links.expire_at or 0.0 if (detail := entry.detail(details)) else 0.0
        for entry in entries
        if entry.job and entry.status is Status.DONE and not entry.state.gone and not LIVES[entry.job.kind].at_once
    ]
    return min(ends, default=None)


def exit_code_of(
    entries: Collection[Entry], stopped_by: BulkgenError | None = None, *, too_costly: bool = False, owing: int = 0
) -> Exit:
    """By what stopped the run and by the state of these lines; of several the gravest.

    What has ended without its row is nobody's task any more. `too_costly`: rows were left out for what they may cost;
    `owing`: of how many jobs files are still to come.
    """
    codes = {Exit.MAX_COST} if too_costly else set[Exit]()
    statuses = {entry.status for entry in entries if not entry.settled}
    if stopped_by is not None and stopped_by.exit_code is not Exit.NOT_FINISHED:
        codes.add(stopped_by.exit_code)
    if owing or statuses & {Status.RENDERING, Status.QUEUED, Status.REVIEW}:
        codes.add(Exit.NOT_FINISHED)
    if statuses & {Status.FAILED, Status.INVALID, Status.UNKNOWN}:
        codes.add(Exit.SOME_FAILED)
    return next((code for code in PRECEDENCE if code in codes), Exit.OK)
