"""The plan and all that was found, on the screen: whole, or folded to what the window has room for."""

from __future__ import annotations

import gc

from bulkgen.batch.planned import Planned
from bulkgen.cli.console import Console
from bulkgen.cli.folding import Foldable, folded, height_of
from bulkgen.cli.issues import issue_lines, report_issues
from bulkgen.cli.plan import Report, report_plan
from bulkgen.model import plural

#: The lines of a window that are somebody else's: the command above all, the prompt below.
_OTHERS = 2

SANDBOX = "SANDBOX: a rehearsal with a pretend HeyGen. Nothing is really made, nothing is charged."


def show(planned: Planned, console: Console, *, last: str = "", everything: str = "") -> None:
    """Prints the plan, the notes and the mistakes.

    With `everything`, a command that shows all, no more than a window has room for above the `last` words.
    """
    gc.freeze()  # rows and jobs stay to the end: no search for circles needs to look at them again
    table = planned.judged.opened.table
    head = SANDBOX if planned.judged.opened.settings.sandbox else ""
    plan = Report(head="") if planned.trouble else report_plan(planned)
    count = f"{plural(len(planned.mistakes), 'mistake')}:" if planned.mistakes else ""
    notes, details, hints = [*planned.notes], plan.details, plan.hints
    window = console.window if everything else None
    if window:
        whole = (head, *planned.cautions, plan.head, plan.purse, count, last)
        room = window.lines - _OTHERS - sum(height_of(text, window.columns) for text in whole)
        parts = (
            Foldable(issue_lines(table, planned.mistakes), "cause", least=2),
            Foldable(notes, "note"),
            Foldable(details, "line"),
            Foldable(issue_lines(table, planned.warnings), "note"),
            Foldable(hints, "hint"),
        )
        causes, notes, details, found, hints = folded(parts, room, window.columns, f"{everything} shows all")
        mistakes, warnings = "\n".join(causes), "\n".join(found)
    else:
        mistakes, warnings = report_issues(table, planned.mistakes), report_issues(table, planned.warnings)
    for text in (head, *notes):
        if text:
            console.tell(text)
    for caution in planned.cautions if planned.plan.send or not console.quiet else ():
        console.warn(caution)
    for text in ("\n".join(filter(None, (plan.head, *details, plan.purse))), warnings, "\n".join(hints)):
        if text:
            console.tell(text)
    if mistakes:
        console.warn(f"{count}\n{mistakes}")
