"""The plan as a person reads it. Pure: values in, text out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bulkgen.batch.planned import Planned
from bulkgen.cli.money import report_cost, report_details
from bulkgen.cli.progress import size_in_words
from bulkgen.cli.purse import report_purse
from bulkgen.cli.units import report_jobs, report_kinds
from bulkgen.ledger.events import format_day, parse_time
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.ledger.steps import Step, passing
from bulkgen.model import listed, plural, shorten
from bulkgen.pricing.money import money
from bulkgen.rows.risk import Choice
from bulkgen.rows.variables import unfilled


@dataclass(frozen=True, kw_only=True)
class Report:
    """A plan in lines, in the order in which they are shown: of `details` and `hints` some may be left out."""

    head: str
    details: Sequence[str] = ()
    purse: str = ""
    hints: Sequence[str] = ()


def report_plan(planned: Planned) -> Report:
    """What is in the sheet, what a run does with it, and what that comes to."""
    sends = bool(planned.plan.send)
    return Report(
        head="\n".join([*_jobs(planned), *(report_cost(planned) if sends else ())]),
        details=([*report_details(planned), *_kept(planned), *_left_open(planned)] if sends else ()),
        purse="\n".join(report_purse(planned)),
        hints=[f"  hint: {hint.text}" for hint in planned.hints] if sends else (),
    )


def _jobs(planned: Planned) -> list[str]:
    """How many rows there are, and how many jobs are in which state."""
    table, built, plan = planned.judged.opened.table, planned.built, planned.plan
    states, paid = planned.recalled.states, planned.outlook.paid
    rows = [row for row in built.rows if row.selected]
    coming = sum(_is_to_come(states[job.fingerprint]) for job in plan.withheld)
    invalid = sum(row.invalid for row in rows)
    made = f" → {report_jobs(plan.jobs)}" if plan.jobs else ""
    sources = planned.judged.opened.sources
    told = f" (settings: {', '.join(sources)})" if sources else ""
    tests = planned.judged.tests
    counted = f"{len(rows):,} of {plural(len(built.rows), 'row')}" if tests else plural(len(rows), "row")
    lines = [f"{table.name}: {counted}{made}{told}", *map(_test, tests)]
    files = planned.uploads
    sizes, names = [file.size for file in files], [Path(file.path).name for file in files]
    fresh = [job for job in plan.send if plan.steps[job.fingerprint] is Step.SEND]
    answered = [job for job in plan.send if plan.steps[job.fingerprint] is Step.ANSWER]
    following = [states.get(job.fingerprint, NEW) for job in plan.at(Step.FOLLOW)]
    waiting = sum(state.in_review for state in following)
    again = {job.fingerprint: states[job.fingerprint] for job in plan.again}
    first = [states.get(job.fingerprint, NEW) for job in fresh if job.fingerprint not in again]
    retried = [state for state in first if state.last == "failed" or _refused(state)]
    doubtful = [state for state in first if state.last == "unknown"]
    kept = [states[job.fingerprint] for job in plan.at(Step.KEEP)]
    stuck = sum(state.status is Status.UNKNOWN for state in kept)
    tried = sum(passing(state) for state in kept)
    charged_again = {job.fingerprint for job in planned.repeats}
    asked_again = [job for job in plan.at(Step.SEND_AGAIN) if job.fingerprint not in charged_again]
    recordings = "recording was" if len(planned.repeats) == 1 else "recordings were"
    left = [states[job.fingerprint] for job in plan.left]
    running = list(filter(_is_to_come, left))
    cost = money(paid or 0.0, planned.costs.currency)
    shown = [state for state in left if state.shown.done and state not in running]
    items = [
        (len(fresh), f"to make: {report_kinds(fresh)}"),
        (len(files), f"of your files uploaded first ({size_in_words(sum(sizes))}): {listed(names, 4)}"),
        (len(answered), f"waiting for you, with your answer: {report_kinds(answered)}"),
        (len(again), f"of them again (paid again), as {report_redo(again.values())} asked"),
        (len(retried), "of them once more, after an earlier try failed"),
        (len(planned.waiting), _report_waiting(planned)),
        (len(doubtful), "of them once more, though an earlier try may have been made: perhaps paid twice"),
        (
            len(plan.replaced) - plan.overtaken - plan.supposed,
            "of them in place of a finished result, because the row, a file that it names, or a setting such as --set "
            "was changed",
        ),
        (
            plan.supposed,
            "of them perhaps in place of finished results, which have left the sheet (row_id tells rows apart)",
        ),
        (plan.overtaken, "of them for rows that are being made right now as they were before: paid as well"),
        (len(asked_again), "sent before with no answer: asked for again, not paid twice"),
        (
            len(planned.repeats),
            f"{recordings} sent before with no answer: asked for again, and HeyGen may charge that again",
        ),
        (len(plan.at(Step.LOOK_UP)), "sent before, and what became of it is not known: looked up in the account"),
        (len(following) - waiting, "in progress at HeyGen"),
        (waiting, "waiting for you: the results say what to do (result_error)"),
        (len(plan.at(Step.COLLECT)), f"done{f': nothing more to pay ({cost} by their lengths)' if paid else ''}"),
        (len(kept) - stuck - tried, "failed for a cause in the row: edit it, or use --retry-failed"),
        (tried, "failed at HeyGen as often as --max-attempts allows; --retry-failed tries once more"),
        (stuck, "unknown: sent, with no way to tell what became of it; --retry-unknown makes them again (paid)"),
        (len(plan.waiting), "of them wait for what other rows make"),
        (len(plan.in_vain), "wait for what other rows could not make: correct those first"),
        (len(plan.held_back), "left for later by --limit"),
        (len(plan.too_costly), "left out, as their rows could cost more than --max-cost-per-row allows"),
        (plan.shared, "the same as another row: made once, shown on each"),
        (
            len(running),
            "in progress for rows that are no longer in the sheet: collected, shown at the end of the results",
        ),
        (
            plan.gone,
            f"finished before, for rows that are no longer in the sheet{' or have mistakes now' if invalid else ''}",
        ),
        (len(shown), "of them finished after their rows had left: shown at the end of the results"),
        (coming, "in progress for rows that are left out (skip or hidden): collected, nothing more is sent for them"),
        (
            len(plan.withheld) - coming,
            "sent before, for rows that are left out now (skip or hidden): shown as they were",
        ),
        (plan.left_out, f"{'row' if plan.left_out == 1 else 'rows'} left out (skip or hidden)"),
        (invalid, f"{'row' if invalid == 1 else 'rows'} with mistakes"),
    ]
    return [*lines, *(f"  {count:>6,}  {text}" for count, text in items if count)]


def _report_waiting(planned: Planned) -> str:
    shared = dict.fromkeys(each.shared[0] for each in planned.suspects.found.values())
    return (
        f"of them with {listed(list(shared), 3)}, with which the last ones came to nothing: one is tried first, the "
        "others go if it comes through (--keep-going sends all)"
    )


def _kept(planned: Planned) -> Iterable[str]:
    """What of each template stays as it is, since no column fills it."""
    for template, names in unfilled(planned.built):
        name, own = shorten(template.name or template.id, 40), listed([shorten(each, 30) for each in names])
        yield f"  The {template.noun} {name} keeps its own {own}: no column fills it."


def _left_open(planned: Planned) -> Iterable[str]:
    """What HeyGen recommends, and is not sent, since nobody asks for it."""
    if planned.left_open:
        yield f"  {planned.left_open.sentence}"


def _test(test: Choice) -> str:
    """A row that is to be made before the others, and why it is that one."""
    jobs = len(test.row.jobs)
    several = f" It asks for {jobs:,} languages, a job each; --limit 1 makes only the first." if jobs > 1 else ""
    return f"Test: row {test.row.source.number:,}, because {test.why}.{several}"


def _is_to_come(state: State) -> bool:
    return state.under_way or (state.finished and not state.done)


def _refused(state: State) -> bool:
    """HeyGen refused it for a cause in its row: it was not only turned away for want of credit, or for the moment."""
    return state.last == "refused" and not passing(state)


def report_redo(states: Iterable[State]) -> str:
    """`--redo of 3 Nov 2026`: the commands that asked for these jobs once more."""
    times = {parse_time(state.redo.asked) for state in states if state.redo}
    days = list(dict.fromkeys(format_day(at) for at in sorted(at for at in times if at is not None)))
    return f"--redo of {listed(days)}" if days else "--redo"
