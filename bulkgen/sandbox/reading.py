"""The calls that only read: who the key belongs to, and what the account has."""

from __future__ import annotations

from collections.abc import Sequence

from bulkgen.sandbox.account import Account
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.catalogue import languages
from bulkgen.sandbox.media import linker
from bulkgen.sandbox.messages import Answer, Refusal, Request, data, one_of, page


class Reading:
    def __init__(self, account: Account) -> None:
        self._account = account

    @property
    def calls(self) -> Sequence[Call]:
        return (
            Call("GET", "/v3/users/me", self.me),
            Call("GET", "/v3/templates", self.templates),
            Call("GET", "/v3/templates/{id}", self.template),
            Call("GET", "/v3/video-translations/languages", self.languages),
            Call("GET", "/v3/avatars/looks", self.looks),
            Call("GET", "/v3/avatars/looks/{id}", self.look),
            Call("GET", "/v3/folders", self.folders),
            Call("GET", "/v3/brand-glossaries", self.glossaries),
            Call("GET", "/v3/brand-glossaries/{id}", self.glossary),
            Call("GET", "/v3/video-agents/styles", self.styles),
        )

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
