"""The server over HTTP: who gets in, who doesn't, and how it ends."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import httpx2
import pytest
from anyio.abc import SocketStream
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.mcpserver import MCPServer
from starlette.types import Receive, Scope, Send

from bulkgen.errors import InputError
from bulkgen.mcp.bearer import Token, token_from
from bulkgen.mcp.http import Guard, guarded, serve
from bulkgen.mcp.place import Place

TOKEN = Token("a-token-of-thirty-two-characters-or-more")
BEARER = {"Authorization": f"Bearer {TOKEN.text}"}
PUBLIC = Place(public="https://videos.example.com")

pytestmark = pytest.mark.anyio


async def _welcome(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


async def _asked(headers: list[tuple[str, str]], place: Place = PUBLIC) -> httpx.Response:
    """What somebody with these headers is answered; one without a Host has none."""
    guard = Guard(_welcome, TOKEN, place.names)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guard)) as client:
        request = client.build_request("POST", "http://127.0.0.1/mcp")
        kept = [(name, value) for name, value in request.headers.multi_items() if name != "host"]
        request.headers = httpx.Headers([*kept, *headers], encoding="latin-1")
        return await client.send(request)


ME = ("Host", "127.0.0.1:8765")
KNOWN = ("Authorization", f"Bearer {TOKEN.text}")


@pytest.mark.parametrize(
    "headers",
    [
        [ME, KNOWN],
        [("Host", "LOCALHOST:8765"), KNOWN],
        [("Host", "[::1]:9000"), KNOWN],
        [("Host", "videos.example.com"), KNOWN, ("Origin", "https://videos.example.com")],
        [ME, ("Authorization", f"bearer  {TOKEN.text} ")],
        [ME, KNOWN, ("Origin", "http://localhost:8765"), ("Sec-Fetch-Site", "same-origin")],
    ],
)
async def test_who_names_this_server_and_knows_the_token_gets_in(headers: list[tuple[str, str]]) -> None:
    assert (await _asked(headers)).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([KNOWN], 421),
        ([("Host", "evil.example"), KNOWN], 421),
        ([("Host", "127.0.0.1.evil.example:8765"), KNOWN], 421),
        ([("Host", "localhost@evil.example"), KNOWN], 421),
        ([("Host", ""), KNOWN], 421),
        ([ME, ("Host", "evil.example"), KNOWN], 421),
        ([ME, KNOWN, ("Origin", "https://evil.example")], 403),
        ([ME, KNOWN, ("Origin", "null")], 403),
        ([ME, KNOWN, ("Origin", "http://localhost.evil.example")], 403),
        ([ME, KNOWN, ("Origin", "http://localhost@evil.example")], 403),
        ([ME, KNOWN, ("Origin", "https://videos.example.com"), ("Origin", "https://evil.example")], 403),
        ([ME, KNOWN, ("Sec-Fetch-Site", "cross-site")], 403),
        ([ME, KNOWN, ("Sec-Fetch-Site", "same-site")], 403),
        ([ME], 401),
        ([ME, ("Authorization", "Bearer ")], 401),
        ([ME, ("Authorization", f"Bearer {TOKEN.text}x")], 401),
        ([ME, ("Authorization", f"Bearer {TOKEN.text[:-1]}")], 401),
        ([ME, ("Authorization", f"Basic {TOKEN.text}")], 401),
        ([ME, ("Authorization", "Bearer ééé")], 401),
        ([ME, ("Authorization", "Bearer wrong"), KNOWN], 401),
        ([ME, KNOWN, ("Authorization", "Bearer wrong")], 401),
    ],
)
async def test_everybody_else_is_refused_and_learns_nothing(headers: list[tuple[str, str]], status: int) -> None:
    answer = await _asked(headers)
    assert answer.status_code == status
    assert TOKEN.text not in answer.text
    assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)


async def test_without_a_public_address_only_this_computer_is_named() -> None:
    assert (await _asked([("Host", "videos.example.com"), KNOWN], Place())).status_code == 421


@asynccontextmanager
async def _served() -> AsyncIterator[tuple[str, anyio.Event]]:
    """A server with one tool at a free port; its address, and what stops it."""
    server = MCPServer("test")

    @server.tool()
    def double(number: int) -> int:
        return 2 * number

    place, stop = Place(port=0), anyio.Event()
    listener = place.listen()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(serve, guarded(server, TOKEN, place.names), listener, stop.wait)
        yield place.address(listener), stop
        stop.set()


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_client_that_has_the_token_works_with_it_in_both_eras(mode: str) -> None:
    async with (
        _served() as (address, _),
        httpx2.AsyncClient(headers=BEARER) as http,
        Client(streamable_http_client(address, http_client=http), mode=mode) as client,
    ):
        assert [tool.name for tool in (await client.list_tools()).tools] == ["double"]
        assert (await client.call_tool("double", {"number": 21})).structured_content == {"result": 42}


async def test_a_stop_ends_it_without_a_word_though_a_client_listens_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bulkgen.web.LAST_WORDS", 0)
    async with _served() as (address, stop), httpx.AsyncClient(headers=BEARER, timeout=30) as http:
        hello = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "t", "version": "1"},
            },
        }
        wanted = {"Accept": "application/json, text/event-stream"}
        answer = await http.post(address, json=hello, headers=wanted)
        session = {"Mcp-Session-Id": answer.headers["mcp-session-id"], "MCP-Protocol-Version": "2025-06-18"}
        async with http.stream("GET", address, headers={**wanted, **session}) as stream:
            assert stream.status_code == 200
            with anyio.fail_after(10):
                stop.set()
                with pytest.raises(httpx.RemoteProtocolError):  # the server hangs up
                    async for _ in stream.aiter_bytes():
                        pass
    assert not caplog.records


async def test_more_than_a_sheet_is_refused_before_it_is_read() -> None:
    async with _served() as (address, _), httpx.AsyncClient(headers=BEARER) as http:
        answer = await http.post(
            address, content=b" " * (5 * 1024 * 1024), headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 413
        assert (await http.get(address.replace("/mcp", "/other"))).status_code == 404


async def test_beyond_so_many_connections_a_client_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulkgen.mcp.http._CONNECTIONS", 3)
    async with _served() as (address, _):
        port = int(address.rsplit(":")[-1].removesuffix("/mcp"))
        crowd = [await anyio.connect_tcp("127.0.0.1", port) for _ in range(3)]
        async with httpx.AsyncClient(headers=BEARER) as http:
            assert (await http.get(address)).status_code == 503
        for stream in crowd:
            await stream.aclose()


async def test_who_hangs_up_or_says_nonsense_disturbs_nobody() -> None:
    async with _served() as (address, _), httpx.AsyncClient(headers=BEARER) as http:
        port = int(address.rsplit(":")[-1].removesuffix("/mcp"))
        silent: list[SocketStream] = []
        nonsense = [b"", b"\0\xff\r\n\r\n", b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{"]
        try:
            for said in nonsense * 8:
                stream = await anyio.connect_tcp("127.0.0.1", port)
                silent.append(stream)
                if said:
                    await stream.send(said)
            for stream in silent[::2]:
                await stream.aclose()
            assert (await http.post(address, json={})).status_code in (400, 406)  # the SDK's own refusal
        finally:
            for stream in silent:
                await stream.aclose()


def test_only_this_computer_is_listened_to_unless_somebody_says_what_is_meant() -> None:
    for host in ("0.0.0.0", "::", "192.168.1.5", "videos.example.com"):
        with pytest.raises(InputError, match="--public-url"):
            Place(host).checked()
    for place in (Place(), Place("::1"), Place("127.0.0.2"), Place("localhost"), Place("0.0.0.0", 80, PUBLIC.public)):
        assert place.checked() is place


@pytest.mark.parametrize(
    "public", ["videos.example.com", "ftp://a.example", "https://", "https://a b", "https://u:p@h"]
)
def test_a_public_address_is_one(public: str) -> None:
    with pytest.raises(InputError, match="--public-url"):
        Place(public=public).checked()


def test_the_address_that_is_told_is_the_one_to_type() -> None:
    with Place(port=0).listen() as listener:
        port = listener.getsockname()[1]
        assert Place(port=0).address(listener) == f"http://127.0.0.1:{port}/mcp"
        assert Place("::1").address(listener) == f"http://[::1]:{port}/mcp"
        assert PUBLIC.address(listener) == "https://videos.example.com/mcp"
        assert Place(public="https://a.example/videos/").address(listener) == "https://a.example/videos/"


def test_a_port_that_is_taken_is_said() -> None:
    with Place(port=0).listen() as listener:
        port = listener.getsockname()[1]
        with pytest.raises(InputError, match=rf"Port {port} of 127\.0\.0\.1 can't .* --port {port % 65_535 + 1}\."):
            Place(port=port).listen()


def test_it_listens_as_soon_as_the_address_is_known() -> None:
    with Place(port=0).listen() as listener, socket.create_connection(listener.getsockname(), timeout=5):
        pass


# The token ------------------------------------------------------------------------------------------------------------


def test_without_a_word_about_it_each_start_has_a_token_of_its_own() -> None:
    one, other = token_from(None, {}), token_from(None, {})
    assert one.made
    assert one.text != other.text
    assert len(one.text) > 40
    assert one.text not in repr(one)


def test_the_token_of_the_environment_is_taken_and_not_shown() -> None:
    found = token_from(None, {"BULKGEN_MCP_TOKEN": f" {TOKEN.text}\n"})
    assert (found.text, found.made) == (TOKEN.text, False)


@pytest.mark.parametrize("text", ["", "short", "x" * 31, "has blanks " * 5, "é" * 40, "x" * 2000])
def test_a_token_that_could_be_guessed_or_can_not_be_sent_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(text, encoding="utf-8")
    (tmp_path / "token").chmod(0o600)
    for file, environment in ((None, {"BULKGEN_MCP_TOKEN": text}), (tmp_path / "token", {})):
        with pytest.raises(InputError, match="holds no token") as raised:
            token_from(file, environment)
        assert not text or text not in str(raised.value)


def test_a_file_for_the_token_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "token"
    made, again = token_from(file, {}), token_from(file, {})
    assert (made.file, made.made, again.file) == (file, False, None)
    assert made.text == again.text == file.read_text(encoding="utf-8").strip()
    assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_token_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN.text, encoding="utf-8")
    file.chmod(mode)
    with pytest.raises(InputError, match="chmod 600"):
        token_from(file, {})


def test_a_folder_is_no_file_for_a_token(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="token"):
        token_from(tmp_path, {})
    with pytest.raises(InputError, match="can't be written"):
        token_from(tmp_path / "nowhere" / "token", {})
