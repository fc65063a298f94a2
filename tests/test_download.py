from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import anyio
import httpx
import pytest

from bulkgen.disk.whole import Saved, sweep
from bulkgen.errors import LinkGone, LinkUnfit, Lost
from bulkgen.files import download
from bulkgen.files.download import Downloads, connect
from bulkgen.files.endings import USUAL, ending_of
from bulkgen.files.part import KEPT_FOR, Part, Parts, sweep_parts
from bulkgen.files.public import Public
from bulkgen.retry import RetryBudget

pytestmark = pytest.mark.anyio

LINK = "https://storage.invalid/a.mp3?signature=x"
SOUND = b"ID3" + b"\0" * 500


def hasty(tokens: float = 100.0) -> RetryBudget:
    budget = RetryBudget(tokens=tokens)
    budget.rng.uniform = lambda a, b: 0.0  # type: ignore[method-assign]
    return budget


async def fetched(folder: Path, *responses: httpx.Response | Exception) -> tuple[Saved, list[httpx.Request]]:
    left, requests = list(responses), []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        response = left.pop(0)
        if isinstance(response, Exception):
            raise response
        return response

    async with connect(httpx.MockTransport(answer)) as http:
        return await Downloads(http, folder / "leads.files", hasty()).fetch(LINK, "0002-abc"), requests


def good(**headers: str) -> httpx.Response:
    return httpx.Response(200, content=SOUND, headers={"content-type": "audio/mpeg", **headers})


async def test_a_file_is_kept_whole_under_the_name_given(tmp_path: Path) -> None:
    saved, requests = await fetched(tmp_path, good())
    assert saved == Saved("leads.files/0002-abc.mp3", len(SOUND))
    assert (tmp_path / saved.file).read_bytes() == SOUND
    assert [path.name for path in (tmp_path / "leads.files").iterdir()] == ["0002-abc.mp3"]
    assert "x-api-key" not in requests[0].headers


async def test_the_ending_comes_from_a_list_and_never_from_the_link(tmp_path: Path) -> None:
    odd = httpx.Response(200, content=SOUND, headers={"content-type": "application/x-sh"})
    assert (await fetched(tmp_path, odd))[0].file.endswith("abc.mp3")
    told = httpx.Response(200, content=b"?" * 500, headers={"content-type": "audio/wav; charset=x"})
    assert (await fetched(tmp_path, told))[0].file.endswith("abc.wav")
    wave = httpx.Response(200, content=b"RIFF\0\0\0\0WAVEfmt ", headers={"content-type": "audio/mpeg"})
    assert (await fetched(tmp_path, wave))[0].file.endswith("abc.wav")


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_dead_link_is_told_apart_from_a_temporary_failure(tmp_path: Path, status: int) -> None:
    with pytest.raises(LinkGone):
        await fetched(tmp_path, httpx.Response(status))


@pytest.mark.parametrize(
    "bad",
    [
        httpx.ReadError("cut"),
        httpx.Response(500),
        httpx.Response(200, content=b""),
        httpx.Response(200, content=SOUND, headers={"content-length": "9999", "content-type": "audio/mpeg"}),
        httpx.Response(200, text="<html>Sign in</html>", headers={"content-type": "text/html"}),
        httpx.Response(200, text="<?xml version='1.0'?><Error/>", headers={"content-type": "application/xml"}),
        httpx.Response(200, text="\ufeff\r\n\t <!doctype html>", headers={"content-type": "audio/mpeg", "etag": '"e"'}),
        httpx.Response(200, text=' {"error": "slow down"}', headers={"content-type": "audio/mpeg", "etag": '"e"'}),
    ],
)
async def test_what_came_incomplete_is_fetched_again_and_never_kept(
    tmp_path: Path, bad: httpx.Response | Exception
) -> None:
    saved, requests = await fetched(tmp_path, bad, good())
    assert (len(requests), saved.size) == (2, len(SOUND))
    assert [path.name for path in (tmp_path / "leads.files").iterdir()] == ["0002-abc.mp3"]


async def test_after_some_tries_it_is_left_for_the_next_run(tmp_path: Path) -> None:
    with pytest.raises(Lost):
        await fetched(tmp_path, *[httpx.Response(500)] * 20)
    assert not (tmp_path / "leads.files" / "0002-abc.mp3").exists()


