"""Links from an earlier results sheet, as long as they work. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from bulkgen.kinds.expiry import LIFE
from bulkgen.kinds.outcome import Detail, Links, Part
from bulkgen.ledger.events import parse_time
from bulkgen.model import Table
from bulkgen.result_columns import ResultColumn, result_columns

#: A link this near its end is not worth handing out (seconds).
MARGIN = 3_600.0


def links_by_id(table: Table, now: float) -> dict[str, Detail]:
    """What an earlier results sheet says of each `result_id` whose links still work at `now` (Unix seconds)."""
    columns = result_columns(table.headers)
    if ResultColumn.ID not in columns:
        return {}

    found: dict[str, Detail] = {}
    parts: dict[str, list[Part]] = {}
    for row in table.rows:
        cell = {name: row.cell(index).text.strip() for name, index in columns.items()}
        links = Links(
            video=_link(cell.get(ResultColumn.VIDEO_URL)),
            audio=_link(cell.get(ResultColumn.AUDIO_URL)),
            page=_link(cell.get(ResultColumn.PAGE_URL)),
            captions=_link(cell.get(ResultColumn.CAPTIONS_URL)),
            thumbnail=_link(cell.get(ResultColumn.THUMBNAIL_URL)),
            gif=_link(cell.get(ResultColumn.GIF_URL)),
            captioned=_link(cell.get(ResultColumn.CAPTIONED_VIDEO_URL)),
            vtt=_link(cell.get(ResultColumn.VTT_URL)),
        )
        finished_at = cell.get(ResultColumn.FINISHED_AT, "")
        links = links.given(_given(cell.get(ResultColumn.LINKS_EXPIRE_AT, ""), finished_at, now))
        if cell[ResultColumn.ID] and (links.asked_for or links.audio) and links.work_at(now + MARGIN):
            duration, job_id = _duration(cell.get(ResultColumn.DURATION, "")), cell[ResultColumn.ID]
            found[job_id] = Detail("completed", links, duration, finished_at=finished_at)
            if part_id := cell.get(ResultColumn.PART_ID, ""):
                parts.setdefault(job_id, []).append(Part(id=part_id, links=links, duration=duration))
    return found | {job_id: _of_parts(found[job_id], told) for job_id, told in parts.items()}


def _of_parts(detail: Detail, parts: Sequence[Part]) -> Detail:
    """A job by the lines of its parts: its links expire with the first of theirs."""
    until = min(part.links.expire_at for part in parts if part.links.expire_at is not None)
    return replace(detail, links=replace(parts[0].links, expire_at=until), duration=None, parts=tuple(parts))


def _given(expire_at: str, finished_at: str, now: float) -> float:
    """When HeyGen gave the links of a line (Unix seconds), as it says itself: when they expire tells it, where they do
    not; in the results of earlier versions, which did not say that, it was at the end of the job or later.
    """
    until, finished = parse_time(expire_at), parse_time(finished_at)
    if until is not None and until - LIFE <= now:
        return until - LIFE

    return 0.0 if finished is None else finished


def _link(text: str | None) -> str:
    """The text if it is a link that can be taken apart."""
    try:
        return text if text and urlsplit(text).netloc and re.match(r"https?://", text) else ""
    except ValueError:
        return ""


def _duration(text: str) -> float | None:
    """Seconds; None for what is no length of time."""
    try:
        seconds = float(text)
    except ValueError:
        return None

    return seconds if 0 <= seconds < math.inf else None
