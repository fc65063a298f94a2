"""How a run ended and where every row stands, as a person reads it. Pure: values in, text out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from bulkgen.batch.caps import Cap
from bulkgen.batch.outcome import Ran
from bulkgen.batch.overspent import passed_cap
from bulkgen.batch.places import sheet_of
from bulkgen.batch.settings import Settings
from bulkgen.batch.shortfall import shortfall
from bulkgen.cli.options import Again
from bulkgen.cli.plan import report_redo
from bulkgen.cli.spent import next_with_caps, report_run_bill, report_shortfall, report_stop_at_cap
from bulkgen.cli.units import unit_of
from bulkgen.cli.wrapping import kept
from bulkgen.cli.written import report_files, report_links, report_mail, report_writing
from bulkgen.errors import CapReached, Exit, LedgerError
from bulkgen.ledger.state import Status
from bulkgen.ledger.steps import passing
from bulkgen.model import Job, listed, plural, shorten
from bulkgen.pricing.money import money
from bulkgen.results.entries import Entry
from bulkgen.results.summary import ORDER

#: How many different troubles are written out.
TROUBLES = 12

#: The rows with this status need a look.
_TROUBLED = (Status.REVIEW, Status.FAILED, Status.UNKNOWN, Status.INVALID)


def report_ran(ran: Ran, again: Again) -> str:
    """How a run ended, where the results are, and what to type next."""
    settings, left = ran.planned.judged.opened.settings, shortfall(ran)
    return report_summary(
        ran.selected,
        ran.exit_code,
        settings,
        ran.writing.path,
        again.run,
        report_links(ran.selected, ran.details, _lasting(ran, again).links, renewed=len(ran.renewed)),
        failed=ran.writing.failed,
        correction=replace(again, sheet=str(ran.writing.failed)).run_with({"rows": None}),
        page=ran.writing.beside.page,
        mail=report_mail(ran.writing),
        spent=[*report_run_bill(ran), *(report_shortfall(left) if left else [])],
        following=report_next(ran, again),
        nothing_new=ran.nothing_new,
        repeats=ran.repeats,
        mistakes_told=True,
    )


def report_next(ran: Ran, again: Again) -> str:
    """`Next: …`, what to type to go on with what a run left; "" where nothing is left to do."""
    settings, command, left = ran.planned.judged.opened.settings, again.run, shortfall(ran)
    if ran.exit_code is Exit.MAX_COST and left is not None:
        return next_with_caps(left, again, ran.planned.judged.opened.sources)

    if settings.test is not None:  # what did not come out is tested once more, before all others are paid
        command = f"{command}{kept(' --test' if settings.test == 1 else f' --test {settings.test}')}"
    return _following(ran.selected, ran.exit_code, command, settings.max_attempts, owing=bool(ran.owing))


def _lasting(ran: Ran, again: Again) -> Again:
    """The commands for the sheet that stays: rows to correct go when they are corrected, and their results do not."""
    results = ran.writing.path
    return replace(again, sheet=str(results)) if results and ran.planned.judged.opened.corrects else again


def _report_corrected(ran: Ran) -> list[str]:
    """That the sheet has the cells still that were corrected beside it."""
    results, opened = ran.writing.path, ran.planned.judged.opened
    sheet = sheet_of(Path(opened.source))
    if not (opened.corrects and results and sheet.exists()):
        return []

    return [
        f"{sheet.name} itself has the cells as they were. Correct them there too before you run it again, or go on "
        f"with {results.name} in its place."
    ]


def report_end(ran: Ran) -> list[str]:
    """What has to be said of a run's end besides."""
    messages, code = [*ran.cautions, *_report_corrected(ran)], ran.exit_code
    if isinstance(ran.stopped_by, LedgerError):
        messages.append(str(ran.stopped_by))
    elif isinstance(ran.stopped_by, CapReached):
        messages.append(report_stop_at_cap(ran))
    elif ran.stopped_by and code not in (Exit.INTERRUPTED, Exit.UNEXPECTED):
        messages.append(f"Stopped: {str(ran.stopped_by).rstrip('.')}.")
    if passed := passed_cap(ran):
        messages.append(_report_passed(passed, ran))
    return [*messages, *report_writing(ran.writing)]


def _report_passed(cap: Cap, ran: Ran) -> str:
    """`The limit was passed: up to $12.39 of --max-cost $12.00, since videos lasted longer than estimated.`"""
    currency, jobs = ran.spending.currency, plural(2, unit_of(charge.kind for charge in ran.charged))[2:]
    told = kept(f"{cap.option} {money(cap.amount, currency)}")
    return (
        f"The limit was passed: up to {money(cap.spent, currency)} of {told}, since {jobs} lasted longer than "
        "estimated."
    )


