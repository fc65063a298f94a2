"""The kind `translation`: a video in another language, lips and voice included.

POST /v3/video-translations (https://developers.heygen.com/reference). The endpoint takes several languages, but
one language is sent per request: each one is a job with an id, a charge and an outcome of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bulkgen.kinds.assets import HostedAsset, Strict
from bulkgen.kinds.columns import COMMON, Column, Lookup, Type
from bulkgen.kinds.kind import Kind, Values
from bulkgen.kinds.life import Accepted, Collection, Detail, Life, Links, number_of, status_of, text_of, time_of
from bulkgen.kinds.media import DUBBING, SOURCE, SUBTITLES
from bulkgen.model import Issue


class StockVoice(BaseModel):
    model_config = ConfigDict(strict=True)

    use_stock_voice: bool = False
    preferred_stock_voice_ids: list[str] = []


class TranslationRequest(Strict):
    """The body of POST /v3/video-translations."""

    video: HostedAsset
    output_languages: list[str] = Field(min_length=1)
    mode: Literal["speed", "precision"] = "speed"
    title: str | None = None
    input_language: str | None = None
    translate_audio_only: bool = False
    speaker_num: int | None = None
    start_time: float | None = None
    end_time: float | None = None
    enable_dynamic_duration: bool = True
    disable_music_track: bool = False
    enable_speech_enhancement: bool = False
    enable_watermark: bool = False
    enable_caption: bool = False
    keep_the_same_format: bool | None = None
    fps_mode: Literal["vfr", "cfr", "passthrough"] | None = None
    audio: HostedAsset | None = None
    srt: HostedAsset | None = None
    srt_role: Literal["input", "output"] | None = None
    stock_voice_config: StockVoice | None = None
    brand_glossary_id: str | None = None
    brand_voice_id: str | None = None
    folder_id: str | None = None
    callback_id: str | None = None
    callback_url: str | None = None


COLUMNS = (
    Column("video", Type.ASSET, "The source: a public link (a file, YouTube, Vimeo, shared Google Drive) or a HeyGen "
           "asset id.", aliases=("url", "video_url", "source_video", "source_url"), required=True, media=SOURCE),
    Column("output_languages", Type.LIST, "The languages to make, by HeyGen's names, separated by `;`. One job each.",
           aliases=("output_language", "language", "languages", "target_language", "target_languages"),
           required=True, lookup=Lookup.LANGUAGE),
    *COMMON,
    Column("mode", Type.CHOICE, "speed (without it), or precision: better lips, more expensive.",
           choices=("speed", "precision")),
    Column("input_language", Type.TEXT, "The language spoken in the source; found out without it.",
           aliases=("source_language",)),
    Column("translate_audio_only", Type.BOOLEAN, "yes: only the sound; the picture stays."),
    Column("speaker_num", Type.INTEGER, "How many people speak.", aliases=("speakers",)),
    Column("start_time", Type.NUMBER, "Translate from this second on."),
    Column("end_time", Type.NUMBER, "Translate up to this second."),
    Column("enable_dynamic_duration", Type.BOOLEAN, "no: the length stays as it is."),
    Column("disable_music_track", Type.BOOLEAN, "yes: background music is taken out."),
    Column("enable_speech_enhancement", Type.BOOLEAN, "yes: clearer speech."),
    Column("enable_watermark", Type.BOOLEAN, "yes: a watermark."),
    Column("keep_the_same_format", Type.BOOLEAN, "yes: resolution and bit rate of the source."),
    Column("fps_mode", Type.CHOICE, "With audio: vfr, cfr or passthrough.", choices=("vfr", "cfr", "passthrough")),
    Column("audio", Type.ASSET, "Your own dubbing track: a link or asset id.", aliases=("audio_url",),
           media=DUBBING),
    Column("srt", Type.ASSET, "Your own subtitles: a link or asset id. Enterprise.", aliases=("srt_url",),
           media=SUBTITLES),
    Column("srt_role", Type.CHOICE, "The subtitles belong to the source (input) or the translation (output).",
           choices=("input", "output")),
    Column("stock_voice_config.use_stock_voice", Type.BOOLEAN, "yes: a stock voice in place of the speaker's. "
           "Enterprise.", aliases=("use_stock_voice",)),
    Column("stock_voice_config.preferred_stock_voice_ids", Type.LIST, "The stock voices to choose from.",
           aliases=("preferred_stock_voice_ids",)),
    Column("brand_glossary_id", Type.TEXT, "Your glossary of names and terms.", aliases=("brand_voice_id",)),
)  # fmt: skip


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
    if "srt_role" in values and "srt" not in values:
        cause, fix = "needs srt", "Give the subtitles' link in a column srt, or clear the cell."
        yield Issue(code="needs_another", field="srt_role", cause=cause, fix=fix)


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
        ),
        number_of(data, "duration"),
        time_of(data, "completed_at"),
        text_of(data, "failure_code"),
        text_of(data, "failure_message"),
    )


TRANSLATIONS = Collection(path="/v3/video-translations", ids_param="video_translation_ids", read=read)

TRANSLATION = Kind(
    name="translation",
    noun="translated video",
    columns=COLUMNS,
    decided_by=(("output_languages",), ("video",)),
    request=TranslationRequest,
    path="/v3/video-translations",
    life=Life(accepted=accepted, stages=(TRANSLATIONS,)),
    check=check,
    split_by="output_languages",
)
