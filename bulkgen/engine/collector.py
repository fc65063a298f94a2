"""Brings in recordings, whose link comes only once, and puts beside them when their words are said."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

import anyio

from bulkgen.disk.whole import Saved
from bulkgen.engine.keeper import NOT_FOLLOWED
from bulkgen.engine.outage import Outage
from bulkgen.engine.protocols import Downloader, Names
from bulkgen.engine.run_state import RunState
from bulkgen.errors import ApiError, LinkGone, LinkUnfit, Lost, NoRoom
from bulkgen.kinds.outcome import Accepted
from bulkgen.kinds.spoken_words import as_json
from bulkgen.kinds.subtitles import subtitles
from bulkgen.ledger.events import saved, saved_also, unknown
from bulkgen.ledger.state import State
from bulkgen.model import Handle

#: Recordings fetched at once; and after so many in vain, one after the other, the rest is left to the next run.
AT_ONCE = 8


class Collector:
    def __init__(self, downloader: Downloader, run: RunState, names: Names) -> None:
        self._downloader = downloader
        self._names = names
        self._run = run
        self._fetching = anyio.CapacityLimiter(AT_ONCE)
        self._outage = Outage(AT_ONCE)

    async def collect(self, jobs: Sequence[Handle]) -> None:
        """What the results of these jobs still lack: the last good one, too, while the job is made again."""
        async with anyio.create_task_group() as group:
            for job in jobs:
                for state in self._lacking(job):
                    group.start_soon(self._download, job, state)

    async def download(self, job: Handle) -> None:
        """The file of a job that was answered at once, if it has one."""
        state = self._run.of(job)
        if state.link:
            await self._download(job, state)

    async def keep_words(self, job: Handle, accepted: Accepted) -> None:
        """When each word is said, beside the recording: as HeyGen gave it, and as subtitles.

        That comes with the answer, and never again. Without it a recording is as good as before: what stands in the way
        is told, and nothing else.
        """
        shown = subtitles(accepted.words, accepted.duration)
        if not shown:
            return

        state = self._run.of(job)
        names = dict.fromkeys([*filter(None, [PurePath(state.file).stem]), *self._names.of(job, state.attempt)])
        texts = {"words": as_json(accepted.words, accepted.duration), "captions": shown}
        files: dict[str, Saved] = {}
        try:
            for what, text in texts.items():
                files[what] = await self._downloader.keep(text.encode(), *names, what=what)
        except OSError as error:
            self._run.caution(
                f"When each word is said (.json) and the subtitles (.srt) could not be saved beside every recording: "
                f"{error.strerror or error}. HeyGen tells it only once; the recordings themselves are not concerned."
            )
        with contextlib.suppress(NoRoom):  # they are there all the same, and the room is the answers'
            await self._run.record(
                job, *(saved_also(job, state.attempt, file.file, file.size, what=what) for what, file in files.items())
            )

    async def _download(self, job: Handle, state: State) -> None:
        """The file of one attempt; each has a name of its own."""
        run = self._run
        names = self._names.of(job, state.attempt)
        own = Saved(state.file, state.bytes) if state.file else None
        try:
            async with self._fetching:
                if self._outage.lasts:
                    raise Lost("the recordings before it could not be downloaded")

                file = await self._downloader.fetch(state.link, *names, own=own)
        except LinkUnfit as unfit:  # it may be another network that makes it so: the link stays
            run.defer(job)
            run.caution(f"A recording can't be downloaded (row {job.row}): {unfit}. {NOT_FOLLOWED}")
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
            self._outage.lost()
            if self._outage.lasts:
                run.caution(
                    "Recordings can't be downloaded now, so they are left to the next run. Run the same command again "
                    "within some days: then their links expire."
                )
            if isinstance(error, OSError):
                run.caution(
                    f"Recordings can't be saved: {error.strerror or error} ({error.filename or names[0]}). Correct "
                    "that, and run the same command again within some days: then their links expire."
                )
            if state.last == "saved":
                self._show(job, state, replace(state, last="finished"))
        else:
            self._outage.over()
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

        finished = {each.attempt: each for each in (state, state.shown) if each.finished and each.link}
        return [each for each in finished.values() if not self._is_here(each)]

    def _is_here(self, state: State) -> bool:
        return state.last == "saved" and self._downloader.present(Saved(state.file, state.bytes))
