"""How long do the videos and recordings play that links lead to? Read from their own headers, a few kilobytes of each.

Each distinct link is asked for a piece of its file at a time (`headers` says which one is needed), never for the whole.
Where the header does not tell, the file's size does, at a bit rate that is named; where that can't be had either, the
length is unknown, and why.

Invariants: what holds for `probe` holds here; of no file more than `MOST_BYTES` are read, in no more than `MOST_CALLS`;
what can't be true is not believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from mimetypes import MimeTypes
from urllib.parse import urlsplit

import anyio
import httpx

from bulkgen.files import verdicts
from bulkgen.files.calls import called
from bulkgen.files.headers import LONGEST, seconds_told
from bulkgen.files.pieces import Missing, Pieces
from bulkgen.files.probe import AT_ONCE, EACH, WITHIN, host_of, sharing_site
from bulkgen.files.public import Public, Resolve, resolve_by_system
from bulkgen.files.verdicts import Answer, Verdict
from bulkgen.kinds.media import ANYTHING
from bulkgen.model import Issue

#: The first piece; one that follows on the last is twice as long, so that a header of any size takes few calls.
PIECE = 4 * 1024

#: Where a host can't give pieces: a file up to this size is read whole, of a larger one the beginning.
WHOLE = 256 * 1024
BEGINNING = 64 * 1024

MOST_BYTES = 2 * 1024 * 1024
MOST_CALLS = 12

#: Bits a second of a video: what YouTube asks for at 1080p and 30 frames a second
#: (https://support.google.com/youtube/answer/1722171). Of recordings: the usual MP3, and the sound of a CD.
_VIDEO = (8_000_000, "8 Mbit/s")
_COMPRESSED = (128_000, "128 kbit/s")
_CD = (1_411_200, "1411 kbit/s")
_UNCOMPRESSED = ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/aiff", "audio/x-aiff")

#: Types by the ending of a name, the same on every computer.
_TYPES = MimeTypes()


@dataclass(frozen=True, kw_only=True)
class Length:
    """How long a file plays. `seconds`: None where that is unknown; `how` says from what it is known, or why not.

    `assumed`: computed from the file's size, at a bit rate that `how` names. `fetched`: bytes of the file read for it.
    """

    seconds: float | None
    how: str
    fetched: int = 0
    assumed: bool = False


async def media_lengths(
    links: Iterable[str],
    *,
    own_host: str = "",
    transport: httpx.AsyncBaseTransport | None = None,
    resolve: Resolve = resolve_by_system,
    each: float = EACH,
    within: float = WITHIN,
    at_once: int = AT_ONCE,
) -> dict[str, Length]:
    """The length of what each link leads to, in the order given. No failure is raised: it is a reason of `how`.

    `each`: seconds for one link; `within`: for all of them. `own_host` as in `probe_links`.
    """
    distinct = list(dict.fromkeys(links))
    found: dict[str, Length] = {}
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=0)
    async with transport or httpx.AsyncHTTPTransport(limits=limits) as inner:
        measurer = _Measurer(Public(inner, resolve, own_host), each)
        left = iter(distinct)

        async def work() -> None:
            for link in left:
                found[link] = await measurer.length(link)

        with anyio.move_on_after(within):
            async with anyio.create_task_group() as group:
                for _ in range(min(at_once, len(distinct))):
                    group.start_soon(work)
    return {link: found.get(link) or _unknown(verdicts.NO_TIME) for link in distinct}


class _Measurer:
    """Reads of one link's file after another."""

    def __init__(self, public: Public, each: float) -> None:
        self._public = public
        self._each = each
        #: Hosts that could not be reached: not tried again for their next link.
        self._silent: set[str] = set()

    async def length(self, link: str) -> Length:
        site, host = sharing_site(link), host_of(link)
        if site:
            return Length(seconds=None, how=f"unknown: {site} does not tell")

        if host in self._silent:
            return _unknown(verdicts.UNREACHED)

        file = _Remote(self._public, link, self._each)
        try:
            with anyio.move_on_after(self._each) as scope:
                seconds = await file.seconds()
        except Verdict as verdict:
            return _unknown(verdict.issue, file.fetched)
        except (httpx.HTTPError, OSError):
            if file.answer is None:
                self._silent.add(host)
                return _unknown(verdicts.UNREACHED)
            seconds = None
        except (httpx.InvalidURL, UnicodeError):
            return _unknown(verdicts.NO_ADDRESS)

        if scope.cancelled_caught:
            if file.answer is None:
                return _unknown(verdicts.SLOW)
            seconds = None
        if seconds is not None:
            return Length(seconds=seconds, how="from the file's header", fetched=file.fetched)

        return _by_size(file)


