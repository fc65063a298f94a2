"""The templates of the account, for a sheet that does not say what it asks for."""

from __future__ import annotations

from contextlib import suppress

from bulkgen.errors import ApiError
from bulkgen.heygen.client import HeyGen
from bulkgen.heygen.details import ask_each
from bulkgen.heygen.lists import LISTS
from bulkgen.heygen.lookups import read_template
from bulkgen.kinds.account import Offers, Template
from bulkgen.kinds.columns import Lookup

#: As many templates are looked at; a list of more is no help on a screen.
LOOKED_AT = 8


async def find_offers(client: HeyGen) -> Offers:
    """The account's newest templates with their variables. Raises `ApiError` where HeyGen does not list them."""
    ids = [str(item["id"]) async for item in client.listing(LISTS[Lookup.TEMPLATE].path) if item.get("id")]
    found: dict[str, Template] = {}

    async def look(template_id: str) -> None:
        with suppress(ApiError):  # one that can't be looked at can't be offered
            found[template_id] = read_template(template_id, await client.template(template_id))

    await ask_each(look, ids[:LOOKED_AT])
    return Offers(tuple(found[each] for each in ids[:LOOKED_AT] if each in found), total=len(ids))
