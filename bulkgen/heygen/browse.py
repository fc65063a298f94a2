"""What an account has to choose from, as lists for people: templates, voices, avatar looks, languages, folders, styles,
glossaries.

Owns which columns each list has, and which filters. Where the things are listed, `lookups` knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bulkgen.errors import Refused
from bulkgen.heygen.client import HeyGen
from bulkgen.heygen.details import ask_each
from bulkgen.heygen.lists import LISTS, Listing
from bulkgen.heygen.lookups import read_template
from bulkgen.kinds.columns import Lookup
from bulkgen.kinds.languages import meant, relatives, spoken
from bulkgen.model import listed
from bulkgen.rows.suggest import hint

#: One thing of a list, by the names of its columns: a text, a yes or no, texts, or the types of variables by name.
Item = Mapping[str, object]

#: The column whose links lead to a picture, a sample or a clip.
PREVIEW = "preview_url"

#: No list is read further: HeyGen's voices and looks are some thousands.
MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """`language`: any of its names; `starfish`: only voices that make voice-overs; `mine`: not those of everybody."""

    language: str = ""
    gender: str = ""
    starfish: bool = False
    mine: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The filters that are set."""
        return frozenset(name for name in ("language", "gender", "starfish", "mine") if getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One list: its columns (the second is the id, called as the column of a sheet that it goes into).

    `one`: what a single thing of it is called.
    """

    one: str
    columns: tuple[str, ...]
    read: Callable[[Mapping[str, Any], bool], Item]
    source: Listing | None = None
    filters: frozenset[str] = frozenset()


def _template(data: Mapping[str, Any], _mine: bool) -> Item:
    return {
        "name": text(data.get("name")),
        "template_id": text(data.get("id")),
        "variables": {},
        "aspect_ratio": text(data.get("aspect_ratio")),
        PREVIEW: text(data.get("thumbnail_url")),
    }


def _voice(data: Mapping[str, Any], mine: bool) -> Item:
    return {
        "name": text(data.get("name")),
        "voice_id": text(data.get("voice_id")),
        "language": text(data.get("language")),
        "gender": text(data.get("gender")),
        "mine": mine,
        PREVIEW: text(data.get("preview_audio_url")),
    }


def _look(data: Mapping[str, Any], mine: bool) -> Item:
    return {
        "name": text(data.get("name")),
        "avatar_id": text(data.get("id")),
        "type": text(data.get("avatar_type")),
        "gender": text(data.get("gender")),
        "orientation": text(data.get("preferred_orientation")),
        "mine": mine,
        "engines": texts(data.get("supported_api_engines")),
        "voice_id": text(data.get("default_voice_id")),
        "tags": texts(data.get("tags")),
        PREVIEW: text(data.get("preview_video_url")) or text(data.get("preview_image_url")),
    }


def _folder(data: Mapping[str, Any], _mine: bool) -> Item:
    return {"name": text(data.get("name")), "folder_id": text(data.get("id")), "type": text(data.get("type"))}


def _style(data: Mapping[str, Any], _mine: bool) -> Item:
    return {
        "name": text(data.get("name")),
        "style_id": text(data.get("style_id")),
        "aspect_ratio": text(data.get("aspect_ratio")),
        "tags": texts(data.get("tags")),
        PREVIEW: text(data.get("preview_video_url")) or text(data.get("thumbnail_url")),
    }


def _glossary(data: Mapping[str, Any], _mine: bool) -> Item:
    return {"name": text(data.get("name")), "brand_glossary_id": text(data.get("brand_glossary_id"))}


def _language(data: Mapping[str, Any], _mine: bool) -> Item:
    found = spoken(str(data["name"]))
    codes = (found.language, found.script, found.territory) if found else ()
    return {"name": text(data["name"]), "code": "-".join(filter(None, codes))}


#: The lists, by what a person calls them.
SHELVES = {
    "templates": Shelf(
        one="template",
        columns=("name", "template_id", "variables", "aspect_ratio", PREVIEW),
        read=_template,
        source=LISTS[Lookup.TEMPLATE],
    ),
    "voices": Shelf(
        one="voice",
        columns=("name", "voice_id", "language", "gender", "mine", PREVIEW),
        read=_voice,
        source=LISTS[Lookup.VOICE],
        filters=frozenset({"language", "gender", "starfish", "mine"}),
    ),
    "avatars": Shelf(
        one="avatar",
        columns=(
            "name",
            "avatar_id",
            "type",
            "gender",
            "orientation",
            "mine",
            "engines",
            "voice_id",
            "tags",
            PREVIEW,
        ),
        read=_look,
        source=LISTS[Lookup.LOOK],
        filters=frozenset({"gender", "mine"}),
    ),
    "languages": Shelf(one="language", columns=("name", "code"), read=_language),
    "folders": Shelf(one="folder", columns=("name", "folder_id", "type"), read=_folder, source=LISTS[Lookup.FOLDER]),
    "styles": Shelf(
        one="style",
        columns=("name", "style_id", "aspect_ratio", "tags", PREVIEW),
        read=_style,
        source=LISTS[Lookup.STYLE],
    ),
    "glossaries": Shelf(
        one="glossary", columns=("name", "brand_glossary_id"), read=_glossary, source=LISTS[Lookup.GLOSSARY]
    ),
}


@dataclass(kw_only=True)
class Reader:
    """Reads lists of one account, up to so many items; `notes`: what is to be said of them."""

    client: HeyGen
    most: int = MOST
    notes: list[str] = field(default_factory=list)

    async def read(self, name: str, filters: Filters) -> list[Item]:
        """Every item of the list that the filters let through. Raises `ApiError`."""
        if name == "languages":
            return [_language({"name": each}, False) for each in await self.client.languages()]

        items = await self._listed(name, filters)
        if filters.gender:
            items = self._narrowed(items, "gender", filters.gender, _of_gender)
        if filters.language:
            items = self._narrowed(items, "language", filters.language, of_language)
        return await self._with_variables(items) if name == "templates" else items

    def _narrowed(
        self, items: list[Item], column: str, word: str, meant_by: Callable[[str, set[str]], set[str]]
    ) -> list[Item]:
        """Those whose value the word means; where it means none, what there is to choose from is a note."""
        values = {str(item[column]) for item in items if item[column]}
        wanted = meant_by(word, values)
        if not wanted and values:
            self.notes.append(
                f"There is no {column} {word!r} here. {hint(word, values)}There are: {listed(sorted(values), 8)}."
            )
        return [item for item in items if item[column] in wanted]

    async def _listed(self, name: str, filters: Filters) -> list[Item]:
        shelf = SHELVES[name]
        source = LISTS[Lookup.SPEECH_VOICE] if filters.starfish else shelf.source
        assert source, "languages are no list of items"
        items: list[Item] = []
        for query in source.rounds:
            mine = "private" in query.values()
            if filters.mine and not mine:
                continue

            async for data in self.client.listing(source.path, query, limit=source.limit):
                if len(items) == self.most:
                    self.notes.append(f"HeyGen has more {name} than {self.most:,}: only these were read.")
                    return items

                items.append(shelf.read(data, mine))
        return items

    async def _with_variables(self, templates: list[Item]) -> list[Item]:
        """The templates with what each one's variables are called, and their types."""
        found: dict[str, Mapping[str, str]] = {}

        async def one(template_id: str) -> None:
            try:
                found[template_id] = read_template(template_id, await self.client.template(template_id)).variables
            except Refused:  # gone since it was listed
                self.notes.append(f"The variables of the template {template_id} can't be read.")

        await ask_each(one, [str(template["template_id"]) for template in templates])
        return [{**template, "variables": found.get(str(template["template_id"]), {})} for template in templates]


def _of_gender(word: str, values: set[str]) -> set[str]:
    return {value for value in values if value.casefold() == word.casefold()}


def of_language(word: str, names: set[str]) -> set[str]:
    """Those of the names that are of this language: all its regions, or the one that the word names."""
    language = spoken(word)
    if language is None:
        return {name for name in names if word.casefold() in name.casefold()}

    return set(relatives(word, names) if language.plain else meant(word, names))


def text(value: object) -> str:
    """On one line; "" for what is no text."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    return [text(each) for each in value if text(each)] if isinstance(value, list) else []
