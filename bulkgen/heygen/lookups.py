"""The account's side of checking a sheet: templates, languages, voices, looks …, each asked for once.

A list is read only until everything wanted has been found in it; a name is found only once all of it is read, since
several things may have it. A list that the key may not read is left out with a note; templates are not optional, since
their variables shape the rows.

Invariant: only what can be an id becomes a part of a path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

import anyio

from bulkgen.errors import ApiError, Forbidden, Refused
from bulkgen.heygen.client import HeyGen
from bulkgen.heygen.details import AT_ONCE, ask_each
from bulkgen.heygen.known_assets import known_assets
from bulkgen.heygen.lists import LISTS, Listing
from bulkgen.kinds.account import Account, Look, Needs, Template, is_id, plain
from bulkgen.kinds.answers import text_of
from bulkgen.kinds.columns import Lookup

#: So many words that may be ids are asked for one by one, rather than looked for in the list of all the world's.
SINGLES = 10


@dataclass(kw_only=True)
class AccountLookup:
    """Gathers what rows need to know of the account; `account` is what is known so far.

    `lenient`: ids that nobody knows are taken as they are (the sandbox).
    """

    client: HeyGen
    lenient: bool = False
    notes: list[str] = field(default_factory=list)
    account: Account = field(default_factory=Account)
    #: The lists that were read to their ends, and those that can't be read.
    _whole: set[Lookup] = field(default_factory=set)
    _closed: set[Lookup] = field(default_factory=set)
    _limiter: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(AT_ONCE))

    async def gather(self, needs: Needs) -> bool:
        """Looks up what was not yet; says whether there was anything to do.

        Raises `ApiError` where HeyGen does not answer or does not let the key read templates.
        """
        asked = self.account.asked
        new = {lookup: needs.of(lookup) - asked.get(lookup, frozenset()) for lookup in Lookup}
        new = {lookup: wanted for lookup, wanted in new.items() if wanted}
        if not new:
            return False

        found = _Found(self.account)
        errors: list[ApiError] = []

        async def one(lookup: Lookup, wanted: frozenset[str]) -> None:
            try:
                await self._find(lookup, wanted, found)
            except ApiError as error:
                if self._left_out(lookup, error):
                    found.listed.pop(lookup, None)
                else:
                    errors.append(error)

        async with anyio.create_task_group() as group:
            for lookup, wanted in new.items():
                if lookup not in self._closed:
                    group.start_soon(one, lookup, wanted)
        if errors:
            raise errors[0]

        asked = {**asked, **{lookup: asked.get(lookup, frozenset()) | wanted for lookup, wanted in new.items()}}
        self.account = replace(
            self.account,
            templates=found.templates,
            listed=found.listed,
            unfit=found.unfit,
            about=found.about,
            types=found.types,
            looks=found.looks,
            asked=asked,
            lenient=self.lenient,
        )
        return True

    def _left_out(self, lookup: Lookup, error: ApiError) -> bool:
        """Whether the rows can be judged without this list."""
        if isinstance(error, Forbidden) and lookup is not Lookup.TEMPLATE:
            self.notes.append(f"The key may not read the account's {lookup.plural}: they are not checked.")
        elif isinstance(error, Refused) and lookup in LISTS and LISTS[lookup].optional:
            self.notes.append(f"HeyGen does not list this account's {lookup.plural}: they are not checked.")
        else:
            return False

        self._closed.add(lookup)
        return True

    async def _find(self, lookup: Lookup, wanted: frozenset[str], found: _Found) -> None:
        if lookup is Lookup.TEMPLATE:
            await self._templates(wanted, found)
        elif lookup is Lookup.LANGUAGE:
            if lookup not in self._whole:
                found.listed[lookup] = {name: name for name in await self.client.languages()}
            self._whole.add(lookup)
        elif lookup is Lookup.ASSET:
            await self._assets(wanted, found)
        else:
            await self._listed(lookup, wanted, found)

    async def _templates(self, wanted: frozenset[str], found: _Found) -> None:
        """Fills in the templates; the account's ids and names are asked for only if one is not known by its id."""
        wanted -= found.templates.keys()
        missing = {word for word in wanted if not is_id(word)}

        async def one(template_id: str) -> None:
            try:
                data = await self.client.template(template_id)
            except Refused:
                missing.add(template_id)
            else:
                found.templates[template_id] = read_template(template_id, data)

        await ask_each(one, sorted(wanted - missing), self._limiter)
        listed = found.listed.setdefault(Lookup.TEMPLATE, {})
        if missing:
            await self._read(Lookup.TEMPLATE, missing, found)
        if self.lenient:
            names = {plain(name) for name in listed.values()}
            unknown = [word for word in sorted(missing) if plain(word) not in names and word not in listed]
            strange = {word if is_id(word) else plain(word): word for word in unknown}
            for word in strange.values():
                template_id = word if is_id(word) else _made_up(word)
                found.templates[template_id] = Template(template_id, word, open=True)
            if strange:
                self.notes.append(
                    f"The sandbox does not know {', '.join(strange.values())}: every column of such rows that is no "
                    "field of HeyGen's counts as a text variable here."
                )

    async def _assets(self, wanted: Collection[str], found: _Found) -> None:
        """Those of the ids that are there, or may be. Raises `Forbidden` where the key may not read them."""
        listed = found.listed.setdefault(Lookup.ASSET, {})
        known, note = await known_assets(self.client, sorted(wanted - listed.keys()), self._limiter)
        listed |= dict.fromkeys(sorted(known), "")
        self.notes += filter(None, [note])

    async def _listed(self, lookup: Lookup, wanted: frozenset[str], found: _Found) -> None:
        """Ids with their names as far as the list was read, and those of the wanted ids that exist but are unfit."""
        source = LISTS[lookup]
        listed = found.listed.setdefault(lookup, {})
        await self._read(lookup, wanted, found)
        if not source.single:
            return

        names = {plain(name) for name in listed.values()}
        missing = [word for word in wanted - listed.keys() if is_id(word) and plain(word) not in names]
        singles = await self._singles(source, missing, found)
        if source.narrowed:
            found.unfit[lookup] = found.unfit.get(lookup, frozenset()) | singles.keys()
        else:
            listed |= singles

    async def _read(self, lookup: Lookup, wanted: Collection[str], found: _Found) -> None:
        """Reads the list until all that is wanted has been found, by its id; to its end, if that takes a name."""
        source, listed = LISTS[lookup], found.listed[lookup]
        if lookup in self._whole:
            return

        for at, query in enumerate(source.rounds):
            missing = [word for word in wanted if word not in listed and is_id(word)]
            if at and source.single and not source.narrowed and len(missing) <= SINGLES:
                listed |= await self._singles(source, missing, found)
                if listed.keys() >= set(wanted):
                    return

            async for item in self.client.listing(source.path, query, limit=source.limit):
                item_id = str(item.get(source.id))
                if is_id(item_id) or lookup is not Lookup.TEMPLATE:  # those of templates become a part of a path
                    listed[item_id] = str(item.get("name") or "")
                    found.about[item_id] = source.about(query, item)
                    found.note(source, item_id, item)
                if listed.keys() >= set(wanted):
                    return

        self._whole.add(lookup)

    async def _singles(self, source: Listing, ids: Collection[str], found: _Found) -> dict[str, str]:
        """Those of the ids that exist, with their names."""
        names: dict[str, str] = {}

        async def one(item_id: str) -> None:
            with suppress(ApiError):  # neither listed nor known: the row says so
                item = await self.client.one(source.path, item_id)
                names[item_id] = str(item.get("name") or "")
                found.note(source, item_id, item)

        await ask_each(one, sorted(ids), self._limiter)
        return names


