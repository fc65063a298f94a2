"""Which voice speaks where the request names none."""

from __future__ import annotations

from contextlib import suppress

from bulkgen.errors import Forbidden, Refused
from bulkgen.heygen.client import HeyGen
from bulkgen.heygen.lists import LISTS
from bulkgen.kinds.account import is_id
from bulkgen.kinds.answers import text_of
from bulkgen.kinds.columns import Lookup


async def default_voice(client: HeyGen, look_id: str) -> str:
    """The id of the own voice of an avatar's look; "" where HeyGen does not tell. Raises `ApiError` for no answer."""
    with suppress(Refused, Forbidden):
        if is_id(look_id):
            return text_of(await client.one(LISTS[Lookup.LOOK].path, look_id), "default_voice_id")

    return ""
