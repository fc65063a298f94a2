"""One of the account's templates, by its name or id; and what the account has for its variables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import anyio

from bulkgen.batch.browsing import browse, listing
from bulkgen.batch.connection import PATIENCE, Connection, account, rehearsal, whose
from bulkgen.batch.explained import Names
from bulkgen.errors import ApiError, InputError
from bulkgen.heygen import client as heygen
from bulkgen.heygen.browse import Filters
from bulkgen.heygen.lookups import AccountLookup
from bulkgen.kinds.account import Template
from bulkgen.kinds.columns import Lookup
from bulkgen.model import Issue, listed, plural, shorten
from bulkgen.rows.lookups import Verdicts

#: The lists that variables of a type are chosen from.
_OWN = {"voice": (Lookup.VOICE, "voices"), "character": (Lookup.LOOK, "avatars")}


#: As many templates are told where the one that was wanted is not there.
_TOLD = 8


def find_template(word: str, *, sandbox: bool) -> Template:
    """The template that a cell with this word means. Asks HeyGen; nothing of this costs.

    Raises `InputError` where there is none, `CredentialError` without a key, and `ApiError`.
    """
    connection = rehearsal() if sandbox else account()
    with listing("templates"):
        verdict = anyio.run(_find, word.strip(), connection)
    if isinstance(verdict, Issue):
        raise InputError(f"--template {word!r} {verdict.cause}. {verdict.fix}")

    return verdict


def own_names(template: Template, *, sandbox: bool) -> Names:
    """The account's own voices and avatar looks, where a variable of the template takes one.

    What HeyGen does not tell is left out, and so is a name that several have.
    """
    types = set(template.variables.values())
    found = {}
    for type_, (lookup, name) in _OWN.items():
        if type_ in types:
            with suppress(ApiError):
                items = browse(name, filters=Filters(mine=True), sandbox=sandbox).items
                names = Counter(str(item["name"]) for item in items)
                found[lookup] = tuple(each for each, count in names.items() if count == 1 and each.strip())
    return found


async def _find(word: str, connection: Connection) -> Template | Issue:
    async with heygen.connect(connection.base, connection.key, connection.transport) as http:
        client, verdicts = heygen.HeyGen(http, patience=PATIENCE), Verdicts()
        await whose(connection, client)  # a wrong key is told as such
        lookup = AccountLookup(client=client)
        verdict = verdicts.template(word, 0)
        while await lookup.gather(verdicts.needs):
            verdicts.renew(lookup.account)
            verdict = verdicts.template(word, 0)
        assert verdict, "it was looked up"
        if isinstance(verdict, Issue) and verdict.code == "unknown_template":
            there = lookup.account.listed.get(Lookup.TEMPLATE, {})
            return replace(verdict, fix=f"{_told(there)} {verdict.fix}")

        return verdict


def _told(there: Mapping[str, str]) -> str:
    """The account's templates, by their names where they have one."""
    if not there:
        return "You have no template with variables yet: make one in HeyGen's editor."

    names = [shorten(name.strip() or id_, 40) for id_, name in there.items()]
    more = " (bulkgen list templates shows all)" if len(names) > _TOLD else ""
    return f"You have {plural(len(names), 'template')}: {listed(names, _TOLD)}{more}."
