"""Sheets, checked in threads of their own: none takes longer to answer than an assistant waits.

What was found stays for a while, as long as neither the sheet nor its recipe, that of its folder or its resume file
changes: for its other pages, and for `make_videos`. What is sent in the end is judged by the run, under its lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bulkgen.batch.batch import Batch
from bulkgen.batch.caps import Caps
from bulkgen.batch.places import Places
from bulkgen.batch.planned import Planned
from bulkgen.batch.recipe import folder_recipe, recipe_path
from bulkgen.batch.settings import Settings
from bulkgen.ledger.state import NEW
from bulkgen.ledger.steps import Step
from bulkgen.mcp.marks import Marks, marks
from bulkgen.mcp.records import CUT, Amount, Finding
from bulkgen.mcp.work import PATIENCE, Answers
from bulkgen.model import Issue, Table, shorten
from bulkgen.pricing.money import money

#: What was found is shown again for so long (seconds): the account may have something else to say then. So many checks
#: are kept.
_FRESH = 120.0
_KEPT = 50


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a check came to. `rows`: those that it was of; "" for all. `plan`: None where nothing can be sent."""

    sheet: Path
    rows: str
    plan: str | None
    kinds: dict[str, int]
    cost: Amount
    #: Jobs that have no price at all: no limit can be held against them.
    unpriced: int
    #: What counts already against the limit of a run, from interrupted ones; and the limit that the recipe sets.
    spent_lately: float
    recipe_cap: float | None
    done: int
    under_way: int
    balance: str
    why_not: str
    notes: Sequence[str]
    mistakes: Sequence[Finding]
    warnings: Sequence[Finding]
    places: Places

    @property
    def videos(self) -> int:
        return sum(self.kinds.values())


class Checks:
    """The checks of one server. `sandbox`: whether it only rehearses; `patience`: how long one is waited for (s)."""

    def __init__(self, *, sandbox: bool, patience: float = PATIENCE) -> None:
        self._sandbox = sandbox
        self.answers = Answers[tuple[Path, str], Check](fresh=_FRESH, kept=_KEPT, patience=patience)

    async def of(self, sheet: Path, rows: str) -> Check | None:
        """The check of these rows; None while it is at work still. Raises what `Batch.open` and `check` raise."""
        return await self.answers.of(
            (sheet, rows), partial(_check, sheet, rows, sandbox=self._sandbox), mark=_stamp(sheet)
        )

    def forget(self, sheet: Path) -> None:
        """The next check of the sheet is a new one, though none of its files has changed."""
        for question in [question for question, _, _ in self.answers.known() if question[0] == sheet]:
            self.answers.forget(question)

    def with_plan(self, sheet: Path, plan: str) -> Check | None:
        """The check that named this plan, however long ago: a person may take their time to answer. None where none
        did, or the sheet has changed since."""
        stamp = _stamp(sheet)
        found = [check for (path, _), mark, check in self.answers.known() if path == sheet and mark == stamp]
        return next((check for check in reversed(found) if check.plan == plan), None)


def _stamp(sheet: Path) -> Marks:
    """By which a change of what a check goes by is noticed."""
    resumes = (sheet.with_name(f"{sheet.name}{mark}.resume.jsonl") for mark in ("", ".sandbox"))
    recipes = (recipe_path(sheet), recipe_path(sheet, sandbox=True), folder_recipe(sheet))
    return marks(sheet, *recipes, *resumes)


def _check(sheet: Path, rows: str, *, sandbox: bool) -> Check:
    settings = Settings(sandbox=sandbox, rows=rows) if rows else Settings(sandbox=sandbox)
    return check_of(sheet, rows, Batch.open(sheet, settings).check())


def check_of(sheet: Path, rows: str, planned: Planned) -> Check:
    """What is to be told of a plan."""
    plan, costs, caps, table = planned.plan, planned.costs, planned.caps, planned.judged.opened.table
    against = planned.objection(unattended=True)
    send = {job.fingerprint for job in plan.send}
    states, kinds = planned.recalled.states, dict[str, int]()
    for job in plan.send:
        kinds[job.kind] = kinds.get(job.kind, 0) + 1
    unpriced, hints = len(planned.outlook.unpriced), [hint.text for hint in planned.hints]
    known = planned.outlook.total if unpriced < len(plan.send) or not unpriced else None
    return Check(
        sheet=sheet,
        rows=rows,
        plan=None if against else planned.digest,
        kinds=kinds,
        cost=Amount(
            low=round(known.low, 4) if known else None,
            likely=round(known.likely, 4) if known else None,
            high=round(known.high, 4) if known else None,
            currency=costs.currency,
            unknown=sum(costs.unknown.values()),
        ),
        unpriced=unpriced,
        spent_lately=caps.spent_lately,
        recipe_cap=caps.run,
        done=sum(states.get(job.fingerprint, NEW).shown.finished for job in plan.jobs if job.fingerprint not in send),
        under_way=len(plan.at(Step.FOLLOW)),
        balance=planned.balance,
        why_not=_why_not(planned, str(against or "")),
        notes=[shorten(note, 3 * CUT) for note in (*_of_limit(caps), *planned.cautions, *planned.notes, *hints)],
        mistakes=[finding(table, issue) for issue in planned.mistakes],
        warnings=[finding(table, issue) for issue in planned.warnings],
        places=planned.judged.opened.places,
    )


def _of_limit(caps: Caps) -> list[str]:
    if caps.run is None:
        return []

    return [f"The recipe of the sheet lets a run spend at most {money(caps.run, 'usd')}, whatever max_cost_usd is."]


def _why_not(planned: Planned, told: str) -> str:
    if planned.mistakes and not planned.judged.opened.settings.skip_invalid:
        return (
            "The sheet has mistakes. The person corrects these cells, or a new sheet has them right, or the rows "
            "without mistakes are checked alone (rows)."
        )

    return told


def finding(table: Table, issue: Issue) -> Finding:
    return Finding(
        cell=shorten(table.where(issue.row, issue.column), CUT),
        column=shorten(issue.header, CUT),
        value=shorten(issue.value, CUT),
        cause=shorten(issue.cause, 2 * CUT),
        fix=shorten(issue.fix, 2 * CUT),
    )