@pytest.mark.parametrize("tag", ['"v1"', None])
async def test_an_error_in_place_of_the_file_is_never_kept(tmp_path: Path, tag: str | None) -> None:
    storage = Storage(b"<?xml version='1.0'?><Error><Code>InternalError</Code></Error>", tag=tag)
    with pytest.raises(Lost):
        await kept(tmp_path, storage)
    assert lying(tmp_path) == {}
    storage.content = FILM
    await kept(tmp_path, storage)
    assert lying(tmp_path) == {"Ann.mp4": FILM}


async def test_the_times_of_words_are_json_of_our_own(tmp_path: Path) -> None:
    async with connect(httpx.MockTransport(lambda _: good())) as http:
        await Downloads(http, tmp_path / "leads.files", hasty()).keep(b"{}", "Ann", what="words")
    assert lying(tmp_path) == {"Ann.json": b"{}"}


async def test_a_link_that_is_no_web_address_is_not_opened(tmp_path: Path) -> None:
    async with connect(httpx.MockTransport(lambda _: good())) as http:
        with pytest.raises(LinkGone):
            await Downloads(http, tmp_path, hasty()).fetch("file:///etc/passwd", "x")


def test_a_file_counts_as_present_only_in_its_full_size(tmp_path: Path) -> None:
    downloads = Downloads(connect(), tmp_path / "leads.files", hasty())
    (tmp_path / "a.mp3").write_bytes(b"12345")
    assert downloads.present(Saved("a.mp3", 5))
    assert not downloads.present(Saved("a.mp3", 6))
    assert not downloads.present(Saved("b.mp3", 5))


# Where it broke off ---------------------------------------------------------------------------------------------------

FILM = b"\0\0\0\x18ftypisom" + bytes(range(256)) * 40


class Storage:
    """A host of one file. `breaks`: after how many bytes each of the first answers is cut; `answers`: those that come
    before any.
    """

    def __init__(self, content: bytes = FILM, *, tag: str | None = '"v1"', ranges: bool = True) -> None:
        self.content = content
        self.tag = tag
        self.ranges = ranges
        self.breaks: list[int] = []
        self.answers: list[httpx.Response] = []
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        #: Whether nothing is to be had any more once an answer was cut.
        self.down = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.headers.get("range", ""))
        if self.down and not self.breaks:
            raise httpx.ConnectError("no route to host")
        if self.answers:
            return self.answers.pop(0)

        headers = {"content-type": "video/mp4", **self.headers, **({"etag": self.tag} if self.tag else {})}
        match = re.fullmatch(r"bytes=(\d+)-", self.asked[-1])
        begin, size = int(match[1]) if match and self.ranges else 0, len(self.content)
        if begin >= size:
            return httpx.Response(416, headers=headers)

        if begin:
            headers["content-range"] = f"bytes {begin}-{size - 1}/{size}"
        headers["content-length"] = str(size - begin)
        breaks = self.breaks.pop(0) if self.breaks else size
        return httpx.Response(206 if begin else 200, headers=headers, content=self._stream(begin, breaks))

    async def _stream(self, begin: int, length: int) -> AsyncIterator[bytes]:
        for at in range(begin, min(len(self.content), begin + length), 1000):
            yield self.content[at : min(at + 1000, begin + length)]
        if begin + length < len(self.content):
            raise httpx.ReadError("cut")


async def kept(folder: Path, storage: Storage, *names: str, tokens: float = 100.0) -> Saved:
    """The file, as one run fetches it; `tokens`: what is left of its budget for tries in vain."""
    async with connect(httpx.MockTransport(storage.answer)) as http:
        downloads = Downloads(http, folder / "leads.files", hasty(tokens))
        return await downloads.fetch(LINK, *(names or ("Ann",)), what="video")


async def cut_off(folder: Path, storage: Storage, at: int) -> None:
    """A run that is over before the file is whole."""
    storage.breaks, storage.down = [at], True
    with mock.patch.object(download, "TRIES", 1), pytest.raises(Lost):
        await kept(folder, storage)
    storage.down = False
    storage.asked.pop()


