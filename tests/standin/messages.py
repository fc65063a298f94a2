"""A reply, and how rudely it is to be sent; free of sockets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from bulkgen.sandbox.messages import Answer, Refusal, Request

__all__ = ["Ending", "Json", "Reply", "Request", "error_reply", "page_reply"]

Json = dict[str, Any]


class Ending(Enum):
    """What becomes of the connection."""

    SEND = auto()  # the reply is sent
    DROP = auto()  # closed without a byte
    RESET = auto()  # closed by RST
    STALL = auto()  # the reply is sent; then nothing more comes, until the client leaves
    HANG = auto()  # nothing is sent; closed after `hold` seconds, or when the client leaves


@dataclass(frozen=True, slots=True, kw_only=True)
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

    @classmethod
    def of(cls, answer: Answer) -> Reply:
        charged = bool(answer.jobs) and not answer.replayed
        return cls(status=answer.status, body=answer.body, headers=answer.headers, delay=answer.delay, charged=charged)

    @property
    def length(self) -> int:
        return len(self.body) if self.promised is None else self.promised

    @property
    def closes(self) -> bool:
        return self.hangup or self.length != len(self.body)


def error_reply(status: int, code: str, message: str) -> Reply:
    return Reply.of(Refusal(status, code, message).answer())


def page_reply(status: int, title: str) -> Reply:
    body = f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n".encode()
    return Reply(status=status, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
