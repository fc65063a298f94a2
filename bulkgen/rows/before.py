"""Fields of HeyGen's API of before: those that have another name now, and what HeyGen does unasked by now.

Pure. They fill nothing, so a person who has them in a sheet is told so.
"""

from __future__ import annotations

from collections.abc import Mapping

from bulkgen.kinds.columns import match_key

#: What each of them is called now, or "" where nothing is.
BEFORE: Mapping[str, str] = {
    match_key(name): now
    for name, now in {
        "input_text": "script (for a voice-over text)",
        "voice.input_text": "script",
        "voice.voice_id": "voice_id",
        "voice.audio_url": "audio_url",
        "voice.speed": "voice_settings.speed",
        "voice.pitch": "voice_settings.pitch",
        "voice.locale": "voice_settings.locale",
        "talking_photo_id": "avatar_id",
        "character.avatar_id": "avatar_id",
        "character.talking_photo_id": "avatar_id",
        "avatar_style": "fit (contain or cover)",
        "character.avatar_style": "fit (contain or cover)",
        "video_inputs": "",
    }.items()
}

#: What HeyGen reads, and passes over, by what it does instead.
NEEDLESS: Mapping[str, str] = {match_key("enable_caption"): "Subtitles always come; their link stands in the results."}
