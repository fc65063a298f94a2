"""The person's files go to HeyGen before the jobs that are made from them: while these hold no slot, and are not paid.

Stands before another feed: a job whose files are there goes on at once, others wait for theirs, and overtake nobody for
whom there is room. Each content goes up once, however many jobs use it, and its id is durable before any of them is
sent. What can't be uploaded leaves its jobs for the next run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

import anyio
from anyio.abc import TaskGroup

from bulkgen.engine.holding import HoldingFeed
from bulkgen.engine.protocols import Feed, Uploader
from bulkgen.engine.run_state import RunState
from bulkgen.engine.stopping import Stopping
from bulkgen.errors import ApiError, Blocked, NoRoom, Unauthorized
from bulkgen.ledger.events import uploaded, uploading
from bulkgen.model import Job, LocalFile, listed

#: Files on their way at once; and how many jobs wait for theirs before no further one is looked at: where a cap or a
#: limit ends a run early, few files have gone up in vain.
AT_ONCE = 3
AHEAD = 12


@dataclass(frozen=True, slots=True)
class Uploaded:
    """How far the uploads are: files at HeyGen, of those asked for so far, and bytes that went out."""

    done: int
    total: int
    sent: int


class UploadingFeed(HoldingFeed):
    """The jobs of another feed, each once its files are at HeyGen; the uploads run in `tasks`."""

    def __init__(self, feed: Feed, *, uploader: Uploader, run: RunState, stopping: Stopping, tasks: TaskGroup) -> None:
        super().__init__(feed, run)
        self._uploader = uploader
        self._stopping = stopping
        self._tasks = tasks
        self._limiter = anyio.CapacityLimiter(AT_ONCE)
        #: By digest: files that were asked for, those that are surely there, and why others can't be.
        self._asked: set[str] = set()
        self._there: set[str] = set()
        self._hindered: set[str] = set()
        #: What keeps files from going up, with their names; the account takes none at all.
        self._told: dict[str, list[str]] = {}
        self._closed = False

    @property
    def uploaded(self) -> Uploaded | None:
        """None where no file was asked for."""
        asked = self._asked
        return Uploaded(len(self._there), len(asked), self._uploader.sent) if asked else None

    def take(self, job: Job) -> bool:
        missing = [file for file in self._files(job) if file.digest not in self._there]
        if not missing:
            return True

        new = [file for file in missing if file.digest not in self._asked]
        if (self._closed and new) or any(file.digest in self._hindered for file in missing):
            self._run.defer(job)
            return False

        self._held.append(job)
        for file in new:
            self._asked.add(file.digest)
            self._tasks.start_soon(self._bring, file)
        return False

    def _files(self, job: Job) -> Sequence[LocalFile]:
        """What has to be at HeyGen before the job, or the person's answer to it, is sent."""
        return job.answer.files if job.answer and self._run.turn(job) else job.files

    def _looks_ahead(self) -> bool:
        return len(self._held) < AHEAD

    async def _bring(self, file: LocalFile) -> None:
        async with self._limiter:
            if self._closed:
                self._hindered.add(file.digest)
                self._sort()
                return

            try:
                await self._upload(file)
                self._there.add(file.digest)
            except NoRoom as full:
                self._hindered.add(file.digest)
                self._stopping.block(full)
            except (ApiError, OSError) as error:
                self._hinder(file, error)
        self._sort()

    async def _upload(self, file: LocalFile) -> None:
        run = self._run
        known = run.assets.get(file.digest)
        if known is not None and await self._uploader.has(known):
            return

        async def begins(asset: str) -> None:
            await run.recorder.append(uploading(file, asset))

        begun = run.uploads_begun.get(file.digest, "")
        asset = await self._uploader.send(file, begun=begun, begins=begins)
        with anyio.CancelScope(shield=True):
            await run.recorder.append(uploaded(file, asset))
            run.assets[file.digest] = asset

    def _hinder(self, file: LocalFile, error: ApiError | OSError) -> None:
        """Tells why a file can't go up; its jobs are left for the next run."""
        self._hindered.add(file.digest)
        if isinstance(error, Unauthorized):
            self._stopping.block(error)
        self._closed = self._closed or isinstance(error, Blocked)
        why = error.message if isinstance(error, ApiError) else (error.strerror or str(error))
        names = self._told.setdefault(why, [])
        before = _caution(names, why)
        names.append(PurePath(file.path).name or "a file")
        cautions = self._run.cautions
        if before in cautions:
            cautions.remove(before)
        self._run.caution(_caution(names, why))


def _caution(names: Sequence[str], why: str) -> str:
    """All files that one reason keeps from going up, in one sentence."""
    them = "it" if len(names) == 1 else "them"
    return (
        f"{listed(names)} could not be uploaded to HeyGen ({why.rstrip('.')}). The rows that are made from {them} were "
        "not sent, and nothing was paid for them: run the same command again."
    )
