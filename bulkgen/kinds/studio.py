"""The kind `studio`: one video of several scenes, each an avatar, a picture or a video of its own.

POST /v3/videos with `type: studio` (https://developers.heygen.com/reference). Its scenes stand in numbered columns of
one row, or in rows that share a value of `scene_of`. What a scene of an avatar has in common with an avatar's video is
stated with that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from bulkgen.kinds import avatar
from bulkgen.kinds.account import Account, Template
from bulkgen.kinds.assets import file_in, link_of
from bulkgen.kinds.avatar import Caption, VoiceSettings, Watermark
from bulkgen.kinds.colours import is_full_code
from bulkgen.kinds.columns import Lookup, Type
from bulkgen.kinds.engines import USUAL, look_issues
from bulkgen.kinds.fields import About, CallbackId, CallbackUrl, Folder, Request, Title
from bulkgen.kinds.kind import SPOILT, Kind, Values
from bulkgen.kinds.scene_request import MOST, SCENES, AvatarScene, ImageScene, Scene, SceneAvatar, VideoScene
from bulkgen.kinds.scenes import field_of, parted
from bulkgen.kinds.script import Script
from bulkgen.kinds.signs import Signs
from bulkgen.kinds.source import Source
from bulkgen.kinds.videos import VIDEO_LIFE
from bulkgen.model import Issue, Value, unsendable, warning

_Aspect = Literal["16:9", "9:16", "4:5", "5:4", "1:1", "auto"]


class StudioRequest(Request):
    """The body of POST /v3/videos for a video of scenes."""

    type: Literal["studio"]
    scenes: Annotated[list[Annotated[Scene, Field(discriminator="type")]], Field(min_length=1, max_length=MOST)]
    title: Title = None
    folder_id: Folder = None
    callback_id: CallbackId = None
    callback_url: CallbackUrl = None
    resolution: Annotated[Literal["4k", "1080p", "720p"] | None, About("4k, 1080p or 720p.")] = None
    aspect_ratio: Annotated[_Aspect | None, About(
        "16:9 (default), 9:16, 4:5, 5:4, 1:1 or auto; every scene is cropped to it.")] = "16:9"  # fmt: skip
    caption: Annotated[Caption | None, Type.BOOLEAN, About(
        "yes: captions are burned into the video. A subtitle file always comes.")] = None  # fmt: skip
    watermark: Watermark | None = None
    brand_glossary_id: Annotated[str | None, Field(min_length=1), Lookup.GLOSSARY, About(
        "Pronunciation glossary: its name or id.", "brand_voice_id")] = None  # fmt: skip


#: What a scene shows, by its type: the column that has it; and the fields that it takes beside that.
_SHOWN: Mapping[str, str] = {"avatar_video": "avatar_id", "image": "image", "video": "video"}
_TAKES: Mapping[str, frozenset[str]] = {
    type_: frozenset(model.model_fields) for type_, model in
    (("avatar_video", SceneAvatar), ("image", ImageScene), ("video", VideoScene))
}  # fmt: skip
_CALLED: Mapping[str, str] = {
    "avatar_video": "a scene with an avatar",
    "image": "a scene with a picture",
    "video": "a scene with a video",
}
_SPOKEN = ("script", "audio_url", "audio_asset_id")


def shape(body: dict[str, object], _template: Template | None) -> dict[str, object]:
    """The scenes in their order, each as its type has it."""
    caption, scenes = body.get("caption"), body.pop("scenes", {})
    if caption is True:
        body["caption"] = {"style": "default"}
    elif caption is False:
        del body["caption"]
    found = scenes if isinstance(scenes, dict) else {}
    last = max(map(int, found), default=-1)
    return {"type": "studio", **body, "scenes": [_scene(dict(found.get(str(at), {}))) for at in range(last + 1)]}


def _scene(fields: dict[str, object]) -> dict[str, object]:
    """A scene as HeyGen takes it, of its fields."""
    shown = fields.pop("source", {})
    sources = shown if isinstance(shown, dict) else {}
    type_ = fields.pop("type", "") or ("avatar_video" if "avatar_id" in fields else next(iter(sources), ""))
    if type_ != "avatar_video":
        source = {"source": sources[type_]} if type_ in sources else {}
        return {"type": type_, **source, **fields}

    background = fields.get("background")
    if isinstance(background, dict):
        fields["background"] = {"type": "color", **background}
    return {"type": type_, "input": {"type": "avatar", **fields}}


def scenes_in(values: Values) -> dict[int, dict[str, Value]]:
    """The values of each scene, by its number."""
    found: dict[int, dict[str, Value]] = {}
    for field, value in values.items():
        number, name = parted(field)
        if number:
            found.setdefault(number, {})[name] = value
    return dict(sorted(found.items()))


def check(values: Values) -> Iterable[Issue]:
    if values.get("caption") is False and "caption.style" in values:
        cause, fix = "says no, and caption.style asks for captions", "Clear one of the two."
        yield unsendable(code="conflict", field="caption", cause=cause, fix=fix)
    scenes = scenes_in(values)
    if len(scenes) > MOST:
        cause, fix = f"is beyond the {MOST} scenes that HeyGen takes", "Make two videos of it."
        yield Issue(code="too_many", field=field_of(MOST + 1, next(iter(scenes[MOST + 1]))), cause=cause, fix=fix)
    if not scenes:
        cause = "has no scene"
        fix = "Fill columns like scene1.avatar_id and scene1.script; or give each scene a row, with scene_of."
        yield Issue(code="no_scene", cause=cause, fix=fix)
    for number, scene in scenes.items():
        yield from (replace(each, field=field_of(number, each.field)) for each in _scene_issues(scene))


def _scene_issues(scene: Values) -> Iterator[Issue]:
    """What is wrong in one scene, by its own fields."""
    shown = [name for name in _SHOWN.values() if name in scene]
    named = scene.get("scene_type")
    if named == SPOILT:
        return

    type_ = str(named) if named else next((each for each, name in _SHOWN.items() if name in scene), "")
    if not type_:
        cause = "is filled in a scene that shows nothing"
        fix = "Fill avatar_id, image or video of this scene, or clear all of its cells."
        yield Issue(code="no_scene", field=next(iter(scene)), cause=cause, fix=fix)
        return

    own = _SHOWN[type_]
    if own not in shown:
        yield Issue(code="missing", field=own, cause="is missing", fix=f"It makes {_CALLED[type_]}: fill it.")
    for name in shown:
        if name != own:
            cause = f"can't stand beside {own if own in shown else 'scene_type'}"
            fix = "A scene shows one thing: an avatar, a picture or a video. Make two scenes of it."
            yield Issue(code="conflict", field=name, cause=cause, fix=fix)
    idle = [name for name in scene if name.split(".")[0] not in (*_TAKES[type_], *_SHOWN.values(), "scene_type")]
    for name in idle:
        cause, fix = f"is nothing that {_CALLED[type_]} takes", "Clear the cell."
        yield Issue(code="conflict", field=name, cause=cause, fix=fix)
    rest = {name: value for name, value in scene.items() if name not in idle}
    yield from _avatar_issues(rest) if type_ == "avatar_video" else _spoken_over(rest, type_)


def _avatar_issues(scene: Values) -> Iterator[Issue]:
    yield from avatar.check(scene)
    colour = scene.get("background.color")
    if colour is not None and colour != SPOILT and not is_full_code(str(colour)):
        cause, fix = "is no colour code of six digits", "Write it as a code like #1a2b3c."
        yield Issue(code="not_a_colour", field="background.color", cause=cause, fix=fix)


def _spoken_over(scene: Values, type_: str) -> Iterator[Issue]:
    """What is said over a picture or a video; over a picture nothing may be, for some seconds."""
    spoken = [name for name in _SPOKEN if name in scene]
    if spoken:
        yield from avatar.check(scene)
    if "script" in spoken and "voice_id" not in scene:
        cause, fix = "is missing", "Over a picture or a video nobody has a voice yet: give the name or id of one."
        yield Issue(code="missing", field="voice_id", cause=cause, fix=fix)
    if type_ == "image" and spoken and "duration" in scene:
        cause = f"can't stand beside {spoken[0]}"
        fix = "The picture is shown for as long as something is said: clear the cell."
        yield Issue(code="conflict", field="duration", cause=cause, fix=fix)
    if type_ == "image" and not spoken and "duration" not in scene:
        fix = "Write what is said over the picture; or give duration, the seconds for which it is shown."
        yield Issue(code="blank", field="script", cause="is blank", fix=fix)
    if not spoken:
        settings = [name for name in scene if name == "voice_id" or name.startswith("voice_settings.")]
        for name in settings:
            cause, fix = "needs a script", "Nothing is said in this scene: write a script, or clear the cell."
            yield Issue(code="needs_another", field=name, cause=cause, fix=fix)
    if "playback.mode" in scene and not spoken:
        cause, fix = "works only where something is said over the video", "Write a script, or clear the cell."
        yield Issue(code="needs_another", field="playback.mode", cause=cause, fix=fix)
    if scene.get("playback.mute") is True and "playback.volume" in scene:
        cause, fix = "can't be heard beside playback.mute", "Clear one of the two."
        yield warning(code="conflict", field="playback.volume", cause=cause, fix=fix)


def against(values: Values, account: Account, _template: Template | None) -> Iterable[Issue]:
    """What the engines do not do with the avatars' looks."""
    size = {"resolution": values["resolution"]} if "resolution" in values else {}
    told: set[Issue] = set()
    for number, scene in scenes_in(values).items():
        if "avatar_id" not in scene:
            continue

        for issue in look_issues({**scene, **size}, account.looks):
            found = issue if issue.field in size else replace(issue, field=field_of(number, issue.field))
            if found not in told:
                told.add(found)
                yield found


