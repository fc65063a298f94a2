"""What a run is going to do, and what speaks against it: the last stage before anything is paid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path

import anyio

from bulkgen.batch.caps import Caps, too_costly
from bulkgen.batch.connection import Connection
from bulkgen.batch.costs import Costs
from bulkgen.batch.edits import with_edits
from bulkgen.batch.estimator import Estimator, estimator_for
from bulkgen.batch.hints import Hint, hints_of
from bulkgen.batch.judged import Asked, Judged
from bulkgen.batch.left_open import LeftOpen, left_open
from bulkgen.batch.objections import another_plan, costly, uncapped, unpriced
from bulkgen.batch.outlook import Outlook
from bulkgen.batch.plan import REPLACE_LIMIT, Plan, is_made, make_plan
from bulkgen.batch.plan_digest import plan_digest
from bulkgen.batch.recalled import Recalled, recognise, take_off
from bulkgen.batch.recipe import recipe_path
from bulkgen.batch.remarks import suspects_of
from bulkgen.batch.result_lines import ids_in_results
from bulkgen.batch.settings import Settings
from bulkgen.errors import BulkgenError, InputError
from bulkgen.files.probe import probe_links
from bulkgen.kinds import LIVES
from bulkgen.kinds.columns import Lookup, is_link
from bulkgen.kinds.life import AfterLoss, Life
from bulkgen.ledger.state import NEW
from bulkgen.ledger.steps import Policy, Rules, Step
from bulkgen.ledger.suspects import Suspects
from bulkgen.model import Issue, Job, LocalFile, Reference
from bulkgen.rows.addresses import addressed
from bulkgen.rows.advice.lint import lint
from bulkgen.rows.advice.sharing import closed_pages
from bulkgen.rows.advice.sources import unheard_languages
from bulkgen.rows.advice.unwritable import impossible_addresses
from bulkgen.rows.awaited import unmet
from bulkgen.rows.built import Built, with_issues
from bulkgen.rows.links import link_issues, media_links
from bulkgen.rows.named_files import gone


@dataclass(frozen=True, kw_only=True)
class Planned:
    """`built`: the rows with all that was found in them; `cautions`: what the person should know of the ledger."""

    judged: Judged
    recalled: Recalled
    built: Built
    plan: Plan
    cautions: tuple[str, ...]
    #: Of the jobs that are to be sent.
    costs: Costs
    estimator: Estimator
    caps: Caps
    #: What it all comes to.
    outlook: Outlook

    @property
    def notes(self) -> tuple[str, ...]:
        unused = () if self.plan.send else self.recalled.doubts.unreadable  # else it is what stops the run
        old = self.judged.opened.prices.age_note(date.today()) if self.plan.send else ""
        uncounted = self.caps.note if self.plan.send else ""
        unread = (f"Not looked into: {reason}" for reason in unused)
        return (*self.judged.notes, *self.recalled.notes, *unread, *(note for note in (old, uncounted) if note))

    @property
    def connection(self) -> Connection:
        """How to reach HeyGen. Raises the `trouble`, and `InputError` for a plan that was made offline."""
        asked = self.judged.asked
        if isinstance(asked, Asked):
            return asked.connection

        raise asked.trouble or InputError("A plan that was made offline can't be carried out.")

    @cached_property
    def repeats(self) -> Sequence[Job]:
        """Jobs sent before with no answer that are sent again, and may be charged again: no key tells HeyGen that they
        are the same."""
        keyless = [job for job in self.plan.send if _charged_again(LIVES[job.kind])]
        states = self.recalled.states
        return [
            job
            for job in keyless
            if self.plan.steps[job.fingerprint] is Step.SEND_AGAIN or states.get(job.fingerprint, NEW).doubted
        ]

    @cached_property
    def digest(self) -> str | None:
        """By which a run can be told to do just this (`--plan`); None where nothing can be sent as things are."""
        asked = self.judged.asked
        if self.blocked or not isinstance(asked, Asked):
            return None

        account = f"{asked.me.account} {asked.connection.base}"
        return plan_digest(self.judged.opened, account, self.plan, self.recalled.states)

    @cached_property
    def suspects(self) -> Suspects:
        """What is under suspicion before the run."""
        return self.new_suspects()

    def new_suspects(self) -> Suspects:
        """The same, for a run that takes in what it learns; nothing where the person wants all to be sent."""
        if self.judged.opened.settings.keep_going:
            return Suspects()

        return suspects_of(self.built.rows, [*self.recalled.ledger.events, *self.recalled.pending])

    @cached_property
    def held(self) -> Sequence[Job]:
        """The jobs to be sent that wait until one of those with the same suspect has come through."""
        states, suspects = self.recalled.states, self.suspects
        fresh = (job for job in self.plan.send if not states.get(job.fingerprint, NEW).under_way)
        return [job for job in fresh if suspects.of(job.fingerprint)]

    @cached_property
    def uploads(self) -> Sequence[LocalFile]:
        """The person's files that go to HeyGen before the jobs are sent, each content once."""
        answers = self.plan.answers
        groups = (
            job.answer.files if job.answer and job.fingerprint in answers else job.files for job in self.plan.send
        )
        files = {file.digest: file for group in groups for file in group}
        return [file for digest, file in files.items() if digest not in self.recalled.files.assets]

    @property
    def balance(self) -> str:
        """The account's balance in words; "" where it is not known."""
        asked = self.judged.asked
        return asked.me.balance if isinstance(asked, Asked) else ""

    @cached_property
    def mistakes(self) -> Sequence[Issue]:
        return self.built.mistakes

    @cached_property
    def warnings(self) -> Sequence[Issue]:
        return self.built.warnings

    @property
    def trouble(self) -> BulkgenError | None:
        """Why HeyGen could not be asked: the plan is not to be relied on then."""
        asked = self.judged.asked
        return None if isinstance(asked, Asked) else asked.trouble

    @property
    def blocked(self) -> BulkgenError | None:
        """Why nothing can be sent as things are: mistakes in the sheet first, then what stood in the way of asking,
        then what may have been paid for before."""
        skip = self.judged.opened.settings.skip_invalid
        if any(not issue.warning for issue in self.built.issues) if skip else self.mistakes:
            return InputError("Nothing was sent. Correct the cells, or add --skip-invalid to go on with the good rows.")

        return self.trouble or self.recalled.doubts.objection(self.plan.send) or self._unpriced

    @cached_property
    def hints(self) -> tuple[Hint, ...]:
        """Cheaper ways to the same, for the person to decide."""
        opened = self.judged.opened
        return hints_of(self.plan, self.costs, opened.prices, self.judged.account.types, opened.settings)

    @cached_property
    def left_open(self) -> LeftOpen | None:
        """What HeyGen recommends for fields that the jobs leave open; None where there is nothing to say."""
        source = self.judged.opened.source
        recipe = "" if source == "-" or is_link(source) else recipe_path(Path(source)).name
        return left_open(self.plan, recipe)

    def objection(self, *, unattended: bool) -> BulkgenError | None:
        """Why this plan is not to be carried out. `unattended`: nobody looks at it first."""
        if blocked := self.blocked:
            return blocked

        if (meant := self.judged.opened.settings.plan) and meant != self.digest:
            return another_plan(meant, self.recalled.ledger.events)

        if self.judged.opened.settings.only_capped and self.plan.send and not self.caps.set:
            return uncapped()

        in_all = len(self.plan.replaced) + self.plan.replaced_later
        if unattended and self.plan.replaced and in_all > REPLACE_LIMIT and not self.judged.opened.settings.replace:
            return costly(self.plan)

        return None

    @property
    def _unpriced(self) -> InputError | None:
        """What has no price can't be held against a cap."""
        jobs = self.outlook.unpriced
        return unpriced(jobs, self.caps) if jobs and self.caps.left is not None else None


