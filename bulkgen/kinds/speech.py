"""The kind `speech`: a text becomes a recording.

POST /v3/voices/speech (https://developers.heygen.com/reference). The answer is the recording's link, and the only
one there will ever be: it can't be asked for again. The endpoint takes no Idempotency-Key, title or callback.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from bulkgen.kinds.assets import Strict
from bulkgen.kinds.columns import Column, Lookup, Type
from bulkgen.kinds.kind import Kind, Values
from bulkgen.kinds.life import Accepted, AfterLoss, Life, number_of, text_of
from bulkgen.model import Issue


class SpeechRequest(Strict):
    """The body of POST /v3/voices/speech."""

    text: str = Field(min_length=1, max_length=5_000)
    voice_id: str
    input_type: Literal["text", "ssml"] = "text"
    speed: float = Field(1, ge=0.5, le=2.0)
    language: str | None = None
    locale: str | None = None


COLUMNS = (
    Column("text", Type.PROSE, "What is spoken, up to 5,000 characters.", required=True),
    Column("voice_id", Type.TEXT, "A voice of the Starfish engine.", aliases=("voice",), required=True,
           lookup=Lookup.SPEECH_VOICE),
    Column("input_type", Type.CHOICE, "text (without it), or ssml.", choices=("text", "ssml")),
    Column("speed", Type.NUMBER, "Speed of speech, 0.5–2."),
    Column("language", Type.TEXT, "The language's code: en, pt; found out without it."),
    Column("locale", Type.TEXT, "Language and region: en-US, pt-BR. Goes before language."),
)  # fmt: skip


def check(values: Values) -> Iterable[Issue]:
    text = str(values.get("text", ""))
    if values.get("input_type") == "ssml" and "<" not in text:
        cause, fix = "is no SSML", "Write it as <speak>…</speak>, or set input_type to text."
        yield Issue(code="not_ssml", field="text", cause=cause, fix=fix)


def accepted(data: Mapping[str, object]) -> Accepted:
    return Accepted(text_of(data, "request_id"), text_of(data, "audio_url"), number_of(data, "duration"))


SPEECH = Kind(
    name="speech",
    noun="voice-over",
    columns=COLUMNS,
    decided_by=(("text",), ("voice_id",)),
    request=SpeechRequest,
    path="/v3/voices/speech",
    life=Life(accepted=accepted, lost=AfterLoss.RESEND, takes_callback=False),
    check=check,
)
