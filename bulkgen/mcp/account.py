"""The tool that says what the person's account has to choose from."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from bulkgen.batch.browsing import browse
from bulkgen.errors import InputError
from bulkgen.mcp.records import AccountList
from bulkgen.mcp.sheets import Page, page_of, pages_of
from bulkgen.mcp.telling import Here, desk_of, tool

Kind = Literal["templates", "voices", "avatars", "languages", "folders", "styles", "glossaries"]


@tool
async def list_account(
    kind: Annotated[Kind, Field(description="which list of the account")],
    query: Annotated[
        str, Field(description="only what has these words, or is called like them; blank: all", max_length=200)
    ] = "",
    page: Page = 1,
    *,
    here: Here,
) -> AccountList:
    """Lists what the person's HeyGen account has: templates with their variables, avatars, voices, languages and more.
    Ids are under the name of the sheet's column that they go into (template_id, avatar_id, voice_id). Narrow long lists
    with `query`: a name, a language, female."""
    desk = desk_of(here)
    found = await desk.account.of(
        (kind, query.strip()), partial(browse, kind, search=query, sandbox=desk.options.sandbox)
    )
    if found is None:
        raise InputError("HeyGen takes long to answer. Call list_account again with the same arguments.")

    return AccountList(
        kind=found.name,
        items=[dict(item) for item in page_of(found.items, page)],
        count=len(found.items),
        near=found.near,
        notes=list(found.notes),
        page=page,
        pages=pages_of(found.items),
    )
