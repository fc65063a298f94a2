"""Which files of a finished job are wanted and not here, and what HeyGen has of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bulkgen.disk.whole import Saved
from bulkgen.kinds.outcome import MAIN_FILE, Detail, Links
from bulkgen.ledger.events import Event, saved, saved_also, saved_part
from bulkgen.ledger.state import Beside, State
from bulkgen.model import Handle

#: One file of a job: of which of its parts (0: it has none), and what of that.
Wanted = tuple[int, str]


def lacking(
    state: State, detail: Detail | None, wanted: Sequence[str], stands: Callable[[Saved], bool]
) -> list[Wanted]:
    """What is wanted of a result, or of each of its parts, is not here, and may be at HeyGen.

    `stands`: whether a file is here, be it as the person has changed it.
    """
    if not state.finished or state.gone:
        return []

    here = {(each.part, each.what) for each in files_of(state) if stands(Saved(each.file, each.bytes))}
    parts = [number for number, part in enumerate(state.parts, start=1) if not part.fault] or [0]
    return [
        (part, what)
        for part in parts
        for what in wanted
        if (part, what) not in here and (detail is None or link_to(detail_of(detail, state, part).links, what))
    ]


def detail_of(detail: Detail, state: State, part: int) -> Detail:
    """What HeyGen says of one part of a job; of all of it for 0."""
    return detail.of_part(part, state.parts[part - 1].id if part else "")


def saving(job: Handle, attempt: int, file: Saved, wanted: Wanted) -> Event:
    """What is recorded once the file stands."""
    part, what = wanted
    if part:
        return saved_part(job, attempt, file.file, file.size, what=what, part=part)

    record = saved if what == MAIN_FILE else saved_also
    return record(job, attempt, file.file, file.size, what=what)


def files_of(state: State) -> list[Beside]:
    """All files that are recorded of a result, the main one too."""
    return [Beside(MAIN_FILE, state.file, state.bytes), *state.beside] if state.file else [*state.beside]


def link_to(links: Links, what: str) -> str:
    """The link of a file, "" where HeyGen has none; a translation may be of the sound alone."""
    if what == MAIN_FILE:
        return links.asked_for or links.audio

    if what == "audio" and not links.asked_for:
        return ""

    link = getattr(links, what)
    assert isinstance(link, str)
    return link