class _Found:
    """What is known of the account, as it grows."""

    def __init__(self, account: Account) -> None:
        self.templates = dict(account.templates)
        self.listed = {lookup: dict(names) for lookup, names in account.listed.items()}
        self.unfit = dict(account.unfit)
        self.about = dict(account.about)
        self.types = dict(account.types)
        self.looks = dict(account.looks)

    def note(self, source: Listing, item_id: str, item: Mapping[str, object]) -> None:
        """What prices go by, and what a look lets be done with it."""
        if source.type and item.get(source.type):
            self.types[item_id] = str(item[source.type])
        if source is LISTS[Lookup.LOOK]:
            engines = item.get("supported_api_engines")
            self.looks[item_id] = Look(
                type=text_of(item, "avatar_type"),
                engines=tuple(map(str, engines)) if isinstance(engines, list) else (),
                group=text_of(item, "group_id"),
            )


def _made_up(name: str) -> str:
    """An id for what only the sandbox takes for a template."""
    return f"sandbox-{hashlib.sha256(plain(name).encode()).hexdigest()[:12]}"


def read_template(template_id: str, data: Mapping[str, object]) -> Template:
    """A template as HeyGen describes it."""
    found = data.get("variables")
    variables = {
        str(name): variable
        for name, variable in (found.items() if isinstance(found, Mapping) else ())
        if isinstance(variable, Mapping)
    }
    types = {name: str(variable.get("type", "")) for name, variable in variables.items()}
    own = {name: value for name, variable in variables.items() if (value := _own_value(variable))}
    scenes = data.get("scenes")
    texts = [
        text_of(scene, "script") for scene in (scenes if isinstance(scenes, list) else ()) if isinstance(scene, Mapping)
    ]
    scene_ids = data.get("scene_ids")
    return Template(
        template_id,
        str(data.get("name", "")),
        types,
        own=own,
        scripts=tuple(filter(str.strip, texts)),
        held=variables,
        scene_ids=tuple(map(str, scene_ids)) if isinstance(scene_ids, list) else None,
        aspect_ratio=text_of(data, "aspect_ratio"),
    )


def _own_value(variable: Mapping[str, object]) -> str:
    """The link or id that a variable of a template holds; a link without what lets anybody in for some days."""
    asset = variable.get("asset")
    names = ("url", "asset_id", "character_id", "voice_id")
    found = (text_of(each, name) for each in (asset, variable) if isinstance(each, Mapping) for name in names)
    return next(filter(None, found), "").partition("?")[0]
