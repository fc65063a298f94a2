"""What the account holds of the things that rows refer to: templates, languages, voices, looks, folders.

Pure data, gathered by an edge before any row is judged; a list that was not looked up is simply absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from bulkgen.kinds.columns import Lookup


@dataclass(frozen=True, slots=True)
class Template:
    """A template's variables: name -> `text`, `image`, `video`, `audio`, `character` or `voice`."""

    id: str
    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    _: KW_ONLY
    #: Nobody knows its variables (a person's own template in the sandbox): every column that is nobody's is a text.
    open: bool = False


@dataclass(frozen=True, slots=True)
class Offers:
    """Some templates of the account, and how many it has in all: for a sheet that does not say what it asks for."""

    templates: tuple[Template, ...] = ()
    _: KW_ONLY
    total: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """Templates by id, and for each kind of look-up made the ids the account lists with their names."""

    templates: Mapping[str, Template] = field(default_factory=dict)
    listed: Mapping[Lookup, Mapping[str, str]] = field(default_factory=dict)
    _: KW_ONLY
    #: Ids that exist but can't be used for this: a voice of another engine.
    unfit: Mapping[Lookup, frozenset[str]] = field(default_factory=dict)
    #: Ids that no list holds are accepted with a note: the sandbox can't know a person's own.
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be looked up before the rows can be judged: the values by kind of look-up."""

    wanted: Mapping[Lookup, frozenset[str]] = field(default_factory=dict)

    def of(self, lookup: Lookup) -> frozenset[str]:
        return self.wanted.get(lookup, frozenset())
