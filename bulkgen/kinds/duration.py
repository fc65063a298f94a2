"""How long a job lasts, as far as the job itself tells. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duration:
    """`about`: the person asks for it in words of their own, so that it becomes longer or shorter."""

    seconds: float
    about: bool = False
