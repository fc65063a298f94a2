"""The texts a person reads: the plan, the mistakes, the summary. Pure: values in, text out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from bulkgen.batch.outcome import Ran, Standing
from bulkgen.batch.planned import Planned
from bulkgen.batch.settings import Settings
from bulkgen.errors import Exit, LedgerError
from bulkgen.kinds import KINDS
from bulkgen.ledger.events import format_day, parse_time
from bulkgen.ledger.state import NEW, State, Status
from bulkgen.ledger.steps import Step, passing
from bulkgen.model import Issue, Job, Table, grouped, listed, plural, shorten
from bulkgen.results.table import Entry
from bulkgen.texts import XLSX_TEXT

#: How many cells of one mistake, and how many different mistakes, are written out.
CELLS = 6
MISTAKES = 40
TROUBLES = 12

#: In which order a summary counts.
_ORDER = (
    Status.DONE,
    Status.REVIEW,
    Status.RENDERING,
    Status.QUEUED,
    Status.FAILED,
    Status.UNKNOWN,
    Status.INVALID,
    Status.SKIPPED,
)

#: The rows with this status need a look.
_TROUBLED = (Status.REVIEW, Status.FAILED, Status.UNKNOWN, Status.INVALID)


def report_kinds(jobs: Iterable[Job]) -> str:
    """`12 template videos, 3 voice-overs`."""
    counts = Counter(job.kind for job in jobs)
    return ", ".join(plural(counts[name], kind.noun) for name, kind in KINDS.items() if counts[name])


def report_plan(planned: Planned) -> str:
    """What is in the sheet, and what a run does with it."""
    table, built, plan = planned.judged.opened.table, planned.built, planned.plan
    states, balance = planned.recalled.states, planned.balance
    rows = [row for row in built.rows if row.selected]
    skipped = sum(row.skipped for row in rows)
    invalid = sum(row.invalid for row in rows)
    made = f", {report_kinds(plan.jobs)}" if plan.jobs else ""
    sources = planned.judged.opened.sources
    told = f" (settings: {', '.join(sources)})" if sources else ""
    lines = [f"{table.name}: {plural(len(rows), 'row')}{made}{told}"]
    fresh = [job for job in plan.send if plan.steps[job.fingerprint] is Step.SEND]
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
    running = [state for state in left if state.under_way or (state.finished and not state.done)]
    shown = [state for state in left if state.shown.done and state not in running]
    items = [
        (len(fresh), f"to make: {report_kinds(fresh)}"),
        (len(again), f"of them again (paid again), as {_redo(again.values())} asked"),
        (len(retried), "of them once more, after an earlier try failed"),
        (len(doubtful), "of them once more, though an earlier try may have been made: perhaps paid twice"),
        (len(plan.replaced) - plan.overtaken, "of them in place of a finished result, because the row was edited"),
        (plan.overtaken, "of them for rows that are being made right now as they were before: paid besides"),
        (len(asked_again), "sent before with no answer: asked for again, not paid twice"),
        (
            len(planned.repeats),
            f"{recordings} sent before with no answer: asked for again, and HeyGen may charge that again",
        ),
        (len(plan.at(Step.LOOK_UP)), "sent before, and what became of it is not known: looked up in the account"),
        (len(plan.at(Step.FOLLOW)), "in progress at HeyGen"),
        (len(plan.at(Step.COLLECT)), "done"),
        (len(kept) - stuck - tried, "failed for a cause in the row: edit it, or use --retry-failed"),
        (tried, "failed at HeyGen as often as --max-attempts allows; --retry-failed tries once more"),
        (stuck, "unknown: sent, with no way to tell what became of it; --retry-unknown makes them again (paid)"),
        (len(plan.held_back), "left for later by --limit"),
        (plan.shared, "the same as another row: made once, shown on each"),
        (
            len(running),
            "in progress for rows that are no longer in the sheet: collected, shown at the end of the results",
        ),
        (plan.gone, "finished before, for rows that are no longer in the sheet"),
        (len(shown), "of them finished after their rows had left: shown at the end of the results"),
        (skipped, "left out (skip or hidden)"),
        (invalid, "with mistakes"),
    ]
    lines += [f"  {count:>6,}  {text}" for count, text in items if count]
    if balance:
        lines.append(f"Balance: {balance}")
    return "\n".join(lines)


def _refused(state: State) -> bool:
    """HeyGen refused it for a cause in its row: it was not only turned away for want of credit, or for the moment."""
    return state.last == "refused" and not passing(state)


def _redo(states: Iterable[State]) -> str:
    """`--redo of 3 Nov 2026`: the commands that asked for these jobs once more."""
    times = {parse_time(state.redo.asked) for state in states if state.redo}
    days = list(dict.fromkeys(format_day(at) for at in sorted(at for at in times if at is not None)))
    return f"--redo of {listed(days)}" if days else "--redo"


def report_issues(table: Table, issues: Sequence[Issue]) -> str:
    """Mistakes with one cause share a line that lists their cells."""
    groups = grouped(issues)
    lines = []
    for members in groups[:MISTAKES]:
        one = members[0]
        where = listed([table.where(p.row, p.column) for p in members], CELLS)
        values = list(dict.fromkeys(f"'{shorten(p.value, 50)}'" for p in members if p.value.strip()))
        value = f" {listed(values, 3)}" if values else ""
        column = f" {one.header}" if one.header else ""
        lines.append(f"  {'note ' if one.warning else ''}{where}:{column}{value} {one.cause}. {one.fix}")
    if len(groups) > MISTAKES:
        lines.append(f"  and {len(groups) - MISTAKES} more causes")
    return "\n".join(lines)


def report_ran(ran: Ran, again: str) -> str:
    """How a run ended, where the results are, and what to type next. `again` is the command to repeat."""
    settings = ran.planned.judged.opened.settings
    return report_summary(
        ran.selected, ran.exit_code, settings, ran.writing.path, again, nothing_new=ran.nothing_new, repeats=ran.repeats
    )


def report_standing(standing: Standing, again: str) -> str:
    """Where every row stands, and what to type next."""
    return report_summary(standing.selected, standing.exit_code, standing.opened.settings, standing.results, again)


def report_end(ran: Ran) -> list[str]:
    """What has to be said of a run's end besides."""
    messages, writing, code = [*ran.cautions], ran.writing, ran.exit_code
    if isinstance(ran.stopped_by, LedgerError):
        messages.append(str(ran.stopped_by))
    elif ran.stopped_by and code not in (Exit.INTERRUPTED, Exit.UNEXPECTED):
        messages.append(f"Stopped: {str(ran.stopped_by).rstrip('.')}.")
    if writing.error:
        messages.append(writing.error)
    if writing.caution:
        messages.append(writing.caution)
    if writing.path and writing.cut:
        messages.append(
            f"{listed(writing.cut)} of {writing.path.name}: cut, since a cell of a workbook holds no more than "
            f"{XLSX_TEXT:,} characters. Your sheet has the whole text; so have results in a CSV: --out NAME.csv."
        )
    return messages


