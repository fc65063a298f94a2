"""Links are asked about gently, in public only, and judged no harder than HeyGen would. Without a socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

import anyio
import httpx
import pytest

from bulkgen.files.probe import probe_links
from bulkgen.files.public import is_public
from bulkgen.files.verdicts import Answer, judged
from bulkgen.kinds.media import ANYTHING, AUDIO, DUBBING, IMAGE, SOURCE, SUBTITLES, VIDEO, Media
from bulkgen.model import Issue

pytestmark = pytest.mark.anyio

PUBLIC = "93.184.215.14"
LINK = "https://cdn.example.com/v.mp4"
MP4 = {"Content-Type": "video/mp4", "Content-Length": "1000"}

Handler = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


class Web:
    """Hosts by name, each a function of the request; what was asked is kept."""

    def __init__(self, *answers: Handler | httpx.Response, numbers: Mapping[str, Sequence[str]] | None = None) -> None:
        self.answers = list(answers)
        self.numbers = numbers or {}
        self.requests: list[httpx.Request] = []
        self.resolved: list[str] = []

    async def resolve(self, host: str, _port: int) -> Sequence[str]:
        self.resolved.append(host)
        return self.numbers.get(host, [PUBLIC])

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, httpx.Response):
            return answer

        made = answer(request)
        return made if isinstance(made, httpx.Response) else await made

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.headers['host']}{request.url.path}" for request in self.requests]

    async def probe(self, links: Mapping[str, Media], **options: object) -> dict[str, Issue]:
        asked = {"transport": httpx.MockTransport(self.handle), "resolve": self.resolve, **options}
        return await probe_links(links, **asked)  # type: ignore[arg-type]  # the tests name them right

    async def one(self, link: str = LINK, media: Media = VIDEO, **options: object) -> tuple[bool, str]:
        """(is it a warning, what is wrong); (False, "") for a good link."""
        issue = (await self.probe({link: media}, **options)).get(link)
        return (issue.warning, issue.cause) if issue else (False, "")


GOOD = (False, "")


def answer(status: int, headers: Mapping[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, headers=headers)


# What is sent --------------------------------------------------------------------------------------------------------


async def test_a_good_link_costs_one_head() -> None:
    web = Web(answer(200, MP4))
    assert await web.one() == GOOD
    assert web.asked == ["HEAD cdn.example.com/v.mp4"]


async def test_only_the_link_is_sent_and_cookies_are_never_kept() -> None:
    web = Web(answer(405, {"Set-Cookie": "who=me"}), answer(206, {**MP4, "Content-Range": "bytes 0-1023/5000"}))
    assert await web.one("https://user:secret@cdn.example.com/v.mp4?a=b") == GOOD
    for request in web.requests:
        assert request.url.query == b"a=b"
        assert not {"authorization", "x-api-key", "cookie", "referer"} & set(request.headers)
        assert request.content == b""
    assert web.requests[1].headers["range"] == "bytes=0-1023"


async def test_the_number_that_was_judged_is_the_one_that_is_called_under_its_name() -> None:
    web = Web(answer(200, MP4))
    await web.one("https://cdn.example.com:8443/v.mp4")
    request = web.requests[0]
    assert (request.url.host, request.url.port) == (PUBLIC, 8443)
    assert request.headers["host"] == "cdn.example.com:8443"
    assert request.extensions["sni_hostname"] == "cdn.example.com"


async def test_the_next_number_of_a_host_is_tried_when_one_does_not_answer() -> None:
    def one_is_down(request: httpx.Request) -> httpx.Response:
        if request.url.host == PUBLIC:
            raise httpx.ConnectError("no route")

        return answer(200, MP4)

    web = Web(one_is_down, numbers={"cdn.example.com": [PUBLIC, "93.184.215.15"]})
    assert await web.one() == GOOD
    assert [request.url.host for request in web.requests] == [PUBLIC, "93.184.215.15"]


async def test_a_host_is_looked_up_once_for_all_its_links() -> None:
    web = Web(answer(200, MP4))
    await web.probe({f"{LINK}?{n}": VIDEO for n in range(30)}, at_once=1)
    assert web.resolved == ["cdn.example.com"]
    assert len(web.requests) == 30


async def test_no_more_links_than_agreed_are_asked_at_once() -> None:
    now = most = 0

    async def slow(_request: httpx.Request) -> httpx.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await anyio.sleep(0.001)
        now -= 1
        return answer(200, MP4)

    web = Web(slow)
    assert await web.probe({f"{LINK}?{n}": VIDEO for n in range(40)}) == {}
    assert most == 8


# Verdicts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "warning", "words"),
    [
        (404, False, "leads to nothing"),
        (410, False, "leads to nothing"),
        (401, False, "is not open to everybody"),
        (403, False, "is not open to everybody"),
        (500, True, "answers with error 500"),
        (503, True, "answers with error 503"),
        (429, True, "answers with error 429"),
        (400, True, "answers with error 400"),
    ],
)
async def test_an_error_is_asked_twice_and_only_a_definite_no_is_a_mistake(
    status: int, warning: bool, words: str
) -> None:
    web = Web(answer(status))
    told = await web.one()
    assert told[0] is warning
    assert words in told[1]
    assert web.asked == ["HEAD cdn.example.com/v.mp4", "GET cdn.example.com/v.mp4"]


@pytest.mark.parametrize("status", [403, 404, 405, 501])
async def test_a_host_that_answers_head_badly_is_judged_by_its_get(status: int) -> None:
    """Links signed for GET alone (S3) refuse a HEAD."""
    web = Web(answer(status), answer(206, {"Content-Type": "video/mp4", "Content-Range": "bytes 0-1023/9"}))
    assert await web.one() == GOOD


async def test_a_host_that_hangs_up_on_head_is_judged_by_its_get() -> None:
    def hang_up(_request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("server disconnected")

    assert await Web(hang_up, answer(200, MP4)).one() == GOOD


async def test_a_guard_against_programs_does_not_mean_that_the_file_is_closed() -> None:
    assert (await Web(answer(403, {"cf-mitigated": "challenge"})).one())[0] is True


@pytest.mark.parametrize(
    "failure",
    [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.ReadTimeout("slow"), OSError("unreachable")],
)
async def test_what_does_not_answer_is_a_warning(failure: Exception) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise failure

    warning, cause = await Web(fail).one()
    assert warning
    assert cause == "can't be reached from here"


async def test_a_name_that_is_not_found_is_a_warning() -> None:
    web = Web(answer(200, MP4))

    async def unknown(_host: str, _port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    assert await web.one(resolve=unknown) == (True, "can't be reached from here")
    assert web.requests == []


@pytest.mark.parametrize(
    ("media", "headers", "words"),
    [
        (VIDEO, {"Content-Type": "text/html; charset=utf-8", "Content-Length": "9"}, "leads to a web page"),
        (SUBTITLES, {"Content-Type": "text/html"}, "leads to a web page"),
        (IMAGE, {"Content-Type": "image/webp", "Content-Length": "9"}, "its host calls it image/webp"),
        (AUDIO, {"Content-Type": "audio/ogg", "Content-Length": "9"}, "its host calls it audio/ogg"),
        (SOURCE, {"Content-Type": "image/png"}, "does not look like a video"),
        (VIDEO, {"Content-Type": "\x1b[31m/x y", "Content-Length": "9"}, "its host calls it something else"),
    ],
)
async def test_a_page_or_another_type_is_a_warning(media: Media, headers: dict[str, str], words: str) -> None:
    warning, cause = await Web(answer(200, headers)).one(media=media)
    assert warning
    assert words in cause


@pytest.mark.parametrize(
    ("media", "type_"),
    [
        (VIDEO, "video/webm"), (VIDEO, "VIDEO/MP4; codecs=avc1"), (VIDEO, "application/octet-stream"), (VIDEO, ""),
        (IMAGE, "image/png"), (AUDIO, "audio/x-wav"), (SOURCE, "video/quicktime"), (DUBBING, "audio/flac"),
        (SUBTITLES, "text/plain"), (ANYTHING, "model/gltf"),
    ],
)  # fmt: skip
async def test_fitting_and_nondescript_types_are_good(media: Media, type_: str) -> None:
    assert await Web(answer(200, {"Content-Type": type_, "Content-Length": "9"})).one(media=media) == GOOD


MB = 1024 * 1024


@pytest.mark.parametrize(
    ("media", "type_", "limit"), [(AUDIO, "audio/mpeg", 50), (IMAGE, "image/png", 50), (VIDEO, "video/mp4", 100)]
)
async def test_a_file_over_heygens_limit_is_a_mistake_and_one_at_the_limit_is_not(
    media: Media, type_: str, limit: int
) -> None:
    headers = {"Content-Type": type_, "Content-Length": str(limit * MB)}
    assert await Web(answer(200, headers)).one(media=media) == GOOD
    headers["Content-Length"] = str(limit * MB + 1)
    assert await Web(answer(200, headers)).one(media=media) == (False, f"leads to a file of more than {limit} MB")


async def test_the_size_is_taken_from_the_range_where_head_does_not_tell_it() -> None:
    part = {"Content-Type": "video/mp4", "Content-Length": "1024", "Content-Range": f"bytes 0-1023/{101 * MB}"}
    web = Web(answer(200, {"Content-Type": "video/mp4"}), answer(206, part))
    assert await web.one() == (False, "leads to a file of more than 100 MB")


async def test_the_source_of_a_translation_has_no_limit() -> None:
    headers = {"Content-Type": "video/mp4", "Content-Length": str(5_000 * MB)}
    assert await Web(answer(200, headers)).one(media=SOURCE) == GOOD


@pytest.mark.parametrize("size", ["", "abc", "-5", "9" * 400, "²"])
def test_a_size_that_is_none_is_left_alone(size: str) -> None:
    assert judged(Answer(200, {"Content-Type": "video/mp4", "Content-Length": size}), VIDEO) is None


@pytest.mark.parametrize(
    "link",
    ["https://www.youtube.com/watch?v=1", "https://youtu.be/1", "https://vimeo.com/1", "https://player.vimeo.com/1",
     "https://drive.google.com/file/d/1/view"],
)  # fmt: skip
async def test_sharing_sites_are_fine_for_translations_without_being_asked(link: str) -> None:
    web = Web(answer(200, {"Content-Type": "text/html"}))
    assert await web.one(link, SOURCE) == GOOD
    assert web.requests == []
    assert (await web.one(link, VIDEO))[0] is True


async def test_a_name_that_only_ends_like_a_sharing_site_is_asked() -> None:
    web = Web(answer(404))
    assert (await web.one("https://notyoutube.com/v", SOURCE))[1] == "leads to nothing: the host has no such file"


async def test_a_plain_http_link_that_is_otherwise_good_is_a_warning() -> None:
    assert await Web(answer(200, MP4)).one("http://cdn.example.com/v.mp4") == (
        True,
        "is no https link, which HeyGen asks for",
    )


# Only in public ------------------------------------------------------------------------------------------------------

NOT_PUBLIC = (False, "is not public: it leads into a private network")


@pytest.mark.parametrize(
    "link",
    ["http://127.0.0.1/v.mp4", "http://localhost/v.mp4", "http://nas/v.mp4", "http://nas.local/v.mp4",
     "http://192.168.1.5/v.mp4", "http://10.0.0.1:8080/v.mp4", "http://169.254.169.254/latest/meta-data",
     "http://[::1]/v.mp4", "http://[fe80::1]/v.mp4", "http://[::ffff:10.0.0.1]/v.mp4", "http://2130706433/v.mp4",
     "http://0.0.0.0/v.mp4", "http://files.internal/v.mp4"],
)  # fmt: skip
async def test_a_private_address_is_a_mistake_and_never_called(link: str) -> None:
    web = Web(answer(200, MP4))
    assert await web.one(link) == NOT_PUBLIC
    assert web.requests == []


@pytest.mark.parametrize("number", ["127.0.0.1", "10.1.2.3", "172.16.0.1", "100.64.0.1", "fd00::1", "64:ff9b::a00:1"])
async def test_a_public_name_that_leads_into_a_private_network_is_a_mistake(number: str) -> None:
    web = Web(answer(200, MP4), numbers={"cdn.example.com": [PUBLIC, number]})
    assert await web.one() == NOT_PUBLIC
    assert web.requests == []


async def test_what_is_no_web_address_is_no_sharing_site_either() -> None:
    assert await Web(answer(200, MP4)).one("https://[::1/youtube.com", SOURCE) == (False, "is no web address")


async def test_a_redirection_is_followed_in_public_only() -> None:
    web = Web(answer(302, {"Location": "https://other.example.com/w.mp4"}), answer(200, MP4))
    assert await web.one() == GOOD
    assert web.asked == ["HEAD cdn.example.com/v.mp4", "HEAD other.example.com/w.mp4"]

    for location in ("http://127.0.0.1:8000/admin", "//10.0.0.1/x", "http://inside.example.com/"):
        web = Web(answer(302, {"Location": location}), numbers={"inside.example.com": ["192.168.0.9"]})
        assert await web.one() == NOT_PUBLIC
        assert len(web.requests) == 1


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.com/v.mp4", "javascript:alert(1)"])
async def test_a_redirection_to_no_web_address_is_a_mistake(location: str) -> None:
    assert await Web(answer(301, {"Location": location})).one() == (False, "is no web address")


async def test_redirections_without_end_are_a_warning() -> None:
    web = Web(answer(302, {"Location": LINK}))
    warning, cause = await web.one()
    assert warning
    assert "without end" in cause
    assert len(web.requests) == 6


@pytest.mark.parametrize(
    "link", ["ftp://example.com/v.mp4", "file:///etc/passwd", "C:\\v.mp4", "v.mp4", "https://", "https://exa mple.com/",
             "https://[::1/v.mp4", "https://a" + "b" * 300 + "\u2028.com/", ""],
)  # fmt: skip
async def test_what_is_no_web_address_is_a_mistake(link: str) -> None:
    web = Web(answer(200, MP4))
    assert await web.one(link) == (False, "is no web address")
    assert web.requests == []


async def test_heygens_own_host_need_not_be_public_but_its_neighbours_must() -> None:
    web = Web(answer(200, MP4))
    assert await web.one("http://127.0.0.1:8765/v.mp4", own_host="http://127.0.0.1:8765") == GOOD
    assert await web.one("http://localhost:8765/v.mp4", own_host="localhost:8765") == GOOD
    assert web.resolved == []
    assert await web.one("http://127.0.0.1:5432/v.mp4", own_host="http://127.0.0.1:8765") == NOT_PUBLIC
    assert await web.one("http://127.0.0.2:8765/v.mp4", own_host="http://127.0.0.1:8765") == NOT_PUBLIC


async def test_behind_a_proxy_that_veils_all_names_nothing_is_refused() -> None:
    web = Web(answer(200, MP4), numbers={"cdn.example.com": ["198.18.0.7"]})
    assert (await web.one())[0] is True
    assert web.requests == []


@pytest.mark.parametrize(
    ("number", "public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("64:ff9b::808:808", True), ("224.0.0.1", False), ("::", False),
     ("2002:a00:1::", False), ("2001:db8::1", False), ("255.255.255.255", False), ("192.0.2.1", False)],
)  # fmt: skip
def test_which_numbers_are_public(number: str, public: bool) -> None:
    assert is_public(number) is public


# Time ----------------------------------------------------------------------------------------------------------------


async def hang(_request: httpx.Request) -> httpx.Response:
    await anyio.sleep_forever()
    raise AssertionError


async def test_a_link_that_does_not_answer_in_time_is_a_warning() -> None:
    assert await Web(hang).one(each=0.01) == (True, "did not answer in time")


async def test_a_resolver_that_does_not_answer_is_not_waited_for() -> None:
    web = Web(answer(200, MP4))

    async def stuck(_host: str, _port: int) -> Sequence[str]:
        await anyio.sleep_forever()
        return []

    assert await web.one(each=0.01, resolve=stuck) == (True, "did not answer in time")


async def test_when_all_the_time_is_used_up_the_rest_is_told_as_not_checked() -> None:
    links = {f"{LINK}?{n}": SOURCE for n in range(20)} | {"https://youtu.be/1": SOURCE}
    found = await Web(hang).probe(links, within=0.02)
    assert list(found) == list(links)[:-1]
    assert {issue.cause for issue in found.values()} == {"was not checked, as the other links took all the time"}
    assert all(issue.warning for issue in found.values())


async def test_no_links_ask_nothing() -> None:
    assert await Web().probe({}) == {}


def unreachable(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no way")


async def test_a_host_that_can_not_be_reached_is_not_tried_for_its_other_links() -> None:
    web = Web(unreachable)
    found = await web.probe({f"https://one.example.com/{n}.mp4": VIDEO for n in range(20)}, at_once=1)
    assert len(web.requests) == 1
    assert len(found) == 20


async def test_without_a_network_it_is_over_soon_but_private_addresses_are_still_mistakes() -> None:
    web = Web(unreachable)
    links = {f"https://host{n}.example.com/v.mp4": VIDEO for n in range(30)}
    found = await web.probe({**links, "https://10.0.0.1/v.mp4": VIDEO}, at_once=1)
    assert len(web.requests) == 4
    assert [issue.warning for issue in found.values()] == [True] * 30 + [False]
