"""The kind `avatar`: one of the account's avatars speaks a script, or moves its lips to a recording.

POST /v3/videos with `type: avatar` (https://developers.heygen.com/reference).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bulkgen.kinds.account import Template
from bulkgen.kinds.assets import Asset, Strict
from bulkgen.kinds.columns import COMMON, Column, Lookup, Type
from bulkgen.kinds.kind import Kind, Values
from bulkgen.kinds.media import AUDIO, IMAGE
from bulkgen.kinds.videos import VIDEO_LIFE
from bulkgen.model import Issue

#: HeyGen's limit for the script of one avatar video (https://developers.heygen.com/docs/usage-limits).
SCRIPT_LIMIT = 5_000


class Lenient(BaseModel):
    """An object whose unknown fields HeyGen does not refuse; the sheet has no columns for any."""

    model_config = ConfigDict(strict=True)


class AvatarIII(Strict):
    type: Literal["avatar_iii"]


class AvatarIV(Strict):
    type: Literal["avatar_iv"]


class AvatarV(Strict):
    type: Literal["avatar_v"]
    reference_look_id: str | None = None


class ElevenLabs(Lenient):
    engine_type: Literal["elevenlabs"]
    model: Literal["eleven_multilingual_v2", "eleven_turbo_v2_5", "eleven_flash_v2_5", "eleven_v3"] | None = None
    stability: float | None = None
    similarity_boost: float | None = None
    style: float | None = None
    use_speaker_boost: bool | None = None


class Fish(Lenient):
    engine_type: Literal["fish"]
    model: Literal["s1", "s2-pro"] | None = None
    stability: float | None = None
    similarity: float | None = None


class Starfish(Lenient):
    engine_type: Literal["starfish"]


class VoiceSettings(Lenient):
    speed: float = Field(1, ge=0.5, le=1.5)
    pitch: float = Field(0, ge=-50, le=50)
    volume: float = Field(1, ge=0, le=1)
    locale: str | None = None
    engine_settings: Annotated[ElevenLabs | Fish | Starfish, Field(discriminator="engine_type")] | None = None


class Background(Lenient):
    type: Literal["color", "image"]
    value: str | None = None
    url: str | None = None
    asset_id: str | None = None


class Caption(Lenient):
    file_format: Literal["srt"] = "srt"
    style: Literal["default"] | None = None


class Placement(Lenient):
    position: Literal["top_left", "top_right", "bottom_left", "bottom_right"] = "bottom_right"
    offset_x: float | None = Field(None, ge=-1, le=1)
    offset_y: float | None = Field(None, ge=-1, le=1)


class Watermark(Strict):
    image: Asset
    scale: float = Field(1, gt=0, le=2)
    opacity: float = Field(1, ge=0, le=1)
    placement: Placement | None = None


class AvatarRequest(Strict):
    """The body of POST /v3/videos for an avatar."""

    type: Literal["avatar"]
    avatar_id: str
    script: str | None = Field(None, min_length=1, max_length=SCRIPT_LIMIT)
    audio_url: str | None = None
    audio_asset_id: str | None = None
    voice_id: str | None = None
    voice_settings: VoiceSettings | None = None
    engine: Annotated[AvatarIII | AvatarIV | AvatarV, Field(discriminator="type")] | None = None
    title: str | None = None
    resolution: Literal["4k", "1080p", "720p"] | None = None
    aspect_ratio: Literal["16:9", "9:16", "4:5", "5:4", "1:1", "auto"] | None = "16:9"
    fit: Literal["contain", "cover"] | None = None
    background: Background | None = None
    remove_background: bool | None = None
    output_format: Literal["mp4", "webm"] = "mp4"
    caption: Caption | None = None
    motion_prompt: str | None = None
    expressiveness: Literal["high", "medium", "low"] | None = None
    watermark: Watermark | None = None
    folder_id: str | None = None
    brand_glossary_id: str | None = Field(None, min_length=1)
    callback_id: str | None = None
    callback_url: str | None = None


_MODELS = ("eleven_multilingual_v2", "eleven_turbo_v2_5", "eleven_flash_v2_5", "eleven_v3", "s1", "s2-pro")
_SETTINGS = "voice_settings.engine_settings"

COLUMNS = (
    Column("avatar_id", Type.TEXT, "The avatar look's id.", aliases=("avatar", "look_id"), required=True,
           lookup=Lookup.LOOK),
    Column("script", Type.PROSE, "What the avatar says, up to 5,000 characters."),
    Column("audio_url", Type.TEXT, "Instead of a script: a link to a recording.", aliases=("audio",),
           media=AUDIO),
    Column("audio_asset_id", Type.TEXT, "Instead of a script: a recording already at HeyGen."),
    Column("voice_id", Type.TEXT, "The voice. Without it the avatar's own.", aliases=("voice",),
           lookup=Lookup.VOICE),
    *COMMON,
    Column("voice_settings.speed", Type.NUMBER, "Speed of speech, 0.5–1.5.", aliases=("speed",)),
    Column("voice_settings.pitch", Type.NUMBER, "Pitch, −50 to 50.", aliases=("pitch",)),
    Column("voice_settings.volume", Type.NUMBER, "Loudness, 0–1.", aliases=("volume",)),
    Column("voice_settings.locale", Type.TEXT, "Accent of a multilingual voice: en-GB.", aliases=("locale",)),
    Column(f"{_SETTINGS}.engine_type", Type.CHOICE, "The voice's engine.",
           choices=("elevenlabs", "fish", "starfish")),
    Column(f"{_SETTINGS}.model", Type.CHOICE, "The engine's model.", choices=_MODELS),
    Column(f"{_SETTINGS}.stability", Type.NUMBER, "ElevenLabs and Fish: stability."),
    Column(f"{_SETTINGS}.similarity_boost", Type.NUMBER, "ElevenLabs: similarity boost."),
    Column(f"{_SETTINGS}.similarity", Type.NUMBER, "Fish: similarity."),
    Column(f"{_SETTINGS}.style", Type.NUMBER, "ElevenLabs: style."),
    Column(f"{_SETTINGS}.use_speaker_boost", Type.BOOLEAN, "ElevenLabs: speaker boost."),
    Column("engine.type", Type.CHOICE, "The avatar engine; avatar_iv without it.", aliases=("engine",),
           choices=("avatar_iii", "avatar_iv", "avatar_v")),
    Column("engine.reference_look_id", Type.TEXT, "avatar_v: the look whose movements are followed."),
    Column("resolution", Type.CHOICE, "4k, 1080p or 720p.", choices=("4k", "1080p", "720p")),
    Column("aspect_ratio", Type.CHOICE, "16:9 (without it), 9:16, 4:5, 5:4, 1:1 or auto.",
           choices=("16:9", "9:16", "4:5", "5:4", "1:1", "auto")),
    Column("fit", Type.CHOICE, "How the avatar fills the frame: contain or cover.", choices=("contain", "cover")),
    Column("background.type", Type.CHOICE, "color or image; goes by the other background columns without it.",
           choices=("color", "image")),
    Column("background.value", Type.TEXT, "A background colour: #ff0000.", aliases=("background_color", "background")),
    Column("background.url", Type.TEXT, "A link to a background picture.", aliases=("background_image",),
           media=IMAGE),
    Column("background.asset_id", Type.TEXT, "A background picture already at HeyGen."),
    Column("remove_background", Type.BOOLEAN, "yes: the avatar alone."),
    Column("output_format", Type.CHOICE, "mp4 (without it), or webm with a transparent background.",
           choices=("mp4", "webm")),
    Column("caption", Type.BOOLEAN, "yes: captions are burned into the video. A subtitle file always comes."),
    Column("caption.style", Type.CHOICE, "The look of burned-in captions: default.", choices=("default",)),
    Column("caption.file_format", Type.CHOICE, "The subtitle file: srt.", choices=("srt",)),
    Column("motion_prompt", Type.PROSE, "How the avatar moves, in words."),
    Column("expressiveness", Type.CHOICE, "Photo avatars on avatar_iv: high, medium or low.",
           choices=("high", "medium", "low")),
    Column("watermark.image", Type.ASSET, "Enterprise: a picture laid over the video.", aliases=("watermark",),
           media=IMAGE),
    Column("watermark.scale", Type.NUMBER, "Watermark: size, up to 2."),
    Column("watermark.opacity", Type.NUMBER, "Watermark: 0–1."),
    Column("watermark.placement.position", Type.CHOICE, "Watermark: its corner.",
           choices=("top_left", "top_right", "bottom_left", "bottom_right")),
    Column("watermark.placement.offset_x", Type.NUMBER, "Watermark: shift to the right, −1 to 1."),
    Column("watermark.placement.offset_y", Type.NUMBER, "Watermark: shift downwards, −1 to 1."),
    Column("brand_glossary_id", Type.TEXT, "Pronunciation glossary.", aliases=("brand_voice_id",)),
)  # fmt: skip


def shape(body: dict[str, object], _template: Template | None) -> dict[str, object]:
    """The variant's tag, and the tags inside that the other fields make plain."""
    caption = body.get("caption")
    if caption is True:
        body["caption"] = {"style": "default"}
    elif caption is False:
        del body["caption"]

    background = body.get("background")
    if isinstance(background, dict) and "type" not in background:
        body["background"] = {"type": "color" if "value" in background else "image", **background}

    return {"type": "avatar", **body}


