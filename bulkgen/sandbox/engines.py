"""What HeyGen refuses to make of a look with an engine, as its reference has it."""

from __future__ import annotations

from bulkgen.kinds.avatar import AvatarRequest
from bulkgen.kinds.scene_request import SceneAvatar
from bulkgen.sandbox.catalogue import Look
from bulkgen.sandbox.messages import invalid


def judge_look(asked: AvatarRequest | SceneAvatar, look: Look, reference: Look | None, resolution: str | None) -> None:
    """Raises `Refusal`. `reference`: the look whose movements are to be followed, as far as the account knows it."""
    engine, photo = asked.engine.type if asked.engine else "avatar_iv", look.avatar_type == "photo_avatar"
    if engine not in look.engines:
        raise invalid(f"{look.name} can't be made by {engine}.", "engine")

    if asked.motion_prompt is not None and (engine == "avatar_iii" or (engine == "avatar_iv" and not photo)):
        raise invalid(f"motion_prompt is not taken for {look.name} by {engine}.", "motion_prompt")

    if asked.expressiveness is not None and (engine != "avatar_iv" or not photo):
        raise invalid("expressiveness is for photo avatars by avatar_iv alone.", "expressiveness")

    if resolution == "4k" and engine == "avatar_iii" and photo:
        raise invalid("avatar_iii makes no 4k of a photo avatar.", "resolution")

    if reference and (reference.avatar_type != "digital_twin" or reference.group_id != look.group_id):
        raise invalid(f"{reference.name} is no digital twin of the same avatar.", "engine")
