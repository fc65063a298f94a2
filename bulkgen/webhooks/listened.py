"""What came of listening."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Listened:
    """How many deliveries came: new ones, ones that had come before, and ones that were not HeyGen's."""

    taken: int
    repeated: int
    refused: int
