"""The kind `avatar`: one of the account's avatars speaks a script, or moves its lips to a recording.

POST /v3/videos with `type: avatar` (https://developers.heygen.com/reference).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.assets import Asset, file_in
from bulkgen.kinds.colours import is_code
from bulkgen.kinds.columns import Lookup, Tag, Type
from bulkgen.kinds.engines import engine_issues, look_issues, voice_engine_issues
from bulkgen.kinds.fields import (
    About,
    AssetField,
    CallbackId,
    CallbackUrl,
    Folder,
    Lenient,
    Prose,
    Request,
    Strict,
    Title,
)
from bulkgen.kinds.kind import SPOILT, Kind, Values
from bulkgen.kinds.media import AUDIO, IMAGE
from bulkgen.kinds.script import Script
from bulkgen.kinds.signs import Signs
from bulkgen.kinds.source import Source
from bulkgen.kinds.ssml import tag_issues
from bulkgen.kinds.videos import RECOMMENDED, VIDEO_LIFE
from bulkgen.model import Issue, unsendable

_ElevenLabsModel = Literal["eleven_multilingual_v2", "eleven_turbo_v2_5", "eleven_flash_v2_5", "eleven_v3"]

_Filling = Literal["color", "image"]
_Corner = Literal["top_left", "top_right", "bottom_left", "bottom_right"]
_Aspect = Literal["16:9", "9:16", "4:5", "5:4", "1:1", "auto"]
_Fit = Literal["contain", "cover"]
_Level = Literal["high", "medium", "low"]


class EarlierEngine(Strict):
    type: Annotated[Literal["avatar_iii", "avatar_iv"], About("avatar_iv (default), avatar_iii or avatar_v.", "engine")]


class AvatarV(Strict):
    type: Literal["avatar_v"]
    reference_look_id: Annotated[str | None, About(
        "avatar_v: the look whose movements are followed: its name or id."), Lookup.LOOK] = None  # fmt: skip


class ElevenLabs(Lenient):
    engine_type: Annotated[Literal["elevenlabs"], About("The voice's engine.")]
    model: Annotated[_ElevenLabsModel | None, About("The engine's model.")] = None
    stability: Annotated[float | None, About("ElevenLabs and Fish: stability.")] = None
    similarity_boost: Annotated[float | None, About("ElevenLabs: similarity boost.")] = None
    style: Annotated[float | None, About("ElevenLabs: style.")] = None
    use_speaker_boost: Annotated[bool | None, About("ElevenLabs: speaker boost.")] = None


class Fish(Lenient):
    engine_type: Literal["fish"]
    model: Literal["s1", "s2-pro"] | None = None
    stability: float | None = None
    similarity: Annotated[float | None, About("Fish: similarity.")] = None


class Starfish(Lenient):
    engine_type: Literal["starfish"]


class VoiceSettings(Lenient):
    speed: Annotated[float, Field(ge=0.5, le=1.5), About("Speed of speech, 0.5–1.5.", "speed")] = 1
    pitch: Annotated[float, Field(ge=-50, le=50), About("Pitch, −50 to 50.", "pitch")] = 0
    volume: Annotated[float, Field(ge=0, le=1), About("Loudness, 0–1.", "volume")] = 1
    locale: Annotated[str | None, Tag.LOCALE, About("Accent of a multilingual voice: en-GB.", "locale")] = None
    engine_settings: Annotated[ElevenLabs | Fish | Starfish, Field(discriminator="engine_type")] | None = None


class Background(Lenient):
    type: Annotated[_Filling, About("color or image; without it the other background columns decide.")]
    value: Annotated[str | None, About("A background colour: #ff0000.", "background_color", "background")] = None
    url: Annotated[str | None, About("A background picture: a link or a file.", "background_image"), IMAGE,
                   AssetField("asset_id")] = None  # fmt: skip
    asset_id: Annotated[str | None, About("A background picture already at HeyGen."), IMAGE, Lookup.ASSET,
                        AssetField("asset_id")] = None  # fmt: skip


class Caption(Lenient):
    style: Annotated[Literal["default"] | None, About("The look of burned-in captions: default.")] = None
    file_format: Annotated[Literal["srt"], About("The subtitle file: srt.")] = "srt"


class Placement(Lenient):
    position: Annotated[_Corner, About("Watermark: its corner.")] = "bottom_right"
    offset_x: Annotated[float | None, Field(ge=-1, le=1), About("Watermark: shift to the right, −1 to 1.")] = None
    offset_y: Annotated[float | None, Field(ge=-1, le=1), About("Watermark: shift downwards, −1 to 1.")] = None


class Watermark(Strict):
    image: Annotated[Asset, About("Enterprise: a picture laid over the video.", "watermark"), IMAGE]
    scale: Annotated[float, Field(gt=0, le=2), About("Watermark: size, up to 2.")] = 1
    opacity: Annotated[float, Field(ge=0, le=1), About("Watermark: 0–1.")] = 1
    placement: Placement | None = None


# What a photo that speaks has in common with an avatar, and some of it a scene of several.
AudioUrl = Annotated[str | None, About("Instead of a script: a recording, as a link or a file.", "audio"), AUDIO,
                     AssetField("audio_asset_id")]  # fmt: skip
AudioAssetId = Annotated[str | None, About("Instead of a script: a recording already at HeyGen."), AUDIO, Lookup.ASSET,
                         AssetField("audio_asset_id")]  # fmt: skip
Resolution = Annotated[Literal["4k", "1080p", "720p"] | None, About("4k, 1080p or 720p.")]
OutputFormat = Annotated[Literal["mp4", "webm"], About("mp4 (default), or webm with a transparent background.")]
Captions = Annotated[Caption | None, Type.BOOLEAN, About(
    "yes: captions are burned into the video. A subtitle file always comes.")]  # fmt: skip
Glossary = Annotated[str | None, Field(min_length=1), Lookup.GLOSSARY, About(
    "Pronunciation glossary: its name or id.", "brand_voice_id")]  # fmt: skip


class AvatarRequest(Request):
    """The body of POST /v3/videos for an avatar."""

    type: Literal["avatar"]
    avatar_id: Annotated[str, About("The avatar look: its name or id.", "avatar", "look_id"), Lookup.LOOK]
    script: Annotated[Prose | None, Field(min_length=1, max_length=5_000),
                      About("What the avatar says, up to 5,000 characters.")] = None  # fmt: skip
    audio_url: AudioUrl = None
    audio_asset_id: AudioAssetId = None
    voice_id: Annotated[str | None, Lookup.VOICE, About(
        "The voice: its name or id. Without it the avatar's own.", "voice")] = None  # fmt: skip
    title: Title = None
    folder_id: Folder = None
    callback_id: CallbackId = None
    callback_url: CallbackUrl = None
    voice_settings: VoiceSettings | None = None
    engine: Annotated[EarlierEngine | AvatarV, Field(discriminator="type")] | None = None
    resolution: Resolution = None
    aspect_ratio: Annotated[_Aspect | None, About("16:9 (default), 9:16, 4:5, 5:4, 1:1 or auto.")] = "16:9"
    fit: Annotated[_Fit | None, About("How the avatar fills the frame: contain or cover.")] = None
    background: Background | None = None
    remove_background: Annotated[bool | None, About("yes: the avatar alone.")] = None
    output_format: OutputFormat = "mp4"
    caption: Captions = None
    motion_prompt: Annotated[Prose | None, About("How the avatar moves, in words.")] = None
    expressiveness: Annotated[_Level | None, About("Photo avatars on avatar_iv: high, medium or low.")] = None
    watermark: Watermark | None = None
    brand_glossary_id: Glossary = None


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
        cause, fix = "is blank", "Write what is said, or give audio_url."
        yield Issue(code="blank", field="script", cause=cause, fix=fix)
    for name in sources[1:]:
        cause, fix = f"can't stand beside {sources[0]}", "Keep one of script, audio_url, audio_asset_id."
        yield Issue(code="conflict", field=name, cause=cause, fix=fix)

    fix = 'Only <break time="1.5s"/> is a tag in a script: take the others out.'
    yield from tag_issues("script", str(values.get("script", "")), fix)
    if not any("." in name for name in values):  # what follows is about settings alone
        return

    settings = [name for name in values if name.startswith("voice_settings.")]
    if settings and "script" not in values:
        cause, fix = "needs a script", "Voice settings only work on a script; clear the cell."
        yield Issue(code="needs_another", field=settings[0], cause=cause, fix=fix)
    if values.get("caption") is False and "caption.style" in values:
        cause, fix = "says no, and caption.style asks for captions", "Clear one of the two."
        yield unsendable(code="conflict", field="caption", cause=cause, fix=fix)
    yield from engine_issues(values)
    yield from _background_issues(values)
    yield from voice_engine_issues(values)


def _background_issues(values: Values) -> Iterable[Issue]:
    given = [name for name in ("background.value", "background.url", "background.asset_id") if name in values]
    kind, colour = values.get("background.type"), values.get("background.value")
    if colour is not None and colour != SPOILT and not is_code(str(colour)):
        fix = f"Write it as #{colour}." if is_code(f"#{colour}") else "Write it as a code like #ff0000."
        yield unsendable(code="not_a_colour", field="background.value", cause="is no colour code", fix=fix)
    if given and values.get("output_format") == "webm":
        cause, fix = "can't stand in a webm", "A webm is transparent: clear the cell, or make an mp4."
        yield Issue(code="conflict", field=given[0], cause=cause, fix=fix)
    if kind == "color" and "background.value" not in values:
        yield Issue(code="blank", field="background.value", cause="is blank", fix="Give a colour like #ff0000.")
    if kind == "image" and not {"background.url", "background.asset_id"} & set(given):
        yield Issue(code="blank", field="background.url", cause="is blank", fix="Give a link to a picture.")
    if len(given) > 1:
        yield Issue(code="conflict", field=given[1], cause=f"can't stand beside {given[0]}", fix="Keep one background.")


def against(values: Values, account: Account, _template: Template | None) -> Iterable[Issue]:
    """What an engine does not do with the avatar's look."""
    return look_issues(values, account.looks)


