"""The kind `template`: a video from one of the account's own templates, its variables filled from the row.

POST /v3/templates/{template_id} (https://developers.heygen.com/reference). A text variable that is left out keeps
its literal `{{name}}` in the finished video, so each one has to have a value; the other types keep what the
template holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Literal, get_args

from pydantic import ConfigDict, Field

from bulkgen.kinds.account import Template
from bulkgen.kinds.assets import Asset
from bulkgen.kinds.columns import Column, Lookup, Tag, match_key
from bulkgen.kinds.fields import About, CallbackId, CallbackUrl, Folder, Lenient, Prose, Request, Strict, columns_of
from bulkgen.kinds.kind import Kind
from bulkgen.kinds.media import AUDIO, IMAGE, VIDEO
from bulkgen.kinds.script import Script
from bulkgen.kinds.videos import VIDEO_LIFE
from bulkgen.model import Issue, Value

_Fit = Literal["cover", "contain", "crop", "none"]
_Play = Literal["fit_to_scene", "freeze", "loop", "once", "full_video"]
_Pixels = Annotated[int, Field(ge=128, le=4096, multiple_of=2)]

#: HeyGen's limit for one text variable (characters).
_TEXT_LIMIT = 10_000

#: The shorter side of a video of 1080p (pixels).
_FULL_HD = 1080


class TextVariable(Strict):
    type: Literal["text"]
    content: Annotated[Prose, Field(min_length=1, max_length=_TEXT_LIMIT), About()]


class ImageVariable(Strict):
    type: Literal["image"]
    asset: Annotated[Asset, About(), IMAGE]
    fit: Annotated[_Fit, About()] = "contain"


class VideoVariable(Strict):
    type: Literal["video"]
    asset: Annotated[Asset, About(), VIDEO]
    fit: Annotated[_Fit, About()] = "contain"
    play_style: Annotated[_Play, About()] = "loop"
    volume: Annotated[float, Field(ge=0, le=1), About()] = 1


class AudioVariable(Strict):
    type: Literal["audio"]
    asset: Annotated[Asset, About(), AUDIO]


class CharacterVariable(Strict):
    type: Literal["character"]
    character_id: Annotated[str, Field(min_length=1), About(), Lookup.LOOK]
    character_type: Annotated[Literal["avatar", "talking_photo"], About()] = "avatar"


class VoiceVariable(Strict):
    type: Literal["voice"]
    voice_id: Annotated[str, Field(min_length=1), About(), Lookup.VOICE]
    locale: Annotated[str | None, About(), Tag.LOCALE] = None


Variable = TextVariable | ImageVariable | VideoVariable | AudioVariable | CharacterVariable | VoiceVariable


class Dimension(Strict):
    width: Annotated[_Pixels, About("Width in pixels: even, 128–4096, in the template's aspect ratio.", "width")]
    height: Annotated[_Pixels, About("Height in pixels.", "height")]


class Position(Lenient):
    x: Annotated[float, About("Captions: distance from the left.")] = 0
    y: Annotated[float, About("Captions: distance from the top.")] = 0


class Subtitles(Strict):
    preset_name: Annotated[str, About("A caption style: classic, bold, bright …", "subtitles")]
    alignment: Annotated[int | None, About("Where captions are aligned.")] = 2
    disable_highlight: Annotated[bool | None, About("yes: no highlight of the spoken word.")] = False
    font_size: Annotated[int | None, About("The size of captions.")] = None
    position: Position | None = None


class TemplatePath(Strict):
    """What stands in the path, not in the body."""

    template_id: Annotated[str, About("The template: its name or id.", "template", identity=False), Lookup.TEMPLATE]


class TemplateRequest(Request):
    """The body of POST /v3/templates/{template_id}; its top level does not forbid unknown fields."""

    model_config = ConfigDict(extra="ignore")

    variables: dict[str, Annotated[Variable, Field(discriminator="type")]]
    title: Annotated[str | None, About(
        "The title at HeyGen. `video_title` where the template has a variable `title`.", "video_title",
        identity=False)] = None  # fmt: skip
    folder_id: Folder = None
    callback_id: CallbackId = None
    callback_url: CallbackUrl = None
    caption: Annotated[bool, About("yes: captions are burned into the video.")] = False
    subtitles: Subtitles | None = None
    dimension: Dimension | None = None
    fps: Annotated[Literal[25, 30, 60], About("Frames per second: 25, 30 or 60.")] = 25
    scene_ids: Annotated[list[str] | None, About(
        "The scenes to use, in order, separated by `;`. Without it all of them.")] = None  # fmt: skip
    brand_glossary_id: Annotated[str | None, Lookup.GLOSSARY, About(
        "Pronunciation glossary: its name or id.", "brand_voice_id")] = None  # fmt: skip
    brand_voice_id: str | None = None
    reorder_music: Annotated[bool, About("no: music stays where it is when scenes move.")] = True
    keep_text_vertically_centered: Annotated[bool, About("yes: replaced texts are centred again.")] = False
    include_gif: Annotated[bool, About("yes: HeyGen makes a GIF of the video too.")] = False
    enable_sharing: Annotated[bool, About("yes: the video's page is public.")] = False


#: The columns of each type of variable: that of its value first.
_VARIABLES: Mapping[str, tuple[Column, ...]] = {
    get_args(variant.model_fields["type"].annotation)[0]: columns_of(variant) for variant in get_args(Variable)
}

#: What stands behind the name of a variable and a dot, for one type or another: `clip.volume`.
OPTIONS = frozenset(option.name for _, *options in _VARIABLES.values() for option in options)


def template_columns(template: Template, headers: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns that the template's variables ask for; of an open template, every header that is no field's."""
    if template.open:
        known = {match_key(name) for column in TEMPLATE.columns for name in column.names}
        return tuple(
            column for header in headers if match_key(header) not in known
            for column in _variable(header.removeprefix("variables."), "text", required=False)
        )  # fmt: skip

    return tuple(column for name, type_ in template.variables.items() for column in _variable(name, type_))