def report_summary(
    entries: Sequence[Entry],
    exit_code: Exit,
    settings: Settings,
    results: Path | None,
    again: str,
    *,
    nothing_new: bool = False,
    repeats: int = 0,
) -> str:
    """What became of these rows, where the results are, and what to type next."""
    told, left = _counted(entry for entry in entries if not entry.left), _counted(e for e in entries if e.left)
    shown, entries = entries, [entry for entry in entries if not entry.settled]
    counts = Counter(entry.status for entry in entries)
    lines = [("Nothing new. " if nothing_new else "") + (told or "no rows") + ".", *_troubles(entries)]
    if left:
        lines.append(f"For rows that are no longer in the sheet: {left}. See the end of the results.")
    if repeats:
        times = "once" if repeats == 1 else f"{repeats:,} times"
        lines.append(f"After lost answers recordings were asked for again, {times}: HeyGen may charge each time.")
    if results:
        lines.append(f"Results: {results}")
    if any(entry.status is Status.DONE for entry in shown):
        lines.append("Links to results expire after some days; the address in result_page_url stays.")
    if settings.sandbox:
        lines.append("SANDBOX: this was a rehearsal. Nothing was really made and nothing was charged.")
    following = _next(entries, counts, exit_code, again, settings.max_attempts)
    return "\n".join([*lines, following] if following else lines)


def _counted(entries: Iterable[Entry]) -> str:
    """`12 done, 3 failed`."""
    counts = Counter(entry.status for entry in entries)
    return ", ".join(f"{counts[status]:,} {status.value}" for status in _ORDER if counts[status])


def _troubles(entries: Sequence[Entry]) -> list[str]:
    """The rows that need a look, by message."""
    groups: dict[str, list[int]] = {}
    for entry in entries:
        if entry.status in _TROUBLED and entry.row.selected:
            groups.setdefault(entry.error, []).append(entry.row.source.number)
    told = [
        f"  row {listed([str(row) for row in rows], CELLS)}: {shorten(error, 300)}"
        for error, rows in list(groups.items())[:TROUBLES]
    ]
    left = sum(len(rows) for rows in list(groups.values())[TROUBLES:])
    return [*told, f"  and {plural(left, 'more row')}: see result_error"] if left else told


def _next(entries: Sequence[Entry], counts: Counter[Status], exit_code: Exit, again: str, max_attempts: int) -> str:
    if exit_code is Exit.OUT_OF_CREDIT:
        return f"Next: top up the balance at HeyGen, then {again}"

    if exit_code is Exit.KEY:
        return f"Next: set the right API key, then {again}"

    if counts[Status.RENDERING] or counts[Status.QUEUED]:
        left = {entry.job.fingerprint: entry.state for entry in entries if entry.job and entry.state.wished}
        made_again = f"; {plural(len(left), 'result')} made again, as {_redo(left.values())} asked" if left else ""
        return f"Next: {again}   (goes on where it stopped{made_again})"

    if counts[Status.REVIEW]:
        return f"Next: answer at HeyGen what waits for you (result_page_url), then {again}"

    failed = [entry.state for entry in entries if entry.status is Status.FAILED and passing(entry.state)]
    if any(state.failures < max_attempts for state in failed):
        return f"Next: {again}   (tries the failed ones once more)"

    if failed:
        return f"Next: {again} --retry-failed   (they failed {max_attempts} times)"

    if counts[Status.FAILED] or counts[Status.INVALID]:
        return f"Next: edit those rows, then {again}"

    unknown = [entry.state.shown for entry in entries if entry.status is Status.UNKNOWN]
    if unknown and all(state.file_gone for state in unknown):
        return f"Next: put the missing recordings back, then {again}"

    if unknown:
        return (
            f"Next: look for those rows at HeyGen; {again} --adopt ROW=ID takes what is there, --retry-unknown makes "
            "them again (paid)"
        )

    return ""
