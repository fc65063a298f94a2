"""The stand-in judges other tests, so it is tried itself: money, slots, strictness, and every kind of rudeness."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import anyio
import httpx
import pytest
import trio
from trio.testing import MockClock

from tests.command import wait_for
from tests.standin.faults import Fault
from tests.standin.judge import Unfit, judge_answer
from tests.standin.ledger import Ledger
from tests.standin.messages import Json, Reply, Request
from tests.standin.process import StandIn
from tests.standin.settings import Settings, retry_after_header
from tests.standin.virtual import VirtualWire
from tests.standin.world import World

AVATAR: Json = {"type": "avatar", "avatar_id": "look_ann", "script": "Hi Ann"}
HELLO: Json = {
    "variables": {"first_name": {"type": "text", "content": "Ann"}, "company": {"type": "text", "content": "Acme"}}
}
SPOKEN: Json = {"text": "Hello", "voice_id": "voice_ann"}
DUBBED: Json = {"video": {"type": "url", "url": "https://example.com/a.mp4"}, "output_languages": ["Spanish (Spain)"]}

RECORDING = (files("bulkgen.sandbox") / "media" / "audio.mp3").read_bytes()
START = 1_790_000_000.0


class Account:
    """A world without sockets, at a time that the test sets."""

    def __init__(self, **settings: Any) -> None:
        self.time = START
        self.world = World(Settings().changed(settings), clock=lambda: self.time)
        self.ledger = self.world.ledger

    def send(self, method: str, target: str, body: Json | None = None, key: str | None = None, **more: str) -> Reply:
        headers = {"x-api-key": "standin-key", "host": "127.0.0.1:1", "content-type": "application/json"}
        headers |= {"idempotency-key": key} if key is not None else {}
        content = json.dumps(body).encode() if body is not None else b""
        return self.world.receive(Request.parse(method, target, {**headers, **more}, content))

    def post(self, body: Json = AVATAR, key: str | None = None, path: str = "/v3/videos") -> tuple[int, Any]:
        reply = self.send("POST", path, body, key)
        return reply.status, json.loads(reply.body)

    def get(self, path: str, **query: str) -> tuple[int, Any]:
        reply = self.send("GET", f"{path}?{urlencode(query)}" if query else path)
        return reply.status, json.loads(reply.body)


# Money ---------------------------------------------------------------------------------------------------------------


def test_a_key_is_charged_once_within_a_day_and_replays_the_first_answer() -> None:
    account = Account()
    first = account.post(HELLO, "k", "/v3/templates/tpl_hello")
    account.time += 3600  # long finished; the replay still says pending
    assert account.post(HELLO, "k", "/v3/templates/tpl_hello") == first
    assert first[1]["data"]["status"] == "pending"
    assert account.ledger.per("key") == {"k": 1}

    account.post(HELLO, "k", "/v3/templates/tpl_titled")  # refused there: keys belong to their path
    account.post(AVATAR, "k")
    assert account.ledger.per("key") == {"k": 2}

    account.time += 24 * 3600
    assert account.post(HELLO, "k", "/v3/templates/tpl_hello") != first
    assert [len(lines) for lines in account.ledger.paid_twice().values()] == [2]


def test_a_key_whose_wish_changed_is_noted_and_a_changed_title_is_none() -> None:
    account = Account()
    account.post({**AVATAR, "title": "a"}, "k")
    account.post({**AVATAR, "title": "b"}, "k")
    assert not account.ledger.changed_wishes()

    account.post({**AVATAR, "script": "Hi Bob"}, "k")
    assert len(account.ledger.changed_wishes()) == 1
    assert len(account.ledger.charges) == 1


def test_without_keys_or_with_keys_not_honoured_every_post_is_charged() -> None:
    account = Account(honour_keys=False)
    for _ in range(2):
        account.post(AVATAR, "k")
        account.post(SPOKEN, path="/v3/voices/speech")
    assert account.ledger.per("key") == {"k": 2, None: 2}


def test_failed_jobs_may_be_paid_again() -> None:
    account = Account()
    body = {**AVATAR, "script": "[fail:rendering_failed:1]"}
    account.post(body, "k:1")
    account.time += 200
    assert account.world.state()["in_progress"] == 0
    _, answer = account.post(body, "k:2")
    assert not account.ledger.paid_twice()

    account.time += 200
    assert account.get(f"/v3/videos/{answer['data']['video_id']}")[1]["data"]["status"] == "completed"
    account.post(body, "k:3")
    assert len(account.ledger.paid_twice()) == 1


def test_purse_quota_and_refusals_charge_nothing() -> None:
    account = Account(balance=1.5)
    assert account.post()[0] == 200
    assert account.post()[1]["error"]["code"] == "insufficient_credit"
    account.world.change(balance=None, quota=0)
    assert account.post()[1]["error"]["code"] == "quota_exceeded"
    account.world.change(quota=None, key="another")
    assert account.post()[0] == 401
    assert account.post({**AVATAR, "script": "[refuse:content_policy_violation:400]"})[0] == 401
    account.world.change(key="standin-key")
    assert account.post({**AVATAR, "script": "[refuse:content_policy_violation:400]"})[0] == 400
    assert len(account.ledger.charges) == 1
    assert [line["status"] for line in account.ledger.of("refusal")] == [402, 429, 401, 401, 400]


# Room and time -------------------------------------------------------------------------------------------------------


def test_slots_count_videos_and_translations_and_other_users() -> None:
    account = Account(slots=3, retry_after="7")
    assert account.post()[0] == account.post(DUBBED, path="/v3/video-translations")[0] == 200
    account.world.change(other_user=1)
    refused = account.send("POST", "/v3/videos", AVATAR)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "7")
    assert account.post(SPOKEN, path="/v3/voices/speech")[0] == 200

    account.time += 135
    assert account.post()[0] == 200
    assert len(account.ledger.of("end", status="completed")) == 2


def test_too_many_requests_a_minute() -> None:
    account = Account(rate_per_minute=2, reads_per_minute=1)
    assert [account.post()[0] for _ in range(3)] == [200, 200, 429]
    assert [account.get("/v3/users/me")[0] for _ in range(2)] == [200, 429]
    account.time += 61
    assert account.post()[0] == account.get("/v3/users/me")[0] == 200


def test_forms_of_retry_after() -> None:
    assert retry_after_header("none") == {}
    assert retry_after_header("soon") == {"Retry-After": "soon"}
    assert retry_after_header("past", START)["Retry-After"] == "Mon, 21 Sep 2026 13:13:20 GMT"
    assert retry_after_header("date+60", START)["Retry-After"] == "Mon, 21 Sep 2026 14:14:20 GMT"


def test_a_repeat_during_a_slow_answer_or_as_often_as_told_is_in_progress() -> None:
    account = Account(post_seconds=[30, 30])
    assert account.send("POST", "/v3/videos", AVATAR, "k").delay == 30
    assert account.post(AVATAR, "k")[0] == 409
    account.time += 31
    assert account.post(AVATAR, "k")[0] == 200

    account.world.change(post_seconds=[0, 0], in_progress_repeats=2)
    assert [account.post(AVATAR, "m")[0] for _ in range(4)] == [200, 409, 409, 200]
    assert account.ledger.per("key") == {"k": 1, "m": 1}


# The life of a job ---------------------------------------------------------------------------------------------------


def test_words_of_a_job_in_bulk_and_alone() -> None:
    account = Account(not_found_looks=2, link_null_looks=1, status_word="pondering")
    job = account.post()[1]["data"]["video_id"]

    def bulk() -> str:
        word: str = account.get("/v3/videos/statuses", video_ids=f"{job},x")[1]["data"][0]["status"]
        return word

    assert bulk() == "not_found"
    assert account.get(f"/v3/videos/{job}")[1]["error"]["code"] == "video_not_found"
    assert bulk() == "queued"
    account.time += 50
    assert bulk() == "pondering"
    account.world.change(never_ends=True)
    account.time += 5000
    assert bulk() == "pondering"
    account.world.change(never_ends=False)
    assert bulk() == "completed"
    assert account.get(f"/v3/videos/{job}")[1]["data"]["video_url"] is None
    assert account.get(f"/v3/videos/{job}")[1]["data"]["video_url"].startswith("http://127.0.0.1:1/media/")
    assert account.get("/v3/video-translations/statuses", video_translation_ids=job)[1]["data"][0] == {
        "video_id": job,
        "status": "not_found",
        "error": None,
        "batch_id": None,
        "item_index": None,
    }


@pytest.mark.parametrize(("mark", "code"), [("[fail:download_failed]", "download_failed"), ("[fail:]", None)])
def test_a_marked_job_ends_failed(mark: str, code: str | None) -> None:
    account = Account()
    job = account.post({**AVATAR, "script": mark})[1]["data"]["video_id"]
    account.time += 200
    detail = account.get(f"/v3/videos/{job}")[1]["data"]
    assert (detail["status"], detail["failure_code"], detail["video_url"]) == ("failed", code, None)


def test_lists_are_paged_filtered_and_may_lag() -> None:
    account = Account(slots=100, list_lag=5)
    for number in range(12):
        account.post({**AVATAR, "title": f"row {number}"})
    account.world.plant(title="row 1", created=START - 5)
    assert len(account.get("/v3/videos")[1]["data"]) == 1
    account.time += 5
    first = account.get("/v3/videos", title="ROW")[1]
    account.post({**AVATAR, "title": "row 99"})  # in front: shifts nothing
    second = account.get("/v3/videos", title="row", token=first["next_token"])[1]
    assert len({item["id"] for item in first["data"] + second["data"]}) == 13
    assert not second["has_more"]
    assert account.get("/v3/videos/statuses", video_ids=",".join("x" * 101))[0] == 400
    assert account.get("/v3/voices", type="private")[1]["data"][0]["voice_id"] == "voice_mine"


# Strictness ----------------------------------------------------------------------------------------------------------

_TEXT = {"type": "text", "content": "x"}


@pytest.mark.parametrize(
    ("path", "body", "status", "param"),
    [
        ("/v3/videos", {**AVATAR, "scripd": "x"}, 400, "scripd"),
        ("/v3/videos", {"type": "avatar", "script": "x"}, 400, "avatar_id"),
        ("/v3/videos", {**AVATAR, "audio_url": "https://example.com/a.mp3"}, 400, "script"),
        ("/v3/videos", {**AVATAR, "avatar_id": "look_x"}, 404, "avatar_id"),
        ("/v3/videos", {**AVATAR, "voice_settings": {"speed": 2}}, 400, "voice_settings"),
        ("/v3/videos", {**AVATAR, "engine": {"type": "avatar_v"}}, 400, "engine"),
        ("/v3/templates/tpl_x", HELLO, 404, None),
        ("/v3/templates/tpl_hello", {"variables": {"name": _TEXT}}, 400, "variables"),
        ("/v3/templates/tpl_full", {"variables": {"logo": _TEXT}}, 400, "variables"),
        ("/v3/templates/tpl_hello", {"variables": {"company": {**_TEXT, "content": ""}}}, 400, None),
        ("/v3/templates/tpl_hello", {**HELLO, "dimension": {"width": 129, "height": 128}}, 400, "dimension"),
        ("/v3/templates/tpl_hello", {**HELLO, "fps": "25"}, 400, "fps"),
        ("/v3/templates/tpl_hello", {**HELLO, "folder_id": "folder_9"}, 404, "folder_id"),
        ("/v3/video-translations", {**DUBBED, "output_languages": ["Klingon"]}, 400, "output_languages"),
        ("/v3/video-translations", {**DUBBED, "video": {"type": "url", "url": "ftp://x"}}, 400, "url"),
        ("/v3/voices/speech", {**SPOKEN, "title": "x"}, 400, "title"),
        ("/v3/voices/speech", {**SPOKEN, "voice_id": "voice_eleven"}, 400, "voice_id"),
        ("/v3/voices/speech", {**SPOKEN, "speed": True}, 400, "speed"),
    ],
)
def test_wrong_bodies_are_refused(path: str, body: Json, status: int, param: str | None) -> None:
    account = Account(judged=False)
    found, answer = account.post(body, path=path)
    assert found == status
    assert param is None or answer["error"]["param"] == param
    assert not account.ledger.charges


def test_wrong_keys_and_paths_are_refused() -> None:
    account = Account(judged=False)
    assert account.post(AVATAR, "")[1]["error"]["param"] == "Idempotency-Key"
    assert account.get("/v3/avatars/looks", limit="51")[0] == 400
    assert account.post(AVATAR, "white space")[0] == 400
    assert account.send("GET", "/v4/videos").status == 404
    assert account.send("POST", "/v3/avatars/looks", {}).status == 405


def test_a_body_that_is_not_called_json_fails_the_test_that_sent_it() -> None:
    with pytest.raises(Unfit, match="not called JSON"):
        Account().send("POST", "/v3/videos", AVATAR, **{"content-type": "text/plain"})


# The schemas ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "target", "body", "key", "said"),
    [
        ("GET", "/v3/video", None, None, "HeyGen has no such call"),
        ("PUT", "/v3/videos", AVATAR, None, "HeyGen has no such call"),
        ("GET", "/v3/videos?titel=x", None, None, "no parameter titel"),
        ("GET", "/v3/avatars/looks?limit=51", None, None, "limit: 51 is greater"),
        ("GET", "/v3/avatars/looks?limit=ten", None, None, "limit: 'ten' is not of type 'integer'"),
        ("GET", "/v3/voices?type=mine", None, None, "type: 'mine' is not one of"),
        ("POST", "/v3/videos", AVATAR, "white space", "idempotency-key: 'white space' does not match"),
        ("POST", "/v3/videos", AVATAR, "", "idempotency-key: '' should be non-empty"),
        ("POST", "/v3/voices/speech", SPOKEN, "k", "no Idempotency-Key"),
        ("POST", "/v3/videos", {**AVATAR, "scripd": "x"}, "k", "'scripd' was unexpected"),
        ("POST", "/v3/videos", {"type": "avatar", "script": "x"}, "k", "POST /v3/videos: body"),
        ("POST", "/v3/templates/t", {**HELLO, "fps": "25"}, "k", "body.fps: '25' is not of type 'number'"),
        ("POST", "/v3/templates/t", {**HELLO, "colour": "red"}, "k", "'colour' was unexpected"),
        ("POST", "/v3/video-translations", {**DUBBED, "output_languages": []}, "k", "body.output_languages: []"),
        ("POST", "/v3/voices/speech", {**SPOKEN, "speed": True}, None, "body.speed: True"),
    ],
)
def test_what_heygens_schemas_do_not_have_fails_the_test_that_sent_it(
    method: str, target: str, body: Json | None, key: str | None, said: str
) -> None:
    account = Account()
    with pytest.raises(Unfit, match=re.escape(said)):
        account.send(method, target, body, key)
    assert said in account.ledger.of("unfit")[0]["why"]
    assert not account.ledger.charges


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"data": {"id": "v_1", "status": "done"}}, "answer.data.status: 'done' is not one of"),
        ({"data": {"id": "v_1"}}, "'status' is a required property"),
        ({"data": {"id": "v_1", "status": "failed", "error": None}}, "'error' was unexpected"),
        ({"data": {"id": 7, "status": "failed"}}, "answer.data.id: 7"),
    ],
)
def test_answers_are_judged_too(answer: Json, said: str) -> None:
    request = Request.parse("GET", "/v3/videos/v_1", {})
    judge_answer(request, 200, b'{"data": {"id": "v_1", "status": "failed", "created_at": 1790000000}}')
    with pytest.raises(Unfit, match=re.escape(said)):
        judge_answer(request, 200, json.dumps(answer).encode())
    with pytest.raises(Unfit, match="HeyGen does not answer so"):
        judge_answer(request, 418, b"{}")


def test_over_sockets_the_block_of_the_stand_in_says_what_was_unfit(tmp_path: Path) -> None:
    def send() -> None:
        with StandIn(tmp_path / "ledger.jsonl") as heygen, api(heygen) as client:
            assert client.get("/v3/videos", params={"titel": "x"}).status_code == 400

    with pytest.raises(Unfit, match="no parameter titel"):
        send()


def test_texts_of_a_template_that_were_left_out_are_told() -> None:
    account = Account(templates={"tpl_mine": {"a": "text", "b": "text"}})
    account.post({"variables": {"a": _TEXT}}, path="/v3/templates/tpl_mine")
    assert account.ledger.charges[0]["unfilled"] == ["b"]


# Faults --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["drop", "cut_before:x", "error_after", "slow", "x_before", "late_after:3"])
def test_what_is_no_fault_is_said(word: str) -> None:
    with pytest.raises(ValueError, match=word.split(":")[0]):
        Fault.parse(word)


def test_rules_count_by_key_and_span() -> None:
    rule = {"path": "/v3/videos$", "nth": "2-3", "per": "key", "fault": "error_before:503"}
    account = Account(script=[rule])
    assert [account.post(AVATAR, "a")[0] for _ in range(4)] == [200, 503, 503, 200]
    assert [account.post(AVATAR, "b")[0] for _ in range(2)] == [200, 503]
    assert len(account.ledger.of("fault", fault="error_before:503")) == 3


def test_chances_are_drawn_anew_for_each_request_from_the_seed() -> None:
    def run() -> list[int]:
        account = Account(slots=1000, faults={"post": {"error_before:502": 0.3, "error_after:500": 0.2}})
        statuses = [account.post()[0] for _ in range(200)]
        assert len(account.ledger.charges) == 200 - statuses.count(502)
        return statuses

    assert run() == run()
    assert 30 < run().count(502) < 90


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with StandIn(tmp_path_factory.mktemp("standin") / "ledger.jsonl", slots=1000, time_scale=0) as heygen:
        yield heygen


def api(standin: StandIn, patience: float = 60) -> httpx.Client:
    """`patience`: seconds to wait for an answer; a slow machine has longer to connect."""
    timeout = httpx.Timeout(60, read=patience)
    return httpx.Client(base_url=standin.base, headers={"X-Api-Key": standin.key}, timeout=timeout, trust_env=False)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("drop", httpx.RemoteProtocolError),
        ("reset", httpx.ReadError),
        ("hang", httpx.ReadTimeout),
        ("hang:0.01", httpx.RemoteProtocolError),
        ("cut", httpx.RemoteProtocolError),
        ("longer:10", httpx.RemoteProtocolError),
        ("shorter:10", 200),
        ("error:500", 500),
        ("error:403:forbidden", 403),
        ("error:429", 429),
        ("page:502", 502),
        ("page:200", 200),
        ("garbage", 200),
        ("truncated", 200),
        ("empty", 200),
        ("error_in_200:insufficient_credit", 200),
        ("no_id", 200),
        ("null_data", 200),
        ("redirect", 302),
    ],
)
@pytest.mark.parametrize("stage", ["before", "after"])
def test_each_fault_on_the_wire(standin: StandIn, fault: str, stage: str, outcome: int | type[Exception]) -> None:
    """Whatever becomes of the answer: charged if and only if the fault came after; then the replay is whole."""
    name, _, rest = fault.partition(":")
    word = f"{name}_{stage}" + (f":{rest}" if rest else "")
    standin.control(script=[{"nth": 1, "fault": word}])
    key = word.replace("0.01", "short")
    with api(standin, patience=0.05 if fault == "hang" else 60) as client:
        if isinstance(outcome, type):
            with pytest.raises(outcome):
                client.post("/v3/videos", json=AVATAR, headers={"Idempotency-Key": key})
        else:
            answer = client.post("/v3/videos", json=AVATAR, headers={"Idempotency-Key": key})
            assert answer.status_code == (503 if word == "shorter_before:10" else outcome)
            assert "video_id" not in _data(answer)
    standin.state()  # asked later, answered later: the request has been worked on
    assert len(standin.ledger().of("charge", key=key)) == (stage == "after")
    with api(standin) as client:  # the old connection may be dead without having said so
        assert client.post("/v3/videos", json=AVATAR, headers={"Idempotency-Key": key}).status_code == 200
    assert len(standin.ledger().of("charge", key=key)) == 1


def _data(answer: httpx.Response) -> Any:
    try:
        return answer.json().get("data") or {}
    except ValueError:
        return {}


def test_a_late_request_is_worked_on_although_nobody_waits(standin: StandIn) -> None:
    standin.control(script=[{"nth": 1, "fault": "late:0.4"}])
    headers = {"Idempotency-Key": "late"}
    with api(standin, patience=0.01) as client, pytest.raises(httpx.ReadTimeout):
        client.post("/v3/videos", json=AVATAR, headers=headers)
    with api(standin) as client:
        client.post("/v3/videos", json=AVATAR, headers=headers)
    wait_for(lambda: bool(standin.state() and standin.ledger().of("replay", key="late")))
    (arrived,) = standin.ledger().of("fault", key="late")
    (charge,), (replay,) = standin.ledger().of("charge", key="late"), standin.ledger().of("replay", key="late")
    assert max(charge["t"], replay["t"]) - arrived["t"] >= 0.399


def test_a_connection_that_was_kept_alive_is_closed_after_a_good_answer(standin: StandIn) -> None:
    standin.control(script=[{"nth": 1, "fault": "hangup"}])
    with api(standin) as client, socket.create_connection(("127.0.0.1", standin.port), timeout=60) as raw:
        request = client.build_request("POST", "/v3/videos", json=AVATAR)
        lines = [f"{name}: {value}" for name, value in request.headers.items()]
        raw.sendall("\r\n".join(["POST /v3/videos HTTP/1.1", *lines, "", ""]).encode() + request.read())
        received = b"".join(iter(lambda: raw.recv(4096), b""))
    assert b'"video_id"' in received
    assert b"Connection: close" not in received


def test_slow_busy_and_in_progress(standin: StandIn) -> None:
    rules = ["slow:3600", "busy:soon", "in_progress:1"]
    standin.control(script=[{"nth": nth, "fault": word} for nth, word in enumerate(rules, 1)])
    with api(standin, patience=0.05) as client, pytest.raises(httpx.ReadTimeout):
        client.post("/v3/videos", json=AVATAR, headers={"Idempotency-Key": "slow"})
    standin.state()
    assert standin.ledger().of("charge", key="slow")
    with api(standin) as client:
        assert client.post("/v3/videos", json=AVATAR).headers["Retry-After"] == "soon"
        headers = {"Idempotency-Key": "busy"}
        with pytest.raises(httpx.RemoteProtocolError):
            client.post("/v3/videos", json=AVATAR, headers=headers)
        assert client.post("/v3/videos", json=AVATAR, headers=headers).json()["error"]["code"] == "request_in_progress"
        assert client.post("/v3/videos", json=AVATAR, headers=headers).status_code == 200


def test_media_are_served_without_the_key_and_tell_of_one(standin: StandIn) -> None:
    standin.control(script=[{"method": "GET", "path": "^/media/", "nth": 1, "per": "path", "fault": "page_before:403"}])
    with api(standin) as client, httpx.Client(trust_env=False) as plain:
        speech = client.post("/v3/voices/speech", json=SPOKEN).json()["data"]
        assert plain.get(speech["audio_url"]).status_code == 403
        sound = plain.get(speech["audio_url"])
        assert (sound.status_code, sound.content, sound.headers["Content-Type"]) == (200, RECORDING, "audio/mpeg")
        assert plain.get(speech["audio_url"].replace("Signature=", "Signature=x")).status_code == 403
        assert not standin.ledger().leaks

        client.get(speech["audio_url"])
        assert len(standin.ledger().leaks) == 1
        standin.control(clock_offset=8 * 24 * 3600, script=[])
        assert plain.get(speech["audio_url"]).status_code == 403
        standin.control(clock_offset=0)


def test_a_redirect_that_is_followed_leaks(standin: StandIn) -> None:
    standin.control(script=[{"method": "GET", "nth": 1, "fault": "redirect_before"}])
    before = len(standin.ledger().leaks)
    with api(standin) as client:
        assert client.get("/v3/users/me", follow_redirects=True).status_code == 200
    assert len(standin.ledger().leaks) == before + 1


def test_control_says_what_it_does_not_know(standin: StandIn) -> None:
    with pytest.raises(ValueError, match="unknown settings: slotz"):
        standin.control(slotz=3)
    with pytest.raises(ValueError, match="rule of the script"):
        standin.control(script=[{"fualt": "drop_before"}])
    assert standin.control()["slots"] == 1000
    assert standin.plant(title="other").startswith("planted_")


def test_the_command_line(tmp_path: Path) -> None:
    script, ledger = tmp_path / "script.json", tmp_path / "ledger.jsonl"
    script.write_text('[{"fault": "error_before:504"}]')
    command = [sys.executable, "-m", "tests.standin", "--ledger", str(ledger)]
    wrong = subprocess.run([*command, "--set", "slotz=1"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "slotz" in wrong.stderr

    command += ["--script", str(script), "--set", "slots=0", "--settings", '{"key": "k"}']
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        base = f"http://127.0.0.1:{int(process.stdout.readline())}"
        with httpx.Client(base_url=base, headers={"X-Api-Key": "k"}, trust_env=False) as client:
            assert client.post("/v3/videos", json=AVATAR).status_code == 504
            client.post("/_control/settings", json={"script": []})
            assert client.post("/v3/videos", json=AVATAR).status_code == 429
            assert client.post("/_control/stop").status_code == 200
        assert process.wait(5) == 0
    assert [line["event"] for line in Ledger.read(ledger).lines] == ["fault", "settings", "refusal"]


def test_the_ledger_is_on_disk_line_by_line_and_a_torn_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.write("charge", START, key="k")
    with path.open("a") as file:
        file.write('{"event": "cha')
    assert Ledger.read(path).charges == [{"event": "charge", "n": 1, "t": START, "key": "k"}]
    ledger.close()


def test_the_same_world_in_virtual_time() -> None:
    async def scene() -> None:
        world = World(
            Settings().changed({"script": [{"nth": 1, "fault": "hang_after"}, {"nth": 2, "fault": "late:300"}]}),
            clock=lambda: START + anyio.current_time(),
        )
        headers = {"X-Api-Key": "standin-key"}
        async with httpx.AsyncClient(base_url="http://heygen", headers=headers, transport=VirtualWire(world)) as client:
            for key in ("a", "b"):
                with pytest.raises(httpx.ReadTimeout):
                    await client.post("/v3/videos", json=AVATAR, headers={"Idempotency-Key": key}, timeout=150)
                assert world.ledger.per("key")[key] == (key == "a")
            await anyio.sleep(151)
            answer = await client.get("/v3/videos")
            assert [item["status"] for item in answer.json()["data"]] == ["pending", "completed"]

    trio.run(scene, clock=MockClock(autojump_threshold=0))
