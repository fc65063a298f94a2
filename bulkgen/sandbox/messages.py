"""What comes in and what goes out, free of any wire: a whole request, an answer, and HeyGen's forms of both.

Source: https://developers.heygen.com/docs/error-codes and https://developers.heygen.com/reference.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import parse_qsl, unquote, urlsplit

Item = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that arrived complete; header names are in lower case."""

    method: str
    target: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def parse(cls, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Request:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return cls(method=method, target=target, path=unquote(parts.path), query=query, headers=headers, body=body)

    @property
    def key(self) -> str | None:
        return self.headers.get("idempotency-key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back, after `delay` seconds."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    #: The method and the path of the call, with `{id}` for its variable part; "" for what is none.
    call: str = ""
    #: The ids of the jobs that the answer tells of, where it is one to a paid request.
    jobs: tuple[str, ...] = ()
    #: They were ordered, and paid, by an earlier request with this key.
    replayed: bool = False


class Refusal(Exception):
    """An answer that is no success; raised anywhere under a route."""

    def __init__(
        self, status: int, code: str, message: str, *, param: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        self.retry_after = retry_after

    def answer(self) -> Answer:
        error = {"code": self.code, "message": self.message, "param": self.param, "doc_url": None}
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return _json({"error": error}, self.status, headers)


def invalid(message: str, param: str | None = None) -> Refusal:
    """HeyGen's answer to whatever is wrong in the request itself."""
    return Refusal(400, "invalid_parameter", message, param=param)


def data(content: object) -> Answer:
    return _json({"data": content})


def plain(status: int, text: str) -> Answer:
    return Answer(status=status, body=text.encode(), headers={"Content-Type": "text/plain; charset=utf-8"})


def page(
    query: Mapping[str, str], ids: Iterable[str], show: Callable[[str], Item], *, default: int, most: int
) -> Answer:
    """One page of a list; the token is the id of the last item shown, so new items do not shift the rest."""
    limit, token = _limit(query, default, most), query.get("token")
    remaining = iter(ids)
    if token and token not in remaining:  # the search leaves the iterator right behind the token
        raise invalid("This token is of no page that was given out here.", "token")

    shown = list(islice(remaining, limit + 1))
    more = len(shown) > limit
    shown = shown[:limit]
    return _json(
        {"data": [show(item_id) for item_id in shown], "has_more": more, "next_token": shown[-1] if more else None}
    )


def one_of(query: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    """A filter of a list that knows a few words only; None without it."""
    word = query.get(name)
    if word is not None and word not in choices:
        raise invalid(f"{name} is one of {', '.join(choices)}.", name)

    return word


def _limit(query: Mapping[str, str], default: int, most: int) -> int:
    text = query.get("limit", str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise invalid(f"limit is a whole number from 1 to {most}.", "limit")

    return int(text)


def _json(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Answer(status=status, body=body, headers={"Content-Type": "application/json", **(headers or {})})