def lying(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "leads.files").iterdir()}


def parts(folder: Path) -> list[str]:
    return [name for name in lying(folder) if name.endswith(".part")]


@pytest.fixture
def _at_once() -> Iterator[None]:
    """What comes goes to the disk at once, as much of a large file does."""
    with mock.patch.object(download, "HELD", 1):
        yield


@pytest.mark.usefixtures("_at_once")
async def test_a_file_is_gone_on_with_where_it_broke_off(tmp_path: Path) -> None:
    storage = Storage()
    storage.breaks = [3_500, 2_000]
    assert (await kept(tmp_path, storage)).file == "leads.files/Ann.mp4"
    assert storage.asked == ["", "bytes=3500-", "bytes=5500-"]
    assert lying(tmp_path) == {"Ann.mp4": FILM}


async def test_what_was_held_in_memory_when_it_broke_off_is_kept_too(tmp_path: Path) -> None:
    storage = Storage()
    storage.breaks = [3_500]
    await kept(tmp_path, storage)
    assert storage.asked == ["", "bytes=3500-"]
    assert lying(tmp_path) == {"Ann.mp4": FILM}


@pytest.mark.usefixtures("_at_once")
async def test_the_next_run_goes_on_with_what_a_killed_one_left(tmp_path: Path) -> None:
    storage = Storage()
    await cut_off(tmp_path, storage, 3_500)
    assert len(parts(tmp_path)) == 1
    sweep(tmp_path / "leads.files")  # as each run begins
    sweep_parts(tmp_path / "leads.files")
    await kept(tmp_path, storage)
    assert storage.asked == ["", "bytes=3500-"]
    assert lying(tmp_path) == {"Ann.mp4": FILM}


@pytest.mark.usefixtures("_at_once")
async def test_a_host_that_gives_no_pieces_gives_the_whole_file_again(tmp_path: Path) -> None:
    storage = Storage(ranges=False)
    storage.breaks = [3_500]
    await kept(tmp_path, storage)
    assert lying(tmp_path) == {"Ann.mp4": FILM}


@pytest.mark.parametrize(("ranges", "tag"), [(True, '"v1"'), (False, '"v1"'), (True, None), (True, 'W/"v1"')])
async def test_what_is_thrown_away_does_not_count_as_received(tmp_path: Path, ranges: bool, tag: str | None) -> None:
    storage = Storage(ranges=ranges, tag=tag)
    storage.breaks = [3_500, 2_000]
    async with connect(httpx.MockTransport(storage.answer)) as http:
        downloads = Downloads(http, tmp_path / "leads.files", hasty())
        await downloads.fetch(LINK, "Ann", what="video")
        await downloads.fetch(LINK, "Bob", what="video")
    assert downloads.received == 2 * len(FILM)


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("tag", ['"v2"', 'W/"v1"', None])
async def test_pieces_of_two_versions_of_a_file_are_never_put_together(tmp_path: Path, tag: str | None) -> None:
    storage = Storage()
    await cut_off(tmp_path, storage, 3_500)
    storage.content, storage.tag = FILM[::-1], tag
    await kept(tmp_path, storage)
    assert list(lying(tmp_path).values()) == [FILM[::-1]]


@pytest.mark.usefixtures("_at_once")
async def test_a_file_of_no_known_version_is_fetched_anew_and_leaves_no_part(tmp_path: Path) -> None:
    storage = Storage(tag=None)
    await cut_off(tmp_path, storage, 3_500)
    assert lying(tmp_path) == {}
    await kept(tmp_path, storage)
    assert storage.asked == [""]


@pytest.mark.usefixtures("_at_once")
async def test_a_file_without_a_tag_is_known_by_the_time_of_its_change(tmp_path: Path) -> None:
    storage = Storage(tag=None)
    storage.breaks, storage.headers = [3_500], {"last-modified": "Sun, 22 Nov 2026 01:00:00 GMT"}
    await kept(tmp_path, storage)
    assert storage.asked == ["", "bytes=3500-"]


@pytest.mark.usefixtures("_at_once")
async def test_a_weak_tag_tells_no_version(tmp_path: Path) -> None:
    storage = Storage(tag='W/"v1"')
    storage.breaks = [3_500]
    await kept(tmp_path, storage)
    assert storage.asked == ["", ""]


