"""What the account holds of the things that rows refer to: templates, languages, voices, looks, folders, glossaries.

Pure data, gathered by an edge before any row is judged; a list that was not looked up is simply absent. People write
names, HeyGen takes ids: a name is compared as `plain` writes it, and only what `is_id` may become a part of a path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from unicodedata import normalize

from bulkgen.composition import Variable
from bulkgen.kinds.columns import Lookup

#: It becomes a part of a path at HeyGen.
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:\-]{0,127}")


def is_id(word: str) -> bool:
    """Whether the word can be an id; a name may look the same."""
    return _ID.fullmatch(word) is not None


def plain(name: str) -> str:
    """A name without what its writer may do otherwise: small letters, single blanks, letters with their accents."""
    return " ".join(normalize("NFC", name).split()).casefold()


@dataclass(frozen=True, slots=True)
class Template:
    """What rows are filled into: a template of the account, or a composition in a project.

    `variables`: by name their types: of a template `text`, `image`, `video`, `audio`, `character` or `voice`, of a
    composition those of `composition.TYPES`.
    """

    id: str
    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    _: KW_ONLY
    #: Nobody knows its variables (a person's own template in the sandbox): every column that is nobody's is a text.
    open: bool = False
    #: What it holds itself: of each variable that has something, its link or its id; what its scenes say, with
    #: `{{name}}` where a text variable goes. Empty where only the resume file tells of it.
    own: Mapping[str, str] = field(default_factory=dict)
    scripts: tuple[str, ...] = ()
    #: Its variables, its scenes and its aspect ratio (`16:9`) as HeyGen tells them; None and "" where nobody asked.
    held: Mapping[str, Mapping[str, object]] | None = None
    scene_ids: tuple[str, ...] | None = None
    aspect_ratio: str = ""
    #: What messages call it.
    noun: str = "template"
    #: Of a composition: its variables as it declares them, and the paths of all files of its project.
    declared: Mapping[str, Variable] = field(default_factory=dict)
    files: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An avatar look: its type as HeyGen calls it, the engines that can make it, the avatar that it is of.

    Blank where HeyGen does not tell.
    """

    type: str = ""
    engines: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """Some templates of the account, and how many it has in all: for a sheet that does not say what it asks for."""

    templates: tuple[Template, ...] = ()
    _: KW_ONLY
    total: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """Templates by id, and for each kind of look-up made the ids the account lists with their names.

    Languages have no ids: they are listed under their names.
    """

    templates: Mapping[str, Template] = field(default_factory=dict)
    listed: Mapping[Lookup, Mapping[str, str]] = field(default_factory=dict)
    _: KW_ONLY
    #: Ids that exist but can't be used for this: a voice of another engine.
    unfit: Mapping[Lookup, frozenset[str]] = field(default_factory=dict)
    #: Ids that no list holds are accepted with a note: the sandbox can't know a person's own.
    lenient: bool = False
    #: All words that were looked for, found or not.
    asked: Mapping[Lookup, frozenset[str]] = field(default_factory=dict)
    #: What tells apart things of one name, by id: `English, female, public`.
    about: Mapping[str, str] = field(default_factory=dict)
    #: What prices go by, by id: the type of an avatar look, as HeyGen calls it.
    types: Mapping[str, str] = field(default_factory=dict)
    #: What is known of avatar looks, by id.
    looks: Mapping[str, Look] = field(default_factory=dict)
    #: The ids that names stood for when they were last used, by name as `plain` writes it.
    recorded: Mapping[tuple[Lookup, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A word of the sheet that was taken for a thing of the account, which has another id, or is another language."""

    lookup: Lookup
    word: str
    id: str
    #: What it is called in the account.
    name: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be looked up before the rows can be judged: the values by kind of look-up."""

    wanted: Mapping[Lookup, frozenset[str]] = field(default_factory=dict)

    def of(self, lookup: Lookup) -> frozenset[str]:
        return self.wanted.get(lookup, frozenset())
