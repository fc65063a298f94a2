"""The cells that stand for one line in the result columns."""

from __future__ import annotations

from collections.abc import Mapping

from bulkgen.kinds import LIVES
from bulkgen.kinds.expiry import earliest_end
from bulkgen.kinds.outcome import Detail, Links
from bulkgen.ledger.events import format_second, parse_time
from bulkgen.ledger.state import State
from bulkgen.model import Cell, Handle
from bulkgen.result_columns import ResultColumn
from bulkgen.results.entries import Entry


def result_cells(entry: Entry, details: Mapping[str, Detail]) -> dict[ResultColumn, Cell]:
    """Only those that have something in them. `details`: of jobs, by fingerprint."""
    state, job = entry.state.shown, entry.job
    known = state.finished or entry.state.in_review  # where the person is to answer stands on the job's page
    detail = entry.detail(details) if known else None
    links = detail.links if detail else None
    until = links_expire_at(state, links)
    texts = {
        ResultColumn.STATUS: entry.status.value,
        ResultColumn.ERROR: entry.error,
        ResultColumn.KIND: entry.kind,
        ResultColumn.LANGUAGE: job.language if job else "",
        ResultColumn.ID: state.id,
        ResultColumn.SESSION_ID: session_of(state, job),
        ResultColumn.PART_ID: entry.shown_part.id if entry.shown_part else "",
        ResultColumn.PART_ABOUT: entry.part_about,
        ResultColumn.VIDEO_URL: links.video if links else "",
        ResultColumn.CAPTIONED_VIDEO_URL: links.captioned if links else "",
        ResultColumn.AUDIO_URL: (links.audio if links else "") or (state.link if state.finished else ""),
        ResultColumn.PAGE_URL: links.page if links else "",
        ResultColumn.CAPTIONS_URL: links.captions if links else "",
        ResultColumn.VTT_URL: links.vtt if links else "",
        ResultColumn.THUMBNAIL_URL: links.thumbnail if links else "",
        ResultColumn.GIF_URL: links.gif if links else "",
        ResultColumn.FILE: state.shown_file,
        ResultColumn.LINKS_EXPIRE_AT: format_second(until) if until is not None else "",
        ResultColumn.FINISHED_AT: state.finished_at if state.finished else "",
    }
    cells = {name: Cell(text, text) for name, text in texts.items() if text}
    duration = (detail.duration if detail else None) or state.duration
    if duration is not None and state.finished:
        cells[ResultColumn.DURATION] = Cell(f"{duration:g}", duration)
    if entry.part:
        cells[ResultColumn.PART] = Cell(str(entry.part), entry.part)
    if entry.cost_usd is not None:
        cells[ResultColumn.COST] = Cell(f"{entry.cost_usd:f}".rstrip("0").rstrip("."), entry.cost_usd)
    return cells


def session_of(state: State, job: Handle | None) -> str:
    """The id that a job went through the first stage of its life under, where it has a further one."""
    life = LIVES.get(job.kind) if job else None
    return state.session if life and len(life.stages) > 1 else ""


def links_expire_at(state: State, links: Links | None) -> float | None:
    """When the links of a finished job expire (Unix seconds); None where there are none.

    That of a recording was given when it was made, and can't be renewed.
    """
    if links is not None and links.expire_at is not None:
        return links.expire_at

    made = parse_time(state.finished_at) if state.finished and state.link else None
    return None if made is None else earliest_end([state.link], made)
