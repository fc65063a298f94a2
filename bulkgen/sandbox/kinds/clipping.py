"""Clips of a long video."""

from __future__ import annotations

from collections.abc import Sequence

from bulkgen.kinds.clipping import ClippingRequest
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.bodies import read_as
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.media import Link
from bulkgen.sandbox.messages import Answer, Request
from bulkgen.sandbox.ordering import order_keyless
from bulkgen.sandbox.orders import CLIPPINGS, TEST_CARD, Render, Wish
from bulkgen.sandbox.renders import FAILURE, Renders
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Body

#: How many clips come of a video.
_CLIPS = 3


class Clippings:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._rules = Rules(account)

    @property
    def calls(self) -> Sequence[Call]:
        made = Renders(account=self._account, collection=CLIPPINGS, told=told, noun="clipping")
        return (
            Call("GET", "/v3/ai-clipping", made.newest),
            Call("POST", "/v3/ai-clipping", self.post),
            Call("GET", "/v3/ai-clipping/{id}", made.one),
        )

    def post(self, request: Request) -> Answer:
        return order_keyless(self._account, request, self._judge, lambda made: {"ai_clipping_id": made.id})

    def _judge(self, body: Body) -> Wish:
        asked = read_as(ClippingRequest, body)
        self._rules.sources(body)
        return Wish(
            kind="clipping",
            title=asked.title,
            callback_id=asked.callback_id,
            input_language=asked.input_language,
            clips=_CLIPS,
            cents=_CLIPS * self._rules.cents("clipping", asked, TEST_CARD),
        )


def told(render: Render, status: str, link: Link) -> dict[str, object]:
    """A failed one has a message but no code."""
    wish, done = render.wish, status == "completed"
    return {
        "id": render.id,
        "title": wish.title,
        "status": "running" if status == "processing" else status,
        "input_language": wish.input_language,
        "progress": {"pending": 0, "completed": 100}.get(status, 50),
        "clips": [clip(render, number, link) for number in range(1, wish.clips + 1)] if done else [],
        "callback_id": wish.callback_id,
        "created_at": int(render.created_at),
        "failure_message": FAILURE if status == "failed" else None,
    }


def clip(render: Render, number: int, link: Link) -> dict[str, object]:
    """The best one stands first."""
    return {
        "id": f"{render.id}-{number}",
        "status": "completed",
        "title": f"Clip {number}",
        "video_url": link(f"{render.id}-{number}.mp4"),
        "duration_seconds": render.wish.seconds,
        "virality_score": 100 - 7 * number,
    }
