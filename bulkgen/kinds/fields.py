"""What a request is made of, and the columns of the sheet that its fields ask for.

Pure. A request is stated once, as a pydantic model whose fields have the names and types of HeyGen's v3 reference
(https://developers.heygen.com/reference). What the sheet has to know beside the type stands in the field's `Annotated`:
`About` (the field has a column), a `Lookup`, a `Tag`, a `Media`, an `AssetField`, or a `Type` where the annotation does
not tell it.

Invariants: columns come in the order of the fields; a field without `About` has no column of its own; a column is
required only if every object on the way to its field is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import zip_longest
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from bulkgen.kinds.columns import Column, Lookup, Tag, Type
from bulkgen.kinds.media import Media

Note = TypeVar("Note")

_set = object.__setattr__


class Lenient(BaseModel):
    """An object of a request, in which nothing is converted. Unknown fields are left out, as HeyGen ignores them."""

    model_config = ConfigDict(strict=True, frozen=True)

    def model_post_init(self, _context: object) -> None:
        _set(self, "__pydantic_fields_set__", _shared(frozenset(self.__pydantic_fields_set__)))


class Strict(Lenient):
    """An object of a request whose unknown fields are refused, as HeyGen refuses them."""

    model_config = ConfigDict(extra="forbid")


class Request(Strict):
    """The body of a POST.

    It holds the fields that were given and no others, which read as their defaults: a sheet makes 100,000 of it, each
    with a few of two dozen fields.
    """

    def model_post_init(self, context: object) -> None:
        super().model_post_init(context)
        given = self.__pydantic_fields_set__
        _set(self, "__dict__", {name: value for name, value in self.__dict__.items() if name in given})

    if not TYPE_CHECKING:  # or every name would count as a field

        def __getattr__(self, name: str) -> object:
            field = type(self).model_fields.get(name)
            return field.get_default(call_default_factory=True) if field else super().__getattr__(name)


@lru_cache(maxsize=1_024)
def _shared(names: frozenset[str]) -> set[str]:
    """One set for all objects that were given the same fields. Nobody adds to it: they are frozen."""
    return set(names)


class About:
    """The field has a column: what docs/ says of it, and the other names that people give it."""

    def __init__(self, text: str = "", *aliases: str, identity: bool = True) -> None:
        self.text = text
        self.aliases = aliases
        #: It changes what is made, so it is part of the job's fingerprint.
        self.identity = identity


class AssetField:
    """Of a link, or of an id: the field beside it that takes the id of an asset, and so a file of the person's."""

    def __init__(self, name: str) -> None:
        self.name = name


#: A text that is spoken or shown: kept to the letter.
Prose = Annotated[str, Type.PROSE]

# Fields of most requests. None of them changes what is made.
Title = Annotated[str | None, About(
    "The title at HeyGen; without one the sheet's name and row number.", identity=False)]  # fmt: skip
Folder = Annotated[str | None, About(
    "The HeyGen folder the result goes to: its name or id.", identity=False), Lookup.FOLDER]  # fmt: skip
CallbackId = Annotated[str | None, About("Your own id, repeated in HeyGen's webhooks.", identity=False)]
CallbackUrl = Annotated[str | None, About("An address HeyGen calls when the job ends.", identity=False)]

#: What an annotation says of the cells. A `Literal` of words is a choice.
_TYPES: Mapping[object, Type] = {
    str: Type.TEXT, float: Type.NUMBER, int: Type.INTEGER, Literal: Type.INTEGER, bool: Type.BOOLEAN, list: Type.LIST
}  # fmt: skip


def columns_of(*variants: type[BaseModel], way: tuple[str, ...] = (), required: bool = True) -> tuple[Column, ...]:
    """The columns of a sheet that fill an object, which stands at `way` in the request and may have variants."""
    columns: list[Column] = []
    for name, fields in _side_by_side(variants).items():
        parts = [part for field in fields for part in (*_parts(field.annotation), *field.metadata)]
        place = (*way, name)
        needed = required and all(field.is_required() for field in fields)
        literals = (value for part in parts if get_origin(part) is Literal for value in get_args(part))
        choices = tuple(value for value in literals if isinstance(value, str))
        about = _first(About, parts)
        asset_field = _first(AssetField, parts)
        if about:
            column = Column(
                name=".".join(place),
                type=_first(Type, parts) or (Type.CHOICE if choices else _TYPES[get_origin(parts[0]) or parts[0]]),
                place=place,
                about=about.text,
                aliases=about.aliases,
                choices=choices,
                required=needed,
                identity=about.identity,
                lookup=_first(Lookup, parts),
                tag=_first(Tag, parts),
                media=_first(Media, parts),
                asset_field=asset_field.name if asset_field else "",
            )
            columns.append(column)
        objects = [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]
        columns += columns_of(*objects, way=place, required=needed)
    return tuple(columns)


def _side_by_side(variants: Iterable[type[BaseModel]]) -> Mapping[str, list[FieldInfo]]:
    """The fields of an object by name; of one that has variants, the first field of each, the second of each …"""
    found: dict[str, list[FieldInfo]] = {}
    for fields in zip_longest(*(variant.model_fields.items() for variant in variants)):
        for name, field in filter(None, fields):
            found.setdefault(name, []).append(field)
    return found


def _parts(annotation: object) -> Iterator[object]:
    """The types that an annotation allows, each with what its `Annotated` says."""
    if get_origin(annotation) in (Annotated, Union, UnionType):
        for part in get_args(annotation):
            yield from _parts(part)
    else:
        yield annotation


def _first(type_: type[Note], parts: Iterable[object]) -> Note | None:
    return next((part for part in parts if isinstance(part, type_)), None)
