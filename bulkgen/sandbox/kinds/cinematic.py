"""Scenes made of a prompt."""

from __future__ import annotations

from bulkgen.kinds.cinematic import CinematicRequest
from bulkgen.sandbox.bodies import read_as
from bulkgen.sandbox.messages import invalid
from bulkgen.sandbox.orders import Wish
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Body

#: How long a scene lasts of which nobody says it (seconds).
_SCENE = 10


def judge(rules: Rules, body: Body) -> Wish:
    """Raises `Refusal`."""
    asked = read_as(CinematicRequest, body)
    if asked.auto_duration and asked.duration is not None:
        raise invalid("duration is left out where auto_duration is true.", "duration")

    for look in asked.avatar_id:
        rules.known(rules.catalogue.looks, look, "avatar_not_found", "avatar_id")
    rules.sources(body)
    seconds = float(asked.duration or _SCENE)
    return Wish(
        kind="cinematic",
        title=asked.title,
        folder_id=asked.folder_id,
        seconds=seconds,
        cents=rules.cents("cinematic", asked, seconds),
    )
