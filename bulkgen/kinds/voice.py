"""The kind `voice`: a description becomes voices, up to three of them.

POST /v3/voices (https://developers.heygen.com/reference). The answer names the voices; each can be used like any
other. The same description gives the same voices, so a lost answer is asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import Field

from bulkgen.errors import Refused
from bulkgen.kinds.answers import number_of, text_of
from bulkgen.kinds.columns import Lookup, Tag
from bulkgen.kinds.fields import About, Prose, Request
from bulkgen.kinds.kind import Kind, Made
from bulkgen.kinds.life import AfterLoss, Collection, Life
from bulkgen.kinds.outcome import Accepted, Detail, Links, Part
from bulkgen.kinds.signs import Decides, Signs

#: How many voices a description gives at most.
MOST = 3


class VoiceRequest(Request):
    """The body of POST /v3/voices."""

    prompt: Annotated[Prose, Field(min_length=1, max_length=1_000), About(
        "What the voice is like: warm, confident female narrator.", "voice_description")]  # fmt: skip
    gender: Annotated[Literal["male", "female"] | None, About("male or female.")] = None
    locale: Annotated[str | None, Tag.LOCALE, About("Language and region: en-US, pt-BR.")] = None
    seed: Annotated[int, About("0 (default) gives the best three, 1 the next three, and so on.")] = 0


def accepted(data: Mapping[str, object]) -> Accepted:
    """The voice that fits best stands first. Raises `Refused` where none fits: that is an answer, too."""
    voices = data.get("voices")
    if not isinstance(voices, list):
        return Accepted("")

    parts = [_part(each) for each in voices if isinstance(each, dict) and text_of(each, "voice_id")]
    if not parts:
        raise Refused("No voice fits the description", status=HTTPStatus.NOT_FOUND)

    return Accepted(parts[0].id, parts=tuple(parts))


def _part(voice: Mapping[str, object]) -> Part:
    return Part(
        id=text_of(voice, "voice_id"),
        title=text_of(voice, "name"),
        note=", ".join(filter(None, (text_of(voice, "gender"), text_of(voice, "language")))),
        links=Links(audio=text_of(voice, "preview_audio_url")),
    )


def read(data: Mapping[str, object]) -> Detail:
    """A voice as HeyGen tells it; only a cloned one has a status."""
    word = text_of(data, "status").casefold()
    status = {"": "completed", "complete": "completed", "failed": "failed"}.get(word, "running")
    return Detail(
        status,
        Links(audio=text_of(data, "preview_audio_url")),
        message=text_of(data, "failure_message"),
        by_id=status == "completed",
        prompt=text_of(data, "name"),
        created_at=number_of(data, "created_at"),
    )


VOICES = Collection(path="/v3/voices", read=read, list_params={"type": "private"}, lists_details=False)

#: Where the id of a voice may stand.
AS_A_VOICE = frozenset({Lookup.VOICE, Lookup.SPEECH_VOICE})

VOICE = Kind(
    name="voice",
    noun="designed voice",
    look_at="whether the voice fits: listen to its preview",
    signs=Signs(columns=(("prompt",),), decides=Decides.NEVER),
    request=VoiceRequest,
    path="/v3/voices",
    life=Life(
        accepted=accepted,
        lost=AfterLoss.RESEND,
        renders=False,
        takes_title=False,
        takes_callback=False,
    ),
    makes=Made(AS_A_VOICE, MOST),
)
