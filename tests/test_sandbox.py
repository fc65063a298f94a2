"""The pretend HeyGen: what it refuses, what it charges, what it remembers, and what it hands out."""

# ruff: noqa: ASYNC240 - the one task of these tests may wait for a small local file

from __future__ import annotations

import ast
import json
import os
import socket
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

import bulkgen
from bulkgen.batch.price_source import own_prices
from bulkgen.errors import InputError, Lost, OutOfCredit, RateLimited, Refused, Unauthorized
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.kinds import KINDS
from bulkgen.kinds.avatar import AvatarRequest
from bulkgen.kinds.outcome import Detail
from bulkgen.kinds.speech import SpeechRequest
from bulkgen.sandbox import BASE, KEY, Sandbox
from bulkgen.sandbox.account import PURSE, Account
from bulkgen.sandbox.bodies import BODY_LIMIT
from bulkgen.sandbox.charges import by_prices
from bulkgen.sandbox.messages import Request
from bulkgen.sandbox.orders import Wish
from bulkgen.sandbox.rehearsal import REHEARSAL
from bulkgen.sandbox.settings import SLOTS, Settings
from tests.standin.judge import judge_answer, judge_request

pytestmark = pytest.mark.anyio

Body = dict[str, object]

AVATAR: Body = {"type": "avatar", "avatar_id": "look_abigail", "script": "Hello Ann"}
TRANSLATION: Body = {"video": {"type": "url", "url": "https://example.com/a.mp4"}, "output_languages": ["German"]}
CINEMATIC: Body = {"type": "cinematic_avatar", "prompt": "A lighthouse at dusk", "avatar_id": ["look_abigail"]}
HYPERFRAMES: Body = {
    "project": {"type": "url", "url": "https://example.com/card.zip"}, "variables": {"name": "Ann"}, "fps": 60,
}  # fmt: skip
AGENT: Body = {"prompt": "A tour of the harbour, for families"}
SPEAKING: Body = {"type": "avatar", "avatar_id": "look_abigail", "script": "Hello Ann"}
PICTURE: Body = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
CLIP: Body = {"type": "video", "source": {"type": "url", "url": "https://example.com/a.mp4"}}


def scenes(*each: Body, **whole: object) -> Body:
    return {"type": "studio", "scenes": list(each), **whole}


def speaking(**changed: object) -> Body:
    return {"type": "avatar_video", "input": SPEAKING | changed}


STUDIO = scenes(speaking(), PICTURE | {"duration": 4}, CLIP)
LIPSYNC: Body = {
    "video": {"type": "url", "url": "https://example.com/a.mp4"},
    "audio": {"type": "url", "url": "https://example.com/a.mp3"},
}
#: Kinds whose failures have a message and no code.
_NO_CODE = ("translation", "lipsync", "hyperframes", "proofread", "clipping")

PROOFREAD: Body = {**TRANSLATION, "title": "Tour"}
CLIPPING: Body = {"video": {"type": "url", "url": "https://example.com/a.mp4"}}
IMAGE: Body = {
    "type": "image",
    "image": {"type": "url", "url": "https://example.com/a.jpg"},
    "script": "Hello Ann",
    "voice_id": "voice_anna",
}
SPEECH: Body = {"text": "Hello Ann", "voice_id": "voice_anna"}
LONGEST_RENDER = 2.0
OLD_STATE = Path(__file__).parent / "data" / "rehearsal_of_0_1.jsonl"
DAY = 24 * 3600.0


#: Cents for a job of each kind.
PRICES = {
    "template": 50,
    "avatar": 80,
    "image": 60,
    "lipsync": 90,
    "cinematic": 70,
    "hyperframes": 40,
    "agent": 75,
    "proofread": 20,
    "studio": 85,
    "clipping": 15,
    "translation": 100,
    "speech": 1,
}


def flat(kind: str, _request: object, _types: object, _seconds: float) -> float:
    return PRICES[kind] / 3 if kind == "clipping" else float(PRICES[kind])  # for each of its clips


def account_of(path: Path, clock: Callable[[], float], purse: int = PURSE) -> Account:
    return Account(Settings(charge=flat), REHEARSAL, clock, path=path, purse=purse)


def accept(account: Account, key: str, title: str | None = None) -> None:
    account.accept("/v3/videos", key, [Wish(kind="avatar", title=title, cents=PRICES["avatar"])])


def template_body(**variables: str) -> Body:
    return {"variables": {name: {"type": "text", "content": text} for name, text in variables.items()}}


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state_path(tmp_path: Path) -> Path:
    return tmp_path / "leads.xlsx.sandbox.state.json"


Opener = Callable[..., Sandbox]


#: A body that only the replay of another one excuses.
ANYTHING: Body = {"anything": 1}


class Judged(httpx.AsyncBaseTransport):
    """The sandbox, every answer of which has to fit HeyGen's schemas, and every request that it takes for good."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._sandbox.transport.handle_async_request(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request.parse(request.method, request.url.raw_path.decode(), headers, await request.aread())
        if asked.path.startswith("/v3/") and response.headers["content-type"] == "application/json":
            judge_answer(asked, response.status_code, await response.aread())
            if response.is_success and json.loads(asked.body or "null") != ANYTHING:
                judge_request(asked)
        return response


@pytest.fixture
def open_sandbox(state_path: Path, clock: Clock) -> Iterator[Opener]:
    """Opens the sandbox of the one sheet, as often as wanted, without artificial waiting."""
    opened: list[Sandbox] = []

    def open_one(*, latency: float = 0, purse: int = PURSE) -> Sandbox:
        span = latency, latency
        opened.append(
            Sandbox(state_path, clock, Settings(post_seconds=span, speech_seconds=span, charge=flat), purse=purse)
        )
        return opened[-1]

    yield open_one
    for sandbox in opened:
        sandbox.close()


@pytest.fixture
def sandbox(open_sandbox: Opener) -> Sandbox:
    return open_sandbox()


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(sandbox.base, KEY, Judged(sandbox)) as client:
        yield client


@pytest.fixture
async def rude(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """A client that may send what HeyGen's schemas do not have."""
    async with connect(sandbox.base, KEY, sandbox.transport) as client:
        yield client


@pytest.fixture
def heygen(http: httpx.AsyncClient) -> HeyGen:
    return HeyGen(http)


