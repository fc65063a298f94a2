"""Moves jobs through HeyGen: the slots, the gate, the poller; every step in the resume file before the next.

The engine says by Protocols (`protocols`) what it needs of client, ledger, downloader and feed; of a kind it knows the
life, and no sheet and no terminal. Its parts share `RunState`, `Health` and `Stopping`, and none of them knows the
engine. Invariants:

* a paid POST is sent only after its `submitting` record is durable; POST and the record of its answer are one unit
  that no cancellation splits;
* a job's failure is a value, never an exception; only a resume file that can't be written ends the run at once;
* a time limit, a stop or a lost connection never turns a job into a failed one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

import anyio

from bulkgen.engine.collector import Collector
from bulkgen.engine.finder import Finder
from bulkgen.engine.gate import Gate
from bulkgen.engine.handout import Handout
from bulkgen.engine.health import Health
from bulkgen.engine.keeper import Keeper
from bulkgen.engine.pending import PendingJobs
from bulkgen.engine.poller import Poller
from bulkgen.engine.protocols import Client, Downloader, Feed, Names, News, Uploader
from bulkgen.engine.renewal import Renewal
from bulkgen.engine.run_state import RunState
from bulkgen.engine.stopping import Stopping
from bulkgen.engine.submitter import Submitter
from bulkgen.engine.tracker import Tracker
from bulkgen.engine.uploading import Uploaded, UploadingFeed
from bulkgen.engine.waiting import WaitingFeed
from bulkgen.errors import BulkgenError, cause
from bulkgen.ledger.steps import Step
from bulkgen.model import Handle, Job
from bulkgen.retry import RetryBudget

#: How often it is asked whether the run goes on (seconds).
WATCH_EVERY = 15.0


@dataclass
class Settings:
    """What the person asked of the run. `poll_every` in seconds; `wait` False: submit what fits and leave.

    `files`: what is downloaded of finished videos (`keeper`); recordings are in any case.
    """

    concurrency: int = 10
    poll_every: float | None = None
    wait: bool = True
    _: KW_ONLY
    files: Sequence[str] = ()


class Engine:
    """One run over the jobs of a feed."""

    def __init__(
        self,
        *,
        client: Client,
        downloader: Downloader,
        run_state: RunState,
        settings: Settings,
        budget: RetryBudget,
        names: Names,
        uploader: Uploader,
        news: News | None = None,
    ) -> None:
        """`news`: what is heard of jobs beside what is asked; None: nothing."""
        self.run_state = run_state
        self.settings = settings
        self._uploader = uploader
        self._uploading: UploadingFeed | None = None
        self.gate = gate = Gate(settings.concurrency)
        self.pending = PendingJobs(settings.poll_every)
        self._stopping = stopping = Stopping(gate)
        self._health = health = Health(budget)
        self.keeper = keeper = Keeper(
            client=client, downloader=downloader, run=run_state, names=names, wanted=settings.files
        )
        self._tracker = tracker = Tracker(
            run=run_state,
            pending=self.pending,
            gate=gate,
            health=health,
            keeper=keeper,
            handout=Handout(client=client, downloader=downloader, run=run_state, names=names),
        )
        self._poller = Poller(client=client, tracker=tracker, health=health, stopping=stopping, news=news)
        self._finder = finder = Finder(client=client, run=run_state, tracker=tracker)
        self._collector = Collector(downloader, run_state, names)
        self.renewal = Renewal(client=client, run=run_state, health=health)
        self._submitter = Submitter(
            client=client,
            run=run_state,
            gate=gate,
            health=health,
            stopping=stopping,
            tracker=tracker,
            finder=finder,
            collector=self._collector,
            wait=settings.wait,
        )

    @property
    def uploaded(self) -> Uploaded | None:
        """How far the uploads of the person's files are; None without any."""
        return self._uploading.uploaded if self._uploading else None

    @property
    def stopped_by(self) -> BulkgenError | None:
        """Why the run ended before everything was done; None where nothing stood in the way."""
        return self._stopping.reason

    def stop(self, reason: BulkgenError | None = None) -> None:
        """No new submits, no more polling; POSTs on their way are waited for, since they are paid."""
        self._stopping.stop(reason)

    async def run(self, feed: Feed) -> None:
        """Does for each job what its state asks for; returns when all is done, or `stop` was called.

        Raises `LedgerError` if the resume file can't be written.
        """
        self._health.moving()
        await self.run_state.heed_clocks()
        look_up, collect = self._take_up(feed)
        guard = self._stopping.guard
        try:
            async with anyio.create_task_group() as outer:
                outer.start_soon(self._watch)
                async with anyio.create_task_group() as files:
                    files.start_soon(guard, self.keeper.run)
                    await self._move(feed, look_up, collect)
                    self.keeper.close()
                await self.run_state.heed_clocks()
                outer.cancel_scope.cancel()
        except ExceptionGroup as group:
            raise cause(group) from None

    async def _move(self, feed: Feed, look_up: list[Handle], collect: list[Handle]) -> None:
        """All that is asked of HeyGen; files may still be on their way to the disk behind it."""
        guard = self._stopping.guard
        async with anyio.create_task_group() as group:
            group.start_soon(guard, self._collect, collect)
            await guard(self._poller.look_at_reviews)
            if self.settings.wait:
                group.start_soon(guard, self._poller.run)
            else:
                await guard(self._poller.once)
            waiting = WaitingFeed(feed, run=self.run_state, waits=self.settings.wait)
            async with anyio.create_task_group() as uploads:
                uploading = self._uploading = UploadingFeed(
                    waiting, uploader=self._uploader, run=self.run_state, stopping=self._stopping, tasks=uploads
                )
                waiting.on_more, uploading.on_more = uploading.reopen, self._submitter.reopen

                def takes(job: Job) -> bool:
                    if waiting.take(job) and uploading.take(job):
                        return True

                    uploading.reopen(not self.run_state.life(job).holds_slot)
                    return False

                self._submitter.takes = takes
                await guard(self._find, look_up)
                await self._submitter.run(uploading, over=waiting.over)
                uploads.cancel_scope.cancel()
            self._tracker.expects_more = self._tracker.open = False
            self._tracker.wake()

    async def _collect(self, jobs: list[Handle]) -> None:
        """The links and recordings of earlier runs; then, by these links, their files."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._collector.collect, jobs)
            group.start_soon(self.renewal.renew_due, jobs)
        for job in jobs:
            self.keeper.want(job)

    def _take_up(self, feed: Feed) -> tuple[list[Handle], list[Handle]]:
        """Follows what is in progress; gives what has to be found, and what has a result."""
        look_up: list[Handle] = []
        collect: list[Handle] = []
        for job in feed.standing:
            step = self.run_state.step(job)
            if self.run_state.of(job).shown.finished:
                collect.append(job)
            if step is Step.FOLLOW:
                self._tracker.follow(job)
            elif step is Step.LOOK_UP or (step is Step.SEND and self.run_state.may_be_found(job)):
                look_up.append(job)
        return look_up, collect

    async def _find(self, jobs: list[Handle]) -> None:
        for job in await self._finder.find(jobs):
            if self._submitter.takes(job):
                self._submitter.add(job)

    async def _watch(self) -> None:
        """Ends the run when HeyGen has long been silent, or has long taken nothing."""
        while not await self._stopping.within(WATCH_EVERY):
            if self.pending or self.gate.posting or self._submitter.idle:
                self._health.moving()
            if reason := self._health.given_up(expects_more=self._tracker.expects_more):
                self.stop(reason)
