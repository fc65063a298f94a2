"""`bulkgen listen`, from its words to a run that hears of it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import mock

import anyio
import httpx
import pytest

from bulkgen import web
from bulkgen.batch import running, webhook
from bulkgen.batch.connection import Connection
from bulkgen.cli.listen import begun
from bulkgen.errors import InputError, Refused
from bulkgen.heygen.me import read_me
from bulkgen.webhooks import listener
from bulkgen.webhooks.deliveries import Counts
from bulkgen.webhooks.endpoint import EVENTS, Registered
from bulkgen.webhooks.file_news import FileNews
from bulkgen.webhooks.news_file import NewsFile
from tests.command import command, environment
from tests.standin.thread import Nearby
from tests.standin.webhooks import Endpoint, delivery
from tests.story import Story

URL = "https://hooks.example.com/heygen"


@pytest.fixture
def heygen(tmp_path: Path) -> Iterator[Nearby]:
    with Nearby(tmp_path / "ledger.jsonl") as nearby:
        here = {**nearby.env, "BULKGEN_DATA_DIR": str(tmp_path / "data")}
        with mock.patch.dict(os.environ, here):
            yield nearby


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """A listener while it listens: what HeyGen has of it, and what somebody may post to it."""

    def __init__(self, heygen: Nearby, port: int) -> None:
        self._heygen = heygen
        self.port = port
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)
        me = read_me({"username": heygen.world.settings.username})
        news = webhook.news_of(Connection(base=heygen.env["HEYGEN_API_BASE"], key=""), me.account, None)
        assert news is not None
        self.news: FileNews = news
        self.told: list[str] = []
        self._more = asyncio.Event()

    def tell(self, sentence: str) -> None:
        self.told.append(sentence)
        self._more.set()

    async def told_of(self) -> list[str]:
        """What the person was told, as soon as there is something."""
        with anyio.fail_after(5):
            await self._more.wait()
        return self.told

    async def close(self) -> None:
        await self._client.aclose()

    @property
    def endpoint(self) -> Endpoint:
        (found,) = self._heygen.world.webhooks.endpoints.values()
        return found

    async def post(self, job_id: str, secret: str = "", event_id: str = "") -> int:
        sent = delivery(
            secret or self.endpoint.secret,
            "avatar_video.success",
            {"video_id": job_id},
            at=time.time(),
            event_id=event_id or job_id,
        )
        return (await self._client.post("/heygen", content=sent.body, headers=dict(sent.headers))).status_code

    async def heard(self, count: int) -> list[str]:
        """What a run hears, as soon as it is so many ids."""
        found: list[str] = []
        with anyio.fail_after(5):
            while len(found) < count:
                found += self.news.look()
                await anyio.sleep(0.005)
        return found


def listen(heygen: Nearby, work: Callable[[Server], Awaitable[None]]) -> tuple[Counts, list[Registered]]:
    """Listens for as long as `work` takes."""
    port, registered, begun = free_port(), list[Registered](), asyncio.Event()
    server = Server(heygen, port)

    def begin(found: Registered) -> None:
        registered.append(found)
        begun.set()

    async def until() -> None:
        await begun.wait()
        try:
            await work(server)
        finally:
            await server.close()

    done = webhook.listen(URL, "127.0.0.1", port, until=until, on_begin=begin, tell=server.tell)
    return done, registered


@pytest.mark.anyio
async def test_the_file_of_news_is_written_by_one_at_a_time(tmp_path: Path) -> None:
    at_once: list[int] = []
    inside = 0

    def write() -> None:
        nonlocal inside
        inside += 1
        at_once.append(inside)
        time.sleep(0.01)
        inside -= 1

    desk = listener.Listener(
        endpoint=mock.Mock(),
        secret=mock.Mock(),
        news=NewsFile(tmp_path / "news"),
        tell=mock.Mock(),
        on_registered=mock.Mock(),
    )
    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(desk._write, write)
    assert at_once == [1] * 4


def test_a_delivery_reaches_the_runs_of_this_computer_through_real_sockets(heygen: Nearby) -> None:
    async def work(server: Server) -> None:
        assert server.endpoint.url == URL
        assert server.endpoint.events == list(EVENTS)
        statuses = [await server.post("v_1"), await server.post("v_2"), await server.post("v_1")]
        assert statuses == [204, 204, 204]
        assert await server.post("v_3", "whsec_guess") == 401
        assert await server.heard(2) == ["v_1", "v_2"]
        assert server.news.listening

    done, registered = listen(heygen, work)
    assert registered == [Registered(made=True)]
    assert done == Counts(taken=2, repeated=1, refused=1)


def test_after_its_end_nobody_listens_and_the_next_start_uses_the_same_endpoint(heygen: Nearby) -> None:
    found: list[Server] = []

    async def work(server: Server) -> None:
        found.append(server)

    listen(heygen, work)
    (before,) = heygen.world.webhooks.endpoints.values()
    found[0].news.look()
    assert not found[0].news.listening
    assert listen(heygen, work)[1] == [Registered()]
    assert list(heygen.world.webhooks.endpoints.values()) == [before]


def test_a_secret_that_is_rotated_meanwhile_loses_nothing(heygen: Nearby) -> None:
    async def work(server: Server) -> None:
        old = server.endpoint.secret
        assert await anyio.to_thread.run_sync(webhook.renew_secret, URL)
        assert server.endpoint.secret != old
        assert [await server.post("v_1"), await server.post("v_2", old)] == [204, 204]
        assert await server.heard(2) == ["v_1", "v_2"]

    listen(heygen, work)


def test_what_was_answered_just_before_the_end_is_still_handed_over(heygen: Nearby) -> None:
    async def work(server: Server) -> None:
        for number in range(20):
            await server.post(f"v_{number}")

    async def too_late(_self: listener.Listener) -> None:
        await anyio.sleep_forever()

    written: list[str] = []
    with (
        mock.patch.object(NewsFile, "add", lambda _self, ids: written.extend(ids)),
        mock.patch.object(listener.Listener, "_keep_writing", too_late),
    ):
        listen(heygen, work)
    assert written == [f"v_{number}" for number in range(20)]


def test_a_disk_that_refuses_is_told_once_and_deliveries_are_still_answered(heygen: Nearby) -> None:
    async def work(server: Server) -> None:
        with mock.patch.object(NewsFile, "add", side_effect=OSError(28, "No space left on device")):
            assert [await server.post(f"v_{number}") for number in range(3)] == [204] * 3
            (told,) = await server.told_of()
        assert "No space left on device): they go on asking by themselves." in told

    listen(heygen, work)


def test_refusals_are_told_in_one_sentence_now_and_then(heygen: Nearby) -> None:
    async def work(server: Server) -> None:
        for number in range(3):
            await server.post(f"v_{number}", "whsec_guess")
        told = await server.told_of()
        assert "refused: signed with another secret" in told[0]
        assert "whsec" not in told[0]

    with mock.patch.object(listener, "TELL_EVERY", 0.05):
        listen(heygen, work)


def test_connections_that_ask_for_nothing_keep_nobody_out(heygen: Nearby) -> None:
    async def work(server: Server) -> None:
        silent = [await anyio.connect_tcp("127.0.0.1", server.port) for _ in range(3)]
        await silent[0].send(b"POST /heygen HTTP/1.1\r\nHost: ")
        await silent[1].send(b"GET /health HTTP/1.1\r\nHost: h\r\n\r\nPOST /heygen HTTP/1.1\r\nHost: ")
        assert await server.post("v_1") == 503
        with anyio.fail_after(5):
            for each in silent:
                with suppress(anyio.EndOfStream, anyio.BrokenResourceError):
                    while True:
                        await each.receive()
        assert await server.post("v_2") == 204
        for each in silent:
            await each.aclose()

    with mock.patch.object(listener, "_CONNECTIONS", 3), mock.patch.object(web, "IDLE", 0.2):
        listen(heygen, work)


def test_where_nothing_can_be_kept_heygen_is_not_asked_for_an_endpoint(heygen: Nearby, tmp_path: Path) -> None:
    async def work(_: Server) -> None:
        raise AssertionError

    (tmp_path / "data").write_text("no folder")
    with pytest.raises(InputError, match=r"can't be written \(.*BULKGEN_DATA_DIR names another folder"):
        listen(heygen, work)
    assert not heygen.world.webhooks.endpoints


def test_where_heygen_takes_no_endpoint_no_run_believes_that_somebody_listens(tmp_path: Path) -> None:
    async def work(_: Server) -> None:
        raise AssertionError

    script = [{"path": "/v3/webhooks/endpoints$", "fault": "error_before:400"}]
    with Nearby(tmp_path / "ledger.jsonl", script=script) as heygen:
        here = {**heygen.env, "BULKGEN_DATA_DIR": str(tmp_path / "data")}
        with mock.patch.dict(os.environ, here), pytest.raises(Refused):
            listen(heygen, work)
    assert not [*(tmp_path / "data").rglob("news-*")]


@pytest.mark.parametrize(
    ("registered", "told"),
    [
        (Registered(), "Listening."),
        (Registered(renewed=True), "Listening; HeyGen's webhook has a new secret."),
        (Registered(updated=True, renewed=True), "Listening; HeyGen's webhook has new events and a new secret."),
    ],
)
def test_what_has_changed_is_said(registered: Registered, told: str) -> None:
    assert begun(registered) == told


# The words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "hooks.example.com", "http://hooks.example.com", "https://", "https://me:pw@hooks.example.com/",
     "https://hooks.example.com/#a", "https://hooks.example.com/a b", "https://localhost/", "https://server/",
     "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.7/", "https://hooks.example.com:99999/",
     "https://hooks.example.com/\x1b[31m"],
)  # fmt: skip
def test_an_address_that_heygen_cannot_reach_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"https://hooks\.example\.com/heygen|public name"):
        webhook.public_address(text)


@pytest.mark.parametrize(
    "text", ["https://hooks.example.com", " https://h.example.com:8443/a?b=c ", "https://1.1.1.1/"]
)
def test_any_other_is_taken_as_it_is(text: str) -> None:
    assert webhook.public_address(text) == text.strip()


def test_without_its_extra_it_says_how_to_get_it_and_asks_nobody(story: Story) -> None:
    with mock.patch.object(webhook, "find_spec", return_value=None):
        told = story.type("listen", "--public-url", URL, code=2)
    assert "pip install 'bulkgen[listen]'" in told.text
    assert "uv tool install 'bulkgen[listen]'" in told.text
    assert story.heygen.requests == 0


def test_without_a_key_it_ends_with_the_code_for_that(story: Story) -> None:
    told = story.type("listen", "--public-url", URL, code=7, env={"HEYGEN_API_KEY": ""})
    assert "bulkgen login" in told.text


def test_a_port_that_is_taken_is_said_and_nothing_is_registered(story: Story) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = story.type("listen", "--public-url", URL, "--port", port, code=2)
    assert f"Port {port} of 127.0.0.1 can't be listened at" in told.text
    assert not story.heygen.webhooks.endpoints


def test_rotating_and_removing_say_what_they_did(story: Story) -> None:
    told = story.type("listen", "--public-url", URL, "--rotate-secret", code=2)
    assert "There is no webhook at HeyGen for this address" in told.text
    story.heygen.webhooks.plant(URL)
    assert "new secret" in story.type("listen", "--public-url", URL, "--rotate-secret").out
    assert json.loads(story.type("listen", "--public-url", URL, "--remove", "--json").out)["removed"] is True
    assert json.loads(story.type("listen", "--public-url", URL, "--remove", "--json").out)["removed"] is False
    assert not story.heygen.webhooks.endpoints
    assert "either" in story.type("listen", "--public-url", URL, "--remove", "--rotate-secret", code=2).err


# A run that hears ----------------------------------------------------------------------------------------------------


def test_a_run_hears_of_the_jobs_of_its_own_account_and_a_rehearsal_of_none(story: Story) -> None:
    asked: list[tuple[str, str, Path | None]] = []

    class Silent:
        listening = False

        async def next(self) -> Sequence[str]:
            asked_of.append(self)
            await anyio.sleep_forever()
            raise AssertionError

    asked_of: list[Silent] = []

    def news_of(connection: Connection, account: str, folder: Path | None) -> Any:
        asked.append((connection.base, account, folder))
        return Silent()

    story.sheet("leads.csv", "avatar_id,script", "look_ann,Hello")
    with mock.patch.object(running, "news_of", news_of):
        story.run("leads.csv", "--sandbox")
        assert asked == []
        story.run("leads.csv")
    account = read_me({"username": story.heygen.settings.username}).account
    assert asked == [(story.env["HEYGEN_API_BASE"], account, story.folder)]
    assert len(asked_of) == 1


@pytest.mark.slow
def test_the_command_itself_begins_and_ends_cleanly(heygen: Nearby, tmp_path: Path) -> None:
    port = free_port()
    env = environment({**heygen.env, "BULKGEN_DATA_DIR": str(tmp_path / "data")})
    words = command("listen", "--public-url", URL, "--port", port)
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "Listening; HeyGen has a new webhook." in process.stderr.readline()
        (endpoint,) = heygen.world.webhooks.endpoints.values()
        sent = delivery(endpoint.secret, "avatar_video.success", {"video_id": "v_1"}, at=time.time())
        started = time.monotonic()
        url = f"http://127.0.0.1:{port}/heygen"
        assert httpx.post(url, content=sent.body, headers=dict(sent.headers), trust_env=False).status_code == 204
        assert time.monotonic() - started < 1.0
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert out == "Stopped. 1 deliveries taken, 0 had come before, 0 refused.\n"
    assert not list((tmp_path / "data").rglob("news-*"))
    assert list(heygen.world.webhooks.endpoints.values()) == [endpoint]