def _charged_again(life: Life) -> bool:
    """Whether asking once more, after a lost answer, may be charged once more."""
    return life.lost is AfterLoss.RESEND and not life.repeatable


def plan(judged: Judged, recalled: Recalled) -> Planned:
    """The plan; on the way to it the links that it would send are looked at, and everything once more for advice."""
    built = recognise(judged.built, recalled.states, recalled.claimed)
    built = with_edits(built, recalled.states, judged.opened.places.folder)
    planned = _planned(built, judged, recalled)
    faulty: Collection[str] = ()
    if isinstance(judged.asked, Asked) and not judged.opened.settings.sandbox:  # a rehearsal needs no network
        issues, faulty = _dead_links(built, planned, judged.asked.connection.base)
        built = with_issues(built, issues)
        if any(not issue.warning for issue in issues):
            planned = _planned(built, judged, recalled)
    missing = list(gone(built, _new(planned)))
    if missing:
        built = with_issues(built, missing)
        planned = _planned(built, judged, recalled)
    in_vain = () if judged.shown else {job.fingerprint for job in planned.in_vain}
    lacking = list(unmet(built, in_vain, partial(_comes, planned, recalled)))
    if lacking:
        built = with_issues(built, lacking)
        planned = _planned(built, judged, recalled)
    wanted = {job.fingerprint for job in planned.send}
    table = judged.opened.table
    addresses = addressed(table, built.layouts.headings)
    advice = [
        *lint(table, built),
        *impossible_addresses(built, addresses),
        *closed_pages(table, built, addresses, wanted),
        *unheard_languages(built, judged.account.listed.get(Lookup.LANGUAGE, {})),
    ]
    built = with_issues(built, advice)
    finished = [*recalled.states.values(), *recalled.finished]
    estimator = estimator_for(planned.send, judged, finished, faulty)
    costs = estimator.of_all(planned.send, planned.answers)
    beyond = too_costly(built.rows, costs, judged.opened.settings.max_cost_per_row)
    if beyond:
        built = with_issues(built, beyond.issues)
        planned = _planned(built, judged, recalled, too_costly=beyond.jobs)
        costs = estimator.of_all(planned.send, planned.answers)
    settings, asked = judged.opened.settings, judged.asked
    spending = estimator.spending([*recalled.ledger.events, *recalled.pending])
    caps = Caps.of(settings, spending)
    return Planned(
        judged=judged,
        recalled=recalled,
        built=built,
        plan=planned,
        cautions=take_off(recalled.ledger),
        costs=costs,
        estimator=estimator,
        caps=caps,
        outlook=Outlook(
            plan=planned,
            costs=costs,
            caps=caps,
            me=asked.me if isinstance(asked, Asked) else None,
            states=recalled.states,
            finished=recalled.finished,
            slots=settings.concurrency,
            seen=not settings.sandbox,
        ),
    )


