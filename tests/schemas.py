"""The request schemas of the endpoints that bulkgen posts to, as JSON Schema (2020-12), written from HeyGen's facts.

Independent of the pydantic models: the tests hold both against each other.
Source: https://developers.heygen.com/reference.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
MAYBE_NUMBER: Schema = {"type": ["number", "null"]}


def closed(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def between(low: float, high: float) -> Schema:
    return {"type": "number", "minimum": low, "maximum": high}


ASSET_URL = closed(["type", "url"], type={"const": "url"}, url=TEXT)
ASSET_ID = closed(["type", "asset_id"], type={"const": "asset_id"}, asset_id=TEXT)
ASSET_DATA = closed(["type", "media_type", "data"], type={"const": "base64"}, media_type=TEXT, data=TEXT)
ASSET: Schema = {"oneOf": [ASSET_URL, ASSET_ID, ASSET_DATA]}
HOSTED: Schema = {"oneOf": [ASSET_URL, ASSET_ID]}
FIT: Schema = {"enum": ["cover", "contain", "crop", "none"]}

VARIABLE: Schema = {
    "oneOf": [
        closed(
            ["type", "content"], type={"const": "text"}, content={"type": "string", "minLength": 1, "maxLength": 10_000}
        ),
        closed(["type", "asset"], type={"const": "image"}, asset=ASSET, fit=FIT),
        closed(
            ["type", "asset"],
            type={"const": "video"},
            asset=ASSET,
            fit=FIT,
            play_style={"enum": ["fit_to_scene", "freeze", "loop", "once", "full_video"]},
            volume=between(0, 1),
        ),
        closed(["type", "asset"], type={"const": "audio"}, asset=ASSET),
        closed(
            ["type", "character_id"],
            type={"const": "character"},
            character_id={"type": "string", "minLength": 1},
            character_type={"enum": ["avatar", "talking_photo"]},
        ),
        closed(
            ["type", "voice_id"],
            type={"const": "voice"},
            voice_id={"type": "string", "minLength": 1},
            locale=MAYBE_TEXT,
        ),
    ]
}

SIDE: Schema = {"type": "integer", "minimum": 128, "maximum": 4096, "multipleOf": 2}

#: The endpoint itself lets unknown top-level fields pass; a payload of ours must not rely on that.
TEMPLATE = closed(
    ["variables"],
    variables={"type": "object", "additionalProperties": VARIABLE},
    title=MAYBE_TEXT,
    caption=FLAG,
    subtitles=closed(
        ["preset_name"],
        preset_name=TEXT,
        alignment={"type": ["integer", "null"]},
        disable_highlight={"type": ["boolean", "null"]},
        font_size={"type": ["integer", "null"]},
        position=closed([], x={"type": "number"}, y={"type": "number"}),
    ),
    callback_id=MAYBE_TEXT,
    callback_url=MAYBE_TEXT,
    folder_id=MAYBE_TEXT,
    brand_glossary_id=MAYBE_TEXT,
    brand_voice_id=MAYBE_TEXT,
    dimension=closed(["width", "height"], width=SIDE, height=SIDE),
    fps={"enum": [25, 30, 60]},
    scene_ids={"type": ["array", "null"], "items": TEXT},
    reorder_music=FLAG,
    keep_text_vertically_centered=FLAG,
    include_gif=FLAG,
    enable_sharing=FLAG,
)

AVATAR = closed(
    ["type", "avatar_id"],
    type={"const": "avatar"},
    avatar_id=TEXT,
    script={"type": ["string", "null"], "minLength": 1, "maxLength": 5_000},
    audio_url=MAYBE_TEXT,
    audio_asset_id=MAYBE_TEXT,
    voice_id=MAYBE_TEXT,
    voice_settings=closed(
        [],
        speed=between(0.5, 1.5),
        pitch=between(-50, 50),
        volume=between(0, 1),
        locale=MAYBE_TEXT,
        engine_settings={
            "oneOf": [
                closed(
                    ["engine_type"],
                    engine_type={"const": "elevenlabs"},
                    model={"enum": ["eleven_multilingual_v2", "eleven_turbo_v2_5", "eleven_flash_v2_5", "eleven_v3"]},
                    stability=MAYBE_NUMBER,
                    similarity_boost=MAYBE_NUMBER,
                    style=MAYBE_NUMBER,
                    use_speaker_boost={"type": ["boolean", "null"]},
                ),
                closed(
                    ["engine_type"],
                    engine_type={"const": "fish"},
                    model={"enum": ["s1", "s2-pro"]},
                    stability=MAYBE_NUMBER,
                    similarity=MAYBE_NUMBER,
                ),
                closed(["engine_type"], engine_type={"const": "starfish"}),
            ]
        },
    ),
    engine={
        "oneOf": [
            closed(["type"], type={"const": "avatar_iii"}),
            closed(["type"], type={"const": "avatar_iv"}),
            closed(["type"], type={"const": "avatar_v"}, reference_look_id=MAYBE_TEXT),
        ]
    },
    title=MAYBE_TEXT,
    resolution={"enum": ["4k", "1080p", "720p", None]},
    aspect_ratio={"enum": ["16:9", "9:16", "4:5", "5:4", "1:1", "auto", None]},
    fit={"enum": ["contain", "cover", None]},
    background=closed(
        ["type"], type={"enum": ["color", "image"]}, value=MAYBE_TEXT, url=MAYBE_TEXT, asset_id=MAYBE_TEXT
    ),
    remove_background={"type": ["boolean", "null"]},
    output_format={"enum": ["mp4", "webm"]},
    caption=closed([], file_format={"enum": ["srt"]}, style={"enum": ["default", None]}),
    motion_prompt=MAYBE_TEXT,
    expressiveness={"enum": ["high", "medium", "low", None]},
    watermark=closed(
        ["image"],
        image=ASSET,
        scale={"type": "number", "exclusiveMinimum": 0, "maximum": 2},
        opacity=between(0, 1),
        placement=closed(
            [],
            position={"enum": ["top_left", "top_right", "bottom_left", "bottom_right"]},
            offset_x=between(-1, 1),
            offset_y=between(-1, 1),
        ),
    ),
    folder_id=MAYBE_TEXT,
    brand_glossary_id={"type": ["string", "null"], "minLength": 1},
    callback_id=MAYBE_TEXT,
    callback_url=MAYBE_TEXT,
)

TRANSLATION = closed(
    ["video", "output_languages"],
    video=HOSTED,
    output_languages={"type": "array", "items": TEXT, "minItems": 1},
    mode={"enum": ["speed", "precision"]},
    title=MAYBE_TEXT,
    input_language=MAYBE_TEXT,
    translate_audio_only=FLAG,
    speaker_num={"type": ["integer", "null"]},
    start_time=MAYBE_NUMBER,
    end_time=MAYBE_NUMBER,
    enable_dynamic_duration=FLAG,
    disable_music_track=FLAG,
    enable_speech_enhancement=FLAG,
    enable_watermark=FLAG,
    enable_caption=FLAG,
    keep_the_same_format={"type": ["boolean", "null"]},
    fps_mode={"enum": ["vfr", "cfr", "passthrough", None]},
    audio=HOSTED,
    srt=HOSTED,
    srt_role={"enum": ["input", "output", None]},
    stock_voice_config=closed([], use_stock_voice=FLAG, preferred_stock_voice_ids={"type": "array", "items": TEXT}),
    brand_glossary_id=MAYBE_TEXT,
    brand_voice_id=MAYBE_TEXT,
    folder_id=MAYBE_TEXT,
    callback_id=MAYBE_TEXT,
    callback_url=MAYBE_TEXT,
)

SPEECH = closed(
    ["text", "voice_id"],
    text={"type": "string", "minLength": 1, "maxLength": 5_000},
    voice_id=TEXT,
    input_type={"enum": ["text", "ssml"]},
    speed=between(0.5, 2.0),
    language=MAYBE_TEXT,
    locale=MAYBE_TEXT,
)

BY_KIND = {"template": TEMPLATE, "avatar": AVATAR, "translation": TRANSLATION, "speech": SPEECH}
