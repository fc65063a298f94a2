"""Runs of the engine in virtual time: the real client, the real resume file, the stand-in without sockets.

A `Scenario` is a sheet's life over several runs. A run may be crashed at any step: `Crash` is raised where a `kill -9`
could have struck, and whatever is not in the file or at HeyGen by then is lost.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import anyio
import httpx
import trio
from trio.testing import MockClock

from bulkgen.disk.whole import Saved
from bulkgen.engine import Engine, ListFeed, RunState, Settings, SpendingCap
from bulkgen.engine.protocols import Client, Feed, News
from bulkgen.errors import BulkgenError, LinkGone
from bulkgen.files import download
from bulkgen.files.download import Downloads
from bulkgen.files.uploads import Uploads
from bulkgen.heygen.assets import Assets
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.kinds import LIVES
from bulkgen.kinds.life import Life
from bulkgen.kinds.outcome import Detail
from bulkgen.ledger.clock import HeyGenClock
from bulkgen.ledger.events import Event
from bulkgen.ledger.history import fold
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.ledger.steps import Policy, Rules
from bulkgen.ledger.suspects import Suspect, Suspects
from bulkgen.model import Handle, Job
from bulkgen.retry import RetryBudget
from bulkgen.rows.file_names import FileNames
from tests.standin.settings import DEFAULT_KEY
from tests.standin.settings import Settings as WorldSettings
from tests.standin.virtual import VirtualWire
from tests.standin.world import World

START = 1_790_000_000.0
BASE = "https://heygen.test"


class Crash(BaseException):
    """The process is gone."""


class Steps:
    """Counts the places where a run could be killed; raises `Crash` at the one that is asked for."""

    def __init__(self, crash_at: int | None = None) -> None:
        self.taken = 0
        self.crash_at = crash_at

    def step(self) -> None:
        self.taken += 1
        if self.crash_at is not None and self.taken >= self.crash_at:
            raise Crash


class Shaky(httpx.AsyncBaseTransport):
    """The wire, with a step before each paid POST is sent and one after HeyGen has it; `unplugged`: there is none."""

    def __init__(self, wire: httpx.AsyncBaseTransport, steps: Steps, unplugged: Callable[[], bool]) -> None:
        self._wire = wire
        self._steps = steps
        self._unplugged = unplugged

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._unplugged():
            raise httpx.ConnectError("no route to host")

        if request.method == "GET":
            return await self._wire.handle_async_request(request)

        self._steps.step()
        response = await self._wire.handle_async_request(request)
        self._steps.step()
        return response


class ShakyResumeFile:
    """The resume file, with a step before each record and one after it; no threads, which virtual time can't see."""

    def __init__(self, journal: ResumeFile, steps: Steps, taken: Collection[tuple[str, int]] = ()) -> None:
        self._journal = journal
        self._steps = steps
        self._taken = taken

    async def append(self, *events: Event) -> list[Event]:
        self._steps.step()
        stamped = self._journal.append(*events)
        self._steps.step()
        return stamped

    async def claim(self, fingerprint: str, attempt: int) -> bool:
        return (fingerprint, attempt) not in self._taken


class NoFiles:
    """Downloads that succeed at once, or whose links are dead."""

    def __init__(self) -> None:
        self.fetched: list[str] = []
        #: What was no download: what it is, its name, its text.
        self.kept: list[tuple[str, str, str]] = []
        self.dead = False

    @property
    def received(self) -> int:
        return 9 * len(self.fetched)

    async def fetch(
        self, link: str, name: str, *others: str, what: str = "recording", own: Saved | None = None
    ) -> Saved:
        await anyio.sleep(0.1)
        if self.dead:
            raise LinkGone("gone")
        self.fetched.append(link)
        return Saved(f"leads.files/{name}.mp3", 9)

    async def keep(self, data: bytes, name: str, *others: str, what: str) -> Saved:
        self.kept.append((what, name, data.decode()))
        return Saved(f"leads.files/{name}.{what}", len(data))

    async def digest(self, saved: Saved) -> str:
        return f"digest of {saved.file}"

    def present(self, saved: Saved) -> bool:
        return not self.dead

    def changed(self, saved: Saved) -> bool:
        return False