def rules_of(settings: Settings) -> Rules:
    """What the person allows a run to do."""
    policy = Policy(
        max_attempts=settings.max_attempts,
        retry_failed=settings.retry_failed,
        retry_unknown=settings.retry_unknown,
    )
    return Rules(LIVES, policy)


def _planned(built: Built, judged: Judged, recalled: Recalled, too_costly: Collection[str] = ()) -> Plan:
    settings, states, now = judged.opened.settings, recalled.states, recalled.ledger.now()
    rules = rules_of(settings)
    return make_plan(
        built.rows,
        states,
        lambda job: rules.step(job, states.get(job.fingerprint, NEW), now=now),
        sheet=judged.opened.table.name,
        renamed=recalled.renamed,
        besides=recalled.besides,
        listed=recalled.listed,
        part=judged.opened.corrects,
        lately=partial(ids_in_results, judged.opened, recalled.ledger.events),
        limit=settings.limit,
        too_costly=too_costly,
        answers=lambda job: rules.turn(job, states.get(job.fingerprint, NEW)) is not None,
    )


def _comes(planned: Plan, recalled: Recalled, reference: Reference) -> bool:
    """Whether another job has made this, or is one of this run, whatever became of it: the results tell that."""
    of_this = any(job.fingerprint == reference.fingerprint for job in planned.unsent)
    return is_made(reference, recalled.states) or reference.fingerprint in planned.steps or of_this


def _dead_links(built: Built, planned: Plan, base: str) -> tuple[list[Issue], Collection[str]]:
    """What is to be said of links of the jobs to be sent that lead to nothing that HeyGen can use; and these links."""
    links = media_links(built, wanted=_new(planned))
    if not links:
        return [], ()

    faults = anyio.run(partial(probe_links, {link.url: link.media for link in links}, own_host=base))
    return link_issues(links, faults), faults.keys()


def _new(planned: Plan) -> set[str]:
    """The fingerprints of the jobs that would be sent for the first time."""
    return {job.fingerprint for job in planned.send if planned.steps[job.fingerprint] is Step.SEND}
