"""Links from an earlier results sheet, as long as they work.

Pure. Presigned links name their own end in one of the ways that storage hosts have; for one that does not, HeyGen's
older documents say seven days (https://docs.heygen.com), of which six are trusted.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from bulkgen.kinds.life import Detail, Links
from bulkgen.ledger.events import parse_time
from bulkgen.model import Table
from bulkgen.result_columns import ResultColumn, result_columns

#: How long a link without an end of its own is trusted after its job has finished (seconds).
TRUSTED = 6 * 86_400.0

#: A link this near its end is not worth handing out (seconds).
MARGIN = 3_600.0

#: How long a link may say that it lives (seconds); S3 allows seven days.
_LIFE = re.compile(r"[0-9]{1,9}")


def links_by_id(table: Table, now: float) -> dict[str, Detail]:
    """What an earlier results sheet says of each `result_id` whose links still work at `now` (Unix seconds)."""
    columns = result_columns(table.headers)
    if ResultColumn.ID not in columns:
        return {}

    found: dict[str, Detail] = {}
    for row in table.rows:
        cell = {name: row.cell(index).text.strip() for name, index in columns.items()}
        links = Links(
            video=_link(cell.get(ResultColumn.VIDEO_URL)),
            audio=_link(cell.get(ResultColumn.AUDIO_URL)),
            page=_link(cell.get(ResultColumn.PAGE_URL)),
            captions=_link(cell.get(ResultColumn.CAPTIONS_URL)),
            thumbnail=_link(cell.get(ResultColumn.THUMBNAIL_URL)),
        )
        finished_at = cell.get(ResultColumn.FINISHED_AT, "")
        signed = (links.video, links.audio, links.captions, links.thumbnail)
        usable = bool(links.video or links.audio) and all(works(link, finished_at, now) for link in signed if link)
        if cell[ResultColumn.ID] and usable:
            duration = _duration(cell.get(ResultColumn.DURATION, ""))
            found[cell[ResultColumn.ID]] = Detail("completed", links, duration, finished_at=finished_at)
    return found


def works(link: str, finished_at: str, now: float) -> bool:
    """Whether a presigned link can be expected to work."""
    end = _end(link)
    if end is None:
        finished = parse_time(finished_at)
        end = finished + TRUSTED if finished is not None else 0.0
    return now + MARGIN < end


def _end(link: str) -> float | None:
    """When the link ends (Unix seconds), None where it does not say; at once, where what it says can't be read."""
    try:
        query = {name.casefold(): values[-1] for name, values in parse_qs(urlsplit(link).query).items()}
    except ValueError:  # too many fields
        return 0.0

    for prefix in ("x-amz", "x-goog"):
        date, life = query.get(f"{prefix}-date", ""), query.get(f"{prefix}-expires", "")
        if date or life:
            return _signed(date) + int(life) if _LIFE.fullmatch(life) else 0.0

    expires = query.get("expires", "")
    return float(expires) if re.fullmatch(r"[0-9]{9,11}", expires) else None


def _signed(date: str) -> float:
    """`20261103T120000Z` in Unix seconds; the beginning of time for anything else."""
    try:
        return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return -math.inf


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
