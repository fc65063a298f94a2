"""The pretend HeyGen takes files as HeyGen does, and its storage host is as strict as a presigned address."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from bulkgen.heygen.client import connect
from bulkgen.sandbox import KEY, Sandbox, Settings
from bulkgen.sandbox.assets import SLOT_LIFE
from tests.test_local_files import MP4
from tests.test_projects import zip_of

pytestmark = pytest.mark.anyio

DIGEST = hashlib.sha256(MP4).hexdigest()
ASKED = {"filename": "a.mp4", "content_type": "video/mp4", "size_bytes": len(MP4), "checksum_sha256": DIGEST}


class Clock:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(tmp_path: Path, clock: Clock) -> Sandbox:
    return Sandbox(tmp_path / "leads.csv.sandbox.state.json", clock, Settings(post_seconds=(0, 0)))


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(sandbox.base, KEY, sandbox.transport) as client:
        yield client


async def slot_of(http: httpx.AsyncClient, **changes: object) -> dict[str, Any]:
    slot: dict[str, Any] = (await http.post("/v3/assets/direct-uploads", json={**ASKED, **changes})).json()["data"]
    return slot


async def put(
    sandbox: Sandbox, slot: Mapping[str, Any], content: bytes = MP4, more: Mapping[str, str] | None = None
) -> int:
    headers = {**slot["upload_headers"], "Content-Length": str(len(content)), **(more or {})}
    request = httpx.Request("PUT", slot["upload_url"], headers=headers, content=content)
    async with httpx.AsyncClient(transport=sandbox.transport) as client:
        return (await client.send(request)).status_code


async def test_a_file_in_one_call_is_one_asset_for_each_key(http: httpx.AsyncClient) -> None:
    async def post(key: str, type_: str = "video/mp4") -> httpx.Response:
        files = {"file": ("a.mp4", MP4 + b"\r\n--x\r\n", type_)}
        return await http.post("/v3/assets", files=files, headers={"Idempotency-Key": key})

    first = (await post("a")).json()["data"]
    assert first["size_bytes"] == len(MP4) + 7
    assert (await post("a")).json()["data"] == first
    assert (await post("b")).json()["data"]["asset_id"] != first["asset_id"]
    assert (await post("c", "image/heic")).status_code == 400
    assert (await http.get(f"/v3/assets/{first['asset_id']}")).json()["data"]["name"] == "a.mp4"
    assert (await http.get("/v3/assets/asset_that_nobody_has_seen")).status_code == 404
    assert (await http.post("/v3/assets", content=b"no form")).status_code == 400
    large = {"file": ("a.mp4", bytes(33 << 20), "video/mp4")}
    assert (await http.post("/v3/assets", files=large)).status_code == 413


async def test_a_large_file_goes_in_three_steps_and_is_complete_however_often(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    slot = await slot_of(http)
    complete = f"/v3/assets/{slot['asset_id']}/complete"
    assert (await http.post(complete, json={})).status_code == 409
    assert await put(sandbox, slot) == 200
    assert (await http.post(complete, json={"checksum_sha256": "0" * 64})).status_code == 400
    answers = [(await http.post(complete, json={"checksum_sha256": DIGEST})).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["data"]["size_bytes"] == len(MP4)


async def test_the_storage_host_takes_what_was_announced_and_nothing_else(
    http: httpx.AsyncClient, sandbox: Sandbox, clock: Clock
) -> None:
    slot = await slot_of(http)
    assert await put(sandbox, slot, MP4[:-1] + b"!") == 400
    assert await put(sandbox, slot, MP4 + b"!") == 400
    assert await put(sandbox, slot, more={"X-Api-Key": KEY}) == 403
    assert await put(sandbox, slot, more={"User-Agent": "bulkgen"}) == 403
    assert await put(sandbox, {**slot, "upload_headers": {}}) == 403
    assert await put(sandbox, {**slot, "upload_url": slot["upload_url"].replace("Signature=s", "Signature=x")}) == 403
    clock.now += SLOT_LIFE
    assert await put(sandbox, slot) == 403


async def test_what_came_is_remembered_beside_the_sheet(
    http: httpx.AsyncClient, sandbox: Sandbox, tmp_path: Path, clock: Clock
) -> None:
    slot = await slot_of(http)
    await put(sandbox, slot)
    sandbox.close()
    again = Sandbox(tmp_path / "leads.csv.sandbox.state.json", clock)
    async with connect(again.base, KEY, again.transport) as later:
        assert (await later.post(f"/v3/assets/{slot['asset_id']}/complete", json={})).status_code == 200


# Projects -------------------------------------------------------------------------------------------------------------


async def brought(http: httpx.AsyncClient, sandbox: Sandbox, content: bytes) -> str:
    """The id of a ZIP that has come."""
    digest = hashlib.sha256(content).hexdigest()
    changes = {"content_type": "application/zip", "size_bytes": len(content), "checksum_sha256": digest}
    slot = await slot_of(http, **changes)
    assert await put(sandbox, slot, content) == 200
    await http.post(f"/v3/assets/{slot['asset_id']}/complete", json={})
    return str(slot["asset_id"])


async def rendered(http: httpx.AsyncClient, asset: str, **body: object) -> httpx.Response:
    project = {"type": "asset_id", "asset_id": asset}
    return await http.post("/v3/hyperframes/renders", json={"project": project, **body})


async def test_a_zip_comes_by_the_storage_host_alone(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v3/assets", files={"file": ("a.zip", b"PK\x03\x04", "application/zip")})
    assert answer.status_code == 400


async def test_a_project_lasts_as_long_as_its_page_says(
    http: httpx.AsyncClient, sandbox: Sandbox, clock: Clock, tmp_path: Path
) -> None:
    pages = {"index.html": b'<html><p data-composition-id="a" data-duration="7.5">', "b/c.html": b"<html>"}
    asset = await brought(http, sandbox, zip_of(tmp_path / "card.zip", pages).read_bytes())
    for entry, seconds in (({}, 7.5), ({"composition": "index.html"}, 7.5), ({"composition": "b/c.html"}, 2.0)):
        render = (await rendered(http, asset, **entry)).json()["data"]["render_id"]
        clock.now += 60
        assert (await http.get(f"/v3/hyperframes/renders/{render}")).json()["data"]["duration"] == seconds


@pytest.mark.parametrize(
    ("content", "body", "param"),
    [
        ({"a.html": b""}, {}, "project"),
        ({"index.html": b""}, {"composition": "a.html"}, "composition"),
        (None, {}, "project"),
    ],
)
async def test_a_project_without_the_page_is_refused(
    http: httpx.AsyncClient,
    sandbox: Sandbox,
    tmp_path: Path,
    content: dict[str, bytes] | None,
    body: dict[str, object],
    param: str,
) -> None:
    whole = b"no ZIP at all" if content is None else zip_of(tmp_path / "card.zip", content).read_bytes()
    answer = await rendered(http, await brought(http, sandbox, whole), **body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


async def test_what_has_not_come_or_is_no_zip_is_no_project(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    slot = await slot_of(http)
    assert await put(sandbox, slot) == 200
    await http.post(f"/v3/assets/{slot['asset_id']}/complete", json={})
    coming = await slot_of(http, content_type="application/zip")
    for asset in (slot["asset_id"], coming["asset_id"]):
        assert (await rendered(http, asset)).json()["error"]["param"] == "project"
