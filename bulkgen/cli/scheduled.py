"""What is said of schedules. Values in, text out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bulkgen.batch.planned import Planned
from bulkgen.cli.money import announcement
from bulkgen.cli.options import shell_line
from bulkgen.cli.wrapping import kept
from bulkgen.errors import Exit
from bulkgen.schedules.entries.entry import Entry, Label
from bulkgen.schedules.entries.typed import of_cron
from bulkgen.schedules.outcome import last_run
from bulkgen.schedules.scheduler import Scheduler, Started


def question(entry: Entry, planned: Planned | None) -> str:
    """What is agreed to: the entry, and what its first run does now."""
    if planned is None:
        return "Install it, and start it now? It runs the sheets that are in the folder, within their limits."

    sends = planned.plan.send and not planned.judged.opened.settings.sandbox
    first = f" {announcement(planned)}" if sends else " Nothing is sent by it that costs."
    return f"Install it, and run it once now?{first}"


def report_entry(entry: Entry, scheduler: Scheduler, now: datetime, *, replaces: bool) -> str:
    """What will be installed."""
    lines = [f"Schedule: {kept(entry.label.target)}, {entry.label.when}, by {scheduler.name}"]
    if entry.times:
        lines[0] += f"; next on {_moment(entry.times.after(now))}"
    lines.append(f"It types: {shell_line(entry.words)}")
    if replaces:
        lines.append("It takes the place of the earlier schedule.")
    return "\n".join([*lines, *scheduler.notes(entry)])


def report_texts(texts: Mapping[str, str], by_hand: Sequence[str]) -> str:
    """The texts as they would be written; what is no text of an entry is a comment."""
    parts = [f"# {where}\n{text.rstrip()}" for where, text in texts.items()]
    return "\n\n".join([*parts, "\n".join(["# To install it yourself:", *(f"# {line}" for line in by_hand)])])


def report_first_run(entry: Entry, started: Started, scheduler: Scheduler) -> str:
    """How the first start went, and what to look at."""
    label = entry.label
    if label.watches:
        return _watch_told(started, scheduler, entry)

    remove = f"To take the schedule out: {kept(f'bulkgen schedule --remove {shell_line([label.target])}')}"
    if not started.seen:
        told = f"It is installed, but {scheduler.name} has not started it, and may never do so."
        return f"{told} Look: {kept(scheduler.look(entry))}\n{remove}"

    if started.code is None:
        lines = [
            f"The first run has not come to its end yet. How far it is: {kept(scheduler.look(entry))}",
            f"Or: {kept(f'bulkgen status {shell_line([label.target])}')}",
        ]
        return "\n".join([*lines, remove])

    lines = [f"First run: {_meaning(started.code)}"]
    if summary := last_run(Path(label.log)):
        lines.append(kept(summary))
    return "\n".join([*lines, f"What runs come to is in {kept(label.log)}", remove])


def _watch_told(started: Started, scheduler: Scheduler, entry: Entry) -> str:
    remove = f"To end it: {kept(f'bulkgen schedule --remove --watch {shell_line([entry.label.target])}')}"
    if started.code is not None:
        return f"The watch has ended: {_meaning(started.code)}\n{kept(scheduler.look(entry))} says more.\n{remove}"

    told = "The folder is watched." if started.seen else "The folder is watched within ten minutes from now."
    return f"{told}\n{remove}"


def _meaning(code: int) -> str:
    known = {int(each): each.about for each in Exit}
    return f"exit {code}, {known.get(code, 'which is none of those of bulkgen')}"


def report_listed(found: Iterable[tuple[Label, Scheduler]], now: datetime) -> str:
    """Each schedule with when it is next, and how it went last."""
    parts = []
    for label, scheduler in found:
        lines = [f"{kept(label.target)}{f' ({label.worksheet})' if label.worksheet else ''}: {label.when}"]
        following = f", next on {_moment(of_cron(label.cron).after(now))}" if label.cron else ""
        lines.append(f"  by {scheduler.name}{following}")
        if label.log:
            lines.append(f"  last: {last_run(Path(label.log)) or 'no run is on record yet'}")
        parts.append("\n".join(lines))
    return "\n".join(parts) or "Nothing is scheduled on this computer by bulkgen."


def listed_data(found: Iterable[tuple[Label, Scheduler]], now: datetime) -> dict[str, object]:
    entries = [
        {
            "name": label.name,
            "target": label.target,
            "worksheet": label.worksheet or None,
            "watch": label.watches,
            "when": label.when,
            "cron": label.cron or None,
            "scheduler": scheduler.name,
            "next": of_cron(label.cron).after(now).isoformat() if label.cron else None,
            "log": label.log or None,
            "last": (last_run(Path(label.log)) if label.log else "") or None,
        }
        for label, scheduler in found
    ]
    return {"command": "schedule", "exit_code": Exit.OK, "schedules": entries}


def entry_data(entry: Entry, scheduler: str, now: datetime, code: Exit) -> dict[str, object]:
    return {
        "command": "schedule",
        "exit_code": code,
        "name": entry.name,
        "target": entry.label.target,
        "watch": entry.label.watches,
        "when": entry.label.when,
        "cron": entry.label.cron or None,
        "scheduler": scheduler,
        "next": entry.times.after(now).isoformat() if entry.times else None,
        "words": [*entry.words],
        "log": entry.label.log or None,
    }


def _moment(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y, %H:%M}"
