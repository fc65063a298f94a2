"""`bulkgen preview`: a few rows from near, in print."""

from __future__ import annotations

import shutil
from collections.abc import Iterable

from bulkgen.batch.batch import Batch
from bulkgen.batch.cost_data import Data
from bulkgen.batch.costs import Estimate
from bulkgen.batch.planned import Planned
from bulkgen.batch.preview import JobPreview, Preview, RowPreview
from bulkgen.batch.settings import Settings
from bulkgen.cli.console import Console
from bulkgen.cli.data import issue_data, planned_data
from bulkgen.cli.issues import report_issues
from bulkgen.cli.money import report_cost
from bulkgen.cli.purse import report_purse
from bulkgen.cli.shown import SANDBOX
from bulkgen.cli.units import report_kinds
from bulkgen.cli.wrapping import wrapped_line
from bulkgen.errors import Exit
from bulkgen.kinds import LIVES
from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import match_key
from bulkgen.kinds.outcome import Links
from bulkgen.ledger.steps import Step
from bulkgen.model import Table, Value, column_letters, lasting, listed, shorten
from bulkgen.pricing.money import money_range
from bulkgen.pricing.prices import Unit
from bulkgen.results.records import links_record
from bulkgen.results.words import explain
from bulkgen.rows.feeds import Feed, Feeds

#: The widest that a field's name is made (characters).
_NAME = 22

#: How much of a text is shown; the whole of it is in the request (--json).
_TEXT = 1_000

_STEPS = {
    Step.SEND: "not made yet: a run sends it",
    Step.SEND_AGAIN: "sent before with no answer: a run asks for it again",
    Step.ANSWER: "waits for you at HeyGen: a run sends your answer",
    Step.LOOK_UP: "sent before, and what became of it is not known: a run looks it up in the account",
    Step.FOLLOW: "in progress at HeyGen",
    Step.COLLECT: "done",
}


def look(sheet: str, settings: Settings, console: Console) -> Exit:
    """One row, or the three that tell most, as they will be said, shown and sent."""
    shown = Batch.open(sheet, settings).preview()
    planned = shown.planned
    message = tell_notes(shown, console)
    code = planned.blocked.exit_code if planned.blocked else Exit.OK
    rows = report_rows(shown, shutil.get_terminal_size().columns if console.on_screen else 0)
    text = "\n\n".join(filter(None, (rows, "" if planned.trouble else _purse(planned))))
    console.summary(f"{text}\n\nNothing was sent. The requests themselves: --json", preview_data(shown, code, message))
    return code


def tell_notes(shown: Preview, console: Console) -> str:
    """What is to be said before the rows; gives what stands in the way of making them, "" for nothing."""
    planned = shown.planned
    if planned.judged.opened.settings.sandbox:
        console.tell(SANDBOX)
    if sources := planned.judged.opened.sources:
        console.tell(f"Settings: {', '.join(sources)}")
    for note in planned.notes:
        console.tell(note)
    for caution in planned.cautions:
        console.warn(caution)
    message = _message(shown)
    if message:
        console.warn(message)
    return message


def report_rows(shown: Preview, width: int) -> str:
    """The rows, one below the other. `width`: of the window; 0 where lines may have any length."""
    return "\n\n".join("\n".join(_row_lines(row, shown, width)) for row in shown.rows)


def _message(shown: Preview) -> str:
    """What stands in the way of making these rows, but for the mistakes that stand at each."""
    header = [issue for issue in shown.planned.built.issues if not issue.warning]
    if header:
        return report_issues(shown.planned.judged.opened.table, header)

    return "" if shown.planned.mistakes else str(shown.planned.blocked or "")


