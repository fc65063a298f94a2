"""Brings in what is finished: links that a results sheet lost, and recordings, whose link comes only once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from bulkgen.disk.whole import Saved
from bulkgen.errors import ApiError, LinkGone
from bulkgen.kinds import KINDS
from bulkgen.ledger.events import saved, unknown
from bulkgen.model import Job

if TYPE_CHECKING:
    from bulkgen.engine.engine import Engine

#: Links, and recordings, fetched at once.
AT_ONCE = 8


class Collector:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._fetching = anyio.CapacityLimiter(AT_ONCE)

    async def run(self, jobs: list[Job]) -> None:
        """What these finished jobs still lack."""
        limiter = anyio.CapacityLimiter(AT_ONCE)

        async def one(job: Job) -> None:
            async with limiter:
                await self._collect(job)

        async with anyio.create_task_group() as group:
            for job in jobs:
                if self._lacks_something(job):
                    group.start_soon(one, job)

    async def download(self, job: Job) -> None:
        """A recording's file, under a name that no cell decides."""
        engine = self._engine
        state = engine.states[job.fingerprint]
        name = f"{job.row:04d}-{job.fingerprint[:10]}" + (f"-{state.attempt}" if state.attempt > 1 else "")
        try:
            async with self._fetching:
                file = await engine.downloader.fetch(state.link, name)
        except LinkGone:
            if state.last == "saved":
                return  # it was here once: the person has moved it

            message = "The recording was made, but its link no longer works"
            await engine.record(job, unknown(job, state.attempt, message, job_id=state.id))
        except (OSError, ApiError):
            engine.left.add(job.fingerprint)  # the next run fetches it
        else:
            await engine.record(job, saved(job, state.attempt, file.file, file.size))

    def _lacks_something(self, job: Job) -> bool:
        engine = self._engine
        state = engine.states[job.fingerprint]
        if KINDS[job.kind].collection is None:
            return not (state.last == "saved" and engine.downloader.present(Saved(state.file, state.bytes)))

        return job.fingerprint not in engine.details

    async def _collect(self, job: Job) -> None:
        """The links of a finished job once more, or the recording whose link is in the resume file."""
        engine, collection = self._engine, KINDS[job.kind].collection
        if collection is None:
            await self.download(job)
            return

        try:
            detail = await engine.client.detail(collection, engine.states[job.fingerprint].id)
        except ApiError:
            return  # it stays done; only its links are missing in this run's sheet

        engine.heard()
        engine.details[job.fingerprint] = detail
