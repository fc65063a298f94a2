"""Listening from beginning to end: the server first, then the endpoint, then word to the runs of this computer."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import anyio

from bulkgen.errors import ApiError, BulkgenError, InputError
from bulkgen.web import serve
from bulkgen.webhooks.app import Intake
from bulkgen.webhooks.deliveries import Counts, Verdict
from bulkgen.webhooks.endpoint import Endpoint, Registered
from bulkgen.webhooks.news_file import BEAT, NewsFile
from bulkgen.webhooks.secret_file import SecretFile

#: So many ids wait for the disk at most; more are left to the runs' own asking.
MOST_WAITING = 10_000

#: Connections at once.
_CONNECTIONS = 200

#: How often it is seen to that HeyGen still has the endpoint, and how often refusals are told (seconds).
LOOK_AGAIN = 3600.0
TELL_EVERY = 60.0

_WHY = {
    Verdict.UNSIGNED: "without a signature (HeyGen does not sign what it sends to the callback_url of a row)",
    Verdict.FORGED: "signed with another secret. If HeyGen sent them, type the same with --rotate-secret",
    Verdict.STALE: "of a time that is more than five minutes off. If HeyGen sent them, this computer's clock is wrong",
}


class Listener:
    """`tell` gets a sentence where something is wrong. `on_registered` is told once deliveries come.

    Invariant: one write of the news at a time, since each may cut the file.
    """

    def __init__(
        self,
        *,
        endpoint: Endpoint,
        secret: SecretFile,
        news: NewsFile,
        tell: Callable[[str], None],
        on_registered: Callable[[Registered], None],
    ) -> None:
        self._endpoint = endpoint
        self._news = news
        self._tell = tell
        self._on_registered = on_registered
        self._waiting: list[str] = []
        self._more = anyio.Event()
        self._writing = anyio.Lock()
        self._well = True
        self.app = Intake(lambda: secret.accepted, self._hand_over)

    async def run(self, bound: socket.socket, until: Callable[[], Awaitable[None]]) -> Counts:
        """Listens until `until` returns. Raises `ApiError` and `InputError` where it can't begin."""
        trouble: list[BulkgenError] = []
        async with anyio.create_task_group() as group:

            async def work() -> None:
                try:
                    registered = await self._registered()
                except BulkgenError as error:
                    trouble.append(error)
                    group.cancel_scope.cancel()
                else:
                    self._on_registered(registered)
                    for each in (self._keep_writing, self._keep_beating, self._keep_registered, self._keep_telling):
                        group.start_soon(each)

            group.start_soon(work)  # connections wait for the server: HeyGen may look whether somebody answers
            await serve(self.app, bound, until, connections=_CONNECTIONS, once=True)
            group.cancel_scope.cancel()
        if trouble:
            raise trouble[0]

        await self._write(partial(self._news.add, self._waiting))
        await self._write(self._news.end)
        app = self.app
        return Counts(taken=app.taken, repeated=app.repeated, refused=app.refused.total())

    async def _registered(self) -> Registered:
        """What HeyGen has now. Where this computer can't keep what it needs, HeyGen is not asked for anything."""
        await self._write(self._news.begin, first=True)
        try:
            return await self._endpoint.register()
        except BulkgenError:
            await self._write(self._news.end)
            raise

    def _hand_over(self, ids: Sequence[str]) -> None:
        self._waiting += ids[: max(0, MOST_WAITING - len(self._waiting))]
        self._more.set()

    async def _keep_writing(self) -> None:
        while True:
            await self._more.wait()
            self._more = anyio.Event()
            waiting, self._waiting = self._waiting, []
            await self._write(partial(self._news.add, waiting))

    async def _keep_beating(self) -> None:
        while True:
            await anyio.sleep(BEAT)
            await self._write(partial(self._news.add, ()))

    async def _keep_registered(self) -> None:
        while True:
            await anyio.sleep(LOOK_AGAIN)
            try:
                if (again := await self._endpoint.register()) != Registered():
                    self._on_registered(again)
            except (ApiError, InputError) as error:
                self._tell(f"HeyGen can't be asked whether it still has the webhook ({str(error).rstrip('.')}).")

    async def _keep_telling(self) -> None:
        told: Counter[Verdict] = Counter()
        while True:
            await anyio.sleep(TELL_EVERY)
            for verdict, count in (self.app.refused - told).items():
                self._tell(f"{count} refused: {_WHY[verdict]}.")
            told = self.app.refused.copy()

    async def _write(self, work: Callable[[], None], *, first: bool = False) -> None:
        """Where the disk refuses it, runs go on asking by themselves. `first`: then nothing is listened to at all."""
        try:
            async with self._writing:
                await anyio.to_thread.run_sync(work)
        except OSError as error:
            why = f"{self._news.path}, by which runs hear of it, can't be written ({error.strerror})"
            if first:
                raise InputError(f"{why}. BULKGEN_DATA_DIR names another folder.") from None

            if self._well:
                self._tell(f"{why}: they go on asking by themselves.")
            self._well = False
        else:
            self._well = True
