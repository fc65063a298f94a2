"""A result's link becomes a file: streamed, gone on with where it broke off, its length checked, synced, renamed.

Links are presigned and lead to a storage host: the connection here never carries the API key, and reaches nothing that
is not public, whatever a redirection says. The name of a file is the caller's; its ending comes from a fixed list,
never from the link. Invariants: under a final name there is always a whole file; no file that is not this job's own is
replaced, but by the same bytes.
"""

from __future__ import annotations

import errno
import hashlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

import anyio
import httpx

from bulkgen import __version__
from bulkgen.disk.growing import FULL
from bulkgen.disk.together import Together
from bulkgen.disk.whole import Saved, rename, sync_folder
from bulkgen.errors import LinkGone, LinkUnfit, Lost
from bulkgen.files.arrival import Arrived, NoFile, Wanted
from bulkgen.files.part import Part, Parts, version_of
from bulkgen.files.public import Public, check_name, is_at, resolve_by_system
from bulkgen.files.verdicts import Verdict
from bulkgen.retry import RetryBudget
from bulkgen.tls import tls

#: How often a file is tried in all with nothing gained: enough to outlast a gap of a minute in the network.
TRIES = 12

#: What is held in memory before it goes to the disk (bytes): most recordings are smaller, and so one step of a thread.
HELD = 1 << 20

#: What downloads leave free on the disk (bytes), for the records of jobs and the results. Recordings up to a size may
#: take of it: their links come only once.
SPARE = 64 << 20
SMALL = 8 << 20

#: Statuses by which storage hosts say that a presigned link is dead.
_DEAD = frozenset({403, 404, 410})

#: Hosts behind one address must not share a connection: its certificate was checked for one of them. (An upload may not
#: say so by a header.)
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=0)

_PIECE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18})")


def connect(transport: httpx.AsyncBaseTransport | None = None, *, own_host: str = "") -> httpx.AsyncClient:
    """A connection for links, without the key, to what everybody can reach; `own_host`: the host of HeyGen's API.

    Behind a proxy, which looks up names by itself, only the names and numbers of hosts are judged. A `transport` of the
    caller's own is asked as it is.
    """
    proxied = not getproxies().keys().isdisjoint({"http", "https", "all"})
    if transport is None and not proxied:
        transport = Public(httpx.AsyncHTTPTransport(verify=tls(), limits=_LIMITS), _resolve, own_host, veiled=True)

    async def judge(request: httpx.Request) -> None:
        if proxied and not is_at(request.url, own_host):
            check_name(request.url.host)

    return httpx.AsyncClient(
        headers={"User-Agent": f"bulkgen/{__version__}", "Accept-Encoding": "identity", "Connection": "close"},
        timeout=httpx.Timeout(60.0, connect=10.0, pool=None),
        limits=_LIMITS,
        follow_redirects=True,
        transport=transport,
        verify=tls(),
        event_hooks={"request": [judge]},
    )


async def _resolve(host: str, port: int) -> Sequence[str]:
    try:
        return await resolve_by_system(host, port)
    except OSError as error:
        raise httpx.ConnectError(str(error)) from None


