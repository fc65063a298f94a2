"""A sheet as one unit of work: opened, judged, recalled, heard, planned, run, written.

Each stage is a frozen value that the next is made from. Never prints, asks or ends the process; what a person is to
be asked, the caller asks (`approve`), and what happens meanwhile is told as events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import anyio

from bulkgen.batch.adoption import adopt
from bulkgen.batch.bill import priced
from bulkgen.batch.hearing import hear
from bulkgen.batch.judged import Judged, judge, judge_offline
from bulkgen.batch.listening import Listened, alone, make, objection, row_to_hear, to_be_heard
from bulkgen.batch.narrowed import narrowed, tested_first
from bulkgen.batch.on_disk import as_on_disk
from bulkgen.batch.on_record import results_file
from bulkgen.batch.opened import Opened, open_sheet
from bulkgen.batch.otherwise import check_options
from bulkgen.batch.outcome import Ran, Standing
from bulkgen.batch.planned import Planned, plan
from bulkgen.batch.preview import Preview, preview_of, rows_to_show
from bulkgen.batch.progress import Listener, Waits
from bulkgen.batch.recalled import recall, recognise
from bulkgen.batch.remarks import Remarks, suspects_of
from bulkgen.batch.renewing import Renewed, may_be_elsewhere, renew_links, take_over
from bulkgen.batch.running import Until, carry_out
from bulkgen.batch.settings import Settings
from bulkgen.batch.target import Looker
from bulkgen.batch.writing import Writer, Writing
from bulkgen.disk.whole import numbered
from bulkgen.errors import Declined, LockedError
from bulkgen.ledger.events import Event
from bulkgen.ledger.file_ledger import FileLedger
from bulkgen.ledger.history import History, fold
from bulkgen.ledger.index import data_folder
from bulkgen.ledger.lessons import renders
from bulkgen.ledger.protocol import Ledger
from bulkgen.ledger.spending import Spending
from bulkgen.pricing.render_time import RenderTimes
from bulkgen.sheet import without_collection


def _unrecorded(_event: Event) -> None:
    """For a writer that writes nothing, or where there is no record yet."""


class Batch:
    """One sheet with its settings; made by `Batch.open`."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened

    @classmethod
    def open(cls, sheet: str | Path, settings: Settings | None = None) -> Batch:
        """Reads the sheet: a path, `-` for a CSV on standard input, or the link of a Google Sheet.

        Raises `InputError` for a sheet that can't be read, or settings that don't fit it.
        """
        with without_collection():
            return cls(open_sheet(str(sheet), settings or Settings()))

    def check(self) -> Planned:
        """Finds every mistake and makes the plan; sends nothing that costs, and changes no file.

        Raises `LedgerError` for a resume file that can't be used. That HeyGen can't be asked is `trouble` of the plan.
        """
        ledger = self._ledger()
        try:
            return self._planned(ledger)
        finally:
            ledger.leave()

    def preview(self) -> Preview:
        """Shows a few rows from near: the one that the settings name, or the first, the longest and the riskiest.

        Sends nothing that costs, and changes no file. Raises `InputError` where there is no such row, and what `check`
        raises.
        """
        ledger = self._ledger()
        try:
            with without_collection():
                judged, history = self._judged(ledger)
                whys = rows_to_show(judged)
                return preview_of(_plan(narrowed(judged, whys, shown=True), ledger, history), whys)
        finally:
            ledger.leave()

    def listen(
        self,
        on_event: Listener = lambda _event: None,
        *,
        approve: Callable[[Preview, Planned], bool] | None = None,
        until: Until = anyio.sleep_forever,
    ) -> Listened:
        """Makes a voice-over of what one row will say, so that it can be heard: the row that the settings name, or the
        riskiest. What was made before is not made again.

        `approve` sees the preview of the row, and the plan of its voice-over, before anything is sent. All else is as
        in `run`. Raises what that raises, and `InputError` for a row that says nothing that can be heard.
        """
        ledger = self._ledger()
        try:
            ledger.take(lambda why: on_event(Waits(why)))
            with without_collection():
                judged, history = self._judged(ledger)
                whys = row_to_hear(judged)
                shown = preview_of(_plan(narrowed(judged, whys, shown=True), ledger, history), whys)
                planned = alone(_plan(to_be_heard(judged, next(iter(whys))), ledger, history))
            approved = approve is None or approve(shown, planned)
            if against := objection(planned):
                raise against

            if not approved:
                raise Declined("Nothing was sent.")

            return make(shown, planned, on_event, until)
        finally:
            ledger.leave()

    def run(
        self,
        on_event: Listener = lambda _event: None,
        *,
        approve: Callable[[Planned], bool] | None = None,
        until: Until = anyio.sleep_forever,
    ) -> Ran:
        """Makes what is new, waits for what is in progress, and writes the results.

        `approve` sees the plan before anything is sent and says whether to go on; without it, nobody looks at the
        plan first. `until` returns (in the run's event loop) to ask for a stop. An error of `on_event` stops the run as
        Ctrl-C does, and is raised at its end. From within an event loop, call this in a thread.

        Raises `LockedError` while another run holds the sheet, `Declined` for a no, the plan's `objection`, and what
        `check` raises: nothing was sent then.
        """
        settings = self.opened.settings
        ledger = self._ledger()
        try:
            ledger.take(lambda why: on_event(Waits(why)))
            planned = self._planned(ledger)
            approved = approve is None or approve(planned)
            objection = planned.objection(unattended=approve is None or settings.yes)
            if objection:
                raise objection

            if not approved:
                raise Declined("Nothing was sent.")

            return carry_out(planned, on_event, until)
        finally:
            ledger.leave()

    def status(self) -> Standing:
        """Where every row stands, from the sheet and its files alone. Neither network nor key is used."""
        ledger = self._ledger()
        standing = self._standing(ledger)
        return replace(standing, details=self._writer(standing, ledger).links(standing.states))

    def renew_links(
        self,
        on_event: Listener = lambda _event: None,
        *,
        due: bool = False,
        until: Until = anyio.sleep_forever,
    ) -> Renewed:
        """Renews the links to finished results, fetches what is missing of the files that the settings want, and writes
        the results, be it months after the last run. What other sheets have of its jobs becomes its own, as in a run.

        `due`: only links that have expired or will within a day; where there is nothing to do nothing is asked or
        written. `until`: as for `run`. From within an event loop, call this in a thread.

        Raises `LockedError` while a run holds the sheet, `InputError` where the rows were made with other options,
        `LedgerError` for a resume file that can't be used, and `CredentialError` and `ApiError` where HeyGen can't be
        asked whose key this is.
        """
        ledger = self._ledger()
        try:
            ledger.take(lambda why: on_event(Waits(why)))
            standing, notes = self._standing(ledger), tuple[str, ...]()
            if (not due or not ledger.events) and may_be_elsewhere(standing, ledger):
                notes = take_over(*self._judged(ledger), ledger, standing)
                standing = self._standing(ledger)
            check_options(standing, ledger.events)
            writer = self._writer(standing, ledger, record=partial(anyio.from_thread.run, ledger.append))
            standing = replace(standing, details=writer.links(standing.states))
            return replace(renew_links(standing, ledger, writer, until, due=due, on_event=on_event), notes=notes)
        finally:
            ledger.leave()

    def write_results(self) -> Writing:
        """Writes the results from the sheet and the resume file alone; links are those that the last results have.

        A run at work does it itself: then nothing is written. From within an event loop, call this in a thread.
        """
        ledger = self._ledger()
        try:
            ledger.take()
            standing, events = self._standing(ledger), ledger.events
            record = partial(anyio.run, ledger.append) if events else _unrecorded
            writer = self._writer(standing, ledger, record=record)
            return writer.write(standing.states, writer.links(standing.states))
        except LockedError as error:
            return Writing(error=str(error))
        finally:
            ledger.leave()

    def _standing(self, ledger: Ledger) -> Standing:
        history = fold(ledger.events)
        built = recognise(judge_offline(self.opened, history).built, history.states, history.ids)
        results = results_file(self.opened, ledger.events)
        remarks = Remarks(
            jobs=[job for row in built.rows for job in row.jobs],
            suspects=suspects_of(built.rows, ledger.events),
            renders=RenderTimes.of(() if self.opened.settings.sandbox else renders(history.states.values())),
        )
        # A job was seen in progress whenever something was recorded, as far as the ledger alone tells.
        states = remarks.added_to(as_on_disk(history.states, self.opened.places.folder), lambda _key: history.latest)
        charges = priced(Spending("usd", ledger.events).charges.values(), self.opened.prices)
        return Standing(opened=self.opened, built=built, states=states, results=results, charges=charges)

    def _writer(self, standing: Standing, ledger: Ledger, record: Callable[[Event], object] = _unrecorded) -> Writer:
        looker = Looker(self.opened, ledger)
        return Writer(self.opened, standing.built, looker, before=standing.states, record=record)

    def _planned(self, ledger: Ledger) -> Planned:
        with without_collection():
            judged, history = self._judged(ledger)
            return _plan(tested_first(judged), ledger, history)

    def _judged(self, ledger: Ledger) -> tuple[Judged, History]:
        opened, history = self.opened, fold(ledger.events)
        if opened.settings.offline:
            return judge_offline(opened, history), history

        return judge(opened, ledger.heard, history), history

    def _ledger(self) -> Ledger:
        self.opened = self.opened.from_here()
        places, sandbox = self.opened.places, self.opened.settings.sandbox
        index = None if sandbox else partial(data_folder, folder=self.opened.folder)
        sheet = Path(self.opened.source)
        folders = [places.folder, *([sheet.resolve().parent] if sheet.is_symlink() else [])]
        results, resume = places.usual
        usual = [resume, *numbered(results)]
        return FileLedger(places.resume, folders=folders, sandbox=sandbox, index=index, usual=usual)


def _plan(judged: Judged, ledger: Ledger, history: History) -> Planned:
    return plan(judged, adopt(judged, hear(judged, recall(judged, ledger, history))))
