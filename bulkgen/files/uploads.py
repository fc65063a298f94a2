"""The person's files go to HeyGen: a small one in one call, a larger one to the storage host that HeyGen names.

What goes out is hashed on its way, and its last piece is held back until all of it is known to be the content that was
planned with: a file that changes under way is never taken for it. Memory is flat.

Invariants: the storage host gets the headers that HeyGen gave for it and nothing else, above all no key; only public
hosts are called, by https (`download.connect`; HeyGen's own address is excepted), and no redirection is followed.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import anyio
import httpx

from bulkgen.errors import Lost, RateLimited, Refused
from bulkgen.files.project import TYPE as PROJECT
from bulkgen.files.project import packed
from bulkgen.files.public import is_at
from bulkgen.files.verdicts import Verdict
from bulkgen.model import LocalFile
from bulkgen.retry import RetryBudget
from bulkgen.rows.safe_name import safe_name

#: How often a file is sent in all, and the longest that is waited on HeyGen's word (seconds).
TRIES = 6
LONGEST_WAIT = 120.0

#: So much of a file is read at a time (bytes).
PIECE = 256 * 1024

#: For each step of the wire (seconds).
_WIRE = httpx.Timeout(120.0, connect=10.0)

_CHANGED = "it has changed since the plan was made"
_UNFIT = "HeyGen names a storage host that files must not go to"


class Changed(OSError):
    """The file does not hold any more what the plan was made with."""


class Slot(Protocol):
    @property
    def asset(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def most(self) -> float | None: ...


class Assets(Protocol):
    """HeyGen's calls for assets. All raise `ApiError`."""

    @property
    def small(self) -> int:
        """The largest file that goes in one call (bytes)."""
        ...

    async def has(self, asset: str) -> bool: ...

    async def post(self, file: LocalFile, content: BinaryIO, name: str) -> str: ...

    async def slot(self, file: LocalFile, name: str) -> Slot: ...

    async def complete(self, file: LocalFile, asset: str) -> str: ...


