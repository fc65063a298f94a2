"""Scenes that one video is put together of: numbered columns of one row (`scene2.script`), or rows of their own.

Pure. A header names a scene's field with its number before it, in the ways in which people write that: `scene2.script`,
`Scene 2 Script`, `scene_2_voice`. Which scenes a sheet can have follows from its headers alone.

Invariant: whichever way a scene was written, its field is called `scene2.script` from here on, by its place in the
video: so the same scenes are the same wish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from bulkgen.kinds.columns import Column, match_key

_NUMBERED = re.compile(r"\s*scene[\s_\-]*([0-9]{1,4})[\s_\-:.]*([^\s_\-:.0-9].*)", re.IGNORECASE | re.DOTALL)
_FIELD = re.compile(r"scene([0-9]+)\.(.+)", re.DOTALL)

#: Stands for the number of any scene.
ANY = "N"


def field_of(number: int | str, name: str) -> str:
    """A field of a scene as the whole video calls it: `scene2.script`."""
    return f"scene{number}.{name}"


def parted(field: str) -> tuple[int, str]:
    """The number of the scene and the field in it; 0 for a field of the whole video."""
    match = _FIELD.fullmatch(field)
    return (int(match[1]), match[2]) if match else (0, field)


def of_any(field: str) -> str:
    """A field without the number of its scene: `sceneN.script`; one of the whole video as it is."""
    number, name = parted(field)
    return field_of(ANY, name) if number else field


def asked(header: str) -> tuple[int, str] | None:
    """The number of the scene that a header names, and the rest of it; None for any other header."""
    match = _NUMBERED.fullmatch(header)
    return (int(match[1]), match[2].strip()) if match else None


def _key(name: str) -> str:
    """Fields match without regard to dots too: `Scene 2 background color`."""
    return match_key(name).replace(".", "")


@dataclass(frozen=True, kw_only=True)
class Scenes:
    """`columns`: of one scene, as a row of its own has them; none of them has to be filled in all scenes.

    `joined_by`: the column by whose value rows are one video together. `most`: how many scenes a video may have.
    """

    columns: tuple[Column, ...]
    joined_by: str
    most: int

    @cached_property
    def _by_key(self) -> Mapping[str, str]:
        """The fields by their names behind a number, where `scene_type` is just `type`."""
        names = {column.name: (*column.names, column.name.removeprefix("scene_")) for column in self.columns}
        return {_key(name): field for field, each in names.items() for name in each}

    def named(self, header: str) -> str:
        """The field of a scene that the header names: `scene2.script`; "" where it names none."""
        found = asked(header)
        name = self._by_key.get(_key(found[1])) if found else None
        return field_of(found[0], name) if found and name and 1 <= found[0] <= self.most else ""

    def asked_for(self, headers: Iterable[str]) -> tuple[Column, ...]:
        """The fields that the headers name, in the order of the scenes; each with the headers that it goes by."""
        found: dict[str, list[str]] = {}
        for header in headers:
            field = self.named(header)
            if field:
                found.setdefault(field, []).append(header)
        numbers = sorted({parted(field)[0] for field in found})
        return tuple(
            self._numbered(column, number, found[field])
            for number in numbers
            for column in self.columns
            for field in [field_of(number, column.name)]
            if field in found
        )

    def in_place(self, numbers: int) -> tuple[Column, ...]:
        """All fields of a video of so many scenes."""
        return tuple(self._numbered(column, number, ()) for number in range(1, numbers + 1) for column in self.columns)

    def _numbered(self, column: Column, number: int, headers: Iterable[str]) -> Column:
        name = field_of(number, column.name)
        place = ("scenes", str(number - 1), *column.place)
        return replace(column, name=name, place=place, aliases=tuple(each for each in headers if each != name))
