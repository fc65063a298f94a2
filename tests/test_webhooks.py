"""Deliveries of HeyGen's webhooks: who they are from, what is taken of them, and how runs hear of it."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import trio
from hypothesis import example, given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from bulkgen.errors import ApiError
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.webhooks.app import LARGEST, PATIENCE, Intake
from bulkgen.webhooks.deliveries import Known, Verdict, ids_in, judge, signed
from bulkgen.webhooks.endpoint import EVENTS, Endpoint, Registered
from bulkgen.webhooks.file_news import FileNews
from bulkgen.webhooks.news_file import BEAT, KEPT, STALE, NewsFile, read_news
from bulkgen.webhooks.news_file import LARGEST as LARGEST_FILE
from bulkgen.webhooks.secret_file import OVERLAP, Secret, SecretFile
from tests.standin.settings import DEFAULT_KEY
from tests.standin.virtual import VirtualWire
from tests.standin.webhooks import delivery
from tests.standin.world import World

NOW = 1_790_000_000.0
SECRET = "whsec_mine"
URL = "https://hooks.example.com/heygen"


def headers(body: bytes, **changed: str) -> dict[str, str]:
    return {"heygen-signature": signed(body, SECRET), "heygen-timestamp": str(int(NOW)), **changed}


# Whose it is ---------------------------------------------------------------------------------------------------------


def test_a_delivery_as_heygen_signs_it_is_genuine_in_both_spellings() -> None:
    for older in (False, True):
        sent = delivery(SECRET, "avatar_video.success", {"video_id": "v_1"}, at=NOW, older=older)
        told = {name.lower(): value for name, value in sent.headers.items()}
        assert judge(told, sent.body, ["another", SECRET], NOW) is Verdict.GENUINE
        assert judge(told, sent.body, ["another"], NOW) is Verdict.FORGED
        assert judge(told, sent.body, [], NOW) is Verdict.FORGED


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"heygen-timestamp": str(NOW + 299)}, Verdict.GENUINE),
        ({"heygen-timestamp": str(NOW - 299)}, Verdict.GENUINE),
        ({"heygen-timestamp": str(int(NOW * 1000))}, Verdict.GENUINE),
        ({"heygen-timestamp": str(NOW + 301)}, Verdict.STALE),
        ({"heygen-timestamp": str(NOW - 301)}, Verdict.STALE),
        ({"heygen-timestamp": "yesterday"}, Verdict.STALE),
        ({"heygen-timestamp": "nan"}, Verdict.STALE),
        ({"heygen-signature": ""}, Verdict.UNSIGNED),
        ({"heygen-signature": signed(b"{}", SECRET).upper()}, Verdict.GENUINE),
        ({"heygen-signature": "sha256=" + signed(b"{}", SECRET)}, Verdict.GENUINE),
        ({"heygen-signature": "Ä" * 64}, Verdict.FORGED),
        ({"heygen-signature": signed(b"{ }", SECRET)}, Verdict.FORGED),
    ],
)
def test_signature_and_time_are_both_looked_at(changed: dict[str, str], verdict: Verdict) -> None:
    assert judge(headers(b"{}", **changed), b"{}", [SECRET], NOW) is verdict


def test_without_a_time_only_the_older_header_is_enough() -> None:
    assert judge({"heygen-signature": signed(b"{}", SECRET)}, b"{}", [SECRET], NOW) is Verdict.STALE
    assert judge({"signature": signed(b"{}", SECRET)}, b"{}", [SECRET], NOW) is Verdict.GENUINE
    stale = {"signature": signed(b"{}", SECRET), "heygen-timestamp": "1"}
    assert judge(stale, b"{}", [SECRET], NOW) is Verdict.STALE


@given(body=st.binary(max_size=200), at=st.integers(0, 199), to=st.integers(0, 255))
def test_no_byte_of_the_raw_body_may_change(body: bytes, at: int, to: int) -> None:
    other = body[:at] + bytes([to]) + body[at + 1 :]
    assert (judge(headers(body), other, [SECRET], NOW) is Verdict.GENUINE) == (other == body)


def test_a_delivery_is_known_again_by_its_id_and_by_its_signature() -> None:
    known = Known(most=6)
    first = {"heygen-signature": "aa", "heygen-event-id": "evt_1"}
    assert known.is_new(first)
    assert not known.is_new(first)
    assert not known.is_new({**first, "heygen-event-id": "evt_2"})  # no header is signed
    assert not known.is_new({**first, "heygen-signature": "bb"})
    assert known.is_new({"signature": "cc"})
    assert not known.is_new({"signature": "CC"})
    assert not any(known.is_new({**first, "heygen-event-id": f"evt_{number}"}) for number in range(100, 200))
    assert all(known.is_new({"signature": f"{number:x}"}) for number in range(100, 200))


# What is taken of it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "ids"),
    [
        ({"video_id": "v_1", "url": "https://x/v.mp4", "folder_id": "f_1", "callback_id": "row-1"}, ("v_1",)),
        ({"video_translate_id": "vt_1", "output_language": "French"}, ("vt_1",)),
        ({"session_id": "s_1", "video_id": "v_1"}, ("s_1", "v_1")),
        ({"id": "c_1", "clips": [{"id": "k_1"}, {"id": "k_2"}]}, ("c_1", "k_1", "k_2")),
        ({"video_id": "../../etc/passwd"}, ()),
        ({"video_id": "v 1\nv_2"}, ()),
        ({"video_id": 7, "render_id": None}, ()),
        ({"video_id": "x" * 101}, ()),
    ],
)
def test_of_a_delivery_only_the_ids_are_taken(facts: dict[str, Any], ids: Sequence[str]) -> None:
    assert ids_in(json.dumps({"event_type": "avatar_video.success", "event_data": facts}).encode()) == ids


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "video_id", "a"]) | st.text(), inner),
)


@settings(max_examples=40)
@given(told=JSON, raw=st.binary())
@example(told={}, raw=b"[" * 100_000)
def test_no_body_makes_trouble(told: object, raw: bytes) -> None:
    for body in (json.dumps({"event_data": told}).encode(), json.dumps(told).encode(), raw):
        found = ids_in(body)
        assert len(found) <= 20
        assert all(each.isascii() and each.isprintable() and " " not in each for each in found)


# The file between the processes --------------------------------------------------------------------------------------


def test_a_run_hears_each_id_once_however_the_file_is_written_and_cut(tmp_path: Path) -> None:
    file, news = NewsFile(tmp_path / "webhooks" / "news.jsonl"), FileNews(tmp_path / "webhooks" / "news.jsonl")
    assert news.look() == []
    assert not news.listening
    file.begin()
    heard: list[str] = []
    expected = [f"{number:05}-{'x' * 60}" for number in range(2_400)]
    for start in range(0, 2_400, 80):
        file.add(expected[start : start + 80])
        heard += news.look()
        assert file.path.stat().st_size <= LARGEST_FILE + 80 * 100
    assert heard == expected
    assert news.listening
    assert FileNews(file.path).look() == expected[-len(FileNews(file.path).look()) :]
    assert news.look() == []


def test_who_listens_again_goes_on_with_the_file_that_was_left(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    first = NewsFile(path, clock=lambda: NOW)
    first.begin()
    first.add(["v_1"])
    news = FileNews(path, clock=lambda: NOW)
    assert news.look() == ["v_1"]
    again = NewsFile(path, clock=lambda: NOW - 86_400)  # the clock was set back
    again.begin()
    again.add(["v_2"])
    assert news.look() == ["v_2"]


def test_without_a_beat_nobody_listens_and_at_the_clean_end_at_once(tmp_path: Path) -> None:
    now = [NOW]
    file = NewsFile(tmp_path / "news.jsonl", clock=lambda: now[0])
    news = FileNews(file.path, clock=lambda: now[0])
    file.begin()
    for _ in range(10):
        now[0] += BEAT
        file.add(())
        assert news.look() == []
        assert news.listening
    now[0] += STALE + 1
    news.look()
    assert not news.listening
    file.add(["v_1"])
    assert (news.look(), news.listening) == (["v_1"], True)
    now[0] -= 3600  # a clock that was set back
    news.look()
    assert not news.listening
    file.end()
    news.look()
    assert not news.listening


def test_who_begins_anew_after_the_clock_was_set_back_is_heard(tmp_path: Path) -> None:
    file = NewsFile(tmp_path / "news.jsonl", clock=lambda: NOW)
    news = FileNews(file.path, clock=lambda: NOW)
    file.begin()
    file.add(["v_1"])
    assert news.look() == ["v_1"]
    file.end()
    news.look()
    again = NewsFile(file.path, clock=lambda: NOW - 3600)
    again.begin()
    again.add(["v_2"])
    assert news.look() == ["v_2"]


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 100, b"[]\n{}\n", b'{"n": 1}\n', b'{"n": "1", "id": "v"}\n', b'{"n": 1, "id": 7}\n',
     b'{"n":1,"id":"torn"}', b"[" * 10_000 + b"\n"],
)  # fmt: skip
def test_what_is_no_line_of_ours_is_passed_over(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_bytes(data)
    assert FileNews(tmp_path / "news.jsonl").look() == []
    assert [named.id for named in read_news(data.rstrip(b"}") + b'\n{"n":2,"id":"v_1"}\n')] == ["v_1"]


def test_a_line_that_is_half_written_is_heard_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    news = FileNews(path)
    path.write_bytes(b'{"n":1,"id":"v_1"}\n{"n":2,"i')
    assert news.look() == ["v_1"]
    path.write_bytes(b'{"n":1,"id":"v_1"}\n{"n":2,"id":"v_2"}\n')
    assert news.look() == ["v_2"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_files_are_their_owners_alone(tmp_path: Path) -> None:
    os.umask(before := os.umask(0))
    file, kept = NewsFile(tmp_path / "data" / "webhooks" / "news.jsonl"), SecretFile(tmp_path / "data" / "s.json")
    try:
        os.umask(0)
        file.begin()
        file.add(f"{number:05}-{'x' * 80}" for number in range(KEPT * 5))
        kept.write(Secret(endpoint_id="wh_1", text=SECRET))
    finally:
        os.umask(before)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700
    assert kept.path.stat().st_mode & 0o777 == 0o600


# The secret ----------------------------------------------------------------------------------------------------------


def test_another_process_takes_up_a_new_secret_and_both_hold_for_a_while(tmp_path: Path) -> None:
    now = [NOW]
    mine, other = (SecretFile(tmp_path / "s.json", clock=lambda: now[0]) for _ in range(2))
    assert mine.accepted == []
    other.write(Secret(endpoint_id="wh_1", text="old"))
    assert mine.accepted == ["old"]
    other.write(Secret(endpoint_id="wh_1", text="new", earlier="old", earlier_until=NOW + OVERLAP))
    assert mine.accepted == ["new", "old"]
    now[0] += OVERLAP
    assert mine.accepted == ["new"]
    other.forget()
    assert mine.accepted == []


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"endpoint_id": "wh", "text": ""}', '{"endpoint_id": 7, "text": "x"}',
     '{"endpoint_id": "a", "text": "b", "more": 1}',
     '{"endpoint_id": "a", "text": "b", "earlier": "c", "earlier_until": "soon"}'],
)  # fmt: skip
def test_a_file_that_is_damaged_is_no_secret(text: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(text)
    assert SecretFile(tmp_path / "s.json").read() is None
    assert list(SecretFile(tmp_path / "s.json").accepted) == []


def test_a_secret_is_shown_nowhere() -> None:
    assert "whsec" not in repr(Secret(endpoint_id="wh_1", text="whsec_a", earlier="whsec_b"))


# The endpoint at HeyGen ----------------------------------------------------------------------------------------------


@pytest.fixture
def world() -> World:
    return World(clock=lambda: NOW)


@pytest.fixture
def kept(tmp_path: Path) -> SecretFile:
    return SecretFile(tmp_path / "data" / "secret.json", clock=lambda: NOW)


@pytest.fixture
async def endpoint(world: World, kept: SecretFile) -> AsyncIterator[Endpoint]:
    async with connect("https://heygen.test", DEFAULT_KEY, VirtualWire(world)) as http:
        world.change(post_seconds=[0.0, 0.0], get_seconds=[0.0, 0.0])
        yield Endpoint(HeyGen(http), URL, kept, lambda: NOW)


@pytest.mark.anyio
async def test_an_endpoint_is_made_once_and_found_again(world: World, kept: SecretFile, endpoint: Endpoint) -> None:
    for number in range(30):
        world.webhooks.plant(f"https://else.example/{number}")
    assert await endpoint.register() == Registered(made=True)
    assert await endpoint.register() == Registered()
    (ours,) = [each for each in world.webhooks.endpoints.values() if each.url == URL]
    assert ours.events == list(EVENTS)
    assert list(kept.accepted) == [ours.secret]
    assert world.counts["POST /v3/webhooks/endpoints"] == 1
    assert not world.ledger.of("unfit")


@pytest.mark.anyio
async def test_one_of_an_earlier_release_gets_todays_events(world: World, endpoint: Endpoint) -> None:
    await endpoint.register()
    world.webhooks.alter(events=["avatar_video.success"])
    assert await endpoint.register() == Registered(updated=True)
    assert [each.events for each in world.webhooks.endpoints.values()] == [list(EVENTS)]
    world.webhooks.alter(events=None)  # all of them
    assert await endpoint.register() == Registered()


@pytest.mark.anyio
@pytest.mark.parametrize("lost", ["gone", "of another endpoint", "in the middle of a rotation"])
async def test_a_secret_that_is_not_known_here_is_asked_for_anew(
    lost: str, world: World, kept: SecretFile, endpoint: Endpoint
) -> None:
    await endpoint.register()
    (before,) = kept.accepted
    if lost == "gone":
        kept.forget()
    else:
        of = "wh_0" if lost == "of another endpoint" else "wh_1"
        kept.write(Secret(endpoint_id=of, text=before, rotating=of == "wh_1"))
    assert await endpoint.register() == Registered(renewed=True)
    (ours,) = world.webhooks.endpoints.values()
    assert ours.secret != before
    assert list(kept.accepted) == ([ours.secret, before] if lost.endswith("rotation") else [ours.secret])


@pytest.mark.anyio
async def test_the_file_says_that_a_secret_is_being_fetched_before_heygen_is_asked(
    world: World, kept: SecretFile, endpoint: Endpoint
) -> None:
    await endpoint.register()
    (before,) = kept.accepted
    world.change(script=[{"method": "POST", "path": "rotate-secret", "fault": "drop_after"}])
    with pytest.raises(ApiError):
        await endpoint.renew_secret()
    known = kept.read()
    assert known is not None
    assert known.rotating
    world.change(script=[])
    assert await endpoint.register() == Registered(renewed=True)
    (ours,) = world.webhooks.endpoints.values()
    assert list(kept.accepted) == [ours.secret, before]


@pytest.mark.anyio
async def test_one_that_heygen_has_switched_off_is_made_anew(world: World, endpoint: Endpoint) -> None:
    await endpoint.register()
    world.webhooks.alter(status="disabled")
    assert await endpoint.register() == Registered(made=True)
    assert [each.status for each in world.webhooks.endpoints.values()] == ["enabled"]


@pytest.mark.anyio
async def test_removing_takes_ours_and_no_other_and_forgets_the_secret(
    world: World, kept: SecretFile, endpoint: Endpoint
) -> None:
    world.webhooks.plant("https://else.example/1")
    assert not await endpoint.remove()
    assert not await endpoint.renew_secret()
    await endpoint.register()
    assert await endpoint.remove()
    assert [each.url for each in world.webhooks.endpoints.values()] == ["https://else.example/1"]
    assert kept.read() is None


@pytest.mark.anyio
async def test_what_is_listed_for_a_while_after_its_end_is_deleted_once(kept: SecretFile) -> None:
    deleted: list[str] = []

    class Slow:
        async def call(self, _method: str, path: str, *_others: object) -> dict[str, object]:
            deleted.append(path)
            assert len(deleted) <= 2
            return {}

        async def listing(self, _path: str, _params: object = None) -> AsyncGenerator[dict[str, object], None]:
            for number in (1, 2):
                yield {"url": URL, "endpoint_id": f"ep_{number}"}

    assert await Endpoint(Slow(), URL, kept, lambda: NOW).remove()
    assert deleted == ["/v3/webhooks/endpoints/ep_1", "/v3/webhooks/endpoints/ep_2"]


@pytest.mark.anyio
async def test_no_secret_reaches_the_log(endpoint: Endpoint, world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await endpoint.register()
    await endpoint.renew_secret()
    assert "rotate-secret" in caplog.text
    assert "whsec" not in caplog.text


# The server ----------------------------------------------------------------------------------------------------------


class Desk:
    """The app, without sockets; `handed`: what went on to the runs."""

    def __init__(self, now: float = NOW) -> None:
        self.handed: list[str] = []
        self.app = Intake(lambda: [SECRET], self.handed.extend, clock=lambda: now)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://desk")

    async def post(self, facts: dict[str, object], event_id: str = "evt_1", **options: Any) -> int:
        sent = delivery(SECRET, "avatar_video.success", facts, at=NOW, event_id=event_id, **options)
        return (await self.client.post("/any/path", content=sent.body, headers=dict(sent.headers))).status_code


@pytest.mark.anyio
async def test_a_delivery_is_answered_and_its_ids_are_handed_over_once() -> None:
    desk = Desk()
    assert [await desk.post({"video_id": "v_1"}) for _ in range(3)] == [204] * 3
    assert await desk.post({"video_id": "v_2"}, "evt_2", older=True) == 204
    assert await desk.post({"no": "id"}, "evt_3") == 204
    assert desk.handed == ["v_1", "v_2"]
    assert (desk.app.taken, desk.app.repeated, desk.app.refused.total()) == (3, 2, 0)


@pytest.mark.anyio
async def test_what_is_not_heygens_is_refused_and_goes_no_further() -> None:
    desk = Desk()
    forged = delivery("whsec_guess", "avatar_video.success", {"video_id": "v_1"}, at=NOW)
    unsigned = json.dumps({"event_type": "avatar_video.success", "event_data": {"video_id": "v_1"}})
    stale = delivery(SECRET, "avatar_video.success", {"video_id": "v_1"}, at=NOW - 301)
    answers = [
        await desk.client.post("/", content=forged.body, headers=dict(forged.headers)),
        await desk.client.post("/", content=unsigned),
        await desk.client.post("/", content=stale.body, headers=dict(stale.headers)),
    ]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert desk.handed == []
    assert dict(desk.app.refused) == dict.fromkeys((Verdict.FORGED, Verdict.UNSIGNED, Verdict.STALE), 1)


@pytest.mark.anyio
async def test_a_body_that_is_too_large_is_read_no_further() -> None:
    desk, read = Desk(), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65_536
            yield bytes(65_536)

    told = await desk.client.post("/", content=bytes(LARGEST + 1))
    untold = await desk.client.post("/", content=endless())
    assert (told.status_code, untold.status_code) == (413, 413)
    assert read <= LARGEST + 3 * 65_536


@pytest.mark.anyio
async def test_it_says_whether_it_is_there_and_what_it_takes() -> None:
    desk = Desk()
    answers = [await desk.client.request(*each) for each in (("GET", "/health"), ("OPTIONS", "/x"), ("GET", "/x"))]
    assert [answer.status_code for answer in answers] == [200, 204, 405]
    assert answers[1].headers["allow"] == "POST, OPTIONS"


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b"", "scheme": "http",
             "server": ("desk", 80), "http_version": "1.1", "root_path": ""}  # fmt: skip

    async def main() -> float:
        await Desk().app(scope, receive, send)
        return trio.current_time()

    assert trio.run(main, clock=MockClock(autojump_threshold=0)) == pytest.approx(PATIENCE)
    assert sent[0]["status"] == 408
