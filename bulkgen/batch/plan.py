"""What a run is about to do: which jobs are new, in progress, done, replaced.

Pure: rows, history and policy in, a plan out. Rows that ask for the same are one job here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bulkgen.batch.replaced import counts, places_of, replaced_by, superseded, supposed_by
from bulkgen.ledger.left import left_jobs, stays, withheld_jobs
from bulkgen.ledger.state import NEW, State
from bulkgen.ledger.steps import Step
from bulkgen.model import Handle, Job, Reference
from bulkgen.rows.awaited import needed
from bulkgen.rows.built import BuiltRow
from bulkgen.sequence import in_sequence

#: More replaced results than this need a word of their own.
REPLACE_LIMIT = 10

#: The steps with which something is sent.
SENDING = (Step.SEND, Step.SEND_AGAIN, Step.ANSWER)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Jobs in the sheet's order; `send` holds what this run may POST, `held_back` what `--limit` leaves out, both by
    their priority.

    `left`: jobs that no row asks for any more, to be followed and shown; `withheld`: those of rows that are left out.
    """

    jobs: tuple[Job, ...]
    send: tuple[Job, ...]
    held_back: tuple[Job, ...]
    #: Jobs of rows that could cost more than `--max-cost-per-row` allows; they are not sent.
    too_costly: tuple[Job, ...]
    #: Of those to be sent: the ones that wait for what other jobs make; and jobs that are not sent, since what they
    #: wait for has come to nothing.
    waiting: tuple[Job, ...]
    in_vain: tuple[Job, ...]
    steps: Mapping[str, Step]
    #: Of those to be sent, the fingerprints of those to which only the person's answer is sent.
    answers: Collection[str]
    #: Jobs to be sent that have a result already, of an earlier attempt.
    again: tuple[Job, ...]
    left: tuple[Handle, ...]
    withheld: tuple[Handle, ...]
    #: New jobs of rows of which something was made, or is being made, in an earlier wording; how many of them are
    #: being made, and of how many a sheet tells that is gone (this one may be that, renamed), another resume file of
    #: this sheet, or nothing but the results.
    replaced: tuple[Job, ...]
    overtaken: int
    renamed: int
    besides: int
    listed: int
    #: How many of them take the place of a finished result only as far as anybody can tell: they may be other people's.
    supposed: int
    #: As many more of them are left for later runs by `--limit`.
    replaced_later: int
    #: Finished results whose rows are no longer in the sheet, in any wording.
    gone: int
    #: Rows that share another row's job.
    shared: int
    #: Rows that are left out, and of which nothing was made.
    left_out: int

    @property
    def moving(self) -> list[Handle]:
        """The jobs that this run does something about."""
        held = {job.fingerprint for job in (*self.held_back, *self.too_costly, *self.in_vain)}
        return [*(job for job in self.jobs if job.fingerprint not in held), *self.unsent]

    @property
    def unsent(self) -> tuple[Handle, ...]:
        """The jobs that are followed and never sent."""
        return (*self.left, *self.withheld)

    def at(self, step: Step) -> list[Job]:
        return [job for job in self.jobs if self.steps[job.fingerprint] is step]


