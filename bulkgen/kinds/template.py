"""The kind `template`: a video from one of the account's own templates, its variables filled from the row.

POST /v3/templates/{template_id} (https://developers.heygen.com/reference). A text variable that is left out keeps
its literal `{{name}}` in the finished video, so each one has to have a value; the other types keep what the
template holds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Literal, get_args

from pydantic import ConfigDict, Field

from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.assets import Asset
from bulkgen.kinds.columns import Column, Lookup, Tag, match_key
from bulkgen.kinds.fields import About, CallbackId, CallbackUrl, Folder, Lenient, Prose, Request, Strict, columns_of
from bulkgen.kinds.filling import Filling
from bulkgen.kinds.kind import SPOILT, Kind
from bulkgen.kinds.media import AUDIO, IMAGE, VIDEO
from bulkgen.kinds.script import Script
from bulkgen.kinds.signs import Signs
from bulkgen.kinds.videos import VIDEO_LIFE
from bulkgen.model import Issue, Value, listed, unsendable, warning

_Fit = Literal["cover", "contain", "crop", "none"]
_Play = Literal["fit_to_scene", "freeze", "loop", "once", "full_video"]
_Pixels = Annotated[int, Field(ge=128, le=4096, multiple_of=2)]

#: The caption styles that HeyGen's reference names; it may have others.
PRESETS = ("classic", "bold", "bright")

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

#: The field of a variable's own value, for the types that have something to set beside it.
_MAIN: Mapping[str, str] = {type_: value.name for type_, (value, *options) in _VARIABLES.items() if options}

#: In place of what nobody has looked up.
_ITS_OWN = {"type": "asset_id", "asset_id": "its_own"}

#: What stands behind the name of a variable and a dot, for one type or another: `clip.volume`.
OPTIONS = frozenset(option.name for _, *options in _VARIABLES.values() for option in options)


def template_columns(template: Template, headers: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns that the template's variables ask for; of an open template, every header that is no field's, and
    stands once."""
    if template.open:
        known = {match_key(name) for column in TEMPLATE.columns for name in column.names}
        times = Counter(map(match_key, headers))
        return tuple(
            column for header in headers if match_key(header) not in known and times[match_key(header)] == 1
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
        name: _typed(types.get(name, "text"), _completed(name, fields, template))
        for name, fields in (variables.items() if isinstance(variables, dict) else ())
    }
    return body


def _completed(name: str, fields: dict[str, object], template: Template | None) -> dict[str, object]:
    """The fields of a variable; where the row sets only how it is shown, with what the template holds there."""
    main = _MAIN.get(template.variables.get(name, "") if template else "")
    if template is None or main is None or main in fields:
        return fields

    if template.held is None:  # only the resume file tells of it, by which nothing is ever sent
        return {main: _ITS_OWN, **fields}

    value = template.held.get(name, {}).get(main)
    return {main: value, **fields} if value else fields


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
    if values.get("caption") is False and "subtitles.preset_name" in values:
        cause, fix = "says no, and subtitles asks for captions", "Clear one of the two."
        yield unsendable(code="conflict", field="caption", cause=cause, fix=fix)
    preset = values.get("subtitles.preset_name", PRESETS[0])
    if preset not in (*PRESETS, SPOILT):
        cause = "is none of the caption styles that HeyGen names"
        fix = f"They are {', '.join(PRESETS)}. If HeyGen does not know it either, the row will be refused."
        yield warning(code="may_be_refused", field="subtitles.preset_name", cause=cause, fix=fix)
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


def against(values: Mapping[str, Value], _account: Account, template: Template | None) -> Iterable[Issue]:
    """What the template itself does not have: other scenes, another shape."""
    if template is None or template.open:
        return

    scenes, wanted = template.scene_ids, values.get("scene_ids")
    if scenes and isinstance(wanted, tuple):
        for scene in dict.fromkeys(each for each in wanted if each not in scenes):
            cause, fix = "is no scene of this template", f"Its scenes are {listed(scenes)}."
            yield unsendable(code="unknown_scene", field="scene_ids", cause=cause, fix=fix, value=scene)
    yield from _shape_issues(values, template)


def _shape_issues(values: Mapping[str, Value], template: Template) -> Iterable[Issue]:
    """HeyGen makes a template's video in the template's aspect ratio; a side is an even number, so it may be near."""
    width, height = values.get("dimension.width"), values.get("dimension.height")
    sides = re.fullmatch(r"(\d{1,3}):(\d{1,3})", template.aspect_ratio)
    if not sides or not isinstance(width, int) or not isinstance(height, int) or not int(sides[2]):
        return

    exact = width * int(sides[2]) / max(1, int(sides[1]))
    if abs(height - exact) >= 2:
        cause = f"does not fit its width: the template is {template.aspect_ratio}"
        fix = f"Type {round(exact / 2) * 2}, or take another width."
        yield unsendable(code="wrong_shape", field="dimension.height", cause=cause, fix=fix)


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
    signs=Signs(columns=(("template_id",),)),
    request=TemplateRequest,
    path="/v3/templates/{template_id}",
    life=VIDEO_LIFE,
    shape=shape,
    check=check,
    against=against,
    priced_by=priced_by,
    script=script,
    filling=Filling(template_columns),
)
