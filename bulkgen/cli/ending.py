"""The end of a run, however it comes: what it came to is told to its log in one line. Never prints."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from bulkgen.batch.opened import Opened
from bulkgen.batch.outcome import Ran
from bulkgen.batch.places import find_places
from bulkgen.batch.planned import Planned
from bulkgen.batch.remembered import remember
from bulkgen.batch.renewing import Renewed
from bulkgen.batch.settings import Settings
from bulkgen.batch.source import find_source
from bulkgen.batch.summary import Moments, Summary
from bulkgen.cli.log import caution, log_file, log_to, note, write_as
from bulkgen.cli.options import Again
from bulkgen.cli.report import report_next
from bulkgen.cli.signals import EARLY, interrupted
from bulkgen.cli.wrapping import released
from bulkgen.errors import BulkgenError, Exit, InputError, Interrupted, Unexpected


class Ending:
    """Around one run of a sheet: `with Ending(…) as ending`. An error that leaves it is an end as well.

    `settings`: those that were typed, until the sheet is opened; `again`: the commands that go on with it.
    """

    def __init__(self, command: str, sheet: str, settings: Settings, again: Again) -> None:
        self._command = command
        self._sheet = sheet
        self._settings = settings
        self._again = again
        self._opened: Opened | None = None
        self._started = datetime.now(UTC)
        #: What it came to, once it has.
        self.summary: Summary | None = None

    def __enter__(self) -> Ending:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, BulkgenError):
            self.failed(error)
        elif error is not None:
            self.failed(Interrupted(EARLY) if interrupted(error) else Unexpected(error))

    def opened(self, opened: Opened) -> None:
        """The sheet is read, with what files say of how it is run: its log begins. Raises `InputError` for none."""
        self._opened, self._settings = opened, opened.settings
        self._begin_log(opened.settings, opened.from_here().places.log)

    def ran(self, ran: Ran) -> Summary:
        following, for_others = (
            released(report_next(ran, again)).removeprefix("Next: ") for again in (self._again, self._again.for_others)
        )
        for told in ran.planned.cautions:
            caution(told)
        return self._ended(Summary.of_run(ran, self._moments, following=following, for_others=for_others))

    def renewed(self, renewed: Renewed) -> Summary:
        following = released(self._again.links) if renewed.exit_code is not Exit.OK else ""
        return self._ended(Summary.of_links(renewed, self._moments, following=following))

    def failed(self, error: BulkgenError, planned: Planned | None = None) -> Summary:
        """It ended before anything was sent; `planned`: what it was to do, as far as that was known."""
        if self._opened is None:
            self._begin_log_unopened()
        return self._ended(
            Summary.of_error(
                self._command,
                self._sheet,
                error,
                self._moments,
                sandbox=self._settings.sandbox,
                planned=planned,
                following=released(self._following(error, self._again)),
                for_others=released(self._following(error, self._again.for_others)),
            )
        )

    def _ended(self, summary: Summary) -> Summary:
        note(summary.as_text(), {"event": self._command, **summary.as_data()})
        self.summary = summary
        return summary

    @property
    def _moments(self) -> Moments:
        return Moments(self._started, datetime.now(UTC))

    def _following(self, error: BulkgenError, again: Again) -> str:
        """What to type to go on; "" for nothing."""
        if error.exit_code in (Exit.LOCKED, Exit.INTERRUPTED):
            return ""

        if error.exit_code is Exit.KEY:
            return "bulkgen login"

        return again.check if error.exit_code is Exit.MISTAKES else again.run

    def _begin_log(self, settings: Settings, path: Path) -> None:
        """Raises `InputError` where none can."""
        if settings.log_format and log_file():
            write_as(settings.log_format)
        elif settings.log_format:
            log_to(path, settings.log_format, rotates=True)

    def _begin_log_unopened(self) -> None:
        """The log of a sheet that could not be opened: where it would be by all that is known of it."""
        try:
            path = find_source(self._sheet).path
            try:
                known = remember(path, None, self._settings).settings
            except InputError:  # what keeps it from being opened, as likely as not
                known = self._settings
            places = find_places(path, out=known.out, resume=known.resume, sandbox=known.sandbox)
            self._begin_log(known, places.log)
        except (InputError, OSError, ValueError):
            pass  # it is told on the screen; there is no place for a log
