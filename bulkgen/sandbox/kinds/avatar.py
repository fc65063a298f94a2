"""Videos of an avatar that speaks."""

from __future__ import annotations

from bulkgen.kinds.avatar import AvatarRequest
from bulkgen.sandbox.bodies import read_as
from bulkgen.sandbox.kinds.speaking import speaking
from bulkgen.sandbox.orders import Wish
from bulkgen.sandbox.rules import Rules
from bulkgen.sandbox.settings import Body


def judge(rules: Rules, body: Body) -> Wish:
    """Raises `Refusal`."""
    asked = read_as(AvatarRequest, body)
    return speaking(rules, "avatar", asked, body, rules.look(asked, asked.resolution))