def report_summary(
    entries: Sequence[Entry],
    exit_code: Exit,
    settings: Settings,
    results: Path | None,
    again: str,
    links: Sequence[str] = (),
    *,
    failed: Path | None = None,
    correction: str = "",
    page: Path | None = None,
    mail: str = "",
    spent: Sequence[str] = (),
    following: str = "",
    nothing_new: bool = False,
    repeats: int = 0,
    owing: bool = False,
    mistakes_told: bool = False,
) -> str:
    """What became of these rows, where the results are, and what to type next.

    `links`, `spent` and `mail`: what is to be said of links, of the cost and of the mail merge; `following`: what to
    type, where that says more than the rows do. `failed`: the file of the rows to correct, and `correction` what runs
    it. `owing`: files are still to come.
    """
    told, left = _counted(entry for entry in entries if not entry.left), _stand(e for e in entries if e.left)
    known = (Status.INVALID,) if mistakes_told else ()
    shown, entries = entries, [entry for entry in entries if not entry.settled]
    troubled = [entry for entry in shown if entry.fails_alone or not entry.settled]
    lines = [("Nothing new. " if nothing_new else "") + (told or "no rows") + ".", *_troubles(troubled, known)]
    if left:
        lines.append(f"For rows that are no longer in the sheet: {left}. See the end of the results.")
    lines += spent
    if repeats:
        times = "once" if repeats == 1 else f"{repeats:,} times"
        lines.append(f"After lost answers recordings were asked for again, {times}: HeyGen may charge each time.")
    if results:
        lines.append(f"Results: {kept(str(results))}")
    if failed:
        lines.append(f"Rows to correct: {kept(str(failed))}   (correct them there, then type: {correction})")
    if mail:
        lines.append(mail)
    if files := report_files(shown):
        lines.append(files)
    lines += links
    if page:
        lines.append(f"Page: {kept(str(page))}")
    if settings.sandbox:
        lines.append("SANDBOX: this was a rehearsal. Nothing was really made and nothing was charged.")
    following = following or _following(entries, exit_code, again, settings.max_attempts, owing=owing)
    return "\n".join([*lines, following] if following else lines)


def _counted(entries: Iterable[Entry]) -> str:
    """`12 videos: 9 done, 3 failed; 1 row invalid, 2 rows skipped`: jobs first, each once; then rows without one."""
    entries = list(entries)
    told_last = sorted(entries, key=lambda entry: not entry.fails_alone)
    jobs = {entry.job.fingerprint: entry for entry in told_last if entry.job}
    rows = [entry for entry in entries if not entry.job]
    unit = unit_of(entry.job.kind for entry in jobs.values() if entry.job)
    if not jobs:
        return f"{plural(len(rows), 'row')}: {_stand(rows)}" if rows else ""

    made = f"{plural(len(jobs), unit)}: {_stand(jobs.values())}"
    return f"{made}; {_stand(rows, 'row')}" if rows else made


def _stand(entries: Iterable[Entry], noun: str = "") -> str:
    """`9 done, 3 failed`; with a noun `1 row invalid, 2 rows skipped`."""
    counts = Counter(entry.status for entry in entries)
    told = ((plural(counts[status], noun) if noun else f"{counts[status]:,}", status) for status in ORDER)
    return ", ".join(f"{count} {status.value}" for count, status in told if counts[status])


def _troubles(entries: Sequence[Entry], known: Collection[Status]) -> list[str]:
    """The rows that need a look, by message. `known`: those with this status were told before."""
    groups: dict[str, list[int]] = {}
    for entry in entries:
        troubled = entry.status in _TROUBLED or entry.state.held or entry.state.stuck
        if troubled and entry.status not in known and entry.row.selected:
            groups.setdefault(entry.error, []).append(entry.row.source.number)
    told = [
        f"  row {listed([str(row) for row in rows])}: {shorten(error, 300)}"
        for error, rows in list(groups.items())[:TROUBLES]
    ]
    left = sum(len(rows) for rows in list(groups.values())[TROUBLES:])
    return [*told, f"  and {plural(left, 'more row')}: see result_error"] if left else told


def _following(entries: Iterable[Entry], exit_code: Exit, again: str, max_attempts: int, *, owing: bool) -> str:
    """`Next: …` by the state of the lines that are anybody's task; `owing`: files are still to come."""
    following = _next([entry for entry in entries if not entry.settled], exit_code, again, max_attempts)
    if not following and (owing or exit_code is Exit.NOT_FINISHED):
        return f"Next: {again}   (fetches the files that are missing)"

    return following


def _next(entries: Sequence[Entry], exit_code: Exit, again: str, max_attempts: int) -> str:
    counts = Counter(entry.status for entry in entries)
    if exit_code is Exit.OUT_OF_CREDIT:
        return f"Next: top up the balance at HeyGen, then {again}"

    if exit_code is Exit.KEY:
        return f"Next: set the right API key, then {again}"

    moving = [entry for entry in entries if entry.status in (Status.RENDERING, Status.QUEUED)]
    if not _in_vain(moving, entries, max_attempts):
        left = {entry.job.fingerprint: entry.state for entry in entries if entry.job and entry.state.wished}
        made_again = (
            f"; {plural(len(left), 'result')} made again, as {report_redo(left.values())} asked" if left else ""
        )
        waits = all(entry.state.held for entry in moving)
        goes_on = "tries one of the rows that wait; --keep-going sends all" if waits else "goes on where it stopped"
        return f"Next: {again}   ({goes_on}{made_again})"

    if counts[Status.REVIEW]:
        return f"Next: do what the lines that wait for you say (result_error), then {again}"

    failed = [entry.state for entry in entries if entry.status is Status.FAILED and passing(entry.state)]
    if any(state.failures < max_attempts for state in failed):
        return f"Next: {again}   (tries the failed ones once more)"

    if failed:
        return f"Next: {again} --retry-failed   (they failed as often as --max-attempts allows)"

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


def _in_vain(moving: Sequence[Entry], entries: Iterable[Entry], max_attempts: int) -> bool:
    """Whether there is nothing that moves, or all of it waits for what other lines were to make and no run makes."""
    ended = {
        entry.job.fingerprint
        for entry in entries
        if entry.job and entry.status in (Status.FAILED, Status.UNKNOWN)
        if not (passing(entry.state) and entry.state.failures < max_attempts)
    }
    jobs = [entry.job for entry in moving]
    return all(isinstance(job, Job) and ended & {each.fingerprint for each in job.awaits} for job in jobs)
