"""The kind `image`: a photo speaks a script, or moves its lips to a recording.

POST /v3/videos with `type: image` (https://developers.heygen.com/reference). What it has in common with an avatar's
video is stated with that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from bulkgen.kinds import avatar
from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.assets import Asset, file_in
from bulkgen.kinds.avatar import (
    AudioAssetId,
    AudioUrl,
    Background,
    Captions,
    Glossary,
    OutputFormat,
    Resolution,
    VoiceSettings,
    Watermark,
)
from bulkgen.kinds.columns import Lookup
from bulkgen.kinds.engines import size_issues
from bulkgen.kinds.fields import About, CallbackId, CallbackUrl, Folder, Prose, Request, Title
from bulkgen.kinds.kind import Kind, Values
from bulkgen.kinds.media import IMAGE
from bulkgen.kinds.script import Script
from bulkgen.kinds.signs import Decides, Signs
from bulkgen.kinds.source import Source
from bulkgen.kinds.videos import RECOMMENDED, VIDEO_LIFE
from bulkgen.model import Issue

_Aspect = Literal["16:9", "9:16", "4:5", "5:4", "1:1", "auto"]
_Level = Literal["high", "medium", "low"]


class ImageRequest(Request):
    """The body of POST /v3/videos for a photo."""

    type: Literal["image"]
    image: Annotated[Asset, IMAGE, About(
        "The photo that speaks: a link, a file or a HeyGen asset id.", "photo", "image_url")]  # fmt: skip
    script: Annotated[Prose | None, Field(min_length=1, max_length=5_000),
                      About("What the photo says, up to 5,000 characters.")] = None  # fmt: skip
    audio_url: AudioUrl = None
    audio_asset_id: AudioAssetId = None
    voice_id: Annotated[str | None, Lookup.VOICE, About(
        "The voice that says the script: its name or id.", "voice")] = None  # fmt: skip
    title: Title = None
    folder_id: Folder = None
    callback_id: CallbackId = None
    callback_url: CallbackUrl = None
    voice_settings: VoiceSettings | None = None
    resolution: Resolution = None
    aspect_ratio: Annotated[_Aspect | None, About(
        "16:9 (default), 9:16, 4:5, 5:4, 1:1, or auto: the photo's own.")] = "16:9"  # fmt: skip
    fit: Annotated[Literal["contain", "cover"] | None, About(
        "How the photo fills the frame: contain or cover.")] = None  # fmt: skip
    background: Background | None = None
    remove_background: Annotated[bool | None, About("yes: the person alone.")] = None
    output_format: OutputFormat = "mp4"
    caption: Captions = None
    motion_prompt: Annotated[Prose | None, About("How the person moves, in words.")] = None
    expressiveness: Annotated[_Level | None, About("high, medium or low (default).")] = None
    watermark: Watermark | None = None
    brand_glossary_id: Glossary = None


def shape(body: dict[str, object], template: Template | None) -> dict[str, object]:
    return {**avatar.shape(body, template), "type": "image"}


def check(values: Values) -> Iterable[Issue]:
    yield from avatar.check(values)
    if "script" in values and "voice_id" not in values:
        cause, fix = "is missing", "A photo has no voice of its own: give the name or id of one."
        yield Issue(code="missing", field="voice_id", cause=cause, fix=fix)


def against(values: Values, _account: Account, _template: Template | None) -> Iterable[Issue]:
    """What HeyGen may refuse, whatever the photo."""
    return size_issues(values)


def priced_by(request: ImageRequest) -> Mapping[str, str]:
    return {"resolution": request.resolution or "1080p"}


def script(request: ImageRequest, _template: Template | None) -> Script | None:
    if request.script is None:
        return None

    how, voice = request.voice_settings or VoiceSettings(), request.voice_id or ""
    return Script(
        text=request.script,
        language=how.locale or "",
        speed=how.speed,
        speaker=voice,
        voice=voice,
        unheard=avatar.unheard(how),
    )


def source(request: ImageRequest) -> Source | None:
    return None if request.script is not None else Source(link=request.audio_url or file_in(request.audio_asset_id))


IMAGE_VIDEO = Kind(
    name="image",
    noun="photo video",
    look_at="the lips, how names and numbers are said, and whether the face stays itself",
    signs=Signs(columns=(("image",), ("script", "audio_url", "audio_asset_id")), decides=Decides.LAST),
    request=ImageRequest,
    path="/v3/videos",
    life=VIDEO_LIFE,
    shape=shape,
    check=check,
    against=against,
    priced_by=priced_by,
    script=script,
    source=source,
    recommended=RECOMMENDED,
)
