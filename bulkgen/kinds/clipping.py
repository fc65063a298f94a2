"""The kind `clipping`: short clips out of a long video. One job gives several, each a part of it with its own link.

POST /v3/ai-clipping (https://developers.heygen.com/reference/create-ai-clipping). How many clips come of a video is not
said, nor what HeyGen does without `duration_types`. Sources differ on whether it takes an Idempotency-Key: none is
relied on, so a lost answer is looked for in HeyGen's list, and never sent again by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from bulkgen.kinds.answers import number_of, status_of, text_of, time_of
from bulkgen.kinds.assets import HostedAsset
from bulkgen.kinds.columns import Tag
from bulkgen.kinds.fields import About, CallbackUrl, Prose, Request, Strict
from bulkgen.kinds.kind import Kind, Values
from bulkgen.kinds.life import AfterLoss, Collection, Life
from bulkgen.kinds.media import SOURCE
from bulkgen.kinds.outcome import Accepted, Detail, Links, Part
from bulkgen.kinds.signs import Decides, Signs
from bulkgen.model import Issue, unsendable

_Lengths = Literal["30", "60", "180", "long"]
_LENGTHS = ("30", "60", "180", "long")
_LENGTH_FIELD = "output_settings.duration_types"

#: HeyGen's words for a job, or a clip, that was stopped.
_CANCELLED = frozenset({"cancelled", "canceled"})

#: How many clips a job is taken to give: at least, likely, at most. An assumption: HeyGen names no figure.
USUAL = (1, 5, 20)


class OutputSettings(Strict):
    """What the clips are to be like."""

    duration_types: Annotated[list[_Lengths] | None, Field(min_length=1), About(
        "How long the clips are to be: 30, 60, 180 (seconds at most) and long; several separated by `;`.",
        "duration_types", "clip_length", "clip_lengths")] = None  # fmt: skip
    aspect_ratio: Annotated[Literal["portrait", "landscape", "square"] | None, About(
        "portrait (default), landscape or square.", "aspect_ratio")] = None  # fmt: skip
    captions: Annotated[bool | None, About("no: without captions in the picture.", "captions")] = None
    caption_style: Annotated[str | None, About("The style of the captions, as HeyGen calls it.",
                                               "caption_style")] = None  # fmt: skip
    prompt: Annotated[Prose | None, Field(max_length=500), About(
        "Which moments are wanted, in words, up to 500 characters.", "prompt", "instruction")] = None  # fmt: skip


class ClippingRequest(Request):
    """The body of POST /v3/ai-clipping."""

    video: Annotated[HostedAsset, SOURCE, About(
        "The long video: a public link, a file of yours or a HeyGen asset id.",
        "url", "video_url", "source_video", "source_url")]  # fmt: skip
    title: Annotated[str | None, Field(max_length=255), About(
        "The title at HeyGen; without one that of the video.", identity=False)] = None  # fmt: skip
    input_language: Annotated[str | None, Tag.LANGUAGE, About(
        "The language spoken in the video. Without one HeyGen detects it.", "source_language")] = None  # fmt: skip
    output_settings: OutputSettings | None = None
    callback_id: Annotated[str | None, Field(max_length=128), About(
        "Your own id, up to 128 characters, repeated in HeyGen's webhooks.", identity=False)] = None  # fmt: skip
    callback_url: CallbackUrl = None


def check(values: Values) -> Iterable[Issue]:
    lengths = values.get(_LENGTH_FIELD)
    strange = [each for each in lengths if each not in _LENGTHS] if isinstance(lengths, tuple) else []
    if strange:
        cause = "names a length that HeyGen does not cut to"
        fix = "Type one or several of 30, 60, 180 and long, separated by ;."
        yield Issue(code="not_a_choice", field=_LENGTH_FIELD, cause=cause, fix=fix)
    if values.get("output_settings.captions") is False and "output_settings.caption_style" in values:
        cause, fix = "can't stand beside captions = no", "Clear one of the two cells."
        yield unsendable(code="conflict", field="output_settings.caption_style", cause=cause, fix=fix)


def accepted(data: Mapping[str, object]) -> Accepted:
    return Accepted(text_of(data, "ai_clipping_id"))


def read(data: Mapping[str, object]) -> Detail:
    """A job that completed without a single clip ends failed."""
    clips = data.get("clips")
    told = [_part(clip) for clip in clips if isinstance(clip, Mapping)] if isinstance(clips, list) else []
    parts = tuple(sorted(told, key=lambda part: bool(part.fault)))
    status, code, message = status_of(data), text_of(data, "failure_code"), text_of(data, "failure_message")
    if text_of(data, "status").casefold() in _CANCELLED:
        status, code = "failed", "cancelled"
    elif status == "completed" and parts and all(part.fault for part in parts):
        status, code, message = "failed", "no_clips", message or parts[0].fault
    elif status == "completed" and not parts:
        code = "no_clips"
    return Detail(
        status,
        parts[0].links if parts else Links(),
        finished_at=time_of(data, "completed_at"),
        code=code,
        message=message,
        parts=parts,
    )


def _part(clip: Mapping[str, object]) -> Part:
    score, word = number_of(clip, "virality_score"), text_of(clip, "status").casefold()
    fault = text_of(clip, "failure_message") or "HeyGen does not say why"
    return Part(
        id=text_of(clip, "id"),
        title=text_of(clip, "title"),
        note="" if score is None else f"virality {score:g}",
        links=Links(video=text_of(clip, "video_url")),
        duration=number_of(clip, "duration_seconds"),
        fault=fault if word == "failed" or word in _CANCELLED else "",
    )


CLIPPINGS = Collection(path="/v3/ai-clipping", read=read, events=("ai_clipping.success", "ai_clipping.fail"))

CLIPPING = Kind(
    name="clipping",
    noun="clipping job",
    look_at="where the clips begin and end, the captions, and who is in the picture",
    signs=Signs(
        columns=(tuple(f"output_settings.{name}" for name in OutputSettings.model_fields), ("video",)),
        decides=Decides.LAST,
        common=frozenset({"aspect_ratio", "captions", "caption_style", "prompt", "instruction"}),
    ),
    request=ClippingRequest,
    path="/v3/ai-clipping",
    life=Life(accepted=accepted, lost=AfterLoss.UNKNOWN, stages=(CLIPPINGS,), takes_title=False),
    check=check,
    usual_results=USUAL,
)
