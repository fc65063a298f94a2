"""Videos of a template, with what is put in place of its variables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bulkgen.kinds.template import Dimension, TemplateRequest
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.bodies import read_as
from bulkgen.sandbox.calls import Call
from bulkgen.sandbox.catalogue import Template
from bulkgen.sandbox.kinds import videos
from bulkgen.sandbox.media import linker
from bulkgen.sandbox.messages import Answer, Request, invalid
from bulkgen.sandbox.ordering import order
from bulkgen.sandbox.orders import Order, Wish
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Body
from bulkgen.sandbox.voice import seconds_of


class Templates:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._rules = Rules(account)

    @property
    def calls(self) -> Sequence[Call]:
        return (Call("POST", "/v3/templates/{id}", self.post),)

    def post(self, request: Request, template_id: str) -> Answer:
        def told(made: Order) -> object:
            """A replay tells the video as it was when ordered."""
            return videos.told(made.renders[0], "pending", linker(self._account, request))

        return order(self._account, request, lambda body: [self._judge(template_id, body)], told)

    def _judge(self, template_id: str, body: Body) -> Wish:
        """Checked against the template where the account has it."""
        rules = self._rules
        template = rules.known(rules.catalogue.templates, template_id, "template_not_found", None)
        asked = read_as(TemplateRequest, body)
        if template:
            for name, variable in asked.variables.items():
                if name not in template.variables:
                    raise invalid(f"The template {template_id} has no variable {name!r}.", "variables")

                wanted = template.variables[name]["type"]
                if variable.type != wanted:
                    raise invalid(f"The variable {name!r} is of type {wanted}, not {variable.type}.", "variables")

                if variable.type == "voice":
                    rules.voice(variable.voice_id)
            strange = sorted(set(asked.scene_ids or ()) - set(template.scene_ids))
            if strange:
                raise invalid(f"The template {template_id} has no scene {strange[0]!r}.", "scene_ids")

            _judge_shape(asked.dimension, template.aspect_ratio)

        rules.sources(body)
        seconds = _said(asked, template, template_id)
        return Wish(
            kind="template",
            title=asked.title,
            folder_id=asked.folder_id,
            callback_id=asked.callback_id,
            captioned=asked.caption or asked.subtitles is not None,
            gif=asked.include_gif,
            seconds=seconds,
            cents=rules.cents("template", asked, seconds),
        )


def _judge_shape(asked: Dimension | None, aspect_ratio: str) -> None:
    """Raises `Refusal` for a size that does not keep the template's aspect ratio, but for what even numbers take."""
    wide, _, high = aspect_ratio.partition(":")
    if asked and abs(asked.width * int(high) - asked.height * int(wide)) >= 2 * int(wide):
        raise invalid(f"The template is {aspect_ratio}: {asked.width}x{asked.height} is not.", "dimension")


def _said(asked: TemplateRequest, template: Template | None, template_id: str) -> float:
    """The length of what a template's scenes say; of one that the account has not, of the texts that go into it."""
    texts = {name: each.content for name, each in asked.variables.items() if each.type == "text"}
    voices = [each.voice_id for each in asked.variables.values() if each.type == "voice"]
    scripts = list(texts.values())
    if template:
        wanted = asked.scene_ids or template.scene_ids
        scenes = dict(zip(template.scene_ids, template.scenes, strict=True))
        scripts = [
            re.sub(r"\{\{([^{}]*)\}\}", lambda hole: texts.get(hole[1], ""), scenes[each].script) for each in wanted
        ]
    return seconds_of(scripts, voices[0] if voices else template_id)