def _variable(name: str, type_: str, *, required: bool = True) -> list[Column]:
    if type_ not in _VARIABLES:  # a type that came after this release: the template's own value stays
        return []

    value, *options = _VARIABLES[type_]
    return [
        replace(value, name=f"variables.{name}", about=f"The {type_} {name}.", aliases=(name,),
                required=required and type_ == "text", place=("variables", name, value.name)),
        *(replace(option, name=f"variables.{name}.{option.name}", aliases=(f"{name}.{option.name}",),
                  place=("variables", name, option.name))
          for option in options),
    ]  # fmt: skip


def shape(body: dict[str, object], template: Template | None) -> dict[str, object]:
    """Each variable with the type that the live template gives it; `variables` always stands, if need be empty."""
    types = template.variables if template else {}
    variables = body.get("variables")
    body["variables"] = {
        name: _typed(types.get(name, "text"), fields)
        for name, fields in (variables.items() if isinstance(variables, dict) else ())
    }
    return body


def _typed(type_: str, fields: dict[str, object]) -> object:
    content = fields.get("content")
    if type_ == "text" and isinstance(content, str) and 0 < len(content) <= _TEXT_LIMIT:
        return _text(content)

    return {"type": type_, **fields}


@lru_cache(maxsize=4_096)
def _text(content: str) -> TextVariable:
    """The value of a text variable: one object for all the rows that say the same."""
    return TextVariable.model_validate({"type": "text", "content": content})


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


def priced_by(request: TemplateRequest) -> Mapping[str, str]:
    """The size alone: which engine the template's avatars have, HeyGen does not tell."""
    size = request.dimension
    return {"resolution": "4k" if size and min(size.width, size.height) > _FULL_HD else "1080p"}


def said(request: TemplateRequest, template: Template) -> Iterator[str]:
    """What the template's scenes say, with the row's texts in them."""
    texts = {f"{{{{{name}}}}}": each.content for name, each in request.variables.items() if each.type == "text"}
    for words in template.scripts:
        yield re.sub(r"\{\{[^{}]*\}\}", lambda match: texts.get(match[0], match[0]), words)


def script(request: TemplateRequest, template: Template | None) -> Script | None:
    """All that its scenes say; not known where nobody looked them up, nor which of them some scenes' are."""
    if template is None or not template.scripts or request.scene_ids is not None:
        return None

    voices = (each for each in request.variables.values() if each.type == "voice")
    voice = next(voices, None)
    own = (template.own.get(name, "") for name, type_ in template.variables.items() if type_ == "voice")
    return Script(
        text="\n\n".join(said(request, template)),
        language=(voice.locale or "") if voice else "",
        speaker=voice.voice_id if voice else template.id,
        voice=voice.voice_id if voice else next(filter(None, own), ""),
    )


TEMPLATE = Kind(
    name="template",
    noun="template video",
    look_at="whether each text fits its place, no logo or picture is cropped, and names are said right",
    in_path=columns_of(TemplatePath),
    decided_by=(("template_id",),),
    request=TemplateRequest,
    path="/v3/templates/{template_id}",
    life=VIDEO_LIFE,
    shape=shape,
    check=check,
    priced_by=priced_by,
    script=script,
    template_columns=template_columns,
)
