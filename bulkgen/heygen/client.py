"""The calls that bulkgen makes to HeyGen, each as one method.

Owns the connection that carries the key; links of finished jobs go through another one (`download`). Nothing here
decides about money: a paid POST is sent once per call and its caller says when again.

Paths and fields: https://developers.heygen.com/reference.
"""

from __future__ import annotations

import contextlib
import logging
import math
import re
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import BinaryIO
from urllib.parse import quote

import anyio
import httpx

from bulkgen import __version__
from bulkgen.errors import Lost, RateLimited, no_network
from bulkgen.heygen.answers import data_of, lost_from
from bulkgen.heygen.me import Me, read_me
from bulkgen.kinds.life import Collection
from bulkgen.kinds.outcome import Detail
from bulkgen.retry import ATTEMPTS, RetryBudget
from bulkgen.tls import tls

#: HeyGen's slowest answers to a POST were measured at 31 s (99th percentile); a client that gives up earlier turns
#: good answers into lost ones.
POST_TIMEOUT = 150.0

GET_TIMEOUT = 60.0

#: The longest that a GET waits on HeyGen's word (seconds).
LONGEST_WAIT = 60.0

#: Hears what time it is at HeyGen (Unix seconds), from an answer that was asked for so many seconds ago.
Heard = Callable[[float, float], None]

log = logging.getLogger("bulkgen")

#: Parts of a path that are no ids: a cell may have anything in the place of one, and its text goes into no log.
_UNLIKE_IDS = re.compile(r"(?<=/)(?![\w.:=-]{1,80}(?:/|$))[^/]+")


