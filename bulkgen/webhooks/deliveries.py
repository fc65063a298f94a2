"""What HeyGen delivers, as bytes and headers: whether it is HeyGen's, and which ids it is worth asking about.

Pure. Of a delivery nothing is believed but that: what became of a job is only ever learnt by asking HeyGen. The
signature is an HMAC-SHA256 over the raw body; the headers beside it are not signed, so a body is known again by its
signature too.

Source: https://developers.heygen.com/docs/webhooks.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

#: Where the signature stands: today, and in deliveries of older endpoints, which name no time.
SIGNATURE, OLDER_SIGNATURE = "heygen-signature", "signature"
TIMESTAMP, EVENT_ID = "heygen-timestamp", "heygen-event-id"

#: A delivery is no further off than this, in either direction (seconds).
LONGEST_WAY = 300.0

#: A time beyond this is one in milliseconds.
_MILLISECONDS = 1e11

#: What an id of HeyGen's is made of; and how many of one delivery are taken.
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
MOST_IDS = 20

#: Ids that are nobody's job.
_NO_JOBS = frozenset({"callback_id", "folder_id", "event_id", "entity_id", "endpoint_id", "workspace_id", "space_id"})

#: How deep a body is looked into.
_DEPTH = 4

#: So many deliveries are known again.
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many deliveries came: new ones, ones that had come before, and ones that were not HeyGen's."""

    taken: int
    repeated: int
    refused: int


class Verdict(Enum):
    GENUINE = auto()
    UNSIGNED = auto()  # as deliveries to the callback_url of a single job are
    FORGED = auto()  # or signed with a secret that is not ours
    STALE = auto()  # of another time, or of none


def judge(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: float) -> Verdict:
    """Whether a delivery is HeyGen's. `headers` by their names in lower case; `now` in Unix seconds."""
    told = headers.get(SIGNATURE) or headers.get(OLDER_SIGNATURE) or ""
    if not told:
        return Verdict.UNSIGNED

    signature = _bare(told)
    right = [hmac.compare_digest(signature, signed(body, secret).encode()) for secret in secrets]
    if not any(right):
        return Verdict.FORGED

    if TIMESTAMP not in headers:
        return Verdict.STALE if SIGNATURE in headers else Verdict.GENUINE

    sent = _time(headers[TIMESTAMP])
    return Verdict.GENUINE if sent is not None and abs(now - sent) <= LONGEST_WAY else Verdict.STALE


def signed(body: bytes, secret: str) -> str:
    """HeyGen's signature of a body (hex)."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def ids_in(body: bytes) -> tuple[str, ...]:
    """The ids that a delivery names, by whatever name; none of what can't be read."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ()

    event = told.get("event_data") if isinstance(told, dict) else None
    return tuple(dict.fromkeys(_ids(event, _DEPTH)))[:MOST_IDS]


class Known:
    """Deliveries that have come before, by their id and by their signature; the latest ones."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._seen: dict[bytes, None] = {}

    def is_new(self, headers: Mapping[str, str]) -> bool:
        """Whether a genuine delivery has not come before. It has from now on."""
        marks = [b"signature " + _bare(headers.get(SIGNATURE) or headers.get(OLDER_SIGNATURE) or "")]
        if event := headers.get(EVENT_ID):
            marks.append(b"event " + hashlib.sha256(event.encode("utf-8", "replace")).digest())
        if any(mark in self._seen for mark in marks):
            return False  # and what is not signed of it is not remembered: it would push out what is

        self._seen.update(dict.fromkeys(marks))
        while len(self._seen) > self._most:
            del self._seen[next(iter(self._seen))]
        return True


def _bare(signature: str) -> bytes:
    """The hex digits, without what some senders put before them."""
    return signature.strip().lower().removeprefix("sha256=").encode("utf-8", "replace")


def _time(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None

    return seconds / 1000 if seconds > _MILLISECONDS else seconds


def _ids(told: object, depth: int) -> Iterator[str]:
    if not isinstance(told, dict):
        return

    for name, value in told.items():
        if isinstance(value, str) and (name == "id" or name.endswith("_id")):
            if name not in _NO_JOBS and _ID.fullmatch(value):
                yield value
        elif depth:
            for item in value[:MOST_IDS] if isinstance(value, list) else [value]:
                yield from _ids(item, depth - 1)
