"""The kind `proofread`: a translation that a person reads, and may correct, before the video is made of it.

POST /v3/video-translations/proofreads (https://developers.heygen.com/reference). HeyGen translates what is said, and
waits: the subtitles are what the person reads. Once they approve, an SRT file that they have changed goes back to
HeyGen, and the video is made, as a translation. One language is sent per request, as for those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated
from urllib.parse import quote

from pydantic import Field

from bulkgen.kinds import translation
from bulkgen.kinds.answers import status_of, text_of
from bulkgen.kinds.assets import HostedAsset, link_of
from bulkgen.kinds.columns import Column, Type
from bulkgen.kinds.fields import About, CallbackId, CallbackUrl, Folder, Request, Strict, Title
from bulkgen.kinds.kind import Kind, Values
from bulkgen.kinds.life import Asked, Call, Collection, Life, Papers, Turn
from bulkgen.kinds.media import SUBTITLES
from bulkgen.kinds.outcome import Accepted, Detail
from bulkgen.kinds.signs import Decides, Signs
from bulkgen.kinds.source import Source
from bulkgen.kinds.translation import TRANSLATIONS, Glossary, Mode, OutputLanguages, SourceVideo, Speakers
from bulkgen.model import Answer, Issue, Job

_PATH = "/v3/video-translations/proofreads"

#: The papers of a proofread: the translation, for the person to correct, and what is said in the source.
EDIT, ORIGINAL = "edit", "original"


class GenerateRequest(Strict):
    """The body of POST /v3/video-translations/proofreads/{proofread_id}/generate."""

    captions: Annotated[bool, About("yes: the video gets captions.", "captions")] = False
    translate_audio_only: Annotated[bool, About("yes: only the sound; the picture stays.",
                                                "translate_audio_only")] = False  # fmt: skip
    callback_id: CallbackId = None
    callback_url: CallbackUrl = None


class ProofreadRequest(Request):
    """The body of POST /v3/video-translations/proofreads; and what is asked for once the person has approved."""

    video: SourceVideo
    output_languages: OutputLanguages
    title: Title = None
    folder_id: Folder = None
    mode: Mode = "speed"
    speaker_num: Speakers = None
    enable_video_stretching: Annotated[bool, About("yes: the length of the video may change.")] = False
    disable_music_track: Annotated[bool, About("yes: background music is taken out.")] = False
    enable_speech_enhancement: Annotated[bool, About("yes: clearer speech.")] = False
    keep_the_same_format: Annotated[bool, About("yes: resolution and bit rate of the source.")] = False
    srt: Annotated[HostedAsset | None, SUBTITLES,
                   About("Your subtitles to begin with: a link, a file or an asset id.", "srt_url")] = None  # fmt: skip
    brand_glossary_id: Glossary = None
    brand_voice_id: str | None = None
    #: Sent once the person has approved, and not before.
    generate: Annotated[GenerateRequest | None, Field(exclude=True)] = None


def check(values: Values) -> Iterable[Issue]:
    """The number of speakers is told as that of a translation's source."""
    return translation.check({name: values[name] for name in ("speaker_num",) if name in values})


def accepted(data: Mapping[str, object]) -> Accepted:
    ids = data.get("proofread_ids")
    return Accepted(ids[0] if isinstance(ids, list) and ids and isinstance(ids[0], str) else "")


def read(data: Mapping[str, object]) -> Detail:
    """A proofread that is completed waits for the person."""
    return Detail("review" if status_of(data) == "completed" else status_of(data),
                  message=text_of(data, "failure_message"))  # fmt: skip


def approved(job: Job, answer: Answer, asked: Asked) -> Sequence[Call]:
    """What was changed, then the video. The same file may be put there any number of times."""
    request, here = job.request, f"{_PATH}/{quote(asked.id, safe='')}"
    assert isinstance(request, ProofreadRequest)
    edits = [{"srt": {"type": "asset_id", "asset_id": asked.assets[file.digest]}} for file in answer.files]
    body = request.generate.model_dump(mode="json", exclude_unset=True) if request.generate else {}
    return [
        *(Call(f"{here}/srt", edit, None, method="PUT") for edit in edits),
        Call(f"{here}/generate", {"callback_id": asked.key, **body}, asked.key),
    ]


def video_of(data: Mapping[str, object]) -> str:
    return text_of(data, "video_translation_id")


def papers(data: Mapping[str, object]) -> Mapping[str, str]:
    return {EDIT: text_of(data, "srt_url"), ORIGINAL: text_of(data, "original_srt_url")}


def priced_by(request: ProofreadRequest) -> Mapping[str, str]:
    """Of its first step; what the video costs goes by `TURN.priced`."""
    audio_only = request.generate is not None and request.generate.translate_audio_only
    return {"step": "proofread", "mode": request.mode, "audio_only": "yes" if audio_only else "no"}


def source(request: ProofreadRequest) -> Source:
    return Source(link=link_of(request.video), stretches=request.enable_video_stretching)


TURN = Turn(
    calls=approved,
    next_id=video_of,
    keyed=True,
    how=f"Read {{{EDIT}}}, correct it there where need be, and write yes in a column approve",
    priced={"step": "video"},
    edited=EDIT,
)

PROOFREADS = Collection(
    path=_PATH,
    read=read,
    turn=TURN,
    papers=Papers(path="srt", links=papers),
    listed=False,
    events=("proofread_creation.success", "proofread_creation.fail"),
)

PROOFREAD = Kind(
    name="proofread",
    noun="proofread video",
    look_at="names and terms, the lips, the voice, and whether the end is cut off",
    signs=Signs(columns=(("output_languages",), ("video",)), decides=Decides.NEVER),
    request=ProofreadRequest,
    path=_PATH,
    life=Life(accepted=accepted, stages=(PROOFREADS, TRANSLATIONS), takes_callback=False),
    check=check,
    priced_by=priced_by,
    source=source,
    answer=Column(
        name="approve",
        type=Type.BOOLEAN,
        place=(),
        about="yes, once you have read the subtitles: the video is made of them, and paid. Leave it blank until then.",
    ),
    split_by="output_languages",
)