def check(values: Values) -> Iterable[Issue]:
    sources = [name for name in ("script", "audio_url", "audio_asset_id") if name in values]
    if not sources:
        cause, fix = "is blank", "Write what the avatar says, or give audio_url."
        yield Issue(code="blank", field="script", cause=cause, fix=fix)
    for name in sources[1:]:
        cause, fix = f"can't stand beside {sources[0]}", "Keep one of script, audio_url, audio_asset_id."
        yield Issue(code="conflict", field=name, cause=cause, fix=fix)

    if not any("." in name for name in values):  # what follows is about settings alone
        return

    settings = [name for name in values if name.startswith("voice_settings.")]
    if settings and "script" not in values:
        cause, fix = "needs a script", "Voice settings only work on a script; clear the cell."
        yield Issue(code="needs_another", field=settings[0], cause=cause, fix=fix)
    yield from _engine_issues(values)
    yield from _background_issues(values)
    yield from _voice_engine_issues(values)


def _engine_issues(values: Values) -> Iterable[Issue]:
    engine = values.get("engine.type", "avatar_iv")
    if "engine.reference_look_id" in values and engine != "avatar_v":
        cause, fix = "needs engine.type avatar_v", "Set engine.type to avatar_v."
        yield Issue(code="needs_another", field="engine.reference_look_id", cause=cause, fix=fix)
    if "expressiveness" in values and engine != "avatar_iv":
        cause, fix = "works with avatar_iv only", "Clear the cell, or change engine.type."
        yield Issue(code="conflict", field="expressiveness", cause=cause, fix=fix)
    if "motion_prompt" in values and engine == "avatar_iii":
        cause, fix = "does not work with avatar_iii", "Clear the cell, or change engine.type."
        yield Issue(code="conflict", field="motion_prompt", cause=cause, fix=fix)


