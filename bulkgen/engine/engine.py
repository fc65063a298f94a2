"""Moves jobs through HeyGen: the slots, the gate, the poller; every step in the resume file before the next.

The engine says by Protocols (`ports`) what it needs of client, journal and downloader, and knows no sheet and no
terminal. Invariants:

* a paid POST is sent only after its `submitting` record is durable; POST and the record of its answer are one unit
  that no cancellation splits;
* a job's failure is a value, never an exception; only a resume file that can't be written ends the run at once;
* a time limit, a stop or a lost connection never turns a job into a failed one.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Container, Iterable
from dataclasses import dataclass, field

import anyio

from bulkgen.engine.collector import Collector
from bulkgen.engine.gate import Gate
from bulkgen.engine.pending import Flight, Flights
from bulkgen.engine.poller import Poller
from bulkgen.engine.protocols import Client, Downloader, Recorder
from bulkgen.engine.search import find_lost, find_shown
from bulkgen.engine.submitter import Submitter
from bulkgen.errors import ApiError, BulkgenError, Lost
from bulkgen.kinds import KINDS
from bulkgen.kinds.kind import Detail
from bulkgen.ledger.events import (
    Event,
    adopted,
    failed,
    finished,
    format_time,
    unknown,
)
from bulkgen.ledger.state import (
    NEW,
    Policy,
    State,
    Step,
    apply,
    next_step,
)
from bulkgen.model import Job
from bulkgen.retry import RetryBudget

#: With no word from HeyGen, or nothing accepted and nothing in flight, for this long (seconds) the run stops.
PATIENCE = 15 * 60.0


@dataclass
class Settings:
    """What the person asked of the run. `poll_every` in seconds; `wait` False: submit what fits and leave."""

    concurrency: int = 10
    poll_every: float | None = None
    wait: bool = True
    policy: Policy = field(default_factory=Policy)
    #: Rows to be made again though they are finished.
    redo: Container[int] = ()


@dataclass
class Silence:
    """Since when HeyGen has answered nothing that it was asked, and how many requests that were."""

    since: float
    tries: int = 0

    def lasts(self, seconds: float, tries: int = 0) -> bool:
        return anyio.current_time() - self.since > seconds and self.tries >= tries


@dataclass
class Engine:
    """One run over a list of jobs; `states` holds what was known of them before, and is kept up to date."""

    client: Client
    journal: Recorder
    downloader: Downloader
    states: dict[str, State]
    settings: Settings = field(default_factory=Settings)
    budget: RetryBudget = field(default_factory=RetryBudget)
    #: Ids that belong to a job already, here or in another resume file.
    claimed: set[str] = field(default_factory=set)
    #: What is known of finished jobs' links, by fingerprint.
    details: dict[str, Detail] = field(default_factory=dict)
    now: Callable[[], float] = time.time
    on_change: Callable[[Job], None] = lambda _job: None
    #: Why the run ended before everything was done; None where nothing stood in the way.
    stopped_by: BulkgenError | None = None
    #: Jobs left for the next run because an answer or a download was lost.
    left: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.flights = Flights(self.settings.poll_every)
        self.gate = Gate(self.settings.concurrency)
        #: Whether anything may still be added to the flights.
        self.expects_more = True
        self.collector = Collector(self)
        self._poller = Poller(self)
        self._submitter = Submitter(self)
        self._stopping = anyio.Event()
        self.silence: Silence | None = None
        #: When something last moved.
        self._progressed = 0.0

    async def run(self, jobs: Iterable[Job], *, send: Collection[str] | None = None) -> None:
        """Does for each job what its state asks for; returns when all is done, or `stop` was called.

        `send`: the fingerprints that may be POSTed in this run (all of them, if None).
        Raises `LedgerError` if the resume file can't be written.
        """
        self._progressed = anyio.current_time()
        look_up, collect = self._sort(jobs, send)
        try:
            async with anyio.create_task_group() as outer:
                outer.start_soon(self._watch)
                async with anyio.create_task_group() as group:
                    group.start_soon(self.unless_stopped, self.collector.run, collect)
                    if self.settings.wait:
                        group.start_soon(self.unless_stopped, self._poller.run)
                    else:
                        await self.unless_stopped(self._poller.once)
                    await self.unless_stopped(self.find, look_up)
                    await self._submitter.run()
                    self.expects_more = False
                    self._poller.wake()
                outer.cancel_scope.cancel()
        except* BulkgenError as errors:
            raise _first(errors) from None

    def _sort(self, jobs: Iterable[Job], send: Collection[str] | None) -> tuple[list[Job], list[Job]]:
        """Takes up what is in flight and what is to be sent; gives what has to be found, and what is finished."""
        look_up: list[Job] = []
        collect: list[Job] = []
        again: list[Job] = []
        new: list[Job] = []
        unique: dict[str, Job] = {}
        for job in jobs:
            unique.setdefault(job.fingerprint, job)
        for job in unique.values():
            step, may_send = self.step(job), send is None or job.fingerprint in send
            if step is Step.FOLLOW:
                self._follow(job, resumed=True)
            elif step is Step.LOOK_UP or (step is Step.SEND and may_send and self._may_be_found(job)):
                look_up.append(job)
            elif step is Step.COLLECT:
                collect.append(job)
            elif step in (Step.SEND, Step.SEND_AGAIN) and may_send:
                (new if step is Step.SEND else again).append(job)
        # Lost answers first: their keys don't live for ever, and their jobs may hold slots at HeyGen already.
        for job in [*again, *new]:
            self._submitter.add(job)
        return look_up, collect

    def _may_be_found(self, job: Job) -> bool:
        """An unknown job that is to be paid once more is looked up first: by now the account may show it."""
        return self.states.get(job.fingerprint, NEW).last == "unknown" and KINDS[job.kind].collection is not None

    def step(self, job: Job) -> Step:
        state = self.states.get(job.fingerprint, NEW)
        redo = job.row in self.settings.redo
        return next_step(state, self.settings.policy, now=self.now(), keyed=KINDS[job.kind].keyed, redo=redo)

    def stop(self, reason: BulkgenError | None = None) -> None:
        """No new submits, no more polling; POSTs on their way are waited for, since they are paid."""
        self.block(reason)
        self._stopping.set()

    def block(self, reason: BulkgenError | None) -> None:
        """No new submits; what is in flight is still collected."""
        self.stopped_by = self.stopped_by or reason
        self.gate.shut_for_good()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    async def stops_within(self, seconds: float) -> bool:
        """Waits that long; True as soon as the run is being stopped."""
        with anyio.move_on_after(seconds):
            await self._stopping.wait()
        return self.stopping

    async def unless_stopped(self, work: Callable[..., Awaitable[None]], *arguments: object) -> None:
        """Does the work, and leaves it as it is as soon as the run is being stopped."""
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                await self._stopping.wait()
                group.cancel_scope.cancel()

            group.start_soon(watch)
            await work(*arguments)
            group.cancel_scope.cancel()

    async def record(self, job: Job, event: Event) -> None:
        """Makes the event durable and takes it into the job's state, whoever is cancelled meanwhile."""
        with anyio.CancelScope(shield=True):
            for stamped in await self.journal.append(event):
                self.states[job.fingerprint] = apply(self.states.get(job.fingerprint, NEW), stamped)
        self.on_change(job)

    def heard(self) -> None:
        """HeyGen answered something."""
        self.silence = None

    def unheard(self) -> None:
        """A request brought no answer."""
        self.silence = self.silence or Silence(anyio.current_time())
        self.silence.tries += 1

    def progressed(self) -> None:
        """HeyGen accepted or finished something."""
        self.heard()
        self.budget.succeeded()
        self._progressed = anyio.current_time()

    @property
    def landing(self) -> bool:
        """Nothing is on its way up, and nothing will be."""
        return not self.expects_more and not self.flights.flying

    # What the submitter and the poller bring ------------------------------------------------------------------

    def accepted(self, job: Job, job_id: str) -> None:
        self.progressed()
        self.claimed.add(job_id)
        self._follow(job, resumed=False)

    def landed(self, flight: Flight) -> None:
        """HeyGen says that the job has ended: its slot is free, whenever its links come."""
        if flight.landed_since is None:
            self.flights.land(flight, anyio.current_time())
            self.progressed()
            self.gate.ended()

    async def completed(self, flight: Flight, detail: Detail) -> None:
        """A job is finished, with its links (or with none that will ever come)."""
        at = detail.finished_at or format_time(self.now())[:19] + "Z"
        self.details[flight.job.fingerprint] = detail
        await self._close(
            flight, finished(flight.job, flight.attempt, flight.id, duration=detail.duration, finished_at=at)
        )

    async def failed(self, flight: Flight, detail: Detail) -> None:
        await self._close(flight, failed(flight.job, flight.attempt, detail.code, detail.message))

    async def vanished(self, flight: Flight, error: ApiError) -> None:
        """HeyGen goes on saying that it does not know the id, or refusing to show it."""
        why = error.message.rstrip(".")
        message = f"HeyGen no longer knows {flight.id}" if error.status == 404 else f"HeyGen hides {flight.id} ({why})"
        await self._close(flight, unknown(flight.job, flight.attempt, message, job_id=flight.id))

    def _follow(self, job: Job, *, resumed: bool) -> None:
        state, collection = self.states[job.fingerprint], KINDS[job.kind].collection
        assert collection is not None, "a kind without a collection is answered at once"
        now = since = anyio.current_time()
        if resumed:
            self.gate.held += 1
            if state.submitted_at is not None:
                since -= max(0.0, self.now() - state.submitted_at)
        self.flights.add(Flight(job, state.attempt, state.id, collection, since, None if resumed else now))
        self._poller.wake()

    async def _close(self, flight: Flight, event: Event) -> None:
        """The end of a flight, in the resume file."""
        self.flights.remove(flight)  # nobody asks for it while its end is being written
        await self.record(flight.job, event)
        self.progressed()
        if flight.landed_since is None:
            self.gate.ended()

    # Finding and watching -------------------------------------------------------------------------------------

    async def find(self, jobs: list[Job]) -> None:
        """Jobs of which nobody knows what became: found in the account, or `unknown`.

        An id that HeyGen once gave is asked for first. One that was `unknown` before, and may be paid once more, is
        sent if it can't be found now either.
        """
        own = {self.states[job.fingerprint].id for job in jobs}
        found = await find_shown(self.client, [job for job in jobs if self.states[job.fingerprint].id], self.states)
        sought = [job for job in jobs if not self.states[job.fingerprint].id]
        sought += [job for job in jobs if found.get(job.fingerprint) == "" and self.step(job) is Step.SEND]
        for job in sought:
            found.pop(job.fingerprint, None)
        found |= await find_lost(self.client, sought, self.states, self.claimed - own)
        for job in jobs:
            state, job_id = self.states[job.fingerprint], found.get(job.fingerprint)
            if job_id is None:
                self.left.add(job.fingerprint)  # HeyGen did not answer: the next run looks again
            elif job_id:
                self.claimed.add(job_id)
                await self.record(job, adopted(job, state.attempt, job_id))
                self._follow(job, resumed=True)
            elif self.step(job) is Step.SEND:
                self._submitter.add(job)
            elif state.last != "unknown":
                message = "The answer was lost, and the account shows no such job"
                await self.record(job, unknown(job, state.attempt, message))

    async def _watch(self) -> None:
        """Ends the run when HeyGen has long been silent, or has long taken nothing."""
        while not await self.stops_within(15):
            now = anyio.current_time()
            if self.flights or self.gate.posting or self.gate.speaking:
                self._progressed = now
            if self.silence and self.silence.lasts(PATIENCE):
                self.stop(Lost("HeyGen has not answered for 15 minutes"))
            elif now - self._progressed > PATIENCE and self.expects_more:
                self.stop(Lost("HeyGen accepted nothing for 15 minutes"))


def _first(group: BaseExceptionGroup[BulkgenError]) -> BulkgenError:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, BulkgenError)
    return error
