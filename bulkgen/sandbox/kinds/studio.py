"""Videos of several scenes: what HeyGen refuses in a scene, as its reference has it, and how long it lasts."""

from __future__ import annotations

from bulkgen.kinds.colours import is_full_code
from bulkgen.kinds.scene_request import AvatarScene, ImageScene, Scene, SceneAvatar, VideoScene
from bulkgen.kinds.studio import StudioRequest
from bulkgen.sandbox.bodies import read_as
from bulkgen.sandbox.messages import invalid
from bulkgen.sandbox.orders import TEST_CARD, Wish
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Body
from bulkgen.sandbox.voice import seconds_of


def judge(rules: Rules, body: Body) -> Wish:
    """Raises `Refusal`."""
    asked = read_as(StudioRequest, body)
    seconds = 0.0
    for at, scene in enumerate(asked.scenes):
        voice = rules.look(scene.input, asked.resolution) if isinstance(scene, AvatarScene) else ""
        _judge_scene(scene, at)
        said = _spoken_in(scene)
        if said.voice_id is not None:
            rules.voice(said.voice_id)
        seconds += _length_of(scene, said.voice_id or voice)
    rules.sources(body)
    return Wish(
        kind="studio",
        title=asked.title,
        folder_id=asked.folder_id,
        callback_id=asked.callback_id,
        captioned=bool(asked.caption and asked.caption.style),
        seconds=round(seconds, 2),
        cents=rules.cents("studio", asked, seconds),
    )


def _spoken_in(scene: Scene) -> SceneAvatar | ImageScene | VideoScene:
    """The part of a scene that has what is said."""
    return scene.input if isinstance(scene, AvatarScene) else scene


def _judge_scene(scene: Scene, at: int) -> None:
    """Raises `Refusal` for what can't stand beside each other; `at`: where it is in the video, from 0."""
    said, place = _spoken_in(scene), f"scenes[{at}]"
    sources = [name for name in ("script", "audio_url", "audio_asset_id") if getattr(said, name) is not None]
    if len(sources) > 1:
        raise invalid(f"{place}: {' and '.join(sources)} are given, and one of them is taken.", "scenes")

    if isinstance(scene, AvatarScene) and not sources:
        raise invalid(f"{place}: one of script, audio_url and audio_asset_id is needed.", "scenes")

    if isinstance(scene, ImageScene) and (scene.duration is None) != bool(sources):
        raise invalid(f"{place}: a picture has either a duration, or something that is said over it.", "scenes")

    if said.voice_settings and said.script is None:
        raise invalid(f"{place}: voice_settings work on a script only.", "scenes")

    if not isinstance(scene, AvatarScene) and said.script is not None and said.voice_id is None:
        raise invalid(f"{place}: voice_id is missing.", "scenes")

    if isinstance(scene, VideoScene) and scene.playback and scene.playback.mode and not sources:
        raise invalid(f"{place}: playback.mode is for a video that something is said over.", "scenes")

    background = scene.input.background if isinstance(scene, AvatarScene) else None
    if background and not is_full_code(background.color):
        raise invalid(f"{place}: background.color is no hex color of six digits.", "scenes")


def _length_of(scene: Scene, speaker: str) -> float:
    """In seconds; nobody here opens a video or a recording."""
    said = _spoken_in(scene)
    if isinstance(scene, ImageScene) and scene.duration is not None:
        return scene.duration

    if said.script is None:
        return TEST_CARD

    return seconds_of([said.script], speaker, said.voice_settings.speed if said.voice_settings else 1.0)
