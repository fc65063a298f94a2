"""The calls that cost money at HeyGen.

Each takes the same steps: replay what the key stands for already, else judge the request, and enter the order. A
caller that gives up while it waits for the answer can have it again by the same key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bulkgen.composition import ENTRY
from bulkgen.sandbox import details
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.assets import PROJECT, Assets
from bulkgen.sandbox.media import linker
from bulkgen.sandbox.messages import Answer, Refusal, Request, data, invalid
from bulkgen.sandbox.orders import TEST_CARD, Order, Wish
from bulkgen.sandbox.rules import Rules, read_body, read_key
from bulkgen.sandbox.settings import FAIL_MARK, Body


class Paid:
    def __init__(self, account: Account, assets: Assets) -> None:
        self._account = account
        self._assets = assets
        self._rules = Rules(account)

    def template(self, request: Request, template_id: str) -> Answer:
        def told(order: Order) -> object:
            """A replay tells the video as it was when ordered."""
            return details.video(order.renders[0], "pending", linker(self._account, request))

        return self.order(request, lambda body: [self._rules.template(template_id, body)], told)

    def video(self, request: Request) -> Answer:
        def told(order: Order) -> object:
            render = order.renders[0]
            return {"video_id": render.id, "status": "waiting", "output_format": render.wish.extension}

        return self.order(request, lambda body: [self._rules.video(body)], told)

    def translation(self, request: Request) -> Answer:
        def told(order: Order) -> object:
            return {"video_translation_ids": [render.id for render in order.renders]}

        return self.order(request, self._rules.translation, told)

    def lipsync(self, request: Request) -> Answer:
        def told(order: Order) -> object:
            return {"lipsync_id": order.renders[0].id}

        return self.order(request, lambda body: [self._rules.lipsync(body)], told)

    def proofread(self, request: Request) -> Answer:
        def told(order: Order) -> object:
            return {"proofread_ids": [render.id for render in order.renders], "status": "processing"}

        return self.order(request, self._rules.proofread, told)

    def hyperframes(self, request: Request) -> Answer:
        def told(order: Order) -> object:
            return {"render_id": order.renders[0].id}

        def judge(body: Body) -> Sequence[Wish]:
            project, entry = body.get("project"), str(body.get("composition") or ENTRY)
            asset = self._assets.known.get(str(project.get("asset_id"))) if isinstance(project, dict) else None
            if asset and not (asset.complete and asset.type == PROJECT):
                raise invalid("The project is no ZIP that has come.", "project")

            if asset and entry not in asset.pages:
                raise invalid(f"The project has no {entry}.", "composition" if body.get("composition") else "project")

            return [self._rules.hyperframes(body, asset.pages[entry] if asset else TEST_CARD)]

        return self.order(request, judge, told)

    def clipping(self, request: Request) -> Answer:
        """Takes no Idempotency-Key."""
        body = read_body(request)
        wish = self._rules.clipping(body)
        failure = self._account.settings.failure_of(request.path, body)
        render = self._account.accept(request.path, "", [wish], failure).renders[0]
        return replace(data({"ai_clipping_id": render.id}), jobs=(render.id,))

    def speech(self, request: Request) -> Answer:
        """Answered when the recording is ready; takes no Idempotency-Key."""
        body = read_body(request)
        wish = self._rules.speech(body)
        if self._account.settings.failure_of(request.path, body) is not None:
            message = f"The sandbox refuses a text that says {FAIL_MARK}."
            raise Refusal(400, "tts_text_invalid", message, param="text")

        render = self._account.accept(request.path, "", [wish]).renders[0]
        answer = data(details.speech(render, str(body["text"]), linker(self._account, request)))
        return replace(answer, jobs=(render.id,))

    def order(
        self, request: Request, judge: Callable[[Body], Sequence[Wish]], told: Callable[[Order], object]
    ) -> Answer:
        """Any such call: `judge` says what is asked for, `told` what is answered."""
        path, key = request.path, read_key(request)
        order = self._account.earlier(path, key) if key else None
        replayed = order is not None
        if order is None:
            body = read_body(request)
            wishes = judge(body)
            order = self._account.accept(path, key, wishes, self._account.settings.failure_of(path, body))
        jobs = tuple(render.id for render in order.renders)
        return replace(data(told(order)), jobs=jobs, replayed=replayed)