@pytest.fixture
async def storage(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """The connection that downloads use: the same transport, no key."""
    async with httpx.AsyncClient(transport=sandbox.transport) as client:
        yield client


async def order(heygen: HeyGen, kind: str = "avatar", body: Body | None = None, key: str | None = None) -> str:
    """Orders a job as the engine does; gives its id."""
    bodies = {
        "avatar": AVATAR,
        "image": IMAGE,
        "lipsync": LIPSYNC,
        "cinematic": CINEMATIC,
        "hyperframes": HYPERFRAMES,
        "studio": STUDIO,
        "clipping": CLIPPING,
        "translation": TRANSLATION,
        "speech": SPEECH,
        "proofread": PROOFREAD,
        "template": template_body(name="Ann"),
        "agent": AGENT,
    }
    path = KINDS[kind].path.replace("{template_id}", "tpl_of_my_own")
    return KINDS[kind].life.accepted(await heygen.submit(path, body or bodies[kind], key)).id


async def detail(heygen: HeyGen, kind: str, job_id: str) -> Detail:
    collection = KINDS[kind].life.stages[0]
    assert collection is not None
    return await heygen.detail(collection, job_id)


async def cents_left(heygen: HeyGen) -> int:
    balance = (await heygen.me()).balance
    return round(float(balance.replace("$", "").replace(",", "")) * 100)


# The key, the routes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "sk_of_a_person"])
async def test_another_key_is_refused_as_heygen_refuses_it(sandbox: Sandbox, key: str) -> None:
    async with connect(sandbox.base, key, sandbox.transport) as http:
        with pytest.raises(Unauthorized) as raised:
            await HeyGen(http).me()
    assert (raised.value.status, raised.value.code) == (401, "unauthorized")


async def test_a_request_without_any_key_is_refused(storage: httpx.AsyncClient) -> None:
    assert (await storage.get(f"{BASE}/v3/users/me")).status_code == 401


async def test_a_new_sandbox_has_a_thousand_dollars(heygen: HeyGen) -> None:
    assert (await heygen.me()).balance == "$1,000.00"


@pytest.mark.parametrize("path", ["/v3/background-removals", "/v3/templates/", "/v3", "/v2/templates", "/"])
async def test_a_route_it_has_not_is_a_plain_404(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")


def test_the_code_that_uses_no_sandbox_and_serves_nothing_never_imports_starlette() -> None:
    package = Path(bulkgen.__file__).parent
    serving = {package / name for name in ("sandbox", "webhooks", "mcp", "web.py")}
    for file in package.rglob("*.py"):
        if not serving.isdisjoint({file, *file.parents}):
            continue

        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "starlette" for name in names), file


async def test_nothing_is_ever_connected_to(
    sandbox: Sandbox, storage: httpx.AsyncClient, heygen: HeyGen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a connection")

    for name in ("connect", "connect_ex", "bind"):
        monkeypatch.setattr(socket.socket, name, forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    answer = await heygen.submit("/v3/voices/speech", SPEECH, None)
    assert (await storage.get(str(answer["audio_url"]))).status_code == 200


# What the account has ---------------------------------------------------------------------------------------


async def test_one_template_uses_every_type_of_variable(heygen: HeyGen) -> None:
    variables = (await heygen.template("tpl_showcase"))["variables"]
    assert isinstance(variables, dict)
    assert {variable["type"] for variable in variables.values()} == {
        "text",
        "image",
        "video",
        "audio",
        "character",
        "voice",
    }


@pytest.mark.parametrize("template_id", REHEARSAL.templates)
async def test_a_templates_own_values_can_be_posted_back_once_its_empty_texts_are_filled(
    heygen: HeyGen, template_id: str
) -> None:
    variables = (await heygen.template(template_id))["variables"]
    assert isinstance(variables, dict)
    filled = {name: value | {"content": "x"} if value["type"] == "text" else value for name, value in variables.items()}
    assert (await heygen.submit(f"/v3/templates/{template_id}", {"variables": filled}, None))["status"] == "pending"


async def test_scenes_name_variables_that_the_template_has(heygen: HeyGen) -> None:
    for template_id in REHEARSAL.templates:
        template = await heygen.template(template_id)
        scenes, variables = template["scenes"], template["variables"]
        assert isinstance(scenes, list)
        assert isinstance(variables, dict)
        used = {(item["name"], item["variable_type"]) for scene in scenes for item in scene["variables"]}
        assert used == {(name, variable["type"]) for name, variable in variables.items()}


async def test_the_languages_are_heygens_178_names(heygen: HeyGen) -> None:
    names = await heygen.languages()
    assert len(set(names)) == len(names) == 178
    assert {"Spanish (Spain)", "Chinese (Mandarin, Simplified)", "Norwegian Bokmål (Norway)"} <= set(names)


async def test_a_list_comes_whole_page_by_page(heygen: HeyGen) -> None:
    found = [item["id"] async for item in heygen.listing("/v3/templates", limit=1)]
    assert found == list(REHEARSAL.templates)


@pytest.mark.parametrize(
    ("path", "query", "param"),
    [
        ("/v3/templates", "limit=0", "limit"),
        ("/v3/templates", "limit=101", "limit"),
        ("/v3/avatars/looks", "limit=51", "limit"),
        ("/v3/voices", "limit=ten", "limit"),
        ("/v3/voices", "token=made_up", "token"),
        ("/v3/voices", "type=mine", "type"),
        ("/v3/avatars/looks", "ownership=mine", "ownership"),
        ("/v3/videos/statuses", "video_ids=" + ",".join(["v"] * 101), "video_ids"),
    ],
)
async def test_a_list_refuses_what_it_cannot_read(http: httpx.AsyncClient, path: str, query: str, param: str) -> None:
    answer = await http.get(f"{path}?{query}")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"voice_anna", "voice_ben", "voice_lucia", "voice_marlene", "voice_kenji"}),
        ({"engine": "starfish"}, {"voice_anna", "voice_ben", "voice_lucia"}),
        ({"type": "private", "engine": "starfish"}, {"voice_own"}),
        ({"language": "German"}, {"voice_marlene"}),
        ({"gender": "male"}, {"voice_ben", "voice_kenji"}),
    ],
)
async def test_voices_are_public_ones_unless_asked_for_and_can_be_filtered(
    heygen: HeyGen, query: dict[str, str], expected: set[str]
) -> None:
    assert {item["voice_id"] async for item in heygen.listing("/v3/voices", query)} == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"look_abigail", "look_daniel", "look_lucia", "look_own"}),
        ({"ownership": "private"}, {"look_own"}),
        ({"ownership": "public", "avatar_type": "photo_avatar"}, {"look_lucia"}),
        ({"group_id": "group_daniel"}, {"look_daniel"}),
    ],
)
async def test_looks_can_be_filtered(heygen: HeyGen, query: dict[str, str], expected: set[str]) -> None:
    assert {item["id"] async for item in heygen.listing("/v3/avatars/looks", query, limit=50)} == expected


async def test_styles_can_be_filtered_by_their_tags(heygen: HeyGen) -> None:
    path = "/v3/video-agents/styles"
    assert [item["style_id"] async for item in heygen.listing(path)] == ["style_editorial", "style_arcade"]
    assert [item["name"] async for item in heygen.listing(path, {"tag": "print"})] == ["Editorial"]


async def test_single_items_are_told_by_their_id(heygen: HeyGen) -> None:
    assert (await heygen.one("/v3/voices", "voice_own"))["name"] == "Your own voice"
    assert (await heygen.one("/v3/avatars/looks", "look_own"))["default_voice_id"] == "voice_own"
    assert [item["id"] async for item in heygen.listing("/v3/folders")] == ["folder_campaigns", "folder_onboarding"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v3/templates/x", "template_not_found"),
        ("/v3/videos/x", "video_not_found"),
        ("/v3/video-translations/x", "not_found"),
        ("/v3/lipsyncs/x", "not_found"),
        ("/v3/hyperframes/renders/x", "not_found"),
        ("/v3/video-translations/proofreads/x", "not_found"),
        ("/v3/video-translations/proofreads/x/srt", "not_found"),
        ("/v3/ai-clipping/x", "not_found"),
        ("/v3/voices/x", "voice_not_found"),
        ("/v3/avatars/looks/x", "avatar_not_found"),
    ],
)
async def test_an_id_it_does_not_know_is_not_found(http: httpx.AsyncClient, path: str, code: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)


# Refusals ---------------------------------------------------------------------------------------------------

