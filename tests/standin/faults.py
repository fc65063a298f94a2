"""What can go wrong between a request and its answer.

A fault is a word with arguments, `name[:argument…]`. Those that end in `_before` happen instead of the request (it is
not looked at, nothing is charged); those that end in `_after` happen to its true answer (it was charged, if it is a
paid one). For each name below there are both:

    drop                 the connection is closed without a byte     reset            the same, by RST
    hang[:SECONDS]       no answer; closed after that long           cut[:SHARE]      a part of the body, then closed
    error:STATUS[:CODE]  an error in HeyGen's envelope               page:STATUS      an HTML page
    garbage              200, but no JSON                            truncated        200, JSON cut in the middle
    empty                200 without a body                          error_in_200:CODE  200 that carries an error
    no_id                200 without the id                          null_data        200 with `"data": null`
    longer[:BYTES]       Content-Length above what comes             shorter[:BYTES]  below it
    redirect[:URL]       302 to another host                   stall[:SHARE]    a part of the body, then nothing more

And without a stage:

    slow:SECONDS        the true answer, late (charged at once)     late:SECONDS   looked at, and charged, only then
    in_progress:N       charged, answer dropped; the next N repeats of the key meet 409 request_in_progress
    busy[:FORM]         429 with that Retry-After (forms: `settings.retry_after`)
    hangup              the true answer, then the connection is closed although it was kept alive

A rule of the script is an object: `fault`, and what it applies to: `method` and `path` (regular expressions; without
them POST, and every path), `body` (one searched for in the body), `nth` (`3`, `"2-4"`, `"5-"`, `[1, 3]`; without it
all), `per` (`"key"`: nth of each Idempotency-Key; `"path"`: nth of each path). So the first two answers to each key:
`{"path": "/v3/videos$", "nth": "1-2", "per": "key", "fault": "drop_after"}`.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.standin.messages import Ending, Reply, Request, error_reply, page_reply
from tests.standin.settings import Settings, retry_after_header

#: Machine words of errors whose code the fault does not give.
CODES = {
    400: "invalid_parameter",
    401: "unauthorized",
    402: "insufficient_credit",
    403: "forbidden",
    404: "not_found",
    409: "request_in_progress",
    429: "rate_limit_exceeded",
    500: "internal_error",
    503: "service_unavailable",
    504: "gateway_timeout",
}

_IDS = frozenset({"id", "video_id", "video_translation_ids", "request_id", "audio_url"})


@dataclass(frozen=True, slots=True)
class Terms:
    """How a request is to be answered: after so many seconds (None: as the settings say), and with so many 409s for
    its key afterwards."""

    delay: float | None = None
    conflicts: int = 0


def _error(reply: Reply, status: str, code: str = "") -> Reply:
    number = int(status)
    made = error_reply(number, code or CODES.get(number, "unknown_error"), f"The stand-in was told to say {number}.")
    return replace(reply, status=number, body=made.body, headers=made.headers)


def _page(reply: Reply, status: str) -> Reply:
    made = page_reply(int(status), f"{status} from a proxy")
    return replace(reply, status=made.status, body=made.body, headers=made.headers)


def _error_in_200(reply: Reply, code: str) -> Reply:
    return replace(_error(reply, "400", code), status=200)


def _redirect(reply: Reply, *url: str) -> Reply:
    location = ":".join(url) or "/_elsewhere"
    return replace(reply, status=302, body=b"", headers={"Location": location})


def _no_id(reply: Reply) -> Reply:
    data = json.loads(reply.body or b"{}").get("data")
    rest = {name: value for name, value in data.items() if name not in _IDS} if isinstance(data, dict) else {}
    return replace(reply, status=200, body=json.dumps({"data": rest}).encode())


def _cut(reply: Reply, share: str = "0.5") -> Reply:
    return replace(reply, body=reply.body[: int(len(reply.body) * float(share))], promised=len(reply.body))


def _stall(reply: Reply, share: str = "0.5") -> Reply:
    """So much of the answer, and then nothing more, though the connection stands."""
    return replace(_cut(reply, share), ending=Ending.STALL)


def _busy(reply: Reply, form: str) -> Reply:
    return replace(reply, headers={**reply.headers, **retry_after_header(form)})


_BENDS: Mapping[str, Callable[..., Reply]] = {
    "drop": lambda reply: replace(reply, ending=Ending.DROP),
    "reset": lambda reply: replace(reply, ending=Ending.RESET),
    "hang": lambda reply, seconds="": replace(reply, ending=Ending.HANG, hold=float(seconds) if seconds else None),
    "cut": _cut,
    "stall": _stall,
    "error": _error,
    "page": _page,
    "garbage": lambda reply: replace(reply, status=200, body=b"\x00\xfe\xff{]nonsense" * 3),
    "truncated": lambda reply: replace(reply, status=200, body=reply.body[: len(reply.body) // 2]),
    "empty": lambda reply: replace(reply, status=200, body=b""),
    "error_in_200": _error_in_200,
    "redirect": _redirect,
    "no_id": _no_id,
    "null_data": lambda reply: replace(reply, status=200, body=b'{"data":null}'),
    "longer": lambda reply, by="100": replace(reply, promised=len(reply.body) + int(by)),
    "shorter": lambda reply, by="10": replace(reply, promised=max(0, len(reply.body) - int(by))),
}

#: Faults without a stage, with the least number of their arguments.
_WHOLE = {"slow": 1, "late": 1, "in_progress": 1, "busy": 0, "hangup": 0}


@dataclass(frozen=True, slots=True)
class Fault:
    text: str
    name: str
    stage: str
    arguments: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Raises `ValueError` for a word that is no fault, or arguments that it does not take."""
        word, *arguments = text.split(":")
        name, _, stage = word.rpartition("_")
        if stage in ("before", "after") and name in _BENDS:
            try:
                _BENDS[name](error_reply(503, "", ""), *arguments)
            except (TypeError, ValueError):
                raise ValueError(f"{text!r}: {name} does not take these arguments") from None

            return cls(text, name, stage, tuple(arguments))

        if word not in _WHOLE or len(arguments) < _WHOLE[word]:
            raise ValueError(f"{text!r} is no fault; see tests/standin/faults.py")

        return cls(text, word, "", tuple(arguments))

    def play(self, answer: Callable[[Terms], Reply], retry_after: str) -> Reply:
        """The reply that this fault makes; `answer` gives the true one, and charges. `retry_after`: of a 429."""
        if self.stage:
            unseen = error_reply(503, CODES[503], "The stand-in is down.")
            bent = _BENDS[self.name](unseen if self.stage == "before" else answer(Terms()), *self.arguments)
            return _busy(bent, retry_after) if bent.status == 429 else bent

        if self.name == "busy":
            reply = error_reply(429, CODES[429], "The stand-in was told to be busy.")
            return _busy(reply, ":".join(self.arguments) or retry_after)

        if self.name == "hangup":
            return replace(answer(Terms()), hangup=True)

        if self.name == "in_progress":
            reply = answer(Terms(conflicts=int(self.arguments[0])))
            return replace(reply, ending=Ending.DROP) if reply.charged else reply

        seconds = float(self.arguments[0])
        return answer(Terms(seconds)) if self.name == "slow" else Reply(ticket=0, delay=seconds)


