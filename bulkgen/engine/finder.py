"""Settles jobs of which nobody knows what became: found in the account, to be sent once more, or `unknown`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import anyio

from bulkgen.engine.matching import Finding
from bulkgen.engine.protocols import Client
from bulkgen.engine.recognition import Digests
from bulkgen.engine.run_state import RunState
from bulkgen.engine.search import find_lost, find_shown, where
from bulkgen.engine.tracker import Tracker
from bulkgen.engine.turns import not_taken
from bulkgen.errors import Refused
from bulkgen.kinds.life import AfterLoss
from bulkgen.ledger.events import adopted, refused, unknown
from bulkgen.ledger.steps import Step, key_lives
from bulkgen.model import Handle, Job, listed, shorten

#: How long what HeyGen got may be missing from its list (seconds): its slowest answers, and what a list may lag behind.
SHOWN_AFTER = 300.0


class Finder:
    def __init__(self, *, client: Client, run: RunState, tracker: Tracker) -> None:
        self._client = client
        self._run = run
        self._tracker = tracker
        self._digests: Digests = {}

    async def find(self, jobs: Sequence[Handle], *, patient: bool = False) -> list[Job]:
        """Follows what it finds, and gives the jobs that are to be sent, or to be looked for once more on their way.

        An id that HeyGen once gave is asked for first. One that was `unknown` before, and may be paid once more, is
        sent if it can't be found now either. `patient`: what HeyGen may only not show yet is waited for.
        """
        found = await self._look_up(jobs)
        early = [job for job in jobs if found.get(job.fingerprint) == Finding() and self._early(job) > 0]
        to_send = await self._settled([job for job in jobs if job not in early], found)
        if early and patient:
            await anyio.sleep(max(map(self._early, early)))
            return to_send + await self._settled(early, await self._look_up(early))

        for job in early:
            self._run.defer(job)
        return to_send + [job for job in early if isinstance(job, Job)]

    async def _settled(self, jobs: Sequence[Handle], found: Mapping[str, Finding]) -> list[Job]:
        """Does for each job what was found of it asks for; gives those that are to be sent."""
        run, to_send = self._run, list[Job]()
        for job in jobs:
            finding = found.get(job.fingerprint)
            if finding is None:
                run.defer(job)  # HeyGen did not answer: the next run looks again
            elif finding.id:
                await self._adopt(job, finding.id)
            elif key_lives(run.of(job), run.now()) and (not isinstance(job, Job) or run.of(job).answering):
                run.defer(job)  # its row, or its answer, may come back while its key still lives
            elif self._may_be_one(job, finding):
                await self._give_up(job, finding, f"The answer was lost, and {self._where_not(job)}")
            elif isinstance(job, Job) and run.step(job) is Step.SEND:
                to_send.append(job)
        return to_send

    def _early(self, job: Handle) -> float:
        """For how long HeyGen may not show yet what was sent (seconds). Only where no key lets it be sent again."""
        state = self._run.of(job)
        if self._run.life(job).lost is not AfterLoss.UNKNOWN or not state.unresolved or state.clock_back:
            return 0.0

        return SHOWN_AFTER - (self._run.now() - (state.last_sent or 0.0))

    async def settle(self, job: Job, error: Refused) -> None:
        """A refusal of what may have been made before, since an earlier answer to the same attempt was lost.

        It is believed only where the account shows nothing that the job could be, and never if it says that there is
        such a request already.
        """
        finding = (await self._look_up([job])).get(job.fingerprint)
        if finding is None:
            self._run.defer(job)
        elif finding.id:
            await self._adopt(job, finding.id)
        elif self._run.of(job).answering and not finding.candidates and self._run.turn(job) is not None:
            await self._run.record(job, not_taken(job, self._run.of(job), error))
        elif finding.candidates or error.status == HTTPStatus.CONFLICT:
            theirs = f" ({error.message.rstrip('.')})" if error.message else ""
            message = f"An answer was lost, then HeyGen refused the same request{theirs}; the account shows no such job"
            await self._give_up(job, finding, message)
        else:
            await self._run.record(job, refused(job, self._run.of(job).attempt, error, doubted=True))

    def _where_not(self, job: Handle) -> str:
        """Where a job that is not found was looked for."""
        listed = self._run.life(job).at_once or self._run.life(job).collection(where(self._run.of(job))).listed
        return "the account shows no such job" if listed else "HeyGen has no list to look for it in"

    def _led_on(self, job: Handle) -> bool:
        """Whether what the person's answer led to goes by another id: that is on the list of the next stage."""
        state = self._run.of(job)
        turn = self._run.life(job).turn(state.stage)
        return state.answering and turn is not None and turn.keyed

    def _may_be_one(self, job: Handle, finding: Finding) -> bool:
        """Whether it is open what became of the job, and the person has not said that it is to be paid all the same."""
        state = self._run.of(job)
        return state.unresolved or (state.last == "refused" and bool(finding.candidates))

    async def _adopt(self, job: Handle, job_id: str) -> None:
        state = self._run.of(job)
        self._run.claimed.add(job_id)
        stage = state.stage if job_id == state.id else where(state)
        await self._run.record(job, adopted(job, state.attempt, job_id, stage=stage))
        self._tracker.follow(job)

    async def _give_up(self, job: Handle, finding: Finding, message: str) -> None:
        """What became of the job is unknown; `message` says so where the account shows none that it could be."""
        if finding.candidates:
            message = f"The answer was lost, and the account shows what it could be: {_named(finding.candidates)}"
        await self._run.record(job, unknown(job, self._run.of(job).attempt, message))

    async def _look_up(self, jobs: Sequence[Handle]) -> dict[str, Finding]:
        """What the account shows of each job, by its fingerprint; those of which HeyGen told nothing lack."""
        run, client, lives = self._run, self._client, self._run.rules.lives
        on_lists = [job for job in jobs if not run.life(job).at_once]
        own = {run.of(job).id for job in jobs}
        led_on = [job for job in on_lists if self._led_on(job)]
        shown_by_id = [job for job in on_lists if run.of(job).id and job not in led_on]
        found = await find_shown(client, shown_by_id, lives, run.states)
        sought = [*led_on, *(job for job in on_lists if not run.of(job).id)]
        sought += [job for job in on_lists if found.get(job.fingerprint) == "" and run.step(job) is Step.SEND]
        shown = {key: Finding(job_id) for key, job_id in found.items()}
        for job in sought:
            shown.pop(job.fingerprint, None)
        unlisted = [job for job in sought if not run.life(job).collection(where(run.of(job))).listed]
        shown |= {job.fingerprint: Finding() for job in unlisted}  # nothing shows them
        sought = [job for job in sought if job not in unlisted]
        shown |= await find_lost(client, sought, lives, run.states, run.claimed - own, self._digests)
        return shown | {job.fingerprint: Finding() for job in jobs if run.life(job).at_once}


def _named(candidates: Mapping[str, str]) -> str:
    """A few of them, with the id and the title that a person finds them by at HeyGen."""
    told = [f"{job_id} '{shorten(title, 40)}'" if title else job_id for job_id, title in candidates.items()]
    return listed(told, 3)
