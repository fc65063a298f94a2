"""The kind `template`: a video from one of the account's own templates, its variables filled from the row.

POST /v3/templates/{template_id} (https://developers.heygen.com/reference). A text variable that is left out keeps
its literal `{{name}}` in the finished video, so each one has to have a value; the other types keep what the
template holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bulkgen.kinds.account import Template
from bulkgen.kinds.assets import Asset, Strict
from bulkgen.kinds.columns import COMMON, Column, Lookup, Type, match_key
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.media import AUDIO, IMAGE, VIDEO
from bulkgen.kinds.videos import VIDEO_LIFE
from bulkgen.model import Issue, Value


class TextVariable(Strict):
    type: Literal["text"]
    content: str = Field(min_length=1, max_length=10_000)


class ImageVariable(Strict):
    type: Literal["image"]
    asset: Asset
    fit: Literal["cover", "contain", "crop", "none"] = "contain"


class VideoVariable(Strict):
    type: Literal["video"]
    asset: Asset
    fit: Literal["cover", "contain", "crop", "none"] = "contain"
    play_style: Literal["fit_to_scene", "freeze", "loop", "once", "full_video"] = "loop"
    volume: float = Field(1, ge=0, le=1)


class AudioVariable(Strict):
    type: Literal["audio"]
    asset: Asset


class CharacterVariable(Strict):
    type: Literal["character"]
    character_id: str = Field(min_length=1)
    character_type: Literal["avatar", "talking_photo"] = "avatar"


class VoiceVariable(Strict):
    type: Literal["voice"]
    voice_id: str = Field(min_length=1)
    locale: str | None = None


Variable = Annotated[
    TextVariable | ImageVariable | VideoVariable | AudioVariable | CharacterVariable | VoiceVariable,
    Field(discriminator="type"),
]


class Dimension(Strict):
    width: int = Field(ge=128, le=4096, multiple_of=2)
    height: int = Field(ge=128, le=4096, multiple_of=2)


class Position(BaseModel):
    model_config = ConfigDict(strict=True)

    x: float = 0
    y: float = 0


class Subtitles(Strict):
    preset_name: str
    alignment: int | None = 2
    disable_highlight: bool | None = False
    font_size: int | None = None
    position: Position | None = None


class TemplateRequest(BaseModel):
    """The body of POST /v3/templates/{template_id}; its top level does not forbid unknown fields."""

    model_config = ConfigDict(strict=True)

    variables: dict[str, Variable]
    title: str | None = None
    caption: bool = False
    subtitles: Subtitles | None = None
    callback_id: str | None = None
    callback_url: str | None = None
    folder_id: str | None = None
    brand_glossary_id: str | None = None
    brand_voice_id: str | None = None
    dimension: Dimension | None = None
    fps: Literal[25, 30, 60] = 25
    scene_ids: list[str] | None = None
    reorder_music: bool = True
    keep_text_vertically_centered: bool = False
    include_gif: bool = False
    enable_sharing: bool = False


_FIT = ("cover", "contain", "crop", "none")
_PLAY = ("fit_to_scene", "freeze", "loop", "once", "full_video")

#: What each type of variable takes: the field of its value, and the fields that stand beside it.
_SHAPES: Mapping[str, tuple[str, Type, Lookup | None, tuple[tuple[str, Type, tuple[str, ...]], ...]]] = {
    "text": ("content", Type.PROSE, None, ()),
    "image": ("asset", Type.ASSET, None, (("fit", Type.CHOICE, _FIT),)),
    "video": (
        "asset",
        Type.ASSET,
        None,
        (("fit", Type.CHOICE, _FIT), ("play_style", Type.CHOICE, _PLAY), ("volume", Type.NUMBER, ())),
    ),
    "audio": ("asset", Type.ASSET, None, ()),
    "character": (
        "character_id",
        Type.TEXT,
        None,
        (("character_type", Type.CHOICE, ("avatar", "talking_photo")),),
    ),
    "voice": ("voice_id", Type.TEXT, Lookup.VOICE, (("locale", Type.TEXT, ()),)),
}

#: What stands behind the name of a variable and a dot, for one type or another: `clip.volume`.
OPTIONS = frozenset(part for _, _, _, beside in _SHAPES.values() for part, _, _ in beside)

_MEDIA = {"image": IMAGE, "video": VIDEO, "audio": AUDIO}

COLUMNS = (
    Column("template_id", Type.TEXT, "The template's id.", aliases=("template",), required=True,
           identity=False, lookup=Lookup.TEMPLATE),
    *(column if column.name != "title" else
      Column("title", Type.TEXT, "The title at HeyGen. `video_title` where the template has a variable `title`.",
             aliases=("video_title",), identity=False)
      for column in COMMON),
    Column("caption", Type.BOOLEAN, "yes: captions are burned into the video."),
    Column("subtitles.preset_name", Type.TEXT, "A caption style: classic, bold, bright …", aliases=("subtitles",)),
    Column("subtitles.alignment", Type.INTEGER, "Where captions are aligned."),
    Column("subtitles.disable_highlight", Type.BOOLEAN, "yes: no highlight of the spoken word."),
    Column("subtitles.font_size", Type.INTEGER, "The size of captions."),
    Column("subtitles.position.x", Type.NUMBER, "Captions: distance from the left."),
    Column("subtitles.position.y", Type.NUMBER, "Captions: distance from the top."),
    Column("dimension.width", Type.INTEGER, "Width in pixels: even, 128–4096, in the template's aspect ratio.",
           aliases=("width",)),
    Column("dimension.height", Type.INTEGER, "Height in pixels.", aliases=("height",)),
    Column("fps", Type.INTEGER, "Frames per second: 25, 30 or 60."),
    Column("scene_ids", Type.LIST, "The scenes to use, in order, separated by `;`. Without it all of them."),
    Column("brand_glossary_id", Type.TEXT, "Pronunciation glossary.", aliases=("brand_voice_id",)),
    Column("reorder_music", Type.BOOLEAN, "no: music stays where it is when scenes move."),
    Column("keep_text_vertically_centered", Type.BOOLEAN, "yes: replaced texts are centred again."),
    Column("include_gif", Type.BOOLEAN, "yes: HeyGen's webhook carries a GIF."),
    Column("enable_sharing", Type.BOOLEAN, "yes: the video's page is public."),
)  # fmt: skip


def template_columns(template: Template, headers: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns that the template's variables ask for; of an open template, every header that is no field's."""
    if template.open:
        known = {match_key(name) for column in COLUMNS for name in column.names}
        return tuple(
            column for header in headers if match_key(header) not in known
            for column in _variable(header.removeprefix("variables."), "text", required=False)
        )  # fmt: skip

    return tuple(column for name, type_ in template.variables.items() for column in _variable(name, type_))


