"""The calls of a proofread: its subtitles, what the person puts in their place, and the video that is made of it.

Of what is put there only the asset is kept: the sandbox's subtitles stay the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from bulkgen.kinds.proofread import GenerateRequest, ProofreadRequest
from bulkgen.kinds.translation import TranslationRequest
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.assets import Assets
from bulkgen.sandbox.bodies import read_as, read_body
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.media import linker
from bulkgen.sandbox.messages import Answer, Refusal, Request, data, invalid
from bulkgen.sandbox.ordering import order
from bulkgen.sandbox.orders import PROOFREADS, TEST_CARD, Order, Render, Wish
from bulkgen.sandbox.renders import FAILURE
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Body


class Proofreads:
    def __init__(self, account: Account, assets: Assets) -> None:
        self._account = account
        self._assets = assets
        self._rules = Rules(account)
        #: By proofread: the asset that stands in place of its subtitles.
        self.edits: dict[str, str] = {}
        for line in account.other_lines:
            if isinstance(edited := line.get("edit"), str):
                self.edits[edited] = str(line.get("asset"))

    @property
    def calls(self) -> Sequence[Call]:
        path = "/v3/video-translations/proofreads"
        return (
            Call("POST", path, self.post),
            Call("GET", f"{path}/{{id}}", self.one),
            Call("GET", f"{path}/{{id}}/srt", self.subtitles),
            Call("PUT", f"{path}/{{id}}/srt", self.put),
            Call("POST", f"{path}/{{id}}/generate", self.generate),
        )

    def post(self, request: Request) -> Answer:
        def told(made: Order) -> object:
            return {"proofread_ids": [render.id for render in made.renders], "status": "processing"}

        return order(self._account, request, self._judge, told)

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

        def told(made: Order) -> object:
            return {"video_translation_id": made.renders[0].id, "status": "processing"}

        def judge(body: Body) -> Sequence[Wish]:
            self._completed(proofread_id)
            return [self._video(wish, read_as(GenerateRequest, body))]

        return order(self._account, request, judge, told)

    def _judge(self, body: Body) -> Sequence[Wish]:
        """One wish per language, in the order asked for."""
        if "generate" in body:
            raise invalid("generate is no field of a proofread.", "generate")

        asked = read_as(ProofreadRequest, body)
        if asked.title is None:
            raise invalid("title is missing.", "title")

        self._rules.languages(asked.output_languages)
        self._rules.sources(body)
        return [
            Wish(
                kind="proofread",
                title=asked.title,
                folder_id=asked.folder_id,
                output_language=language,
                mode=asked.mode,
                cents=self._rules.cents("proofread", asked, TEST_CARD),
            )
            for language in asked.output_languages
        ]

    def _video(self, proofread: Wish, asked: GenerateRequest) -> Wish:
        """The video of a proofread, which costs what a translation does."""
        like = TranslationRequest.model_validate(
            {
                "video": {"type": "asset_id", "asset_id": "of_the_proofread"},
                "output_languages": [proofread.output_language or ""],
                "mode": proofread.mode,
                "translate_audio_only": asked.translate_audio_only,
            }
        )
        return Wish(
            kind="translation",
            title=proofread.title,
            folder_id=proofread.folder_id,
            callback_id=asked.callback_id,
            output_language=proofread.output_language,
            audio_only=asked.translate_audio_only,
            captioned=asked.captions,
            cents=self._rules.cents("translation", like, TEST_CARD),
        )

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
        """A failed one has a message but no code."""
        wish, status = render.wish, self._account.status(render)
        return {
            "id": render.id,
            "status": "processing" if status == "pending" else status,
            "title": wish.title,
            "input_language": wish.input_language,
            "output_language": wish.output_language,
            "submitted_for_review": None,
            "created_at": int(render.created_at),
            "failure_message": FAILURE if status == "failed" else None,
        }
