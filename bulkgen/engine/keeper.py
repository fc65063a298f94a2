"""Keeps the files of finished videos on this computer, while the run goes on.

Owns who waits for their files, and how far that is. It holds no slot, and nobody in the engine waits for it but the end
of the run: a file that can't be had costs nothing but another run. Recordings, whose links come only once, are the
collector's. Invariant: a file is recorded only once it stands whole under its final name.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import anyio

from bulkgen.disk.whole import Saved
from bulkgen.engine.bell import Bell
from bulkgen.engine.outage import Outage
from bulkgen.engine.protocols import Client, Downloader, Names
from bulkgen.engine.run_state import RunState
from bulkgen.engine.wanted_files import Wanted, detail_of, files_of, lacking, link_to, saving
from bulkgen.errors import ApiError, LinkGone, LinkUnfit, NoRoom, Refused
from bulkgen.kinds.outcome import MAIN_FILE, Detail
from bulkgen.ledger.state import State
from bulkgen.model import Handle, listed
from bulkgen.rows.safe_name import MARK

#: Files that are downloaded at once; and after so many in vain, one after the other, the rest is left to the next run.
AT_ONCE = 4

#: What is added to the name of a further file that ends as the main one does.
_ADDED = {"clean": f"{MARK}clean"}

#: What is to be said of a link that is not followed.
NOT_FOLLOWED = (
    "bulkgen follows only links that lead to public web addresses: the same command helps once HeyGen gives another "
    "link, or from another network."
)


@dataclass(frozen=True, slots=True)
class Fetching:
    """How many files of how many are here, and what came for them (bytes)."""

    done: int
    total: int
    received: int


class Keeper:
    """`wanted`: what is to be kept of each job (`MAIN_FILE`, and of `FURTHER_FILES`); nothing where that is empty."""

    def __init__(
        self,
        *,
        client: Client,
        downloader: Downloader,
        run: RunState,
        names: Names,
        wanted: Sequence[str] = (),
    ) -> None:
        self._client = client
        self._downloader = downloader
        self._run = run
        self._names = names
        self._wanted = wanted
        self._waiting: deque[Handle] = deque()
        self._bell = Bell()
        #: Set once nothing more will be wanted.
        self.closed = anyio.Event()
        self._done = self._total = 0
        self._outage = Outage(AT_ONCE)
        #: Whose files could not be had, though another run may get them; why the disk takes no more, and why the last
        #: one of the others did not come.
        self._late: dict[str, Handle] = {}
        self._full: OSError | NoRoom | None = None
        self._why = ""
        #: Of them, those whose links are not followed, and why; those that nobody will ever get.
        self._unfit: dict[str, Handle] = {}
        self._why_unfit = ""
        self._gone: dict[str, Handle] = {}

    @property
    def owing(self) -> int:
        """Of how many jobs files are still to come, by another run."""
        return len({*self._late, *(job.fingerprint for job in self._waiting)})

    @property
    def fetching(self) -> Fetching | None:
        """How far it is; None while there is nothing to fetch."""
        return Fetching(self._done, self._total, self._downloader.received) if self._total else None

    def want(self, job: Handle) -> None:
        """The files of a job that has finished, as far as they are not here."""
        if not self._wanted or self._run.life(job).at_once:
            return

        state = self._run.of(job).shown
        if state.finished and state.gone:
            self._give_up(job, state)
        lacking = self._lacking(job, state)
        if lacking:
            self._total += len(lacking)
            self._waiting.append(job)
            self._bell.ring()

    def close(self) -> None:
        """Nothing more will be wanted."""
        self.closed.set()
        self._bell.ring()

    async def run(self) -> None:
        """Brings in what is wanted; returns after `close`, when there is nothing left to do."""
        free = anyio.Semaphore(AT_ONCE)
        try:
            async with anyio.create_task_group() as group:
                while not self.closed.is_set() or self._waiting:
                    if not self._waiting:
                        await self._bell.wait()
                        continue

                    await free.acquire()
                    group.start_soon(self._bring_in, self._waiting.popleft(), free)
        finally:  # be it stopped
            self._tell()

    async def _bring_in(self, job: Handle, free: anyio.Semaphore) -> None:
        self._late[job.fingerprint] = job  # until it is certain that nothing is left to be had
        try:
            if self._full is None and not self._outage.lasts and await self._has_all(job):
                self._late.pop(job.fingerprint, None)
        finally:
            free.release()

    async def _has_all(self, job: Handle) -> bool:
        """Fetches what is lacking of a job; says whether all is here that HeyGen has."""
        state, detail = self._run.of(job).shown, self._run.details.get(job.fingerprint)
        lacking, whole = self._lacking(job, state), True
        fresh = detail is None or not detail.links.work_at(self._run.now())
        try:
            if fresh or detail is None:
                detail = await self._asked(job, state)
            for file in lacking:
                try:
                    await self._save(job, state, file, detail)
                except LinkGone as gone:
                    if fresh:
                        self._failed(job, gone)
                        whole = False
                        continue

                    detail, fresh = await self._asked(job, state), True
                    await self._save(job, state, file, detail)
        except Refused:  # HeyGen does not have it any more
            self._total -= len(self._lacking(job, state))
            self._give_up(job, state)
            return True
        except (LinkGone, ApiError) as error:
            self._failed(job, error)
            return False
        except (OSError, NoRoom) as error:
            self._full = self._full or error
            return False

        return whole

    def _failed(self, job: Handle, error: LinkGone | ApiError) -> None:
        """A file has not come; another run may get it."""
        if isinstance(error, LinkUnfit):
            self._unfit[job.fingerprint], self._why_unfit = job, str(error)
            return

        self._why = str(error).rstrip(".")
        if isinstance(error, ApiError):
            self._outage.lost()

    def _give_up(self, job: Handle, state: State) -> None:
        """HeyGen shows the video no more: without a file of it, or of each of its parts, here nobody has it."""
        main = [each for each in files_of(state) if each.what == MAIN_FILE]
        here = sum(self._stands(Saved(each.file, each.bytes)) for each in main)
        if here < (state.made or 1):
            self._gone[job.fingerprint] = job

    async def _asked(self, job: Handle, state: State) -> Detail:
        """What HeyGen says of it now, its links fresh. Raises `ApiError`."""
        detail = await self._client.detail(self._run.life(job).stages[-1], state.id)
        if self._run.of(job).shown.id == state.id:  # it may have been made again meanwhile
            self._run.learn(job, detail)
            self._run.on_change(job)
        return detail

    async def _save(self, job: Handle, state: State, wanted: Wanted, detail: Detail) -> None:
        """One file of a job. Raises `LinkGone` for a dead link, and what the downloader and the recorder raise."""
        part, what = wanted
        link = link_to(detail_of(detail, state, part).links, what)
        if not link:
            self._total -= 1
            return

        before = next((each for each in files_of(state) if (each.part, each.what) == wanted), None)
        own = Saved(before.file, before.bytes) if before and before.file else None
        names = self._names_of(job, state, wanted)
        file = await self._downloader.fetch(link, *names, what=what, own=own)
        await self._run.record(job, saving(job, state.attempt, file, wanted))
        self._done += 1
        self._outage.over()

    def _names_of(self, job: Handle, state: State, wanted: Wanted) -> Sequence[str]:
        """A further file is called as the main one is, where that is here."""
        part, what = wanted
        names, main = self._names.of(job, state.attempt, part), self._run.of(job).shown.of_part(part)
        if what == MAIN_FILE:
            return names

        if main.attempt == state.attempt and main.file and self._stands(Saved(main.file, main.bytes)):
            names = tuple(dict.fromkeys([PurePath(main.file).stem, *names]))
        return [name + _ADDED[what] for name in names] if what in _ADDED else names

    def _lacking(self, job: Handle, state: State) -> list[Wanted]:
        return lacking(state, self._run.details.get(job.fingerprint), self._wanted, self._stands)

    def _stands(self, file: Saved) -> bool:
        return self._downloader.present(file) or self._downloader.changed(file)

    def _tell(self) -> None:
        """What is still to come, and why."""
        if self._full is not None:
            why = self._full.strerror if isinstance(self._full, OSError) else "the disk is full"
            self._run.caution(
                f"Files can't be saved: {why}. Correct that, then run the same command again: it fetches what is "
                "missing, and pays for nothing."
            )
        elif late := [job for job in (*self._late.values(), *self._waiting) if job.fingerprint not in self._unfit]:
            why = self._why or "the run was stopped first"
            self._run.caution(
                f"Not all files could be downloaded (row {_rows(late)}): {why}. Run the same command again: it fetches "
                "what is missing, and pays for nothing."
            )
        if self._unfit and self._full is None:
            rows = _rows(self._unfit.values())
            self._run.caution(f"Files can't be downloaded (row {rows}): {self._why_unfit}. {NOT_FOLLOWED}")
        if self._gone:
            self._run.caution(
                f"The files of row {_rows(self._gone.values())} can't be had any more: HeyGen does not show these "
                "videos any more, and they are not here. --redo makes them again (paid again)."
            )


def _rows(jobs: Iterable[Handle]) -> str:
    return listed([str(row) for row in sorted({job.row for job in jobs})])