def connect(base: str, key: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """The connection that carries the key, to this address only: redirects are not followed.

    Raises `InputError` where a setting of this computer, such as its proxy, allows none.
    """
    try:
        return httpx.AsyncClient(
            base_url=base,
            headers={"X-Api-Key": key, "User-Agent": f"bulkgen/{__version__}", "Accept": "application/json"},
            follow_redirects=False,
            transport=transport,
            verify=tls(),
        )
    except (ValueError, ImportError, OSError, httpx.InvalidURL) as error:
        raise no_network(error) from error


class HeyGen:
    """HeyGen's API for one account. `heard` is told what time each answer says it is, and how long it took.

    `patience`: where HeyGen asks for a longer wait (seconds), nobody waits.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        budget: RetryBudget | None = None,
        *,
        heard: Heard = lambda _date, _took: None,
        patience: float = math.inf,
    ) -> None:
        self._http = http
        self.budget = budget or RetryBudget()
        self._heard = heard
        self._patience = patience

    async def me(self) -> Me:
        return read_me(_object(await self._get("/v3/users/me")))

    async def submit(self, path: str, body: Mapping[str, object], key: str | None) -> Mapping[str, object]:
        """One paid POST; gives the answer's `data`.

        Raises `ApiError`; only `Lost` leaves open what HeyGen did.
        """
        return await self.call("POST", path, body, key)

    async def call(self, method: str, path: str, body: Mapping[str, object], key: str | None) -> Mapping[str, object]:
        """One request that changes something; gives the answer's `data`. Raises as `submit` does."""
        headers = {"Idempotency-Key": key} if key else {}
        return _object(await self._request(method, path, json=body, headers=headers, timeout=POST_TIMEOUT))

    async def submit_file(
        self, path: str, file: BinaryIO, name: str, content_type: str, key: str
    ) -> Mapping[str, object]:
        """One POST of a file, which is read as it goes out. Raises as `submit` does, and what `file` raises."""
        headers, files = {"Idempotency-Key": key}, {"file": (name, file, content_type)}
        return _object(await self._request("POST", path, files=files, headers=headers, timeout=POST_TIMEOUT))

    async def statuses(self, collection: Collection, ids: Sequence[str]) -> Mapping[str, str]:
        """The status word of each id that HeyGen names; at most 100 ids (HeyGen's limit)."""
        answer = await self._get(collection.statuses_path, {collection.ids_param: ",".join(ids)})
        items = answer.get("data")
        found = {}
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and isinstance(item.get("video_id"), str):
                found[str(item["video_id"])] = str(item.get("status") or "").casefold()
        return found

    async def detail(self, collection: Collection, job_id: str) -> Detail:
        return collection.read(_object(await self._get(collection.detail_path(quote(job_id, safe="")))))

    async def template(self, template_id: str) -> Mapping[str, object]:
        return _object(await self._get(f"/v3/templates/{quote(template_id, safe='')}"))

    async def one(self, path: str, item_id: str) -> Mapping[str, object]:
        return _object(await self._get(f"{path}/{quote(item_id, safe='')}"))

    async def languages(self) -> list[str]:
        names = _object(await self._get("/v3/video-translations/languages")).get("languages")
        return [str(name) for name in names] if isinstance(names, list) else []

    async def listing(
        self, path: str, params: Mapping[str, str] | None = None, *, limit: int = 100
    ) -> AsyncGenerator[Mapping[str, object], None]:
        """Every item of a list, page by page."""
        token = ""
        while True:
            query = {"limit": str(limit), **(params or {}), **({"token": token} if token else {})}
            page = await self._get(path, query, listed=True)
            items = page["data"]
            assert isinstance(items, list), "what is no list has been asked for again"
            for item in items:
                if isinstance(item, dict):
                    yield item

            following = page.get("next_token")
            if not page.get("has_more") or not isinstance(following, str) or following in ("", token):
                return

            token = following

    async def _get(
        self, path: str, params: Mapping[str, str] | None = None, *, listed: bool = False
    ) -> Mapping[str, object]:
        """A GET, tried again within the run's budget while no answer comes. `listed`: the answer's data is a list.

        A page without its list is no answer: taken for an empty one it would be proof that there is no such job.
        """
        for tries in range(1, ATTEMPTS + 1):
            try:
                answer = await self._request("GET", path, params=params)
                if listed and not isinstance(answer.get("data"), list):
                    raise Lost("HeyGen's answer holds no list")
            except RateLimited as error:
                if tries == ATTEMPTS or (error.retry_after or 0) > self._patience:
                    raise

                await anyio.sleep(min(error.retry_after or self.budget.pause(tries, base=2), LONGEST_WAIT))
            except Lost:
                if not self.budget.failed(anyio.current_time()) or tries == ATTEMPTS:
                    raise

                await anyio.sleep(self.budget.pause(tries, base=0.5))
            else:
                self.budget.succeeded()
                return answer
        raise AssertionError("the last try returns or raises")

    async def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
        files: Mapping[str, tuple[str, BinaryIO, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = GET_TIMEOUT,
    ) -> Mapping[str, object]:
        started, asked = time.monotonic(), {"event": "request", "method": method, "path": _UNLIKE_IDS.sub("…", path)}
        limits = httpx.Timeout(timeout, connect=10.0, pool=None)
        try:
            response = await self._http.request(
                method, path, params=params, json=json, files=files, headers=headers, timeout=limits
            )
        except httpx.HTTPError as error:
            failed = {**asked, "error": type(error).__name__, "seconds": round(time.monotonic() - started, 2)}
            log.info("%(method)s %(path)s: %(error)s after %(seconds).2f s", failed)
            raise lost_from(error) from None

        answered = {
            **asked,
            "status": response.status_code,
            "seconds": round(time.monotonic() - started, 2),
            "request_id": response.headers.get("x-request-id", "-")[:80],
        }
        log.info("%(method)s %(path)s: %(status)d in %(seconds).2f s, request %(request_id)s", answered)
        data = data_of(response)
        with contextlib.suppress(ValueError, TypeError, OverflowError):  # no time, or none that can be read
            date = parsedate_to_datetime(response.headers.get("date", "")).timestamp()
            self._heard(date, time.monotonic() - started)
        return data


def _object(answer: Mapping[str, object]) -> Mapping[str, object]:
    data = answer.get("data")
    if not isinstance(data, Mapping):
        raise Lost("HeyGen's answer holds no data")

    return data