def _row_lines(row: RowPreview, shown: Preview, width: int) -> Iterable[str]:
    """`width`: of the window; 0 where the lines may have any length."""
    table, feeds = shown.planned.judged.opened.table, row.feeds
    name = f" ({shorten(row.row.row_id, 60)})" if row.row.row_id else ""
    yield f"Row {row.row.source.number:,}{name}{f': {row.why}' if row.why else ''}"
    if row.left_out:
        yield f"  Left out: {row.left_out}."
        return

    template = row.row.layout.template if row.row.layout else None
    if row.jobs:
        of = f", from the {template.noun} {_called(template)}" if template and template.name else ""
        others = [f"{number:,}" for number in row.row.together if number != row.row.source.number]
        if others:
            of = f", with the scenes of {'row' if len(others) == 1 else 'rows'} {listed(others)}"
        yield f"  {report_kinds([each.job for each in row.jobs])}{of}"
    names = min(max([len(feed.field) for feed in feeds.fields] or [0]), _NAME)
    lines = [line for feed in feeds.fields for line in _feed_lines(feed, _origin(feed, shown), names)]
    filling = row.row.layout.kind.filling if row.row.layout else None
    noun = "template" if filling is None or filling.of_account else "composition"
    for line in [*lines, *_template_lines(feeds, template, noun, names)]:
        yield from wrapped_line(line, width, names + 4) if width else [line]
    for columns, use in ((feeds.merged, "Filled into its texts"), (feeds.unused, "Not used, only passed on")):
        if columns:
            yield f"  {use}: {listed([f'{column_letters(at)} {table.headers[at]}' for at in columns], 8)}"
    for warning, title in ((False, "Can't be made as it is:"), (True, "Worth a look:")):
        issues = [issue for issue in row.row.issues if issue.warning is warning]
        if issues:
            yield f"  {title}\n{report_issues(table, issues)}"
    for each in row.jobs:
        made = all(each.job.title != feed.value for feed in feeds.fields)
        yield from _job_lines(each, shown.planned.costs.by_job.get(each.job.fingerprint), titled=made)


def _called(template: Template) -> str:
    """By its name, and the id by which it is found at HeyGen."""
    named = template.name in ("", template.id) or template.declared
    return (template.name or template.id) if named else f"{template.name} ({template.id})"


def _template_lines(feeds: Feeds, template: Template | None, noun: str, names: int) -> Iterable[str]:
    """What the template does beside what the row feeds it."""
    for variable, type_ in feeds.kept:
        own = template.own.get(variable, "") if template else ""
        yield f"  {variable:<{names}}  (keeps the {noun}'s own {type_}{f': {own}' if own else ''})"
    for text in feeds.said:
        yield f"  {'Says':<{names}}  {shorten(text, _TEXT)}"
    if feeds.open:
        yield f"  The {noun} could not be looked up: what else feeds it is not known here."


def _origin(feed: Feed, shown: Preview) -> str:
    """`B14 First Name`, and by which option it feeds this field if not by its own name."""
    opened = shown.planned.judged.opened
    if feed.column is None:
        return " or ".join(("--set", *opened.sources))

    header, name = opened.table.headers[feed.column], shown.planned.built.layouts.headings.names[feed.column]
    mapped = f" (--map, as {name})" if match_key(header) != match_key(name) else ""
    return f"{column_letters(feed.column)} {header.strip()}{mapped}"


def _feed_lines(feed: Feed, origin: str, names: int) -> Iterable[str]:
    """The value as it is said, shown or sent; below it where it comes from, and what stands there if that differs."""
    text = _said(feed.value)
    yield f"  {feed.field:<{names}}  {text}{f' = {feed.sent}' if feed.sent else ''}"
    typed = shorten(feed.cell.text, _TEXT)
    of = f": {typed}" if isinstance(feed.value, str) and typed != text else ""
    yield f"{' ' * (names + 4)}from {origin}{of}"


def _said(value: Value | None) -> str:
    if value is None:
        return "(can't be used)"

    if isinstance(value, bool):
        return "yes" if value else "no"

    return shorten("; ".join(value) if isinstance(value, tuple) else str(value), _TEXT)


