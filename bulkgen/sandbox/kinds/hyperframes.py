"""Videos rendered from a project's page."""

from __future__ import annotations

from collections.abc import Sequence

from bulkgen.composition import ENTRY
from bulkgen.kinds.hyperframes import HyperframesRequest
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.assets import PROJECT, Assets
from bulkgen.sandbox.bodies import read_as
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.media import Link
from bulkgen.sandbox.messages import Answer, Request, invalid
from bulkgen.sandbox.ordering import order
from bulkgen.sandbox.orders import HYPERFRAMES, TEST_CARD, Render, Wish
from bulkgen.sandbox.renders import FAILURE, Renders
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Body

#: What a project is rendered with, beside its format.
_RENDERED = ("fps", "quality", "resolution", "aspect_ratio", "composition")


class Hyperframes:
    def __init__(self, account: Account, assets: Assets) -> None:
        self._account = account
        self._assets = assets
        self._rules = Rules(account)

    @property
    def calls(self) -> Sequence[Call]:
        made = Renders(account=self._account, collection=HYPERFRAMES, told=told, noun="render")
        return (
            Call("GET", "/v3/hyperframes/renders", made.newest),
            Call("POST", "/v3/hyperframes/renders", self.post),
            Call("GET", "/v3/hyperframes/renders/{id}", made.one),
        )

    def post(self, request: Request) -> Answer:
        return order(self._account, request, self._judge, lambda made: {"render_id": made.renders[0].id})

    def _judge(self, body: Body) -> Sequence[Wish]:
        seconds = self._seconds(body)
        asked = read_as(HyperframesRequest, body)
        if asked.resolution == "4k" and asked.format != "mp4":
            raise invalid("4k is rendered as mp4 only.", "format")

        self._rules.sources(body)
        return [
            Wish(
                kind="hyperframes",
                title=asked.title,
                callback_id=asked.callback_id,
                extension=asked.format,
                rendered={name: body[name] for name in _RENDERED if body.get(name) is not None},
                seconds=seconds,
                cents=self._rules.cents("hyperframes", asked, seconds),
            )
        ]

    def _seconds(self, body: Body) -> float:
        """How long the page lasts, as far as its project has come here."""
        project, entry = body.get("project"), str(body.get("composition") or ENTRY)
        asset = self._assets.known.get(str(project.get("asset_id"))) if isinstance(project, dict) else None
        if asset is None:
            return TEST_CARD

        if not (asset.complete and asset.type == PROJECT):
            raise invalid("The project is no ZIP that has come.", "project")

        if entry not in asset.pages:
            raise invalid(f"The project has no {entry}.", "composition" if body.get("composition") else "project")

        return asset.pages[entry]


def told(render: Render, status: str, link: Link) -> dict[str, object]:
    """A failed one has a message but no code."""
    wish, done = render.wish, status == "completed"
    return {
        "render_id": render.id,
        "status": {"pending": "queued", "processing": "rendering"}.get(status, status),
        "title": wish.title,
        "callback_id": wish.callback_id,
        "video_url": link(f"{render.id}.{wish.extension}") if done else None,
        "thumbnail_url": link(f"{render.id}.jpg") if done else None,
        "duration": wish.seconds if done else None,
        **{name: wish.rendered.get(name) for name in _RENDERED},
        "format": wish.extension,
        "created_at": int(render.created_at),
        "completed_at": int(render.ends_at) if status in ("completed", "failed") else None,
        "failure_message": FAILURE if status == "failed" else None,
    }
