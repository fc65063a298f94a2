"""`bulkgen links`: fresh links once, or again and again for a sheet that nobody looks after."""

from __future__ import annotations

from functools import partial

from bulkgen.batch.batch import Batch
from bulkgen.batch.progress import Progress, RunEvent, Waits
from bulkgen.batch.renewing import Renewed
from bulkgen.batch.settings import Settings
from bulkgen.cli.console import Console
from bulkgen.cli.data import renewed_data
from bulkgen.cli.ending import Ending
from bulkgen.cli.guide import Guide
from bulkgen.cli.options import Again
from bulkgen.cli.progress import Bar
from bulkgen.cli.signals import Stops
from bulkgen.cli.wrapping import kept
from bulkgen.cli.written import report_files, report_links, report_mail, report_writing
from bulkgen.errors import BulkgenError, Exit, InputError, LockedError
from bulkgen.ledger.clock import steady
from bulkgen.ledger.state import Status
from bulkgen.model import plural

#: How long at most is slept in one piece (seconds): the computer may sleep too, and its clock stand still meanwhile.
NAP = 60.0


def links(sheet: str, settings: Settings, console: Console, again: Again) -> Exit:
    """Renews all links to finished results; with `--every` those that have expired or will soon, until Ctrl-C."""
    if settings.every is not None:
        return _keep_fresh(sheet, settings, console, again)

    guide = Guide(sheet, settings, console)
    with Ending("links", sheet, settings, again) as ending:
        return guide.lead(lambda: _once(guide, console, again, ending))


def report_renewed(renewed: Renewed, again: Again) -> str:
    """What became of the links, and where the results are."""
    standing, told = renewed.standing, [*renewed.notes]
    idle = not renewed.wanted and not renewed.fetching
    if idle:
        done = any(entry.status is Status.DONE for entry in standing.selected)
        told.append(
            "Nothing to renew: recordings are files here." if done else "Nothing to renew: nothing is finished."
        )
    told += report_links(standing.selected, standing.details, again.links, renewed=len(renewed.fresh))
    if renewed.unshown:
        told.append(f"HeyGen does not show {plural(len(renewed.unshown), 'result')} any more: see result_error.")
    if standing.results:
        told.append(f"Results: {kept(str(standing.results))}")
    if renewed.writing and (mail := report_mail(renewed.writing)):
        told.append(mail)
    if files := report_files(standing.selected):
        told.append(files)
    made = any(state.shown.finished for state in standing.states.values())
    if idle and made and not any(entry.status is Status.DONE for entry in standing.selected):
        told.append("What is on record was made of other rows, or with other options (--set, --map).")
    return "\n".join([*told, f"Next: {again.run}"] if idle and standing.selected and not made else told)


def _once(guide: Guide, console: Console, again: Again, ending: Ending) -> Exit:
    batch, bar = guide.open(), Bar(console)
    ending.opened(batch.opened)
    bar.unit = "video"
    try:
        renewed = batch.renew_links(partial(_hear, console, bar), until=lambda: Stops().wait())
    except BulkgenError as error:
        guide.log_in(error)
        raise
    finally:
        bar.close()

    ending.renewed(renewed)
    return _tell(renewed, console, again)


def _keep_fresh(sheet: str, settings: Settings, console: Console, again: Again) -> Exit:
    """Looks again and again, and has the lock only while it does; says nothing while there is nothing to renew.

    What may be over by the next time (a run at work, HeyGen not answering, a sheet that is just being saved) ends
    nothing; but a sheet has to be read once.
    """
    assert settings.every is not None
    if sheet == "-":
        raise InputError("A sheet from standard input can be read only once: give a file with --every.")

    stops, opened = Stops(), False
    if console.draws:
        console.tell("Links are renewed as they come to their end, until Ctrl-C.")
    while True:
        looked, ending = steady(), Ending("links", sheet, settings, again)
        try:
            batch = Batch.open(sheet, settings)
            ending.opened(batch.opened)
            opened = True
            renewed = batch.renew_links(due=True, until=stops.wait)
        except LockedError:
            pass  # a run renews them itself
        except BulkgenError as error:
            ending.failed(error)
            if not (opened and error.exit_code in (Exit.NOT_FINISHED, Exit.MISTAKES)):
                raise

            console.warn(str(error))
        else:
            code = Exit.OK
            if renewed.wanted or renewed.fetching:
                ending.renewed(renewed)
                code = _tell(renewed, console, again)
            if code not in (Exit.OK, Exit.NOT_FINISHED, Exit.UNEXPECTED):
                return code

        if _stopped_within(looked + settings.every, stops):
            return Exit.OK


def _stopped_within(until: float, stops: Stops) -> bool:
    """Waits until then (by the clock that nobody sets); True as soon as it is asked to stop."""
    import anyio

    async def nap() -> bool:
        while (left := until - steady()) > 0:
            with anyio.move_on_after(min(left, NAP)):
                await stops.wait()
                return True
        return False

    return anyio.run(nap)


def _hear(console: Console, bar: Bar, event: RunEvent) -> None:
    if isinstance(event, Waits):
        console.mention(event.why)
    elif isinstance(event, Progress) and event.files:
        bar.tick(event)


def _tell(renewed: Renewed, console: Console, again: Again) -> Exit:
    """What became of the links; gives the exit code."""
    messages, trouble = [*renewed.cautions], renewed.trouble
    left = len(set(renewed.wanted) - set(renewed.fresh) - set(renewed.unshown))
    if trouble and left:
        why = str(trouble).rstrip(".")
        messages.append(
            f"Links to {plural(left, 'result')} were not renewed: {why}. Type the same again: {again.links}"
        )
    messages += report_writing(renewed.writing) if renewed.writing else []
    for message in messages:
        console.warn(message)
    code = renewed.exit_code
    fine = code is Exit.OK and not messages
    console.summary(report_renewed(renewed, again), renewed_data(renewed, str(trouble or "")), fine=fine)
    return code
