"""Videos of a photo that speaks."""

from __future__ import annotations

from bulkgen.kinds.image import ImageRequest
from bulkgen.sandbox.bodies import read_as
from bulkgen.sandbox.kinds.speaking import speaking
from bulkgen.sandbox.messages import invalid
from bulkgen.sandbox.orders import Wish
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Body


def judge(rules: Rules, body: Body) -> Wish:
    """Raises `Refusal`."""
    asked = read_as(ImageRequest, body)
    if asked.script is not None and asked.voice_id is None:
        raise invalid("A photo has no voice of its own: voice_id is missing.", "voice_id")

    return speaking(rules, "image", asked, body, "")
