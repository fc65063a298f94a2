"""A run with somebody at the terminal: the plan is shown, the question asked, progress drawn, Ctrl-C heard."""

from __future__ import annotations

from bulkgen.batch.planned import Planned
from bulkgen.batch.progress import Ended, Moved, Progress, RunEvent, Stopping, Suspected, Waits
from bulkgen.batch.settings import Settings
from bulkgen.cli.console import Console
from bulkgen.cli.guide import Guide
from bulkgen.cli.money import announcement, question
from bulkgen.cli.progress import Bar
from bulkgen.cli.shown import show
from bulkgen.cli.signals import Stops
from bulkgen.cli.units import unit_of
from bulkgen.errors import InputError
from bulkgen.model import plural
from bulkgen.results.words import told_of


class Attended:
    """`planned`: the plan of the run, once it was shown. `check`: the command that shows what the window has no room
    for.
    """

    def __init__(self, settings: Settings, console: Console, guide: Guide, check: str) -> None:
        self.planned: Planned | None = None
        self._guide = guide
        self._settings = settings
        self._console = console
        self._check = check
        self._bar = Bar(console)
        self._stops: Stops | None = None

    @property
    def untold(self) -> tuple[str, ...]:
        """What the plan has for the person and was not shown, since nothing was to be sent."""
        held_back = self.planned is not None and self._console.quiet and not self.planned.plan.send
        return self.planned.cautions if self.planned and held_back else ()

    def approve(self, planned: Planned) -> bool:
        """Shows the plan; asks before something paid is sent, where that is due.

        Raises `InputError` where nobody can be asked, and `Answered` after an answer that changes the plan.
        """
        self.planned = planned
        self._guide.consider(planned)
        objection = planned.objection(unattended=self._settings.yes)
        sends = (
            not (self._settings.sandbox or objection) and bool(planned.plan.send) and not planned.outlook.nothing_fits
        )
        asks = sends and not self._settings.yes
        remarks, asked = (_remarks(planned), question(planned)) if asks else ("", "")
        last = "\n".join(filter(None, (remarks, asked)))
        show(planned, self._console, last=str(objection or last), everything=self._check)
        if objection or (asks and not self._ask(remarks, asked, planned)):
            return False

        if sends and self._settings.yes and planned.caps.left is None:
            self._console.warn(f"{announcement(planned)} No limit is set: --max-cost USD sets one.")
        self._bar.unit = unit_of(job.kind for job in planned.plan.jobs)
        self._stops = Stops()  # whatever signal comes from here on, something may have been sent
        return True

    async def stopped(self) -> None:
        """Returns with the first Ctrl-C, SIGTERM or closed terminal."""
        assert self._stops, "the plan was approved"
        await self._stops.wait()

    def follow(self, event: RunEvent) -> None:
        if isinstance(event, Moved):
            self._bar.moved(event.progress)
        elif isinstance(event, Progress):
            self._bar.tick(event)
        elif isinstance(event, Waits):
            self._console.mention(event.why)
        elif isinstance(event, Stopping):
            self._tell_stopping(event)
        elif isinstance(event, Suspected):
            self._console.warn(f"\n{told_of(event.suspect)}: the others with it wait, and all else goes on.")
        elif isinstance(event, Ended):
            self._bar.close()
            if self._stops:
                self._stops.close()

    def _ask(self, remarks: str, asked: str, planned: Planned) -> bool:
        """Above the sum of `--confirm-above` the number of jobs is typed, so that it was read."""
        if not self._console.interactive:
            raise InputError("Nobody can be asked here: add --yes to send without the question. Nothing was sent.")

        if remarks:
            self._console.warn(remarks)
        most = planned.outlook.at_most
        if most is not None and most <= planned.judged.opened.settings.confirm_above:
            return self._console.ask(asked)

        return self._console.ask(asked, word=str(len(planned.plan.send)))

    def _tell_stopping(self, event: Stopping) -> None:
        wait = ""
        if event.posting:
            wait = f" Waiting for {plural(event.posting, 'answer')} that may be paid for already."
        self._console.warn(f"\nStopping: nothing more is sent.{wait} Ctrl-C once more ends it at once.")
        if event.in_progress:
            self._console.warn(
                f"{plural(event.in_progress, self._bar.unit)} already at HeyGen will finish and be charged; "
                "run the same command to collect them."
            )


def _remarks(planned: Planned) -> str:
    """What is to be known of some of the jobs before all of them are paid for."""
    plan, running = planned.plan, planned.plan.overtaken
    replaced = len(plan.replaced) - running
    told = []
    if replaced:
        told.append(f"{replaced:,} of them replace a finished result.")
    if running:
        told.append(f"{running:,} of them are being made right now as they were before, and paid as well.")
    if plan.again:
        told.append(f"{len(plan.again):,} of them were made before, and are made and paid again (--redo).")
    if planned.repeats:
        told.append(
            f"{len(planned.repeats):,} of them were sent before with no answer and may be charged a second time."
        )
    return " ".join(told)