WELCOME = "/v3/templates/tpl_welcome"


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/v3/videos", AVATAR | {"colour": "red"}, "colour"),
        ("/v3/videos", {"type": "avatar", "script": "Hi"}, "avatar_id"),
        ("/v3/videos", AVATAR | {"script": "x" * 5001}, "script"),
        ("/v3/videos", AVATAR | {"voice_settings": {"speed": 2}}, "voice_settings"),
        ("/v3/videos", AVATAR | {"title": 7}, "title"),
        ("/v3/videos", AVATAR | {"audio_url": "https://example.com/a.mp3"}, "script"),
        ("/v3/videos", {"type": "avatar", "avatar_id": "look_abigail"}, "script"),
        (
            "/v3/videos",
            {"type": "avatar", "avatar_id": "x", "audio_asset_id": "a", "voice_settings": {}},
            "voice_settings",
        ),
        ("/v3/videos", AVATAR | {"output_format": "webm", "background": {"type": "color"}}, "background"),
        ("/v3/videos", IMAGE | {"engine": {"type": "avatar_iv"}}, "engine"),
        ("/v3/videos", IMAGE | {"image": "https://example.com/a.jpg"}, "image"),
        ("/v3/videos", IMAGE | {"voice_id": None}, "voice_id"),
        ("/v3/videos", IMAGE | {"script": None}, "script"),
        ("/v3/videos", IMAGE | {"audio_asset_id": "asset_a"}, "script"),
        ("/v3/videos", IMAGE | {"output_format": "webm", "background": {"type": "color"}}, "background"),
        ("/v3/videos", AVATAR | {"type": "film"}, "type"),
        ("/v3/videos", {}, "type"),
        (WELCOME, {}, "variables"),
        (WELCOME, template_body(firstname="Ann"), "variables"),
        (WELCOME, template_body(logo="https://example.com/a.png"), "variables"),
        (WELCOME, template_body(first_name=""), "variables"),
        (WELCOME, {"variables": {"first_name": {"type": "text", "content": "Ann", "name": "x"}}}, "variables"),
        (WELCOME, {"variables": {}, "scene_ids": ["tpl_other_scene_1"]}, "scene_ids"),
        ("/v3/templates/tpl_of_my_own", {"variables": {"a": {"type": "film"}}}, "variables"),
        ("/v3/templates/tpl_of_my_own", template_body(a="x" * 10_001), "variables"),
        ("/v3/video-translations", TRANSLATION | {"output_languages": []}, "output_languages"),
        ("/v3/video-translations", TRANSLATION | {"output_languages": ["german"]}, "output_languages"),
        ("/v3/video-translations", TRANSLATION | {"output_languages": ["German"] * 11}, "output_languages"),
        ("/v3/video-translations", {"output_languages": ["German"]}, "video"),
        (
            "/v3/video-translations",
            TRANSLATION | {"video": {"type": "base64", "media_type": "video/mp4", "data": "AA=="}},
            "video",
        ),
        ("/v3/video-translations", TRANSLATION | {"captions": True}, "captions"),
        ("/v3/video-translations", TRANSLATION | {"fps_mode": "cfr"}, "fps_mode"),
        ("/v3/videos", CINEMATIC | {"avatar_id": "look_abigail"}, "avatar_id"),
        ("/v3/videos", CINEMATIC | {"avatar_id": ["look_abigail"] * 4}, "avatar_id"),
        ("/v3/videos", CINEMATIC | {"prompt": ""}, "prompt"),
        ("/v3/videos", CINEMATIC | {"duration": 16}, "duration"),
        ("/v3/videos", CINEMATIC | {"duration": 5, "auto_duration": True}, "duration"),
        ("/v3/videos", CINEMATIC | {"resolution": "4k"}, "resolution"),
        ("/v3/videos", CINEMATIC | {"callback_id": "k"}, "callback_id"),
        ("/v3/videos", CINEMATIC | {"script": "Hello"}, "script"),
        ("/v3/hyperframes/renders", {"fps": 30}, "project"),
        ("/v3/hyperframes/renders", HYPERFRAMES | {"fps": 241}, "fps"),
        ("/v3/hyperframes/renders", HYPERFRAMES | {"resolution": "720p"}, "resolution"),
        ("/v3/hyperframes/renders", HYPERFRAMES | {"resolution": "4k", "format": "webm"}, "format"),
        ("/v3/hyperframes/renders", HYPERFRAMES | {"folder_id": "f_1"}, "folder_id"),
        ("/v3/videos", scenes(), "scenes"),
        ("/v3/videos", scenes(*[speaking()] * 51), "scenes"),
        ("/v3/videos", scenes(speaking(), output_format="webm"), "output_format"),
        ("/v3/videos", scenes(AVATAR), "scenes"),
        ("/v3/videos", scenes(speaking(script=None)), "scenes"),
        ("/v3/videos", scenes(speaking(audio_asset_id="asset_a")), "scenes"),
        ("/v3/videos", scenes(speaking(caption={})), "scenes"),
        ("/v3/videos", scenes(speaking(background={"type": "color", "value": "#112233"})), "scenes"),
        ("/v3/videos", scenes(speaking(background={"type": "color", "color": "#fff"})), "scenes"),
        ("/v3/videos", scenes(speaking(engine={"type": "avatar_v"})), "engine"),
        ("/v3/videos", scenes(PICTURE), "scenes"),
        ("/v3/videos", scenes(PICTURE | {"duration": 301}), "scenes"),
        ("/v3/videos", scenes(PICTURE | {"duration": 0}), "scenes"),
        ("/v3/videos", scenes(PICTURE | {"duration": 4, "script": "Hi", "voice_id": "voice_anna"}), "scenes"),
        ("/v3/videos", scenes(PICTURE | {"script": "Hi"}), "scenes"),
        ("/v3/videos", scenes(PICTURE | {"duration": 4, "voice_settings": {"speed": 1}}), "scenes"),
        ("/v3/videos", scenes(CLIP | {"duration": 4}), "scenes"),
        ("/v3/videos", scenes(CLIP | {"playback": {"mode": "loop"}}), "scenes"),
        ("/v3/videos", scenes(CLIP | {"playback": {"mode": "once"}}), "scenes"),
        ("/v3/ai-clipping", {"title": "Webinar"}, "video"),
        ("/v3/ai-clipping", CLIPPING | {"output_settings": {"duration_types": ["45"]}}, "output_settings"),
        ("/v3/ai-clipping", CLIPPING | {"output_settings": {"max_clips": 3}}, "output_settings"),
        ("/v3/ai-clipping", CLIPPING | {"callback_id": "x" * 129}, "callback_id"),
        ("/v3/ai-clipping", CLIPPING | {"folder_id": "f"}, "folder_id"),
        ("/v3/lipsyncs", {"video": LIPSYNC["video"]}, "audio"),
        ("/v3/video-agents", {}, "prompt"),
        ("/v3/video-agents", AGENT | {"prompt": ""}, "prompt"),
        ("/v3/video-agents", AGENT | {"prompt": "x" * 10_001}, "prompt"),
        ("/v3/video-agents", AGENT | {"title": "Harbour"}, "title"),
        ("/v3/video-agents", AGENT | {"mode": "talk"}, "mode"),
        ("/v3/video-agents", AGENT | {"orientation": "square"}, "orientation"),
        ("/v3/video-agents", AGENT | {"files": [{"type": "asset_id", "asset_id": "a"}] * 21}, "files"),
        ("/v3/lipsyncs", LIPSYNC | {"mode": "best"}, "mode"),
        ("/v3/video-translations/proofreads", TRANSLATION, "title"),
        ("/v3/video-translations/proofreads", PROOFREAD | {"mode": "best"}, "mode"),
        ("/v3/video-translations/proofreads", PROOFREAD | {"output_languages": ["Klingon"]}, "output_languages"),
        ("/v3/video-translations/proofreads", PROOFREAD | {"callback_id": "a"}, "callback_id"),
        ("/v3/video-translations/proofreads", PROOFREAD | {"generate": {"captions": True}}, "generate"),
        ("/v3/lipsyncs", LIPSYNC | {"output_languages": ["German"]}, "output_languages"),
        ("/v3/lipsyncs", LIPSYNC | {"audio": {"type": "base64", "media_type": "audio/wav", "data": "AA=="}}, "audio"),
        ("/v3/voices/speech", SPEECH | {"speed": 3}, "speed"),
        ("/v3/voices/speech", SPEECH | {"text": ""}, "text"),
        ("/v3/voices/speech", SPEECH | {"title": "x"}, "title"),
        ("/v3/voices/speech", {"text": "Hi"}, "voice_id"),
    ],
)
async def test_a_wrong_request_is_refused_by_the_name_of_its_field_and_costs_nothing(
    heygen: HeyGen, state_path: Path, path: str, body: Body, param: str
) -> None:
    with pytest.raises(Refused) as raised:
        await heygen.submit(path, body, None)
    error = raised.value
    assert (error.status, error.code, error.param) == (400, "invalid_parameter", param)
    assert not state_path.exists()


