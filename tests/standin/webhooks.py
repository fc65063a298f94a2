"""HeyGen's webhooks, as the tests meet them: the calls for endpoints, and deliveries as they are signed.

A secret is told once, and only the newest one counts. Nothing is delivered by itself: a test takes a `Delivery` and
carries it where it likes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.messages import Answer, Refusal, Request, data, invalid, page

PATH = "/v3/webhooks/endpoints"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    id: str
    url: str
    events: Sequence[str] | None
    secret: str
    created_at: str
    status: str = "enabled"

    @property
    def shown(self) -> dict[str, object]:
        return {
            "endpoint_id": self.id,
            "url": self.url,
            "events": self.events,
            "status": self.status,
            "created_at": self.created_at,
        }


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What is posted to an endpoint."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def delivery(
    secret: str, event: str, facts: Mapping[str, object], *, at: float, event_id: str = "evt_1", older: bool = False
) -> Delivery:
    """An event as HeyGen signs it; `older`: with the header that older endpoints have."""
    body = json.dumps({"event_type": event, "event_data": dict(facts)}).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if older:
        return Delivery(body=body, headers={"Signature": signature})

    headers = {"Heygen-Signature": signature, "Heygen-Timestamp": str(int(at)), "Heygen-Event-Id": event_id}
    return Delivery(body=body, headers=headers)


class Webhooks:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.endpoints: dict[str, Endpoint] = {}
        self._made = 0

    def plant(self, url: str) -> None:
        """Puts somebody else's endpoint into the account."""
        self._made += 1
        name = f"wh_{self._made}"
        self.endpoints[name] = Endpoint(id=name, url=url, events=None, secret="", created_at="2026-01-01T00:00:00Z")

    def alter(self, **changes: Any) -> None:
        """Changes all endpoints, as somebody else might."""
        self.endpoints = {name: replace(each, **changes) for name, each in self.endpoints.items()}

    @property
    def calls(self) -> Sequence[Call]:
        one = f"{PATH}/{{endpoint_id}}"
        return (
            Call("POST", PATH, self.create),
            Call("GET", PATH, self.all),
            Call("PATCH", one, self.update),
            Call("DELETE", one, self.delete),
            Call("POST", f"{one}/rotate-secret", self.rotate),
        )

    def create(self, request: Request) -> Answer:
        told = json.loads(request.body)
        if any(each.url == told["url"] for each in self.endpoints.values()):
            raise invalid("There is an endpoint of this URL.", "url")

        self._made += 1
        at = datetime.fromtimestamp(self._clock(), UTC).isoformat()
        made = Endpoint(
            id=f"wh_{self._made}", url=told["url"], events=told.get("events"), secret=self._secret(), created_at=at
        )
        self.endpoints[made.id] = made
        return data({**made.shown, "secret": made.secret})

    def all(self, request: Request) -> Answer:
        return page(request.query, self.endpoints, lambda name: self.endpoints[name].shown, default=10, most=100)

    def update(self, request: Request, endpoint_id: str) -> Answer:
        found = self._one(endpoint_id)
        told = json.loads(request.body)
        changed = replace(found, url=told.get("url", found.url), events=told.get("events", found.events))
        self.endpoints[endpoint_id] = changed
        return data(changed.shown)

    def delete(self, _request: Request, endpoint_id: str) -> Answer:
        self._one(endpoint_id)
        del self.endpoints[endpoint_id]
        return data({"endpoint_id": endpoint_id})

    def rotate(self, _request: Request, endpoint_id: str) -> Answer:
        self._made += 1
        self.endpoints[endpoint_id] = replace(self._one(endpoint_id), secret=self._secret())
        return data({"endpoint_id": endpoint_id, "secret": self.endpoints[endpoint_id].secret})

    def _one(self, endpoint_id: str) -> Endpoint:
        if endpoint_id not in self.endpoints:
            raise Refusal(404, "webhook_not_found", "There is no such endpoint.")

        return self.endpoints[endpoint_id]

    def _secret(self) -> str:
        return f"whsec_{self._made:032}"
