"""Settles jobs of which nobody knows what became: found in the account, to be sent once more, or `unknown`."""

from __future__ import annotations

from collections.abc import Sequence

from bulkgen.engine.protocols import Client
from bulkgen.engine.run_state import RunState
from bulkgen.engine.search import find_lost, find_shown
from bulkgen.engine.tracker import Tracker
from bulkgen.ledger.events import adopted, unknown
from bulkgen.ledger.steps import Step, key_lives
from bulkgen.model import Handle, Job


class Finder:
    def __init__(self, *, client: Client, run: RunState, tracker: Tracker) -> None:
        self._client = client
        self._run = run
        self._tracker = tracker

    async def find(self, jobs: Sequence[Handle]) -> list[Job]:
        """Follows what it finds, and gives the jobs that are to be sent.

        An id that HeyGen once gave is asked for first. One that was `unknown` before, and may be paid once more, is
        sent if it can't be found now either.
        """
        run, to_send = self._run, list[Job]()
        found = await self._ids_of(jobs)
        for job in jobs:
            state, job_id = run.of(job), found.get(job.fingerprint)
            if job_id is None:
                run.defer(job)  # HeyGen did not answer: the next run looks again
            elif job_id:
                run.claimed.add(job_id)
                stage = state.stage if job_id == state.id else 0
                await run.record(job, adopted(job, state.attempt, job_id, stage=stage))
                self._tracker.follow(job)
            elif isinstance(job, Job) and run.step(job) is Step.SEND:
                to_send.append(job)
            elif not isinstance(job, Job) and key_lives(state, run.now()):
                run.defer(job)  # its row may come back while its key still lives
            elif state.last != "unknown":
                message = "The answer was lost, and the account shows no such job"
                await run.record(job, unknown(job, state.attempt, message))
        return to_send

    async def _ids_of(self, jobs: Sequence[Handle]) -> dict[str, str]:
        """The id of each job by its fingerprint, "" where there is none; those of which HeyGen told nothing lack."""
        run, client, lives = self._run, self._client, self._run.rules.lives
        listed = [job for job in jobs if not run.life(job).at_once]  # no list shows the others
        own = {run.of(job).id for job in jobs}
        found = await find_shown(client, [job for job in listed if run.of(job).id], lives, run.states)
        sought = [job for job in listed if not run.of(job).id]
        sought += [job for job in listed if found.get(job.fingerprint) == "" and run.step(job) is Step.SEND]
        for job in sought:
            found.pop(job.fingerprint, None)
        found |= await find_lost(client, sought, lives, run.states, run.claimed - own)
        return found | {job.fingerprint: "" for job in jobs if run.life(job).at_once}