async def test_a_voice_of_another_engine_does_not_speak(heygen: HeyGen) -> None:
    for voice in REHEARSAL.voices.values():
        body = SPEECH | {"voice_id": voice.id}
        if "starfish" in voice.engines:
            await heygen.submit("/v3/voices/speech", body, None)
        else:
            with pytest.raises(Refused) as raised:
                await heygen.submit("/v3/voices/speech", body, None)
            assert (raised.value.code, raised.value.param) == ("invalid_parameter", "voice_id")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("avatar", AVATAR | {"avatar_id": "look_of_mine", "voice_id": "voice_of_mine"}),
        ("speech", SPEECH | {"voice_id": "voice_of_mine"}),
        ("template", template_body(whatever="x")),
    ],
)
async def test_ids_of_a_persons_own_account_are_taken(heygen: HeyGen, kind: str, body: Body) -> None:
    assert await order(heygen, kind, body)


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'"text"', b"[" * 100_000])
async def test_a_body_that_is_no_object_is_refused(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post("/v3/videos", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_parameter")


async def test_a_body_over_32_mb_is_too_large(rude: httpx.AsyncClient) -> None:
    padding = b" " * (BODY_LIMIT - len(json.dumps(AVATAR)))
    assert (await rude.post("/v3/videos", content=json.dumps(AVATAR).encode() + padding)).status_code == 200
    answer = await rude.post("/v3/videos", content=json.dumps(AVATAR).encode() + padding + b" ")
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "payload_too_large")


@pytest.mark.parametrize("key", ["", " ", "a b", "a/b", "x" * 256])
async def test_a_blank_or_strange_key_is_refused(http: httpx.AsyncClient, key: str) -> None:
    answer = await http.post("/v3/videos", json=AVATAR, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "Idempotency-Key")


# Renders ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("avatar", ["pending", "processing", "completed"]),
        ("template", ["pending", "processing", "completed"]),
        ("image", ["pending", "processing", "completed"]),
        ("cinematic", ["pending", "processing", "completed"]),
        ("studio", ["pending", "processing", "completed"]),
        ("lipsync", ["pending", "running", "completed"]),
        ("translation", ["pending", "running", "completed"]),
    ],
)
async def test_a_render_waits_works_and_ends_within_two_seconds(
    http: httpx.AsyncClient, heygen: HeyGen, clock: Clock, kind: str, words: list[str]
) -> None:
    job_id, collection = await order(heygen, kind), KINDS[kind].life.stages[0]
    assert collection is not None
    seen = []
    for wait in (0.0, 0.9, 1.1):
        clock.now += wait
        seen.append((await http.get(collection.detail_path(job_id))).json()["data"]["status"])
        bulk = await heygen.statuses(collection, [job_id, "sbx_unknown"])
        assert bulk["sbx_unknown"] == "not_found"
        assert (bulk[job_id] == "completed") == (seen[-1] == "completed")
    assert seen == words


async def test_how_long_a_render_takes_depends_on_its_id_alone(
    open_sandbox: Opener, heygen: HeyGen, clock: Clock
) -> None:
    ids = [await order(heygen) for _ in range(SLOTS)]
    clock.now += 1.5

    async def words(client: HeyGen) -> list[str]:
        return [(await detail(client, "avatar", job_id)).status for job_id in ids]

    again = open_sandbox()
    async with connect(again.base, KEY, again.transport) as http:
        assert await words(HeyGen(http)) == await words(heygen)


async def test_links_stand_only_in_what_is_completed(heygen: HeyGen, clock: Clock) -> None:
    job_id = await order(heygen, body=AVATAR | {"caption": {"style": "default"}})
    assert not (await detail(heygen, "avatar", job_id)).has_result
    clock.now += LONGEST_RENDER
    links = (await detail(heygen, "avatar", job_id)).links
    assert links.video.startswith(f"{BASE}/media/{job_id}.mp4?")
    assert links.captioned.startswith(f"{BASE}/media/{job_id}-captioned.mp4?")
    assert links.captions.startswith(f"{BASE}/media/{job_id}.srt?")
    assert links.thumbnail.startswith(f"{BASE}/media/{job_id}.jpg?")
    assert links.page == f"{BASE}/videos/{job_id}"


@pytest.mark.parametrize(
    ("wish", "burned_in"), [({}, False), ({"caption": True}, True), ({"subtitles": {"preset_name": "bold"}}, True)]
)
async def test_a_template_video_has_captions_burned_in_if_asked_for(
    http: httpx.AsyncClient, heygen: HeyGen, clock: Clock, wish: Body, burned_in: bool
) -> None:
    job_id = await order(heygen, "template", template_body(name="Ann") | wish)
    clock.now += LONGEST_RENDER
    answer = (await http.get(f"/v3/videos/{job_id}")).json()["data"]
    assert (answer["captioned_video_url"] is not None) == burned_in
    assert answer["video_url"]


@pytest.mark.parametrize("wanted", [False, True])
async def test_a_template_video_has_a_gif_if_asked_for(heygen: HeyGen, clock: Clock, wanted: bool) -> None:
    job_id = await order(heygen, "template", template_body(name="Ann") | {"include_gif": wanted})
    assert not (await detail(heygen, "template", job_id)).links.gif
    clock.now += LONGEST_RENDER
    assert bool((await detail(heygen, "template", job_id)).links.gif) == wanted


async def test_a_translation_is_one_job_per_language_in_the_order_asked_for(
    http: httpx.AsyncClient, heygen: HeyGen, clock: Clock
) -> None:
    body = TRANSLATION | {"output_languages": ["Spanish (Spain)", "German"], "callback_id": "row-7", "title": "Tour"}
    ids = (await heygen.submit("/v3/video-translations", body, None))["video_translation_ids"]
    assert isinstance(ids, list)
    clock.now += LONGEST_RENDER
    details = [(await http.get(f"/v3/video-translations/{job_id}")).json()["data"] for job_id in ids]
    assert [item["output_language"] for item in details] == ["Spanish (Spain)", "German"]
    assert {(item["callback_id"], item["title"]) for item in details} == {("row-7", "Tour")}
    assert await cents_left(heygen) == 100_000 - 2 * PRICES["translation"]


async def test_videos_are_listed_newest_first_by_title_and_stay_put_while_new_ones_come(
    http: httpx.AsyncClient, heygen: HeyGen
) -> None:
    for title in ("row 1", "other", "row 2", "row 3"):
        await order(heygen, body=AVATAR | {"title": title})
    first = (await http.get("/v3/videos?title=row&limit=2")).json()
    await order(heygen, body=AVATAR | {"title": "row 4"})
    second = (await http.get(f"/v3/videos?title=row&limit=2&token={first['next_token']}")).json()
    assert [item["title"] for item in first["data"] + second["data"]] == ["row 3", "row 2", "row 1"]
    assert (first["has_more"], second["has_more"], second["next_token"]) == (True, False, None)


