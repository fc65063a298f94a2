"""Videos of the kinds that share one call: which of them a request is for, and what is told of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bulkgen.sandbox.account import Account
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.kinds import avatar, cinematic, image, studio
from bulkgen.sandbox.media import CAPTIONED, Link
from bulkgen.sandbox.messages import Answer, Request, invalid
from bulkgen.sandbox.ordering import order
from bulkgen.sandbox.orders import VIDEOS, Order, Render, Wish
from bulkgen.sandbox.renders import FAILURE, Renders
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import BASE, Body

#: By the field `type` of a request.
_TYPES: Mapping[str, Callable[[Rules, Body], Wish]] = {
    "avatar": avatar.judge,
    "image": image.judge,
    "cinematic_avatar": cinematic.judge,
    "studio": studio.judge,
}


class Videos:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._rules = Rules(account)

    @property
    def calls(self) -> Sequence[Call]:
        videos = Renders(
            account=self._account,
            collection=VIDEOS,
            told=told,
            noun="video",
            code="video_not_found",
            searched=True,
        )
        return (
            Call("GET", "/v3/videos", videos.newest),
            Call("POST", "/v3/videos", self.post),
            Call("GET", "/v3/videos/statuses", partial(videos.statuses, param="video_ids")),
            Call("GET", "/v3/videos/{id}", videos.one),
        )

    def post(self, request: Request) -> Answer:
        return order(self._account, request, self._judge, _ordered)

    def _judge(self, body: Body) -> Sequence[Wish]:
        kind = str(body.get("type"))
        if kind not in _TYPES:
            raise invalid(f"type is one of {', '.join(_TYPES)}.", "type")

        return [_TYPES[kind](self._rules, body)]


def _ordered(made: Order) -> object:
    render = made.renders[0]
    return {"video_id": render.id, "status": "waiting", "output_format": render.wish.extension}


def told(render: Render, status: str, link: Link) -> dict[str, object]:
    wish = render.wish
    done, failed = status == "completed", status == "failed"
    return {
        "id": render.id,
        "status": status,
        "title": wish.title,
        "created_at": int(render.created_at),
        "completed_at": int(render.ends_at) if done else None,
        "video_url": link(f"{render.id}.{wish.extension}") if done else None,
        "captioned_video_url": link(f"{render.id}{CAPTIONED}.{wish.extension}") if done and wish.captioned else None,
        "subtitle_url": link(f"{render.id}.srt") if done else None,
        "thumbnail_url": link(f"{render.id}.jpg") if done else None,
        "gif_url": link(f"{render.id}.gif") if done and wish.gif else None,
        "duration": wish.seconds if done else None,
        "folder_id": wish.folder_id,
        "output_language": None,
        "failure_code": render.failure or None if failed else None,
        "failure_message": FAILURE if failed else None,
        "video_page_url": f"{BASE}/videos/{render.id}",
    }
