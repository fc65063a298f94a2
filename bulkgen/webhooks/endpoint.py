"""The endpoint at HeyGen: made once for an address, found again by it, with the events of all kinds of jobs.

Its secret is kept as soon as HeyGen tells it. Where it is not known here (another computer has it, an answer was lost)
HeyGen is asked for another, which ends the old one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import quote

from bulkgen.errors import Lost
from bulkgen.kinds import LIVES
from bulkgen.webhooks.secret_file import OVERLAP, Secret, SecretFile

_PATH = "/v3/webhooks/endpoints"

#: What tells that a job has ended, or waits for the person.
EVENTS = tuple(sorted({event for life in LIVES.values() for collection in life.stages for event in collection.events}))


class Api(Protocol):
    """HeyGen. Every call raises `ApiError`."""

    async def call(
        self, method: str, path: str, body: Mapping[str, object] | None, key: str | None
    ) -> Mapping[str, object]: ...

    def listing(
        self, path: str, params: Mapping[str, str] | None = None
    ) -> AsyncGenerator[Mapping[str, object], None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """`made`: the endpoint is new; `updated`: its events were others; `renewed`: its secret was not known here."""

    made: bool = False
    updated: bool = False
    renewed: bool = False


class Endpoint:
    """The one at this address (`url`). `now` in Unix seconds. Every method raises `ApiError` and `InputError`."""

    def __init__(self, api: Api, url: str, kept: SecretFile, now: Callable[[], float]) -> None:
        self._api = api
        self._url = url
        self._kept = kept
        self._now = now

    async def register(self) -> Registered:
        """Sees to it that HeyGen delivers there, and that the secret is known here."""
        found = await self._find()
        if found is not None and found.get("status") == "disabled":
            await self._delete(found)
            found = None
        if found is None:
            made = await self._api.call("POST", _PATH, {"url": self._url, "events": list(EVENTS)}, None)
            await self._keep(_id_of(made), made.get("secret"))
            return Registered(made=True)

        events = found.get("events")
        other = isinstance(events, list) and set(events) != set(EVENTS)  # null is all of them
        if other:
            await self._api.call("PATCH", _place(_id_of(found)), {"events": list(EVENTS)}, None)
        known = self._kept.read()
        lost = known is None or known.rotating or known.endpoint_id != _id_of(found)
        if lost:
            await self._renew(_id_of(found), known)
        return Registered(updated=other, renewed=lost)

    async def renew_secret(self) -> bool:
        """Has HeyGen sign with a new secret from now on; False where there is no such endpoint."""
        found = await self._find()
        if found is None:
            return False

        await self._renew(_id_of(found), self._kept.read())
        return True

    async def remove(self) -> bool:
        """HeyGen delivers there no more; False where there was no such endpoint."""
        found = await self._all()
        for each in found:  # of one listing: another may show for a while what is deleted
            await self._delete(each)
        self._kept.forget()
        return bool(found)

    async def _find(self) -> Mapping[str, object] | None:
        """The endpoint of this address; of several the one whose secret is known."""
        found, known = await self._all(), self._kept.read()
        ours = [each for each in found if known and each["endpoint_id"] == known.endpoint_id]
        return next(iter([*ours, *found]), None)

    async def _all(self) -> Sequence[Mapping[str, object]]:
        """The endpoints of this address."""
        async with aclosing(self._api.listing(_PATH)) as items:
            return [
                item
                async for item in items
                if item.get("url") == self._url and isinstance(item.get("endpoint_id"), str)
            ]

    async def _delete(self, found: Mapping[str, object]) -> None:
        await self._api.call("DELETE", _place(_id_of(found)), None, None)

    async def _renew(self, endpoint_id: str, known: Secret | None) -> None:
        if known is not None:
            self._kept.write(replace(known, rotating=True))
        told = await self._api.call("POST", f"{_place(endpoint_id)}/rotate-secret", None, None)
        earlier = known.text if known and known.endpoint_id == endpoint_id else ""
        self._keep_text(endpoint_id, told.get("secret"), earlier)

    async def _keep(self, endpoint_id: str, text: object) -> None:
        """The secret of a new endpoint; one that HeyGen does not tell is asked for."""
        if isinstance(text, str) and text:
            self._keep_text(endpoint_id, text)
        else:
            await self._renew(endpoint_id, None)

    def _keep_text(self, endpoint_id: str, text: object, earlier: str = "") -> None:
        if not isinstance(text, str) or not text:
            raise Lost("HeyGen's answer holds no secret for the webhook. Type the same again")

        until = self._now() + OVERLAP if earlier else 0.0
        self._kept.write(Secret(endpoint_id=endpoint_id, text=text, earlier=earlier, earlier_until=until))


def _id_of(endpoint: Mapping[str, object]) -> str:
    found = endpoint.get("endpoint_id")
    if not isinstance(found, str) or not found:
        raise Lost("HeyGen's answer names no endpoint")

    return found


def _place(endpoint_id: str) -> str:
    return f"{_PATH}/{quote(endpoint_id, safe='')}"