async def test_videos_can_be_listed_by_folder(heygen: HeyGen) -> None:
    await order(heygen)
    job_id = await order(heygen, body=AVATAR | {"folder_id": "folder_campaigns"})
    found = [item["id"] async for item in heygen.listing("/v3/videos", {"folder_id": "folder_campaigns"})]
    assert found == [job_id]


async def test_a_project_is_rendered_with_what_was_asked_for(
    http: httpx.AsyncClient, heygen: HeyGen, clock: Clock
) -> None:
    """There is no bulk call, and the words are its own."""
    render = await order(heygen, "hyperframes", HYPERFRAMES | {"title": "Card", "composition": "intro.html"})
    seen = []
    for wait in (0.0, 0.9, 1.1):
        clock.now += wait
        told = (await http.get(f"/v3/hyperframes/renders/{render}")).json()["data"]
        seen.append(told["status"])
    assert seen == ["queued", "rendering", "completed"]
    assert [told[name] for name in ("render_id", "title", "fps", "quality", "composition", "format")] == [
        render, "Card", 60, None, "intro.html", "mp4",
    ]  # fmt: skip
    assert (await detail(heygen, "hyperframes", render)).finished_at.endswith("Z")
    listed = (await http.get("/v3/hyperframes/renders", params={"limit": 1})).json()["data"]
    assert [item["render_id"] for item in listed] == [render]


async def test_videos_translations_and_lipsyncs_do_not_mix(heygen: HeyGen) -> None:
    video, translation, lipsync = (
        await order(heygen),
        await order(heygen, "translation"),
        await order(heygen, "lipsync"),
    )
    assert [item["id"] async for item in heygen.listing("/v3/lipsyncs")] == [lipsync]
    assert [item["id"] async for item in heygen.listing("/v3/videos")] == [video]
    assert [item["id"] async for item in heygen.listing("/v3/video-translations")] == [translation]
    with pytest.raises(Refused):
        await detail(heygen, "avatar", translation)
    with pytest.raises(Refused):
        await detail(heygen, "translation", lipsync)


async def test_a_clipping_gives_several_clips_each_with_a_price(heygen: HeyGen, clock: Clock) -> None:
    first = await order(heygen, "clipping")
    assert await order(heygen, "clipping") != first
    running = await detail(heygen, "clipping", first)
    clock.now += LONGEST_RENDER
    found = await detail(heygen, "clipping", first)
    assert (running.status, running.parts) == ("running", ())
    assert (found.status, found.has_result, len(found.parts)) == ("completed", True, 3)
    assert len({part.links.video for part in found.parts}) == 3
    assert await cents_left(heygen) == 100_000 - 2 * PRICES["clipping"]
    assert [item["id"] async for item in heygen.listing("/v3/ai-clipping")][-1] == first


async def test_a_clock_that_was_set_back_does_not_keep_a_render_waiting(heygen: HeyGen, clock: Clock) -> None:
    job_id = await order(heygen)
    clock.now -= 3600
    assert (await detail(heygen, "avatar", job_id)).status == "completed"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("avatar", AVATAR | {"script": "Hello [fail]"}),
        ("image", IMAGE | {"script": "Hello [fail]"}),
        ("lipsync", LIPSYNC | {"title": "[fail]"}),
        ("hyperframes", HYPERFRAMES | {"variables": {"name": "[fail]"}}),
        ("proofread", PROOFREAD | {"title": "[fail]"}),
        ("clipping", CLIPPING | {"title": "[fail]"}),
        ("cinematic", CINEMATIC | {"prompt": "[fail]"}),
        ("studio", scenes(speaking(script="Hello [fail]"))),
        ("avatar", AVATAR | {"title": "row 7 [FAIL]"}),
        ("template", template_body(name="[fail]")),
        ("translation", TRANSLATION | {"title": "[fail]"}),
        ("translation", TRANSLATION | {"video": {"type": "url", "url": "https://example.com/%5Bfail%5D.mp4"}}),
    ],
)
async def test_a_row_can_ask_to_fail_and_then_costs_nothing(
    heygen: HeyGen, clock: Clock, kind: str, body: Body
) -> None:
    job_id = await order(heygen, kind, body)
    assert (await detail(heygen, kind, job_id)).status == "running"
    clock.now += LONGEST_RENDER
    found = await detail(heygen, kind, job_id)
    assert (found.status, found.has_result) == ("failed", False)
    assert found.code == ("" if kind in _NO_CODE else "rendering_failed")
    assert "[fail]" in found.message
    assert await cents_left(heygen) == 100_000


async def test_a_recording_that_asks_to_fail_is_refused(heygen: HeyGen) -> None:
    with pytest.raises(Refused) as raised:
        await order(heygen, "speech", SPEECH | {"text": "Hello [fail]"})
    assert (raised.value.status, raised.value.code) == (400, "tts_text_invalid")


# Keys -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["avatar", "cinematic", "hyperframes", "image", "lipsync", "proofread", "studio", "template", "translation"]
)
async def test_a_repeated_key_gives_the_first_job_again_even_for_another_body(
    heygen: HeyGen, clock: Clock, kind: str
) -> None:
    first = await order(heygen, kind, key="k:1")
    clock.now += DAY - 1
    assert await order(heygen, kind, ANYTHING, key="k:1") == first
    assert await cents_left(heygen) == 100_000 - PRICES[kind]


async def test_a_replay_tells_a_template_video_as_it_was_when_ordered(heygen: HeyGen, clock: Clock) -> None:
    path, body = "/v3/templates/tpl_of_my_own", template_body(name="Ann")
    first = await heygen.submit(path, body, "k:1")
    clock.now += LONGEST_RENDER
    assert await heygen.submit(path, body, "k:1") == first
    assert first["status"] == "pending"


async def test_a_key_is_forgotten_after_a_day(heygen: HeyGen, clock: Clock) -> None:
    first = await order(heygen, key="k:1")
    clock.now += DAY
    assert await order(heygen, key="k:1") != first


async def test_a_key_counts_for_one_path(heygen: HeyGen) -> None:
    body = template_body(name="Ann")
    answers = [await heygen.submit(f"/v3/templates/{name}", body, "k:1") for name in ("a", "b")]
    assert answers[0]["id"] != answers[1]["id"]
    assert await order(heygen, key="k:1")


async def test_a_refused_request_does_not_use_its_key_up(heygen: HeyGen) -> None:
    with pytest.raises(Refused):
        await order(heygen, body={"type": "avatar"}, key="k:1")
    assert await order(heygen, key="k:1")


async def test_a_recording_knows_no_key(rude: httpx.AsyncClient) -> None:
    heygen = HeyGen(rude)
    assert await order(heygen, "speech", key="k:1") != await order(heygen, "speech", key="k:1")


async def test_a_key_in_use_is_in_progress_and_whoever_gives_up_has_the_answer_by_the_same_key(
    open_sandbox: Opener, clock: Clock
) -> None:
    slow = open_sandbox(latency=3600)
    async with connect(slow.base, KEY, slow.transport) as http:
        heygen = HeyGen(http)
        async with anyio.create_task_group() as group:
            group.start_soon(order, heygen, "avatar", None, "k:1")
            await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()

        slow.account.settings = Settings(post_seconds=(0, 0), charge=flat)
        with pytest.raises(Lost) as raised:
            await order(heygen, key="k:1")
        assert (raised.value.status, raised.value.code) == (409, "request_in_progress")
        clock.now += 3600
        assert [await order(heygen, key="k:1")] == list(slow.account.renders)
        assert await cents_left(heygen) == PURSE - PRICES["avatar"]


# Slots and the purse ----------------------------------------------------------------------------------------