def _job_lines(preview: JobPreview, estimate: Estimate | None, *, titled: bool) -> Iterable[str]:
    """One request; `estimate`: what it costs, if it is still to be sent. `titled`: its title stands in no field."""
    job, state = preview.job, preview.state
    why = explain(state) if preview.step is not Step.SEND else ""
    yield f"  {job.language or 'Status'}: {_STEPS.get(preview.step) or state.status.value}{f'. {why}' if why else ''}"
    if job.title and titled:
        yield f"    Title at HeyGen: {job.title}"
    if preview.file:
        endings = ".mp3 (or .wav)" if LIVES[job.kind].at_once else ".mp4 (or .webm)"
        yield f"    File: {state.shown.file or f'{preview.file}{endings}'}"
    links = preview.detail.links if preview.detail else Links()
    if links.page or links.asked_for:
        yield f"    Link: {links.page or 'in the results (result_video_url)'}"
    if estimate:
        yield f"    Cost: {_cost(estimate)}"


def _cost(estimate: Estimate) -> str:
    """`about $0.42 ($0.30–$0.60), for 13 s–26 s`; with what nobody knows of it."""
    cost = estimate.cost
    if cost is None:
        return f"not known: {estimate.why}"

    times = dict.fromkeys((lasting(cost.seconds.low), lasting(cost.seconds.high)))
    lasts = "" if cost.unit is Unit.ITEM else f", for {'–'.join(times)}"
    assumed = f"; assumed, since {estimate.why}" if estimate.why else ""
    return f"{money_range(cost.amount, cost.currency)}{lasts}{assumed}"


def _purse(planned: Planned) -> str:
    """What the rows that are shown cost together, and what pays."""
    sends = planned.plan.send
    return "\n".join([*(report_cost(planned) if len(sends) > 1 else ()), *(report_purse(planned) if sends else ())])


def preview_data(shown: Preview, code: Exit, message: str) -> Data:
    """The object of `--json`: that of `check` for these rows alone, and each of them from near."""
    table = shown.planned.judged.opened.table
    return planned_data("preview", shown.planned, code, message) | {
        "rows": [_row_data(row, table) for row in shown.rows]
    }


def _row_data(row: RowPreview, table: Table) -> Data:
    template = row.row.layout.template if row.row.layout else None
    return {
        "row": row.row.source.number,
        "row_id": row.row.row_id,
        "why": row.why,
        "left_out": row.left_out,
        "kind": row.row.kind,
        "template": {"id": template.id, "name": template.name} if template else None,
        "fields": [_feed_data(feed, row, table) for feed in row.feeds.fields],
        "kept": [
            {"field": name, "type": type_, "value": (template.own.get(name) if template else None) or None}
            for name, type_ in row.feeds.kept
        ],
        "said": row.feeds.said,
        "merged": [table.headers[at] for at in row.feeds.merged],
        "unused": [table.headers[at] for at in row.feeds.unused],
        "mistakes": [issue_data(table, issue) for issue in row.row.issues if not issue.warning],
        "warnings": [issue_data(table, issue) for issue in row.row.issues if issue.warning],
        "requests": [_job_data(job) for job in row.jobs],
    }


def _feed_data(feed: Feed, row: RowPreview, table: Table) -> Data:
    """`cell` and `header` are null for what `--set` gives; `sent` is what the account calls it."""
    return {
        "field": feed.field,
        "cell": None if feed.column is None else table.where(row.row.source.number, feed.column),
        "header": None if feed.column is None else table.headers[feed.column],
        "text": feed.cell.text,
        "value": list(feed.value) if isinstance(feed.value, tuple) else feed.value,
        "sent": feed.sent or None,
        "spoken": feed.spoken,
    }


def _job_data(preview: JobPreview) -> Data:
    job, state, post = preview.job, preview.state, preview.post
    return {
        "language": job.language,
        "title": job.title,
        "status": state.status.value,
        "step": preview.step.name.casefold(),
        "error": explain(state),
        "id": state.shown.id,
        **links_record(state.shown, preview.detail).model_dump(),
        "file": state.shown.file,
        "method": "POST",
        "path": post.path,
        "idempotency_key": post.key,
        "body": post.body,
    }
