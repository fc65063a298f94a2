"""What comes in and what goes out, free of sockets: a whole request, a reply, and how rudely it is to be sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
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
        return cls(method, target, unquote(parts.path), query, headers, body)

    @property
    def key(self) -> str | None:
        return self.headers.get("idempotency-key")


class Ending(Enum):
    """What becomes of the connection."""

    SEND = auto()  # the reply is sent
    DROP = auto()  # closed without a byte
    RESET = auto()  # closed by RST
    HANG = auto()  # nothing is sent; closed after `hold` seconds, or when the client leaves


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and the manners it is sent with."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Seconds before anything is sent.
    delay: float = 0.0
    ending: Ending = Ending.SEND
    hold: float | None = None
    #: A Content-Length that is not the body's.
    promised: int | None = None
    #: The connection is closed after the reply, without a word of that in it.
    hangup: bool = False
    #: The request was not looked at yet: after `delay` its answer is `World.late_answer(ticket)`.
    ticket: int | None = None
    #: Something was charged for this request.
    charged: bool = False

    @property
    def length(self) -> int:
        return len(self.body) if self.promised is None else self.promised

    @property
    def closes(self) -> bool:
        return self.hangup or self.length != len(self.body)


class Refusal(Exception):
    """The request is refused, in HeyGen's envelope."""

    def __init__(
        self, status: int, code: str, message: str, param: str | None = None, retry_after: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        #: A form of `retry_after_header`; None where the account's setting decides.
        self.retry_after = retry_after


def invalid(param: str, message: str) -> Refusal:
    return Refusal(400, "invalid_parameter", message, param)


def json_reply(status: int, content: object, headers: Mapping[str, str] | None = None) -> Reply:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, body, {"Content-Type": "application/json", **(headers or {})})


def error_reply(
    status: int, code: str, message: str, param: str | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    error = {"code": code, "message": message, "param": param, "doc_url": None}
    return json_reply(status, {"error": error}, headers)


def page_reply(status: int, title: str) -> Reply:
    body = f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n".encode()
    return Reply(status, body, {"Content-Type": "text/html; charset=utf-8"})