async def test_an_eleventh_job_waits_until_one_has_ended(http: httpx.AsyncClient, heygen: HeyGen, clock: Clock) -> None:
    for kind in ["avatar", "translation"] * (SLOTS // 2):
        await order(heygen, kind)
    with pytest.raises(RateLimited) as raised:
        await order(heygen, key="k:1")
    assert (raised.value.status, raised.value.retry_after) == (429, 1)
    assert await order(heygen, "speech")
    left = await cents_left(heygen)
    clock.now += LONGEST_RENDER
    assert await order(heygen, key="k:1")
    assert await cents_left(heygen) == left - PRICES["avatar"]


async def test_several_languages_take_a_slot_each(heygen: HeyGen) -> None:
    for _ in range(SLOTS - 1):
        await order(heygen)
    with pytest.raises(RateLimited):
        await order(heygen, "translation", TRANSLATION | {"output_languages": ["German", "Polish"]})


@pytest.mark.parametrize("kind", PRICES)
async def test_the_purse_pays_to_the_last_cent_and_not_beyond(open_sandbox: Opener, kind: str) -> None:
    sandbox = open_sandbox(purse=2 * PRICES[kind] - 1)
    async with connect(sandbox.base, KEY, sandbox.transport) as http:
        heygen = HeyGen(http)
        await order(heygen, kind)
        assert await cents_left(heygen) == PRICES[kind] - 1
        with pytest.raises(OutOfCredit) as raised:
            await order(heygen, kind)
        assert (raised.value.status, raised.value.code) == (402, "insufficient_credit")
        assert await cents_left(heygen) == PRICES[kind] - 1


# The state file ---------------------------------------------------------------------------------------------


async def test_looking_around_writes_nothing(heygen: HeyGen, state_path: Path) -> None:
    await heygen.me()
    assert [item async for item in heygen.listing("/v3/templates")]
    assert not state_path.exists()


async def test_a_later_run_knows_jobs_keys_slots_and_what_was_spent(
    open_sandbox: Opener, heygen: HeyGen, clock: Clock
) -> None:
    ids = [await order(heygen, "translation", key=f"k:{number}") for number in range(SLOTS)]
    spent = PRICES["translation"] * SLOTS
    later = open_sandbox()  # the first one was never closed, as after kill -9
    async with connect(later.base, KEY, later.transport) as http:
        again = HeyGen(http)
        assert await cents_left(again) == 100_000 - spent
        assert await order(again, "translation", key="k:3") == ids[3]
        with pytest.raises(RateLimited):
            await order(again)
        clock.now += LONGEST_RENDER
        collection = KINDS["translation"].life.stages[0]
        assert collection is not None
        assert set((await again.statuses(collection, ids)).values()) == {"completed"}
        assert [item["id"] async for item in again.listing(collection.path)] == ids[::-1]


async def test_everything_an_answer_says_is_the_same_after_a_restart(
    http: httpx.AsyncClient, open_sandbox: Opener, heygen: HeyGen, clock: Clock
) -> None:
    webm = AVATAR | {"output_format": "webm", "caption": {"style": "default"}, "title": "T", "folder_id": "f"}
    whole = TRANSLATION | {"input_language": "English", "callback_id": "c", "translate_audio_only": True, "title": "U"}
    paths = [
        f"/v3/videos/{await order(heygen, body=webm)}",
        f"/v3/video-translations/{await order(heygen, 'translation', whole)}",
        f"/v3/video-translations/{await order(heygen, 'translation', whole | {'title': '[fail]'})}",
        f"/v3/lipsyncs/{await order(heygen, 'lipsync', LIPSYNC | {'title': 'V', 'callback_id': 'd'})}",
        f"/v3/hyperframes/renders/{await order(heygen, 'hyperframes', HYPERFRAMES | {'quality': 'draft'})}",
        f"/v3/ai-clipping/{await order(heygen, 'clipping', CLIPPING | {'title': 'W', 'callback_id': 'e'})}",
    ]
    clock.now += LONGEST_RENDER
    later = open_sandbox()
    async with connect(later.base, KEY, later.transport) as second:
        for path in paths:
            assert (await second.get(path)).json() == (await http.get(path)).json()
    assert ".webm?" in (await http.get(paths[0])).json()["data"]["captioned_video_url"]


async def test_wherever_the_last_line_is_torn_the_rest_is_kept_and_the_file_goes_on(
    open_sandbox: Opener, heygen: HeyGen, state_path: Path, tmp_path: Path, clock: Clock
) -> None:
    kept = await order(heygen, key="k:1")
    whole = state_path.read_bytes()
    await order(heygen, key="k:2")
    longer = state_path.read_bytes()
    for size in range(len(whole), len(longer)):
        torn = tmp_path / "torn.json"
        torn.write_bytes(longer[:size])
        account = account_of(torn, clock)
        assert [render.id for render in account.newest("/v3/videos")] == [kept]
        accept(account, "k:3")
        account.close()
        again = account_of(torn, clock)
        assert len(list(again.newest("/v3/videos"))) == 2
        assert torn.read_bytes().startswith(whole)


async def test_a_file_of_the_first_release_is_read_and_continued(
    open_sandbox: Opener, state_path: Path, clock: Clock
) -> None:
    old = OLD_STATE.read_bytes()
    state_path.write_bytes(old)
    sandbox = open_sandbox()
    async with connect(sandbox.base, KEY, sandbox.transport) as http:
        heygen = HeyGen(http)
        assert await cents_left(heygen) == PURSE - 80 - 2 * 100 - 1
        assert await order(heygen, key="k:1") == "sbx_81d31cec879a4362a59514c5"
        clock.now += 1.5  # two of the four renders have ended, by their ids
        ids = [str(item["id"]) async for item in heygen.listing("/v3/videos")]
        assert ids == ["sbx_b52daf53ebfb4a948777a647", "sbx_81d31cec879a4362a59514c5"]
        assert [(await detail(heygen, "avatar", job_id)).status for job_id in ids] == ["failed", "running"]
        translations = [
            (item["id"], item["output_language"], item["translate_audio_only"], item["status"])
            async for item in heygen.listing("/v3/video-translations")
        ]
        assert translations == [
            ("sbx_7bca801c6c7647699e737fba", "Polish", False, "completed"),
            ("sbx_8d7b465d33c747e88ea282df", "German", True, "running"),
        ]
        await order(heygen, "template", template_body(name="[fail]"))
    assert state_path.read_bytes().startswith(old)
    new = json.loads(state_path.read_text(encoding="utf-8").splitlines()[-1])
    assert (new["cents"], new["jobs"][0]["fails"]) == (0, True)


def test_a_header_torn_by_a_crash_is_an_empty_file(state_path: Path, clock: Clock) -> None:
    first = account_of(state_path, clock)
    accept(first, "")
    first.close()
    header = state_path.read_bytes().splitlines(keepends=True)[0]
    for size in range(len(header)):
        state_path.write_bytes(header[:size])
        account = account_of(state_path, clock)
        accept(account, "")
        account.close()
        assert state_path.read_bytes().startswith(header)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda lines: [lines[0], b"rubbish", *lines[2:]], "damaged at line 2"),
        (lambda lines: [*lines[:2], b"{}"], "damaged at line 3"),
        (lambda lines: [*lines[:2], lines[2].replace(b'"avatar"', b'"film"')], "damaged at line 3"),
        (lambda lines: [*lines[:2], lines[2].replace(b'"kind"', b'"sort"')], "damaged at line 3"),
        (lambda lines: [lines[0].replace(b'"format":1', b'"format":2'), *lines[1:]], "another release"),
        (lambda lines: [b'{"name": "something else"}', *lines[1:]], "not a state file"),
    ],
)
async def test_a_file_that_makes_no_sense_is_named_with_what_to_do(
    heygen: HeyGen, state_path: Path, change: Callable[[list[bytes]], list[bytes]], complaint: str
) -> None:
    await order(heygen)
    await order(heygen)
    state_path.write_bytes(b"\n".join(change(state_path.read_bytes().splitlines())) + b"\n")
    with pytest.raises(InputError, match=complaint) as raised:
        Sandbox(state_path)
    assert state_path.name in str(raised.value)
    assert "move it away" in str(raised.value)