class Uploads:
    """`http` carries no key; `own_host` is the address of HeyGen's API."""

    def __init__(self, assets: Assets, http: httpx.AsyncClient, budget: RetryBudget, *, own_host: str) -> None:
        self._assets = assets
        self._http = http
        self._budget = budget
        self._own_host = own_host
        #: What has gone over the wire so far (bytes).
        self.sent = 0

    async def has(self, asset: str) -> bool:
        """Whether HeyGen still has the asset; one that can't be asked for now counts as there."""
        try:
            return await self._assets.has(asset)
        except (Lost, RateLimited):
            return True

    async def send(self, file: LocalFile, *, begun: str, begins: Callable[[str], Awaitable[None]]) -> str:
        """The id of the file at HeyGen.

        `begun`: the id under which an earlier run may have brought it there; `begins` is told of such an id before any
        byte goes out. Raises `ApiError`, and `OSError` (`Changed`) where the file can't be read as it was.
        """
        if file.type == PROJECT:  # which HeyGen takes at its storage host alone
            with ExitStack() as stack:
                made = await anyio.to_thread.run_sync(stack.enter_context, packed(file))
                if made is None:
                    raise Changed(_CHANGED)

                return await self._direct(made, begun, begins)

        if file.size <= self._assets.small:
            return await self._tried(lambda: self._post(file))

        return await self._direct(file, begun, begins)

    async def _direct(self, file: LocalFile, begun: str, begins: Callable[[str], Awaitable[None]]) -> str:
        if begun:
            try:
                return await self._assets.complete(file, begun)
            except (Refused, Lost):  # it had not come so far, or HeyGen has forgotten it
                pass
        first = iter([True])
        return await self._tried(lambda: self._put(file, begins, first=next(first, False)))

    async def _tried(self, work: Callable[[], Awaitable[str]]) -> str:
        """What the work gives, as often as it takes."""
        for tries in range(1, TRIES + 1):
            try:
                return await work()
            except RateLimited as error:
                if tries == TRIES:
                    raise

                await anyio.sleep(min(error.retry_after or self._budget.pause(tries, base=2), LONGEST_WAIT))
            except Lost:
                if tries == TRIES or not self._budget.failed(anyio.current_time()):
                    raise

                await anyio.sleep(self._budget.pause(tries))
        raise AssertionError("the last try returns or raises")

    async def _post(self, file: LocalFile) -> str:
        with await anyio.to_thread.run_sync(open_as_planned, file) as raw:
            content = _Verified(raw, file, self._count)
            return await self._assets.post(file, cast("BinaryIO", content), name_of(file))

    async def _put(self, file: LocalFile, begins: Callable[[str], Awaitable[None]], *, first: bool) -> str:
        """One slot, and the file into it. A slot that has expired, or a file that came damaged, takes another one.

        `first`: HeyGen may have found another checksum, and a second try is worth its bytes.
        """
        slot = await self._assets.slot(file, name_of(file))
        if slot.most is not None and file.size > slot.most:
            raise Refused(f"HeyGen takes files of up to {slot.most / 1024**2:,.0f} MB", code="payload_too_large")

        url = self._checked(slot.url)
        await begins(slot.asset)
        with await anyio.to_thread.run_sync(open_as_planned, file) as raw:
            headers = {name: value for name, value in slot.headers.items() if name.casefold() != "transfer-encoding"}
            request = httpx.Request(
                "PUT",
                url,
                headers={"Content-Length": str(file.size), **headers},
                content=self._pieces(_Verified(raw, file, self._count)),
                extensions={"timeout": _WIRE.as_dict()},
            )
            try:
                response = await self._http.send(request, follow_redirects=False)
            except Verdict:
                raise Refused(_UNFIT) from None
            except httpx.HTTPError:  # all of it may be there, and only the answer be lost
                why = "the connection to the storage host broke off"
            else:
                why = "" if response.is_success else f"the storage host answers {response.status_code}"

        if why.startswith("the storage"):
            raise Lost(why)

        try:
            return await self._assets.complete(file, slot.asset)
        except Refused as error:
            if why or error.status == 409 or (first and error.status == 400):
                raise Lost(why or "the file has not arrived whole") from None

            raise

    def _checked(self, address: str) -> httpx.URL:
        """Raises `Refused` for an address that a file must not go to."""
        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, ValueError):
            raise Refused(_UNFIT) from None

        if not url.host or (url.scheme != "https" and not is_at(url, self._own_host)):
            raise Refused(_UNFIT)

        return url

    async def _pieces(self, content: _Verified) -> AsyncIterator[bytes]:
        while piece := await anyio.to_thread.run_sync(content.read, PIECE):
            yield piece

    def _count(self, size: int) -> None:
        self.sent += size


def open_as_planned(file: LocalFile) -> BinaryIO:
    """Raises `Changed` where the file is not there any more, or of another size; `OSError` where it can't be read."""
    try:
        raw = Path(file.path).open("rb") if file.path else None  # noqa: SIM115 - whoever asks closes it
    except FileNotFoundError:
        raw = None
    if raw is None:
        raise Changed("it is not there any more")

    if raw.seek(0, io.SEEK_END) != file.size:
        raw.close()
        raise Changed(_CHANGED)

    raw.seek(0)
    return raw


class _Verified:
    """The content of a file as it is read to be sent. Raises `Changed` before the last of it, where it is another."""

    def __init__(self, raw: BinaryIO, file: LocalFile, count: Callable[[int], None]) -> None:
        self._raw = raw
        self._file = file
        self._count = count
        self._digest = hashlib.sha256()
        self._left = file.size

    def read(self, size: int = -1) -> bytes:
        piece = self._raw.read(min(size, self._left) if size >= 0 else self._left)
        self._digest.update(piece)
        self._left -= len(piece)
        ended = not piece and self._left
        if ended or (not self._left and self._digest.hexdigest() != self._file.digest):
            raise Changed(_CHANGED)

        self._count(len(piece))
        return piece

    def fileno(self) -> int:
        """By which its size is found."""
        return self._raw.fileno()


def name_of(file: LocalFile) -> str:
    """What the file is called at HeyGen: by its own name, never by its path."""
    return safe_name(Path(file.path).name) or "file"
