"""The recording or video that a job is made from. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`link`: "" for an asset at HeyGen; of a file of the person's its placeholder. `start`, `end`: the part of it that
    is used, in seconds.

    `stretches`: what is made of it may be longer or shorter than it. `recording`: what it may become as long as
    instead, in the same way; None where there is no such recording.
    """

    link: str = ""
    start: float = 0.0
    end: float | None = None
    stretches: bool = False
    recording: str | None = None

    @property
    def links(self) -> tuple[str, ...]:
        """What has to be looked into to know how long it plays."""
        return tuple(filter(None, (self.link, self.recording)))

    def used(self, seconds: float) -> float:
        """How much of a source of that length is used."""
        return max(0.0, min(seconds, self.end if self.end is not None else seconds) - self.start)