def test_another_programs_file_is_not_taken_for_a_torn_one(state_path: Path) -> None:
    state_path.write_bytes(b'{"precious": true}')
    with pytest.raises(InputError, match="not a state file"):
        Sandbox(state_path)
    assert state_path.read_bytes() == b'{"precious": true}'


async def test_the_file_holds_titles_but_no_texts_and_is_the_persons_alone(heygen: HeyGen, state_path: Path) -> None:
    secret = "whisper"
    await order(
        heygen,
        body=AVATAR | {"avatar_id": "look_lucia", "script": secret, "motion_prompt": secret, "title": "T-1"},
        key="k:1",
    )
    await order(heygen, "template", template_body(name=secret) | {"title": "T-2"})
    await order(heygen, "translation", TRANSLATION | {"video": {"type": "url", "url": f"https://{secret}.example"}})
    await order(heygen, "speech", SPEECH | {"text": secret})
    text = state_path.read_text(encoding="utf-8")
    assert json.loads(text.splitlines()[0])["file"] == "bulkgen sandbox state"
    assert {"T-1", "T-2", "k:1"} <= set(text.replace(",", '"').split('"'))
    assert secret not in text
    assert KEY not in text
    if os.name == "posix":
        assert stat.S_IMODE(state_path.stat().st_mode) == 0o600


