"""The kind `clone`: a recording becomes a voice that speaks like it.

POST /v3/voices/clone (https://developers.heygen.com/reference). The endpoint takes no Idempotency-Key, and an account
holds few clones: what was sent once is never sent again by itself, but looked for by its name and time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from bulkgen.kinds.answers import text_of
from bulkgen.kinds.assets import Asset
from bulkgen.kinds.columns import Tag
from bulkgen.kinds.fields import About, Request
from bulkgen.kinds.kind import Kind, Made
from bulkgen.kinds.life import AfterLoss, Life
from bulkgen.kinds.media import AUDIO
from bulkgen.kinds.outcome import Accepted
from bulkgen.kinds.signs import Decides, Signs
from bulkgen.kinds.voice import AS_A_VOICE, VOICES
from bulkgen.model import Job


class CloneRequest(Request):
    """The body of POST /v3/voices/clone."""

    audio: Annotated[Asset, AUDIO, About(
        "A recording of the voice: a link, a file or an asset id.", "audio_url", "recording")]  # fmt: skip
    voice_name: Annotated[str, About("What the voice is called at HeyGen.", identity=False)]
    language: Annotated[str | None, Tag.LANGUAGE, About(
        "The language of the recording: en, German. Without one HeyGen detects it.")] = None  # fmt: skip
    remove_background_noise: Annotated[bool, About("no: the recording is taken as it is.")] = True


def accepted(data: Mapping[str, object]) -> Accepted:
    return Accepted(text_of(data, "voice_clone_id"))


def name_of(job: Job) -> str:
    """By its name it is found again, where the answer was lost."""
    return job.request.voice_name if isinstance(job.request, CloneRequest) else ""


CLONE = Kind(
    name="clone",
    noun="cloned voice",
    look_at="whether the voice sounds like the recording: listen to its preview",
    signs=Signs(columns=(("audio",), ("voice_name",)), decides=Decides.LAST, word="voice"),
    request=CloneRequest,
    path="/v3/voices/clone",
    life=Life(
        accepted=accepted,
        lost=AfterLoss.UNKNOWN,
        stages=(VOICES,),
        renders=False,
        takes_title=False,
        takes_callback=False,
        prompt=name_of,
    ),
    makes=Made(AS_A_VOICE),
)
