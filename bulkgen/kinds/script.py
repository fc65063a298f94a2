"""What a job has a voice say. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.kinds.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A text, and how it is said, as far as the request tells."""

    text: str
    #: Its code, or one of its names; "" where nobody says it.
    language: str = ""
    #: 1 is the voice's own.
    speed: float = 1.0
    ssml: bool = False
    #: The id of the voice that says it, or of the avatar or template whose own voice does.
    speaker: str = ""
    #: The id of the voice; "" where the request does not say it, and the avatar or the template does.
    voice: str = ""
    #: What of how it is said a voice-over of the text does not have, in words: `pitch`.
    unheard: tuple[str, ...] = ()
    #: Beside what is said: seconds in which nothing is, and recordings and videos that are played whole.
    silence: float = 0.0
    clips: tuple[Source, ...] = ()
