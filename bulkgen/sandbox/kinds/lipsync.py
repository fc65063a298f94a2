"""Videos whose lips move to another recording."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bulkgen.kinds.lipsync import LipsyncRequest
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.bodies import read_as
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.media import Link
from bulkgen.sandbox.messages import Answer, Request
from bulkgen.sandbox.ordering import order
from bulkgen.sandbox.orders import LIPSYNCS, TEST_CARD, Render, Wish
from bulkgen.sandbox.renders import FAILURE, Renders
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Body


class Lipsyncs:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._rules = Rules(account)

    @property
    def calls(self) -> Sequence[Call]:
        made = Renders(account=self._account, collection=LIPSYNCS, told=told, noun="lipsync")
        return (
            Call("GET", "/v3/lipsyncs", made.newest),
            Call("POST", "/v3/lipsyncs", self.post),
            Call("GET", "/v3/lipsyncs/statuses", partial(made.statuses, param="lipsync_ids")),
            Call("GET", "/v3/lipsyncs/{id}", made.one),
        )

    def post(self, request: Request) -> Answer:
        return order(self._account, request, self._judge, lambda made: {"lipsync_id": made.renders[0].id})

    def _judge(self, body: Body) -> Sequence[Wish]:
        asked = read_as(LipsyncRequest, body)
        self._rules.sources(body)
        return [
            Wish(
                kind="lipsync",
                title=asked.title,
                folder_id=asked.folder_id,
                callback_id=asked.callback_id,
                cents=self._rules.cents("lipsync", asked, TEST_CARD),
            )
        ]


def told(render: Render, status: str, link: Link) -> dict[str, object]:
    """A failed one has a message but no code."""
    wish, done = render.wish, status == "completed"
    return {
        "id": render.id,
        "status": "running" if status == "processing" else status,
        "title": wish.title,
        "duration": wish.seconds if done else None,
        "video_url": link(f"{render.id}.mp4") if done else None,
        "caption_url": link(f"{render.id}.srt") if done else None,
        "callback_id": wish.callback_id,
        "created_at": int(render.created_at),
        "failure_message": FAILURE if status == "failed" else None,
    }
