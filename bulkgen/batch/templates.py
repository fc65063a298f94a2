"""One of the account's templates, by its name or id."""

from __future__ import annotations

import anyio

from bulkgen.batch.connection import Connection, account, rehearsal
from bulkgen.errors import InputError
from bulkgen.heygen import client as heygen
from bulkgen.heygen.lookups import AccountLookup
from bulkgen.kinds.account import Template
from bulkgen.model import Issue
from bulkgen.rows.lookups import Verdicts


def find_template(word: str, *, sandbox: bool) -> Template:
    """The template that a cell with this word means. Asks HeyGen; nothing of this costs.

    Raises `InputError` where there is none, `CredentialError` without a key, and `ApiError`.
    """
    verdict = anyio.run(_find, word.strip(), rehearsal() if sandbox else account())
    if isinstance(verdict, Issue):
        raise InputError(f"--template {word!r} {verdict.cause}. {verdict.fix}")

    return verdict


async def _find(word: str, connection: Connection) -> Template | Issue:
    async with heygen.connect(connection.base, connection.key, connection.transport) as http:
        lookup, verdicts = AccountLookup(client=heygen.HeyGen(http)), Verdicts()
        verdict = verdicts.template(word, 0)
        while await lookup.gather(verdicts.needs):
            verdicts.renew(lookup.account)
            verdict = verdicts.template(word, 0)
        assert verdict, "it was looked up"
        return verdict