def _variable(name: str, type_: str, *, required: bool = True) -> list[Column]:
    if type_ not in _SHAPES:  # a type that came after this release: the template's own value stays
        return []

    field, cell_type, lookup, beside = _SHAPES[type_]
    columns = [
        Column(f"variables.{name}", cell_type, f"The {type_} {name}.", aliases=(name,),
               required=required and type_ == "text", lookup=lookup, path=("variables", name, field),
               media=_MEDIA.get(type_))
    ]  # fmt: skip
    for part, part_type, choices in beside:
        columns.append(
            Column(f"variables.{name}.{part}", part_type, "", aliases=(f"{name}.{part}",), choices=choices,
                   path=("variables", name, part))
        )  # fmt: skip
    return columns


def shape(body: dict[str, object], template: Template | None) -> dict[str, object]:
    """Each variable with the type that the live template gives it; `variables` always stands, if need be empty."""
    types = template.variables if template else {}
    variables = body.get("variables")
    body["variables"] = {
        name: _typed(types.get(name, "text"), fields)
        for name, fields in (variables.items() if isinstance(variables, dict) else ())
    }
    body.pop("template_id", None)
    return body


def _typed(type_: str, fields: dict[str, object]) -> Mapping[str, object]:
    content = fields.get("content")
    return _text(content) if type_ == "text" and isinstance(content, str) else {"type": type_, **fields}


@lru_cache(maxsize=4_096)
def _text(content: str) -> Mapping[str, object]:
    """The value of a text variable: one object for all the rows that say the same."""
    return {"type": "text", "content": content}


def check(values: Mapping[str, Value]) -> Iterable[Issue]:
    if ("dimension.width" in values) != ("dimension.height" in values):
        missing = "dimension.height" if "dimension.width" in values else "dimension.width"
        cause, fix = "is missing", "Give both dimension.width and dimension.height, or neither."
        yield Issue(code="missing", field=missing, cause=cause, fix=fix)
    if "fps" in values and values["fps"] not in (25, 30, 60):
        cause, fix = "is not a frame rate HeyGen makes", "Type 25, 30 or 60."
        yield Issue(code="not_a_choice", field="fps", cause=cause, fix=fix)
    if any(name.startswith("subtitles.") for name in values) and "subtitles.preset_name" not in values:
        cause, fix = "is missing", "Name a caption style: classic, bold, bright …"
        yield Issue(code="missing", field="subtitles.preset_name", cause=cause, fix=fix)


TEMPLATE = Kind(
    name="template",
    noun="template video",
    columns=COLUMNS,
    decided_by=(("template_id",),),
    request=TemplateRequest,
    path="/v3/templates/{template_id}",
    life=VIDEO_LIFE,
    shape=shape,
    check=check,
    template_columns=template_columns,
)
