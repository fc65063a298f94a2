from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from bulkgen.disk.whole import Saved
from bulkgen.errors import LinkGone, Lost
from bulkgen.files.download import Downloads, connect
from bulkgen.retry import RetryBudget

pytestmark = pytest.mark.anyio

LINK = "https://storage.invalid/a.mp3?signature=x"
SOUND = b"ID3" + b"\0" * 500


def hasty() -> RetryBudget:
    budget = RetryBudget()
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
