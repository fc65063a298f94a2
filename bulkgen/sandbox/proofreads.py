"""The calls of a proofread: its subtitles, what the person puts in their place, and the video that is made of it.

Of what is put there only the asset is kept: the sandbox's subtitles stay the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from bulkgen.kinds.proofread import GenerateRequest
from bulkgen.sandbox import details
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.assets import Assets
from bulkgen.sandbox.media import linker
from bulkgen.sandbox.messages import Answer, Refusal, Request, data, invalid
from bulkgen.sandbox.orders import PROOFREADS, Order, Render, Wish
from bulkgen.sandbox.paid import Paid
from bulkgen.sandbox.rules import Rules, read_as, read_body


class Proofreads:
    def __init__(self, account: Account, assets: Assets, paid: Paid) -> None:
        self._account = account
        self._assets = assets
        self._paid = paid
        self._rules = Rules(account)
        #: By proofread: the asset that stands in place of its subtitles.
        self.edits: dict[str, str] = {}
        for line in account.other_lines:
            if isinstance(edited := line.get("edit"), str):
                self.edits[edited] = str(line.get("asset"))

    def one(self, request: Request, proofread_id: str) -> Answer:
        return data(self._told(self._known(proofread_id)))

    def subtitles(self, request: Request, proofread_id: str) -> Answer:
        """GET .../srt: there are some once it is completed."""
        self._completed(proofread_id)
        link = linker(self._account, request)
        return data({"srt_url": link(f"{proofread_id}.srt"), "original_srt_url": link(f"{proofread_id}.srt")})

    def put(self, request: Request, proofread_id: str) -> Answer:
        """PUT .../srt: the same however often."""
        render, srt = self._completed(proofread_id), read_body(request).get("srt")
        if not isinstance(srt, dict) or srt.get("type") not in ("url", "asset_id"):
            raise invalid("srt is {type: url, url} or {type: asset_id, asset_id}.", "srt")

        asset = str(srt.get("asset_id") or srt.get("url") or "")
        known = self._assets.known.get(asset)
        if srt["type"] == "asset_id" and (known is None or not known.complete or known.type != "application/x-subrip"):
            raise Refusal(404, "asset_not_found", f"There are no subtitles {asset}.", param="srt")

        self._account.note({"edit": proofread_id, "asset": asset})
        self.edits[proofread_id] = asset
        return data(self._told(render))

    def generate(self, request: Request, proofread_id: str) -> Answer:
        """POST .../generate: paid, once for each key."""
        wish = self._known(proofread_id).wish

        def told(order: Order) -> object:
            return {"video_translation_id": order.renders[0].id, "status": "processing"}

        def judged(body: Mapping[str, object]) -> list[Wish]:
            self._completed(proofread_id)
            return [self._rules.generate(wish, read_as(GenerateRequest, body))]

        return self._paid.order(request, judged, told)

    def _known(self, proofread_id: str) -> Render:
        render = self._account.render(proofread_id, PROOFREADS)
        if render is None:
            raise Refusal(404, "not_found", "The sandbox has no such proofread.")

        return render

    def _completed(self, proofread_id: str) -> Render:
        render = self._known(proofread_id)
        if self._account.status(render) != "completed":
            raise Refusal(409, "resource_not_ready", "This proofread is not completed.")

        return render

    def _told(self, render: Render) -> dict[str, object]:
        return details.proofread(render, self._account.status(render))
