"""The account's side of checking a sheet: templates, languages, voices, looks and folders, each asked for once.

A list is read only until everything wanted has been found in it. A list that the key may not read is left out with
a note; templates are not optional, since their variables shape the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import anyio

from bulkgen.errors import ApiError, Forbidden, Refused
from bulkgen.heygen.client import HeyGen
from bulkgen.kinds.account import Account, Needs, Template
from bulkgen.kinds.columns import Lookup


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """Where a look-up's ids are listed: the path, one query per round, the page size, the fields of id and name."""

    path: str
    rounds: tuple[Mapping[str, str], ...]
    limit: int
    id: str
    #: A single item can be asked for at `path/id`: lists do not show everything that may be used.
    single: bool = False
    #: The list holds only what is fit for the purpose: an item that exists but is not listed is unfit.
    narrowed: bool = False


_LISTS = {
    Lookup.VOICE: _List(
        path="/v3/voices",
        rounds=({"type": "private"}, {"type": "public"}),
        limit=100,
        id="voice_id",
        single=True,
    ),
    Lookup.SPEECH_VOICE: _List(
        path="/v3/voices",
        rounds=({"engine": "starfish", "type": "private"}, {"engine": "starfish", "type": "public"}),
        limit=100,
        id="voice_id",
        single=True,
        narrowed=True,
    ),
    Lookup.LOOK: _List(
        path="/v3/avatars/looks",
        rounds=({"ownership": "private"}, {"ownership": "public"}),
        limit=50,
        id="id",
        single=True,
    ),
    Lookup.FOLDER: _List(path="/v3/folders", rounds=({},), limit=100, id="id"),
}


@dataclass(kw_only=True)
class AccountLookup:
    """Gathers what rows need to know of the account; `account` is what is known so far.

    `lenient`: ids that nobody knows are taken as they are (the sandbox).
    """

    client: HeyGen
    lenient: bool = False
    notes: list[str] = field(default_factory=list)
    account: Account = field(default_factory=Account)
    _asked: dict[Lookup, set[str]] = field(default_factory=dict)

    async def gather(self, needs: Needs) -> bool:
        """Looks up what was not yet; says whether there was anything to do.

        Raises `ApiError` where HeyGen does not answer or does not let the key read templates.
        """
        new = {lookup: needs.of(lookup) - self._asked.get(lookup, set()) for lookup in Lookup}
        new = {lookup: wanted for lookup, wanted in new.items() if wanted}
        if not new:
            return False

        templates = dict(self.account.templates)
        listed = {lookup: dict(names) for lookup, names in self.account.listed.items()}
        unfit = dict(self.account.unfit)
        errors: list[ApiError] = []

        async def one(lookup: Lookup, wanted: frozenset[str]) -> None:
            try:
                if lookup is Lookup.TEMPLATE:
                    listed[lookup] = await self._templates(wanted, templates)
                elif lookup is Lookup.LANGUAGE:
                    listed[lookup] = {name: name for name in await self.client.languages()}
                else:
                    found, others = await self._listed(lookup, wanted)
                    listed[lookup] = listed.get(lookup, {}) | found
                    unfit[lookup] = unfit.get(lookup, frozenset()) | others
            except Forbidden as error:
                if lookup is Lookup.TEMPLATE:
                    errors.append(error)
                else:
                    self.notes.append(f"The key may not read the account's {lookup.value}s: they are not checked.")
            except ApiError as error:
                errors.append(error)

        async with anyio.create_task_group() as group:
            for lookup, wanted in new.items():
                self._asked.setdefault(lookup, set()).update(wanted)
                group.start_soon(one, lookup, wanted)
        if errors:
            raise errors[0]

        self.account = Account(templates, listed, unfit=unfit, lenient=self.lenient)
        return True

    async def _templates(self, wanted: frozenset[str], found: dict[str, Template]) -> dict[str, str]:
        """Fills in the templates; gives the account's ids and names, which are asked for only if one is missing."""
        missing: list[str] = []
        errors: list[ApiError] = []
        limiter = anyio.CapacityLimiter(4)

        async def one(template_id: str) -> None:
            async with limiter:
                try:
                    found[template_id] = read_template(template_id, await self.client.template(template_id))
                except Refused:
                    missing.append(template_id)
                except ApiError as error:
                    errors.append(error)

        async with anyio.create_task_group() as group:
            for template_id in sorted(wanted):
                group.start_soon(one, template_id)
        if errors:
            raise errors[0]

        if self.lenient:
            for template_id in missing:
                found[template_id] = Template(template_id, template_id, open=True)
            if missing:
                self.notes.append(
                    f"The sandbox does not know {', '.join(sorted(missing))}: every column of such rows that is no "
                    "field of HeyGen's counts as a text variable here."
                )
            return {}

        if not missing:
            return {}

        return {str(item.get("id")): str(item.get("name", "")) async for item in self.client.listing("/v3/templates")}

    async def _listed(self, lookup: Lookup, wanted: frozenset[str]) -> tuple[dict[str, str], frozenset[str]]:
        """Ids with their names as far as the list was read, and those of the wanted ids that exist but are unfit."""
        source = _LISTS[lookup]
        found: dict[str, str] = {}
        for query in source.rounds:
            async for item in self.client.listing(source.path, query, limit=source.limit):
                found[str(item.get(source.id))] = str(item.get("name", ""))
                if wanted <= found.keys():
                    return found, frozenset()

        unlisted: dict[str, str] = {}
        for item_id in sorted(wanted - found.keys()) if source.single else ():
            try:
                unlisted[item_id] = str((await self.client.one(source.path, item_id)).get("name", ""))
            except ApiError:
                continue  # neither listed nor known: the row says so
        return (found, frozenset(unlisted)) if source.narrowed else (found | unlisted, frozenset())


def read_template(template_id: str, data: Mapping[str, object]) -> Template:
    """A template as HeyGen describes it."""
    variables = data.get("variables")
    types = {
        str(name): str(variable.get("type", ""))
        for name, variable in (variables.items() if isinstance(variables, Mapping) else ())
        if isinstance(variable, Mapping)
    }
    return Template(template_id, str(data.get("name", "")), types)
