"""The ASGI app that takes deliveries: it answers first and hands over after.

Whatever is asked of it costs no request to HeyGen. A delivery that is not HeyGen's, too large or too slow is refused,
and of one that is nothing goes on but the ids that it names.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from bulkgen.webhooks.deliveries import Known, Verdict, ids_in, judge

#: What a balancer, or a person, may ask whether it is there.
HEALTH = "/health"

#: A body is no larger (bytes), and takes no longer to come (seconds).
LARGEST = 262_144
PATIENCE = 10.0

#: What is said of a delivery that is refused, with its status.
_REFUSALS = {
    Verdict.UNSIGNED: (401, "There is no signature."),
    Verdict.FORGED: (401, "The signature is wrong."),
    Verdict.STALE: (401, "The time is missing, or more than five minutes off."),
}


class Intake:
    """`secrets`: those that a delivery may be signed with now; `hand_over` gets the ids of each, and must not wait."""

    def __init__(
        self,
        secrets: Callable[[], Sequence[str]],
        hand_over: Callable[[Sequence[str]], None],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secrets = secrets
        self._hand_over = hand_over
        self._clock = clock
        self._known = Known()
        #: How many were taken, and how many were repeated or refused, by why.
        self.taken = 0
        self.repeated = 0
        self.refused: Counter[Verdict] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return

        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method in ("GET", "HEAD") and request.url.path == HEALTH:
            return PlainTextResponse("ok\n")

        if request.method == "OPTIONS":  # as HeyGen may ask whether somebody is there
            return Response(status_code=204, headers={"Allow": "POST, OPTIONS"})

        if request.method != "POST":
            return PlainTextResponse("Only deliveries of HeyGen's webhooks.\n", 405, {"Allow": "POST, OPTIONS"})

        with anyio.move_on_after(PATIENCE) as waited:
            body = await _body(request)
        if waited.cancelled_caught:
            return PlainTextResponse("Too slow.\n", 408)

        return PlainTextResponse("Too large.\n", 413) if body is None else self._take(request, body)

    def _take(self, request: Request, body: bytes) -> Response:
        verdict = judge(request.headers, body, self._secrets(), self._clock())
        if verdict is not Verdict.GENUINE:
            self.refused[verdict] += 1
            status, why = _REFUSALS[verdict]
            return PlainTextResponse(f"{why}\n", status)

        if self._known.is_new(request.headers):
            self.taken += 1
            if ids := ids_in(body):
                self._hand_over(ids)
        else:
            self.repeated += 1
        return Response(status_code=204)


async def _body(request: Request) -> bytes | None:
    """The raw body; None for one that is too large."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told[:20]) > LARGEST:
        return None

    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > LARGEST:
            return None
    return bytes(parts)
