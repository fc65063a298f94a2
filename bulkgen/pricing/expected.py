"""What a job is expected to be before it is sent, as its intent records it. Pure.

Numbers, a language and an id: never a text. By them what a job really lasted teaches something of the next ones
(`learned`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bulkgen.kinds import KINDS
from bulkgen.kinds.account import Template, is_id
from bulkgen.kinds.source import Source
from bulkgen.model import Job
from bulkgen.pricing.pace import code_of
from bulkgen.pricing.spoken import spoken_seconds
from bulkgen.pricing.spread import Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    #: How long it is to last, before anything learned; None where nobody knows.
    seconds: Spread | None = None
    #: The code of the language it is spoken in; "" where nobody says it.
    language: str = ""
    #: The id of the voice, or of the avatar or template whose own voice speaks.
    speaker: str = ""
    #: The template, or the project, that it is made from; the kind, where nothing else tells how long it lasts.
    template: str = ""


UNKNOWN = Expected()


def expected(
    job: Job, template: Template | None = None, plays: Callable[[Source], Spread | None] = lambda _source: None
) -> Expected:
    """What is known of the job from its request; `template`: its template, as far as it was looked up; `plays`: how
    long what is played in it lasts, None where nobody knows."""
    script = KINDS[job.kind].script(job.request, template)
    if script is None:
        no_source = KINDS[job.kind].source(job.request) is None
        projects = (file.digest for file in job.files if file.project)
        return Expected(template=job.template_id or next(projects, job.kind if no_source else ""))

    clips = [plays(clip) for clip in script.clips]
    known = [each for each in clips if each is not None]
    spoken = spoken_seconds(script.text, language=script.language, speed=script.speed, ssml=script.ssml)
    return Expected(
        seconds=sum(known, spoken + Spread.exactly(script.silence)) if len(known) == len(clips) else None,
        language=code_of(script.language),
        speaker=script.speaker if is_id(script.speaker) else "",
        template=job.template_id,
    )