class _Remote:
    """A file behind a link, of which pieces are fetched as they are needed."""

    def __init__(self, public: Public, link: str, each: float) -> None:
        self._public = public
        self._each = each
        self.link = link
        #: Of the first call; None before.
        self.answer: Answer | None = None
        self.fetched = 0
        self._pieces: Pieces | None = None
        self._whole = False

    @property
    def size(self) -> int | None:
        return self.answer.size if self.answer else None

    async def seconds(self) -> float | None:
        """What the header says; None where it does not, or where it can't be had. Raises `Verdict`, as httpx does."""
        at, length, end = 0, PIECE, 0
        for _ in range(MOST_CALLS):
            data = await self._fetch(at, min(length, MOST_BYTES - self.fetched))
            if not data or self._pieces is None:
                return None

            self._pieces.add(at, data)
            end = at + len(data)
            try:
                return seconds_told(self._pieces)
            except Missing:
                if self._whole or self._pieces.missing is None:
                    return None

            at, needed = self._pieces.missing
            length = max(needed, length * 2 if at == end else PIECE)
        return None

    async def _fetch(self, at: int, length: int) -> bytes:
        """The bytes from `at` on, at most so many; none where they can't be had."""
        if length <= 0:
            return b""

        piece = {"Range": f"bytes={at}-{at + length - 1}"}
        async with called(self._public, "GET", self.link, within=self._each, headers=piece) as response:
            answer = Answer(response.status_code, response.headers)
            if self.answer is None:
                issue = verdicts.judged(answer, ANYTHING)
                if issue is not None:
                    raise Verdict(issue)

                self.answer, self._pieces = answer, Pieces(answer.size)
                self.link = str(response.url)
            if _encoded(answer):
                return b""

            if answer.status != 206:
                self._whole = True
                if at or answer.status != 200:
                    return b""

                length = WHOLE if answer.size is not None and answer.size <= WHOLE else BEGINNING
            elif _begin(answer) != at or answer.size != self.size:  # another piece, or another file
                return b""

            return await self._read(response, length)

    async def _read(self, response: httpx.Response, length: int) -> bytes:
        """What the body holds: no more of it than the first chunks that make up so much."""
        data = bytearray()
        async for chunk in response.aiter_raw():
            self.fetched += len(chunk)
            data += chunk
            if len(data) >= length:
                break
        return bytes(data)


def _encoded(answer: Answer) -> bool:
    """Whether the bytes are packed, although it was asked for them as they are."""
    return answer.headers.get("Content-Encoding", "identity").strip().casefold() not in ("", "identity")


def _begin(answer: Answer) -> int | None:
    """Where the piece begins that the host has sent."""
    told = re.match(r"bytes ([0-9]{1,18})-", answer.headers.get("Content-Range", ""))
    return int(told[1]) if told else None


def _by_size(file: _Remote) -> Length:
    """What the file's size says, at the bit rate that is usual for its type."""
    answer = file.answer
    rate = _rate(answer.type, file.link) if answer else None
    if answer is None or rate is None or not answer.size or _encoded(answer):
        return Length(seconds=None, how="unknown: neither the file's header nor its size tells", fetched=file.fetched)

    bits, words = rate
    seconds = answer.size * 8 / bits
    if seconds > LONGEST:
        return Length(seconds=None, how="unknown: the file is too large to tell from its size", fetched=file.fetched)

    how = f"from its size, at {words} assumed"
    return Length(seconds=seconds, how=how, fetched=file.fetched, assumed=True)


def _rate(content_type: str, link: str) -> tuple[int, str] | None:
    """Bits a second for a type (where it says nothing: for the link's ending), and in words."""
    for sort in (content_type, _TYPES.guess_type(urlsplit(link).path)[0] or ""):
        if sort.startswith("video/"):
            return _VIDEO

        if sort.startswith("audio/"):
            return _CD if sort in _UNCOMPRESSED else _COMPRESSED

    return None


def _unknown(issue: Issue, fetched: int = 0) -> Length:
    return Length(seconds=None, how=f"unknown: the link {issue.cause}", fetched=fetched)
