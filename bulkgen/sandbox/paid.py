"""The routes that cost money at HeyGen.

Each takes the same steps: hold the key, replay what it stands for already, else judge the request, take some time
over it, and enter the order. The last step is one that can't be interrupted, so a caller that gives up has either
ordered nothing, or can have the answer again by the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import anyio
from starlette.requests import Request
from starlette.responses import Response

from bulkgen.sandbox import details
from bulkgen.sandbox.answers import data
from bulkgen.sandbox.ledger import Ledger, Order, Wish
from bulkgen.sandbox.requests import (
    Body,
    avatar_wish,
    read_body,
    read_key,
    speech_wish,
    template_wish,
    translation_wishes,
)


class Paid:
    def __init__(self, ledger: Ledger, latency: float, speech_latency: float) -> None:
        self._ledger = ledger
        self._latency = latency
        self._speech_latency = speech_latency

    async def template(self, request: Request) -> Response:
        template_id = request.path_params["template_id"]
        order = await self._order(request, lambda body: [template_wish(template_id, body)])
        render = order.renders[0]
        return data(details.video(render, render.created_at))  # a replay tells the video as it was when ordered

    async def video(self, request: Request) -> Response:
        order = await self._order(request, lambda body: [avatar_wish(body)])
        render = order.renders[0]
        return data({"video_id": render.id, "status": "waiting", "output_format": render.wish.extension})

    async def translation(self, request: Request) -> Response:
        order = await self._order(request, translation_wishes)
        return data({"video_translation_ids": [render.id for render in order.renders]})

    async def speech(self, request: Request) -> Response:
        """Answered when the recording is ready; takes no Idempotency-Key."""
        body = await read_body(request)
        wish = speech_wish(body)
        await anyio.sleep(self._speech_latency)
        order = self._ledger.accept(request.url.path, "", [wish])
        return data(details.speech(order.renders[0], str(body["text"])))

    async def _order(self, request: Request, judge: Callable[[Body], Sequence[Wish]]) -> Order:
        path, key = request.url.path, read_key(request)
        with self._ledger.handling(path, key) as earlier:
            if earlier:
                return earlier

            wishes = judge(await read_body(request))
            await anyio.sleep(self._latency)
            return self._ledger.accept(path, key, wishes)
