"""The templates of the account, for a sheet that does not say what it asks for."""

from __future__ import annotations

from functools import partial

import anyio

from bulkgen.errors import ApiError
from bulkgen.heygen.client import HeyGen
from bulkgen.heygen.lookups import read_template
from bulkgen.kinds.account import Offers, Template

#: As many templates are looked at; a list of more is no help on a screen.
LOOKED_AT = 8

#: So many are asked for at once.
_AT_ONCE = 4


async def find_offers(client: HeyGen) -> Offers:
    """The account's newest templates with their variables. Raises `ApiError` where HeyGen does not list them."""
    ids = [str(item["id"]) async for item in client.listing("/v3/templates") if item.get("id")]
    found: dict[str, Template] = {}
    limiter = anyio.CapacityLimiter(_AT_ONCE)

    async def look(template_id: str) -> None:
        async with limiter:
            try:
                found[template_id] = read_template(template_id, await client.template(template_id))
            except ApiError:
                return  # one that can't be looked at can't be offered

    async with anyio.create_task_group() as group:
        for template_id in ids[:LOOKED_AT]:
            group.start_soon(partial(look, template_id))
    return Offers(tuple(found[each] for each in ids[:LOOKED_AT] if each in found), total=len(ids))