@pytest.mark.usefixtures("_at_once")
async def test_another_piece_than_was_asked_for_is_not_taken(tmp_path: Path) -> None:
    storage = Storage()
    end = 100 + len(FILM) - 3_500
    other = {"etag": '"v1"', "content-range": f"bytes 100-{end - 1}/{len(FILM)}"}
    await cut_off(tmp_path, storage, 3_500)
    storage.answers = [httpx.Response(206, content=FILM[100:end], headers=other)]
    await kept(tmp_path, storage)
    assert lying(tmp_path) == {"Ann.mp4": FILM}


@pytest.mark.usefixtures("_at_once")
async def test_the_part_of_an_older_version_goes_when_a_new_one_begins(tmp_path: Path) -> None:
    storage = Storage(ranges=False)
    await cut_off(tmp_path, storage, 3_500)
    storage.tag = '"v2"'
    await kept(tmp_path, storage)
    assert lying(tmp_path) == {"Ann.mp4": FILM}


def test_a_new_part_begins_empty_whatever_lay_there(tmp_path: Path) -> None:
    found = Parts(tmp_path)
    assert found.of("Ann.video") is None
    (tmp_path / ".Ann.video.v0123456789abcdef.part").write_bytes(b"of nobody knows when")
    part = found.begin("Ann.video", "v0123456789abcdef")
    part.add(b"new")
    assert (part.size, part.path.read_bytes()) == (3, b"new")


@pytest.mark.usefixtures("_at_once")
async def test_a_part_that_is_longer_than_the_file_is_thrown_away(tmp_path: Path) -> None:
    storage = Storage()
    await cut_off(tmp_path, storage, 9_000)
    storage.content = FILM[:4_000]
    await kept(tmp_path, storage)
    assert lying(tmp_path) == {"Ann.mp4": FILM[:4_000]}


async def test_a_large_file_over_a_bad_line_takes_as_many_tries_as_it_needs(tmp_path: Path) -> None:
    storage = Storage()
    storage.breaks = [500] * 19
    await kept(tmp_path, storage, tokens=0.0)
    assert len(storage.asked) == 20
    assert lying(tmp_path) == {"Ann.mp4": FILM}


@pytest.mark.usefixtures("_at_once")
async def test_a_dead_link_leaves_the_part_for_a_fresh_one(tmp_path: Path) -> None:
    storage = Storage()
    await cut_off(tmp_path, storage, 3_500)
    storage.answers = [httpx.Response(403)]
    with pytest.raises(LinkGone):
        await kept(tmp_path, storage)
    await kept(tmp_path, storage)
    assert storage.asked == ["", "bytes=3500-", "bytes=3500-"]


def test_a_part_that_nobody_goes_on_with_is_swept_in_the_end(tmp_path: Path) -> None:
    part = tmp_path / ".Ann.video.v0123456789abcdef.part"
    part.write_bytes(b"half")
    sweep_parts(tmp_path)
    assert part.exists()
    os.utime(part, (part.stat().st_mtime - KEPT_FOR - 1,) * 2)
    sweep_parts(tmp_path)
    assert not part.exists()
    sweep_parts(tmp_path / "none")


# Its place ------------------------------------------------------------------------------------------------------------


async def test_a_file_of_somebody_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "leads.files").mkdir()
    (tmp_path / "leads.files" / "Ann.mp4").write_bytes(b"the person's own")
    assert (await kept(tmp_path, Storage(), "Ann", "Ann~3f9c2a")).file == "leads.files/Ann~3f9c2a.mp4"
    assert lying(tmp_path) == {"Ann.mp4": b"the person's own", "Ann~3f9c2a.mp4": FILM}


async def test_one_of_the_same_size_is_not_taken_for_the_same(tmp_path: Path) -> None:
    (tmp_path / "leads.files").mkdir()
    (tmp_path / "leads.files" / "Ann.mp4").write_bytes(FILM[::-1])
    assert (await kept(tmp_path, Storage(), "Ann", "Ann~3f9c2a")).file == "leads.files/Ann~3f9c2a.mp4"


