"""An entry on its way into the computer's scheduler: what it finds there, the question, the first run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from bulkgen.batch.planned import Planned
from bulkgen.cli.console import Console
from bulkgen.cli.scheduled import entry_data, question, report_entry, report_first_run, report_texts
from bulkgen.errors import BulkgenError, Declined, Exit, InputError
from bulkgen.heygen.credentials import VARIABLE
from bulkgen.program import check_program
from bulkgen.schedules.computer import Computer
from bulkgen.schedules.cron import Cron
from bulkgen.schedules.entries.entry import Entry
from bulkgen.schedules.schedulers import first_of, schedulers_of
from bulkgen.schedules.surroundings import carried, check_key, places_told

#: How long the first run is waited for (seconds).
FIRST_RUN = 900.0


class Installing:
    """`show_only`: nothing is installed, and what would be in the way is only told. `yes`: nobody is asked."""

    def __init__(self, computer: Computer, console: Console, *, show_only: bool, yes: bool) -> None:
        self.console = console
        self.show_only = show_only
        self._computer = computer
        self._yes = yes

    def surroundings(self, folder: Path, *, keyless: bool, target: Path) -> dict[str, str]:
        """The variables that the entry carries; tells what a scheduled run finds otherwise than this window.

        From here on the key of the file is used in this process too: what is checked is what the run will have.
        Raises `CredentialError` where there is none. `keyless`: it is a rehearsal.
        """
        computer = self._computer
        environment, told = carried(computer.environment, folder=Path.cwd())
        if not keyless:
            told += self._unless_shown(lambda: check_key(computer.environment))
            os.environ.pop(VARIABLE, None)
        for each in (*told, *places_told(target, computer.home, computer.platform)):
            self.console.warn(each)
        return environment

    def check_program(self) -> list[str]:
        """Raises `InputError` for a bulkgen that may be gone tomorrow; there is nothing else to be known of it."""
        check_program(self._computer.program, self._computer.prefix, self._computer.environment)
        return []

    def show(self, entry: Entry) -> Exit:
        """Prints what would be written, and what to type to do it oneself."""
        for each in self._unless_shown(self.check_program):
            self.console.warn(each)
        scheduler = next(iter(schedulers_of(self._computer)), None) or Cron(self._computer)
        texts, by_hand = scheduler.texts(entry), scheduler.by_hand(entry)
        data = entry_data(entry, scheduler.name, self._computer.now(), Exit.OK)
        self.console.summary(report_texts(texts, by_hand), {**data, "files": texts, "by_hand": [*by_hand]})
        return Exit.OK

    def install(self, entry: Entry, planned: Planned | None = None) -> Exit:
        """Asks, installs, starts it once and tells how that went; gives the exit code of the first run."""
        console, now = self.console, self._computer.now()
        schedulers = schedulers_of(self._computer)
        scheduler = first_of(schedulers)
        scheduler.texts(entry)  # what it can't hold is said before the question
        replaces = any(label.name == entry.name for each in schedulers for label in each.labels())
        console.warn(report_entry(entry, scheduler, now, replaces=replaces))
        self._ask(question(entry, planned))
        for other in schedulers:
            for label in other.labels():
                if label.name == entry.name and other is not scheduler:
                    other.remove(label)
        scheduler.install(entry)
        console.warn(f"Installed. It is started once now, by {scheduler.name}, and waited for at most 15 minutes …")
        try:
            started = scheduler.start(entry, FIRST_RUN)
        except KeyboardInterrupt:
            console.warn(f"It is installed, and a run that has begun goes on. How far it is: {scheduler.look(entry)}")
            return Exit.INTERRUPTED

        code = next((each for each in Exit if each == started.code), Exit.UNEXPECTED)
        if started.code is None:
            code = Exit.OK if entry.label.watches else Exit.NOT_FINISHED
        told = report_first_run(entry, started, scheduler)
        data = entry_data(entry, scheduler.name, now, code)
        console.summary(told, {**data, "first_run": {"exit_code": started.code, "message": told}})
        return code

    def _ask(self, asked: str) -> None:
        """Raises `InputError` where nobody can be asked, `Declined` for a no."""
        if self._yes:
            return

        if not self.console.interactive or self.console.as_json:
            raise InputError("Nobody can be asked here: add --yes to install it and run it once.")

        if not self.console.ask(asked):
            raise Declined("Nothing was scheduled.")

    def _unless_shown(self, look: Callable[[], list[str]]) -> list[str]:
        """What it finds; where the entry is only shown, what is in the way is told and not raised."""
        try:
            return look()
        except BulkgenError as error:
            if not self.show_only:
                raise

            return [str(error)]
