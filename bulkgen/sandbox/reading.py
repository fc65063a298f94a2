"""The calls that only read: who the key belongs to, what the account has, how its jobs are."""

from __future__ import annotations

from bulkgen.sandbox import details
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.catalogue import languages
from bulkgen.sandbox.media import linker
from bulkgen.sandbox.messages import Answer, Refusal, Request, data, invalid, one_of, page
from bulkgen.sandbox.orders import CLIPPINGS, HYPERFRAMES, LIPSYNCS, TRANSLATIONS, VIDEOS, VOICES, Render
from bulkgen.sandbox.voices import voice_of

#: Ids in one call of the bulk statuses (HeyGen's limit).
IDS_PER_CALL = 100


class Reading:
    def __init__(self, account: Account) -> None:
        self._account = account

    def me(self, _request: Request) -> Answer:
        purse = self._account.purse
        wallet = {
            "currency": "usd",
            "remaining_balance": None if purse is None else round(purse / 100, 4),
            "auto_reload": {"enabled": False, "threshold_usd": None, "amount_usd": None},
        }
        return data(
            {
                "username": self._account.settings.username,
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

    def templates(self, request: Request) -> Answer:
        link, templates = linker(self._account, request), self._account.catalogue.templates

        def show(template_id: str) -> dict[str, object]:
            return templates[template_id].listed(link(f"{template_id}.jpg"))

        return page(request.query, templates, show, default=10, most=100)

    def template(self, request: Request, template_id: str) -> Answer:
        if template_id not in self._account.catalogue.templates:
            raise Refusal(404, "template_not_found", f"The sandbox has no template {template_id}.")

        thumbnail = linker(self._account, request)(f"{template_id}.jpg")
        return data(self._account.catalogue.templates[template_id].detail(thumbnail))

    def languages(self, _request: Request) -> Answer:
        return data({"languages": languages()})

    def voices(self, request: Request) -> Answer:
        query, link = request.query, linker(self._account, request)
        made = {clone.id: voice_of(clone) for clone in self._account.newest(VOICES) if self._is_complete(clone)}
        voices = {**made, **self._account.catalogue.voices}
        type_ = one_of(query, "type", ("public", "private")) or "public"
        engine, language, gender = query.get("engine"), query.get("language"), query.get("gender")
        fitting = [
            voice.id
            for voice in voices.values()
            if voice.type == type_
            and not voice.hidden
            and (not engine or engine in voice.engines)
            and (not language or language == voice.language)
            and (not gender or gender == voice.gender)
        ]

        def show(voice_id: str) -> dict[str, object]:
            return voices[voice_id].listed(link(f"{voice_id}.mp3"))

        return page(query, fitting, show, default=20, most=100)

    def _is_complete(self, clone: Render) -> bool:
        return self._account.status(clone) == "completed"

    def looks(self, request: Request) -> Answer:
        query = request.query
        ownership = one_of(query, "ownership", ("public", "private"))
        type_ = one_of(query, "avatar_type", ("studio_avatar", "digital_twin", "photo_avatar"))
        group = query.get("group_id")
        fitting = [
            look.id
            for look in self._account.catalogue.looks.values()
            if not look.hidden
            and (not ownership or ownership == look.ownership)
            and (not type_ or type_ == look.avatar_type)
            and (not group or group == look.group_id)
        ]
        return page(query, fitting, lambda look_id: self._look(request, look_id), default=20, most=50)

    def look(self, request: Request, look_id: str) -> Answer:
        if look_id not in self._account.catalogue.looks:
            raise Refusal(404, "avatar_not_found", f"The sandbox has no avatar look {look_id}.")

        return data(self._look(request, look_id))

    def _look(self, request: Request, look_id: str) -> dict[str, object]:
        link = linker(self._account, request)
        return self._account.catalogue.looks[look_id].listed(link(f"{look_id}.jpg"), link(f"{look_id}.mp4"))

    def folders(self, request: Request) -> Answer:
        folders = self._account.catalogue.folders
        return page(request.query, folders, folders.__getitem__, default=20, most=100)

    def glossaries(self, request: Request) -> Answer:
        glossaries = self._account.catalogue.glossaries
        return page(request.query, glossaries, glossaries.__getitem__, default=10, most=100)

    def glossary(self, _request: Request, glossary_id: str) -> Answer:
        if glossary_id not in self._account.catalogue.glossaries:
            raise Refusal(404, "not_found", f"The sandbox has no glossary {glossary_id}.")

        return data({**self._account.catalogue.glossaries[glossary_id], "terms": []})

    def styles(self, request: Request) -> Answer:
        tag, link, styles = request.query.get("tag"), linker(self._account, request), self._account.catalogue.styles
        fitting = [style.id for style in styles.values() if not tag or tag in style.tags]

        def show(style_id: str) -> dict[str, object]:
            return styles[style_id].listed(link(f"{style_id}.jpg"), link(f"{style_id}.mp4"))

        return page(request.query, fitting, show, default=20, most=100)

    # How its jobs are ------------------------------------------------------------------------------------------

    def videos(self, request: Request) -> Answer:
        title, folder = request.query.get("title", "").casefold(), request.query.get("folder_id")
        fitting = (
            render.id
            for render in self._account.newest(VIDEOS)
            if title in (render.wish.title or "").casefold() and (not folder or folder == render.wish.folder_id)
        )
        return page(request.query, fitting, lambda render_id: self._told(request, render_id), default=10, most=100)

    def video(self, request: Request, video_id: str) -> Answer:
        if not self._account.render(video_id, VIDEOS):
            raise Refusal(404, "video_not_found", "The sandbox has no such video.")

        return data(self._told(request, video_id))

    def video_statuses(self, request: Request) -> Answer:
        return self._statuses(request, "video_ids", VIDEOS)

    def translations(self, request: Request) -> Answer:
        return self._newest(request, TRANSLATIONS)

    def translation(self, request: Request, translation_id: str) -> Answer:
        return self._one(request, translation_id, TRANSLATIONS, "translation")

    def translation_statuses(self, request: Request) -> Answer:
        return self._statuses(request, "video_translation_ids", TRANSLATIONS)

    def lipsyncs(self, request: Request) -> Answer:
        return self._newest(request, LIPSYNCS)

    def lipsync(self, request: Request, lipsync_id: str) -> Answer:
        return self._one(request, lipsync_id, LIPSYNCS, "lipsync")

    def lipsync_statuses(self, request: Request) -> Answer:
        return self._statuses(request, "lipsync_ids", LIPSYNCS)

    def hyperframes(self, request: Request) -> Answer:
        return self._newest(request, HYPERFRAMES)

    def hyperframe(self, request: Request, render_id: str) -> Answer:
        return self._one(request, render_id, HYPERFRAMES, "render")

    def clippings(self, request: Request) -> Answer:
        return self._newest(request, CLIPPINGS)

    def clipping(self, request: Request, clipping_id: str) -> Answer:
        return self._one(request, clipping_id, CLIPPINGS, "clipping")

    def _newest(self, request: Request, collection: str) -> Answer:
        ids = (render.id for render in self._account.newest(collection))
        return page(request.query, ids, lambda render_id: self._told(request, render_id), default=10, most=100)

    def _one(self, request: Request, render_id: str, collection: str, noun: str) -> Answer:
        if not self._account.render(render_id, collection):
            raise Refusal(404, "not_found", f"The sandbox has no such {noun}.")

        return data(self._told(request, render_id))

    def _statuses(self, request: Request, param: str, collection: str) -> Answer:
        ids = [part for part in request.query.get(param, "").split(",") if part]
        if len(ids) > IDS_PER_CALL:
            raise invalid(f"One call takes {IDS_PER_CALL} ids; these are {len(ids)}.", param)

        return data([self._line(render_id, self._account.render(render_id, collection)) for render_id in ids])

    def _line(self, render_id: str, render: Render | None) -> dict[str, object]:
        return details.status_line(render_id, render, self._account.status(render) if render else "not_found")

    def _told(self, request: Request, render_id: str) -> dict[str, object]:
        render = self._account.renders[render_id]
        told = {
            VIDEOS: details.video,
            TRANSLATIONS: details.translation,
            LIPSYNCS: details.lipsync,
            HYPERFRAMES: details.hyperframes,
            CLIPPINGS: details.clipping,
        }
        return told[render.wish.collection](render, self._account.status(render), linker(self._account, request))
