"""Brings in recordings, whose link comes only once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import anyio

from bulkgen.disk.whole import Saved
from bulkgen.engine.protocols import Downloader
from bulkgen.engine.run_state import RunState
from bulkgen.errors import ApiError, LinkGone
from bulkgen.ledger.events import saved, unknown
from bulkgen.ledger.state import State
from bulkgen.model import Handle

#: Recordings fetched at once.
AT_ONCE = 8

#: The name of a recording: row, beginning of the fingerprint, attempt (none for the first).
RECORDING = re.compile(r"\d{4,}-(?P<job>[0-9a-f]{10})(?:-(?P<attempt>\d+))?\.(?:mp3|wav|m4a|ogg)")


class Collector:
    def __init__(self, downloader: Downloader, run: RunState) -> None:
        self._downloader = downloader
        self._run = run
        self._fetching = anyio.CapacityLimiter(AT_ONCE)

    async def collect(self, jobs: Sequence[Handle]) -> None:
        """What the results of these jobs still lack: the last good one, too, while the job is made again."""
        async with anyio.create_task_group() as group:
            for job in jobs:
                for state in self._lacking(job):
                    group.start_soon(self._download, job, state)

    async def download(self, job: Handle) -> None:
        """The file of a job that was answered at once, under a name that no cell decides."""
        await self._download(job, self._run.of(job))

    async def _download(self, job: Handle, state: State) -> None:
        """The file of one attempt; each has a name of its own."""
        run = self._run
        name = recording_name(job, state.attempt)
        try:
            async with self._fetching:
                file = await self._downloader.fetch(state.link, name)
        except LinkGone:
            if state.last == "saved" and self._downloader.changed(Saved(state.file, state.bytes)):
                return  # the person's own by now

            if state.last == "saved":  # it was here once, and may be put back: nothing to record
                self._show(job, state, replace(state, last="unknown"))
                return

            message = "The recording was made, but its link no longer works"
            await run.record(job, unknown(job, state.attempt, message, job_id=state.id))
        except (OSError, ApiError) as error:
            run.defer(job)  # the next run fetches it
            if isinstance(error, OSError):
                run.caution(
                    f"Recordings can't be saved: {error.strerror or error} ({error.filename or name}). Correct that, "
                    "and run the same command again within some days: then their links expire."
                )
            if state.last == "saved":
                self._show(job, state, replace(state, last="finished"))
        else:
            await run.record(job, saved(job, state.attempt, file.file, file.size))

    def _show(self, job: Handle, state: State, found: State) -> None:
        """Shows what was found of the file of an attempt."""
        now = self._run.of(job)
        if now == state:
            self._run.show(job, found)
        elif now.good == state:
            self._run.show(job, replace(now, good=found))

    def _lacking(self, job: Handle) -> list[State]:
        """The attempts of which something is to be fetched: the one that is shown, and one that is not here yet."""
        state = self._run.of(job)
        if not self._run.life(job).at_once:
            return []

        finished = {each.attempt: each for each in (state, state.shown) if each.finished}
        return [each for each in finished.values() if not self._is_here(each)]

    def _is_here(self, state: State) -> bool:
        return state.last == "saved" and self._downloader.present(Saved(state.file, state.bytes))


def recording_name(job: Handle, attempt: int) -> str:
    """The name of a recording, without its ending (`RECORDING`)."""
    return f"{job.row:04d}-{job.fingerprint[:10]}" + (f"-{attempt}" if attempt > 1 else "")
