"""The kind `translation`: a video in another language, lips and voice included.

POST /v3/video-translations (https://developers.heygen.com/reference). The endpoint takes several languages, but
one language is sent per request: each one is a job with an id, a charge and an outcome of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from bulkgen.kinds.answers import number_of, status_of, text_of, time_of
from bulkgen.kinds.assets import HostedAsset, link_of
from bulkgen.kinds.columns import Lookup, Tag
from bulkgen.kinds.fields import About, CallbackId, CallbackUrl, Folder, Lenient, Request, Title
from bulkgen.kinds.kind import Kind, Values
from bulkgen.kinds.life import Collection, Life
from bulkgen.kinds.media import DUBBING, SOURCE, SUBTITLES
from bulkgen.kinds.outcome import Accepted, Detail, Links
from bulkgen.kinds.signs import Signs
from bulkgen.kinds.source import Source
from bulkgen.model import Issue, warning

_Rate = Literal["vfr", "cfr", "passthrough"]
_Role = Literal["input", "output"]

_STOCK = "stock_voice_config"


class StockVoice(Lenient):
    use_stock_voice: Annotated[bool, About("yes: a stock voice in place of the speaker's. Enterprise.",
                                           "use_stock_voice")] = False  # fmt: skip
    preferred_stock_voice_ids: Annotated[list[str], Field(default_factory=list), About(
        "The stock voices to choose from.", "preferred_stock_voice_ids")]  # fmt: skip


# What a translation that somebody reads first has in common with one that is made at once.
SourceVideo = Annotated[HostedAsset, SOURCE, About(
    "The source: a public link (also YouTube, Vimeo, shared Google Drive), a file of yours or a HeyGen asset id.",
    "url", "video_url", "source_video", "source_url")]  # fmt: skip
OutputLanguages = Annotated[list[str], Field(min_length=1), Lookup.LANGUAGE, About(
    "The languages to make, by name (`German`, `Deutsch`) or code (`de`, `pt-BR`), separated by `;`. One job each.",
    "output_language", "language", "languages", "target_language", "target_languages")]  # fmt: skip
Mode = Annotated[Literal["speed", "precision"], About("speed (default), or precision: better lips, more expensive.")]
Speakers = Annotated[int | None, About("How many people speak.", "speakers")]
Glossary = Annotated[str | None, Lookup.GLOSSARY, About(
    "Your glossary of names and terms: its name or id.", "brand_voice_id")]  # fmt: skip


class TranslationRequest(Request):
    """The body of POST /v3/video-translations."""

    video: SourceVideo
    output_languages: OutputLanguages
    title: Title = None
    folder_id: Folder = None
    callback_id: CallbackId = None
    callback_url: CallbackUrl = None
    mode: Mode = "speed"
    input_language: Annotated[str | None, Tag.LANGUAGE, About(
        "The language spoken in the source. Without one HeyGen detects it.", "source_language")] = None  # fmt: skip
    translate_audio_only: Annotated[bool, About("yes: only the sound; the picture stays.")] = False
    speaker_num: Speakers = None
    start_time: Annotated[float | None, About("Translate from this second on.")] = None
    end_time: Annotated[float | None, About("Translate up to this second.")] = None
    enable_dynamic_duration: Annotated[bool, About("no: the length stays as it is.")] = True
    disable_music_track: Annotated[bool, About("yes: background music is taken out.")] = False
    enable_speech_enhancement: Annotated[bool, About("yes: clearer speech.")] = False
    enable_watermark: Annotated[bool, About("yes: a watermark.")] = False
    enable_caption: bool = False
    keep_the_same_format: Annotated[bool | None, About("yes: resolution and bit rate of the source.")] = None
    fps_mode: Annotated[_Rate | None, About("With audio: vfr, cfr or passthrough.")] = None
    audio: Annotated[HostedAsset | None, DUBBING,
                     About("Your own dubbing track: a link, a file or an asset id.", "audio_url")] = None  # fmt: skip
    srt: Annotated[HostedAsset | None, SUBTITLES,
                   About("Your subtitles: a link, a file or an asset id. Enterprise.", "srt_url")] = None  # fmt: skip
    srt_role: Annotated[_Role | None, About(
        "The subtitles belong to the source (input) or the translation (output).")] = None  # fmt: skip
    stock_voice_config: StockVoice | None = None
    brand_glossary_id: Glossary = None
    brand_voice_id: str | None = None


def check(values: Values) -> Iterable[Issue]:
    start, end = values.get("start_time"), values.get("end_time")
    for name, value in (("start_time", start), ("end_time", end)):
        if isinstance(value, int | float) and value < 0:
            yield Issue(code="too_low", field=name, cause="is below 0", fix="Give seconds from the start of the video.")
    if isinstance(start, int | float) and isinstance(end, int | float) and end <= start:
        yield Issue(code="too_low", field="end_time", cause="is not after start_time", fix="Give a later second.")
    if "speaker_num" in values and isinstance(values["speaker_num"], int) and values["speaker_num"] < 1:
        cause, fix = "is below 1", "Give the number of speakers, or clear the cell."
        yield Issue(code="too_low", field="speaker_num", cause=cause, fix=fix)
    if "fps_mode" in values and "audio" not in values:
        cause, fix = "only works with audio", "Clear the cell, or give your own dubbing track."
        yield Issue(code="needs_another", field="fps_mode", cause=cause, fix=fix)
    yield from _helper_issues(values)
    if "srt_role" in values and "srt" not in values:
        cause, fix = "needs srt", "Give the subtitles' link in a column srt, or clear the cell."
        yield Issue(code="needs_another", field="srt_role", cause=cause, fix=fix)


def _helper_issues(values: Values) -> Iterable[Issue]:
    """What HeyGen passes over, or has to guess."""
    if "srt" in values and "srt_role" not in values:
        cause = "does not say whether it belongs to the source or to the translation"
        fix = "Set srt_role to input (the source) or output (the translation)."
        yield warning(code="needs_another", field="srt", cause=cause, fix=fix)
    voices, stock = f"{_STOCK}.preferred_stock_voice_ids", f"{_STOCK}.use_stock_voice"
    if voices in values and values.get(stock) is not True:
        fix = "Set use_stock_voice to yes, or clear the cell."
        cause = "is passed over by HeyGen without use_stock_voice"
        yield warning(code="needs_another", field=voices, cause=cause, fix=fix)


def accepted(data: Mapping[str, object]) -> Accepted:
    ids = data.get("video_translation_ids")
    return Accepted(ids[0] if isinstance(ids, list) and ids and isinstance(ids[0], str) else "")


def read(data: Mapping[str, object]) -> Detail:
    return Detail(
        status_of(data),
        Links(
            video=text_of(data, "video_url"),
            audio=text_of(data, "audio_url"),
            captions=text_of(data, "srt_caption_url") or text_of(data, "vtt_caption_url"),
            vtt=text_of(data, "vtt_caption_url"),
        ),
        number_of(data, "duration"),
        finished_at=time_of(data, "completed_at"),
        code=text_of(data, "failure_code"),
        message=text_of(data, "failure_message"),
    )


def priced_by(request: TranslationRequest) -> Mapping[str, str]:
    return {"mode": request.mode, "audio_only": "yes" if request.translate_audio_only else "no"}


def source(request: TranslationRequest) -> Source:
    return Source(
        link=link_of(request.video),
        start=request.start_time or 0.0,
        end=request.end_time,
        stretches=request.enable_dynamic_duration,
    )


TRANSLATIONS = Collection(
    path="/v3/video-translations",
    ids_param="video_translation_ids",
    read=read,
    events=(
        "video_translate.success",
        "video_translate.fail",
        "video_translate.preflight.validation_failed",
        "video_translate.preflight.download_failed",
    ),
)

TRANSLATION = Kind(
    name="translation",
    noun="translated video",
    look_at="the lips, names and terms, the voice, and whether the end is cut off",
    signs=Signs(columns=(("output_languages",), ("video",))),
    request=TranslationRequest,
    path="/v3/video-translations",
    life=Life(accepted=accepted, stages=(TRANSLATIONS,)),
    check=check,
    priced_by=priced_by,
    source=source,
    split_by="output_languages",
)
