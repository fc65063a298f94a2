"""A result's link becomes a file: streamed, its length checked, synced, renamed.

Links are presigned and lead to a storage host: the connection here never carries the API key. The name of a file is
the caller's; its ending comes from a fixed list, never from the link.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import httpx

from bulkgen import __version__
from bulkgen.disk.together import Together
from bulkgen.disk.whole import Saved, rename, sync_folder, temporary_name
from bulkgen.errors import LinkGone, Lost
from bulkgen.retry import RetryBudget
from bulkgen.tls import tls

#: How often a file is tried in all: enough to outlast a gap of a minute in the network.
TRIES = 12

#: What is held in memory before it goes to the disk (bytes): a recording is smaller, and so one step of a thread.
HELD = 4 << 20

#: Statuses by which storage hosts say that a presigned link is dead.
_DEAD = frozenset({403, 404, 410})

_ENDINGS = {
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
}


def connect(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A connection for links, without the key."""
    return httpx.AsyncClient(
        headers={"User-Agent": f"bulkgen/{__version__}"},
        timeout=httpx.Timeout(60.0, connect=10.0, pool=None),
        follow_redirects=True,
        transport=transport,
        verify=tls(),
    )


class Downloads:
    """Files of one sheet, in `folder`; what is reported is relative to the sheet's own folder."""

    def __init__(self, http: httpx.AsyncClient, folder: Path, budget: RetryBudget) -> None:
        self._http = http
        self._folder = folder
        self._budget = budget
        self._kept = Together(self._keep)

    def present(self, saved: Saved) -> bool:
        """Whether the file is there in its full size."""
        return saved.is_in(self._folder.parent)

    def changed(self, saved: Saved) -> bool:
        """Whether a file of that name is there, though not of that size: somebody has worked on it."""
        return saved.stands_in(self._folder.parent) and not self.present(saved)

    async def fetch(self, link: str, name: str) -> Saved:
        """The file behind the link under `name` and the ending that fits it.

        Raises `LinkGone` for a dead link, `Lost` when it can't be had now, `OSError` when it can't be kept.
        """
        for tries in range(1, TRIES + 1):
            try:
                return await self._once(link, name)
            except (httpx.HTTPError, Lost):
                if tries == TRIES or not self._budget.failed(anyio.current_time()):
                    raise Lost("the file can't be downloaded now") from None

            await anyio.sleep(self._budget.pause(tries))
        raise AssertionError("the last try returns or raises")

    async def _once(self, link: str, name: str) -> Saved:
        if not _is_address(link):
            raise LinkGone("the link is no web address")

        async with self._http.stream("GET", link) as response:
            if response.status_code in _DEAD:
                raise LinkGone(f"the storage host answers {response.status_code}")

            if not response.is_success:
                raise Lost(f"the storage host answers {response.status_code}")

            content_type = response.headers.get("content-type", "").partition(";")[0].strip().casefold()
            if content_type.startswith("text/html"):
                raise Lost("a page came in place of the file")

            path = self._folder / (name + _ENDINGS.get(content_type, _ending(link)))
            temporary = temporary_name(path)
            try:
                held = bytearray()
                async for chunk in response.aiter_bytes():
                    held += chunk
                    if len(held) >= HELD:
                        await anyio.to_thread.run_sync(_add, temporary, bytes(held))
                        held.clear()
                arrived = _Arrived(temporary=temporary, path=path, rest=bytes(held), expected=_length(response))
                return await self._kept.do(arrived)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise

    def _keep(self, arrived: Sequence[_Arrived]) -> list[Saved | Exception]:
        """Puts files that have arrived in their places, all durable with one sync of the folder."""
        outcomes: list[Saved | Exception] = []
        for file in arrived:
            try:
                size = file.complete()
                _spare(file.path, size)
                path = rename(file.temporary, file.path)
                outcomes.append(Saved(f"{self._folder.name}/{path.name}", size))
            except (OSError, Lost) as error:
                outcomes.append(error)
        sync_folder(self._folder)
        return outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrived:
    """A file whose last bytes are still in memory; `expected`: its length as the host announced it."""

    temporary: Path
    path: Path
    rest: bytes
    expected: int | None

    def complete(self) -> int:
        """Writes the rest; gives the size. Raises `Lost` for a file that is not whole."""
        size = _add(self.temporary, self.rest, sync=True)
        if size == 0 or self.expected not in (None, size):
            raise Lost("the file came incomplete")

        return size


def _spare(path: Path, size: int) -> None:
    """Gives a file of another size that stands there another name: somebody may have worked on it."""
    if path.exists() and path.stat().st_size not in (0, size):
        names = (f"{path.stem} (changed{f' {number}' if number > 1 else ''}){path.suffix}" for number in count(1))
        path.rename(next(free for free in map(path.with_name, names) if not free.exists()))


def _is_address(link: str) -> bool:
    try:
        return urlsplit(link).scheme in ("http", "https") and bool(httpx.URL(link).host)
    except (ValueError, httpx.InvalidURL):
        return False


def _add(temporary: Path, data: bytes, *, sync: bool = False) -> int:
    """Adds to a file that is being written; gives its size."""
    try:
        file = temporary.open("ab")
    except FileNotFoundError:
        temporary.parent.mkdir(exist_ok=True)
        file = temporary.open("ab")
    with file:
        file.write(data)
        file.flush()
        if sync:
            os.fsync(file.fileno())
        return file.tell()


def _length(response: httpx.Response) -> int | None:
    """The bytes that the host announced; of no use where they were compressed on the way."""
    length = response.headers.get("content-length", "")
    return int(length) if length.isdigit() and "content-encoding" not in response.headers else None


def _ending(link: str) -> str:
    ending = Path(urlsplit(link).path).suffix.casefold()
    return ending if ending in _ENDINGS.values() else ".mp3"