class Scenario:
    """`jobs` are what the sheet asks for; they may be changed between runs. Settings are the stand-in's."""

    def __init__(self, folder: Path, jobs: list[Job], **settings: Any) -> None:
        self.path = folder / "leads.xlsx.resume.jsonl"
        self.jobs = jobs
        #: What no row asks for any more.
        self.left: list[Handle] = []
        self.offset = 0.0
        #: How far this computer's clock is from HeyGen's.
        self.skew = 0.0
        #: By how much the clock is set between the plan of the next run and its beginning.
        self.jumps_before = 0.0
        #: Whether runs hear HeyGen's time, first of all as the command does.
        self.dated = False
        #: While true no connection comes about.
        self.unplugged = False
        self.world = World(WorldSettings().changed(settings), clock=self.heygen_time)
        self.files = NoFiles()
        self.lives: Mapping[str, Life] = LIVES
        #: What is known of links when a run begins, by fingerprint.
        self.details: dict[str, Detail] = {}
        #: A HeyGen of the test's own, in place of the stand-in.
        self.pretend: Client | None = None
        #: A feed of the test's own, in place of the list of jobs.
        self.feed: Callable[[RunState], Feed] | None = None
        #: What is heard of jobs beside what is asked.
        self.news: News | None = None
        #: What the next run may spend, by what the resume file says.
        self.cap: Callable[[list[Event]], SpendingCap] = lambda _events: SpendingCap()
        #: Attempts that another run has, by fingerprint and number.
        self.taken: set[tuple[str, int]] = set()
        #: Whether runs hold back what shares a cause with what came to nothing.
        self.suspicious = False
        #: What they told of that.
        self.suspects: list[Suspect] = []
        #: With one recordings are really downloaded, beside the resume file.
        self.downloads: Callable[[httpx.AsyncClient, Path, RetryBudget], Downloads] | None = None
        self.engine: Engine | None = None
        self.steps = Steps()
        self.refused = 0

    def heygen_time(self) -> float:
        with contextlib.suppress(RuntimeError):
            return START + self.offset + trio.current_time()
        return START + self.offset

    def now(self) -> float:
        return self.heygen_time() + self.skew

    def run(
        self,
        *,
        crash_at: int | None = None,
        during: Callable[[Engine], Any] | None = None,
        budget: RetryBudget | None = None,
        send: Collection[str] | None = None,
        policy: Policy | None = None,
        **settings: Any,
    ) -> Engine:
        """One run to its end; a `Crash` is swallowed, the rest of the world goes on as it is."""
        self.steps = Steps(crash_at)

        async def main() -> None:
            try:
                rules = Rules(self.lives, policy or Policy())
                await self._main(Settings(**settings), rules, during, budget or RetryBudget(rng=random.Random(7)), send)
            finally:
                elapsed.append(trio.current_time())

        elapsed: list[float] = []
        try:
            # Files are written in threads, which virtual time does not wait for by itself.
            trio.run(main, clock=MockClock(autojump_threshold=0.02 if self.downloads else 0))
        except BaseException as error:
            found = list(leaves(error))
            if not any(isinstance(leaf, Crash) for leaf in found):
                for leaf in found:
                    if isinstance(leaf, BulkgenError):
                        raise leaf from None
                raise
        finally:
            self.offset += elapsed[-1]
        assert self.engine is not None
        return self.engine

    async def _main(
        self,
        settings: Settings,
        rules: Rules,
        during: Callable[[Engine], Any] | None,
        budget: RetryBudget,
        send: Collection[str] | None,
    ) -> None:
        clock = HeyGenClock(self.now, self.heygen_time)
        journal = ResumeFile(self.path, clock=clock.earliest)
        journal.belongs_to(BASE, "me")
        wire = Shaky(VirtualWire(self.world), self.steps, lambda: self.unplugged)
        async with connect(BASE, DEFAULT_KEY, wire) as http, download.connect(wire) as links:
            client = HeyGen(http, budget, heard=clock.heard) if self.dated else HeyGen(http, budget)
            if self.dated:
                await client.me()
            history = fold(journal.events, now=clock.now())
            self.skew += self.jumps_before
            self.jumps_before = 0.0
            folder = self.path.parent / "leads.files"
            state = RunState(
                recorder=ShakyResumeFile(journal, self.steps, self.taken),
                rules=rules,
                states=dict(history.states),
                claimed=set(history.ids),
                details=dict(self.details),
                now=clock.now,
                jumped=clock.jumped,
                cap=self.cap(journal.events),
                suspects=self._suspects(journal.events),
                on_suspect=self.suspects.append,
                assets=dict(history.files.assets),
                uploads_begun=dict(history.files.begun),
            )
            self.engine = Engine(
                client=self.pretend or client,
                downloader=self.downloads(links, folder, budget) if self.downloads else self.files,
                uploader=Uploads(Assets(client), links, budget, own_host=BASE),
                run_state=state,
                settings=settings,
                budget=budget,
                names=FileNames({}, {}, rules.lives),
                news=self.news,
            )
            try:
                async with anyio.create_task_group() as group:
                    if during is not None:
                        group.start_soon(during, self.engine)
                    await self.engine.run(
                        self.feed(state) if self.feed else ListFeed(self.jobs, state, left=self.left, send=send)
                    )
                    group.cancel_scope.cancel()
            finally:
                self.refused += self.engine.gate.refusals
                journal.close()

    def _suspects(self, events: list[Event]) -> Suspects:
        return Suspects({job.fingerprint: job for job in self.jobs}, events) if self.suspicious else Suspects()

    @property
    def charges(self) -> dict[str, int]:
        """How often each key was charged; recordings, which have none, go by what was asked for."""
        counted: dict[str, int] = {}
        for line in self.world.ledger.charges:
            key = str(line["key"] or line["wish"])
            counted[key] = counted.get(key, 0) + 1
        return counted

    def events(self) -> list[Event]:
        return ResumeFile(self.path).events

    def statuses(self) -> list[str]:
        states = fold(self.events()).states
        return [states[job.fingerprint].status.value if job.fingerprint in states else "queued" for job in self.jobs]


def leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error
