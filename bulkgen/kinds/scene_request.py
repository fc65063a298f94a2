"""A scene of a video as HeyGen takes it, and its columns.

Pure. The shapes are those of `avatar_video`, `image` and `video` in HeyGen's v3 reference
(https://developers.heygen.com/reference, POST /v3/videos with `type: studio`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from bulkgen.kinds.assets import Asset
from bulkgen.kinds.avatar import AudioAssetId, AudioUrl, AvatarV, EarlierEngine, VoiceSettings
from bulkgen.kinds.columns import Column, Lookup, Type
from bulkgen.kinds.fields import About, Prose, Strict, columns_of
from bulkgen.kinds.media import IMAGE, VIDEO
from bulkgen.kinds.scenes import Scenes

#: How many scenes HeyGen takes.
MOST = 50

_Script = Annotated[Prose | None, Field(min_length=1, max_length=5_000), About(
    "What is said in the scene, up to 5,000 characters.")]  # fmt: skip
_Voice = Annotated[str | None, Lookup.VOICE, About(
    "The voice: its name or id. An avatar has one of its own; what is said over a picture or a video needs one.",
    "voice")]  # fmt: skip


class SceneColour(Strict):
    type: Literal["color"]
    color: Annotated[str, About("The colour behind the avatar: #1a2b3c.", "background", "background_color")]


class SceneAvatar(Strict):
    type: Literal["avatar"]
    avatar_id: Annotated[str, About("An avatar speaks: the name or id of its look.", "avatar", "look_id"), Lookup.LOOK]
    script: _Script = None
    audio_url: AudioUrl = None
    audio_asset_id: AudioAssetId = None
    voice_id: _Voice = None
    voice_settings: VoiceSettings | None = None
    engine: Annotated[EarlierEngine | AvatarV, Field(discriminator="type")] | None = None
    background: SceneColour | None = None
    motion_prompt: Annotated[Prose | None, About("How the avatar moves, in words.")] = None
    expressiveness: Annotated[Literal["high", "medium", "low"] | None, About(
        "Photo avatars on avatar_iv: high, medium or low.")] = None  # fmt: skip


class AvatarScene(Strict):
    type: Literal["avatar_video"]
    input: SceneAvatar


class ImageScene(Strict):
    type: Literal["image"]
    source: Annotated[Asset, IMAGE, About(
        "A picture is shown: a link, a file or a HeyGen asset id.", "picture", "photo", "image_url")]  # fmt: skip
    duration: Annotated[float | None, Field(gt=0, le=300), About(
        "A picture over which nothing is said: for how many seconds, up to 300.", "seconds")] = None  # fmt: skip
    script: _Script = None
    audio_url: AudioUrl = None
    audio_asset_id: AudioAssetId = None
    voice_id: _Voice = None
    voice_settings: VoiceSettings | None = None


class Playback(Strict):
    mode: Annotated[Literal["freeze", "loop", "fit_to_scene"] | None, About(
        "A video that something is said over: freeze (default) stops at its last picture, loop plays it again, "
        "fit_to_scene stretches it.")] = None  # fmt: skip
    volume: Annotated[float, Field(ge=0, le=1), About("How loud the video's own sound is, 0–1.")] = 1
    mute: Annotated[bool, About("yes: without the video's own sound.", "mute")] = False


class VideoScene(Strict):
    type: Literal["video"]
    source: Annotated[Asset, VIDEO, About(
        "A video is played: a link, a file or a HeyGen asset id.", "clip", "video_url")]  # fmt: skip
    playback: Playback | None = None
    script: _Script = None
    audio_url: AudioUrl = None
    audio_asset_id: AudioAssetId = None
    voice_id: _Voice = None
    voice_settings: VoiceSettings | None = None


Scene = AvatarScene | ImageScene | VideoScene


def _columns() -> Iterator[Column]:
    """The columns of one scene: what it shows decides what it is, so each has one of its own for that."""
    yield Column(
        name="scene_type",
        type=Type.CHOICE,
        place=("type",),
        about="avatar_video, image or video; without it what is filled decides.",
        choices=("avatar_video", "image", "video"),
        identity=False,  # what is shown says the same
    )
    shown = {"image": columns_of(ImageScene), "video": columns_of(VideoScene)}
    for column in columns_of(SceneAvatar):
        yield replace(column, required=False)
        if column.name == "avatar_id":
            for name, (source, *_) in shown.items():
                yield replace(source, name=name, place=("source", name), required=False)
    yield from (column for column in shown["image"] if column.name == "duration")
    yield from (column for column in shown["video"] if column.place[0] == "playback")


SCENES = Scenes(columns=tuple(_columns()), joined_by="scene_of", most=MOST)