class Rule:
    """One line of the script, and how often it was met."""

    def __init__(
        self, fault: str, method: str = "POST", path: str = "", body: str = "", nth: Any = "1-", per: str = ""
    ):
        self.fault = Fault.parse(fault)
        self._method, self._path, self._body = re.compile(method), re.compile(path), re.compile(body.encode())
        self._nth = [_span(part) for part in (nth if isinstance(nth, list) else [nth])]
        if per not in ("", "key", "path"):
            raise ValueError(f"per is {per!r}; it can be 'key' or 'path'")

        self._per = per
        self._met: Counter[str | None] = Counter()

    def meets(self, request: Request) -> bool:
        if not (self._method.fullmatch(request.method) and self._path.search(request.path)):
            return False

        if not self._body.search(request.body):
            return False

        group = request.key if self._per == "key" else request.path if self._per == "path" else ""
        self._met[group] += 1
        return any(least <= self._met[group] <= most for least, most in self._nth)


def _span(nth: object) -> tuple[float, float]:
    least, dash, most = str(nth).partition("-")
    return int(least), float(most or "inf") if dash else int(least)


class Faults:
    """Chooses the fault of a request: by the script first, then by chance."""

    def __init__(self, settings: Settings) -> None:
        try:
            self._rules = [Rule(**rule) for rule in settings.script]
        except TypeError as error:
            raise ValueError(f"a rule of the script is wrong: {error}") from None

        if unknown := settings.faults.keys() - {"post", "get", "media"}:
            raise ValueError(f"faults are of post, get and media, not {', '.join(sorted(unknown))}")

        self._chances = {
            group: [(Fault.parse(text), chance) for text, chance in chances.items()]
            for group, chances in settings.faults.items()
        }
        self._rng = random.Random(f"{settings.seed}:faults")

    def choose(self, request: Request) -> Fault | None:
        met = [rule.fault for rule in self._rules if rule.meets(request)]
        if met:
            return met[0]

        group = "media" if request.path.startswith("/media/") else "post" if request.method == "POST" else "get"
        draw = self._rng.random()
        for fault, chance in self._chances.get(group, ()):
            draw -= chance
            if draw < 0:
                return fault
        return None