def priced_by(request: AvatarRequest) -> Mapping[str, str]:
    """Engine and resolution; the type of the look is known to the account alone."""
    engine = request.engine.type if request.engine else "avatar_iv"
    return {"engine": engine, "resolution": request.resolution or "1080p"}


#: What a voice-over does not take of them.
_UNHEARD: Mapping[str, str] = {
    "pitch": "pitch",
    "volume": "volume",
    "engine_settings": "the settings of the voice's engine",
}


def unheard(how: VoiceSettings) -> tuple[str, ...]:
    """What of these settings is not heard in a voice-over of the same words."""
    return tuple(told for name, told in _UNHEARD.items() if name in how.model_fields_set)


def script(request: AvatarRequest, _template: Template | None) -> Script | None:
    if request.script is None:
        return None

    how = request.voice_settings or VoiceSettings()
    return Script(
        text=request.script,
        language=how.locale or "",
        speed=how.speed,
        speaker=request.voice_id or request.avatar_id,
        voice=request.voice_id or "",
        unheard=unheard(how),
    )


def source(request: AvatarRequest) -> Source | None:
    return None if request.script is not None else Source(link=request.audio_url or file_in(request.audio_asset_id))


AVATAR = Kind(
    name="avatar",
    noun="avatar video",
    look_at="the lips, how names and numbers are said, and whether face and background are framed well",
    signs=Signs(columns=(("avatar_id",), ("script", "audio_url", "audio_asset_id"))),
    request=AvatarRequest,
    path="/v3/videos",
    life=VIDEO_LIFE,
    shape=shape,
    check=check,
    against=against,
    priced_by=priced_by,
    priced_by_type=lambda request: {"avatar_type": request.avatar_id},
    script=script,
    source=source,
    recommended=RECOMMENDED,
)
