"""How long do the videos and recordings play that links lead to? Read from their own headers, a few kilobytes of each.

Each distinct link is read once, as far as `remote` has to. Where the header does not tell, the file's size does, at a
bit rate that is named; where that can't be had either, the length is unknown, and why. Of the sharing sites Vimeo tells
the length of what is public there.

Invariants: what holds for `probe` holds here; what can't be true is not believed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from mimetypes import MimeTypes
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import anyio
import httpx

from bulkgen.files import verdicts
from bulkgen.files.calls import beginning, called
from bulkgen.files.headers import LONGEST, seconds_told
from bulkgen.files.pieces import Missing, Pieces
from bulkgen.files.probe import AT_ONCE, EACH, WITHIN, host_of, sharing_site
from bulkgen.files.public import Public, Resolve, resolve_by_system
from bulkgen.files.remote import MOST_BYTES, PIECE, Remote, is_packed
from bulkgen.files.verdicts import Verdict
from bulkgen.model import Issue, LocalFile
from bulkgen.tls import tls

#: Bits a second of a video: what YouTube asks for at 1080p and 30 frames a second
#: (https://support.google.com/youtube/answer/1722171). Of recordings: the usual MP3, and the sound of a CD.
_VIDEO = (8_000_000, "8 Mbit/s")
_COMPRESSED = (128_000, "128 kbit/s")
_CD = (1_411_200, "1411 kbit/s")
_UNCOMPRESSED = ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/aiff", "audio/x-aiff")

#: Says of a public video what it needs to be shown elsewhere, its length among that
#: (https://developer.vimeo.com/api/oembed/videos).
_VIMEO = "https://vimeo.com/api/oembed.json"
_LARGEST_REPLY = 64 * 1024

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
    async with transport or httpx.AsyncHTTPTransport(verify=tls(), limits=limits) as inner:
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


def file_length(file: LocalFile) -> Length:
    """The length of a file of the person's, in the same way; unknown where it can't be read."""
    try:
        with Path(file.path).open("rb") as raw:
            seconds = _seconds_in(raw, file.size)
    except (OSError, ValueError) as error:
        return Length(seconds=None, how=f"unknown: the file can't be read ({error})")

    if seconds is not None:
        return Length(seconds=seconds, how="from the file's header")

    rate = _rate(file.type)
    return _assumed(file.size, rate, 0) if rate else Length(seconds=None, how="unknown: it is no video or recording")


def _seconds_in(raw: BinaryIO, size: int) -> float | None:
    """What the header says, by the pieces that it takes."""
    pieces, at, length, taken = Pieces(size), 0, PIECE, 0
    while taken < MOST_BYTES:
        raw.seek(at)
        data = raw.read(length)
        if not data:
            return None

        pieces.add(at, data)
        taken += len(data)
        try:
            return seconds_told(pieces)
        except Missing:
            if pieces.missing is None:
                return None

        at, needed = pieces.missing
        length = max(needed, PIECE)
    return None


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
            return await self._shared(site, link)

        if host in self._silent:
            return _unknown(verdicts.UNREACHED)

        file = Remote(self._public, link, within=self._each)
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

        return _by_size(file, link)

    async def _shared(self, site: str, link: str) -> Length:
        """What the sharing site says of its page."""
        if site == "Vimeo":
            question = httpx.URL(_VIMEO, params={"url": link})
            with anyio.move_on_after(self._each), suppress(Verdict, httpx.HTTPError, httpx.InvalidURL, OSError):
                async with called(self._public, "GET", str(question), within=self._each) as response:
                    seconds = _duration(await beginning(response, _LARGEST_REPLY)) if response.is_success else None
                if seconds is not None:
                    return Length(seconds=seconds, how="as Vimeo tells")

        return Length(seconds=None, how=f"unknown: {site} does not tell")


def _duration(reply: bytes) -> float | None:
    """The seconds that an oEmbed reply names."""
    try:
        told = json.loads(reply)
    except (ValueError, RecursionError):
        return None

    seconds = told.get("duration") if isinstance(told, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None

    return float(seconds) if 0 < seconds <= LONGEST else None


def _by_size(file: Remote, link: str) -> Length:
    """What the file's size says, at the bit rate that is usual for its type."""
    answer = file.answer
    rate = _rate(answer.type, link, file.link) if answer else None
    if answer is None or rate is None or not answer.size or is_packed(answer):
        return Length(seconds=None, how="unknown: neither the file's header nor its size tells", fetched=file.fetched)

    return _assumed(answer.size, rate, file.fetched)


def _assumed(size: int, rate: tuple[int, str], fetched: int) -> Length:
    bits, words = rate
    seconds = size * 8 / bits
    if seconds > LONGEST:
        return Length(seconds=None, how="unknown: the file is too large to tell from its size", fetched=fetched)

    return Length(seconds=seconds, how=f"from its size, at {words} assumed", fetched=fetched, assumed=True)


def _rate(content_type: str, *links: str) -> tuple[int, str] | None:
    """Bits a second for a type (where it says nothing: for the ending of one of the links), and in words."""
    if content_type in verdicts.NONDESCRIPT:
        guesses = (_TYPES.guess_type(urlsplit(link).path)[0] for link in links)
        content_type = next(filter(None, guesses), "")
    if content_type.startswith("video/"):
        return _VIDEO

    if content_type.startswith("audio/"):
        return _CD if content_type in _UNCOMPRESSED else _COMPRESSED

    return None


def _unknown(issue: Issue, fetched: int = 0) -> Length:
    return Length(seconds=None, how=f"unknown: the link {issue.cause}", fetched=fetched)