def _avatars(request: StudioRequest) -> list[SceneAvatar]:
    return [scene.input for scene in request.scenes if isinstance(scene, AvatarScene)]


def priced_by(request: StudioRequest) -> Mapping[str, str]:
    """The engine, where all avatars of it have one; without any avatar `none`."""
    engines = {each.engine.type if each.engine else USUAL for each in _avatars(request)} or {"none"}
    engine = {"engine": engines.pop()} if len(engines) == 1 else {}
    return {**engine, "resolution": request.resolution or "1080p"}


def priced_by_type(request: StudioRequest) -> Mapping[str, tuple[str, ...]]:
    looks = tuple(dict.fromkeys(each.avatar_id for each in _avatars(request)))
    return {"avatar_type": looks} if looks else {}


def script(request: StudioRequest, _template: Template | None) -> Script:
    """All that is said in the scenes, and what else they last."""
    speakers = [scene.input if isinstance(scene, AvatarScene) else scene for scene in request.scenes]
    said = [(each, each.script) for each in speakers if each.script is not None]
    texts = [text for _, text in said]
    settings = [each.voice_settings or VoiceSettings() for each, _ in said]
    length = sum(len(text) / how.speed for text, how in zip(texts, settings, strict=True))
    voices = {each.voice_id or getattr(each, "avatar_id", "") for each, _ in said}
    named = {each.voice_id or "" for each, _ in said}
    languages = {how.locale or "" for how in settings}
    return Script(
        text="\n\n".join(texts),
        language=languages.pop() if len(languages) == 1 else "",
        speed=sum(map(len, texts)) / length if length else 1.0,
        speaker=voices.pop() if len(voices) == 1 else "",
        voice=named.pop() if len(named) == 1 else "",
        unheard=tuple(dict.fromkeys(told for how in settings for told in avatar.unheard(how))),
        silence=sum(scene.duration or 0.0 for scene in request.scenes if isinstance(scene, ImageScene)),
        clips=tuple(_clips(request)),
    )


def _clips(request: StudioRequest) -> Iterator[Source]:
    """The recordings and videos that scenes without a script last as long as."""
    for scene in request.scenes:
        said = scene.input if isinstance(scene, AvatarScene) else scene
        if said.audio_url is not None or said.audio_asset_id is not None:
            yield Source(link=said.audio_url or file_in(said.audio_asset_id))
        elif isinstance(scene, VideoScene) and scene.script is None:
            yield Source(link="" if scene.source.type == "base64" else link_of(scene.source))


STUDIO = Kind(
    name="studio",
    noun="studio video",
    look_at="whether the scenes come in the right order, nothing is cropped, and how names and numbers are said",
    signs=Signs(columns=(tuple(field_of("N", name) for name in _SHOWN.values()),)),
    request=StudioRequest,
    path="/v3/videos",
    life=VIDEO_LIFE,
    scenes=SCENES,
    shape=shape,
    check=check,
    against=against,
    priced_by=priced_by,
    priced_by_type=priced_by_type,
    script=script,
)
