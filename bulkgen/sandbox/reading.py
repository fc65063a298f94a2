"""The routes that only read: who the key belongs to, what the account has, how its jobs are."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from bulkgen.kinds.translation import TRANSLATION
from bulkgen.kinds.videos import VIDEOS
from bulkgen.sandbox import details
from bulkgen.sandbox.answers import Refusal, data, invalid, one_of, page
from bulkgen.sandbox.catalogue import FOLDERS, LOOKS, TEMPLATES, VOICES, languages
from bulkgen.sandbox.ledger import Ledger, Render
from bulkgen.sandbox.media import link

#: Ids in one call of the bulk statuses (HeyGen's limit).
IDS_PER_CALL = 100

_VIDEOS, _TRANSLATIONS = VIDEOS.path, TRANSLATION.path


class Reading:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def me(self, _request: Request) -> Response:
        wallet = {
            "currency": "usd",
            "remaining_balance": self._ledger.cents_left / 100,
            "auto_reload": {"enabled": False, "threshold_usd": None, "amount_usd": None},
        }
        return data(
            {
                "username": "sandbox",
                "email": None,
                "first_name": None,
                "last_name": None,
                "billing_type": "wallet",
                "wallet": wallet,
                "subscription": None,
                "usage_based": None,
            }
        )

    # What the account has --------------------------------------------------------------------------------------

    async def templates(self, request: Request) -> Response:
        def show(template_id: str) -> dict[str, object]:
            return TEMPLATES[template_id].listed(self._link(f"{template_id}.jpg"))

        return page(request.query_params, TEMPLATES, show, default=10, most=100)

    async def template(self, request: Request) -> Response:
        template_id = request.path_params["template_id"]
        if template_id not in TEMPLATES:
            raise Refusal(404, "template_not_found", f"The sandbox has no template {template_id}.")

        return data(TEMPLATES[template_id].detail(self._link(f"{template_id}.jpg")))

    async def languages(self, _request: Request) -> Response:
        return data({"languages": languages()})

    async def voices(self, request: Request) -> Response:
        query = request.query_params
        type_ = one_of(query, "type", ("public", "private")) or "public"
        engine, language, gender = query.get("engine"), query.get("language"), query.get("gender")
        fitting = [
            voice.id
            for voice in VOICES.values()
            if voice.type == type_
            and (not engine or engine in voice.engines)
            and (not language or language == voice.language)
            and (not gender or gender == voice.gender)
        ]

        def show(voice_id: str) -> dict[str, object]:
            return VOICES[voice_id].listed(self._link(f"{voice_id}.mp3"))

        return page(query, fitting, show, default=20, most=100)

    async def voice(self, request: Request) -> Response:
        voice_id = request.path_params["voice_id"]
        if voice_id not in VOICES:
            raise Refusal(404, "voice_not_found", f"The sandbox has no voice {voice_id}.")

        return data(VOICES[voice_id].detail(self._link(f"{voice_id}.mp3")))

    async def looks(self, request: Request) -> Response:
        query = request.query_params
        ownership = one_of(query, "ownership", ("public", "private"))
        type_ = one_of(query, "avatar_type", ("studio_avatar", "digital_twin", "photo_avatar"))
        group = query.get("group_id")
        fitting = [
            look.id
            for look in LOOKS.values()
            if (not ownership or ownership == look.ownership)
            and (not type_ or type_ == look.avatar_type)
            and (not group or group == look.group_id)
        ]
        return page(query, fitting, self._look, default=20, most=50)

    async def look(self, request: Request) -> Response:
        look_id = request.path_params["look_id"]
        if look_id not in LOOKS:
            raise Refusal(404, "avatar_not_found", f"The sandbox has no avatar look {look_id}.")

        return data(self._look(look_id))

    async def folders(self, request: Request) -> Response:
        return page(request.query_params, FOLDERS, FOLDERS.__getitem__, default=20, most=100)

    # How its jobs are ------------------------------------------------------------------------------------------

    async def videos(self, request: Request) -> Response:
        title, folder = request.query_params.get("title"), request.query_params.get("folder_id")
        fitting = (
            render.id
            for render in self._ledger.newest(_VIDEOS)
            if (not title or title in (render.wish.title or "")) and (not folder or folder == render.wish.folder_id)
        )
        return page(request.query_params, fitting, self._show(_VIDEOS, details.video), default=10, most=100)

    async def video(self, request: Request) -> Response:
        render = self._ledger.render(request.path_params["video_id"], _VIDEOS)
        if render is None:
            raise Refusal(404, "video_not_found", "The sandbox has no such video.")

        return data(details.video(render, self._ledger.clock()))

    async def video_statuses(self, request: Request) -> Response:
        return self._statuses(request, VIDEOS.ids_param, _VIDEOS)

    async def translations(self, request: Request) -> Response:
        ids = (render.id for render in self._ledger.newest(_TRANSLATIONS))
        return page(request.query_params, ids, self._show(_TRANSLATIONS, details.translation), default=10, most=100)

    async def translation(self, request: Request) -> Response:
        render = self._ledger.render(request.path_params["translation_id"], _TRANSLATIONS)
        if render is None:
            raise Refusal(404, "not_found", "The sandbox has no such translation.")

        return data(details.translation(render, self._ledger.clock()))

    async def translation_statuses(self, request: Request) -> Response:
        return self._statuses(request, "video_translation_ids", _TRANSLATIONS)

    def _statuses(self, request: Request, param: str, collection: str) -> Response:
        ids = [part for part in request.query_params.get(param, "").split(",") if part]
        if len(ids) > IDS_PER_CALL:
            raise invalid(f"One call takes {IDS_PER_CALL} ids; these are {len(ids)}.", param)

        now = self._ledger.clock()
        return data(
            [details.status_line(render_id, self._ledger.render(render_id, collection), now) for render_id in ids]
        )

    def _show(
        self, collection: str, detail: Callable[[Render, float], dict[str, object]]
    ) -> Callable[[str], dict[str, object]]:
        now = self._ledger.clock()

        def show(render_id: str) -> dict[str, object]:
            render = self._ledger.render(render_id, collection)
            assert render is not None, "a page holds ids of its own list"
            return detail(render, now)

        return show

    def _look(self, look_id: str) -> dict[str, object]:
        return LOOKS[look_id].listed(self._link(f"{look_id}.jpg"), self._link(f"{look_id}.mp4"))

    def _link(self, name: str) -> str:
        return link(name, self._ledger.clock())
