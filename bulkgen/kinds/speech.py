"""The kind `speech`: a text becomes a recording.

POST /v3/voices/speech (https://developers.heygen.com/reference). The answer is the recording's link and when each word
is said, and the only one there will ever be: it can't be asked for again. The endpoint takes no Idempotency-Key, title
or callback.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from bulkgen.kinds.account import Template
from bulkgen.kinds.answers import number_of, text_of
from bulkgen.kinds.columns import Lookup, Tag
from bulkgen.kinds.fields import About, Prose, Request
from bulkgen.kinds.kind import Kind, Values
from bulkgen.kinds.life import AfterLoss, Life
from bulkgen.kinds.outcome import Accepted
from bulkgen.kinds.script import Script
from bulkgen.kinds.signs import Signs
from bulkgen.kinds.spoken_words import words_of
from bulkgen.kinds.ssml import ADVICE, flaw, tag_issues
from bulkgen.model import Issue, unsendable


class SpeechRequest(Request):
    """The body of POST /v3/voices/speech."""

    text: Annotated[Prose, Field(min_length=1, max_length=5_000), About("What is spoken, up to 5,000 characters.")]
    voice_id: Annotated[str, About("A voice of the Starfish engine: its name or id.", "voice"), Lookup.SPEECH_VOICE]
    input_type: Annotated[Literal["text", "ssml"], About("text (default), or ssml.")] = "text"
    speed: Annotated[float, Field(ge=0.5, le=2.0), About("Speed of speech, 0.5–2.")] = 1
    language: Annotated[str | None, Tag.LANGUAGE, About(
        "The language: en, German. Without one HeyGen detects it.")] = None  # fmt: skip
    locale: Annotated[str | None, Tag.LOCALE, About(
        "Language and region: en-US, pt-BR. Goes before language.")] = None  # fmt: skip


def check(values: Values) -> Iterable[Issue]:
    text = str(values.get("text", ""))
    if values.get("input_type") == "ssml":
        if "<" not in text:
            cause, fix = "is no SSML", "Write it as <speak>…</speak>, or set input_type to text."
            yield Issue(code="not_ssml", field="text", cause=cause, fix=fix)
        elif fault := flaw(text):
            cause, fix = f"is no well-formed SSML ({fault})", f"{ADVICE} Or set input_type to text."
            yield unsendable(code="not_ssml", field="text", cause=cause, fix=fix)
    else:
        yield from tag_issues("text", text, "Set input_type to ssml, or take the tags out.")


def accepted(data: Mapping[str, object]) -> Accepted:
    return Accepted(
        text_of(data, "request_id"),
        text_of(data, "audio_url"),
        number_of(data, "duration"),
        words=words_of(data.get("word_timestamps")),
    )


def script(request: SpeechRequest, _template: Template | None) -> Script:
    return Script(
        text=request.text,
        language=request.locale or request.language or "",
        speed=request.speed,
        ssml=request.input_type == "ssml",
        speaker=request.voice_id,
        voice=request.voice_id,
    )


SPEECH = Kind(
    name="speech",
    noun="voice-over",
    look_at="how names, numbers and abbreviations are said, the pace and the pauses",
    signs=Signs(columns=(("text",), ("voice_id",))),
    request=SpeechRequest,
    path="/v3/voices/speech",
    life=Life(accepted=accepted, lost=AfterLoss.RESEND, takes_title=False, takes_callback=False),
    check=check,
    script=script,
)