async def test_an_order_that_cannot_be_written_is_not_accepted_and_leaves_a_whole_file(
    heygen: HeyGen, open_sandbox: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await order(heygen, key="k:1")
    real = os.write

    def full(fd: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError(28, "No space left on device")

        return real(fd, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(Lost, match="No space left") as raised:
            await order(heygen, key="k:2")
    assert raised.value.status == 503
    assert await cents_left(heygen) == 100_000 - PRICES["avatar"]
    second = await order(heygen, key="k:2")
    later = open_sandbox()
    async with connect(later.base, KEY, later.transport) as http:
        assert [item["id"] async for item in HeyGen(http).listing("/v3/videos")] == [second, first]


def test_a_rehearsal_is_charged_by_the_price_list_and_the_length_of_what_was_made() -> None:
    charge = by_prices(own_prices())
    seven, fourteen = (charge("speech", SpeechRequest(text="Hello", voice_id="anna"), {}, each) for each in (7.0, 14.0))
    assert 0 < seven < 1
    assert fourteen == pytest.approx(2 * seven, abs=0.01)
    by_engine = [
        AvatarRequest.model_validate(AVATAR | {"engine": {"type": name}}) for name in ("avatar_iii", "avatar_v")
    ]
    assert charge("avatar", by_engine[0], {}, 10.0) < charge("avatar", by_engine[1], {}, 10.0)


def test_ten_thousand_jobs_are_kept_in_one_line_each(state_path: Path, clock: Clock) -> None:
    account = account_of(state_path, clock, purse=10_000 * PRICES["avatar"])
    for number in range(10_000):
        clock.now += LONGEST_RENDER / SLOTS
        accept(account, f"k:{number}", f"row {number}")
    account.close()
    assert len(state_path.read_bytes().splitlines()) == 1 + 10_000
    again = account_of(state_path, clock, purse=10_000 * PRICES["avatar"])
    assert again.purse == 0
    assert sum(1 for _ in again.newest("/v3/videos")) == 10_000


# Media ------------------------------------------------------------------------------------------------------

SIGNATURES: dict[str, Callable[[bytes], bool]] = {
    "mp4": lambda content: content[4:8] == b"ftyp" and b"moov" in content and b"mdat" in content,
    "mov": lambda content: content[4:12] == b"ftypqt  ",
    "webm": lambda content: content.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in content[:64],
    "mp3": lambda content: content.startswith(b"ID3") or content[:2] in (b"\xff\xfb", b"\xff\xf3"),
    "jpg": lambda content: content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9"),
    "gif": lambda content: content.startswith(b"GIF89a") and content.endswith(b"\x3b"),
    "srt": lambda content: b"00:00:00,000 --> 00:00:02,000" in content,
    "vtt": lambda content: content.startswith(b"WEBVTT"),
}

TYPES = {
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "vtt": "text/vtt",
}


async def links_of(http: httpx.AsyncClient, heygen: HeyGen, clock: Clock) -> list[str]:
    """Every link that the sandbox gives anywhere."""
    video = await order(heygen, body=AVATAR | {"caption": {"style": "default"}})
    paths = [
        f"/v3/videos/{video}",
        f"/v3/videos/{await order(heygen, 'template', template_body(name='Ann') | {'include_gif': True})}",
        f"/v3/videos/{await order(heygen, body=AVATAR | {'output_format': 'webm'})}",
        f"/v3/video-translations/{await order(heygen, 'translation')}",
        f"/v3/lipsyncs/{await order(heygen, 'lipsync')}",
        f"/v3/hyperframes/renders/{await order(heygen, 'hyperframes', HYPERFRAMES | {'format': 'mov'})}",
        f"/v3/ai-clipping/{await order(heygen, 'clipping')}",
        "/v3/templates",
        "/v3/voices",
        "/v3/voices/voice_own",
        "/v3/avatars/looks",
    ]
    clock.now += LONGEST_RENDER
    found = [str((await heygen.submit("/v3/voices/speech", SPEECH, None))["audio_url"])]
    for path in paths:
        content = (await http.get(path)).json()["data"]
        for item in content if isinstance(content, list) else [content]:
            found += [value for value in item.values() if isinstance(value, str) and "/media/" in value]
    return found


async def test_every_link_leads_to_a_real_file_of_its_type(
    http: httpx.AsyncClient, heygen: HeyGen, storage: httpx.AsyncClient, clock: Clock
) -> None:
    links = await links_of(http, heygen, clock)
    for link in links:
        answer = await storage.get(link)
        extension = httpx.URL(link).path.rpartition(".")[2]
        assert answer.status_code == 200, link
        assert SIGNATURES[extension](answer.content), link
        assert answer.headers["content-type"].split(";")[0] == TYPES.get(extension, "application/x-subrip")
        assert int(answer.headers["content-length"]) == len(answer.content) < 20_000
    assert {httpx.URL(link).path.rpartition(".")[2] for link in links} == set(SIGNATURES)


async def test_a_link_dies_after_a_week_and_asking_again_gives_a_fresh_one(
    heygen: HeyGen, storage: httpx.AsyncClient, clock: Clock
) -> None:
    job_id = await order(heygen)
    clock.now += LONGEST_RENDER
    old = (await detail(heygen, "avatar", job_id)).links.video
    clock.now += 7 * DAY - 1
    assert (await storage.get(old)).status_code == 200
    clock.now += 2
    assert (await storage.get(old)).status_code == 403
    assert (await storage.get((await detail(heygen, "avatar", job_id)).links.video)).status_code == 200


async def test_an_api_key_has_no_business_at_the_storage_host(
    http: httpx.AsyncClient, heygen: HeyGen, storage: httpx.AsyncClient
) -> None:
    link = str((await heygen.submit("/v3/voices/speech", SPEECH, None))["audio_url"])
    assert (await storage.get(link)).status_code == 200
    assert (await http.get(link)).status_code == 400


async def test_there_is_no_file_of_what_is_unknown_unfinished_or_failed(
    heygen: HeyGen, storage: httpx.AsyncClient, clock: Clock
) -> None:
    running = await order(heygen)
    signed = f"Expires={int(clock.now) + 60}&Signature=sandbox"
    assert (await storage.get(f"{BASE}/media/{running}.mp4?{signed}")).status_code == 404
    failing = await order(heygen, body=AVATAR | {"script": "[fail]"})
    clock.now += LONGEST_RENDER
    assert (await storage.get(f"{BASE}/media/{running}.mp4?{signed}")).status_code == 200
    assert (await storage.get(f"{BASE}/media/{running}.mp4")).status_code == 403
    assert (await storage.get(f"{BASE}/media/{running}.mp4?{signed}s")).status_code == 403
    assert (await storage.get(f"{BASE}/media/{running}.exe?{signed}")).status_code == 404
    assert (await storage.get(f"{BASE}/media/{failing}.mp4?{signed}")).status_code == 404
    assert (await storage.get(f"{BASE}/media/sbx_unknown.mp4?{signed}")).status_code == 404


# Sessions of the agent --------------------------------------------------------------------------------------


async def session_of(http: httpx.AsyncClient, session_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await http.get(f"/v3/video-agents/{session_id}")).json()["data"]
    return found


async def test_a_session_thinks_then_has_a_video_and_ends_with_it(
    http: httpx.AsyncClient, heygen: HeyGen, clock: Clock
) -> None:
    session_id = await order(heygen, "agent")
    first = await session_of(http, session_id)
    assert (first["status"], first["video_id"]) == ("thinking", None)
    assert [each["content"] for each in first["messages"]] == [AGENT["prompt"]]
    video_id = session_id.removeprefix("session_")
    assert (await http.get(f"/v3/videos/{video_id}")).status_code == 404
    clock.now += 0.9 * LONGEST_RENDER / 2
    assert (await session_of(http, session_id))["video_id"] == video_id
    clock.now += LONGEST_RENDER
    assert (await session_of(http, session_id))["status"] == "completed"
    assert (await http.get(f"/v3/videos/{video_id}")).json()["data"]["status"] == "completed"
    listed = [item async for item in heygen.listing("/v3/video-agents")]
    assert [(item["session_id"], item["title"]) for item in listed] == [(session_id, None)]


async def test_a_session_that_asks_takes_no_slot_and_goes_on_with_a_message(
    http: httpx.AsyncClient, heygen: HeyGen, sandbox: Sandbox, clock: Clock
) -> None:
    account = sandbox.account
    session_id = await order(heygen, "agent", {"prompt": "A tour [ask]", "mode": "chat"})
    assert account.in_progress == 0
    told = await session_of(http, session_id)
    assert (told["status"], told["messages"][0]["role"]) == ("waiting_for_input", "model")
    path, purse = f"/v3/video-agents/{session_id}", account.purse
    assert (await http.post(path, json={"message": "Blue"})).status_code == 200
    assert account.in_progress == 1
    assert next(each["content"] for each in (await session_of(http, session_id))["messages"]) == "Blue"
    clock.now += LONGEST_RENDER
    assert (await session_of(http, session_id))["status"] == "completed"
    assert account.purse == purse
    assert purse is not None
    assert (await http.post(path, json={"message": "Another one"})).status_code == 200  # a wish, which is paid
    assert account.purse == purse - PRICES["agent"]


@pytest.mark.parametrize(
    ("mode", "message", "status"),
    [
        ("generate", {"message": "Blue"}, 400),
        ("chat", {"message": ""}, 400),
        ("chat", {"message": "x" * 10_001}, 400),
        ("chat", {"text": "Blue"}, 400),
        ("chat", {"message": "Blue", "mode": "chat"}, 400),
    ],
)
async def test_a_message_that_no_session_takes_is_refused(
    http: httpx.AsyncClient, heygen: HeyGen, mode: str, message: Body, status: int
) -> None:
    session_id = await order(heygen, "agent", {"prompt": "A tour [ask]", "mode": mode})
    answer = await http.post(f"/v3/video-agents/{session_id}", json=message)
    assert answer.status_code == status


async def test_a_session_that_is_not_there_is_not_found(http: httpx.AsyncClient, heygen: HeyGen) -> None:
    video_id = await order(heygen)
    for session_id in ("session_none", f"session_{video_id}", video_id):
        assert (await http.get(f"/v3/video-agents/{session_id}")).status_code == 404


async def test_what_was_answered_is_remembered_and_no_text_is(
    open_sandbox: Opener, state_path: Path, clock: Clock
) -> None:
    sandbox = open_sandbox()
    async with connect(sandbox.base, KEY, Judged(sandbox)) as http:
        session_id = await order(HeyGen(http), "agent", {"prompt": "A tour [ask]", "mode": "chat"})
        await http.post(f"/v3/video-agents/{session_id}", json={"message": "Blue"})
    sandbox.close()
    clock.now += LONGEST_RENDER
    again = open_sandbox()
    async with connect(again.base, KEY, Judged(again)) as http:
        assert (await session_of(http, session_id))["status"] == "completed"
    state = state_path.read_text(encoding="utf-8")
    assert "tour" not in state
    assert "Blue" not in state


# Proofreads -------------------------------------------------------------------------------------------------


async def refusal(heygen: HeyGen, method: str, path: str, body: Body, key: str | None = None) -> tuple[int, str]:
    with pytest.raises((Refused, Lost)) as raised:
        await heygen.call(method, path, body, key)
    return raised.value.status, raised.value.code


async def test_a_proofread_waits_with_its_subtitles_and_its_video_is_paid_once(
    heygen: HeyGen, storage: httpx.AsyncClient, clock: Clock, sandbox: Sandbox
) -> None:
    job_id = await order(heygen, "proofread", key="k:1")
    here = f"/v3/video-translations/proofreads/{job_id}"
    assert (await detail(heygen, "proofread", job_id)).status == "running"
    assert await refusal(heygen, "POST", f"{here}/generate", {}, "k:2") == (409, "resource_not_ready")
    clock.now += LONGEST_RENDER
    assert (await detail(heygen, "proofread", job_id)).status == "review"
    papers = await heygen.one(here, "srt")
    for link in (papers["srt_url"], papers["original_srt_url"]):
        assert (await storage.get(str(link))).text.startswith("1\n00:00:00,000 --> ")

    video = (await heygen.call("POST", f"{here}/generate", {"captions": True, "callback_id": "c"}, "k:2"))[
        "video_translation_id"
    ]
    again = await heygen.call("POST", f"{here}/generate", {}, "k:2")
    assert again["video_translation_id"] == video
    assert await cents_left(heygen) == 100_000 - PRICES["proofread"] - PRICES["translation"]
    clock.now += LONGEST_RENDER
    found = await detail(heygen, "translation", str(video))
    assert (found.status, bool(found.links.video)) == ("completed", True)
    assert [item["callback_id"] async for item in heygen.listing("/v3/video-translations")] == ["c"]


async def test_only_subtitles_that_are_there_take_the_place_of_a_proofreads(heygen: HeyGen, clock: Clock) -> None:
    here = f"/v3/video-translations/proofreads/{await order(heygen, 'proofread')}"
    clock.now += LONGEST_RENDER
    edit: Body = {"srt": {"type": "asset_id", "asset_id": "asset_of_nobody"}}
    assert await refusal(heygen, "PUT", f"{here}/srt", edit) == (404, "asset_not_found")
    assert await refusal(heygen, "PUT", f"{here}/srt", {}) == (400, "invalid_parameter")
    assert await refusal(heygen, "POST", f"{here}/generate", {"speed": 2}, "k:1") == (400, "invalid_parameter")
    link: Body = {"srt": {"type": "url", "url": "https://example.com/a.srt"}}
    told = await heygen.call("PUT", f"{here}/srt", link, None)
    assert told["status"] == "completed"
