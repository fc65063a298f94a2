"""The length of what a link leads to is read from a few kilobytes of it, and is never guessed in silence."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator, Mapping

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.files.headers import LONGEST, seconds_told
from bulkgen.files.length import Length, media_lengths
from bulkgen.files.pieces import LARGEST_READ, MOST_READS, Missing, Pieces, Unreadable
from bulkgen.files.remote import BEGINNING, MOST_BYTES, MOST_CALLS, WHOLE
from tests.media_host import CHUNK, MEDIA, SECONDS, Host, large_mp4, media, wav

pytestmark = pytest.mark.anyio

KB = 1024
MB = 1024 * KB
HEADER = "from the file's header"


async def measured(host: Host, *links: str, **options: object) -> dict[str, Length]:
    asked = {"transport": host.transport, "resolve": host.resolve, **options}
    return await media_lengths(links, **asked)  # type: ignore[arg-type]  # the tests name them right


async def measure(data: bytes, name: str = "file.mp4", *, ranges: bool = True, **headers: str) -> tuple[Length, Host]:
    told = {header.replace("_", "-").title(): value for header, value in headers.items()}
    host = Host({name: data}, ranges=ranges, headers=told)
    link = f"https://cdn.example.com/{name}"
    return (await measured(host, link))[link], host


# Formats --------------------------------------------------------------------------------------------------------------

ID3 = b"ID3\x04\x00\x00" + bytes([(300_000 >> shift) & 0x7F for shift in (21, 14, 7, 0)]) + bytes(300_000)

#: Frames of 26 ms at 128 and 64 kbit/s in turn.
CHANGING = (b"\xff\xfb\x90\x00" + bytes(413) + b"\xff\xfb\x50\x00" + bytes(204)) * 122

#: What it is: its name, its bytes, and the most that may be fetched of it, in bytes and calls.
FORMATS: Mapping[str, tuple[str, bytes, int, int]] = {
    "mp4, moov first": ("a.mp4", large_mp4("moov_first.mp4", 5 * MB), 4 * KB, 1),
    "mp4, moov last": ("a.mp4", large_mp4("moov_last.mp4", 5 * MB), 8 * KB, 2),
    "mp4 without sound": ("a.mp4", large_mp4("silent.mp4", 5 * MB), 8 * KB, 2),
    "mov": ("a.mov", large_mp4("video.mov", 5 * MB), 8 * KB, 2),
    "mov of before 2005": ("a.mov", large_mp4("video.mov", 5 * MB)[20:], 8 * KB, 2),
    "m4a": ("a.m4a", large_mp4("sound.m4a", MB), 8 * KB, 2),
    "webm": ("a.webm", media("video.webm") + bytes(5 * MB), 4 * KB, 1),
    "mkv": ("a.mkv", media("video.mkv") + bytes(5 * MB), 4 * KB, 1),
    "mp3 with header": ("a.mp3", media("xing.mp3"), 8 * KB, 2),
    "mp3 without header": ("a.mp3", media("plain.mp3"), 8 * KB, 2),
    "mp3 of changing rate": ("a.mp3", CHANGING, 80 * KB, 6),
    "mp3 behind a picture": ("a.mp3", ID3 + media("xing.mp3"), 16 * KB, 3),
    "wav": ("a.wav", wav(SECONDS), 4 * KB, 1),
    "wav behind a chunk": (
        "a.wav",
        wav(SECONDS, before=b"JUNK" + struct.pack("<I", 50_000) + bytes(50_000)),
        8 * KB,
        2,
    ),
    "wav without a length": ("a.wav", wav(SECONDS, stated=0xFFFFFFFF), 4 * KB, 1),
    "ogg": ("a.opus", media("sound.opus"), 8 * KB, 2),
    "flac": ("a.flac", media("sound.flac"), 4 * KB, 1),
}


@pytest.mark.parametrize("what", FORMATS)
async def test_the_length_is_read_from_a_few_kilobytes_of_any_format(what: str) -> None:
    name, data, most, calls = FORMATS[what]
    length, host = await measure(data, name)
    assert length.seconds == pytest.approx(SECONDS, abs=0.2)
    assert (length.how, length.assumed) == (HEADER, False)
    assert host.sent == length.fetched <= most
    assert len(host.requests) <= calls


@pytest.mark.parametrize("what", FORMATS)
async def test_a_host_that_gives_no_pieces_is_read_from_the_beginning_only(what: str) -> None:
    name, data, _, _ = FORMATS[what]
    length, host = await measure(data, name, ranges=False)
    assert len(host.requests) == 1
    assert length.fetched == host.sent <= (WHOLE if len(data) <= WHOLE else BEGINNING) + CHUNK
    if len(data) <= WHOLE or "first" in what or name in ("a.webm", "a.mkv"):
        assert length.seconds == pytest.approx(SECONDS, abs=0.2)
        assert not length.assumed
    else:
        assert length.assumed
        assert length.seconds
        assert length.how.startswith("from its size, at ")


async def test_an_ogg_file_is_read_at_both_ends() -> None:
    """The page in the middle is one that nobody has to see."""
    pages = media("sound.opus").split(b"OggS")[1:]
    first, last = pages[:2], pages[-1]
    middle = [pages[2]] * (400_000 // len(pages[2]))
    data = b"".join(b"OggS" + page for page in [*first, *middle, last])
    length, host = await measure(data, "a.opus")
    assert length.seconds == pytest.approx(SECONDS, abs=0.2)
    assert host.sent == length.fetched <= 80 * KB


# Where the header does not tell ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rate", "bits"),
    [
        ("fragmented.mp4", "8 Mbit/s", 8_000_000),
        ("browser.webm", "8 Mbit/s", 8_000_000),
        ("video.avi", "8 Mbit/s", 8_000_000),
        ("sound.aac", "128 kbit/s", 128_000),
    ],
)
async def test_without_a_length_in_it_the_size_tells_at_a_rate_that_is_named(name: str, rate: str, bits: int) -> None:
    data = media(name)
    length, _ = await measure(data, name)
    assert length.how == f"from its size, at {rate} assumed"
    assert length.seconds == pytest.approx(len(data) * 8 / bits)
    assert length.assumed


async def test_a_type_that_says_nothing_leaves_the_ending_of_the_link() -> None:
    length, _ = await measure(bytes(5000), "a.wav", content_type="application/octet-stream")
    assert (length.how, length.seconds) == ("from its size, at 1411 kbit/s assumed", 5000 * 8 / 1_411_200)


async def test_a_redirection_may_hide_the_ending() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/a.wav":
            return httpx.Response(302, headers={"Location": "/get"})

        return httpx.Response(200, content=bytes(5000), headers={"Content-Type": "application/octet-stream"})

    link = "https://cdn.example.com/a.wav"
    lengths = await media_lengths([link], transport=httpx.MockTransport(answer), resolve=Host({}).resolve)
    assert lengths[link].how == "from its size, at 1411 kbit/s assumed"


UNTOLD = "unknown: neither the file's header nor its size tells"


@pytest.mark.parametrize(("name", "type_"), [("file", ""), ("file.mp4", "image/png")])
async def test_neither_header_nor_type_is_unknown(name: str, type_: str) -> None:
    length, _ = await measure(bytes(5000), name, content_type=type_)
    assert length == Length(seconds=None, how=UNTOLD, fetched=4096)


async def test_a_length_that_its_size_makes_absurd_is_unknown() -> None:
    length, _ = await measure(bytes(5000), content_range=f"bytes 0-4095/{10**15}")
    assert (length.seconds, length.how) == (None, "unknown: the file is too large to tell from its size")


@pytest.mark.parametrize("ranges", [True, False])
async def test_packed_bytes_are_not_taken_for_the_files_own(ranges: bool) -> None:
    length, host = await measure(media("moov_first.mp4"), ranges=ranges, content_encoding="gzip")
    assert length == Length(seconds=None, how=UNTOLD)
    assert host.sent == 0


async def test_a_host_without_a_content_length_is_believed_in_its_header_alone() -> None:
    length, _ = await measure(media("moov_first.mp4"), ranges=False, content_length="")
    assert (length.seconds, length.how) == (SECONDS, HEADER)
    length, _ = await measure(media("fragmented.mp4"), ranges=False, content_length="")
    assert (length.seconds, length.how) == (None, UNTOLD)


@pytest.mark.parametrize("told", ["bytes 7-4102/{size}", "bytes */{size}", "", "nonsense"])
async def test_another_piece_than_was_asked_for_is_not_read(told: str) -> None:
    data = media("moov_first.mp4")
    length, host = await measure(data, content_range=told.format(size=len(data)))
    assert length.how in (UNTOLD, "from its size, at 8 Mbit/s assumed")
    assert length.fetched == host.sent == 0


async def test_a_file_that_changes_on_the_way_is_not_put_together() -> None:
    host = Host({"a.mp4": large_mp4("moov_last.mp4", MB)})

    def answer(request: httpx.Request) -> httpx.Response:
        response = host.answer(request)
        if len(host.requests) > 1:
            response.headers["Content-Range"] = response.headers["Content-Range"].rpartition("/")[0] + "/999999"
        return response

    link = "https://cdn.example.com/a.mp4"
    lengths = await media_lengths([link], transport=httpx.MockTransport(answer), resolve=host.resolve)
    assert lengths[link].assumed
    assert len(host.requests) == 2


# What is not asked, or not public -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "how"),
    [
        ("https://www.youtube.com/watch?v=abc", "unknown: YouTube does not tell"),
        ("https://youtu.be/abc", "unknown: YouTube does not tell"),
        ("https://drive.google.com/file/d/x/view", "unknown: Google Drive does not tell"),
        ("https://127.0.0.1/v.mp4", "unknown: the link is not public: it leads into a private network"),
        ("https://nas.local/v.mp4", "unknown: the link is not public: it leads into a private network"),
        ("ftp://cdn.example.com/v.mp4", "unknown: the link is no web address"),
        ("https://[", "unknown: the link is no web address"),
        ("asset-5", "unknown: the link is no web address"),
        ("", "unknown: the link is no web address"),
    ],
)
async def test_what_is_no_public_file_is_not_asked_for(link: str, how: str) -> None:
    host = Host({})
    assert await measured(host, link) == {link: Length(seconds=None, how=how)}
    assert host.requests == []


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (httpx.Response(404), "unknown: the link leads to nothing: the host has no such file"),
        (httpx.Response(403), "unknown: the link is not open to everybody"),
        (httpx.Response(500), "unknown: the link can't be checked: its host answers with error 500"),
        (httpx.Response(200, html="<p>Log in</p>"), "unknown: the link leads to a web page, not to a file"),
        (
            httpx.Response(302, headers={"Location": "http://169.254.169.254/v.mp4"}),
            "unknown: the link is not public: it leads into a private network",
        ),
        (
            httpx.Response(302, headers={"Location": "/v.mp4"}),
            "unknown: the link is sent on from one address to the next without end",
        ),
    ],
)
async def test_the_answer_of_the_host_is_the_reason(answer: httpx.Response, how: str) -> None:
    link = "https://cdn.example.com/v.mp4"
    lengths = await media_lengths([link], transport=httpx.MockTransport(lambda _: answer), resolve=Host({}).resolve)
    assert lengths == {link: Length(seconds=None, how=how)}


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (httpx.Response(200, json={"duration": 118, "title": "Hello"}), 118.0),
        (httpx.Response(200, json={"duration": 0}), None),
        (httpx.Response(200, json={"duration": "118"}), None),
        (httpx.Response(200, json={"duration": 1e9}), None),
        (httpx.Response(200, json={"duration": True}), None),
        (httpx.Response(200, content=b'{"duration": NaN}'), None),
        (httpx.Response(200, json=[118]), None),
        (httpx.Response(200, content=b"[" * 60_000), None),
        (httpx.Response(200, html="<p>no"), None),
        (httpx.Response(403, json={"duration": 118}), None),
        (httpx.Response(302, headers={"Location": "https://10.0.0.1/"}), None),
    ],
)
async def test_vimeo_is_asked_for_the_length_of_its_page(answer: httpx.Response, seconds: float | None) -> None:
    asked: list[httpx.Request] = []

    def web(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer

    link = "https://vimeo.com/123?share=copy"
    lengths = await media_lengths([link], transport=httpx.MockTransport(web), resolve=Host({}).resolve)
    how = "as Vimeo tells" if seconds else "unknown: Vimeo does not tell"
    assert lengths == {link: Length(seconds=seconds, how=how)}
    assert [request.headers["Host"] for request in asked] == ["vimeo.com"]
    assert asked[0].url.path == "/api/oembed.json"
    assert dict(asked[0].url.params) == {"url": link}


async def test_nothing_but_the_link_is_sent_and_redirections_are_followed_once() -> None:
    host = Host({"v.mp4": large_mp4("moov_last.mp4", MB)})
    hops: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/short":
            hops.append(request)
            return httpx.Response(302, headers={"Location": "https://files.example.com/v.mp4", "Set-Cookie": "a=b"})

        return host.answer(request)

    link = "https://user:secret@cdn.example.com/short"
    lengths = await media_lengths([link], transport=httpx.MockTransport(answer), resolve=host.resolve)
    assert lengths[link].seconds == SECONDS
    assert (len(hops), len(host.requests)) == (1, 2)
    for request in [*hops, *host.requests]:
        assert not {"authorization", "x-api-key", "cookie", "referer"} & set(request.headers)
        assert request.headers["accept-encoding"] == "identity"


# Many links -----------------------------------------------------------------------------------------------------------


async def test_each_link_is_asked_once_and_no_more_than_agreed_together() -> None:
    now = most = 0
    host = Host({"v.mp4": media("moov_first.mp4")})

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await anyio.lowlevel.checkpoint()
        now -= 1
        return host.answer(request)

    links = [f"https://cdn.example.com/v.mp4?{number % 20}" for number in range(60)]
    lengths = await media_lengths(links, transport=httpx.MockTransport(answer), resolve=host.resolve, at_once=3)
    assert list(lengths) == links[:20]
    assert {length.seconds for length in lengths.values()} == {SECONDS}
    assert (len(host.requests), most) == (20, 3)


async def test_a_host_that_can_not_be_reached_is_tried_once() -> None:
    tried: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        tried.append(request.url.path)
        raise httpx.ConnectError("no route")

    links = [f"https://cdn.example.com/{number}.mp4" for number in range(5)]
    host = Host({})
    lengths = await media_lengths(links, transport=httpx.MockTransport(answer), resolve=host.resolve, at_once=1)
    assert {length.how for length in lengths.values()} == {"unknown: the link can't be reached from here"}
    assert tried == ["/0.mp4"]


@pytest.mark.parametrize("anyio_backend", [pytest.param("asyncio")])
async def test_a_host_that_never_answers_costs_the_time_it_was_given() -> None:
    async def answer(_request: httpx.Request) -> httpx.Response:
        await anyio.sleep_forever()
        raise AssertionError

    links = ["https://a.example.com/v.mp4", "https://b.example.com/v.mp4"]
    web = httpx.MockTransport(answer)
    lengths = await media_lengths(links, transport=web, resolve=Host({}).resolve, each=0.01, at_once=1)
    assert {length.how for length in lengths.values()} == {"unknown: the link did not answer in time"}
    lengths = await media_lengths(links, transport=web, resolve=Host({}).resolve, within=0.01)
    assert {length.how for length in lengths.values()} == {
        "unknown: the link was not checked, as the other links took all the time"
    }


async def test_a_host_that_stops_in_the_middle_leaves_the_size() -> None:
    async def drip() -> AsyncIterator[bytes]:
        yield media("moov_first.mp4")[:20]
        await anyio.sleep_forever()

    def answer(_request: httpx.Request) -> httpx.Response:
        told = {"Content-Type": "video/mp4", "Content-Range": "bytes 0-4095/8000000"}
        return httpx.Response(206, content=drip(), headers=told)

    link = "https://cdn.example.com/v.mp4"
    web = httpx.MockTransport(answer)
    lengths = await media_lengths([link], transport=web, resolve=Host({}).resolve, each=0.01)
    assert lengths[link] == Length(seconds=8.0, how="from its size, at 8 Mbit/s assumed", assumed=True)


# Hostile files --------------------------------------------------------------------------------------------------------


def mvhd(scale: int, duration: int) -> bytes:
    box = b"mvhd" + bytes(12) + struct.pack(">II", scale, duration) + bytes(80)
    movie = b"moov" + struct.pack(">I", len(box) + 4) + box
    return b"\x00\x00\x00\x08ftyp" + struct.pack(">I", len(movie) + 4) + movie


def webm_of(ticks: bytes) -> bytes:
    duration = b"\x44\x89" + bytes([0x80 | len(ticks)]) + ticks
    info = b"\x15\x49\xa9\x66" + bytes([0x80 | len(duration)]) + duration
    return b"\x1a\x45\xdf\xa3\x80" + b"\x18\x53\x80\x67" + b"\x01" + b"\xff" * 7 + info


async def test_pictures_of_a_webm_are_not_searched_for_a_length() -> None:
    cluster = b"\x1f\x43\xb6\x75" + struct.pack(">I", 0x1000_0000 | 10_000) + bytes(10_000)
    length, host = await measure(b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01" + b"\xff" * 7 + cluster * 3, "a.webm")
    assert (length.assumed, len(host.requests)) == (True, 1)


async def test_what_is_made_by_hand_here_is_read_where_it_is_true() -> None:
    assert (await measure(mvhd(1000, 6400) + bytes(9000)))[0].seconds == SECONDS
    assert (await measure(webm_of(struct.pack(">d", 6400)) + bytes(9000), "a.webm"))[0].seconds == SECONDS


@pytest.mark.parametrize(
    "data",
    [
        mvhd(1, 0xFFFFFFFF),
        mvhd(0, 6400),
        mvhd(1000, 0),
        *(webm_of(struct.pack(">d", ticks)) for ticks in (float("nan"), float("inf"), -6400.0, 1e300, 0.0)),
        mvhd(1, 90_000),
        mvhd(1, 80_000),
        b"\x00\x00\x00\x01ftyp" + b"\xff" * 8,
        b"\x00\x00\x00\x08ftyp" + b"\xff\xff\xff\xffmoov" + b"\xff\xff\xff\xffmvhd",
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f",
        b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff",
        b"fLaC\x80\xff\xff\xff",
    ],
)
async def test_a_length_that_can_not_be_is_not_believed(data: bytes) -> None:
    length, host = await measure(data + bytes(20_000), "file")
    assert (length.seconds, length.how) == (None, UNTOLD)
    assert host.sent <= MOST_BYTES


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00\x00\x08ftyp" + b"\x00\x00\x00\x08free" * 500_000,
        b"\xff\xfb\x90\x00" + b"\xff\xfb\xff\xff" * 1_000_000,
        b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01" + b"\xff" * 7 + b"\xec\x80" * 1_000_000,
        b"OggS" * 1_000_000,
        b"RIFF\x00\x00\x00\x00WAVE" + b"JUNK\x00\x00\x00\x00" * 500_000,
    ],
)
async def test_a_file_of_nothing_but_headers_ends_in_reason(data: bytes) -> None:
    length, host = await measure(data, "file")
    assert (length.seconds, length.how) == (None, UNTOLD)
    assert host.sent == length.fetched <= MOST_BYTES + CHUNK
    assert len(host.requests) <= MOST_CALLS


def test_reading_ends_even_where_the_whole_file_is_at_hand() -> None:
    pieces = Pieces(MB)
    pieces.add(0, bytes(MB))
    with pytest.raises(Unreadable):
        pieces.read(LARGEST_READ + 1)
    pieces.rewind()
    for _ in range(MOST_READS - 1):
        assert pieces.read(1) == b"\0"
    with pytest.raises(Unreadable):
        pieces.read(1)


SOUND = {path.name: path.read_bytes() for path in sorted(MEDIA.iterdir())} | {"sound.wav": wav(SECONDS)[:12_000]}


@given(
    name=st.sampled_from(sorted(SOUND)),
    changes=st.lists(st.tuples(st.integers(0, 600), st.binary(min_size=1, max_size=8)), max_size=6),
    cut=st.integers(0, 12_000),
    first=st.integers(1, 5000),
)
def test_whatever_stands_in_a_header_a_length_is_one_or_none(
    name: str, changes: list[tuple[int, bytes]], cut: int, first: int
) -> None:
    data = bytearray(SOUND[name][:cut] if cut % 3 == 0 else SOUND[name])
    for at, change in changes:
        data[at : at + len(change)] = change
    pieces = Pieces(len(data))
    pieces.add(0, bytes(data[:first]))
    for _ in range(MOST_CALLS):
        try:
            seconds = seconds_told(pieces)
        except Missing:
            assert pieces.missing is not None
            at, length = pieces.missing
            assert 0 <= at < len(data)
            assert length > 0
            pieces.add(at, bytes(data[at : at + max(length, 1000)]))
        else:
            assert seconds is None or 0 < seconds <= LONGEST
            return


@given(name=st.sampled_from(sorted(SOUND)), size=st.integers(1, 5000))
def test_the_length_is_the_same_however_the_file_is_cut_into_pieces(name: str, size: int) -> None:
    data = SOUND[name]
    whole = Pieces(len(data))
    whole.add(0, data)
    pieces = Pieces(len(data))
    pieces.add(0, data[:size])
    while True:
        try:
            seconds = seconds_told(pieces)
        except Missing:
            at, length = pieces.missing or (0, 0)
            pieces.add(at, data[at : at + max(length, size)])
        else:
            assert seconds == seconds_told(whole)
            return