def _background_issues(values: Values) -> Iterable[Issue]:
    given = [name for name in ("background.value", "background.url", "background.asset_id") if name in values]
    kind = values.get("background.type")
    if given and values.get("output_format") == "webm":
        cause, fix = "can't stand in a webm", "A webm is transparent: clear the cell, or make an mp4."
        yield Issue(code="conflict", field=given[0], cause=cause, fix=fix)
    if kind == "color" and "background.value" not in values:
        yield Issue(code="blank", field="background.value", cause="is blank", fix="Give a colour like #ff0000.")
    if kind == "image" and not {"background.url", "background.asset_id"} & set(given):
        yield Issue(code="blank", field="background.url", cause="is blank", fix="Give a link to a picture.")
    if len(given) > 1:
        yield Issue(code="conflict", field=given[1], cause=f"can't stand beside {given[0]}", fix="Keep one background.")


def _voice_engine_issues(values: Values) -> Iterable[Issue]:
    engine = values.get(f"{_SETTINGS}.engine_type")
    fits = {
        "elevenlabs": {"model", "stability", "similarity_boost", "style", "use_speaker_boost"},
        "fish": {"model", "stability", "similarity"},
    }.get(str(engine), set())
    for name in values:
        part = name.removeprefix(f"{_SETTINGS}.")
        if part == name or part == "engine_type":
            continue

        if engine is None:
            cause, fix = "is missing", "Name the voice's engine: elevenlabs or fish."
            yield Issue(code="missing", field=f"{_SETTINGS}.engine_type", cause=cause, fix=fix)
            return

        if part not in fits:
            yield Issue(code="conflict", field=name, cause=f"is no setting of {engine}", fix="Clear the cell.")
    model = values.get(f"{_SETTINGS}.model")
    if model and engine in ("elevenlabs", "fish") and str(model).startswith("eleven") != (engine == "elevenlabs"):
        cause, fix = f"is no model of {engine}", "Choose one of the engine's own models."
        yield Issue(code="conflict", field=f"{_SETTINGS}.model", cause=cause, fix=fix)


AVATAR = Kind(
    name="avatar",
    noun="avatar video",
    columns=COLUMNS,
    decided_by=(("avatar_id",), ("script", "audio_url", "audio_asset_id")),
    request=AvatarRequest,
    path="/v3/videos",
    life=VIDEO_LIFE,
    shape=shape,
    check=check,
)
