"""`bulkgen run`, `check`, `preview`, `status` and `links`: a batch, and what is printed of it."""

from __future__ import annotations

from bulkgen.batch.batch import Batch
from bulkgen.batch.marking import mark_mistakes, remove_marks
from bulkgen.batch.settings import Settings
from bulkgen.batch.telling import Telling
from bulkgen.cli.attended import Attended
from bulkgen.cli.console import Console
from bulkgen.cli.data import planned_data, ran_data, standing_data
from bulkgen.cli.ending import Ending
from bulkgen.cli.folder_costs import report_folder
from bulkgen.cli.guide import Guide
from bulkgen.cli.links import links
from bulkgen.cli.listening import listen
from bulkgen.cli.log import tell_unexpected
from bulkgen.cli.made import report_after_test, report_made
from bulkgen.cli.options import Again
from bulkgen.cli.preview import look
from bulkgen.cli.report import report_end, report_ran
from bulkgen.cli.shown import show
from bulkgen.cli.standing import report_standing, report_unlike
from bulkgen.cli.telling import tell
from bulkgen.cli.usage import no_sheet
from bulkgen.errors import BulkgenError, Exit, Unexpected

#: The commands by their names.
__all__ = ["check", "links", "preview", "run", "status"]


def run(sheet: str, settings: Settings, console: Console, again: Again) -> Exit:
    """The whole way: a sheet becomes results. `again`: the commands that go on with it."""
    guide, ending, telling = Guide(sheet, settings, console), Ending("run", sheet, settings, again), None
    try:
        with ending:
            telling = Telling.of(sheet, settings)
            return guide.lead(lambda: _run(guide, settings, console, again, ending))
    finally:
        if telling and ending.summary:
            tell(telling, ending.summary, console)


def _run(guide: Guide, settings: Settings, console: Console, again: Again, ending: Ending) -> Exit:
    attended = Attended(settings, console, guide, again.check)
    batch = guide.open()
    ending.opened(batch.opened)
    try:
        ran = batch.run(attended.follow, approve=attended.approve, until=attended.stopped)
    except BulkgenError as error:
        if attended.planned is None:
            raise

        guide.log_in(error)
        ending.failed(error, attended.planned)
        console.complain(error)
        console.summary("", planned_data("run", attended.planned, error.exit_code, str(error)))
        return error.exit_code

    came_to, messages = ending.ran(ran), report_end(ran)
    calm = console.quiet and not came_to.changed
    for message in () if calm else (*attended.untold, *messages):
        console.warn(message)
    if isinstance(ran.stopped_by, Unexpected):
        console.warn(tell_unexpected(ran.stopped_by))
    told = (
        report_made(ran, on_screen=console.on_screen),
        report_ran(ran, again),
        report_after_test(ran, again.run),
    )
    fine = calm or (ran.exit_code is Exit.OK and not messages)
    console.summary("\n".join(filter(None, told)), ran_data(ran), fine=fine)
    return ran.exit_code


def check(sheet: str, settings: Settings, console: Console, _again: Again) -> Exit:
    """Everything that `run` does before the first paid call."""
    guide = Guide(sheet, settings, console)
    return guide.lead(lambda: _check(guide, settings, console))


def _check(guide: Guide, settings: Settings, console: Console) -> Exit:
    planned = guide.open().check()
    guide.consider(planned)
    show(planned, console)
    guide.log_in(planned.blocked)
    marked = mark_mistakes(planned)
    blocked, table = planned.blocked, planned.judged.opened.table
    if blocked:
        console.warn(str(blocked))
    if marked:
        (console.warn if planned.mistakes else console.tell)(marked)
    elif removed := remove_marks(planned):
        console.tell(removed)
    if not blocked and not table.rows:
        console.tell(f"There are no rows below the headers of {table.name} (row {table.header_row}): nothing to make.")
    elif not blocked and planned.mistakes:
        console.tell("Rows with mistakes are left out (--skip-invalid); the others are right. Nothing was sent.")
    elif not blocked and settings.offline:
        console.tell("Right as far as the sheet alone shows; nothing was checked against the account (--offline).")
    elif not blocked:
        console.tell("Everything that can be checked from here is right. Nothing was sent.")
    code = blocked.exit_code if blocked else Exit.OK
    console.summary("", planned_data("check", planned, code, str(blocked or "")))
    return code


def preview(sheet: str, settings: Settings, console: Console, _again: Again) -> Exit:
    """A few rows from near; with `--listen` one of them, spoken."""
    return listen(sheet, settings, console) if settings.listen else look(sheet, settings, console)


def status(sheet: str, settings: Settings, console: Console, again: Again) -> Exit:
    """Counts, and the rows that need a look; with `--cost` what was spent on the sheets of a folder."""
    if settings.cost is not None:
        return report_folder(sheet, settings, console)

    if not sheet:
        raise no_sheet("status")

    standing = Batch.open(sheet, settings).status()
    console.summary(report_standing(standing, again), standing_data(standing, report_unlike(standing)))
    return standing.exit_code