async def test_where_all_names_are_taken_what_stands_there_goes_aside(tmp_path: Path) -> None:
    (tmp_path / "leads.files").mkdir()
    (tmp_path / "leads.files" / "Ann.mp4").write_bytes(b"the person's own")
    await kept(tmp_path, Storage())
    assert lying(tmp_path) == {"Ann.mp4": FILM, "Ann (changed).mp4": b"the person's own"}


async def test_the_same_file_is_no_reason_for_another_name(tmp_path: Path) -> None:
    """A run was killed between the file and its record."""
    for _ in range(2):
        assert (await kept(tmp_path, Storage(), "Ann", "Ann~3f9c2a")).file == "leads.files/Ann.mp4"
    assert lying(tmp_path) == {"Ann.mp4": FILM}


@pytest.mark.parametrize(
    ("head", "told", "what", "ending"),
    [
        (FILM, "binary/octet-stream", "video", ".mp4"),
        (b"\0\0\0\x14ftypqt  ", "video/mp4", "video", ".mov"),
        (b"\0\0\0\x14ftypM4A ", "", "audio", ".m4a"),
        (b"\0\0\0\x14ftypisom", "audio/mp4", "audio", ".m4a"),
        (b"\x1aE\xdf\xa3\x9fB", "application/octet-stream", "video", ".webm"),
        (b"OggS\0", "", "audio", ".ogg"),
        (b"\xff\xfb\x90", "", "audio", ".mp3"),
        (b"RIFF\1\2\3\4WAVE", "audio/mpeg", "recording", ".wav"),
        (b"RIFF\1\2\3\4WEBP", "", "thumbnail", ".webp"),
        (b"\xff\xd8\xff\xe0", "", "thumbnail", ".jpg"),
        (b"\x89PNG\r\n", "image/jpeg", "thumbnail", ".png"),
        (b"GIF89a", "", "gif", ".gif"),
        (b"WEBVTT\n", "text/plain", "captions", ".vtt"),
        (b"\xef\xbb\xbf1\r\n00:00:00,000 --> 00:00:02,000", "text/plain", "captions", ".srt"),
        (b"?", "image/png; charset=x", "thumbnail", ".png"),
        (b"?", "application/x-sh", "captions", ".srt"),
        (b"#!/bin/sh", "text/x-shellscript", "video", ".mp4"),
    ],
)
def test_the_ending_says_what_the_file_holds(head: bytes, told: str, what: str, ending: str) -> None:
    assert ending_of(head[:64], told, "https://x.invalid/film.exe?x=.exe", what) == ending
    assert what in USUAL


def test_where_nothing_else_tells_the_link_does() -> None:
    assert ending_of(b"?", "", "https://x.invalid/film%2Ewebm?a=b.exe", "video") == ".webm"


# The disk -------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_at_once")
async def test_a_full_disk_gets_its_room_back_and_nothing_is_half_there(tmp_path: Path) -> None:
    real, written = Part.add, 0

    def full(part: Part, data: bytes, *, sync: bool = False) -> None:
        nonlocal written
        written += len(data)
        if written > 3_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(part, data, sync=sync)

    with mock.patch.object(Part, "add", full), pytest.raises(OSError, match="space"):
        await kept(tmp_path, Storage())
    assert lying(tmp_path) == {}


@pytest.mark.parametrize(
    ("what", "size", "begun"),
    [("video", len(FILM), False), ("recording", len(FILM), True), ("recording", len(FILM) * 1_000, False)],
)
async def test_what_would_fill_the_disk_is_not_begun_but_small_recordings_are(
    tmp_path: Path, what: str, size: int, begun: bool
) -> None:
    """The records of jobs and the results need the last of it more; a recording can be had only now."""
    storage = Storage((FILM * 1_000)[:size])
    with mock.patch.object(shutil, "disk_usage", return_value=SimpleNamespace(free=60 << 20)):
        async with connect(httpx.MockTransport(storage.answer)) as http:
            downloads = Downloads(http, tmp_path / "leads.files", hasty())
            if begun:
                await downloads.fetch(LINK, "Ann", what=what)
            else:
                with pytest.raises(OSError, match="almost full"):
                    await downloads.fetch(LINK, "Ann", what=what)
    assert ((tmp_path / "leads.files").exists() and bool(lying(tmp_path))) == begun


