"""`bulkgen preview --listen`: one row is spoken, so that it can be heard before a video is made of it."""

from __future__ import annotations

import shutil

from bulkgen.batch.batch import Batch
from bulkgen.batch.cost_data import Data
from bulkgen.batch.listening import Listened, objection
from bulkgen.batch.planned import Planned
from bulkgen.batch.preview import Preview
from bulkgen.batch.progress import Ended, RunEvent, Stopping, Waits
from bulkgen.batch.settings import Settings
from bulkgen.cli.console import Console
from bulkgen.cli.player import play
from bulkgen.cli.preview import preview_data, report_rows, tell_notes
from bulkgen.cli.shown import SANDBOX
from bulkgen.cli.signals import Stops
from bulkgen.cli.wrapping import kept
from bulkgen.errors import Exit, InputError, LedgerError
from bulkgen.kinds import KINDS
from bulkgen.ledger.state import Status
from bulkgen.pricing.money import money, money_range
from bulkgen.results.words import explain
from bulkgen.rows.voice_over import unheard


def listen(sheet: str, settings: Settings, console: Console) -> Exit:
    """One row as a voice-over: shown, asked for, made, played."""
    attended = _Attended(settings, console)
    listened = Batch.open(sheet, settings).listen(attended.follow, approve=attended.approve, until=attended.stopped)
    for caution in listened.cautions:
        console.warn(caution)
    message = _trouble(listened)
    if message:
        console.warn(message)
    console.summary(_report(listened), _data(listened, message))
    if listened.file and console.on_screen and not console.as_json:
        play(listened.file)
    return listened.exit_code


class _Attended:
    """Somebody at the terminal, asked before anything paid is sent."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self._stops: Stops | None = None

    def approve(self, shown: Preview, planned: Planned) -> bool:
        """Shows the row; asks where something is to be paid. Raises `InputError` where nobody can be asked."""
        console, settings = self._console, self._settings
        tell_notes(shown, console)
        for note in planned.notes:
            if note not in shown.planned.notes:
                console.tell(note)
        console.tell(f"{report_rows(shown, shutil.get_terminal_size().columns if console.interactive else 0)}\n")
        speaks = bool(planned.plan.send) and not (objection(planned) or planned.outlook.nothing_fits)
        pays = speaks and not settings.sandbox
        if pays and not settings.yes and (settings.no_input or not console.interactive):
            raise InputError(
                f"Nobody can be asked here: add --yes to make this {_made_for(planned)} without the question. "
                "Nothing was sent."
            )

        if pays and not settings.yes and not console.ask(_question(planned)):
            return False

        if pays and settings.yes and planned.caps.left is None:
            console.warn(f"This makes a {_made_for(planned)}. No limit is set: --max-cost USD sets one.")
        if speaks:
            console.tell("HeyGen is speaking …")
        self._stops = Stops()  # whatever signal comes from here on, something may have been sent
        return True

    async def stopped(self) -> None:
        """Returns with the first Ctrl-C, SIGTERM or closed terminal."""
        assert self._stops, "it was approved"
        await self._stops.wait()

    def follow(self, event: RunEvent) -> None:
        if isinstance(event, Waits):
            self._console.warn(event.why)
        elif isinstance(event, Stopping) and event.posting:
            self._console.warn("\nWaiting for the answer, which may be paid for already. Ctrl-C once more ends it.")
        elif isinstance(event, Ended) and self._stops:
            self._stops.close()


def _question(planned: Planned) -> str:
    again = "It was sent before with no answer, and may be charged a second time." if planned.repeats else ""
    return f"{again}\nMake this {_made_for(planned)}?".strip()


def _made_for(planned: Planned) -> str:
    """`voice-over of row 2 for about $0.05 ($0.03–$0.07) of your $12.00`: what is going to be paid for."""
    [job] = planned.plan.send
    cost = planned.costs.by_job[job.fingerprint].cost
    amount = f"for {money_range(cost.amount, cost.currency)}" if cost else "at a cost that is not known beforehand"
    of = f" of your {planned.balance}" if planned.outlook.balance is not None and cost else ""
    return f"voice-over of row {job.row:,} {amount}{of}"


def _trouble(listened: Listened) -> str:
    """Why there is nothing to be heard; "" where there is."""
    state, row = listened.entry.state, f"Row {listened.entry.row.source.number:,}"
    if listened.stopped_by is not None and listened.exit_code is not Exit.INTERRUPTED:
        why = str(listened.stopped_by).rstrip(".")
        return f"{why}." if isinstance(listened.stopped_by, LedgerError) else f"{row} was not made to be heard: {why}."

    if state.unresolved:
        return (
            f"{row}: HeyGen's answer did not come through. The same command asks again, and HeyGen may charge it once "
            "more."
        )

    own = listened.preview.rows[0].row.kind == listened.entry.kind
    if state.last == "refused" and not (state.blocked or state.doubted or own):
        return (
            f"{row} can't be heard like this (HeyGen: {state.message.rstrip('.')}). Its video may be right all the "
            "same; to hear the words in another voice, add --voice."
        )

    if state.file_gone and not own:
        return (
            f"{row} was listened to before, but {kept(state.file)} is not there any more, and its link has expired. "
            "Put the file back, or change the text, be it by a comma: then it is made anew."
        )

    return f"{row}: {explain(state)}." if listened.entry.status is not Status.DONE else ""


def _report(listened: Listened) -> str:
    """What can be heard, how long it is, what it did cost and what was left out of it."""
    state, planned = listened.entry.state, listened.planned
    if listened.file is None:
        return ""

    length = f", {state.duration:.1f} seconds" if state.duration is not None else ""
    lines = [f"Row {listened.entry.row.source.number:,} can be heard{length}: {kept(str(listened.file))}"]
    if not listened.sent:
        lines.append("It was made before: nothing was sent, and nothing is paid for it now.")
    elif planned.judged.opened.settings.sandbox:
        lines.append(SANDBOX)
    elif state.cost is not None and state.real_cost is not None:
        times = listened.charge.times if listened.charge else 1
        again = f" It was asked for {times} times, and HeyGen may charge each." if times > 1 else ""
        lines.append(f"Cost: {money(state.real_cost.likely, state.cost.currency)}, computed from its length.{again}")
    job = listened.preview.rows[0].jobs[0].job if listened.preview.rows[0].jobs else None
    if job is not None and (missing := unheard(job)):
        what, make = " and ".join(missing), KINDS[job.kind].noun
        lines.append(f"Not heard in it: {what}, which only the {make} will have.")
    return "\n".join(lines)


def _data(listened: Listened, message: str) -> Data:
    """The object of `--json`: that of the preview, and what can be heard."""
    state = listened.entry.state
    return preview_data(listened.preview, listened.exit_code, message) | {
        "new": int(listened.sent),
        "listened": {
            "row": listened.entry.row.source.number,
            "file": str(listened.file) if listened.file else None,
            "duration_s": state.duration if state.finished else None,
            "cost_usd": listened.entry.cost_usd,
        },
    }
