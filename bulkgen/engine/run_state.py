"""What is known of a run's jobs, and the one way in which more becomes known: a durable event."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio

from bulkgen.engine.protocols import Recorder
from bulkgen.engine.spending_cap import SpendingCap
from bulkgen.kinds.life import AfterLoss, Life, Turn
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.events import Event, aged
from bulkgen.ledger.spending import Key, answer_key
from bulkgen.ledger.state import NEW, State
from bulkgen.ledger.steps import Rules, Step
from bulkgen.ledger.suspects import Suspect, Suspects
from bulkgen.ledger.transitions import apply
from bulkgen.model import Handle, Job, Reference


@dataclass(kw_only=True)
class RunState:
    """Shared by all parts of the engine; `states` holds what was known before, and is kept up to date."""

    recorder: Recorder
    rules: Rules
    states: dict[str, State] = field(default_factory=dict)
    #: Ids that belong to a job already, here or in another resume file.
    claimed: set[str] = field(default_factory=set)
    #: What is known of jobs' links, by fingerprint.
    details: dict[str, Detail] = field(default_factory=dict)
    #: The ids at HeyGen of the person's files, by their digests.
    assets: dict[str, str] = field(default_factory=dict)
    #: The ids under which they may be there, by an upload whose end nobody knows.
    uploads_begun: dict[str, str] = field(default_factory=dict)
    #: Jobs left for the next run: an answer or a download was lost, or another run has them.
    deferred: set[str] = field(default_factory=set)
    #: What the person should know of the run, in the order in which it was noticed.
    cautions: list[str] = field(default_factory=list)
    now: Callable[[], float] = time.time
    #: Whether a clock has jumped since this was last asked.
    jumped: Callable[[], bool] = lambda: False
    #: What may be spent.
    cap: SpendingCap = field(default_factory=SpendingCap)
    #: What jobs share that came to nothing one after the other.
    suspects: Suspects = field(default_factory=Suspects)
    on_change: Callable[[Handle], None] = lambda _job: None
    #: Whoever of the engine waits for other jobs: told of each that has moved, or is left for the next run.
    on_move: Callable[[Handle], None] = lambda _job: None
    on_suspect: Callable[[Suspect], None] = lambda _suspect: None

    def of(self, job: Handle) -> State:
        return self.states.get(job.fingerprint, NEW)

    def life(self, job: Handle) -> Life:
        return self.rules.lives[job.kind]

    def turn(self, job: Handle) -> Turn | None:
        """What becomes of the person's answer, where what is sent next is one; None: the whole job is sent."""
        return self.rules.turn(job, self.of(job))

    def charge(self, job: Job) -> Key | None:
        """What is charged by what is sent next; None where that costs nothing by itself."""
        turn, attempt = self.turn(job), self.of(job).next_attempt
        if turn is None:
            return job.fingerprint, attempt

        return answer_key(job.fingerprint, attempt) if turn.priced else None

    def after_loss(self, job: Job) -> AfterLoss:
        """What may be done once the answer to what is sent next was lost."""
        turn = self.turn(job)
        return turn.lost if turn else self.life(job).lost

    def step(self, job: Handle) -> Step:
        return self.rules.step(job, self.of(job), now=self.now())

    @property
    def left_unheard(self) -> bool:
        """An answer was lost, or a run killed over it, and nothing but another POST gives what it held."""
        resent = {name for name, life in self.rules.lives.items() if life.lost is AfterLoss.RESEND}
        return any(state.unresolved and state.kind in resent for state in self.states.values())

    def made(self, reference: Reference) -> str:
        """The id of what a job has made for others; "" while there is none."""
        return self.states.get(reference.fingerprint, NEW).made_id(reference.part)

    def made_for(self, job: Job) -> Mapping[Reference, str]:
        """The ids of what other jobs have made for this one."""
        return {reference: made for reference in job.awaits if (made := self.made(reference))}

    def may_be_found(self, job: Handle) -> bool:
        """What is to be paid once more, and may be there already, is looked up first."""
        return self.of(job).may_be_there and not self.life(job).at_once

    async def record(self, job: Handle, *events: Event) -> None:
        """Makes the events durable and takes them into the job's state, whoever is cancelled meanwhile."""
        with anyio.CancelScope(shield=True):
            await self.heed_clocks()
            await self._take_in(*events)
        self.on_change(job)
        self.on_move(job)

    def learn(self, job: Handle, detail: Detail) -> None:
        """Takes in what HeyGen has just told of a job, its links among it."""
        self.details[job.fingerprint] = detail.given(self.now())

    def show(self, job: Handle, state: State) -> None:
        """Shows what was found in this run and is not recorded: a later one looks again."""
        self.states[job.fingerprint] = state
        self.on_change(job)
        self.on_move(job)

    async def heed_clocks(self) -> None:
        """After a jump of a clock nobody knows how old the open attempts are: none of their keys is relied on."""
        if self.jumped():
            opened = ((key, state) for key, state in self.states.items() if state.unresolved and not state.clock_back)
            with anyio.CancelScope(shield=True):
                await self._take_in(*(aged(key, state.attempt) for key, state in opened))

    async def _take_in(self, *events: Event) -> None:
        for stamped in await self.recorder.append(*events) if events else ():
            key = str(stamped["fingerprint"])
            self.states[key] = apply(self.states.get(key, NEW), stamped)
            self.suspects.take(stamped)
            self.cap.took_in(stamped, self.states[key])

    def caution(self, told: str) -> None:
        if told not in self.cautions:
            self.cautions.append(told)

    def defer(self, job: Handle) -> None:
        self.deferred.add(job.fingerprint)
        self.on_move(job)