async def test_a_stop_in_the_middle_keeps_what_has_come(tmp_path: Path) -> None:
    class Slow(Storage):
        async def _stream(self, begin: int, length: int) -> AsyncIterator[bytes]:
            yield self.content[begin : begin + 5_000]
            begun.set()
            await anyio.sleep_forever()

    begun = anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(kept, tmp_path, Slow())
        await begun.wait()
        group.cancel_scope.cancel()
    assert [len(data) for data in lying(tmp_path).values()] == [5_000]
    storage = Storage()
    await kept(tmp_path, storage)
    assert storage.asked == ["bytes=5000-"]


# Where a link may lead ------------------------------------------------------------------------------------------------


async def reached(
    links: Callable[[httpx.Request], httpx.Response], folder: Path, *numbers: str, own: str = "", link: str = LINK
) -> Saved:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return numbers or ["93.184.215.14"]

    async with connect(Public(httpx.MockTransport(links), resolve, own, veiled=True)) as http:
        return await Downloads(http, folder / "leads.files", hasty()).fetch(link, "x")


@pytest.mark.parametrize(
    "where",
    ["http://127.0.0.1/x", "http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/", "http://printer/",
     "http://nas.local/x", "ftp://example.com/x", "file:///etc/passwd"],
)  # fmt: skip
async def test_a_redirection_into_a_private_network_is_not_followed(tmp_path: Path, where: str) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"location": where})

    with pytest.raises(LinkUnfit):
        await reached(answer, tmp_path, link="https://93.184.215.14/a.mp3")
    assert set(asked) == {"https://93.184.215.14/a.mp3"}


async def test_a_name_that_leads_to_a_private_number_is_not_followed(tmp_path: Path) -> None:
    with pytest.raises(LinkUnfit, match="private network"):
        await reached(lambda _: good(), tmp_path, "93.184.215.14", "192.168.1.1", link="https://storage.example.com/a")


async def test_the_number_that_was_judged_is_the_one_that_is_called(tmp_path: Path) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.host, request.headers["host"], request.extensions["sni_hostname"]))
        return good()

    await reached(answer, tmp_path, link="https://storage.example.com/a.mp3")
    assert asked == [("93.184.215.14", "storage.example.com", "storage.example.com")]


async def test_the_host_of_heygens_api_may_be_on_this_computer(tmp_path: Path) -> None:
    link = "http://127.0.0.1:8123/media/a.mp3"
    await reached(lambda _: good(), tmp_path, own="http://127.0.0.1:8123", link=link)
    with pytest.raises(LinkUnfit, match="private network"):
        await reached(lambda _: good(), tmp_path, own="http://127.0.0.1:9", link=link)


async def test_behind_a_vpn_that_gives_every_name_a_number_of_its_own_files_still_come(tmp_path: Path) -> None:
    await reached(lambda _: good(), tmp_path, "198.18.0.7", link="https://storage.example.com/a.mp3")


async def test_a_host_that_moves_while_the_run_goes_on_is_looked_up_again(tmp_path: Path) -> None:
    numbers = ["93.184.215.14", "93.184.215.15"]

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return [numbers[0]]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host != numbers[-1]:
            numbers.pop(0)
            raise httpx.ConnectError("no route to host")
        return good()

    async with connect(Public(httpx.MockTransport(answer), resolve, "")) as http:
        await Downloads(http, tmp_path / "leads.files", hasty()).fetch("https://storage.example.com/a.mp3", "x")


async def test_behind_a_proxy_a_private_host_is_known_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    transport = httpx.MockTransport(lambda _: httpx.Response(302, headers={"location": "http://10.0.0.1/x"}))
    async with connect(transport) as http:
        with pytest.raises(LinkUnfit, match="private network"):
            await Downloads(http, tmp_path, hasty()).fetch(LINK.replace("invalid", "example.com"), "x")


async def test_a_name_that_leads_nowhere_is_no_trouble_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nowhere(_host: str, _port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr(download, "resolve_by_system", nowhere)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with connect() as http:
        with pytest.raises(Lost):
            await Downloads(http, tmp_path, hasty()).fetch("https://storage.example.com/a.mp3", "x")
