"""Words of a fixed list, each with what is to be said about it. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Explained(StrEnum):
    """A member is its word; `about` explains it to a person."""

    about: str

    def __new__(cls, word: str, about: str) -> Self:
        member = str.__new__(cls, word)
        member._value_ = word
        member.about = about
        return member
