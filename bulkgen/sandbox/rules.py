"""What HeyGen would refuse in a paid request, and what is kept of one that it takes.

The types of fields are those of `bulkgen.kinds`; the rules between fields, and between a request and the account,
are here. The messages are the sandbox's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bulkgen.kinds.agent import AgentRequest, asked_seconds
from bulkgen.kinds.avatar import AvatarRequest, AvatarV
from bulkgen.kinds.cinematic import CinematicRequest
from bulkgen.kinds.clipping import ClippingRequest
from bulkgen.kinds.clone import CloneRequest
from bulkgen.kinds.colours import is_code
from bulkgen.kinds.hyperframes import HyperframesRequest
from bulkgen.kinds.image import ImageRequest
from bulkgen.kinds.lipsync import LipsyncRequest
from bulkgen.kinds.proofread import GenerateRequest, ProofreadRequest
from bulkgen.kinds.scene_request import AvatarScene, SceneAvatar
from bulkgen.kinds.speech import SpeechRequest
from bulkgen.kinds.ssml import flaw
from bulkgen.kinds.studio import StudioRequest
from bulkgen.kinds.template import TemplateRequest
from bulkgen.kinds.translation import TranslationRequest
from bulkgen.kinds.voice import VoiceRequest
from bulkgen.model import listed
from bulkgen.sandbox.account import Account
from bulkgen.sandbox.catalogue import Template, Voice, languages
from bulkgen.sandbox.details import RENDERED
from bulkgen.sandbox.engines import judge_look, judge_shape
from bulkgen.sandbox.messages import Refusal, Request, invalid
from bulkgen.sandbox.orders import TEST_CARD, VOICES, Wish
from bulkgen.sandbox.scenes import judge_scene, length_of, spoken_in
from bulkgen.sandbox.settings import ASK_MARK, Body
from bulkgen.sandbox.voice import seconds_of

#: The largest body that is read (bytes).
BODY_LIMIT = 32 * 1024 * 1024

#: How long a scene from a prompt lasts of which nobody says it (seconds).
_SCENE = 10

#: The longest message of a session (characters).
_MESSAGE = 10_000

#: How long an agent's video lasts of which nobody says it (seconds).
_VIDEO = 45.0
#: How many clips come of a video.
_CLIPS = 3

Model = TypeVar("Model", bound=BaseModel)
Thing = TypeVar("Thing")


def read_key(request: Request) -> str:
    """The Idempotency-Key; "" without one."""
    key = request.key
    if key is not None and not re.fullmatch(r"[A-Za-z0-9_\-:.]{1,255}", key):
        raise invalid("An Idempotency-Key has 1 to 255 letters, digits or any of _ - : .", "Idempotency-Key")

    return key or ""


def read_body(request: Request) -> Body:
    if len(request.body) > BODY_LIMIT:
        raise Refusal(413, "payload_too_large", f"The body is larger than {BODY_LIMIT // 1024**2} MB.")

    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise invalid("The body is no JSON." if request.body else "The body is empty.") from None

    if not isinstance(body, dict):
        raise invalid("The body is no JSON object.")

    return body


class Rules:
    """What an account allows. Every method raises `Refusal` for what it does not."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def template(self, template_id: str, body: Body) -> Wish:
        """Checked against the template where the account has it."""
        template = self._known(self._account.catalogue.templates, template_id, "template_not_found", None)
        asked = read_as(TemplateRequest, body)
        if template:
            for name, variable in asked.variables.items():
                if name not in template.variables:
                    raise invalid(f"The template {template_id} has no variable {name!r}.", "variables")

                wanted = template.variables[name]["type"]
                if variable.type != wanted:
                    raise invalid(f"The variable {name!r} is of type {wanted}, not {variable.type}.", "variables")

                if variable.type == "voice":
                    self._voice(variable.voice_id)
            strange = sorted(set(asked.scene_ids or ()) - set(template.scene_ids))
            if strange:
                raise invalid(f"The template {template_id} has no scene {strange[0]!r}.", "scene_ids")

            judge_shape(asked.dimension, template.aspect_ratio)

        self._common(body)
        seconds = _said(asked, template, template_id)
        return Wish(
            kind="template",
            title=asked.title,
            folder_id=asked.folder_id,
            callback_id=asked.callback_id,
            captioned=asked.caption or asked.subtitles is not None,
            gif=asked.include_gif,
            seconds=seconds,
            cents=self._cents("template", asked, seconds),
        )

    def video(self, body: Body) -> Wish:
        made = {
            "avatar": self._avatar,
            "image": self._image,
            "cinematic_avatar": self._cinematic,
            "studio": self._studio,
        }
        kind = str(body.get("type"))
        if kind not in made:
            raise invalid(f"type is one of {', '.join(made)}.", "type")

        return made[kind](body)

    def _avatar(self, body: Body) -> Wish:
        asked = read_as(AvatarRequest, body)
        return self._speaking("avatar", asked, body, self._look(asked, asked.resolution))

    def _image(self, body: Body) -> Wish:
        asked = read_as(ImageRequest, body)
        if asked.script is not None and asked.voice_id is None:
            raise invalid("A photo has no voice of its own: voice_id is missing.", "voice_id")

        return self._speaking("image", asked, body, "")

    def _cinematic(self, body: Body) -> Wish:
        asked = read_as(CinematicRequest, body)
        if asked.auto_duration and asked.duration is not None:
            raise invalid("duration is left out where auto_duration is true.", "duration")

        for look in asked.avatar_id:
            self._known(self._account.catalogue.looks, look, "avatar_not_found", "avatar_id")
        self._common(body)
        seconds = float(asked.duration or _SCENE)
        return Wish(
            kind="cinematic",
            title=asked.title,
            folder_id=asked.folder_id,
            seconds=seconds,
            cents=self._cents("cinematic", asked, seconds),
        )

    def _studio(self, body: Body) -> Wish:
        asked = read_as(StudioRequest, body)
        seconds = 0.0
        for at, scene in enumerate(asked.scenes):
            voice = self._look(scene.input, asked.resolution) if isinstance(scene, AvatarScene) else ""
            judge_scene(scene, at)
            said = spoken_in(scene)
            if said.voice_id is not None:
                self._voice(said.voice_id)
            seconds += length_of(scene, said.voice_id or voice)
        self._common(body)
        return Wish(
            kind="studio",
            title=asked.title,
            folder_id=asked.folder_id,
            callback_id=asked.callback_id,
            captioned=bool(asked.caption and asked.caption.style),
            seconds=round(seconds, 2),
            cents=self._cents("studio", asked, seconds),
        )

    def _look(self, asked: AvatarRequest | SceneAvatar, resolution: str | None) -> str:
        """Whose voice speaks where none is named: that of the look, which can be made so."""
        looks = self._account.catalogue.looks
        look = self._known(looks, asked.avatar_id, "avatar_not_found", "avatar_id")
        reference = asked.engine.reference_look_id if isinstance(asked.engine, AvatarV) else None
        if look:
            judge_look(asked, look, looks.get(reference or ""), resolution)
        return look.voice if look else asked.avatar_id

    def _speaking(self, kind: str, asked: AvatarRequest | ImageRequest, body: Body, own_voice: str) -> Wish:
        """An avatar, or a photo: it says a script, or moves its lips to a recording."""
        sources = [name for name in ("script", "audio_url", "audio_asset_id") if getattr(asked, name) is not None]
        if len(sources) != 1:
            found = f"{' and '.join(sources)} are given" if sources else "none is given"
            raise invalid(f"Exactly one of script, audio_url and audio_asset_id is needed; {found}.", "script")

        if asked.voice_settings and asked.script is None:
            raise invalid("voice_settings work on a script only.", "voice_settings")

        if asked.background and asked.output_format == "webm":
            raise invalid("A webm is transparent: it takes no background.", "background")

        background = asked.background
        if background and background.type == "color" and not is_code(background.value or ""):
            raise invalid("background.value is no hex color code.", "background")

        if asked.voice_id is not None:
            self._voice(asked.voice_id)
        self._common(body)
        seconds = _spoken(asked, asked.voice_id or own_voice)
        return Wish(
            kind=kind,
            title=asked.title,
            folder_id=asked.folder_id,
            callback_id=asked.callback_id,
            captioned=bool(asked.caption and asked.caption.style),
            extension=asked.output_format,
            seconds=seconds,
            cents=self._cents(kind, asked, seconds),
        )

    def translation(self, body: Body) -> list[Wish]:
        """One wish per language, in the order asked for."""
        asked = read_as(TranslationRequest, body)
        self._languages(asked.output_languages)
        if asked.fps_mode is not None and asked.audio is None:
            raise invalid("fps_mode works with audio only.", "fps_mode")

        self._common(body)
        return [
            Wish(
                kind="translation",
                title=asked.title,
                folder_id=asked.folder_id,
                callback_id=asked.callback_id,
                input_language=asked.input_language,
                output_language=language,
                audio_only=asked.translate_audio_only,
                cents=self._cents("translation", asked, TEST_CARD),
            )
            for language in asked.output_languages
        ]

    def lipsync(self, body: Body) -> Wish:
        asked = read_as(LipsyncRequest, body)
        self._common(body)
        return Wish(
            kind="lipsync",
            title=asked.title,
            folder_id=asked.folder_id,
            callback_id=asked.callback_id,
            cents=self._cents("lipsync", asked, TEST_CARD),
        )

    def hyperframes(self, body: Body, seconds: float) -> Wish:
        """`seconds`: how long the page lasts."""
        asked = read_as(HyperframesRequest, body)
        if asked.resolution == "4k" and asked.format != "mp4":
            raise invalid("4k is rendered as mp4 only.", "format")

        self._common(body)
        return Wish(
            kind="hyperframes",
            title=asked.title,
            callback_id=asked.callback_id,
            extension=asked.format,
            rendered={name: body[name] for name in RENDERED if body.get(name) is not None},
            seconds=seconds,
            cents=self._cents("hyperframes", asked, seconds),
        )

    def proofread(self, body: Body) -> list[Wish]:
        """One wish per language, in the order asked for."""
        if "generate" in body:
            raise invalid("generate is no field of a proofread.", "generate")

        asked = read_as(ProofreadRequest, body)
        if asked.title is None:
            raise invalid("title is missing.", "title")

        self._languages(asked.output_languages)
        self._common(body)
        return [
            Wish(
                kind="proofread",
                title=asked.title,
                folder_id=asked.folder_id,
                output_language=language,
                mode=asked.mode,
                cents=self._cents("proofread", asked, TEST_CARD),
            )
            for language in asked.output_languages
        ]

    def generate(self, proofread: Wish, asked: GenerateRequest) -> Wish:
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
            cents=self._cents("translation", like, TEST_CARD),
        )

    def clipping(self, body: Body) -> Wish:
        asked = read_as(ClippingRequest, body)
        self._common(body)
        return Wish(
            kind="clipping",
            title=asked.title,
            callback_id=asked.callback_id,
            input_language=asked.input_language,
            clips=_CLIPS,
            cents=_CLIPS * self._cents("clipping", asked, TEST_CARD),
        )

    def speech(self, body: Body) -> Wish:
        asked = read_as(SpeechRequest, body)
        voice = self._voice(asked.voice_id)
        if voice and "starfish" not in voice.engines:
            raise invalid(f"{voice.name} is no voice of the Starfish engine.", "voice_id")

        if asked.input_type == "ssml" and (fault := flaw(asked.text)):
            raise Refusal(400, "tts_text_invalid", f"The SSML can't be read: {fault}.", param="text")

        seconds = seconds_of([asked.text], asked.voice_id, asked.speed)
        return Wish(kind="speech", seconds=seconds, cents=self._cents("speech", asked, seconds))

    def agent(self, body: Body) -> Wish:
        asked, catalogue = read_as(AgentRequest, body), self._account.catalogue
        if asked.avatar_id is not None:
            self._known(catalogue.looks, asked.avatar_id, "avatar_not_found", "avatar_id")
        if asked.voice_id is not None:
            self._voice(asked.voice_id)
        if asked.style_id is not None:
            self._known(catalogue.styles, asked.style_id, "not_found", "style_id")
        self._common(body)
        seconds = asked_seconds(asked) or _VIDEO
        chat = asked.mode == "chat"
        return Wish(
            kind="agent",
            callback_id=asked.callback_id,
            seconds=seconds,
            cents=self._cents("agent", asked, seconds),
            prompt=asked.prompt,
            chat=chat,
            questions=asked.prompt.casefold().count(ASK_MARK) if chat else 0,
        )

    def message(self, body: Body) -> str:
        """What is said in a session that has begun."""
        unknown = sorted(body.keys() - {"message", "avatar_id", "brand_kit_id", "files", "voice_id"})
        if unknown:
            raise invalid(f"{unknown[0]} is no field of a message.", unknown[0])

        text = body.get("message")
        if not isinstance(text, str) or not 1 <= len(text) <= _MESSAGE:
            raise invalid(f"message has 1 to {_MESSAGE:,} characters.", "message")

        return text

    def _languages(self, names: Sequence[str]) -> None:
        strange = [name for name in names if name not in languages()]
        if strange:
            raise invalid(f"No translation is made into {listed(strange)}.", "output_languages")

        slots = self._account.settings.slots
        if len(names) > slots > 0:
            raise invalid(f"The sandbox takes up to {slots} languages in one request.", "output_languages")

    def voice(self, body: Body) -> VoiceRequest:
        return read_as(VoiceRequest, body)

    def clone(self, body: Body) -> Wish:
        asked = read_as(CloneRequest, body)
        self._common(body)
        cents = self._cents("clone", asked, TEST_CARD)
        return Wish(kind="clone", title=asked.voice_name, input_language=asked.language, cents=cents)

    def _cents(self, kind: str, asked: BaseModel, seconds: float) -> float:
        types = {look_id: look.avatar_type for look_id, look in self._account.catalogue.looks.items()}
        return self._account.settings.charge(kind, asked, types, seconds)

    def _common(self, body: Body) -> None:
        """The folder; and, as far as the account is known, every source."""
        folder = body.get("folder_id")
        if folder is not None:
            self._known(self._account.catalogue.folders, str(folder), "not_found", "folder_id")
        if not self._account.settings.strict:
            return

        for name, value in _texts(body):
            if name == "asset_id" and not value.startswith("asset_"):
                raise Refusal(404, "asset_not_found", f"There is no asset {value}.", param=name)

            if name.endswith("url") and not value.startswith("https://"):
                raise invalid(f"{name} is no public https link.", name)

    def _voice(self, voice_id: str) -> Voice | None:
        """A voice of the account; a clone's is checked for no engine: it can be used everywhere."""
        clone = self._account.render(voice_id, VOICES)
        if clone:
            if self._account.status(clone) != "completed":
                raise Refusal(409, "voice_not_ready", f"The voice {voice_id} is not ready.", param="voice_id")

            return None

        return self._known(self._account.catalogue.voices, voice_id, "voice_not_found", "voice_id")

    def _known(self, things: Mapping[str, Thing], thing_id: str, code: str, param: str | None) -> Thing | None:
        """The thing of that id; None for an unknown one, where the account is lenient."""
        if thing_id not in things and self._account.settings.strict:
            raise Refusal(404, code, f"The account has no {thing_id}.", param=param)

        return things.get(thing_id)


def read_as(model: type[Model], body: Body) -> Model:
    """The body as this request. Raises `Refusal` for one that is none."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in found["loc"])
        said = "is missing" if found["type"] == "missing" else f"is refused: {found['msg']}"
        raise invalid(f"{place} {said}.", str(found["loc"][0]) if found["loc"] else None) from None


def _spoken(asked: AvatarRequest | ImageRequest, speaker: str) -> float:
    """The length of what is said; nobody here opens the recording that lips may move to instead."""
    if asked.script is None:
        return TEST_CARD

    return seconds_of([asked.script], speaker, asked.voice_settings.speed if asked.voice_settings else 1.0)


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


def _texts(content: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a body, with the name of its field."""
    if isinstance(content, dict):
        for inner, value in content.items():
            yield from _texts(value, inner)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value, name)
    elif isinstance(content, str):
        yield name, content