class Downloads:
    """Files of one sheet, in `folder`; what is reported is relative to the sheet's own folder."""

    def __init__(self, http: httpx.AsyncClient, folder: Path, budget: RetryBudget) -> None:
        self._http = http
        self._folder = folder
        self._budget = budget
        self._parts = Parts(folder)
        self._kept = Together(self._keep)
        #: What has come over the wire so far and was of use (bytes); and, of files that are not whole, by their keys.
        self.received = 0
        self._of_parts: dict[str, int] = {}

    def present(self, saved: Saved) -> bool:
        """Whether the file is there in its full size."""
        return saved.is_in(self._folder.parent)

    def changed(self, saved: Saved) -> bool:
        """Whether a file of that name is there, though not of that size: somebody has worked on it."""
        return saved.stands_in(self._folder.parent) and not self.present(saved)

    async def fetch(
        self, link: str, name: str, *others: str, what: str = "recording", own: Saved | None = None
    ) -> Saved:
        """The file behind the link under `name` and the ending that fits it; under one of `others` where a file that
        is somebody else's has that name.

        `what` it is, in a word of `endings.USUAL`; `own`: the file that was saved of it before. Raises `LinkGone` for a
        dead link, `LinkUnfit` for one that is not followed, `Lost` when it can't be had now, `OSError` when it can't be
        kept.
        """
        wanted = Wanted(link=link, names=(name, *others), what=what, own=own)
        tries = 0
        while True:
            before = self._size(wanted)
            try:
                return await self._once(wanted)
            except Verdict as verdict:
                raise LinkUnfit(f"its link {verdict.issue.cause}") from None
            except (httpx.HTTPError, Lost):
                gained = self._size(wanted) > before
                tries = 0 if gained else tries + 1
                if tries == TRIES or not (gained or self._budget.failed(anyio.current_time())):
                    raise Lost("the file can't be downloaded now") from None

            await anyio.sleep(self._budget.pause(tries))

    async def keep(self, data: bytes, name: str, *others: str, what: str) -> Saved:
        """A file that did not come by a link: what is in it is here. `what` as of `fetch`.

        It is under `name`, or one of `others` where a file that is somebody else's has that name. Raises `OSError`.
        """
        self._check_room(len(data))
        wanted = Wanted(link="", names=(name, *others), what=what, own=None)
        part = self._parts.begin(wanted.key, "")
        arrived = Arrived(wanted=wanted, part=part, rest=data, size=len(data), content_type="")
        try:
            return await self._kept.do(arrived)
        finally:
            part.path.unlink(missing_ok=True)

    async def digest(self, saved: Saved) -> str:
        """The SHA-256 (hex) of a file that was saved. Raises `OSError`."""
        content = await anyio.Path(self._folder.parent / saved.file).read_bytes()
        return hashlib.sha256(content).hexdigest()

    def _size(self, wanted: Wanted) -> int:
        """How much of it is here."""
        part = self._parts.of(wanted.key)
        return part.size if part else 0

    async def _once(self, wanted: Wanted) -> Saved:
        if not _is_address(wanted.link):
            raise LinkUnfit("its link is no web address")

        known = self._parts.of(wanted.key)
        rest = {"Range": f"bytes={known.size}-"} if known and known.size else {}
        async with self._http.stream("GET", wanted.link, headers=rest) as response:
            part, size = self._begun(wanted, known, response)
            try:
                held = await self._received(wanted, part, response)
                arrived = Arrived(
                    wanted=wanted,
                    part=part,
                    rest=held,
                    size=size,
                    content_type=response.headers.get("content-type", ""),
                )
                saved = await self._kept.do(arrived)
                self._of_parts.pop(wanted.key, None)
            except NoFile:
                self._drop(wanted)
                raise
            except OSError as error:
                if error.errno in FULL:  # it gives back what others need more
                    self._drop(wanted)
                raise
            finally:
                if not part.version:
                    part.path.unlink(missing_ok=True)
                    self._drop(wanted)
        self._parts.done(wanted.key)
        return saved

    def _drop(self, wanted: Wanted) -> None:
        """What has come of the file is of no use: it neither stays nor counts."""
        self._parts.drop(wanted.key)
        self.received -= self._of_parts.pop(wanted.key, 0)

    def _begun(self, wanted: Wanted, known: Part | None, response: httpx.Response) -> tuple[Part, int | None]:
        """The part that the answer goes on with, and the size of the whole file, as far as its host tells.

        Raises `LinkGone`, `Lost` for an answer without the file, `OSError` where the disk has no room for it.
        """
        status, headers = response.status_code, response.headers
        if status in _DEAD:
            raise LinkGone(f"the storage host answers {status}")

        if known and status == 416:
            self._drop(wanted)
        if not response.is_success:
            raise Lost(f"the storage host answers {status}")

        if headers.get("content-type", "").casefold().startswith("text/html"):
            raise Lost("a page came in place of the file")

        size = _length(response)
        if status == 206:
            piece = _PIECE.fullmatch(headers.get("content-range", ""))
            size = int(piece[2]) if piece else None
            if not known or not piece or int(piece[1]) != known.size or version_of(headers, size) != known.version:
                self._drop(wanted)
                raise Lost("the file has changed since a part of it came")

            part = known
        else:
            self._drop(wanted)
            part = self._parts.begin(wanted.key, version_of(headers, size))
        needed = (size or 0) - part.size
        if wanted.what != "recording" or needed > SMALL:
            self._check_room(needed)
        return part, size

    def _check_room(self, needed: int) -> None:
        free = shutil.disk_usage(self._folder if self._folder.is_dir() else self._folder.parent).free
        if free < needed + SPARE:
            why = f"the disk is almost full, and {SPARE >> 20} MB of it are left for the results"
            raise OSError(errno.ENOSPC, why, self._folder.name)

    async def _received(self, wanted: Wanted, part: Part, response: httpx.Response) -> bytes:
        """Takes in the answer; gives what is not in the part yet. What has come is kept if the rest does not."""
        held = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                held += chunk
                self.received += len(chunk)
                self._of_parts[wanted.key] = self._of_parts.get(wanted.key, 0) + len(chunk)
                if len(held) >= HELD:
                    data = bytes(held)
                    held.clear()
                    await anyio.to_thread.run_sync(part.add, data)
        except BaseException as error:
            if held and part.version and not isinstance(error, OSError):
                part.add(bytes(held))
            raise

        return bytes(held)

    def _keep(self, arrived: Sequence[Arrived]) -> list[Saved | Exception]:
        """Puts files that have arrived in their places, all durable with one sync of the folder."""
        outcomes: list[Saved | Exception] = []
        for file in arrived:
            try:
                file.complete()
                path = rename(file.part.path, file.place(self._folder))
                outcomes.append(Saved(f"{self._folder.name}/{path.name}", file.part.size))
            except (OSError, Lost) as error:
                outcomes.append(error)
        if any(isinstance(outcome, Saved) for outcome in outcomes):
            sync_folder(self._folder)
        return outcomes


def _is_address(link: str) -> bool:
    try:
        return urlsplit(link).scheme in ("http", "https") and bool(httpx.URL(link).host)
    except (ValueError, httpx.InvalidURL):
        return False


def _length(response: httpx.Response) -> int | None:
    """The bytes that the host announced; of no use where they were compressed on the way."""
    length = response.headers.get("content-length", "")
    return int(length) if re.fullmatch(r"[0-9]{1,18}", length) and "content-encoding" not in response.headers else None
