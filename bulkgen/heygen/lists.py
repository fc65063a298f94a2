"""Where HeyGen lists the things of an account: the one table of it.

https://developers.heygen.com/reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bulkgen.kinds.columns import Lookup
from bulkgen.ledger.events import format_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Where a look-up's ids are listed: the path, one query per round, the page size, the field of the id.

    What the account has of its own comes in the first round.
    """

    path: str
    rounds: tuple[Mapping[str, str], ...]
    limit: int
    id: str
    #: The fields that tell things of one name apart.
    tells: tuple[str, ...] = ()
    #: The field of an item's type, where prices go by that.
    type: str = ""
    #: A single item can be asked for at `path/id`: lists do not show everything that may be used.
    single: bool = False
    #: The list holds only what is fit for the purpose: an item that exists but is not listed is unfit.
    narrowed: bool = False
    #: Not every account has such a list at all.
    optional: bool = False

    def about(self, query: Mapping[str, str], item: Mapping[str, object]) -> str:
        """What tells an item of the round from others of its name: `English, female, public`."""
        words = [str(item[name]) for name in self.tells if item.get(name)]
        words += [value for name, value in query.items() if name == "ownership"]
        changed = item.get("updated_at")
        if isinstance(changed, int | float):
            words.append(f"changed {format_day(changed)}")
        return ", ".join(words)


_VOICE_TELLS = ("language", "gender", "type")

#: The lists that the words of a sheet are looked up in.
LISTS = {
    Lookup.TEMPLATE: Listing(path="/v3/templates", rounds=({},), limit=100, id="id", tells=("aspect_ratio",)),
    Lookup.VOICE: Listing(
        path="/v3/voices",
        rounds=({"type": "private"}, {"type": "public"}),
        limit=100,
        id="voice_id",
        tells=_VOICE_TELLS,
        single=True,
    ),
    Lookup.SPEECH_VOICE: Listing(
        path="/v3/voices",
        rounds=({"engine": "starfish", "type": "private"}, {"engine": "starfish", "type": "public"}),
        limit=100,
        id="voice_id",
        tells=_VOICE_TELLS,
        single=True,
        narrowed=True,
    ),
    Lookup.LOOK: Listing(
        path="/v3/avatars/looks",
        rounds=({"ownership": "private"}, {"ownership": "public"}),
        limit=50,
        id="id",
        tells=("avatar_type", "gender"),
        type="avatar_type",
        single=True,
    ),
    Lookup.FOLDER: Listing(path="/v3/folders", rounds=({},), limit=100, id="id"),
    Lookup.GLOSSARY: Listing(
        path="/v3/brand-glossaries", rounds=({},), limit=100, id="brand_glossary_id", single=True, optional=True
    ),
    Lookup.STYLE: Listing(
        path="/v3/video-agents/styles", rounds=({},), limit=100, id="style_id", tells=("aspect_ratio",)
    ),
}
