"""What an avatar and a photo have in common: each says a script, or moves its lips to a recording."""

from __future__ import annotations

from bulkgen.kinds.avatar import AvatarRequest
from bulkgen.kinds.colours import is_code
from bulkgen.kinds.image import ImageRequest
from bulkgen.sandbox.messages import invalid
from bulkgen.sandbox.orders import TEST_CARD, Wish
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Body
from bulkgen.sandbox.voice import seconds_of


def speaking(rules: Rules, kind: str, asked: AvatarRequest | ImageRequest, body: Body, own_voice: str) -> Wish:
    """`own_voice`: whose voice speaks where none is named. Raises `Refusal`."""
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
        rules.voice(asked.voice_id)
    rules.sources(body)
    seconds = _spoken(asked, asked.voice_id or own_voice)
    return Wish(
        kind=kind,
        title=asked.title,
        folder_id=asked.folder_id,
        callback_id=asked.callback_id,
        captioned=bool(asked.caption and asked.caption.style),
        extension=asked.output_format,
        seconds=seconds,
        cents=rules.cents(kind, asked, seconds),
    )


def _spoken(asked: AvatarRequest | ImageRequest, speaker: str) -> float:
    """The length of what is said; nobody here opens the recording that lips may move to instead."""
    if asked.script is None:
        return TEST_CARD

    return seconds_of([asked.script], speaker, asked.voice_settings.speed if asked.voice_settings else 1.0)
