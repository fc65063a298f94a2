"""Do the sheet's links lead to something that HeyGen can fetch and use? Asked before anything is sent.

Each distinct link is asked for once: by a HEAD, and where that does not tell enough by a GET for the first bytes, of
which none is read. A definite no is a mistake; what can't be judged from here is a warning, never a refusal.

Invariants: no key, no cookie, nothing of the sheet but the link itself is ever sent; only public addresses are called
(`public`); it ends in the time it was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import anyio
import httpx

from bulkgen.files import verdicts
from bulkgen.files.calls import called
from bulkgen.files.public import Public, Resolve, is_number, resolve_by_system
from bulkgen.files.verdicts import Answer, Verdict
from bulkgen.kinds.media import Media
from bulkgen.model import Issue
from bulkgen.tls import tls

#: For one link, and for all of them (seconds).
EACH = 8.0
WITHIN = 30.0

AT_ONCE = 8

#: So many hosts that can't be reached, and none that can, mean that there is no network.
SILENT_HOSTS = 4

#: Whose pages HeyGen fetches the video from by itself (https://developers.heygen.com/docs, video translation).
SHARING_SITES = {
    "youtube.com": "YouTube",
    "youtu.be": "YouTube",
    "vimeo.com": "Vimeo",
    "drive.google.com": "Google Drive",
    "docs.google.com": "Google Drive",
}


async def probe_links(
    links: Mapping[str, Media],
    *,
    own_host: str = "",
    transport: httpx.AsyncBaseTransport | None = None,
    resolve: Resolve = resolve_by_system,
    each: float = EACH,
    within: float = WITHIN,
    at_once: int = AT_ONCE,
) -> dict[str, Issue]:
    """What is wrong with each link, in the order given; a good one is not in it. The issues have no place yet.

    `own_host` is the host (and port) of HeyGen's API, or its address: the only one that need not be public.
    """
    asked = {link: media for link, media in links.items() if not (media.shared and sharing_site(link))}
    found: dict[str, Issue | None] = {}
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=0)
    async with transport or httpx.AsyncHTTPTransport(verify=tls(), limits=limits) as inner:
        prober = _Prober(Public(inner, resolve, own_host), each)
        left = iter(asked.items())

        async def work() -> None:
            for link, media in left:
                found[link] = await prober.probe(link, media)

        with anyio.move_on_after(within):
            async with anyio.create_task_group() as group:
                for _ in range(min(at_once, len(asked))):
                    group.start_soon(work)
    issues = {link: found.get(link, verdicts.NO_TIME) for link in asked}
    return {link: issue for link, issue in issues.items() if issue is not None}


class _Prober:
    """Asks for one link after another."""

    def __init__(self, public: Public, each: float) -> None:
        self._public = public
        self._each = each
        #: Hosts that could not be reached; and whether any could.
        self._silent: set[str] = set()
        self._reached = False

    async def probe(self, link: str, media: Media) -> Issue | None:
        """What is wrong with the link; a host that could not be reached is not tried again for its next one.

        Where host after host can't be reached and none can, it is this computer that has no way out.
        """
        host = host_of(link)
        cut_off = not self._reached and len(self._silent) >= SILENT_HOSTS and not is_number(host)
        if cut_off or host in self._silent:
            return verdicts.UNREACHED

        issue = await self.judge(link, media)
        if issue is verdicts.UNREACHED:
            self._silent.add(host)
        elif issue not in (verdicts.NO_ADDRESS, verdicts.NOT_PUBLIC):
            self._reached = True
        return issue

    async def judge(self, link: str, media: Media) -> Issue | None:
        """What is wrong with the link, None if nothing is."""
        try:
            with anyio.fail_after(self._each):
                issue = verdicts.judged(await self._ask(link, media), media)
        except Verdict as verdict:
            return verdict.issue
        except TimeoutError:
            return verdicts.SLOW
        except (httpx.HTTPError, OSError):
            return verdicts.UNREACHED
        except (httpx.InvalidURL, UnicodeError):
            return verdicts.NO_ADDRESS

        if issue is None and link[:5].casefold() == "http:" and not self._public.is_own(httpx.URL(link)):
            return verdicts.NOT_SECURE

        return issue

    async def _ask(self, link: str, media: Media) -> Answer:
        try:
            answer = await self._follow("HEAD", link)
        except (httpx.RemoteProtocolError, httpx.ReadError):  # a host that does not know HEAD
            return await self._follow("GET", link)

        return answer if verdicts.tells_enough(answer, media) else await self._follow("GET", link)

    async def _follow(self, method: str, link: str) -> Answer:
        """The answer at the end of all redirections."""
        headers = {} if method == "HEAD" else {"Range": "bytes=0-1023"}
        async with called(self._public, method, link, within=self._each, headers=headers) as response:
            return Answer(response.status_code, response.headers)


def host_of(link: str) -> str:
    """The name (or number) of the link's host, "" where it has none."""
    try:
        return (urlsplit(link).hostname or "").rstrip(".")
    except ValueError:
        return ""


def sharing_site(link: str) -> str:
    """The name of the sharing site whose page the link is, "" where it leads to a file."""
    host = host_of(link)
    return next((name for site, name in SHARING_SITES.items() if host == site or host.endswith(f".{site}")), "")
