"""The bodies that paid POSTs take, table by table (https://developers.heygen.com/reference)."""

from __future__ import annotations

from tests.standin.catalogue import Catalogue, Template
from tests.standin.messages import Json, Refusal, invalid
from tests.standin.shapes import Check, even, flag, link, many, maybe, number, one_of, record, tagged, text


def _asset_id(value: object, name: str) -> None:
    text(1)(value, name)
    if not str(value).startswith("asset_"):
        raise Refusal(404, "asset_not_found", f"Asset {value} not found.", name)


_URL = record({"type": text(), "url": link})
_ASSET_ID = record({"type": text(), "asset_id": _asset_id})
_BASE64 = record({"type": text(), "media_type": text(1), "data": text(1)})
HOSTED = tagged("type", {"url": _URL, "asset_id": _ASSET_ID})
ASSET = tagged("type", {"url": _URL, "asset_id": _ASSET_ID, "base64": _BASE64})

_FIT = one_of("cover", "contain", "crop", "none")
_PLAY = one_of("fit_to_scene", "freeze", "loop", "once", "full_video")
_WORD = maybe(text())
_LABELS: dict[str, Check] = {"title": _WORD, "callback_id": _WORD, "callback_url": maybe(link), "folder_id": _WORD}

VARIABLE = tagged(
    "type",
    {
        "text": record({"type": text(), "content": text(1, 10_000)}),
        "image": record({"type": text(), "asset": ASSET}, {"fit": _FIT}),
        "video": record(
            {"type": text(), "asset": ASSET}, {"fit": _FIT, "play_style": _PLAY, "volume": number(0, 1)}
        ),
        "audio": record({"type": text(), "asset": ASSET}),
        "character": record(
            {"type": text(), "character_id": text(1)}, {"character_type": one_of("avatar", "talking_photo")}
        ),
        "voice": record({"type": text(), "voice_id": text(1)}, {"locale": _WORD}),
    },
)  # fmt: skip


def _variables(value: object, name: str) -> None:
    if not isinstance(value, dict):
        raise invalid(name, f"{name} must be an object.")

    for variable, content in value.items():
        VARIABLE(content, f"{name}.{variable}")


TEMPLATE = record(
    {"variables": _variables},
    {
        **_LABELS,
        "caption": flag,
        "subtitles": maybe(
            record(
                {"preset_name": text(1)},
                {
                    "alignment": maybe(number(whole=True)),
                    "disable_highlight": maybe(flag),
                    "font_size": maybe(number(whole=True)),
                    "position": maybe(record({}, {"x": number(), "y": number()})),
                },
            )
        ),
        "brand_glossary_id": _WORD,
        "brand_voice_id": _WORD,
        "dimension": maybe(record({"width": even, "height": even})),
        "fps": one_of(25, 30, 60),
        "scene_ids": maybe(many(text(1))),
        "reorder_music": flag,
        "keep_text_vertically_centered": flag,
        "include_gif": flag,
        "enable_sharing": flag,
    },
)

_VOICE_SETTINGS = record(
    {},
    {
        "speed": number(0.5, 1.5),
        "pitch": number(-50, 50),
        "volume": number(0, 1),
        "locale": _WORD,
        "engine_settings": maybe(
            tagged(
                "engine_type",
                {
                    "elevenlabs": record(
                        {"engine_type": text()},
                        {
                            "model": maybe(
                                one_of("eleven_multilingual_v2", "eleven_turbo_v2_5", "eleven_flash_v2_5", "eleven_v3")
                            ),
                            "stability": maybe(number()),
                            "similarity_boost": maybe(number()),
                            "style": maybe(number()),
                            "use_speaker_boost": maybe(flag),
                        },
                    ),
                    "fish": record(
                        {"engine_type": text()},
                        {
                            "model": maybe(one_of("s1", "s2-pro")),
                            "stability": maybe(number()),
                            "similarity": maybe(number()),
                        },
                    ),
                    "starfish": record({"engine_type": text()}),
                },
            )
        ),
    },
)

_CORNERS = one_of("top_left", "top_right", "bottom_left", "bottom_right")
_WATERMARK = record(
    {"image": ASSET},
    {
        "opacity": number(0, 1),
        "scale": number(most=2, above=0),
        "placement": maybe(
            record(
                {}, {"offset_x": maybe(number(-1, 1)), "offset_y": maybe(number(-1, 1)), "position": _CORNERS}
            )
        ),
    },
)  # fmt: skip