def make_plan(
    rows: Collection[BuiltRow],
    states: Mapping[str, State],
    step: Callable[[Job], Step],
    *,
    sheet: str = "",
    renamed: Mapping[str, State] = MappingProxyType({}),
    besides: Mapping[str, State] = MappingProxyType({}),
    listed: Mapping[str, State] = MappingProxyType({}),
    part: bool = False,
    lately: Callable[[], Collection[str] | None] = lambda: None,
    limit: int | None = None,
    too_costly: Collection[str] = (),
    answers: Callable[[Job], bool] = lambda _job: False,
) -> Plan:
    """The plan for the selected rows of this worksheet. `limit`: at most so many new jobs, of those not `too_costly`.

    `lately`: the ids of the jobs that were in the sheet when its results were last written, None if nothing tells.
    `renamed`: what is known of jobs whose sheets are gone; this may be one of them under a new name. `besides`: what
    other resume files of this sheet have. `listed`: what nothing but results say, by whatever names these have. `part`:
    the sheet has other rows too, whose results are nobody's here. `answers`: whether what is sent for a job is only the
    person's answer to it.
    """
    jobs: dict[str, Job] = {}
    count, videos = 0, set[tuple[int, ...]]()
    for row in rows:
        if row.selected:
            for job in row.jobs:
                known = jobs.setdefault(job.fingerprint, job)
                if job.priority > known.priority or (job.answer and not known.answer):
                    # the most urgent of the rows that share it, and what any of them answers
                    answer = known.answer or job.answer
                    jobs[job.fingerprint] = replace(known, priority=max(known.priority, job.priority), answer=answer)
                count += row.together not in videos  # whose rows do not merely ask for the same
        if row.selected and row.together:
            videos.add(row.together)
    steps = {job.fingerprint: step(job) for job in jobs.values()}
    ordered = in_sequence(jobs.values())
    new = [job for job in ordered if steps[job.fingerprint] is Step.SEND]
    excluded = tuple(job for job in new if job.fingerprint in too_costly)
    new = [job for job in new if job.fingerprint not in too_costly]
    in_vain = _in_vain(ordered, steps, states, {*too_costly})
    vain = {job.fingerprint for job in in_vain}
    new = [job for job in new if job.fingerprint not in vain]
    held_back = tuple(new[limit:]) if limit is not None else ()
    held = {job.fingerprint for job in (*held_back, *excluded)} | vain
    send = [
        job for job in ordered
        if steps[job.fingerprint] in SENDING and job.fingerprint not in held
    ]  # fmt: skip
    present = {job.fingerprint for row in rows for job in (*row.jobs, *row.withheld)}
    sheets = {job.sheet for job in jobs.values()} | {""}  # records of a time when the workbook had one sheet
    renamed_tab = sheets == {""} and not any(sheet and state.sheet == sheet for state in states.values())
    sheets.add(sheet)

    def left_over(states: Mapping[str, State], *known: Mapping[str, State]) -> dict[str, State]:
        return {
            key: state
            for key, state in states.items()
            if key not in present and counts(state) and not any(key in each for each in known)
        }

    def of_this_tab(states: Mapping[str, State]) -> dict[str, State]:
        return {key: state for key, state in states.items() if state.sheet in sheets or renamed_tab}

    leftover = {} if part else of_this_tab(left_over(states))
    of_besides = of_this_tab(left_over(besides, states))
    of_renamed = left_over(renamed, states, besides)
    fresh, later = ([job for job in some if states.get(job.fingerprint, NEW).last == ""] for some in (send, held_back))
    made = [job for job in send if states.get(job.fingerprint, NEW).shown.finished]
    before = {**leftover, **of_besides, **of_renamed, **listed}
    places = places_of(rows)
    replaced = replaced_by(fresh, before, listed, places)
    in_all = replaced_by([*fresh, *later], before, listed, places)
    supposed = supposed_by([*fresh, *later], in_all, leftover, rows, lately)
    later_ones = {job.fingerprint for job in later}
    supposed_now = [(job, old) for job, old in supposed if job.fingerprint not in later_ones]
    replaced, in_all = [*replaced, *supposed_now], [*in_all, *supposed]
    left = left_jobs(rows, states, sheet)
    finished = {key: state for key, state in leftover.items() if state.shown.finished}
    shown = {handle.fingerprint for handle in left}  # at the end of the results, as those of rows that left
    return Plan(
        jobs=tuple(jobs.values()),
        send=tuple(send),
        held_back=held_back,
        too_costly=excluded,
        waiting=tuple(job for job in send if needed(job, lambda each: is_made(each, states))),
        in_vain=in_vain,
        steps=MappingProxyType(steps),
        answers={job.fingerprint for job in send if answers(job)},
        again=tuple(job for job in made if steps[job.fingerprint] is Step.SEND),
        left=tuple(left),
        withheld=tuple(withheld_jobs(rows, states)),
        replaced=tuple(job for job, _old in replaced),
        supposed=sum(not before[old].under_way for _job, old in supposed_now),
        replaced_later=len(in_all) - len(replaced),
        overtaken=sum(before[old].under_way for _job, old in replaced),
        renamed=sum(old in of_renamed for _job, old in replaced),
        besides=sum(old in of_besides for _job, old in replaced),
        listed=sum(old in listed for _job, old in replaced),
        gone=len(finished.keys() - {old for _job, old in in_all} - (superseded(finished, states, present) - shown)),
        shared=count - len(jobs),
        left_out=sum(
            row.selected and row.skipped and not any(stays(states.get(job.fingerprint, NEW)) for job in row.withheld)
            for row in rows
        ),
    )


def _in_vain(
    ordered: Iterable[Job], steps: Mapping[str, Step], states: Mapping[str, State], too_costly: Collection[str]
) -> tuple[Job, ...]:
    """The new jobs that wait for what has come to nothing, or is not made in this run.

    `ordered`: each job behind what it awaits.
    """
    coming = {key for key, state in states.items() if state.under_way and not state.in_review}
    found = []

    def comes(reference: Reference) -> bool:
        return is_made(reference, states) or reference.fingerprint in coming

    for job in ordered:
        step = steps[job.fingerprint]
        lacking = step is Step.SEND and needed(job, comes) is not None
        if lacking:
            found.append(job)
        elif step in (Step.SEND, Step.SEND_AGAIN, Step.LOOK_UP) and job.fingerprint not in too_costly:
            coming.add(job.fingerprint)
    return tuple(found)


def is_made(reference: Reference, states: Mapping[str, State]) -> bool:
    """Whether another job has made this already."""
    return bool(states.get(reference.fingerprint, NEW).made_id(reference.part))
