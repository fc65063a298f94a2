"""The wire: what is sent, and what an answer is taken for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
import respx

from bulkgen.errors import (
    ApiError,
    CredentialError,
    Exit,
    Forbidden,
    InputError,
    Lost,
    OutOfCredit,
    RateLimited,
    Refused,
    Unauthorized,
)
from bulkgen.heygen.answers import clean, data_of, retry_after
from bulkgen.heygen.client import HeyGen, connect
from bulkgen.heygen.credentials import read_base, read_key
from bulkgen.kinds import KINDS
from bulkgen.kinds.videos import VIDEOS
from bulkgen.retry import RetryBudget

pytestmark = pytest.mark.anyio

BASE = "https://api.heygen.com"
NOW = 1_790_000_000.0


def envelope(code: str, message: str = "Some words", **more: object) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "param": None, "doc_url": None, **more}}


def verdict(status: int, **content: object) -> ApiError:
    response = httpx.Response(status, **content)  # type: ignore[arg-type]  # httpx's own keywords
    with pytest.raises(ApiError) as caught:
        data_of(response, now=lambda: NOW)
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid_parameter", Refused),
        (400, "download_failed", Refused),
        (400, "insufficient_credit", OutOfCredit),  # the code goes before the status
        (401, "unauthorized", Unauthorized),
        (401, "authentication_failed", Unauthorized),
        (402, "insufficient_credit", OutOfCredit),
        (402, "plan_upgrade_required", OutOfCredit),
        (403, "forbidden", Forbidden),
        (403, "voice_not_usable", Refused),
        (404, "template_not_found", Refused),
        (409, "request_in_progress", Lost),
        (409, "resource_not_ready", Lost),
        (409, "conflict", Refused),
        (413, "payload_too_large", Refused),
        (429, "rate_limit_exceeded", RateLimited),
        (429, "quota_exceeded", OutOfCredit),
        (500, "internal_error", Lost),
        (503, "service_unavailable", Lost),
        (504, "gateway_timeout", Lost),
        (200, "insufficient_credit", OutOfCredit),
        (200, "invalid_parameter", Refused),
        (200, "a_code_of_tomorrow", Lost),
        (400, "a_code_of_tomorrow", Refused),
        (402, "a_code_of_tomorrow", OutOfCredit),
        (403, "a_code_of_tomorrow", Forbidden),
        (409, "a_code_of_tomorrow", Lost),
        (500, "a_code_of_tomorrow", Lost),
    ],
)
def test_an_error_is_judged_by_its_code_then_by_its_status(status: int, code: str, kind: type[ApiError]) -> None:
    error = verdict(status, json=envelope(code))
    assert type(error) is kind
    assert (error.code, error.message) == (code, "Some words")


@pytest.mark.parametrize("words", ["insufficient credit", "rate limit", "unauthorized", "internal error"])
def test_words_of_a_message_decide_nothing(words: str) -> None:
    assert type(verdict(400, json=envelope("invalid_parameter", words))) is Refused


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, Lost), (302, Lost), (400, Lost), (403, Lost), (404, Lost), (502, Lost), (401, Unauthorized),
     (413, Refused), (429, RateLimited)],
)  # fmt: skip
def test_a_proxys_page_is_no_answer_of_heygens(status: int, kind: type[ApiError]) -> None:
    assert type(verdict(status, text="<html>Bad gateway</html>")) is kind


@pytest.mark.parametrize("body", [b"", b'{"data": {"id": "v', b"[]", b"null", b'"ok"', b"\xff\xfe"])
def test_a_body_that_is_no_object_is_a_lost_answer(body: bytes) -> None:
    assert type(verdict(200, content=body)) is Lost


def test_the_flat_form_of_older_answers_is_read() -> None:
    error = verdict(400, json={"code": 400543, "message": "Old words", "data": None})
    assert (type(error), error.code, error.message) == (Refused, "400543", "Old words")


def test_several_errors_of_one_answer_are_all_told() -> None:
    body = envelope("invalid_parameter", errors=[{"message": "a is bad"}, {"message": "b is bad", "path": ["b"]}])
    assert verdict(400, json=body).message == "a is bad; b is bad"


def test_a_message_is_told_without_links_and_control_characters() -> None:
    assert clean("See https://x.invalid/a?sig=1 now\x1b[31m!") == "See (link) now [31m!"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("1", 1.0),
        ("86400", 86400.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        (format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True), 90.0),
        (format_datetime(datetime.fromtimestamp(NOW - 90, UTC), usegmt=True), 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


# The client -----------------------------------------------------------------------------------------------------


@respx.mock(base_url=BASE)
async def test_a_paid_post_carries_key_and_body_and_is_sent_once(respx_mock: respx.MockRouter) -> None:
    route = respx_mock.post("/v3/videos").respond(json={"data": {"video_id": "v_1", "status": "waiting"}})
    async with connect(BASE, "secret") as http:
        data = await HeyGen(http).submit("/v3/videos", {"type": "avatar"}, "bulkgen:1")
    assert KINDS["avatar"].life.accepted(data).id == "v_1"
    request = route.calls.last.request
    assert request.headers["idempotency-key"] == "bulkgen:1"
    assert request.headers["x-api-key"] == "secret"
    assert json.loads(request.content) == {"type": "avatar"}


@respx.mock(base_url=BASE)
async def test_a_post_without_a_key_has_no_such_header_and_is_never_repeated(respx_mock: respx.MockRouter) -> None:
    route = respx_mock.post("/v3/voices/speech").mock(side_effect=httpx.ReadTimeout)
    async with connect(BASE, "secret") as http:
        with pytest.raises(Lost, match="did not answer in time"):
            await HeyGen(http).submit("/v3/voices/speech", {}, None)
    assert route.call_count == 1
    assert "idempotency-key" not in route.calls.last.request.headers


@respx.mock(base_url=BASE)
async def test_a_get_is_tried_again_while_no_answer_comes(respx_mock: respx.MockRouter) -> None:
    route = respx_mock.get("/v3/users/me").mock(
        side_effect=[
            httpx.ConnectError("x"),
            httpx.Response(503, json=envelope("service_unavailable")),
            httpx.Response(200, json={"data": {"username": "u", "wallet": None}}),
        ]
    )
    async with connect(BASE, "secret") as http:
        me = await HeyGen(http, hasty()).me()
    assert route.call_count == 3
    assert me.balance == ""


@respx.mock(base_url=BASE, assert_all_called=False)
async def test_a_redirect_is_not_followed_with_the_key(respx_mock: respx.MockRouter) -> None:
    respx_mock.post("/v3/videos").respond(302, headers={"location": "https://elsewhere.invalid/"})
    elsewhere = respx_mock.route(host="elsewhere.invalid").respond(json={})
    async with connect(BASE, "secret") as http:
        with pytest.raises(Lost):
            await HeyGen(http).submit("/v3/videos", {}, "k")
    assert not elsewhere.called


@respx.mock(base_url=BASE)
async def test_statuses_go_by_the_id_in_video_id(respx_mock: respx.MockRouter) -> None:
    route = respx_mock.get("/v3/videos/statuses").respond(
        json={
            "data": [{"video_id": "a", "status": "Completed"}, {"video_id": "b", "status": "queued"}, {"status": "x"}]
        }
    )
    async with connect(BASE, "secret") as http:
        words = await HeyGen(http).statuses(VIDEOS, ["a", "b"])
    assert words == {"a": "completed", "b": "queued"}
    assert route.calls.last.request.url.params["video_ids"] == "a,b"


@respx.mock(base_url=BASE)
async def test_lists_are_read_page_by_page(respx_mock: respx.MockRouter) -> None:
    respx_mock.get("/v3/voices", params={"token": "t2"}).respond(json={"data": [{"voice_id": "c"}], "has_more": False})
    respx_mock.get("/v3/voices").respond(
        json={"data": [{"voice_id": "a"}, {"voice_id": "b"}], "has_more": True, "next_token": "t2"}
    )
    async with connect(BASE, "secret") as http:
        ids = [item["voice_id"] async for item in HeyGen(http).listing("/v3/voices", {"type": "public"})]
    assert ids == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("me", "balance"),
    [
        ({"wallet": {"currency": "usd", "remaining_balance": 1234.5}}, "$1,234.50"),
        ({"wallet": {"currency": "credits", "remaining_balance": 7}}, "7.0 credits"),
        ({"wallet": {"currency": "usd", "remaining_balance": None}}, ""),
        (
            {"subscription": {"plan": "pro", "credits": {"premium_credits": {"remaining": 5}, "add_on_credits": None}}},
            "5 credits",
        ),
        ({"usage_based": {"remaining_credits": 2.5}}, "2.5 credits"),
        ({"usage_based": {"remaining_credits": None}}, ""),
    ],
)
async def test_the_balance_is_told_as_the_account_has_it(me: dict[str, object], balance: str) -> None:
    answer = {"data": {"username": "u", "email": None, **me}}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    async with connect(BASE, "secret", transport) as http:
        found = await HeyGen(http).me()
    assert found.balance == balance
    assert found.account == (await _account(transport))


async def _account(transport: httpx.MockTransport) -> str:
    async with connect(BASE, "another key", transport) as http:
        return (await HeyGen(http).me()).account


def hasty() -> RetryBudget:
    """A budget whose pauses are over at once."""
    budget = RetryBudget()
    budget.rng.uniform = lambda a, b: 0.0  # type: ignore[method-assign]  # no chance in a test
    return budget


# Key and address --------------------------------------------------------------------------------------------------


def keep(folder: Path, text: str) -> dict[str, str]:
    folder.joinpath("credentials").write_text(text)
    return {"HEYGEN_CONFIG_DIR": str(folder)}


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    environment = keep(tmp_path, '{"api_key": "from file"}')
    assert read_key({**environment, "HEYGEN_API_KEY": " from-environment\n"}) == "from-environment"


@pytest.mark.parametrize("text", ["sk_1", "sk_1\n", '\ufeff{"api_key": "sk_1", "oauth": {"access_token": "t"}}'])
def test_both_forms_of_the_credentials_file_are_read(tmp_path: Path, text: str) -> None:
    assert read_key(keep(tmp_path, text)) == "sk_1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("sk_1\nsk_2", "several lines"),
        ("{oops", "damaged"),
        ('{"oauth": {"access_token": "t"}}', "needs an API key"),
        ('{"api_key": ""}', "no API key"),
        ("sk 1", "characters that no HeyGen key has"),
    ],
)
def test_a_credentials_file_without_a_key_says_where_to_get_one(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CredentialError, match=told) as caught:
        read_key(keep(tmp_path, text))
    assert "https://app.heygen.com" in str(caught.value)
    assert caught.value.exit_code is Exit.KEY


def test_no_key_at_all_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="no HeyGen API key"):
        read_key({"HEYGEN_CONFIG_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    ("base", "result"),
    [
        ("", "https://api.heygen.com"),
        ("https://proxy.example.com/heygen/", "https://proxy.example.com/heygen"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_the_address_may_be_another_one(base: str, result: str) -> None:
    assert read_base({"HEYGEN_API_BASE": base}) == result


@pytest.mark.parametrize("base", ["http://api.heygen.com", "ftp://x", "api.heygen.com", "https://"])
def test_the_key_is_not_sent_over_plain_http_or_nowhere(base: str) -> None:
    with pytest.raises(InputError, match="must start with https://"):
        read_base({"HEYGEN_API_BASE": base})
