"""What HeyGen would refuse in a paid request, and what is kept of one that it takes.

The types of fields are those of `bulkgen.kinds`; the rules between fields, and between a request and the account,
are here. The messages are the sandbox's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import unquote

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from bulkgen.kinds.avatar import AvatarRequest
from bulkgen.kinds.speech import SpeechRequest
from bulkgen.kinds.template import TemplateRequest
from bulkgen.kinds.translation import TranslationRequest
from bulkgen.model import listed
from bulkgen.sandbox.answers import Refusal, invalid
from bulkgen.sandbox.catalogue import TEMPLATES, VOICES, languages
from bulkgen.sandbox.details import FAIL_MARK
from bulkgen.sandbox.ledger import SLOTS, Wish

#: The largest body that is read (bytes).
BODY_LIMIT = 32 * 1024 * 1024

#: Kinds of POST /v3/videos that bulkgen does not make yet.
_NOT_REHEARSED = ("image", "cinematic_avatar", "studio")

Body = Mapping[str, object]
Model = TypeVar("Model", bound=BaseModel)


def read_key(request: Request) -> str:
    """The Idempotency-Key; "" without one."""
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch(r"[A-Za-z0-9_\-:.]{1,255}", key):
        raise invalid("An Idempotency-Key has 1 to 255 letters, digits or any of _ - : .", "Idempotency-Key")

    return key or ""


async def read_body(request: Request) -> Body:
    raw = await request.body()
    if len(raw) > BODY_LIMIT:
        raise Refusal(413, "payload_too_large", f"The body is larger than {BODY_LIMIT // 1024**2} MB.")

    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise invalid("The body is no JSON." if raw else "The body is empty.") from None

    if not isinstance(body, dict):
        raise invalid("The body is no JSON object.")

    return body


def template_wish(template_id: str, body: Body) -> Wish:
    """Checked against the template where the sandbox knows it; another one may be anybody's own."""
    asked = _read(TemplateRequest, body)
    template = TEMPLATES.get(template_id)
    if template:
        for name, variable in asked.variables.items():
            if name not in template.variables:
                raise invalid(f"The template {template_id} has no variable {name!r}.", "variables")

            wanted = template.variables[name]["type"]
            if variable.type != wanted:
                raise invalid(f"The variable {name!r} is of type {wanted}, not {variable.type}.", "variables")

        strange = sorted(set(asked.scene_ids or ()) - set(template.scene_ids))
        if strange:
            raise invalid(f"The template {template_id} has no scene {strange[0]!r}.", "scene_ids")

    return Wish(
        "template",
        title=asked.title,
        folder_id=asked.folder_id,
        callback_id=asked.callback_id,
        captioned=asked.caption or asked.subtitles is not None,
        fails=_asks_to_fail(body),
    )


def avatar_wish(body: Body) -> Wish:
    kind = body.get("type")
    if kind in _NOT_REHEARSED:
        raise invalid(f"The sandbox makes videos of type avatar only; {kind} can't be rehearsed.", "type")

    if kind != "avatar":
        raise invalid(f"type is one of avatar, {', '.join(_NOT_REHEARSED)}.", "type")

    asked = _read(AvatarRequest, body)
    sources = [name for name in ("script", "audio_url", "audio_asset_id") if getattr(asked, name) is not None]
    if len(sources) != 1:
        found = f"{' and '.join(sources)} are given" if sources else "none is given"
        raise invalid(f"Exactly one of script, audio_url and audio_asset_id is needed; {found}.", "script")

    if asked.voice_settings and asked.script is None:
        raise invalid("voice_settings work on a script only.", "voice_settings")

    if asked.background and asked.output_format == "webm":
        raise invalid("A webm is transparent: it takes no background.", "background")

    return Wish(
        "avatar",
        title=asked.title,
        folder_id=asked.folder_id,
        callback_id=asked.callback_id,
        captioned=bool(asked.caption and asked.caption.style),
        extension=asked.output_format,
        fails=_asks_to_fail(body),
    )


def translation_wishes(body: Body) -> list[Wish]:
    """One wish per language, in the order asked for."""
    asked = _read(TranslationRequest, body)
    strange = [name for name in asked.output_languages if name not in languages()]
    if strange:
        raise invalid(f"No translation is made into {listed(strange)}.", "output_languages")

    if len(asked.output_languages) > SLOTS:
        raise invalid(f"The sandbox takes up to {SLOTS} languages in one request.", "output_languages")

    return [
        Wish(
            "translation",
            title=asked.title,
            folder_id=asked.folder_id,
            callback_id=asked.callback_id,
            input_language=asked.input_language,
            output_language=language,
            audio_only=asked.translate_audio_only,
            fails=_asks_to_fail(body),
        )
        for language in asked.output_languages
    ]


def speech_wish(body: Body) -> Wish:
    asked = _read(SpeechRequest, body)
    voice = VOICES.get(asked.voice_id)
    if voice and "starfish" not in voice.engines:
        raise invalid(f"{voice.name} is no voice of the Starfish engine.", "voice_id")

    if _asks_to_fail(body):
        raise Refusal(400, "tts_text_invalid", f"The sandbox refuses a text that says {FAIL_MARK}.", param="text")

    return Wish("speech")


def _read(model: type[Model], body: Body) -> Model:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in found["loc"])
        said = "is missing" if found["type"] == "missing" else f"is refused: {found['msg']}"
        raise invalid(f"{place} {said}.", str(found["loc"][0]) if found["loc"] else None) from None


def _asks_to_fail(body: Body) -> bool:
    """Whether the mark stands in any text of the request; in a link it may be percent-encoded."""
    return FAIL_MARK in unquote(json.dumps(body, ensure_ascii=False)).casefold()
