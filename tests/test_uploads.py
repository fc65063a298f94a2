"""The person's files on their way to HeyGen: whole, once for each content, and never with the key to a stranger."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from bulkgen.errors import ApiError, Lost, NoRoom, Refused
from bulkgen.files.download import connect as connect_links
from bulkgen.files.uploads import TRIES, Changed, Uploads
from bulkgen.heygen.assets import SMALL, Assets
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.kinds.account import Account
from bulkgen.ledger.events import Event
from bulkgen.ledger.resume_file import ResumeFile
from bulkgen.model import Job, LocalFile
from bulkgen.rows.build import ReadOptions, build
from tests.command import environment, hurried_command, wait_for
from tests.forked import forked
from tests.making import table
from tests.media_host import media
from tests.scenario import Scenario
from tests.standin.process import StandIn
from tests.story import Story
from tests.test_download import hasty
from tests.test_local_files import JPG, MP3, MP4

BASE = "https://api.heygen.com"
STORAGE = "https://storage.example.com/up/1?X-Amz-Signature=secret"
GIVEN = {"Content-Type": "video/mp4", "x-amz-checksum-sha256": "abc="}


def saved(folder: Path, content: bytes = MP4, name: str = "tour.mp4", type_: str = "video/mp4") -> LocalFile:
    path = folder / name
    path.write_bytes(content)
    return LocalFile(digest=hashlib.sha256(content).hexdigest(), size=len(content), type=type_, path=str(path))


class Host:
    """HeyGen and a storage host; each answer of `storage` and `calls` is used once, then all is well."""

    def __init__(self, *storage: httpx.Response | Exception, **slot: object) -> None:
        self.storage = list(storage)
        self.slot = slot
        self.completes: list[httpx.Response] = []
        self.requests: list[httpx.Request] = []
        self.bodies: list[bytes] = []
        self.begun: list[str] = []

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        body = await request.aread()
        self.bodies.append(body)
        if request.method == "PUT":
            answer = self.storage.pop(0) if self.storage else httpx.Response(200)
            if isinstance(answer, Exception):
                raise answer
            return answer

        number = sum(each.url.path == "/v3/assets/direct-uploads" for each in self.requests)
        told: dict[str, Any] = {"asset_id": f"asset_{number}", "url": "https://x", "mime_type": "video/mp4"}
        if request.url.path.endswith("/complete"):
            if self.completes:
                return self.completes.pop(0)
            told |= {"asset_id": request.url.path.split("/")[3], "status": "processing"}
        elif request.url.path.endswith("/direct-uploads"):
            told |= {"upload_url": STORAGE, "upload_headers": GIVEN, "expires_in_seconds": 3600, "max_bytes": 1 << 40}
            told |= self.slot
        return httpx.Response(200, json={"data": told})

    async def send(self, file: LocalFile, *, begun: str = "", small: int = SMALL) -> str:
        transport = httpx.MockTransport(self.answer)

        async def begins(asset: str) -> None:
            self.begun.append(asset)

        async with connect(BASE, "sk_secret", transport) as http, connect_links(transport, own_host=BASE) as links:
            assets = Assets(HeyGen(http, hasty()))
            assets.small = small
            return await Uploads(assets, links, hasty(), own_host=BASE).send(file, begun=begun, begins=begins)

    @property
    def paths(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]


SLOT, PUT, COMPLETE = "POST /v3/assets/direct-uploads", "PUT /up/1", "POST /v3/assets/asset_1/complete"


@pytest.mark.anyio
class TestTheWire:
    async def test_a_small_file_goes_in_one_call_with_a_key_of_its_content(self, tmp_path: Path) -> None:
        host, file = Host(), saved(tmp_path)
        assert await host.send(file) == "asset_0"
        assert host.paths == ["POST /v3/assets"]
        assert host.requests[0].headers["Idempotency-Key"] == f"bulkgen:file:{file.digest[:40]}"
        assert b'filename="tour.mp4"' in host.bodies[0]
        assert MP4 in host.bodies[0]
        assert str(tmp_path).encode() not in host.bodies[0]

    async def test_a_large_file_goes_to_the_storage_host_with_exactly_the_headers_given(self, tmp_path: Path) -> None:
        host = Host()
        assert await host.send(saved(tmp_path), small=10) == "asset_1"
        assert host.paths == [SLOT, PUT, COMPLETE]
        assert host.bodies[1] == MP4
        sent = {name.casefold(): value for name, value in host.requests[1].headers.items()}
        given = {name.casefold(): value for name, value in GIVEN.items()}
        assert sent == {**given, "host": "storage.example.com", "content-length": str(len(MP4))}
        assert "sk_secret" not in str(host.requests[1].headers)
        assert "Idempotency-Key" not in host.requests[0].headers
        assert host.begun == ["asset_1"]

    @pytest.mark.parametrize("answer", [httpx.Response(403, text="Request has expired"),
                                        httpx.Response(400, text="BadDigest"), httpx.Response(503)])  # fmt: skip
    async def test_a_slot_that_does_not_take_the_file_is_given_up_for_another(
        self, tmp_path: Path, answer: httpx.Response
    ) -> None:
        host = Host(answer)
        assert await host.send(saved(tmp_path), small=10) == "asset_2"
        assert host.paths == [SLOT, PUT, SLOT, PUT, "POST /v3/assets/asset_2/complete"]

    async def test_a_cut_connection_may_have_brought_all_of_it(self, tmp_path: Path) -> None:
        host = Host(httpx.ReadError("cut"))
        assert await host.send(saved(tmp_path), small=10) == "asset_1"
        assert host.paths == [SLOT, PUT, COMPLETE]
        host = Host(httpx.WriteError("cut"))
        not_there = {"error": {"code": "resource_not_ready", "message": "Upload not finished."}}
        host.completes = [httpx.Response(409, json=not_there)]
        assert await host.send(saved(tmp_path), small=10) == "asset_2"

    async def test_a_file_that_arrived_with_another_checksum_goes_up_once_more_and_not_for_ever(
        self, tmp_path: Path
    ) -> None:
        other = {"error": {"code": "invalid_parameter", "message": "Checksum mismatch.", "param": "checksum_sha256"}}
        host = Host()
        host.completes = [httpx.Response(400, json=other)]
        assert await host.send(saved(tmp_path), small=10) == "asset_2"
        host = Host()
        host.completes = [httpx.Response(400, json=other)] * 2
        with pytest.raises(Refused, match="Checksum mismatch"):
            await host.send(saved(tmp_path), small=10)
        assert host.paths.count(PUT) == 2

    async def test_an_upload_of_an_earlier_run_is_only_completed(self, tmp_path: Path) -> None:
        host = Host()
        assert await host.send(saved(tmp_path), begun="asset_7", small=10) == "asset_7"
        assert host.paths == ["POST /v3/assets/asset_7/complete"]
        host.completes = [httpx.Response(404, json={"error": {"code": "asset_not_found", "message": "No."}})]
        assert await host.send(saved(tmp_path), begun="asset_8", small=10) == "asset_1"

    async def test_it_is_tried_a_few_times_and_no_more(self, tmp_path: Path) -> None:
        host = Host(*[httpx.Response(500)] * 20)
        with pytest.raises(Lost):
            await host.send(saved(tmp_path), small=10)
        assert host.paths == [SLOT, PUT] * TRIES

    @pytest.mark.parametrize(
        "address",
        ["http://storage.example.com/up/1", "ftp://storage.example.com/up/1", "https://", "nonsense", "https://[::1"],
    )
    async def test_a_file_goes_to_no_host_without_https(self, tmp_path: Path, address: str) -> None:
        host = Host(upload_url=address)
        with pytest.raises(ApiError):
            await host.send(saved(tmp_path), small=10)
        assert PUT not in host.paths

    async def test_a_file_above_what_the_slot_takes_is_refused_before_a_byte_goes(self, tmp_path: Path) -> None:
        host = Host(max_bytes=100)
        with pytest.raises(Refused, match="up to"):
            await host.send(saved(tmp_path), small=10)
        assert host.paths == [SLOT]
        assert not host.begun

    @pytest.mark.parametrize("small", [SMALL, 10])
    async def test_a_file_that_has_changed_never_arrives_whole(self, tmp_path: Path, small: int) -> None:
        file = saved(tmp_path, MP4 + b"b" * 400_000)
        saved(tmp_path, MP4 + b"c" * 400_000)
        with pytest.raises(Changed):
            await Host().send(file, small=small)
        saved(tmp_path, b"")
        with pytest.raises(Changed):
            await Host().send(file, small=small)
        with pytest.raises(Changed):
            await Host().send(replace(file, path=f"{file.path}.gone"), small=small)

    async def test_an_answer_about_fewer_bytes_is_none(self, tmp_path: Path) -> None:
        host, file = Host(), saved(tmp_path)
        short = {"asset_id": "asset_1", "url": "https://x", "mime_type": "video/mp4", "size_bytes": 3}
        host.completes = [httpx.Response(200, json={"data": short})]
        assert await host.send(file, small=10) == "asset_2"

    async def test_no_private_address_is_called(self, tmp_path: Path) -> None:
        """With the connection that runs use, which judges addresses by the numbers behind them."""
        file = saved(tmp_path)
        for address in ("https://127.0.0.1:1/up", "https://10.0.0.1/up", "https://169.254.169.254/up"):
            host = Host(upload_url=address)
            async with connect(BASE, "k", httpx.MockTransport(host.answer)) as http, connect_links() as links:
                assets = Assets(HeyGen(http, hasty()))
                assets.small = 10
                with pytest.raises(Refused, match="must not go to"):
                    await Uploads(assets, links, hasty(), own_host=BASE).send(file, begun="", begins=_nothing)


async def _nothing(_asset: str) -> None:
    pass


@pytest.mark.anyio
@pytest.mark.parametrize("small", [1 << 40, 10])
async def test_memory_stays_flat_however_large_the_file_is(tmp_path: Path, small: int) -> None:
    size = 64 << 20
    digest, path = hashlib.sha256(), tmp_path / "film.mp4"
    with path.open("wb") as film:
        film.truncate(size)
    for _ in range(64):
        digest.update(bytes(1 << 20))
    file = LocalFile(digest=digest.hexdigest(), size=size, type="video/mp4", path=str(path))
    taken = 0

    class Drain(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal taken
            assert isinstance(request.stream, httpx.AsyncByteStream)
            if request.method == "PUT" or small > 10:
                async for piece in request.stream:
                    taken += len(piece)
            told = {"asset_id": "asset_1", "upload_url": STORAGE, "upload_headers": {}, "size_bytes": size}
            return httpx.Response(200, json={"data": told})

    async with connect(BASE, "k", Drain()) as http, connect_links(Drain(), own_host=BASE) as links:
        assets = Assets(HeyGen(http, hasty()))
        assets.small = small
        tracemalloc.start()
        try:
            await Uploads(assets, links, hasty(), own_host=BASE).send(file, begun="", begins=_nothing)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert taken >= size
    assert most < 6 << 20


# Runs ---------------------------------------------------------------------------------------------------------------


def speaking(folder: Path, *contents: bytes) -> list[Job]:
    """A job for each: an avatar's lips move to a recording."""
    found = {}
    for number, content in enumerate(contents):
        found[f"{number}.mp3"] = saved(folder, content, f"{number}.mp3", "audio/mpeg")
    rows = [["look_ann", f"{number}.mp3", f"row {number}"] for number in range(len(contents))]
    built = build(table(["avatar_id", "audio_url", "copy"], *rows), ReadOptions("leads"), Account(), found)
    return [job for row in built.rows for job in row.jobs]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in threads, which virtual time does not wait for by itself."""
    monkeypatch.setattr(anyio.to_thread, "run_sync", _at_once)


async def _at_once(work: Callable[..., Any], *arguments: Any) -> Any:
    return work(*arguments)


@pytest.fixture(params=[SMALL, 10], ids=["small", "large"])
def sized(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, slow: None) -> int:
    """Files that count as small, or as large."""
    monkeypatch.setattr(Assets, "small", request.param)
    assert isinstance(request.param, int)
    return request.param


@pytest.mark.usefixtures("sized")
def test_each_content_goes_up_once_before_its_jobs_however_many_there_are(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, speaking(tmp_path, *[MP3] * 30, MP3 + b"!"))
    scenario.run()
    assert set(scenario.statuses()) == {"done"}
    assert len(scenario.world.stored) == 2
    events = [event["event"] for event in scenario.events() if event["event"] != "uploading"]
    assert events.index("uploaded") < events.index("submitting")
    assert events.count("uploaded") == 2


def test_killed_at_every_step_nothing_is_paid_or_kept_twice(tmp_path: Path, sized: int) -> None:
    for crash_at in range(1, 60):
        folder = tmp_path / str(crash_at)
        folder.mkdir()
        scenario = Scenario(folder, speaking(folder, MP3, MP3))
        scenario.run(crash_at=crash_at)
        ended = scenario.steps.taken < crash_at
        scenario.run()
        assert set(scenario.statuses()) == {"done"}, crash_at
        assert set(scenario.charges.values()) == {1}, crash_at
        assert len(scenario.charges) == 2
        assert len(scenario.world.stored) == 1, crash_at
        if ended:
            assert crash_at > 10
            return
    pytest.fail("the run has more steps than were tried")


@pytest.mark.usefixtures("slow")
def test_what_can_not_go_up_leaves_its_jobs_queued_and_the_others_are_made(tmp_path: Path) -> None:
    jobs = speaking(tmp_path, MP3, MP3 + b"!", MP3)
    (tmp_path / "1.mp3").write_bytes(MP3 + b"?")
    scenario = Scenario(tmp_path, jobs)
    engine = scenario.run()
    assert scenario.statuses() == ["done", "queued", "done"]
    assert len(scenario.charges) == 2
    (told,) = engine.run_state.cautions
    assert "1.mp3 could not be uploaded" in told
    assert "has changed" in told


@pytest.mark.usefixtures("slow")
def test_a_key_that_may_not_upload_is_asked_once_and_told_in_one_sentence(tmp_path: Path) -> None:
    refused = {"path": "/v3/assets$", "fault": "error_before:403:forbidden"}
    scenario = Scenario(tmp_path, speaking(tmp_path, *(MP3 + bytes([n]) for n in range(40))), script=[refused])
    engine = scenario.run()
    assert scenario.statuses() == ["queued"] * 40
    assert len(scenario.world.ledger.of("fault")) <= 3
    assert len(engine.run_state.cautions) == 1


@pytest.mark.usefixtures("sized")
def test_a_refused_upload_is_told_and_nothing_is_paid(tmp_path: Path) -> None:
    refused = {"method": "POST", "path": "/v3/assets", "fault": "error_before:400:invalid_parameter"}
    scenario = Scenario(tmp_path, speaking(tmp_path, MP3, MP3), script=[refused])
    engine = scenario.run()
    assert scenario.statuses() == ["queued", "queued"]
    assert not scenario.charges
    assert len(engine.run_state.cautions) == 1


@pytest.mark.usefixtures("slow")
def test_a_full_disk_stops_the_sending_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append = ResumeFile.append

    def full(self: ResumeFile, *events: Event) -> list[Event]:
        if any(event["event"] == "uploaded" for event in events):
            raise NoRoom("The disk is full.")
        return append(self, *events)

    monkeypatch.setattr(ResumeFile, "append", full)
    scenario = Scenario(tmp_path, speaking(tmp_path, MP3))
    assert isinstance(scenario.run().stopped_by, NoRoom)
    assert not scenario.charges
    monkeypatch.undo()
    monkeypatch.setattr(anyio.to_thread, "run_sync", _at_once)
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert len(scenario.world.stored) == 1


@pytest.mark.usefixtures("slow")
def test_a_file_that_heygen_no_longer_has_goes_up_again(tmp_path: Path) -> None:
    jobs = speaking(tmp_path, MP3, MP3)
    scenario = Scenario(tmp_path, jobs[:1])
    scenario.run()
    scenario.world._heygen.assets.known.clear()
    scenario.jobs = jobs
    scenario.run()
    assert scenario.statuses() == ["done", "done"]
    assert scenario.world.counts["GET /v3/assets/{id}"] == 1
    assert scenario.world.counts["POST /v3/assets"] == 2


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "error_before:403", "error_before:500", "cut_after:0"])
def test_cuts_and_expired_slots_cost_another_try_and_no_more(
    tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Assets, "small", 10)
    script = [{"method": "PUT", "path": "^/storage/", "nth": "1-2", "fault": fault}]
    scenario = Scenario(tmp_path, speaking(tmp_path, MP3), script=script)
    scenario.run()
    assert scenario.statuses() == ["done"]
    assert len(scenario.world.stored) == 1


@pytest.mark.usefixtures("slow")
def test_a_stop_leaves_uploads_as_they_are_and_sends_nothing(tmp_path: Path) -> None:
    script = [{"method": "POST", "path": "/v3/assets$", "fault": "hang_before"}]
    scenario = Scenario(tmp_path, speaking(tmp_path, MP3), script=script)

    async def stop(engine: Any) -> None:
        await anyio.sleep(5)
        seen.append((engine.gate.held, engine.uploaded.total))
        engine.stop()

    seen: list[tuple[int, int]] = []
    scenario.run(during=stop)
    assert seen == [(0, 1)], "it holds a slot while its file goes up"
    assert scenario.statuses() == ["queued"]
    assert not scenario.charges


# The command ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    folder = tmp_path / "sheet"
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "ann.jpg").write_bytes(JPG)
    (folder / "media" / "tour.mp4").write_bytes(MP4)
    (folder / "song.mp3").write_bytes(MP3)
    with Story(folder, templates={"tpl_card": {"photo": "image", "clip": "video"}}) as told:
        yield told


def test_a_sheet_with_files_in_all_its_kinds_is_made_and_a_rerun_sends_nothing(story: Story) -> None:
    story.sheet(
        "leads.csv",
        "template_id,photo,clip,avatar_id,audio_url,background.url,video,languages",
        "tpl_card,media/ann.jpg,media/tour.mp4,,,,,",
        ",,,look_ann,song.mp3,media/ann.jpg,,",
        ",,,,,,media/tour.mp4,French;German",
    )
    told = story.type("check", "leads.csv")
    assert story.charges == 0
    assert not story.heygen.stored
    told = story.run("leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done"] * 4, told.text
    assert sorted(story.heygen.stored) == sorted(hashlib.sha256(content).hexdigest() for content in (JPG, MP4, MP3))
    assert not story.heygen.ledger.leaks
    story.run("leads.csv")
    assert story.charges == 4
    assert len(story.heygen.stored) == 3
    (story.folder / "media").rename(story.folder / "pictures")
    text = (story.folder / "leads.csv").read_text().replace("media/", "pictures/")
    (story.folder / "leads.csv").write_text(text)
    story.run("leads.csv")
    assert story.charges == 4
    (story.folder / "song.mp3").write_bytes(MP3 + b"!")
    story.run("leads.csv", "--replace")
    assert story.charges == 5


def test_every_kind_that_takes_media_takes_a_file(story: Story) -> None:
    story.sheet(
        "leads.csv",
        "type,image,script,voice_id,video,audio,prompt,avatar_id,references",
        "image,media/ann.jpg,Hello,voice_ann,,,,,",
        "lipsync,,,,media/tour.mp4,song.mp3,,,",
        "cinematic,,,,,,A street,look_ann,media/ann.jpg;media/tour.mp4",
    )
    told = story.run("leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done"] * 3, told.text
    assert len(story.heygen.stored) == 3


def test_a_file_that_is_gone_keeps_its_result_and_stops_only_what_is_new(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,audio_url,copy", "look_ann,song.mp3,a")
    story.run("leads.csv")
    (story.folder / "song.mp3").unlink()
    assert story.type("status", "leads.csv").code == 0
    story.run("leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done"]
    story.sheet("leads.csv", "avatar_id,audio_url,copy", "look_ann,song.mp3,a", "look_ann,song.mp3,b")
    told = story.run("leads.csv", code=2)
    assert "leads!B3" in told.text
    assert "is not there" in told.text
    assert story.charges == 1


def test_another_sheet_of_the_folder_uses_what_is_there_already(story: Story) -> None:
    story.sheet("one.csv", "avatar_id,audio_url", "look_ann,song.mp3")
    story.run("one.csv")
    story.sheet("two.csv", "avatar_id,audio_url,copy", "look_ann,song.mp3,b")
    story.run("two.csv")
    assert story.charges == 2
    assert story.heygen.counts["POST /v3/assets"] == 1


def test_a_strangers_sheet_sends_nothing_from_outside_its_folder(story: Story) -> None:
    (story.folder.parent / "private.mp3").write_bytes(MP3)
    story.sheet("leads.csv", "avatar_id,audio_url", "look_ann,../private.mp3")
    told = story.run("leads.csv", code=2)
    assert "outside the sheet's folder" in told.text
    (story.folder / "leads.recipe.toml").write_text('files = ["/"]\n')
    story.run("leads.csv", code=2)
    (story.folder / "leads.recipe.toml").unlink()
    assert not story.heygen.stored
    story.run("leads.csv", "--files", str(story.folder.parent))
    assert len(story.heygen.stored) == 1


def test_a_file_that_can_not_go_up_is_told_and_the_next_run_makes_its_rows(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,audio_url,script", "look_ann,song.mp3,", "look_ann,,Hello")
    story.heygen.change(script=[{"path": "/v3/assets$", "fault": "error_before:413:payload_too_large"}])
    told = story.run("leads.csv", code=4)
    assert "song.mp3 could not be uploaded" in told.text
    assert story.column("leads.results.csv", "result_status") == ["queued", "done"]
    assert story.charges == 1
    story.heygen.change(script=[])
    story.run("leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done", "done"]
    assert story.charges == 2


def test_the_plan_names_what_goes_up_and_prices_it_by_its_length(story: Story) -> None:
    (story.folder / "card.mp4").write_bytes(media("moov_last.mp4"))
    story.sheet("leads.csv", "video,languages", "card.mp4,French;German")
    told = story.type("check", "leads.csv")
    assert "1 of your files uploaded first (" in told.text, told.text
    assert "): card.mp4" in told.text
    assert "of unknown cost" not in told.text


def test_json_says_what_goes_up_and_nothing_once_it_is_there(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,audio_url,background.url", "look_ann,song.mp3,media/ann.jpg")
    uploads = json.loads(story.type("check", "leads.csv", "--json").out)["uploads"]
    assert sorted((Path(each["file"]).name, each["bytes"], each["type"]) for each in uploads["files"]) == [
        ("ann.jpg", len(JPG), "image/jpeg"),
        ("song.mp3", len(MP3), "audio/mpeg"),
    ]
    assert uploads["bytes"] == len(JPG) + len(MP3)
    story.run("leads.csv")
    story.sheet("leads.csv", "avatar_id,audio_url,background.url,copy", "look_ann,song.mp3,media/ann.jpg,b")
    told = json.loads(story.type("check", "leads.csv", "--json").out)
    assert (told["to_send"], told["uploads"]) == (1, {"files": [], "bytes": 0})


@pytest.mark.skipif(os.name == "nt", reason="files with holes")
def test_a_film_of_more_than_five_gigabytes_is_refused_before_anything_is_sent_and_takes_no_memory(
    story: Story,
) -> None:
    with (story.folder / "film.mp4").open("wb") as film:
        film.write(MP4)
        film.truncate((5 << 30) + 1)
    story.sheet("leads.csv", "video,languages", "film.mp4,French", "media/tour.mp4,German")
    tracemalloc.start()
    try:
        told = story.run("leads.csv", code=2)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "leads!A2: video 'film.mp4' names a file of 5,120 MB. HeyGen takes up to 5 GB here" in told.text
    assert not [call for call in story.heygen.counts if call.startswith(("POST", "PUT"))]
    assert most < 64 << 20


def test_a_large_file_goes_to_a_storage_host_over_a_socket(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assets, "small", 10)
    story.heygen.change(script=[{"method": "PUT", "path": "^/storage/", "nth": 1, "fault": "reset_before"}])
    story.sheet("leads.csv", "video,languages", "media/tour.mp4,French;German")
    story.run("leads.csv")
    assert story.column("leads.results.csv", "result_status") == ["done", "done"]
    assert story.heygen.counts["PUT /storage/{id}"] == 1
    assert len(story.heygen.stored) == 1
    assert not story.heygen.ledger.leaks


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_killed_between_an_upload_and_its_record_the_next_run_has_the_same_asset(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(MP3)
    (tmp_path / "leads.csv").write_text("avatar_id,audio_url\nlook_ann,song.mp3\n", encoding="utf-8")
    lost = [{"path": "/v3/assets$", "nth": 1, "fault": "hang_after"}]
    words = ["run", "leads.csv", "--yes"]
    with StandIn(tmp_path / "ledger.jsonl", time_scale=0.001, script=lost) as heygen:
        env = environment(heygen.env)
        running = forked(hurried_command(*words), cwd=tmp_path, env=env)
        wait_for(lambda: bool(heygen.ledger().of("fault")))
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert forked(hurried_command(*words), cwd=tmp_path, env=env).wait() == 0
        assert len(heygen.ledger().charges) == 1
        assert heygen.state()["counts"]["POST /v3/assets"] == 2
        assert heygen.state()["stored"] == 1


def test_a_rehearsal_uploads_to_the_pretend_heygen_alone(story: Story) -> None:
    story.sheet("leads.csv", "avatar_id,audio_url", "look_ann,song.mp3")
    story.run("leads.csv", "--sandbox")
    story.run("leads.csv", "--sandbox")
    assert story.column("leads.sandbox.results.csv", "result_status") == ["done"]
    assert not story.heygen.stored
    assert story.heygen.requests == 0