AVATAR = record(
    {"type": one_of("avatar"), "avatar_id": text(1)},
    {
        **_LABELS,
        "resolution": maybe(one_of("4k", "1080p", "720p")),
        "aspect_ratio": maybe(one_of("16:9", "9:16", "4:5", "5:4", "1:1", "auto")),
        "fit": maybe(one_of("contain", "cover")),
        "background": maybe(
            record({"type": one_of("color", "image")}, {"value": _WORD, "url": maybe(link), "asset_id": _WORD})
        ),
        "remove_background": maybe(flag),
        "watermark": maybe(_WATERMARK),
        "caption": maybe(record({}, {"file_format": one_of("srt"), "style": maybe(one_of("default"))})),
        "output_format": one_of("mp4", "webm"),
        "script": maybe(text(1, 5_000)),
        "voice_id": _WORD,
        "audio_url": maybe(link),
        "audio_asset_id": maybe(_asset_id),
        "voice_settings": maybe(_VOICE_SETTINGS),
        "motion_prompt": _WORD,
        "expressiveness": maybe(one_of("high", "medium", "low")),
        "brand_glossary_id": maybe(text(1)),
        "engine": maybe(
            tagged(
                "type",
                {
                    "avatar_iii": record({"type": text()}),
                    "avatar_iv": record({"type": text()}),
                    "avatar_v": record({"type": text()}, {"reference_look_id": _WORD}),
                },
            )
        ),
    },
)

TRANSLATION = record(
    {"video": HOSTED, "output_languages": many(text(1), 1)},
    {
        **_LABELS,
        "mode": one_of("speed", "precision"),
        "input_language": _WORD,
        "translate_audio_only": flag,
        "speaker_num": maybe(number(whole=True)),
        "start_time": maybe(number()),
        "end_time": maybe(number()),
        "enable_dynamic_duration": flag,
        "disable_music_track": flag,
        "enable_speech_enhancement": flag,
        "enable_watermark": flag,
        "enable_caption": flag,
        "keep_the_same_format": maybe(flag),
        "fps_mode": maybe(one_of("vfr", "cfr", "passthrough")),
        "audio": maybe(HOSTED),
        "srt": maybe(HOSTED),
        "srt_role": maybe(one_of("input", "output")),
        "stock_voice_config": maybe(
            record({}, {"use_stock_voice": flag, "preferred_stock_voice_ids": many(text(1))})
        ),
        "brand_glossary_id": _WORD,
        "brand_voice_id": _WORD,
    },
)  # fmt: skip

SPEECH = record(
    {"text": text(1, 5_000), "voice_id": text(1)},
    {"input_type": one_of("text", "ssml"), "speed": number(0.5, 2), "language": _WORD, "locale": _WORD},
)


def check_template(body: Json, template: Template, account: Catalogue) -> None:
    TEMPLATE(body, "")
    for name, variable in body["variables"].items():
        wanted = template.variables.get(name)
        if wanted is None:
            raise invalid("variables", f"Variable '{name}' is not defined in this template.")

        if variable["type"] != wanted:
            raise invalid("variables", f"Variable '{name}' is of type {wanted}.")

        if wanted == "voice":
            account.voice(variable["voice_id"])
    for scene in body.get("scene_ids") or ():
        if scene not in template.scenes:
            raise invalid("scene_ids", f"Scene {scene} is not part of this template.")

    account.folder(body.get("folder_id"))


def check_avatar(body: Json, account: Catalogue) -> None:
    AVATAR(body, "")
    spoken = [name for name in ("script", "audio_url", "audio_asset_id") if body.get(name) is not None]
    if len(spoken) != 1:
        raise invalid("script", "Exactly one of script, audio_url, audio_asset_id is required.")

    if body.get("voice_settings") is not None and body.get("script") is None:
        raise invalid("voice_settings", "voice_settings needs script.")

    if body.get("background") is not None and body.get("output_format") == "webm":
        raise invalid("background", "background is not supported with webm.")

    look = account.look(body["avatar_id"])
    engine = (body.get("engine") or {}).get("type", "avatar_iv")
    if engine not in look["supported_api_engines"]:
        raise invalid("engine", f"This look does not support {engine}.")

    if body.get("voice_id") is not None:
        account.voice(body["voice_id"])
    account.folder(body.get("folder_id"))


def check_translation(body: Json, account: Catalogue) -> None:
    TRANSLATION(body, "")
    account.language("output_languages", *body["output_languages"])
    if body.get("input_language") is not None:
        account.language("input_language", body["input_language"])
    if body.get("fps_mode") is not None and body.get("audio") is None:
        raise invalid("fps_mode", "fps_mode needs audio.")

    account.folder(body.get("folder_id"))


def check_speech(body: Json, account: Catalogue) -> None:
    SPEECH(body, "")
    if not account.voice(body["voice_id"])["starfish"]:
        raise Refusal(400, "voice_unavailable", "This voice is not available for text to speech.", "voice_id")
